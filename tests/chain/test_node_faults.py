"""A node that is away, lags or refuses, and a service that was: events are answered late, but once,
and a run says why it did not do what it should."""
import base64
import json

import pytest
from fixtures.api_client import ApiClient
from fixtures.lying_node import UNKNOWN_TRANSACTION, LyingNode, Refusal
from fixtures.neo_account import NeoAccount, script_hash_of
from fixtures.neo_network import NeoNetwork
from fixtures.processes import wait_until
from fixtures.service import Service

HUB = "contracts/requesthub/requesthub"
ANSWER = """
export default { async event(event, context) {
  return neoService.wallet.invoke({ wallet: 'main', contract: event.contract, method: 'fulfil',
                                    args: [event.arguments[0], 0, 'done'] });
} };
"""


class Scene:
    """A service of its own on a network of its own, with a trigger that answers."""

    def __init__(self, service, network, gas="5", evidence="none"):
        self.service, self.network = service, network
        self.asker = NeoAccount()
        network.fund(self.asker.address, 200)
        self.hub = network.deploy(HUB, account=self.asker)
        self.client = ApiClient(service.url)
        self.client.sign_in()
        self.wallet = self.client.call("nsl.v1.WalletService/Create", {"name": "main"})
        if gas:
            network.fund(self.wallet["address"], gas)
        network.invoke(self.hub, "registerFulfiller", [script_hash_of(self.wallet["address"])], self.asker)
        self.client.call("nsl.v1.FunctionService/Put", {"name": "f", "runtime": "javascript", "source": ANSWER})
        self.client.call("nsl.v1.WalletService/PutGrant", {
            "wallet": "main", "function": "f", "max_system_fee": "0.5", "max_network_fee": "0.1",
            "contracts": [{"contract": self.hub, "methods": ["fulfil"]}]})
        self.client.call("nsl.v1.TriggerService/Put", {
            "name": "t", "function": "f",
            "source": {"contract_event": {"contract": self.hub, "event": "Requested", "evidence": evidence}}})

    def ask(self):
        return int(self.network.invoke(self.hub, "request", ["f", b"{}"], self.asker)["stack"][0]["value"])

    def wait_answer(self, request):
        return wait_until(lambda: self.network.call(self.hub, "getAnswer", [request]), "the answer", 90)

    def runs(self):
        return self.client.rest("GET", "/v1/runs").json()["items"]

    def wait_ended(self):
        def ended():
            runs = self.runs()
            return runs if runs and all(run["status"] not in ("QUEUED", "RUNNING") for run in runs) else None
        return wait_until(ended, "the runs' ends", 90)

    def refused_event(self):
        return self.client.rest("GET", "/v1/triggers/t").json().get("refused_event") or {}

    def transactions(self):
        return [state for _, _, state in self.network.transactions_of(self.wallet["address"])]


@pytest.fixture(scope="module")
def network(tmp_path_factory):
    """These tests stop the node; others must not notice."""
    with NeoNetwork(tmp_path_factory.mktemp("node-faults")) as running:
        yield running


@pytest.fixture
def service(programs, network, tmp_path):
    with Service(programs, tmp_path, network.url) as running:
        yield running


def test_an_event_made_while_the_service_is_away_is_answered_once(service, network):
    scene = Scene(service, network)
    service.stop()
    requests = [scene.ask() for _ in range(3)]
    service.start()
    scene.client = ApiClient(service.url)
    for request in requests:
        assert scene.wait_answer(request) == b"done"
    assert scene.transactions() == ["HALT"] * 3


def test_a_service_that_is_killed_at_once_goes_on_where_it_was(service, network):
    scene = Scene(service, network)
    requests = [scene.ask()]
    service.kill()
    requests.append(scene.ask())
    service.start()
    for request in requests:
        assert scene.wait_answer(request) == b"done"
    assert scene.transactions() == ["HALT"] * 2


def test_a_node_that_was_away_is_used_again(service, network):
    scene = Scene(service, network)
    network.stop()
    source = """async function main() {
      try { await neoService.blockchain.getBlockHeight(); return ''; } catch (e) { return e.code; } }"""
    scene.client.call("nsl.v1.FunctionService/Put", {"name": "probe", "runtime": "javascript", "source": source})
    run = scene.client.call("nsl.v1.FunctionService/CreateRun", {"name": "probe", "wait": True})
    assert json.loads(run["output"]) == "NSL-CHAIN-0001"
    network.restart()
    assert scene.wait_answer(scene.ask()) == b"done"
    assert scene.transactions() == ["HALT"]


def test_the_service_starts_without_its_node_or_says_why(programs, network, tmp_path):
    """The node comes back while the service starts: nobody has to start it again."""
    network.stop()
    service = Service(programs, tmp_path, network.url)
    try:
        service.launch()
        wait_until(lambda: service.log.exists(), "a log", 10)
        network.restart()
        service.wait_ready()
        scene = Scene(service, network)
        assert scene.wait_answer(scene.ask()) == b"done"
    finally:
        service.stop()


def test_a_node_that_lags_delays_the_answer_only(programs, network, tmp_path):
    """Asked for the event's transaction it knows nothing at first, as a node behind the others."""
    asked = {}

    def lag(method, params, result):
        if method == "getapplicationlog":
            asked[params[0]] = asked.get(params[0], 0) + 1
            if asked[params[0]] <= 3:
                raise Refusal(UNKNOWN_TRANSACTION, "Unknown transaction or block")
        return result
    with LyingNode(network.url) as node, Service(programs, tmp_path, node.url) as service:
        scene = Scene(service, network)
        node.lie = lag
        assert scene.wait_answer(scene.ask()) == b"done"
        assert scene.transactions() == ["HALT"]


def test_a_wallet_without_gas_says_so_and_pays_once_it_can(service, network):
    scene = Scene(service, network, gas=None)
    request = scene.ask()
    [run] = scene.wait_ended()
    assert run["status"] == "FAILED"
    assert "gas" in run["error"]["message"].lower()
    assert scene.transactions() == []
    network.fund(scene.wallet["address"], 5)
    # What was signed and stored is what is sent; nothing is signed a second time.
    assert scene.wait_answer(request) == b"done"
    assert scene.transactions() == ["HALT"]


def test_a_node_that_refuses_transactions_is_named_in_the_run(programs, network, tmp_path):
    def refuse(method, params, result):
        if method == "sendrawtransaction":
            raise Refusal(-500, "Memory pool capacity reached")
        return result
    with LyingNode(network.url) as node, Service(programs, tmp_path, node.url) as service:
        scene = Scene(service, network)
        # The proxy has forwarded it all the same: a refusal may be untrue, so the run says FAILED and
        # the transaction is followed until the chain has decided.
        node.lie = refuse
        request = scene.ask()
        [run] = scene.wait_ended()
        assert run["status"] == "FAILED"
        assert run["error"]["code"] == "NSL-RUN-0002"
        assert scene.wait_answer(request) == b"done"
        wait_until(lambda: [item["state"] for item in scene.runs()[0]["transactions"]] == ["HALT"], "HALT", 60)
        assert scene.transactions() == ["HALT"]


def forge_caller(method, params, result):
    """The announced request is another one than the contract keeps."""
    if method == "getapplicationlog":
        for execution in result["executions"]:
            for notification in execution["notifications"]:
                if notification["eventname"] == "Requested":
                    notification["state"]["value"][1]["value"] = base64.b64encode(bytes(20)).decode()
    return result


def withhold_proof(method, params, result):
    if method == "getproof":
        raise Refusal(-607, "Invalid proof")
    return result


def change_proof(method, params, result):
    if method == "getproof":
        data = bytearray(base64.b64decode(result))
        data[len(data) // 2] ^= 1
        return base64.b64encode(data).decode()
    return result


def show_older_state(network):
    def lie(method, params, result):
        return network.rpc("getstateroot", [1]) if method == "getstateroot" else result
    return lie


def change_headers(method, params, result):
    if method == "getblockheader":
        data = bytearray(base64.b64decode(result))
        data[40] ^= 1
        return base64.b64encode(data).decode()
    return result


@pytest.mark.parametrize("lie", ["forge_caller", "withhold_proof", "change_proof", "older_state", "change_headers"])
def test_a_node_that_lies_about_a_request_starts_nothing(programs, network, tmp_path, lie):
    lies = {"forge_caller": forge_caller, "withhold_proof": withhold_proof, "change_proof": change_proof,
            "older_state": show_older_state(network), "change_headers": change_headers}
    with LyingNode(network.url) as node, Service(programs, tmp_path, node.url) as service:
        scene = Scene(service, network, evidence="request_hub")
        node.lie = lies[lie]
        request = scene.ask()
        refused = wait_until(scene.refused_event, "the refusal", 60)
        assert refused["code"] == "NSL-TRIGGER-0004" and refused["reason"]
        assert scene.runs() == []
        # The truth is proven as soon as it is shown.
        node.lie = lambda method, params, result: result
        assert scene.wait_answer(request) == b"done"
        assert [run["event"]["proof"] for run in scene.wait_ended()] == ["storage"]
        assert scene.refused_event() == {}


def test_a_node_of_another_chain_is_refused_for_good(programs, tmp_path):
    """Another network under the same magic, at the same address: the sealed chain is not its chain."""
    with NeoNetwork(tmp_path / "first") as first, Service(programs, tmp_path / "service", first.url) as service:
        wait_until(lambda: first.height() > 5, "some blocks", 30)
        service.stop()
        with NeoNetwork(tmp_path / "second") as second, LyingNode(second.url) as node:
            wait_until(lambda: second.height() > 5, "some blocks", 30)
            again = Service(programs, tmp_path / "service", node.url)
            again.launch()
            try:
                wait_until(lambda: "NSL-CHAIN-0015" in "".join(
                    log.read_text() for log in again.logs if log.exists()), "the refusal", 60)
            finally:
                again.kill()
