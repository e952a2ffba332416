"""Thousands of runs of every temper and language at a time, with processes killed at random moments between them:
zygotes, templates, runs. None is lost, and none answers for another: each carries a number of its own through input,
host call, log and output."""
import collections
import json
import os
import random
import selectors
import signal
import time

import pytest

from adversary.sandbox.conftest import WAIVED
from adversary.sandbox.languages import LANGUAGES
from adversary.sandbox.runner import Runner, read
from adversary.sandbox.tempers import TEMPERS, WEIGHTS

IN_FLIGHT = 16  # of each language
RUNS_FOR_EACH_KILL = 100  # on average
LIMITS = {"wall_ms": 60000, "cpu_ms": 300, "memory_bytes": 64 << 20}
# Who dies, and how often among so many; a zygote takes its templates and runs along, and starts anew. One that dies
# again and again before it serves is given up with its supervisor, so nothing dies instead of what is not there.
VICTIMS = {"zygote": 2, "template": 4, "run": 10}


def children(pid):
    return [int(number) for number in read(f"/proc/{pid}/task/{pid}/children").split()]


def processes(supervisor):
    """Ids below a supervisor, by what they are: the one that stays behind and its zygote; what that has forked."""
    found = {"zygote": [], "template": [], "run": []}
    for parent in children(supervisor):
        zygotes = children(parent)
        found["zygote"] += [parent, *zygotes]
        for child in (child for zygote in zygotes for child in children(zygote)):
            is_template = read(f"/proc/{child}/comm") == "nsl-template\n"
            found["template" if is_template else "run"].append(child)
            found["run"] += children(child)
    return found


class Load:
    """Runs of one language in flight, by key. `numbers` is where all languages get theirs."""

    def __init__(self, programs, language, numbers, chance):
        self.language = language
        self.numbers = numbers
        self.random = chance
        self.runner = Runner(programs / language.program, WAIVED, language.compiler(programs))
        self.open = {}
        self.logs = collections.Counter()
        self.endings = collections.Counter()

    def fill(self):
        while len(self.open) < IN_FLIGHT and (number := next(self.numbers, None)):
            self.start(number, self.random.choices(TEMPERS, WEIGHTS)[0])

    def start(self, number, temper):
        source = temper.sources[self.language.name]
        reuse_key = f"temper {TEMPERS.index(temper)}" if temper.is_reused else ""
        key = self.runner.start(source.replace("$N", str(number)), LIMITS, str(number), reuse_key)
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
        elif "log_line" in message:
            line = message["log_line"]
            assert line["text"] == str(self.open[line["run_key"]][0])
            self.logs[line["run_key"]] += 1
        elif "run_finished" in message:
            self.end(message["run_finished"])

    def end(self, finished):
        number, temper = self.open.pop(finished["run_key"])
        logs = self.logs.pop(finished["run_key"], 0)
        if finished["status"] == "LOST":
            # Its process was killed from outside: it may be started over, and is.
            self.endings["LOST"] += 1
            self.start(number, temper)
            return
        self.endings[finished["status"]] += 1
        assert finished["status"] == temper.ending_of(number), (self.language.name, temper, finished)
        if finished["status"] == "SUCCEEDED":
            assert finished["output"] == temper.output(number)
            assert logs == temper.logs
            assert ("reused_process" in finished["layers"]) == temper.is_reused
        elif finished["status"] == "FAILED":
            assert str(number) in finished["error"]["message"]

    def kill_something(self):
        found = processes(self.runner.process.pid)
        (kind,) = self.random.choices(list(VICTIMS), VICTIMS.values())
        if found[kind]:
            try:
                os.kill(self.random.choice(found[kind]), signal.SIGKILL)
                self.endings[f"killed: {kind}"] += 1
            except ProcessLookupError:
                pass


def drive(loads, chance):
    """Until every number has been taken and every run has ended."""
    with selectors.DefaultSelector() as selector:
        for load in loads:
            selector.register(load.runner.socket, selectors.EVENT_READ, load)
            load.fill()
        ended, kill_at = 0, RUNS_FOR_EACH_KILL
        while any(load.open for load in loads):
            ready = selector.select(60)
            assert ready, "no runner has said anything for a minute"
            for entry, _ in ready:
                open_before = len(entry.data.open)
                entry.data.step()
                ended += open_before - len(entry.data.open)
                entry.data.fill()
            if ended >= kill_at:
                kill_at = ended + chance.randrange(2 * RUNS_FOR_EACH_KILL)
                chance.choice(loads).kill_something()


def run_many(programs, count, seed):
    chance = random.Random(seed)
    numbers = iter(range(1, count + 1))
    begin = time.monotonic()
    loads = [Load(programs, language, numbers, chance) for language in LANGUAGES]
    try:
        drive(loads, chance)
        for load in loads:
            load.runner.calls.clear()
            assert load.runner.run(load.language.returning("1"))["output"] == "1"
    finally:
        for load in loads:
            load.runner.close()
    endings = sum((load.endings for load in loads), collections.Counter())
    print(f"\n{count} runs in {time.monotonic() - begin:.0f} s: {dict(endings)}")
    killed = sum(times for ending, times in endings.items() if ending.startswith("killed"))
    assert sum(endings.values()) - endings["LOST"] - killed == count
    assert endings["LOST"] > 0
    assert all(endings[f"killed: {kind}"] for kind in VICTIMS)


def test_ten_thousand_runs_end_as_they_must(programs):
    run_many(programs, 10_000, seed=1)


@pytest.mark.slow
@pytest.mark.timeout(14400)
def test_a_million_runs_end_as_they_must(programs):
    run_many(programs, 1_000_000, seed=2)
