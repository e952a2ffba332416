"""The blocks of docs/use/events.md, run in their order: a block of commands, then what they print."""
import json
import re
import subprocess
from pathlib import Path

from fixtures.processes import wait_until
from fixtures.webhook_receiver import WebhookReceiver
from functional.test_triggers import Hub

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = ROOT / "docs/use/events.md"
BLOCKS = re.compile(r"```sh\n(.*?)```\n```json\n(.*?)```", re.DOTALL)
ANY = "..."


def is_like(shown, printed):
    """Whether everything the page shows was printed; "..." is anything."""
    if isinstance(shown, dict):
        return isinstance(printed, dict) and all(name in printed and is_like(value, printed[name])
                                                 for name, value in shown.items())
    if isinstance(shown, list):
        return isinstance(printed, list) and len(shown) == len(printed) and all(map(is_like, shown, printed))
    if isinstance(shown, str) and shown.endswith(ANY):
        return str(printed).startswith(shown.removesuffix(ANY))
    return shown == printed


def run_page(page, nsl, programs, variables, after=lambda commands: None):
    """Runs the page's blocks with the variables set; how many there are."""
    environment = {**nsl._environment(), "PATH": f"{programs}:/usr/bin:/bin", **variables}
    blocks = BLOCKS.findall(page.read_text(encoding="utf-8"))
    for commands, shown in blocks:
        expected = json.loads(shown)

        def says_it(commands=commands, expected=expected):
            script = 'set -e\nnsl() { command nsl --json "$@"; }\n' + commands
            done = subprocess.run(["bash", "-c", script], cwd=nsl.folder, env=environment, capture_output=True,
                                  text=True, timeout=60, check=False)
            assert done.returncode == 0, f"{commands}\n{done.stdout}{done.stderr}"
            printed = json.loads(done.stdout.strip().splitlines()[-1])
            return is_like(expected, printed) or None
        # What comes "a moment later" is asked for until it is there.
        wait_until(says_it, f"what the page shows for\n{commands}", 30)
        after(commands)
    return len(blocks)


def test_the_blocks_of_the_page_say_what_happens(service, neo_network, https_server, programs, tmp_path):
    nsl = service.command_line("reader-of-events")
    nsl.login()
    (tmp_path / "answer.js").write_text("export default { event(e) { return e.id; } };\n")
    nsl.ask("function", "deploy", "answer", "--file", tmp_path / "answer.js")
    hub = Hub(neo_network)
    start = neo_network.height()
    hub.ask(b"the first one")
    receiver = WebhookReceiver(https_server, "/page")
    receiver.on_call = lambda received: 204

    def after(commands):
        if receiver.secret == "" and "webhook set" in commands:
            receiver.secret = nsl.ask("webhook", "rotate", "books")["secret"]
    variables = {"CONTRACT": hub.hash, "SERVER": receiver.url, "FROM": str(start)}
    assert run_page(PAGE, nsl, programs, variables, after) >= 6
