"""Functions: deployed, run, and held within what they were given."""
import json
import time

import cbor2
import pytest
from fixtures.api_client import refused_with
from fixtures.neo_account import NeoAccount

MAIN = "async function main(params, context) {\n%s\n}"
PUT, RUN = "nsl.v1.FunctionService/Put", "nsl.v1.FunctionService/CreateRun"


def deploy(client, body, name="f", **fields):
    return client.call(PUT, {"name": name, "runtime": "javascript", "source": MAIN % body, **fields})


def run(client, name="f", value=None):
    return client.call(RUN, {"name": name, "input": json.dumps(value), "wait": True})


def output_of(client, body, value=None, **fields):
    deploy(client, body, **fields)
    done = run(client, value=value)
    assert done["status"] == "SUCCEEDED", done
    return json.loads(done["output"])


def error_of(client, body, **fields):
    deploy(client, body, **fields)
    done = run(client)
    assert done["status"] != "SUCCEEDED", done
    return done["error"]


def caught(client, expression, **fields):
    """The code of the error an expression ends in, as the function sees it."""
    return output_of(client, f"try {{ await {expression}; return ''; }} catch (e) {{ return e.code; }}", **fields)


def test_a_function_gets_its_input_and_returns_its_output(client):
    assert output_of(client, "return {twice: params.n * 2};", {"n": 21}) == {"twice": 42}


def test_input_and_output_are_kept_byte_for_byte(client):
    deploy(client, "return params;")
    text = '{ "b":1.50,"a": "\\u00e4" }'
    done = client.call(RUN, {"name": "f", "input": text, "wait": True})
    assert done["input"] == text
    assert client.rest("GET", f"/v1/runs/{done['id']}").json()["input"] == text


def test_a_run_says_what_it_used_and_logged(client):
    deploy(client, "console.log('one', {two: 2}); neoService.log('error', 'three'); return null;")
    done = run(client)
    assert done["stats"]["wall_us"] > 0 and done["stats"]["cpu_us"] > 0
    assert done["stats"]["memory_peak_bytes"] > 1 << 20
    logs = client.rest("GET", f"/v1/runs/{done['id']}/logs").json()
    assert logs["lines"] == [{"level": "info", "text": 'one {"two":2}'}, {"level": "error", "text": "three"}]


def test_the_context_tells_where_it_runs(client):
    made = deploy(client, "return context;", environment={"mode": "test"})
    done = run(client)
    context = json.loads(done["output"])
    assert (context["function"], context["version"], context["run_id"]) == ("f", made["version"], done["id"])
    assert context["environment"] == {"mode": "test"}
    assert context["trigger"] is None


def test_the_same_content_is_the_same_version(client):
    first = deploy(client, "return 1;")
    assert deploy(client, "return 1;") == first
    second = deploy(client, "return 2;")
    assert (second["version"], second["id"]) == (2, first["id"])
    assert second["digest"] != first["digest"]


def test_a_run_is_ended_by_its_owner_only(client, other):
    deploy(client, "for (;;);", name="endless", limits={"wall_ms": 60000, "cpu_ms": 10000})
    started = client.call(RUN, {"name": "endless"})["id"]
    while client.call("nsl.v1.RunService/Get", {"run": started})["status"] != "RUNNING":
        pass
    with refused_with("NSL-RUN-0001"):
        other.call("nsl.v1.RunService/Cancel", {"run": started})
    client.call("nsl.v1.RunService/Cancel", {"run": started})
    while (ended := client.call("nsl.v1.RunService/Get", {"run": started}))["status"] == "RUNNING":
        pass
    assert ended["status"] == "CANCELLED"
    assert ended["error"]["code"] == "NSL-RUN-0012"
    assert client.call("nsl.v1.RunService/Cancel", {"run": started})["status"] == "CANCELLED"


def test_an_alias_shares_runs_and_a_rollback_takes_them_back(client):
    for number in (1, 2):
        deploy(client, f"return {number};", name="shared")
    client.call("nsl.v1.FunctionService/PutAlias",
                {"name": "shared", "alias": "live",
                 "targets": [{"version": 1, "percent": 50}, {"version": 2, "percent": 50}]})
    answers = {key: {client.call(RUN, {"name": "shared", "alias": "live", "rollout_key": key, "wait": True})["output"]
                     for _ in range(2)} for key in "abcdefghijkl"}
    assert all(len(seen) == 1 for seen in answers.values())
    assert set.union(*answers.values()) == {"1", "2"}
    assert run(client, name="shared")["output"] == "2"
    assert client.call("nsl.v1.FunctionService/Rollback", {"name": "shared", "version": 1})["version"] == 1
    assert run(client, name="shared")["output"] == "1"
    versions = client.call("nsl.v1.FunctionService/ListVersions", {"name": "shared"})["items"]
    assert [(item["version"], item.get("current", False)) for item in versions] == [(2, False), (1, True)]


def test_what_throws_fails_with_its_place(client):
    error = error_of(client, "throw new Error('no price');")
    assert error["code"] == "NSL-RUN-0002"
    assert "no price" in error["message"]
    assert error["line"] == 2


@pytest.mark.parametrize("body, limits, code", [
    ("for (;;) {}", {"wall_ms": 300}, "NSL-RUN-0003"),
    ("for (;;) {}", {"cpu_ms": 100}, "NSL-RUN-0003"),
    ("await new Promise(() => {}); ", {"wall_ms": 300}, None),
    ("const a = []; for (;;) a.push(new Array(1e5).fill(1.5));", {}, "NSL-RUN-0004"),
    ("return 'x'.repeat(70000);", {}, "NSL-RUN-0005"),
    ("return NaN;", {}, "NSL-RUN-0006"),
    ("const a = {}; a.a = a; return a;", {}, "NSL-RUN-0006"),
])
def test_what_goes_too_far_is_ended(client, body, limits, code):
    begun = time.monotonic()
    error = error_of(client, body, limits=limits)
    assert code is None or error["code"] == code
    assert time.monotonic() - begun < 30


def test_a_hundred_megabytes_of_log_are_cut(client):
    deploy(client, "const line = 'x'.repeat(1e5); for (let i = 0; i < 1000; ++i) console.log(line); return 1;")
    done = run(client)
    assert done["status"] == "SUCCEEDED"
    logs = client.rest("GET", f"/v1/runs/{done['id']}/logs").json()
    assert sum(len(line["text"]) for line in logs["lines"]) <= 65536


def test_runs_share_nothing(client):
    deploy(client, "globalThis.n = (globalThis.n || 0) + 1; return globalThis.n;")
    assert [run(client)["output"] for _ in range(3)] == ["1", "1", "1"]


def test_storage_keeps_values_between_runs_of_one_function(client):
    count = "const n = (await neoService.storage.get('n') || 0) + 1; await neoService.storage.set('n', n); return n;"
    deploy(client, count)
    deploy(client, count, name="g")
    assert [run(client)["output"] for _ in range(3)] == ["1", "2", "3"]
    assert run(client, "g")["output"] == "1"


class TestPermissions:
    def test_a_secret_is_read_only_by_the_functions_it_names(self, client):
        client.call("nsl.v1.SecretService/Put", {"name": "token", "value": "s3cret", "allowed_functions": ["f"]})
        read = "return await neoService.secrets.get('token');"
        assert output_of(client, read, secrets=["token"]) == "s3cret"
        deploy(client, read, name="g", secrets=["token"])
        assert "does not allow" in run(client, "g")["error"]["message"]

    def test_a_function_reads_only_secrets_it_was_deployed_with(self, client):
        client.call("nsl.v1.SecretService/Put", {"name": "token", "value": "s3cret", "allowed_functions": ["f"]})
        assert caught(client, "neoService.secrets.get('token')") == "NSL-SECRET-0002"

    def test_what_is_missing_cannot_be_told_from_what_is_forbidden(self, client):
        assert caught(client, "neoService.secrets.get('missing')", secrets=["missing"]) == "NSL-SECRET-0002"

    def test_somebody_elses_secret_is_missing(self, client, other):
        other.call("nsl.v1.SecretService/Put", {"name": "token", "value": "s3cret", "allowed_functions": ["f"]})
        assert caught(client, "neoService.secrets.get('token')", secrets=["token"]) == "NSL-SECRET-0002"

    def test_a_wallet_needs_a_grant(self, client):
        client.call("nsl.v1.WalletService/Create", {"name": "main"})
        assert caught(client, "neoService.wallet.sign('main', 'hello')") == "NSL-WALLET-0002"
        invoke = "neoService.wallet.invoke({wallet: 'main', contract: '0x" + "11" * 20 + "', method: 'm'})"
        assert caught(client, invoke) == "NSL-WALLET-0002"

    def test_a_grant_without_signing_does_not_sign(self, client):
        client.call("nsl.v1.WalletService/Create", {"name": "main"})
        grant = {"wallet": "main", "function": "f", "max_system_fee": "1", "max_network_fee": "1"}
        client.call("nsl.v1.WalletService/PutGrant", grant)
        assert caught(client, "neoService.wallet.sign('main', 'hello')") == "NSL-WALLET-0002"
        client.call("nsl.v1.WalletService/PutGrant", {**grant, "sign": True})
        assert caught(client, "neoService.wallet.sign('main', 'hello')") == ""
        assert caught(client, "neoService.wallet.sign('main', 'x'.repeat(36))") == "NSL-API-0001"

    @pytest.mark.parametrize("contract, method, code", [
        ("0x" + "22" * 20, "fulfil", "NSL-WALLET-0003"), ("0x" + "11" * 20, "destroy", "NSL-WALLET-0004")])
    def test_a_grant_names_contracts_and_methods(self, client, contract, method, code):
        client.call("nsl.v1.WalletService/Create", {"name": "main"})
        client.call("nsl.v1.WalletService/PutGrant", {
            "wallet": "main", "function": "f", "max_system_fee": "1", "max_network_fee": "1",
            "contracts": [{"contract": "0x" + "11" * 20, "methods": ["fulfil"]}]})
        call = f"neoService.wallet.invoke({{wallet: 'main', contract: '{contract}', method: '{method}'}})"
        assert caught(client, call) == code

    def test_somebody_elses_wallet_is_missing(self, client, other):
        wallet = other.call("nsl.v1.WalletService/Create", {"name": "main"})
        assert caught(client, f"neoService.wallet.sign('{wallet['id']}', 'hello')") == "NSL-WALLET-0001"


class TestTheWeb:
    def fetch(self, path, port):
        return f"fetch('https://127.0.0.1:{port}{path}')"

    def test_an_allowed_host_answers(self, client, https_server):
        body = f"return (await {self.fetch('/value', https_server.port)}).json();"
        assert output_of(client, body, egress=[f"127.0.0.1:{https_server.port}"]) == {"value": 7}

    def test_another_host_is_refused(self, client, https_server):
        assert caught(client, self.fetch("/value", https_server.port)) == "NSL-HTTP-0001"

    def test_a_certificate_for_another_name_is_refused(self, client, wrong_name_server):
        port = wrong_name_server.port
        assert caught(client, self.fetch("/value", port), egress=[f"127.0.0.1:{port}"]) == "NSL-HTTP-0003"

    @pytest.mark.parametrize("url, host", [
        ("https://127.0.0.1:1/", "127.0.0.1:1"), ("https://10.0.0.1/", "10.0.0.1"),
        ("https://169.254.169.254/latest", "169.254.169.254"), ("https://192.168.1.1/", "192.168.1.1")])
    def test_private_addresses_are_refused(self, client, url, host):
        assert caught(client, f"fetch('{url}')", egress=[host]) == "NSL-HTTP-0002"

    def test_plain_http_is_refused(self, client, https_server):
        url = f"http://127.0.0.1:{https_server.port}/value"
        assert caught(client, f"fetch('{url}')", egress=[f"127.0.0.1:{https_server.port}"]) == "NSL-HTTP-0009"

    def test_a_redirect_to_a_private_address_is_not_followed(self, client, https_server):
        body = f"const r = await {self.fetch('/to-private', https_server.port)}; return r.status;"
        deploy(client, body, egress=[f"127.0.0.1:{https_server.port}"])
        done = run(client)
        assert done.get("output") == "302" or done["error"]["code"] != ""
        assert len([item for item in https_server.requests if item.path == "/to-private"]) >= 1

    def test_a_header_with_a_secret_follows_no_redirect(self, client, https_server):
        client.call("nsl.v1.SecretService/Put", {"name": "token", "value": "travels-once", "allowed_functions": ["f"]})
        url = f"https://127.0.0.1:{https_server.port}/to-other"
        body = ("const t = await neoService.secrets.get('token');"
                f"try {{ const r = await fetch('{url}', {{headers: {{Authorization: 'Bearer ' + t}}}});"
                " return r.status; } catch (e) { return e.code; }")
        assert output_of(client, body, secrets=["token"], egress=[f"127.0.0.1:{https_server.port}"]) in (
            302, "NSL-HTTP-0008")
        carried = [item.path for item in https_server.requests
                   if item.headers.get("authorization") == "Bearer travels-once"]
        assert carried == ["/to-other"]

    def test_a_gigabyte_is_cut(self, client, https_server):
        call = f"(await {self.fetch('/endless', https_server.port)}).text()"
        assert caught(client, call, egress=[f"127.0.0.1:{https_server.port}"]) == "NSL-HTTP-0005"

    def test_a_server_that_never_answers_costs_only_the_run(self, client, https_server):
        deploy(client, f"await {self.fetch('/stalled', https_server.port)};", limits={"wall_ms": 1000},
               egress=[f"127.0.0.1:{https_server.port}"])
        begun = time.monotonic()
        assert run(client)["status"] == "TIMED_OUT"
        assert time.monotonic() - begun < 20

    def test_seventeen_calls_are_one_too_many(self, client, https_server):
        body = (f"for (let i = 0; i < 17; ++i) {{ try {{ await {self.fetch('/value', https_server.port)}; }}"
                " catch (e) { return [i, e.code]; } }")
        result = output_of(client, body, egress=[f"127.0.0.1:{https_server.port}"])
        assert result == [16, "NSL-RUN-0011"]


def test_what_the_service_does_not_offer_is_not_there(client):
    assert output_of(client, "return typeof neoService.prices;") == "undefined"


def test_a_payment_to_no_address_is_refused(client):
    assert caught(client, "neoService.wallet.transfer('main', 'GAS', 'N', '1')") == "NSL-NEO-0001"


def test_the_chain_is_read(client, neo_network):
    gas = "0xd2a4cff31913016155e38e474a2c06d08be276cf"
    body = f"return [await neoService.blockchain.getBlockHeight(), await neoService.blockchain.call('{gas}', 'symbol')];"
    height, symbol = output_of(client, body)
    assert 0 < height <= neo_network.height()
    assert symbol["state"] == "HALT"
    assert symbol["stack"] == [{"type": "ByteString", "value": "R0FT"}]

READS_IN_JAVASCRIPT = """
  const block = await neoService.blockchain.getBlock(params.index);
  const transaction = await neoService.blockchain.getTransaction(params.hash);
  const log = await neoService.blockchain.getApplicationLog(params.hash);
  const balance = await neoService.blockchain.getBalance(params.address, 'GAS');
  return { block, transaction, log, balance };
"""
READS_IN_PYTHON = """
async def main(params):
    chain = neo_service.blockchain
    return {"block": await chain.get_block(params["index"]),
            "transaction": await chain.get_transaction(params["hash"]),
            "log": await chain.get_application_log(params["hash"]),
            "balance": await chain.get_balance(params["address"], "GAS")}
"""


@pytest.mark.parametrize(("runtime", "source"), [("javascript", MAIN % READS_IN_JAVASCRIPT),
                                                 ("python", READS_IN_PYTHON)])
def test_a_function_reads_the_chain(client, neo_network, service, runtime, source, tmp_path):
    account = NeoAccount()
    paid = neo_network.fund(account.address, "2.5")["txid"]
    index = neo_network.rpc("gettransactionheight", [paid])
    client.call(PUT, {"name": "f", "runtime": runtime, "source": source})
    done = run(client, value={"index": index, "hash": paid, "address": account.address})
    assert done["status"] == "SUCCEEDED", done
    read = json.loads(done["output"])
    assert paid in read["block"]["transactions"]
    assert (read["block"]["proof"]["kind"], read["transaction"]["proof"]["kind"]) == ("INCLUSION", "INCLUSION")
    assert (read["transaction"]["block"], read["log"]["executions"][0]["state"]) == (index, "HALT")
    assert read["balance"]["amount"] == "2.5"
    receipt = client.allow_plain().rest("GET", f"/v1/runs/{done['id']}/receipt").body
    chain = cbor2.loads(cbor2.loads(receipt)[2])["chain"]
    assert [entry["proof"] for entry in chain[:3]] == ["inclusion", "inclusion", "quorum(1/1)"]
    # Its state is signed a moment after the block.
    assert chain[3]["proof"] == {"STORAGE": "storage", "QUORUM": "quorum(1/1)"}[read["balance"]["proof"]["kind"]]
    assert [entry["height"] for entry in chain[:2]] == [index, index]


def test_a_function_is_told_what_is_not_on_the_chain(client):
    nothing = "'0x" + "ab" * 32 + "'"
    assert caught(client, f"neoService.blockchain.getBlock({nothing})") == "NSL-API-0003"
    assert caught(client, f"neoService.blockchain.getTransaction({nothing})") == "NSL-API-0003"
    assert caught(client, "neoService.blockchain.getBlock('newest')") == "NSL-NEO-0012"



@pytest.mark.parametrize("change, code", [
    ({"runtime": "UNSPECIFIED"}, "NSL-FN-0003"), ({"source": ""}, "NSL-FN-0002"),
    ({"limits": {"wall_ms": 60001}}, "NSL-API-0001"), ({"egress": ["http://x"]}, "NSL-API-0001"),
    ({"egress": ["*"]}, "NSL-API-0001"), ({"entry_point": "a b"}, "NSL-API-0001")])
def test_what_cannot_run_is_not_deployed(client, change, code):
    with refused_with(code):
        client.call(PUT, {"name": "f", "runtime": "javascript", "source": MAIN % "", **change})


@pytest.mark.parametrize("text", ["{", "{'a': 1}", "[1,]", "nul", '{"a":1} x'])
def test_input_that_is_no_json_is_refused(client, text):
    deploy(client, "return params;")
    with refused_with("NSL-CODEC-0008", "NSL-API-0001"):
        client.call(RUN, {"name": "f", "input": text, "wait": True})


def test_somebody_elses_function_and_runs_do_not_exist(client, other):
    deploy(client, "return 1;")
    done = run(client)
    assert other.rest("GET", "/v1/functions/f").code == "NSL-FN-0001"
    with refused_with("NSL-FN-0001"):
        run(other)
    for path in ("", "/logs", "/receipt"):
        assert other.rest("GET", f"/v1/runs/{done['id']}{path}").code == "NSL-RUN-0001"
    assert other.rest("GET", "/v1/functions").json()["items"] == []
    assert other.rest("GET", "/v1/runs").json()["items"] == []


def test_runs_are_listed_newest_first(client):
    deploy(client, "return 1;")
    deploy(client, "return 2;", name="g")
    ids = [run(client)["id"], run(client, "g")["id"], run(client)["id"]]
    listed = client.rest("GET", "/v1/runs").json()["items"]
    assert [item["id"] for item in listed] == ids[::-1]
    listed = client.rest("GET", "/v1/runs?function=f&limit=1").json()["items"]
    assert [item["id"] for item in listed] == ids[2:]


def test_a_deleted_function_runs_no_more_but_its_runs_stay(client):
    deploy(client, "return 1;")
    done = run(client)
    client.call("nsl.v1.FunctionService/Delete", {"name": "f"})
    with refused_with("NSL-FN-0001"):
        run(client)
    assert client.rest("GET", f"/v1/runs/{done['id']}").json()["output"] == "1"
