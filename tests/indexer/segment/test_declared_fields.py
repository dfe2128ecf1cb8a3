"""Segments with a publisher's own fields: what is written is read, and merges with and without them hold together."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from indexer.article.article import Article
from indexer.base.archive_folder import IndexFolder
from indexer.commit.builder import Batch, build_segment
from indexer.commit.commit import mark_deleted
from indexer.commit.merge_policy import plan_merge
from indexer.schema import Field, Kind, declared_field
from indexer.segment import merger
from indexer.segment.manifest import Bm25Parameters, Manifest
from indexer.segment.merger import merge_segments, mergeable, merged_fields
from indexer.segment.segment import Segment, SegmentData, write_segment
from indexer.store import StoredRecord
from tests.articles import WORDS

FIELDS = (
    declared_field("kicker", Kind.TEXT, "kicker", weight=1.5),
    declared_field("original", Kind.URL, "original"),
    declared_field("rating", Kind.NUMBER, "stars"),
    declared_field("series", Kind.KEYWORD, "series"),
    declared_field("sponsored", Kind.YES_NO, "sponsored"),
    declared_field("summary", Kind.TEXT, "standfirst", weight=0.5),
    declared_field("updated", Kind.DATE, "updated"),
)
BY_NAME = {field.name: field for field in FIELDS}
VALUES = {
    "kicker": "Far side",
    "original": "https://example.org/a#top",
    "stars": 4.5,
    "series": ["Moon week", "Landings"],
    "sponsored": True,
    "standfirst": "A probe landed",
    "updated": "2024-03-18",
    "other": "kept only",
}


def build(
    folder: Path, name: str, articles: Sequence[Article], fields: tuple[Field, ...], gone: Sequence[int] = ()
) -> Segment:
    """A segment of articles, whose sequence numbers are those in their ids."""
    index = IndexFolder(folder)
    batch = Batch.of([StoredRecord(int(article.id), article.encoded()[0]) for article in articles])
    return Segment(index, mark_deleted(index, 1, build_segment(index, name, batch, "en", fields), gone))


def words_in(segment: Segment, name: str, doc: int) -> dict[str, int]:
    """How often each term is in a text field of a doc."""
    row = segment.text_row(BY_NAME[name])
    found = {}
    for number, term in enumerate(segment.vocabulary):
        for post in range(segment.post_start[number], segment.post_start[number + 1]):
            if segment.docs[post] == doc and segment.tf[row, post]:
                found[term] = int(segment.tf[row, post])
    return found


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    segment = build(
        tmp_path, "s", [Article(id="1", title="Moon", fields=VALUES), Article(id="2", title="Mars")], FIELDS
    )
    assert segment.entry.text_fields == ("title", "body", "kicker", "summary")
    assert segment.dl.tolist() == [[1, 1], [0, 0], [2, 0], [2, 0]]
    assert words_in(segment, "kicker", 0) == {"far": 1, "side": 1}
    assert words_in(segment, "summary", 0) == {"probe": 1, "land": 1}
    for name, expected in {
        "original": ["https://example.org/a"],
        "series": ["Moon week", "Landings"],
        "sponsored": ["yes"],
    }.items():
        assert segment.column(BY_NAME[name]).of(0) == expected
        assert segment.column(BY_NAME[name]).of(1) == []
    assert segment.numbers(BY_NAME["rating"])[0] == 4.5
    assert segment.numbers(BY_NAME["updated"])[0] == datetime(2024, 3, 18, tzinfo=UTC).timestamp()
    assert np.isnan(segment.numbers(BY_NAME["rating"])[1])
    segment.verify()


def test_a_field_that_a_segment_was_built_without_is_empty_in_it(tmp_path: Path) -> None:
    segment = build(tmp_path, "s", [Article(id="1", title="Moon", fields=VALUES)], ())
    assert segment.text_row(BY_NAME["kicker"]) == -1
    assert segment.column(BY_NAME["series"]).of(0) == []
    assert np.isnan(segment.numbers(BY_NAME["rating"])).all()
    otherwise = declared_field("rating", Kind.NUMBER, "other key")
    assert np.isnan(build(tmp_path, "t", [Article(id="1", title="Moon", fields=VALUES)], FIELDS).numbers(otherwise))


def test_a_value_of_another_kind_is_none(tmp_path: Path) -> None:
    wrong = {"stars": "many", "sponsored": "perhaps", "updated": "sometime", "original": "no address", "kicker": 7}
    segment = build(tmp_path, "s", [Article(id="1", title="Moon", fields=wrong)], FIELDS)
    assert np.isnan(segment.numbers(BY_NAME["rating"])[0])
    assert segment.column(BY_NAME["original"]).of(0) == segment.column(BY_NAME["sponsored"]).of(0) == []
    assert words_in(segment, "kicker", 0) == {"7": 1}


def test_a_segment_without_fields_is_written_as_ever(tmp_path: Path) -> None:
    plain = Article(id="1", title="Moon", body="A probe.", section="Moon")
    segment = build(tmp_path, "s", [plain], ())
    Manifest(segments=(segment.entry,), avgdl=(1.0, 1.0)).save(IndexFolder(tmp_path))
    text = (tmp_path / "manifest.json").read_text()
    assert '"version": 1,' in text
    assert "fields" not in text
    assert "field_avgdl" not in text


def random_values(rng: random.Random) -> dict[str, Any]:
    everything: dict[str, Any] = {
        "kicker": " ".join(rng.choices(WORDS, k=rng.randint(1, 5))),
        "standfirst": " ".join(rng.choices(WORDS, k=rng.randint(1, 9))),
        "stars": rng.randint(1, 5),
        "series": rng.sample(["Moon week", "Landings", "Ice"], k=rng.randint(1, 2)),
        "sponsored": rng.choice([True, False]),
        "updated": f"2024-01-{rng.randint(1, 28):02}",
    }
    return {key: value for key, value in everything.items() if rng.random() < 0.7}


def without(article: Article, fields: tuple[Field, ...]) -> Article:
    """The article as a segment with these fields knows it."""
    keys = {field.path[-1] for field in fields}
    values = {key: value for key, value in article.fields.items() if key in keys}
    return Article(id=article.id, title=article.title, body=article.body, fields=values)


def assert_same(merged: SegmentData, expected: Segment) -> None:
    assert merged.fields == expected.entry.fields
    assert [term.decode() for term in merged.postings.terms.all()] == expected.vocabulary
    for name in ("post_start", "pos_start", "docs", "tf", "positions", "dl"):
        assert np.array_equal(getattr(merged.postings, name), getattr(expected, name)), name
    for name, column in expected.keywords.items():
        assert [merged.columns.keywords[name].of(doc) for doc in range(expected.max_doc)] == [
            column.of(doc) for doc in range(expected.max_doc)
        ]
    for name, numbers in merged.columns.numbers.items():
        assert np.array_equal(numbers, expected.numbers(BY_NAME[name]), equal_nan=True)


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("block", [1, 1 << 22])
def test_a_merge_is_what_building_at_once_gives(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int, block: int
) -> None:
    monkeypatch.setattr(merger, "_BLOCK", block)
    rng = random.Random(seed)
    parts, articles = [], []
    gone = [number for number in range(1, 41) if rng.random() < (0, 0.3)[seed % 2]]
    for part in range(4):
        fields = tuple(field for field in FIELDS if rng.random() < 0.5)
        batch = [
            Article(
                id=str(10 * part + number),
                title=" ".join(rng.choices(WORDS, k=3)),
                body=" ".join(rng.choices(WORDS, k=rng.randint(0, 30))),
                fields=random_values(rng),
            )
            for number in range(1, 11)
        ]
        parts.append(build(tmp_path, f"s{part}", batch, fields, gone))
        articles += [without(article, fields) for article in batch if int(article.id) not in gone]
    assert mergeable([segment.entry for segment in parts])
    merged = merge_segments(parts)
    expected = build(tmp_path, "all", articles, merged_fields([segment.entry for segment in parts]))
    assert_same(merged, expected)


def test_a_merged_segment_is_written_and_read_like_any_other(tmp_path: Path) -> None:
    parts = [
        build(tmp_path, "old", [Article(id="1", title="Moon", body="probe")], ()),
        build(tmp_path, "new", [Article(id="2", title="Mars", fields=VALUES)], FIELDS),
    ]
    data = merge_segments(parts)
    write_segment(tmp_path / "segments" / "both", data)
    assert data.fields == parts[1].entry.fields
    assert data.incomplete == tuple(BY_NAME)
    assert merge_segments(parts[1:]).incomplete == ()
    assert data.postings.dl.tolist() == [[1, 1], [1, 0], [0, 2], [0, 2]]


def test_segments_with_different_values_under_one_name_stay_apart(tmp_path: Path) -> None:
    articles = [Article(id=str(number), title="Moon") for number in range(1, 4)]
    number, keyword = BY_NAME["rating"], declared_field("rating", Kind.KEYWORD, "stars")
    entries = [
        build(tmp_path, f"s{place}", [article], (field,)).entry
        for place, (article, field) in enumerate(zip(articles, (number, keyword, keyword), strict=True))
    ]
    assert not mergeable(entries)
    assert mergeable(entries[1:])
    assert plan_merge(entries) == (1, 3)
    assert plan_merge([entries[0]] * 3) == (0, 3)


def test_a_weight_declared_anew_is_no_other_field(tmp_path: Path) -> None:
    heavier = declared_field("kicker", Kind.TEXT, "kicker", weight=9.0)
    one = build(tmp_path, "s1", [Article(id="1", title="Moon")], (BY_NAME["kicker"],)).entry
    two = build(tmp_path, "s2", [Article(id="2", title="Moon")], (heavier,)).entry
    assert mergeable([one, two])
    assert merged_fields([one, two]) == (heavier,)


def test_the_manifest_remembers_fields_and_their_average_lengths(tmp_path: Path) -> None:
    new = build(tmp_path, "s1", [Article(id="1", title="Moon", fields=VALUES)], FIELDS).entry
    old = build(tmp_path, "s2", [Article(id="2", title="Mars", body="ice")], ()).entry
    manifest = Manifest(segments=(new, old), field_avgdl={"kicker": 1.0, "summary": 1.0}, avgdl=(1.0, 0.5))
    manifest.save(IndexFolder(tmp_path))
    read = Manifest.load(IndexFolder(tmp_path))
    assert read == manifest
    assert '"version": 2,' in (tmp_path / "manifest.json").read_text()
    assert read.live_avgdl() == (1.0, 0.5)
    assert read.live_field_avgdl() == {"kicker": 1.0, "summary": 1.0}
    assert read.avgdl_of(new) == (1.0, 0.5, 1.0, 1.0)
    assert read.avgdl_of(old) == (1.0, 0.5)
    assert read.bm25_of(old) == Bm25Parameters()
    assert read.bm25_of(new) == Bm25Parameters(weights=(2.0, 1.0, 1.5, 0.5), b=(0.75,) * 4)
