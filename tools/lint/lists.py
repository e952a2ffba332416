"""Every error code and limit of api/ is used by the product: a dead entry is a promise nobody keeps."""
import re
import tomllib

import tree


def check():
    code = "\n".join(tree.read(file) for file in tree.sources())
    words = set(re.findall(r"\w+", code))
    errors = tomllib.loads(tree.read(tree.ROOT / "api/errors.toml"))
    for code_name, entry in errors.items():
        if entry["name"] not in words:
            yield f"api/errors.toml: {code_name} '{entry['name']}' is used nowhere in src"
    for name in tomllib.loads(tree.read(tree.ROOT / "api/limits.toml")):
        constant = "k" + "".join(word.capitalize() for word in name.split("_"))
        if constant not in words:
            yield f"api/limits.toml: '{name}' is used nowhere in src"
