"""CPU of one sealed `POST /v1/wallets/{wallet}/sign`: HTTP, gateway, link, seal, authorisation, policy,
signature, audit entry durable in the store, sealed reply. Counted are the host and the enclave, both
on one core; the requests are made before and sent from another. Peers of the same run: a raw OpenSSL
signature, and the sum of the cryptography the request cannot do without (enclave_router_bench).
"""
import sqlite3
import sys
from contextlib import closing

import measure
from keep_alive_load import Load
from fixtures.api_client import SCHEMA, SEALED, ApiClient
from fixtures.neo_account import verify
from fixtures.neo_network import NeoNetwork
from fixtures.service import Service

RATIO_MAX = 1.3
REPETITIONS = 7
REQUESTS = 3000
WARM_UP = 500
CONNECTIONS = 64
OPERATION = "nsl.v1.WalletService/Sign"
BLOCK_MS = 60_000  # no block while it measures: the watcher's work is not this request's
SIGNED_DATA = b"what the wallet is asked to sign"


def make_requests(client, wallet, count):
    """Sealed calls, and their bytes on the wire."""
    calls = [client.seal(OPERATION, {"wallet": wallet, "data": SIGNED_DATA}) for _ in range(count)]
    head = f"POST /v1/wallets/{wallet}/sign HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {SEALED}\r\nContent-Length: "
    return calls, [head.encode() + f"{len(call.body)}\r\n\r\n".encode() + call.body for call in calls]


def check(calls, bodies):
    """Each reply opens, and holds a signature of its data."""
    for call, body in zip(calls, bodies):
        content = call.open_reply(body)
        reply = SCHEMA.decode("nsl.v1.Signature", content["message"])
        if not verify(reply["public_key"], reply["signature"], SIGNED_DATA):
            raise ValueError("not a signature")


class Stand:
    """The running service and what a repetition reads of it."""

    def __init__(self, programs, service, client, wallet):
        self.programs = programs
        self.service = service
        self.client = client
        self.wallet = wallet
        self.processes = {name: service.wait_pid(name) for name in ("nsl-host", "nsl-enclave-dev")}
        self.load = Load(client.port, CONNECTIONS)

    def commits(self):
        """How many commits the vault has made: the version of its head, the record written most often."""
        with closing(sqlite3.connect(f"file:{self.service.state}/host/store.sqlite?mode=ro", uri=True)) as store:
            return store.execute("SELECT max(version) FROM records").fetchone()[0]

    def request(self):
        """CPU of each process per request, and requests per commit."""
        calls, requests = make_requests(self.client, self.wallet, REQUESTS)
        commits = self.commits()
        before = {name: measure.cpu_us(pid) for name, pid in self.processes.items()}
        bodies = self.load.drive(requests)
        cost = {name: (measure.cpu_us(pid) - before[name]) / REQUESTS for name, pid in self.processes.items()}
        check(calls[::50], bodies[::50])
        return cost, REQUESTS / (self.commits() - commits)

    def raw(self, group):
        """CPU of the raw signature and of each stage of the cryptography."""
        bench = self.programs.parent / "bench"
        signature = measure.micro(bench / "core_crypto_bench", "^OpenSslSign$")["OpenSslSign"]
        stages = {}
        for name, value in measure.micro(bench / "enclave_router_bench", "SealedSign").items():
            kind, _, stage = name.partition("/")
            stages[stage] = value / group if kind == "SealedSignCommit" else value
        return signature, stages


def prepare(programs, service):
    client = ApiClient(service.url)
    client.sign_in()
    wallet = client.call("nsl.v1.WalletService/Create", {"name": "bench"})["id"]
    stand = Stand(programs, service, client, wallet)
    measure.separate(stand.processes.values())
    stand.load.drive(make_requests(client, wallet, WARM_UP)[1])
    return stand


def report(costs, groups, signatures, stages):
    totals = measure.Series([sum(cost.values()) for cost in costs])
    raw = measure.Series([sum(split.values()) for split in stages])
    ratios = measure.Series([total / limit for total, limit in zip(totals.values, raw.values)])
    for name in costs[0]:
        print(f"sealed sign, of it {name}: {measure.Series([cost[name] for cost in costs]).text('us')}")
    print(f"sealed sign, requests in one commit: {measure.Series(groups).text('')}")
    for stage in stages[0]:
        print(f"raw cryptography, of it {stage}: {measure.Series([split[stage] for split in stages]).text('us')}")
    print(f"sealed sign / raw OpenSSL signature: {totals.median / signatures.median:.2f}"
          f" (the signature: {signatures.text('us')})")
    ratio = totals.median / raw.median
    return measure.judge("sealed sign, CPU", f"{totals.text('us')} / {raw.text('us')} raw cryptography = {ratio:.2f}"
                         f" ({min(ratios.values):.2f}..{max(ratios.values):.2f})", f"<= {RATIO_MAX}", ratio <= RATIO_MAX)


def sealed_sign(programs, folder):
    with NeoNetwork(folder / "network", block_ms=BLOCK_MS) as network, \
            Service(programs, folder, network.url) as service:
        stand = prepare(programs, service)
        costs, groups, signatures, stages = [], [], measure.Series(), []
        for _ in range(REPETITIONS):
            cost, group = stand.request()
            signature, split = stand.raw(group)
            costs.append(cost)
            groups.append(group)
            signatures.add(signature)
            stages.append(split)
        return report(costs, groups, signatures, stages)


if __name__ == "__main__":
    sys.exit(measure.run(sealed_sign))
