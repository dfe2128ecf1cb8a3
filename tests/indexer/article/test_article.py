"""The article record: what it accepts, and what it writes and reads back."""

from __future__ import annotations

import dataclasses
import json
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.article.article import FIELDS, Article, Dateline
from indexer.base.errors import ArticleError

TEXT = st.text(max_size=40)
TEXTS = st.lists(TEXT, max_size=3).map(tuple)
ZONES = st.integers(min_value=-1439, max_value=1439).map(lambda minutes: timezone(timedelta(minutes=minutes)))
ARTICLES = st.builds(
    Article,
    id=st.from_regex(r"[A-Za-z0-9_-]{1,200}", fullmatch=True),
    url=st.sampled_from(["", "/a", "https://example.org/a?b=c"]),
    title=st.text(min_size=1, max_size=40).map(lambda text: f"x{text}"),
    body=TEXT,
    excerpt=TEXT,
    authors=TEXTS,
    date=st.one_of(st.none(), st.datetimes(timezones=ZONES)),
    dateline=st.builds(Dateline, TEXT, TEXT),
    section=TEXT,
    site=TEXT,
    tags=TEXTS,
    language=st.sampled_from(["", "en", "fr"]),
    links=TEXTS,
    offered=TEXTS,
    expires=st.one_of(st.none(), st.datetimes(timezones=ZONES)),
    status=st.sampled_from(["", "retracted"]),
    source=TEXT,
)


@settings(deadline=None)
@given(ARTICLES)
def test_an_article_reads_back_from_its_own_json(article: Article) -> None:
    assert Article.from_json(article.to_json()) == article
    assert "\n" not in article.to_json()


@settings(deadline=None)
@given(ARTICLES, st.sampled_from([name for name in FIELDS if name != "source"]))
def test_the_digest_changes_with_everything_but_the_source(article: Article, name: str) -> None:
    others: dict[str, Any] = {
        "id": article.id[:199] + ("a" if article.id[-1] != "a" else "b"),
        "url": "/elsewhere",
        "dateline": Dateline("Nowhere", "XYZ"),
        "date": datetime(1901, 2, 3, 4, 5, 6, tzinfo=UTC),
        "expires": datetime(1901, 2, 3, 4, 5, 6, tzinfo=UTC),
        "status": "" if article.status else "retracted",
        "image": "/elsewhere.png",
        "modified": datetime(1901, 2, 3, 4, 5, 6, tzinfo=UTC),
        "public_from": datetime(1901, 2, 3, 4, 5, 6, tzinfo=UTC),
        "fields": {**article.fields, "z": 1},
    }
    value = others.get(name)
    if name not in others:
        value = getattr(article, name) + (("z",) if isinstance(getattr(article, name), tuple) else "z")

    assert dataclasses.replace(article, **{name: value}).digest() != article.digest()
    assert dataclasses.replace(article, source="moved.jsonl:1").digest() == article.digest()


def test_a_source_quoted_in_the_text_does_not_confuse_the_digest() -> None:
    body = 'He typed ,"source":"a.md" and saved.'

    assert Article(id="x", body=body, source="a.md").digest() == Article(id="x", body=body).digest()
    assert Article(id="x", body=body, source="a.md").digest() != Article(id="x", body="He typed").digest()


def test_half_a_surrogate_pair_becomes_a_replacement_character() -> None:
    half, pair = "\ud83d", "\ud83d\ude80"  # a rocket in two halves, as some JSON readers hand it on
    article = Article(
        id="x", title=f"a{half}", body=pair, tags=(half, "ok"), dateline=Dateline(half), source=f"{half}.md"
    )

    stored = Article.from_json(article.to_json())

    assert (stored.title, stored.body, stored.tags, stored.source) == ("a\ufffd", "🚀", ("\ufffd", "ok"), "\ufffd.md")
    assert stored.dateline == Dateline("\ufffd")
    assert stored.digest() == article.digest()


def test_empty_fields_are_left_out_of_the_json() -> None:
    assert json.loads(Article(id="x", title="A").to_json()) == {"id": "x", "title": "A"}


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"id": ""}, "id '' must be 1 to 200 letters"),
        ({"id": "a/b"}, "id 'a/b' must be"),
        ({"id": "a\n"}, "id 'a' must be"),
        ({"id": "é"}, "must be 1 to 200 letters"),
        ({"id": "a" * 201}, "id 'a{57}...' must be"),
        ({"title": " ", "body": "\n"}, "^neither title nor text$"),
        ({"date": datetime(2024, 3, 18)}, "date 2024-03-18T00:00:00 has no time zone"),
        ({"date": "2024-01-01"}, "^date must be a datetime with a time zone, not text$"),
        ({"expires": "2024-01-01"}, "^expires must be a datetime with a time zone, not text$"),
        ({"date": date(2024, 1, 1)}, "^date must be a datetime with a time zone, not date$"),
        ({"expires": datetime(2024, 3, 18)}, "^expires 2024-03-18T00:00:00 has no time zone$"),
        ({"url": "javascript:alert(1)"}, "url 'javascript:alert(1)' must be http"),
        ({"url": "javascript:" + "x" * 5000}, r"^url 'javascript:x{46}\.\.\.' must be"),
    ],
)
def test_what_breaks_a_rule_is_refused_with_the_reason(fields: dict[str, Any], reason: str) -> None:
    with pytest.raises(ArticleError, match=reason.replace("(1)", r"\(1\)")):
        Article(**{"id": "x", "title": "A"} | fields)


@pytest.mark.parametrize(
    ("title", "body", "headline"),
    [
        ("A", "b", "A"),
        ("", "One two three", "One two three"),
        ("", "1 2 3 4 5 6 7 8 9 10 11 12 13", "1 2 3 4 5 6 7 8 9 10 11 12 ..."),
    ],
)
def test_the_headline_stands_in_for_a_missing_title(title: str, body: str, headline: str) -> None:
    assert Article(id="x", title=title, body=body).headline == headline


def test_a_dateline_prints_as_it_is_written() -> None:
    assert str(Dateline("Beijing", "AFP")) == "Beijing (AFP)"
    assert str(Dateline("Beijing")) == "Beijing"
    assert str(Dateline(agency="AFP")) == "AFP"
    assert not Dateline()


@given(
    st.datetimes(
        timezones=st.sampled_from(
            [
                UTC,
                timezone(timedelta(hours=-3, minutes=-30)),
                timezone(timedelta(seconds=1172)),
                ZoneInfo("UTC"),
                ZoneInfo("Asia/Tokyo"),
            ]
        )
    )
)
def test_dates_are_stored_as_isoformat_writes_them(moment: datetime) -> None:
    article = Article(id="a", title="T", date=moment, expires=moment)
    stored = json.loads(article.to_json())
    assert stored["date"] == stored["expires"] == moment.isoformat()
    assert Article.from_json(article.to_json()).to_json() == article.to_json()


def test_a_date_of_a_kind_of_its_own_is_stored() -> None:
    class Day(datetime):
        pass

    article = Article(id="a", title="T \ud83d", date=Day(2024, 5, 1, tzinfo=UTC))
    assert json.loads(article.to_json())["date"] == "2024-05-01T00:00:00+00:00"


def test_the_headline_of_an_article_without_a_title_is_bounded() -> None:
    assert len(Article(id="one", body="x" * 5000).headline) < 210
