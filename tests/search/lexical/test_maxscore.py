"""The best docs found by skipping are those of scoring all; `tests/oracle` compares scores with a slow computation."""

from __future__ import annotations

import random
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.archive import Archive
from indexer.article.article import Article
from search.lexical import maxscore
from search.lexical.evaluator import Evaluator
from search.lexical.maxscore import top_docs
from search.query.tree import Node, Or, Term
from search.reader import bm25
from search.reader.snapshot import Snapshot

WORDS = [f"w{n}x" for n in range(40)]


@pytest.fixture(scope="module", params=[False, True], ids=["one segment", "several segments and deletions"])
def snapshot(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Snapshot]:
    """Words from one that nearly every article has to some that few have."""
    rng = random.Random(3)
    weights = [1 / (n + 1) for n in range(len(WORDS))]
    articles = [
        Article(
            id=f"a{n}",
            title=" ".join(rng.choices(WORDS, weights, k=3)),
            body=" ".join(rng.choices(WORDS, weights, k=rng.randint(0, 60))),
        )
        for n in range(1500)
    ]
    with Archive.create(tmp_path_factory.mktemp("topk") / "archive") as archive:
        if request.param:
            for start in range(0, 1500, 700):
                archive.add(articles[start : start + 700])
            archive.remove([f"a{n}" for n in range(0, 1500, 7)])
        else:
            archive.add(articles)
        yield Snapshot.open(archive.index)


def best(snapshot: Snapshot, query: Node, k: int) -> list[float]:
    """The scores of the first k by scoring all."""
    scores = [s for segment in snapshot.segments for s in Evaluator(snapshot, segment, []).live(query).scores.tolist()]
    return sorted(scores, reverse=True)[:k]


@pytest.mark.parametrize("long", [0, 300, 8192])
@pytest.mark.parametrize(("scanned", "sparse"), [(0, 0), (0, 16), (1 << 16, 16)])
def test_skipping_changes_nothing(
    snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch, long: int, scanned: int, sparse: int
) -> None:
    monkeypatch.setattr(maxscore, "_LONG", long)
    monkeypatch.setattr(maxscore, "_SCANNED", scanned)
    monkeypatch.setattr(maxscore, "_SPARSE", sparse)
    monkeypatch.setattr(bm25, "_COLUMNS", 16)
    rng = random.Random(f"{long} {scanned}")
    live = snapshot.live()
    for _ in range(60):
        words = rng.sample(WORDS, rng.choice((1, 1, 2, 4, 8)))
        query = Or(tuple([Term("text", word, boost=rng.choice((1.0, 1.0, 3.0))) for word in words]))
        for k in (1, 10, 300):
            docs, scores = top_docs(snapshot, query, k)
            assert scores.tolist() == pytest.approx(best(snapshot, query, k), rel=1e-5)
            assert len(set(docs.tolist())) == len(docs)
            assert live[docs].all()
            again, same = top_docs(snapshot, query, k)  # nothing was left behind in the scratch arrays
            assert (again.tolist(), same.tolist()) == (docs.tolist(), scores.tolist())
            assert all(a < b for a, b, s, t in zip(docs, docs[1:], scores, scores[1:], strict=False) if s == t)


def test_equal_scores_come_in_the_order_of_docs(tmp_path_factory: pytest.TempPathFactory) -> None:
    with Archive.create(tmp_path_factory.mktemp("equal") / "archive") as archive:
        archive.add([Article(id=f"a{n}", title="moon", body="mars orbit") for n in range(2000)])
        snapshot = Snapshot.open(archive.index)
    for query in (Term("text", "moon"), Or((Term("text", "moon"), Term("text", "orbit")))):
        assert top_docs(snapshot, query, 10)[0].tolist() == list(range(10))


@settings(deadline=None)
@given(st.lists(st.integers(0, 50), min_size=1, max_size=2000), st.integers(1, 40))
def test_a_value_reached_by_k_values_is(values: list[int], k: int) -> None:
    array = np.array(values, np.float32)
    if k <= len(values):
        least = bm25.reached_by(array, k)
        assert (array >= least).sum() >= k
        assert least >= sorted(values, reverse=True)[min(len(values), 8 * k * k) - 1]
