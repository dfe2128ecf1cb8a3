"""Which reason is given for an article: what it shares with the one it stands under. `wording` has the words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from indexer.article.article import Article
from recommender.presentation.labels import WORD, Label, Shared
from recommender.presentation.wording import ENGLISH, Wording
from recommender.ranking.selection import EARLIER, PINNED, STORY, UPDATE, Pick

SECOND = 0.4  # share of the first label's evidence that a second needs to be named beside it
FIRST = 0.06  # share of the whole similarity that one label must explain to be a reason
WORD_SHARE = 0.4  # what a plain word counts beside a name: "also about cocoa" tells less than "also about Bahia"
MAX_LABEL = 42  # characters; longer names make no reason


def evidence(shared: Shared) -> NDArray[np.float32]:
    """(n_items, n_labels) how much each label did to make each item similar: what weighs much in both articles."""
    weights = shared.in_source * shared.strength
    words = [place for place, label in enumerate(shared.labels) if label.kind == WORD]
    weights[:, words] *= np.float32(WORD_SHARE) * shared.prominent[:, words]
    weights[:, [place for place, label in enumerate(shared.labels) if len(label.text) > MAX_LABEL]] = 0
    return weights


def best_labels(shared: Shared, cosines: Sequence[float], count: int = 2) -> list[list[Label]]:
    """For each item the labels that did most to make it similar, none repeating a word of another. `cosines` says how
    similar the items' whole texts are."""
    weights = evidence(shared)
    telling = np.flatnonzero(weights.any(axis=0))
    labels, weights = [shared.labels[place] for place in telling.tolist()], weights[:, telling]
    order = np.argsort(-weights, axis=1, kind="stable")
    rows = zip(order.tolist(), np.take_along_axis(weights, order, axis=1).tolist(), cosines, strict=True)
    return [_best(labels, places, row, cosine, count) for places, row, cosine in rows]


def _best(
    labels: Sequence[Label], places: Sequence[int], weights: Sequence[float], cosine: float, count: int
) -> list[Label]:
    """The same for one item, with the places of its labels and their weights, best first."""
    chosen: list[Label] = []
    for place, weight in zip(places, weights, strict=True):
        if len(chosen) == count or weight <= 0 or weight < (SECOND * weights[0] if chosen else FIRST * cosine):
            break
        if not any(labels[place].key & other.key for other in chosen):
            chosen.append(labels[place])
    return chosen


def reason(pick: Pick, labels: Sequence[Label], source: Article, article: Article, words: Wording = ENGLISH) -> str:
    """Why an article is offered: its place in the story, or what both are about, its best `labels`, or who wrote
    them."""
    if pick.relation:
        return _of_relation(pick.relation, words)
    if labels:
        return words.about.format(words.list_of([label.text for label in labels]))
    authors = [name for name in article.authors if name in source.authors]
    return words.by.format(words.list_of(authors[:2])) if authors else words.similar


def _of_relation(relation: str, words: Wording) -> str:
    return {UPDATE: words.update, EARLIER: words.earlier, STORY: words.story, PINNED: words.pinned}[relation]
