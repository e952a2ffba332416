"""Blocks and transactions start functions: each once, in the order of the chain, and proven."""
import json

import pytest
from fixtures.api_client import refused_with
from fixtures.neo_account import NeoAccount
from fixtures.processes import wait_until

PUT = "nsl.v1.TriggerService/Put"
SEE = "export default { event(event) { return event; } };"
GAS = "0xd2a4cff31913016155e38e474a2c06d08be276cf"


@pytest.fixture
def watching(client):
    client.call("nsl.v1.FunctionService/Put", {"name": "see", "runtime": "javascript", "source": SEE})
    return client


def runs(client, name="watch"):
    """Of this trigger, oldest first."""
    items, cursor = [], ""
    while True:
        page = client.allow_plain().rest("GET", f"/v1/runs?limit=200&cursor={cursor}").json()
        assert "items" in page, page
        items += [item for item in page["items"] if item["trigger"] == name]
        cursor = page["next_cursor"]
        if not cursor:
            return items[::-1]


def wait_runs(client, count):
    def ended():
        found = [run for run in runs(client) if run["status"] not in ("QUEUED", "RUNNING")]
        return found if len(found) >= count else None
    return wait_until(ended, f"{count} runs", 60)


def bind(client, source, **more):
    return client.call(PUT, {"name": "watch", "function": "see", "source": source, **more})


def test_every_block_starts_a_run_once_and_in_order(watching, neo_network):
    first = bind(watching, {"block": {"every": 1}})["from_block"]
    found = wait_runs(watching, 8)
    watching.call("nsl.v1.TriggerService/Delete", {"name": "watch"})
    blocks = sorted(run["event"]["block"] for run in found)
    assert blocks == list(range(first, first + len(blocks)))
    run = next(run for run in found if run["event"]["block"] == first)
    told = neo_network.rpc("getblock", [first, 1])
    assert run["event"]["id"] == told["hash"] + "/Block"
    assert (run["event"]["proof"], run["event"]["event"]) == ("inclusion", "block")
    assert json.loads(run["output"])["content"]["merkle_root"] == told["merkleroot"]


def test_every_third_block_starts_a_run(watching):
    bind(watching, {"block": {"every": 3}}, filter="block % 2 == 0")
    found = wait_runs(watching, 2)
    watching.call("nsl.v1.TriggerService/Delete", {"name": "watch"})
    assert all(run["event"]["block"] % 6 == 0 for run in found)


def test_a_transaction_that_is_named_starts_a_run(watching, neo_network):
    payer, other = NeoAccount(), NeoAccount()
    neo_network.fund(payer.address, 5)
    bind(watching, {"transaction": {"signer": neo_network.bank_address, "called": GAS, "notified": GAS}},
         filter="system_fee > 0 && calls[0].method == 'transfer'")
    paid = neo_network.fund(other.address, "1.5")["txid"]
    [run] = wait_runs(watching, 1)
    assert run["event"]["transaction"] == paid
    assert run["event"]["id"] == paid + "/Transaction"
    # That the contract notified is the nodes' word.
    assert run["event"]["proof"] == "quorum(1/1)"
    content = json.loads(run["output"])["content"]
    assert (content["hash"], content["sender"]) == (paid, neo_network.bank_address)


def test_a_transaction_is_proven_by_its_block(watching, neo_network):
    account = NeoAccount()
    bind(watching, {"transaction": {"sender": neo_network.bank_address}})
    paid = neo_network.fund(account.address, "1")["txid"]
    found = wait_runs(watching, 1)
    [run] = [run for run in found if run["event"]["transaction"] == paid]
    assert run["event"]["proof"] == "inclusion"


def test_past_transactions_are_previewed_and_backfilled(watching, neo_network):
    account = NeoAccount()
    start = neo_network.height() + 1
    paid = [neo_network.fund(account.address, "1")["txid"] for _ in range(3)]
    bind(watching, {"transaction": {"sender": neo_network.bank_address, "called": GAS}})
    seen = watching.call("nsl.v1.TriggerService/Preview", {"name": "watch", "from_block": start})
    assert [item["transaction"] for item in seen["items"]] == paid
    assert {item["proof"] for item in seen["items"]} == {"inclusion"}
    assert runs(watching) == []
    for _ in range(2):
        wait_until(lambda: watching.call("nsl.v1.TriggerService/Get", {"name": "watch"}).get(
            "backfill", {"state": "DONE"})["state"] == "DONE", "no backfill under way")
        watching.call("nsl.v1.TriggerService/Backfill",
                      {"name": "watch", "from_block": start, "to_block": neo_network.height()})
    found = wait_runs(watching, 3)
    assert sorted(run["event"]["transaction"] for run in found) == sorted(paid)


def test_a_trigger_on_blocks_may_begin_in_the_past_and_end(watching, neo_network):
    height = neo_network.height()
    bind(watching, {"block": {"from_block": height - 3, "to_block": height + 4}})
    found = wait_runs(watching, 8)
    neo_network.wait_blocks(8)
    assert sorted(run["event"]["block"] for run in runs(watching)) == list(range(height - 3, height + 5))
    assert len(found) == 8


@pytest.mark.parametrize(("source", "code"), [
    ({"transaction": {"sender": "nobody"}}, "NSL-NEO-0012"),
    ({"transaction": {"attribute": "Priority"}}, "NSL-TRIGGER-0002"),
    ({"block": {"from_block": 9, "to_block": 8}}, "NSL-TRIGGER-0006"),
    ({}, "NSL-TRIGGER-0002")])
def test_sources_that_are_none_are_refused(watching, source, code):
    with refused_with(code):
        bind(watching, source)


def test_the_command_line_sets_them(service, neo_network, tmp_path):
    nsl = service.command_line("watcher-of-blocks")
    nsl.login()
    (tmp_path / "see.js").write_text(SEE)
    nsl.ask("function", "deploy", "see", "--file", tmp_path / "see.js")
    height = neo_network.height()
    made = nsl.ask("trigger", "set", "b", "--function", "see", "--blocks", "10", "--to-block", str(height + 1))
    assert made["source"]["block"] == {"every": 10, "from_block": 0, "to_block": height + 1}
    made = nsl.ask("trigger", "set", "t", "--function", "see", "--transactions", "--called", GAS,
                   "--sender", neo_network.bank_address, "--to-block", str(height + 1))
    assert made["source"]["transaction"]["called"] == GAS
