"""The checks of ./dev lint find what they are for."""
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))
import claims
import cycles
import text
import tidy


def test_a_cycle_is_named_in_order():
    assert cycles.find_cycle({"a": {"b"}, "b": {"c"}, "c": {"a"}}) == ["a", "b", "c", "a"]
    assert cycles.find_cycle({"a": {"b", "c"}, "b": {"c"}, "c": set()}) is None
    assert cycles.find_cycle({"a": {"a"}}) == ["a", "a"]


def test_citations_are_read_in_all_their_forms():
    said = ("a [test: Vault.RefusesOlder] b [tests: A.B, `C.D`] and tests/chain/test_x.py::test_y "
            "but not [test] nor [link](tests/x.py)")
    assert list(claims.cited(said)) == ["Vault.RefusesOlder", "A.B", "C.D", "tests/chain/test_x.py::test_y"]


def test_a_citation_of_a_missing_test_is_found(monkeypatch, tmp_path):
    document = tmp_path / "claim.md"
    document.write_text("It holds [test: Nothing.ShowsThis].\n", encoding="utf-8")
    monkeypatch.setattr(claims.tree, "files", lambda *endings: [document] if ".md" in endings else [])
    assert len(list(claims.check_citations())) == 1


@pytest.mark.parametrize("line, found", [
    ("see /" + "root/.cache", 1), ("x = 1", 0), ("// TO" + "DO: later", 1), ("// TO" + "DO(vault): move #12", 0),
])
def test_forbidden_text_is_found(monkeypatch, tmp_path, line, found):
    file = tmp_path / "file.cc"
    file.write_text(line + "\n", encoding="utf-8")
    monkeypatch.setattr(text.tree, "files", lambda *endings: [file])
    assert len(list(text.check())) == found


def test_a_long_file_is_found(monkeypatch, tmp_path):
    file = tmp_path / "file.cc"
    file.write_text("int x;\n" * 501, encoding="utf-8")
    monkeypatch.setattr(text.tree, "files", lambda *endings: [file])
    assert "501 lines" in next(text.check())


def test_only_what_decides_the_reading_is_kept_of_a_command():
    command = "guard.py compile ccache g++-12 -DX=1 -Isrc -isystem gen -Wall -O1 -std=c++23 -o a.o -c a.cc"
    assert tidy.clang_arguments(command) == ["-DX=1", "-Isrc", "-isystem", "gen", "-std=c++23", "-Wthread-safety"]
