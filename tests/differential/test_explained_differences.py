"""Every row of the table of differences is still true; a row that is not must go."""
import hashlib

from fixtures import neo_differences as rows
from fixtures.neo_peers import Maker, ORDER


def one_signer(maker, **more):
    return {**maker.transaction(), "attributes": [], "script": "QA==",
            "signers": [{"account": "0x" + "11" * 20, "scopes": "None"}],
            "witnesses": [{"invocation": "", "verification": ""}], **more}


def refused_by_us_alone(peers, words, field, operation, data):
    ours, theirs = peers.ours(words, [{field: data}])[0], peers.neo_go(operation, [{"hex": data}])[0]
    assert "error" in ours and "error" not in theirs
    return rows.explain(data, theirs)


def test_a_longer_form_of_a_length(peers, public_keys):
    good = peers.ours("tx encode", [one_signer(Maker(31, public_keys))])[0]["hex"]
    longer = good.replace("000140", "00fd010040")
    assert longer != good
    assert refused_by_us_alone(peers, "tx decode", "tx", "decode_tx", longer) is rows.OTHER_FORM


def test_a_transaction_above_the_size_limit(peers, public_keys):
    """A script and 16 oversized signers: more than 102,400 bytes, each part within its own bound."""
    maker = Maker(32, public_keys)
    signer = bytes.fromhex("10") + bytes([16]) + maker.bytes(320, 320)
    signers = b"".join(maker.bytes(20, 20) + signer for _ in range(16))
    data = bytes(25) + bytes([16]) + signers + b"\x00" + b"\xfd\xff\xff" + b"\x40" * 65535
    witness = b"\xfd\x00\x04" + bytes(1024)
    data += bytes([16]) + witness * 32
    assert len(data) > 102400
    assert refused_by_us_alone(peers, "tx decode", "tx", "decode_tx", data.hex()) is rows.TOO_LARGE


def test_a_header_of_another_version(peers):
    data = (b"\x01" + bytes(108) + b"\x01\x00\x00").hex()
    assert refused_by_us_alone(peers, "header decode", "header", "decode_header", data) is rows.HEADER_VERSION


def test_names_in_a_contract_file_that_are_not_utf8(peers):
    data = b"NEF3" + b"\xff".ljust(64, b"\0") + b"\0\0\0\0\0\x01\x40"
    data += hashlib.sha256(hashlib.sha256(data).digest()).digest()[:4]
    assert refused_by_us_alone(peers, "nef", "nef", "decode_nef", data.hex()) is rows.NOT_TEXT


def test_the_number_sixteen(peers, public_keys):
    argument = {"type": "Integer", "value": "16"}
    call = {"contract": "11" * 20, "method": "m", "args": [argument], "call_flags": 15}
    ours = peers.ours("script build", [{"calls": [call]}])[0]["script"]
    assert ours == peers.neon("script", [call])[0]["script"]
    assert ours.startswith("20") and peers.neo_go("script", [call])[0]["script"] == "0010" + ours[2:]
    asked = {"m": 16, "public_keys": public_keys[:16]}
    account = peers.ours("multisig", [asked])[0]
    theirs = peers.neon("multisig", [{**asked, "public_keys": account["public_keys"]}])[0]
    assert account["verification_script"] == theirs["verification_script"]
    assert peers.neo_go("multisig", [asked])[0]["verification_script"] != account["verification_script"]


def test_an_empty_map(peers):
    argument = {"type": "Map", "value": []}
    assert peers.ours("script build", [{"push": [argument]}])[0]["script"] == "c8"
    assert peers.neo_go("script", [{"args": [argument]}])[0]["script"] == "10be"


def test_an_empty_array(peers):
    call = {"contract": "11" * 20, "method": "m", "args": [{"type": "Array", "value": []}], "call_flags": 15}
    ours = peers.ours("script build", [{"calls": [call]}])[0]["script"]
    assert ours == peers.neo_go("script", [call])[0]["script"] and ours.startswith("c2")
    assert peers.neon("script", [call])[0]["script"] == "10c0" + ours[2:]


def test_the_smaller_s(peers, keys):
    asked = [{"private_key": key["private_key"], "message": "00"} for key in keys]
    ours, theirs = peers.ours("sign", asked), peers.neon("sign", asked)
    assert any(mine["signature"] != other["signature"] for mine, other in zip(ours, theirs, strict=True))
    assert all(int(other["signature"][64:], 16) <= ORDER // 2 for other in theirs)


def test_unsorted_keys(peers, public_keys):
    asked = {"m": 1, "public_keys": public_keys[:7]}
    orders = {peers.neon("multisig", [{**asked, "public_keys": order}])[0]["verification_script"]
              for order in (asked["public_keys"], asked["public_keys"][::-1])}
    ours = {peers.ours("multisig", [{**asked, "public_keys": order}])[0]["verification_script"]
            for order in (asked["public_keys"], asked["public_keys"][::-1])}
    assert (len(orders), len(ours)) == (2, 1)


def test_a_key_twice(peers, public_keys):
    asked = {"m": 1, "public_keys": [public_keys[0]] * 2}
    assert "error" in peers.ours("multisig", [asked])[0]
    assert all("error" not in ask("multisig", [asked])[0] for ask in (peers.neo_go, peers.neon))


def test_high_priority_in_neon_js(peers, public_keys):
    made = one_signer(Maker(33, public_keys), attributes=[{"type": "HighPriority"}])
    good = peers.ours("tx encode", [made])[0]["hex"]
    assert peers.neo_go("decode_tx", [{"hex": good}])[0]["hex"] == good
    assert peers.neon("decode_tx", [{"hex": good}])[0].get("hex") != good
