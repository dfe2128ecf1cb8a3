"""Nearest neighbours: exact where a segment has no sign codes, nearly so where it has, and never what is filtered."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from indexer.archive import Archive
from indexer.article.article import Article
from indexer.commit import vector_files
from indexer.segment.manifest import Manifest, SegmentEntry
from indexer.segment.segment import codes_file
from indexer.vectors.lsa import unit
from search.reader.snapshot import Snapshot
from search.vector import nearest as nearest_module
from search.vector.nearest import cosines, nearest

DIM, SIZES = 32, (1200, 1000, 40)
Make = Callable[[bool], Snapshot]


@pytest.fixture(scope="module")
def snapshots(tmp_path_factory: pytest.TempPathFactory) -> dict[bool, Snapshot]:
    """Three segments of random vectors in clusters, with one article in ten deleted; with codes and without."""
    folder = tmp_path_factory.mktemp("archive")
    chance = np.random.default_rng(8)
    centres = chance.standard_normal((40, DIM)) * np.linspace(2, 0.2, DIM) + 0.3
    with Archive.create(folder) as archive:
        archive.add([Article(id=f"first{n}", title="one two", body=f"three {n}") for n in range(20)])
        archive.maintain()
        space = replace(archive.manifest().spaces["lsa"], dim=DIM)
        archive.remove([f"first{n}" for n in range(20)])
        start = 0
        for size in SIZES:
            archive.add([Article(id=f"a{n}", title="moon", body=f"mars {n}") for n in range(start, start + size)])
            start += size
        archive.remove([f"a{n}" for n in range(0, sum(SIZES), 10)])
        manifest = archive.manifest()
        entries = [entry for entry in manifest.segments if entry.live_docs]
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(vector_files, "FROM_DOCS", 100)
            coded = []
            for entry in entries:
                made = centres[chance.integers(0, 40, entry.docs)] + 0.5 * chance.standard_normal((entry.docs, DIM))
                made[7] = 0  # an article that says nothing to the space
                rows = unit(made.astype(np.float32))
                rows[20] = rows[21]
                coded.append(vector_files.attach_vectors(archive.index, entry, "lsa", "new.npy", rows))
        assert [codes_file("new.npy") in entry.files for entry in coded] == [True, True, False]
        bare = [
            replace(e, files={name: f for name, f in e.files.items() if name != codes_file("new.npy")}) for e in coded
        ]

        def opened(entries: list[SegmentEntry]) -> Snapshot:
            return Snapshot(archive.index, Manifest(segments=tuple(entries), spaces={"lsa": space}), {})

        return {True: opened(coded), False: opened(bare)}


def neighbours(*args: Any) -> tuple[np.ndarray, np.ndarray]:
    """With so few compared in full precision that the first stage has to choose."""
    return nearest(*args, compared=280)


def slow(
    snapshot: Snapshot, query: np.ndarray, k: int, among: np.ndarray | None = None
) -> tuple[list[int], list[float]]:
    values = np.concatenate([np.asarray(s.vectors("lsa"), np.float64) @ query for s in snapshot.segments])
    permitted = snapshot.live() if among is None else snapshot.live() & among
    order = sorted(np.flatnonzero(permitted).tolist(), key=lambda doc: (-np.float32(values[doc]), doc))[:k]
    return order, values[order].tolist()


def queries(count: int) -> np.ndarray:
    return unit(np.random.default_rng(2).standard_normal((count, DIM)).astype(np.float32) + np.float32(0.2))


def recall(snapshot: Snapshot, k: int, among: np.ndarray | None = None) -> float:
    shares = []
    for query in queries(40):
        expected, _ = slow(snapshot, query, k, among)
        found, _ = neighbours(snapshot, "lsa", query, k, among)
        assert len(found) == len(expected)
        shares.append(len(set(found.tolist()) & set(expected)) / len(expected) if expected else 1.0)
    return float(np.mean(shares))


@pytest.mark.parametrize("coded", [False, True])
def test_the_nearest_come_best_first_with_their_cosines(snapshots: dict[bool, Snapshot], coded: bool) -> None:
    snapshot = snapshots[coded]
    for query in queries(20):
        docs, values = neighbours(snapshot, "lsa", query, 15)
        exact = np.concatenate([np.asarray(s.vectors("lsa"), np.float64) @ query for s in snapshot.segments])
        assert values == pytest.approx(exact[docs], abs=1e-5)
        assert (np.diff(values) <= 0).all()
        assert snapshot.live()[docs].all()
        assert len(set(docs.tolist())) == len(docs) == 15


def test_without_codes_the_search_is_exact(snapshots: dict[bool, Snapshot]) -> None:
    for query in queries(20):
        assert neighbours(snapshots[False], "lsa", query, 25)[0].tolist() == slow(snapshots[False], query, 25)[0]


def test_with_codes_few_are_missed(snapshots: dict[bool, Snapshot]) -> None:
    assert recall(snapshots[True], 10) >= 0.98


@pytest.mark.parametrize("share", [0.0, 0.01, 0.1, 0.5, 0.95])
def test_filters_take_nothing_from_what_is_found(snapshots: dict[bool, Snapshot], share: float) -> None:
    snapshot = snapshots[True]
    among = np.random.default_rng(3).random(snapshot.max_doc) < share
    assert recall(snapshot, 10, among) >= 0.98
    for query in queries(10):
        docs, _ = neighbours(snapshot, "lsa", query, 2000, among)
        assert docs.tolist() == slow(snapshot, query, 2000, among)[0]  # all that are permitted


def test_asked_for_all_it_finds_all(snapshots: dict[bool, Snapshot]) -> None:
    snapshot = snapshots[True]
    docs, _ = neighbours(snapshot, "lsa", queries(1)[0], snapshot.max_doc)
    assert sorted(docs.tolist()) == np.flatnonzero(snapshot.live()).tolist()
    assert len(neighbours(snapshot, "lsa", queries(1)[0], 0)[0]) == 0


def test_equal_cosines_come_in_the_order_of_docs(snapshots: dict[bool, Snapshot]) -> None:
    snapshot = snapshots[True]
    twin = snapshot.segments[0].vectors("lsa")
    assert twin is not None
    both = np.zeros(snapshot.max_doc, bool)
    both[[20, 21]] = snapshot.live()[[20, 21]]
    expected = np.flatnonzero(both).tolist()
    assert neighbours(snapshot, "lsa", np.asarray(twin[21]), 2, both)[0].tolist() == expected


def test_an_archive_of_copies_is_searched_like_any_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vector_files, "FROM_DOCS", 100)
    with Archive.create(tmp_path) as archive:
        archive.add([Article(id=f"a{n}", title="moon landing", body="crater dust regolith") for n in range(900)])
        archive.maintain()
        snapshot = Snapshot.open(archive.index)
        assert snapshot.segments[0].codes("lsa") is not None
        vector = snapshot.spaces["lsa"].encode_query("moon", {"moon": 1.0})
        assert vector is not None
        assert len(neighbours(snapshot, "lsa", vector, 10)[0]) == 10


@pytest.mark.parametrize("count", [0, 3, 900])
def test_cosines_of_docs_in_any_order(snapshots: dict[bool, Snapshot], count: int) -> None:
    snapshot = snapshots[True]
    docs = np.random.default_rng(5).integers(0, snapshot.max_doc, count)
    query = queries(1)[0]
    exact = np.concatenate([np.asarray(s.vectors("lsa"), np.float64) @ query for s in snapshot.segments])
    assert cosines(snapshot, "lsa", query, docs) == pytest.approx(exact[docs], abs=1e-5)


def test_an_empty_archive_has_no_neighbours(tmp_path: Path, snapshots: dict[bool, Snapshot]) -> None:
    spaces = snapshots[True].manifest.spaces
    with Archive.create(tmp_path) as archive:
        empty = Snapshot(archive.index, Manifest(), {})
        empty.manifest = Manifest(spaces=spaces)
        assert not len(neighbours(empty, "lsa", queries(1)[0], 10)[0])
        assert not len(cosines(empty, "lsa", queries(1)[0], np.zeros(0, np.int64)))


@pytest.mark.parametrize("busy", [False, True])
def test_many_cosines_are_shared_with_another_thread(
    snapshots: dict[bool, Snapshot], monkeypatch: pytest.MonkeyPatch, busy: bool
) -> None:
    monkeypatch.setattr(nearest_module, "_SHARED", 2)
    with ThreadPoolExecutor(1) as pool:
        done = threading.Event()
        if busy:
            pool.submit(done.wait)
        monkeypatch.setattr(nearest_module, "helpers", lambda: pool)
        test_cosines_of_docs_in_any_order(snapshots, 300)
        done.set()
