"""Build the fuzz preset (clang: libFuzzer, address and undefined behaviour sanitizers) and run each
target over its corpus (tests/fuzz/corpus/TARGET) for some seconds. A finding fails and is kept in
build/fuzz/findings, ready to be added to the corpus with its fix.
"""
import concurrent.futures
import re
import shutil

import console
import ninja
import paths
import suites

CORPUS = paths.ROOT / "tests/fuzz/corpus"
FINDINGS = paths.BUILD / "fuzz/findings"
UNIT_SECONDS_MAX = 10


def arguments(parser):
    parser.add_argument("target", nargs="*", help="targets (a part of the name is enough); default: all")
    parser.add_argument("--seconds", type=int, default=60, help="for each target; 0: only the corpus, once")
    parser.add_argument("--list", action="store_true", help="only name the targets")


def known():
    ninja.prepare("fuzz")
    return ninja.programs_in("fuzz", "fuzz")


def fuzz_one(target, seconds):
    """Runs one target; returns (passed, what to say, log)."""
    program = ninja.folder("fuzz") / "fuzz" / target
    work = paths.BUILD / "fuzz/corpus" / target
    work.mkdir(parents=True, exist_ok=True)
    findings = FINDINGS / target
    findings.mkdir(parents=True, exist_ok=True)
    seeds = [CORPUS / target] if (CORPUS / target).is_dir() else []
    limit = [f"-max_total_time={seconds}"] if seconds else ["-runs=0"]
    with console.Step(f"fuzz {target}", log=f"fuzz-{target}", quiet=True) as step:
        status = step.output([program, *limit, f"-timeout={UNIT_SECONDS_MAX}", "-rss_limit_mb=2048",
                              f"-artifact_prefix={findings}/", "-print_final_stats=1", work, *seeds])
    text = step.log.read_text(encoding="utf-8", errors="replace")
    runs = re.search(r"stat::number_of_executed_units:\s*(\d+)", text)
    cover = re.findall(r"cov: (\d+)", text)
    note = f"{runs.group(1) if runs else '0'} runs, coverage {cover[-1] if cover else '?'}"
    if status == 0 and not any(findings.iterdir()):
        shutil.rmtree(findings)
    return status == 0, note, step.log


def suite(seconds, chosen=None):
    result = suites.Result("fuzz")
    chosen = chosen or known()
    ninja.build("fuzz", *chosen)
    with concurrent.futures.ThreadPoolExecutor(paths.cores()) as pool:
        for target, (passed, note, log) in zip(chosen, pool.map(lambda name: fuzz_one(name, seconds), chosen)):
            result.count(target, "passed" if passed else "failed", "" if passed else f"see {FINDINGS}/{target}")
            result.log = log if not passed else result.log or log
            console.say(f"  {target:<46} {note if passed else 'FOUND SOMETHING'}")
    return result


def run(options):
    names = known()
    if options.target:
        names = [name for name in names if any(word in name for word in options.target)]
        if not names:
            raise console.Failure("no fuzz target has such a name; ./dev fuzz --list names them")
    if options.list:
        console.say("\n".join(names))
        return 0
    result = suite(options.seconds, names)
    for failure in result.failures:
        console.say(f"  FAILED {failure}\n  log: {paths.relative(result.log)}")
    console.say(f"fuzz: {result.note()}")
    return 1 if result.failed else 0
