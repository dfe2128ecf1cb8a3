"""Ranking: the legs of a query scored over a snapshot and fused into one order of docs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexer.analysis import query_terms, word_forms
from search.bm25 import top_k
from search.feedback import EXAMPLES, POOL, moved
from search.filters import allowed_docs
from search.fusion import CONDITION_BM25, bm25_weight, normalise, shares
from search.matching import Evaluator
from search.query import ParsedQuery, text_terms
from search.snapshot import Snapshot
from search.vectors import article_vectors, similarities

VECTOR_CANDIDATES = 1000  # nearest articles that a query of words may find although they have none of its words
LEAST_SIMILARITY = 0.25  # below this cosine nothing is found by its vector alone ...
LEAST_SHARE = 0.5  # ... nor below this share of the best cosine


@dataclass(frozen=True, slots=True)
class Ranking:
    """Docs, best first. `legs` has each leg's raw scores for the same docs, `shares` what each adds to their scores;
    `total` counts all that was found."""

    docs: NDArray[np.int64]
    scores: NDArray[np.float32]
    legs: Mapping[str, NDArray[np.float32]]
    shares: Mapping[str, NDArray[np.float32]]
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
    encoded = _encode(snapshot, query, legs)
    cosines = {name: similarities(snapshot, name, vector) for name, vector in encoded.items()}
    use_bm25 = legs is None or "bm25" in legs
    if query.is_plain and cosines:
        permitted = snapshot.live() if allowed is None else allowed
        least = LEAST_SIMILARITY if use_bm25 else -1.0  # a space alone is ranked to the end
        found = np.zeros(snapshot.last_doc, bool)
        found[matched] = use_bm25
        for values in cosines.values():
            found[_nearest(np.where(permitted, values, np.float32(-2)), least)] = True
        matched = np.flatnonzero(found)
    raw = {name: values[matched] for name, values in cosines.items()}
    if use_bm25:
        raw["bm25"] = bm25[matched]
    if not raw or not text_terms(query.tree):
        order = _newest_first(snapshot, matched)[:depth]
        scores = bm25[matched[order]]
        return Ranking(matched[order], scores, {}, {"bm25": scores}, len(matched), tuple(notes))
    if len(raw) == 1:
        parts = dict(raw)
    else:
        # BM25 starts at 0, where no word matches; a cosine at the lowest of the archive
        low = {name: float(values.min(initial=0)) for name, values in cosines.items()} | {"bm25": 0.0}
        parts = _fuse(snapshot, query, matched, raw, low, encoded)
    fused = _sum(parts)
    order = top_k(fused, depth)
    chosen, added = ({name: values[order] for name, values in of.items()} for of in (raw, parts))
    return Ranking(matched[order], fused[order], chosen, added, len(matched), tuple(notes))


def _fuse(
    snapshot: Snapshot,
    query: ParsedQuery,
    docs: NDArray[np.int64],
    raw: Mapping[str, NDArray[np.float32]],
    low: Mapping[str, float],
    encoded: Mapping[str, NDArray[np.float32]],
) -> dict[str, NDArray[np.float32]]:
    """(n,) what each leg adds to the fused scores of `docs`. `raw` has each leg's scores of them, and `low` what
    becomes 0 in each."""
    weights = _weights(snapshot, query, list(encoded))
    scaled = {name: normalise(v, low[name], float(v.max(initial=low[name]))) for name, v in raw.items()}
    lacking = {name: missing[docs] for name in encoded if (missing := snapshot.lacking(name)) is not None}
    parts = shares(scaled, weights, lacking)
    if not query.is_plain or len(docs) < 2:
        return parts
    # the best are scored again by what they have in common, however many are asked for: pages must fit together
    fused = _sum(parts)
    pool = top_k(fused, POOL)
    examples = pool[:EXAMPLES]
    again = {"bm25": scaled["bm25"][pool]} if "bm25" in scaled else {}
    for name, vector in encoded.items():
        vectors = article_vectors(snapshot, name, docs[pool])
        cosines = vectors @ moved(vector, vectors[: len(examples)], fused[examples])
        again[name] = normalise(cosines, low[name], float(cosines.max(initial=low[name])))
    rescored = shares(again, weights, {name: missing[pool] for name, missing in lacking.items()})
    # those outside the pool stay behind it
    kept = np.minimum(1, _sum(rescored).min() / np.maximum(fused, np.float32(1e-12)))
    for name, part in parts.items():
        part *= kept
        part[pool] = rescored[name]
    return parts


def _sum(parts: Mapping[str, NDArray[np.float32]]) -> NDArray[np.float32]:
    total: NDArray[np.float32] = np.sum(list(parts.values()), axis=0, dtype=np.float32)
    return total


def _weights(snapshot: Snapshot, query: ParsedQuery, spaces: Sequence[str]) -> dict[str, float]:
    """The weight of each leg, which add up to 1; the vector spaces have equal parts of what is not BM25's."""
    if query.is_plain:
        resolution = sum(snapshot.spaces[name].resolution for name in spaces) / len(spaces)
        share = bm25_weight(_known_words(snapshot, query), resolution)
    else:
        share = CONDITION_BM25
    return {"bm25": share} | dict.fromkeys(spaces, (1 - share) / len(spaces))


def _known_words(snapshot: Snapshot, query: ParsedQuery) -> int:
    """How many different words of the query the archive has, a word in several languages being one."""
    languages = snapshot.languages()
    words = {tuple(query_terms(form, languages)) for form in set(word_forms(query.text))}
    return sum(any(snapshot.df(term.encode()) for term in terms) for terms in words)


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


def _encode(snapshot: Snapshot, query: ParsedQuery, legs: Sequence[str] | None) -> dict[str, NDArray[np.float32]]:
    """The query's vector in every space that can encode it."""
    encoded = {}
    terms = text_terms(query.tree)
    words = _words(snapshot, query, terms)
    for name, space in snapshot.spaces.items():
        if (legs is None or name in legs) and terms:
            vector = space.encode_query(words, terms)
            if vector is not None and vector.any():
                encoded[name] = vector
    return encoded


def _words(snapshot: Snapshot, query: ParsedQuery, terms: Mapping[str, float]) -> str:
    """The query as a text to encode: all of it if it is plain, else the words in it that are wanted."""
    if query.is_plain:
        return query.text
    languages = snapshot.languages()
    return " ".join(form for form in word_forms(query.text) if any(t in terms for t in query_terms(form, languages)))


def _nearest(cosines: NDArray[np.float32], least: float) -> NDArray[np.int64]:
    """The docs nearest to the query by their cosines, -2 where a doc is not permitted: at most `VECTOR_CANDIDATES`,
    none below `least`, nor, where that is above 0, below `LEAST_SHARE` of the best."""
    nearest = top_k(cosines, VECTOR_CANDIDATES)
    if least > 0 and len(nearest):
        least = max(least, LEAST_SHARE * float(cosines[nearest[0]]))
    return nearest[cosines[nearest] >= least]


def _newest_first(snapshot: Snapshot, docs: NDArray[np.int64]) -> NDArray[np.int64]:
    """The order of `docs` from the newest to the oldest, later accepted first among equals."""
    return np.lexsort((-docs, -snapshot.dates()[docs].astype(np.float64)))
