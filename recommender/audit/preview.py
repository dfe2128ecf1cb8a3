"""Preview: what other weights would change under some articles, before they come into use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from recommender.corpus.sampling import evenly
from recommender.related import Recommender


@dataclass(frozen=True, slots=True)
class Change:
    """What is offered under an article by the weights in use and by others, as ids, best first."""

    article: str
    now: tuple[str, ...]
    then: tuple[str, ...]


def changes(
    recommender: Recommender, weights: Mapping[str, float], *, articles: int = 10, shown: int = 5
) -> list[Change]:
    """What `weights` would change among the first `shown` under `articles` of the archive, evenly spread."""
    corpus = recommender.corpus()
    found = []
    for doc in evenly(np.flatnonzero(corpus.offered()), articles).tolist():
        article = corpus.article_id(doc)
        now, then = recommender.picks(article, shown), recommender.picks(article, shown, weights)
        found.append(Change(article, *(tuple(c.article_id(pick.doc) for pick in picks) for c, picks in (now, then))))
    return found
