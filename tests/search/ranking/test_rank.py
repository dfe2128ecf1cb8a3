"""Ranking: what is found, in which order, and that filters, deletions and pages hold through fusion and feedback."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from indexer.archive import Archive
from indexer.article.article import Article
from indexer.commit import lsa_refit
from indexer.vectors.lsa import fit
from search.evaluation.collection import load
from search.evaluation.measures import mean, per_query
from search.evaluation.runs import indexed, query_runs
from search.lexical.leg import evaluated
from search.local.index import LocalIndex, LocalSpace
from search.query.parser import parse
from search.ranking import candidates
from search.ranking import rank as rank_module
from search.ranking.fusion import FusionSettings
from search.ranking.rank import Ranking, rank
from search.reader.snapshot import Snapshot

TOPICS = {
    "moon": "lunar crater regolith lander rover probe dust crew apollo orbit",
    "trade": "tariff export import customs duty quota shipment port treaty dollar",
    "health": "patient vaccine clinic doctor virus nurse dose fever hospital trial",
}

OTHER_WORDS = "a60"  # an article on the Moon that has none of the words of SUBJECT
SUBJECT = "regolith crater rover lander"


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    """61 articles on three topics that share no words, most of 8 of its topic's 10 words and one word of its own."""
    chance = random.Random(4)
    articles = []
    for number in range(60):
        topic = list(TOPICS)[number % 3]
        words = chance.sample(TOPICS[topic].split(), 8)
        body = " ".join([*words, *chance.choices(words, k=4), f"unique{number}"])
        articles.append(Article(id=f"a{number}", title=f"{words[0]} {words[1]}", body=body, section=topic))
    articles.append(Article(id=OTHER_WORDS, title="Apollo crew", body="lunar probe orbit dust apollo", section="moon"))
    with Archive.create(tmp_path_factory.mktemp("archive")) as made:
        made.add(articles)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(lsa_refit, "fit", partial(fit, dim=6))  # so few that words of one topic fall together
            made.maintain()
        yield made


@pytest.fixture
def index(archive: Archive) -> LocalIndex:
    return LocalIndex(Snapshot.open(archive.index))


def ids(index: LocalIndex, found: Ranking) -> list[str]:
    return [index.article_id(doc) for doc in found.docs.tolist()]


def is_about(article_id: str, topic: str) -> bool:
    return list(TOPICS)[int(article_id[1:]) % 3] == topic


def test_a_subject_finds_articles_that_have_none_of_its_words(index: LocalIndex) -> None:
    found = ids(index, rank(index, parse(SUBJECT), 61))
    by_words = ids(index, rank(index, parse(SUBJECT), 61, legs=["bm25"]))
    assert OTHER_WORDS in found
    assert OTHER_WORDS not in by_words
    assert set(by_words) < set(found)
    assert all(is_about(article, "moon") for article in found)


def test_a_condition_finds_only_what_meets_it(index: LocalIndex) -> None:
    found = rank(index, parse('"zzz"'), 60)
    assert not len(found.docs)
    both = rank(index, parse("regolith AND crater"), 60)
    assert both.total == len(both.docs) < rank(index, parse("regolith crater"), 60).total


def test_a_word_that_only_one_article_has_finds_that_article_first(index: LocalIndex) -> None:
    for number in (3, 31, 58):
        assert ids(index, rank(index, parse(f"unique{number}"), 5))[:1] == [f"a{number}"]


@pytest.mark.parametrize(
    "query", ["regolith crater dust", "patient fever", "unique7", "tariff OR quota", "crater -dust"]
)
def test_pages_fit_together_whatever_the_depth(index: LocalIndex, query: str) -> None:
    whole = rank(index, parse(query), 60)
    for depth in (1, 5, 10, 25):
        part = rank(index, parse(query), depth)
        assert part.docs.tolist() == whole.docs.tolist()[:depth]
        assert part.scores.tolist() == whole.scores.tolist()[:depth]
        assert part.total == whole.total
    assert (np.diff(whole.scores) <= 0).all()


@pytest.mark.parametrize("query", [SUBJECT, "regolith", "regolith crater tariff", "unique7 dust", "patient patient"])
@pytest.mark.parametrize("legs", [None, ["bm25"], ["lsa"]])
@pytest.mark.parametrize("best_of_each", [5, 1000])
def test_plain_words_rank_as_if_every_article_was_scored(
    index: LocalIndex, monkeypatch: pytest.MonkeyPatch, query: str, legs: list[str] | None, best_of_each: int
) -> None:
    monkeypatch.setattr(candidates, "BEST_OF_EACH", best_of_each)
    by_lists = [rank(index, parse(query), depth, legs=legs) for depth in (10, 60)]
    monkeypatch.setattr(LocalIndex, "match", lambda self, query, allowed, notes: evaluated(self.snapshot, query, notes))
    for found, depth in zip(by_lists, (10, 60), strict=True):
        expected = rank(index, parse(query), depth, legs=legs)
        assert found.total == expected.total > 0
        assert found.docs.tolist() == expected.docs.tolist()
        np.testing.assert_allclose(found.scores, expected.scores, rtol=1e-5)
        assert set(found.legs) == set(expected.legs)


def test_a_large_archive_has_fewer_candidates(index: LocalIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(candidates, "BEST_OF_EACH", 20)
    monkeypatch.setattr(candidates, "BEST_OF_LARGE", 10)
    numbers = []
    for large in (len(index.live()) + 1, 1):
        monkeypatch.setattr(candidates, "LARGE", large)
        query = parse("regolith crater tariff quota patient fever")
        words = evaluated(index.snapshot, query, [])
        found = candidates.find(index, words, {}, by_bm25=True, by_vector=True, allowed=None)
        numbers.append(len(found.docs))
        assert found.total == len(words) > 20
        assert len(found.rest()) == found.total - len(found.docs)
    assert numbers == [20, 10]
    assert len(candidates.find(index, words, {}, by_bm25=True, by_vector=False, allowed=None).docs) == 20


def test_pages_fit_together_beyond_what_is_scored_again(index: LocalIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rank_module, "POOL", 6)
    whole = rank(index, parse(SUBJECT), 61)
    assert len(set(whole.docs.tolist())) == len(whole.docs) == 21
    assert (np.diff(whole.scores) <= 0).all()
    assert rank(index, parse(SUBJECT), 10).docs.tolist() == whole.docs.tolist()[:10]


@pytest.mark.parametrize(
    "query", [SUBJECT, "regolith crater tariff", "crater OR tariff OR fever", "crater -dust", "m*"]
)
@pytest.mark.parametrize("legs", [None, ["lsa"]])
def test_what_is_no_candidate_comes_after_the_candidates(
    index: LocalIndex, monkeypatch: pytest.MonkeyPatch, query: str, legs: list[str] | None
) -> None:
    all_ranked = rank(index, parse(query), 61, legs=legs)
    monkeypatch.setattr(candidates, "BEST_OF_EACH", 5)
    monkeypatch.setattr(rank_module, "POOL", 4)
    whole = rank(index, parse(query), 61, legs=legs)
    assert len(set(whole.docs.tolist())) == len(whole.docs) == whole.total
    assert (np.diff(whole.scores) <= 0).all()
    for depth in (3, 7, 12):
        assert rank(index, parse(query), depth, legs=legs).docs.tolist() == whole.docs.tolist()[:depth]
    if not parse(query).is_plain:  # the same is found; of plain words fewer are found by their vectors
        assert set(whole.docs.tolist()) == set(all_ranked.docs.tolist())
        assert whole.total == all_ranked.total


def test_only_the_best_of_each_leg_are_compared_by_all(index: LocalIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(candidates, "BEST_OF_EACH", 5)
    query = parse(SUBJECT)
    best = {rank(index, query, 5, legs=[leg]).docs.tolist()[n] for leg in ("bm25", "lsa") for n in range(5)}
    assert set(rank(index, query, len(best)).docs.tolist()) == best


def test_scores_are_finite_and_between_0_and_1(index: LocalIndex) -> None:
    for query in ("crater", "regolith crater dust rover lander probe crew", '"crater"', "unique1 tariff"):
        scores = rank(index, parse(query), 60).scores
        assert np.isfinite(scores).all()
        assert scores.min() >= 0
        assert scores.max() <= 1 + 1e-5


def test_filters_hold_for_what_vectors_find(index: LocalIndex) -> None:
    found = rank(index, parse(SUBJECT), 61, {"section": ["trade", "moon"]})
    assert OTHER_WORDS in ids(index, found)
    assert not rank(index, parse(SUBJECT), 61, {"section": ["health"]}).total


def test_each_leg_can_rank_alone_and_its_scores_are_its_own(index: LocalIndex) -> None:
    words = rank(index, parse("regolith crater"), 60, legs=["bm25"])
    assert list(words.legs) == ["bm25"]
    assert words.scores.tolist() == words.legs["bm25"].tolist()
    vectors = rank(index, parse("regolith crater"), 60, legs=["lsa"])
    assert list(vectors.legs) == ["lsa"]
    assert vectors.total == 61  # to the end: the last of them are as far away as can be
    assert vectors.scores[0] > 0.3
    assert set(rank(index, parse("regolith crater"), 60).legs) == {"bm25", "lsa"}


def test_common_words_alone_find_nothing(index: LocalIndex) -> None:
    assert not rank(index, parse("the of and"), 10).total


def test_removed_articles_are_not_found_by_their_vectors(tmp_path: Path) -> None:
    articles = [Article(id=f"b{n}", title=f"crater number{n}", body="regolith crater rover") for n in range(30)]
    with Archive.create(tmp_path) as archive:
        archive.add(articles)
        archive.maintain()
        archive.remove(["b3", "b4"])
        archive.add([replace(articles[5], title="crater moved", body="regolith crater rover")])
        index = LocalIndex(Snapshot.open(archive.index))
        for legs in (None, ["lsa"], ["bm25"]):
            found = ids(index, rank(index, parse("regolith"), 100, legs=legs))
            assert sorted(found) == sorted(f"b{n}" for n in range(30) if n not in (3, 4))


def test_feedback_lifts_what_is_like_the_best(index: LocalIndex) -> None:
    query = parse("crater tariff fever")
    after = rank(index, query, 15)
    before = rank(index, query, 15, settings=FusionSettings(feedback=0))
    best = index.spaces["lsa"].vectors(before.docs[: rank_module.EXAMPLES]).mean(axis=0)
    likeness = [float((index.spaces["lsa"].vectors(found.docs) @ best).mean()) for found in (before, after)]
    assert likeness[1] > likeness[0]


def test_after_feedback_words_count_for_less_beside_several_spaces(
    index: LocalIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    query, without = parse("crater tariff fever"), FusionSettings(feedback=0)

    def of_words(settings: FusionSettings) -> float:
        found = rank(index, query, 1, settings=settings)
        return float(found.shares["bm25"][0] / found.legs["bm25"][0])

    assert of_words(FusionSettings()) == pytest.approx(of_words(without))
    monkeypatch.setattr(index, "spaces", {"lsa": index.spaces["lsa"], "again": index.spaces["lsa"]})
    assert of_words(FusionSettings()) < 0.8 * of_words(without)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "least"), [("cranfield", 0.42), ("med", 0.76)])
def test_the_fusion_is_better_than_each_of_its_legs(shared: Callable[[str], Path], name: str, least: float) -> None:
    collection = load(shared(f"collections/{name}"))
    with indexed(collection) as archive:
        runs = query_runs(collection, LocalIndex(Snapshot.open(archive.index)))
    ndcg = {leg: mean(per_query(["nDCG@10"], collection.qrels, run))["nDCG@10"] for leg, run in runs.items()}
    assert ndcg["fusion"] >= least
    assert ndcg["fusion"] >= max(ndcg["bm25"], ndcg["lsa"])


def test_neighbours_are_looked_for_before_anything_else_is(index: LocalIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    for owner, name in ((LocalSpace, "nearest"), (LocalIndex, "titles_with"), (LocalIndex, "covering")):
        monkeypatch.setattr(owner, name, noting(asked, name, getattr(owner, name)))
    rank(index, parse(SUBJECT), 10)
    assert asked == ["nearest", "titles_with", "covering"]


def noting(asked: list[str], name: str, of: Callable[..., object]) -> Callable[..., object]:
    def noted(*arguments: object, **options: object) -> object:
        asked.append(name)
        return of(*arguments, **options)

    return noted
