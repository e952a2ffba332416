#!/usr/bin/env python3
"""api/errors.toml -> the C++ enum `nsl::Code` and its table (core/base/result.h uses it)."""
import pathlib
import sys
import tomllib


def rows(path):
    with open(path, "rb") as file:
        table = tomllib.load(file)
    seen = set()
    for code, row in table.items():
        if row["name"] in seen:
            sys.exit(f"{path}: the name {row['name']} is used twice")
        seen.add(row["name"])
        yield code, row


def main():
    source, output = sys.argv[1:3]
    lines = ["// Generated from api/errors.toml.", "#pragma once", "", "#include <cstdint>", "",
             "namespace nsl {", "", "enum class Code : std::uint16_t {"]
    table = list(rows(source))
    for code, row in table:
        lines.append(f"  {row['name']},  // {code}: {row['title']}")
    lines += ["};", "", f"inline constexpr std::uint16_t kCodeCount = {len(table)};", "", "}  // namespace nsl", ""]
    lines += ["#define NSL_ERROR_CODE_TABLE(X) \\"]
    for code, row in table:
        retry = "true" if row["retry"] else "false"
        lines.append(f'  X({row["name"]}, "{code}", {row["http"]}, {retry}, "{row["title"]}") \\')
    lines += [""]
    text = "\n".join(lines) + "\n"
    target = pathlib.Path(output)
    target.parent.mkdir(parents=True, exist_ok=True)
    if not target.exists() or target.read_text() != text:
        target.write_text(text)


if __name__ == "__main__":
    main()
