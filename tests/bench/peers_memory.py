"""Memory a version that waits and a run that waits cost, beside an isolate of workerd: PSS of the whole runner with
many of them, less what it was before, for each. A version that waits is its template and, of the latest versions, the
process that is ready for the next run; a run waits for the answer of a host call. All take turns, each in a runner or
workerd of its own.
"""
import os
import sys

import measure
import runtimes
from adversary.sandbox.languages import LANGUAGES
from adversary.sandbox.runner import Runner, descendants, read
from fixtures.processes import wait_until
from keep_alive_load import Load

REPETITIONS = 5
TEMPLATES = 12
RUNS = 24
ISOLATES = 24
TEMPLATE_MB_MAX = 3.0
RUN_MB_MAX = 6.0
WAIVED = () if os.geteuid() == 0 else ("user",)
COMMENTS = {"javascript": "// {}", "python": "# {}", "csharp": "// {}"}


def numbered(language, source, number):
    """The same function, of another version."""
    return f"{COMMENTS[language.name].format(number)}\n{source}"


def templates_of(runner):
    """Templates alone, which are the zygote's children; their runs bear the same name."""
    zygotes = [pid for pid in descendants(runner.process.pid) if read(f"/proc/{pid}/comm") == "nsl-zygote\n"]
    children = [child for pid in zygotes for child in read(f"/proc/{pid}/task/{pid}/children").split()]
    return [child for child in children if read(f"/proc/{child}/comm") == "nsl-template\n"]


def settled_bytes(pid):
    """When what was started has loaded: two readings in a row say the same."""
    readings = [0]

    def is_same():
        readings.append(measure.family_bytes(pid))
        return abs(readings[-1] - readings[-2]) < readings[-1] / 200
    wait_until(is_same, "memory that stays")
    return readings[-1]


def make_templates(runner, language):
    """A version that runs again gets a template."""
    for number in range(TEMPLATES):
        source = numbered(language, language.nothing, number)
        for _ in range(2):
            if runner.run(source)["status"] != "SUCCEEDED":
                raise ValueError(f"{language.name}: a run that does nothing failed")
    wait_until(lambda: len(templates_of(runner)) == TEMPLATES, "templates")


def make_waiting_runs(runner, language):
    for number in range(RUNS):
        runner.start(numbered(language, language.wait, number))
    for _ in range(RUNS):
        runner.wait_call()


def added_megabytes(pid, make, count):
    before = settled_bytes(pid)
    make()
    return (settled_bytes(pid) - before) / count / 1e6


def our_turn(programs, language, templates, runs):
    program = programs / language.program.removesuffix("-test")
    compiler = program if language.is_compiled else None
    for series, make, count in ((templates, make_templates, TEMPLATES), (runs, make_waiting_runs, RUNS)):
        with Runner(program, WAIVED, compiler) as runner:
            runner.run(numbered(language, language.nothing, "first"))
            series.add(added_megabytes(runner.process.pid, lambda: make(runner, language), count))


def isolate_megabytes(folder):
    head = f"POST /keep HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {len(runtimes.BODY)}\r\n\r\n"
    request = (head + runtimes.BODY).encode()
    with runtimes.Workerd(folder) as workerd:
        load = Load(workerd.fresh_port, 1)
        load.drive([request])
        return added_megabytes(workerd.process.pid, lambda: load.drive([request] * ISOLATES), ISOLATES)


def memory(programs, folder):
    languages = [language for language in LANGUAGES if (programs / language.program.removesuffix("-test")).exists()]
    templates = {language.name: measure.Series() for language in languages}
    runs = {language.name: measure.Series() for language in languages}
    isolates = measure.Series()
    has_workerd = not runtimes.missing(runtimes.WORKERD, "workerd")
    for repetition in range(REPETITIONS):
        for language in languages:
            our_turn(programs, language, templates[language.name], runs[language.name])
        if has_workerd:
            isolates.add(isolate_megabytes(folder / f"workerd-{repetition}"))
    if has_workerd:
        print(f"workerd: an isolate: {isolates.text('MB PSS', 2)}")
    kept = []
    for name in templates:
        for what, series, most in (("a version's template and the process that waits for its run", templates[name], TEMPLATE_MB_MAX),
                                   ("a run that waits", runs[name], RUN_MB_MAX)):
            beside = f", {series.median / isolates.median:.2f}x of workerd's isolate" if has_workerd else ""
            kept.append(measure.judge(f"{name}: {what}", series.text("MB PSS", 2) + beside, f"<= {most:.0f} MB",
                                      series.median <= most))
    return all(kept)


if __name__ == "__main__":
    sys.exit(measure.run(memory))
