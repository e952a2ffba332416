"""docs/wire.md is enough to write another client: its vectors follow from this one, which was."""
import hashlib
import re

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from fixtures.api_client import SCHEMA
from fixtures.hpke import POINT, Sender
from fixtures.neo_network import ROOT

OPERATION = "nsl.v1.SecretService/Put"
ACCOUNT, REQUEST = "acc_01JD7Y3K5QJ8M2N4P6R8T0V2X4", "req_01JD7Y3K5QJ8M2N4P6R8T0V2X5"


def block_after(anchor):
    """The code block that follows a text of the document."""
    text = (ROOT / "docs/wire.md").read_text(encoding="utf-8").partition(anchor)[2]
    return text.split("```")[1]


def vector(name):
    """The hex behind a name, continued on indented lines."""
    found = re.search(rf"^{name}\s+((?:[0-9a-f]+\s+)+)", block_after("SealVector.") + "\nend ", re.MULTILINE)
    return bytes.fromhex("".join(found.group(1).split()))


def binding():
    digits = re.match(r"\s*((?:[0-9a-f]+\n)+)", block_after("AttestationBinding.")).group(1)
    return bytes.fromhex("".join(digits.split()))


def sender():
    receiver = ec.derive_private_key(1, ec.SECP256R1()).public_key().public_bytes(*POINT)
    return Sender(receiver, vector("info"), ephemeral=int.from_bytes(b"\5" * 32, "big"))


def test_the_binding_is_the_document():
    value = cbor2.loads(binding())
    assert value[0] == "nsl-att-v1" and value[1] == bytes(range(16)) and value[4] == 1000
    assert cbor2.dumps(value, canonical=True) == binding()


def test_the_info_string_binds_what_the_document_says():
    digest = hashlib.sha256(binding()).digest()
    assert cbor2.dumps(["nsl-seal-v1", OPERATION, ACCOUNT, REQUEST, digest], canonical=True) == vector("info")


def test_the_sealed_request_has_the_published_bytes():
    opened = SCHEMA.decode("nsl.v1.SealedContent", vector("plaintext"))
    assert opened["credential"] == "token"
    seal = sender()
    assert (seal.key, seal.nonce) == (vector("key"), vector("base nonce"))
    receiver = ec.derive_private_key(1, ec.SECP256R1()).public_key().public_bytes(*POINT)
    request = SCHEMA.encode("nsl.v1.SealedRequest", {
        "version": 1, "key_id": hashlib.sha256(receiver).digest()[:8], "operation": OPERATION, "account": ACCOUNT,
        "request_id": REQUEST, "encapsulated_key": seal.encapsulated, "ciphertext": seal.seal(vector("plaintext"))})
    assert request == vector("request")


def test_the_reply_opens_with_the_published_key():
    key = sender().export(b"nsl-reply-v1")
    assert key == vector("reply key")
    reply = SCHEMA.decode("nsl.v1.SealedReply", vector("is"))
    plaintext = AESGCM(key).decrypt(reply["nonce"], reply["ciphertext"], b"nsl-reply-v1" + REQUEST.encode())
    assert plaintext == bytes.fromhex("080112030a0162")
