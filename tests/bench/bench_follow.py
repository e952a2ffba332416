"""From a block to the worker that gets its event. The block counts as there when the node's websocket tells this
script, which subscribed like anybody; then the host has seen the event, the enclave has read it again and accepted
it, and a worker has its run: stamps of the run itself. The judged one is the last. In milliseconds, because the
stamps are; what is later than it looks by less than one is not told apart.
"""
import statistics
import sys

import measure
from chain_ear import BlockListener
from fixtures.api_client import ApiClient
from fixtures.neo_account import NeoAccount
from fixtures.neo_network import NeoNetwork
from fixtures.processes import wait_until
from fixtures.service import Service

from demo.demo import HUB
from demo.evidence import milliseconds

EVENTS = 120
WARM_UP = 5
P50_MAX_MS, P99_MAX_MS = 5, 50
STAGES = ("seen by the host", "accepted by the enclave", "handed to a worker")
FUNCTION = "export default { async event(event, context) { return event.block; } };"


class Stand:
    def __init__(self, programs, folder):
        self.network = NeoNetwork(folder / "network").start()
        self.listener = BlockListener(self.network.url)
        self.service = Service(programs, folder, self.network.url).start()
        self.client = ApiClient(self.service.url)
        self.asker = NeoAccount()
        self.contract = ""

    def prepare(self):
        self.network.fund(self.asker.address, 500)
        self.contract = self.network.deploy(HUB, account=self.asker)
        self.client.sign_in()
        self.client.call("nsl.v1.FunctionService/Put", {"name": "f", "runtime": "javascript", "source": FUNCTION})
        self.client.call("nsl.v1.TriggerService/Put", {
            "name": "t", "function": "f",
            "source": {"contract_event": {"contract": self.contract, "event": "Requested"}}})

    def event(self):
        """Milliseconds from the block to each stage."""
        asked = self.network.invoke(self.contract, "request", ["f", b"{}"], self.asker)
        run = wait_until(lambda: self.run_of(asked["txid"]), "the run", 30)
        index = run["event"]["block"]
        block = wait_until(lambda: self.listener.seen.get(index), f"block {index}", 5) * 1000
        stamps = (run["event"]["seen_at"], run["created_at"], run["started_at"])
        return [milliseconds(stamp) - block for stamp in stamps]

    def run_of(self, txid):
        """The run of the transaction's event, once it has ended."""
        newest = self.client.rest("GET", "/v1/runs?limit=1").json()["items"]
        if not newest:
            return None
        run = self.client.rest("GET", "/v1/runs/" + newest[0]["id"]).json()
        is_ours = run["event"]["transaction"] == txid
        return run if is_ours and run["status"] not in ("QUEUED", "RUNNING") else None

    def stop(self):
        for part in (self.service, self.listener, self.network):
            part.stop()


def percentile(values, hundredth):
    return statistics.quantiles(values, n=100, method="inclusive")[hundredth - 1]


def follow(programs, folder):
    stand = Stand(programs, folder)
    try:
        stand.prepare()
        stages = {stage: [] for stage in STAGES}
        for number in range(WARM_UP + EVENTS):
            times = stand.event()
            if number >= WARM_UP:
                for stage, value in zip(STAGES, times):
                    stages[stage].append(value)
        for stage, values in stages.items():
            p50, p99 = percentile(values, 50), percentile(values, 99)
            print(f"block -> {stage}: p50 {p50:.1f} ms, p99 {p99:.1f} ms, {len(values)} events")
        return measure.judge("block arrives -> event handed to a worker", f"p50 +{p50:.1f} ms, p99 +{p99:.1f} ms",
                             f"p50 <= +{P50_MAX_MS} ms, p99 <= +{P99_MAX_MS} ms",
                             p50 <= P50_MAX_MS and p99 <= P99_MAX_MS)
    finally:
        stand.stop()


if __name__ == "__main__":
    sys.exit(measure.run(follow))
