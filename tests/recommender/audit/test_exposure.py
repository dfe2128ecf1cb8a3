"""How evenly articles are offered, and the re-ranking that evens it out."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.archive import Archive
from indexer.article.article import Article
from indexer.base.archive_folder import ArchiveFolder
from readmore import open_engine
from recommender.audit.exposure import compare_penalties, gini, in_degrees, reranked
from recommender.audit.graph import NEAREST, SHOWN, WIDTH, Graph, related_graph
from recommender.editors.exposure_penalty import EvennessError, handicap, load_evenness, save_evenness
from recommender.related import Recommender
from recommender.request.options import RelatedOptions
from recommender.request.seeds import ArticleSeed
from tests.opening import recommending
from tests.recommender.archives import article, several

RecommenderOf = Callable[[Iterable[Article]], Recommender]


def graph(lists: list[list[int]], scores: list[list[float]]) -> Graph:
    """A graph whose sources are the docs from 0 on."""
    n = len(lists)
    targets, values = np.full((n, WIDTH), -1, np.int64), np.zeros((n, WIDTH), np.float32)
    for row, (docs, own) in enumerate(zip(lists, scores, strict=True)):
        targets[row, : len(docs)], values[row, : len(docs)] = docs, own
    none = np.zeros((n, NEAREST))
    story = np.zeros((n, WIDTH), bool)
    return Graph(np.arange(n), targets, values, story, none.astype(np.int64) - 1, none.astype(np.float32), [], n)


@given(st.lists(st.integers(0, 50), min_size=1, max_size=30))
def test_gini_is_half_the_mean_difference_over_the_mean(counts: list[int]) -> None:
    array = np.array(counts)
    pairs = np.abs(array[:, None] - array[None, :]).mean()
    assert gini(array) == pytest.approx(pairs / (2 * array.mean()) if array.sum() else 0.0)


def test_in_degrees_count_lists() -> None:
    assert in_degrees(np.array([[1, 2, -1], [2, -1, -1]]), 4).tolist() == [0, 1, 2, 0]


def test_without_a_penalty_nothing_moves_and_with_one_the_less_offered_of_equals_comes_first() -> None:
    lists = graph([[2, 3], [2], [0, 2]], [[0.5, 0.49], [0.5], [0.5, 0.3]])
    counts = in_degrees(lists.targets, 4)
    assert reranked(lists, handicap(counts, 0.0))[0][0, :2].tolist() == [2, 3]
    targets, scores = reranked(lists, handicap(counts, 0.05))
    assert targets[0, :2].tolist() == [3, 2]
    assert scores[0, :2].tolist() == pytest.approx([0.49, 0.5]), "scores are those before the penalty"
    assert targets[2, :3].tolist() == [0, 2, -1], "no place is filled with nothing"


def test_a_penalty_offers_more_articles_at_a_cost_that_is_stated() -> None:
    many = list(range(1, SHOWN + 4))
    lists = graph([many] * 12, [[0.5 - 0.001 * doc for doc in many]] * 12)
    links = {source: frozenset({1}) for source in range(12)}
    before, after = compare_penalties(lists, np.arange(SHOWN + 4), links, (0.0, 0.05))
    assert (before.offered, after.offered) == (SHOWN, SHOWN)
    assert before.ndcg == 1.0
    assert after.ndcg is not None
    assert after.ndcg < 1.0
    assert after.score < before.score
    assert compare_penalties(lists, np.arange(SHOWN + 4), {}, (0.0,))[0].ndcg is None


def test_the_setting_changes_answers_of_a_running_service_and_can_be_taken_back(tmp_path: Path) -> None:
    with Archive.create(tmp_path) as archive, open_engine(tmp_path) as engine:
        archive.add([*several(12), article("chess", 30)])
        recommender = recommending(engine)

        def answer() -> list[str]:
            return [
                item.article.id
                for item in recommender.related(ArticleSeed("chess-30"), RelatedOptions(limit=10)).related
            ]

        before, edition = answer(), recommender.edition()
        corpus = recommender.corpus()
        seqs = {corpus.article_id(doc): int(seq) for doc, seq in enumerate(corpus.seqs)}
        save_evenness(
            ArchiveFolder(tmp_path), 0.1, {seq: 50 if name == before[0] else 1 for name, seq in seqs.items()}, {}
        )
        assert answer()[-1] != before[-1] or answer()[0] != before[0]
        assert answer()[0] != before[0]
        assert recommender.edition() != edition
        without = recommending(engine, exposure_penalty=False).related(
            ArticleSeed("chess-30"), RelatedOptions(limit=10)
        )
        assert [item.article.id for item in without.related] == before
        save_evenness(ArchiveFolder(tmp_path), 0, {}, {})
        assert answer() == before
        assert not ArchiveFolder(tmp_path).exposure_counts.exists()


def test_an_article_that_came_later_is_ranked_as_one_that_is_offered_as_often_as_the_mean(tmp_path: Path) -> None:
    with Archive.create(tmp_path) as archive, open_engine(tmp_path) as engine:
        archive.add([article("chess", number) for number in range(4)])
        save_evenness(ArchiveFolder(tmp_path), 0.5, {1: 0, 2: 8, 3: 4}, {})
        setting = load_evenness(ArchiveFolder(tmp_path))
        assert setting is not None
        least, most, mean, new = setting.handicaps(recommending(engine).corpus()).tolist()
    assert new == 0
    assert mean == pytest.approx(0, abs=1e-6)
    assert least < mean < most


@pytest.mark.parametrize(
    "text", ["", "[]", '{"version": 9, "penalty": 1}', '{"version": 1}', '{"version": 1, "penalty": 8}']
)
def test_a_setting_that_cannot_be_used_is_said_and_does_not_stop_the_service(tmp_path: Path, text: str) -> None:
    with Archive.create(tmp_path) as archive:
        archive.add(several(5))
    save_evenness(ArchiveFolder(tmp_path), 0.1, {1: 3}, {})
    ArchiveFolder(tmp_path).exposure_penalty.write_text(text)
    with pytest.raises(EvennessError, match=r"evenness\.json"):
        load_evenness(ArchiveFolder(tmp_path))
    with open_engine(tmp_path) as engine:
        assert recommending(engine).related(ArticleSeed("chess-1")).related


@pytest.mark.parametrize("penalty", [-0.1, 1.5, float("nan")])
def test_a_penalty_out_of_bounds_is_refused(tmp_path: Path, penalty: float) -> None:
    with pytest.raises(EvennessError, match="between 0 and 1"):
        save_evenness(ArchiveFolder(tmp_path), penalty, {}, {})


def test_the_file_can_be_read_by_a_person(tmp_path: Path) -> None:
    save_evenness(ArchiveFolder(tmp_path), 0.02, {1: 3}, {"before": {"offered": 1}})
    record = json.loads(ArchiveFolder(tmp_path).exposure_penalty.read_text())
    assert {key: value for key, value in record.items() if "crc32" not in key} == {
        "version": 1,
        "penalty": 0.02,
        "measured": {"before": {"offered": 1}},
    }


def test_the_graph_has_the_lists_that_readers_get_and_a_sample_says_that_it_is_one(tmp_path: Path) -> None:
    with Archive.create(tmp_path) as archive, open_engine(tmp_path) as engine:
        archive.add([*several(8), article("bread", 99), article("bread", 99, id="bread-copy")])
        corpus = recommending(engine).corpus()
        whole = related_graph(recommending(engine), corpus, 1000)
        recommender = recommending(engine)
        for doc, targets in zip(whole.sources.tolist(), whole.targets[:, :SHOWN].tolist(), strict=True):
            shown = recommender.related(ArticleSeed(corpus.article_id(doc)), RelatedOptions(limit=SHOWN))
            ids = [corpus.article_id(target) for target in targets if target >= 0]
            assert ids == [item.article.id for item in shown.related if not shown.fallback]
        assert whole.complete
        assert {frozenset(map(corpus.article_id, pair)) for pair in whole.copies} == {
            frozenset({"bread-99", "bread-copy"})
        }
        assert not (whole.near == whole.sources[:, None]).any(), "no article is near itself"
        sample = related_graph(recommending(engine), corpus, 5)
    assert len(sample.sources) == 5
    assert not sample.complete
