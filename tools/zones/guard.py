#!/usr/bin/env python3
"""Compiler and linker launcher that refuses a forbidden include or link.

    guard.py compile [ccache] <compiler> ...   runs the compile, then reads its dependency file
    guard.py link <linker driver> ...          reads the link line, then becomes the linker

The rules are data: tools/zones/rules.toml. A breach fails the build step that made it and names
the rule. tools/zones/guard_test.py tries one breach of each kind.

It runs once for every compile, so it starts nothing but what it needs: the rules are read while
the compiler works, and there is no subprocess or regular expression module in it.
"""
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.realpath(os.path.join(HERE, "..", ".."))
SOURCES = os.path.join(ROOT, "src") + os.sep
SYSTEM_INCLUDE = "/usr/include/"
MULTIARCH_INCLUDE = "/usr/include/x86_64-linux-gnu/"
COMPILER_OWN = ("/usr/lib/gcc/", "/usr/lib/llvm-19/", "/usr/include/c++/")

_real_folders = {}


def load_rules(path=None):
    import tomllib
    with open(path or os.path.join(HERE, "rules.toml"), "rb") as file:
        return tomllib.load(file)


def real_path(path):
    """realpath, resolving each folder once: a heavy file has a thousand headers in few folders."""
    folder, name = os.path.split(path)
    if folder not in _real_folders:
        _real_folders[folder] = os.path.realpath(folder)
    return os.path.join(_real_folders[folder], name)


def folder_of(path):
    """'enclave/vault' for ROOT/src/enclave/vault/vault.h, None for a path outside src/."""
    path = real_path(path)
    return os.path.dirname(path[len(SOURCES):]) if path.startswith(SOURCES) else None


def dependencies(depfile):
    with open(depfile, encoding="utf-8", errors="replace") as file:
        text = file.read().replace("\\\n", " ")
    _, _, right = text.partition(":")
    return [word.replace("\0", " ") for word in right.replace("\\ ", "\0").split()]


def under(folder, allowed):
    return any(folder == entry or folder.startswith(entry + "/") for entry in allowed)


def contract_of(path):
    """'v1' for .../gen/api_v1/nsl/v1/wallet.pb.h."""
    _, found, rest = path.partition("/gen/api_")
    return rest.partition("/")[0] if found else None


def header_name(path):
    """The name an #include would use: the path below the last include root; None for the compiler's own."""
    if path.startswith(COMPILER_OWN):
        return None
    for root in (MULTIARCH_INCLUDE, SYSTEM_INCLUDE):
        if path.startswith(root):
            return path[len(root):]
    _, found, name = path.rpartition("/include/")
    return name if found else os.path.basename(path)


def matches(name, pattern):
    """'openssl/' is a folder, 'v8-*' a prefix, 'sqlite3.h' one name."""
    if pattern.endswith("/"):
        return name.startswith(pattern)
    return name.startswith(pattern[:-1]) if pattern.endswith("*") else name == pattern


def third_party_breach(rules, folder, source, name):
    for library, rule in rules["third_party"].items():
        if any(matches(name, pattern) for pattern in rule["headers"]):
            files = rule.get("files")
            if files and not any(mark in os.path.basename(source) or mark in folder for mark in files):
                return f"only tests may include {library}"
            return None if under(folder, rule["folders"]) else f"'{folder}' may not include {library}"
    top, inside, _ = name.partition("/")
    if inside and top not in rules["system"]["folders"]:
        return f"no rule allows the third-party headers of '{top}/'"
    return None


def include_breaches(rules, source, included):
    folder = folder_of(source)
    if folder is None:
        return
    zone = folder.split("/")[0]
    seen_zones = [zone, *rules["zones"].get(zone, [])]
    for path in included:
        if not path.startswith("/usr/"):
            path = real_path(os.path.abspath(path))
        if path.startswith(SOURCES):
            other = os.path.dirname(path[len(SOURCES):])
            if other.split("/")[0] not in seen_zones:
                yield f"{source}: zone '{zone}' may not include '{other}' ({path})"
            continue
        contract = contract_of(path)
        if contract is not None:
            if contract not in rules["contracts"].get(zone, []):
                yield f"{source}: zone '{zone}' may not include the contract '{contract}' ({path})"
            continue
        if "/gen/" in path:
            continue
        name = header_name(path)
        reason = name and third_party_breach(rules, folder, source, name)
        if reason:
            yield f"{source}: {reason} ({path})"


def source_folder(argument, marker):
    """'core/codec' for [...]src/core/codec/<marker>..., None when the argument is something else."""
    if argument.startswith("src/"):
        rest = argument[len("src/"):]
    else:
        _, found, rest = argument.rpartition("/src/")
        if not found:
            return None
    folder, found, _ = rest.partition(marker)
    return folder if found else None


def library_name(argument):
    """'ssl' for -lssl, /usr/lib/libssl.so.3 and libssl.a; None for anything else."""
    if argument.startswith("-l"):
        return argument[2:]
    base = os.path.basename(argument)
    if not base.startswith("lib"):
        return None
    for ending in (".a", ".so"):
        stem, found, rest = base.partition(ending)
        if found and rest.replace(".", "").isdigit() | (rest == ""):
            return stem[3:]
    return None


def link_breaches(rules, arguments, output):
    program = os.path.basename(output)
    own = [folder for folder in (source_folder(a, "/CMakeFiles/") for a in arguments) if folder]
    if not own:
        return
    zone = own[0].split("/")[0]
    folders = own + [folder for folder in (source_folder(a, "/lib") for a in arguments) if folder]
    for other in dict.fromkeys(folders):
        if other.split("/")[0] not in [zone, *rules["zones"].get(zone, [])]:
            yield f"{program}: zone '{zone}' may not link '{other}'"
        for rule in rules.get("forbidden_link", []):
            if rule["program"] == program and under(other, rule["folders"]):
                yield f"{program}: may not link '{other}': {rule['reason']}"
    names = dict.fromkeys(name for name in map(library_name, arguments) if name)
    for name in names:
        for library, rule in rules["third_party"].items():
            if any(matches(name, pattern) for pattern in rule["libraries"]) and zone not in rule["zones"]:
                yield f"{program}: zone '{zone}' may not link {library} (lib{name})"


def argument_after(arguments, flag):
    return arguments[arguments.index(flag) + 1] if flag in arguments else None


def refuse(breaches, remove):
    breaches = list(breaches)
    if not breaches:
        return 0
    for path in remove:
        if path and os.path.exists(path):
            os.remove(path)
    for breach in breaches:
        print(f"zone guard: refused: {breach}", file=sys.stderr)
    print("zone guard: the rules are in tools/zones/rules.toml, the reasons in ARCHITECTURE.md", file=sys.stderr)
    return 1


def run_compile(command):
    child = os.posix_spawnp(command[0], command, os.environ)
    rules = load_rules()
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if status != 0:
        return status if status > 0 else 128 - status
    depfile = argument_after(command, "-MF")
    source = argument_after(command, "-c")
    if not depfile or not source or not os.path.exists(depfile):
        return 0
    return refuse(include_breaches(rules, source, dependencies(depfile)),
                  [argument_after(command, "-o"), depfile])


def run_link(command):
    expanded = []
    for argument in command:
        if argument.startswith("@") and os.path.exists(argument[1:]):
            with open(argument[1:], encoding="utf-8") as file:
                expanded += file.read().split()
        else:
            expanded.append(argument)
    status = refuse(link_breaches(load_rules(), expanded, argument_after(command, "-o") or ""), [])
    if status == 0:
        os.execvp(command[0], command)
    return status


def main():
    mode, command = sys.argv[1], sys.argv[2:]
    return run_compile(command) if mode == "compile" else run_link(command)


if __name__ == "__main__":
    sys.exit(main())
