"""Groups: related articles put together by what they share, each group under the name of just that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexer.article.article import Article
from recommender.presentation.labels import TAG, WORD, Shared
from recommender.presentation.reasons import MAX_LABEL
from recommender.presentation.wording import ENGLISH, Wording
from recommender.ranking.selection import EARLIER, PINNED, STORY, UPDATE, Pick
from recommender.results import Group, RelatedItem

MAX_GROUPS = 6
BACKGROUND_DAYS = 30  # by which an article is older that tells what was before
MAX_ITEMS = 4  # headlines in a group
MIN_ITEMS = 2
MIN_STRENGTH = 0.08  # of the label in an article for the article to stand under it
EVERYWHERE = 0.6  # a label that more than this share of the articles has tells none of them apart
OWN_BONUS = 1.5  # for labels that the article itself has: they say how the group continues it
KIND_WEIGHT = {TAG: 0.9, WORD: 0.45}  # beside a name's 1


@dataclass(frozen=True, slots=True)
class Cluster:
    """Places of items that share the labels `name` is made of."""

    name: str
    items: tuple[int, ...]


def arrange(
    source: Article, items: Sequence[RelatedItem], picks: Sequence[Pick], shared: Shared, words: Wording = ENGLISH
) -> tuple[Group, ...]:
    """The groups of the block: what editors picked and the article's own story first, then what its articles share,
    then what is left of other sites and of background, if it makes a group."""
    groups: list[Group] = []
    places = range(len(items))
    newer = sorted((p for p in places if picks[p].relation == UPDATE), key=lambda p: _when(items[p]), reverse=True)
    older = sorted((p for p in places if picks[p].relation in (EARLIER, STORY)), key=lambda p: _when(items[p]))
    picked = [p for p in places if picks[p].relation == PINNED]
    if picked:
        groups.append(Group(words.picked, tuple(items[p] for p in picked)))
    for name, chosen in ((words.latest_in_story, newer), (words.earlier_in_story, older[::-1])):
        if chosen:
            groups.append(Group(name, tuple(items[p] for p in chosen[:MAX_ITEMS])))
    told = {*newer, *older, *picked}
    rest = [p for p in places if p not in told]
    topics = cluster(shared.restricted(rest), words)[: MAX_GROUPS - len(groups)]
    groups += [Group(topic.name, tuple(items[rest[at]] for at in topic.items)) for topic in topics]
    left = [p for p in rest if p not in {rest[at] for topic in topics for at in topic.items}]
    away = [p for p in left if source.site and items[p].article.site not in ("", source.site)]
    for name, chosen in (
        (words.elsewhere, away),
        (words.background, [p for p in left if p not in away and _is_background(source, items[p].article)]),
    ):
        if len(chosen) >= MIN_ITEMS and len(groups) < MAX_GROUPS:
            groups.append(Group(name, tuple(items[p] for p in chosen[:MAX_ITEMS])))
    return tuple(groups)


def _when(item: RelatedItem) -> tuple[float, str]:
    date = item.article.date
    return date.timestamp() if date else float("-inf"), item.article.id


def _is_background(source: Article, article: Article) -> bool:
    return source.date is not None and article.date is not None and (source.date - article.date).days >= BACKGROUND_DAYS


def cluster(shared: Shared, words: Wording = ENGLISH) -> list[Cluster]:
    """Groups of items by their labels, at most `MAX_GROUPS` of at most `MAX_ITEMS`, in the order of their best item.
    Items are given best first. One that shares nothing telling with another stays out rather than under a name that
    is not its own.

    Greedy set cover: the label whose best uncovered articles are most strongly about it is taken first.
    """
    weights = _usable(shared)
    keys = [label.key for label in shared.labels]
    left = np.flatnonzero((weights > 0).any(axis=0)).tolist()  # labels that may still name a group
    free = np.ones(len(shared.strength), bool)
    used: set[str] = set()
    clusters: list[Cluster] = []
    while len(clusters) < MAX_GROUPS:
        left = [place for place in left if not keys[place] & used]
        best = _next(weights[:, left] * free[:, None])
        if best is None:
            break
        column, items = best
        label = left[column]
        second = _companion(shared, keys, weights, items, label, used)
        labels = [label] if second is None else [label, second]
        for place in labels:
            used |= keys[place]
        free[list(items)] = False
        clusters.append(Cluster(_name(shared, labels, words), items))
    return sorted(clusters, key=lambda group: group.items[0])


def _usable(shared: Shared) -> NDArray[np.float32]:
    """(n_items, n_labels) the strengths that count for grouping."""
    weights = np.where(shared.prominent & (shared.strength >= MIN_STRENGTH), shared.strength, 0).astype(np.float32)
    n_items = len(weights)
    has = (weights > 0).sum(axis=0)
    usable = (has >= MIN_ITEMS) & np.array([len(label.text) <= MAX_LABEL for label in shared.labels], bool)
    if n_items > MAX_ITEMS:
        usable &= has <= EVERYWHERE * n_items
    kinds = np.array([KIND_WEIGHT.get(label.kind, 1.0) for label in shared.labels])
    factors = usable * kinds * np.where(shared.in_source > 0, OWN_BONUS, 1.0)
    return np.asarray(weights * factors.astype(np.float32), np.float32)


def _next(weights: NDArray[np.float32]) -> tuple[int, tuple[int, ...]] | None:
    """The column of (n_items, n_labels) weights with the strongest group, and the items of that group, ascending."""
    enough = np.flatnonzero((weights > 0).sum(axis=0) >= MIN_ITEMS)
    if not len(enough):
        return None
    rows = weights[:, enough].T
    strongest = np.sort(np.argsort(-rows, axis=1, kind="stable")[:, :MAX_ITEMS], axis=1)
    best = int(np.take_along_axis(rows, strongest, axis=1).sum(axis=1).argmax())
    return int(enough[best]), tuple(item for item in strongest[best].tolist() if rows[best, item] > 0)


def _companion(
    shared: Shared,
    keys: Sequence[frozenset[str]],
    weights: NDArray[np.float32],
    items: tuple[int, ...],
    label: int,
    used: set[str],
) -> int | None:
    """A second label that all of a group share, for a fuller name ("Chang'e 6 and Queqiao-2")."""
    of_group = weights[list(items)]
    shares = np.where((of_group > 0).all(axis=0), of_group.sum(axis=0), 0)
    taken = used | keys[label]
    best: list[int] = np.argsort(-shares, kind="stable").tolist()
    for place in best:
        if not shares[place]:
            break
        if shared.labels[place].kind != WORD and not keys[place] & taken:
            return place
    return None


def _name(shared: Shared, labels: list[int], words: Wording) -> str:
    texts = [shared.labels[place].text for place in labels]
    name = words.list_of(texts)
    return name[0].upper() + name[1:]
