"""Check the tree: format (clang-format), forbidden text and length, style (what a pattern can see of
CONTRIBUTING.md), include cycles, claims (tests named in documents exist, folders have a README), lists
(what api/ lists is used and tested), duplicates (jscpd), zones, tidy (clang-tidy).

Builds the dev preset first: tidy and zones read what the compiler read. A file that has not changed
since it was clean is not checked again.
"""
import concurrent.futures
import sys

import console
import needs
import ninja
import paths

sys.path.insert(0, str(paths.ROOT / "tools/lint"))
SHOWN_MAX = 30


def arguments(parser):
    parser.add_argument("--fix", action="store_true", help="let clang-format rewrite files first")
    parser.add_argument("--only", metavar="CHECK", help="one of: " + " ".join(CHECKS))
    parser.add_argument("--all", action="store_true", help="tidy test, fuzz and bench sources too")


def format_check(options, step):
    import tree
    files = tree.files(".cc", ".h")
    groups = [files[start::paths.cores()] for start in range(paths.cores())]

    def one(group):
        command = ["clang-format-19", *(["-i"] if options.fix else ["--dry-run"]), *group]
        return step.outcome(command) if group else ""
    with concurrent.futures.ThreadPoolExecutor(paths.cores()) as pool:
        said = "".join(pool.map(one, groups))
    wrong = {line.split(":")[0] for line in said.splitlines() if "[-Wclang-format-violations]" in line}
    return [f"{paths.relative(name)}: not formatted (./dev lint --fix)" for name in sorted(wrong)]


def tidy_check(options, step):
    import tidy
    found, checked, clean = tidy.run(ninja.folder("dev"), options.all, paths.cores(), step.progress)
    step.note = f"{checked} checked, {clean} unchanged"
    return found


def zones_check(options, step):
    import zones
    return zones.check(ninja.folder("dev"))


def cycles_check(options, step):
    import cycles
    return cycles.check()


def claims_check(options, step):
    import claims
    return claims.check()


def lists_check(options, step):
    import lists
    return lists.check()


def text_check(options, step):
    import text
    return text.check()


def style_check(options, step):
    import style
    return style.check()


def duplicates_check(options, step):
    import duplicates
    return duplicates.check(needs.jscpd())


CHECKS = {"format": format_check, "text": text_check, "style": style_check, "cycles": cycles_check,
          "claims": claims_check, "lists": lists_check, "duplicates": duplicates_check,
          "zones": zones_check, "tidy": tidy_check}


def run(options):
    if options.only and options.only not in CHECKS:
        raise console.Failure(f"there is no check '{options.only}'; there are: {' '.join(CHECKS)}")
    chosen = [options.only] if options.only else list(CHECKS)
    needs.packages("lint")
    needs.jscpd()
    if {"zones", "tidy"} & set(chosen):
        ninja.build("dev")
    total = 0
    for name in chosen:
        with console.Step(name, log=f"lint-{name}") as step:
            found = list(CHECKS[name](options, step))
            step.log.write_text("".join(line + "\n" for line in found), encoding="utf-8")
            if found:
                step.note = f"{len(found)} found"
        for line in found[:SHOWN_MAX]:
            console.say(f"    {line}")
        if len(found) > SHOWN_MAX:
            console.say(f"    ... all of them: {paths.relative(step.log)}")
        total += len(found)
    console.say("lint: clean" if total == 0 else f"lint: {total} to mend")
    return 1 if total else 0
