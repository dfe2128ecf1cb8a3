"""Spaces side by side: the cosines of articles in several vector spaces, brought to one scale before they are combined.

Two articles that have nothing to do with each other have a cosine of .01 in one space and of .3 in another, and the
cosines of one are spread twice as far as those of the other, which then decides alone what their mean says. So the
cosines of every space are moved and stretched until those of the archive's own pairs of articles have the mean and the
standard deviation that they have in the space of reference, the archive's own where there is one. What a limit of
relevance means stays the same when a space comes or goes, and for articles that a space has not got to yet.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexer.vectors.space import LSA
from recommender.corpus.sampling import evenly
from search.ranking.fusion import space_weights
from search.reader.snapshot import Snapshot
from search.vector.nearest import article_vectors

CUTS = (24, 96)  # dimensions of an ordered space that hold the broad subjects, and the not so broad
SAMPLED = 300  # articles that are compared with each other to learn how the cosines of a space spread
ALIKE = 1e-4  # standard deviation of cosines below which a space tells nothing apart: rounding errors are no scale
FEWEST = 12  # articles below which they say nothing: cosines stay as they are
_ONE_THREAD = 1 << 18  # multiplications; OpenBLAS takes several threads for more
_NARROW = 16  # columns


@dataclass(frozen=True, slots=True)
class Scale:
    """What the cosines of a space count for: `share` of the mean over the spaces, as ``factor * cosine + offset``."""

    share: float = 1.0
    factor: float = 1.0
    offset: float = 0.0


def is_ordered(snapshot: Snapshot, space: str) -> bool:
    """Whether the dimensions of a space are ordered from the broadest subject to the narrowest, and are more than
    the last of the `CUTS`."""
    entry = snapshot.manifest.spaces[space]
    return entry.kind == LSA and entry.dim > CUTS[-1]


def gram(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """(n, n) ``rows @ rows.T``, for a few rows in products so small that BLAS makes each in the calling thread: where
    other processes want the cores, to share one out to threads takes five times as long as to make it."""
    n, width = rows.shape
    step = _ONE_THREAD // max(1, n * n)
    if step < _NARROW:
        return np.asarray(rows @ rows.T, np.float32)
    total = np.zeros((n, n), np.float32)
    for start in range(0, width, step):
        part = rows[:, start : start + step]
        total += part @ part.T.copy()  # not the transpose itself, which makes it another routine, with other limits
    return total


def mutual(rows: NDArray[np.float32], *, ordered: bool) -> NDArray[np.float32]:
    """(n, n) the cosines of (n, dim) vectors with each other; in an `ordered` space the mean of those in all dimensions
    and in the first of each of the `CUTS`."""
    cosines = gram(rows)
    if not ordered:
        return cosines
    for cut in CUTS:
        head = rows[:, :cut] / np.maximum(np.linalg.norm(rows[:, :cut], axis=1, keepdims=True), 1e-6)
        cosines += gram(head)
    return cosines / np.float32(1 + len(CUTS))


def scales(snapshot: Snapshot) -> Mapping[str, Scale]:
    """The scale of every space of a snapshot, measured on articles that all spaces have. A space that tells nothing
    apart counts for less, as it does in search."""
    names = list(snapshot.spaces)
    if len(names) < 2:
        return dict.fromkeys(names, Scale())
    shares = space_weights({name: space.resolution for name, space in snapshot.spaces.items()})
    encoded = snapshot.live()
    for name in names:
        lacking = snapshot.lacking(name)
        encoded &= True if lacking is None else ~lacking
    docs = evenly(np.flatnonzero(encoded), SAMPLED)
    if len(docs) < FEWEST:
        return {name: Scale(shares[name]) for name in names}
    spread = {name: _spread(snapshot, name, docs) for name in names}
    mean, deviation = spread[reference(snapshot)]
    made = {}
    for name, (own_mean, own_deviation) in spread.items():
        factor = deviation / own_deviation if min(deviation, own_deviation) > ALIKE else 1.0
        made[name] = Scale(shares[name], factor, mean - factor * own_mean)
    return made


def reference(snapshot: Snapshot) -> str:
    """The space whose scale all take, of those there are: the archive's own, else the one that tells articles apart
    best."""
    spaces = snapshot.spaces
    return max(spaces, key=lambda name: (snapshot.manifest.spaces[name].kind == LSA, spaces[name].resolution))


def _spread(snapshot: Snapshot, space: str, docs: NDArray[np.int64]) -> tuple[float, float]:
    """Mean and standard deviation of the cosines of all pairs of the docs."""
    cosines = mutual(article_vectors(snapshot, space, docs), ordered=is_ordered(snapshot, space))
    pairs = cosines[np.triu_indices(len(docs), 1)].astype(np.float64)
    return float(pairs.mean()), float(pairs.std())
