"""Archives that other versions wrote: what an earlier one kept is opened and searched, what is too new is named."""

from __future__ import annotations

import json
import sqlite3
import zipfile
import zlib
from pathlib import Path

import pytest
from click.testing import CliRunner

from indexer.archive import Archive
from indexer.article.article import Article
from indexer.base.errors import ReadmoreError
from indexer.check import check_archive
from indexer.segment.manifest import VERSION
from readmore import cli, open_engine
from recommender.request.seeds import ArticleSeed
from tests.data.make_archive import articles
from tests.opening import recommending

KEPT = sorted((Path(__file__).parent.parent / "data").glob("archive-v*.zip"))
EXPECTED = {article.id for article in articles()} - {"mars-crater"}


@pytest.fixture(params=KEPT, ids=lambda path: path.stem)
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    with zipfile.ZipFile(request.param) as packed:
        packed.extractall(tmp_path)
    return tmp_path


def found(path: Path, query: str) -> set[str]:
    with open_engine(path) as engine:
        return {hit.article.id for hit in engine.search(query, limit=50).hits}


def assert_answers(path: Path) -> None:
    assert found(path, "*") == EXPECTED
    assert found(path, "corrected") == {"moon-landing"}
    assert found(path, '"comet orbit"') == {"comet-orbit"}
    assert found(path, "section:launch -title:moon") == {"mars-launch", "comet-launch", "rocket-launch"}
    assert found(path, "café 月 author:bo") <= EXPECTED
    assert found(path, "tag:mars") == {i for i in EXPECTED if i.startswith("mars-")}
    assert found(path, "date:[2024-01-01 to 2024-01-31]") == {i for i in EXPECTED if i.startswith("moon-")} - {
        "moon-landing"
    }
    with open_engine(path) as engine:
        assert engine.search("moon").hits[0].article.id.startswith("moon-")
        snapshot = engine.index().snapshot
        assert set(snapshot.manifest.spaces) == {"lsa"}
        assert all("lsa" in segment.entry.vectors for segment in snapshot.segments)
        assert recommending(engine).related(ArticleSeed("mars-orbit")).related


def test_the_current_version_is_among_those_kept() -> None:
    assert f"archive-v{VERSION}" in {path.stem for path in KEPT}


def test_what_an_earlier_version_wrote_is_opened_and_searched(kept: Path) -> None:
    with Archive.open(kept) as archive:
        assert check_archive(archive) == []
    assert_answers(kept)


def test_what_an_earlier_version_wrote_takes_articles_and_is_rebuilt(kept: Path) -> None:
    with Archive.open(kept) as archive:
        assert archive.add(articles()[:1]).changed == 1
        archive.add([Article(id="moon-landing", title="The moon landing, corrected")])
        archive.maintain()
        assert check_archive(archive) == []
        assert_answers(kept)
        archive.reindex()
        assert check_archive(archive) == []
    assert_answers(kept)


@pytest.mark.parametrize("kept", [path for path in KEPT if path.stem != "archive-v1"], indirect=True, ids=str)
def test_declared_fields_that_an_earlier_version_indexed_are_searched(kept: Path) -> None:
    for _ in range(2):
        assert found(kept, "standfirst:second") == {i for i in EXPECTED if i.endswith("-orbit")}
        assert found(kept, 'standfirst:"third of five"') == {i for i in EXPECTED if i.endswith("-launch")}
        assert found(kept, 'series:"mars week"') == {i for i in EXPECTED if i.startswith("mars-")}
        assert found(kept, "rating:>4") == {i for i in EXPECTED if i.endswith("-probe")}
        assert found(kept, "updated:2024-06-02") == {i for i in EXPECTED if i.endswith("-orbit")}
        assert found(kept, "original:comet") == {i for i in EXPECTED if i.startswith("comet-")}
        assert found(kept, "sponsored:yes") == {i for i in EXPECTED if i.endswith("-launch")}
        with Archive.open(kept) as archive:
            assert "outdated_fields" not in archive.status()
            assert archive.store.get("mars-orbit").fields["undeclared"] == 1
            archive.reindex()


@pytest.mark.parametrize("version", [0, VERSION + 1])
@pytest.mark.parametrize("command", [["search", "moon"], ["related", "mars-orbit"], ["status"], ["index", "-"]])
def test_an_index_of_another_version_is_named_with_what_to_do(kept: Path, version: int, command: list[str]) -> None:
    with_version(kept, version)
    with pytest.raises(ReadmoreError) as raised:
        CliRunner().invoke(cli, ["--data", str(kept), *command], catch_exceptions=False, standalone_mode=False)
    assert str(raised.value) == (
        f"{kept}/index/manifest.json: has format version {version}, this readmore reads versions 1 to {VERSION}; "
        "the articles are safe, run 'readmore reindex' to rebuild the index"
    )


@pytest.mark.parametrize("version", [0, VERSION + 1])
def test_an_index_of_another_version_is_rebuilt(kept: Path, version: int) -> None:
    with_version(kept, version)
    with Archive.open(kept) as archive:
        archive.reindex()
        assert check_archive(archive) == []
    assert_answers(kept)


def test_articles_of_a_later_version_are_named_with_what_to_do(kept: Path) -> None:
    db = sqlite3.connect(kept / "articles.db")
    db.execute("PRAGMA user_version=7")
    db.close()
    for open_archive in (Archive.open, open_engine):
        with pytest.raises(ReadmoreError, match=r"articles\.db: has format version 7, .* versions 1 to 2"):
            open_archive(kept)


def with_version(path: Path, version: int) -> None:
    """Makes the manifest one of this version, intact as far as anyone can tell."""
    manifest = path / "index" / "manifest.json"
    record = json.loads(manifest.read_text())
    del record["crc32"]
    body = json.dumps(record | {"version": version}, indent=1)
    manifest.write_text(f'{body[:-2]},\n "crc32": {zlib.crc32(body.encode())}\n}}\n')
