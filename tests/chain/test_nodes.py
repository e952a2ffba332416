"""Several nodes of one network: what one of them does, however wrong, costs no event and repeats
none; and a node that serves another chain than before is refused until the operator says otherwise."""
import re
import shutil

import pytest
from fixtures.api_client import ApiClient
from fixtures.lying_node import LyingNode, Refusal
from fixtures.neo_network import NeoNetwork
from fixtures.processes import wait_until
from fixtures.service import Service

from chain.test_node_faults import Scene

UNKNOWN_HEIGHT = -109
REPLACED = "NSL-CHAIN-0014"


@pytest.fixture(scope="module")
def network(tmp_path_factory):
    with NeoNetwork(tmp_path_factory.mktemp("nodes")) as running:
        yield running


@pytest.fixture
def follower(network, tmp_path):
    with NeoNetwork(tmp_path / "follower", follows=network) as running:
        running.catch_up()
        yield running


def metric(service, name):
    """The value of one line of /metrics, or nothing while there is none."""
    page = ApiClient(service.url).rest("GET", "/metrics").body.decode()
    found = re.search(rf"^{re.escape(name)} (-?\d+)$", page, re.MULTILINE)
    return int(found[1]) if found else None


def is_serving(service, node):
    return metric(service, f'nsl_node_state{{node="{node.url[7:]}",state="serving"}}') == 1


def test_a_dead_node_costs_no_event_and_is_used_again(programs, network, follower, tmp_path):
    with LyingNode(network.url) as third, \
            Service(programs, tmp_path, [follower.url, network.url, third.url]) as service:
        scene = Scene(service, network)
        requests = [scene.ask()]
        follower.kill()
        requests += [scene.ask(), scene.ask()]
        for request in requests:
            assert scene.wait_answer(request) == b"done"
        wait_until(lambda: not is_serving(service, follower), "the follower is missed", 30)
        follower.restart()
        wait_until(lambda: is_serving(service, follower), "the follower serves again", 60)
        requests.append(scene.ask())
        assert scene.wait_answer(requests[-1]) == b"done"
        assert scene.transactions() == ["HALT"] * len(requests)


def test_a_node_that_is_far_behind_delays_nothing(programs, network, follower, tmp_path):
    behind = network.height()

    def lag(method, params, result):
        if method == "getblockcount":
            return behind + 1
        if method in ("getblock", "getblockhash") and isinstance(params[0], int) and params[0] > behind:
            raise Refusal(UNKNOWN_HEIGHT, "Unknown height")
        return result
    with LyingNode(network.url) as late:
        late.lie = lag
        with Service(programs, tmp_path, [late.url, follower.url, network.url]) as service:
            scene = Scene(service, network)
            requests = [scene.ask(), scene.ask()]
            for request in requests:
                assert scene.wait_answer(request) == b"done"
            assert scene.transactions() == ["HALT"] * 2
            assert metric(service, f'nsl_node_height{{node="{late.url[7:]}"}}') == behind


@pytest.mark.parametrize("nonsense", ["AAAA", "?", {"index": 1}, None, "A" * 6_000_000])
def test_a_node_that_tells_nonsense_is_left(programs, network, follower, tmp_path, nonsense):
    with LyingNode(network.url) as liar:
        with Service(programs, tmp_path, [liar.url, follower.url, network.url]) as service:
            scene = Scene(service, network)
            liar.lie = lambda method, params, result: nonsense if method == "getblock" else result
            request = scene.ask()
            assert scene.wait_answer(request) == b"done"
            assert scene.transactions() == ["HALT"]


def test_kills_of_a_node_and_of_the_service_repeat_nothing(programs, network, follower, tmp_path):
    with LyingNode(network.url) as third, \
            Service(programs, tmp_path, [follower.url, network.url, third.url]) as service:
        scene = Scene(service, network)
        requests = []
        for _ in range(3):
            requests.append(scene.ask())
            follower.kill()
            requests.append(scene.ask())
            service.kill()
            requests.append(scene.ask())
            follower.restart()
            service.start()
        for request in requests:
            assert scene.wait_answer(request) == b"done"
        assert scene.transactions() == ["HALT"] * len(requests)
        # Accepted in the order in which the chain has them.
        scene.client.port = ApiClient(service.url).port
        runs = sorted(scene.runs(), key=lambda run: run["created_at"])
        assert [run["event"]["block"] for run in runs] == sorted(run["event"]["block"] for run in runs)


def readiness(service):
    reply = ApiClient(service.url).rest("GET", "/readyz")
    return reply.status, reply.json()


def test_a_node_reset_to_another_chain_is_refused_until_the_operator_accepts_it(programs, tmp_path):
    with NeoNetwork(tmp_path / "node") as network:
        with Service(programs, tmp_path / "service", network.url) as service:
            scene = Scene(service, network)
            assert scene.wait_answer(scene.ask()) == b"done"
            wait_until(lambda: readiness(service)[1]["chain"] == "ok", "a chain", 30)
            network.reset()
            status, ready = wait_until(lambda: next(
                (page for page in [readiness(service)] if page[1]["chain"] == REPLACED), None), REPLACED, 60)
            assert (status, ready["ready"], ready["store"]) == (503, False, True)
            assert metric(service, "nsl_watcher_chain_refused") == 1
            cursor = metric(service, "nsl_watcher_next_block")
            network.wait_blocks(3)
            assert metric(service, "nsl_watcher_next_block") == cursor
            log = (service.state / "host.log").read_text(encoding="utf-8")
            accepted = re.search(r"start once with --accept-chain (0x[0-9a-f]{64})", log)[1]
            assert accepted == network.rpc("getblockhash", [1])
        # A start alone mends nothing; nor does the hash of another block.
        for hash_of_block in (None, network.rpc("getblockhash", [2])):
            with Service(programs, tmp_path / "service", network.url, accept_chain=hash_of_block) as service:
                wait_until(lambda: readiness(service)[1]["chain"] == REPLACED, REPLACED, 30)
        with Service(programs, tmp_path / "service", network.url, accept_chain=accepted) as service:
            wait_until(lambda: readiness(service)[1]["chain"] == "ok", "the new chain", 30)
            assert readiness(service)[0] == 200
        # Once is enough.
        with Service(programs, tmp_path / "service", network.url) as service:
            wait_until(lambda: readiness(service)[1]["chain"] == "ok", "the new chain", 30)


def test_a_node_put_back_to_the_old_chain_is_used_again(programs, tmp_path):
    with NeoNetwork(tmp_path / "node") as network, NeoNetwork(tmp_path / "follower", follows=network) as follower:
        with Service(programs, tmp_path / "service", follower.url) as service:
            scene = Scene(service, network)
            assert scene.wait_answer(scene.ask()) == b"done"
            follower.stop()
            shutil.rmtree(follower.folder / "chain")
            # Synchronised anew from its neighbour it holds the same blocks.
            follower.restart()
            request = scene.ask()
            assert scene.wait_answer(request) == b"done"
            assert readiness(service)[1]["chain"] == "ok"
            assert scene.transactions() == ["HALT"] * 2
