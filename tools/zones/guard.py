#!/usr/bin/env python3
"""Compiler and linker launcher that refuses a forbidden include or link.

    guard.py compile [ccache] <compiler> ...   runs the compile, then reads its dependency file
    guard.py link <linker driver> ...          reads the link line, then runs it

The rules are data: tools/zones/rules.toml. A breach fails the build step that made it and names
the rule. tools/zones/guard_test.py tries one breach of each kind.
"""
import fnmatch
import os
import re
import subprocess
import sys
import tomllib

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.realpath(os.environ.get("NSL_GUARD_ROOT", os.path.join(HERE, "..", "..")))


def load_rules():
    with open(os.path.join(HERE, "rules.toml"), "rb") as file:
        return tomllib.load(file)


def folder_of(path):
    """'enclave/vault' for ROOT/src/enclave/vault/vault.h, None for a path outside src/."""
    path = os.path.realpath(path)
    prefix = os.path.join(ROOT, "src") + os.sep
    if not path.startswith(prefix):
        return None
    return os.path.dirname(path[len(prefix):])


def dependencies(depfile):
    with open(depfile, encoding="utf-8", errors="replace") as file:
        text = file.read().replace("\\\n", " ")
    _, _, right = text.partition(":")
    return [word.replace("\\ ", " ") for word in re.findall(r"(?:\\ |\S)+", right)]


def under(folder, allowed):
    return any(folder == entry or folder.startswith(entry + "/") for entry in allowed)


def include_breaches(rules, source, included):
    folder = folder_of(source)
    if folder is None:
        return
    zone = folder.split("/")[0]
    seen_zones = [zone, *rules["zones"].get(zone, [])]
    for path in included:
        other = folder_of(path)
        if other is not None:
            if other.split("/")[0] not in seen_zones:
                yield f"{source}: zone '{zone}' may not include '{other}' ({path})"
            continue
        contract = re.search(r"/gen/api_(\w+)/", path)
        if contract and contract.group(1) not in rules["contracts"].get(zone, []):
            yield f"{source}: zone '{zone}' may not include the contract '{contract.group(1)}' ({path})"
        for name, rule in rules["third_party"].items():
            if rule["header"] in path and "/gen/" not in path and not under(folder, rule["folders"]):
                yield f"{source}: '{folder}' may not include {name} ({path})"


def link_breaches(rules, arguments, output):
    program = os.path.basename(output)
    folders = []
    for argument in arguments:
        found = re.search(r"(?:^|/)src/([\w/-]+?)/(?:lib[\w-]+\.a$|CMakeFiles/)", argument)
        if found:
            folders.append(found.group(1))
    own = [f for a in arguments for f in re.findall(r"(?:^|/)src/([\w/-]+?)/CMakeFiles/", a)]
    if not own:
        return
    zone = own[0].split("/")[0]
    for folder in folders:
        other = folder.split("/")[0]
        if other != zone and other not in rules["zones"].get(zone, []):
            yield f"{program}: zone '{zone}' may not link '{folder}'"
    for rule in rules.get("forbidden_link", []):
        if rule["program"] == program:
            for folder in folders:
                if under(folder, rule["folders"]):
                    yield f"{program}: may not link '{folder}': {rule['reason']}"
    names = []
    for argument in arguments:
        if argument.startswith("-l"):
            names.append(argument[2:])
        found = re.match(r"^(?:.*/)?lib([\w.+-]+?)\.(?:a|so)(?:\.[\d.]+)?$", argument)
        if found:
            names.append(found.group(1))
    for name in names:
        for rule_name, rule in rules["third_party"].items():
            if any(fnmatch.fnmatch(name, pattern) for pattern in rule["libraries"]):
                if zone not in rule["zones"]:
                    yield f"{program}: zone '{zone}' may not link {rule_name} (lib{name})"


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
    status = subprocess.call(command)
    if status != 0:
        return status
    depfile = argument_after(command, "-MF")
    source = argument_after(command, "-c")
    if not depfile or not source or not os.path.exists(depfile):
        return 0
    rules = load_rules()
    return refuse(include_breaches(rules, source, dependencies(depfile)),
                  [argument_after(command, "-o"), depfile])


def run_link(command):
    rules = load_rules()
    expanded = []
    for argument in command:
        if argument.startswith("@") and os.path.exists(argument[1:]):
            with open(argument[1:], encoding="utf-8") as file:
                expanded += file.read().split()
        else:
            expanded.append(argument)
    status = refuse(link_breaches(rules, expanded, argument_after(command, "-o") or ""), [])
    return status or subprocess.call(command)


def main():
    mode, command = sys.argv[1], sys.argv[2:]
    return run_compile(command) if mode == "compile" else run_link(command)


if __name__ == "__main__":
    sys.exit(main())
