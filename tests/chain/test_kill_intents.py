"""kill -9 of host, enclave and node at seeded random moments while a wallet is asked to pay from several sides.
Everyone who asks repeats his question under the same key until he has an answer. An auditor who reads nothing but
the validator's blocks then finds each intent once, or not at all if the service called it a failure.
"""
import base64
import http.client
import os
import random
import signal
import threading
import time
from contextlib import suppress

import pytest
from fixtures import neo_transaction as tx
from fixtures.api_client import ApiClient, Refused, ulid
from fixtures.neo_account import NeoAccount, script_hash_of
from fixtures.neo_network import NeoNetwork
from fixtures.processes import wait_until
from fixtures.service import Service

SEEDS = [pytest.param(seed, marks=[pytest.mark.slow] if seed >= 5 else []) for seed in range(200)]
VICTIMS = ["nsl-host", "nsl-enclave-dev", "node"]
ASKERS, INTENTS_EACH, KILLS = 4, 8, 3
WINDOW_SECONDS, ANSWER_SECONDS, SETTLE_SECONDS = 2.5, 60, 120
AWAY = (OSError, http.client.HTTPException, AssertionError)
ENDS = ("HALT", "FAULT", "EXPIRED", "FAILED")


class Asker(threading.Thread):
    """Pays amounts of its own, one after the other, a part of them in order; repeats until it is answered."""

    def __init__(self, scene, number):
        super().__init__(daemon=True)
        self.scene, self.number = scene, number
        self.made, self.error = {}, None

    def run(self):
        try:
            for index in range(INTENTS_EACH):
                amount = 1 + self.number * INTENTS_EACH + index
                self.made[amount] = self.pay(amount, "k" if self.number == 0 else "")
        except BaseException as error:  # told by the test's own thread
            self.error = error

    def pay(self, amount, order_key):
        key, until = ulid(), time.monotonic() + ANSWER_SECONDS
        while True:
            try:
                client = self.scene.client()
                return client.call("nsl.v1.TransactionService/Transfer", {
                    "wallet": "main", "asset": "GAS", "to": self.scene.payee.address,
                    "amount": f"{amount / 10 ** 8:.8f}", "options": {"order_key": order_key}}, idempotency_key=key)
            except (*AWAY, Refused) as error:
                if time.monotonic() > until or is_definite(error):
                    raise
                self.scene.wait(0.1)


def is_definite(error):
    return isinstance(error, Refused) and not error.code.startswith(
        ("NSL-CORE", "NSL-CHAIN", "NSL-STORE", "NSL-WIRE", "NSL-VAULT", "NSL-API-0015", "NSL-AUTH-0012", "NSL-HTTP"))


class Scene:
    def __init__(self, service, network, follower):
        self.service, self.network, self.follower = service, network, follower
        self.payee = NeoAccount()
        self.owner = self.new_client()
        self.owner.sign_in()
        self.wallet = self.owner.call("nsl.v1.WalletService/Create", {"name": "main"})
        network.fund(self.wallet["address"], 50)
        follower.wait_blocks(2)
        self.killed = 0

    def new_client(self):
        return ApiClient(self.service.url)

    def client(self):
        """A client of the same account that knows the enclave as it is now."""
        client = self.new_client()
        client.account, client.token, client.bearer = self.owner.account, self.owner.token, self.owner.bearer
        return client

    @staticmethod
    def wait(seconds):
        until = time.monotonic() + seconds
        wait_until(lambda: time.monotonic() >= until, "a moment", seconds + 5)

    def kill(self, victim, chosen):
        if victim == "node":
            self.follower.kill()
            self.follower.restart()
            self.killed += 1
            return
        pids = self.service.pids(victim)
        if pids:
            with suppress(ProcessLookupError):
                os.kill(chosen.choice(pids), signal.SIGKILL)
                self.killed += 1

    def shown(self, made):
        """Each intent as the service shows it now, or nothing while it is away."""
        try:
            client = self.client()
            return [client.rest("GET", f"/v1/wallets/main/transactions/{item['id']}").json() for item in made]
        except AWAY:
            return None

    def ends(self, made):
        items = self.shown(made)
        return items if items and all(item.get("state") in ENDS for item in items) else None

    def audit(self):
        """Amount of every payment of the wallet in the validator's blocks, in their order."""
        payer, payee = script_hash_of(self.wallet["address"]), script_hash_of(self.payee.address)
        amounts = {tx.transfer_script(tx.GAS, payer, payee, amount): amount
                   for amount in range(1, ASKERS * INTENTS_EACH + 1)}
        found = []
        for index in range(self.network.height() + 1):
            for item in self.network.rpc("getblock", [index, 1])["tx"]:
                if item["sender"] == self.wallet["address"]:
                    found.append((amounts[base64.b64decode(item["script"])], item["hash"]))
        return found


@pytest.fixture(scope="module")
def network(tmp_path_factory):
    with NeoNetwork(tmp_path_factory.mktemp("validator")) as running:
        yield running


@pytest.fixture(scope="module")
def follower(network, tmp_path_factory):
    """The node the service asks. One that is killed finds its chain again on the next test."""
    with NeoNetwork(tmp_path_factory.mktemp("follower"), follows=network) as running:
        yield running


def play(scene, seed):
    chosen = random.Random(seed)
    victims = [VICTIMS[(seed + number) % len(VICTIMS)] for number in range(KILLS)]
    moments = sorted((chosen.uniform(0.1, WINDOW_SECONDS), victim) for victim in victims)
    askers = [Asker(scene, number) for number in range(ASKERS)]
    begun = time.monotonic()
    for asker in askers:
        asker.start()
    for at, victim in moments:
        scene.wait(max(0.0, begun + at - time.monotonic()))
        scene.kill(victim, chosen)
    for asker in askers:
        asker.join(ANSWER_SECONDS * 2)
        assert not asker.is_alive()
        if asker.error:
            raise asker.error
    return {amount: made for asker in askers for amount, made in asker.made.items()}


@pytest.mark.timeout(400)
@pytest.mark.parametrize("seed", SEEDS)
def test_each_intent_is_in_the_blocks_once(programs, network, follower, tmp_path, seed):
    with Service(programs, tmp_path, follower.url) as service:
        scene = Scene(service, network, follower)
        made = play(scene, seed)
        # The service asks this node only; one that was killed may not find its peer again for minutes.
        follower.catch_up()
        ends = wait_until(lambda: scene.ends(made.values()), "every intent is decided", SETTLE_SECONDS)
        network.wait_blocks(3)
        found = scene.audit()
    assert scene.killed > 0
    assert len(made) == ASKERS * INTENTS_EACH
    states = dict(zip(made, ends))
    assert {end["state"] for end in ends} == {"HALT"}, [(end["state"], end.get("failure")) for end in ends]
    assert sorted(amount for amount, _ in found) == sorted(made)
    assert {hash_ for _, hash_ in found} == {end["hash"] for end in ends}
    in_order = [amount for amount, _ in found if states[amount].get("order_key") == "k"]
    assert in_order == sorted(in_order) and len(in_order) == INTENTS_EACH
