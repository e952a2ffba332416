"""What the demo prints and leaves: one line a step, timeline.json, and the table at the end."""
import datetime
import json
import time
from pathlib import Path

from fixtures.processes import wait_until

COLUMN = 86


def now_text():
    moment = datetime.datetime.now(datetime.timezone.utc)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def milliseconds(text):
    """RFC 3339 -> milliseconds since 1970."""
    return int(datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp() * 1000 + 0.5)


def duration(seconds):
    return f"{seconds * 1000:.0f} ms" if seconds < 0.95 else f"{seconds:.1f} s"


class Timeline:
    """The steps as they happen, and timeline.json once they have."""

    def __init__(self, file):
        self.file = Path(file)
        self.steps = []
        self.started = time.monotonic()
        self.current = ""

    def step(self, title):
        return _Step(self, title)

    def save(self, extra):
        content = {"version": 1, "seconds": round(time.monotonic() - self.started, 3),
                   "steps": self.steps, **extra}
        self.file.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


class _Step:
    def __init__(self, timeline, title):
        self.timeline = timeline
        self.title = title
        self.said = ""
        self.ids = {}

    def __enter__(self):
        self.timeline.current = self.title
        self.start = now_text()
        self.begun = time.monotonic()
        return self

    def say(self, text):
        """The rest of the line."""
        self.said = text

    def keep(self, **ids):
        self.ids.update(ids)

    def __exit__(self, kind, error, trace):
        if kind is not None:
            return
        seconds = time.monotonic() - self.begun
        number = len(self.timeline.steps) + 1
        line = f"  {number}  {self.title}: {self.said}" if self.said else f"  {number}  {self.title}"
        print(f"{line:<{COLUMN}} {duration(seconds):>8}", flush=True)
        self.timeline.steps.append({"number": number, "name": self.title, "start": self.start, "end": now_text(),
                                    "seconds": round(seconds, 3), "ids": self.ids})


def print_table(rows):
    print()
    width = max(len(row[0]) for row in rows)
    for name, value, note in rows:
        print(f"  {name:<{width}}  {value:>10}  {note}".rstrip())
    print()


def path_times(network, run, transaction):
    """How long each part of the way took, in milliseconds since the event's block was made."""
    event_block = network.rpc("getblock", [run["event"]["block"], 1])["time"]
    return {
        "event_block_made": 0,
        "event_seen": milliseconds(run["event"]["seen_at"]) - event_block,
        "run_accepted": milliseconds(run["created_at"]) - event_block,
        "run_started": milliseconds(run["started_at"]) - event_block,
        "transaction_broadcast": milliseconds(transaction["sent_at"]) - event_block,
        "run_finished": milliseconds(run["finished_at"]) - event_block,
        "answer_block_made": network.rpc("getblock", [transaction["block"], 1])["time"] - event_block,
        "answer_seen_in_block": milliseconds(transaction["confirmed_at"]) - event_block,
    }


def table(times, stats):
    seen, sent = times["event_seen"], times["transaction_broadcast"]
    return [
        ("event's block made -> seen", f"{seen} ms", "the node's clock, then the host's"),
        ("seen -> broadcast", f"{sent - seen} ms", "accepted, queued, run, fetched, signed, stored, sent"),
        ("broadcast -> in a block", f"{times['answer_block_made'] - sent} ms", "the network's block time"),
        ("in a block -> persisted", f"{times['answer_seen_in_block'] - times['answer_block_made']} ms",
         "followed, and stored as HALT"),
        ("run, wall time", f"{int(stats['wall_us']) / 1000:.1f} ms", "a fresh process, with its host calls"),
        ("run, CPU time", f"{int(stats['cpu_us']) / 1000:.1f} ms", "user and system"),
        ("run, peak memory", f"{int(stats['memory_peak_bytes']) / 2**20:.1f} MiB",
         "pages shared with its parent included"),
    ]


def wait_for_run(nsl, function, timeout=60.0):
    """The newest run of the function, once it and its transactions are decided."""
    def decided():
        items = nsl.ask("run", "list", "--function", function)["items"]
        if not items:
            return None
        run = nsl.ask("run", "show", items[0]["id"])
        if run["status"] in ("QUEUED", "RUNNING"):
            return None
        open_states = [item for item in run["transactions"] if item["state"] in ("SIGNED", "SENT")]
        return None if open_states else run
    return wait_until(decided, f"the run of {function}", timeout)


def files_holding(folder, needle):
    """Files below the folder (or the file itself) whose bytes hold the text."""
    folder = Path(folder)
    files = [folder] if folder.is_file() else [file for file in folder.rglob("*") if file.is_file()]
    return [file for file in files if needle.encode() in file.read_bytes()]
