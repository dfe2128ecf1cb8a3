"""When to merge and when to fit, and what both do with what is written meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
import pytest

from indexer.archive import Archive
from indexer.article.article import Article
from indexer.base.archive_folder import IndexFolder
from indexer.check import check_archive
from indexer.commit import cleanup, lsa_refit, merge_policy
from indexer.commit.merge_policy import MERGE_AT, plan_merge
from indexer.segment.manifest import Manifest, SegmentEntry
from indexer.vectors import lsa
from indexer.vectors.space import LSA
from search.reader.snapshot import Snapshot
from tests.articles import random_articles


def entry(docs: int, deleted: int = 0) -> SegmentEntry:
    return SegmentEntry(f"s-{docs}", docs, 0, {}, "", (0, 0), deleted_docs=deleted)


def plan(*sizes: int) -> tuple[int, int] | None:
    return plan_merge([entry(size) for size in sizes])


def test_one_segment_is_left_alone() -> None:
    assert plan() is None
    assert plan(5) is None


def test_a_large_segment_is_not_rewritten_for_a_few_small_ones() -> None:
    assert plan(100_000, 1) is None
    assert plan(100_000, 10, 10) is None
    assert plan(100_000, *[1] * MERGE_AT) == (1, 1 + MERGE_AT)


def test_segments_of_about_the_same_size_are_merged() -> None:
    assert plan(10, 10) == (0, 2)
    assert plan(1000, 1000, 1000) == (0, 3)


def test_a_segment_with_many_deletions_is_rewritten_alone() -> None:
    assert plan_merge([entry(1000), entry(100, 26), entry(1000)]) == (1, 2)
    assert plan_merge([entry(100_000, 25_000), entry(1)]) is None
    assert plan_merge([entry(5, 5)]) == (0, 1)


@pytest.mark.parametrize("batch", [1, 10, 4096])
def test_segments_stay_few_and_work_stays_little_however_many_batches_come(batch: int) -> None:
    sizes: list[int] = []
    rewritten = 0
    for _ in range(1000):
        sizes.append(batch)
        while (run := plan(*sizes)) is not None:
            merged = sum(sizes[slice(*run)])
            sizes[slice(*run)] = [merged]
            rewritten += merged
        assert len(sizes) < 40
    assert rewritten < 20 * sum(sizes)  # each article some log(n) times


def during(archive: Archive, write: Callable[[], object]) -> Callable[[], object]:
    """The archive's write lock, with a write by someone else just before it is taken."""

    @contextmanager
    def writing() -> Iterator[None]:
        write()
        with archive.writing():
            yield

    return writing


@contextmanager
def maintained(archive: Archive) -> Iterator[None]:
    with Archive.open(archive.path) as other, other._maintenance_lock.acquire(timeout=0):
        yield


def ids(archive: Archive) -> list[str]:
    snapshot = Snapshot.open(archive.index)
    return [s.article_id(doc) for s in snapshot.segments for doc in np.flatnonzero(s.live).tolist()]


def merge_all(archive: Archive, write: Callable[[], object]) -> None:
    manifest = archive.manifest()
    with maintained(archive):
        merge_policy.merge(archive.index, manifest, manifest.segments, during(archive, write))  # type: ignore[arg-type]


def test_a_merge_keeps_what_is_written_meanwhile(archive: Archive) -> None:
    for number in range(3):
        archive.add([Article(id=f"a{number}", title="moon"), Article(id=f"b{number}", title="mars")])

    def write() -> None:
        archive.remove(["a1"])
        archive.add([Article(id="b0", title="mars again"), Article(id="new", title="comet")])

    merge_all(archive, write)
    assert len(archive.manifest().segments) == 2
    assert ids(archive) == ["a0", "b1", "a2", "b2", "b0", "new"]
    assert check_archive(archive) == []


def test_a_merge_of_which_everything_is_deleted_meanwhile(archive: Archive) -> None:
    for number in range(3):
        archive.add([Article(id=f"a{number}", title="moon")])
    merge_all(archive, lambda: archive.remove(["a0", "a1", "a2"]))
    assert ids(archive) == []
    assert check_archive(archive) == []
    archive.maintain()
    assert archive.manifest().segments == ()
    assert [*archive.index.segments.iterdir()] == []
    archive.add([Article(id="a0", title="moon")])
    assert ids(archive) == ["a0"]


def test_a_merge_steps_back_where_the_index_was_rebuilt_meanwhile(archive: Archive) -> None:
    for number in range(3):
        archive.add([Article(id=f"a{number}", title="moon")])
    manifest = archive.manifest()
    # reindex waits for a merge; this is what happens where it did not
    merge_policy.merge(archive.index, manifest, manifest.segments, during(archive, archive.reindex))  # type: ignore[arg-type]
    assert ids(archive) == ["a0", "a1", "a2"]
    assert check_archive(archive) == []


def write_behind_the_first_look(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets a writer replace files between the first time that a manifest is read and the opening of what it names."""
    load = Manifest.load

    def load_then_write(index: IndexFolder) -> Manifest:
        found = load(index)
        monkeypatch.setattr(Manifest, "load", load)
        archive.add([Article(id="meanwhile", title="moon", body="mars " * 500)])  # new average lengths, new impacts
        archive.remove(["a1"])
        return found

    monkeypatch.setattr(Manifest, "load", load_then_write)


@pytest.mark.parametrize("step", [merge_policy.merge_if_due, lsa_refit.fit_lsa_if_due])
def test_maintenance_follows_a_writer_that_replaces_files_before_they_are_opened(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, step: Callable[..., bool]
) -> None:
    """It took them for damaged: `readmore index` ended with an error when two of them ran at once."""
    for number in range(3):
        archive.add(random_articles(number, 8))
        archive.add([Article(id=f"n{number}", title="comet")])
    archive.add(random_articles(4, 20))
    with maintained(archive):
        write_behind_the_first_look(archive, monkeypatch)
        assert step(archive.index, archive.writing)
        while step(archive.index, archive.writing):
            pass
    assert {"meanwhile", "n0", "n1", "n2"} <= set(ids(archive))
    assert "a1" not in ids(archive)
    assert check_archive(archive) == []


def test_a_check_follows_a_writer_that_replaces_files_before_they_are_read(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive.add(random_articles(1, 8))
    write_behind_the_first_look(archive, monkeypatch)
    assert check_archive(archive) == []


def test_leftovers_of_a_merge_at_work_are_spared_and_those_of_a_dead_one_are_not(archive: Archive) -> None:
    archive.add([Article(id="a", title="moon")])
    stray = archive.index.segments / f"{cleanup.MAINTENANCE_PREFIX}0123456789ab"
    stray.mkdir()
    temporary = archive.index.path / ".manifest.json.12345.tmp"
    temporary.write_text("half")
    with maintained(archive):
        archive.add([])
        assert stray.is_dir()
        assert not temporary.exists()
    archive.add([])
    assert not stray.exists()


def test_vectors_are_carried_through_a_merge(archive: Archive) -> None:
    archive.add(random_articles(1, 30))
    archive.maintain()
    archive.add(random_articles(2, 3))
    archive.remove(["a5", "a29"])
    before = vectors(archive)
    merge_all(archive, lambda: None)
    after = vectors(archive)
    assert before.keys() == after.keys() == set(ids(archive))
    for article_id, vector in before.items():
        assert np.array_equal(after[article_id], vector)


def vectors(archive: Archive) -> dict[str, np.ndarray]:  # type: ignore[type-arg]
    found = {}
    for segment in Snapshot.open(archive.index).segments:
        matrix = segment.vectors(LSA)
        assert matrix is not None
        found |= {segment.article_id(doc): matrix[doc] for doc in np.flatnonzero(segment.live).tolist()}
    return found


def test_a_fit_keeps_what_is_written_meanwhile_and_encodes_it(archive: Archive) -> None:
    archive.add(random_articles(1, 30))

    def write() -> None:
        archive.add([Article(id="new", title="moon lander"), Article(id="a1", title="mars")])
        archive.remove(["a2"])

    with maintained(archive):
        assert lsa_refit.fit_lsa_if_due(archive.index, during(archive, write))  # type: ignore[arg-type]
    assert vectors(archive).keys() == set(ids(archive)) >= {"new", "a1"}
    assert "a2" not in ids(archive)
    assert check_archive(archive) == []


def test_a_fit_is_due_when_the_archive_has_grown_or_shrunk_by_half(archive: Archive) -> None:
    archive.add(random_articles(1, 40))
    assert lsa_refit.fit_lsa_if_due(archive.index, archive.writing)
    assert not lsa_refit.fit_lsa_if_due(archive.index, archive.writing)
    archive.add([Article(id=f"n{n}", title="moon comet") for n in range(20)])
    assert not lsa_refit.fit_lsa_if_due(archive.index, archive.writing)
    archive.add([Article(id="one-more", title="moon")])
    assert lsa_refit.fit_lsa_if_due(archive.index, archive.writing)
    archive.remove([f"n{n}" for n in range(20)])
    assert not lsa_refit.fit_lsa_if_due(archive.index, archive.writing)
    archive.remove(["one-more"])
    assert lsa_refit.fit_lsa_if_due(archive.index, archive.writing)
    spaces = list(archive.index.spaces.iterdir())
    assert len(spaces) == 1
    assert check_archive(archive) == []


def test_an_archive_that_was_fitted_on_a_sample_is_not_fitted_again_and_again(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The size of the sample was remembered as that of the archive, so every archive above 150,000 was outgrown."""
    monkeypatch.setattr(lsa, "MAX_DOCS", 20)
    archive.add(random_articles(1, 90))
    assert lsa_refit.fit_lsa_if_due(archive.index, archive.writing)
    assert archive.manifest().spaces[LSA].fitted_docs == 90
    assert not lsa_refit.fit_lsa_if_due(archive.index, archive.writing)


def test_too_few_articles_have_no_space(archive: Archive) -> None:
    archive.maintain()
    archive.add([Article(id="a", title="moon")])
    archive.maintain()
    assert archive.manifest().spaces == {}


def test_maintenance_returns_at_once_where_another_process_is_at_it(archive: Archive) -> None:
    for number in range(3):
        archive.add([Article(id=f"a{number}", title="moon")])
    with maintained(archive):
        archive.maintain()
        assert len(archive.manifest().segments) == 3
    archive.maintain()
    assert len(archive.manifest().segments) == 1


def test_impacts_follow_the_average_lengths(archive: Archive) -> None:
    archive.add([Article(id="a", title="moon", body="mars orbit")])
    first = archive.manifest()
    assert first.avgdl == (1.0, 2.0)
    archive.add([Article(id="b", title="moon", body="mars orbit")])
    second = archive.manifest()
    assert second.avgdl == first.avgdl
    assert second.segments[0] == first.segments[0]  # nothing of the old segment was written again
    archive.add([Article(id="c", title="moon", body="mars orbit " * 20)])
    third = archive.manifest()
    assert third.avgdl == third.live_avgdl() == (1.0, 44 / 3)
    assert len({entry.impacts for entry in third.segments}) == 1
    archive.remove(["c"])
    assert Manifest.load(archive.index).avgdl == (1.0, 2.0)
    assert check_archive(archive) == []
