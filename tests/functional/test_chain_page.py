"""The blocks of docs/use/chain.md, run in their order: a block of commands, then what they print."""
from pathlib import Path

from functional.test_events_page import run_page
from functional.test_triggers import Hub

PAGE = Path(__file__).resolve().parent.parent.parent / "docs/use/chain.md"


def test_the_blocks_of_the_page_say_what_happens(service, neo_network, programs):
    nsl = service.command_line("reader-of-the-chain")
    nsl.login()
    hub = Hub(neo_network)
    _, transaction = hub.ask(b"the first one")
    assert run_page(PAGE, nsl, programs, {"CONTRACT": hub.hash, "TRANSACTION": transaction}) >= 9
