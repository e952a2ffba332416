"""What a function among many does with a number of its own, in each language, and how its run must end."""
from collections.abc import Callable
from dataclasses import dataclass

OUTPUT_BYTES = 60_000  # near what a run may answer


def number_itself(number):
    return str(number)


@dataclass(frozen=True)
class Temper:
    """In `sources`, $N is the number; those without it take it from their input, so that they are always the same."""
    sources: dict
    # One in so many has this temper, more or less. What takes its time, and a crash, which retires the zygote, are rare.
    weight: float
    ending: str | Callable = "SUCCEEDED"
    output: Callable = number_itself
    is_reused: bool = False
    logs: int = 0

    def ending_of(self, number):
        return self.ending if isinstance(self.ending, str) else self.ending(number)


def each(javascript, python, csharp):
    return {"javascript": javascript, "python": python, "csharp": f"public class Function {{ {csharp} }}"}


def fails_at_times(number):
    return "FAILED" if number % 7 == 0 else "SUCCEEDED"


TEMPERS = [
    # Its runs begin in a template, and must find what it left and nothing of each other.
    Temper(each(
        "globalThis.kept = 0; async function main(n) { return kept++ === 0 ? await neoService.storage.get(`${n}`) : -1; }",
        "kept = []\ndef main(n):\n  kept.append(n)\n  return neo_service.storage.get(str(n)) if len(kept) == 1 else -1",
        "static long kept; public object Main(long n) => kept++ == 0 ? (long)NeoService.Storage.Get($\"{n}\") : -1;"), 40),
    Temper(each("function main() { return $N; }", "def main(): return $N", "public object Main(int n) => n;"), 25),
    Temper(each("async function main() { return (await neoService.storage.get('$N')); }",
                "def main(): return neo_service.storage.get('$N')",
                "public object Main(int n) => NeoService.Storage.Get($\"{n}\");"), 20),
    Temper(each("async function main() { const all = []; for (let i = 0; i < 5; ++i) all.push(neoService.storage.get('$N'));"
                " return (await Promise.all(all)).every((n) => n === $N) ? $N : -1; }",
                "import asyncio\nasync def main():\n"
                "  all = await asyncio.gather(*(neo_service.storage.get('$N') for _ in range(5)))\n"
                "  return $N if all == [$N] * 5 else -1",
                "public async Task<object> Main(int n) => (await Task.WhenAll(Enumerable.Range(0, 5).Select("
                "_ => NeoService.Storage.GetAsync($\"{n}\")))).All(one => (int)one == n) ? n : -1;"), 10),
    # State outside the handler is a run's own.
    Temper(each("globalThis.kept = (globalThis.kept ?? $N); function main() { return globalThis.kept; }",
                "import json\njson.kept = getattr(json, 'kept', $N)\ndef main(): return json.kept",
                "static int kept; public object Main(int n) => kept == 0 ? kept = n : -1;"), 15),
    Temper(each("function main(n) { console.log(`${n}`); return n; }",
                "def main(n):\n  print(n)\n  return n",
                "public object Main(int n) { Console.WriteLine(n); return n; }"), 10, logs=1),
    # One process for many runs, of which each answers its own caller.
    Temper(each("let runs = 0; async function main(n) { ++runs; return await neoService.storage.get(`${n}`); }",
                "runs = []\ndef main(n):\n  runs.append(n)\n  return neo_service.storage.get(str(n))",
                "static int runs; public object Main(int n) { ++runs; return NeoService.Storage.Get($\"{n}\"); }"),
           30, is_reused=True),
    Temper(each("function main(n) { if (n % 7 === 0) throw new Error(`${n}`); return n; }",
                "def main(n):\n  if n % 7 == 0: raise ValueError(n)\n  return n",
                "public object Main(int n) => n % 7 == 0 ? throw new Exception($\"{n}\") : n;"),
           10, ending=fails_at_times, is_reused=True),
    Temper(each("function main(n) { let s = 0; for (let i = 0; i < 30000; ++i) s = (s + i) % 1009; return n; }",
                "def main(n):\n  s = 0\n  for i in range(10000): s = (s + i) % 1009\n  return n",
                "public object Main(int n) { long s = 0; for (int i = 0; i < 300000; ++i) s = (s + i) % 1009; return n; }"), 8),
    Temper(each(f"function main(n) {{ return `${{n}}`.padStart({OUTPUT_BYTES}, 'x'); }}",
                f"def main(n): return str(n).rjust({OUTPUT_BYTES}, 'x')",
                f"public object Main(int n) => $\"{{n}}\".PadLeft({OUTPUT_BYTES}, 'x');"),
           5, output=lambda number: f'"{str(number).rjust(OUTPUT_BYTES, "x")}"'),
    Temper(each("function main() { throw new Error('$N'); }", "def main(): raise ValueError($N)",
                "public object Main(int n) => throw new Exception($\"{n}\");"), 8, ending="FAILED"),
    Temper(each("function main(n) { return 'x'.repeat(100000); }", "def main(n): return 'x' * 100000",
                "public object Main(int n) => new string('x', 100000);"), 1, ending="OUTPUT_TOO_LARGE"),
    Temper(each("function main() { __test.crash(); }", "def main(): __test.crash()",
                "public object Main(int n) => __test.crash();"), 0.05, ending="CRASHED"),
    Temper(each("function main() { __test.syscall(59, 0, 0, 0); }", "def main(): __test.syscall(59, 0, 0, 0)",
                "public object Main(int n) => __test.syscall(59, 0, 0, 0);"), 0.2, ending="CRASHED"),
    Temper(each("function main() { const kept = []; for (;;) kept.push(new Array(1e5).fill($N)); }",
                "def main():\n  kept = []\n  while True: kept.append([$N] * 100000)",
                "public object Main(int n) { var kept = new List<int[]>(); for (;;) kept.Add(new int[100000 + n]); }"),
           0.1, ending="MEMORY"),
    Temper(each("function main() { for (;;); }", "def main():\n  while True: pass",
                "public object Main(int n) { for (;;); }"), 0.1, ending="TIMED_OUT"),
]
WEIGHTS = [temper.weight for temper in TEMPERS]
