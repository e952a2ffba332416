#!/usr/bin/env python3
"""The published CEL conformance cases -> conformance.jsonl and excluded.tsv.

    extract.py FOLDER    FOLDER holds tests/simple/testdata/*.textproto of google/cel-spec

Values become literals of our own language, so that the test needs no protobuf. A case outside of the
subset is written to excluded.tsv with its reason; none is left out.
"""
import json
import pathlib
import re
import sys

TOKEN = re.compile(r"""\s+|\#[^\n]*|(?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(?P<word>[\w.+-]+)|(?P<sign>.)""", re.DOTALL)
ESCAPE = re.compile(rb"\\(?:x([0-9a-fA-F]{1,2})|([0-7]{1,3})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))", re.DOTALL)
LETTERS = {b"n": b"\n", b"t": b"\t", b"r": b"\r", b"a": b"\a", b"b": b"\b", b"f": b"\f", b"v": b"\v"}
KINDS = ("bool", "int", "string", "bytes", "list", "map", "null_type", "type")
PRIMITIVES = {"BOOL": "bool", "INT64": "int", "STRING": "string", "BYTES": "bytes"}
QUOTED = re.compile(r"[bB]?[rR]?(?:'''.*?'''|\"\"\".*?\"\"\"|\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|`[^`]*`)", re.DOTALL)

FILES = {  # whole files outside of the subset
    "bindings_ext": "extension library", "block_ext": "extension library", "encoders_ext": "extension library",
    "math_ext": "extension library", "proto2_ext": "protobuf messages", "network_ext": "extension library",
    "optionals": "optional values", "proto2": "protobuf messages", "proto3": "protobuf messages",
    "enums": "protobuf messages", "wrappers": "protobuf messages", "macros2": "macros with two variables",
}
PATTERNS = [  # in the source of a case, its quoted text taken out
    (r"\bTest\w+|\bgoogle\.|\bNestedTestAllTypes\b|\bGlobalEnum\b|\b(?!in\b)[A-Za-z]\w*\s*\{\s*\w+\s*:\s*\w", "protobuf messages"),
    (r"\btimestamp\b|\bduration\b|\bgetFullYear\b", "timestamps and durations"),
    (r"\bdouble\b|\d\.\d|(?<![\w.])\.\d|\b\d+[eE][-+]?\d", "floating-point numbers"),
    (r"\buint\b|\b(?:0x[0-9a-fA-F]+|\d+)[uU]\b", "unsigned ints"),
    (r"\.matches\(|\bmatches\(", "regular expressions"),
    (r"\.\?|\[\?|\boptional\.", "optional values"),
    (r"(?:^|[^\w)\]}\"])\.\w", "namespaces"),
]
STRINGS = re.compile(r"\.(charAt|indexOf|lastIndexOf|replace|split|substring|trim|join|format|reverse)\(|strings\.quote")


def unescape(quoted):
    def replace(match):
        hexadecimal, octal, short, long, letter = match.groups()
        if letter is not None:
            return LETTERS.get(letter, letter)
        if short or long:
            return chr(int(short or long, 16)).encode()
        return bytes([int(hexadecimal, 16) if hexadecimal else int(octal, 8)])
    return ESCAPE.sub(replace, quoted[1:-1].encode())


def tokens(text):
    for match in TOKEN.finditer(text):
        if match.lastgroup:
            yield match.lastgroup, match.group()
    yield "end", ""


class Reader:
    """Text form of a message -> {field: [values]}: words as str, quoted text as bytes, messages as dict."""

    def __init__(self, text):
        self.tokens = list(tokens(text))
        self.at = 0

    def peek(self):
        return self.tokens[self.at]

    def take(self):
        self.at += 1
        return self.tokens[self.at - 1]

    def message(self, closing):
        fields = {}
        while self.peek()[1] != closing or self.peek()[0] == "text":
            name = self.take()[1]
            if name in (",", ";"):
                continue
            if name == "[":
                name = ""
                while self.peek()[1] != "]":
                    name += self.take()[1]
                self.take()
            if self.peek()[1] == ":":
                self.take()
            fields.setdefault(name, []).extend(self.values())
        self.take()
        return fields

    def values(self):
        kind, word = self.take()
        if kind == "sign" and word == "[":
            found = []
            while self.peek()[1] != "]":
                found += [] if self.peek()[1] == "," and self.take() else self.values()
            self.take()
            return found
        if kind == "sign":
            return [self.message("}" if word == "{" else ">")]
        if kind != "text":
            return [word]
        joined = unescape(word)
        while self.peek()[0] == "text":
            joined += unescape(self.take()[1])
        return [joined]


class Outside(Exception):
    """The case is outside of the subset, for the reason it carries."""


def quote(raw, is_bytes):
    if not is_bytes:
        return json.dumps(raw.decode(), ensure_ascii=False).replace("\x7f", "\\x7f")
    return 'b"' + "".join(chr(b) if 32 <= b < 127 and b not in b'"\\' else f"\\x{b:02x}" for b in raw) + '"'


def literal(value):
    (field, (content, *_)), = value.items()
    if field == "null_value":
        return "null"
    if field in ("bool_value", "int64_value"):
        return content
    if field in ("string_value", "bytes_value"):
        return quote(content, field == "bytes_value")
    if field == "list_value":
        return "[" + ", ".join(literal(each) for each in content.get("values", [])) + "]"
    if field == "map_value":
        return "{" + ", ".join(f"{literal(e['key'][0])}: {literal(e['value'][0])}" for e in content.get("entries", [])) + "}"
    if field == "type_value" and content.decode() in KINDS:
        return content.decode()
    raise Outside({"uint64_value": "unsigned ints", "double_value": "floating-point numbers",
                   "object_value": "protobuf messages", "enum_value": "protobuf messages",
                   "type_value": "types outside of the subset"}[field])


def kind_of(declared):
    (field, (content, *_)), = declared.items()
    if field == "primitive":
        if content not in PRIMITIVES:
            raise Outside("unsigned ints" if content == "UINT64" else "floating-point numbers")
        return PRIMITIVES[content]
    if field in ("list_type", "map_type"):
        for inner in content.values():
            if isinstance(inner[0], dict):
                kind_of(inner[0])
    kinds = {"list_type": "list", "map_type": "map", "null": "null_type", "type": "type", "dyn": None, "type_param": None}
    if field not in kinds:
        raise Outside("protobuf messages")
    return kinds[field]


def convert(file, case):
    source = case["expr"][0].decode()
    if file in FILES:
        raise Outside(FILES[file])
    if file == "string_ext" and STRINGS.search(source):
        raise Outside("extension library")
    bare = QUOTED.sub('""', source)
    for pattern, reason in PATTERNS:
        if re.search(pattern, bare):
            raise Outside(reason)
    result = {"expr": source}
    names = [binding["key"][0].decode() for binding in case.get("bindings", [])]
    if any("." in name for name in names) or any("." in each["name"][0].decode() for each in case.get("type_env", [])):
        raise Outside("namespaces")
    declared = {}
    for each in case.get("type_env", []):
        if "function" in each:
            raise Outside("functions of the embedding program")
        declared[each["name"][0].decode()] = kind_of(each["ident"][0]["type"][0])
    if names:
        result["bind"] = {name: literal(binding["value"][0]["value"][0]) for name, binding in zip(names, case["bindings"])}
        for name in names:
            declared.setdefault(name, None)
    if declared:
        result["declare"] = declared
    if "disable_check" in case:
        result["unchecked"] = True
    if "container" in case:
        raise Outside("namespaces")
    if "typed_result" in case:
        typed = case["typed_result"][0]
        if "deduced_type" in typed:
            result["kind"] = kind_of(typed["deduced_type"][0])
        case = {**case, **({"value": typed["result"]} if "result" in typed else {"no_value": [1]})}
    if "eval_error" in case or "any_eval_errors" in case:
        result["error"] = True
    elif "no_value" not in case:
        result["want"] = literal(case["value"][0]) if "value" in case else "true"
    return result


def main():
    folder = pathlib.Path(sys.argv[1])
    here = pathlib.Path(__file__).resolve().parent
    inside, excluded = [], []
    exceptions = {row.split("\t")[0]: row.rstrip("\n").split("\t")[1]
                  for row in (here / "differences.tsv").read_text(encoding="utf-8").splitlines() if row}
    for path in sorted(folder.glob("*.textproto")):
        for section in Reader(path.read_text(encoding="utf-8")).message("").get("section", []):
            for case in section.get("test", []):
                name = "/".join([path.stem, section["name"][0].decode(), case["name"][0].decode()])
                try:
                    if name in exceptions:
                        raise Outside(exceptions[name])
                    inside.append({"name": name, **convert(path.stem, case)})
                except Outside as reason:
                    excluded.append(f"{name}\t{reason}\n")
    (here / "conformance.jsonl").write_text("".join(json.dumps(case, ensure_ascii=False) + "\n" for case in inside), encoding="utf-8")
    (here / "excluded.tsv").write_text("".join(excluded), encoding="utf-8")
    print(f"{len(inside)} cases of the subset, {len(excluded)} outside of it")


if __name__ == "__main__":
    main()
