#!/usr/bin/env python3
"""api/limits.toml -> core/base/limits.h: every bound of the product as a named constant."""
import pathlib
import sys
import tomllib


def main():
    source, output = sys.argv[1:3]
    with open(source, "rb") as file:
        table = tomllib.load(file)
    lines = ["// Generated from api/limits.toml.", "#pragma once", "", "#include <cstdint>", "", "namespace nsl::limits {", ""]
    for name, row in table.items():
        words = "".join(part.capitalize() for part in name.split("_"))
        lines.append(f"// {row['why']} (unit: {row['unit']})")
        lines.append(f"inline constexpr std::int64_t k{words} = {row['value']};")
    lines += ["", "}  // namespace nsl::limits", ""]
    text = "\n".join(lines)
    target = pathlib.Path(output)
    target.parent.mkdir(parents=True, exist_ok=True)
    if not target.exists() or target.read_text() != text:
        target.write_text(text)


if __name__ == "__main__":
    main()
