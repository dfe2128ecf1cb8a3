"""Articles whose section disagrees with that of the articles nearest to them.

A vote of the nearest articles, weighted by how near they are (S. Dudani, "The Distance-Weighted k-Nearest-Neighbor
Rule", 1976) and, so that a large section does not win by its size, divided by the square root of it. How sure a vote
is, is read off the archive itself: of all articles whose neighbours are at least as much of one mind, how many carry
the section they vote for? Where sections say nothing about the subject, no vote is sure, and nothing is reported.
Neighbours may all be of one story that has its home elsewhere, so a doubt is reported only where the words of all
articles of the section say the same (`section_words`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.audit.graph import Graph

MIN_VOTERS = 3
MIN_ON_SITE = 3  # articles of a site in a section, for the section to be one of that site
LEAST_SURE = 0.9
MOST_OWN = 0.1  # share of the vote for the article's own section


@dataclass(frozen=True, slots=True)
class Doubt:
    """An article that its neighbours would file elsewhere."""

    doc: int
    section: str
    likely: str
    share: float  # of the vote that the likely section has
    sure: float  # share of the articles with such a vote that are in the section voted for


@dataclass(frozen=True, slots=True)
class SectionCheck:
    """What became of the articles that have a section and neighbours with one."""

    checked: int
    agreeing: int  # articles in the section that their neighbours vote for
    doubts: list[Doubt]  # the surest first


def check_sections(
    graph: Graph, sections: Sequence[str], sites: Sequence[str], by_words: Mapping[int, str]
) -> SectionCheck:
    """Asks the neighbours of every source of the graph. `sections` and `sites` are those of all docs, empty where an
    article has none; `by_words` has the section of the sources that `section_words` finds."""
    on_site = Counter((site, section) for site, section in zip(sites, sections, strict=True) if section)
    size = Counter(section for section in sections if section)
    votes_of_docs = []
    for doc, near, nearness in zip(graph.sources.tolist(), graph.near.tolist(), graph.nearness.tolist(), strict=True):
        if not sections[doc]:
            continue
        votes: Counter[str] = Counter()
        voters = 0
        for other, weight in zip(near, nearness, strict=True):
            section = sections[other] if other >= 0 else ""
            if section and weight > 0 and on_site[sites[doc], section] >= MIN_ON_SITE:
                votes[section] += weight**2 / size[section] ** 0.5
                voters += 1
        if voters >= MIN_VOTERS:
            likely = min(votes, key=lambda section: (-votes[section], section))
            total = sum(votes.values())
            votes_of_docs.append(Doubt(doc, sections[doc], likely, votes[likely] / total, votes[sections[doc]] / total))
    return _judged(votes_of_docs, by_words)


def _judged(votes: list[Doubt], by_words: Mapping[int, str]) -> SectionCheck:
    """The votes with `sure` in the place where each has had the share of its own section."""
    votes = sorted(votes, key=lambda vote: (-vote.share, vote.doc))
    agrees = np.array([vote.section == vote.likely for vote in votes], bool)
    sure = sureness(agrees)
    doubts = [
        Doubt(vote.doc, vote.section, vote.likely, vote.share, float(at))
        for vote, agreed, at in zip(votes, agrees.tolist(), sure.tolist(), strict=True)
        if not agreed and at >= LEAST_SURE and vote.sure <= MOST_OWN and by_words.get(vote.doc) == vote.likely
    ]
    return SectionCheck(len(votes), int(agrees.sum()), doubts)


def sureness(agrees: NDArray[np.bool_]) -> NDArray[np.float64]:
    """(n,) for votes in falling order of their share, how likely each is right: the share of right ones among those
    before it and itself, by Laplace's rule of succession, never rising."""
    n = np.arange(1, len(agrees) + 1)
    right = (np.cumsum(agrees) + 1) / (n + 2)
    falling: NDArray[np.float64] = np.maximum.accumulate(right[::-1])[::-1]
    return falling
