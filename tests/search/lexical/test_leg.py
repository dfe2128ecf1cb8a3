"""Plain words give the same docs, scores and total by their posting lists as by evaluating the query for every doc."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.archive import Archive
from indexer.article.article import Article
from search.lexical import leg, maxscore
from search.lexical.leg import Evaluated, PlainWords, evaluated, lexical
from search.lexical.maxscore import WeightedList
from search.query.parser import parse
from search.reader import postings
from search.reader.snapshot import Snapshot

Words = Sequence[tuple[tuple[str, ...], float]]

WORDS = [f"w{n}x" for n in range(40)]
N = 900


@pytest.fixture(scope="module", params=[False, True], ids=["one segment", "several segments and deletions"])
def snapshot(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Snapshot]:
    """Words from one that nearly every article has to some that few have."""
    rng = random.Random(5)
    weights = [1 / (n + 1) ** 1.5 for n in range(len(WORDS))]
    articles = [
        Article(
            id=f"a{n}",
            title="other",
            body=" ".join(rng.choices(WORDS, weights, k=rng.randint(0, 30))),
            section=f"s{n % 3}",
        )
        for n in range(N)
    ]
    with Archive.create(tmp_path_factory.mktemp("lexical") / "archive") as archive:
        if request.param:
            for start in range(0, N, 400):
                archive.add(articles[start : start + 400])
            archive.remove([f"a{n}" for n in range(0, N, 7)])
        else:
            archive.add(articles)
        yield Snapshot.open(archive.index)


queries = st.lists(st.sampled_from([*WORDS, "nowhere"]), min_size=1, max_size=6).map(" ".join)


@settings(max_examples=150, deadline=None)
@given(queries, st.sampled_from([1, 7, 100, N]), st.sampled_from([1, 4, 64, N]), st.randoms(use_true_random=False))
def test_posting_lists_and_evaluation_agree(
    snapshot: Snapshot, text: str, k: int, dense: int, rng: random.Random
) -> None:
    query = parse(text)
    words, slow = lexical(snapshot, query, None, []), evaluated(snapshot, query, [])
    assert isinstance(words, PlainWords)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(postings, "_DENSE", dense)
        assert len(words) == len(slow)
    docs, scores = words.best(k)
    expected = slow.best(k)[1]
    np.testing.assert_allclose(scores, expected, rtol=1e-5)
    given, there = slow.scores_of(np.sort(docs))
    assert there.all()  # with equal scores to the last digit it may be another doc, but it has that score
    np.testing.assert_allclose(np.sort(given)[::-1], scores, rtol=1e-5)
    some = np.sort(rng.sample(np.flatnonzero(snapshot.live()).tolist(), 60))
    for got, wanted in zip(words.scores_of(some), slow.scores_of(some), strict=True):
        np.testing.assert_allclose(got, wanted, rtol=1e-5)
    np.testing.assert_array_equal(words.all()[0], slow.all()[0])


@pytest.mark.parametrize("text", ["w0x AND w1x", '"w0x w1x"', "w1*", "w0x^5000", "section:s1 w3x"])
def test_other_queries_are_evaluated(snapshot: Snapshot, text: str) -> None:
    found = lexical(snapshot, parse(text), None, [])
    assert isinstance(found, Evaluated)
    assert len(found) == len(found.best(N)[0]) == len(found.all()[0]) > 0


def test_filtered_words_are_evaluated(snapshot: Snapshot) -> None:
    allowed = snapshot.live() & (np.arange(snapshot.max_doc) % 2 == 0)
    docs = lexical(snapshot, parse("w0x w1x"), allowed, []).all()[0]
    assert len(docs) > 100
    assert (docs % 2 == 0).all()


def test_the_lists_of_a_query_are_weighed_once(snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch) -> None:
    weighed: list[int] = []

    def weighted_lists(snapshot: Snapshot, place: int, words: Words) -> list[WeightedList]:
        weighed.append(place)
        return maxscore.weighted_lists(snapshot, place, words)

    monkeypatch.setattr(leg, "weighted_lists", weighted_lists)
    monkeypatch.setattr(maxscore, "plain_words", None)
    matches = lexical(snapshot, parse("w1x w2x w30x"), None, [])
    assert len(matches.best(10)[0]) == 10
    assert weighed == list(range(len(snapshot.segments)))
