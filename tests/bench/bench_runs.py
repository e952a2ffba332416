"""Runs of a function asked for over HTTP, each in a fresh process in the whole cage: HTTP, gateway, link,
authorisation, the run's record and its receipt durable in the store, the reply. Everything shares the machine's
cores, the load too. Printed beside: the CPU time of the run's own process, and runs of a function that keeps its
process. After the first of a function its runs begin in a template.
"""
import json
import sys
import time

import measure
from fixtures.api_client import ApiClient
from fixtures.neo_network import NeoNetwork
from fixtures.service import Service
from keep_alive_load import Load

RUNS_A_SECOND_MIN = 1200
REPETITIONS = 5
RUNS = 1500
WARM_UP = 300
CONNECTIONS = 32
BLOCK_MS = 60_000  # no block while it measures
LANGUAGES = {
    "javascript": "async function main(params) { return { sum: params.a + 1 }; }",
    "python": "def main(params):\n    return {'sum': params['a'] + 1}\n",
    "csharp": "public record Input(long A);\npublic class Function {\n"
              "  public object Main(Input input) => new { sum = input.A + 1 };\n}\n",
}


def request(client, name, number):
    body = json.dumps({"input": json.dumps({"a": number}), "wait": True}).encode()
    head = (f"POST /v1/functions/{name}/runs HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            f"Authorization: Bearer {client.bearer}\r\nContent-Length: {len(body)}\r\n\r\n")
    return head.encode() + body


def one_round(client, load, name, count):
    """Runs a second, and CPU microseconds of a run's own process (median)."""
    begin = time.perf_counter()
    bodies = load.drive([request(client, name, number) for number in range(count)])
    seconds = time.perf_counter() - begin
    runs = [json.loads(body) for body in bodies]
    for number, run in enumerate(runs):
        if json.loads(run["output"] or "null") != {"sum": number + 1}:
            raise ValueError(f"not its output: {run}")
    return count / seconds, measure.Series(run["stats"]["cpu_us"] for run in runs).median


def measure_language(client, load, language):
    client.call("nsl.v1.FunctionService/Put", {"name": language, "runtime": language, "source": LANGUAGES[language]})
    one_round(client, load, language, WARM_UP)
    rates, costs = measure.Series(), measure.Series()
    for _ in range(REPETITIONS):
        rate, cost = one_round(client, load, language, RUNS if language == "javascript" else RUNS // 3)
        rates.add(rate)
        costs.add(cost)
    print(f"{language}: a run's own CPU: {costs.text('us', 0)}")
    figure = f"{rates.text('a second', 0)}"
    if language == "javascript":
        return measure.judge(f"{language} runs over HTTP, fresh process", figure, f">= {RUNS_A_SECOND_MIN}",
                             rates.median >= RUNS_A_SECOND_MIN)
    print(f"{language} runs over HTTP, fresh process: {figure}")
    return True


def measure_reuse(client, language):
    """The same function with one process for many runs, by one and by eight clients."""
    name = f"{language}-reuse"
    client.call("nsl.v1.FunctionService/Put", {"name": name, "runtime": language, "source": LANGUAGES[language], "reuse": True})
    for connections in (1, 8):
        load = Load(client.port, connections)
        one_round(client, load, name, WARM_UP)
        rates, costs = measure.Series(), measure.Series()
        for _ in range(REPETITIONS):
            rate, cost = one_round(client, load, name, RUNS // 3)
            rates.add(rate)
            costs.add(cost)
        print(f"{language} runs over HTTP, reused process, {connections} at a time: {rates.text('a second', 0)};"
              f" a run's own CPU: {costs.text('us', 0)}", flush=True)


def runs(programs, folder):
    with NeoNetwork(folder / "network", block_ms=BLOCK_MS) as network, Service(programs, folder, network.url) as service:
        client = ApiClient(service.url)
        client.sign_in()
        client.allow_plain()
        load = Load(client.port, CONNECTIONS)
        kept = [measure_language(client, load, language) for language in LANGUAGES
                if (programs / f"nsl-runner-{language.replace('javascript', 'js')}").exists()]
        measure_reuse(client, "javascript")
        return all(kept)


if __name__ == "__main__":
    sys.exit(measure.run(runs))
