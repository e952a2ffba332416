"""Remove security checks one at a time and see a test fail (tools/dev/mutations.toml).

Works on a copy of the tree in build/mutate, so that nothing here changes. A mutation that no test
notices is a failure, and so is one whose text is no longer in the source.
"""
import os
import random
import shutil
import tomllib

import console
import needs
import paths

LIST = paths.ROOT / "tools/dev/mutations.toml"
COPY = paths.BUILD / "mutate/tree"
TELL_TIME = False


def arguments(parser):
    parser.add_argument("name", nargs="*", help="only these mutations")
    parser.add_argument("--sample", type=int, metavar="N", help="N of them, chosen by --seed")
    parser.add_argument("--seed", type=int, default=1)


def load():
    """The list; `never = "condition"` is short for the `if (condition)` that never holds."""
    mutations = tomllib.loads(LIST.read_text(encoding="utf-8"))
    for entry in mutations.values():
        if "never" in entry:
            entry["find"] = f"if ({entry['never']})"
            entry["replace"] = f"if (false && ({entry['never']}))"
    return mutations


def copy_tree():
    """The project's files, changed ones only, so that the copy's build stays incremental."""
    listed = console.ask(["git", "ls-files", "-co", "--exclude-standard"]).splitlines()
    wanted = set()
    for name in listed:
        source, target = paths.ROOT / name, COPY / name
        if not source.is_file():
            continue
        wanted.add(target)
        if not target.exists() or target.read_bytes() != source.read_bytes():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)
            os.utime(target)
    for old in COPY.rglob("*"):
        if old.is_file() and COPY / "build" not in old.parents and old not in wanted:
            old.unlink()


def environment():
    return paths.environment(CCACHE_BASEDIR=COPY, NSL_PRESET="dev", NSL_NEO_GO=paths.TOOLS / "neo-go",
                             NSL_V8_ROOT=os.environ.get("NSL_V8_ROOT", paths.DEPS / "v8"),
                             NSL_WEB_APIS_ROOT=paths.DEPS / "web-apis",
                             NSL_ROSLYN_ROOT=os.environ.get("NSL_ROSLYN_ROOT", paths.DEPS / "roslyn"))


def test_command(test):
    if "::" in test:
        return [needs.python(), "-m", "pytest", "-c", COPY / "tests/pytest.ini", f"--rootdir={COPY}", "-x",
                *test.split()]
    binary, _, pattern = test.partition(" ")
    return [COPY / "build/dev/tests" / binary, f"--gtest_filter={pattern or '*'}"]


def targets_of(mutations):
    """The test binaries, and everything when a test starts programs."""
    if any("::" in entry["test"] for entry in mutations.values()):
        return []
    return sorted({entry["test"].split(" ")[0] for entry in mutations.values()})


def ninja(targets):
    return ["ninja", "-C", COPY / "build/dev", "-j", paths.cores(), *targets]


def prepare(mutations):
    needs.packages()
    needs.engines()
    if any("::" in entry["test"] for entry in mutations.values()):
        needs.neo_go()
    with console.Step("copy and build the tree", log="mutate-build") as step:
        copy_tree()
        step.run(["cmake", "--preset", "dev", "-DNSL_WERROR=OFF"], "cmake could not configure the copy",
                 cwd=COPY, env=environment())
        step.run(ninja(targets_of(mutations)), "the copy does not build", cwd=COPY, env=environment())


def try_one(name, entry):
    """Returns what happened: 'caught', or a reason why the mutation counts as missed."""
    file = COPY / "src" / entry["file"]
    original = file.read_text(encoding="utf-8")
    if original.count(entry["find"]) != 1:
        return f"its text occurs {original.count(entry['find'])} times in {entry['file']}"
    target = [] if "::" in entry["test"] else [entry["test"].split(" ")[0]]
    with console.Step(name, log=f"mutate-{name}") as step:
        try:
            file.write_text(original.replace(entry["find"], entry["replace"]), encoding="utf-8")
            if step.output(ninja(target), cwd=COPY, env=environment()) != 0:
                step.note = "does not build"
                return "the tree does not build without the check"
            noticed = step.output(test_command(entry["test"]), cwd=COPY, env=environment()) != 0
            step.note = "caught" if noticed else "MISSED"
            return "caught" if noticed else f"{entry['test']} passes without the check"
        finally:
            file.write_text(original, encoding="utf-8")


def baseline(mutations):
    with console.Step("tests pass unchanged", log="mutate-baseline") as step:
        for test in sorted({entry["test"] for entry in mutations.values()}):
            step.run(test_command(test), f"'{test}' fails without any mutation", cwd=COPY, env=environment())


def run(options):
    mutations = load()
    if options.name:
        mutations = {name: mutations[name] for name in options.name if name in mutations}
    if options.sample:
        chosen = random.Random(options.seed).sample(sorted(mutations), min(options.sample, len(mutations)))
        mutations = {name: mutations[name] for name in sorted(chosen)}
    if not mutations:
        raise console.Failure("no such mutation; tools/dev/mutations.toml names them")
    prepare(mutations)
    baseline(mutations)
    outcomes = {name: try_one(name, entry) for name, entry in mutations.items()}
    missed = {name: outcome for name, outcome in outcomes.items() if outcome != "caught"}
    for name, outcome in missed.items():
        console.say(f"  MISSED {name}: {outcome}")
    console.say(f"mutate: {len(mutations) - len(missed)} of {len(mutations)} caught")
    return 1 if missed else 0
