"""Related articles while a neural space has not got to every article yet."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from indexer.archive import Archive
from indexer.article.article import Article
from readmore import open_engine
from recommender.local.corpora import LocalCorpora
from recommender.ranking import candidates
from recommender.ranking.pairwise import neighbourhood
from recommender.request import profile
from recommender.request.options import RelatedOptions
from recommender.request.seeds import ArticleSeed
from search.engine import Engine
from tests.faults import flush_nothing
from tests.indexer.embedders import NAME, ToyEncoder, embed
from tests.opening import recommending

SUBJECTS = (
    "moon crater lander regolith rover",
    "tariff export customs quota treaty",
    "virus vaccine clinic nurse dose",
)


def _turned(n: int) -> str:
    """The words of a subject in one of five orders, so that no passage is repeated."""
    words = SUBJECTS[n % 3].split()
    return " ".join([*words[n % 5 :], *words[: n % 5]])


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """30 articles on three subjects, of which the toy space has the first 24."""
    articles = [
        Article(id=f"a{n}", title=f"{SUBJECTS[n % 3].split()[n % 4]} note {n}", body=f"{_turned(n)} word{n} " * 3)
        for n in range(30)
    ]
    folder = tmp_path_factory.mktemp("archive")
    with pytest.MonkeyPatch.context() as patch, Archive.create(folder) as archive:
        flush_nothing(patch)
        archive.add(articles[:24], workers=1)
        embed(archive, ToyEncoder())
        archive.add(articles[24:], workers=1)
        archive.maintain()
        with open_engine(folder) as engine:
            yield engine


def test_a_space_counts_only_where_it_has_both_articles(engine: Engine) -> None:
    corpus = LocalCorpora(engine).current()
    lacking = corpus.snapshot.lacking(NAME)
    assert lacking is not None
    assert np.flatnonzero(lacking).tolist() == list(range(24, 30))
    docs = np.arange(1, 30)
    both = profile.of_doc(corpus, 0)
    assert set(both.vectors) == {"lsa", NAME}
    found = candidates.compare(corpus, both, docs)
    lsa_only = candidates.compare(corpus, profile.of_doc(corpus, 27), np.array([0, 3, 24]))
    alone = {name: v for name, v in both.vectors.items() if name == "lsa"}
    without = candidates.compare(corpus, _with_vectors(both, alone), docs)
    assert found.vectors[docs >= 24] == pytest.approx(without.vectors[docs >= 24])  # not halved
    assert not np.allclose(found.vectors[docs < 24], without.vectors[docs < 24])
    assert lsa_only.vectors.max() > 0.5
    near = neighbourhood(corpus, both, np.array([3, 27]))
    assert near.relevance[0, 2] > 0.5


def test_an_article_that_is_not_encoded_is_related_and_has_related_ones(engine: Engine) -> None:
    recommender = recommending(engine)
    for article, same in (("a0", 0), ("a27", 0)):
        related = [
            item.article.id for item in recommender.related(ArticleSeed(article), RelatedOptions(limit=5)).related
        ]
        assert related
        assert all(int(other[1:]) % 3 == same for other in related)
    offered = {
        i.article.id
        for n in range(24)
        for i in recommender.related(ArticleSeed(f"a{n}"), RelatedOptions(limit=10)).related
    }
    assert offered & {f"a{n}" for n in range(24, 30)}


def _with_vectors(of: profile.Profile, vectors: dict[str, np.ndarray]) -> profile.Profile:
    from dataclasses import replace

    return replace(of, vectors=vectors)
