"""Judging blocks: which ones a person is shown, and the grade that comes of what they say of an item."""

from __future__ import annotations

import random
from collections.abc import Container, Iterator
from dataclasses import dataclass

import numpy as np

from recommender.feedback.grades import MAX_TEXT, Grade
from recommender.related import Recommender
from recommender.request.seeds import ArticleSeed
from recommender.results import Block, RelatedItem


@dataclass(frozen=True, slots=True)
class Placed:
    """An item of a block and where it stands in it."""

    place: int  # from 1, the lead, on
    group: str  # the name of its group
    item: RelatedItem


def placed(block: Block) -> list[Placed]:
    """The items of a block, from the lead on."""
    lead = [("", block.lead)] if block.lead is not None else []
    items = lead + [(group.name, item) for group in block.groups for item in group.items]
    return [Placed(place, group, item) for place, (group, item) in enumerate(items, 1)]


def blocks_by_lot(recommender: Recommender, seed: int, known: Container[str] = ()) -> Iterator[Block]:
    """The blocks of an archive in an order drawn by lot, without those that have nothing in them and those under the
    articles with the `known` ids."""
    corpus = recommender.corpus()
    docs = np.flatnonzero(corpus.offered()).tolist()
    random.Random(seed).shuffle(docs)
    for doc in docs:
        article_id = corpus.article_id(doc)
        if article_id not in known:
            block = recommender.block(ArticleSeed(article_id))
            if block.lead is not None:
                yield block


def grade_of(block: Block, of: Placed, grade: str, reason_grade: str, nearness: float | None, person: str) -> Grade:
    """What a person said of an item, with what they saw beside it. Raises GradeError for a grade there is not."""
    return Grade(
        block.id,
        of.item.article.id,
        grade,
        of.place,
        of.group[:MAX_TEXT],
        of.item.reason[:MAX_TEXT],
        reason_grade,
        of.item.relation,
        nearness,
        person,
    )
