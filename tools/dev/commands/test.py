"""Build, then run every suite: unit tests (GoogleTest), tool tests, and the pytest suites under
tests/ (functional, adversary, chain) against the built programs and a private Neo network.

The last line counts all tests: "N passed, N failed, N skipped". Exit 0 only when none failed.
"""
import console
import needs
import ninja
import suites

# Reported by main.py otherwise; the closing line must stay the last one.
TELL_TIME = False


def arguments(parser):
    parser.add_argument("--all", action="store_true",
                        help="also asan and tsan builds, each fuzz target for 60 s, 50 kill seeds")
    parser.add_argument("--filter", metavar="TEXT", help="only tests whose name contains TEXT")
    parser.add_argument("--preset", default="dev", choices=("dev", "release", "asan", "tsan"))
    parser.add_argument("--unit", action="store_true", help="unit tests only")


def run_suites(options):
    needs.python()
    ninja.build(options.preset)
    yield suites.unit(options.preset, options.filter)
    if options.unit:
        return
    needs.packages("test")
    needs.neo_go()
    needs.neo_peer()
    needs.neon_js()
    if not options.filter:
        yield suites.contracts()
    yield suites.python("tools", ["tools"], options.preset, options.filter)
    for name in suites.python_folders():
        yield suites.python(name, [f"tests/{name}"], options.preset, options.filter, slow=options.all)
    if options.all:
        for preset in ("asan", "tsan"):
            ninja.build(preset)
            yield suites.unit(preset, options.filter)
        import commands.fuzz
        yield commands.fuzz.suite(60)


def show(results):
    for result in results:
        if result.failures:
            console.say(f"\n{result.suite}:")
            for failure in result.failures[:50]:
                console.say(f"  FAILED {failure}")
            for line in console.telling_lines(result.log) if console.TAIL_LINES > 12 else []:
                console.say(f"    {line}")
            console.say(f"  log: {console.paths.relative(result.log)}")
    total = [sum(getattr(result, kind) for result in results) for kind in ("passed", "failed", "skipped")]
    console.say("\n{} passed, {} failed, {} skipped".format(*total))
    return total[1]


def run(options):
    results = []
    try:
        for result in run_suites(options):
            results.append(result)
    except console.Failure as failure:
        failure.show()
        results.append(suites.Result("set-up", failed=1))
    return 1 if show(results) else 0
