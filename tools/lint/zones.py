"""The zone rules once more over everything compiled so far, and over every program's link line.

The build refuses a breach as it happens; this repeats it over the whole tree, so that an object
made under older rules is found too.
"""
import re
import shlex
import subprocess

import tree
import guard


def check(build):
    rules = guard.load_rules()
    for files in tree.ninja_dependencies(build).values():
        yield from guard.include_breaches(rules, files[0], files)
    commands = subprocess.run(["ninja", "-C", build, "-t", "commands"], stdout=subprocess.PIPE, text=True,
                              check=True).stdout
    for line in commands.splitlines():
        if "guard.py link " in line:
            words = shlex.split(re.sub(r"^.*?guard\.py link ", "", line).split(" && ")[0])
            yield from guard.link_breaches(rules, words, guard.argument_after(words, "-o") or "")
