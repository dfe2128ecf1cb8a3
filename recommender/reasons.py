"""Reasons: why an article is related, in words a reader understands."""

from __future__ import annotations

import numpy as np

from recommender.labels import WORD, Label, Shared

SECOND = 0.4  # share of the first label's evidence that a second needs to be named beside it
FIRST = 0.1  # share of the whole similarity that one label must explain to be a reason
WORD_SHARE = 0.5  # what a plain word counts beside a name: "also about cocoa" tells less than "also about Bahia"
MAX_LABEL = 42  # characters; longer names make no reason


def joined(texts: list[str]) -> str:
    """The texts as a list in prose: "A", "A and B"."""
    return " and ".join(texts)


def best_labels(shared: Shared, item: int, cosine: float, count: int = 2) -> list[Label]:
    """The labels that did most to make the article with this place among the items similar: what weighs much in both
    articles comes first, and none repeats a word of another. `cosine` is how similar the whole texts are."""
    evidence = shared.own * shared.strength[item]
    for place, label in enumerate(shared.labels):
        if label.kind == WORD:
            evidence[place] *= WORD_SHARE * shared.prominent[item, place]
        if len(label.text) > MAX_LABEL:
            evidence[place] = 0
    chosen: list[int] = []
    for place in np.argsort(-evidence, kind="stable").tolist():
        if evidence[place] <= 0 or len(chosen) == count:
            break
        if evidence[place] < (SECOND * evidence[chosen[0]] if chosen else FIRST * cosine):
            break
        if not any(shared.labels[place].key & shared.labels[other].key for other in chosen):
            chosen.append(place)
    return [shared.labels[place] for place in chosen]


def also_about(shared: Shared, item: int, cosine: float) -> str:
    """The reason drawn from what both articles are about."""
    labels = best_labels(shared, item, cosine)
    if not labels:
        return "on a similar subject"
    return f"also about {joined([label.text for label in labels])}"
