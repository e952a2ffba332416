"""How fast a watcher that is behind reads the chain: blocks a second with their events kept durably, against the
raw download of the same bytes. The download asks one node over one kept-alive connection for the same blocks and
logs (`getblock` without JSON, `getapplicationlog` of each transaction) in batches as large as the watcher's; it
knows every transaction beforehand, has its requests ready and throws away what it reads. The two take turns.
"""
import http.client
import json
import secrets
import sys
import time

import measure
from fixtures import neo_transaction as tx
from fixtures.neo_account import hash160
from fixtures.neo_network import NeoNetwork
from fixtures.processes import wait_until

BLOCKS = 1500
BLOCK_MS = 20
TRANSACTIONS = 2400
TRANSFERS_EACH = 4
SENT_AT_ONCE = 40
RANGE_BLOCKS = 50  # watcher_range_blocks_max
BATCH_MAX = 100  # node_batch_max
REPETITIONS = 7
RATIO_MIN = 0.7
SYSTEM_FEE, NETWORK_FEE = 100000000, 5000000
VALID_BLOCKS = 5000


class Connection:
    """One kept-alive connection to the node."""

    def __init__(self, network):
        self._connection = http.client.HTTPConnection("127.0.0.1", network.port)

    def ask(self, body):
        self._connection.request("POST", "/", body, {"Content-Type": "application/json"})
        return self._connection.getresponse().read()


def batch(method, parameters):
    return json.dumps([{"jsonrpc": "2.0", "id": number + 1, "method": method, "params": list(each)}
                       for number, each in enumerate(parameters)]).encode()


def pieces(items, size):
    return [items[first:first + size] for first in range(0, len(items), size)]


def fill(network):
    """A chain with transactions in many of its blocks, each with several events."""
    one = tx.transfer_script(tx.GAS, network.bank_hash, hash160(b"somebody"), 1)
    signers = [(network.bank_hash, tx.CALLED_BY_ENTRY)]
    keys = [(network.validator, network.bank_script)]
    connection = Connection(network)
    for piece in pieces(range(TRANSACTIONS), SENT_AT_ONCE):
        signed = []
        for _ in piece:
            transaction = tx.Transaction(one * TRANSFERS_EACH, signers, secrets.randbits(32), SYSTEM_FEE,
                                         network.height() + VALID_BLOCKS)
            transaction.network_fee = NETWORK_FEE
            transaction.sign(network.magic, keys)
            signed.append([transaction.base64()])
        for answer in json.loads(connection.ask(batch("sendrawtransaction", signed))):
            if "error" in answer:
                raise ValueError(answer["error"])
    wait_until(lambda: network.height() >= BLOCKS and not network.rpc("getrawmempool"), "the chain", 600)


def requests_of(network, height):
    """What the raw download asks, in the watcher's order: the blocks of a range, then their logs."""
    bodies, transactions = [], 0
    for piece in pieces(range(1, height + 1), RANGE_BLOCKS):
        bodies.append(batch("getblock", [(index, 0) for index in piece]))
        hashes = [item["hash"] for index in piece for item in network.rpc("getblock", [index, 1])["tx"]]
        transactions += len(hashes)
        bodies += [batch("getapplicationlog", [(txid,) for txid in part]) for part in pieces(hashes, BATCH_MAX)]
    return bodies, transactions


def download(network, bodies):
    """Blocks a second are worth nothing here without the bytes: seconds and bytes."""
    connection = Connection(network)
    begun = time.monotonic()
    size = sum(len(connection.ask(body)) for body in bodies)
    return time.monotonic() - begun, size


def catch_up(program, network, height):
    """Seconds of one catch-up by the watcher, and the events it stored."""
    [run] = measure.micro_runs(program, 1, "catch_up", 0.001, environment={
        "NSL_BENCH_NODE": network.url, "NSL_BENCH_BLOCKS": str(height)})["catch_up/real_time"]
    return run["real_time"] / 1000, int(run["events"])


def catch_up_speed(programs, folder):
    program = programs.parent / "bench" / "host_watcher_bench"
    with NeoNetwork(folder / "network", block_ms=BLOCK_MS) as network:
        fill(network)
        height = network.height() // RANGE_BLOCKS * RANGE_BLOCKS
        bodies, transactions = requests_of(network, height)
        download(network, bodies)  # the node's caches are warm for both
        raw, ours, ratio = measure.Series(), measure.Series(), measure.Series()
        for _ in range(REPETITIONS):
            raw_seconds, size = download(network, bodies)
            own_seconds, events = catch_up(program, network, height)
            raw.add(height / raw_seconds)
            ours.add(height / own_seconds)
            ratio.add(raw_seconds / own_seconds)
        print(f"chain: {height} blocks, {transactions} transactions, {events} events, {size / 1e6:.1f} MB of replies")
        print(f"raw download, one connection: {raw.text('blocks/s', 0)}")
        return measure.judge("catch-up, events kept durably", f"{ours.text('blocks/s', 0)}, "
                             f"{ratio.text('of the raw download', 2)}", f">= {RATIO_MIN}", ratio.median >= RATIO_MIN)


if __name__ == "__main__":
    sys.exit(measure.run(catch_up_speed))
