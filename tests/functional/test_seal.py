"""The end-to-end seal: what the gateway, or anybody on the way, may not do with a sealed request."""
import random
import time

import pytest
from fixtures.api_client import SCHEMA, SEALED, Refused, forged, refused_with, ulid

PUT = "nsl.v1.SecretService/Put"
SECRET = {"name": "token", "value": "s3cret"}
REFUSALS = ("NSL-AUTH-0010", "NSL-AUTH-0012", "NSL-WIRE-0001", "NSL-API-0014", "NSL-CORE-0007", "NSL-AUTH-0003")


def test_a_sealed_request_is_good_once(client):
    call = client.seal(PUT, SECRET)
    assert client.post_sealed(call)["version"] == 1
    with refused_with("NSL-AUTH-0011"):
        client.post_sealed(call)
    assert client.rest("GET", "/v1/secrets/token").json()["version"] == 1


def test_the_same_request_id_is_refused_in_other_bytes(client):
    request_id = "req_" + ulid()
    client.call(PUT, SECRET, request_id=request_id)
    with refused_with("NSL-AUTH-0011"):
        client.call(PUT, {"name": "other", "value": "x"}, request_id=request_id)


def test_a_request_sealed_for_another_account_is_refused(client, other):
    with refused_with("NSL-AUTH-0010"):
        client.call(PUT, SECRET, account=other.account)


def test_a_captured_seal_does_not_open_as_another_operation(client):
    call = client.seal(PUT, SECRET)
    envelope = SCHEMA.decode("nsl.v1.SealedRequest", call.body)
    envelope["operation"] = "nsl.v1.SecretService/Delete"
    changed = SCHEMA.encode("nsl.v1.SealedRequest", envelope)
    with refused_with("NSL-AUTH-0010"):
        client.post_sealed(forged(call, operation="nsl.v1.SecretService/Delete"))
    with refused_with("NSL-AUTH-0010"):
        client.post_sealed(forged(call, operation="nsl.v1.SecretService/Delete", body=changed))


def test_another_account_in_the_envelope_is_refused(client, other):
    call = client.seal(PUT, SECRET)
    envelope = SCHEMA.decode("nsl.v1.SealedRequest", call.body)
    envelope["account"] = other.account
    with refused_with("NSL-AUTH-0010"):
        client.post_sealed(forged(call, body=SCHEMA.encode("nsl.v1.SealedRequest", envelope)))


@pytest.mark.parametrize("shift_ms", [-3_600_000, 3_600_000])
def test_an_old_or_future_request_is_refused(client, shift_ms):
    with refused_with("NSL-AUTH-0012"):
        client.call(PUT, SECRET, issued_at_ms=int(time.time() * 1000) + shift_ms)


def test_sampled_changed_bytes_are_refused(client):
    call = client.seal(PUT, SECRET)
    chosen = random.Random(5)
    for _ in range(40):
        data = bytearray(call.body)
        data[chosen.randrange(len(data))] ^= 1 << chosen.randrange(8)
        try:
            client.post_sealed(forged(call, body=bytes(data)))
        except Refused as refusal:
            assert refusal.code in REFUSALS, refusal
            assert not refusal.sealed
        else:
            raise AssertionError("a changed request was carried out")
    assert client.post_sealed(call)["name"] == "token"


@pytest.mark.parametrize("body", [b"", b"\x08\x01", b"\xff" * 100, b"{}", b"\x0a" * 1000])
def test_what_is_no_sealed_request_is_refused(client, body):
    reply = client.send("POST", "/" + PUT, body, {"Content-Type": SEALED})
    assert 400 <= reply.status < 500


def test_a_sealed_request_needs_its_credential_inside(client):
    with refused_with("NSL-AUTH-0001"):
        client.call(PUT, SECRET, token="")


def test_each_attestation_answers_its_nonce(client):
    first, second = client.enclave(fresh=True), client.enclave(fresh=True)
    assert first.document != second.document
    assert first.sealing_key == second.sealing_key


@pytest.mark.parametrize("nonce", ["zz", "0" * 200, "abc"])
def test_a_nonce_that_is_none_is_refused(anonymous, nonce):
    assert anonymous().rest("GET", f"/v1/attestation?nonce={nonce}").status == 400


def test_measurements_are_those_of_a_development_enclave(anonymous):
    measurements = anonymous().rest("GET", "/v1/attestation/measurements").json()
    assert measurements["mode"] == "dev"
    assert {item["index"] for item in measurements["pcrs"]} >= {0, 1, 2}


def test_a_plain_change_is_refused_until_the_account_allows_it(client):
    change = ("PUT", "/v1/secrets/token", {"value": "s3cret"})
    assert client.rest(*change).code == "NSL-AUTH-0009"
    client.allow_plain()
    assert client.rest(*change).status == 200
    client.call("nsl.v1.AccountService/UpdateMe", {"plain_requests": False})
    assert client.rest(*change).code == "NSL-AUTH-0009"


def test_the_host_cannot_switch_plain_requests_on(client):
    reply = client.rest("PATCH", "/v1/accounts/me", {"plain_requests": True})
    assert (reply.status, reply.code) == (403, "NSL-AUTH-0009")
