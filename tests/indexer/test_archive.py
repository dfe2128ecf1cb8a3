"""The archive as a whole: what goes in is found, in every shape that articles come in."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from filelock import FileLock, Timeout

from indexer.archive import Archive
from indexer.article.article import Article
from indexer.base.errors import ArchiveLockedError, ArchiveNotFoundError, IndexDamagedError
from indexer.check import check_archive
from indexer.commit import addition, builder
from indexer.segment.manifest import Bm25Parameters, Manifest
from readmore import open_engine
from tests.articles import random_articles


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive.create(tmp_path) as archive:
        yield archive
        assert check_archive(archive) == []


def ids(archive: Archive, query: str) -> set[str]:
    with open_engine(archive.path) as engine:
        result = engine.search(query, limit=1000)
        assert result.total == len(result.hits)
        return {hit.article.id for hit in result.hits}


def test_there_is_no_archive_where_none_was_made(tmp_path: Path) -> None:
    with pytest.raises(ArchiveNotFoundError, match="make one with 'readmore --data"):
        Archive.open(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_making_an_archive_twice_keeps_what_is_in_it(tmp_path: Path) -> None:
    with Archive.create(tmp_path / "new" / "folder") as archive:
        archive.add([Article(id="a", title="moon")])
    with Archive.create(tmp_path / "new" / "folder") as archive:
        assert archive.status()["articles"] == 1
        assert check_archive(archive) == []


def test_an_archive_made_by_many_at_once_is_sound(tmp_path: Path) -> None:
    failures: list[BaseException] = []
    barrier = threading.Barrier(6)

    def make(number: int) -> None:
        try:
            barrier.wait()
            with Archive.create(tmp_path / "archive") as archive:
                archive.add([Article(id=f"a{number}", title="moon")])
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=make, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with Archive.open(tmp_path / "archive") as archive:
        assert ids(archive, "moon") == {f"a{number}" for number in range(6)}
        assert check_archive(archive) == []


def test_a_new_archive_is_empty_and_intact(archive: Archive) -> None:
    assert ids(archive, "*") == set()
    assert ids(archive, "moon") == set()
    status = archive.status()
    assert (status["articles"], status["generation"], status["segments"], status["waiting"]) == (0, 0, 0, 0)


def test_nothing_added_is_nothing_committed(archive: Archive) -> None:
    archive.add([])
    assert archive.manifest().generation == 0
    archive.add([Article(id="a", title="moon")])
    generation = archive.manifest().generation
    assert archive.add([Article(id="a", title="moon")]).unchanged == 1
    assert archive.add([]).unchanged == 0
    assert archive.remove(["unknown"]) == ([], ["unknown"])
    archive.maintain()
    assert archive.manifest().generation == generation  # or every cache above would be thrown away for nothing


UNUSUAL = {
    "only-title": (Article(id="only-title", title="Comet"), "comet"),
    "only-body": (Article(id="only-body", body="Comet"), "title:* OR comet"),
    "one-word": (Article(id="one-word", title="comet"), "title:comet"),
    "under_score": (Article(id="under_score", title="comet"), "id:under_score"),
    "-": (Article(id="-", title="comet"), "comet"),
    "no-words": (Article(id="no-words", title="!!! ..."), "id:no-words"),
    "stop-words": (Article(id="stop-words", title="To be or not to be"), "id:stop-words"),
    "long": (Article(id="long", body="comet " * 100_000), "comet"),
    "tags": (Article(id="tags", title="x", tags=tuple(f"tag{n}" for n in range(300))), "tag:tag299"),
    "japanese": (Article(id="japanese", title="日本の月探査", language="ja"), "月探査"),
    "german": (Article(id="german", title="Die Mondlandungen", language="de"), "mondlandung"),
    "french": (Article(id="french", body="L’été à l'Élysée", language="fr"), "élysée"),
    "accents": (Article(id="accents", title="Café Å"), "cafe"),
    "ancient": (Article(id="ancient", title="x", date=datetime(1, 1, 1, tzinfo=UTC)), "date:0001"),
    "before epoch": (Article(id="before", title="x", date=datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC)), "date:1969"),
    "emoji": (Article(id="emoji", title="🚀 launch"), "launch"),
    "null": (Article(id="null", title="a\x00comet"), "comet"),
}


@pytest.mark.parametrize("name", UNUSUAL)
def test_unusual_articles_are_found(archive: Archive, name: str) -> None:
    article, query = UNUSUAL[name]
    archive.add([*random_articles(1, 3), article])
    assert article.id in ids(archive, query)
    assert archive.store.get(article.id) == article
    archive.add([Article(id="other", title="moon")])
    archive.maintain()
    assert article.id in ids(archive, query)
    archive.reindex()
    assert article.id in ids(archive, query)
    archive.remove([article.id])
    assert article.id not in ids(archive, query)


def test_all_unusual_articles_together(archive: Archive) -> None:
    archive.add(article for article, _ in UNUSUAL.values())
    for article, query in UNUSUAL.values():
        assert article.id in ids(archive, query), query


def test_of_two_articles_with_one_id_in_a_batch_the_later_counts(archive: Archive) -> None:
    report = archive.add([Article(id="a", title="moon"), Article(id="b", title="x"), Article(id="a", title="mars")])
    assert (report.added, report.changed, report.unchanged) == (2, 0, 0)
    assert ids(archive, "mars") == {"a"}
    assert ids(archive, "moon") == set()


def test_half_a_surrogate_pair_costs_no_article(archive: Archive) -> None:
    half = Article(id="half", title="moon \ud800")
    report = archive.add([Article(id="a", title="moon"), half, Article(id="b", title="moon")])
    assert report.added == 3
    assert ids(archive, "moon") == {"a", "half", "b"}
    assert archive.store.get("half").title == "moon \ufffd"
    assert archive.add([half]).unchanged == 1


@pytest.mark.parametrize("workers", [1, 2])
def test_one_id_in_several_batches_of_one_addition(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, workers: int
) -> None:
    monkeypatch.setattr(builder, "BATCH_DOCS", 4)
    articles = [Article(id=f"a{n % 7}", title=f"moon round{n // 7}") for n in range(35)]
    report = archive.add(articles, workers=workers)
    assert report.added == 7
    assert report.changed >= 7  # versions between, of which another follows before they are stored, are passed over
    assert ids(archive, "round4") == {f"a{n}" for n in range(7)} == ids(archive, "moon")
    assert ids(archive, "round3") == set()


@pytest.mark.parametrize("workers", [1, 2])
def test_an_article_twice_in_one_source_is_not_rewritten_at_every_run(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, workers: int
) -> None:
    monkeypatch.setattr(builder, "BATCH_DOCS", 4)
    source = [Article(id=f"a{n}", title=f"moon {n}") for n in range(12)]
    source.insert(1, Article(id="a11", title="an earlier version"))
    source.insert(2, Article(id="a10", title="an earlier version"))
    archive.add(source, workers=workers)
    generation, last_seq = archive.manifest().generation, archive.store.last_seq()
    report = archive.add(source, workers=workers)
    assert (report.added, report.changed) == (0, 0)
    assert (archive.manifest().generation, archive.store.last_seq()) == (generation, last_seq)
    assert archive.store.get("a11").title == "moon 11"
    report = archive.add([*source, Article(id="a11", title="the last word")], workers=workers)
    assert (report.added, report.changed) == (0, 1)
    assert archive.store.get("a11").title == "the last word"


@pytest.mark.parametrize(("seconds", "pause", "findable"), [(0.0, 0.0, 18), (3600.0, 0.0, 0), (0.0, 1e9, 3)])
def test_long_additions_are_committed_on_the_way_but_not_all_the_time(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, seconds: float, pause: float, findable: int
) -> None:
    monkeypatch.setattr(builder, "BATCH_DOCS", 3)
    monkeypatch.setattr(addition, "COMMIT_SECONDS", seconds)
    monkeypatch.setattr(addition, "COMMIT_PAUSE", pause)
    seen = []

    def articles() -> Iterator[Article]:
        for article in random_articles(4, 20):
            seen.append(archive.manifest().live_docs)
            yield article

    archive.add(articles(), workers=1)
    assert seen[-1] == findable
    assert archive.manifest().live_docs == 20


def test_a_batch_of_long_articles_ends_earlier() -> None:
    sizes = [builder.BATCH_CHARS, 1, builder.BATCH_CHARS // 2, builder.BATCH_CHARS // 2, 1]
    assert list(builder.batches(sizes, lambda size: size)) == [
        (sizes[:1], True),
        (sizes[1:4], True),
        (sizes[4:], False),
    ]
    assert list(builder.batches([], lambda size: size)) == [([], False)]


def test_what_comes_before_an_error_of_the_source_is_kept(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(builder, "BATCH_DOCS", 3)

    def broken() -> Iterator[Article]:
        yield from random_articles(4, 8)
        raise ValueError("the source broke")

    with pytest.raises(ValueError, match="the source broke"):
        archive.add(broken(), workers=1)
    accepted = archive.store.count()
    assert accepted == 6
    archive.add([])
    assert ids(archive, "*") == {f"a{n}" for n in range(accepted)}


def test_a_second_writer_waits_and_then_says_so(archive: Archive) -> None:
    with archive.writing(), Archive.open(archive.path, patience=0.05) as second:
        for write in (lambda: second.add([Article(id="b", title="x")]), lambda: second.remove(["b"]), second.reindex):
            with pytest.raises(ArchiveLockedError, match="another process has been writing"):
                write()
    assert Archive.open(archive.path).add([Article(id="b", title="x")]).added == 1


def test_a_writer_in_a_loop_does_not_pass_those_who_wait(archive: Archive) -> None:
    order = []

    def wait() -> None:
        with Archive.open(archive.path) as second, second.writing():
            order.append("waiting")

    waiting = threading.Thread(target=wait)
    with archive.writing():
        waiting.start()
        while _is_free(archive.path / "turn.lock"):
            time.sleep(0.001)
    with archive.writing():
        order.append("in a loop")
    waiting.join()
    assert order == ["waiting", "in a loop"]


def _is_free(lock: Path) -> bool:
    try:
        FileLock(lock, timeout=0).acquire().lock.release()
    except Timeout:
        return False
    return True


@pytest.mark.parametrize("damage", ["missing", "of a later version"])
def test_a_rebuild_after_the_manifest_was_lost_keeps_language_and_parameters(archive: Archive, damage: str) -> None:
    parameters = Bm25Parameters(k1=0.9, weights=(3.0, 1.5), b=(0.1, 0.4))
    Manifest(language="de", bm25=parameters).save(archive.index)
    archive.add([Article(id="a", title="Landungen")])
    path = archive.index.manifest
    if damage == "missing":
        path.unlink()
    else:
        path.write_text(path.read_text().replace('"version": 1', '"version": 2'))
    with pytest.raises(IndexDamagedError, match=r"manifest\.json: .*run 'readmore reindex'"):
        archive.add([Article(id="b", title="Landungen")])
    archive.reindex()
    assert (archive.manifest().language, archive.manifest().bm25) == ("de", parameters)
    assert ids(archive, "Landung") == {"a"}


def test_a_rebuild_takes_parameters_that_were_changed(archive: Archive) -> None:
    archive.add([Article(id="a", title="moon")])
    changed = replace(archive.manifest(), bm25=Bm25Parameters(k1=2.0))
    changed.save(archive.index)
    archive.reindex()
    archive.index.manifest.unlink()
    archive.reindex()
    assert archive.manifest().bm25.k1 == 2.0


def test_a_rebuild_waits_for_a_merge_and_then_says_so(archive: Archive) -> None:
    with archive._maintenance_lock.acquire(timeout=0), Archive.open(archive.path, patience=0.05) as second:
        with pytest.raises(ArchiveLockedError, match="another process has been merging"):
            second.reindex()
        second.add([Article(id="b", title="moon")])  # a writer does not wait for a merge
    assert ids(archive, "moon") == {"b"}


def test_status_counts_what_is_there(archive: Archive) -> None:
    archive.add(random_articles(1, 30))
    archive.maintain()
    archive.add([Article(id="x", title="moon")])
    archive.remove(["a1"])
    archive.store.put([Article(id="waiting", title="mars")])
    status = archive.status()
    assert (status["articles"], status["deleted"], status["waiting"], status["segments"]) == (30, 1, 1, 2)
    assert status["spaces"]["lsa"]["fitted_on"] == 30
    on_disk = sum(path.stat().st_size for path in archive.path.rglob("*") if path.is_file())
    assert sum(status["bytes"].values()) == on_disk
    archive.add([])


def test_status_does_not_mind_files_that_go_while_it_counts(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    archive.add([Article(id="a", title="moon")])
    walk = os.walk

    def walk_then_lose(folder: Path) -> Iterator[tuple[str, list[str], list[str]]]:
        for parent, folders, names in walk(folder):
            yield parent, folders, [*names, "gone.npy"]

    monkeypatch.setattr(os, "walk", walk_then_lose)
    assert archive.status()["articles"] == 1


def test_the_index_is_no_larger_after_many_updates(archive: Archive) -> None:
    archive.add(random_articles(1, 20))
    for number in range(30):
        archive.add([Article(id=f"a{n}", title=f"moon {number}") for n in range(20)])
        archive.maintain()
    segments = {path.name for path in archive.index.segments.iterdir()}
    assert segments == {entry.name for entry in archive.manifest().segments}
    named = {file for entry in archive.manifest().segments for file in entry.files}
    assert {path.name for path in archive.index.segments.glob("*/*")} == named


def test_a_rebuilt_index_has_its_vector_space_from_the_first_moment(tmp_path: Path) -> None:
    with Archive.create(tmp_path / "archive") as archive:
        archive.add(random_articles(12, 40))
        archive.maintain()
        before = archive.manifest()
        archive.reindex()
        after = archive.manifest()
        assert after.generation == before.generation + 1  # one step, so nobody sees the index without the space
        assert set(after.spaces) == {"lsa"}
        assert all("lsa" in entry.vectors for entry in after.segments)
        assert after.spaces["lsa"].folder != before.spaces["lsa"].folder
        assert check_archive(archive) == []
