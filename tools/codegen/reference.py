#!/usr/bin/env python3
"""api/errors.toml, api/limits.toml and tools/dev/mutations.toml -> the pages of docs that list them for
readers.
"""
import pathlib
import tomllib

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
GENERATED = "<!-- Generated from {} by tools/codegen/reference.py. -->"
BYTES = ((1 << 20, "MiB"), (1 << 10, "KiB"))
MILLISECONDS = ((3_600_000, "h"), (60_000, "min"), (1_000, "s"))


def in_larger_units(value, unit):
    """1048576 bytes -> "1 MiB"; nothing when no larger unit divides the value."""
    scales = {"bytes": BYTES, "milliseconds": MILLISECONDS}.get(unit, ())
    return next((f"{value // size} {name}" for size, name in scales if value % size == 0), "")


def limits_page(table):
    lines = [GENERATED.format("api/limits.toml"), "# Limits", "",
             "Everything that is fed from outside has a bound. What goes over one is refused with one of the",
             "[errors](errors.md); of logs and messages the rest is dropped. `api/limits.toml` names the test of each.", "",
             "| limit | value | unit | |", "|---|---|---|---|"]
    for name, row in table.items():
        larger = in_larger_units(row["value"], row["unit"])
        value = f"{row['value']} ({larger})" if larger else str(row["value"])
        lines.append(f"| `{name}` | {value} | {row['unit']} | {row['why']} |")
    return "\n".join(lines) + "\n"


def errors_page(table):
    lines = [GENERATED.format("api/errors.toml"), "# Errors", "",
             "Each error has a code that never changes its meaning. A program decides by the code, a person reads the",
             "title and the detail beside it. The status is that of the REST answer. A failed run is not a failed",
             "request: its code stands in the run, and the answer that carries it has status 200. Retry says whether",
             "the same request may succeed later. `api/errors.toml` names the test of each.", "",
             "| code | status | retry | title |", "|---|---|---|---|"]
    for code, row in table.items():
        lines.append(f"| `{code}` | {row['http']} | {'yes' if row['retry'] else 'no'} | {row['title']} |")
    return "\n".join(lines) + "\n"


def mutations_page(table):
    lines = [GENERATED.format("tools/dev/mutations.toml"), "# Checks that tests hold in place", "",
             "`./dev mutate` removes each of these checks in turn, in a copy of the tree, and sees the named tests fail.",
             "A check whose removal no test notices fails the command. `tools/dev/mutations.toml` says what is replaced.",
             "", "| without it | file below `src/` | tests |", "|---|---|---|"]
    for row in table.values():
        lines.append(f"| {row['why']} | `{row['file']}` | `{row['test']}` |")
    return "\n".join(lines) + "\n"


def pages():
    """{path from the root: what stands there}"""
    def table_of(name):
        return tomllib.loads((ROOT / name).read_text(encoding="utf-8"))
    return {"docs/use/limits.md": limits_page(table_of("api/limits.toml")),
            "docs/use/errors.md": errors_page(table_of("api/errors.toml")),
            "docs/internals/mutations.md": mutations_page(table_of("tools/dev/mutations.toml"))}


if __name__ == "__main__":
    for path, page in pages().items():
        (ROOT / path).write_text(page, encoding="utf-8")
