"""The files of the project as git knows them: tracked, or new and not ignored."""
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
CPP = (".cc", ".h")


def files(*endings):
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, check=True,
                            stdout=subprocess.PIPE, text=True).stdout.splitlines()
    return [ROOT / name for name in sorted(set(listed))
            if (not endings or name.endswith(endings)) and os.path.isfile(ROOT / name)]


def sources(*endings):
    return [file for file in files(*(endings or CPP)) if file.is_relative_to(ROOT / "src")]


def relative(path):
    return os.path.relpath(path, ROOT)


def read(path):
    return Path(path).read_text(encoding="utf-8", errors="replace")


def ninja_dependencies(build):
    """{object: [source, header, ...]} with absolute paths, of everything compiled so far."""
    shown = subprocess.run(["ninja", "-C", build, "-t", "deps"], stdout=subprocess.PIPE, text=True,
                           check=True).stdout
    found, current = {}, None
    for line in shown.splitlines():
        if line.startswith("    "):
            current.append(os.path.normpath(os.path.join(build, line.strip())))
        elif ": #deps" in line:
            current = found.setdefault(line.partition(":")[0], [])
    return found


sys.path.insert(0, str(ROOT / "tools/zones"))
