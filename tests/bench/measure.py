"""What the system benchmarks share: CPU time and memory of processes from /proc, one core for the
service and one for who measures, and the line each measure prints."""
import argparse
import collections
import contextlib
import json
import os
import statistics
import subprocess
import tempfile
from pathlib import Path

from fixtures.processes import descendants, stop_all_on_signals

SERVICE_CORE = 0
MEASURING_CORE = max(os.sched_getaffinity(0))
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


def run(measure):
    """The frame of every script: measure(programs, folder) returns whether all limits are kept."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--programs", type=Path, required=True)
    programs = parser.parse_args().programs.resolve()
    stop_all_on_signals()
    with tempfile.TemporaryDirectory(prefix="nsl-bench-") as folder:
        return 0 if measure(programs, Path(folder)) else 1


def separate(pids):
    """These processes with their threads and descendants go to one core, who measures to another."""
    for process in {process for pid in pids for process in (pid, *descendants(pid))}:
        for task in os.listdir(f"/proc/{process}/task"):
            os.sched_setaffinity(int(task), {SERVICE_CORE})
    os.sched_setaffinity(0, {MEASURING_CORE})


def cpu_us(pid):
    """User and system time of one process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * 1_000_000 / TICKS_PER_SECOND


def family_cpu_us_by_program(pid):
    """User and system time so far of a process and all below it, those that have ended and were waited for too."""
    total = collections.Counter()
    for process in (pid, *descendants(pid)):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            name, _, rest = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").partition("(")[2].rpartition(")")
            total[name] += sum(map(int, rest.split()[11:15])) * 1_000_000 / TICKS_PER_SECOND
    return total


def family_bytes_by_program(pid):
    """PSS of a process and all below it, summed by the name of the program."""
    total = collections.Counter()
    for process in (pid, *descendants(pid)):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            name = Path(f"/proc/{process}/comm").read_text(encoding="utf-8").strip()
            total[name] += proportional_bytes(process)
    return total


def family_bytes(pid):
    """PSS of a process and all below it."""
    return sum(family_bytes_by_program(pid).values())


def proportional_bytes(pid):
    """PSS: private pages, and of each shared page this process's part."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="utf-8").splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    raise ValueError("no Pss line")


def _google_benchmark(program, *options, core=None, environment=None):
    """What a micro benchmark program says of each of its runs."""
    done = subprocess.run([str(program), "--benchmark_format=json", *options],
                          capture_output=True, text=True, check=True, env={**os.environ, **(environment or {})},
                          preexec_fn=None if core is None else lambda: os.sched_setaffinity(0, {core}))
    return json.loads(done.stdout)["benchmarks"]


def micro(program, pattern):
    """CPU microseconds of each micro benchmark whose name matches, on the service's core."""
    items = _google_benchmark(program, f"--benchmark_filter={pattern}", "--benchmark_min_time=0.1", core=SERVICE_CORE)
    return {item["name"]: item["cpu_time"] / 1000 for item in items}


def micro_runs(program, repetitions, pattern=".", seconds=0.5, environment=None):
    """Every run of every micro benchmark, by name; the benchmarks take turns."""
    runs = {}
    for item in _google_benchmark(program, f"--benchmark_filter={pattern}", f"--benchmark_repetitions={repetitions}",
                                  f"--benchmark_min_time={seconds}",
                                  "--benchmark_enable_random_interleaving=true", environment=environment):
        if item["run_type"] == "iteration":
            runs.setdefault(item["name"], []).append(item)
    return runs


class Series:
    """One figure, repeated."""

    def __init__(self, values=()):
        self.values = list(values)

    def add(self, value):
        self.values.append(value)

    @property
    def median(self):
        return statistics.median(self.values)

    def text(self, unit, digits=1):
        return f"{self.median:.{digits}f} {unit} ({min(self.values):.{digits}f}..{max(self.values):.{digits}f})"


def judge(name, figure, must, kept):
    """The one line of a measure."""
    print(f"{name}: {figure}; must {must}: {'kept' if kept else 'missed'}", flush=True)
    return kept
