"""Articles that several tests use."""

from __future__ import annotations

import random
from collections.abc import Sequence

from indexer.article.article import Article

WORDS = (
    "moon mars orbit lander probe launch crater rover sample signal far side dust ice comet ring star solar wind "
    "engine fuel tank valve crew suit dock hatch laser mirror lens image data relay dish beam orbits landers launched "
    "launching craters icy comets rings starry"
).split()


def random_article(rng: random.Random, article_id: str) -> Article:
    """A short article of few words, so that words meet, repeat and form phrases."""
    title = " ".join(rng.choices(WORDS, k=rng.randint(0, 6)))
    body = " ".join(rng.choices(WORDS, k=rng.randint(0 if title else 1, 40)))
    return Article(
        id=article_id,
        title=title,
        body=body,
        section=rng.choice(("", "Moon", "Mars Science", "Launch")),
        authors=tuple(rng.sample(("Ann Lee", "Bo Karlsson", "Chen Yu"), k=rng.randint(0, 2))),
        tags=tuple(rng.sample(("ice", "far side", "solar wind"), k=rng.randint(0, 2))),
    )


def random_articles(seed: int, count: int) -> Sequence[Article]:
    rng = random.Random(seed)
    return [random_article(rng, f"a{number}") for number in range(count)]
