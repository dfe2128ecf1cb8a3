"""A merge of segments is the segment that their live articles would have become at once."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from indexer.archive import Archive
from indexer.article.article import Article
from indexer.base.archive_folder import IndexFolder
from indexer.commit.builder import Batch, build_segment
from indexer.commit.commit import mark_deleted
from indexer.schema import BASE
from indexer.segment import merger
from indexer.segment.form_table import FormTable
from indexer.segment.inverter import Postings
from indexer.segment.segment import Segment, SegmentData
from indexer.store import StoredRecord
from tests.articles import random_article


def build(folder: Path, name: str, articles: Sequence[tuple[int, Article]], gone: set[int]) -> Segment:
    index = IndexFolder(folder)
    batch = Batch.of([StoredRecord(seq, article.encoded()[0]) for seq, article in articles])
    return Segment(index, mark_deleted(index, 1, build_segment(index, name, batch, "en"), gone))


def assert_same(merged: SegmentData, expected: Segment) -> None:
    postings: Postings = merged.postings
    assert [term.decode() for term in postings.terms.all()] == expected.vocabulary
    for name in ("post_start", "pos_start", "docs", "tf", "positions", "dl"):
        array = getattr(postings, name)
        assert array.shape == getattr(expected, name).shape, name
        assert np.array_equal(array, getattr(expected, name)), name
    assert_same_forms(postings.forms, expected)
    assert merged.columns.ids == expected.article_ids()
    assert merged.columns.seq.tolist() == expected.seq.tolist()
    assert merged.columns.date.tolist() == expected.date.tolist()
    for name in BASE.values:
        column, wanted = merged.columns.keywords[name], expected.keywords[name]
        assert [column.of(doc) for doc in range(expected.max_doc)] == [
            wanted.of(doc) for doc in range(expected.max_doc)
        ]


def assert_same_forms(forms: FormTable | None, expected: Segment) -> None:
    assert forms is not None
    assert expected.forms is not None
    in_terms = np.flatnonzero(forms.terms < expected.n_terms)  # of stop words each segment keeps a share
    wanted = np.flatnonzero(expected.forms.terms < expected.n_terms)
    entries = forms.entries.all()
    assert [entries[place].partition(b"\0")[0].decode() for place in in_terms.tolist()] == [
        expected.forms.keys[place] for place in wanted.tolist()
    ]
    assert forms.terms[in_terms].tolist() == expected.forms.terms[wanted].tolist()
    assert forms.counts[in_terms].tolist() == expected.forms.counts[wanted].tolist()
    several = np.flatnonzero(expected.forms.several)
    first_slots = expected.forms.form_numbers.first_slot[several].repeat(np.diff(expected.pos_start)[several])
    assert forms.of_words is not None
    assert forms.of_words.tolist() == (expected.forms.slots_of_terms(several) - first_slots).tolist()


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("block", [1, 50, 1 << 22])
def test_a_merge_is_what_building_at_once_gives(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int, block: int
) -> None:
    monkeypatch.setattr(merger, "_BLOCK", block)
    rng = random.Random(seed)
    start = datetime(2024, 1, 1, tzinfo=UTC)
    articles = [
        (seq, replace(random_article(rng, f"a{seq}"), date=start + timedelta(hours=seq) if seq % 3 else None))
        for seq in range(1, 60)
    ]
    cuts = [0, *sorted(rng.sample(range(1, 59), k=rng.randint(1, 4))), 59]
    gone = {seq for seq, _ in articles if rng.random() < (0, 0.2, 0.7)[seed % 3]}
    parts = [
        build(tmp_path, f"s-{a}", articles[a:b], gone)
        for a, b in zip(cuts, cuts[1:], strict=False)  # noqa: RUF007
        if any(seq not in gone for seq, _ in articles[a:b])
    ]
    expected = build(tmp_path, "all", [(seq, article) for seq, article in articles if seq not in gone], set())
    assert_same(merger.merge_segments(parts), expected)


def test_a_segment_without_live_articles_adds_nothing(tmp_path: Path) -> None:
    alive = build(tmp_path, "alive", [(3, Article(id="a", title="moon"))], set())
    dead = build(tmp_path, "dead", [(1, Article(id="b", title="mars", tags=("ice",)))], {1})
    assert_same(merger.merge_segments([dead, alive]), alive)
    assert_same(merger.merge_segments([alive]), alive)


def test_articles_without_a_word_are_kept(tmp_path: Path) -> None:
    silent = [(n, Article(id=f"a{n}", title="the of")) for n in (1, 2)]
    expected = build(tmp_path, "all", silent, set())
    parts = [build(tmp_path, f"s{n}", [silent[n]], set()) for n in range(2)]
    assert_same(merger.merge_segments(parts), expected)


def test_arrays_of_different_width_are_joined(tmp_path: Path) -> None:
    long = (1, Article(id="long", body="moon " * 300 + "mars " * 70_000))
    short = (2, Article(id="short", title="moon"))
    expected = build(tmp_path, "all", [long, short], set())
    parts = [build(tmp_path, f"s{n}", [one], set()) for n, one in enumerate((long, short))]
    assert parts[0].tf.dtype != parts[1].tf.dtype
    assert_same(merger.merge_segments(parts), expected)


def test_a_word_that_only_deleted_articles_had_is_gone(tmp_path: Path) -> None:
    part = build(tmp_path, "s", [(1, Article(id="a", title="moon")), (2, Article(id="b", title="mars"))], {2})
    assert merger.merge_segments([part]).postings.terms.all() == [b"moon"]


def test_segments_of_which_one_has_no_forms_become_one_without(tmp_path: Path) -> None:
    """Else those of some articles would pass for those of all."""
    with Archive.create(tmp_path / "archive") as archive:
        archive.add([Article(id="a", title="Landings")], workers=1)
        archive.add([Article(id="b", title="Landing")], workers=1)
        segments = [Segment(archive.index, entry) for entry in archive.manifest().segments]
        assert merger.merge_segments(segments).postings.forms is not None
        segments[0].forms = None
        assert merger.merge_segments(segments).postings.forms is None


def test_segments_of_which_one_does_not_tell_words_apart_become_one_that_does_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counts of forms are then an estimate: each loses the share that the deleted articles have of its term."""
    with Archive.create(tmp_path / "archive") as archive:
        archive.add([Article(id="a", body="landings landed"), Article(id="b", body="landings")], workers=1)
        archive.add([Article(id="c", title="Landing")], workers=1)
        archive.remove(["b"])
        segments = [Segment(archive.index, entry) for entry in archive.manifest().segments]
        assert segments[0].forms is not None
        monkeypatch.setattr(segments[0].forms, "_of_words", None)
        merged = merger.merge_segments(segments).postings.forms
    assert merged is not None
    assert merged.of_words is None
    assert dict(zip(merged.entries.all(), merged.counts.tolist(), strict=True)) == {
        b"landed": 1,
        b"landing": 1,
        b"landings": 2,
    }


def test_forms_are_merged_with_what_they_are_forms_of(tmp_path: Path) -> None:
    """Counts are added up, those of deleted articles left out, and words of another language are theirs."""
    with Archive.create(tmp_path / "archive") as archive:
        archive.add([Article(id="a", title="Landings", body="landing landed zorg landing")], workers=1)
        archive.add([Article(id="b", title="Landing", body="blik"), Article(id="c", title="quon landed")], workers=1)
        archive.add([Article(id="d", title="Landing", body="kolme", language="fi")], workers=1)
        archive.remove(["c"])
        segments = [Segment(archive.index, entry) for entry in archive.manifest().segments]
        merged = merger.merge_segments(segments).postings
    forms = merged.forms
    assert forms is not None
    told = [
        (entry.decode(), forms.codes[language], count)
        for entry, language, count in zip(forms.entries.all(), forms.languages, forms.counts, strict=True)
    ]
    assert told == [
        ("kolme", "fi", 1),
        ("landed", "en", 1),
        ("landing", "en", 3),
        ("landing", "fi", 1),
        ("landings", "en", 1),
    ]  # "zorg" and "blik" are their own terms
    terms = {entry.decode(): merged.terms[term] for entry, term in zip(forms.entries.all(), forms.terms, strict=True)}
    assert terms["landings"] == b"land"
    assert b"quon" not in merged.terms.all()
