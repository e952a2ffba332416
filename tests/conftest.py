"""What every pytest suite shares: where the programs are, slow tests, a private Neo network."""
import os
import pathlib

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent


def pytest_addoption(parser):
    parser.addoption("--slow", action="store_true", help="run the tests marked slow too")


def pytest_collection_modifyitems(config, items):
    """Slow tests are left out, not skipped: a skip would hide that something did not run."""
    if config.getoption("--slow"):
        return
    slow = [item for item in items if item.get_closest_marker("slow")]
    if slow:
        config.hook.pytest_deselected(items=slow)
        items[:] = [item for item in items if item not in slow]


@pytest.fixture(scope="session")
def programs():
    """The folder of the programs under test."""
    return ROOT / "build" / os.environ.get("NSL_PRESET", "dev") / "bin"


@pytest.fixture(scope="session")
def neo_network(tmp_path_factory):
    """One private Neo network for the whole run; tests fund their own addresses."""
    from fixtures.neo_network import NeoNetwork
    with NeoNetwork(tmp_path_factory.mktemp("neo")) as network:
        yield network
