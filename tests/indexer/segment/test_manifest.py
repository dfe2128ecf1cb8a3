"""The manifest: what is saved is loaded, and what is no manifest of this version is refused with a clear message."""

from __future__ import annotations

import json
import zlib
from pathlib import Path

import pytest

from indexer.base.archive_folder import IndexFolder
from indexer.base.durable_files import FileRecord
from indexer.base.errors import IndexDamagedError
from indexer.segment.manifest import VERSION, Bm25Parameters, Manifest, SegmentEntry, SpaceEntry

FULL = Manifest(
    generation=17,
    last_seq=40,
    last_removal=3,
    language="de",
    bm25=Bm25Parameters(k1=0.9, weights=(3.0, 1.5), b=(0.1, 0.4)),
    avgdl=(3.25, 1 / 3),
    segments=(
        SegmentEntry("s-1", 20, 20, {"arrays.npys": FileRecord(128, 7)}, "impacts-1.npy", (60, 400)),
        SegmentEntry(
            "s-2", 9, 40, {"é.npy": FileRecord(1, 2**32 - 1)}, "i", (1, 2), "deleted-3.npy", 4, {"lsa": "m.npy"}
        ),
    ),
    spaces={"lsa": SpaceEntry("lsa", "m-1-lsa", 256, 29, {"idf.npy": FileRecord(4, 4)})},
)


@pytest.mark.parametrize("manifest", [Manifest(), FULL], ids=["empty", "full"])
def test_what_is_saved_is_loaded(tmp_path: Path, manifest: Manifest) -> None:
    manifest.save(IndexFolder(tmp_path))
    assert Manifest.load(IndexFolder(tmp_path)) == manifest
    manifest.save(IndexFolder(tmp_path))
    assert [path.name for path in tmp_path.iterdir()] == ["manifest.json"]


def test_it_is_json_that_others_can_read_and_verify(tmp_path: Path) -> None:
    FULL.save(IndexFolder(tmp_path))
    text = IndexFolder(tmp_path).manifest.read_text()
    record = json.loads(text)
    assert record["format"] == "readmore-index"
    assert record["version"] == 1  # no segment has declared fields, so programs of that version read it
    assert not {"field_avgdl"} & record.keys() | {"fields", "incomplete"} & record["segments"][0].keys()
    assert record["segments"][0]["files"] == {"arrays.npys": [128, 7]}
    assert zlib.crc32(text.replace(f',\n "crc32": {record["crc32"]}\n}}\n', "\n}").encode()) == record["crc32"]


def test_live_articles_are_counted_and_averaged() -> None:
    assert FULL.live_docs == 25
    assert FULL.live_avgdl() == (61 / 25, 402 / 25)


def test_averages_of_nothing_are_zero() -> None:
    dead = SegmentEntry("s", 2, 2, {}, "", (0, 0), deleted_docs=2)
    assert Manifest(segments=(dead,)).live_avgdl() == (0.0, 0.0)


def save_text(folder: Path, text: str) -> None:
    IndexFolder(folder).manifest.write_text(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "3",
        "null",
        '"manifest"',
        "{}",
        '{"crc32": 1}',
        "[" * 100_000,
        '{"crc32": 1, "format": 2, "version": 1}',
    ],
    ids=lambda text: text[:12],
)
def test_what_is_no_manifest_is_refused(tmp_path: Path, text: str) -> None:
    save_text(tmp_path, text)
    with pytest.raises(
        IndexDamagedError, match=r"manifest\.json: is not a manifest of readmore; the articles are safe"
    ):
        Manifest.load(IndexFolder(tmp_path))


@pytest.mark.parametrize("version", [0, VERSION + 1, "2.0", None])
def test_another_version_is_refused_by_name(tmp_path: Path, version: object) -> None:
    save_text(tmp_path, json.dumps({"format": "readmore-index", "version": version, "crc32": 0, "unknown": []}))
    with pytest.raises(
        IndexDamagedError, match=f"has format version {version}, this readmore reads versions 1 to {VERSION}"
    ):
        Manifest.load(IndexFolder(tmp_path))


@pytest.mark.parametrize("change", [('"s-1"', '"s-9"'), ("17", "18"), ("128", "129"), (' "version"', '  "version"')])
def test_an_edited_manifest_is_noticed(tmp_path: Path, change: tuple[str, str]) -> None:
    FULL.save(IndexFolder(tmp_path))
    text = IndexFolder(tmp_path).manifest.read_text()
    assert change[0] in text
    save_text(tmp_path, text.replace(*change, 1))
    with pytest.raises(IndexDamagedError, match="is not as it was written"):
        Manifest.load(IndexFolder(tmp_path))


def test_a_manifest_in_another_layout_is_noticed(tmp_path: Path) -> None:
    FULL.save(IndexFolder(tmp_path))
    save_text(tmp_path, json.dumps(json.loads(IndexFolder(tmp_path).manifest.read_text()), indent=4))
    with pytest.raises(IndexDamagedError, match="is not as it was written"):
        Manifest.load(IndexFolder(tmp_path))


def test_a_missing_manifest_is_damage_and_not_an_empty_index(tmp_path: Path) -> None:
    with pytest.raises(IndexDamagedError, match=r"manifest\.json: is missing"):
        Manifest.load(IndexFolder(tmp_path))


def test_a_folder_in_its_place_is_named(tmp_path: Path) -> None:
    IndexFolder(tmp_path).manifest.mkdir()
    with pytest.raises(IndexDamagedError, match=r"manifest\.json: cannot be read \(Is a directory\)"):
        Manifest.load(IndexFolder(tmp_path))
