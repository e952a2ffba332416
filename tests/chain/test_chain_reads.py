"""What is read from the chain while a node lies about it: it is outvoted, or what it shows is no proof."""
import base64
import json
from decimal import Decimal

import pytest
from fixtures.api_client import ApiClient, Refused
from fixtures.lying_node import LyingNode, Refusal
from fixtures.neo_network import NeoNetwork
from fixtures.processes import wait_until
from fixtures.service import Service

from functional.test_triggers import Hub

CHAIN = "nsl.v1.ChainService/"
GAS = "0xd2a4cff31913016155e38e474a2c06d08be276cf"
OUTVOTED = {"kind": "QUORUM", "agreeing": 2, "asked": 3}


@pytest.fixture(scope="module")
def network(tmp_path_factory):
    with NeoNetwork(tmp_path_factory.mktemp("reads")) as running:
        yield running


@pytest.fixture(scope="module")
def liar(network):
    with LyingNode(network.url) as node:
        yield node


@pytest.fixture(scope="module")
def client(programs, network, liar, tmp_path_factory):
    """Of a service whose first node may lie; two of three must agree."""
    with LyingNode(network.url) as second, \
            Service(programs, tmp_path_factory.mktemp("service"), [liar.url, second.url, network.url]) as service:
        fresh = ApiClient(service.url)
        fresh.sign_in()
        yield fresh


@pytest.fixture(scope="module")
def hub(network):
    return Hub(network)


@pytest.fixture
def lies(liar):
    """Sets what the first node makes of results; how often it did is counted."""
    told = []

    def tell(method, change):
        def lie(asked, params, result):
            if asked != method:
                return result
            told.append(params)
            return change(result)
        liar.lie = lie
        return told
    yield tell
    liar.lie = lambda method, params, result: result


def flip(text):
    """Base64 with one byte changed in the middle."""
    raw = bytearray(base64.b64decode(text))
    raw[len(raw) // 2] ^= 1
    return base64.b64encode(raw).decode()


def replaced(before, after):
    return lambda result: json.loads(json.dumps(result).replace(before, after))


def test_a_forged_log_is_outvoted(client, hub, lies):
    _, transaction = hub.ask(b"the truth")
    told = lies("getapplicationlog", replaced("Requested", "Forged"))
    log = client.call(CHAIN + "GetLog", {"hash": transaction})
    assert [event["event"] for event in log["executions"][0]["notifications"]] == ["Requested"]
    assert log["proof"] == OUTVOTED
    assert told


def test_a_forged_result_of_a_call_is_outvoted(client, hub, lies):
    told = lies("invokescript", replaced('"HALT"', '"FAULT"'))
    answer = client.call(CHAIN + "CallContract", {"contract": hub.hash, "method": "requestCount"})
    assert (answer["state"], answer["proof"]) == ("HALT", OUTVOTED)
    assert told


def test_forged_storage_is_no_proof(client, hub, lies):
    key = {"contract": hub.hash, "key": b"o"}
    truth = wait_until(lambda: (item := client.call(CHAIN + "GetStorage", key))["proof"]["kind"] == "STORAGE" and item,
                       "a proven item")
    for method in ("getproof", "getstorage"):
        lies(method, flip)
        told = client.call(CHAIN + "GetStorage", key)
        assert told["value"] == truth["value"]
        assert told["proof"]["kind"] == "STORAGE"


def test_a_hidden_item_is_not_taken_for_absent(client, hub, lies, liar):
    """The first node says of each item that it is not there, and shows no neighbours."""
    key = {"contract": hub.hash, "key": b"o"}
    asked = []

    def hide(method, params, result):
        if method == "getproof":
            raise Refusal(-104, "Unknown storage item")
        if method == "findstates":
            asked.append(params)
            return {"results": [], "truncated": False}
        return None if method == "getstorage" else result
    liar.lie = hide
    told = wait_until(lambda: (item := client.call(CHAIN + "GetStorage", key))["proof"]["kind"] == "STORAGE" and item,
                      "a proven item")
    assert told["exists"]
    assert asked


def test_a_forged_contract_is_outvoted(client, hub, lies):
    told = lies("getcontractstate", replaced("NeoServiceRequestHub", "Impostor"))
    assert client.call(CHAIN + "GetContract", {"contract": hub.hash})["name"] == "NeoServiceRequestHub"
    assert told


def test_an_invented_balance_is_outvoted(client, hub, lies):
    told = lies("getnep17balances", replaced(GAS[2:], "ab" * 20))
    answer = client.call(CHAIN + "ListBalances", {"account": hub.owner.address})
    assert [item["symbol"] for item in answer["items"]] == ["NEO", "GAS"]
    assert told


def test_a_forged_balance_is_no_proof(client, network, hub, lies):
    """Neither the amount a node calls nor what it shows of the token's storage."""
    def balance():
        return client.call(CHAIN + "ListBalances", {"account": hub.owner.address, "asset": "GAS"})["items"][0]
    truth = wait_until(lambda: (item := balance())["proof"]["kind"] == "STORAGE" and item, "a proven balance")
    assert Decimal(truth["amount"]) * 10**8 == network.balance(hub.owner.address)
    for method in ("getproof", "invokescript", "getstateroot"):
        lies(method, replaced("Integer", "Boolean") if method == "invokescript" else
             (lambda result: flip(result) if isinstance(result, str) else {**result, "roothash": "0x" + "ab" * 32}))
        told = wait_until(lambda: (item := balance())["proof"]["kind"] == "STORAGE" and item, "a proven balance")
        assert told["amount"] == truth["amount"]


def test_an_invented_block_is_refused_and_the_true_one_proven(client, network, hub, lies):
    _, transaction = hub.ask(b"in a true block")
    index = network.rpc("gettransactionheight", [transaction])
    truth = network.rpc("getblock", [index, 1])
    lies("getblock", flip)
    block = client.call(CHAIN + "GetBlock", {"block": str(index)})
    assert (block["hash"], block["proof"]["kind"]) == (truth["hash"], "INCLUSION")
    found = client.call(CHAIN + "GetTransaction", {"transaction": transaction})
    assert (found["block"], found["proof"]["kind"]) == (index, "INCLUSION")


def test_where_every_node_lies_nothing_false_is_proven(programs, network, hub, tmp_path):
    _, transaction = hub.ask(b"the only node")
    index = network.rpc("gettransactionheight", [transaction])
    with LyingNode(network.url) as node, Service(programs, tmp_path, node.url) as service:
        client = ApiClient(service.url)
        client.sign_in()
        # A block with another transaction in the place of the true one.
        other = network.rpc("getblock", [index - 1, 0])
        node.lie = lambda method, params, result: other if method == "getblock" else result
        for operation, request in (("GetBlock", {"block": str(index)}),
                                   ("GetTransaction", {"transaction": transaction})):
            with pytest.raises(Refused):
                client.call(CHAIN + operation, request)
        # It says that a block holds what it does not hold.
        node.lie = lambda method, params, result: index - 1 if method == "gettransactionheight" else result
        with pytest.raises(Refused):
            client.call(CHAIN + "GetTransaction", {"transaction": transaction})
        # Whatever it says of storage is not said to be proven.
        def forge(method, params, result):
            if method in ("getproof", "findstates", "getstorage"):
                raise Refusal(-104, "Unknown storage item")
            return result
        node.lie = forge
        told = client.call(CHAIN + "GetStorage", {"contract": hub.hash, "key": b"o"})
        assert "exists" not in told
        assert (told["proof"]["kind"], told["proof"]["agreeing"], bool(told["proof"]["reason"])) == ("QUORUM", 1, True)
        node.lie = lambda method, params, result: result
        assert client.call(CHAIN + "GetTransaction", {"transaction": transaction})["block"] == index


def test_an_iterator_is_read_alike_from_nodes_with_sessions_of_their_own(client, hub):
    answer = client.call(CHAIN + "CallContract", {"contract": hub.hash, "method": "fulfillers", "iterator_items": 10})
    assert (answer["state"], answer.get("iterator_has_more", False), answer["proof"]) == ("HALT", False, OUTVOTED)
    # Its id in a node's session is the node's own, and no answer.
    assert client.call(CHAIN + "CallContract", {"contract": hub.hash, "method": "fulfillers"})["proof"] == OUTVOTED
