"""NEP-11 tokens on a real node: items and shares of items, paid by a wallet of the service and by a function, and what
is shown of them."""
import base64
import json

import pytest
from fixtures.api_client import refused_with
from fixtures.neo_account import NeoAccount, script_hash_of
from fixtures.processes import wait_until
from fixtures.service import Service

from chain.test_intents import Purse

CHAIN = "nsl.v1.ChainService/"
GIVE = """
async function main({ asset, to, id }) {
  return await neoService.wallet.transfer({ wallet: 'main', asset, to, token_id: id });
}
"""


@pytest.fixture(scope="module")
def service(programs, neo_network, tmp_path_factory):
    with Service(programs, tmp_path_factory.mktemp("nep11"), neo_network.url) as running:
        yield running


@pytest.fixture
def purse(service, neo_network):
    return Purse(service, neo_network)


@pytest.fixture(scope="module")
def items(neo_network):
    return neo_network.deploy("contracts/testitems/testitems")


@pytest.fixture(scope="module")
def shares(neo_network):
    return neo_network.deploy("contracts/testshares/testshares")


def give(purse, contract, token_id):
    purse.network.invoke(contract, "mint", [script_hash_of(purse.address), token_id])


def owned(purse, contract, account):
    """The ids the service lists for the account."""
    return purse.client.call(CHAIN + "ListTokens", {"account": account, "contract": contract}).get("items", [])


def asked(purse, contract, method, *args, **more):
    answer = purse.client.call(CHAIN + "CallContract", {"contract": contract, "method": method, "args": list(args), **more})
    assert answer["state"] == "HALT", answer
    return answer["stack"][0]


def has(purse, contract):
    """What the service says the wallet has of the token."""
    reply = purse.client.rest("GET", f"/v1/wallets/main/balances?asset={contract}").json()
    item = reply["items"][2]
    assert (item["asset"], item["proof"], item["proof_reason"]) == (contract, "quorum(1/1)", "")
    return item["symbol"], item["amount"]


def test_an_item_is_given_to_another_account(purse, items):
    purse.client.allow_plain()
    payee = NeoAccount()
    first, second = b"item-" + purse.address.encode()[-8:], b"other-" + purse.address.encode()[-8:]
    give(purse, items, first)
    give(purse, items, second)
    assert sorted(owned(purse, items, "main")) == sorted([first, second])
    assert has(purse, items) == ("ITEM", "2")
    made = purse.ask("Transfer", {"asset": items, "to": payee.address, "token_id": first})
    end = purse.wait_end(made)
    assert end["state"] == "HALT", end
    assert owned(purse, items, "main") == [second]
    assert owned(purse, items, payee.address) == [first]
    assert asked(purse, items, "ownerOf", {"bytes": first})["bytes"] == payee.script_hash
    assert has(purse, items) == ("ITEM", "1")
    log = purse.client.call(CHAIN + "GetLog", {"hash": end["hash"]})["executions"][0]
    moved = next(event for event in log["notifications"] if event["contract"] == items)["state"]["items"]
    assert [moved[0]["bytes"], moved[1]["bytes"], moved[2]["integer"], moved[3]["bytes"]] == [
        script_hash_of(purse.address), payee.script_hash, "1", first]


def test_an_item_of_somebody_else_is_not_given_away(purse, items, service):
    stranger = Purse(service, purse.network, gas="")
    token_id = b"mine-" + purse.address.encode()[-8:]
    give(stranger, items, token_id)
    # The token answers false, which the script does not let pass.
    with refused_with("NSL-CHAIN-0007"):
        purse.ask("Transfer", {"asset": items, "to": purse.address, "token_id": token_id})
    assert owned(purse, items, stranger.address) == [token_id]


def test_a_share_of_an_item_is_given_to_another_account(purse, shares):
    purse.client.allow_plain()
    payee = NeoAccount()
    token_id = purse.address.encode()[-8:]
    give(purse, shares, token_id)
    assert has(purse, shares) == ("SHARE", "1")
    made = purse.ask("Transfer", {"asset": shares, "to": payee.address, "amount": "0.25", "token_id": token_id})
    assert purse.wait_end(made)["state"] == "HALT"
    held = [asked(purse, shares, "balanceOf", {"hash160": address}, {"bytes": token_id}).get("integer", "0")
            for address in (purse.address, payee.address)]
    assert held == ["75", "25"]
    assert has(purse, shares) == ("SHARE", "0.75")
    owners = asked(purse, shares, "ownerOf", {"bytes": token_id}, iterator_items=10)["items"]
    assert {item["bytes"] for item in owners} == {script_hash_of(purse.address), payee.script_hash}
    assert owned(purse, shares, payee.address) == [token_id]
    # More than is left.
    with refused_with("NSL-CHAIN-0007"):
        purse.ask("Transfer", {"asset": shares, "to": payee.address, "amount": "0.76", "token_id": token_id})


def test_ids_are_listed_in_pages(purse, items):
    made = sorted(purse.address.encode()[-8:] + bytes([number]) for number in range(5))
    for token_id in made:
        give(purse, items, token_id)
    listed, cursor = [], ""
    while True:
        page = purse.client.call(CHAIN + "ListTokens", {"account": "main", "contract": items, "limit": 2, "cursor": cursor})
        listed += page["items"]
        cursor = page.get("next_cursor", "")
        if not cursor:
            break
    assert sorted(listed) == made


def test_a_function_gives_an_item_it_has_a_grant_for(purse, items):
    payee = NeoAccount()
    token_id = b"run-" + purse.address.encode()[-8:]
    give(purse, items, token_id)
    purse.client.call("nsl.v1.FunctionService/Put", {"name": "give", "runtime": "javascript", "source": GIVE})
    purse.client.call("nsl.v1.WalletService/PutGrant", {
        "wallet": "main", "function": "give", "max_system_fee": "1", "max_network_fee": "0.1",
        "contracts": [{"contract": items, "methods": ["transfer"]}]})
    value = {"asset": items, "to": payee.address, "id": base64.b64encode(token_id).decode()}
    run = purse.client.call("nsl.v1.FunctionService/CreateRun", {"name": "give", "input": json.dumps(value), "wait": True})
    assert run["status"] == "SUCCEEDED", run
    wait_until(lambda: owned(purse, items, payee.address) == [token_id], "the item at its new owner")
    assert owned(purse, items, "main") == []
