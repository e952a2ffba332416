"""One script of the npm packages that the runner takes web APIs from: bundle.py NODE_MODULES OUTPUT

The modules are CommonJS and name each other by paths or packages; each becomes a function, run when it is first asked
for. The value of the script is what the entry module exports.
"""
import json
import posixpath
import re
import sys
from pathlib import Path

ENTRY = "whatwg-url/index.js"
REQUIRE = re.compile(r"""\brequire\(["']([^"']+)["']\)""")
FRAME = """\
(function () {
const modules = {
%s
};
const loaded = Object.create(null);
function load(name) {
  if (loaded[name] === undefined) {
    const module = loaded[name] = { exports: {} };
    modules[name](module, module.exports);
  }
  return loaded[name].exports;
}
return load(%s);
})()
"""


def resolve(root, asker, name):
    """The file, relative to the packages' folder, that a module means by `name`."""
    if name.startswith("."):
        path = posixpath.normpath(posixpath.join(posixpath.dirname(asker), name))
        return path if (root / path).is_file() else path + ".js"
    package = name.rstrip("/")
    main = json.loads((root / package / "package.json").read_text(encoding="utf-8")).get("main", "index.js")
    return posixpath.normpath(posixpath.join(package, main))


def collect(root, name, modules):
    """The module of that path and all it asks for, into `modules`."""
    if name in modules:
        return
    text = (root / name).read_text(encoding="utf-8")
    if name.endswith(".json"):
        modules[name] = f"module.exports = {text};"
        return
    modules[name] = REQUIRE.sub(lambda match: f"load({json.dumps(resolve(root, name, match[1]))})", text)
    for match in REQUIRE.finditer(text):
        collect(root, resolve(root, name, match[1]), modules)


def main(root, output):
    modules = {}
    collect(Path(root), ENTRY, modules)
    bodies = ",\n".join(f"{json.dumps(name)}: function (module, exports) {{\n{text}\n}}"
                        for name, text in sorted(modules.items()))
    Path(output).write_text(FRAME % (bodies, json.dumps(ENTRY)), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
