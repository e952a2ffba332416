"""Functions in Python and C# on the real service: the examples, and what a runtime must share with JavaScript's."""
import io
import json
import zipfile
from decimal import Decimal
from pathlib import Path

import pytest

from fixtures.api_client import Refused

EXAMPLES = Path(__file__).resolve().parents[2] / "examples/python"
PUT, RUN = "nsl.v1.FunctionService/Put", "nsl.v1.FunctionService/CreateRun"
GAS, NEO = "0xd2a4cff31913016155e38e474a2c06d08be276cf", "0xef4073a0f2b305a38ec4050e4d3d28bc40ea63f5"


def run(client, name, value=None):
    done = client.call(RUN, {"name": name, "input": json.dumps(value), "wait": True})
    return done, json.loads(done["output"]) if done["status"] == "SUCCEEDED" else None


def deploy(client, source, name="f", **fields):
    return client.call(PUT, {"name": name, "runtime": "python", "source": source, **fields})


def deploy_example(client, name, **fields):
    deploy(client, (EXAMPLES / f"{name}.py").read_text(encoding="utf-8"), name.replace("_", "-"), **fields)


def test_median_price(client, https_server):
    for path, price in (("a", "12.10"), ("b", "12.30"), ("c", "99")):
        https_server.json_when_authorised(f"/{path}", {"price": price}, "Bearer s3cret")
    client.call("nsl.v1.SecretService/Put",
                {"name": "price-api", "value": "s3cret", "allowed_functions": ["median-price"]})
    server = f"127.0.0.1:{https_server.port}"
    deploy_example(client, "median_price", secrets=["price-api"], egress=[server], environment={
        "sources": ",".join(f"https://{server}/{path}" for path in ("a", "b", "c", "nowhere"))})
    done, output = run(client, "median-price", {"pair": "NEO-USD"})
    assert output == {"pair": "NEO-USD", "price": "12.30", "sources": 3}, done
    logs = client.rest("GET", f"/v1/runs/{done['id']}/logs").json()
    assert "nowhere answered 404" in logs["lines"][0]["text"]


def test_visits(client):
    deploy_example(client, "visits")
    assert run(client, "visits", {"name": "Ada"})[1] == {"greeting": "Hello Ada", "count": 1, "last": "Ada"}
    assert run(client, "visits", {"name": "Bob"})[1] == {"greeting": "Hello Bob, after Ada", "count": 2, "last": "Bob"}


def test_block_report(client, neo_network):
    deploy_example(client, "block_report")
    done, output = run(client, "block-report", {"tokens": [GAS, NEO]})
    assert output is not None, done
    assert 0 < output["block"] <= neo_network.height()
    assert [token["symbol"] for token in output["tokens"]] == ["GAS", "NEO"]
    assert Decimal(output["tokens"][1]["supply"]) == 100_000_000


@pytest.mark.parametrize("source, code, line", [
    ("def main():\n  raise ValueError('no price')", "NSL-RUN-0002", 2),
    ("import os\ndef main(): pass", "NSL-RUN-0002", 1),
    ("def main():\n  a = []\n  while True: a.append('x' * 10000 + str(len(a)))", "NSL-RUN-0004", 0),
    ("def main(): return 'x' * 70000", "NSL-RUN-0005", 0),
    ("def main(): return float('nan')", "NSL-RUN-0006", 0)])
def test_a_python_function_fails_as_others_do(client, source, code, line):
    deploy(client, source)
    done, _ = run(client, "f")
    assert (done["error"]["code"], done["error"].get("line", 0)) == (code, line)


def test_a_refused_call_has_its_code_in_python_too(client):
    deploy(client, "def main():\n  try: neo_service.secrets.get('missing')\n  except NeoServiceError as e: return e.code")
    assert run(client, "f")[1] == "NSL-SECRET-0002"


def test_both_languages_serve_side_by_side(client):
    deploy(client, "def main(p): return p", name="p")
    client.call(PUT, {"name": "j", "runtime": "javascript", "source": "function main(p) { return p; }"})
    assert [run(client, name, number)[1] for number in range(3) for name in ("p", "j")] == [0, 0, 1, 1, 2, 2]


# ---- C#

CSHARP = Path(__file__).resolve().parents[2] / "examples/csharp"


def put_csharp(client, source, name="c", **fields):
    return client.call(PUT, {"name": name, "runtime": "csharp", "source": source, **fields})


def put_csharp_example(client, name, file, **fields):
    put_csharp(client, (CSHARP / file).read_text(encoding="utf-8"), name, **fields)


def test_median_price_in_csharp(client, https_server):
    for path, price in (("a", "12.10"), ("b", "12.30"), ("c", "99")):
        https_server.json_when_authorised(f"/{path}", {"price": price}, "Bearer s3cret")
    client.call("nsl.v1.SecretService/Put",
                {"name": "price-api", "value": "s3cret", "allowed_functions": ["median-price"]})
    server = f"127.0.0.1:{https_server.port}"
    put_csharp_example(client, "median-price", "MedianPrice.cs", secrets=["price-api"], egress=[server], environment={
        "sources": ",".join(f"https://{server}/{path}" for path in ("a", "b", "c", "nowhere"))})
    done, output = run(client, "median-price", {"pair": "NEO-USD"})
    assert output == {"pair": "NEO-USD", "price": "12.30", "sources": 3}, done
    logs = client.rest("GET", f"/v1/runs/{done['id']}/logs").json()
    assert "nowhere answered 404" in logs["lines"][0]["text"]


def test_visits_in_csharp(client):
    put_csharp_example(client, "visits", "Visits.cs")
    assert run(client, "visits", {"name": "Ada"})[1] == {"greeting": "Hello Ada", "count": 1, "last": "Ada"}
    assert run(client, "visits", {"name": "Bob"})[1] == {"greeting": "Hello Bob, after Ada", "count": 2, "last": "Bob"}


def test_block_report_in_csharp(client, neo_network):
    put_csharp_example(client, "block-report", "BlockReport.cs")
    done, output = run(client, "block-report", {"tokens": [GAS, NEO]})
    assert output is not None, done
    assert 0 < output["block"] <= neo_network.height()
    assert [token["symbol"] for token in output["tokens"]] == ["GAS", "NEO"]
    assert Decimal(output["tokens"][1]["supply"]) == 100_000_000


def body(code):
    return f"public class Function {{\n  public object Main() {{\n    {code}\n  }}\n}}"


@pytest.mark.parametrize("source, code, line", [
    (body("throw new Exception(\"no price\");"), "NSL-RUN-0002", 3),
    (body("var a = new List<string>(); for (;;) a.Add(new string('x', 10000) + a.Count);"), "NSL-RUN-0004", 0),
    (body("return new string('x', 70000);"), "NSL-RUN-0005", 0),
    (body("return double.NaN;"), "NSL-RUN-0006", 0)])
def test_a_csharp_function_fails_as_others_do(client, source, code, line):
    put_csharp(client, source)
    done, _ = run(client, "c")
    assert (done["error"]["code"], done["error"].get("line", 0)) == (code, line)


@pytest.mark.parametrize("runtime, source, place", [
    ("javascript", "function main() {\n  return ];\n}", "line 2, column 10: SyntaxError"),
    ("python", "def main():\n  return ]\n", "line 2, column 10: SyntaxError"),
    ("csharp", body("return 1"), "line 3, column 13: CS1002"),
    ("csharp", body("return File.ReadAllText(\"/etc/passwd\");"), "line 3, column 12: NSL0001"),
    ("csharp", "public class Function {\n  public unsafe object Main() => 1;\n}", "line 2, column 10: NSL0001")])
def test_a_source_that_is_not_valid_is_refused_at_deploy(client, runtime, source, place):
    with pytest.raises(Refused) as refused:
        client.call(PUT, {"name": "bad", "runtime": runtime, "source": source})
    assert (refused.value.code, refused.value.problem["status"]) == ("NSL-FN-0002", 400)
    assert place in json.dumps(refused.value.problem), refused.value.problem
    assert client.rest("GET", "/v1/functions/bad").status == 404


# ---- several files

@pytest.mark.parametrize("runtime, folder", [
    ("javascript", "javascript/price_band"), ("python", "python/price_band"), ("csharp", "csharp/PriceBand")])
def test_price_band(client, runtime, folder):
    root = EXAMPLES.parent / folder
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for file in sorted(path for path in root.rglob("*") if path.is_file()):
            archive.write(file, file.relative_to(root))
    client.call(PUT, {"name": "price-band", "runtime": runtime, "archive": packed.getvalue()})
    for test in json.loads(next(root.glob("*.test.json")).read_text(encoding="utf-8"))["tests"]:
        done, output = run(client, "price-band", test["input"])
        assert output == test.get("output"), done
        assert test.get("error", "") in done.get("error", {}).get("message", "")
