"""The list of allowed system calls is what runs were seen to make without a filter, and a few more,
each for a reason. A call that nobody needs is a door that nobody watches."""
import re

from adversary.sandbox.conftest import WAIVED
from adversary.sandbox.languages import LANGUAGES
from adversary.sandbox.runner import Runner
from fixtures.neo_network import ROOT

FILTER = ROOT / "src/runner/sandbox/filter_unsafe.cc"
# Allowed with a condition on their arguments (allow_socket, allow_memory there).
CONDITIONAL = {"recvfrom", "sendto", "mmap", "mprotect"}

# What no program below needs, and why it is allowed all the same.
EXTRAS = {
    "rt_sigreturn": "the kernel asks for it after a handler; without it any signal is a crash",
    "rt_sigprocmask": "abort() blocks signals first; the end would otherwise look like another",
    "mremap": "realloc of large blocks, when the C library grows one in place",
    "clock_gettime": "the clock, where the kernel's page with it (vDSO) does not serve",
    "restart_syscall": "the kernel asks for it after a stop in the middle of a wait",
}
# Asked for and refused: the engine goes on without.
REFUSED = {"openat": "ICU looks for time zone files and has its own",
           "getcwd": "Mono asks where an assembly from memory lies",
           "sched_getaffinity": "Mono counts processors, and finds one"}

JAVASCRIPT = [
    "function main() { return [1, {a: 'x'}, Math.random(), Date.now(), new Date(0).toString()]; }",
    "function main() { let kept = []; for (let i = 0; i < 200; ++i) { kept.push(new Array(10000).fill(i));"
    " if (i % 50 == 0) kept = []; } return kept.length; }",
    "function main() { const b = []; for (let i = 0; i < 20; ++i) b.push(new Uint8Array(1 << 20)); return b.length; }",
    "function main() { return 'x'.repeat(5e6).replace(/x/g, 'yy').length; }",
    "function main() { return new Intl.NumberFormat('de').format(1234.5) + new Date(0).toLocaleString('en',"
    " {timeZone: 'Asia/Tokyo'}); }",
    "async function main() { const values = []; for (let i = 0; i < 5; ++i) values.push(await neoService.storage.get('k'));"
    " console.log(values); return values; }",
    "function main() { const f = (n) => f(n + 1); try { f(0); } catch (error) { return error.name; } }",
    "function main() { return JSON.parse(JSON.stringify(Array.from({length: 20000}, (_, i) => ({i})))).length; }",
    "function main() { return (10n ** 2000n).toString().length; }",
    "function main() { throw new Error('at once'); }",
]
PYTHON = [
    "import random, time, datetime, uuid, secrets\ndef main(): return [random.random(), time.time(), str(uuid.uuid4()),"
    " secrets.token_hex(4), str(datetime.datetime.now())]",
    "def main():\n  kept = []\n  for i in range(200):\n    kept.append([i] * 10000)\n    if i % 50 == 0: kept = []\n"
    "  return len(kept)",
    "def main(): return len([bytearray(1 << 20) for _ in range(20)])",
    "def main(): return len(('x' * 5000000).replace('x', 'yy'))",
    "import gc, decimal\ndef main():\n  for i in range(1000): a = []; a.append(a)\n"
    "  return [gc.collect() >= 0, str(decimal.Decimal(2).sqrt())]",
    "import asyncio\nasync def main():\n"
    "  values = await asyncio.gather(*(neo_service.storage.get('k') for _ in range(5)))\n  print(values)\n  return values",
    "def main():\n  f = lambda n: f(n + 1)\n  try: f(0)\n  except RecursionError as error: return str(error)",
    "import json\ndef main(): return len(json.loads(json.dumps([{'i': i} for i in range(20000)])))",
    "def main(): return len(str(10 ** 2000))",
    "def main(): raise ValueError('at once')",
]
CSHARP = [f"public class Function {{ public {body} }}" for body in (
    "object Main() => new object[] { new Random().Next(), DateTime.UtcNow, Guid.NewGuid(), DateTime.Now.Year > 0 };",
    "object Main() { var kept = new List<int[]>(); for (int i = 0; i < 200; i++) { kept.Add(new int[10000]);"
    " if (i % 50 == 0) { kept.Clear(); GC.Collect(); } } return kept.Count; }",
    "object Main() => Enumerable.Range(0, 20).Select(i => new byte[1 << 20]).ToList().Count;",
    "object Main() => new string('x', 5000000).Replace(\"x\", \"yy\").Length;",
    "object Main() => System.Security.Cryptography.SHA256.Create().ComputeHash(new byte[10]).Length;",
    "async Task<object> Main() { var values = await Task.WhenAll(Enumerable.Range(0, 5).Select("
    "_ => NeoService.Storage.GetAsync(\"k\"))); Console.WriteLine(values.Length); return values; }",
    "object Main() { try { return Deep(0); } catch (StackOverflowException) { return 1; } }"
    " static int Deep(int n) => Deep(n + 1) + 1;",
    "object Main() { string none = null; try { return none.Length; } catch (NullReferenceException) { return 1; } }",
    "object Main() => JsonValue.Parse(\"[\" + string.Join(\",\", Enumerable.Range(0, 20000)) + \"]\").Count;",
    "object Main() => BigInteger.Pow(10, 2000).ToString().Length;",
    "object Main() => throw new Exception(\"at once\");")]
PROGRAMS = {"javascript": JAVASCRIPT, "python": PYTHON, "csharp": CSHARP}


def run_all(program, sources, words, compiler):
    with Runner(program, words, compiler) as runner:
        for source in sources:
            key = runner.start(source)
            while key not in runner.finished:
                message = runner.receive()
                if "host_call" in message:
                    call = message["host_call"]
                    runner.send({"host_reply": {"run_key": key, "call_id": call.get("call_id", 0), "ok": "7"}})
                elif "run_finished" in message:
                    runner.finished[key] = message["run_finished"]
            assert runner.finished[key]["status"] in ("SUCCEEDED", "FAILED"), runner.finished[key]


def traced_calls(program, sources, folder, compiler):
    """Names of the calls that runs make once they are in their cage, filter left out."""
    trace = folder / "trace"
    launcher = folder / "traced"
    launcher.write_text(f'#!/bin/sh\nexec strace -f -qq -s 0 -o {trace} {program} "$@"\n')
    launcher.chmod(0o755)
    run_all(launcher, sources, ["seccomp", "not_dumpable", *WAIVED], compiler)
    caged, calls = set(), set()
    for line in trace.read_text().splitlines():
        # A call that strace shows in two pieces counts where it begins.
        match = re.match(r"(\d+) +(\w+)", line)
        if match is None:
            continue
        pid, name = match.groups()
        # The last step before the filter (enter_run_cage).
        if name == "prlimit64" and "RLIMIT_NPROC" in line:
            caged.add(pid)
        elif pid in caged:
            calls.add(name)
    assert len(caged) >= len(sources)
    return calls


def allowed_calls():
    text = FILTER.read_text()
    listed = re.search(r"kAllowed\{(.*?)\};", text, re.DOTALL)[1]
    return set(re.findall(r"SCMP_SYS\((\w+)\)", listed)) | CONDITIONAL


def test_every_allowed_call_is_needed_or_has_a_reason(programs, tmp_path):
    allowed, traced = allowed_calls(), set()
    for language in LANGUAGES:
        calls = traced_calls(programs / language.program, PROGRAMS[language.name], tmp_path,
                             language.compiler(programs)) - set(REFUSED)
        assert calls <= allowed, f"needed by {language.name} and not allowed: {sorted(calls - allowed)}"
        traced |= calls
    assert allowed - traced <= set(EXTRAS), f"allowed for no reason: {sorted(allowed - traced - set(EXTRAS))}"
    assert set(EXTRAS) <= allowed, f"a reason for what is not allowed: {sorted(set(EXTRAS) - allowed)}"
