"""Reasons: why an article is related, in words a reader understands."""

from __future__ import annotations

import numpy as np

from indexer.article import Article
from recommender.labels import WORD, Label, Shared
from recommender.selection import EARLIER, PINNED, STORY, UPDATE, Pick
from recommender.wording import ENGLISH, Wording

SECOND = 0.4  # share of the first label's evidence that a second needs to be named beside it
FIRST = 0.06  # share of the whole similarity that one label must explain to be a reason
WORD_SHARE = 0.4  # what a plain word counts beside a name: "also about cocoa" tells less than "also about Bahia"
MAX_LABEL = 42  # characters; longer names make no reason


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


def reason(pick: Pick, shared: Shared, item: int, source: Article, article: Article, words: Wording = ENGLISH) -> str:
    """Why an article is offered: its place in the story, or what both are about, or who wrote them."""
    if pick.relation:
        return _of_relation(pick.relation, words)
    labels = best_labels(shared, item, pick.cosine)
    if labels:
        return words.about.format(words.list_of([label.text for label in labels]))
    authors = [name for name in article.authors if name in source.authors]
    return words.by.format(words.list_of(authors[:2])) if authors else words.similar


def _of_relation(relation: str, words: Wording) -> str:
    return {UPDATE: words.update, EARLIER: words.earlier, STORY: words.story, PINNED: words.pinned}[relation]
