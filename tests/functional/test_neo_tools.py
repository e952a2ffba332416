"""`nsl neo` as programs and people use it: flags, --stdin, --lines, and its page."""
import json
import os
import random
import resource
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = ROOT / "docs/use/neo-tools.md"
FAILED, WRONG_USE, VERIFICATION_FAILED = 1, 2, 6
KEYS = 100_000
SECONDS_MAX = 60


@pytest.fixture
def neo(programs):
    def ask(*words, data="", status=0):
        done = subprocess.run([programs / "nsl", "neo", *words], input=data, capture_output=True, text=True,
                              timeout=120, check=False)
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout
    return ask


def test_a_bad_line_answers_an_error_and_the_rest_go_on(neo):
    asked = ['{"hex":"00"}', "no json", '{"hex":"0x01"}', "", '{"hex":1}', '{"hex":"02"}']
    answers = [json.loads(line) for line in neo("hash", "--lines", data="\n".join(asked), status=FAILED).splitlines()]
    assert ["error" in answer for answer in answers] == [False, True, False, True, True, False]
    assert all(answer["error"]["code"] == "NSL-NEO-0014" for answer in answers if "error" in answer)
    assert answers[5] == json.loads(neo("hash", "--hex", "02", "--json"))


def test_a_line_is_answered_before_the_next_one_is_written(programs):
    """A program can talk with it: nothing waits for more input."""
    with subprocess.Popen([programs / "nsl", "neo", "hash", "--lines"], stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE, text=True) as process:
        for text in ("00", "01"):
            process.stdin.write(json.dumps({"hex": text}) + "\n")
            process.stdin.flush()
            assert "sha256" in json.loads(process.stdout.readline())
        process.stdin.close()
        assert process.wait(30) == 0


def test_a_line_that_is_too_long_is_refused_alone(neo):
    lines = ['{"hex":"' + "00" * 5_000_000 + '"}', '{"hex":"00"}']
    answers = [json.loads(line) for line in neo("hash", "--lines", data="\n".join(lines), status=FAILED).splitlines()]
    assert ["error" in answer for answer in answers] == [True, False]


def test_the_three_ways_to_ask_give_the_same(neo):
    by_flags = json.loads(neo("address", "--address", "NPTmAHDxo6Pkyic8Nvu3kwyXoYJCvcCB6i", "--json"))
    asked = json.dumps({"address": "NPTmAHDxo6Pkyic8Nvu3kwyXoYJCvcCB6i"})
    assert json.loads(neo("address", "--stdin", data=asked)) == by_flags
    assert json.loads(neo("address", "--lines", data=asked)) == by_flags


def test_the_exit_status_says_what_happened(neo):
    neo("hash", "--hex", "0", status=FAILED)
    neo("hash", "--stdin", data="[]", status=FAILED)
    neo("hash", "--colour", "red", status=WRONG_USE)
    key = "02028a99826edc0c97d18e22b6932373d908d323aa7f92656a77ec26e8861699ef"
    neo("verify", "--public-key", key, "--signature", "00" * 64, "--message", "00", status=VERIFICATION_FAILED)


def test_no_answer_and_no_error_repeats_a_key(neo, tmp_path):
    secret = "7d128a6d096f0c14c3a25a2b0c41cf79661bfcb4a8cc95aaaea28bde4d732344"
    file = tmp_path / "key"
    file.write_text(secret + "\n")
    assert secret not in neo("key", "--private-key-file", str(file), "--json")
    assert secret in neo("key", "--private-key-file", str(file), "--json", "--reveal")
    assert secret not in neo("key", "--wif-file", str(file), status=FAILED)


def test_answers_a_hundred_thousand_keys_in_a_minute(neo):
    """Processor time: what else runs on the machine does not count."""
    maker = random.Random(5)
    data = "".join(json.dumps({"private_key": maker.randbytes(32).hex()}) + "\n" for _ in range(KEYS))
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    answers = neo("key", "--lines", data=data).splitlines()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert len(answers) == KEYS and all('"address"' in answer for answer in answers)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < SECONDS_MAX


def blocks_of(page):
    """Each fenced block as commands with what they print."""
    for block in page.split("```\n")[1::2]:
        for part in block.split("$ ")[1:]:
            command, _, printed = part.partition("\n")
            yield command, printed


def test_every_block_of_the_page_says_what_the_program_says(programs, tmp_path):
    env = {**os.environ, "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"}
    commands = list(blocks_of(PAGE.read_text(encoding="utf-8")))
    assert len(commands) > 15
    for command, printed in commands:
        done = subprocess.run(["bash", "-c", command], cwd=tmp_path, env=env, capture_output=True, text=True,
                              timeout=60, check=False)
        assert done.stdout == printed, f"{command}\n{done.stdout}{done.stderr}"
