"""From clicks to judgements: which articles readers chose more often than their place in the list explains.

What stands first is clicked most, whatever it is. So clicks are held against expected clicks (COEC: V. Zhang and
R. Jones, "Comparing Click Logs and Editorial Labels for Training Query Rewriting", 2007): a click on a list goes to a
place with the share that this place has of all clicks, and an article that gets more than that is a better choice than
its place. Only clicked lists are known, so the shares are of clicks, not of views, and sum to 1 over a list.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.corpus.corpus import Corpus
from recommender.feedback.learning import CLICKS, Example
from recommender.ranking import candidates
from recommender.ranking.features import features
from recommender.request import profile
from search.usage.events import MOST_SHOWN, Pair

SMOOTHING = 20.0  # clicks' worth of belief that a place is clicked as 1 / its number
SHRINKAGE = 2.0  # expected clicks' worth of belief that an article is clicked as its place is
MIN_CLICKS = 5  # on the lists of an article, below which they say nothing


def place_shares(pairs: Sequence[Pair]) -> NDArray[np.float64]:
    """(MOST_SHOWN,) how likely a click goes to each place, relative to the others."""
    clicked, seen = np.zeros(MOST_SHOWN), np.zeros(MOST_SHOWN)
    for pair in pairs:
        clicked[pair.position - 1] += pair.clicked
        seen[pair.position - 1] += pair.seen
    prior = 1 / np.arange(1, MOST_SHOWN + 1)
    prior /= prior.sum()
    shares: NDArray[np.float64] = (clicked + SMOOTHING * prior) / (seen + SMOOTHING)
    return shares


@dataclass(frozen=True, slots=True)
class Preference:
    """What readers of an article made of one that was offered: clicks, and those that its places explain."""

    clicked: int
    expected: float

    @property
    def ratio(self) -> float:
        """Clicks over expected clicks, drawn towards 1 where there are few."""
        return (self.clicked + SHRINKAGE) / (self.expected + SHRINKAGE)


def preferences(pairs: Sequence[Pair]) -> dict[str, dict[str, Preference]]:
    """For every article the preferences among what was offered under it."""
    shares = place_shares(pairs)
    upto = np.cumsum(shares)
    preferred: dict[str, dict[str, Preference]] = {}
    for pair in pairs:
        expected = pair.seen * float(shares[pair.position - 1] / upto[pair.shown - 1])
        targets = preferred.setdefault(pair.source, {})
        before = targets.get(pair.target, Preference(0, 0.0))
        targets[pair.target] = Preference(before.clicked + pair.clicked, before.expected + expected)
    return preferred


def click_examples(
    corpus: Corpus,
    preferred: Mapping[str, Mapping[str, Preference]],
    doc_of: Mapping[str, int],
    progress: Callable[[int], object] = lambda steps: None,
) -> list[Example]:
    """The training examples that clicks make, in the order of their docs. `doc_of` has the docs of ids.

    The candidates are the articles that were offered then and may be offered now, since of others nobody can say
    whether they would have been clicked; the gain of one is how far its `ratio` exceeds 1.
    """
    made = []
    offered = corpus.offered()
    for source, targets in sorted(preferred.items(), key=lambda item: doc_of.get(item[0], -1)):
        progress(1)
        docs_of = {target: doc_of[target] for target in targets if target in doc_of and target != source}
        known = {doc: targets[target].ratio for target, doc in docs_of.items() if offered[doc]}
        enough = sum(preference.clicked for preference in targets.values()) >= MIN_CLICKS
        if source not in doc_of or not enough or len(known) < 2:
            continue
        docs = np.array(sorted(known), np.int64)
        gains = np.array([max(0.0, known[doc] - 1) for doc in docs.tolist()], np.float32)
        if gains.any():
            article = profile.of_doc(corpus, doc_of[source])
            values = features(corpus, article, candidates.compare(corpus, article, docs))
            made.append(Example(doc_of[source], docs, values, gains, int((gains > 0).sum()), CLICKS))
    return made
