"""Rules of CONTRIBUTING.md that a pattern can see: no coroutines, no exceptions of ours, no detached
threads, no bare std::mutex, no sleeping tests, every raw cast justified by a SAFETY comment.
"""
import re

import tree

COMMENT_OR_TEXT = re.compile(r'//.*|"(?:[^"\\]|\\.)*"')
RULES = [
    (re.compile(r"\bco_(?:await|yield|return)\b"), "coroutines are miscompiled by g++ 12"),
    (re.compile(r"\bthrow\b"), "our code throws nothing; return a Result"),
    (re.compile(r"\.detach\(\)"), "a thread is joined by the object that started it"),
    (re.compile(r"\bstd::(?:mutex|condition_variable|recursive_mutex|shared_mutex)\b"),
     "use Mutex and CondVar of core/base/mutex.h, which clang can check"),
    (re.compile(r"\bsleep_(?:for|until)\b|\busleep\b"), "nothing sleeps: wait on a condition or an injected clock"),
    (re.compile(r"\busing namespace std\b"), "names are written out"),
]
EXEMPT = {"src/core/base/mutex.h"}
# Tests may throw, to see that what a library throws is caught; their casts need no essay.
TEST = re.compile(r"_(?:test|fuzz|bench)\.cc$|testing")
MAY_THROW = "our code throws"
# The rare wait on the real clock says so in a comment just above.
REAL_TIME = "Real time on purpose"
CAST = re.compile(r"\b(?:reinterpret_cast|const_cast)<")
NEARBY_LINES = 6
PYTHON_SLEEP = re.compile(r"\btime\.sleep\(")
PYTHON_SLEEP_HOME = "tests/fixtures/"


def nearby(lines, number):
    """The line and what stands just above it."""
    return "\n".join(lines[max(0, number - NEARBY_LINES):number])


def check_source(file):
    name = tree.relative(file)
    lines = tree.read(file).splitlines()
    for number, line in enumerate(lines, 1):
        code = COMMENT_OR_TEXT.sub("", line)
        if name not in EXEMPT:
            for pattern, reason in RULES:
                if not pattern.search(code) or (TEST.search(name) and reason.startswith(MAY_THROW)):
                    continue
                if not (reason.startswith("nothing sleeps") and REAL_TIME in nearby(lines, number)):
                    yield f"{name}:{number}: {reason}"
        if CAST.search(code) and not TEST.search(name):
            # A file of casts explains them where it chooses; elsewhere the reason stands beside the cast.
            if "SAFETY:" not in ("\n".join(lines) if "_unsafe." in name else nearby(lines, number)):
                yield f"{name}:{number}: a raw cast without a SAFETY comment"


def check():
    for file in tree.sources():
        yield from check_source(file)
    for file in tree.files(".py"):
        name = tree.relative(file)
        if name.startswith("tests/") and not name.startswith(PYTHON_SLEEP_HOME):
            for number, line in enumerate(tree.read(file).splitlines(), 1):
                if PYTHON_SLEEP.search(line):
                    yield f"{name}:{number}: tests do not sleep; fixtures.processes.wait_until watches"
