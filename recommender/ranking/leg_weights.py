"""Leg weights: how much the words, the vectors and the titles of an archive are to be believed, measured without any
judgement of what is related.

In an archive of essays, vectors know what else is written about a subject. In one of release notes, made of the same
thirty words and a few that nothing else has, they know next to nothing, and what they say drowns what the words say.
How much a space knows of an article beyond its words is its *foresight* (`indexer.vectors.lsa`), by which search, too,
weighs its legs. Titles are believed where they agree with the texts: where the articles with the most alike titles are
those with the most alike texts, titles name what articles are about ("Kettle driver 1.4"), and two that share that
name are nearer than two that share as many words of any other kind.

docs/related.md has what was measured, and on which archives these numbers were chosen and on which they were tried.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from indexer.vectors.lsa import PROBES
from recommender.corpus.corpus import Corpus
from recommender.corpus.sampling import evenly
from recommender.ranking import candidates
from recommender.ranking.scoring import ORDER, PRIOR, RELEVANCE
from recommender.request import profile
from search.reader.bm25 import top_k

SAMPLED = 48  # articles whose titles are looked at
NEAREST = 5  # articles, by their words, that the titles should know
MIN_ARTICLES = 60  # fewer have no neighbours to agree about
# the relevance of an archive whose vectors are not believed at all ...
WORDS_ALONE = {"tfidf": 0.95, "vectors": 0.0, "lead": 0.05, "title": 0.0}
# ... and of one whose titles are believed entirely
NAMED_BY_TITLES = {"tfidf": 0.55, "vectors": 0.1, "lead": 0.1, "title": 0.25}
ORDER_OF_WORDS = 0.2  # of the weight of dates, tags and authors where words decide alone: cosines of words are smaller
# how many times as well as by lot the best space must foresee for vectors to be believed at all, and in full
NO_LIFT, FULL_LIFT = 3.0, 20.0
NO_AGREEMENT, FULL_AGREEMENT = 0.62, 0.77  # between which titles are
_AT = 10
_DISCOUNTS = 1 / np.log2(np.arange(2, _AT + 2))


def measured(corpus: Corpus) -> Mapping[str, float]:
    """The weights of the features that suit an archive as far as it can be told without judgements; `scoring.PRIOR`
    for one of which too little is known."""
    if corpus.num_docs < MIN_ARTICLES:
        return PRIOR
    foresight = max((space.foresight for space in corpus.spaces.values()), default=1.0)
    return weights(belief(foresight, corpus.num_docs), title_agreement(corpus))


def belief(foresight: float, num_docs: int) -> float:
    """How far vectors are believed, from 0 to 1, by the foresight of the best space.

    Foresight is how well a space finds articles among all others, so the more there are, the less it can be: of one
    news archive .77 for 1,000 articles and .006 for 21,578. What counts is how many times as well as by lot that is,
    `FULL_LIFT` or more: 169 and 31 there, and 1.5 among release notes. Of a very large archive it is measured on too
    few articles to tell the two apart, and vectors are believed.
    """
    by_lot = float(_DISCOUNTS.sum()) / max(1, num_docs)
    if FULL_LIFT * by_lot < 1 / PROBES:
        return 1.0
    return _between(np.log(max(foresight / by_lot, 1e-9)), np.log(NO_LIFT), np.log(FULL_LIFT))


def weights(believed: float, agreement: float) -> Mapping[str, float]:
    """The weights for an archive whose vectors are believed so far, and whose titles have this `title_agreement`.

    `scoring.PRIOR` where vectors are believed in full and titles no more than any other words.
    """
    named = _between(agreement, NO_AGREEMENT, FULL_AGREEMENT)
    relevance = {
        name: (1 - named) * (believed * RELEVANCE[name] + (1 - believed) * WORDS_ALONE[name])
        + named * NAMED_BY_TITLES[name]
        for name in RELEVANCE
    }
    order = {name: weight * (ORDER_OF_WORDS + (1 - ORDER_OF_WORDS) * believed) for name, weight in ORDER.items()}
    return relevance | order | {"central": ORDER["central"] * believed}  # which is measured in a space


def title_agreement(corpus: Corpus) -> float:
    """How well the titles know which articles have the nearest texts, from 0 to 1: the mean over a sample of the
    nDCG@10 of the order by titles, the `NEAREST` by the words of the whole text being the right answers."""
    worth = []
    for doc in evenly(np.flatnonzero(corpus.live()), SAMPLED).tolist():
        near = candidates.find(corpus, profile.of_doc(corpus, doc))
        if len(near.docs) > 2 * _AT:
            worth.append(_ndcg(near.title, top_k(near.tfidf, NEAREST)))
    return float(np.mean(worth)) if worth else 0.0


def _ndcg(scores: NDArray[np.float32], right: NDArray[np.int64]) -> float:
    """nDCG@10 of the order by `scores`; what scores nothing is not found."""
    order = top_k(scores, _AT)
    found = np.isin(order, right) & (scores[order] > 0)
    return float((found * _DISCOUNTS[: len(order)]).sum() / _DISCOUNTS[: len(right)].sum())


def _between(value: float, none: float, full: float) -> float:
    return float(min(1.0, max(0.0, (value - none) / (full - none))))
