"""Which reason is given for an article: what it shares with the one it stands under. `wording` has the words."""

from __future__ import annotations

from collections.abc import Sequence

from recommender.presentation.subjects import Subject
from recommender.presentation.wording import ENGLISH, Wording
from recommender.ranking.selection import EARLIER, NEXT, PINNED, PREVIOUS, STORY, UPDATE, Pick

MOST_NAMED = 2  # subjects in a reason


def reason(pick: Pick, subjects: Sequence[Subject], words: Wording = ENGLISH, *, linked: bool = False) -> str:
    """Why an article is offered: its place in the story or the series, or what both are about, or that one of them
    links to the other. Empty where what both are about cannot be said in a few words."""
    if pick.relation:
        return _of_relation(pick.relation, words)
    labels = [label for subject in subjects for label in subject.labels][:MOST_NAMED]
    if labels:
        return words.about.format(words.list_of(labels))
    if linked:
        return words.linked
    return "" if subjects else words.similar  # better none than one that says nothing


def _of_relation(relation: str, words: Wording) -> str:
    return {
        UPDATE: words.update,
        EARLIER: words.earlier,
        STORY: words.story,
        PINNED: words.pinned,
        PREVIOUS: words.previous,
        NEXT: words.next,
    }[relation]
