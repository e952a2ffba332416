"""Damaged bytes: accepted or refused as neo-go does, and each difference explained."""
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
