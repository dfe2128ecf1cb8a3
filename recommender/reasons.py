"""Reasons: why an article is related, in words a reader understands."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from indexer.article import Article
from recommender.labels import WORD, Label, Shared
from recommender.selection import EARLIER, PINNED, STORY, UPDATE, Pick
from recommender.wording import ENGLISH, Wording

SECOND = 0.4  # share of the first label's evidence that a second needs to be named beside it
FIRST = 0.06  # share of the whole similarity that one label must explain to be a reason
WORD_SHARE = 0.4  # what a plain word counts beside a name: "also about cocoa" tells less than "also about Bahia"
MAX_LABEL = 42  # characters; longer names make no reason


def evidence(shared: Shared) -> NDArray[np.float32]:
    """(n_items, n_labels) how much each label did to make each item similar: what weighs much in both articles."""
    found = shared.own * shared.strength
    words = [place for place, label in enumerate(shared.labels) if label.kind == WORD]
    found[:, words] *= np.float32(WORD_SHARE) * shared.prominent[:, words]
    found[:, [place for place, label in enumerate(shared.labels) if len(label.text) > MAX_LABEL]] = 0
    return found


def best_labels(shared: Shared, weights: NDArray[np.float32], cosine: float, count: int = 2) -> list[Label]:
    """The labels that did most to make an article similar, none repeating a word of another. `weights` is the item's
    row of `evidence`, `cosine` how similar the whole texts are."""
    places = np.flatnonzero(weights > 0)
    order = places[np.argsort(-weights[places], kind="stable")].tolist()
    own = weights.tolist()
    chosen: list[int] = []
    for place in order:
        if len(chosen) == count:
            break
        if own[place] < (SECOND * own[chosen[0]] if chosen else FIRST * cosine):
            break
        if not any(shared.labels[place].key & shared.labels[other].key for other in chosen):
            chosen.append(place)
    return [shared.labels[place] for place in chosen]


def reason(
    pick: Pick,
    shared: Shared,
    weights: NDArray[np.float32],
    source: Article,
    article: Article,
    words: Wording = ENGLISH,
) -> str:
    """Why an article is offered: its place in the story, or what both are about, or who wrote them. `weights` is its
    row of `evidence`."""
    if pick.relation:
        return _of_relation(pick.relation, words)
    labels = best_labels(shared, weights, pick.cosine)
    if labels:
        return words.about.format(words.list_of([label.text for label in labels]))
    authors = [name for name in article.authors if name in source.authors]
    return words.by.format(words.list_of(authors[:2])) if authors else words.similar


def _of_relation(relation: str, words: Wording) -> str:
    return {UPDATE: words.update, EARLIER: words.earlier, STORY: words.story, PINNED: words.pinned}[relation]
