"""Ranking: the legs of a query scored over a snapshot and fused into one order of docs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexer.embeddings.lsa import LsaSpace
from search.bm25 import top_k
from search.filters import allowed_docs
from search.fusion import CONDITION_WEIGHTS, QUERY_WEIGHTS, convex, normalise
from search.matching import Evaluator
from search.query import ParsedQuery, text_terms
from search.snapshot import Snapshot
from search.vectors import similarities

VECTOR_CANDIDATES = 1000  # nearest articles that a query of words may find although they have none of its words
LEAST_SIMILARITY = 0.25  # below this cosine nothing is found by its vector alone ...
LEAST_SHARE = 0.5  # ... nor below this share of the best cosine


@dataclass(frozen=True, slots=True)
class Ranking:
    """Docs, best first. `legs` has each leg's raw scores for the same docs; `total` counts all that was found."""

    docs: NDArray[np.int64]
    scores: NDArray[np.float32]
    legs: Mapping[str, NDArray[np.float32]]
    total: int
    notes: tuple[str, ...]


def rank(
    snapshot: Snapshot,
    query: ParsedQuery,
    depth: int,
    filters: Mapping[str, Sequence[str]] | None = None,
    legs: Sequence[str] | None = None,
) -> Ranking:
    """The best `depth` docs for a query. `legs` limits which legs take part (default: all that are ready)."""
    notes = list(query.notes)
    allowed = allowed_docs(snapshot, filters) if filters else None
    matched, bm25 = _match(snapshot, query, allowed, notes)
    scored = _vector_legs(snapshot, query, legs)
    use_bm25 = legs is None or "bm25" in legs
    if query.is_plain and scored:
        matched = _add_nearest(snapshot, matched if use_bm25 else matched[:0], scored, allowed)
    total = len(matched)
    raw = {name: values[matched] for name, values in scored.items()}
    if use_bm25:
        raw["bm25"] = bm25[matched]
    if not raw or not text_terms(query.tree):
        order = _newest_first(snapshot, matched)[:depth]
        return Ranking(matched[order], bm25[matched[order]], {}, total, tuple(notes))
    scaled = {name: normalise(v, *_bounds(name, v, scored.get(name))) for name, v in raw.items()}
    fused = (
        raw[next(iter(raw))]
        if len(raw) == 1
        else convex(scaled, QUERY_WEIGHTS if query.is_plain else CONDITION_WEIGHTS)
    )
    order = top_k(fused, depth)
    chosen = {name: values[order] for name, values in raw.items()}
    return Ranking(matched[order], fused[order], chosen, total, tuple(notes))


def _match(
    snapshot: Snapshot, query: ParsedQuery, allowed: NDArray[np.bool_] | None, notes: list[str]
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """The docs that match, ascending, and (last_doc,) the BM25 score of every doc."""
    scores = np.zeros(snapshot.last_doc, np.float32)
    found = []
    for segment, first in zip(snapshot.segments, snapshot.first_docs.tolist(), strict=False):
        matches = Evaluator(snapshot, segment, notes).live(query.tree)
        docs = matches.docs.astype(np.int64) + first
        scores[docs] = matches.scores
        found.append(docs)
    matched = np.concatenate(found) if found else np.zeros(0, np.int64)
    return (matched if allowed is None else matched[allowed[matched]]), scores


def _vector_legs(snapshot: Snapshot, query: ParsedQuery, legs: Sequence[str] | None) -> dict[str, NDArray[np.float32]]:
    """(last_doc,) cosines with the query in every space that can encode it."""
    scored = {}
    terms = text_terms(query.tree)
    for name, space in snapshot.spaces.items():
        if (legs is None or name in legs) and isinstance(space, LsaSpace) and terms:
            vector = space.encode_terms(terms.items())
            if vector.any():
                scored[name] = similarities(snapshot, name, vector)
    return scored


def _add_nearest(
    snapshot: Snapshot,
    matched: NDArray[np.int64],
    scored: Mapping[str, NDArray[np.float32]],
    allowed: NDArray[np.bool_] | None,
) -> NDArray[np.int64]:
    """`matched` and the docs near the query in any space, ascending."""
    allowed = snapshot.live() if allowed is None else allowed
    for cosines in scored.values():
        permitted = np.where(allowed, cosines, np.float32(-1))
        nearest = top_k(permitted, VECTOR_CANDIDATES)
        least = max(LEAST_SIMILARITY, LEAST_SHARE * float(permitted[nearest[0]])) if len(nearest) else 1.0
        matched = np.union1d(matched, nearest[permitted[nearest] >= least])
    return matched


def _bounds(name: str, scores: NDArray[np.float32], everywhere: NDArray[np.float32] | None) -> tuple[float, float]:
    """What becomes 0 and what 1: BM25 starts at 0, where no word matches; a cosine at the lowest of the archive."""
    low = 0.0 if everywhere is None else float(everywhere.min(initial=0))
    return low, float(scores.max(initial=low))


def _newest_first(snapshot: Snapshot, docs: NDArray[np.int64]) -> NDArray[np.int64]:
    """The order of `docs` from the newest to the oldest, later accepted first among equals."""
    return np.lexsort((-docs, -snapshot.dates()[docs].astype(np.float64)))
