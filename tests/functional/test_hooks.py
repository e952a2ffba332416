"""Webhooks that start functions: signed messages of senders without an account."""
import base64
import hashlib
import hmac
import http.client
import json
import os
import signal
import time
from contextlib import suppress
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest
from fixtures.processes import wait_until
from standardwebhooks.webhooks import Webhook

ECHO = "export default { fetch(request) { return { status: 201, body: { got: request } }; } };"
FOLLOWED = """export default async function main() {
  for (let i = 0; i < 3; i++) { console.log('line ' + i); await neoService.storage.set('at', i); }
  while ((await neoService.storage.get('go')) === null) await neoService.random.bytes(1);
  console.log('last');
}"""

# Something after 800 ms, something after 400 ms, an end after 1200 ms.
TIMED = {
    "javascript": """
        export default async function main() {
          const began = Date.now(), seen = [];
          setTimeout(() => seen.push('b'), 800);
          setTimeout(() => seen.push('a'), 400);
          await new Promise((done) => setTimeout(done, 1200));
          return { seen, waited: Date.now() - began >= 1200 };
        }""",
    "python": """
import asyncio
from time import sleep, time

async def main():
    began, seen = time(), []
    async def note(name, delay):
        await asyncio.sleep(delay)
        seen.append(name)
    await asyncio.gather(note("b", 0.8), note("a", 0.4))
    sleep(0.4)
    return {"seen": seen, "waited": round(time() - began, 3) >= 1.2}
""",
    "csharp": """
public class Function {
    readonly List<string> seen = new();
    async Task Note(string name, int ms) { await Task.Delay(ms); seen.Add(name); }
    public async Task<object> Main() {
        var began = DateTime.UtcNow;
        await Task.WhenAll(Note("b", 800), Note("a", 400));
        System.Threading.Thread.Sleep(400);
        return new { seen, waited = DateTime.UtcNow - began >= TimeSpan.FromMilliseconds(1200) };
    }
}""",
}


def sign(secret, message_id, seconds, body):
    key = base64.b64decode(secret.removeprefix("whsec_"))
    text = f"{message_id}.{seconds}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, text, hashlib.sha256).digest()).decode()


def post(url, path, body, headers):
    """Status, headers and body; a connection of its own."""
    where = urlsplit(url)
    connection = http.client.HTTPConnection(where.hostname, where.port, timeout=60)
    try:
        connection.request("POST", path, body, headers)
        reply = connection.getresponse()
        return reply.status, dict(reply.getheaders()), reply.read()
    finally:
        connection.close()


class Sender:
    def __init__(self, url, trigger):
        self.url, self.path, self.secret = url, trigger["hook_path"], trigger["secret"]

    def headers(self, message_id, body, **more):
        seconds = more.get("seconds", int(time.time()))
        return {"webhook-id": message_id, "webhook-timestamp": str(seconds),
                "webhook-signature": sign(self.secret, message_id, seconds, body),
                "content-type": more.get("type", "application/json")}

    def send(self, message_id, body=b"{}", **headers):
        return post(self.url, self.path, body, {**self.headers(message_id, body), **headers})


def put_hook(client, name="inbox", **webhook):
    return client.call("nsl.v1.TriggerService/Put",
                       {"name": name, "function": "echo", "source": {"webhook": webhook}})


@pytest.fixture
def hooked(client):
    client.call("nsl.v1.FunctionService/Put", {"name": "echo", "runtime": "javascript", "source": ECHO})
    return client


def ended(client, run_id):
    def found():
        run = client.call("nsl.v1.RunService/Get", {"run": run_id})
        return run if run["status"] not in ("QUEUED", "RUNNING") else None
    return wait_until(found, f"the end of {run_id}", 60)


def test_a_signed_message_starts_the_function(hooked, service):
    sender = Sender(service.url, put_hook(hooked, headers=["X-Kind"]))
    status, _, body = sender.send("m1", b'{"a":1}', **{"X-Kind": "push", "Authorization": "Basic eA=="})
    assert status == 202
    run = ended(hooked, json.loads(body)["run"])
    assert (run["status"], run["trigger"]) == ("SUCCEEDED", "inbox")
    got = json.loads(run["output"])["body"]["got"]
    assert got == {"id": "m1", "method": "POST", "body": '{"a":1}',
                   "headers": {"content-type": "application/json", "webhook-id": "m1", "x-kind": "push"}}


def test_a_trigger_that_waits_answers_as_the_function_does(hooked, service):
    sender = Sender(service.url, put_hook(hooked, wait=True))
    status, headers, body = sender.send("m1", b"\xff\xfe", **{"content-type": "application/octet-stream"})
    assert status == 201
    assert headers["Content-Type"] == "application/json"
    assert "sandbox" in headers["Content-Security-Policy"]
    assert json.loads(body)["got"]["body_base64"] == base64.b64encode(b"\xff\xfe").decode()
    assert sender.send("m1", b"\xff\xfe")[2] == body, "the same id gets the answer of the same run"


def test_the_reference_library_signs_what_we_take(hooked, service):
    trigger = put_hook(hooked)
    now, body = datetime.now(tz=UTC), '{"a": "é"}'
    headers = {"webhook-id": "m1", "webhook-timestamp": str(int(now.timestamp())),
               "webhook-signature": Webhook(trigger["secret"]).sign("m1", now, body)}
    assert post(service.url, trigger["hook_path"], body.encode(), headers)[0] == 202


def test_a_stranger_cannot_tell_a_trigger_from_none(hooked, service):
    trigger = put_hook(hooked)
    sender = Sender(service.url, trigger)
    forged = {**sender.headers("m1", b"{}"), "webhook-signature": "v1,bm90IGl0"}
    seen = []
    for path, headers in ((trigger["hook_path"], forged), (trigger["hook_path"], {}),
                          ("/v1/hooks/trg_01HZZZZZZZZZZZZZZZZZZZZZZZ", forged)):
        status, _, body = post(service.url, path, b"{}", headers)
        problem = json.loads(body)
        seen.append((status, {name: problem[name] for name in ("type", "title", "detail", "code")}))
    assert seen[0][0] == 404
    assert seen[0] == seen[1] == seen[2]


def test_a_token_is_taken_only_where_it_is_allowed(hooked, service):
    trigger = put_hook(hooked)
    assert not trigger.get("token")
    assert post(service.url, trigger["hook_path"] + "?token=" + "a" * 64, b"{}", {})[0] == 404
    token = put_hook(hooked, allow_token=True)["token"]
    assert post(service.url, trigger["hook_path"] + "?token=" + token, b"plain", {})[0] == 202
    assert post(service.url, trigger["hook_path"] + "?token=" + token[:-1], b"plain", {})[0] == 404


def test_the_same_id_is_one_run_across_a_kill(hooked, service):
    sender = Sender(service.url, put_hook(hooked))
    runs = set()
    for program in ("nsl-enclave-dev", "nsl-host"):
        runs.add(sender.send("m1")[2])
        for pid in service.pids(program):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

        def sent():
            with suppress(OSError, http.client.HTTPException):
                status, _, body = sender.send("m1")
                return body if status == 202 else None
            return None
        runs.add(wait_until(sent, f"an answer after the kill of {program}", 60))
    assert len(runs) == 1


def test_a_failed_run_is_tried_again_as_its_policy_says(client):
    client.call("nsl.v1.FunctionService/Put", {
        "name": "shaky", "runtime": "javascript", "source": """
        export default async function main() {
          const tries = ((await neoService.storage.get('tries')) ?? 0) + 1;
          await neoService.storage.set('tries', tries);
          if (tries < 3) throw new Error('try ' + tries);
          return tries;
        }"""})
    client.call("nsl.v1.FunctionService/PutPolicy", {"name": "shaky", "retry": {"attempts": 4, "backoff_ms": 50}})
    run = ended(client, client.call("nsl.v1.FunctionService/CreateRun", {"name": "shaky"})["id"])
    assert (run["status"], run["output"]) == ("SUCCEEDED", "3")
    assert [attempt["status"] for attempt in run["attempts"]] == ["FAILED", "FAILED", "SUCCEEDED"]
    assert run["attempts"][0]["error"]["message"].endswith("try 1")


def test_lines_are_followed_while_the_run_goes_on(client):
    client.call("nsl.v1.FunctionService/Put", {"name": "slow", "runtime": "javascript", "source": FOLLOWED})
    run = client.call("nsl.v1.FunctionService/CreateRun", {"name": "slow"})["id"]
    ask, lines, cursor = {"run": run, "wait_ms": 5000}, [], ""
    while len(lines) < 3:
        logs = client.call("nsl.v1.RunService/GetLogs", {**ask, "cursor": cursor})
        lines, cursor = lines + [line["text"] for line in logs.get("lines", [])], logs.get("next_cursor", "")
        assert cursor, "the run cannot have ended"
    assert lines == ["line 0", "line 1", "line 2"]
    assert client.call("nsl.v1.RunService/Get", {"run": run})["status"] == "RUNNING"
    client.call("nsl.v1.RunService/Cancel", {"run": run})
    while cursor:
        cursor = client.call("nsl.v1.RunService/GetLogs", {**ask, "cursor": cursor}).get("next_cursor", "")
    assert ended(client, run)["status"] == "CANCELLED"


@pytest.mark.parametrize("runtime", sorted(TIMED))
def test_timers_fire_and_a_replay_does_not_wait(client, runtime):
    name = f"later-{runtime}"
    client.call("nsl.v1.FunctionService/Put", {"name": name, "runtime": runtime, "source": TIMED[runtime]})
    run = ended(client, client.call("nsl.v1.FunctionService/CreateRun", {"name": name})["id"])
    assert json.loads(run["output"]) == {"seen": ["a", "b"], "waited": True}
    # The kernel and the clocks round each of the sleeps.
    assert run["stats"]["wall_ms"] >= 1190
    before = time.monotonic()
    assert client.call("nsl.v1.RunService/Replay", {"run": run["id"]})["same"]
    assert time.monotonic() - before < 1.0
