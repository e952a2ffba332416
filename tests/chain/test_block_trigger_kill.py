"""kill -9 of host and enclave while blocks and transactions start functions: an auditor reads the chain
and finds one run for each."""
import os
import random
import signal
from contextlib import suppress

import pytest
from fixtures.api_client import ApiClient
from fixtures.neo_account import NeoAccount
from fixtures.processes import wait_until
from fixtures.service import Service

from chain.test_kill import Scene

PROGRAMS = ["nsl-host", "nsl-enclave-dev"]
KILLS = 4


def kill(service, program):
    for pid in service.pids(program):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


@pytest.mark.timeout(400)
@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.slow), pytest.param(3, marks=pytest.mark.slow)])
def test_each_block_and_transaction_starts_one_run(programs, neo_network, tmp_path, seed):
    chosen = random.Random(seed)
    with Service(programs, tmp_path, neo_network.url) as service:
        client = ApiClient(service.url)
        client.sign_in()
        client.call("nsl.v1.FunctionService/Put", {
            "name": "see", "runtime": "javascript", "source": "export default { event(event) { return event.id; } };"})
        start = neo_network.height() + 5
        last = start + 40
        for name, source in (("blocks", {"block": {"every": 2}}),
                             ("payments", {"transaction": {"sender": neo_network.bank_address}})):
            kind = next(iter(source))
            client.call("nsl.v1.TriggerService/Put", {"name": name, "function": "see", "source": {
                kind: {**source[kind], "from_block": start, "to_block": last}}})
        neo_network.wait_blocks(6)
        for number in range(KILLS):
            neo_network.fund(NeoAccount().address, "0.1")
            kill(service, PROGRAMS[(seed + number) % 2])
            neo_network.wait_blocks(chosen.randint(1, 4))
            neo_network.fund(NeoAccount().address, "0.1")
        wait_until(lambda: neo_network.height() > last, "the last block", 60)
        blocks = [neo_network.rpc("getblock", [index, 1]) for index in range(start, last + 1)]
        expected = sorted([block["hash"] + "/Block" for block in blocks if block["index"] % 2 == 0]
                          + [tx["hash"] + "/Transaction" for block in blocks for tx in block["tx"]
                             if tx["sender"] == neo_network.bank_address])
        scene = Scene.__new__(Scene)
        scene.client = client

        def started():
            runs = scene.runs()
            if runs is None or any(run["status"] in ("QUEUED", "RUNNING") for run in runs):
                return None
            ids = sorted(run["event"]["id"] for run in runs)
            assert len(set(ids)) == len(ids), "one event, two runs"
            return ids if len(ids) >= len(expected) else None
        assert wait_until(started, f"{len(expected)} runs", 150) == expected
