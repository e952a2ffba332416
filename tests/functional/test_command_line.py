"""The command line as scripts use it: exit status, JSON, and nothing secret in the wrong place."""
import json
import stat

import pytest

FAILED, WRONG_USE, NOT_SIGNED_IN, REFUSED, UNREACHABLE = 1, 2, 3, 4, 5


@pytest.fixture
def nsl(service, request):
    """A command line of this test's own, not signed in."""
    return service.command_line(request.node.name)


@pytest.fixture
def signed_in(nsl):
    nsl.login()
    return nsl


def test_signing_in_tells_the_account_and_keeps_the_token_private(signed_in):
    shown = signed_in.ask("account", "show")
    assert shown["address"] == signed_in.account.address
    files = [file for file in signed_in.settings.rglob("*.json")]
    assert files and all(stat.S_IMODE(file.stat().st_mode) == 0o600 for file in files)


def test_signing_out_forgets_the_token(signed_in):
    signed_in.ask("logout")
    assert signed_in.run("account", "show").status == NOT_SIGNED_IN


def test_an_api_key_signs_in(signed_in, service):
    made = signed_in.ask("key", "create", "ci")
    file = signed_in.settings / "key.txt"
    file.write_text(made["text"] + "\n")
    second = service.command_line("by-key")
    assert second.ask("login", "--api-key-file", file)["address"] == signed_in.account.address


def test_a_secret_comes_from_standard_input_and_goes_to_standard_output(signed_in):
    made = signed_in.ask("secret", "set", "token", "--value-file", "-", data="s3cret")
    assert made["version"] == 1
    assert signed_in.ask("secret", "get", "token")["value"] == "s3cret"
    assert "s3cret" not in signed_in.run("secret", "list").out


def test_a_function_is_deployed_run_and_read(signed_in, tmp_path):
    (tmp_path / "f.js").write_text("async function main(p) { console.log('seen', p.n); return p.n + 1; }\n")
    signed_in.ask("function", "deploy", "f", "--file", tmp_path / "f.js")
    run = signed_in.ask("function", "run", "f", "--input", '{"n": 1}')
    assert (run["status"], run["output"]) == ("SUCCEEDED", "2")
    assert signed_in.ask("function", "logs", "f")["lines"][0]["text"] == "seen 1"
    assert signed_in.ask("run", "list")["items"][0]["id"] == run["id"]


def test_a_failed_run_is_a_failure_with_its_reason(signed_in, tmp_path):
    (tmp_path / "f.js").write_text("async function main() { throw new Error('no price'); }\n")
    signed_in.ask("function", "deploy", "f", "--file", tmp_path / "f.js")
    answer = signed_in.run("function", "run", "f")
    assert answer.status == FAILED
    assert "no price" in answer.out + answer.err


@pytest.mark.parametrize("words, status", [
    (["secret", "list"], NOT_SIGNED_IN),
    (["nonsense"], WRONG_USE),
    (["secret", "set"], WRONG_USE),
    (["wallet", "sign", "main"], WRONG_USE),
    (["--url", "http://127.0.0.1:1", "attest"], UNREACHABLE),
    (["--url", "http://example.com", "attest"], WRONG_USE),
])
def test_the_exit_status_says_what_kind_of_failure(nsl, words, status):
    answer = nsl.run(*words)
    assert answer.status == status, answer
    assert answer.out.strip() == "" or json.loads(answer.out)


def test_a_refusal_names_code_and_request(signed_in):
    answer = signed_in.run("secret", "show", "missing")
    assert answer.status == REFUSED
    error = answer.json()["error"]
    assert error["code"] == "NSL-SECRET-0001"
    assert error["request_id"].startswith("req_")


def test_the_documented_keys_travel_in_clear_as_documented(signed_in, service):
    from fixtures.api_client import ApiClient
    client = ApiClient(service.url, "127.0.9.9")
    reader = signed_in.ask("key", "create", "reader", "--scope", "secrets:read")["text"]
    assert client.rest("GET", "/v1/secrets", token=reader).status == 200
    writer = signed_in.ask("key", "create", "curl", "--scope", "secrets:write")["text"]
    change = ("PUT", "/v1/secrets/price-api", {"value": "s3cret"})
    assert client.rest(*change, token=writer).code == "NSL-AUTH-0009"
    signed_in.ask("account", "set", "--plain-requests", "allow")
    assert client.rest(*change, token=writer).status == 200


def test_attest_verifies_the_live_enclave(signed_in):
    shown = signed_in.ask("attest")
    assert (shown["verified"], shown["mode"]) == (True, "dev")


def test_doctor_finds_the_service(signed_in):
    checks = {item["check"]: item for item in signed_in.run("doctor").json()["checks"]}
    assert checks["enclave"]["verdict"] == "good"
    assert checks["service"]["found"].startswith("http://127.0.0.1:")
    assert checks["chain"]["verdict"] == "good" and "verified up to" in checks["chain"]["found"]


def test_every_command_explains_itself(nsl):
    listing = nsl.run("--help")
    assert listing.status == 0
    for words in (["secret", "set"], ["wallet", "grant"], ["trigger", "set"], ["verify"], ["dev"]):
        answer = nsl.run(*words, "--help")
        assert answer.status == 0 and "Usage" in answer.out
