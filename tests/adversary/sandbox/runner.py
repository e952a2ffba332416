"""A runner program, driven over its control socket as the enclave drives it."""
import atexit
import itertools
import os
import socket
import struct
import subprocess

from fixtures.proto import Schema

SCHEMA = Schema.read("nsl/runner/v1")
SILENCE_SECONDS_MAX = 30
FRAME_BYTES_MAX = 16 << 20


def read(path):
    try:
        with open(path, encoding="ascii") as file:
            return file.read()
    except (FileNotFoundError, ProcessLookupError):
        return ""


def descendants(pid):
    found = []
    waiting = [pid]
    while waiting:
        parent = waiting.pop()
        children = [int(number) for number in read(f"/proc/{parent}/task/{parent}/children").split()]
        found += children
        waiting += children
    return found


class RunnerGone(Exception):
    """The runner ended."""


class Compiler:
    """Sources to artifacts, each once: a runner in its whole cage that only compiles."""
    all = {}

    def __init__(self, program):
        self.runner = Runner(program, [] if os.geteuid() == 0 else ["user"])
        self.artifacts = {}
        atexit.register(self.runner.close)

    @classmethod
    def of(cls, program):
        if program not in cls.all:
            cls.all[program] = cls(program)
        return cls.all[program]

    def artifact(self, source):
        if source not in self.artifacts:
            key = next(self.runner.keys)
            self.runner.send({"start_run": {"run_key": key, "source": source, "kind": "COMPILE"}})
            compiled = self.runner.finish(key)
            assert compiled["status"] == "SUCCEEDED", (source, compiled)
            self.artifacts[source] = compiled["artifact"]
        return self.artifacts[source]


class Runner:
    """One supervisor with its zygote. `without` names the layers of the cage that are left out;
    `compiler` the program that compiles sources, for a language whose runs are given artifacts."""

    def __init__(self, program, without=(), compiler=None):
        self.compiler = compiler
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

    def start(self, source, limits=None, input="", reuse_key=""):
        """The key of the run."""
        key = next(self.keys)
        given = {"artifact": Compiler.of(self.compiler).artifact(source)} if self.compiler else {"source": source}
        self.send({"start_run": {"run_key": key, "limits": limits or {}, "input": input,
                                 "reuse_key": reuse_key, **given}})
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

    def run(self, source, limits=None, input=""):
        return self.finish(self.start(source, limits, input))

    def templates(self):
        """Ids of the templates that are ready, which have a process waiting for their next run."""
        return {pid for pid in descendants(self.process.pid)
                if read(f"/proc/{pid}/comm") == "nsl-template\n" and read(f"/proc/{pid}/task/{pid}/children")}

    def wait_call(self):
        """The next host call of a run."""
        while not self.calls:
            message = self.receive()
            if "host_call" in message:
                self.calls.append(message["host_call"])
        return self.calls.pop(0)
