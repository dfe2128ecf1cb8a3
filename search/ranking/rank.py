"""Ranking: the legs of a query scored over a snapshot and fused into one order of docs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from indexer.text.analyzer import query_terms
from indexer.text.words import word_forms
from search.lexical.leg import lexical
from search.query.parser import ParsedQuery, text_terms
from search.ranking.candidates import Found, Legs, find
from search.ranking.filters import allowed_docs
from search.ranking.fusion import CONDITION_BM25, DEFAULT, FusionSettings, normalise, shares, space_weights, weights
from search.ranking.rocchio import EXAMPLES, POOL, moved
from search.reader.bm25 import top_k
from search.reader.snapshot import Snapshot
from search.vector.nearest import article_vectors

_BEHIND = np.float32(1 - 1e-6)  # what is to stay behind a score must not reach it by rounding


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

    def best(self, depth: int) -> Ranking:
        """The first `depth` of them."""
        legs, added = ({name: of[:depth] for name, of in legs.items()} for legs in (self.legs, self.shares))
        return replace(self, docs=self.docs[:depth], scores=self.scores[:depth], legs=legs, shares=added)


def rank(
    snapshot: Snapshot,
    query: ParsedQuery,
    depth: int,
    filters: Mapping[str, Sequence[str]] | None = None,
    legs: Sequence[str] | None = None,
    settings: FusionSettings = DEFAULT,
) -> Ranking:
    """The best `depth` docs for a query. `legs` limits which legs take part (default: all that are ready); `settings`
    say how they are weighed."""
    notes = list(query.notes)
    allowed = allowed_docs(snapshot, filters) if filters else None
    matched = lexical(snapshot, query, allowed, notes)
    by_bm25 = legs is None or "bm25" in legs
    terms = text_terms(query.tree)
    encoded = _encode(snapshot, query, terms, legs)
    if not terms or not (encoded or by_bm25):
        docs, bm25 = matched.all()
        order = _newest_first(snapshot, docs)[:depth]
        return Ranking(docs[order], bm25[order], {}, {"bm25": bm25[order]}, len(docs), tuple(notes))
    if not encoded:
        docs, bm25 = matched.best(depth)
        return Ranking(docs, bm25, {"bm25": bm25}, {"bm25": bm25}, len(matched), tuple(notes))
    found = find(snapshot, matched, encoded, by_bm25=by_bm25, by_vector=query.is_plain, allowed=allowed)
    docs, raw, parts = _scored(found, query, settings, deep=depth > len(found.candidates))
    fused = _sum(parts)
    order = top_k(fused, depth)
    chosen, added = ({name: values[order] for name, values in of.items()} for of in (raw, parts))
    return Ranking(docs[order], fused[order], chosen, added, found.total, tuple(notes))


def _scored(
    found: Found, query: ParsedQuery, settings: FusionSettings, *, deep: bool
) -> tuple[NDArray[np.int64], Legs, Legs]:
    """Docs, what each leg scores them, and what it adds to their fused scores: of the candidates or, if it goes
    `deep`, of all that is found. Pages fit together, since those that are no candidates stay behind those that are.
    """
    docs, raw = found.candidates, found.raw
    fusion = _Fusion.of(found, query, raw, settings)
    parts = fusion.parts(docs, raw)
    if query.is_plain and fusion.several and len(docs) > 1:
        _feed_back(found, fusion, docs, raw, parts, settings.feedback)
    if deep and len(rest := found.rest()):
        raw_rest = found.legs(rest)
        parts_rest = fusion.parts(rest, raw_rest)
        _keep_behind(parts_rest, _sum(parts).min(initial=np.inf))
        docs = np.concatenate([docs, rest])
        raw, parts = ({n: np.concatenate([a[n], b[n]]) for n in a} for a, b in ((raw, raw_rest), (parts, parts_rest)))
    return docs, raw, parts


@dataclass(frozen=True, slots=True)
class _Fusion:
    """How the legs of one query are made one score."""

    snapshot: Snapshot
    weights: Mapping[str, float]
    low: Mapping[str, float]  # what becomes 0 in each leg, and what becomes 1
    high: Mapping[str, float]

    @classmethod
    def of(cls, found: Found, query: ParsedQuery, raw: Legs, settings: FusionSettings) -> _Fusion:
        """For a query whose candidates have the scores `raw`. BM25 starts at 0, where no word matches; a cosine at the
        lowest of articles spread over the archive."""
        snapshot = found.snapshot
        low = {n: float((snapshot.spread(n) @ v).min(initial=0)) for n, v in found.encoded.items()} | {"bm25": 0.0}
        high = {name: float(values.max(initial=low[name])) for name, values in raw.items()}
        alike = cls(snapshot, {}, low, high)
        scaled, lacking = alike.scaled(raw), alike.lacking(found.candidates, raw)
        return replace(alike, weights=_weights(snapshot, query, scaled, settings, lacking))

    @property
    def several(self) -> bool:
        return len(self.high) > 1

    def parts(self, docs: NDArray[np.int64], raw: Legs, high: Mapping[str, float] | None = None) -> Legs:
        """(n,) what each leg adds to the fused scores of docs; a leg that is alone adds its scores as they are."""
        if not self.several:
            return {name: values.copy() for name, values in raw.items()}
        return shares(self.scaled(raw, high), self.weights, self.lacking(docs, raw))

    def scaled(self, raw: Legs, high: Mapping[str, float] | None = None) -> Legs:
        """The scores of each leg from 0 to 1."""
        top = self.high if high is None else high
        return {name: normalise(values, self.low[name], top[name]) for name, values in raw.items()}

    def lacking(self, docs: NDArray[np.int64], raw: Legs) -> dict[str, NDArray[np.bool_]]:
        """(n,) which docs a space has not got to yet, for the spaces that are not ready."""
        return {n: missing[docs] for n in raw if n != "bm25" and (missing := self.snapshot.lacking(n)) is not None}


def _feed_back(found: Found, fusion: _Fusion, docs: NDArray[np.int64], raw: Legs, parts: Legs, pull: float) -> None:
    """Scores the best docs again by what they have in common, however many are asked for, since pages must fit
    together; changes `parts`, in which the others stay behind."""
    fused = _sum(parts)
    pool = top_k(fused, POOL)
    examples = pool[:EXAMPLES]
    again = {"bm25": raw["bm25"][pool]} if "bm25" in raw else {}
    high = dict(fusion.high)
    for name, vector in found.encoded.items():
        vectors = article_vectors(found.snapshot, name, docs[pool])
        again[name] = vectors @ moved(vector, vectors[: len(examples)], fused[examples], pull)
        high[name] = float(again[name].max(initial=fusion.low[name]))
    rescored = fusion.parts(docs[pool], again, high)
    _keep_behind(parts, _sum(rescored).min())
    for name, part in parts.items():
        part[pool] = rescored[name]


def _keep_behind(parts: Legs, least: np.float32) -> None:
    """Makes no sum of `parts` higher than `least`."""
    if len(parts) == 1:
        for part in parts.values():
            np.minimum(part, least, out=part)
        return
    kept = np.minimum(1, _BEHIND * least / np.maximum(_sum(parts), np.float32(1e-12)))
    for part in parts.values():
        part *= kept


def _sum(parts: Mapping[str, NDArray[np.float32]]) -> NDArray[np.float32]:
    first, *others = parts.values()
    total = first.copy()
    for part in others:
        total += part
    return total


def _weights(
    snapshot: Snapshot,
    query: ParsedQuery,
    scaled: Legs,
    settings: FusionSettings,
    lacking: Mapping[str, NDArray[np.bool_]],
) -> dict[str, float]:
    """The weight of each leg, which add up to 1."""
    asked = {name: snapshot.spaces[name] for name in scaled if name != "bm25"}
    resolutions = {name: space.resolution for name, space in asked.items()}
    if query.is_plain or not resolutions:
        foresights = {name: space.foresight for name, space in asked.items()}
        return weights(scaled, _known_words(snapshot, query), resolutions, foresights, settings, lacking)
    spaces = space_weights(resolutions, settings.spaces)
    return {"bm25": CONDITION_BM25} | {name: (1 - CONDITION_BM25) * of for name, of in spaces.items()}


def _known_words(snapshot: Snapshot, query: ParsedQuery) -> int:
    """How many different words of the query the archive has, a word in several languages being one."""
    languages = snapshot.languages()
    words = {tuple(query_terms(form, languages)) for form in set(word_forms(query.text))}
    return sum(any(snapshot.doc_freq(term.encode()) for term in terms) for terms in words)


def _encode(
    snapshot: Snapshot, query: ParsedQuery, terms: Mapping[str, float], legs: Sequence[str] | None
) -> dict[str, NDArray[np.float32]]:
    """The query's vector in every space that can encode it; `terms` are those that it looks for in the text."""
    encoded = {}
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


def _newest_first(snapshot: Snapshot, docs: NDArray[np.int64]) -> NDArray[np.int64]:
    """The order of `docs` from the newest to the oldest, later accepted first among equals."""
    return np.lexsort((-docs, -snapshot.dates()[docs].astype(np.float64)))
