"""HTTP -> result beside workerd, with the same function and the same load (wrk, which costs little itself): in a
process that is reused beside workerd's isolate that stays, in a fresh process beside a new isolate of workerd.
All take turns and share the machine's cores with the load.

What we do for a request and workerd does not: authorisation, a durable record of the run, a signed receipt, an audit
entry. CPU is that of every process of the service, or of workerd, for each request.
"""
import collections
import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import bench_runs
import measure
import runtimes
from fixtures.api_client import ApiClient
from fixtures.neo_network import NeoNetwork
from fixtures.service import Service

REPETITIONS = 5
SECONDS = 3
REUSE_RATIO_MIN = 0.7
FRESH_CONNECTIONS = bench_runs.CONNECTIONS
SCRIPT = Path(__file__).with_name("wrk_post.lua")


@dataclass(frozen=True)
class Target:
    name: str
    url: str
    connections: int
    pid: int  # whose CPU counts, with all below it
    token: str = ""


class Results:
    """Requests a second, latency and CPU of each turn of a target."""

    def __init__(self):
        self.rates, self.p50, self.p99, self.cpu = (measure.Series() for _ in range(4))
        self.cpu_by_program = collections.defaultdict(measure.Series)

    def text(self):
        return (f"{self.rates.text('a second', 0)}; p50 {self.p50.median / 1000:.2f} ms, p99 {self.p99.median / 1000:.1f} ms;"
                f" CPU {self.cpu.text('us', 0)}: " +
                ", ".join(f"{name} {cpu.median:.0f}" for name, cpu in self.cpu_by_program.items() if cpu.median >= 1))


def drive(target, seconds):
    """What wrk says of that many seconds; every answer must hold the output."""
    arguments = [runtimes.BODY, runtimes.OUTPUT, *([target.token] if target.token else [])]
    said = subprocess.run(["wrk", "-t1", f"-c{target.connections}", f"-d{seconds}s", "-s", SCRIPT, target.url, "--",
                           *arguments], capture_output=True, text=True, check=True).stdout
    found = json.loads(said.splitlines()[-1])
    if found["wrong"] or not found["requests"]:
        raise ValueError(f"{target.name}: {found}")
    return found


def one_turn(target, results):
    before = measure.family_cpu_us_by_program(target.pid)
    found = drive(target, SECONDS)
    after = measure.family_cpu_us_by_program(target.pid)
    results.cpu.add((after.total() - before.total()) / found["requests"])
    for name, cpu_us in after.items():
        results.cpu_by_program[name].add((cpu_us - before[name]) / found["requests"])
    results.rates.add(found["requests"] * 1e6 / found["us"])
    results.p50.add(found["p50_us"])
    results.p99.add(found["p99_us"])


def our_targets(client, pid):
    functions = {"fresh": {}, "reused": {"reuse": True}}
    for name, options in functions.items():
        client.call("nsl.v1.FunctionService/Put", {"name": name, "runtime": "javascript",
                                                   "source": bench_runs.LANGUAGES["javascript"], **options})
    address = f"http://127.0.0.1:{client.port}/v1/functions"
    return [Target(f"ours, {name} process, {count} at a time", f"{address}/{name}/runs", count, pid, client.bearer)
            for name, count in (("reused", 1), ("reused", 8), ("fresh", FRESH_CONNECTIONS))]


def workerd_targets(workerd):
    return [Target(f"workerd, {name}, {count} at a time", f"http://127.0.0.1:{port}/", count, workerd.process.pid)
            for name, port, count in (("isolate that stays", workerd.warm_port, 1),
                                      ("isolate that stays", workerd.warm_port, 8),
                                      ("new isolate", workerd.fresh_port, FRESH_CONNECTIONS))]


def judge(results, targets):
    """Ours first, then workerd's in the same order, if it is there."""
    ours, theirs = targets[:3], targets[3:]
    kept = []
    for target in targets:
        print(f"{target.name}: {results[target.name].text()}", flush=True)
    for target, peer in zip(ours[:2], theirs[:2]):
        rates = zip(results[target.name].rates.values, results[peer.name].rates.values)
        ratios = measure.Series(mine / other for mine, other in rates)
        kept.append(measure.judge(f"{target.name}, beside {peer.name}", ratios.text("x", 2), f">= {REUSE_RATIO_MIN}x",
                                  ratios.median >= REUSE_RATIO_MIN))
    fresh = results[ours[2].name].rates
    kept.append(measure.judge(ours[2].name, fresh.text("a second", 0), f">= {bench_runs.RUNS_A_SECOND_MIN}",
                              fresh.median >= bench_runs.RUNS_A_SECOND_MIN))
    if theirs:
        ratio = fresh.median / results[theirs[2].name].rates.median
        print(f"{ours[2].name}, beside {theirs[2].name}: {ratio:.2f}x")
    return all(kept)


def http(programs, folder):
    if runtimes.missing(shutil.which("wrk"), "wrk"):
        return False
    with NeoNetwork(folder / "network", block_ms=bench_runs.BLOCK_MS) as network, \
            Service(programs, folder, network.url) as service:
        client = ApiClient(service.url)
        client.sign_in()
        client.allow_plain()
        targets = our_targets(client, service.process_id)
        if not runtimes.missing(runtimes.WORKERD, "workerd"):
            targets += workerd_targets(runtimes.Workerd(folder / "workerd"))
        results = {target.name: Results() for target in targets}
        for target in targets:
            drive(target, 1)
        for _ in range(REPETITIONS):
            for target in targets:
                one_turn(target, results[target.name])
        return judge(results, targets)


if __name__ == "__main__":
    sys.exit(measure.run(http))
