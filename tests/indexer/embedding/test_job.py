"""Embedding: what a space knows while articles come and go, and after everything that can go wrong."""

from __future__ import annotations

import json
import logging
import shutil
import signal
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from indexer.archive import Archive
from indexer.article.article import Article
from indexer.base.errors import ArchiveLockedError, ReadmoreError
from indexer.check import check_archive
from indexer.embedding import job as embed_module
from indexer.embedding import space_files
from indexer.embedding.space_files import ready
from indexer.embedding.stored_spaces import restore_spaces
from indexer.repair.vectors import DROPPED, repair_vectors
from indexer.segment.segment import Segment
from indexer.spaces import remove_space, updating
from indexer.vectors import neural
from indexer.vectors.cache import VectorCache, cache_path
from indexer.vectors.encoder import ModelError, encode_articles, encode_query
from indexer.vectors.neural import NeuralSpace, forget_models
from indexer.vectors.spec import ModelSpec
from readmore import open_engine
from search.reader.snapshot import Snapshot
from search.vector.nearest import article_vectors
from tests.articles import random_articles
from tests.faults import Faults, disk_full, in_child, kill, killed_at
from tests.indexer.embedders import NAME, SPEC, ToyEncoder, embed


@pytest.fixture(autouse=True)
def _queries_are_encoded_by_the_toy(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    forget_models()
    monkeypatch.setattr(NeuralSpace, "_load", lambda space: ToyEncoder(space.spec))
    yield
    forget_models()


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive.create(tmp_path / "archive") as archive:
        archive.add(random_articles(1, 40), workers=1)
        yield archive


def vectors(archive: Archive) -> dict[str, list[float]]:
    """Each live article's vector in the toy space, by id."""
    snapshot = Snapshot.open(archive.index)
    docs = np.flatnonzero(snapshot.live())
    rows = article_vectors(snapshot, NAME, docs)
    return {snapshot.article_id(doc): row.tolist() for doc, row in zip(docs.tolist(), rows, strict=True)}


def expected(archive: Archive) -> dict[str, list[float]]:
    """The vectors that the toy gives the stored articles."""
    articles = [article for _, article in archive.store.after(0)]
    rows = encode_articles(ToyEncoder(), [(article.title, article.body) for article in articles])
    return {article.id: row.tolist() for article, row in zip(articles, rows, strict=True)}


def assert_true_to_the_articles(archive: Archive) -> None:
    assert check_archive(archive) == []
    found, wanted = vectors(archive), expected(archive)
    assert found.keys() == wanted.keys()
    for article_id, vector in found.items():
        assert vector == pytest.approx(wanted[article_id], abs=1e-3)


def test_every_article_gets_the_vector_of_its_passages(archive: Archive) -> None:
    report = embed(archive, ToyEncoder())
    assert (report.encoded, report.reused, report.ready, report.total) == (40, 0, 40, 40)
    assert_true_to_the_articles(archive)
    status = archive.status()["spaces"][NAME]
    assert (status["kind"], status["dim"], status["ready"], status["total"]) == ("neural", 32, 40, 40)
    assert status["model"] == "toy-model"
    with open_engine(archive.path) as engine:
        hits = engine.search("moon rover").hits
        assert hits
        assert all(NAME in hit.legs for hit in hits)


def test_nothing_is_encoded_twice(archive: Archive) -> None:
    embed(archive, ToyEncoder())
    generation = archive.manifest().generation
    assert embed(archive, None).encoded == 0
    assert archive.manifest().generation == generation  # nor is anything written
    encoder = ToyEncoder()
    stored = archive.store.get("a1")
    archive.add([replace(stored, tags=("new",)), replace(stored, id="copy"), Article(id="n1", title="moon")], workers=1)
    report = embed(archive, encoder)
    assert (report.encoded, report.reused, report.ready) == (1, 2, 42)
    assert encoder.texts[0] == "moon"
    assert_true_to_the_articles(archive)


def test_a_space_is_behind_until_the_next_run_and_says_so(archive: Archive) -> None:
    embed(archive, ToyEncoder())
    archive.add([Article(id=f"n{n}", title="moon", body=f"rover {n}") for n in range(3)], workers=1)
    assert ready(archive.index, archive.manifest(), NAME) == (40, 43)
    assert check_archive(archive) == []
    with open_engine(archive.path) as engine:
        assert "n1" in {hit.article.id for hit in engine.search("moon rover").hits}
    archive.remove(["a1", "n0"])
    assert ready(archive.index, archive.manifest(), NAME) == (39, 41)
    assert embed(archive, ToyEncoder()).ready == 41
    assert_true_to_the_articles(archive)


def test_a_merge_keeps_what_is_encoded(archive: Archive) -> None:
    embed(archive, ToyEncoder())
    archive.add(random_articles(2, 30)[20:], workers=1)  # replaces a20 to a29
    archive.add([Article(id=f"m{n}", title="mars", body=f"dust {n}") for n in range(30)], workers=1)
    archive.maintain()
    assert len(archive.manifest().segments) == 1
    done, total = ready(archive.index, archive.manifest(), NAME)
    assert (done, total) == (30, 70)
    assert archive.manifest().segments[0].partial == (NAME,)
    encoder = ToyEncoder()
    assert embed(archive, encoder).encoded == 40
    assert archive.manifest().segments[0].partial == ()
    assert_true_to_the_articles(archive)


@pytest.mark.parametrize("lost", [False, True])
def test_a_rebuilt_index_has_the_space_at_once(archive: Archive, lost: bool) -> None:
    embed(archive, ToyEncoder(), files={"encoder.onnx": b"some bytes"})
    resolution = Snapshot.open(archive.index).spaces[NAME].resolution
    archive.remove(["a3"])
    if lost:
        shutil.rmtree(archive.index.path)
    archive.reindex()
    assert ready(archive.index, archive.manifest(), NAME) == (39, 39)
    assert_true_to_the_articles(archive)
    folder = archive.index.space(archive.manifest().spaces[NAME].folder)
    assert (folder / "encoder.onnx").read_bytes() == b"some bytes"
    with VectorCache(cache_path(archive.folder, NAME)) as cache:
        assert cache.count() == 39  # what belongs to no article is let go
    assert Snapshot.open(archive.index).spaces[NAME].resolution == resolution != space_files.UNMEASURED
    assert embed(archive, None).ready == 39  # and no model had to be loaded for any of it


def test_articles_that_come_and_go_meanwhile(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embed_module, "PIECE", 10)
    monkeypatch.setattr(embed_module, "PUBLISH_SECONDS", 0)
    monkeypatch.setattr(embed_module, "PUBLISH_SHARE", 1e9)
    encoder = ToyEncoder()
    pieces = []

    def write(texts: Sequence[str]) -> None:
        pieces.append(len(texts))
        if len(pieces) == 2:
            archive.add([Article(id="late", title="moon"), replace(archive.store.get("a2"), title="new")], workers=1)
            archive.remove(["a39", "a5"])
        if len(pieces) == 3:
            archive.maintain()
            partial, total = ready(archive.index, archive.manifest(), NAME)
            assert 0 < partial < total  # published while it goes on
            with open_engine(archive.path) as engine:
                assert engine.search("moon rover").hits

    encoder.before = write
    report = embed(archive, encoder)
    assert (report.ready, report.total) == (39, 39)
    assert_true_to_the_articles(archive)


def test_a_killed_run_goes_on_where_it_was(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embed_module, "PIECE", 8)
    encoder = ToyEncoder()

    def work() -> None:
        encoder.before = lambda texts: kill() if len(encoder.texts) > 60 else None
        with Archive.open(archive.path) as mine:
            embed(mine, encoder)

    assert in_child(work) == signal.SIGKILL
    assert check_archive(archive) == []
    with VectorCache(cache_path(archive.folder, NAME)) as cache:
        done = cache.count()
    assert 0 < done < 40
    assert done % 8 == 0
    report = embed(archive, ToyEncoder())
    assert (report.encoded, report.reused, report.ready) == (40 - done, done, 40)
    assert_true_to_the_articles(archive)


@pytest.mark.parametrize("number", [1, 2, 4, 6, 8, 10, 12, 14, 17, 20])
def test_a_kill_at_any_write_leaves_a_sound_archive(archive: Archive, number: int) -> None:
    archive.add([Article(id="n1", title="moon", body="rover")], workers=1)

    def work() -> None:
        with Archive.open(archive.path) as mine:
            embed(mine, ToyEncoder(), files={"encoder.onnx": b"x"})

    killed_at(number, work)
    assert check_archive(archive) == []
    archive.add([Article(id="n2", title="mars", body="dust")], workers=1)
    embed(archive, ToyEncoder(), files={"encoder.onnx": b"x"})
    assert_true_to_the_articles(archive)


def test_another_version_of_the_model_takes_over_when_it_is_complete(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    embed(archive, ToyEncoder())
    newer = replace(SPEC, fingerprint="toy-2-torch", dim=16)
    monkeypatch.setattr(embed_module, "PIECE", 10)
    monkeypatch.setattr(embed_module, "PUBLISH_SECONDS", 0)
    monkeypatch.setattr(embed_module, "PUBLISH_SHARE", 1e9)
    encoder = ToyEncoder(newer)
    seen = []
    encoder.before = lambda texts: seen.append(archive.status()["spaces"][NAME])
    report = embed(archive, encoder, newer)
    assert {(status["dim"], status["ready"]) for status in seen[:4]} == {(32, 40)}  # the older serves meanwhile
    assert (report.encoded, report.ready) == (40, 40)
    assert archive.manifest().spaces[NAME].dim == 16
    assert {len(vector) for vector in vectors(archive).values()} == {16}
    assert check_archive(archive) == []
    with VectorCache(cache_path(archive.folder, NAME)) as cache:
        assert cache.count() == 40


def test_a_removed_space_leaves_nothing_behind(archive: Archive) -> None:
    before = {path for path in archive.path.rglob("*") if path.is_file() and path.name != "manifest.json"}
    embed(archive, ToyEncoder())
    remove_space(archive, NAME)
    after = {path for path in archive.path.rglob("*") if path.is_file() and path.name != "manifest.json"}
    assert {path.name for path in after - before} <= {"embed.lock"}
    assert NAME not in archive.manifest().spaces
    assert check_archive(archive) == []
    archive.reindex()
    assert NAME not in archive.manifest().spaces
    with pytest.raises(ReadmoreError, match=r"no neural space called 'lsa'.*cannot be removed"):
        remove_space(archive, "lsa")


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_vectors_that_are_no_numbers_are_not_taken(archive: Archive, bad: float) -> None:
    class Broken(ToyEncoder):
        def encode(self, texts: Sequence[str]) -> np.ndarray:
            found = super().encode(texts)
            found[-1, 3] = bad
            return found

    with pytest.raises(ModelError, match="toy-model gave no finite numbers for the text"):
        embed(archive, Broken())
    assert NAME not in archive.manifest().spaces
    assert check_archive(archive) == []
    assert embed(archive, ToyEncoder()).ready == 40


def test_one_article_without_a_finite_vector_does_not_stop_the_others(archive: Archive) -> None:
    class Picky(ToyEncoder):
        def encode(self, texts: Sequence[str]) -> np.ndarray:
            found = super().encode(texts)
            found[["poison" in text for text in texts], 0] = np.nan
            return found

    archive.add([Article(id="bad", title="poison")], workers=1)
    for encoded in (40, 0):  # it is tried again each time
        report = embed(archive, Picky())
        assert (report.encoded, report.ready, report.total) == (encoded, 40, 41)
        assert report.refused == ["the model toy-model gave no finite numbers for the text 'poison'"]
    assert check_archive(archive) == []
    assert embed(archive, ToyEncoder()).refused == []
    assert_true_to_the_articles(archive)


@pytest.mark.parametrize("number", [1, 2, 3, 5, 8, 11, 14])
def test_a_full_disk_ends_it_with_one_error_and_loses_nothing(archive: Archive, number: int) -> None:
    faults = Faults(number, disk_full, all_kinds=False, lasting=True)
    with faults(), suppress(ReadmoreError):
        embed(archive, ToyEncoder(), files={"encoder.onnx": b"x"})
    assert check_archive(archive) == []
    with open_engine(archive.path) as engine:
        assert engine.search("moon rover").hits
    assert embed(archive, ToyEncoder(), files={"encoder.onnx": b"x"}).ready == 40
    assert_true_to_the_articles(archive)


def test_vectors_of_another_dimension_are_not_taken(archive: Archive) -> None:
    class Wide(ToyEncoder):
        def encode(self, texts: Sequence[str]) -> np.ndarray:
            return np.ones((len(texts), 99), np.float32)

    with pytest.raises(ModelError, match=r"vectors of shape \(\d+, 99\), not \(\d+, 32\)"):
        embed(archive, Wide())
    with pytest.raises(ModelError, match=r"shape \(1, 99\), not \(1, 32\)"):
        encode_query(Wide(), "moon")


def test_a_damaged_vector_is_named_and_made_again(archive: Archive) -> None:
    embed(archive, ToyEncoder())
    path = cache_path(archive.folder, NAME)
    with sqlite3.connect(path) as db:
        db.execute("UPDATE vectors SET vector = zeroblob(64) WHERE rowid = (SELECT max(rowid) FROM vectors)")
    db.close()
    assert "1 vector is damaged (not as it was written)" in check_archive(archive)[0]
    shutil.rmtree(archive.index.path)
    archive.reindex()
    assert ready(archive.index, archive.manifest(), NAME) == (39, 40)
    assert embed(archive, ToyEncoder()).encoded == 1
    assert_true_to_the_articles(archive)


def test_sound_vectors_stay_where_the_index_is_lost_too(archive: Archive) -> None:
    embed(archive, ToyEncoder())
    with closing(sqlite3.connect(cache_path(archive.folder, NAME))) as db, db:
        db.execute("UPDATE vectors SET vector = zeroblob(64) WHERE rowid = 3")
    shutil.rmtree(archive.index.path)
    assert repair_vectors(archive) == {NAME: DROPPED}
    archive.reindex()
    assert ready(archive.index, archive.manifest(), NAME) == (39, 40)
    assert embed(archive, ToyEncoder()).encoded == 1


def test_a_file_of_vectors_that_is_none(archive: Archive, caplog: pytest.LogCaptureFixture) -> None:
    embed(archive, ToyEncoder())
    path = cache_path(archive.folder, NAME)
    path.write_bytes(b"no database" * 1000)
    assert "not readable as vectors of a space" in check_archive(archive)[0]
    with pytest.raises(ReadmoreError, match="run 'readmore check --repair'"):
        embed(archive, ToyEncoder())
    archive.reindex()  # goes on without it
    assert "the space toy is left out" in caplog.text
    assert set(archive.manifest().spaces) == {"lsa"}


def test_an_article_of_a_million_words_and_one_of_none(archive: Archive) -> None:
    archive.add([Article(id="long", body="moon " * 1_000_000), Article(id="marks", title="!?")], workers=1)
    report = embed(archive, ToyEncoder())
    assert report.ready == report.total == 42
    assert not np.any(vectors(archive)["marks"])
    assert embed(archive, None).encoded == 0  # not again and again
    assert check_archive(archive) == []


def test_an_archive_of_no_articles(tmp_path: Path) -> None:
    with Archive.create(tmp_path / "empty") as archive:
        assert embed(archive, None).total == 0
        archive.add([Article(id="a", title="moon")], workers=1)
        assert embed(archive, ToyEncoder()).ready == 1
        assert_true_to_the_articles(archive)


def test_only_one_process_embeds_at_a_time(archive: Archive) -> None:
    embed(archive, ToyEncoder())
    with updating(archive, NAME) as first:
        assert first.waiting() == 0
        with pytest.raises(ArchiveLockedError, match="another process is embedding"), updating(archive, NAME):
            pass
        archive.add([Article(id="n1", title="moon")], workers=1)  # writers do not wait for it
        assert first.waiting() == 1


def test_vectors_of_articles_read_in_other_passages_are_not_mixed(archive: Archive) -> None:
    older = json.loads(SPEC.to_json())
    del older["recipe"]  # as the first version wrote it
    assert ModelSpec.from_record(older).recipe == 1
    embed(archive, ToyEncoder(), spec=replace(SPEC, recipe=1))
    with pytest.raises(ModelError, match=r"run 'readmore embed toy-model --name toy' once"), updating(archive, NAME):
        pass


def test_a_query_goes_on_without_a_model_that_cannot_be_had(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    embed(archive, ToyEncoder())

    def gone(space: NeuralSpace) -> ToyEncoder:
        raise ModelError("the model toy-model cannot be had: it is gone")

    monkeypatch.setattr(NeuralSpace, "_load", gone)
    with caplog.at_level(logging.WARNING), open_engine(archive.path) as engine:
        for _ in range(3):
            hits = engine.search("moon rover").hits
            assert hits
            assert NAME not in hits[0].legs
    assert [record.getMessage() for record in caplog.records] == [
        "the model toy-model cannot be had: it is gone; searches go on without it"
    ]


def test_a_service_does_not_wait_for_a_model(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    import threading

    embed(archive, ToyEncoder())
    loaded = threading.Event()

    def slow(space: NeuralSpace) -> ToyEncoder:
        assert loaded.wait(60)
        return ToyEncoder(space.spec)

    monkeypatch.setattr(NeuralSpace, "_load", slow)
    with open_engine(archive.path, wait=False) as engine:
        assert NAME not in engine.search("moon rover").hits[0].legs
        assert engine.loaded_spaces() == ()
        loaded.set()
        neural._slot(SPEC)._done.wait(60)
        assert engine.loaded_spaces() == (NAME,)
        assert NAME in engine.search("moon rover").hits[0].legs


def test_restoring_needs_nothing_in_the_index(archive: Archive) -> None:
    embed(archive, ToyEncoder())
    entries = archive.manifest().segments
    bare = [replace(entry, vectors={}, files=dict(entry.files)) for entry in entries]
    spaces, restored = restore_spaces(archive.folder, archive.store, bare)
    assert set(spaces) == {NAME}
    assert all(Segment(archive.index, entry).vectors(NAME) is not None for entry in restored)


def test_publishing_reads_kept_vectors_a_block_at_a_time(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    embed(archive, ToyEncoder())
    wanted = vectors(archive)
    asked: list[int] = []

    def get(cache: VectorCache, digests: Iterable[bytes]) -> dict[bytes, np.ndarray]:
        block = list(digests)
        asked.append(len(block))
        return taken(cache, block)

    taken = VectorCache.get
    monkeypatch.setattr(VectorCache, "get", get)
    monkeypatch.setattr(space_files, "LOOKED_UP", 16)
    bare = [replace(entry, vectors={}, files=dict(entry.files)) for entry in archive.manifest().segments]
    _, entries = restore_spaces(archive.folder, archive.store, bare)
    assert sorted(asked) == [8, 16, 16]  # 40 articles
    rows = np.concatenate([np.asarray(Segment(archive.index, entry).vectors(NAME)) for entry in entries])
    assert rows.tolist() == list(wanted.values())
