"""The checks of ./dev lint find what they are for."""
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))
import claims
import cycles
import lists
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


@pytest.mark.parametrize("entry, found", [
    ({"test": "Vault.RefusesOlder"}, ""), ({"test": "tests/functional/test_http.py::test_x"}, ""),
    ({"test": "Vault.Renamed"}, "does not exist"), ({}, "needs either"),
    ({"untested": "No machine has one"}, ""), ({"test": "Vault.RefusesOlder", "untested": "x"}, "needs either"),
])
def test_an_entry_names_a_test_that_exists(entry, found):
    known = {"Vault.RefusesOlder", "tests/functional/test_http.py::test_x"}
    said = list(lists.check_tests("api/limits.toml", {"frames_max": entry}, known))
    assert len(said) == (1 if found else 0) and all(found in line for line in said)


def test_entries_without_a_test_are_counted():
    tables = [{"a": {"untested": "x"}, "b": {"test": "y"}}, {"c": {"untested": "x"}}]
    assert list(lists.check_untested(tables, 2)) == []
    assert "a, c" in next(lists.check_untested(tables, 1))


def test_an_entry_nobody_uses_is_found():
    said = list(lists.check_use({"X-1": {"name": "gone"}}, {"frames_max": {}, "bytes_max": {}}, {"kBytesMax"}))
    assert [line.split(" is ")[0] for line in said] == [
        "api/errors.toml: X-1 'gone'", "api/limits.toml: 'frames_max'"]


def test_a_stale_page_is_found(monkeypatch, tmp_path):
    monkeypatch.setattr(lists.tree, "ROOT", tmp_path)
    (tmp_path / "limits.md").write_text("old\n", encoding="utf-8")
    assert list(lists.check_pages({"limits.md": "old\n"})) == []
    assert len(list(lists.check_pages({"limits.md": "new\n", "errors.md": "new\n"}))) == 2


def test_a_page_gives_values_also_in_larger_units():
    assert lists.reference.in_larger_units(1 << 20, "bytes") == "1 MiB"
    assert lists.reference.in_larger_units(1025, "bytes") == ""
    assert lists.reference.in_larger_units(300_000, "milliseconds") == "5 min"
    assert lists.reference.in_larger_units(1024, "requests") == ""
    page = lists.reference.limits_page({"a_max": {"value": 2048, "unit": "bytes", "why": "Largest a"}})
    assert page.endswith("| `a_max` | 2048 (2 KiB) | bytes | Largest a |\n")
