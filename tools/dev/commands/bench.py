"""Build the release preset and run the benchmarks.

  micro     Google Benchmark binaries of the folders (build/release/bench)
  system    tests/bench/bench_*.py: whole programs against a peer in the same run, with a limit each
  peers     tests/bench/peers_*.py: functions against workerd, Deno, Node.js, python3 and mono (--peers)

The last line says how many limits were kept. Quiet machines give honest numbers: nothing else
should run at the same time.
"""
import console
import needs
import ninja
import paths
from commands.demo import PROGRAMS


def arguments(parser):
    parser.add_argument("--filter", metavar="TEXT", help="only benchmarks whose name contains TEXT")
    parser.add_argument("--micro", action="store_true", help="only the micro benchmarks")
    parser.add_argument("--peers", action="store_true", help="only other runtimes, which are installed under build/deps")


def micro(pattern):
    found = sorted((ninja.folder("release") / "bench").glob("*_bench"))
    for program in found:
        with console.Step(program.name, log=f"bench-{program.name}") as step:
            step.run([program, *([f"--benchmark_filter={pattern}"] if pattern else [])],
                     f"the benchmark {program.name} failed")
        for line in step.log.read_text(encoding="utf-8").splitlines():
            if line.startswith("BM_") or "/" in line.split(" ")[0] and " ns" in line or " us" in line:
                console.say("    " + line)


def system(kind, pattern, python):
    """How many scripts kept all their limits, and how many there are."""
    kept, scripts = 0, [script for script in sorted((paths.ROOT / "tests/bench").glob(f"{kind}_*.py"))
                        if not pattern or pattern in script.stem]
    for script in scripts:
        with console.Step(script.stem, log=f"bench-{script.stem}") as step:
            status = step.output([python, script, "--programs", paths.programs("release")],
                                 env=paths.environment(PYTHONPATH=paths.ROOT / "tests"))
        console.say("".join(f"    {line}\n" for line in step.log.read_text(encoding="utf-8").splitlines()[1:]).rstrip())
        kept += status == 0
    return kept, len(scripts)


def run(options):
    needs.node()
    needs.neo_go()
    needs.neo_peer()
    needs.neon_js()
    if options.peers:
        needs.peers()
    python = needs.python()
    ninja.prepare("release")
    made = ninja.programs_in("release", "bin")
    ninja.build("release", *ninja.programs_in("release", "bench"), *(name for name in PROGRAMS if name in made))
    if not options.peers:
        micro(options.filter)
    if options.micro:
        console.say("bench: done")
        return 0
    kept, count = system("peers" if options.peers else "bench", options.filter, python)
    console.say(f"bench: {kept} of {count} scripts kept their limits" if count else "bench: done")
    return 0 if kept == count else 1
