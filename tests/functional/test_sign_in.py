"""Signing in with a Neo key and with API keys, and what does not sign in."""
import re

import pytest
from fixtures.api_client import refused_with
from fixtures.neo_account import NeoAccount

CREATE = "nsl.v1.AccountService/CreateSession"


def sign_in_with(client, proof):
    return client.call(CREATE, proof, account="", token="")


@pytest.mark.parametrize("layout", ["classic", "classic_unsalted", "ledger"])
def test_each_layout_signs_in(anonymous, layout):
    session = anonymous().sign_in(layout=layout)
    assert session["layout"] == layout
    assert session["account"]["id"].startswith("acc_")


def test_the_same_address_is_the_same_account(anonymous):
    account = NeoAccount()
    first, second = anonymous(), anonymous()
    assert first.sign_in(account)["account"]["id"] == second.sign_in(account)["account"]["id"]
    assert first.sign_in()["account"]["id"] != second.account


def test_the_challenge_names_place_address_and_network(anonymous, neo_network):
    account = NeoAccount()
    challenge = anonymous().challenge(account.address)
    assert account.address in challenge["message"]
    assert f"Network: {neo_network.magic}" in challenge["message"]
    assert "moves no funds" in challenge["message"]
    assert challenge["network"] == neo_network.magic


def test_a_challenge_is_good_once(anonymous):
    client, account = anonymous(), NeoAccount()
    proof = client.proof(client.challenge(account.address), account)
    sign_in_with(client, proof)
    with refused_with("NSL-AUTH-0006"):
        sign_in_with(client, proof)


def test_a_failed_try_uses_the_challenge_up(anonymous):
    client, account = anonymous(), NeoAccount()
    challenge = client.challenge(account.address)
    with refused_with("NSL-AUTH-0007"):
        sign_in_with(client, client.proof(challenge, account, message="something else"))
    with refused_with("NSL-AUTH-0006"):
        sign_in_with(client, client.proof(challenge, account))


def test_another_key_does_not_sign_in(anonymous):
    client = anonymous()
    challenge = client.challenge(NeoAccount().address)
    with refused_with("NSL-AUTH-0007"):
        sign_in_with(client, client.proof(challenge, NeoAccount()))


@pytest.mark.parametrize("line, text", [
    ("Network", "860833102"), ("Nonce", "0" * 32), ("Expires at", "2099-01-01T00:00:00.000Z"),
    ("Purpose", "withdrawal")])
def test_a_text_with_another_line_does_not_sign_in(anonymous, line, text):
    client, account = anonymous(), NeoAccount()
    challenge = client.challenge(account.address)
    changed = re.sub(rf"^{line}: .*$", f"{line}: {text}", challenge["message"], flags=re.MULTILINE)
    assert changed != challenge["message"]
    with refused_with("NSL-AUTH-0007"):
        sign_in_with(client, client.proof(challenge, account, message=changed))


def test_a_raw_signature_of_the_text_does_not_sign_in(anonymous):
    client, account = anonymous(), NeoAccount()
    with refused_with("NSL-AUTH-0007"):
        sign_in_with(client, client.proof(client.challenge(account.address), account, layout="raw"))


def test_what_is_no_address_gets_no_challenge(anonymous):
    reply = anonymous().rest("POST", "/v1/auth/neo/challenges", {"address": "not-an-address"})
    assert (reply.status, reply.code) == (400, "NSL-NEO-0001")
    assert reply.json()["errors"][0]["pointer"] == "/address"


def test_a_session_is_never_made_in_the_open(anonymous):
    client, account = anonymous(), NeoAccount()
    challenge = client.challenge(account.address)
    reply = client.rest("POST", "/v1/sessions", {"neo": {"challenge_id": challenge["challenge_id"]}})
    assert (reply.status, reply.code) == (403, "NSL-AUTH-0009")


@pytest.mark.parametrize("change", [
    lambda token: token[:-1] + ("A" if token[-1] != "A" else "B"),
    lambda token: token[:-4],
    lambda token: ("A" if token[0] != "A" else "B") + token[1:],
    lambda token: "x",
    lambda token: "nsl_live_" + "A" * 26 + "_" + "B" * 43,
])
def test_a_forged_token_is_refused(client, change):
    reply = client.rest("GET", "/v1/accounts/me", token=change(client.token))
    assert (reply.status, reply.code) == (401, "NSL-AUTH-0003")
    assert reply.headers["www-authenticate"].startswith("Bearer")


def test_without_a_token_there_is_no_account(anonymous):
    reply = anonymous().rest("GET", "/v1/accounts/me")
    assert (reply.status, reply.code) == (401, "NSL-AUTH-0001")


def test_a_token_shows_its_own_account(client):
    me = client.rest("GET", "/v1/accounts/me").json()
    assert (me["id"], me["address"], me["plain_requests"]) == (client.account, client.neo.address, False)


def test_a_token_that_can_change_things_does_not_travel_in_clear(client):
    for path in ("/v1/accounts/me", "/v1/secrets", "/v1/runs"):
        reply = client.rest("GET", path, token=client.token)
        assert (reply.status, reply.code) == (403, "NSL-AUTH-0009")
    assert client.call("nsl.v1.AccountService/GetMe")["id"] == client.account


class TestApiKeys:
    def make(self, client, **fields):
        return client.call("nsl.v1.AccountService/CreateApiKey", {"name": "ci", **fields})

    def test_a_key_speaks_for_its_account_until_it_is_deleted(self, client):
        made = self.make(client, scopes=["account:read"])
        assert made["text"].startswith("nsl_live_")
        assert client.rest("GET", "/v1/accounts/me", token=made["text"]).json()["id"] == client.account
        client.call("nsl.v1.AccountService/DeleteApiKey", {"key": made["key"]["id"]})
        assert client.rest("GET", "/v1/accounts/me", token=made["text"]).status == 401

    def test_the_text_is_shown_once(self, client):
        text = self.make(client)["text"]
        listed = client.rest("GET", "/v1/accounts/me/api-keys")
        assert "ci" in [item["name"] for item in listed.json()["items"]]
        assert text[-40:].encode() not in listed.body

    def test_a_key_has_only_its_scopes(self, client):
        text = self.make(client, scopes=["secrets:read"])["text"]
        assert client.rest("GET", "/v1/secrets", token=text).status == 200
        reply = client.rest("GET", "/v1/wallets", token=text)
        assert (reply.status, reply.code) == (403, "NSL-AUTH-0004")

    def test_a_key_never_makes_a_stronger_one(self, client):
        text = self.make(client, scopes=["account:write"])["text"]
        with refused_with("NSL-AUTH-0004"):
            client.call("nsl.v1.AccountService/CreateApiKey", {"name": "more", "scopes": ["wallets:sign"]}, token=text)

    def test_unknown_scopes_are_named(self, client):
        with refused_with("NSL-API-0001"):
            self.make(client, scopes=["everything"])

    def test_a_changed_key_is_refused(self, client):
        text = self.make(client, scopes=["account:read"])["text"]
        changed = text[:-1] + ("A" if text[-1] != "A" else "B")
        assert client.rest("GET", "/v1/accounts/me", token=changed).status == 401

    def test_a_key_that_can_change_things_does_not_travel_in_clear(self, client):
        text = self.make(client)["text"]
        assert client.rest("GET", "/v1/accounts/me", token=text).code == "NSL-AUTH-0009"
        assert client.call("nsl.v1.AccountService/GetMe", token=text)["id"] == client.account

    def test_a_key_signs_in(self, client):
        text = self.make(client)["text"]
        session = sign_in_with(client, {"api_key": text})
        assert session["account"]["id"] == client.account
