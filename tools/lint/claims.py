"""Claims name their tests, and the tests exist; folders explain themselves.

A document cites a test as [test: Suite.Name] (GoogleTest) or as tests/folder/test_file.py::name
(pytest; in either form). Brackets may hold several, separated by commas.
"""
import re

import tree

GTEST = re.compile(r"\bTEST(?:_F|_P)?\(\s*(\w+),\s*(\w+)\s*\)|\bTYPED_TEST(?:_P)?\(\s*(\w+),\s*(\w+)\s*\)")
PYTEST = re.compile(r"^\s*(?:async )?def (test_\w+)\(", re.MULTILINE)
BRACKET = re.compile(r"\[tests?: ([^\]]+)\]")
NODE = re.compile(r"\b((?:tests|tools)/[\w./-]+\.py::\w+)")
TARGET = re.compile(r"^nsl_(?:library|program)\(", re.MULTILINE)
README_LINES_MAX = 30


def gtests():
    return {f"{a or c}.{b or d}" for file in tree.files("_test.cc") for a, b, c, d in GTEST.findall(tree.read(file))}


def pytests():
    return {f"{tree.relative(file)}::{name}" for file in tree.files(".py")
            if file.name.startswith("test_") or file.name.endswith("_test.py")
            for name in PYTEST.findall(tree.read(file))}


def cited(text):
    for inside in BRACKET.findall(text):
        yield from (name.strip().strip("`") for name in inside.split(","))
    yield from NODE.findall(text)


def check_citations():
    known = gtests() | pytests()
    for file in tree.files(".md", ".toml"):
        for name in sorted(set(cited(tree.read(file)))):
            if name not in known:
                yield f"{tree.relative(file)}: cites the test '{name}', which does not exist"


def check_readmes():
    folders = {file.parent for file in tree.files("CMakeLists.txt")
               if file.is_relative_to(tree.ROOT / "src") and TARGET.search(tree.read(file))}
    for parent in ("tools", "tests", "contracts"):
        folders |= {tree.ROOT / parent / tree.relative(file).split("/")[1] for file in tree.files()
                    if tree.relative(file).startswith(parent + "/") and tree.relative(file).count("/") > 1}
    for folder in sorted(folders):
        readme = folder / "README.md"
        if not readme.is_file():
            yield f"{tree.relative(folder)}: has no README.md"
        elif len(tree.read(readme).splitlines()) > README_LINES_MAX:
            yield f"{tree.relative(readme)}: longer than {README_LINES_MAX} lines"


def check():
    yield from check_citations()
    yield from check_readmes()
