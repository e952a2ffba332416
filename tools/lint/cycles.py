"""Include cycles: none between files, none between folders (tests aside)."""
import os
import re

import tree

INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.MULTILINE)
TEST_ENDINGS = ("_test.cc", "_fuzz.cc", "_bench.cc")


def includes(file):
    """Paths below src/ that a file includes and that exist there."""
    names = INCLUDE.findall(tree.read(file))
    return [name for name in names if (tree.ROOT / "src" / name).is_file()]


def find_cycle(graph):
    """One cycle as a list of nodes, or None. Depth-first with an explicit stack."""
    done = set()
    for start in sorted(graph):
        path, on_path, stack = [], set(), [(start, iter(sorted(graph.get(start, ()))))]
        if start in done:
            continue
        path.append(start)
        on_path.add(start)
        while stack:
            node, rest = stack[-1]
            for following in rest:
                if following in on_path:
                    return path[path.index(following):] + [following]
                if following not in done:
                    path.append(following)
                    on_path.add(following)
                    stack.append((following, iter(sorted(graph.get(following, ())))))
                    break
            else:
                stack.pop()
                path.pop()
                on_path.discard(node)
                done.add(node)
    return None


def check():
    files, folders = {}, {}
    for file in tree.sources():
        name = os.path.relpath(file, tree.ROOT / "src")
        targets = set(includes(file))
        files[name] = targets
        if not name.endswith(TEST_ENDINGS):
            folder = os.path.dirname(name)
            folders.setdefault(folder, set()).update(
                os.path.dirname(target) for target in targets if os.path.dirname(target) != folder)
    for kind, graph in (("files", files), ("folders", folders)):
        cycle = find_cycle(graph)
        if cycle:
            yield f"include cycle between {kind}: " + " -> ".join(cycle)
