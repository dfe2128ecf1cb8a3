"""Drafts and sessions: texts that are not in the archive, and readers who have read more than one that is."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from indexer.article.article import Article
from indexer.base.errors import ArticleNotFoundError, ReadmoreError
from indexer.sources import Accepted, read_source
from recommender.related import Recommender
from recommender.request.drafts import MAX_BYTES, DraftError, parse_draft, read_draft
from recommender.request.options import Wanted
from recommender.results import RelatedResult, items_of
from tests.recommender.archives import article, several, words
from tests.recommender.command import run

Make = Callable[[Iterable[Article]], Recommender]


def ids(result: RelatedResult) -> list[str]:
    return [item.article.id for item in result.related]


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


def test_a_draft_finds_what_the_article_it_becomes_would(recommender_of: Make) -> None:
    articles = [one for one in several(6) if one.id != "chess-2"]
    recommender = recommender_of(articles)
    draft = article("chess", 2)
    assert sorted(ids(recommender.related_to_text(draft))) == [f"chess-{n}" for n in (0, 1, 3, 4, 5)]
    block = recommender.block_for_text(draft, wanted=Wanted(exclude=["chess-1"]))
    assert {item.article.id for item in items_of(block)} <= {f"chess-{n}" for n in (0, 3, 4, 5)}
    assert block.id == "chess-2"


def test_a_draft_stores_nothing(recommender_of: Make) -> None:
    recommender = recommender_of(several())
    folder = recommender._engine.data
    recommender.related("bread-1")  # derives what is kept
    before = {
        path: path.stat().st_mtime_ns
        for path in folder.rglob("*")
        if path.is_file() and "articles.db-" not in path.name
    }
    recommender.related_to_text(article("chess", 77))
    after = {
        path: path.stat().st_mtime_ns
        for path in folder.rglob("*")
        if path.is_file() and "articles.db-" not in path.name
    }
    assert after == before
    with pytest.raises(ArticleNotFoundError):
        recommender.related("chess-77")


@pytest.mark.parametrize("text", ["Zyx wvu tsr", "的 是", "!!!", "0"])
def test_a_draft_of_which_nothing_is_known_gets_the_fallback(recommender_of: Make, text: str) -> None:
    recommender = recommender_of(several())
    result = recommender.related_to_text(parse_draft(text.encode(), "here"))
    assert result.fallback
    assert {item.relation for item in result.related} == {"fallback"}
    assert recommender.block_for_text(parse_draft(text.encode(), "here")).lead is None


def test_in_a_session_the_last_article_counts_most(recommender_of: Make) -> None:
    recommender = recommender_of(several(8))
    first = ids(recommender.related_to_several(["bread-1", "chess-1"]))
    assert first[0].startswith("chess")
    last = ids(recommender.related_to_several(["chess-1", "bread-1"]))
    assert last[0].startswith("bread")
    assert {one.split("-")[0] for one in first} == {"bread", "chess"}


def test_nothing_read_comes_back_and_no_copy_of_it(recommender_of: Make) -> None:
    copies = [article("bread", n, id=f"copy-{n}", site="Weekly") for n in (1, 2)]
    recommender = recommender_of([*several(), *copies])
    read = ["bread-1", "bread-2", "chess-3"]
    result = recommender.related_to_several(read)
    shown = {one.id for item in result.related for one in (item.article, *item.siblings)}
    assert shown
    assert not shown & {*read, "copy-1", "copy-2"}
    block = recommender.block_for_several(read)
    assert not {item.article.id for item in items_of(block)} & {*read, "copy-1", "copy-2"}


def test_an_article_read_twice_was_read_when_it_was_read_last(recommender_of: Make) -> None:
    recommender = recommender_of(several(6))
    twice = recommender.related_to_several(["bread-1", "chess-1", "bread-1"])
    assert twice.id == "bread-1"
    assert ids(twice) == ids(recommender.related_to_several(["chess-1", "bread-1"]))


def test_unknown_articles_of_a_session_are_passed_over(recommender_of: Make) -> None:
    recommender = recommender_of(several(6))
    assert ids(recommender.related_to_several(["gone", "bread-1", "gone-too"])) == ids(recommender.related("bread-1"))
    with pytest.raises(ArticleNotFoundError, match="gone-too"):
        recommender.related_to_several(["gone", "gone-too"])


def test_a_session_knows_no_earlier_and_no_later(sample_recommender: Recommender) -> None:
    result = sample_recommender.related_to_several(["2024-02-22-odysseus-lands", "2024-05-15-vineyard-frost"])
    assert {item.relation for item in result.related} <= {"", "story"}


def test_a_very_long_session_is_answered(recommender_of: Make) -> None:
    articles = several(8)
    recommender = recommender_of(articles)
    read = [one.id for one in articles if one.id != "bread-7"]
    assert "bread-7" not in read
    assert set(ids(recommender.related_to_several(read, limit=50))) <= {one.id for one in articles} - set(read[-20:])


ODYSSEUS = "2024-02-22-odysseus-lands"


def test_the_command_takes_a_draft_from_a_file_or_standard_input(sample: Path, tmp_path: Path) -> None:
    text = "Odysseus lands\n\nThe lander Odysseus of Intuitive Machines set down near the south pole of the Moon."
    (tmp_path / "draft.txt").write_text(text, "utf-8")
    by_file = json.loads(run(sample, "related", "--text", str(tmp_path / "draft.txt"), "--json").stdout)
    by_input = json.loads(run(sample, "related", "--text", "-", "--json", given=text).stdout)
    assert by_file["related"] == by_input["related"]
    assert by_file["id"] == "draft"
    assert ODYSSEUS in [item["id"] for item in by_file["related"]]


def test_the_command_narrows_in_every_way(sample: Path) -> None:
    def related(*options: str) -> list[dict[str, str]]:
        found: list[dict[str, str]] = json.loads(run(sample, "related", ODYSSEUS, *options, "--json").stdout)["related"]
        return found

    first = related()[0]["id"]
    assert first not in [item["id"] for item in related("--exclude", first)]
    assert {item["site"] for item in related("--site", "Perihelion", "--site", "High Ground Report")} == {
        "Perihelion",
        "High Ground Report",
    }
    assert {item["section"] for item in related("--section", "mars")} == {"MARS"}
    assert {item["language"] for item in related("--language", "fr")} <= {"fr"}
    assert min(item["date"] for item in related("--since", "2024-03-01")) >= "2024-03-01"
    assert max(item["date"] for item in related("--until", "2024-02-15")) < "2024-02-16"
    assert related("--since", "1d") == []


def test_the_command_shows_the_block_and_its_groups(sample: Path) -> None:
    text = run(sample, "related", ODYSSEUS, "--block").stdout
    assert "Earlier in this story" in text
    assert max(map(len, text.splitlines())) <= 80
    record = json.loads(run(sample, "related", ODYSSEUS, "2024-02-15-odysseus-launch", "--block", "--json").stdout)
    assert list(record) == ["id", "took_ms", "lead", "groups"]
    assert record["id"] == "2024-02-15-odysseus-launch"


def test_the_command_names_unknown_articles_of_a_session(sample: Path) -> None:
    outcome = run(sample, "related", "gone", ODYSSEUS, "--json")
    assert "'gone'" in outcome.stderr
    assert json.loads(outcome.stdout)["id"] == ODYSSEUS


@pytest.mark.parametrize("arguments", [[], [ODYSSEUS, "--text", "-"], [ODYSSEUS, "--since", "whenever"]])
def test_the_command_says_what_it_needs(sample: Path, arguments: list[str]) -> None:
    run(sample, "related", *arguments, status=2)


def test_the_command_refuses_an_empty_draft_and_a_missing_file(sample: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"")))
    with pytest.raises(ReadmoreError, match="empty"):
        run(sample, "related", "--text", "-")
    with pytest.raises(ReadmoreError, match="No such file"):
        run(sample, "related", "--text", "no-such-file")


def test_words_that_only_a_draft_has_do_no_harm(recommender_of: Make) -> None:
    recommender = recommender_of(several())
    draft = Article(id="new", title=words("chess", 3, 5), body=f"{words('chess', 4)} unheardof neverseen")
    assert ids(recommender.related_to_text(draft))[0].startswith("chess")
