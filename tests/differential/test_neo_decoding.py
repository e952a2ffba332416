"""Damaged bytes: accepted or refused as neo-go does, and each difference explained."""
import hashlib

from fixtures.neo_differences import explain
from fixtures.neo_peers import Maker


def compare(ours, theirs, inputs):
    unexplained = []
    for data, mine, other in zip(inputs, ours, theirs, strict=True):
        if ("error" in mine) == ("error" in other):
            continue
        reason = explain(data, other) if "error" in mine else None
        if reason is None:
            unexplained.append(f"{data}: ours {mine}, neo-go's {other}")
    assert not unexplained, "\n".join(unexplained[:5])
    # A test that refuses everything would show nothing.
    assert any("error" not in mine for mine in ours) and any("error" in mine for mine in ours)


def encoded(peers, public_keys, count, seed):
    maker = Maker(seed, public_keys)
    transactions = [maker.transaction() for _ in range(count)]
    return maker, [bytes.fromhex(each["hex"]) for each in peers.ours("tx encode", transactions)]


def test_damaged_transactions_are_refused_as_neo_go_does(peers, public_keys, count):
    maker, originals = encoded(peers, public_keys, count, 21)
    inputs = [maker.mutated(original).hex() for original in originals for _ in range(5)]
    ours = peers.ours("tx decode", [{"tx": data} for data in inputs])
    theirs = peers.neo_go("decode_tx", [{"hex": data} for data in inputs])
    compare(ours, theirs, inputs)
    for mine, other in zip(ours, theirs, strict=True):
        if "error" not in mine:
            assert mine == other["rpc"]


def test_what_we_accept_neon_js_reads_alike(peers, public_keys, count):
    """neon-js checks little, so only this direction says anything."""
    maker, originals = encoded(peers, public_keys, count, 23)
    inputs = [maker.mutated(original).hex() for original in originals for _ in range(3)]
    ours = peers.ours("tx decode", [{"tx": data} for data in inputs])
    taken = [(data, mine) for data, mine in zip(inputs, ours, strict=True)
             if "error" not in mine and not mine["attributes"]]
    assert taken
    for (data, mine), other in zip(taken, peers.neon("decode_tx", [{"hex": data} for data, _ in taken]), strict=True):
        assert ("0x" + other["hash"], other["hex"]) == (mine["hash"], data)


def header(maker):
    data = bytes(4) + maker.bytes(108 - 3, 108 - 3)
    for least in (66, 40):
        script = maker.bytes(0, least)
        data += (b"\x01" if least == 66 else b"") + bytes([len(script)]) + script
    return data


def test_damaged_headers_are_refused_as_neo_go_does(peers, count):
    maker = Maker(24)
    originals = [header(maker) for _ in range(count)]
    inputs = [each.hex() for each in originals]
    inputs += [maker.mutated(original).hex() for original in originals for _ in range(5)]
    ours = peers.ours("header decode", [{"header": data} for data in inputs])
    theirs = peers.neo_go("decode_header", [{"hex": data} for data in inputs])
    compare(ours, theirs, inputs)
    for mine, other in zip(ours, theirs, strict=True):
        if "error" not in mine:
            assert mine["hash"] == "0x" + other["hash"]


def hash256(data):
    return hashlib.sha256(hashlib.sha256(data).digest()).digest()


def merkle_root(hashes):
    while len(hashes) > 1:
        hashes += hashes[-1:] * (len(hashes) % 2)
        hashes = [hash256(left + right) for left, right in zip(hashes[::2], hashes[1::2], strict=True)]
    return hashes[0] if hashes else bytes(32)


def block(maker, transactions):
    """A header as `header` makes it, over these transactions."""
    root = merkle_root([bytes.fromhex(each["hash"])[::-1] for each in transactions])
    made = header(maker)
    return made[:36] + root + made[68:] + bytes([len(transactions)]) + b"".join(
        bytes.fromhex(each["hex"]) for each in transactions)


def test_damaged_blocks_are_refused_as_neo_go_does(peers, public_keys, count):
    """The merkle root too: a block of other transactions than its header names is no block."""
    maker = Maker(26, public_keys)
    made = peers.ours("tx encode", [maker.transaction() for _ in range(count)])
    originals = [block(maker, made[start:start + maker.random.randint(0, 5)]) for start in range(0, count, 5)]
    inputs = [each.hex() for each in originals]
    inputs += [maker.mutated(original).hex() for original in originals for _ in range(10)]
    ours = peers.ours("block decode", [{"block": data} for data in inputs])
    theirs = peers.neo_go("decode_block", [{"hex": data} for data in inputs])
    compare(ours, theirs, inputs)
    assert all("error" not in mine for mine in ours[:len(originals)])
    for mine, other in zip(ours, theirs, strict=True):
        if "error" not in mine:
            # Its node adds the size of a block in the RPC server.
            assert {**mine, "size": None} == {**other["rpc"], "size": None}


def contract_file(maker):
    """NEF: compiler, source, tokens, script, checksum."""
    data = b"NEF3" + b"compiler".ljust(64, b"\0") + b"\x06source" + b"\0"
    tokens = maker.random.choice([0, 1, 3])
    data += bytes([tokens])
    for _ in range(tokens):
        data += maker.bytes(20, 20) + b"\x08transfer" + b"\x02\x00" + bytes([maker.random.randrange(2)])
        data += bytes([maker.random.randrange(16)])
    script = maker.bytes(1, 200)
    data += b"\0\0" + bytes([len(script)]) + script
    return data + hash256(data)[:4]


def test_damaged_contract_files_are_refused_as_neo_go_does(peers, count):
    """The tool shows a file with a wrong checksum and says so, where neo-go refuses it."""
    maker = Maker(27)
    originals = [contract_file(maker) for _ in range(count)]
    # With the checksum made right again after the damage, so that more than the checksum is looked at.
    damaged = [maker.mutated(original[:-4]) for original in originals for _ in range(3)]
    inputs = [each.hex() for each in originals] + [(each + hash256(each)[:4]).hex() for each in damaged]
    inputs += [maker.mutated(original).hex() for original in originals]
    ours = peers.ours("nef", [{"nef": data} for data in inputs])
    ours = [mine if mine.get("checksum_valid", True) else {"error": "checksum"} for mine in ours]
    theirs = peers.neo_go("decode_nef", [{"hex": data} for data in inputs])
    compare(ours, theirs, inputs)
    for mine, other in zip(ours, theirs, strict=True):
        if "error" not in mine:
            assert all(mine[name] == other[name] for name in ("compiler", "source", "script"))


def test_damaged_addresses_are_refused_by_both(peers, keys):
    maker = Maker(25)
    inputs = []
    for key in keys:
        text = key["address"]
        at = maker.random.randrange(len(text))
        inputs.append(maker.random.choice([text[:at] + text[at + 1:], text[:at] + "1" + text[at:],
                                           text[:at] + maker.random.choice("2xZ0Il") + text[at + 1:], text]))
    ours = peers.ours("address", [{"address": text} for text in inputs])
    theirs = peers.neo_go("decode_address", [{"message": text} for text in inputs])
    for text, mine, other in zip(inputs, ours, theirs, strict=True):
        assert ("error" in mine) == ("error" in other), text
