"""kill -9 of host and enclave at seeded random moments while events come in: every event is in the
history once, and its message reaches the receiver at least once, always under the same id."""
import itertools
import os
import random
import signal
import time
from contextlib import suppress

import pytest
from fixtures.api_client import ApiClient
from fixtures.https_server import HttpsServer
from fixtures.neo_account import NeoAccount
from fixtures.processes import wait_until
from fixtures.service import Service
from fixtures.webhook_receiver import WebhookReceiver

HUB = "contracts/requesthub/requesthub"
REQUESTS, KILLS, WINDOW_SECONDS = 5, 3, 2.0
SETTLE_SECONDS = 150
SEEDS = [pytest.param(seed, marks=[pytest.mark.slow] if seed >= 2 else []) for seed in range(20)]


class Scene:
    """A subscription with a webhook whose receiver refuses every third call, and a backfill of the
    request that was there before."""

    def __init__(self, service, network, https, ordered):
        self.service, self.network, self.asker = service, network, NeoAccount()
        network.fund(self.asker.address, 200)
        self.hub = network.deploy(HUB, account=self.asker)
        self.sent = []
        self.ask(wait=True)
        self.client = ApiClient(service.url)
        self.client.sign_in()
        self.receiver = WebhookReceiver(https, "/hook")
        calls = itertools.count(1)
        self.receiver.on_call = lambda received: 500 if next(calls) % 3 == 0 else 204
        made = self.client.call("nsl.v1.WebhookService/Put",
                                {"name": "hook", "url": self.receiver.url, "ordered": ordered})
        self.receiver.secret = made["secret"]
        self.client.call("nsl.v1.EventService/PutSubscription", {
            "name": "requests", "contract": self.hub, "event": "Requested", "webhook": "hook",
            "from_block": max(1, network.height() - 20)})
        self.killed = 0

    def ask(self, wait=False):
        sent = self.network.invoke(self.hub, "request", ["f", b"{}"], self.asker, wait=wait)
        self.sent.append(sent["txid"] if wait else sent)

    def kill(self, program, chosen):
        pids = self.service.pids(program)
        if pids:
            with suppress(ProcessLookupError):
                os.kill(chosen.choice(pids), signal.SIGKILL)
                self.killed += 1

    def read(self, path):
        """The items, or nothing while the service is away."""
        with suppress(OSError, ValueError):
            reply = self.client.rest("GET", path)
            if reply.status == 200:
                return reply.json()["items"]
        return None

    def is_settled(self):
        assert self.service.running(), self.service.log.read_text()
        ended = self.read("/v1/webhooks/hook/deliveries?state=SUCCEEDED")
        return ended is not None and len(ended) == len(self.sent)


def play(scene, seed):
    chosen = random.Random(seed)
    moments = [(number * WINDOW_SECONDS / REQUESTS, scene.ask, ()) for number in range(REQUESTS)]
    for number in range(KILLS):
        program = ["nsl-host", "nsl-enclave-dev"][(seed + number) % 2]
        moments.append((chosen.uniform(0.05, WINDOW_SECONDS + 0.4), scene.kill, (program, chosen)))
    begun = time.monotonic()
    for at, act, arguments in sorted(moments, key=lambda moment: moment[0]):
        wait_until(lambda due=begun + at: time.monotonic() >= due, "its moment", WINDOW_SECONDS + 5)
        act(*arguments)


@pytest.mark.timeout(400)
@pytest.mark.parametrize("seed", SEEDS)
def test_each_event_is_remembered_once_and_its_message_arrives(programs, neo_network, tmp_path, seed):
    with HttpsServer(tmp_path / "https") as https, \
            Service(programs, tmp_path / "service", neo_network.url, extra_root=https.ca_file,
                    allow=[f"127.0.0.1:{https.port}"]) as service:
        scene = Scene(service, neo_network, https, ordered=seed % 2 == 0)
        play(scene, seed)
        wait_until(scene.is_settled, "every delivery is taken", SETTLE_SECONDS)
        events, deliveries = scene.read("/v1/events"), scene.read("/v1/webhooks/hook/deliveries")
    assert scene.killed > 0
    assert sorted(event["transaction"] for event in events) == sorted(scene.sent)
    assert {delivery["event"]: delivery["id"] for delivery in deliveries} == \
        {event["id"]: event["delivery"] for event in events}
    taken = {}
    for identity, message in scene.receiver.messages:
        assert taken.setdefault(identity, message) == message
    assert {message["data"]["event"]["transaction"] for message in taken.values()} == set(scene.sent)
    assert set(taken) == {delivery["id"] for delivery in deliveries}
    assert scene.receiver.wrong == []
