"""Line coverage of the unit tests (clang source-based), for each folder. The folders that hold
secrets must keep what tools/dev/coverage.toml says; missing lines are listed in build/coverage.
"""
import json
import tomllib

import console
import needs
import ninja
import paths

FOLDER = paths.BUILD / "coverage"


def arguments(parser):
    parser.add_argument("--html", action="store_true", help="also write build/coverage/html")


def build_and_run():
    needs.packages("clang", "coverage")
    needs.engines()
    if not (FOLDER / "build.ninja").exists():
        with console.Step("configure coverage", log="configure-coverage") as step:
            flags = "-fprofile-instr-generate -fcoverage-mapping"
            step.run(["cmake", "-S", paths.ROOT, "-B", FOLDER, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Dev",
                      "-DCMAKE_C_COMPILER=clang-19", "-DCMAKE_CXX_COMPILER=clang++-19",
                      f"-DCMAKE_CXX_FLAGS={flags}", f"-DCMAKE_C_FLAGS={flags}",
                      f"-DCMAKE_EXE_LINKER_FLAGS={flags}"], "cmake could not configure the coverage build")
    tests = ninja.programs_in("coverage", "tests")
    with console.Step("build coverage", log="build-coverage") as step:
        step.run(["ninja", "-C", FOLDER, "-j", paths.cores(), *tests], "the coverage build failed")
    for old in FOLDER.glob("profiles/*.profraw"):
        old.unlink()
    with console.Step("unit tests", log="test-coverage") as step:
        step.run(["ctest", "--test-dir", FOLDER, "-j", paths.cores(), "--output-on-failure", "-L", "unit"],
                 "a unit test failed",
                 env=paths.environment(LLVM_PROFILE_FILE=FOLDER / "profiles/%p-%m.profraw"))
    return [FOLDER / "tests" / name for name in tests]


def merge_and_export(programs):
    data = FOLDER / "merged.profdata"
    with console.Step("merge profiles", log="coverage-merge") as step:
        step.run(["llvm-profdata-19", "merge", "-sparse", "-o", data, *FOLDER.glob("profiles/*.profraw")])
    objects = [word for program in programs for word in ("-object", program)]
    common = ["-instr-profile", data, *objects, "-ignore-filename-regex", r"(_test\.cc|/testing/|/gen/|/usr/)"]
    exported = console.ask(["llvm-cov-19", "export", "-skip-expansions", *common])
    if exported is None:
        raise console.Failure("llvm-cov-19 export failed")
    return json.loads(exported)["data"][0]["files"], common


def missing_lines(file):
    """Numbers of lines whose count is zero, from llvm's segments."""
    missing, count, start = set(), None, 0
    for line, _, value, has_count, _, is_gap in file["segments"]:
        if count == 0:
            missing.update(range(start, line))
        start, count = line, value if has_count and not is_gap else None
    return sorted(missing)


def by_file(files):
    """{path below src: (lines, missing lines)}; a header seen through several zones counts once."""
    found = {}
    for file in files:
        path = paths.Path(file["filename"]).resolve()
        if not path.is_relative_to(paths.ROOT / "src") or path.suffix not in (".cc", ".h"):
            continue
        name = str(path.relative_to(paths.ROOT / "src"))
        lines, missing = found.get(name, (0, None))
        here = set(missing_lines(file))
        found[name] = (max(lines, file["summary"]["lines"]["count"]), here if missing is None else missing & here)
    return found


def run(options):
    files, common = merge_and_export(build_and_run())
    limits = tomllib.loads((paths.ROOT / "tools/dev/coverage.toml").read_text(encoding="utf-8"))["folders"]
    folders, listed = {}, []
    for name, (lines, missing) in sorted(by_file(files).items()):
        folder = name.rpartition("/")[0]
        count, lost = folders.get(folder, (0, 0))
        folders[folder] = (count + lines, lost + len(missing))
        listed += [f"{name}:{number}" for number in sorted(missing)]
    (FOLDER / "missing.txt").write_text("\n".join(listed) + "\n", encoding="utf-8")
    low = 0
    for folder, (count, lost) in sorted(folders.items()):
        percent = 100.0 * max(0, count - lost) / count if count else 100.0
        short = percent < limits.get(folder, 0)
        low += short
        console.say(f"  {percent:6.1f} %  {folder}" + (f"  (at least {limits[folder]} %)" if short else ""))
    if options.html:
        console.ask(["llvm-cov-19", "show", "-format=html", "-output-dir", FOLDER / "html", *common])
    console.say(f"missing lines: {paths.relative(FOLDER / 'missing.txt')}")
    return 1 if low else 0
