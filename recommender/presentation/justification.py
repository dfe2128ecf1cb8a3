"""Justification: which of the related articles an editor would sign, each for a reason of its own.

An item is justified by the names that are central to it and to the article, times how far its text stands out from
the crowd of other candidates. Neither is enough: what shares a name with an article may be about something else that
happened to its bearer, and in an archive of reports made from templates the nearest text is about another company.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from indexer.article.article import Article
from recommender.presentation.subjects import HEADLINE, Shared, Subject
from recommender.ranking.selection import EARLIER, NEXT, PINNED, PREVIOUS, STORY, UPDATE, Pick

# From which strength on an item is justified: on the judged blocks of three archives nine of ten above it were signed,
# each archive alone about as many (docs/related.md).
CUTOFF = 0.9
MOST_STANDING = 6.0  # deviations above the crowd; more say no more
SECOND_NAME = 0.5  # what a second name adds, beside the first one's 1
CALLED = 0.1  # evidence from which on a name is named in a reason, ...
SECOND = 0.4  # ... and its share of the first one's, if it is the second
IN_FULL = 0.8  # of the evidence of a name that a longer one needs to be named in its place
LEAST_STANDING = 3.0  # from which on a name joins: a large company or an authority has much to do with the crowd
NEAR_CROWD = 4.0  # below which names must join more than elsewhere: one that both have may be all that they share, ...
CUTOFF_IN_CROWD = 1.6  # ... so this much
# ... or so much where neither headline has a name of its own
CUTOFF_AT_ONE = 1.2
RARE, RARE_STANDING = (
    0.75,
    1.5,
)  # a name so specific in both headlines justifies from there on, if one has no other name
# What stands out so far needs no more than a subject that both have at all, if neither headline has a name of its own.
BY_ITSELF, SOME = 6.0, 0.04
LINK_STANDING = 2.0  # from which on a link justifies: what every page links to stands out from no crowd
TOLD = (UPDATE, EARLIER, STORY)


def strengths(
    shared: Shared, picks: Sequence[Pick], foreign: NDArray[np.bool_], linked: Container[int] = ()
) -> NDArray[np.float32]:
    """(n_items,) how well each item is justified; what an editor picked, and the next and the previous of a series,
    are beyond doubt. An item in another language than the article's, as `foreign` says, has few words in common with it
    however near it is, so a common story is enough. So is a link in the text of one to the other, which the docs
    `linked` have."""
    joined = np.array([_joined(shared, row) for row in shared.evidence()], np.float32)
    standing = np.array([min(pick.standing, MOST_STANDING) for pick in picks], np.float32)
    told = np.array([pick.relation in TOLD for pick in picks], bool)
    by_link = np.array([pick.doc in linked for pick in picks], bool) & (standing >= LINK_STANDING)
    sure = np.array([pick.relation in (PINNED, PREVIOUS, NEXT) for pick in picks], bool)
    by_name = joined * np.where(standing >= LEAST_STANDING, standing, 0)
    in_crowd = np.where(shared.strange > 0, CUTOFF_IN_CROWD, CUTOFF_AT_ONE)
    by_name[(standing < NEAR_CROWD) & (by_name < in_crowd)] = 0
    some = shared.evidence().max(axis=1, initial=0) >= SOME
    by_nearness = some & (shared.strange == 0) & (standing >= BY_ITSELF)
    by_rare_name = _has_rare_name(shared) & (shared.strange < 2) & (standing >= RARE_STANDING)
    strength = np.maximum(by_name, np.where(told & foreign | by_link | by_rare_name | by_nearness, CUTOFF, 0))
    return np.where(sure, np.float32(np.inf), strength).astype(np.float32)


def _has_rare_name(shared: Shared) -> NDArray[np.bool_]:
    """(n_items,) which items have a name in their headlines that the article's has, too, and hardly another one has."""
    rare = np.array([not subject.is_phrase for subject in shared.subjects], bool) & (shared.specific >= RARE)
    return np.asarray((shared.in_items[:, rare & (shared.in_source >= HEADLINE)] >= HEADLINE).any(axis=1), bool)


def believed(picks: Sequence[Pick], possible: NDArray[np.bool_]) -> list[Pick]:
    """The picks, those of one story only where that is `possible`, (n_items,): else they are near each other and no
    more."""
    told = [pick.relation in TOLD for pick in picks]
    return [
        replace(pick, relation="") if of_story and not is_sure else pick
        for pick, of_story, is_sure in zip(picks, told, possible.tolist(), strict=True)
    ]


def _joined(shared: Shared, evidence: NDArray[np.float32]) -> float:
    best = ranked(shared, evidence, 2)
    weights = (1.0, SECOND_NAME)
    return sum(weight * float(evidence[place]) for weight, place in zip(weights, best, strict=False))


def ranked(shared: Shared, evidence: NDArray[np.float32], count: int) -> list[int]:
    """The places of the subjects with the most evidence for an item, none saying what another says."""
    chosen: list[int] = []
    there = np.flatnonzero(evidence > 0)
    for place in there[np.argsort(-evidence[there], kind="stable")].tolist():
        if len(chosen) == count:
            break
        if not any(shared.subjects[place].says_the_same(shared.subjects[other]) for other in chosen):
            chosen.append(place)
    return chosen


def named(shared: Shared, evidence: NDArray[np.float32], in_item: NDArray[np.float32]) -> list[Subject]:
    """What a reason names for an item: the subject with most evidence, and a second one that has enough. `in_item`,
    (n_subjects,), says how central each is to the item."""
    best = ranked(shared, np.where(_named_first(shared, evidence, in_item), evidence, np.float32(0)), 2)
    least = max(CALLED, SECOND * float(evidence[best[0]])) if best else CALLED
    subjects = [shared.subjects[_in_full(shared, evidence, place)] for place in best if evidence[place] >= least]
    return [subject for subject in subjects if not subject.is_part] or subjects


def named_at_all(shared: Shared, evidence: NDArray[np.float32]) -> list[Subject]:
    """What a reason may name for an item that `named` has nothing for: a name that both have, or else a word."""
    words = np.array([bool(subject.parts) for subject in shared.subjects], bool)
    some = np.where(evidence >= SOME, evidence, np.float32(0))
    best = ranked(shared, np.where(words, np.float32(0), some), 1) or ranked(shared, some, 1)
    return [shared.subjects[place] for place in best]


def _named_first(shared: Shared, evidence: NDArray[np.float32], in_item: NDArray[np.float32]) -> NDArray[np.bool_]:
    """(n_subjects,) what a reason may name: names and phrases where both headlines have one of them, or else words that
    both have: who is quoted in two texts is less what they are about than what both headlines say."""
    words = np.array([bool(subject.parts) for subject in shared.subjects], bool)
    titled = (shared.in_source >= HEADLINE) & (in_item >= HEADLINE)
    called = evidence >= CALLED
    if (called & words).any() and not (called & titled & ~words).any():
        return words
    return ~words


def _in_full(shared: Shared, evidence: NDArray[np.float32], place: int) -> int:
    """The longest name that both articles have and that this one is a part of: "Dome Petroleum" for "Dome"."""
    key = shared.subjects[place].key
    longer = [
        other
        for other, subject in enumerate(shared.subjects)
        if key < subject.key and evidence[other] >= IN_FULL * evidence[place]
    ]
    return max(longer, key=lambda other: (len(shared.subjects[other].key), -other), default=place)


def in_other_languages(articles: Sequence[Article], language: str, otherwise: str) -> NDArray[np.bool_]:
    """(n,) which articles are in another language than `language`; `otherwise` is that of those that name none."""
    return np.array([(article.language or otherwise) != language for article in articles], bool)
