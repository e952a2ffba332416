"""A hostile host on the way of webhooks that start functions: it reads every message, and can make
none that counts, change one, give it to another trigger, or have it start a second run."""
import base64
import json
import sys
from pathlib import Path

import pytest
from fixtures.api_client import ApiClient

sys.path.insert(0, str(Path(__file__).resolve().parent))
from functional.test_hooks import ECHO, Sender, ended, put_hook  # noqa: E402
from hostile_host import SCHEMA, HostileHost  # noqa: E402

RECEIVE = "nsl.v1.HookService/Receive"


@pytest.fixture
def host(programs, neo_network, tmp_path):
    with HostileHost(programs, tmp_path / "h", neo_network.url) as running:
        yield running


def test_a_message_is_not_forged_changed_swapped_or_repeated(host):
    client = ApiClient(host.url)
    client.sign_in()
    client.allow_plain()
    client.call("nsl.v1.FunctionService/Put", {"name": "echo", "runtime": "javascript", "source": ECHO})
    trigger, other = put_hook(client), put_hook(client, "other")
    status, _, body = Sender(host.url, trigger).send("m1", b"the message")
    assert status == 202
    run = json.loads(body)["run"]
    ended(client, run)

    (frame,) = host.tap.captured(RECEIVE)
    message = SCHEMA.decode("nsl.v1.ReceiveHookRequest", frame["payload"])
    assert message["body"] == b"the message", "the host reads it"

    def give(**changes):
        return host.tap.call(RECEIVE, {**message, **changes})

    def header(name, value):
        return [{**entry, "value": value} if entry["name"] == name else entry for entry in message["headers"]]

    again, refusal = give()
    assert (refusal, json.loads(again["body"])["run"]) == ("", run), "repeated it is the same run"
    forged = base64.b64encode(b"a signature of its own, 32 bytes").decode()
    for changes in ({"body": b"another message"}, {"trigger": other["id"]},
                    {"headers": header("webhook-id", "m2")}, {"headers": header("webhook-timestamp", "1")},
                    {"headers": header("webhook-signature", "v1," + forged)}, {"headers": []},
                    {"headers": [], "token": "f" * 64}):
        assert give(**changes)[1] == "NSL-TRIGGER-0007", changes
    assert [item["id"] for item in client.rest("GET", "/v1/runs?limit=200").json()["items"]] == [run]
