"""A finished run is run again on what it heard then, and does the same."""
import json

import pytest

VERIFICATION_FAILED = 6

JAVASCRIPT = """
async function main(params) {
  const count = ((await neoService.storage.get('count')) ?? 0) + 1;
  await neoService.storage.set('count', count);
  const secret = await neoService.secrets.get('token');
  const bytes = await neoService.random.bytes(8);
  console.log('count', count, Math.random());
  return { count, length: secret.length, bytes: [...bytes], random: Math.random(),
           times: [Date.now(), await neoService.time.now(), new Date().toISOString()] };
}
"""
PYTHON = """
import datetime, random, time, uuid

def main(params):
    count = (neo_service.storage.get('count') or 0) + 1
    neo_service.storage.set('count', count)
    print('count', count, random.random())
    return {'count': count, 'id': str(uuid.uuid4()), 'random': random.random(), 'length': len(neo_service.secrets.get('token')),
            'times': [time.time(), neo_service.time.now(), datetime.datetime.now().isoformat(), time.perf_counter()]}
"""


@pytest.fixture
def nsl(service, request):
    nsl = service.command_line(request.node.name)
    nsl.login()
    return nsl


def deploy(nsl, runtime, source, name="f"):
    file = nsl.settings / f"{name}.src"
    file.write_text(source)
    return nsl.ask("function", "deploy", name, "--runtime", runtime, "--file", file, "--secret", "token")


def store_secret(nsl, value):
    file = nsl.settings / "value"
    file.write_text(value)
    nsl.ask("secret", "set", "token", "--value-file", file, "--allow-function", "f")


@pytest.mark.parametrize("runtime, source", [("javascript", JAVASCRIPT), ("python", PYTHON)])
def test_a_run_does_the_same_again_and_touches_nothing(nsl, runtime, source):
    store_secret(nsl, "abcdef")
    deploy(nsl, runtime, source)
    runs = [nsl.ask("function", "run", "f") for _ in range(3)]
    assert [json.loads(run["output"])["count"] for run in runs] == [1, 2, 3]
    assert len({run["output"] for run in runs}) == 3
    for run in runs:
        replay = nsl.ask("replay", run["id"])
        assert replay["same"] and replay["difference"] == "", replay
        assert replay["output"] == run["output"]
    # Nothing was stored again.
    assert json.loads(nsl.ask("function", "run", "f")["output"])["count"] == 4


def test_a_run_that_failed_fails_the_same_way_again(nsl):
    store_secret(nsl, "x")
    deploy(nsl, "javascript", "function main() {\n  throw new Error('at ' + Date.now() + Math.random());\n}")
    answer = nsl.run("function", "run", "f")
    run = json.loads(answer.out)
    assert run["error"]["line"] == 2
    replay = nsl.ask("replay", run["id"])
    assert replay["same"] and replay["status"] == "FAILED", replay


def test_a_secret_that_has_changed_is_told(nsl):
    store_secret(nsl, "one")
    deploy(nsl, "javascript", JAVASCRIPT)
    run = nsl.ask("function", "run", "f")
    store_secret(nsl, "another")
    answer = nsl.run("replay", run["id"])
    assert answer.status == VERIFICATION_FAILED
    assert "the secret token is not what it was" in json.loads(answer.out)["difference"]


def test_only_the_owner_runs_a_run_again(nsl, service):
    store_secret(nsl, "x")
    deploy(nsl, "javascript", "function main() { return 1; }")
    run = nsl.ask("function", "run", "f")
    other = service.command_line("other-replayer")
    other.login()
    answer = other.run("replay", run["id"])
    assert answer.status == 4, answer
    assert "NSL-RUN-0001" in answer.error_text()


def test_a_function_may_have_one_process_for_many_runs(nsl):
    file = nsl.settings / "f.src"
    file.write_text("let count = 0; function main() { return ++count; }")
    deployed = nsl.ask("function", "deploy", "f", "--runtime", "javascript", "--file", file, "--reuse")
    assert deployed["reuse"]
    runs = [nsl.ask("function", "run", "f") for _ in range(3)]
    assert [run["output"] for run in runs] == ["1", "2", "3"]
    assert all(run["reused"] for run in runs)
    refused = nsl.run("replay", runs[-1]["id"])
    assert refused.status != 0 and "had served other runs" in refused.error_text()
    # The same source without it is another version, whose runs are fresh and can be replayed.
    assert nsl.ask("function", "deploy", "f", "--runtime", "javascript", "--file", file)["version"] == deployed["version"] + 1
    runs = [nsl.ask("function", "run", "f") for _ in range(3)]
    assert [run["output"] for run in runs] == ["1", "1", "1"]
    assert not any(run.get("reused") for run in runs)
    assert nsl.ask("replay", runs[-1]["id"])["same"]
