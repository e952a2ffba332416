"""Ten thousand different functions of eleven accounts, deployed and then run at random: nearly every run is the first of
its function for a while, so it finds neither a template nor anything in a cache. Latency is over HTTP, with the run's
records and its receipt durable; memory is that of every process of the service.
"""
import contextlib
import json
import random
import sys
import time

import bench_runs
import measure
from fixtures.api_client import SCHEMA, SEALED, ApiClient, Refused
from fixtures.neo_network import NeoNetwork
from fixtures.service import Service
from keep_alive_load import Load

FUNCTIONS = 10_000
ACCOUNTS = 11  # an account has at most 1,000 functions (functions_per_account_max)
WARM_UP = 200  # functions that are there before memory is counted; the compiler has started by then
STARTS_MAX = 5
DEPLOYED_AT_ONCE = 16
RUNS = 3000
SEED = 1
P99_MS_MAX = 40
GROWTH_MB_MAX = 100
# In turns; a C# function is compiled when it is deployed.
RUNTIMES = ["javascript"] * 8 + ["python", "csharp"]
PUT = "nsl.v1.FunctionService/Put"
SOURCES = {
    "javascript": "async function main(params) {{ return {{ sum: params.a + {number} }}; }}",
    "python": "def main(params):\n    return {{'sum': params['a'] + {number}}}\n",
    "csharp": "public record Input(long A);\npublic class Function {{\n"
              "  public object Main(Input input) => new {{ sum = input.A + {number} }};\n}}\n",
}


def name_of(number):
    return f"function-{number}"


def deploy(clients, numbers):
    """All of them, some at once: the client is not to be what is measured."""
    calls = []
    for number in numbers:
        runtime = RUNTIMES[number // ACCOUNTS % len(RUNTIMES)]
        calls.append(clients[number % ACCOUNTS].seal(
            PUT, {"name": name_of(number), "runtime": runtime, "source": SOURCES[runtime].format(number=number)}))
    head = f"POST /{PUT} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {SEALED}\r\nContent-Length: "
    load = Load(clients[0].port, DEPLOYED_AT_ONCE)
    bodies = load.drive([f"{head}{len(call.body)}\r\n\r\n".encode() + call.body for call in calls])
    for call, body in zip(calls, bodies):
        content = call.open_reply(body)
        if SCHEMA.decode("nsl.v1.Function", content.get("message", b"")).get("version") != 1:
            raise ValueError(f"not deployed: {content}")


def start_compiler(client):
    """The C# compiler starts with the first source, which on a busy machine may take longer than a request waits."""
    for _ in range(STARTS_MAX):
        with contextlib.suppress(Refused):
            client.call(PUT, {"name": "first", "runtime": "csharp", "source": SOURCES["csharp"].format(number=0)})
            return
    raise ValueError("the C# compiler does not start")


def run_at_random(clients, connections, chooser, functions=range(FUNCTIONS), count=RUNS):
    """Milliseconds of each run, as its client sees it, in the order of their length."""
    numbers = chooser.choices(functions, k=count)
    load = Load(clients[0].port, connections)
    bodies = load.drive([bench_runs.request(clients[number % ACCOUNTS], name_of(number), 1) for number in numbers])
    for number, body in zip(numbers, bodies):
        if json.loads(json.loads(body)["output"] or "null") != {"sum": number + 1}:
            raise ValueError(f"not the output of {number}: {body}")
    return sorted(seconds * 1000 for seconds in load.seconds)


def sign_in(url):
    clients = [ApiClient(url, f"127.0.0.{number + 2}") for number in range(ACCOUNTS)]
    for client in clients:
        client.sign_in()
        client.allow_plain()
    return clients


def percentiles(taken):
    p99 = taken[len(taken) * 99 // 100]
    return p99, f"p50 {taken[len(taken) // 2]:.1f} ms, p99 {p99:.1f} ms, the longest {taken[-1]:.1f} ms"


def measure_latency(clients, connections, chooser):
    p99, figure = percentiles(run_at_random(clients, connections, chooser))
    name = f"{RUNS} runs of {FUNCTIONS} functions at random, {connections} at a time"
    if connections == 1:
        return measure.judge(name, figure, f"p99 <= {P99_MS_MAX} ms", p99 <= P99_MS_MAX)
    print(f"{name}: {figure}", flush=True)
    return True


def judge_memory(readings):
    """Each reading is the memory by program, at one of the moments."""
    totals = [sum(reading.values()) / 1e6 for reading in readings]
    for program, size in readings[-1].items():
        more = (size - readings[0][program]) / 1e6
        print(f"PSS of {program}: {size / 1e6:.1f} MB, {more:+.1f}")
    figure = f"{totals[0]:.0f} MB PSS with {WARM_UP}, {totals[1]:.0f} with all, then " + ", ".join(
        f"{total:.0f}" for total in totals[2:])
    grown = max(totals) - totals[0]
    return measure.judge("memory of the service", figure, f"<= {GROWTH_MB_MAX} MB more", grown <= GROWTH_MB_MAX)


def many(programs, folder):
    with NeoNetwork(folder / "network", block_ms=bench_runs.BLOCK_MS) as network, \
            Service(programs, folder, network.url) as service:
        clients = sign_in(service.url)
        chooser = random.Random(SEED)
        readings = []

        def read_memory():
            readings.append(measure.family_bytes_by_program(service.process_id))
        start_compiler(clients[0])
        deploy(clients, range(WARM_UP))
        run_at_random(clients, 8, chooser, range(WARM_UP))
        read_memory()
        begin = time.perf_counter()
        for first in range(WARM_UP, FUNCTIONS, 1000):
            deploy(clients, range(first, min(first + 1000, FUNCTIONS)))
        rate = (FUNCTIONS - WARM_UP) / (time.perf_counter() - begin)
        print(f"{FUNCTIONS} functions deployed: {rate:.0f} a second", flush=True)
        read_memory()
        # What is around every run, for comparison.
        again = percentiles(run_at_random(clients, 1, chooser, [0], RUNS // 5))[1]
        print(f"{RUNS // 5} runs of one function, 1 at a time: {again}", flush=True)
        kept = []
        for connections in (1, 8):
            kept.append(measure_latency(clients, connections, chooser))
            read_memory()
        return all([*kept, judge_memory(readings)])


if __name__ == "__main__":
    sys.exit(measure.run(many))
