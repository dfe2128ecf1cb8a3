"""Texts made to wear out their reader: each is read or refused within seconds, and the others of the source go on."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
import tracemalloc
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.article.dateline import parse_dateline
from indexer.sources import Accepted, Refused, read_source
from indexer.sources import record as record_module
from indexer.sources.limits import MAX_DEPTH, is_laborious_markdown, json_value
from indexer.sources.markup.markdown_text import plain_text
from indexer.text.words import normalize
from tests.hostile import GENERATED, KNOWN, SECONDS, generated

GOOD = '{"id": "good", "title": "Good"}'


def read_within_bounds(path: Path) -> list[Accepted | Refused]:
    started = time.process_time()
    found = list(read_source(path))
    assert time.process_time() - started < SECONDS
    return found


@pytest.mark.parametrize("name", KNOWN)
def test_a_hostile_file_takes_no_time_and_the_next_is_read(tmp_path: Path, name: str) -> None:
    is_record = name.startswith("json ") or (KNOWN[name].startswith('{"') and not name.startswith("front matter"))
    suffix = "jsonl" if is_record else "mdx" if name.startswith(("mdx", "components", "exports")) else "md"
    (tmp_path / f"a.{suffix}").write_text(KNOWN[name], "utf-8")
    (tmp_path / "b.md").write_text("# Good\n\nText.", "utf-8")

    *found, last = read_within_bounds(tmp_path)

    assert len(found) == 1
    assert isinstance(last, Accepted)


@pytest.mark.parametrize("name", [name for name in KNOWN if name.startswith("json ")])
def test_a_hostile_line_does_not_end_the_file(tmp_path: Path, name: str) -> None:
    (tmp_path / "a.jsonl").write_text(f"{GOOD}\n{KNOWN[name]}\n{GOOD}\n", "utf-8")
    before, bad, after = read_within_bounds(tmp_path / "a.jsonl")

    assert isinstance(before, Accepted)
    assert isinstance(bad, Refused)
    assert isinstance(after, Accepted)


def test_generated_texts_are_read_or_refused_in_time(tmp_path: Path) -> None:
    for number, text in enumerate(generated(GENERATED, seed=1)):
        suffix = "jsonl" if text.startswith('{"title"') else ("md", "txt", "mdx")[number % 3]
        path = tmp_path / f"a.{suffix}"
        path.write_text(text, "utf-8")
        started = time.process_time()
        list(read_source(path))
        assert time.process_time() - started < SECONDS, (number, text[:100])


@pytest.mark.parametrize("name", ["yaml alias bomb", "yaml flow lists", "yaml flow mappings", "markdown table"])
def test_a_process_with_little_memory_survives(tmp_path: Path, name: str) -> None:
    (tmp_path / "a.md").write_text(KNOWN[name], "utf-8")
    code = "import sys; from indexer.sources import read_source; print(len(list(read_source(sys.argv[1]))))"

    def bounded() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
        resource.setrlimit(resource.RLIMIT_CPU, (20, 20))

    command = [sys.executable, "-c", code, str(tmp_path / "a.md")]
    done = subprocess.run(command, capture_output=True, preexec_fn=bounded, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "1\n"), done.stderr


@given(st.recursive(st.none() | st.text(max_size=3), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
@settings(deadline=None, max_examples=20)
def test_json_within_the_bounds_is_read_as_ever(value: object) -> None:
    text = json.dumps(value)
    assert json_value(text) == value
    assert json_value(f"[{', '.join([text] * MAX_DEPTH)}]") == [value] * MAX_DEPTH


def test_brackets_inside_texts_are_no_depth(tmp_path: Path) -> None:
    brackets = "[{" * 1000 + '\\"'
    (tmp_path / "a.jsonl").write_text(json.dumps({"id": "a", "title": "T", "x": brackets}))
    (tmp_path / "b.md").write_text(f"---\ntitle: '{brackets}'\n---\n")
    (tmp_path / "c.md").write_text(f"+++\ntitle = '{brackets}' # {brackets}\nx = 'a.b{'.c' * 100}'\n+++\n")
    assert all(isinstance(item, Accepted) for item in read_source(tmp_path))


def test_an_alias_of_moderate_size_is_what_it_stands_for(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("---\ntitle: &t Tides\nsection: *t\ntags: &x [a, b]\nkeywords: *x\n---\nText.")
    (item,) = read_source(tmp_path)
    assert isinstance(item, Accepted)
    assert (item.article.section, item.article.tags) == ("Tides", ("a", "b"))


def test_markdown_with_too_many_marks_keeps_them_with_a_warning(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("---\ntitle: T\n---\nFirst words.\n\n" + "![" * 60_000)
    (item,) = read_source(tmp_path)
    assert isinstance(item, Accepted)
    assert item.article.body.startswith("First words.\n\n![![")
    assert "more marks of its markup than are parsed" in item.warnings[0]


def test_a_long_text_with_many_links_is_parsed() -> None:
    paragraph = "[a](/b) and *c*, said `d`.\n\n"
    assert not is_laborious_markdown(paragraph * 10_000)
    text = plain_text(paragraph * 2_000)
    assert not text.unparsed
    assert text.body.startswith("a and c, said d.")


def test_what_nobody_foresaw_refuses_one_article_and_not_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(field: str, value: object, notes: list[str]) -> str:
        if value == "bad":
            raise RecursionError
        return str(value)

    monkeypatch.setitem(record_module._READERS, "title", broken)
    (tmp_path / "a.jsonl").write_text('{"id": "a", "title": "bad"}\n{"id": "b", "title": "good"}\n')
    (tmp_path / "c.md").write_text("---\ntitle: bad\n---\nText.")
    reason = "cannot be read (RecursionError): simplify its front matter and markup"
    first, second, third = read_source(tmp_path)
    assert [getattr(item, "reason", "") for item in (first, second, third)] == [reason, "", reason]


def test_marks_stacked_without_end_are_cut_and_others_are_not() -> None:
    assert normalize("e\u0301" + "x" * 40 + "e\u0301" * 40) == "é" + "x" * 40 + "é" * 40
    assert len(normalize("a" + "\u0315\u0300" * 1000)) < 40
    assert not any(chr(n).isalnum() for n in range(0x110000) if unicodedata.category(chr(n)).startswith("M"))


def test_a_long_dateline_is_not_remembered() -> None:
    tracemalloc.start()
    try:
        for number in range(50):
            parse_dateline(f"Paris {number} " + "x" * 1_000_000)
        assert tracemalloc.get_traced_memory()[0] < 5_000_000
    finally:
        tracemalloc.stop()
