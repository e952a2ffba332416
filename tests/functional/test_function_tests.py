"""`nsl init` and `nsl test`: a user's tests in the real runner."""
import json
import subprocess
from pathlib import Path

import pytest


class Nsl:
    def __init__(self, programs, folder):
        self.programs, self.folder = programs, folder

    def __call__(self, *words):
        return subprocess.run([self.programs / "nsl", *words], cwd=self.folder, env={"HOME": str(self.folder)},
                              capture_output=True, text=True, timeout=60, check=False)

    def report(self, *words):
        done = self("--json", *words)
        return done.returncode, json.loads(done.stdout)

    def suite(self, source, *tests, **more):
        (self.folder / "function.js").write_text(source)
        (self.folder / "function.test.json").write_text(
            json.dumps({"source": "function.js", "tests": list(tests), **more}))


@pytest.fixture
def nsl(programs, tmp_path):
    return Nsl(programs, tmp_path)


@pytest.mark.parametrize("several", [(), ("--several",)])
@pytest.mark.parametrize("runtime", ["javascript", "python", "csharp"])
def test_a_new_function_passes_its_tests(nsl, runtime, several):
    made = nsl("init", "--runtime", runtime, *several, "price")
    assert made.returncode == 0, made.stderr
    done = nsl("test", "price")
    assert done.returncode == 0, done.stderr
    assert "ok      answers the price of a pair" in done.stderr
    assert "passed" in done.stdout and "2" in done.stdout


def test_nothing_is_overwritten(nsl):
    assert nsl("init", "price").returncode == 0
    again = nsl("init", "price")
    assert again.returncode == 2
    assert "there already" in again.stderr


def test_a_failing_test_shows_the_users_line(nsl):
    nsl.suite("export default {\n  main(params) {\n    console.log('got', params);\n    return params.a.b;\n  },\n};",
              {"name": "reads", "input": {}})
    code, report = nsl.report("test", ".")
    assert code == 1
    assert (report["passed"], report["failed"]) == (0, 1)
    (test,) = report["tests"]
    assert test["place"].endswith("function.js:4:21")
    assert "TypeError" in test["failure"]
    assert test["log"] == ['got {}']


@pytest.mark.parametrize("test, failure", [
    ({"output": {"n": 2}}, 'it returned {"n":1}; wanted is {"n":2}'),
    ({"error": "boom"}, 'an error was wanted; it returned {"n":1}'),
    ({"output": {"n": 1}, "calls": [{"method": "storage.set"}]}, 'it did not call {"method":"storage.set"}'),
])
def test_what_differs_is_told(nsl, test, failure):
    nsl.suite("function main() { return {n: 1}; }", {"name": "t", **test})
    code, report = nsl.report("test", "function.test.json")
    assert code == 1
    assert report["tests"][0]["failure"] == failure


def test_a_call_without_a_double_fails_even_when_the_function_copes(nsl):
    nsl.suite("async function main() { try { await neoService.secrets.get('k'); } catch { return 1; } }",
              {"name": "t", "output": 1})
    code, report = nsl.report("test", ".")
    assert code == 1
    assert report["tests"][0]["failure"] == 'no double answers secrets.get {"name":"k"}'


def test_each_test_starts_afresh(nsl):
    source = "async function main() { const n = (await neoService.storage.get('n') ?? 0) + 1;" \
             " await neoService.storage.set('n', n); return n; }"
    nsl.suite(source, {"name": "a", "output": 6}, {"name": "b", "output": 6}, {"name": "c", "output": 1, "doubles": {}},
              doubles={"storage": {"n": 5}})
    code, report = nsl.report("test", ".")
    assert (code, report["passed"]) == (0, 3), report


def test_the_cage_is_the_real_one(nsl):
    """What a function may not do in the service it may not do here."""
    nsl.suite("function main() { return new Function('return 1')(); }", {"name": "t", "error": "EvalError"})
    assert nsl.report("test", ".")[0] == 0


def test_wrong_files_are_named(nsl):
    assert nsl("test", ".").returncode == 2
    (nsl.folder / "function.test.json").write_text("{")
    done = nsl("test", ".")
    assert done.returncode == 2
    assert "function.test.json: is not JSON" in done.stderr


def test_watching_runs_again_after_a_change(nsl, programs):
    nsl.suite("function main() { return 1; }", {"name": "t", "output": 1})
    with subprocess.Popen([programs / "nsl", "test", ".", "--watch"], cwd=nsl.folder, env={"HOME": str(nsl.folder)},
                          stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as watching:
        lines = iter(watching.stderr.readline, "")
        assert any(line.startswith("ok      t") for line in lines)
        assert any(line.startswith("Waiting") for line in lines)
        nsl.suite("function main() { return 2; }", {"name": "t", "output": 1})
        assert any(line.startswith("FAILED  t") for line in lines)
        watching.terminate()


EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


@pytest.mark.parametrize("folder", ["javascript/price_band", "python/price_band", "csharp/PriceBand"])
def test_a_function_of_several_files_is_tested_as_one(nsl, folder):
    code, report = nsl.report("test", str(EXAMPLES / folder))
    assert (code, report["passed"], report["failed"]) == (0, 3, 0), report


def test_a_failing_test_shows_the_file_and_the_line(nsl):
    (nsl.folder / "lib").mkdir()
    (nsl.folder / "main.js").write_text("import { f } from './lib/f.js';\nexport const main = f;")
    (nsl.folder / "lib/f.js").write_text("export function f() {\n  return null.x;\n}")
    (nsl.folder / "f.test.json").write_text(json.dumps({"folder": ".", "tests": [{"name": "a", "input": 1}]}))
    code, report = nsl.report("test", ".")
    assert code == 1
    assert report["tests"][0]["place"].endswith("lib/f.js:2:15")
