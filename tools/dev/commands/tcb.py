"""Count the lines inside the trusted computing base: every source file linked into nsl-enclave and
every header of ours it includes. Blank lines and comments are not counted.

What is linked is read from the link map of the built program, not from a list.
"""
import re

import console
import ninja
import paths

PROGRAM = "nsl-enclave"
TELL_TIME = False


def arguments(parser):
    parser.add_argument("--preset", default="dev", choices=("dev", "release"))
    parser.add_argument("--files", action="store_true", help="a line for each file")


def code_lines(path):
    text = path.read_text(encoding="utf-8")
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    return sum(1 for line in text.splitlines() if line.strip() and not line.strip().startswith("//"))


def linked_objects(preset):
    """Objects on the link line of the program, through its archives."""
    folder = ninja.folder(preset)
    inputs = console.ask(["ninja", "-C", folder, "-t", "inputs", f"bin/{PROGRAM}"]) or ""
    return [line.strip() for line in inputs.splitlines() if line.strip().endswith(".o")]


def run(options):
    import sys
    sys.path.insert(0, str(paths.ROOT / "tools/lint"))
    import tree
    ninja.build(options.preset, PROGRAM)
    read = tree.ninja_dependencies(ninja.folder(options.preset))
    sources = paths.ROOT / "src"
    files = set()
    for item in linked_objects(options.preset):
        for name in read.get(item, []):
            real = paths.Path(name).resolve()
            if real.is_relative_to(sources):
                files.add(real)
    folders, total = {}, 0
    for file in sorted(files):
        lines = code_lines(file)
        total += lines
        folder = str(file.parent.relative_to(sources))
        folders[folder] = folders.get(folder, 0) + lines
        if options.files:
            console.say(f"  {lines:>6}  {file.relative_to(sources)}")
    for folder, lines in sorted(folders.items(), key=lambda item: -item[1]):
        console.say(f"  {lines:>6}  {folder}")
    console.say(f"tcb: {total} lines of code in {len(files)} files of ours are linked into {PROGRAM}")
    return 0
