"""A runner program, driven over its control socket as the enclave drives it."""
import itertools
import socket
import struct
import subprocess

from fixtures.proto import Schema

SCHEMA = Schema.read("nsl/runner/v1")
SILENCE_SECONDS_MAX = 30
FRAME_BYTES_MAX = 16 << 20


class RunnerGone(Exception):
    """The runner ended."""


class Runner:
    """One supervisor with its zygote. `without` names the layers of the cage that are left out."""

    def __init__(self, program, without=()):
        ours, theirs = socket.socketpair()
        ours.settimeout(SILENCE_SECONDS_MAX)
        self.socket = ours
        words = itertools.chain.from_iterable(("--without-layer", layer) for layer in without)
        with theirs:
            self.process = subprocess.Popen([program, "--control-fd", str(theirs.fileno()), *words],
                                            pass_fds=[theirs.fileno()], env={})
        self.keys = itertools.count(1)
        self.finished = {}
        self.calls = []
        try:
            self.layers = self.receive()["ready"].get("layers", [])
        except RunnerGone:
            self.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.socket.close()
        self.process.wait(SILENCE_SECONDS_MAX)

    def _take(self, size):
        data = b""
        while len(data) < size:
            part = self.socket.recv(size - len(data))
            if not part:
                raise RunnerGone
            data += part
        return data

    def receive(self):
        (size,) = struct.unpack(">I", self._take(4))
        assert size <= FRAME_BYTES_MAX
        return SCHEMA.decode("nsl.runner.v1.FromRunner", self._take(size))

    def send(self, message):
        body = SCHEMA.encode("nsl.runner.v1.ToRunner", message)
        self.socket.sendall(struct.pack(">I", len(body)) + body)

    def start(self, source, limits=None):
        """The key of the run."""
        key = next(self.keys)
        self.send({"start_run": {"run_key": key, "source": source, "limits": limits or {}}})
        return key

    def finish(self, key):
        """Its RunFinished. Host calls of any run stay unanswered, and are kept in `calls`."""
        while key not in self.finished:
            message = self.receive()
            if "run_finished" in message:
                finished = message["run_finished"]
                self.finished[finished["run_key"]] = finished
            elif "host_call" in message:
                self.calls.append(message["host_call"])
        return self.finished.pop(key)

    def run(self, source, limits=None):
        return self.finish(self.start(source, limits))

    def wait_call(self):
        """The next host call of a run."""
        while not self.calls:
            message = self.receive()
            if "host_call" in message:
                self.calls.append(message["host_call"])
        return self.calls.pop(0)
