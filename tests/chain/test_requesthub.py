"""The request hub on a real node: who may ask, answer and cancel, and what lies in storage."""
import base64
import hashlib
import os
import subprocess

import pytest
from fixtures import neo_transaction as tx
from fixtures.neo_account import NeoAccount
from fixtures.neo_network import ROOT, Faulted

HUB = "contracts/requesthub/requesthub"
ENOUGH_FEE = 20_000_000


class Hub:
    """A hub of this module's own: an owner, a registered fulfiller and a stranger."""

    def __init__(self, network):
        self.network = network
        self.owner, self.fulfiller, self.stranger = NeoAccount(), NeoAccount(), NeoAccount()
        for account in (self.owner, self.fulfiller, self.stranger):
            network.fund(account.address, 100)
        self.hash = network.deploy(HUB, account=self.owner)
        self.invoke("registerFulfiller", [self.fulfiller.script_hash], self.owner)

    def invoke(self, method, arguments, account):
        return self.network.invoke(self.hash, method, arguments, account)

    def invoke_faulting(self, method, arguments, account):
        """Sends without a test run, so that the chain itself refuses; returns the exception."""
        script = tx.call_script(tx.contract_hash(self.hash), method, arguments)
        with pytest.raises(Faulted) as raised:
            self.network.send(script, account, system_fee=ENOUGH_FEE)
        assert raised.value.log["vmstate"] == "FAULT"
        assert not raised.value.log["notifications"]
        return raised.value.log["exception"]

    def read(self, method, *arguments):
        return self.network.call(self.hash, method, list(arguments))

    def storage(self, key):
        contract = self.network.rpc("getcontractstate", [self.hash])["id"]
        return base64.b64decode(self.network.rpc("getstorage", [contract, base64.b64encode(key).decode()]))

    def request(self, account, function="my-fn", arguments=b"\x01\x02"):
        execution = self.invoke("request", [function, arguments], account)
        return int(execution["stack"][0]["value"]), execution


@pytest.fixture(scope="module")
def hub(neo_network):
    return Hub(neo_network)


def event_of(execution, name):
    [event] = [note for note in execution["notifications"] if note["eventname"] == name]
    return [item.get("value") for item in event["state"]["value"]]


def item_key(prefix, request_id):
    return prefix + request_id.to_bytes(8, "big")


def test_a_request_is_announced_and_lies_in_storage(hub):
    request_id, execution = hub.request(hub.stranger)
    announced = event_of(execution, "Requested")
    assert announced[0] == str(request_id)
    assert base64.b64decode(announced[1]) == hub.stranger.script_hash
    assert base64.b64decode(announced[2]) == b"my-fn"
    assert base64.b64decode(announced[3]) == hashlib.sha256(b"\x01\x02").digest()
    assert hub.read("getRequest", request_id) == [hub.stranger.script_hash, b"my-fn", b"\x01\x02"]
    assert hub.storage(item_key(b"r", request_id)) == (
        b"\x41\x03\x28\x14" + hub.stranger.script_hash + b"\x28\x05my-fn\x28\x02\x01\x02")


def test_a_registered_fulfiller_answers_once(hub):
    request_id, _ = hub.request(hub.stranger)
    execution = hub.invoke("fulfil", [request_id, 0, b"answer"], hub.fulfiller)
    assert event_of(execution, "Fulfilled") == [str(request_id), "0"]
    assert hub.read("getAnswer", request_id) == b"answer"
    assert hub.read("getAnswerCode", request_id) == 0
    assert hub.read("getRequest", request_id) is None
    assert hub.storage(item_key(b"a", request_id)) == b"\x00answer"
    assert "no such pending request" in hub.invoke_faulting(
        "fulfil", [request_id, 0, b"another"], hub.fulfiller)
    assert hub.read("getAnswer", request_id) == b"answer"


@pytest.mark.parametrize("who", ["stranger", "owner"])
def test_nobody_else_answers(hub, who):
    request_id, _ = hub.request(hub.stranger)
    assert "registered fulfiller" in hub.invoke_faulting(
        "fulfil", [request_id, 0, b"answer"], getattr(hub, who))
    assert hub.read("getAnswer", request_id) is None
    assert hub.read("getAnswerCode", request_id) == -1


def test_a_removed_fulfiller_answers_no_more(hub):
    account = NeoAccount()
    hub.network.fund(account.address, 10)
    hub.invoke("registerFulfiller", [account.script_hash], hub.owner)
    assert hub.read("isFulfiller", account.script_hash) is True
    hub.invoke("removeFulfiller", [account.script_hash], hub.owner)
    assert hub.read("isFulfiller", account.script_hash) is False
    request_id, _ = hub.request(hub.stranger)
    assert "registered fulfiller" in hub.invoke_faulting("fulfil", [request_id, 0, b""], account)


def test_only_the_requester_cancels(hub):
    request_id, _ = hub.request(hub.stranger)
    assert "requester" in hub.invoke_faulting("cancel", [request_id], hub.owner)
    execution = hub.invoke("cancel", [request_id], hub.stranger)
    assert event_of(execution, "Cancelled") == [str(request_id)]
    assert "no such pending request" in hub.invoke_faulting(
        "fulfil", [request_id, 0, b"late"], hub.fulfiller)


@pytest.mark.parametrize("method, arguments", [
    ("registerFulfiller", [bytes(20)]), ("removeFulfiller", [bytes(20)]), ("setOwner", [bytes(20)]),
    ("update", [b"nef", b"manifest", None])])
def test_only_the_owner_administers(hub, method, arguments):
    assert "not witnessed by the owner" in hub.invoke_faulting(method, arguments, hub.stranger)


def test_ownership_does_not_move_without_the_new_owner(hub):
    assert "new owner" in hub.invoke_faulting("setOwner", [hub.stranger.script_hash], hub.owner)
    assert hub.read("owner") == hub.owner.script_hash


def test_the_owner_can_be_named_at_deployment(neo_network):
    deployer, owner = NeoAccount(), NeoAccount()
    neo_network.fund(deployer.address, 100)
    contract = neo_network.deploy(HUB, data=owner.script_hash, account=deployer)
    assert neo_network.call(contract, "owner") == owner.script_hash


def test_an_update_keeps_requests_and_owner(neo_network):
    hub = Hub(neo_network)
    request_id, _ = hub.request(hub.stranger)
    nef, manifest = (ROOT / f"{HUB}.nef").read_bytes(), (ROOT / f"{HUB}.manifest.json").read_text()
    hub.invoke("update", [nef, manifest, None], hub.owner)
    assert hub.read("owner") == hub.owner.script_hash
    hub.invoke("fulfil", [request_id, 0, b"after"], hub.fulfiller)
    assert hub.read("getAnswer", request_id) == b"after"


def test_the_committed_artefacts_are_what_the_source_gives(neo_network):
    done = subprocess.run([ROOT / "contracts/build.sh", "--check"], capture_output=True, text=True,
                          env={**os.environ, "NEO_GO": str(neo_network.neo_go)}, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("arguments, complaint", [
    (["", b""], "functionId"),
    (["f" * 65, b""], "functionId"),
    (["my-fn", None], "args"),
    (["my-fn", bytes(16385)], "args")])
def test_requests_outside_the_limits_are_refused(hub, arguments, complaint):
    before = hub.read("requestCount")
    assert complaint in hub.invoke_faulting("request", arguments, hub.stranger)
    assert hub.read("requestCount") == before


@pytest.mark.parametrize("code, result, complaint", [
    (-1, b"", "code"), (256, b"", "code"), (0, None, "result"), (0, bytes(16385), "result")])
def test_answers_outside_the_limits_are_refused(hub, code, result, complaint):
    request_id, _ = hub.request(hub.stranger)
    assert complaint in hub.invoke_faulting("fulfil", [request_id, code, result], hub.fulfiller)


@pytest.mark.parametrize("request_id", [0, -1, 2 ** 63, 2 ** 255 - 1])
def test_impossible_ids_are_refused(hub, request_id):
    assert "id must be" in hub.invoke_faulting("fulfil", [request_id, 0, b""], hub.fulfiller)


def test_the_largest_request_and_answer_fit(hub):
    request_id, _ = hub.request(hub.stranger, "f" * 64, bytes(16384))
    hub.invoke("fulfil", [request_id, 255, bytes(16384)], hub.fulfiller)
    assert hub.read("getAnswer", request_id) == bytes(16384)
    assert hub.read("getAnswerCode", request_id) == 255
