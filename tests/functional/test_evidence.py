"""Receipts and attestations, checked offline by the command line."""
import json
import random

import cbor2
import pytest

MUTATIONS = 60
VERIFICATION_FAILED = 6


@pytest.fixture(scope="module")
def evidence(service, tmp_path_factory):
    """A signed-in command line with a receipt and an attestation in files."""
    nsl = service.command_line("evidence")
    nsl.login()
    folder = tmp_path_factory.mktemp("evidence")
    (folder / "f.js").write_text("async function main(params) { console.log('hi'); return params; }\n")
    nsl.ask("function", "deploy", "f", "--file", folder / "f.js")
    run = nsl.ask("function", "run", "f", "--input", '{"n": 1}')
    nsl.ask("run", "receipt", run["id"], "--out", folder / "receipt.cose")
    nsl.ask("attest", "--out", folder / "attestation.cose")
    return nsl, folder, run


def verify(evidence, *files, root=True):
    nsl, _, _ = evidence
    anchor = ["--development-root", nsl.folder / "state/enclave/development-root.pem"] if root else []
    return nsl.run("verify", *anchor, *files)


def test_a_receipt_verifies_and_says_what_ran(evidence):
    _, folder, run = evidence
    answer = verify(evidence, folder / "receipt.cose")
    assert answer.status == 0, answer.error_text()
    receipt = answer.json()["results"][0]["receipt"]
    assert (receipt["run"], receipt["function"], receipt["status"]) == (run["id"], "f", "SUCCEEDED")


def test_a_receipt_hashes_exactly_what_went_in_and_out(evidence):
    import hashlib
    _, folder, run = evidence
    payload = cbor2.loads(cbor2.loads((folder / "receipt.cose").read_bytes())[2])
    assert payload["input_hash"] == hashlib.sha256(run["input"].encode()).digest()
    assert payload["output_hash"] == hashlib.sha256(run["output"].encode()).digest()
    assert payload["mode"] == "dev"
    assert payload["layers"]


def test_an_attestation_verifies(evidence):
    _, folder, _ = evidence
    answer = verify(evidence, folder / "attestation.cose")
    assert answer.status == 0, answer.error_text()
    assert answer.json()["results"][0]["kind"] == "attestation"


def test_without_the_development_root_neither_verifies(evidence):
    _, folder, _ = evidence
    for name in ("receipt.cose", "attestation.cose"):
        answer = verify(evidence, folder / name, root=False)
        assert answer.status == VERIFICATION_FAILED
        assert answer.json()["results"][0]["code"].startswith("NSL-")


def test_another_installations_root_does_not_vouch(evidence, tmp_path):
    from fixtures.https_server import Authority
    _, folder, _ = evidence
    nsl, _, _ = evidence
    answer = nsl.run("verify", "--development-root", Authority(tmp_path).file, folder / "receipt.cose")
    assert answer.status == VERIFICATION_FAILED


@pytest.mark.parametrize("name", ["receipt.cose", "attestation.cose"])
def test_sampled_changed_bytes_are_refused(evidence, name, tmp_path):
    _, folder, _ = evidence
    genuine = (folder / name).read_bytes()
    chosen = random.Random(11)
    files = []
    for position in chosen.sample(range(len(genuine)), MUTATIONS):
        data = bytearray(genuine)
        data[position] ^= 1 << chosen.randrange(8)
        files.append(tmp_path / f"{position}.cose")
        files[-1].write_bytes(data)
    answer = verify(evidence, *files)
    assert answer.status == VERIFICATION_FAILED
    accepted = [item["file"] for item in answer.json()["results"] if item["valid"]]
    assert accepted == []


@pytest.mark.parametrize("change", [lambda data: data[:-1], lambda data: data + b"\0", lambda data: data[1:],
                                    lambda data: b"", lambda data: json.dumps({"a": 1}).encode()])
def test_cut_and_extended_files_are_refused(evidence, change, tmp_path):
    _, folder, _ = evidence
    file = tmp_path / "changed.cose"
    file.write_bytes(change((folder / "receipt.cose").read_bytes()))
    assert verify(evidence, file).status == VERIFICATION_FAILED


def test_one_bad_file_among_good_ones_fails_the_command(evidence, tmp_path):
    _, folder, _ = evidence
    (tmp_path / "bad.cose").write_bytes(b"x")
    answer = verify(evidence, folder / "receipt.cose", tmp_path / "bad.cose")
    assert answer.status == VERIFICATION_FAILED
    assert [item["valid"] for item in answer.json()["results"]] == [True, False]
