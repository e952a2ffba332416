"""What a hostile host does on the demo's path, and what it must not reach: no secret, no signature
outside the grants, no second run of an event, no accepted false evidence. Stopping the service is
its right."""
import base64
import json
import shutil
import sys
from pathlib import Path

import pytest
from fixtures import neo_transaction as tx
from fixtures.api_client import ApiClient, Refused, forged, refused_with
from fixtures.https_server import HttpsServer
from fixtures.lying_node import LyingNode
from fixtures.neo_account import NeoAccount, script_hash_of
from fixtures.processes import wait_until
from fixtures.service import CommandLine

sys.path.insert(0, str(Path(__file__).resolve().parent))
from hostile_host import SCHEMA, HostileHost  # noqa: E402

HUB = "contracts/requesthub/requesthub"
SECRET = "the-credential-nobody-may-read"
PUT_SECRET, PUT_FUNCTION = "nsl.v1.SecretService/Put", "nsl.v1.FunctionService/Put"
REPORT, EXECUTE = "nsl.internal.v1.WorkService/ReportEvent", "nsl.internal.v1.WorkService/Execute"
ANSWER = """
export default { async event(event, context) {
  const token = await neoService.secrets.get('token');
  const reply = await fetch(context.environment.url, { headers: { Authorization: `Bearer ${token}` } });
  const { price } = await reply.json();
  return neoService.wallet.invoke({ wallet: 'main', contract: event.contract, method: 'fulfil',
                                    args: [event.arguments[0], 0, price] });
} };
"""


class Victim:
    """An account on the hostile host that answers requests of a hub."""

    def __init__(self, host, network, https, max_system_fee="0.5"):
        self.host, self.network = host, network
        self.asker = NeoAccount()
        network.fund(self.asker.address, 200)
        self.hub = network.deploy(HUB, account=self.asker)
        self.client = ApiClient(host.url)
        self.client.sign_in()
        self.wallet = self.client.call("nsl.v1.WalletService/Create", {"name": "main"})
        network.fund(self.wallet["address"], 5)
        network.invoke(self.hub, "registerFulfiller", [script_hash_of(self.wallet["address"])], self.asker)
        self.client.call(PUT_SECRET, {"name": "token", "value": SECRET, "allowed_functions": ["answer"]})
        server = f"127.0.0.1:{https.port}"
        self.client.call(PUT_FUNCTION, {
            "name": "answer", "runtime": "javascript", "source": ANSWER, "secrets": ["token"],
            "egress": [server], "environment": {"url": f"https://{server}/price"}})
        self.client.call("nsl.v1.WalletService/PutGrant", {
            "wallet": "main", "function": "answer", "max_system_fee": max_system_fee, "max_network_fee": "0.1",
            "contracts": [{"contract": self.hub, "methods": ["fulfil"]}]})
        self.client.call("nsl.v1.TriggerService/Put", {
            "name": "t", "function": "answer",
            "source": {"contract_event": {"contract": self.hub, "event": "Requested"}}})

    def ask(self):
        execution = self.network.invoke(self.hub, "request", ["answer", b"{}"], self.asker)
        return int(execution["stack"][0]["value"])

    def runs(self):
        return self.client.rest("GET", "/v1/runs").json()["items"]

    def wait_runs(self, count=1):
        def finished():
            runs = self.runs()
            states = [item["state"] for run in runs for item in run["transactions"]]
            done = all(run["status"] not in ("QUEUED", "RUNNING") for run in runs)
            return runs if len(runs) >= count and done and not {"SIGNED", "SENT"} & set(states) else None
        return wait_until(finished, f"{count} finished runs", 60)

    def transactions(self):
        return self.network.transactions_of(self.wallet["address"])


@pytest.fixture(scope="module")
def https(tmp_path_factory):
    with HttpsServer(tmp_path_factory.mktemp("https")) as server:
        server.json_when_authorised("/price", {"price": "12.5"}, f"Bearer {SECRET}")
        yield server


def hostile(programs, folder, chain, https, more_chain=()):
    allow = [f"127.0.0.1:{https.port}", *(url.removeprefix("http://") for url in more_chain)]
    return HostileHost(programs, folder, chain, extra_root=https.ca_file, allow=allow, more_chain=more_chain)


@pytest.fixture(scope="module")
def host(programs, neo_network, https, tmp_path_factory):
    with hostile(programs, tmp_path_factory.mktemp("h"), neo_network.url, https) as running:
        yield running


@pytest.fixture(scope="module")
def victim(host, neo_network, https):
    """Its path has been walked once, under the eyes of the host."""
    account = Victim(host, neo_network, https)
    account.ask()
    [run] = account.wait_runs()
    assert run["status"] == "SUCCEEDED", run
    return account


@pytest.fixture(autouse=True)
def honest_again(host):
    yield
    if host.tap:
        host.tap.alter = lambda frame, to_enclave: frame


def test_nothing_it_holds_has_the_secret_the_source_or_a_signature_before_its_time(host, victim):
    forbidden = [SECRET.encode(), victim.client.token.encode(), b"neoService.secrets.get('token')", b'"price"', base64.b64encode(SECRET.encode())]
    for where, data in host.everything_it_holds():
        for needle in forbidden:
            assert needle not in data, f"{needle!r} in {where}"


def test_the_enclaves_own_folder_is_not_the_hosts(host, victim):
    """The host process has never opened it."""
    opened = {str(Path(f"/proc/{host.host.pid}/fd/{fd.name}").resolve())
              for fd in Path(f"/proc/{host.host.pid}/fd").iterdir()}
    assert not [path for path in opened if path.startswith(str(host.state / "enclave"))]
    assert (host.state / "enclave").stat().st_mode & 0o077 == 0


def test_captured_sealed_frames_do_nothing_a_second_time(host, victim):
    captured = host.tap.captured(PUT_SECRET) + host.tap.captured(PUT_FUNCTION)
    assert captured
    for frame in captured:
        answer = host.tap.ask({name: frame[name] for name in ("service_type", "operation", "payload", "sealed")})
        assert answer["error"]["code"] == "NSL-AUTH-0011"


def test_a_captured_frame_is_not_another_operation(host, victim):
    frame = host.tap.captured(PUT_SECRET)[0]
    for operation in ("Delete", "GetValue"):
        answer = host.tap.ask({**{name: frame[name] for name in ("service_type", "payload", "sealed")},
                               "operation": operation})
        assert answer["error"]["code"] == "NSL-AUTH-0010"


def test_a_token_from_a_plain_request_does_not_swap_the_source(host, victim):
    victim.client.rest("GET", "/v1/functions/answer")
    token = host.tap.captured("nsl.v1.FunctionService/Get")[-1]["credential"]
    source = "export default { event() { return neoService.wallet.sign('main', 'x'); } };"
    for operation, message in [
            (PUT_FUNCTION, {"name": "answer", "runtime": "javascript", "source": source}),
            ("nsl.v1.SecretService/GetValue", {"name": "token"}),
            ("nsl.v1.WalletService/Sign", {"wallet": "main", "data": b"x"}),
            ("nsl.v1.AccountService/UpdateMe", {"plain_requests": True}),
            ("nsl.v1.AccountService/CreateApiKey", {"name": "mine"})]:
        assert host.tap.call(operation, message, credential=token) == ({}, "NSL-AUTH-0009")
    assert victim.client.rest("GET", "/v1/functions/answer").json()["version"] == 1


def test_a_credential_it_has_read_seals_nothing_of_its_own(host, victim):
    """The seal is public-key cryptography: the host can seal too, with whatever credential it saw."""
    victim.client.rest("GET", "/v1/functions/answer")
    read = {frame["credential"] for direction, frame in list(host.tap.frames) if frame.get("credential")}
    assert read and victim.client.token not in read
    for credential in read:
        for operation, message in [
                (PUT_FUNCTION, {"name": "answer", "runtime": "javascript", "source": "function main() {}"}),
                ("nsl.v1.SecretService/GetValue", {"name": "token"}),
                ("nsl.v1.AccountService/UpdateMe", {"plain_requests": True})]:
            with refused_with("NSL-AUTH-0004"):
                victim.client.call(operation, message, token=credential)


def test_a_swapped_reply_is_noticed_by_its_reader(host, victim):
    replies = []

    def swap(frame, to_enclave):
        if not to_enclave and frame["kind"] == "RESPONSE" and frame.get("sealed"):
            replies.append(frame["payload"])
            if len(replies) > 1:
                frame["payload"] = replies[0]
        return frame
    host.tap.alter = swap
    victim.client.call("nsl.v1.SecretService/GetValue", {"name": "token"})
    with pytest.raises(AssertionError, match="not the enclave's"):
        victim.client.call("nsl.v1.SecretService/GetValue", {"name": "token"})


def test_changed_frames_to_the_enclave_are_refused(host, victim):
    call = victim.client.seal(PUT_SECRET, {"name": "other", "value": "x"})
    for position in range(0, len(call.body), 7):
        body = bytearray(call.body)
        body[position] ^= 0x20
        with pytest.raises(Refused):
            victim.client.post_sealed(forged(call, body=bytes(body)))


class TestEvents:
    def report(self, host, **changes):
        genuine = SCHEMA.decode("nsl.internal.v1.ReportEventRequest", host.tap.captured(REPORT)[0]["payload"])
        return host.tap.call(REPORT, {**genuine, **changes})

    def test_an_event_reported_again_starts_nothing(self, host, victim):
        before = [run["id"] for run in victim.runs()]
        for _ in range(3):
            reply, code = self.report(host)
            assert code == "" and set(reply["runs"]) <= set(before)
        assert [run["id"] for run in victim.runs()] == before

    def test_an_invented_block_starts_nothing(self, host, victim, neo_network):
        """Nor a true one's transactions a second time."""
        client = victim.client
        client.call(PUT_FUNCTION, {"name": "see", "runtime": "javascript",
                                   "source": "export default { event(event) { return event.id; } };"})
        for name, source in (("blocks", {"block": {"every": 1}}), ("transactions", {"transaction": {}})):
            client.call("nsl.v1.TriggerService/Put", {"name": name, "function": "see", "source": source})
        victim.ask()
        wait_until(lambda: any(run["trigger"] == "transactions" for run in victim.runs()), "a transaction's run")
        for name in ("blocks", "transactions"):
            client.call("nsl.v1.TriggerService/Pause", {"name": name})
        neo_network.wait_blocks(2)
        for name in ("blocks", "transactions"):
            client.call("nsl.v1.TriggerService/Resume", {"name": name})
        client.call("nsl.v1.TriggerService/Delete", {"name": "blocks"})

        def ids():
            return sorted(run["event"]["id"] for run in victim.runs() if run["trigger"] == "transactions")
        before = ids()
        index = neo_network.height()
        for block, invented in ((index, "0x" + "ab" * 32), (index + 1000, "0x" + "ab" * 32),
                                (index, neo_network.rpc("getblockhash", [index - 1]))):
            reply, code = host.tap.call(REPORT, {"block": block, "transaction": invented, "index": 0, "contract": "",
                                                 "event": "", "seen_at_ms": 1})
            assert code != "" and reply is None or not (reply or {}).get("runs"), (block, invented, reply)
        assert ids() == before
        assert len(set(before)) == len(before)
        client.call("nsl.v1.TriggerService/Delete", {"name": "transactions"})

    @pytest.mark.parametrize("changes", [
        {"transaction": "0x" + "ab" * 32}, {"index": 7}, {"index": 4_000_000_000}])
    def test_an_invented_event_starts_nothing(self, host, victim, changes):
        before = len(victim.runs())
        assert self.report(host, **changes)[1] == "NSL-TRIGGER-0003"
        assert len(victim.runs()) == before

    def test_another_transactions_event_starts_nothing(self, host, victim):
        """A transaction that is on chain but made no such notification."""
        txid = victim.transactions()[0][1]
        before = len(victim.runs())
        assert self.report(host, transaction=txid)[1] == "NSL-TRIGGER-0003"
        assert len(victim.runs()) == before

    def test_a_false_block_and_time_change_nothing_that_counts(self, host, victim):
        request = victim.ask()
        runs = victim.wait_runs(len(victim.runs()))
        wait_until(lambda: victim.network.call(victim.hub, "getAnswer", [request]), "the answer", 60)
        reply, code = self.report(host, block=1, seen_at_ms=1)
        assert code == "" and reply["runs"] == [runs[-1]["id"]] or set(reply["runs"]) <= {run["id"] for run in runs}


class TestJobs:
    def test_a_finished_job_carried_out_again_does_nothing(self, host, victim):
        before = len(victim.transactions())
        for frame in host.tap.captured(EXECUTE):
            job = SCHEMA.decode("nsl.internal.v1.ExecuteRequest", frame["payload"])
            reply, code = host.tap.call(EXECUTE, job)
            assert (reply.get("is_done"), code) == (True, "")
        victim.network.wait_blocks(3)
        assert len(victim.transactions()) == before

    @pytest.mark.parametrize("job", ["", "execute", "execute/acc_x/run_x", "sign/a/b", "x" * 100_000])
    def test_an_invented_job_does_nothing(self, host, victim, job):
        before = len(victim.runs())
        reply, code = host.tap.call(EXECUTE, {"job": job})
        assert code or reply.get("is_done")
        assert len(victim.runs()) == before


class TestEvidence:
    def test_a_key_of_its_own_in_the_attestation_is_noticed(self, host, victim):
        def substitute(frame, to_enclave):
            if not to_enclave and frame["kind"] == "RESPONSE" and frame.get("payload"):
                payload = frame["payload"]
                for known in keys:
                    payload = payload.replace(known, bytes(byte ^ (position == 40) for position, byte in enumerate(known)))
                frame["payload"] = payload
            return frame
        keys = [victim.client.enclave().sealing_key]
        host.write_dev_file()
        nsl = CommandLine(host.programs / "nsl", host.folder, host.folder / "user")
        nsl.login()
        host.tap.alter = substitute
        answer = nsl.run("secret", "set", "x", "--value-file", "-", data=SECRET)
        assert answer.status == 6, answer
        assert SECRET.encode() not in b"".join(host.tap.raw)

    def test_an_older_attestation_is_noticed(self, host, victim):
        host.write_dev_file()
        nsl = CommandLine(host.programs / "nsl", host.folder, host.folder / "user2")
        nsl.login()
        kept = []

        def replay(frame, to_enclave):
            if not to_enclave and frame["kind"] == "RESPONSE" and b"nsl-att-v1" in frame.get("payload", b""):
                kept.append(frame["payload"])
                frame["payload"] = kept[0]
            return frame
        host.tap.alter = replay
        assert nsl.run("attest").status == 0
        assert nsl.run("attest").status == 6


def lied(programs, network, https, folder, lie, max_system_fee="0.5"):
    """One request on a service whose node lies from then on."""
    with LyingNode(network.url) as node, hostile(programs, folder, node.url, https) as host:
        victim = Victim(host, network, https, max_system_fee)
        node.lie = lie
        victim.ask()
        return victim, victim.wait_runs(), victim.transactions()


class TestLyingNode:
    def test_a_lie_about_the_fee_does_not_burn_the_wallet(self, programs, neo_network, https, tmp_path):
        def dear(method, params, result):
            if method in ("invokescript", "invokefunction"):
                result["gasconsumed"] = str(int(result["gasconsumed"]) * 1000)
            return result
        _, [run], transactions = lied(programs, neo_network, https, tmp_path, dear)
        assert run["status"] == "FAILED" and "fee" in run["error"]["message"].lower()
        assert transactions == []

    def test_a_lie_about_the_height_signs_nothing_that_lives_for_ever(self, programs, neo_network, https, tmp_path):
        def tall(method, params, result):
            return result + 1_000_000 if method == "getblockcount" else result
        victim, _, transactions = lied(programs, neo_network, https, tmp_path, tall)
        assert len(transactions) <= 1
        assert neo_network.balance(victim.wallet["address"]) > 4 * 10 ** 8

    def test_a_forged_event_stays_within_the_grant(self, programs, neo_network, https, tmp_path):
        """With one node its word is believed; the wallet still calls nothing but what was granted."""
        def elsewhere(method, params, result):
            if method == "getapplicationlog":
                for execution in result["executions"]:
                    for note in execution["notifications"]:
                        note["state"]["value"][0] = {"type": "Integer", "value": "999"}
            return result
        victim, [run], transactions = lied(programs, neo_network, https, tmp_path, elsewhere)
        assert run["status"] == "FAILED"
        assert transactions == []

    def test_one_of_three_nodes_forges_nothing(self, programs, neo_network, https, tmp_path):
        """What the liar tells of the event is outvoted by two nodes that saw it."""
        def elsewhere(method, params, result):
            if method == "getapplicationlog":
                for execution in result["executions"]:
                    for note in execution["notifications"]:
                        note["state"]["value"][0] = {"type": "Integer", "value": "999"}
            return result
        with LyingNode(neo_network.url) as liar, LyingNode(neo_network.url) as honest, \
                hostile(programs, tmp_path, neo_network.url, https, [liar.url, honest.url]) as host:
            victim = Victim(host, neo_network, https)
            liar.lie = elsewhere
            request = victim.ask()
            [run] = victim.wait_runs()
            assert run["status"] == "SUCCEEDED", run
            assert run["event"]["proof"] == "quorum(2/3)"
            assert json.loads(run["input"])["arguments"][0]["value"] == str(request)
            assert [state for _, _, state in victim.transactions()] == ["HALT"]

    def test_a_liar_without_a_majority_starts_nothing(self, programs, neo_network, https, tmp_path):
        """The host and one node invent an event together; two nodes know nothing of it."""
        hub = []

        def invent(method, params, result):
            if method == "getapplicationlog" and hub:
                result["executions"][0]["notifications"] = [{
                    "contract": hub[0], "eventname": "Requested",
                    "state": {"type": "Array", "value": [{"type": "Integer", "value": "1"}]}}]
            return result
        with LyingNode(neo_network.url) as liar, LyingNode(neo_network.url) as honest, \
                hostile(programs, tmp_path, neo_network.url, https, [liar.url, honest.url]) as host:
            victim = Victim(host, neo_network, https)
            liar.lie = invent
            hub.append(victim.hub)
            execution = neo_network.invoke(victim.hub, "registerFulfiller",
                                           [script_hash_of(victim.asker.address)], victim.asker)
            _, code = host.tap.call(REPORT, {
                "block": 1, "transaction": execution["txid"], "index": 0, "contract": victim.hub,
                "event": "Requested", "seen_at_ms": 1})
            assert code == "NSL-TRIGGER-0003"
            assert victim.runs() == []

    def test_another_network_is_refused(self, programs, neo_network, https, tmp_path):
        def other(method, params, result):
            if method == "getversion":
                result["protocol"]["network"] = 860833102
            return result
        with LyingNode(neo_network.url) as node, hostile(programs, tmp_path, node.url, https) as host:
            victim = Victim(host, neo_network, https)
            node.lie = other
            victim.ask()
            neo_network.wait_blocks(5)
            for _, _, state in victim.transactions():
                assert state == "HALT"  # signed for the real network or not at all


class TestRollback:
    @pytest.fixture
    def stopped(self, programs, neo_network, https, tmp_path):
        """A service with an older copy of its store, and its newer state; not running."""
        host = hostile(programs, tmp_path, neo_network.url, https)
        with host:
            client = ApiClient(host.url)
            client.sign_in()
            client.call(PUT_SECRET, {"name": "token", "value": "old"})
        shutil.copytree(host.state / "host", tmp_path / "copy")
        with host:
            again = ApiClient(host.url)
            again.account, again.token = client.account, client.token
            again.call(PUT_SECRET, {"name": "token", "value": "new"})
        return host, client

    def test_a_store_set_back_is_never_served(self, stopped, tmp_path):
        host, _ = stopped
        shutil.rmtree(host.state / "host")
        shutil.copytree(tmp_path / "copy", host.state / "host")
        self.expect_nothing(host)

    def test_an_emptied_store_is_never_served(self, stopped):
        host, _ = stopped
        shutil.rmtree(host.state / "host")
        self.expect_nothing(host)

    def test_the_newer_store_is_served(self, stopped):
        host, client = stopped
        with host:
            again = ApiClient(host.url)
            again.account, again.token = client.account, client.token
            assert again.call("nsl.v1.SecretService/GetValue", {"name": "token"})["value"] == "new"

    @staticmethod
    def expect_nothing(host):
        """The enclave sees it at its start, says so and ends; the host never becomes ready."""
        host.start_both()
        try:
            wait_until(lambda: not host.enclave.running(), "the enclave's end", 60)
            assert "NSL-VAULT-0004" in host.enclave.output()
            assert not host.ready_file.exists()
        finally:
            host.stop()


def test_frames_of_any_shape_leave_the_enclave_serving(host, victim):
    import random
    chosen = random.Random(3)
    for _ in range(200):
        frame = {"service_type": chosen.choice(["nsl.v1.SecretService", "", "x" * 1000]),
                 "operation": chosen.choice(["Put", "Get", "", "\u0000"]),
                 "payload": chosen.randbytes(chosen.randrange(300)), "sealed": chosen.random() < 0.5}
        assert "error" in host.tap.ask(frame)
    assert victim.client.rest("GET", "/readyz").json()["ready"]


def test_the_account_is_as_it_was(host, victim):
    """After all of the above: one version of everything, and only answers in the wallet's history."""
    victim.wait_runs()
    assert victim.client.call("nsl.v1.SecretService/GetValue", {"name": "token"})["value"] == SECRET
    assert victim.client.rest("GET", "/v1/functions/answer").json()["version"] == 1
    assert {state for _, _, state in victim.transactions()} == {"HALT"}
    assert len(victim.transactions()) == len([run for run in victim.runs() if run["function"] == "answer"])
    fulfil = tx.push("fulfil")
    for _, txid, _ in victim.transactions():
        script = base64.b64decode(victim.network.rpc("getrawtransaction", [txid, 1])["script"])
        assert fulfil in script
    assert json.dumps(victim.runs())


def test_refusals_are_refusals(host):
    """Nobody signed in: nothing but challenges and attestations."""
    for operation, (request, _) in sorted(SCHEMA.methods.items()):
        if not operation.startswith("nsl.v1."):
            continue
        reply, code = host.tap.call(operation, {})
        open_to_all = operation in ("nsl.v1.AttestationService/Get", "nsl.v1.AttestationService/GetMeasurements")
        assert open_to_all == (code == ""), (operation, code, reply)
    with refused_with("NSL-AUTH-0001"):
        ApiClient(host.url).call(PUT_SECRET, {"name": "a", "value": "b"}, account="", token="")
