"""Intents of one wallet a second, from the HTTP request to the node's acceptance, against the node's own limit:
the same transfers, signed beforehand and given to the node over the same number of kept-alive connections in the
same run, taking turns. Both sides share the machine with who asks."""
import http.client
import json
import secrets
import sys
import threading
import time
from urllib.parse import urlsplit

import measure
from fixtures import neo_transaction as tx
from fixtures.api_client import ApiClient, ulid
from fixtures.neo_account import NeoAccount, hash160
from fixtures.neo_network import NeoNetwork
from fixtures.service import Service

CONNECTIONS = 64
COUNT = 800
TURNS = 3
RATIO_MIN = 0.6


class Side:
    """POSTs bodies over kept-alive connections, each checked by `accept`."""

    def __init__(self, url, path, headers, accept):
        self.parts, self.path, self.headers, self.accept = urlsplit(url), path, headers, accept

    def rate(self, requests):
        """Requests a second; `requests` is a list of (body, headers)."""
        shares = [requests[start::CONNECTIONS] for start in range(CONNECTIONS)]
        errors = []

        def work(share):
            try:
                connection = http.client.HTTPConnection(self.parts.hostname, self.parts.port, timeout=60)
                for body, headers in share:
                    connection.request("POST", self.path, body, {**self.headers, **headers})
                    reply = connection.getresponse()
                    self.accept(reply.status, reply.read())
                connection.close()
            except Exception as error:  # told below
                errors.append(error)
        threads = [threading.Thread(target=work, args=(share,)) for share in shares]
        begun = time.monotonic()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if errors:
            raise errors[0]
        return len(requests) / (time.monotonic() - begun)


def presigned(network, account, payee, count):
    """Transfers as the service makes them, ready to be sent."""
    script = tx.transfer_script(tx.GAS, account.script_hash, payee.script_hash, 1)
    signers = [(hash160(account.verification_script), tx.CALLED_BY_ENTRY)]
    fee = int(network.test_invoke(script, signers)["gasconsumed"]) * 11 // 10
    bodies, height = [], network.height()
    for _ in range(count):
        transaction = tx.Transaction(script, signers, secrets.randbits(32), fee, height + 900)
        transaction.network_fee = 1_300_000
        transaction.sign(network.magic, [(account, account.verification_script)])
        body = {"jsonrpc": "2.0", "id": 1, "method": "sendrawtransaction", "params": [transaction.base64()]}
        bodies.append((json.dumps(body), {}))
    return bodies


def accept_node(_status, body):
    answer = json.loads(body)
    if "result" not in answer:
        raise ValueError(f"the node refused: {answer}")


def accept_service(status, body):
    answer = json.loads(body)
    if status != 202 or answer.get("state") != "SENT":
        raise ValueError(f"not taken: {status} {answer}")


def intents(programs, folder):
    node_rates, service_rates = [], []
    payee = NeoAccount()
    with NeoNetwork(folder / "network") as network, Service(programs, folder / "service", network.url) as service:
        client = ApiClient(service.url)
        client.sign_in()
        client.allow_plain()
        wallet = client.call("nsl.v1.WalletService/Create", {"name": "main"})
        network.fund(wallet["address"], 1000)
        account = NeoAccount()
        network.fund(account.address, 1000)
        node = Side(network.url, "/", {"Content-Type": "application/json"}, accept_node)
        ours = Side(service.url, "/v1/wallets/main/transfers", {
            "Content-Type": "application/json", "Authorization": f"Bearer {client.token}"}, accept_service)
        body = json.dumps({"asset": "GAS", "to": payee.address, "amount": "0.00000001"})
        for turn in range(TURNS + 1):
            signed = presigned(network, account, payee, COUNT)
            network.wait_blocks(2)
            node_rate = node.rate(signed)
            network.wait_blocks(4)
            service_rate = ours.rate([(body, {"Idempotency-Key": ulid()}) for _ in range(COUNT)])
            network.wait_blocks(4)
            if turn > 0:  # the first one warms up
                node_rates.append(node_rate)
                service_rates.append(service_rate)
    ours_series, node_series = measure.Series(service_rates), measure.Series(node_rates)
    ratio = ours_series.median / node_series.median
    return measure.judge("intents/s of one wallet, HTTP -> accepted by the node",
                         f"{ours_series.text('/s')} / {node_series.text('/s')} pre-signed = {ratio:.2f}",
                         f">= {RATIO_MIN}", ratio >= RATIO_MIN)


if __name__ == "__main__":
    sys.exit(measure.run(intents))
