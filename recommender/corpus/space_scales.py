"""Spaces side by side: the cosines of articles in several vector spaces, brought to one scale before they are combined.

Two articles that have nothing to do with each other have a cosine of .01 in one space and of .3 in another, and the
cosines of one vary twice as much as those of the other, which then decides alone what their mean says. So the
cosines of every space are moved and stretched until those of the archive's own pairs of articles have the mean and the
standard deviation that they have in the space of reference, the archive's own where there is one. What a limit of
relevance means stays the same when a space comes or goes, and for articles that a space has not got to yet.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from recommender.corpus.corpus import CorpusSpace, Scale
from recommender.corpus.cosines import mutual
from recommender.corpus.sampling import evenly
from search.ranking.fusion import space_weights

SAMPLED = 300  # articles that are compared with each other to learn how the cosines of a space vary
ALIKE = 1e-4  # standard deviation of cosines below which a space tells nothing apart: rounding errors are no scale
FEWEST = 12  # articles below which they say nothing: cosines stay as they are


def reference(spaces: Mapping[str, CorpusSpace]) -> str:
    """The space whose scale all take, of those there are: the archive's own, else the one that tells articles apart
    best; of equals the first."""
    return max(spaces, key=lambda name: (spaces[name].is_trained_here, spaces[name].resolution))


def scaled(
    spaces: Mapping[str, CorpusSpace],
    encoded: NDArray[np.int64],
    vectors: Callable[[str, NDArray[np.int64]], NDArray[np.float32]],
) -> dict[str, CorpusSpace]:
    """The spaces, each with its scale, measured on the docs `encoded`, ascending, that are not deleted and that all
    spaces have got to; ``vectors(space, docs)`` are (n, dim). A space that tells nothing apart counts for less, as it
    does in search; a single space is taken as it is."""
    if len(spaces) < 2:
        return {name: replace(space, scale=Scale()) for name, space in spaces.items()}
    shares = space_weights({name: space.resolution for name, space in spaces.items()})
    docs = evenly(encoded, SAMPLED)
    if len(docs) < FEWEST:
        return {name: replace(space, scale=Scale(shares[name])) for name, space in spaces.items()}
    moments = {name: _moments(vectors(name, docs), space) for name, space in spaces.items()}
    mean, deviation = moments[reference(spaces)]
    with_scales = {}
    for name, (space_mean, space_deviation) in moments.items():
        factor = deviation / space_deviation if min(deviation, space_deviation) > ALIKE else 1.0
        with_scales[name] = replace(spaces[name], scale=Scale(shares[name], factor, mean - factor * space_mean))
    return with_scales


def _moments(rows: NDArray[np.float32], space: CorpusSpace) -> tuple[float, float]:
    """Mean and standard deviation of the cosines of all pairs of the rows."""
    cosines = mutual(rows, ordered=space.is_ordered)
    pairs = cosines[np.triu_indices(len(rows), 1)].astype(np.float64)
    return float(pairs.mean()), float(pairs.std())
