"""What a corpus over segments tells of changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import numpy as np
import pytest

import readmore
from indexer.archive import Archive
from indexer.article.article import Article
from recommender.corpus.terms import IN_TITLE, hash_terms
from recommender.corpus.tracked import TrackedCorpus
from recommender.request.profile import of_doc
from tests.recommender.archives import article, several

PAST = datetime(2024, 6, 1, tzinfo=UTC)


def corpus_of(data: Path, articles: Sequence[Article] = (), removed: Sequence[str] = ()) -> TrackedCorpus:
    """After a commit of these."""
    with Archive.create(data) as archive:
        if articles:
            archive.add(articles)
        if removed:
            archive.remove(removed)
    with readmore.open_recommender(data) as recommender:
        recommender.prepare()
        return cast(TrackedCorpus, recommender.corpus())


@pytest.fixture
def data(tmp_path: Path) -> Path:
    corpus_of(tmp_path / "a", several(12))
    corpus_of(tmp_path / "a", [article("chess", 20), article("bread", 20)])
    return tmp_path / "a"


@pytest.mark.parametrize("titles", [False, True])
def test_what_docs_find_an_article_by_is_the_sum_over_their_own_terms(data: Path, titles: bool) -> None:
    corpus = corpus_of(data)
    assert isinstance(corpus, TrackedCorpus)
    lightest = np.linspace(0, 0.3, corpus.max_doc).astype(np.float32)
    row = corpus.word_rows([corpus.max_doc - 1])[0]
    impacts = dict(zip(row.hashes.tolist(), row.impacts.tolist(), strict=True))
    expected = []
    for doc in range(corpus.max_doc):
        terms = corpus.article_terms(doc)
        counts = (terms.weights >= lightest[doc]) & ((terms.flags & IN_TITLE > 0) | (not titles))
        pairs = zip(terms.hashes[counts].tolist(), terms.weights[counts].tolist(), strict=True)
        expected.append(sum(weight * impacts.get(number, 0.0) for number, weight in pairs))
    assert max(expected) > 0
    np.testing.assert_allclose(corpus.scorer(lightest, titles=titles)(row), expected, rtol=1e-5)


def test_the_score_of_a_candidate_is_what_its_words_say(data: Path) -> None:
    corpus = corpus_of(data)
    doc = corpus.max_doc - 1
    found = corpus.scored_candidates(of_doc(corpus, doc).terms, corpus.offered(), 5, 10**6, doc)
    same = corpus.candidates(of_doc(corpus, doc).terms, corpus.offered(), 5, 10**6, doc)
    assert found.docs.tolist() == same.tolist()
    lightest = np.full(corpus.max_doc, found.lightest, np.float32)
    by_rows = [corpus.scorer(lightest)(row)[doc] for row in corpus.word_rows(found.docs.tolist())]
    np.testing.assert_allclose(found.scores, by_rows, rtol=1e-4)


def test_a_digest_changes_with_what_is_known_of_its_article_and_with_nothing_else(data: Path) -> None:
    def digests(corpus: TrackedCorpus) -> dict[str, int]:
        live = np.flatnonzero(corpus.live()).tolist()
        return {corpus.article_id(doc): int(corpus.digests()[doc]) for doc in live}

    before = digests(corpus_of(data))
    assert len(set(before.values())) == len(before)
    more = digests(corpus_of(data, [article("violin", 30)], removed=["bread-1"]))
    assert {one: more.get(one) for one in before} == before | {"bread-1": None}
    copied = digests(corpus_of(data, [replace(article("chess", 2), id="copy", site="Elsewhere")]))
    assert {one for one in more if copied[one] != more[one]} == {"chess-2"}
    over = digests(corpus_of(data, [replace(article("violin", 30), expires=PAST)]))
    assert {one for one in copied if over[one] != copied[one]} == {"violin-30"}


def test_how_many_docs_have_a_term_beside_how_many_would(data: Path) -> None:
    corpus = corpus_of(data)
    hashes = hash_terms([b"rook", b"unheard"])
    now, then = corpus.doc_freq_beside(hashes, np.array([-7, 3]))
    assert now.tolist() == corpus.doc_freq(hashes).tolist()
    assert (now[0], then.tolist()) == (13, [6, 3])
    assert len(corpus.docs_with(int(hashes[0]))) == now[0]
    assert not len(corpus.docs_with(int(hashes[1])))


def test_small_segments_are_recent_and_small_archives_never_settled(data: Path) -> None:
    corpus = corpus_of(data)
    assert corpus.recent().tolist() == [False] * 48 + [True] * 2
    assert corpus.settled() is None, "what is counted is counted each time"
