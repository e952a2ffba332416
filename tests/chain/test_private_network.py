"""The private network the other suites stand on, and the tests' own Neo implementation."""
import socket

import pytest
from fixtures import neo_network
from fixtures import neo_transaction as tx
from fixtures.neo_account import NeoAccount, base58check_decode, message_bytes, script_hash_of, verify
from fixtures.neo_network import Faulted, NeoNetwork
from fixtures.processes import free_port


# Vectors: neo-go pkg/crypto/keys and neon-js agree on these.
@pytest.mark.parametrize("key, address, wif, nep2, passphrase", [
    ("7d128a6d096f0c14c3a25a2b0c41cf79661bfcb4a8cc95aaaea28bde4d732344",
     "NPTmAHDxo6Pkyic8Nvu3kwyXoYJCvcCB6i", "L1QqQJnpBwbsPGAuutuzPTac8piqvbR1HRjrY5qHup48TBCBFe4g",
     "6PYUUUFei9PBBfVkSn8q7hFCnewWFRBKPxcn6Kz6Bmk3FqWyLyuTQE2XFH", "city of zion"),
    ("00000000543306de61267b00a0d8757f3fefe54691134d0f44de50e169a39137",
     "NVWij4kjkZ8DS3NzwZTieAt4owQrNR8C78", "KwDiBf8aRQ4bj15E6UCUM2xhtgVqzHCVwLpAubMSw5ccYsFVREDF",
     "6PYPd3jWJWrUrY6s2kZeySeYMAyFeS8qHqqpjj5pdezqyQLVDYQ41rxMo5", "TestingOneTwoThree"),
])
def test_keys_addresses_and_nep2_match_known_vectors(key, address, wif, nep2, passphrase):
    account = NeoAccount(bytes.fromhex(key))
    assert (account.address, account.wif, account.nep2(passphrase)) == (address, wif, nep2)
    assert NeoAccount.from_wif(wif).private_key.hex() == key
    assert script_hash_of(address) == account.script_hash


def test_a_changed_address_is_refused():
    with pytest.raises(ValueError):
        base58check_decode("NPTmAHDxo6Pkyic8Nvu3kwyXoYJCvcCB6j")


def test_transfer_script_and_unsigned_transaction_match_known_vectors():
    source = NeoAccount.from_wif("KxpFdTMrssrpLxFiMQZAdNRGeVzvKKAaL6duVoFVTA9MyVBHTixc")
    target = bytes.fromhex("87ad17a9d8810803cc58825f7181584c82844060")
    script = tx.call_script(tx.GAS, "transfer", [source.script_hash, target, 150000000, None])
    assert script.hex().startswith("0b0280d1f0080c1487ad17a9d8810803cc58825f7181584c828440600c14")
    transaction = tx.Transaction(script, [(source.script_hash, tx.CALLED_BY_ENTRY)], 12345678, 997780, 5761)
    transaction.network_fee = 1230610
    assert transaction.txid == "0x94d09fa8faf3a9d3a6cf4547b0588f8037fb83e9e22c0459db4859763abc926b"


def test_a_signed_message_verifies_only_as_signed():
    account = NeoAccount()
    for layout in ("classic", "classic_unsalted", "ledger", "ledger_salted", "raw"):
        signature, salt = account.sign_message("hello", layout)
        assert verify(account.public_key, signature, message_bytes(layout, "hello", salt))
        assert not verify(account.public_key, signature, message_bytes(layout, "hellp", salt))


def test_funding_changes_the_balance(neo_network):
    account = NeoAccount()
    neo_network.fund(account.address, "12.5")
    assert neo_network.balance(account.address) == 1_250_000_000


def test_an_account_deploys_and_invokes_the_request_hub(neo_network):
    account = NeoAccount()
    neo_network.fund(account.address, 100)
    hub = neo_network.deploy("contracts/requesthub/requesthub", account=account)
    execution = neo_network.invoke(hub, "request", ["price", b"{}"], account)
    [event] = [note for note in execution["notifications"] if note["eventname"] == "Requested"]
    assert event["contract"] == hub
    assert neo_network.call(hub, "requestCount") == 1
    assert [state for _, _, state in neo_network.transactions_of(account.address)] == ["HALT", "HALT"]


def test_a_faulting_invocation_is_reported(neo_network):
    with pytest.raises(Faulted):
        neo_network.invoke(tx.GAS, "noSuchMethod")


def test_the_chain_survives_a_restart(tmp_path):
    account = NeoAccount()
    with NeoNetwork(tmp_path) as network:
        network.fund(account.address, 1)
        height = network.height()
        network.restart()
        assert network.height() >= height
        network.fund(account.address, 1)
        assert network.balance(account.address) == 200_000_000


@pytest.mark.parametrize("taken_first", [True, False], ids=["for clients", "for peers"])
def test_a_node_whose_port_is_taken_is_started_on_others(tmp_path, monkeypatch, taken_first):
    """neo-go answers before it listens to peers, and ends when it cannot."""
    with socket.create_server(("127.0.0.1", free_port())) as holder:
        taken = holder.getsockname()[1]
        ports = [taken, free_port()] if taken_first else [free_port(), taken]
        monkeypatch.setattr(neo_network, "free_port", lambda: ports.pop(0) if ports else free_port())
        with NeoNetwork(tmp_path) as network:
            assert taken not in (network.port, network.peer_port)
            network.wait_blocks(3)
