"""Damaged files: `check` names them, nothing but a clear error comes of using them, and `reindex` heals them."""

from __future__ import annotations

import io
import json
import os
import random
import shutil
import struct
import zlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from indexer.archive import Archive
from indexer.article.article import Article, Dateline
from indexer.base import array_files
from indexer.base.archive_folder import ArchiveFolder, IndexFolder
from indexer.base.errors import ArticlesDamagedError, IndexDamagedError, ReadmoreError
from indexer.check import check_archive
from indexer.commit import merge_policy
from indexer.segment.manifest import Manifest
from readmore import open_engine
from tests.articles import random_articles

FLIPS = int(os.environ.get("READMORE_DAMAGE_CASES", "10"))  # places in each file, at most 100
QUERIES = (
    "moon mars",
    "title:moon",
    '"solar wind"',
    "mo*",
    "moom~",
    "section:launch",
    "date:2024",
    "tag:ice",
    "id:a1",
    "*",
)


def full(article_id: str) -> Article:
    """An article with something in every column."""
    return Article(
        id=article_id,
        title="Moon launch",
        body="A probe left for Mars on the solar wind.",
        date=datetime(2024, 3, 18, 12, tzinfo=UTC),
        dateline=Dateline("Beijing", "AFP"),
        section="Launch",
        site="perihelion",
        authors=("Ann Lee",),
        tags=("ice", "far side"),
        language="en",
    )


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive with every kind of file: two segments, deletions, a vector space."""
    folder = tmp_path_factory.mktemp("sound") / "archive"
    with Archive.create(folder) as archive:
        archive.add([*random_articles(5, 60), full("full")])
        archive.maintain()
        archive.add([full("later"), *random_articles(6, 3)])
        archive.remove(["a7", "a8"])
        assert check_archive(archive) == []
        assert archive.manifest().spaces
    return folder


def copy(source: Path, target: Path) -> None:
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source / "index", target / "index", copy_function=os.link)
    for file in source.glob("articles.db*"):
        shutil.copy(file, target)


def index_files(folder: Path) -> list[Path]:
    """All that the manifest names, relative to the archive."""
    manifest = Manifest.load(ArchiveFolder(folder).index)
    files = [Path("index/segments", e.name, f) for e in manifest.segments for f in sorted(e.files)]
    return files + [Path("index/spaces", s.folder, f) for s in manifest.spaces.values() for f in sorted(s.files)]


def png(size: int = 0) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    image = b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"IEND", b"")
    return image if not size else image[:size].ljust(size, b"\0")


def other_dtype(content: bytes) -> bytes:
    """An array file of the same size whose elements are of another type."""
    file = io.BytesIO()
    np.lib.format.write_array(file, np.full(max(0, len(content) - 128) // 8, 0.1))
    return file.getvalue().ljust(len(content), b"\0")


def flipped(content: bytes, at: int) -> bytes:
    return content[:at] + bytes([content[at] ^ 0x40]) + content[at + 1 :]


DAMAGE: dict[str, Callable[[bytes], bytes | None]] = {
    "truncated": lambda content: content[: len(content) * 2 // 3],
    "longer": lambda content: content + b"\0",
    "missing": lambda content: None,
    "empty": lambda content: b"",
    "a PNG": lambda content: png(),
    "a PNG of the same size": lambda content: png(len(content)),
    "an array of another type": other_dtype,
    "a flipped bit in the header": lambda content: flipped(content, 9 + len(content) % 60),
    "the last bit flipped": lambda content: flipped(content, len(content) - 1),
} | {
    f"a flipped bit {share}% into it": lambda content, share=share: flipped(content, len(content) * share // 100)
    for share in range(1, 100, 100 // FLIPS)
}
NOTICED = {"truncated", "longer", "missing", "empty", "a PNG"}  # by their size, when the index is opened


def harm(folder: Path, file: Path, damage: str) -> None:
    path = folder / file
    content = DAMAGE[damage](path.read_bytes())
    path.unlink()  # it is a link
    if content is not None:
        path.write_bytes(content)


def use(folder: Path, file: Path) -> Iterator[str]:
    """Uses the archive in every way; yields what was said of the damage. Any other error is a failure."""

    def attempt(work: Callable[[], object]) -> str:
        said = ""
        try:
            work()
        except IndexDamagedError as error:
            said = str(error)
        assert not said or (file.name in said and "run 'readmore reindex'" in said)
        return said

    with open_engine(folder) as engine:
        for query in QUERIES:
            yield attempt(lambda query=query: engine.search(query, limit=100))  # type: ignore[misc]
        yield attempt(lambda: engine.search("moon", filters={"tag": ["ice"], "section": ["Launch"]}))
    with Archive.open(folder) as archive:
        yield attempt(lambda: archive.add([full("a1"), full("new")]))
        yield attempt(lambda: archive.remove(["a2", "full"]))
        yield attempt(archive.maintain)
        if file in index_files(folder):
            assert any(file.name in problem for problem in check_archive(archive)), "the damage was lost sight of"


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # numbers that make no sense overflow
@pytest.mark.parametrize("damage", DAMAGE)
def test_damage_is_named_and_breaks_nothing_else(
    sound: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: str
) -> None:
    if list(DAMAGE).index(damage) % 2:
        monkeypatch.setattr(array_files, "MAPPED_FROM", 129)  # these files are so small that they would be read
    folder = tmp_path / "archive"
    files = index_files(sound)
    assert len(files) > 10
    for file in files:
        copy(sound, folder)
        harm(folder, file, damage)
        with Archive.open(folder) as archive:
            problems = check_archive(archive)
        assert any(str(folder / file) in problem for problem in problems), f"{damage}: {file}"
        said = list(use(folder, file))
        if damage in NOTICED:
            assert all(said[: len(QUERIES)]), f"{damage}: {file}"
    with Archive.open(folder) as archive:
        archive.reindex()
        assert check_archive(archive) == []


@pytest.mark.parametrize("damage", DAMAGE)
def test_reindex_heals_whatever_is_damaged(sound: Path, tmp_path: Path, damage: str) -> None:
    folder = tmp_path / "archive"
    copy(sound, folder)
    rng = random.Random(damage)
    for file in rng.sample(index_files(sound), 6):
        harm(folder, file, damage)
    with Archive.open(folder) as archive, open_engine(folder) as engine:
        archive.reindex()
        archive.maintain()
        assert check_archive(archive) == []
        assert engine.search("id:full").total == 1
        assert engine.search("*").total == archive.store.count() == archive.manifest().live_docs
        assert archive.manifest().spaces


MANIFESTS = {
    "truncated": DAMAGE["truncated"],
    "missing": DAMAGE["missing"],
    "empty": DAMAGE["empty"],
    "a PNG": DAMAGE["a PNG"],
    "a flipped bit": lambda content: flipped(content, len(content) // 2),
    "no UTF-8": lambda content: b'{"a": "\xff"}',
    "another's JSON": lambda content: b'{"format": "other", "version": 1, "crc32": 0}',
    "no object": lambda content: b"[1, 2]",
    "deeply nested": lambda content: b"[" * 100_000,
    "reformatted": lambda content: json.dumps(json.loads(content)).encode(),
    "of a later version": lambda content: content.replace(b'"version": 1', b'"version": 4'),
}


@pytest.mark.parametrize("damage", MANIFESTS)
def test_a_damaged_manifest_is_named_and_healed(sound: Path, tmp_path: Path, damage: str) -> None:
    folder = tmp_path / "archive"
    copy(sound, folder)
    generation = Manifest.load(ArchiveFolder(folder).index).generation
    manifest = folder / "index/manifest.json"
    content = MANIFESTS[damage](manifest.read_bytes())
    manifest.unlink()
    if content is not None:
        manifest.write_bytes(content)
    with open_engine(folder) as engine, Archive.open(folder) as archive:
        for use_it in (
            lambda: engine.search("moon"),
            lambda: archive.remove(["a1"]),
            lambda: archive.add([full("x")]),
            archive.maintain,
            archive.status,
        ):
            with pytest.raises(IndexDamagedError, match=r"manifest\.json: .*run 'readmore reindex'") as raised:
                use_it()
            assert ("version 4, this readmore reads versions 1 to 3" in str(raised.value)) == (
                damage == "of a later version"
            )
        assert check_archive(archive) == [f"{raised.value.path}: {raised.value.what}"]
        archive.reindex()
        assert check_archive(archive) == []
        # a generation is never given twice, or a reader would take the new index for the one it has open
        assert archive.manifest().generation > generation
        assert engine.search("*", limit=1).total == archive.store.count()


@pytest.mark.parametrize("folder_name", ["index", "index/segments", "index/spaces"])
def test_a_missing_folder_is_healed(sound: Path, tmp_path: Path, folder_name: str) -> None:
    folder = tmp_path / "archive"
    copy(sound, folder)
    shutil.rmtree(folder / folder_name)
    with open_engine(folder) as engine, Archive.open(folder) as archive:
        with pytest.raises(IndexDamagedError, match=r"is missing; the articles are safe, run 'readmore reindex'"):
            engine.search("moon")
        assert check_archive(archive)
        archive.reindex()
        assert check_archive(archive) == []
        assert engine.search("*", limit=1).total == archive.store.count()


def test_every_flipped_bit_of_a_manifest_is_noticed(sound: Path, tmp_path: Path) -> None:
    content = (sound / "index/manifest.json").read_bytes()
    good = Manifest.load(ArchiveFolder(sound).index)
    rng = random.Random(11)
    for at in [*rng.sample(range(len(content)), 300), *range(len(content) - 30, len(content))]:
        flip = bytes([content[at] ^ (1 << rng.randrange(8))])
        (tmp_path / "manifest.json").write_bytes(content[:at] + flip + content[at + 1 :])
        try:
            found = Manifest.load(IndexFolder(tmp_path))
        except IndexDamagedError:
            continue
        assert found == good, f"bit flipped in byte {at}"  # white space behind the last key


def test_an_open_engine_sees_an_index_that_was_rebuilt_after_its_manifest_was_lost(sound: Path, tmp_path: Path) -> None:
    """Its generation began again at 1, which was the number the engine had open."""
    with Archive.create(tmp_path) as archive, open_engine(tmp_path) as engine:
        archive.add([full("a")])
        assert engine.search("*").total == 1
        archive.store.put([full("b")])
        (tmp_path / "index/manifest.json").unlink()
        archive.reindex()
        assert engine.search("*").total == 2


def test_a_lost_manifest_does_not_pass_for_an_empty_archive(sound: Path, tmp_path: Path) -> None:
    folder = tmp_path / "archive"
    copy(sound, folder)
    (folder / "index/manifest.json").unlink()
    with Archive.open(folder) as archive:
        assert check_archive(archive) == [f"{folder}/index/manifest.json: is missing"]
        with pytest.raises(IndexDamagedError, match=r"manifest\.json: is missing"):
            archive.add([full("x")])


def test_a_merge_does_not_give_damage_a_new_checksum(sound: Path, tmp_path: Path) -> None:
    folder = tmp_path / "archive"
    copy(sound, folder)
    entry = Manifest.load(ArchiveFolder(folder).index).segments[0]
    harm(folder, Path("index/segments", entry.name, "arrays.npys"), "the last bit flipped")
    with Archive.open(folder) as archive:
        manifest = archive.manifest()
        with pytest.raises(IndexDamagedError, match=r"arrays\.npys: has the checksum"):
            merge_policy.merge(archive.index, manifest, manifest.segments, archive.writing)
        assert any("arrays.npys" in problem for problem in check_archive(archive))
        archive.add([full("x")])  # goes on


def test_a_store_that_is_older_than_the_index_is_noticed(tmp_path: Path) -> None:
    """articles.db from last week's backup: its next sequence numbers are already taken in the index."""
    with Archive.create(tmp_path / "archive") as archive:
        archive.add([full("a"), full("b")])
    shutil.copytree(tmp_path / "archive", tmp_path / "backup")
    with Archive.open(tmp_path / "archive") as archive:
        archive.add([full("c"), full("d")])
        archive.remove(["a"])
    for file in (tmp_path / "archive").glob("articles.db*"):
        file.unlink()
    for file in (tmp_path / "backup").glob("articles.db*"):
        shutil.copy(file, tmp_path / "archive")
    with Archive.open(tmp_path / "archive") as archive, open_engine(tmp_path / "archive") as engine:
        assert "articles.db: is older than the index, or another archive's" in check_archive(archive)[0]
        with pytest.raises(ArticlesDamagedError, match=r"articles\.db: is older than the index"):
            archive.add([full("e")])
        assert engine.search("*").total == 3  # it still serves
        with pytest.raises(ArticlesDamagedError, match=r"lacks 2 articles that the index has, the first is c"):
            archive.reindex()
        archive.reindex(accept_loss=True)
        archive.add([full("e")])
        assert {hit.article.id for hit in engine.search("*").hits} == {"a", "b", "e"}
        assert check_archive(archive) == []


def test_check_finds_what_differs_between_index_and_store(sound: Path, tmp_path: Path) -> None:
    folder = tmp_path / "archive"
    copy(sound, folder)
    with Archive.open(folder) as archive:
        archive.store._db.execute("DELETE FROM articles WHERE id = 'full'")
        assert check_archive(archive) == [f"{archive.folder.articles}: lacks 1 article that the index has: full"]
        with pytest.raises(ArticlesDamagedError, match="lacks 1 article that the index has: full"):
            archive.add([])
        archive.store._db.execute("UPDATE articles SET id = 'other' WHERE id = 'later'")
        assert f"{archive.index.path}: the article later is another in the store" in check_archive(archive)
        archive.store._db.execute("INSERT INTO articles (seq, id, digest, record) VALUES (1, 'x', 'x', 'x')")
        assert any("the article x is stored and not in the index" in problem for problem in check_archive(archive))


def test_check_is_content_with_what_waits_to_be_indexed(sound: Path, tmp_path: Path) -> None:
    folder = tmp_path / "archive"
    copy(sound, folder)
    with Archive.open(folder) as archive:
        archive.store.put([full("waiting")])
        archive.store.remove(["full"])
        assert check_archive(archive) == []
        assert archive.status()["waiting"] == 0  # one more, one less
        archive.add([])
        assert check_archive(archive) == []


def test_a_damaged_article_store_is_named(tmp_path: Path) -> None:
    with Archive.create(tmp_path) as archive:
        archive.add([full("a")])
    (tmp_path / "articles.db").write_bytes(png())
    with pytest.raises(ReadmoreError, match=r"articles\.db: not a readable article store .*readmore restore BACKUP"):
        Archive.open(tmp_path)
