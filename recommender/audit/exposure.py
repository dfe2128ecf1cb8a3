"""How evenly the related lists spread readers over the archive, and what it costs to spread them more evenly.

The measure is an article's in-degree: in how many lists it is among the first ten. A re-ranking takes
``penalty * ln(1 + in-degree)`` off every score, so that of two articles that suit a reader about as well the one that
is offered less comes first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.audit.graph import SHOWN, Graph
from recommender.editors.exposure_penalty import handicap

PENALTIES = (0.0, 0.005, 0.01, 0.02, 0.05)  # beside scores of 0.1 to 0.6


@dataclass(frozen=True, slots=True)
class Evenness:
    """How the articles are offered under one penalty."""

    penalty: float
    offered: int  # articles that are in at least one list
    gini: float  # of the in-degrees: 0 if all are offered equally often, near 1 if a few take all
    top_percent: float  # share of all places that the most offered 1 % of the articles hold
    score: float  # mean score, before the penalty, of what is shown
    ndcg: float | None  # on the editors' links, None where there are none


def in_degrees(targets: NDArray[np.int64], max_doc: int) -> NDArray[np.int64]:
    """(max_doc,) how many rows of the (n, width) targets have each doc; -1 is none."""
    return np.bincount(targets[targets >= 0], minlength=max_doc)


def gini(counts: NDArray[np.int64]) -> float:
    """The Gini coefficient of counts (C. Gini, 1912); 0 where there is nothing to share."""
    total = int(counts.sum())
    if not total:
        return 0.0
    ascending = np.sort(counts)
    ranks = np.arange(1, len(counts) + 1)
    return float((2 * (ranks * ascending).sum() / total - (len(counts) + 1)) / len(counts))


def reranked(graph: Graph, handicaps: NDArray[np.float32]) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """The first `SHOWN` of every list with `handicaps`, by doc, subtracted, and their scores before that. Lists are
    already in their order where nothing is; articles of the reader's own story keep the place in front."""
    values = np.where(graph.targets >= 0, graph.scores - handicaps[graph.targets], -np.inf)
    if not handicaps.any():
        return graph.targets[:, :SHOWN], graph.scores[:, :SHOWN]
    order = np.argsort(-values, axis=1, kind="stable")[:, :SHOWN]
    return np.take_along_axis(graph.targets, order, 1), np.take_along_axis(graph.scores, order, 1)


def compare_penalties(
    graph: Graph, live: NDArray[np.int64], links: Mapping[int, frozenset[int]], penalties: Sequence[float] = PENALTIES
) -> list[Evenness]:
    """How the `live` docs are offered under each penalty. `links` are the docs that editors linked to, by doc."""
    max_doc = int(live.max(initial=-1)) + 1
    counts = in_degrees(graph.targets[:, :SHOWN], max_doc)
    outcomes = []
    for penalty in penalties:
        targets, scores = reranked(graph, handicap(counts, penalty))
        degrees = in_degrees(targets, max_doc)[live]
        most = np.sort(degrees)[::-1][: max(1, round(len(degrees) / 100))]
        shown = targets >= 0
        outcomes.append(
            Evenness(
                penalty,
                int((degrees > 0).sum()),
                gini(degrees),
                float(most.sum() / max(1, degrees.sum())),
                float(scores[shown].mean()) if shown.any() else 0.0,
                _ndcg(graph.sources, targets, links),
            )
        )
    return outcomes


def _ndcg(sources: NDArray[np.int64], targets: NDArray[np.int64], links: Mapping[int, frozenset[int]]) -> float | None:
    """Mean nDCG@10 of the lists on the editors' links."""
    from search.evaluation.measures import mean, per_query

    judged = {str(source): {str(doc): 1 for doc in links[source]} for source in sources.tolist() if links.get(source)}
    if not judged:
        return None
    run = {
        str(source): [str(doc) for doc in row if doc >= 0]
        for source, row in zip(sources.tolist(), targets.tolist(), strict=True)
    }
    return mean(per_query(("nDCG@10",), judged, run))["nDCG@10"]
