"""Stories: which articles are copies of each other, and which tell one running story.

A copy is the same text on another site, give or take an editor's cuts, see `indexer.copies`. A running story is what
links articles over weeks ("Odysseus launches", "Odysseus tips over", "Odysseus falls silent"): they are near each other
as a cluster, and they carry one name that most others do not have. Neither alone is enough: near articles without a
common name are about one subject, and articles with a common name may be about different things that happened to its
bearer.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.names.commonplace import is_commonplace
from recommender.ranking.calibration import Calibration
from recommender.ranking.pairwise import Neighbourhood

NAMES_SHARE = 0.4  # what common names add to the nearness of two articles
STORY_DEVIATIONS = 6.5  # above the middle of unrelated pairs the articles of a story are near each other
STORY_FLOOR = 0.2  # nearness below which none are of a story: unrelated pairs of a small archive are not near at all
CARRIED_BY = 0.7  # share of a story's articles that its name stands out in
EVIDENCE = 4  # a story's articles and those of them with its name in the title, added up: a pair needs it in both
RARE = 0.2  # share of the archive's articles that may have a name for it to be that of a story


@dataclass(frozen=True, slots=True)
class Story:
    """The running story of the first article of a neighbourhood."""

    members: tuple[int, ...]  # places in the neighbourhood, ascending, 0 among them; just 0 where there is no story
    name: str  # folded, as in vocabulary.fold; empty where there is no story


def story(near: Neighbourhood, calibration: Calibration, num_docs: int) -> Story:
    """The running story that the first article of the neighbourhood belongs to."""
    clusters = average_linkage(_nearness(near), _least(calibration))
    sizes = Counter(clusters.tolist())
    names = {n: _name(near, np.flatnonzero(clusters == n), num_docs) if size > 1 else "" for n, size in sizes.items()}
    name = names[int(clusters[0])]
    if not name:
        titled = {near.name_keys[place] for place in np.flatnonzero(near.in_title[0]).tolist()}
        name = min((other for other in names.values() if other in titled), default="")
    if not name:
        return Story((0,), "")
    column = near.name_keys.index(name)
    together = [place for place, number in enumerate(clusters.tolist()) if names[number] == name]
    members = {place for place in together if near.present[place, column]}
    alone = [place for place, number in enumerate(clusters.tolist()) if not names[number]]
    members |= {place for place in alone if near.in_title[place, column]}
    members = {place for place in members if not near.templated[0, place]}
    return Story(tuple(sorted(members)), name) if 0 in members else Story((0,), "")


def story_names(near: Neighbourhood, calibration: Calibration, num_docs: int) -> list[str]:
    """For each article of a neighbourhood the name of the running story it belongs to, empty for none. Articles of one
    story have the same name; whichever of them comes first makes no difference."""
    clusters = average_linkage(_nearness(near), _least(calibration))
    sizes = Counter(clusters.tolist())
    names = {n: _name(near, np.flatnonzero(clusters == n), num_docs) if size > 1 else "" for n, size in sizes.items()}
    column = {name: place for place, name in enumerate(near.name_keys)}
    told = [names[cluster] for cluster in clusters.tolist()]
    return [name if name and near.present[place, column[name]] else "" for place, name in enumerate(told)]


def _least(calibration: Calibration) -> float:
    """The mean nearness from which on articles are of one story."""
    return max(STORY_FLOOR, calibration.at(STORY_DEVIATIONS))


def _nearness(near: Neighbourhood) -> NDArray[np.float32]:
    """(n, n) how near articles are for a story. Texts in different languages have but their names in common; notices
    from one template are near each other whatever they are about."""
    nearness = np.where(near.templated, 0, near.relevance + np.float32(NAMES_SHARE) * near.names)
    if len(set(near.languages)) == 1:
        return nearness
    languages = np.array(near.languages)
    return np.where(languages[:, None] == languages[None, :], nearness, near.names)


def average_linkage(nearness: NDArray[np.float32], threshold: float) -> NDArray[np.int64]:
    """(n,) the cluster of each item: the two clusters with the highest mean nearness are merged until none is above
    `threshold` (UPGMA; R. Sokal and C. Michener, 1958). Ties go to the lowest numbers."""
    n = len(nearness)
    total = nearness.astype(np.float64).copy()
    np.fill_diagonal(total, -np.inf)
    sizes = np.ones(n)
    labels = np.arange(n)
    while n > 1:
        mean = total / (sizes[:, None] * sizes[None, :])
        a, b = divmod(int(np.argmax(mean)), n)
        if mean[a, b] < threshold:
            break
        a, b = min(a, b), max(a, b)
        total[a] += total[b]
        total[:, a] += total[:, b]
        total[a, a] = -np.inf
        total[b], total[:, b] = -np.inf, -np.inf
        sizes[a] += sizes[b]
        labels[labels == b] = a
    return labels


def _name(near: Neighbourhood, members: NDArray[np.int64], num_docs: int) -> str:
    """The name that a cluster's articles carry, or nothing: the rarest that stands out in most of them, in their
    titles above all."""
    if not near.name_keys:
        return ""
    carried = near.salient[members].sum(axis=0) / len(members)
    titled = near.in_title[members].sum(axis=0) / len(members)
    # what idf a name has that occurs in `RARE` of the articles, or in five of a small archive
    common = np.log1p((num_docs + 0.5) / (max(5.0, RARE * num_docs) + 0.5) - 1 + 1e-9)
    fits = (carried >= CARRIED_BY) & (len(members) * (1 + titled) >= EVIDENCE) & (near.name_idf >= common)
    value = np.where(fits, (carried + titled / 4) * near.name_idf, 0)
    for place in np.flatnonzero(fits).tolist():
        if is_commonplace(near.name_keys[place]):  # a country is not what a story is about
            value[place] = 0
    best = int(np.argmax(value))
    return near.name_keys[best] if value[best] > 0 else ""
