"""From the block that holds an event to the transaction that answers it. The block counts as there when the
node's websocket tells this script, which subscribed like anybody; the transaction as sent when it arrives at
the node's door, where this script listens. Between the two: watcher, enclave, its own reading of the event,
a fresh process with the function, test invocation, signature, the intent made durable.

Two functions take turns: the judged one, and the demo's, which also fetches over HTTPS.
"""
import secrets
import sys
from dataclasses import dataclass, field

import measure
from chain_ear import BlockListener, Wiretap
from fixtures.api_client import ApiClient
from fixtures.https_server import HttpsServer
from fixtures.neo_account import NeoAccount, script_hash_of
from fixtures.neo_network import ROOT, NeoNetwork
from fixtures.processes import wait_until
from fixtures.service import Service

from demo.demo import HUB, PRICE
from demo.evidence import milliseconds

EVENTS = 40
WARM_UP = 3
LATENCY_MAX_MS = 50
STAGES = ("seen by the host", "accepted", "started", "sent")


@dataclass
class Function:
    """One of the two, with a contract of its own to answer."""
    name: str
    file: str
    contract: str = ""
    total: measure.Series = field(default_factory=measure.Series)
    stages: dict = field(default_factory=lambda: {stage: measure.Series() for stage in STAGES})


class Stand:
    def __init__(self, programs, folder):
        self.functions = [Function("answer-only", "tests/bench/answer_without_fetch.js"),
                          Function("answer-fetched", "tests/demo/answer.js")]
        self.user = NeoAccount()
        self.secret = secrets.token_urlsafe(24)
        self.network = NeoNetwork(folder / "network").start()
        self.https = HttpsServer(folder / "https").start()
        self.tap = Wiretap(self.network.url)
        self.listener = BlockListener(self.network.url)
        self.service = Service(programs, folder, self.tap.url, extra_root=self.https.ca_file,
                               allow=[f"127.0.0.1:{self.https.port}"]).start()
        self.nsl = self.service.command_line("bench")
        self.reader = ApiClient(self.service.url)

    def prepare(self):
        server = f"127.0.0.1:{self.https.port}"
        self.https.json_when_authorised("/price", {"price": PRICE}, f"Bearer {self.secret}")
        self.network.fund(self.user.address, 100)
        self.nsl.login(self.user)
        self.reader.sign_in(self.user)
        wallet = self.nsl.ask("wallet", "create", "main")
        self.network.fund(wallet["address"], 100)
        allowed = [word for function in self.functions for word in ("--allow-function", function.name)]
        self.nsl.ask("secret", "set", "key", "--value-file", "-", *allowed, data=self.secret)
        for function in self.functions:
            owner = NeoAccount()
            self.network.fund(owner.address, 50)
            function.contract = self.network.deploy(HUB, account=owner)
            self.network.invoke(function.contract, "registerFulfiller", [script_hash_of(wallet["address"])], owner)
            self.nsl.ask("function", "deploy", function.name, "--file", ROOT / function.file, "--secret", "key",
                         "--egress", server, "--env", f"server=https://{server}", "--env", "secret=key",
                         "--env", "wallet=main")
            self.nsl.ask("wallet", "grant", "main", "--function", function.name, "--contract", function.contract,
                         "--method", "fulfil", "--max-system-fee", "0.5", "--max-network-fee", "0.1")
            self.nsl.ask("trigger", "set", "on-" + function.name, "--function", function.name,
                         "--contract", function.contract, "--event", "Requested",
                         "--evidence", "request_hub")

    def event(self, function):
        """Milliseconds from the block to the transaction, and to each stage between (by the run's clock)."""
        before = len(self.tap.sent)
        asked = self.network.invoke(function.contract, "request", [function.name, b'{"pair":"NEO-USD"}'], self.user)
        number = int(asked["stack"][0]["value"])
        wait_until(lambda: self.network.call(function.contract, "getAnswer", [number]) is not None, "the answer", 30)
        run = wait_until(lambda: self.finished_run(function), "the end of the run", 30)
        if run["status"] != "SUCCEEDED" or len(self.tap.sent) != before + 1:
            raise ValueError(f"{run['status']} after {len(self.tap.sent) - before} transactions")
        index = self.network.rpc("gettransactionheight", [asked["txid"]])
        block = wait_until(lambda: self.listener.seen.get(index), f"block {index}", 5) * 1000
        stamps = (run["event"]["seen_at"], run["created_at"], run["started_at"], run["transactions"][0]["sent_at"])
        return self.tap.sent[-1] * 1000 - block, [milliseconds(stamp) - block for stamp in stamps]

    def finished_run(self, function):
        """The newest run of the function, or nothing while it runs."""
        newest = self.reader.rest("GET", f"/v1/runs?function={function.name}&limit=1").json()["items"][0]
        run = self.reader.rest("GET", "/v1/runs/" + newest["id"]).json()
        return None if run["status"] in ("QUEUED", "RUNNING") else run

    def stop(self):
        for part in (self.service, self.tap, self.listener, self.https, self.network):
            part.stop()


def report(judged, fetched):
    for function in (judged, fetched):
        for stage, series in function.stages.items():
            print(f"block -> {stage}, {function.name}: {series.text('ms', 0)}")
    print(f"block -> broadcast, with an HTTPS fetch in the function: p50 {fetched.total.text('ms')},"
          f" {len(fetched.total.values)} events")
    return measure.judge(f"block at RPC -> broadcast, {len(judged.total.values)} events",
                         f"p50 {judged.total.text('ms')}", f"p50 <= {LATENCY_MAX_MS} ms",
                         judged.total.median <= LATENCY_MAX_MS)


def event_path(programs, folder):
    stand = Stand(programs, folder)
    try:
        stand.prepare()
        for number in range(WARM_UP + EVENTS):
            for function in stand.functions:
                total, stages = stand.event(function)
                if number < WARM_UP:
                    continue
                function.total.add(total)
                for series, value in zip(function.stages.values(), stages):
                    series.add(value)
        return report(*stand.functions)
    finally:
        stand.stop()


if __name__ == "__main__":
    sys.exit(measure.run(event_path))
