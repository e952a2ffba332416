"""Copied code, found by jscpd (pinned by package-lock.json): none in the product, little in tests."""
import json
import os
import subprocess
import tempfile
from pathlib import Path

import tree

MIN_TOKENS = 100
MIN_LINES = 10
TEST_PERCENT_MAX = 3.0
TESTS = "**/*_test.cc,**/*_fuzz.cc,**/*_bench.cc,**/testing/**"


def report(program, *arguments):
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([program, "--min-tokens", str(MIN_TOKENS), "--min-lines", str(MIN_LINES), "--format",
                        "cpp,c,c-header,cpp-header,python,go,javascript,typescript", "-r", "json,silent", "-o", folder, *arguments],
                       cwd=tree.ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        file = Path(folder) / "jscpd-report.json"
        return json.loads(file.read_text(encoding="utf-8")) if file.exists() else None


def place(file):
    return f"{os.path.relpath(file['name'], tree.ROOT) if os.path.isabs(file['name']) else file['name']}:{file['start']}"


def check(program):
    product = report(program, "-i", TESTS, "src", "tools", "contracts")
    if product is None:
        yield "jscpd wrote no report"
        return
    for clone in product["duplicates"]:
        yield f"{place(clone['firstFile'])} and {place(clone['secondFile'])}: {clone['lines']} equal lines"
    everything = report(program, "src", "tools", "contracts", "tests")
    percent = everything["statistics"]["total"]["percentage"]
    if percent > TEST_PERCENT_MAX:
        yield f"{percent:.1f} % of all code is copied, the limit is {TEST_PERCENT_MAX} %"
