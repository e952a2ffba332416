"""Keys, NEP-2, signatures, scripts and transactions: the same bytes as neo-go and neon-js."""
import base64

from fixtures.neo_peers import ORDER, Maker

CHEAP = {"n": 2, "r": 1, "p": 1}
FULL = {"n": 16384, "r": 8, "p": 8}
# What neon-js builds; it has no maps.
NEON_KINDS = ["Boolean", "Integer", "ByteArray", "String", "Hash160", "PublicKey", "Array", "Any"]
ALL_KINDS = [*NEON_KINDS, "Hash256", "Signature", "Map"]


def same(ours, theirs, what):
    for index, (mine, other) in enumerate(zip(ours, theirs, strict=True)):
        for name in set(mine) & set(other):
            assert mine[name] == other[name], f"{what} {index}: {name}"
        assert "error" not in mine and "error" not in other, f"{what} {index}: {mine} {other}"


def test_keys_are_those_of_both_libraries(peers, keys):
    asked = [{"private_key": key["private_key"]} for key in keys]
    same(keys, peers.neo_go("key", asked), "key")
    same(keys, peers.neon("key", asked), "key")


def test_every_form_of_a_key_gives_the_same(peers, keys):
    public = [{name: value for name, value in key.items() if name not in ("wif", "private_key")} for key in keys]
    for field in ("wif", "public_key"):
        assert peers.ours("key", [{field: key[field]} for key in keys]) == public
    by_point = peers.ours("key", [{"public_key": key["public_key_uncompressed"]} for key in keys])
    assert by_point == public


def test_addresses_are_those_of_both_libraries(peers, keys):
    ours = peers.ours("address", [{"address": key["address"]} for key in keys])
    asked = [{"message": key["address"]} for key in keys]
    same(ours, peers.neo_go("decode_address", asked), "address")
    same(ours, peers.neon("decode_address", asked), "address")


def test_passphrases_seal_and_open_alike(peers, keys):
    maker = Maker(2)
    phrases = ["", "one", "city of zion", "我的密码", "café Å", "MyL33tP@33w0rd"]
    asked = [{"private_key": key["private_key"], "passphrase": maker.random.choice(phrases), "scrypt": CHEAP}
             for key in keys]
    asked += [{**each, "scrypt": FULL} for each in asked[:2]]
    ours = peers.ours("nep2", asked)
    same(ours, peers.neo_go("nep2", asked), "nep2")
    same(ours, peers.neon("nep2", asked), "nep2")
    sealed = [{"nep2": mine["nep2"], "passphrase": each["passphrase"], "scrypt": each["scrypt"]}
              for mine, each in zip(ours, asked, strict=True)]
    opened = peers.ours("key", [{**each, "reveal": True} for each in sealed])
    same(opened, peers.neo_go("open_nep2", sealed), "open nep2")
    wrong = [{**each, "passphrase": each["passphrase"] + "x"} for each in sealed[:50]]
    assert all(each["error"]["code"] == "NSL-NEO-0004" for each in peers.ours("key", wrong))
    assert all("error" in each for each in peers.neo_go("open_nep2", wrong))


def test_signatures_are_neo_gos_and_neon_js_takes_them(peers, keys):
    maker = Maker(3)
    asked = [{"private_key": key["private_key"], "message": maker.bytes(0, 300).hex()} for key in keys]
    ours = peers.ours("sign", asked)
    same(ours, peers.neo_go("sign", asked), "signature")
    for mine, other in zip(ours, peers.neon("sign", asked), strict=True):
        assert mine["signature"][:64] == other["signature"][:64]
        s = int(mine["signature"][64:], 16)
        assert int(other["signature"][64:], 16) == min(s, ORDER - s)
    checks = [{"public_key": mine["public_key"], "signature": mine["signature"], "message": each["message"]}
              for mine, each in zip(ours, asked, strict=True)]
    assert all(each["valid"] for each in peers.ours("verify", checks))
    changed = [{**each, "message": each["message"] + "00"} for each in checks]
    assert not any(each["valid"] for each in peers.ours("verify", changed))


def test_multisig_accounts_are_those_of_both_libraries(peers, public_keys, count):
    maker = Maker(4)
    asked = []
    for _ in range(count):
        members = maker.random.sample(public_keys, maker.random.choice([1, 2, 4, 7, 15]))
        asked.append({"m": maker.random.randint(1, len(members)), "public_keys": members})
    ours = peers.ours("multisig", asked)
    same(ours, peers.neo_go("multisig", asked), "multisig")
    ordered = [{**each, "public_keys": mine["public_keys"]} for each, mine in zip(asked, ours, strict=True)]
    theirs = peers.neon("multisig", ordered)
    for mine, other in zip(ours, theirs, strict=True):
        assert mine["verification_script"] == other["verification_script"]


def as_neo_go_writes(argument):
    """neo-go reads byte arrays and signatures as Base64, we as hex."""
    value = argument["value"]
    if argument["type"] in ("ByteArray", "Signature"):
        value = base64.b64encode(bytes.fromhex(value)).decode()
    elif argument["type"] == "Array":
        value = [as_neo_go_writes(each) for each in value]
    elif argument["type"] == "Map":
        value = [{name: as_neo_go_writes(each[name]) for name in ("key", "value")} for each in value]
    return {"type": argument["type"], "value": value}


def test_scripts_are_those_of_both_libraries(peers, public_keys, count):
    maker = Maker(5, public_keys)
    for kinds, ask, least in ((ALL_KINDS, None, 0), (NEON_KINDS, peers.neon, 1)):
        calls = [{"contract": maker.bytes(20, 20).hex(), "method": maker.random.choice(["transfer", "a", "balanceOf"]),
                  "args": [maker.argument(kinds, least) for _ in range(maker.random.randint(0, 5))],
                  "call_flags": maker.random.randint(0, 15)} for _ in range(count)]
        ours = peers.ours("script build", [{"calls": [call]} for call in calls])
        theirs = peers.neo_go("script", [{**call, "args": [as_neo_go_writes(each) for each in call["args"]]}
                                         for call in calls])
        same(ours, theirs, "call")
        if ask:
            same(ours, ask("script", calls), "call")


def test_pushed_values_are_neo_gos(peers, public_keys, count):
    maker = Maker(6, public_keys)
    values = [[maker.argument(ALL_KINDS)] for _ in range(count)]
    ours = peers.ours("script build", [{"push": each} for each in values])
    theirs = peers.neo_go("script", [{"args": [as_neo_go_writes(value) for value in each]} for each in values])
    same(ours, theirs, "push")


def test_transactions_with_nested_rules_are_neo_gos(peers, public_keys, count):
    """Built from JSON by both; neo-go's JSON of them is what we print again."""
    maker = Maker(7, public_keys)
    transactions = [maker.transaction() for _ in range(count)]
    ours = peers.ours("tx encode", transactions)
    # neo-go wants hash and size in the JSON, and checks them.
    stated = [{**each, "hash": "0x" + mine["hash"], "size": mine["size"]}
              for each, mine in zip(transactions, ours, strict=True)]
    theirs = peers.neo_go("encode_tx", [{"tx": each} for each in stated])
    for index, (mine, other) in enumerate(zip(ours, theirs, strict=True)):
        assert "error" not in other, f"transaction {index}: {other} {transactions[index]}"
        assert (mine["hex"], mine["unsigned_hex"], mine["hash"]) == (
            other["hex"], other["unsigned_hex"], other["hash"]), f"transaction {index}"
    decoded = peers.ours("tx decode", [{"tx": mine["hex"]} for mine in ours])
    for index, (mine, other) in enumerate(zip(decoded, theirs, strict=True)):
        assert mine == other["rpc"], f"transaction {index}"


def test_neon_js_reads_and_writes_our_transactions(peers, public_keys, count):
    maker = Maker(8, public_keys)
    transactions = []
    for _ in range(count):
        made = maker.transaction()
        transactions.append({**made, "attributes": []})
    ours = peers.ours("tx encode", transactions)
    same(ours, peers.neon("decode_tx", [{"hex": mine["hex"]} for mine in ours]), "transaction")
