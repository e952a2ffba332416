"""A hostile host: the real nsl-host and enclave with somebody in between.

`Tap` sits on the link, sees every frame in both directions, may change, drop or answer it, and may
speak to the enclave itself.
"""
import contextlib
import hashlib
import itertools
import json
import os
import shutil
import socket
import ssl
import struct
import threading
from pathlib import Path

from fixtures.processes import Process, wait_until
from fixtures.proto import Malformed, Schema

SCHEMA = Schema.read("nsl/v1", "nsl/internal/v1")
FRAME = "nsl.internal.v1.Frame"
DEADLINE_MS = 10_000
SOCKET_PATH_BYTES_MAX = 100


def read_frame(connection):
    """One frame's bytes without its length, or nothing at the end."""
    def exactly(size):
        data = b""
        while len(data) < size:
            chunk = connection.recv(size - len(data))
            if not chunk:
                return None
            data += chunk
        return data
    head = exactly(4)
    return exactly(struct.unpack(">I", head)[0]) if head else None


def framed(data):
    return struct.pack(">I", len(data)) + data


class Tap:
    """Between host and enclave. `alter(frame, to_enclave)` returns the frame to pass on (the same
    one unchanged, another one) or None to drop it; `frames` is everything seen.

    The enclave takes only growing request numbers, so the tap numbers what it passes on itself, with
    its own requests among the host's."""

    def __init__(self, listen, enclave):
        self.enclave = enclave
        self.frames = []
        self.raw = []
        self.alter = lambda frame, to_enclave: frame
        self._numbers = itertools.count(1)
        self._answers = {}
        self._hosts = {}  # the enclave's number of a request -> the host's
        self._to_enclave = None
        self._lock = threading.Lock()
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.bind(str(listen))
        self._listener.listen()
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                host, _ = self._listener.accept()
                enclave = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
                try:
                    enclave.connect(str(self.enclave))
                except OSError:
                    host.close()
                    continue
                self._numbers, self._hosts, self._to_enclave = itertools.count(1), {}, enclave
                for source, target, to_enclave in ((host, enclave, True), (enclave, host, False)):
                    threading.Thread(target=self._pump, args=(source, target, to_enclave), daemon=True).start()

    def _pump(self, source, target, to_enclave):
        with contextlib.suppress(OSError):
            while (data := read_frame(source)) is not None:
                self.raw.append(data)
                self._pass(data, target, to_enclave)
        for connection in (source, target):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def _pass(self, data, target, to_enclave):
        try:
            frame = SCHEMA.decode(FRAME, data)
        except Malformed:
            target.sendall(framed(data))
            return
        self.frames.append((to_enclave, frame))
        if not to_enclave and frame["kind"] == "RESPONSE" and frame["id"] in self._answers:
            self._answers[frame["id"]] = frame
            return
        changed = self.alter(dict(frame), to_enclave)
        if changed is None:
            return
        if to_enclave:
            self._send_to_enclave(changed)
        else:
            target.sendall(framed(SCHEMA.encode(FRAME, self._renumbered_for_host(changed))))

    def _renumbered_for_host(self, frame):
        if frame["kind"] == "RESPONSE":
            frame["id"] = self._hosts.pop(frame["id"], frame["id"])
        elif frame.get("parent_id"):
            frame["parent_id"] = self._hosts.get(frame["parent_id"], 0)
        return frame

    def _send_to_enclave(self, frame):
        with self._lock:
            if frame["kind"] == "REQUEST":
                number = next(self._numbers)
                self._hosts[number] = frame["id"]
                frame["id"] = number
            elif frame["kind"] == "CANCEL":
                frame["id"] = next((ours for ours, host in self._hosts.items() if host == frame["id"]), frame["id"])
            self._to_enclave.sendall(framed(SCHEMA.encode(FRAME, frame)))

    def ask(self, frame):
        """Sends a request of our own to the enclave; returns its whole answer."""
        with self._lock:
            number = next(self._numbers)
            self._answers[number] = None
            self._to_enclave.sendall(framed(SCHEMA.encode(FRAME, {
                **frame, "version": 1, "kind": "REQUEST", "id": number, "deadline_ms_left": DEADLINE_MS})))
        return wait_until(lambda: self._answers[number], "the enclave's answer", 15)

    def call(self, operation, message, **fields):
        """A plain request: (reply, "") or ({}, code)."""
        service, _, name = operation.partition("/")
        request, reply = SCHEMA.methods[operation]
        answer = self.ask({"service_type": service, "operation": name,
                           "payload": SCHEMA.encode(request, message), **fields})
        if "error" in answer:
            return {}, answer["error"]["code"]
        return SCHEMA.decode(reply, answer.get("payload", b"")), ""

    def captured(self, operation, to_enclave=True, kind="REQUEST"):
        """Frames of this operation that passed, in order."""
        return [frame for direction, frame in list(self.frames)
                if direction == to_enclave and frame.get("kind") == kind
                and f"{frame.get('service_type')}/{frame.get('operation')}" == operation]

    def close(self):
        self._listener.close()


class HostileHost:
    """Both programs with the tap between them, and the folders of a host at hand."""

    def __init__(self, programs, folder, chain, *, extra_root=None, allow=(), more_chain=()):
        """The host watches `chain`; the enclave asks that node and those of `more_chain`."""
        self.programs, self.folder, self.chain = Path(programs), Path(folder), chain
        self.state = self.folder / "state"
        self.sockets = self.folder / "s"
        assert len(str(self.sockets / "enclave")) < SOCKET_PATH_BYTES_MAX
        self._shared = [word for address in allow for word in ("--allow-address", address)] + ["--chain", chain]
        self._root = ["--extra-root", extra_root] if extra_root else []
        self._more_chain = [word for url in more_chain for word in ("--chain", url)]
        self.tap = self.enclave = self.host = None
        self.url = ""

    def start_enclave(self):
        for name in ("host", "enclave"):
            (self.state / name).mkdir(parents=True, exist_ok=True, mode=0o700)
        shutil.rmtree(self.sockets, ignore_errors=True)
        self.sockets.mkdir(mode=0o700)
        self.enclave = Process(
            [self.programs / "nsl-enclave-dev", "--listen", f"unix:{self.sockets}/enclave",
             "--dial", f"unix:{self.sockets}/dial", "--state", self.state / "enclave",
             "--runner", f"javascript={self.programs / 'nsl-runner-js'}", *self._root, *self._shared, *self._more_chain], self.folder / "enclave.log")
        wait_until(lambda: (self.sockets / "enclave").exists() or not self.enclave.running(), "the enclave", 30)
        return self

    def start_both(self):
        """Does not wait: whether they ever serve is for the caller to see."""
        self.start_enclave()
        self.tap = Tap(self.sockets / "tap", self.sockets / "enclave")
        self.host = Process(
            [self.programs / "nsl-host", "--enclave", f"unix:{self.sockets}/tap",
             "--dial-listen", f"unix:{self.sockets}/dial", "--state", self.state / "host",
             "--listen", "127.0.0.1:0", "--ready-file", self.ready_file, *self._shared], self.folder / "host.log")

    def start(self):
        self.start_both()
        self.host.wait_file(self.ready_file, 60)
        self.url = json.loads(self.ready_file.read_text(encoding="utf-8"))["url"]
        return self

    def stop(self):
        for part in (self.host, self.enclave):
            if part:
                part.stop()
        if self.tap:
            self.tap.close()
        self.host = self.enclave = self.tap = None

    def __enter__(self):
        return self.start()

    def __exit__(self, *error):
        self.stop()

    @property
    def ready_file(self):
        return self.sockets / "ready.json"

    @property
    def root_file(self):
        return self.state / "enclave/development-root.pem"

    def write_dev_file(self):
        """Where a user's command line finds this service and whom it trusts there."""
        der = ssl.PEM_cert_to_DER_cert(self.root_file.read_text(encoding="utf-8"))
        (self.folder / ".nsl").mkdir(exist_ok=True)
        (self.folder / ".nsl/dev.json").write_text(json.dumps({
            "url": self.url, "development_root_fingerprint": hashlib.sha256(der).hexdigest()}), encoding="utf-8")

    def everything_it_holds(self):
        """All bytes the host saw or keeps: frames, store, logs."""
        yield from (("a frame", data) for data in list(self.tap.raw))
        for file in [*(self.state / "host").rglob("*"), self.folder / "host.log"]:
            if file.is_file() and os.access(file, os.R_OK):
                yield str(file), file.read_bytes()
