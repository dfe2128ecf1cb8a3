"""BM25F scores agree with a slow computation straight from the articles' texts, and obey the laws of scoring."""

from __future__ import annotations

import math
import os
import random
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.archive import Archive
from indexer.article.article import Article
from indexer.commit import merge_policy
from indexer.segment.impacts import SCALE, impacts, saturate, weighted_tf
from indexer.segment.manifest import Bm25Parameters, Manifest
from indexer.text.analyzer import analyzer_for
from search.lexical.evaluator import Evaluator
from search.lexical.maxscore import top_docs
from search.local.index import LocalIndex
from search.query.parser import parse
from search.query.tree import And, AndMaybe, AndNot, Node, Or, Phrase, Prefix, Require, Term, boost_of, children
from search.ranking.rank import rank
from search.reader.bm25 import idf, top_k
from search.reader.snapshot import Snapshot
from tests.articles import WORDS, random_article, random_articles

CASES = int(os.environ.get("READMORE_ORACLE_CASES", "200"))
FRESH = 1e-5  # relative; all impacts were computed with the average lengths of the live articles
ROUNDED = 2e-4  # absolute; an impact is stored in 16 bits, and a handful of words adds up
MOVED = 1e-3  # the average lengths may have moved by a thousandth since


class Slow:
    """BM25F as the paper has it (Robertson and Zaragoza 2009, section 3.6), one article and one word at a time."""

    def __init__(self, articles: Mapping[str, Article], parameters: Bm25Parameters) -> None:
        analyze = analyzer_for("en").terms
        self.fields = {i: (analyze(a.title), analyze(a.body)) for i, a in articles.items()}
        self.parameters = parameters
        self.avgdl = [sum(len(texts[f]) for texts in self.fields.values()) / max(1, len(articles)) for f in (0, 1)]

    def word(self, term: str, only: tuple[int, ...]) -> dict[str, float]:
        found = {i: texts for i, texts in self.fields.items() if any(term in texts[f] for f in only)}
        n, df = len(self.fields), len(found)
        return {
            i: math.log(1 + (n - df + 0.5) / (df + 0.5)) * self.saturated(term, texts, only)
            for i, texts in found.items()
        }

    def saturated(self, term: str, texts: tuple[list[str], list[str]], only: tuple[int, ...]) -> float:
        p = self.parameters
        tf = 0.0
        for f in only:
            if texts[f]:
                tf += p.weights[f] * texts[f].count(term) / (1 - p.b[f] + p.b[f] * len(texts[f]) / self.avgdl[f])
        return tf / (p.k1 + tf)

    def has_phrase(self, words: Sequence[str], texts: tuple[list[str], list[str]], only: tuple[int, ...]) -> bool:
        return any(texts[f][at : at + len(words)] == list(words) for f in only for at in range(len(texts[f])))

    def scores(self, query: Node) -> dict[str, float]:
        boost = boost_of(query)
        if isinstance(query, Term):
            return times(boost, self.word(query.text, only(query)))
        if isinstance(query, Phrase):
            there = {i for i, texts in self.fields.items() if self.has_phrase(query.words, texts, only(query))}
            words = [self.word(word, only(query)) for word in query.words]
            return times(boost, {i: sum(word[i] for word in words) for i in there})
        if isinstance(query, Prefix):
            start = query.text
            return {
                i: boost
                for i, texts in self.fields.items()
                if any(t.startswith(start) for f in only(query) for t in texts[f])
            }
        parts = [self.scores(part) for part in children(query)]
        if isinstance(query, And):
            return times(boost, add(set.intersection(*map(set, parts)), parts))
        if isinstance(query, Or):
            return times(boost, add(set.union(*map(set, parts)), parts))
        if isinstance(query, AndMaybe):
            return add(set(parts[0]), parts)
        if isinstance(query, AndNot):
            return {i: s for i, s in parts[0].items() if i not in parts[1]}
        assert isinstance(query, Require)
        return {i: s for i, s in parts[0].items() if i in parts[1]}


def only(query: Term | Phrase | Prefix) -> tuple[int, ...]:
    return {"text": (0, 1), "title": (0,), "body": (1,)}[query.field]


def times(boost: float, scores: dict[str, float]) -> dict[str, float]:
    return {i: boost * score for i, score in scores.items()}


def add(ids: set[str], parts: list[dict[str, float]]) -> dict[str, float]:
    return {i: sum(part.get(i, 0.0) for part in parts) for i in ids}


def random_query(rng: random.Random, depth: int = 2) -> Node:
    field = rng.choice(("text", "text", "title", "body"))
    term = analyzer_for("en").term(rng.choice(WORDS))
    boost = rng.choice((1.0, 1.0, 0.25, 3.0))
    if depth == 0 or rng.random() < 0.3:
        match rng.randrange(6):
            case 0:
                return Phrase(field, (term, analyzer_for("en").term(rng.choice(WORDS))), boost=boost)
            case 1:
                return Prefix(field, term[:2], boost=boost)
            case _:
                return Term(field, term, boost=boost)
    parts = tuple([random_query(rng, depth - 1) for _ in range(rng.randint(2, 4))])
    match rng.randrange(6):
        case 0 | 1:
            return Or(parts, boost=boost)
        case 2:
            return And(parts[:2], boost=boost)
        case 3:
            return AndMaybe(*parts[:2])
        case 4:
            return AndNot(*parts[:2])
        case _:
            return Require(*parts[:2])


def scores(snapshot: Snapshot, query: Node) -> dict[str, float]:
    found = {}
    for segment in snapshot.segments:
        matches = Evaluator(snapshot, segment, []).live(query)
        for doc, score in zip(matches.docs.tolist(), matches.scores.tolist(), strict=True):
            found[segment.article_id(doc)] = score
    return found


def assert_agree(archive: Archive, articles: Mapping[str, Article], seed: int, rel: float) -> None:
    snapshot = Snapshot.open(archive.index)
    slow = Slow(articles, snapshot.manifest.bm25)
    rng = random.Random(seed)
    matching = 0
    for _ in range(CASES // 5):
        query = random_query(rng)
        expected = slow.scores(query)
        assert scores(snapshot, query) == pytest.approx(expected, rel=rel, abs=ROUNDED), f"seed {seed}: {query!r}"
        assert_best(snapshot, query, expected, rel)
        matching += bool(expected)
    assert matching > CASES // 10  # or nothing much was compared


def assert_best(snapshot: Snapshot, query: Node, expected: dict[str, float], rel: float) -> None:
    """The ten best, found without scoring all: the scores must be the highest there are, and each its article's."""
    docs, gained = top_docs(snapshot, query, 10)
    best = sorted(expected.values(), reverse=True)[:10]
    assert gained.tolist() == pytest.approx(best, rel=rel, abs=ROUNDED), repr(query)
    for doc, score in zip(docs.tolist(), gained.tolist(), strict=True):
        assert score == pytest.approx(expected[snapshot.article_id(doc)], rel=rel, abs=ROUNDED), repr(query)


PARAMETERS = {
    "as_shipped": Bm25Parameters(),
    "no_length": Bm25Parameters(k1=0.4, weights=(5.0, 1.0), b=(0.0, 0.0)),
    "all_length": Bm25Parameters(k1=2.0, weights=(1.0, 0.5), b=(1.0, 1.0)),
    "body_only": Bm25Parameters(weights=(0.0, 1.0), b=(0.3, 0.9)),
}


@pytest.mark.parametrize("name", PARAMETERS)
def test_scores_of_one_commit_agree_with_the_slow_computation(tmp_path: Path, name: str) -> None:
    articles = {a.id: a for a in random_articles(21, 150)}
    with Archive.create(tmp_path) as archive:
        Manifest(bm25=PARAMETERS[name]).save(archive.index)
        archive.add(articles.values())
        assert_agree(archive, articles, 22, FRESH)


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Archive, dict[str, Article]]]:
    """An archive after commits of all sizes, updates, deletions and a merge of some of its segments."""
    rng = random.Random(31)
    articles = {a.id: a for a in random_articles(32, 200)}
    with Archive.create(tmp_path_factory.mktemp("scores") / "archive") as archive:
        ids = list(articles)
        for start, end in ((0, 90), (90, 91), (91, 140), (140, 143), (143, 200)):
            archive.add([articles[i] for i in ids[start:end]])
        for article_id in rng.sample(ids, 40):
            articles[article_id] = random_article(rng, article_id)
        archive.add(articles.values())
        gone = rng.sample(ids, 25)
        archive.remove(gone)
        for article_id in gone:
            del articles[article_id]
        manifest = archive.manifest()
        assert len(manifest.segments) == 6
        merge_policy.merge(archive.index, manifest, manifest.segments[1:4], archive.writing)
        assert len(archive.manifest().segments) == 4
        yield archive, articles


def test_scores_after_updates_deletions_and_merges_agree(changed: tuple[Archive, dict[str, Article]]) -> None:
    archive, articles = changed
    assert_agree(archive, articles, 33, MOVED)


def test_scores_after_a_rebuild_agree_closely(tmp_path: Path, changed: tuple[Archive, dict[str, Article]]) -> None:
    _, articles = changed
    with Archive.create(tmp_path) as archive:
        archive.add(random_articles(99, 50))
        archive.remove([f"a{n}" for n in range(50)])
        archive.add(articles.values())
        archive.reindex()
        assert_agree(archive, articles, 34, FRESH)


def test_the_live_collection_decides_and_not_what_was_deleted(tmp_path: Path) -> None:
    kept = [Article(id=f"k{n}", title="moon", body="mars orbit") for n in range(4)]
    long = [Article(id=f"d{n}", title="moon base", body="moon " * 300) for n in range(6)]
    with Archive.create(tmp_path / "a") as both, Archive.create(tmp_path / "b") as alone:
        both.add([*kept, *long])
        both.remove([article.id for article in long])
        alone.add(kept)
        for term in ("moon", "mars", "base"):
            query = Term("text", term)
            expected = scores(Snapshot.open(alone.index), query)
            assert scores(Snapshot.open(both.index), query) == pytest.approx(expected, rel=1e-6, abs=ROUNDED)


def test_the_bm25_leg_of_a_plain_query_is_the_sum_over_its_words(changed: tuple[Archive, dict[str, Article]]) -> None:
    archive, articles = changed
    snapshot = Snapshot.open(archive.index)
    slow = Slow(articles, snapshot.manifest.bm25)
    ranking = rank(LocalIndex(snapshot), parse("moon comets moon"), 10, legs=("bm25",))
    expected = slow.scores(Or((Term("text", "moon", boost=2.0), Term("text", "comet"))))
    assert ranking.total == len(expected)
    assert ranking.scores.tolist() == pytest.approx(sorted(expected.values(), reverse=True)[:10], rel=MOVED)


# -- laws ---------------------------------------------------------------------------------------------------------

frequencies = st.integers(0, 10**6)
lengths = st.integers(0, 10**7)
averages = st.one_of(st.just(0.0), st.floats(1e-6, 1e7))
bs = st.one_of(st.sampled_from((0.0, 0.75, 1.0)), st.floats(0, 1))
weights = st.one_of(st.just(0.0), st.floats(1e-6, 1e6))
parameter_sets = st.builds(
    Bm25Parameters,
    k1=st.one_of(st.sampled_from((1e-6, 1.2, 1e6)), st.floats(1e-6, 1e6)),
    weights=st.tuples(weights, weights),
    b=st.tuples(bs, bs),
)
ULPS = 1 + 1e-5  # float32 sums and quotients may be some units in the last place off


Pair = tuple[int, int]  # a value per field


def impact(tf: Pair, dl: Pair, avgdl: tuple[float, float], parameters: Bm25Parameters) -> float:
    """The impact of one posting as it is stored."""
    tf_column, dl_column = (np.array([[x], [y]], np.uint32) for x, y in (tf, dl))
    return int(impacts(np.zeros(1, np.uint32), tf_column, dl_column, avgdl, parameters)[0]) / SCALE


def exact_impact(tf: Pair, dl: Pair, avgdl: tuple[float, float], parameters: Bm25Parameters) -> float:
    """The impact of one posting before it is rounded."""
    tf_column, dl_column = (np.array([[x], [y]], np.uint32) for x, y in (tf, dl))
    return float(saturate(weighted_tf(tf_column, dl_column, avgdl, parameters), parameters.k1)[0])


@settings(deadline=None, max_examples=300)
@given(
    st.tuples(frequencies, frequencies),
    st.tuples(lengths, lengths),
    st.tuples(averages, averages),
    parameter_sets,
    st.integers(0, 10**6),
)
def test_impacts_are_finite_bounded_and_rise_with_tf_and_fall_with_length(
    tf: Pair, dl: Pair, avgdl: tuple[float, float], parameters: Bm25Parameters, more: int
) -> None:
    dl = (max(dl[0], tf[0] + more), max(dl[1], tf[1] + more))  # an article is as long as its words are many
    stored, here = impact(tf, dl, avgdl, parameters), exact_impact(tf, dl, avgdl, parameters)
    assert stored == pytest.approx(here, abs=1 / SCALE)
    assert 0 <= stored <= 1
    assert (stored > 0) == any(n and w and a for n, w, a in zip(tf, parameters.weights, avgdl, strict=True))
    for add in ((more, 0), (0, more)):
        oftener, longer = (tf[0] + add[0], tf[1] + add[1]), (dl[0] + add[0], dl[1] + add[1])
        assert exact_impact(oftener, dl, avgdl, parameters) * ULPS >= here
        assert exact_impact(tf, longer, avgdl, parameters) <= here * ULPS
        assert impact(oftener, dl, avgdl, parameters) + 1 / SCALE >= stored
        assert impact(tf, longer, avgdl, parameters) <= stored + 1 / SCALE


def test_a_word_that_is_there_never_scores_nothing() -> None:
    assert impact((0, 1), (0, 10**7), (5.0, 50.0), Bm25Parameters()) == 1 / SCALE


def test_a_field_that_is_empty_everywhere_adds_nothing() -> None:
    parameters = Bm25Parameters(b=(1.0, 1.0))
    tf, dl = np.array([[0, 0], [3, 1]], np.uint32), np.array([[0, 0], [9, 9]], np.uint32)
    assert weighted_tf(tf, dl, (0.0, 9.0), parameters).tolist() == [3.0, 1.0]
    assert weighted_tf(tf[::-1], dl[::-1], (9.0, 0.0), parameters).tolist() == [6.0, 2.0]


def test_an_empty_field_adds_nothing_where_length_counts_in_full() -> None:
    # 0 / 0, which made the score of every article without a body not a number
    assert impact((1, 0), (4, 0), (4.0, 8.0), Bm25Parameters(b=(1.0, 1.0))) == pytest.approx(
        2 / (1.2 + 2), abs=1 / SCALE
    )


def test_impacts_of_many_blocks_are_those_of_each_posting() -> None:
    rng = np.random.default_rng(5)
    num_docs, n_postings = 1000, (1 << 20) + 37
    dl = rng.integers(1, 60, (2, num_docs)).astype(np.uint8)
    docs = rng.integers(0, num_docs, n_postings).astype(np.uint32)
    tf = rng.integers(0, 4, (2, n_postings)).astype(np.uint8)
    whole = impacts(docs, tf, dl, (7.0, 30.0), Bm25Parameters())
    for at in (0, 5, (1 << 20) - 1, 1 << 20, n_postings - 1):
        one = slice(at, at + 1)
        weighted = weighted_tf(tf[:, one], dl[:, docs[one]], (7.0, 30.0), Bm25Parameters())
        assert whole[at] / SCALE == pytest.approx(saturate(weighted, 1.2)[0], abs=1 / SCALE)


@settings(deadline=None)
@given(st.integers(0, 10**9), st.data())
def test_idf_is_positive_and_falls_as_a_term_gets_commoner(num_docs: int, data: st.DataObject) -> None:
    df = data.draw(st.integers(0, num_docs))
    commoner = data.draw(st.integers(df, num_docs))
    assert math.isfinite(idf(num_docs, df))
    assert 0 < idf(num_docs, commoner) <= idf(num_docs, df)
    assert idf(num_docs + 1, df) >= idf(num_docs, df)


@settings(deadline=None)
@given(st.lists(st.integers(-5, 5), max_size=30), st.integers(-1, 35))
def test_the_best_k_are_those_of_a_stable_sort(values: list[int], k: int) -> None:
    array = np.array(values, np.float32)
    assert top_k(array, k).tolist() == sorted(range(len(values)), key=lambda n: -values[n])[: max(k, 0)]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"k1": 0.0}, "k1 must lie in"),
        ({"k1": math.nan}, "k1 must lie in"),
        ({"k1": math.inf}, "k1 must lie in"),
        ({"b": (0.5, 1.01)}, "every b must lie in"),
        ({"b": (math.nan, 0.5)}, "every b must lie in"),
        ({"weights": (-1.0, 1.0)}, "every weight must lie in"),
        ({"weights": (math.inf, 1.0)}, "every weight must lie in"),
    ],
)
def test_parameters_out_of_bounds_are_refused_with_the_bound(wrong: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Bm25Parameters(**wrong)  # type: ignore[arg-type]
