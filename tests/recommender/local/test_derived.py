"""What is derived for recommending is kept by whoever changes the archive; to answer, nothing is written."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import FrozenInstanceError, dataclass, field
from pathlib import Path
from typing import Any

import pytest

import readmore
from indexer.archive import Archive
from indexer.article.article import Article
from indexer.base.archive_folder import ArchiveFolder
from readmore import open_engine, open_recommender
from recommender.audit.report import _Writer, make_report
from recommender.commands.reindex import AssertionsFailedError, _Gate
from recommender.feedback import learning
from recommender.feedback.click_judgements import Preference, click_examples
from recommender.feedback.editor_links import editor_links
from recommender.local import forward_index
from recommender.names import vocabulary
from recommender.request.options import RelatedOptions
from recommender.request.seeds import ArticleSeed
from recommender.results import block_to_dict, result_to_dict
from search.engine import Engine
from tests.opening import recommending
from tests.recommender.archives import article, several
from tests.recommender.command import run
from web.export.export import export


@dataclass
class Disk:
    """A folder that cannot be written to. The test's user may be root, whom no mode of a folder stops."""

    folder: Path | None = None
    attempts: list[str] = field(default_factory=list)


DISK = Disk()
_CHANGES = {"os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.truncate", "shutil.rmtree"}
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC


def _audit(event: str, args: tuple[Any, ...]) -> None:
    if DISK.folder is None or not (event in _CHANGES or (event == "open" and (args[2] or 0) & _WRITES)):
        return
    if isinstance(args[0], str | os.PathLike) and Path(args[0]).absolute().is_relative_to(DISK.folder):
        DISK.attempts.append(f"{event} {args[0]}")
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))


sys.addaudithook(_audit)  # SQLite opens its files past Python, so the articles stay readable


@contextmanager
def read_only(folder: Path) -> Iterator[list[str]]:
    """Nothing in the folder can be written; gives what was tried."""
    DISK.folder, DISK.attempts = folder, []
    try:
        yield DISK.attempts
    finally:
        DISK.folder = None


def archive_of(folder: Path, articles: list[Article]) -> Path:
    with Archive.create(folder) as archive:
        archive.add(articles)
        archive.maintain()
    return folder


def prepare(data: Path) -> None:
    with open_engine(data) as engine:
        recommending(engine).prepare()


def files(folder: Path) -> dict[str, tuple[int, int]]:
    """What is in a folder, and which copy of it."""
    return {
        str(path.relative_to(folder)): (path.stat().st_ino, path.stat().st_mtime_ns)
        for path in folder.rglob("*")
        if path.is_file()
    }


def answers(data: Path) -> list[Any]:
    with open_engine(data) as engine:
        recommender = recommending(engine)
        found = [hit.article.id for hit in engine.search("rook").hits]
        listed = [
            result_to_dict(recommender.related(ArticleSeed(f"chess-{n}"), RelatedOptions(limit=20)))["related"]
            for n in range(8)
        ]
        return [
            found,
            listed,
            [block_to_dict(recommender.block(ArticleSeed(f"chess-{n}")))["groups"] for n in range(8)],
        ]


def without_time(report: dict[str, Any]) -> dict[str, Any]:
    return report | {"archive": {**report["archive"], "at": ""}}


@pytest.mark.parametrize("kept", ["nothing", "all", "damaged"])
def test_an_archive_that_cannot_be_written_to_answers_all_the_same(tmp_path: Path, kept: str) -> None:
    articles = [*several(8), article("chess", 20, status="retracted"), article("chess", 21, links=("/chess/1/",))]
    data = archive_of(tmp_path / "archive", articles)
    prepare(archive_of(tmp_path / "other", articles))
    if kept != "nothing":
        prepare(data)
    if kept == "damaged":
        for path in data.glob("related/**/*.json"):
            path.write_text("{")
    before = files(data / "related")
    with read_only(data) as attempts:
        found = answers(data)
        assert attempts == []
        with open_engine(data) as engine:
            report = make_report(recommending(engine), workers=1)
            exported = export(recommending(engine), tmp_path / "exported", "/{id}", workers=1)
    assert files(data / "related") == before
    assert found == answers(tmp_path / "other")
    assert found[1][1]
    with open_engine(tmp_path / "other") as engine:
        assert without_time(report) == without_time(make_report(recommending(engine), workers=1))
        export(recommending(engine), tmp_path / "exported-too", "/{id}", workers=1)
    blocks = [(path.name, path.read_bytes()) for path in sorted((tmp_path / "exported").glob("*/*.html"))]
    assert blocks == [(path.name, path.read_bytes()) for path in sorted((tmp_path / "exported-too").glob("*/*.html"))]
    assert (exported.articles, exported.failed, exported.overtaken) == (len(articles), [], False)


def test_an_index_that_assertions_refuse_leaves_what_is_kept_alone(tmp_path: Path) -> None:
    data = archive_of(tmp_path / "archive", several(8))
    prepare(data)
    before = files(data / "related")
    (data / "assertions.yaml").write_text("- {article: chess-1, has: bread-1}\n", "utf-8")
    with Archive.open(data) as archive, pytest.raises(AssertionsFailedError):
        archive.reindex(approve=_Gate(open_recommender, data, anyhow=False))
    assert files(data / "related") == before


def test_another_generation_than_the_current_one_keeps_nothing(tmp_path: Path) -> None:
    data = archive_of(tmp_path / "archive", several(8))
    with Archive.open(data) as archive:
        manifest = archive.manifest()
        archive.add([article("violin", n, status="retracted") for n in range(20, 40)])
    prepare(data)
    before = files(data / "related")
    with open_engine(data, manifest=manifest) as engine:
        older = recommending(engine)
        older.prepare()
        assert older.related(ArticleSeed("chess-1")).related
    assert files(data / "related") == before


def test_what_is_kept_for_segments_that_are_gone_goes_and_nothing_newer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the look at the generation and the sweep another process commits, and keeps what it derived."""
    data = archive_of(tmp_path / "archive", several(8))
    prepare(data)
    with Archive.open(data) as archive, open_engine(data) as engine:
        (gone,) = (segment.entry.name for segment in engine.index().snapshot.segments)
        archive.reindex()
        look = forward_index.segments_kept

        def late(root: Path) -> set[str]:
            monkeypatch.setattr(forward_index, "segments_kept", look)
            archive.add([article("violin", 20)])
            prepare(data)
            return look(root)

        monkeypatch.setattr(forward_index, "segments_kept", late)
        recommending(engine).prepare()
        assert forward_index.segments_kept is look
        names = {segment.entry.name for segment in engine.index().snapshot.segments}
    kept = forward_index.segments_kept(ArchiveFolder(data).related)
    assert len(names) == 2
    assert kept == names
    assert gone not in kept


def test_a_process_derives_what_is_missing_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = archive_of(tmp_path / "archive", several(8))
    built: list[int] = []
    read: list[int] = []
    named: list[int] = []
    build, withheld, name_words = forward_index.build, Engine.withheld, vocabulary.name_words
    monkeypatch.setattr(
        forward_index,
        "build",
        lambda segment, *rest, **by: built.append(segment.max_doc) or build(segment, *rest, **by),
    )
    monkeypatch.setattr(
        Engine, "withheld", lambda self, after, to: read.append(to - after) or withheld(self, after, to)
    )
    monkeypatch.setattr(vocabulary, "name_words", lambda found: named.append(len(found)) or name_words(found))
    with Archive.open(data) as archive, open_engine(data) as engine:
        recommender = recommending(engine)
        for _ in range(3):
            assert recommender.related(ArticleSeed("chess-1")).related
        archive.add([article("violin", 20)])
        assert recommender.related(ArticleSeed("violin-20")).related
    assert (built, read, named) == ([32, 1], [32, 1], [32])
    assert not (data / "related").exists()


def test_whoever_adds_or_removes_articles_keeps_what_is_derived(tmp_path: Path) -> None:
    data = tmp_path / "archive"
    with readmore.open(data) as archive:
        archive.add(several(8))
        assert {path.name for path in (data / "related").iterdir()} >= {"names.json"}
        before = files(data / "related")
        archive.add(several(8))
        assert files(data / "related") == before
        archive.remove([f"chess-{n}" for n in range(4)])
    after = files(data / "related")
    assert after != before
    run(data, "remove", *(f"bread-{n}" for n in range(8)))
    assert files(data / "related") != after
    with open_engine(data) as engine:
        (segment,) = engine.index().snapshot.segments
        kept = forward_index.load(ArchiveFolder(data).related, segment, engine.index().snapshot.num_docs)
    assert kept is not None
    assert kept.archive_docs == 20


def test_a_corpus_is_made_in_one_step(tmp_path: Path) -> None:
    with open_engine(archive_of(tmp_path / "archive", several(3))) as engine:
        corpus = recommending(engine).corpus()
        with pytest.raises(FrozenInstanceError):
            corpus.withheld = None


def judged(folder: Path) -> Path:
    """An archive whose articles link to the next on their subject, to a retracted and to an expired one."""
    links = ("/chess-20/", "/chess-21/")
    articles = [
        article(one.id.split("-")[0], n // 4, id=one.id, links=(f"/{one.id.split('-')[0]}-{(n // 4 + 1) % 8}/", *links))
        for n, one in enumerate(several(8))
    ]
    gone = [article("chess", 20, status="retracted"), article("chess", 21, expires=articles[0].date)]
    return archive_of(folder, [*articles, *gone])


def test_nothing_is_learned_from_what_is_not_offered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = judged(tmp_path / "archive")
    seen: list[learning.Example] = []
    learn = learning.learn
    monkeypatch.setattr(learning, "learn", lambda known, prior: seen.extend(known) or learn(known, prior))
    run(data, "learn")
    with open_engine(data) as engine:
        corpus = recommending(engine).corpus()
        assert len(seen) == 32
        assert all(corpus.offered()[example.docs].all() for example in seen)
        assert {example.total for example in seen} == {1}
        ids = {f"chess-{n}": engine.seqs([f"chess-{n}"])[f"chess-{n}"] for n in (1, 2, 3, 20, 21)}
        docs = {name: corpus.doc_of(seq) for name, seq in ids.items()}
        clicked = {"chess-1": {name: Preference(9, 1.0) for name in ("chess-2", "chess-3", "chess-20", "chess-21")}}
        (example,) = click_examples(corpus, clicked, docs)
        assert example.docs.tolist() == sorted([docs["chess-2"], docs["chess-3"]])
        assert example.total == 2


def test_editors_links_to_what_is_not_offered_measure_nothing(tmp_path: Path) -> None:
    with open_engine(judged(tmp_path / "archive")) as engine:
        corpus = recommending(engine).corpus()
        links = editor_links(engine, corpus)
        assert len(links) == 32
        assert all(corpus.offered()[list(targets)].all() for targets in links.values())
        assert (
            make_report(recommending(engine), workers=1)["links"]["retracted"]["count"] == 32
        )  # which the report names all the same


def test_an_older_version_is_no_article_of_its_section(tmp_path: Path) -> None:
    data = archive_of(tmp_path / "archive", several(8))
    with Archive.open(data) as archive, open_engine(data) as engine:
        archive.add([article("chess", n, extra="Changed.", section="SPORT") for n in range(4)])
        corpus = recommending(engine).corpus()
        assert corpus.max_doc == 36
        sections = _Writer(engine, corpus, 5)._column("section")
    assert [sections.count(name) for name in ("NEWS", "SPORT", "")] == [28, 4, 4]


def test_a_prepared_archive_is_not_written_again(tmp_path: Path) -> None:
    data = archive_of(tmp_path / "archive", several(8))
    prepare(data)
    before = files(data / "related")
    prepare(data)
    assert files(data / "related") == before
