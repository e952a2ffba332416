"""A contract event runs a function that answers on chain."""
import json

import pytest
from fixtures.api_client import refused_with
from fixtures.neo_account import NeoAccount, script_hash_of
from fixtures.processes import wait_until

HUB = "contracts/requesthub/requesthub"
PUT = "nsl.v1.TriggerService/Put"
ANSWER = """
export default {
  async event(event, context) {
    const [id] = event.arguments;
    const { stack } = await neoService.blockchain.call(event.contract, 'getRequest', [id]);
    if (!Array.isArray(stack[0].value)) return { answered: false };
    const text = atob(stack[0].value[2].value).toUpperCase();
    const sent = await neoService.wallet.invoke(
        { wallet: 'main', contract: event.contract, method: 'fulfil', args: [id, 0, text] });
    return { event, transaction: sent.transaction };
  },
};
"""


class Hub:
    def __init__(self, network):
        self.network = network
        self.owner = NeoAccount()
        network.fund(self.owner.address, 200)
        self.hash = network.deploy(HUB, account=self.owner)

    def register(self, address):
        self.network.invoke(self.hash, "registerFulfiller", [script_hash_of(address)], self.owner)

    def ask(self, text, function="any"):
        execution = self.network.invoke(self.hash, "request", [function, text], self.owner)
        return int(execution["stack"][0]["value"]), execution["txid"]

    def answer(self, request):
        return self.network.call(self.hash, "getAnswer", [request])

    def wait_answer(self, request):
        return wait_until(lambda: self.answer(request), f"an answer to request {request}", 60)


@pytest.fixture
def hub(neo_network):
    return Hub(neo_network)


def trigger(client, hub, name="on-request", function="answer", event="Requested", **more):
    source = {"contract_event": {"contract": hub.hash, "event": event}}
    return client.call(PUT, {"name": name, "function": function, "source": source, **more})


def proven_trigger(client, hub, **more):
    source = {"contract_event": {"contract": hub.hash, "event": "Requested", "evidence": "request_hub"}}
    return client.call(PUT, {"name": "on-request", "function": "answer", "source": source, **more})


def deploy(client, source=ANSWER, name="answer"):
    return client.call("nsl.v1.FunctionService/Put", {"name": name, "runtime": "javascript", "source": source})


def make_answering(client, hub, fee="0.5"):
    """Wallet, function, grant: everything but the trigger."""
    wallet = client.call("nsl.v1.WalletService/Create", {"name": "main"})
    hub.network.fund(wallet["address"], 5)
    hub.register(wallet["address"])
    deploy(client)
    client.call("nsl.v1.WalletService/PutGrant", {
        "wallet": "main", "function": "answer", "max_system_fee": fee, "max_network_fee": "0.1",
        "contracts": [{"contract": hub.hash, "methods": ["fulfil"]}]})
    return wallet


def runs_of(client, trigger_name="on-request"):
    return [item for item in client.rest("GET", "/v1/runs").json()["items"] if item["trigger"] == trigger_name]


def wait_runs(client, count=1, trigger_name="on-request"):
    def finished():
        runs = runs_of(client, trigger_name)
        open_transactions = [item for run in runs for item in run["transactions"] if item["state"] in ("SIGNED", "SENT")]
        if len(runs) < count or open_transactions:
            return None
        return runs if all(run["status"] not in ("QUEUED", "RUNNING") for run in runs) else None
    return wait_until(finished, f"{count} finished runs", 60)


def test_an_event_is_answered_on_chain_once(client, hub):
    wallet = make_answering(client, hub)
    made = trigger(client, hub)
    request, txid = hub.ask(b"hello")
    assert hub.wait_answer(request) == b"HELLO"
    [run] = wait_runs(client)
    assert run["status"] == "SUCCEEDED"
    assert run["event"]["transaction"] == txid
    assert run["event"]["block"] >= made["from_block"]
    assert run["event"]["proof"] == "quorum(1/1)"
    [transaction] = run["transactions"]
    assert transaction["state"] == "HALT"
    seen = [(found, state) for _, found, state in hub.network.transactions_of(wallet["address"])]
    assert seen == [(transaction["hash"], "HALT")]
    event = json.loads(run["input"])
    assert event["arguments"][0] == {"type": "Integer", "value": str(request)}
    assert event["contract"] == hub.hash


def test_a_filter_decides_which_events_start_the_function(client, hub):
    deploy(client, "export default { event(event) { return event.arguments[0].value; } };")
    trigger(client, hub, filter="size(args) > 0 && args[0] % 2 == 0")
    requests = [hub.ask(b"number %d" % number)[0] for number in range(4)]
    even = [str(request) for request in requests if request % 2 == 0]
    runs = wait_runs(client, len(even))
    assert sorted(json.loads(run["output"]) for run in runs) == sorted(even)


def test_a_filter_that_is_none_is_refused(client, hub):
    deploy(client)
    with refused_with("NSL-EXPR-0002"):
        trigger(client, hub, filter="amount > 5")


def test_many_events_are_each_answered_once(client, hub):
    wallet = make_answering(client, hub)
    trigger(client, hub)
    requests = [hub.ask(b"number %d" % number)[0] for number in range(5)]
    for number, request in enumerate(requests):
        assert hub.wait_answer(request) == b"NUMBER %d" % number
    runs = wait_runs(client, 5)
    assert len({run["event"]["id"] for run in runs}) == 5
    assert [state for _, _, state in hub.network.transactions_of(wallet["address"])] == ["HALT"] * 5


def test_events_before_the_trigger_do_not_count(client, hub):
    hub.ask(b"too early")
    make_answering(client, hub)
    trigger(client, hub)
    request, _ = hub.ask(b"in time")
    hub.wait_answer(request)
    assert len(wait_runs(client)) == 1


def test_two_triggers_start_a_run_each(client, hub):
    deploy(client, "export default { event(e) { return e.id; } }", "quiet")
    trigger(client, hub, "one", "quiet")
    trigger(client, hub, "two", "quiet")
    hub.ask(b"x")
    [first], [second] = wait_runs(client, 1, "one"), wait_runs(client, 1, "two")
    assert first["output"] == second["output"] == json.dumps(first["event"]["id"])


def test_a_trigger_needs_a_function(client, hub):
    with refused_with("NSL-FN-0001"):
        trigger(client, hub, function="missing")


def test_an_event_without_its_function_says_why_nothing_ran(client, hub):
    deploy(client, name="short-lived")
    trigger(client, hub, function="short-lived")
    client.call("nsl.v1.FunctionService/Delete", {"name": "short-lived"})
    hub.ask(b"x")
    [run] = wait_runs(client)
    assert (run["status"], run["error"]["code"]) == ("FAILED", "NSL-FN-0001")


def test_a_fee_above_the_grant_is_not_paid(client, hub):
    wallet = make_answering(client, hub, fee="0.00000001")
    trigger(client, hub)
    request, _ = hub.ask(b"x")
    [run] = wait_runs(client)
    assert run["status"] == "FAILED"
    assert "fee" in run["error"]["message"]
    assert hub.answer(request) is None
    assert hub.network.transactions_of(wallet["address"]) == []


def test_what_would_fault_is_not_sent(client, hub):
    """The wallet is no fulfiller, so the test invocation ends in FAULT."""
    wallet = client.call("nsl.v1.WalletService/Create", {"name": "main"})
    hub.network.fund(wallet["address"], 5)
    deploy(client)
    client.call("nsl.v1.WalletService/PutGrant", {
        "wallet": "main", "function": "answer", "max_system_fee": "1", "max_network_fee": "1",
        "contracts": [{"contract": hub.hash, "methods": ["fulfil"]}]})
    trigger(client, hub)
    hub.ask(b"x")
    [run] = wait_runs(client)
    assert run["status"] == "FAILED" and "FAULT" in run["error"]["message"]
    assert hub.network.transactions_of(wallet["address"]) == []


def test_a_deleted_trigger_starts_nothing_more(client, hub):
    deploy(client, "export default { event(e) { return 1; } }", "quiet")
    trigger(client, hub, "gone", "quiet")
    trigger(client, hub, "stays", "quiet")
    client.call("nsl.v1.TriggerService/Delete", {"name": "gone"})
    hub.ask(b"x")
    wait_runs(client, 1, "stays")
    assert runs_of(client, "gone") == []
    assert client.rest("GET", "/v1/triggers/gone").code == "NSL-TRIGGER-0001"


def test_somebody_elses_trigger_does_not_exist(client, other, hub):
    deploy(client)
    trigger(client, hub)
    assert other.rest("GET", "/v1/triggers/on-request").code == "NSL-TRIGGER-0001"
    assert other.rest("GET", "/v1/triggers").json()["items"] == []
    with refused_with("NSL-TRIGGER-0001"):
        other.call("nsl.v1.TriggerService/Delete", {"name": "on-request"})


@pytest.mark.parametrize("change", [
    {"source": {"contract_event": {"contract": "0x12", "event": "E"}}},
    {"source": {"contract_event": {"contract": "0x" + "11" * 20}}}, {"source": {}}, {"function": ""}])
def test_malformed_triggers_are_refused(client, change):
    whole = {"name": "t", "function": "f", "source": {"contract_event": {"contract": "0x" + "11" * 20, "event": "E"}}}
    with refused_with("NSL-TRIGGER-0002", "NSL-API-0001", "NSL-NEO-0012", "NSL-NEO-0001"):
        client.call(PUT, {**whole, **change})


def test_a_request_of_the_hub_is_proven_by_its_storage(client, hub):
    make_answering(client, hub)
    stored = proven_trigger(client, hub)
    assert stored["source"]["contract_event"]["evidence"] == "request_hub"
    requests = [hub.ask(text)[0] for text in ("one", "two")]
    for request in requests:
        hub.wait_answer(request)
    runs = wait_runs(client, 2)
    assert [run["event"]["proof"] for run in runs] == ["storage"] * 2
    assert not client.rest("GET", "/v1/triggers/on-request").json().get("refused_event")


def test_an_event_no_storage_keeps_starts_nothing(client, hub):
    """The trigger asks for the layout of a request hub; this contract's event has another."""
    make_answering(client, hub)
    with refused_with("NSL-TRIGGER-0002"):
        source = {"contract_event": {"contract": hub.hash, "event": "Fulfilled", "evidence": "request_hub"}}
        client.call(PUT, {"name": "t", "function": "answer", "source": source})
