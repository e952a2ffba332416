"""The world around the cage, as an attack would like to find it, and runners with parts of the cage."""
import ctypes
import os
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

import pytest

from adversary.sandbox.languages import LANGUAGES
from adversary.sandbox.runner import Runner

IPC_CREATE, IPC_REMOVE, IPC_PRIVATE = 0o1000, 0, 0
RUN_USER = 62730  # src/runner/sandbox/outer_cage_unsafe.cc
# In force wherever they can be had: as root all of them, else all but a user of its own.
WAIVED = () if os.geteuid() == 0 else ("user",)


class World:
    """What lies outside: open to everybody, so that only the cage keeps an attack from it."""

    def __init__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="cage"))
        self.folder.chmod(0o777)
        self.libc = ctypes.CDLL(None, use_errno=True)
        self.listeners = [self._listen(socket.AF_INET, ("127.0.0.1", 0)),
                          self._listen(socket.AF_UNIX, f"\0nsl-cage-{os.getpid()}"),
                          self._listen(socket.AF_UNIX, str(self.folder / "socket"))]
        (self.folder / "socket").chmod(0o777)
        owner = {"user": RUN_USER, "group": RUN_USER, "extra_groups": []} if os.geteuid() == 0 else {}
        self.victim = subprocess.Popen(["sleep", "3600"], **owner)
        self.segment = self.libc.shmget(os.getpid(), 4096, IPC_CREATE | 0o666)
        self.queue = self.libc.msgget(os.getpid(), IPC_CREATE | 0o666)

    @staticmethod
    def _listen(family, address):
        listener = socket.socket(family)
        listener.bind(address)
        listener.listen(64)
        return listener

    def facts(self):
        return {"folder": self.folder, "writable": self.folder / "writable", "victim": self.victim.pid,
                "segment": os.getpid(), "queue": os.getpid(), **self._addresses()}

    def _addresses(self):
        """sockaddr_in and sockaddr_un of the listeners as lists of bytes, and their sizes."""
        port = self.listeners[0].getsockname()[1]
        unix = socket.AF_UNIX.to_bytes(2, "little")
        forms = {"inet": socket.AF_INET.to_bytes(2, "little") + port.to_bytes(2, "big") + bytes([127, 0, 0, 1] + [0] * 8),
                 "abstract": unix + f"\0nsl-cage-{os.getpid()}".encode(),
                 "path_socket": unix + f"{self.folder}/socket\0".encode()}
        return {name: list(form) for name, form in forms.items()} | {
            f"{name}_size": len(form) for name, form in forms.items()}

    def reset(self):
        """The folder as it was; connections that were made are dropped."""
        for name in ("made", "link", "executed", "victim", "writable"):
            (self.folder / name).unlink(missing_ok=True)
        shutil.rmtree(self.folder / "directory", ignore_errors=True)
        for name in ("victim", "writable"):
            (self.folder / name).touch()
            (self.folder / name).chmod(0o666)
        for listener in self.listeners:
            listener.setblocking(False)
            try:
                listener.accept()[0].close()
            except BlockingIOError:
                pass

    def close(self):
        self.victim.kill()
        self.victim.wait()
        self.libc.shmctl(self.segment, IPC_REMOVE, None)
        self.libc.msgctl(self.queue, IPC_REMOVE, None)
        for listener in self.listeners:
            listener.close()
        shutil.rmtree(self.folder)


@pytest.fixture(scope="session")
def world():
    world = World()
    yield world
    world.close()


@pytest.fixture(scope="session", params=LANGUAGES, ids=lambda language: language.name)
def language(request):
    return request.param


@pytest.fixture(scope="session")
def runners(programs, language):
    """A runner for each set of layers left out, kept for the next that asks for the same."""
    kept = {}

    def get(without=()):
        names = frozenset(without) | frozenset(WAIVED)
        if names not in kept:
            kept[names] = Runner(programs / language.program, sorted(names), language.compiler(programs))
        return kept[names]
    yield get
    for runner in kept.values():
        runner.close()


@pytest.fixture(scope="session")
def landlock_version():
    """0: this kernel has none."""
    return max(0, ctypes.CDLL(None).syscall(444, None, 0, 1))
