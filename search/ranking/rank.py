"""Ranking: the legs of a query scored over an index and fused into one order of docs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from indexer.text.analyzer import query_terms
from indexer.text.words import word_forms
from search.query.leaves import text_terms
from search.query.parser import ParsedQuery
from search.ranking.adjustments import (
    BEHIND,
    NO_ADJUSTMENTS,
    Adjustments,
    add_boost,
    scale_behind,
    summed,
    with_docs,
    with_places,
)
from search.ranking.candidates import BEST_OF_EACH, CandidateSet, Legs, find
from search.ranking.fusion import CONDITION_BM25, DEFAULT, FusionSettings, normalise, shares, space_weights, weights
from search.ranking.headline import HEADLINE, NO_TITLES, Titles
from search.ranking.rocchio import EXAMPLES, POOL, moved
from search.reader.bm25 import top_k
from search.reader.index import Docs, Index, Matches


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
        return self.at(slice(depth))

    def at(self, places: slice | NDArray[np.int64]) -> Ranking:
        """Those at some places, in the order of these."""
        legs, added = ({name: of[places] for name, of in legs.items()} for legs in (self.legs, self.shares))
        return replace(self, docs=self.docs[places], scores=self.scores[places], legs=legs, shares=added)


def rank(
    index: Index,
    query: ParsedQuery,
    depth: int,
    filters: Mapping[str, Sequence[str]] | None = None,
    legs: Sequence[str] | None = None,
    settings: FusionSettings = DEFAULT,
    sort: str = "",
    adjustments: Adjustments = NO_ADJUSTMENTS,
) -> Ranking:
    """The best `depth` docs for a query. `legs` limits which legs take part (default: all that are ready); `settings`
    say how they are weighed. With `sort` it is the first of all docs that match the query in the order of a field, see
    `sorted_docs`; their scores are BM25's. `adjustments` say which docs are hidden and, but for `sort`, which of others
    are raised, lowered, or found in any case: these are among the docs even behind the best `depth`."""
    notes = list(query.notes)
    allowed = adjustments.allowed(index, index.filter(filters) if filters else None)
    matches = index.match(query, allowed, notes)
    if sort:
        docs, bm25 = matches.all()
        order = sorted_docs(index, docs, sort)[:depth]
        return Ranking(docs[order], bm25[order], {}, {"bm25": bm25[order]}, len(docs), tuple(notes))
    pinned = adjustments.pinned if allowed is None else adjustments.pinned[allowed[adjustments.pinned]]
    by_bm25 = legs is None or "bm25" in legs
    terms = text_terms(query.tree, query.schema)
    encoded = _encode(index, query, terms, legs)
    if not terms or not (encoded or by_bm25):
        docs, bm25 = with_docs(matches.all(), pinned)
        order = with_places(_newest_first(index, docs)[:depth], docs, pinned)
        return Ranking(docs[order], bm25[order], {}, {"bm25": bm25[order]}, len(docs), tuple(notes))
    titles = Titles.of(index, query, matches) if legs is None else NO_TITLES
    if not encoded:
        docs, raw, parts = _of_words(matches, titles, pinned, depth, adjustments)
        total = len(matches) + (int(np.count_nonzero(~matches.scores_of(pinned)[1])) if len(pinned) else 0)
    else:
        in_any_case = np.union1d(titles.exact, pinned) if len(pinned) else titles.exact
        candidates = find(
            index, matches, encoded, in_any_case, by_bm25=by_bm25, by_vector=query.is_plain, allowed=allowed
        )
        docs, raw, parts = _scored(candidates, query, settings, adjustments, deep=depth > len(candidates.docs))
        total = candidates.total
    if len(titles):
        _add_headline(parts, titles.scores(docs), titles.weight())
    fused = summed(parts)
    order = with_places(top_k(fused, depth), docs, pinned)
    chosen, added = ({name: values[order] for name, values in of.items()} for of in (raw, parts))
    return Ranking(docs[order], fused[order], chosen, added, total, tuple(notes))


def _of_words(
    matches: Matches, titles: Titles, pinned: Docs, depth: int, adjustments: Adjustments
) -> tuple[Docs, Legs, Legs]:
    """What `_scored` gives where words are the only leg: of all that may be among the first `depth`."""
    boosted = adjustments.factors is not None
    docs, bm25 = matches.best(max(depth, BEST_OF_EACH) if len(titles) or boosted else depth)
    n_first = min(len(docs), BEST_OF_EACH)  # those that a boost may put before others, however many are asked for
    if len(missing := np.setdiff1d(np.concatenate([titles.exact, pinned]), docs)):
        docs = np.concatenate([docs[:n_first], missing, docs[n_first:]])
        bm25 = np.concatenate([bm25[:n_first], matches.scores_of(missing)[0], bm25[n_first:]])
        n_first += len(missing)
    parts = {"bm25": bm25.copy()}
    if boosted:
        first, rest = ({"bm25": bm25[part]} for part in (slice(n_first), slice(n_first, None)))
        add_boost(first, adjustments.factors_of(docs[:n_first]))
        add_boost(rest, adjustments.factors_of(docs[n_first:]))
        scale_behind(rest, summed(first).min(initial=np.inf))
        parts = {name: np.concatenate([first[name], rest[name]]) for name in first}
    return docs, {"bm25": bm25}, parts


def _add_headline(parts: Legs, scores: NDArray[np.float32], weight: float) -> None:
    """Makes the likeness of titles, from 0 to 1, one leg more of this weight; the others keep their proportions."""
    top = summed(parts).max(initial=0)
    for part in parts.values():
        part *= np.float32(1 - weight)
    parts[HEADLINE] = scores * np.float32(weight * top)


def _scored(
    candidates: CandidateSet, query: ParsedQuery, settings: FusionSettings, adjustments: Adjustments, *, deep: bool
) -> tuple[NDArray[np.int64], Legs, Legs]:
    """Docs, what each leg scores them, and what it adds to their fused scores: of the candidates or, if it goes
    `deep`, of all that is found. Pages fit together, since those that are no candidates stay behind those that are.
    """
    docs, raw = candidates.docs, candidates.legs
    fusion = _Fusion.of(candidates, query, settings)
    parts = fusion.parts(docs, raw)
    if query.is_plain and fusion.several and len(docs) > 1:
        _feed_back(candidates, fusion, parts, settings.feedback)
    add_boost(parts, adjustments.factors_of(docs))
    if deep and len(rest := candidates.rest()):
        raw_rest = candidates.scores_of(rest)
        parts_rest = fusion.parts(rest, raw_rest)
        add_boost(parts_rest, adjustments.factors_of(rest))
        behind = _keep_behind if adjustments.factors is None else scale_behind
        behind(parts_rest, summed(parts).min(initial=np.inf))
        docs = np.concatenate([docs, rest])
        raw, parts = ({n: np.concatenate([a[n], b[n]]) for n in a} for a, b in ((raw, raw_rest), (parts, parts_rest)))
    return docs, raw, parts


@dataclass(frozen=True, slots=True)
class _Fusion:
    """How the legs of one query are made one score."""

    index: Index
    weights: Mapping[str, float]
    low: Mapping[str, float]  # what becomes 0 in each leg, and what becomes 1
    high: Mapping[str, float]

    @classmethod
    def of(cls, candidates: CandidateSet, query: ParsedQuery, settings: FusionSettings) -> _Fusion:
        """For the candidates of a query. BM25 starts at 0, where no word matches; a cosine at the lowest of articles
        spread over the archive."""
        index, raw = candidates.index, candidates.legs
        low = {n: float((index.spaces[n].sample() @ v).min(initial=0)) for n, v in candidates.encoded.items()}
        low["bm25"] = 0.0
        high = {name: float(values.max(initial=low[name])) for name, values in raw.items()}
        unweighted = cls(index, {}, low, high)
        scaled, lacking = unweighted.scaled(raw), unweighted.lacking(candidates.docs, raw)
        return replace(unweighted, weights=_weights(index, query, scaled, settings, lacking))

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
        spaces = {name: self.index.spaces[name] for name in raw if name != "bm25"}
        return {name: mask[docs] for name, space in spaces.items() if (mask := space.lacking()) is not None}


def _feed_back(candidates: CandidateSet, fusion: _Fusion, parts: Legs, pull: float) -> None:
    """Scores the best candidates again by what they have in common, however many are asked for, since pages must fit
    together; changes `parts`, in which the others stay behind."""
    docs, raw = candidates.docs, candidates.legs
    fused = summed(parts)
    pool = top_k(fused, POOL)
    examples = pool[:EXAMPLES]
    again = {"bm25": raw["bm25"][pool]} if "bm25" in raw else {}
    high = dict(fusion.high)
    for name, vector in candidates.encoded.items():
        vectors = fusion.index.spaces[name].vectors(docs[pool])
        again[name] = vectors @ moved(vector, vectors[: len(examples)], fused[examples], pull)
        high[name] = float(again[name].max(initial=fusion.low[name]))
    rescored = fusion.parts(docs[pool], again, high)
    _keep_behind(parts, summed(rescored).min())
    for name, part in parts.items():
        part[pool] = rescored[name]


def _keep_behind(parts: Legs, least: np.float32) -> None:
    """Makes no sum of `parts` higher than `least`."""
    if len(parts) == 1:
        for part in parts.values():
            np.minimum(part, least, out=part)
        return
    factor = np.minimum(1, BEHIND * least / np.maximum(summed(parts), np.float32(1e-12)))
    for part in parts.values():
        part *= factor


def _weights(
    index: Index,
    query: ParsedQuery,
    scaled: Legs,
    settings: FusionSettings,
    lacking: Mapping[str, NDArray[np.bool_]],
) -> dict[str, float]:
    """The weight of each leg, which add up to 1."""
    asked = {name: index.spaces[name] for name in scaled if name != "bm25"}
    resolutions = {name: space.resolution for name, space in asked.items()}
    if query.is_plain or not resolutions:
        foresights = {name: space.foresight for name, space in asked.items()}
        return weights(scaled, _known_words(index, query), resolutions, foresights, settings, lacking)
    spaces = space_weights(resolutions, settings.spaces)
    return {"bm25": CONDITION_BM25} | {name: (1 - CONDITION_BM25) * of for name, of in spaces.items()}


def _known_words(index: Index, query: ParsedQuery) -> int:
    """How many different words of the query the archive has, a word in several languages being one."""
    languages = index.languages()
    words = {tuple(query_terms(form, languages)) for form in set(word_forms(query.text))}
    return sum(any(map(index.doc_freq, terms)) for terms in words)


def _encode(
    index: Index, query: ParsedQuery, terms: Mapping[str, float], legs: Sequence[str] | None
) -> dict[str, NDArray[np.float32]]:
    """The query's vector in every space that can encode it; `terms` are those that it looks for in the text."""
    encoded = {}
    words = _words(index, query, terms)
    for name, space in index.spaces.items():
        if (legs is None or name in legs) and terms:
            vector = space.encode_query(words, terms)
            if vector is not None and vector.any():
                encoded[name] = vector
    return encoded


def _words(index: Index, query: ParsedQuery, terms: Mapping[str, float]) -> str:
    """The query as a text to encode: all of it if it is plain, else the words in it that are wanted."""
    if query.is_plain:
        return query.text
    languages = index.languages()
    return " ".join(form for form in word_forms(query.text) if any(t in terms for t in query_terms(form, languages)))


def sorted_docs(index: Index, docs: NDArray[np.int64], sort: str) -> NDArray[np.int64]:
    """(n,) the order of `docs` by a sortable field, ascending, or with a minus before its name descending; newest first
    among equals, those without a value last. Raises QueryError for a field that cannot be sorted by."""
    values = index.sort_values(sort.removeprefix("-"))[docs]
    if sort.startswith("-"):
        values = -values
    newest = _newest_first(index, docs)
    order: NDArray[np.int64] = newest[np.argsort(values[newest], kind="stable")]  # numpy puts NaN last
    return order


def _newest_first(index: Index, docs: NDArray[np.int64]) -> NDArray[np.int64]:
    """The order of `docs` from the newest to the oldest, later accepted first among equals."""
    return np.lexsort((-docs, -index.dates()[docs].astype(np.float64)))
