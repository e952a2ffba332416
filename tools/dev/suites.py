"""Runs test suites and counts what they say: GoogleTest through ctest, and pytest."""
import json
import shutil
import xml.etree.ElementTree as xml
from dataclasses import dataclass, field

import console
import needs
import ninja
import paths


@dataclass
class Result:
    suite: str
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    failures: list = field(default_factory=list)
    log: object = None

    def count(self, name, outcome, reason=""):
        if outcome == "failed":
            self.failed += 1
            self.failures.append(f"{name}: {reason}" if reason else name)
        elif outcome == "skipped":
            self.skipped += 1
        else:
            self.passed += 1

    def note(self):
        parts = [f"{self.passed} passed"]
        parts += [f"{self.failed} failed"] if self.failed else []
        parts += [f"{self.skipped} skipped"] if self.skipped else []
        return ", ".join(parts)


def first_line(text):
    lines = [line.strip() for line in (text or "").splitlines() if line.strip()]
    return lines[0][:160] if lines else ""


def on_one_line(text):
    """A GoogleTest failure's place, values and message: its first line alone says only where."""
    return " | ".join(line.strip() for line in (text or "").splitlines() if line.strip())[:800]


def count_gtest(result, file):
    """Counts one binary's report; returns how many of its tests failed."""
    failed = 0
    for suite in json.loads(file.read_text(encoding="utf-8")).get("testsuites", []):
        for case in suite.get("testsuite", []):
            name = f"{suite['name']}.{case['name']}"
            if case.get("status") == "NOTRUN":
                continue
            if case.get("failures"):
                failed += 1
                result.count(name, "failed", on_one_line(case["failures"][0].get("failure")))
            else:
                result.count(name, "skipped" if case.get("result") == "SKIPPED" else "passed")
    return failed


def unit(preset, pattern=None):
    """Every unit test of a preset, through ctest; a crash or a timeout counts as one failure."""
    label = "unit" if preset == "dev" else f"unit {preset}"
    result = Result(label)
    reports = paths.LOGS / f"gtest-{preset}"
    shutil.rmtree(reports, ignore_errors=True)
    reports.mkdir(parents=True)
    listing = reports / "ctest.xml"
    env = paths.environment(GTEST_OUTPUT=f"json:{reports}/")
    if pattern:
        env["GTEST_FILTER"] = f"*{pattern}*"
    with console.Step(f"{label} tests", log=f"test-unit-{preset}") as step:
        result.log = step.log
        status = step.output(["ctest", "--test-dir", ninja.folder(preset), "-j", paths.cores(), "--no-tests=ignore",
                              "--output-on-failure", "--output-junit", listing], env=env)
        cases = list(xml.parse(listing).getroot().iter("testcase")) if listing.exists() else []
        for case in cases:
            name, ok = case.get("name"), case.get("status") == "run"
            report = reports / f"{name}_test.json"
            if report.exists():
                failed = count_gtest(result, report)
                if not ok and not failed:
                    result.count(name, "failed", "crashed, leaked or hung after its tests")
            elif not pattern or not ok:
                result.count(name, "passed" if ok else "failed", "" if ok else "crashed or hung")
        if status != 0 and not result.failed:
            result.count("ctest", "failed", f"exit {status}")
        step.note = result.note()
    return result


def python(name, folders, preset, pattern=None, slow=False):
    """One pytest run over folders; the programs under test are those of the preset."""
    result = Result(name)
    report = paths.LOGS / f"pytest-{name}.xml"
    report.unlink(missing_ok=True)
    command = [needs.python(), "-m", "pytest", "-c", paths.ROOT / "tests/pytest.ini",
               f"--rootdir={paths.ROOT}", f"--junitxml={report}", *folders]
    command += ["-k", pattern] if pattern else []
    command += ["--slow"] if slow else []
    env = paths.environment(NSL_PRESET=preset)
    with console.Step(f"{name} tests", log=f"test-{name}") as step:
        result.log = step.log
        status = step.output(command, env=env)
        for case in xml.parse(report).getroot().iter("testcase") if report.exists() else []:
            label = f"{case.get('classname')}::{case.get('name')}"
            bad = case.find("failure") if case.find("failure") is not None else case.find("error")
            if bad is not None:
                result.count(label, "failed", first_line(bad.get("message")))
            else:
                result.count(label, "skipped" if case.find("skipped") is not None else "passed")
        no_tests = 5
        if status not in (0, no_tests) and not result.failed:
            result.count("pytest", "failed", f"exit {status}")
        step.note = result.note()
    return result


def contracts():
    """The committed contract artefacts are what their sources give."""
    result = Result("contracts")
    needs.go()
    with console.Step("contracts tests", log="test-contracts") as step:
        result.log = step.log
        status = step.output(["sh", "contracts/build.sh", "--check"])
        result.count("contracts/build.sh --check", "passed" if status == 0 else "failed", f"exit {status}")
        step.note = result.note()
    return result


def python_folders():
    """tests/<kind> folders that hold pytest files, in the order of their names."""
    found = {file.relative_to(paths.ROOT / "tests").parts[0]
             for file in (paths.ROOT / "tests").rglob("test_*.py")}
    return sorted(name for name in found if (paths.ROOT / "tests" / name).is_dir())
