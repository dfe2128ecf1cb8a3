"""What is common in an archive is counted once, and holds until the archive has grown by a tenth."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import readmore
from indexer.archive import Archive
from indexer.article.article import Article
from indexer.base.archive_folder import ArchiveFolder
from recommender.corpus.corpus import Corpus
from recommender.corpus.terms import hash_terms
from recommender.local import statistics
from recommender.local.corpora import LocalCorpora
from recommender.local.corpus import LocalCorpus
from recommender.local.statistics import stepped
from recommender.local.verification import derived_problems
from recommender.request.options import RelatedOptions
from recommender.request.seeds import ArticleSeed
from recommender.results import block_to_dict
from tests.recommender.archives import article, several

FEW = 40


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(statistics, "LEAST_DOCS", FEW)
    monkeypatch.setattr("recommender.ranking.kept_calibration.LEAST_DOCS", FEW)
    put(tmp_path / "archive", several(20))
    (tmp_path / "archive" / "readmore.toml").write_text("[blocks]\njustified = false\n", "utf-8")
    prepare(tmp_path / "archive")
    return tmp_path / "archive"


def put(data: Path, articles: list[Article]) -> None:
    with Archive.create(data) as archive:
        archive.add(articles)


def prepare(data: Path) -> None:
    with readmore.open_recommender(data) as recommender:
        recommender.prepare()


def corpus_of(data: Path) -> Corpus:
    with readmore.open_recommender(data) as recommender:
        return recommender.corpus()


def doc_freq(corpus: Corpus, *terms: str) -> list[int]:
    return corpus.doc_freq(hash_terms([term.encode() for term in terms])).tolist()


def test_steps_follow_what_was_rare_and_what_has_doubled() -> None:
    counted, now = np.array([20, 20, 20, 20, 3, 3, 0, 0, 8]), np.array([20, 39, 40, 9, 7, 9, 2, 33, 0])
    assert stepped(counted, now).tolist() == [20, 20, 40, 10, 7, 8, 2, 32, 0]
    every = np.arange(200)
    assert stepped(every, every).tolist() == every.tolist(), "what was counted a moment ago is as it is"


def test_counts_hold_until_the_archive_has_grown_by_a_tenth(data: Path) -> None:
    before = corpus_of(data)
    assert (before.counted_docs, before.num_docs) == (80, 80)
    put(data, [article("chess", n) for n in range(100, 106)])
    prepare(data)
    grown = corpus_of(data)
    assert (grown.counted_docs, grown.num_docs) == (80, 86)
    assert doc_freq(grown, "rook") == doc_freq(before, "rook")
    put(data, [article("chess", n) for n in range(106, 112)])
    prepare(data)
    assert corpus_of(data).counted_docs == 92


def test_a_block_stays_as_it_is_when_something_comes_that_is_not_in_it(data: Path) -> None:
    def block() -> dict[str, object]:
        with readmore.open_recommender(data) as recommender:
            return block_to_dict(recommender.block(ArticleSeed("chess-3"), RelatedOptions()))

    before = block()
    assert before["lead"]
    put(data, [article("bread", 300)])
    assert block() == before, "scores to the last digit"


@pytest.mark.parametrize("asked", [True, False])
def test_nothing_is_counted_of_a_generation_that_is_over(
    data: Path, monkeypatch: pytest.MonkeyPatch, asked: bool
) -> None:
    """It is handed on what was counted, over generations that nobody asked for it."""
    (ArchiveFolder(data).related / statistics.RECORD).unlink()
    with readmore.open_engine(data) as engine:
        corpora = LocalCorpora(engine)
        counted = corpora.current().counted_docs if asked else 82
        with monkeypatch.context() as counting:
            counting.setattr(LocalCorpus, "count", lambda _: pytest.fail("counted"))
            for number in (100, 101):
                put(data, [article("chess", number)])
                corpora.current()
        assert (corpora.current().num_docs, corpora.current().counted_docs) == (82, counted)


def test_a_small_archive_is_counted_each_time(tmp_path: Path) -> None:
    put(tmp_path / "a", several(3))
    prepare(tmp_path / "a")
    put(tmp_path / "a", [article("chess", 50)])
    assert corpus_of(tmp_path / "a").counted_docs == 13
    assert not (ArchiveFolder(tmp_path / "a").related / statistics.RECORD).exists()


def test_what_is_damaged_is_found_and_counted_anew(data: Path) -> None:
    put(data, [article("chess", 100)])
    related = ArchiveFolder(data).related
    file = next(related.glob(f"{statistics.NAME}-*.npys"))
    content = file.read_bytes()
    file.write_bytes(content[:-65] + bytes([content[-65] ^ 1]) + content[-64:])
    assert [path.name for path in derived_problems(ArchiveFolder(data))] == [file.name]
    assert corpus_of(data).counted_docs == 81
