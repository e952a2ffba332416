"""Build the release preset and run the benchmarks.

  micro     Google Benchmark binaries of the folders (build/release/bench)
  system    tests/bench/*.py: whole programs against a peer in the same run, with a limit each

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


def micro(pattern):
    found = sorted((ninja.folder("release") / "bench").glob("*_bench"))
    for program in found:
        with console.Step(program.name, log=f"bench-{program.name}") as step:
            step.run([program, *([f"--benchmark_filter={pattern}"] if pattern else [])],
                     f"the benchmark {program.name} failed")
        for line in step.log.read_text(encoding="utf-8").splitlines():
            if line.startswith("BM_") or "/" in line.split(" ")[0] and " ns" in line:
                console.say("    " + line)


def run(options):
    needs.node()
    needs.neo_go()
    needs.neo_peer()
    needs.neon_js()
    python = needs.python()
    ninja.prepare("release")
    made = ninja.programs_in("release", "bin")
    ninja.build("release", *ninja.programs_in("release", "bench"), *(name for name in PROGRAMS if name in made))
    micro(options.filter)
    missed = 0
    scripts = [] if options.micro else sorted((paths.ROOT / "tests/bench").glob("bench_*.py"))
    for script in scripts:
        if options.filter and options.filter not in script.stem:
            continue
        with console.Step(script.stem, log=f"bench-{script.stem}") as step:
            status = step.output([python, script, "--programs", paths.programs("release")],
                                 env=paths.environment(PYTHONPATH=paths.ROOT / "tests"))
        console.say("".join(f"    {line}\n" for line in step.log.read_text(encoding="utf-8").splitlines()[1:]).rstrip())
        missed += status != 0
    console.say(f"bench: {len(scripts) - missed} of {len(scripts)} limits kept" if scripts else "bench: done")
    return 1 if missed else 0
