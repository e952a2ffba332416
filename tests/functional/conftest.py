"""One service for the whole run; each test has accounts of its own."""
import itertools

import pytest
from fixtures.api_client import ApiClient
from fixtures.https_server import Authority, HttpsServer
from fixtures.service import Service

_addresses = itertools.count(2)


@pytest.fixture(scope="session")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="session")
def https_server(authority, tmp_path_factory):
    with HttpsServer(tmp_path_factory.mktemp("https"), authority=authority) as server:
        server.json("/value", {"value": 7})
        server.redirect("/to-private", "https://10.0.0.1/")
        server.redirect("/to-other", f"https://127.0.0.1:{server.port}/value")
        server.endless("/endless", 2 ** 30)
        server.stall("/stalled")
        yield server


@pytest.fixture(scope="session")
def wrong_name_server(authority, tmp_path_factory):
    with HttpsServer(tmp_path_factory.mktemp("wrong"), authority=authority, names=["elsewhere.example"]) as server:
        server.json("/value", {"value": 7})
        yield server


@pytest.fixture(scope="session")
def service(programs, neo_network, https_server, wrong_name_server, tmp_path_factory):
    allow = [f"127.0.0.1:{server.port}" for server in (https_server, wrong_name_server)]
    with Service(programs, tmp_path_factory.mktemp("service"), neo_network.url,
                 extra_root=https_server.ca_file, allow=allow) as running:
        yield running


@pytest.fixture
def anonymous(service):
    """Makes clients that are not signed in, each from an address of its own."""
    def make():
        number = next(_addresses)
        return ApiClient(service.url, f"127.0.{number // 250}.{number % 250 + 1}")
    return make


@pytest.fixture
def client(anonymous):
    fresh = anonymous()
    fresh.sign_in()
    return fresh


@pytest.fixture
def other(anonymous):
    """Somebody else, signed in."""
    fresh = anonymous()
    fresh.sign_in()
    return fresh


@pytest.fixture
def plain(client):
    """A client whose account takes plain requests."""
    return client.allow_plain()
