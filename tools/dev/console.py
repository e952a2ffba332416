"""One plain line for each step, with its time; everything else goes to a log file.

    with Step("compile", log="build-dev") as step:
        step.run(["ninja", ...])

A failing command raises Failure, which main.py prints as one sentence and the log's path.
"""
import os
import re
import signal
import subprocess
import sys
import threading
import time

import paths

TERMINAL = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
HEARTBEAT_SECONDS = 60
# How many lines of a failed log are shown; .ci/run raises it because nobody can open the log there.
TAIL_LINES = int(os.environ.get("NSL_LOG_LINES", "12"))
NINJA_PROGRESS = re.compile(r"^\[(\d+)/(\d+)\] ")
TELLING = re.compile(r"error:|FAILED:|refused:|\bError\b|^E:|fatal|Assertion|No such file|Could NOT")


class Failure(Exception):
    """What went wrong in one sentence, and where the details are."""

    def __init__(self, sentence, log=None, lines=()):
        super().__init__(sentence)
        self.sentence = sentence
        self.log = log
        self.lines = list(lines)

    def show(self):
        sys.stdout.flush()
        print(f"dev: {self.sentence}", file=sys.stderr)
        for line in self.lines:
            print(f"    {line}", file=sys.stderr)
        if self.log:
            print(f"  log: {paths.relative(self.log)}", file=sys.stderr)


def seconds(value):
    if value < 0.95:
        return f"{value * 1000:.0f} ms"
    if value < 90:
        return f"{value:.1f} s"
    return f"{value / 60:.1f} min"


def say(text=""):
    print(text, flush=True)


def telling_lines(log):
    """The lines of a log a reader would look for first, else its end."""
    try:
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
    found = [line for line in lines if TELLING.search(line)]
    chosen = found[:TAIL_LINES] if found else lines[-TAIL_LINES:]
    return [line[:240] for line in chosen]


class Step:
    """Use as a context manager. A quiet step only keeps its log: for work that runs beside other work."""

    def __init__(self, name, log=None, quiet=False):
        self.name = name
        self.quiet = quiet
        self.log = paths.LOGS / f"{log}.log" if log else None
        self.note = ""
        self._progress = ""
        self._done = threading.Event()

    def __enter__(self):
        self._start = time.monotonic()
        if self.log:
            self.log.parent.mkdir(parents=True, exist_ok=True)
            self.log.write_bytes(b"")
        self._ticker = threading.Thread(target=self._tick, daemon=True)
        if not self.quiet:
            self._ticker.start()
        return self

    def __exit__(self, kind, error, trace):
        if self.quiet:
            return False
        self._done.set()
        self._ticker.join()
        took = seconds(time.monotonic() - self._start)
        ending = self.note if error is None else "failed"
        if TERMINAL:
            sys.stdout.write("\r\033[K")
        say(f"  {self.name:<46} {took:>9}  {ending}".rstrip())
        return False

    def _tick(self):
        period = 0.2 if TERMINAL else HEARTBEAT_SECONDS
        while not self._done.wait(period):
            spent = time.monotonic() - self._start
            if TERMINAL:
                sys.stdout.write(f"\r\033[K  {self.name:<46} {spent:7.0f} s  {self._progress}")
                sys.stdout.flush()
            else:
                say(f"  ... {self.name} {self._progress} ({spent:.0f} s)")

    def progress(self, text):
        self._progress = text

    def output(self, command, **options):
        """Runs the command and returns its exit status; output goes to the log."""
        with open(self.log, "ab", buffering=0) as log:
            log.write(("$ " + " ".join(map(str, command)) + "\n").encode())
            child = subprocess.Popen([str(word) for word in command], stdin=subprocess.DEVNULL,
                                     stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                     cwd=options.get("cwd", paths.ROOT),
                                     env=options.get("env") or paths.environment())
            try:
                for line in child.stdout:
                    log.write(line)
                    found = NINJA_PROGRESS.match(line[:40].decode("ascii", "replace"))
                    if found:
                        self.progress(f"{found.group(1)} of {found.group(2)}")
                return child.wait()
            except BaseException:
                child.send_signal(signal.SIGTERM)
                child.wait()
                raise

    def outcome(self, command, **options):
        """What a command says on both streams, whatever its status."""
        done = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL,
                              stderr=subprocess.STDOUT, text=True, check=False, errors="replace",
                              cwd=options.get("cwd", paths.ROOT), env=options.get("env") or paths.environment())
        return done.stdout

    def run(self, command, sentence=None, **options):
        status = self.output(command, **options)
        if status != 0:
            raise Failure(sentence or f"{self.name} failed (exit {status})", self.log,
                          telling_lines(self.log))


def ask(command, **options):
    """Standard output of a quick command, or None when it fails or does not exist."""
    try:
        done = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, text=True,
                              check=False, cwd=options.get("cwd", paths.ROOT),
                              env=options.get("env") or paths.environment())
    except OSError:
        return None
    return done.stdout if done.returncode == 0 else None
