"""The blocks of docs/use/webhooks.md, run in their order: a block of commands, then what they print."""
from pathlib import Path

from functional.test_events_page import run_page

PAGE = Path(__file__).resolve().parent.parent.parent / "docs/use/webhooks.md"


def test_the_blocks_of_the_page_say_what_happens(service, programs):
    nsl = service.command_line("reader-of-webhooks")
    nsl.login()
    assert run_page(PAGE, nsl, programs, {"SERVICE": service.url}) == 3
