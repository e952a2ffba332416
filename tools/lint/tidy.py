"""clang-tidy over every source that is not a test, each only when something it reads has changed.

The key of a clean result is the hash of the checks, the command and every project file the source
includes; results are kept in the user's cache folder, so a second checkout profits too.
"""
import concurrent.futures
import hashlib
import json
import os
import re
import shlex
import subprocess
from pathlib import Path

import tree

TOOL = "clang-tidy-19"
DIAGNOSTIC = re.compile(r"^(/\S+?:\d+:\d+: (?:error|warning): .*)$", re.MULTILINE)
CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "neo-service-layer/tidy"


def clang_arguments(command):
    """The flags of a g++ compile that matter for reading the source: includes, defines, standard."""
    words, kept = shlex.split(command), []
    index = 0
    while index < len(words):
        word = words[index]
        if word in ("-I", "-isystem", "-D"):
            kept += [word, words[index + 1]]
            index += 1
        elif word.startswith(("-I", "-D", "-std=", "-U")):
            kept.append(word)
        index += 1
    return [word for word in kept if not word.startswith("-D_FORTIFY_SOURCE")] + ["-Wthread-safety"]


class Tidy:
    def __init__(self, build):
        self.build = Path(build)
        self.commands = {}
        for entry in json.loads((self.build / "compile_commands.json").read_text(encoding="utf-8")):
            self.commands[os.path.normpath(entry["file"])] = entry
        self.read_by = {}
        for files in tree.ninja_dependencies(self.build).values():
            self.read_by.setdefault(os.path.realpath(files[0]), files)
        self.base = hashlib.sha256((tree.ROOT / ".clang-tidy").read_bytes() + Path(__file__).read_bytes()).digest()
        self._hashes = {}

    def sources(self, with_tests):
        chosen = [str(file) for file in tree.sources(".cc") if str(file) in self.commands]
        return chosen if with_tests else [name for name in chosen
                                          if not name.endswith(("_test.cc", "_fuzz.cc", "_bench.cc"))]

    def _hash(self, path):
        if path not in self._hashes:
            try:
                self._hashes[path] = hashlib.sha256(Path(path).read_bytes()).digest()
            except OSError:
                self._hashes[path] = b""
        return self._hashes[path]

    def key(self, source):
        total = hashlib.sha256(self.base)
        command = " ".join(clang_arguments(self.commands[source]["command"]))
        total.update(command.replace(str(tree.ROOT), "").encode())
        for path in self.read_by.get(source, [source]):
            if path.startswith(str(tree.ROOT)):
                real = os.path.realpath(path)
                total.update(tree.relative(real).encode() + self._hash(real))
        return total.hexdigest()

    def check(self, source):
        """The diagnostics of one file, none when it is clean."""
        entry = self.commands[source]
        done = subprocess.run([TOOL, "--quiet", source, "--", *clang_arguments(entry["command"])],
                              cwd=entry["directory"], capture_output=True, text=True, check=False)
        found = [line.replace(str(tree.ROOT) + "/", "") for line in DIAGNOSTIC.findall(done.stdout)]
        if done.returncode != 0 and not found:
            found = [f"{tree.relative(source)}: {TOOL} failed: {done.stderr.strip()[-300:]}"]
        return found


def run(build, with_tests, workers, progress):
    """Returns (diagnostics, files checked, files known to be clean)."""
    tidy = Tidy(build)
    CACHE.mkdir(parents=True, exist_ok=True)
    keys = {source: tidy.key(source) for source in tidy.sources(with_tests)}
    due = [source for source, key in keys.items() if not (CACHE / key).exists()]
    diagnostics = []
    with concurrent.futures.ThreadPoolExecutor(workers) as pool:
        waiting = {pool.submit(tidy.check, source): source for source in due}
        for count, future in enumerate(concurrent.futures.as_completed(waiting), 1):
            progress(f"{count} of {len(due)}")
            found = future.result()
            diagnostics += found
            if not found:
                (CACHE / keys[waiting[future]]).touch()
    return sorted(set(diagnostics)), len(due), len(keys) - len(due)
