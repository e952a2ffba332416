"""The same program as a function of each language: a few words of Python in, source text out."""
import ast
import json
from dataclasses import dataclass
from typing import Callable

CALL_PREFIX = "sys_"

JAVASCRIPT_WORDS = """\
const u8 = (values) => Uint8Array.from(values), u32 = (values) => Uint32Array.from(values);
const u64 = (values) => BigUint64Array.from(values.map(BigInt)), zeros = (count) => new Uint8Array(count);
const text = (words) => u8([...words, '\\0'].map((c) => c.charCodeAt(0)));
const address = __test.address, leave = __test.exit;
"""
PYTHON_WORDS = """\
import struct
u8 = zeros = bytearray
u32 = lambda values: bytearray(struct.pack(f'{len(values)}I', *values))
u64 = lambda values: bytearray(struct.pack(f'{len(values)}Q', *values))
text = lambda words: bytearray(words.encode() + b'\\0')
address, leave = __test.address, __test.exit
"""
CSHARP_WORDS = "using static __test;\n"
CSHARP_OPERATORS = {ast.Eq: "=="}
OPERATORS = {ast.Add: "+", ast.Sub: "-", ast.Pow: "**", ast.Lt: "<", ast.Gt: ">", ast.Eq: "==="}


class NumberedCalls(ast.NodeTransformer):
    """sys_NAME(...) becomes __test.syscall(NUMBER, ...); what is constant becomes its value."""

    def __init__(self, numbers):
        self.numbers = numbers

    def visit_Call(self, node):
        self.generic_visit(node)
        name = node.func.id
        if not name.startswith(CALL_PREFIX):
            return node
        number = ast.Constant(self.numbers[name.removeprefix(CALL_PREFIX)])
        return ast.Call(ast.Name("__test.syscall"), [number, *node.args], [])

    def visit_BinOp(self, node):
        self.generic_visit(node)
        if any(isinstance(part, ast.Call | ast.Name) for part in ast.walk(node)):
            return node
        value = eval(compile(ast.Expression(ast.fix_missing_locations(node)), "attack", "eval"), {})
        return ast.parse(repr(value), mode="eval").body


def parse(program, numbers):
    body = ast.parse("def main():\n" + "".join(f"    {line}\n" for line in program.strip("\n").splitlines()))
    return ast.fix_missing_locations(NumberedCalls(numbers).visit(body)).body[0].body


def to_javascript(node):
    """Statements and expressions as far as the attacks use them."""
    def all_of(nodes, joint=", "):
        return joint.join(map(to_javascript, nodes))
    match node:
        case ast.Return(value):
            return f"return {to_javascript(value)};"
        case ast.Assign([ast.Name(name)], value):
            return f"const {name} = {to_javascript(value)};"
        case ast.Expr(value):
            return f"{to_javascript(value)};"
        case ast.If(test, body):
            return f"if ({to_javascript(test)}) {{ {all_of(body, ' ')} }}"
        case ast.For(ast.Name(name), ast.Call(_, [first, end]), body):
            return (f"for (let {name} = {to_javascript(first)}; {name} < {to_javascript(end)}; ++{name})"
                    f" {{ {all_of(body, ' ')} }}")
        case ast.Call(ast.Name(name), arguments):
            return f"{name}({all_of(arguments)})"
        case ast.IfExp(test, body, other):
            return f"({to_javascript(test)} ? {to_javascript(body)} : {to_javascript(other)})"
        case ast.BinOp(left, operator, right) | ast.Compare(left, [operator], [right]):
            return f"({to_javascript(left)} {OPERATORS[type(operator)]} {to_javascript(right)})"
        case ast.BoolOp(ast.Or(), values):
            return f"({all_of(values, ' || ')})"
        case ast.UnaryOp(ast.USub(), operand):
            return f"-{to_javascript(operand)}"
        case ast.List(elements):
            return f"[{all_of(elements)}]"
        case ast.Constant(value):
            return json.dumps(value)
        case ast.Name(name):
            return name
    raise NotImplementedError(ast.dump(node))


def javascript(program, numbers):
    lines = "\n".join(map(to_javascript, parse(program, numbers)))
    return f"{JAVASCRIPT_WORDS}function main() {{\n{lines}\n}}"


def python(program, numbers):
    lines = "\n".join(ast.unparse(statement) for statement in parse(program, numbers))
    return PYTHON_WORDS + "def main():\n" + "".join(f"    {line}\n" for line in lines.splitlines())


def to_csharp(node):
    """As to_javascript; names may be words of C#, and only a truth value is one."""
    def all_of(nodes, joint=", "):
        return joint.join(map(to_csharp, nodes))
    match node:
        case ast.Return(value):
            return f"return {to_csharp(value)};"
        case ast.Assign([ast.Name(name)], value):
            return f"var @{name} = {to_csharp(value)};"
        case ast.Expr(value):
            return f"{to_csharp(value)};"
        case ast.If(test, body):
            return f"if (truth({to_csharp(test)})) {{ {all_of(body, ' ')} }}"
        case ast.For(ast.Name(name), ast.Call(_, [first, end]), body):
            return (f"for (long @{name} = {to_csharp(first)}; @{name} < {to_csharp(end)}; ++@{name})"
                    f" {{ {all_of(body, ' ')} }}")
        case ast.Call(ast.Name(name), [ast.List(elements)]):
            return f"{name}({all_of(elements)})"
        case ast.Call(ast.Name(name), arguments):
            return f"{name}({all_of(arguments)})"
        case ast.IfExp(test, body, other):
            return f"(truth({to_csharp(test)}) ? {to_csharp(body)} : {to_csharp(other)})"
        case ast.BinOp(left, operator, right) | ast.Compare(left, [operator], [right]):
            word = {**OPERATORS, **CSHARP_OPERATORS}[type(operator)]
            return f"({to_csharp(left)} {word} {to_csharp(right)})"
        case ast.BoolOp(ast.Or(), values):
            return f"({all_of(values, ' || ')})"
        case ast.UnaryOp(ast.USub(), operand):
            return f"-{to_csharp(operand)}"
        case ast.Constant(str() as value):
            return json.dumps(value)
        case ast.Constant(int() as value):
            signed = (value + 2**63) % 2**64 - 2**63
            return f"({signed}L)" if signed > -2**63 else "long.MinValue"
        case ast.Name(name):
            return f"@{name}"
    raise NotImplementedError(ast.dump(node))


def csharp_main(lines):
    return f"{CSHARP_WORDS}public class Function {{ public object Main() {{\n{lines}\nreturn null; }} }}"


def csharp(program, numbers):
    return csharp_main("\n".join(map(to_csharp, parse(program, numbers))))


def csharp_returning(expression):
    """Lists of numbers are written as JavaScript and Python do."""
    return csharp_main(f"return {expression};")


def only_when_asked(source):
    """The same function, which does nothing when its input is 0."""
    for head, asking in (("function main() {", "function main(asked) { if (asked === 0) return null;"),
                         ("def main():\n", "def main(asked):\n    if asked == 0: return None\n"),
                         ("public object Main() {", "public object Main(int asked) { if (asked == 0) return null;")):
        if head in source:
            return source.replace(head, asking, 1)
    raise ValueError(source)


@dataclass(frozen=True)
class Language:
    name: str
    program: str
    # (program, {name of a call: its number}) -> source
    emit: Callable
    # A function that waits for a host call and answers its value, and one that does nothing.
    wait: str
    nothing: str
    # A function that answers the expression, which reads the same in every language.
    returning: Callable
    # Whether a run is given what the runner's compiler made of the source.
    is_compiled: bool = False
    # Names of attacks that are no attacks here, because the engine itself lives by them.
    own_ways: tuple = ()

    def compiler(self, programs):
        """The program that compiles its sources, if any does."""
        return programs / self.program if self.is_compiled else None


LANGUAGES = [
    Language("javascript", "nsl-runner-js-test", javascript,
             "async function main() { return await neoService.time.now(); }", "function main() {}",
             lambda expression: f"function main() {{ return {expression}; }}"),
    Language("python", "nsl-runner-python-test", python, "def main(): return neo_service.time.now()", "def main(): pass",
             lambda expression: f"def main(): return {expression}"),
    Language("csharp", "nsl-runner-csharp-test", csharp,
             "public class Function { public object Main() => NeoService.Time.Now(); }",
             "public class Function { public void Main() {} }", csharp_returning, is_compiled=True, own_ways=("map executable memory",)),
]
