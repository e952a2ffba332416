"""Transactions asked for through the API, on a real node: paid, called, deployed, in order, refused,
expired and replaced; and a node that forgets, lies about fees, or refuses."""
import base64
import json
import threading
from pathlib import Path

import pytest
from fixtures import neo_transaction as tx
from fixtures.api_client import ApiClient, Refused, refused_with, ulid
from fixtures.lying_node import LyingNode, Refusal
from fixtures.neo_account import NeoAccount, display, script_hash_of
from fixtures.neo_network import ROOT, NeoNetwork, rpc_call
from fixtures.processes import wait_until
from fixtures.service import Service

SERVICE = "nsl.v1.TransactionService/"
HUB = ROOT / "contracts/requesthub/requesthub"
ENDS = ("HALT", "FAULT", "EXPIRED", "FAILED")


class Purse:
    """A signed-in client with a wallet."""

    def __init__(self, service, network, gas="20"):
        self.network = network
        self.client = ApiClient(service.url)
        self.client.sign_in()
        self.wallet = self.client.call("nsl.v1.WalletService/Create", {"name": "main"})
        self.address = self.wallet["address"]
        if gas:
            network.fund(self.address, gas)

    def ask(self, operation, message, key=None):
        return self.client.call(SERVICE + operation, {"wallet": "main", **message}, idempotency_key=key or ulid())

    def transfer(self, to, amount, key=None, asset="GAS", **options):
        return self.ask("Transfer", {"asset": asset, "to": to, "amount": amount, "options": options}, key)

    def show(self, made):
        return self.client.rest("GET", f"/v1/wallets/main/transactions/{made['id']}").json()

    def wait_end(self, made, seconds=30):
        return wait_until(lambda: (shown := self.show(made))["state"] in ENDS and shown, "its end", seconds)

    def on_chain(self):
        return self.network.transactions_of(self.address)


@pytest.fixture(scope="module")
def service(programs, neo_network, tmp_path_factory):
    with Service(programs, tmp_path_factory.mktemp("intents"), neo_network.url) as running:
        yield running


@pytest.fixture
def purse(service, neo_network):
    return Purse(service, neo_network)


@pytest.fixture
def lying(programs, neo_network, tmp_path):
    """A service whose node can be made to lie."""
    with LyingNode(neo_network.url) as node, Service(programs, tmp_path, node.url) as service:
        yield node, Purse(service, neo_network)


def test_a_transfer_arrives_once(purse, neo_network):
    payee = NeoAccount()
    made = purse.transfer(payee.address, "1.5")
    end = purse.wait_end(made)
    assert end["state"] == "HALT" and end["block"] > 0
    assert neo_network.balance(payee.address) == 150_000_000
    assert [found[1:] for found in purse.on_chain()] == [(end["hash"], "HALT")]


def test_a_repeat_under_the_same_key_is_the_same_transaction(purse, neo_network):
    payee, key = NeoAccount(), ulid()
    first = purse.transfer(payee.address, "1", key)
    second = purse.transfer(payee.address, "1", key)
    assert first["id"] == second["id"] and first["hash"] == second["hash"]
    with refused_with("NSL-API-0008"):
        purse.transfer(payee.address, "2", key)
    purse.wait_end(first)
    assert neo_network.balance(payee.address) == 100_000_000


def test_spending_needs_an_idempotency_key(purse):
    with refused_with("NSL-API-0009"):
        purse.client.call(SERVICE + "Transfer", {"wallet": "main", "asset": "GAS", "to": purse.address, "amount": "1"})


def test_what_a_wallet_has_can_be_read(purse):
    reply = purse.client.rest("GET", "/v1/wallets/main/balances").json()
    assert [(item["symbol"], item["amount"]) for item in reply["items"]] == [("NEO", "0"), ("GAS", "20")]
    assert reply["proof"] in ("storage", "quorum(1/1)")
    proven = wait_until(lambda: (now := purse.client.rest("GET", "/v1/wallets/main/balances").json())["proof"] == "storage"
                        and now, "proven balances")
    assert [(item["amount"], item["proof"]) for item in proven["items"]] == [("0", "storage"), ("20", "storage")]


def test_a_contract_is_deployed_and_called(purse, neo_network):
    made = purse.ask("Deploy", {"nef": Path(f"{HUB}.nef").read_bytes(),
                                "manifest": Path(f"{HUB}.manifest.json").read_text(encoding="utf-8")})
    end = purse.wait_end(made)
    assert end["state"] == "HALT", end
    contract = end["contract"]
    assert neo_network.rpc("getcontractstate", [contract])["hash"] == contract
    value = {"type": "Hash160", "value": display(script_hash_of(purse.address))}
    called = purse.ask("Invoke", {"contract": contract, "method": "registerFulfiller", "args": json.dumps([value])})
    assert purse.wait_end(called)["state"] == "HALT"


def test_a_call_that_faults_in_the_test_run_is_refused_before_it_costs(purse):
    with refused_with("NSL-CHAIN-0007"):
        purse.ask("Invoke", {"contract": display(tx.GAS), "method": "noSuchMethod"})
    assert purse.on_chain() == []


def test_more_than_the_wallet_has_is_refused(purse):
    payee = NeoAccount()
    with refused_with("NSL-CHAIN-0007"):
        purse.transfer(payee.address, "21")
    first = purse.transfer(payee.address, "15")
    # The test run still sees 20 GAS: what is under way counts.
    with refused_with("NSL-WALLET-0006", "NSL-CHAIN-0007"):
        purse.transfer(payee.address, "15")
    assert purse.wait_end(first)["state"] == "HALT"
    assert len(purse.on_chain()) == 1


def test_an_order_key_keeps_the_order(purse, neo_network):
    payees = [NeoAccount() for _ in range(5)]
    made = [purse.transfer(payee.address, "0.1", order_key="k") for payee in payees]
    ends = [purse.wait_end(item) for item in made]
    assert [end["state"] for end in ends] == ["HALT"] * 5
    blocks = [end["block"] for end in ends]
    assert blocks == sorted(blocks) and len(set(blocks)) == 5


def test_many_at_once_arrive_once_each(purse, neo_network):
    payee = NeoAccount()
    made = []

    def pay(count):
        made.extend(purse.transfer(payee.address, "0.01") for _ in range(count))
    threads = [threading.Thread(target=pay, args=(25,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ends = [purse.wait_end(item, 60) for item in made]
    assert [end["state"] for end in ends] == ["HALT"] * 100
    assert sorted(txid for _, txid, _ in purse.on_chain()) == sorted(end["hash"] for end in ends)
    assert neo_network.balance(payee.address) == 100_000_000


def test_a_node_that_accepts_and_forgets_is_told_again(lying, neo_network):
    node, purse = lying
    payee = NeoAccount()
    forgotten = []

    def forget(method, params, result):
        return result
    # The proxy answers for the node: the transaction never reaches it.
    node.drop = lambda method, params: method == "sendrawtransaction" and not forgotten and (
        forgotten.append(params) or {"hash": "0x" + "00" * 32})
    node.lie = forget
    made = purse.transfer(payee.address, "1")
    assert forgotten and made["state"] == "SENT"
    assert purse.wait_end(made)["state"] == "HALT"
    assert neo_network.balance(payee.address) == 100_000_000


def test_a_node_that_asks_for_too_much_gas_is_bounded(lying):
    node, purse = lying
    node.lie = lambda method, params, result: (
        {**result, "gasconsumed": "19999999999"} if method == "invokescript" else result)
    with refused_with("NSL-WALLET-0005"):
        purse.transfer(NeoAccount().address, "1")
    assert purse.on_chain() == []


def test_a_node_that_states_another_network_fee_is_refused(lying):
    node, purse = lying
    node.lie = lambda method, params, result: (
        {"networkfee": "40000000"} if method == "calculatenetworkfee" else result)
    with refused_with("NSL-CHAIN-0012"):
        purse.transfer(NeoAccount().address, "1")
    assert purse.on_chain() == []


@pytest.mark.parametrize("number", [-500, -502, -505, -511])
def test_a_refusal_is_no_end_and_no_second_transaction(lying, neo_network, number):
    node, purse = lying
    payee = NeoAccount()

    def refuse(method, params, result):
        if method == "sendrawtransaction":
            raise Refusal(number, "no")
        return result
    # The proxy has forwarded it all the same.
    node.lie = refuse
    made = purse.transfer(payee.address, "1")
    assert "state" not in made and made["failure"]["code"]  # SIGNED, the default
    assert purse.wait_end(made)["state"] == "HALT"
    assert neo_network.balance(payee.address) == 100_000_000
    assert len(purse.on_chain()) == 1


def test_what_no_block_takes_expires_for_good(lying, neo_network):
    node, purse = lying
    kept = []
    node.drop = lambda method, params: method == "sendrawtransaction" and (
        kept.append(params[0]) or {"hash": "0x" + "00" * 32})
    made = purse.transfer(NeoAccount().address, "1", valid_blocks=5)
    end = purse.wait_end(made)
    assert end["state"] == "EXPIRED"
    # The bytes are out in the world; no node takes them any more.
    with pytest.raises(Exception, match="-510|[Ee]xpired"):
        rpc_call(neo_network.url, "sendrawtransaction", [kept[0]])
    assert purse.on_chain() == []


def test_a_replacement_and_what_it_replaces_are_never_both_in_blocks(programs, tmp_path):
    """The node refuses the first attempt as underpaid, keeping it; the second conflicts with it. Both are then
    given to the node in the worse order."""
    with NeoNetwork(tmp_path / "network") as network, LyingNode(network.url) as node, \
            Service(programs, tmp_path / "service", node.url) as service:
        purse = Purse(service, network)
        payee, seen = NeoAccount(), []

        def underpaid(method, params):
            if method != "sendrawtransaction":
                return None
            if params[0] not in seen:
                seen.append(params[0])
            if len(seen) == 1:
                raise Refusal(-504, "insufficient network fee")
            return {"hash": "0x" + "00" * 32}  # withheld
        node.drop = underpaid
        made = purse.transfer(payee.address, "1")
        assert "state" not in made  # SIGNED, the default
        wait_until(lambda: len(seen) >= 2, "a second attempt", 30)
        shown = purse.show(made)
        assert len(shown["replaced"]) == 1 and shown["replaced"][0]["hash"] == made["hash"]
        for raw in seen[:2]:
            rpc_call(network.url, "sendrawtransaction", [raw])
        end = purse.wait_end(made)
        assert end["state"] == "HALT" and end["hash"] == shown["hash"]
        with pytest.raises(Exception, match="-50"):
            rpc_call(network.url, "sendrawtransaction", [seen[0]])
        assert network.balance(payee.address) == 100_000_000
        assert len(purse.on_chain()) == 1


def test_the_command_line_pays(service, neo_network, purse):
    nsl = service.command_line("payer")
    nsl.login(purse.client.neo)
    payee = NeoAccount()
    made = nsl.ask("wallet", "transfer", "main", "--asset", "GAS", "--to", payee.address, "--amount", "2")
    assert purse.wait_end(made)["state"] == "HALT"
    items = nsl.ask("wallet", "balance", "main")["items"]
    assert 17 < float(items[1]["amount"]) < 18
    assert nsl.ask("wallet", "transaction", "main", made["id"])["state"] == "HALT"


def test_a_credential_that_only_signs_may_not_spend(purse):
    key = purse.client.call("nsl.v1.AccountService/CreateApiKey", {"name": "signer", "scopes": ["wallets:sign"]})
    with pytest.raises(Refused) as refusal:
        purse.client.call(SERVICE + "Transfer", {"wallet": "main", "asset": "GAS", "to": purse.address, "amount": "1"},
                          idempotency_key=ulid(), token=key["text"])
    assert refusal.value.code == "NSL-AUTH-0004"
    assert base64.b64encode(purse.wallet["public_key"])
