"""A hostile host on the event monitor's path: it repeats, invents and drops, and must not
bring a receiver anything the chain does not say, nor anything twice that was noted as taken."""
import sys
from pathlib import Path

import pytest
from fixtures.api_client import ApiClient
from fixtures.https_server import HttpsServer
from fixtures.neo_account import NeoAccount
from fixtures.processes import wait_until
from fixtures.webhook_receiver import WebhookReceiver

sys.path.insert(0, str(Path(__file__).resolve().parent))
from hostile_host import SCHEMA, HostileHost  # noqa: E402

HUB = "contracts/requesthub/requesthub"
REPORT, EXECUTE = "nsl.internal.v1.WorkService/ReportEvent", "nsl.internal.v1.WorkService/Execute"
GET = "nsl.internal.v1.StoreService/Get"


class Victim:
    """An account whose hub's requests go to a webhook."""

    def __init__(self, host, network, https):
        self.network, self.asker = network, NeoAccount()
        network.fund(self.asker.address, 200)
        self.hub = network.deploy(HUB, account=self.asker)
        self.client = ApiClient(host.url)
        self.client.sign_in()
        self.receiver = WebhookReceiver(https, "/where-events-go")
        made = self.client.call("nsl.v1.WebhookService/Put", {"name": "hook", "url": self.receiver.url})
        self.receiver.secret, self.secret = made["secret"], made["secret"]
        self.client.call("nsl.v1.EventService/PutSubscription", {
            "name": "requests", "contract": self.hub, "event": "Requested", "webhook": "hook"})

    def ask(self):
        return self.network.invoke(self.hub, "request", ["any", b"{}"], self.asker)["txid"]

    def events(self):
        return self.client.rest("GET", "/v1/events").json()["items"]

    def deliveries(self, state):
        return self.client.rest("GET", f"/v1/webhooks/hook/deliveries?state={state}").json()["items"]

    def ask_and_wait(self):
        count = len(self.deliveries("SUCCEEDED")) + 1
        self.ask()
        return wait_until(lambda: (found := self.deliveries("SUCCEEDED")) and len(found) == count and found,
                          "the delivery", 60)


@pytest.fixture(scope="module")
def https(tmp_path_factory):
    with HttpsServer(tmp_path_factory.mktemp("https")) as server:
        yield server


@pytest.fixture(scope="module")
def host(programs, neo_network, https, tmp_path_factory):
    with HostileHost(programs, tmp_path_factory.mktemp("h"), neo_network.url, extra_root=https.ca_file,
                     allow=[f"127.0.0.1:{https.port}"]) as running:
        yield running


@pytest.fixture(scope="module")
def victim(host, neo_network, https):
    account = Victim(host, neo_network, https)
    account.ask_and_wait()
    return account


@pytest.fixture(autouse=True)
def honest_again(host):
    yield
    host.tap.alter = lambda frame, to_enclave: frame


def jobs(host):
    """The webhook jobs it has carried out so far."""
    texts = [SCHEMA.decode("nsl.internal.v1.ExecuteRequest", frame["payload"])["job"]
             for frame in host.tap.captured(EXECUTE)]
    return sorted({text for text in texts if text.startswith("webhook/")})


def test_an_event_reported_again_is_neither_remembered_nor_delivered_again(host, victim):
    events, calls = len(victim.events()), len(victim.receiver.calls)
    for frame in host.tap.captured(REPORT):
        for _ in range(3):
            genuine = SCHEMA.decode("nsl.internal.v1.ReportEventRequest", frame["payload"])
            assert host.tap.call(REPORT, {**genuine, "seen_at_ms": 1, "block": 1})[1] == ""
    for job in jobs(host):
        assert host.tap.call(EXECUTE, {"job": job}) == ({"is_done": True}, "")
    assert (len(victim.events()), len(victim.receiver.calls)) == (events, calls)


@pytest.mark.parametrize("changes", [
    {"transaction": "0x" + "ab" * 32}, {"index": 7}, {"index": 4_000_000_000}])
def test_an_invented_event_is_not_remembered(host, victim, changes):
    before = len(victim.events())
    genuine = SCHEMA.decode("nsl.internal.v1.ReportEventRequest", host.tap.captured(REPORT)[0]["payload"])
    assert host.tap.call(REPORT, {**genuine, **changes})[1] == "NSL-TRIGGER-0003"
    assert len(victim.events()) == before


@pytest.mark.parametrize("job", ["webhook", "webhook/acc_x/hook", "webhook//", "backfill/acc_x/trigger/t", "backfill",
                                 "backfill/acc_x/subscription/requests", "webhook/" + "x" * 100_000])
def test_an_invented_job_delivers_nothing(host, victim, job):
    before = len(victim.receiver.calls)
    reply, code = host.tap.call(EXECUTE, {"job": job})
    assert code or reply.get("is_done")
    assert len(victim.receiver.calls) == before


def test_a_dropped_job_is_a_delay_and_no_loss(host, victim):
    def drop(frame, to_enclave):
        if to_enclave and frame.get("operation") == "Execute":
            return None
        return frame
    host.tap.alter = drop
    victim.ask()
    [waiting] = wait_until(lambda: victim.deliveries("PENDING"), "a delivery that waits", 30)
    host.tap.alter = lambda frame, to_enclave: frame
    [job] = jobs(host)
    assert host.tap.call(EXECUTE, {"job": job})[1] == ""
    wait_until(lambda: waiting["id"] in {item["id"] for item in victim.deliveries("SUCCEEDED")}, "its delivery", 30)
    assert [identity for identity, _ in victim.receiver.messages].count(waiting["id"]) == 1


def test_nothing_it_holds_has_the_secret_the_endpoint_or_a_message(host, victim):
    path = victim.receiver.url.rpartition("/")[2].encode()
    forbidden = [victim.secret.encode(), b"/" + path, b"neo.contract.event"]
    for where, data in host.everything_it_holds():
        for needle in forbidden:
            assert needle not in data, f"{needle!r} in {where}"
