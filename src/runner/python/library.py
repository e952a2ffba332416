"""Makes the part of Python's library that a function may use a part of the program.

    python3 library.py OUT_FOLDER MODULE_FOLDER

OUT_FOLDER/library.bin holds the byte code of every module one after the other, and
OUT_FOLDER/library.h says where each lies. Nothing of it is read from files at run time, so the
program needs no Python on the machine it runs on. Must be run by the Python whose archive is
linked: byte code belongs to one version.
"""
import importlib
import importlib.abc
import importlib.util
import marshal
import sys
from pathlib import Path

# Modules in C that the archive holds and the program keeps. Sockets, processes, files of other
# formats, users and signals of the archive are left out and not even linked.
BUILT_IN = {
    "_abc", "_ast", "_bisect", "_blake2", "_codecs", "_collections", "_csv", "_datetime", "_functools", "_heapq", "_imp",
    "_io", "_locale", "_md5", "_opcode", "_operator", "_random", "_sha1", "_sha256", "_sha3", "_sha512", "_signal",
    "_sre", "_stat", "_statistics", "_string", "_struct", "_thread", "_tokenize", "_tracemalloc", "_warnings",
    "_weakref", "array", "atexit", "binascii", "builtins", "cmath", "errno", "faulthandler", "gc", "itertools",
    "marshal", "math", "posix", "sys", "time", "unicodedata",
}
# Made by the core itself, under another name than PyInit_NAME.
INIT_NAMES = {"marshal": "PyMarshal_Init", "_warnings": "_PyWarnings_Init", "builtins": None, "sys": None}
# Ours, in C++ (natives_unsafe.cc).
NATIVE = {"_nsl", "_contextvars"}

# What a function may import.
ALLOWED = [
    "__future__", "abc", "array", "asyncio", "base64", "binascii", "bisect", "calendar", "cmath", "codecs", "collections",
    "contextlib", "contextvars", "copy", "csv", "dataclasses", "datetime", "decimal", "difflib", "enum", "fractions",
    "functools", "graphlib", "hashlib", "heapq", "hmac", "html", "inspect", "io", "itertools", "json", "keyword",
    "logging", "math", "neo_service", "numbers", "operator", "pprint", "random", "re", "reprlib", "secrets", "statistics",
    "string", "struct", "sys", "textwrap", "time", "traceback", "types", "typing", "unicodedata", "urllib.parse", "uuid",
    "warnings", "weakref",
]
# What these import only when it is needed.
LATER = [
    "_strptime", "locale", "linecache", "tokenize", "tracemalloc", "ast", "collections.abc", "encodings.aliases",
    "encodings.ascii", "encodings.cp1252", "encodings.hex_codec", "encodings.idna", "encodings.iso8859_1",
    "encodings.iso8859_15", "encodings.latin_1", "encodings.punycode", "encodings.raw_unicode_escape",
    "encodings.unicode_escape", "encodings.utf_16", "encodings.utf_16_be", "encodings.utf_16_le", "encodings.utf_32",
    "encodings.utf_8", "encodings.utf_8_sig", "html.entities", "json.encoder", "_pydecimal", "_pydatetime", "copyreg",
    "stringprep",
]
# What this script itself brings along, and what the core has already.
UNWANTED = ("__main__", "site", "importlib.resources", "importlib._bootstrap")
# In place of the library's own: one without sockets, threads and processes.
OURS = {"asyncio": "loop.py", "neo_service": "neo_service.py", "_nsl_runtime": "runtime.py", "_nsl_bundle": "bundle.py"}


class OnlyWhatIsLinked(importlib.abc.MetaPathFinder):
    """Hides the modules in C that the program does not have, so that the library does without."""

    def find_spec(self, fullname, path=None, target=None):
        if fullname in NATIVE:
            return None
        if fullname in sys.builtin_module_names and fullname not in BUILT_IN:
            raise ModuleNotFoundError(f"not linked: {fullname}", name=fullname)
        spec = importlib.machinery.PathFinder.find_spec(fullname, path)
        if spec is not None and spec.origin and spec.origin.endswith(".so") and fullname not in NATIVE:
            raise ModuleNotFoundError(f"not linked: {fullname}", name=fullname)
        return None


def sources():
    """{module: file} of all that the allowed modules bring along."""
    for name in [name for name in sys.modules if name not in sys.builtin_module_names and name != "__main__"]:
        if not name.startswith("importlib"):
            del sys.modules[name]
    sys.meta_path.insert(0, OnlyWhatIsLinked())
    for name in ALLOWED + LATER:
        if name not in OURS:
            try:
                importlib.import_module(name)
            except ModuleNotFoundError:
                if name not in LATER:
                    raise
    files = {}
    for name in sorted(sys.modules):
        if name in BUILT_IN or name in sys.builtin_module_names or name.startswith(UNWANTED):
            continue
        parent = name.rpartition(".")[0]
        path = getattr(sys.modules.get(parent), "__path__", None)
        # Names such as os.path stand for modules that are elsewhere.
        if parent and path is None:
            continue
        spec = importlib.machinery.PathFinder.find_spec(name, path)
        if spec is not None and spec.origin is not None and spec.origin.endswith(".py"):
            files[name] = Path(spec.origin)
    return files


def main():
    out, folder = Path(sys.argv[1]), Path(sys.argv[2])
    files = sources()
    for name, file in OURS.items():
        files[name] = folder / file
    blob = b""
    rows = []
    for name, file in sorted(files.items()):
        # Without doc strings; the user's own code keeps its asserts.
        optimise = 0 if name in OURS else 2
        code = compile(file.read_bytes(), f"<{name}>", "exec", dont_inherit=True, optimize=optimise)
        data = marshal.dumps(code)
        is_package = "true" if file.name == "__init__.py" else "false"
        rows.append(f'    {{"{name}", {len(blob)}, {len(data)}, {is_package}}},')
        blob += data
    (out / "library.bin").write_bytes(blob)
    inits = {name: INIT_NAMES.get(name, f"PyInit_{name}") for name in sorted(BUILT_IN)}
    declared = "\n".join(f"PyObject* {init}();" for init in inits.values() if init)
    entries = "\n".join(f'    {{"{name}", {init or "nullptr"}}},' for name, init in inits.items())
    allowed = "\n".join(f'    "{name}",' for name in ALLOWED)
    newline = "\n"
    (out / "library_table.h").write_text(f"""// Generated by library.py.
#pragma once

#include <Python.h>

#include <array>
#include <cstddef>

extern "C" {{
{declared}
}}

namespace nsl::runner::python {{

struct LibraryModule {{
  const char* name;
  std::size_t offset;
  int size;
  bool is_package;
}};

inline constexpr std::array<LibraryModule, {len(rows)}> kLibraryModules{{{{
{newline.join(rows)}
}}}};

inline constexpr std::array<const char*, {len(ALLOWED)}> kAllowedModules{{
{allowed}
}};

// One line for each module in C that the program keeps.
#define NSL_PYTHON_BUILT_IN_MODULES \\
{" ".join(f'{{"{name}", {init or "nullptr"}}},' for name, init in inits.items())}

}}  // namespace nsl::runner::python
""")
    (out / "library_blob.h").write_text(f"""// Generated by library.py.
#define NSL_PYTHON_LIBRARY_BIN "{out / 'library.bin'}"
""")


main()
