"""Several vector spaces on one scale."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from indexer.archive import Archive
from indexer.article.article import Article
from indexer.vectors.spec import ModelSpec
from readmore import open_engine
from recommender.corpus.corpus import Corpus, Scale
from recommender.corpus.cosines import CUTS, mutual, with_vector
from recommender.corpus.sampling import evenly
from recommender.corpus.space_scales import FEWEST
from recommender.local.corpora import LocalCorpora
from recommender.ranking import candidates
from recommender.ranking.features import features
from recommender.ranking.pairwise import neighbourhood
from recommender.request import profile
from tests.faults import flush_nothing
from tests.indexer.embedders import NAME, SPEC, ToyEncoder, embed

SUBJECTS = (
    "moon crater lander regolith rover probe orbit dust",
    "tariff export customs quota treaty duty trade levy",
    "virus vaccine clinic nurse dose fever ward trial",
    "goal striker pitch league referee coach keeper cup",
)


class Narrow(ToyEncoder):
    """All its vectors point nearly the same way, as those of many models do."""

    def encode(self, texts):  # type: ignore[no-untyped-def]
        vectors = super().encode(texts)
        return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-6) + np.float32(0.5)


def _articles(count: int) -> list[Article]:
    random = np.random.default_rng(3)
    made = []
    for n in range(count):
        words = random.choice(SUBJECTS[n % 4].split(), 12).tolist()
        made.append(Article(id=f"a{n}", title=f"{words[0]} note {n}", body=" ".join([*words, f"word{n}"])))
    return made


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Corpus]:
    """40 articles on four subjects, of which the narrow space has the first 32."""
    yield from _corpus(tmp_path_factory.mktemp("narrow"), Narrow(), 32)


def _corpus(folder: Path, encoder: ToyEncoder | None, encoded: int, spec: ModelSpec = SPEC) -> Iterator[Corpus]:
    articles = _articles(40)
    with pytest.MonkeyPatch.context() as patch, Archive.create(folder) as archive:
        flush_nothing(patch)
        archive.add(articles[:encoded], workers=1)
        if encoder is not None:
            embed(archive, encoder, spec)
        archive.add(articles[encoded:], workers=1)
        archive.maintain()
        with open_engine(folder) as engine:
            yield LocalCorpora(engine).current()


def _pairs(corpus: Corpus, space: str) -> np.ndarray:
    docs = np.arange(32)
    rows = corpus.vectors(space, docs)
    return mutual(rows, ordered=corpus.spaces[space].is_ordered)[np.triu_indices(32, 1)]


def test_pairs_of_articles_have_the_same_mean_and_deviation_in_every_space(corpus: Corpus) -> None:
    lsa, narrow = _pairs(corpus, "lsa"), _pairs(corpus, NAME)
    assert narrow.mean() > lsa.mean() + 0.3  # the cosines as they are cannot be compared
    scale = corpus.spaces[NAME].scale
    scaled = scale.factor * narrow + scale.offset
    assert scaled.mean() == pytest.approx(lsa.mean(), abs=1e-4)
    assert scaled.std() == pytest.approx(lsa.std(), rel=1e-4)
    assert (corpus.spaces["lsa"].scale.factor, corpus.spaces["lsa"].scale.offset) == pytest.approx((1, 0))
    assert sum(space.scale.share for space in corpus.spaces.values()) == pytest.approx(1)


def test_vectors_are_the_weighed_mean_on_one_scale(corpus: Corpus) -> None:
    own, docs = profile.of_doc(corpus, 0), np.arange(1, 40)
    found = candidates.compare(corpus, own, docs)
    alone = {
        name: candidates.compare(corpus, replace(own, vectors={name: own.vectors[name]}), docs) for name in own.vectors
    }
    shares = {name: space.scale.share for name, space in corpus.spaces.items()}
    mean = shares["lsa"] * alone["lsa"].vectors + shares[NAME] * alone[NAME].vectors
    encoded = docs < 32
    assert found.vectors[encoded] == pytest.approx(mean[encoded], abs=1e-5)
    assert found.vectors[~encoded] == pytest.approx(alone["lsa"].vectors[~encoded], abs=1e-5)
    assert found.neural[encoded] == pytest.approx(alone[NAME].vectors[encoded], abs=1e-5)
    assert found.neural[~encoded] == pytest.approx(found.vectors[~encoded])
    assert features(corpus, own, found).column("neural") == pytest.approx(found.neural)
    np.testing.assert_array_equal(found.central, alone["lsa"].central)


def test_an_article_that_is_not_encoded_is_neither_preferred_nor_held_back(corpus: Corpus) -> None:
    own = profile.of_doc(corpus, 0)
    found = candidates.compare(corpus, own, np.arange(1, 40))
    same = found.docs % 4 == 0
    encoded, waiting = found.vectors[same & (found.docs < 32)], found.vectors[same & (found.docs >= 32)]
    assert waiting.mean() == pytest.approx(encoded.mean(), abs=0.1)
    apart = found.vectors[~same]
    assert apart[found.docs[~same] >= 32].mean() == pytest.approx(apart[found.docs[~same] < 32].mean(), abs=0.1)


def test_a_neighbourhood_uses_the_same_scale(corpus: Corpus) -> None:
    own, docs = profile.of_doc(corpus, 0), np.array([4, 5, 33, 36])
    known = features(corpus, own, candidates.compare(corpus, own, docs))
    near = neighbourhood(corpus, own, docs)
    weights = {"tfidf": 0.32, "vectors": 0.46, "lead": 0.15, "title": 0.07}
    expected = sum(weight * known.column(name) for name, weight in weights.items())
    assert near.relevance[0, 1:] == pytest.approx(expected, abs=2e-3)


def test_a_single_space_is_taken_as_it_is(tmp_path: Path) -> None:
    for corpus in _corpus(tmp_path, None, 40):
        assert {name: space.scale for name, space in corpus.spaces.items()} == {"lsa": Scale()}
        own, docs = profile.of_doc(corpus, 0), np.arange(1, 40)
        found = candidates.compare(corpus, own, docs)
        rows = corpus.vectors("lsa", docs)
        assert not corpus.spaces["lsa"].is_ordered
        np.testing.assert_allclose(found.vectors, rows @ own.vectors["lsa"], rtol=1e-5)
        assert "neural" not in features(corpus, own, found).names


def test_cosines_stay_as_they_are_where_too_few_articles_are_encoded(tmp_path: Path) -> None:
    for corpus in _corpus(tmp_path, Narrow(), FEWEST - 1):
        assert {(space.scale.factor, space.scale.offset) for space in corpus.spaces.values()} == {(1.0, 0.0)}


def test_a_space_in_which_all_articles_are_alike_changes_nothing(tmp_path: Path) -> None:
    class Blind(ToyEncoder):
        def encode(self, texts):  # type: ignore[no-untyped-def]
            return np.ones((len(texts), self.spec.dim), np.float32)

    for corpus in _corpus(tmp_path, Blind(), 40):
        own, docs = profile.of_doc(corpus, 0), np.arange(1, 40)
        both = candidates.compare(corpus, own, docs)
        alone = candidates.compare(corpus, replace(own, vectors={"lsa": own.vectors["lsa"]}), docs)
        assert np.isfinite(both.vectors).all()
        assert np.argsort(both.vectors, kind="stable").tolist() == np.argsort(alone.vectors, kind="stable").tolist()


def test_a_sample_is_spread_evenly() -> None:
    docs = np.arange(100, 200)
    assert evenly(docs, 1000).tolist() == docs.tolist()
    assert evenly(docs, 3).tolist() == [100, 149, 199]
    assert evenly(docs[:0], 3).tolist() == []


def test_what_is_unknown_of_a_draft_counts_in_every_cut() -> None:
    rows = np.random.default_rng(1).standard_normal((5, 2 * CUTS[-1])).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    whole = with_vector(rows, rows[0], ordered=True)
    assert with_vector(rows, rows[0] * np.float32(0.25), ordered=True) == pytest.approx(whole / 4, abs=1e-6)
