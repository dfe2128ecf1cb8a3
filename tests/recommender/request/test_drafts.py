"""Drafts and sessions: texts that are not in the archive, and readers who have read more than one that is."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from indexer.sources import Accepted, read_source
from recommender.request.drafts import MAX_BYTES, DraftError, parse_draft, read_draft


@pytest.mark.parametrize(
    ("text", "title", "body"),
    [
        ("One line", "One line", ""),
        ("A title\n\nFirst.\n\nSecond.", "A title", "First.\n\nSecond."),
        ("A title\r\n\r\nFirst.", "A title", "First."),
        ("Prose that goes on\nfor two lines.", "", "Prose that goes on\nfor two lines."),
        ("x" * 201, "", "x" * 201),
        (
            "---\ntitle: From the front\npublished: false\ndraft: true\n---\n# Heading\n\nText.",
            "From the front",
            "Heading\n\nText.",
        ),
        ("+++\ntitle = 'From the front'\n+++\nText.", "From the front", "Text."),
        ("---\nauthor: Ada\n---\n# Heading\n\nText.", "Heading", "Text."),
        ('{"headline": "H", "content": "C", "published": false, "status": "draft"}', "H", "C"),
        ('{"title": "Bell \\u0007 and half \\ud83d", "text": "C"}', "Bell and half", "C"),
    ],
)
def test_a_draft_is_understood_however_it_is_written(text: str, title: str, body: str) -> None:
    draft = parse_draft(text.encode(), "here")
    assert (draft.title, draft.body, draft.id) == (title, body, "draft")


def test_markdown_by_its_name_needs_no_front_matter(tmp_path: Path) -> None:
    (tmp_path / "post.md").write_text("# Heading\n\nSome *text*.", "utf-8")
    draft = read_draft(str(tmp_path / "post.md"))
    assert (draft.title, draft.body) == ("Heading", "Some text.")


def test_what_is_known_of_a_draft_is_kept() -> None:
    record = {
        "id": "moon-1",
        "url": "https://x.example/a?utm_source=y",
        "title": "T",
        "tags": "a, b",
        "date": "2024-03-18",
    }
    draft = parse_draft(json.dumps(record).encode(), "here")
    assert (draft.id, draft.url, draft.tags) == ("moon-1", "https://x.example/a", ("a", "b"))
    assert draft.date == datetime(2024, 3, 18, tzinfo=UTC)
    assert parse_draft(b'{"title": "T", "url": "javascript:x"}', "here").id == "draft"


PAGE = """Orbit Daily
CARGO
Capsule reaches the station
By Ana ONE
Paris, France (AFP) Mar 18, 2024

A cargo capsule reached its station.

Related Links
Orbit Daily
"""


@pytest.mark.parametrize(
    ("suffix", "text"),
    [
        (".jsonl", '{"headline": "A title", "text": "Words &amp; more", "tags": "a, b", "date": "2024-03-18"}\n'),
        (".md", "---\nheadline: From the front\nsummary: In *short*\n---\n# Heading\n\nText and [a link](/x/)."),
        (".txt", "A title\n\nFirst.\n\nSecond."),
        (".txt", PAGE),
    ],
)
def test_a_draft_is_read_as_the_article_it_becomes(tmp_path: Path, suffix: str, text: str) -> None:
    path = tmp_path / f"draft{suffix}"
    path.write_text(text.replace('{"', '{"id": "draft", "'), "utf-8")
    (item,) = read_source(path)
    assert isinstance(item, Accepted)
    for draft in (read_draft(str(path)), parse_draft(text.encode(), "here")):
        assert replace(draft, source=item.article.source) == item.article


def test_prose_in_lines_is_no_saved_page_though_a_line_looks_like_a_dateline() -> None:
    text = "The bank is issuing a bond\nof 100 million due March 30, 1990, paying\n5 pct a year."
    assert parse_draft(text.encode(), "here").body == text
    assert parse_draft(text.encode(), "here").date is None


@pytest.mark.parametrize(
    ("content", "code", "said"),
    [
        (b"", "empty_draft", "here: the draft is empty"),
        (b"\n \n", "empty_draft", "empty"),
        (b"{}", "empty_draft", "empty"),
        (b"---\ntitle: ''\n---\n", "empty_draft", "empty"),
        (b'{"title": ["x"]}', "bad_draft", "title must be text"),
        (b'{"title": "x",}', "bad_draft", "not valid JSON"),
        (b"---\ntitle: x\n", "bad_draft", "front matter opens on line 1"),
        (b"\xff", "bad_draft", "not UTF-8"),
        (b"a" * (MAX_BYTES + 1), "draft_too_large", "1,000,000 bytes"),
    ],
)
def test_a_draft_that_cannot_be_read_says_why_in_one_line(content: bytes, code: str, said: str) -> None:
    with pytest.raises(DraftError, match=said) as caught:
        parse_draft(content, "here")
    assert caught.value.code == code
    assert "\n" not in str(caught.value)
