"""The HTTP side from the outside, down to single bytes: what is answered to whom, and what is refused."""
import json
import socket

import pytest

JSON = {"Content-Type": "application/json"}
GET_ATTESTATION = "nsl.v1.AttestationService/Get"


def exchange(client, data, timeout=10):
    """Raw bytes out; everything that comes back until the server closes or falls silent."""
    received = b""
    with socket.create_connection((client.host, client.port), timeout, (client.address, 0)) as connection:
        connection.sendall(data)
        try:
            while chunk := connection.recv(65536):
                received += chunk
        except TimeoutError:
            pass
        except ConnectionResetError:
            pass
    return received


def status_of(data):
    return int(data.split(b" ", 2)[1])


class TestErrors:
    def test_a_problem_has_the_members_of_rfc_9457_and_ours(self, anonymous):
        reply = anonymous().rest("GET", "/v1/nothing", headers={"X-Request-Id": "mine-1"})
        assert reply.status == 404
        assert reply.headers["content-type"] == "application/problem+json"
        problem = reply.json()
        assert set(problem) >= {"type", "title", "status", "detail", "instance", "code", "request_id", "errors"}
        assert (problem["status"], problem["instance"]) == (404, "/v1/nothing")
        assert problem["code"] == "NSL-API-0003"
        assert problem["request_id"] == reply.headers["x-request-id"] == "mine-1"

    def test_a_request_without_an_id_gets_one(self, anonymous):
        first, second = (anonymous().rest("GET", "/livez") for _ in range(2))
        assert first.headers["x-request-id"].startswith("req_")
        assert first.headers["x-request-id"] != second.headers["x-request-id"]

    @pytest.mark.parametrize("given", ["a b", "x" * 65, "<script>", "a\tb", "ä"])
    def test_an_id_that_is_none_is_replaced(self, anonymous, given):
        reply = anonymous().rest("GET", "/livez", headers={"X-Request-Id": given.encode()})
        assert reply.headers["x-request-id"].startswith("req_")

    @pytest.mark.parametrize("body", [
        b"{", b"{'address': 'x'}", b'{"address": "x",}', b'{"address": "x" "y"}', b'{address: "x"}', b"[]", b'"x"',
        b'{"address": "x"} {}', b'{"address": "\xff"}', b'{"address": "a", "address": "b"}', b'{"address": 01}',
        b"\xef\xbb\xbf{}", b'{"address": "x\ny"}', b"[" * 100 + b"]" * 100])
    def test_what_is_not_strict_json_is_refused(self, anonymous, body):
        reply = anonymous().rest("POST", "/v1/auth/neo/challenges", body)
        assert reply.status == 400, reply.body
        assert reply.headers["content-type"] == "application/problem+json"

    def test_an_unknown_field_is_named_with_the_nearest(self, anonymous):
        reply = anonymous().rest("POST", "/v1/auth/neo/challenges", {"adress": "x"})
        assert (reply.status, reply.code) == (400, "NSL-API-0002")
        [error] = reply.json()["errors"]
        assert error["pointer"] == "/adress"
        assert "address" in error["message"]

    @pytest.mark.parametrize("value", [1, True, [], {}, 1.5])
    def test_a_field_of_another_type_is_pointed_at(self, anonymous, value):
        reply = anonymous().rest("POST", "/v1/auth/neo/challenges", {"address": value})
        assert reply.status == 400
        assert reply.json()["errors"][0]["pointer"] == "/address"

    def test_another_method_names_those_there_are(self, anonymous):
        reply = anonymous().rest("PUT", "/v1/wallets", {})
        assert (reply.status, reply.code) == (405, "NSL-API-0011")
        assert {"GET", "POST"} <= set(reply.headers["allow"].replace(" ", "").split(","))

    @pytest.mark.parametrize("kind", ["text/plain", "application/xml", "multipart/form-data", ""])
    def test_another_content_type_is_refused(self, anonymous, kind):
        headers = {"Content-Type": kind} if kind else {}
        reply = anonymous().send("POST", "/v1/auth/neo/challenges", b'{"address":"x"}', headers)
        assert (reply.status, reply.code) == (415, "NSL-API-0012")

    def test_a_body_over_the_limit_is_refused(self, anonymous):
        client = anonymous()
        head = (b"POST /v1/auth/neo/challenges HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                b"Content-Length: 600000\r\n\r\n")
        assert status_of(exchange(client, head)) == 413

    def test_unknown_query_parameters_are_named(self, client):
        reply = client.rest("GET", "/v1/secrets?limt=1")
        assert (reply.status, reply.code) == (400, "NSL-API-0002")
        assert reply.json()["errors"][0]["pointer"] == "/limt"

    @pytest.mark.parametrize("path", ["/v1/secrets/%zz", "/v1/secrets/a%", "/v1/../v1/secrets/a b"])
    def test_a_broken_target_is_refused(self, anonymous, path):
        data = f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode()
        assert status_of(exchange(anonymous(), data)) in (400, 404)


class TestFraming:
    @pytest.mark.parametrize("data", [
        b"\x00\x01\x02\r\n\r\n", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\nHost: x\r\n\r\n",
        b"GET /livez HTTP/1.1\r\n\r\n", b"GET /livez HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        b"GET /livez HTTP/1.1\r\nHost: x\r\nbad header\r\n\r\n",
        b"POST /v1/sessions HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
        b"POST /v1/sessions HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n",
        b"POST /v1/sessions HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"])
    def test_what_is_not_http_is_refused_and_closed(self, anonymous, data):
        reply = exchange(anonymous(), data)
        assert reply == b"" or status_of(reply) in (400, 505), reply
        assert b"Connection: close" in reply or reply == b""

    def test_headers_over_the_limit_are_refused(self, anonymous):
        data = b"GET /livez HTTP/1.1\r\nHost: x\r\n" + b"".join(b"X-%d: %s\r\n" % (i, b"a" * 100) for i in range(400))
        assert status_of(exchange(anonymous(), data + b"\r\n")) == 431

    def test_pipelined_requests_are_answered_in_order(self, anonymous):
        one = b"GET /livez HTTP/1.1\r\nHost: x\r\nX-Request-Id: %s\r\n%s\r\n"
        data = one % (b"first", b"") + one % (b"second", b"") + one % (b"third", b"Connection: close\r\n")
        reply = exchange(anonymous(), data)
        places = [reply.find(b"X-Request-Id: " + name) for name in (b"first", b"second", b"third")]
        assert -1 not in places and places == sorted(places)

    def test_a_body_in_chunks_is_a_body(self, anonymous):
        data = (b"POST /v1/auth/neo/challenges HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                b"Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"add\r\n9\r\nress\":\"x\"\r\n1\r\n}\r\n0\r\n\r\n")
        reply = exchange(anonymous(), data)
        assert status_of(reply) == 400 and b"NSL-NEO-0001" in reply

    def test_a_request_in_single_bytes_is_a_request(self, anonymous):
        client = anonymous()
        with socket.create_connection((client.host, client.port), 10, (client.address, 0)) as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for byte in b"GET /livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n":
                connection.sendall(bytes([byte]))
            assert status_of(connection.recv(65536)) == 200

    def test_a_connection_that_goes_away_harms_nobody(self, anonymous):
        client = anonymous()
        for _ in range(20):
            connection = socket.create_connection((client.host, client.port), 10, (client.address, 0))
            connection.sendall(b"POST /v1/sessions HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
            connection.close()
        assert client.rest("GET", "/livez").status == 200


class TestPages:
    def test_life_readiness_and_metrics(self, anonymous):
        client = anonymous()
        assert client.rest("GET", "/livez").status == 200
        ready = client.rest("GET", "/readyz")
        assert (ready.status, ready.json()["ready"], ready.json()["enclave"]) == (200, True, True)
        metrics = client.rest("GET", "/metrics")
        assert metrics.headers["content-type"].startswith("text/plain")
        assert b'nsl_gateway_requests_total{' in metrics.body
        assert b"# TYPE nsl_gateway_request_seconds histogram" in metrics.body

    def test_metrics_never_carry_what_a_client_named(self, client):
        client.rest("GET", "/v1/secrets/very-own-name")
        client.rest("GET", "/v1/very-own-path")
        assert b"very-own" not in client.rest("GET", "/metrics").body

    def test_the_description_lists_what_is_served(self, anonymous):
        document = anonymous().rest("GET", "/openapi.json").json()
        assert document["openapi"].startswith("3.1")
        ids = [operation["operationId"] for path in document["paths"].values()
               for method, operation in path.items() if method in ("get", "put", "post", "patch", "delete")]
        assert len(ids) == len(set(ids)) >= 30
        assert "/v1/secrets/{name}" in document["paths"]

    def test_every_reference_of_the_description_resolves(self, anonymous):
        document = anonymous().rest("GET", "/openapi.json").json()

        def references(value):
            if isinstance(value, dict):
                if "$ref" in value:
                    yield value["$ref"]
                for entry in value.values():
                    yield from references(entry)
            elif isinstance(value, list):
                for entry in value:
                    yield from references(entry)
        for reference in set(references(document)):
            target = document
            for part in reference.removeprefix("#/").split("/"):
                target = target[part.replace("~1", "/").replace("~0", "~")]

    def test_every_described_path_answers(self, client):
        """No described operation is missing behind the gateway."""
        document = client.rest("GET", "/openapi.json").json()
        for path, methods in document["paths"].items():
            if not path.startswith("/v1/") or "get" not in methods:
                continue
            target = path.replace("{", "").replace("}", "")
            reply = client.rest("GET", target)
            assert reply.status != 405 and reply.headers.get("x-request-id"), path
            assert reply.status == 200 or reply.code not in ("NSL-API-0003", "NSL-WIRE-0003"), path


class TestConnect:
    def test_json_in_and_out(self, anonymous):
        reply = anonymous().connect(GET_ATTESTATION, {"nonce": "00ff"})
        assert reply.status == 200
        assert reply.headers["content-type"] == "application/json"
        value = reply.json()
        assert value["mode"] == "dev"
        assert value.get("sealing_key") or value.get("sealingKey")

    def test_binary_in_and_out(self, anonymous):
        from fixtures.api_client import SCHEMA
        body = SCHEMA.encode("nsl.v1.GetAttestationRequest", {"nonce": "00ff"})
        reply = anonymous().send("POST", "/" + GET_ATTESTATION, body, {"Content-Type": "application/proto"})
        assert (reply.status, reply.headers["content-type"]) == (200, "application/proto")
        assert len(SCHEMA.decode("nsl.v1.Attestation", reply.body)["sealing_key"]) == 65

    def test_errors_have_connects_form_with_ours_inside(self, anonymous):
        from fixtures.api_client import problem_of
        reply = anonymous().connect("nsl.v1.SecretService/Get", {"name": "x"})
        assert (reply.status, reply.json()["code"]) == (401, "unauthenticated")
        assert problem_of(reply)["code"] == "NSL-AUTH-0001"

    def test_an_operation_there_is_none_of_is_unimplemented(self, anonymous):
        reply = anonymous().connect("nsl.v1.SecretService/Steal", {})
        assert reply.json()["code"] == "unimplemented"

    @pytest.mark.parametrize("operation", [
        "nsl.internal.v1.WorkService/Execute", "nsl.internal.v1.StoreService/Get",
        "nsl.internal.v1.WorkService/ReportEvent"])
    def test_what_is_internal_is_not_reachable(self, anonymous, operation):
        assert anonymous().connect(operation, {}).status in (404, 501)

    def test_a_timeout_is_kept(self, plain):
        source = "async function main() { for (;;) {} }"
        plain.rest("PUT", "/v1/functions/f", {"runtime": "javascript", "source": source, "limits": {"wall_ms": 5000}})
        reply = plain.connect("nsl.v1.FunctionService/CreateRun", {"name": "f", "wait": True},
                              headers={"Connect-Timeout-Ms": "500"})
        # Either says so: the run that is not finished yet, or the deadline.
        assert reply.status == 504 or reply.json()["status"] in ("QUEUED", "RUNNING")


def test_unauthenticated_work_is_limited_by_address(anonymous):
    client, spared = anonymous(), anonymous()
    replies = [client.rest("GET", "/v1/attestation/measurements") for _ in range(130)]
    limited = [reply for reply in replies if reply.status == 429]
    assert limited
    assert limited[0].code == "NSL-API-0010"
    assert int(limited[0].headers["retry-after"]) >= 1
    assert "ratelimit" in limited[0].headers
    assert spared.rest("GET", "/v1/attestation/measurements").status == 200


def test_defaults_are_printed_and_names_are_as_declared(client):
    value = client.rest("GET", "/v1/accounts/me").json()
    assert value["plain_requests"] is False
    assert json.dumps(value).count("plainRequests") == 0
