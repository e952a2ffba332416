"""Wallets of several keys on a real node: proposals signed by an enclave's wallet, another account's, neo-go and neon-js."""
import base64
import json
import subprocess

import pytest
from fixtures.api_client import ApiClient, Refused, refused_with, ulid
from fixtures.lying_node import LyingNode, Refusal
from fixtures.neo_account import NeoAccount, address_of, hash160, multisig_script, nep6_wallet, verify
from fixtures.neo_peers import Peers
from fixtures.processes import wait_until
from fixtures.service import Service

SERVICE = "nsl.v1.ProposalService/"
WALLETS = "nsl.v1.WalletService/"
GAS = "d2a4cff31913016155e38e474a2c06d08be276cf"
ENDS = ("CONFIRMED", "FAILED", "EXPIRED", "WITHDRAWN")


class Owner:
    """A signed-in client with a wallet of one key."""

    def __init__(self, service):
        self.client = ApiClient(service.url)
        self.client.sign_in()
        self.wallet = self.client.call(WALLETS + "Create", {"name": "own"})

    def ask(self, operation, wallet, proposal, **fields):
        return self.client.call(SERVICE + operation, {"wallet": wallet, "proposal": proposal, **fields})

    def show(self, wallet, proposal):
        return self.client.rest("GET", f"/v1/wallets/{wallet}/proposals/{proposal}").json()

    def wait_end(self, wallet, proposal, seconds=40):
        return wait_until(lambda: (shown := self.show(wallet, proposal)).get("status") in ENDS and shown, "its end",
                          seconds)


class Safe:
    """A wallet of two of three keys: an enclave's wallet and two from outside."""

    def __init__(self, service, network, gas="20"):
        self.network, self.owner = network, Owner(service)
        self.outside = [NeoAccount(), NeoAccount()]
        keys = [self.owner.wallet["public_key"], *(account.public_key for account in self.outside)]
        self.wallet = self.owner.client.call(WALLETS + "CreateMultisig", {
            "name": "safe", "threshold": 2,
            "signers": [{"wallet": "own"}, *({"public_key": account.public_key} for account in self.outside)]})
        self.script = multisig_script(2, keys)
        assert self.wallet["address"] == address_of(hash160(self.script))
        if gas:
            network.fund(self.wallet["address"], gas)

    def propose(self, payee, amount="1.5", **fields):
        return self.owner.client.call(SERVICE + "Create", {
            "wallet": "safe", "transfer": {"asset": "GAS", "to": payee.address, "amount": amount}, **fields},
            idempotency_key=ulid())

    def sign(self, made):
        return self.owner.ask("Sign", "safe", made["id"], signer="own")

    def document(self, made):
        return self.owner.client.rest("GET", f"/v1/wallets/safe/proposals/{made['id']}/document").json()

    def add_signature(self, made, account, signature=None):
        message = base64.b64decode(self.document(made)["signing_message"])
        return self.owner.ask("Add", "safe", made["id"], public_key=account.public_key,
                              signature=signature or account.sign(message))

    def wait_end(self, made):
        return self.owner.wait_end("safe", made["id"])


@pytest.fixture(scope="module")
def service(programs, neo_network, tmp_path_factory):
    with Service(programs, tmp_path_factory.mktemp("multisig"), neo_network.url) as running:
        yield running


@pytest.fixture
def safe(service, neo_network):
    return Safe(service, neo_network)


def test_a_signature_of_neo_go_is_merged_from_its_document(safe, neo_network, tmp_path):
    payee = NeoAccount()
    made = safe.propose(payee)
    safe.sign(made)
    signer = safe.outside[0]
    (tmp_path / "wallet.json").write_text(json.dumps(
        nep6_wallet([(signer, safe.script, ["parameter0", "parameter1"])], "pass")), encoding="utf-8")
    (tmp_path / "config.yml").write_text(f"Path: {tmp_path}/wallet.json\nPassword: pass\n", encoding="utf-8")
    (tmp_path / "in.json").write_text(safe.document(made)["document"], encoding="utf-8")
    subprocess.run([neo_network.neo_go, "wallet", "sign", "--wallet-config", tmp_path / "config.yml", "--address",
                    safe.wallet["address"], "--in", tmp_path / "in.json", "--out", tmp_path / "out.json"],
                   check=True, capture_output=True, timeout=60)
    safe.owner.ask("Add", "safe", made["id"], document=(tmp_path / "out.json").read_text(encoding="utf-8"))
    assert safe.wait_end(made)["status"] == "CONFIRMED"
    assert neo_network.balance(payee.address) == 150_000_000


def test_a_signature_of_neon_js_is_merged(safe, neo_network, programs):
    payee = NeoAccount()
    made = safe.propose(payee)
    signer = safe.outside[1]
    [answer] = Peers(programs).neon("sign_tx", [{
        "hex": base64.b64decode(safe.document(made)["transaction"]).hex(), "private_key": signer.private_key.hex(),
        "network": neo_network.magic}])
    invocation = bytes.fromhex(answer["invocation"])
    assert invocation[:2] == b"\x0c\x40"
    safe.add_signature(made, signer, invocation[2:])
    safe.sign(made)
    assert safe.wait_end(made)["status"] == "CONFIRMED"
    assert neo_network.balance(payee.address) == 150_000_000


def test_what_others_sign_is_the_transaction_that_is_shown(safe):
    made = safe.propose(NeoAccount())
    document = json.loads(safe.document(made)["document"])
    assert document["data"] == safe.document(made)["transaction"]
    assert document["hash"] == made["hash"]
    safe.sign(made)
    signed = json.loads(safe.document(made)["document"])["items"]["0x" + hash160(safe.script)[::-1].hex()]
    [(key, signature)] = signed["signatures"].items()
    message = base64.b64decode(safe.document(made)["signing_message"])
    assert verify(bytes.fromhex(key), base64.b64decode(signature), message)


def test_another_account_signs_with_its_own_wallet(service, neo_network):
    alice, bob, payee = Owner(service), Owner(service), NeoAccount()
    safe = alice.client.call(WALLETS + "CreateMultisig", {
        "name": "both", "threshold": 2,
        "signers": [{"wallet": "own"}, {"public_key": bob.wallet["public_key"]}]})
    neo_network.fund(safe["address"], "5")
    made = alice.client.call(SERVICE + "Create", {
        "wallet": "both", "transfer": {"asset": "GAS", "to": payee.address, "amount": "2"}}, idempotency_key=ulid())
    assert bob.show("own", made["id"])["hash"] == made["hash"]
    stranger = Owner(service)
    reply = stranger.client.rest("GET", f"/v1/wallets/own/proposals/{made['id']}")
    assert (reply.status, reply.code) == (404, "NSL-PROPOSAL-0001")
    with refused_with("NSL-PROPOSAL-0001"):
        stranger.ask("Sign", "own", made["id"])
    bob.ask("Sign", "own", made["id"])
    alice.ask("Sign", "both", made["id"], signer="own")
    assert bob.wait_end("own", made["id"])["status"] == "CONFIRMED"
    assert neo_network.balance(payee.address) == 200_000_000


def test_whoever_has_a_key_finds_the_proposal(service):
    alice, bob, stranger = Owner(service), Owner(service), Owner(service)
    alice.client.call(WALLETS + "CreateMultisig", {
        "name": "both", "threshold": 2,
        "signers": [{"wallet": "own"}, {"public_key": bob.wallet["public_key"]}]})
    made = [alice.client.call(SERVICE + "Create", {
        "wallet": "both", "manual": True,
        "invocation": {"contract": "0x" + GAS, "method": "symbol", "args": "[]"}}, idempotency_key=ulid())
        for _ in range(3)]

    def listed(owner, query=""):
        return owner.client.rest("GET", f"/v1/proposals{query}").json()
    for owner in (alice, bob):
        assert [item["id"] for item in listed(owner)["items"]] == sorted(item["id"] for item in made)
    [mine] = [key["wallet"] for key in listed(bob)["items"][0]["keys"] if key["wallet"]]
    assert mine == bob.wallet["id"]
    # It is enough to sign it: nobody told bob an id.
    found = listed(bob, "?limit=1")
    signed = bob.ask("Sign", mine, found["items"][0]["id"])
    assert mine in [key.get("wallet") for key in signed["keys"] if key.get("signed")]
    rest = listed(bob, f"?limit=2&cursor={found['next_cursor']}")
    assert len(rest["items"]) == 2 and rest["next_cursor"] == ""
    assert listed(stranger) == {"items": [], "next_cursor": ""}


def test_wrong_foreign_and_repeated_signatures_are_refused(safe):
    made, other = safe.propose(NeoAccount()), safe.propose(NeoAccount())
    signer = safe.outside[0]
    stray = base64.b64decode(safe.document(other)["signing_message"])
    with refused_with("NSL-CRYPTO-0002"):
        safe.add_signature(made, signer, signer.sign(stray))
    with refused_with("NSL-PROPOSAL-0005"):
        safe.add_signature(made, NeoAccount())
    safe.add_signature(made, signer)
    with refused_with("NSL-PROPOSAL-0004"):
        safe.add_signature(made, signer)
    with refused_with("NSL-PROPOSAL-0006"):
        safe.owner.ask("Add", "safe", made["id"], document=safe.document(other)["document"])


def test_a_proposal_that_is_taken_back_takes_nothing(safe):
    made = safe.propose(NeoAccount())
    safe.owner.ask("Withdraw", "safe", made["id"])
    with refused_with("NSL-PROPOSAL-0002"):
        safe.sign(made)
    assert safe.owner.show("safe", made["id"])["status"] == "WITHDRAWN"


def test_a_proposal_expires_with_its_last_block(safe, neo_network):
    made = safe.owner.client.call(SERVICE + "Create", {
        "wallet": "safe", "transfer": {"asset": "GAS", "to": NeoAccount().address, "amount": "1",
                                       "options": {"valid_blocks": 3}}}, idempotency_key=ulid())
    safe.sign(made)
    neo_network.wait_blocks(5)
    assert safe.wait_end(made)["status"] == "EXPIRED"
    with refused_with("NSL-PROPOSAL-0002"):
        safe.add_signature(made, safe.outside[0])


def test_a_repeat_under_the_same_key_is_the_same_proposal(safe):
    key, payee = ulid(), NeoAccount()
    message = {"wallet": "safe", "transfer": {"asset": "GAS", "to": payee.address, "amount": "1"}}
    first = safe.owner.client.call(SERVICE + "Create", message, idempotency_key=key)
    second = safe.owner.client.call(SERVICE + "Create", message, idempotency_key=key)
    assert first["id"] == second["id"]


@pytest.mark.parametrize("when", ["before_the_intent", "before_the_node"])
def test_a_crash_between_the_last_signature_and_sending_sends_once(programs, neo_network, tmp_path, when):
    def away(method, params):
        if when == "before_the_intent" or method == "sendrawtransaction":
            raise Refusal(-32603, "away")

    with LyingNode(neo_network.url) as node, Service(programs, tmp_path, node.url) as service:
        safe, payee = Safe(service, neo_network), NeoAccount()
        made = safe.propose(payee)
        safe.sign(made)
        message = base64.b64decode(safe.document(made)["signing_message"])
        node.drop = away
        safe.owner.ask("Add", "safe", made["id"], public_key=safe.outside[0].public_key,
                       signature=safe.outside[0].sign(message))
        service.kill()
        node.drop = lambda method, params: None
        service.start()
        again = ApiClient(service.url)
        again.account, again.token, again.bearer = (safe.owner.client.account, safe.owner.client.token,
                                                    safe.owner.client.bearer)
        safe.owner.client = again
        assert safe.wait_end(made)["status"] == "CONFIRMED"
        assert neo_network.balance(payee.address) == 150_000_000
        assert [found[1:] for found in neo_network.transactions_of(safe.wallet["address"])] == [(made["hash"], "HALT")]


def test_an_order_to_send_is_waited_for(safe, neo_network):
    payee = NeoAccount()
    made = safe.propose(payee, manual=True)
    with refused_with("NSL-PROPOSAL-0003"):
        safe.owner.ask("Submit", "safe", made["id"])
    safe.sign(made)
    safe.add_signature(made, safe.outside[0])
    assert safe.owner.show("safe", made["id"])["status"] == "READY"
    safe.owner.ask("Submit", "safe", made["id"])
    assert safe.wait_end(made)["status"] == "CONFIRMED"


def test_a_wallet_of_several_keys_has_a_balance_and_pays_nothing_itself(safe):
    balances = safe.owner.client.rest("GET", "/v1/wallets/safe/balances").json()
    assert {item["symbol"]: item["amount"] for item in balances["items"]}["GAS"] == "20"
    with pytest.raises(Refused) as refused:
        safe.owner.client.call("nsl.v1.TransactionService/Transfer", {
            "wallet": "safe", "asset": "GAS", "to": NeoAccount().address, "amount": "1"}, idempotency_key=ulid())
    assert refused.value.code == "NSL-WALLET-0009"
