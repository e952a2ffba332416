import pytest
from fixtures.neo_peers import Maker, Peers


@pytest.fixture(scope="session")
def count(request):
    return 1000 if request.config.getoption("--slow") else 100


@pytest.fixture(scope="session")
def peers(programs):
    return Peers(programs)


@pytest.fixture(scope="session")
def keys(peers, count):
    """Random private keys with what belongs to each, as we see it."""
    maker = Maker(1)
    private = [{"private_key": maker.private_key()} for _ in range(count)]
    ours = peers.ours("key", [{**key, "reveal": True} for key in private])
    return ours


@pytest.fixture(scope="session")
def public_keys(keys):
    """Each once: small private keys may come again."""
    return list(dict.fromkeys(key["public_key"] for key in keys))
