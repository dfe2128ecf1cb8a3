"""Snapshots: the statistics of live articles, and the numbers of docs over all segments."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from indexer.archive import Archive
from indexer.article.article import Article
from indexer.base.archive_folder import IndexFolder
from indexer.base.errors import IndexDamagedError
from indexer.segment.columns import NO_DATE
from indexer.segment.manifest import Manifest
from search.reader.snapshot import Snapshot


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive.create(tmp_path) as archive:
        archive.add([Article(id=f"a{n}", title="moon", body="mars " * n) for n in range(4)])
        archive.add([Article(id="b0", title="mars"), Article(id="b1", title="mond", language="de")])
        archive.add([Article(id="c0", title="moon mars", language="fr")])
        archive.remove(["a1", "b0"])
        yield archive


def test_frequencies_count_live_articles(archive: Archive) -> None:
    snapshot = Snapshot.open(archive.index)
    assert len(snapshot.segments) == 3
    assert snapshot.num_docs == 5
    assert snapshot.max_doc == 7
    assert {term: snapshot.doc_freq(term) for term in (b"moon", b"mar", b"mond", b"absent", b"")} == {
        b"moon": 4,
        b"mar": 3,
        b"mond": 1,
        b"absent": 0,
        b"": 0,
    }
    assert snapshot.doc_freq(b"mar", "title") == 1
    assert snapshot.doc_freq(b"mar", "body") == 2
    assert snapshot.idf(b"moon") == pytest.approx(math.log(1 + (5 - 4 + 0.5) / (4 + 0.5)))
    assert snapshot.idf(b"absent") == 0


def test_docs_are_numbered_through_all_segments(archive: Archive) -> None:
    snapshot = Snapshot.open(archive.index)
    ids = [snapshot.article_id(doc) for doc in range(snapshot.max_doc)]
    assert ids == ["a0", "a1", "a2", "a3", "b0", "b1", "c0"]
    assert snapshot.live().tolist() == [True, False, True, True, False, True, True]
    for doc, article_id in enumerate(ids):
        segment, local = snapshot.locate(doc)
        assert segment.article_id(local) == article_id
        # the sequence numbers in this archive are those of the docs, plus one
        assert snapshot.doc_of(doc + 1) == (doc if snapshot.live()[doc] else -1)
    assert snapshot.doc_of(0) == snapshot.doc_of(99) == -1
    assert set(snapshot.dates().tolist()) == {NO_DATE}


def test_languages_begin_with_the_default(archive: Archive) -> None:
    assert Snapshot.open(archive.index).languages()[0] == "en"
    snapshot = Snapshot.open(archive.index)
    assert set(snapshot.languages()) == {"en", "de", "fr"}
    assert snapshot.languages() is snapshot.languages()  # which a query asks for a dozen times


def test_an_empty_index(tmp_path: Path) -> None:
    with Archive.create(tmp_path) as archive:
        snapshot = Snapshot.open(archive.index)
    assert (snapshot.num_docs, snapshot.max_doc) == (0, 0)
    assert len(snapshot.live()) == len(snapshot.dates()) == 0
    assert snapshot.doc_freq(b"moon") == 0
    assert snapshot.idf(b"moon") == 0
    assert snapshot.doc_of(1) == -1


def test_an_archive_of_which_everything_was_removed(archive: Archive) -> None:
    archive.remove(["a0", "a2", "a3", "b1", "c0"])
    snapshot = Snapshot.open(archive.index)
    assert snapshot.num_docs == 0
    assert snapshot.doc_freq(b"moon") == 0
    assert not snapshot.live().any()
    archive.maintain()
    assert Snapshot.open(archive.index, snapshot).max_doc == 0


def test_what_is_open_already_is_not_opened_again(archive: Archive) -> None:
    first = Snapshot.open(archive.index)
    assert Snapshot.open(archive.index, first) is first
    archive.add([Article(id="d", title="x")])
    second = Snapshot.open(archive.index, first)
    assert second is not first
    assert [s.entry.name for s in second.segments[:-1]] == [s.entry.name for s in first.segments]


def test_a_writer_that_takes_files_away_while_they_are_opened_is_followed(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The manifest is read, then a writer swaps it and removes what it named, then the files are opened."""
    load = Manifest.load
    writes = 0

    def load_then_write(index: IndexFolder) -> Manifest:
        nonlocal writes
        found = load(index)
        if writes < 3:
            writes += 1
            monkeypatch.setattr(Manifest, "load", load)
            archive.add([Article(id=f"a{n}", title=f"moon {writes}") for n in range(4)])
            archive.reindex()
            monkeypatch.setattr(Manifest, "load", load_then_write)
        return found

    monkeypatch.setattr(Manifest, "load", load_then_write)
    snapshot = Snapshot.open(archive.index)
    assert writes == 3
    assert snapshot.num_docs == 6
    assert snapshot.doc_freq(b"3") == 4


def test_damage_is_not_waited_for(archive: Archive) -> None:
    entry = archive.manifest().segments[0]
    next((archive.index.segment(entry.name)).glob("impacts*")).unlink()
    with pytest.raises(IndexDamagedError, match=r"impacts.*is missing"):
        Snapshot.open(archive.index)


def test_the_frequencies_of_many_terms_are_remembered_and_bounded(archive: Archive) -> None:
    snapshot = Snapshot.open(archive.index)
    for number in range(70_000):
        snapshot.doc_freq(b"%d" % number)
    assert snapshot.word.cache_info().currsize <= 1 << 14


def test_what_a_segment_was_written_with_stays_whatever_is_deleted_or_hidden(archive: Archive) -> None:
    before = Snapshot.open(archive.index)
    archive.remove(["a3"])
    after = Snapshot.open(archive.index, before)
    first, again = before.segments[0], after.segments[0]
    assert (first.live.tolist(), again.live.tolist()) == ([True, False, True, True], [True, False, True, False])
    assert again.written is first.written is again.hiding([1]).written
    assert again.forms is first.forms
    assert Snapshot.open(archive.index).segments[0].written is not first.written
    assert len({id(segment.written) for segment in after.segments}) == 3


def test_what_one_segment_has_is_not_copied(tmp_path: Path) -> None:
    with Archive.create(tmp_path) as archive:
        archive.add([Article(id="a", title="moon"), Article(id="b", title="mars")])
        snapshot = Snapshot.open(archive.index)
    assert np.shares_memory(snapshot.dates(), snapshot.segments[0].date)
    assert snapshot.seqs().tolist() == snapshot.segments[0].seq.tolist() == [1, 2]
