"""Every error code and limit of api/ is used by the product, and each names the test that fails without it:
a dead entry is a promise nobody keeps, an untested one a promise nobody checks. The pages that list them
for readers are the ones tools/codegen/reference.py writes.
"""
import re
import sys
import tomllib

import claims
import tree

sys.path.insert(0, str(tree.ROOT / "tools/codegen"))
import reference

LISTS = ("api/errors.toml", "api/limits.toml")
# An entry no test can reach says why in `untested`. Lowered when one gets its test, never raised lightly.
UNTESTED_MAX = 0


def check_use(errors, limits, words):
    for code, entry in errors.items():
        if entry["name"] not in words:
            yield f"api/errors.toml: {code} '{entry['name']}' is used nowhere in src"
    for name in limits:
        constant = "k" + "".join(word.capitalize() for word in name.split("_"))
        if constant not in words:
            yield f"api/limits.toml: '{name}' is used nowhere in src"


def check_tests(path, entries, known):
    for name, entry in entries.items():
        if ("test" in entry) == ("untested" in entry):
            yield f"{path}: '{name}' needs either the test that fails without it, or the reason why there is none"
        elif "test" in entry and entry["test"] not in known:
            yield f"{path}: '{name}' names the test '{entry['test']}', which does not exist"


def check_untested(tables, most):
    untested = [name for table in tables for name, entry in table.items() if "untested" in entry]
    if len(untested) > most:
        yield f"api: {len(untested)} entries are untested, at most {most} may be: {', '.join(untested)}"


def check_pages(pages):
    for path, page in pages.items():
        file = tree.ROOT / path
        if not file.is_file() or tree.read(file) != page:
            yield f"{path}: is not what the list says; run tools/codegen/reference.py"


def check():
    tables = [tomllib.loads(tree.read(tree.ROOT / path)) for path in LISTS]
    words = set(re.findall(r"\w+", "\n".join(tree.read(file) for file in tree.sources())))
    yield from check_use(*tables, words)
    known = claims.gtests() | claims.pytests()
    for path, table in zip(LISTS, tables):
        yield from check_tests(path, table, known)
    yield from check_untested(tables, UNTESTED_MAX)
    yield from check_pages(reference.pages())
