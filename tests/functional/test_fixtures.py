"""The fixtures themselves: processes really stop, the HTTPS server really misbehaves as told."""
import http.client
import os
import ssl
import sys

import pytest
from fixtures.https_server import Authority, HttpsServer
from fixtures.processes import NotReady, Process, descendants, free_port, wait_until

PARENT = "import subprocess, sys; child = subprocess.Popen(['sleep', '1000']); print(child.pid, flush=True); child.wait()"


def gone(pid):
    return not os.path.exists(f"/proc/{pid}")


def test_a_process_is_stopped_with_its_children(tmp_path):
    with Process([sys.executable, "-c", PARENT], tmp_path / "log") as process:
        child = int(process.wait_line(r"^(\d+)$").group(1))
        assert child in descendants(process.pid)
    wait_until(lambda: gone(child) or "Z" in open(f"/proc/{child}/stat").read().split()[2], "child gone", 5)


def test_waiting_for_a_program_that_ended_says_so_at_once(tmp_path):
    process = Process([sys.executable, "-c", "print('no config'); raise SystemExit(3)"], tmp_path / "log")
    with pytest.raises(NotReady, match="status 3"):
        process.wait_line("listening", timeout=20)
    process.kill()


def test_no_outgoing_connection_can_take_a_chosen_port():
    outgoing_from = int(open("/proc/sys/net/ipv4/ip_local_port_range").read().split()[0])
    assert all(1024 < free_port() < outgoing_from for _ in range(100))


def get(server, path, headers=None, ca=None):
    context = ssl.create_default_context(cafile=ca or server.ca_file)
    connection = http.client.HTTPSConnection("localhost", server.port, timeout=5, context=context)
    try:
        connection.request("GET", path, headers=headers or {})
        reply = connection.getresponse()
        return reply.status, reply.getheader("Location"), reply.read(1 << 20)
    finally:
        connection.close()


def test_the_value_is_given_only_for_the_right_credential(tmp_path):
    with HttpsServer(tmp_path) as server:
        server.json_when_authorised("/price", {"price": "12.5"}, "Bearer right")
        assert get(server, "/price?pair=x", {"Authorization": "Bearer right"})[2] == b'{"price": "12.5"}'
        assert get(server, "/price", {"Authorization": "Bearer wrong"})[0] == 401
        assert [item.headers["authorization"] for item in server.requests] == ["Bearer right", "Bearer wrong"]


def test_redirect_endless_and_stalled_answers(tmp_path):
    with HttpsServer(tmp_path) as server:
        server.redirect("/away", "https://10.0.0.1/")
        server.endless("/big", 2**30)
        server.stall("/slow")
        assert get(server, "/away")[:2] == (302, "https://10.0.0.1/")
        assert len(get(server, "/big")[2]) == 1 << 20
        context = ssl.create_default_context(cafile=server.ca_file)
        connection = http.client.HTTPSConnection("localhost", server.port, timeout=0.2, context=context)
        connection.request("GET", "/slow")
        with pytest.raises(TimeoutError):
            connection.getresponse()
        connection.close()


def test_wrong_certificates_are_refused_by_a_client(tmp_path):
    with HttpsServer(tmp_path / "a", names=["elsewhere.example"]) as server:
        with pytest.raises(ssl.SSLCertVerificationError):
            get(server, "/")
    with HttpsServer(tmp_path / "b", expired=True) as server:
        with pytest.raises(ssl.SSLCertVerificationError):
            get(server, "/")
    with HttpsServer(tmp_path / "c") as server:
        with pytest.raises(ssl.SSLCertVerificationError):
            get(server, "/", ca=Authority(tmp_path / "d").file)
