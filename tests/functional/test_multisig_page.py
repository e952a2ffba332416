"""The blocks of docs/use/multisig.md, run in their order: a block of commands, then what they print."""
import base64
import json
import subprocess
import sys
from pathlib import Path

from fixtures.neo_account import NeoAccount
from fixtures.processes import wait_until
from functional.test_events_page import BLOCKS, is_like

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = ROOT / "docs/use/multisig.md"

# A wallet of somebody else: signs the document it is given.
THEIR_WALLET = """\
#!{python}
import base64, json, sys
sys.path.insert(0, "{tests}")
from fixtures.neo_account import NeoAccount, sha256
account = NeoAccount(bytes.fromhex("{key}"))
document = json.load(open(sys.argv[1]))
message = document["network"].to_bytes(4, "little") + sha256(base64.b64decode(document["data"]))
[item] = document["items"].values()
item["signatures"][account.public_key.hex()] = base64.b64encode(account.sign(message)).decode()
json.dump(document, open(sys.argv[2], "w"))
"""


def test_the_blocks_of_the_page_say_what_happens(service, neo_network, programs, tmp_path):
    nsl = service.command_line("reader-of-multisig")
    nsl.login()
    theirs, payee = NeoAccount(), NeoAccount()
    wallet = tmp_path / "bin/their-wallet"
    wallet.parent.mkdir()
    wallet.write_text(THEIR_WALLET.format(python=sys.executable, tests=ROOT / "tests", key=theirs.private_key.hex()),
                      encoding="utf-8")
    wallet.chmod(0o755)
    environment = {**nsl._environment(), "PATH": f"{wallet.parent}:{programs}:/usr/bin:/bin",
                   "THEIRS": theirs.public_key.hex(), "PAYEE": payee.address}
    blocks = BLOCKS.findall(PAGE.read_text(encoding="utf-8"))
    assert len(blocks) == 6
    before = ""
    for index, (commands, shown) in enumerate(blocks):
        expected = json.loads(shown)

        def says_it(commands=commands, expected=expected):
            script = 'set -e\nnsl() { command nsl --json "$@"; }\n' + before + commands
            done = subprocess.run(["bash", "-c", script], cwd=nsl.folder, env=environment, capture_output=True,
                                  text=True, timeout=60, check=False)
            assert done.returncode == 0, f"{commands}\n{done.stdout}{done.stderr}"
            printed = json.loads(done.stdout.strip().splitlines()[-1])
            return is_like(expected, printed) or None
        # Only the last block shows what comes a moment later; the others are done once.
        wait_until(says_it, f"what the page shows for\n{commands}", 30 if index == len(blocks) - 1 else 0.1)
        if index == 0:
            neo_network.fund(nsl.ask("wallet", "show", "safe")["address"], "5")
        if commands.startswith("PROPOSAL="):
            before = commands.splitlines(keepends=True)[0]
    assert neo_network.balance(payee.address) == 150_000_000


def test_a_key_is_imported_and_given_out_as_it_came(service, tmp_path):
    nsl = service.command_line("keeper-of-keys")
    nsl.login()
    account = NeoAccount()
    (tmp_path / "key.wif").write_text(account.wif + "\n", encoding="utf-8")
    (tmp_path / "passphrase").write_text("", encoding="utf-8")
    made = nsl.ask("wallet", "import", "imported", "--exportable", "--wif-file", tmp_path / "key.wif")
    assert made["address"] == account.address
    assert nsl.ask("wallet", "export", "imported", "--passphrase-file", tmp_path / "passphrase")["wif"] == account.wif
    (tmp_path / "key.nep2").write_text(account.nep2("pass"), encoding="utf-8")
    (tmp_path / "passphrase").write_text("pass\n", encoding="utf-8")
    again = nsl.ask("wallet", "import", "protected", "--nep2-file", tmp_path / "key.nep2", "--passphrase-file",
                    tmp_path / "passphrase")
    assert again["address"] == account.address
    refused = nsl.run("wallet", "export", "protected", "--passphrase-file", tmp_path / "passphrase")
    assert refused.status == 4
    assert "NSL-WALLET-0010" in refused.error_text()


def test_a_signature_is_added_by_hand(service, neo_network):
    nsl = service.command_line("hand")
    nsl.login()
    theirs, payee = NeoAccount(), NeoAccount()
    nsl.ask("wallet", "create", "main")
    safe = nsl.ask("wallet", "multisig", "create", "safe", "--threshold", "1", "--wallet", "main", "--public-key",
                   theirs.public_key.hex())
    neo_network.fund(safe["address"], "2")
    made = nsl.ask("proposal", "create", "safe", "--to", payee.address, "--asset", "GAS", "--amount", "1", "--manual")
    exported = nsl.ask("proposal", "export", "safe", made["id"])
    signature = theirs.sign(base64.b64decode(exported["signing_message"]))
    ready = nsl.ask("proposal", "add", "safe", made["id"], "--public-key", theirs.public_key.hex(), "--signature",
                    signature.hex())
    assert ready["status"] == "READY"
    assert [item["id"] for item in nsl.ask("proposal", "list", "safe")["items"]] == [made["id"]]
    assert nsl.ask("proposal", "withdraw", "safe", made["id"])["status"] == "WITHDRAWN"
    refused = nsl.run("proposal", "submit", "safe", made["id"])
    assert refused.status == 4
    assert "NSL-PROPOSAL-0002" in refused.error_text()
