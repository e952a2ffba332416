"""What no file may hold: paths and hosts of somebody's machine, a TODO without its issue; and length."""
import re

import tree

LINES_MAX = {".cc": 500, ".h": 500, ".py": 500}
# Spelled apart, so that this file does not hold them.
FORBIDDEN = [re.compile(re.escape("".join(parts))) for parts in (
    ("/wo", "rk/main"), ("/wo", "rk/shared"), ("/ro", "ot/"), ("/tm", "p/wt"), ("registry.npm", "js.org"),
    ("proxy.gol", "ang.org"), ("sum.gol", "ang.org"), ("py", "pi.org"), ("pythonho", "sted.org"),
    ("deb.deb", "ian.org"), ("nodeso", "urce.com"))]
TODO = re.compile(r"\bTODO\b(?!\(\w[\w/-]*\): .*#\d+)")
UNFINISHED = re.compile(r"\b(FIXME|XXX|HACK)\b")
BINARY = (".nef", ".bin", ".cose", ".der", ".wasm", ".png", ".ico", ".acc")
OURS = (".cc", ".h", ".py", ".md", ".toml", ".sh", ".cmake", ".txt", ".proto", ".go", ".js", ".ts")
CODE = (".py", ".cc", ".h", ".go", ".js", ".ts")


def check():
    for file in tree.files():
        name = tree.relative(file)
        if name.endswith(BINARY) or "/fuzz/corpus/" in name:
            continue
        text = tree.read(file)
        lines = text.splitlines()
        for number, line in enumerate(lines, 1):
            for pattern in FORBIDDEN:
                if pattern.search(line):
                    yield f"{name}:{number}: names a machine's path or a registry's host"
            if name.endswith(CODE) and not name.startswith("tools/lint/"):
                if TODO.search(line) or UNFINISHED.search(line):
                    yield f"{name}:{number}: a TODO reads TODO(area): text #issue"
        limit = LINES_MAX.get(file.suffix)
        if limit and len(lines) > limit:
            yield f"{name}: {len(lines)} lines, the limit is {limit}"
        if name.endswith(OURS) and text and not text.endswith("\n"):
            yield f"{name}: does not end with a newline"
