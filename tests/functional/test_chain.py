"""What the chain holds, read through the API, with a proof stated in every answer."""
import base64

import pytest
from fixtures.api_client import refused_with
from fixtures.neo_account import NeoAccount, script_hash_of
from fixtures.processes import wait_until

from functional.test_triggers import Hub

INCLUSION = {"kind": "INCLUSION", "agreeing": 0, "asked": 0, "reason": ""}
QUORUM = {"kind": "QUORUM", "agreeing": 1, "asked": 1, "reason": ""}
STORAGE = {"kind": "STORAGE", "agreeing": 0, "asked": 0, "reason": ""}
CHAIN = "nsl.v1.ChainService/"
NEO = "0xef4073a0f2b305a38ec4050e4d3d28bc40ea63f5"
GAS = "0xd2a4cff31913016155e38e474a2c06d08be276cf"


@pytest.fixture(scope="module")
def hub(neo_network):
    return Hub(neo_network)


@pytest.fixture
def plain(client):
    return client.allow_plain()


def read(client, path):
    reply = client.rest("GET", f"/v1/chain/{path}")
    assert reply.status == 200, reply.body
    return reply.json()


def call(client, contract, method, args=(), **more):
    return client.call(CHAIN + "CallContract", {"contract": contract, "method": method, "args": list(args), **more})


def test_the_height_is_told_and_verified(plain, neo_network):
    before = neo_network.height()
    neo_network.wait_blocks(1)
    answer = wait_until(lambda: (now := read(plain, "height"))["verified_block"] > before and now, "verified headers")
    assert answer["block"] > before
    assert (answer["network"], answer["storage_provable"], answer["proof"]) == (neo_network.magic, True, QUORUM)


def test_a_block_is_proven_by_its_header(plain, neo_network, hub):
    _, transaction = hub.ask(b"for the block")
    index = neo_network.rpc("gettransactionheight", [transaction])
    told = neo_network.rpc("getblock", [index, 1])
    by_index, by_hash = read(plain, f"blocks/{index}"), read(plain, f"blocks/{told['hash']}")
    assert by_index == by_hash
    assert by_index["proof"] == INCLUSION
    assert by_index["transactions"] == [item["hash"] for item in told["tx"]]
    for ours, theirs in {"hash": "hash", "previous_hash": "previousblockhash", "merkle_root": "merkleroot",
                         "nonce": "nonce", "primary": "primary", "next_consensus": "nextconsensus"}.items():
        assert by_index[ours] == told[theirs], ours
    listed = read(plain, f"blocks/{index}/transactions")
    assert [item["hash"] for item in listed["items"]] == by_index["transactions"]


def test_a_transaction_and_what_it_did(plain, neo_network, hub):
    _, transaction = hub.ask(b"for the log")
    told = neo_network.rpc("getrawtransaction", [transaction, 1])
    answer = read(plain, f"transactions/{transaction}")
    assert answer["proof"] == INCLUSION
    assert answer["sender"] == hub.owner.address
    assert (answer["nonce"], answer["script"]) == (told["nonce"], told["script"])
    assert answer["signers"][0]["scopes"] == "CalledByEntry"
    log = read(plain, f"logs/{transaction}")
    assert log["proof"] == QUORUM
    [execution] = log["executions"]
    assert (execution["trigger"], execution["state"]) == ("Application", "HALT")
    event = execution["notifications"][0]
    assert (event["contract"], event["event"]) == (hub.hash, "Requested")
    assert base64.b64decode(event["state"]["items"][2]["bytes"]) == b"any"
    of_block = read(plain, f"logs/{read(plain, 'blocks/' + str(answer['block']))['hash']}")
    assert of_block["of_block"]
    assert [each["trigger"] for each in of_block["executions"]] == ["OnPersist", "PostPersist"]


def test_a_contract_is_called_with_typed_arguments(client, hub):
    request, _ = hub.ask(b"to be read")
    answer = call(client, hub.hash, "getRequest", [{"integer": str(request)}])
    assert (answer["state"], answer["proof"]) == ("HALT", {"kind": "QUORUM", "agreeing": 1, "asked": 1})
    assert answer["stack"][0]["items"][2]["bytes"] == b"to be read"
    yes = call(client, hub.hash, "isFulfiller", [{"hash160": NeoAccount().address}])
    assert yes["stack"] == [{"type": "Boolean", "boolean": False}]
    fault = call(client, hub.hash, "getRequest", [{"text": "no number at all, and far too long for one"}])
    assert fault["state"] == "FAULT" and fault["exception"]
    with refused_with("NSL-API-0001"):
        call(client, hub.hash, "getRequest", [{"integer": "one"}])


def test_a_signer_counts_while_a_method_is_called(client, hub):
    fulfiller = {"hash160": NeoAccount().address}
    assert call(client, hub.hash, "registerFulfiller", [fulfiller])["state"] == "FAULT"


def test_an_iterator_is_read_in_parts(client, neo_network):
    hub = Hub(neo_network)
    accounts = sorted(script_hash_of(NeoAccount().address) for _ in range(5))
    for account in accounts:
        neo_network.invoke(hub.hash, "registerFulfiller", [account], hub.owner)
    found = []
    for skip, more in ((0, True), (2, True), (4, False), (6, False)):
        answer = call(client, hub.hash, "fulfillers", iterator_items=2, iterator_skip=skip)
        assert (answer["state"], answer.get("iterator_has_more", False)) == ("HALT", more)
        found += [item["bytes"] for item in answer["stack"][0].get("items", [])]
    assert found == accounts
    assert call(client, hub.hash, "fulfillers")["stack"][0]["type"] == "InteropInterface"
    assert call(client, hub.hash, "owner", iterator_items=2)["state"] == "FAULT"


def test_a_contract_says_what_can_be_called(plain, neo_network, hub):
    told = neo_network.rpc("getcontractstate", [hub.hash])
    answer = read(plain, f"contracts/{hub.hash}")
    assert (answer["id"], answer["name"], answer["checksum"]) == (told["id"], "NeoServiceRequestHub", told["nef"]["checksum"])
    assert [method["name"] for method in answer["methods"]] == [m["name"] for m in told["manifest"]["abi"]["methods"]]
    assert answer["script"] == ""
    assert read(plain, f"contracts/{hub.hash}?with_script=true")["script"] == told["nef"]["script"]
    assert read(plain, f"contracts/{GAS}")["id"] == -6


def proven(ask):
    """The state of the newest block is signed a moment after the block."""
    return wait_until(lambda: (item := ask())["proof"]["kind"] == "STORAGE" and item, "a proven answer")


def test_storage_is_proven_and_so_is_its_absence(client, hub):
    def stored(key, contract=hub.hash):
        return proven(lambda: client.call(CHAIN + "GetStorage", {"contract": contract, "key": key}))
    owner = stored(b"o")
    assert (owner["value"], owner["proof"]) == (script_hash_of(hub.owner.address), {"kind": "STORAGE"})
    for key in (b"x", b"", b"o\0", b"m", b"\xff" * 64):
        assert "exists" not in stored(key) and "value" not in stored(key)
    assert "exists" not in stored(b"o", "0x" + "ab" * 20)  # there is no such contract


def test_the_tokens_of_an_account(client, plain, neo_network):
    account = NeoAccount()
    neo_network.fund(account.address, "12.5")
    answer = proven(lambda: read(plain, f"accounts/{account.address}/balances"))
    assert answer["proof"] == STORAGE
    assert {item["symbol"]: item["amount"] for item in answer["items"]} == {"NEO": "0", "GAS": "12.5"}
    assert [item["proof"] for item in answer["items"]] == [STORAGE, STORAGE]
    whole = proven(lambda: read(plain, f"accounts/{neo_network.bank_address}/balances?asset=NEO"))
    assert int(whole["items"][0]["amount"]) == neo_network.balance(neo_network.bank_address, NEO) > 0
    wallet = client.call("nsl.v1.WalletService/Create", {"name": "main"})
    neo_network.fund(wallet["address"], 2)
    mine = read(plain, "accounts/main/balances?asset=GAS")
    assert (mine["account"], mine["items"][0]["amount"]) == (wallet["address"], "2")
    with refused_with("NSL-WALLET-0001"):
        client.call(CHAIN + "ListBalances", {"account": "not-mine"})


def test_a_balance_has_what_the_newest_block_changed(plain, neo_network):
    account = NeoAccount()
    for paid in range(1, 6):
        neo_network.fund(account.address, 1)
        answer = read(plain, f"accounts/{account.address}/balances?asset=GAS")["items"][0]
        assert answer["amount"] == str(paid), answer


def test_what_is_no_nft_has_none(client, hub):
    with refused_with("NSL-WALLET-0008"):
        client.call(CHAIN + "ListTokens", {"account": hub.owner.address, "contract": hub.hash})


@pytest.mark.parametrize(("path", "status"), [
    ("blocks/4000000000", 404), ("blocks/-1", 400), ("blocks/newest", 400), ("blocks/0x12", 400),
    (f"blocks/0x{'ab' * 32}", 404), (f"transactions/0x{'ab' * 32}", 404), ("transactions/12", 400),
    (f"logs/0x{'ab' * 32}", 404), (f"contracts/0x{'ab' * 20}", 404), ("contracts/x", 400)])
def test_what_is_not_there_or_no_name_is_refused(plain, path, status):
    assert plain.rest("GET", f"/v1/chain/{path}").status == status


def test_the_chain_is_for_those_who_may_read_it(anonymous):
    assert anonymous().rest("GET", "/v1/chain/height").status == 401
