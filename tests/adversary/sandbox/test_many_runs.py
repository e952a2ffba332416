"""Thousands of runs of every temper at a time, with processes killed at random moments between them.
None is lost, and none answers for another: each carries a number of its own through input, host call
and output."""
import collections
import json
import os
import random
import signal

import pytest

from adversary.sandbox.conftest import WAIVED
from adversary.sandbox.runner import Runner, descendants

IN_FLIGHT = 24
LIMITS = {"wall_ms": 60000, "cpu_ms": 300, "memory_bytes": 64 << 20}
# What a function does with its number N, and how the run must end. The first has it from its input, so that its
# source is always the same and its runs begin in a template.
ENDINGS = ["SUCCEEDED"] * 5 + ["FAILED", "CRASHED", "CRASHED", "MEMORY"]
TEMPERS = {
    "javascript": [
        "globalThis.kept = 0; async function main(n) { return kept++ === 0 ? await neoService.storage.get(`${n}`) : -1; }",
        "function main() { return $N; }",
        "async function main() { return (await neoService.storage.get('$N')); }",
        "async function main() { const all = []; for (let i = 0; i < 5; ++i) all.push(neoService.storage.get('$N'));"
        " return (await Promise.all(all)).every((n) => n === $N) ? $N : -1; }",
        "globalThis.kept = (globalThis.kept ?? $N); function main() { return globalThis.kept; }",
        "function main() { throw new Error('$N'); }",
        "function main() { __test.crash(); }",
        "function main() { __test.syscall(59, 0, 0, 0); }",
        "function main() { const kept = []; for (;;) kept.push(new Array(1e5).fill($N)); }"],
    "python": [
        "kept = []\ndef main(n):\n  kept.append(n)\n  return neo_service.storage.get(str(n)) if len(kept) == 1 else -1",
        "def main(): return $N",
        "def main(): return neo_service.storage.get('$N')",
        "import asyncio\nasync def main():\n"
        "  all = await asyncio.gather(*(neo_service.storage.get('$N') for _ in range(5)))\n"
        "  return $N if all == [$N] * 5 else -1",
        "import json\njson.kept = getattr(json, 'kept', $N)\ndef main(): return json.kept",
        "def main(): raise ValueError($N)",
        "def main(): __test.crash()",
        "def main(): __test.syscall(59, 0, 0, 0)",
        "def main():\n  kept = []\n  while True: kept.append([$N] * 100000)"],
    "csharp": [f"public class Function {{ {body} }}" for body in (
        "static long kept; public object Main(long n) => kept++ == 0 ? (long)NeoService.Storage.Get($\"{n}\") : -1;",
        "public object Main(int n) => n;",
        "public object Main(int n) => NeoService.Storage.Get($\"{n}\");",
        "public async Task<object> Main(int n) => (await Task.WhenAll(Enumerable.Range(0, 5).Select("
        "_ => NeoService.Storage.GetAsync($\"{n}\")))).All(one => (int)one == n) ? n : -1;",
        "static int kept; public object Main(int n) => kept == 0 ? kept = n : -1;",
        "public object Main(int n) => throw new Exception($\"{n}\");",
        "public object Main(int n) => __test.crash();",
        "public object Main(int n) => __test.syscall(59, 0, 0, 0);",
        "public object Main(int n) { var kept = new List<int[]>(); for (;;) kept.Add(new int[100000 + n]); }")],
}
# A crash retires the zygote, which is dear; loops and bombs take their time.
WEIGHTS = [40, 40, 20, 10, 20, 8, 0.05, 0.2, 0.1]


class Load:
    """Runs in flight, by key."""

    def __init__(self, programs, language, seed):
        self.random = random.Random(seed)
        self.runner = Runner(programs / language.program, WAIVED, language.compiler(programs))
        self.tempers = list(zip(TEMPERS[language.name], ENDINGS, strict=True))
        self.open = {}
        self.endings = collections.Counter()
        self.number = 0

    def start(self, number=None, temper=None):
        if number is None:
            self.number += 1
            number, temper = self.number, self.random.choices(self.tempers, WEIGHTS)[0]
        # As text in the source or, where that would be compiled anew each time, as input.
        key = self.runner.start(temper[0].replace("$N", str(number)), LIMITS, str(number))
        self.open[key] = (number, temper)

    def step(self):
        """One message of the runner."""
        message = self.runner.receive()
        if "host_call" in message:
            call = message["host_call"]
            number, _ = self.open[call["run_key"]]
            assert json.loads(call["arguments"]) == {"key": str(number)}
            self.runner.send({"host_reply": {"run_key": call["run_key"], "call_id": call.get("call_id", 0),
                                             "ok": str(number)}})
        elif "run_finished" in message:
            self.end(message["run_finished"])

    def end(self, finished):
        number, temper = self.open.pop(finished["run_key"])
        if finished["status"] == "LOST":
            # Its process was killed from outside: it may be started over, and is.
            self.endings["LOST"] += 1
            self.start(number, temper)
            return
        self.endings[finished["status"]] += 1
        assert finished["status"] == temper[1], (temper, finished)
        if temper[1] == "SUCCEEDED":
            assert finished["output"] == str(number)
        elif temper[1] == "FAILED":
            assert str(number) in finished["error"]["message"]

    def kill_something(self):
        """A process below the supervisor: zygote, its parent, or a run."""
        victims = descendants(self.runner.process.pid)
        if victims:
            try:
                os.kill(self.random.choice(victims), signal.SIGKILL)
            except ProcessLookupError:
                pass


def run_many(programs, language, count, seed):
    load = Load(programs, language, seed)
    with load.runner:
        kills = sorted(load.random.sample(range(count), count // 200), reverse=True)
        while load.number < count or load.open:
            while load.number < count and len(load.open) < IN_FLIGHT:
                load.start()
            if kills and load.number >= kills[-1]:
                kills.pop()
                load.kill_something()
            load.step()
        assert load.runner.run(language.returning("1"))["output"] == "1"
    assert sum(load.endings.values()) - load.endings["LOST"] == count
    assert load.endings["LOST"] > 0
    return load.endings


def test_ten_thousand_runs_end_as_they_must(programs, language):
    run_many(programs, language, 10_000, seed=1)


@pytest.mark.slow
@pytest.mark.timeout(7200)
def test_a_million_runs_end_as_they_must(programs, language):
    run_many(programs, language, 1_000_000, seed=2)
