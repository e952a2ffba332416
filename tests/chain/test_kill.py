"""kill -9 of host, enclave and runner at seeded random moments: an auditor reads the blocks and
finds exactly one transaction of the wallet for each accepted event, HALT and FAULT counted alike.
"""
import http.client
import os
import random
import signal
import time
from contextlib import suppress

import pytest
from fixtures import neo_transaction as tx
from fixtures.api_client import ApiClient
from fixtures.neo_account import NeoAccount, display, script_hash_of
from fixtures.processes import wait_until
from fixtures.service import Service

HUB = "contracts/requesthub/requesthub"
PROGRAMS = ["nsl-host", "nsl-enclave-dev", "nsl-runner-js"]
REQUESTS, KILLS, WINDOW_SECONDS = 4, 3, 1.6
SETTLE_SECONDS = 150
SEEDS = [pytest.param(seed, marks=[pytest.mark.slow] if seed >= 3 else []) for seed in range(50)]

# Looks before it answers, as a careful function does.
CAREFUL = """
export default { async event(event, context) {
  const [id] = event.arguments;
  const { stack } = await neoService.blockchain.call(event.contract, 'getRequest', [id]);
  if (!Array.isArray(stack[0].value)) return { answered: false };
  return neoService.wallet.invoke(
      { wallet: 'main', contract: event.contract, method: 'fulfil', args: [id, 0, 'done'] });
} };
"""
# Pays without looking: a second transaction would succeed, and the auditor would see it.
BLIND = """
export default { async event(event, context) {
  const { payer, payee, gas } = context.environment;
  const hash = (value) => ({ type: 'Hash160', value });
  return neoService.wallet.invoke(
      { wallet: 'main', contract: gas, method: 'transfer', args: [hash(payer), hash(payee), 1, null] });
} };
"""


class Scene:
    """A service of its own, with a trigger that answers or pays."""

    def __init__(self, service, network, is_careful):
        self.service, self.network, self.is_careful = service, network, is_careful
        self.asker, self.payee = NeoAccount(), NeoAccount()
        network.fund(self.asker.address, 200)
        self.hub = network.deploy(HUB, account=self.asker)
        self.client = ApiClient(service.url)
        self.client.sign_in()
        self.wallet = self.client.call("nsl.v1.WalletService/Create", {"name": "main"})
        network.fund(self.wallet["address"], 5)
        network.invoke(self.hub, "registerFulfiller", [script_hash_of(self.wallet["address"])], self.asker)
        gas = display(tx.GAS)
        self.client.call("nsl.v1.FunctionService/Put", {
            "name": "f", "runtime": "javascript", "source": CAREFUL if is_careful else BLIND,
            "environment": {"payer": self.wallet["address"], "payee": self.payee.address, "gas": gas}})
        self.client.call("nsl.v1.WalletService/PutGrant", {
            "wallet": "main", "function": "f", "max_system_fee": "0.5", "max_network_fee": "0.1",
            "contracts": [{"contract": self.hub, "methods": ["fulfil"]}, {"contract": gas, "methods": ["transfer"]}]})
        self.client.call("nsl.v1.TriggerService/Put", {
            "name": "t", "function": "f", "source": {"contract_event": {"contract": self.hub, "event": "Requested"}}})
        self.sent = []
        self.killed = 0

    def ask(self):
        self.sent.append(self.network.invoke(self.hub, "request", ["f", b"{}"], self.asker, wait=False))

    def kill(self, program, chosen):
        pids = self.service.pids(program)
        if pids:
            with suppress(ProcessLookupError):
                os.kill(chosen.choice(pids), signal.SIGKILL)
                self.killed += 1

    def runs(self):
        """Every run there is, or nothing while the service is away."""
        try:
            reply = self.client.rest("GET", "/v1/runs")
        except (OSError, http.client.HTTPException):
            return None
        return reply.json()["items"] if reply.status == 200 else None

    def is_settled(self):
        assert self.service.running(), self.service.log.read_text()
        runs = self.runs()
        if runs is None or len(runs) < REQUESTS:
            return False
        return all(run["status"] not in ("QUEUED", "RUNNING")
                   and all(item["state"] not in ("SIGNED", "SENT") for item in run["transactions"]) for run in runs)

    def audit(self):
        """What the blocks say of the wallet."""
        return self.network.transactions_of(self.wallet["address"])


def play(scene, seed):
    """Requests and kills, each at its moment."""
    chosen = random.Random(seed)
    moments = [(number * WINDOW_SECONDS / REQUESTS, scene.ask, ()) for number in range(REQUESTS)]
    for number in range(KILLS):
        program = PROGRAMS[(seed + number) % len(PROGRAMS)]
        moments.append((chosen.uniform(0.05, WINDOW_SECONDS + 0.4), scene.kill, (program, chosen)))
    begun = time.monotonic()
    for at, act, arguments in sorted(moments, key=lambda moment: moment[0]):
        wait_until(lambda due=begun + at: time.monotonic() >= due, "its moment", WINDOW_SECONDS + 5)
        act(*arguments)


@pytest.mark.timeout(400)
@pytest.mark.parametrize("seed", SEEDS)
def test_each_accepted_event_has_exactly_one_transaction(programs, neo_network, tmp_path, seed):
    with Service(programs, tmp_path, neo_network.url) as service:
        scene = Scene(service, neo_network, is_careful=seed % 2 == 0)
        play(scene, seed)
        wait_until(scene.is_settled, "every run and transaction is decided", SETTLE_SECONDS)
        neo_network.wait_blocks(3)
        runs, found = scene.runs(), scene.audit()
    assert scene.killed > 0
    events = [run["event"]["id"] for run in runs]
    assert sorted(event.partition("/")[0] for event in events) == sorted(scene.sent)
    outcomes = [(run["status"], run.get("error", {}).get("message", run["output"]),
                 [item["state"] for item in run["transactions"]]) for run in runs]
    assert [state for _, _, state in found] == ["HALT"] * REQUESTS, "\n".join(map(str, outcomes))
    assert len({txid for _, txid, _ in found}) == REQUESTS
    if scene.is_careful:
        assert all(neo_network.call(scene.hub, "getAnswer", [number + 1]) == b"done" for number in range(REQUESTS))
    else:
        assert neo_network.balance(scene.payee.address) == REQUESTS
    recorded = {item["hash"] for run in runs for item in run["transactions"]}
    assert recorded == {txid for _, txid, _ in found}
