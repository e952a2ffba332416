"""A cold run in a fresh process in the whole cage, and a host call, beside what others start for a run: a process of
node, Deno, python3 or mono, a new isolate of workerd. All take turns; each figure of a turn is a median.

workerd answers over HTTP, which our figure does not contain; what its isolate that stays takes for the same request is
shown beside it.
"""
import json
import subprocess
import sys
import time

import measure
import runtimes
from keep_alive_load import Load

REPETITIONS = 7
PROCESSES = 11  # of each runtime in a turn
ISOLATES = 101
COLD_MS_MAX = {"js": 1.0, "python": 1.5, "csharp": 1.6}
# Whose process is like a run of ours.
NEAREST = {"js": "node -e 0", "python": "python3 -c pass", "csharp": "mono hello.exe"}
HOST_CALL_RATIO_MAX = 2.0


class Figures:
    """Medians of each turn, in us, by name."""

    def __init__(self):
        self.series = {}

    def add(self, name, values):
        self.series.setdefault(name, measure.Series()).add(measure.Series(values).median)

    def text(self, name, unit="ms", digits=2):
        series = self.series[name]
        return measure.Series(value / 1000 for value in series.values).text(unit, digits) if unit == "ms" else (
            series.text(unit, digits))


def our_turn(figures, programs, language):
    program = programs.parent / f"bench/runner_main-{language}_bench"
    said = subprocess.run([program, "--json", "--rounds", "1", "cold run", "host call", "pipe round trip"],
                          capture_output=True, text=True, check=True).stdout
    for line in map(json.loads, said.splitlines()):
        figures.add(f"{language} {line['measure']}", [line["p50_us"]])


def request_us(load):
    head = f"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {len(runtimes.BODY)}\r\n\r\n"
    begin = time.perf_counter()
    (answer,) = load.drive([(head + runtimes.BODY).encode()])
    taken = (time.perf_counter() - begin) * 1e6
    if runtimes.OUTPUT.encode() not in answer:
        raise ValueError(f"not the output: {answer}")
    return taken


def judge_language(figures, language, peers):
    name = f"{language} cold run"
    kept = measure.judge(f"{language}: cold run, fresh process, whole cage, p50", figures.text(name),
                         f"<= {COLD_MS_MAX[language]} ms", figures.series[name].median <= COLD_MS_MAX[language] * 1000)
    print(f"{language}: its own CPU: {figures.text(name + ' cpu')}")
    ratios = [f"{peer}{' (its nearest)' if peer == NEAREST[language] else ''} "
              f"{figures.series[peer].median / figures.series[name].median:.2f}x as long" for peer in peers]
    print(f"{language}: others take {', '.join(ratios) or 'none'}", flush=True)
    call, pipe = (figures.series[f"{language} {what}"] for what in ("host call", "pipe round trip"))
    ratios = measure.Series(ours / theirs for ours, theirs in zip(call.values, pipe.values))
    figure = f"{call.text('us')}, pipe to another process and back {pipe.text('us')}, {ratios.text('x', 2)}"
    return kept & measure.judge(f"{language}: host call and back, through the supervisor", figure,
                                f"<= {HOST_CALL_RATIO_MAX}x", ratios.median <= HOST_CALL_RATIO_MAX)


def cold(programs, folder):
    figures = Figures()
    languages = [name for name in COLD_MS_MAX if (programs / f"nsl-runner-{name}").exists()]
    commands = runtimes.processes(folder / "processes")
    ports = {}
    if not runtimes.missing(runtimes.WORKERD, "workerd"):
        workerd = runtimes.Workerd(folder / "workerd")
        ports = {"workerd, new isolate, over HTTP": workerd.fresh_port,
                 "workerd, isolate that stays, over HTTP": workerd.warm_port}
    for repetition in range(-1, REPETITIONS):
        turn = figures if repetition >= 0 else Figures()  # the first warms files and caches
        for language in languages:
            our_turn(turn, programs, language)
        for name, command in commands.items():
            turn.add(name, [runtimes.process_us(command) for _ in range(PROCESSES)])
        for name, port in ports.items():
            load = Load(port, 1)  # workerd closes one that is idle for a few seconds
            turn.add(name, [request_us(load) for _ in range(ISOLATES)])
    for name in (*commands, *ports):
        print(f"{name}: {figures.text(name)}")
    return all([judge_language(figures, language, [*commands, *ports]) for language in languages])


if __name__ == "__main__":
    sys.exit(measure.run(cold))
