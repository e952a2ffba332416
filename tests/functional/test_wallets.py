"""Wallets: keys that never leave the enclave, signatures, grants, and repeats."""
import base64

import pytest
from fixtures.api_client import refused_with
from fixtures.neo_account import (address_of, display, hash160, message_bytes, script_hash_of, verification_script,
                                  verify)

HUB = "0x" + "11" * 20
GRANT = {"wallet": "main", "function": "answer", "contracts": [{"contract": HUB, "methods": ["fulfil"]}],
         "max_system_fee": "0.5", "max_network_fee": "0.1"}


def create(client, name="main", **options):
    return client.call("nsl.v1.WalletService/Create", {"name": name}, **options)


def sign(client, data, encoding="raw", wallet="main"):
    return client.call("nsl.v1.WalletService/Sign", {"wallet": wallet, "data": data, "encoding": encoding})


def test_the_address_is_that_of_the_key(client):
    wallet = create(client)
    script = verification_script(wallet["public_key"])
    assert wallet["address"] == address_of(hash160(script))
    assert wallet["script_hash"] == display(script_hash_of(wallet["address"]))
    shown = client.rest("GET", f"/v1/wallets/{wallet['id']}").json()
    assert shown == client.rest("GET", "/v1/wallets/main").json()
    assert base64.b64decode(shown["public_key"]) == wallet["public_key"]


def test_a_name_is_taken_once(client):
    create(client)
    with refused_with("NSL-API-0004"):
        create(client)


def test_signatures_verify_and_are_deterministic(client):
    create(client)
    first, second = sign(client, b"hello"), sign(client, b"hello")
    assert first == second
    assert verify(first["public_key"], first["signature"], b"hello")
    assert not verify(first["public_key"], first["signature"], b"hellp")


def test_a_neo_message_is_signed_in_the_wallets_layout(client):
    create(client)
    signed = sign(client, b"hello", "neo_message")
    assert verify(signed["public_key"], signed["signature"], message_bytes("classic_unsalted", "hello"))


@pytest.mark.parametrize("size", [36, 0, 4097])
def test_what_could_be_a_transaction_or_nothing_or_too_much_is_not_signed(client, size):
    create(client)
    with refused_with("NSL-API-0001"):
        sign(client, b"x" * size)


@pytest.mark.parametrize("size", [1, 35, 37, 4096])
def test_other_sizes_are_signed(client, size):
    create(client)
    signed = sign(client, b"x" * size)
    assert verify(signed["public_key"], signed["signature"], b"x" * size)


def test_a_repeat_under_the_same_key_is_the_same_wallet(client):
    first = create(client, "one", idempotency_key="k-1")
    assert create(client, "one", idempotency_key="k-1") == first
    assert len(client.rest("GET", "/v1/wallets").json()["items"]) == 1


def test_the_same_key_for_something_else_is_refused(client):
    create(client, "one", idempotency_key="k-1")
    with refused_with("NSL-API-0008"):
        create(client, "two", idempotency_key="k-1")


def test_a_key_is_one_accounts_own(client, other):
    assert create(client, "one", idempotency_key="k-1")["id"] != create(other, "one", idempotency_key="k-1")["id"]


def test_the_header_is_honoured_on_rest(plain):
    headers = {"Idempotency-Key": "k-2"}
    first = plain.rest("POST", "/v1/wallets", {"name": "one"}, headers)
    again = plain.rest("POST", "/v1/wallets", {"name": "one"}, headers)
    assert (first.status, again.status) == (201, 201)
    assert first.json() == again.json()
    reused = plain.rest("POST", "/v1/wallets", {"name": "two"}, headers)
    assert (reused.status, reused.code) == (422, "NSL-API-0008")


def test_somebody_elses_wallet_does_not_exist(client, other):
    wallet = create(client)
    for name in ("main", wallet["id"]):
        assert other.rest("GET", f"/v1/wallets/{name}").code == "NSL-WALLET-0001"
        with refused_with("NSL-WALLET-0001"):
            sign(other, b"hello", wallet=name)
        with refused_with("NSL-WALLET-0001"):
            other.call("nsl.v1.WalletService/PutGrant", {**GRANT, "wallet": name})
        assert other.rest("GET", f"/v1/wallets/{name}/grants").code == "NSL-WALLET-0001"
    assert other.rest("GET", "/v1/wallets").json()["items"] == []


def test_a_grant_is_kept_listed_and_taken_back(client):
    create(client)
    made = client.call("nsl.v1.WalletService/PutGrant", GRANT)
    assert made["contracts"] == GRANT["contracts"]
    [listed] = client.rest("GET", "/v1/wallets/main/grants").json()["items"]
    assert (listed["function"], listed["max_system_fee"], listed["sign"]) == ("answer", "0.5", False)
    client.call("nsl.v1.WalletService/DeleteGrant", {"wallet": "main", "function": "answer"})
    assert client.rest("GET", "/v1/wallets/main/grants").json()["items"] == []


@pytest.mark.parametrize("change", [
    {"max_system_fee": "-1"}, {"max_system_fee": ""}, {"max_network_fee": "1e3"},
    {"max_system_fee": "0.000000001"}, {"contracts": [{"contract": HUB}]},
    {"contracts": [{"contract": "0x12", "methods": ["a"]}]}, {"contracts": GRANT["contracts"] * 2}])
def test_malformed_grants_are_refused(client, change):
    create(client)
    with refused_with("NSL-API-0001", "NSL-NEO-0011", "NSL-NEO-0012", "NSL-NEO-0001"):
        client.call("nsl.v1.WalletService/PutGrant", {**GRANT, **change})
