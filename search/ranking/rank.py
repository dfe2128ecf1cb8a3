"""Ranking: the legs of a query scored over an index and fused into one order of docs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from numpy.typing import NDArray

from indexer.text.analyzer import query_terms
from indexer.text.words import word_forms
from search.filters.condition import parts_of
from search.filters.reading import Filters, read_filters
from search.query.leaves import text_terms
from search.query.parser import ParsedQuery, without_condition
from search.ranking.adjustments import (
    NO_ADJUSTMENTS,
    Adjustments,
    add_boost,
    keep_behind,
    summed,
    with_docs,
    with_places,
)
from search.ranking.as_typed import prefer_typed
from search.ranking.candidates import CandidateSet, Enough, Legs, find
from search.ranking.cutoff import LEAST_COVERED, LEAST_COVERED_ALONE, Usual, enough_words
from search.ranking.found import Found, both, marked
from search.ranking.fusion import (
    CONDITION_BM25,
    DEFAULT,
    FusionSettings,
    after_feedback,
    normalise,
    shares,
    space_weights,
    weights,
)
from search.ranking.headline import HEADLINE, NO_TITLES, Titles
from search.ranking.named import NAMED, NO_NAMES, Named
from search.ranking.ordering import Key, in_order, read_sort
from search.ranking.proximity import BEST, NeighbouringWords
from search.ranking.recency import OFF, Recency
from search.ranking.rocchio import EXAMPLES, POOL, moved
from search.ranking.written import AsWritten
from search.reader.bm25 import top_k
from search.reader.index import Docs, Index, Mask, Matches


@dataclass(frozen=True, slots=True)
class Ranking:
    """Docs, best first. `legs` has each leg's raw scores for the same docs, `shares` what each adds to their scores;
    `total` counts all that was found, and `found` has it, filters aside."""

    docs: NDArray[np.int64]
    scores: NDArray[np.float32]
    legs: Mapping[str, NDArray[np.float32]]
    shares: Mapping[str, NDArray[np.float32]]
    total: int
    notes: tuple[str, ...]
    found: Found

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
    filters: Filters | None = None,
    legs: Sequence[str] | None = None,
    settings: FusionSettings = DEFAULT,
    sort: str | Sequence[str] = "",
    recency: Recency = OFF,
    adjustments: Adjustments = NO_ADJUSTMENTS,
) -> Ranking:
    """The best `depth` docs for a query. `legs` limits which legs take part (default: all that are ready, and of plain
    words only what is above the cut-off is found); `settings` say how they are weighed, `recency` how much newer docs
    are preferred. With `sort` it is the first of all docs found in the order of some fields, see
    `search.ranking.ordering`; their scores are BM25's. What is found, and how many it is, depends on none of these, nor
    on `depth`. `adjustments` say which docs are hidden, which of others are found in any case, these being
    among the docs even behind the best `depth`, and which are, but for `sort`, raised or lowered. Raises QueryError for
    a filter or an order that there is not."""
    keys = read_sort(sort, index.schema)
    if keys:
        adjustments = replace(adjustments, factors=None)
    asked = _Asked.of(index, query, filters, legs, adjustments)
    if not asked.terms or not (asked.encoded or asked.by_bm25):
        return _in_order(asked, with_docs(asked.matches.all()[0], asked.pinned), asked.found(), keys, depth)
    titles = cache(asked.titles if legs is None else lambda: NO_TITLES)
    enough = asked.enough if legs is None and asked.query.is_plain else None
    neighbours = NeighbouringWords.of(index, asked.query) if legs is None and not keys else None
    named = asked.named
    if not (asked.encoded or keys or recency or len(named) or len(titles()) or asked.adjusts or asked.written):
        return _of_words(asked, enough() if enough else None, neighbours, depth)
    candidates = find(
        index,
        asked.matches,
        asked.encoded,
        lambda: with_docs(with_docs(titles().exact, named.best(asked.least)), asked.pinned),
        by_bm25=asked.by_bm25,
        by_vector=asked.query.is_plain,
        allowed=asked.allowed,
        enough=enough,
        usual=asked.usual,
        newest=bool(recency),
    )
    found = asked.found(candidates.found)
    if keys:
        return _in_order(asked, candidates.all(), found, keys, depth)
    docs, raw, parts = _scored(candidates, asked, settings, neighbours, titles(), recency, depth)
    fused = summed(parts)
    order = with_places(top_k(fused, depth), docs, asked.pinned)
    chosen, added = ({name: values[order] for name, values in of.items()} for of in (raw, parts))
    return Ranking(docs[order], fused[order], chosen, added, candidates.total, tuple(asked.notes), found)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A query and what it is asked of."""

    index: Index
    query: ParsedQuery  # without the condition that narrows it down
    adjustments: Adjustments
    pinned: Docs  # those docs, ascending, that are found in any case and that the filters allow
    narrowed: Mask | None  # (max_doc,) what that condition and the adjustments allow; None for all
    allowed: Mask | None  # (max_doc,) what it and the filters allow; None for all
    matches: Matches  # of the docs allowed
    terms: Mapping[str, float]
    written: AsWritten | None
    named: Named
    encoded: Mapping[str, NDArray[np.float32]]
    by_bm25: bool
    prefers_typed: bool  # whether words count more in the form that was typed
    notes: list[str]

    @classmethod
    def of(
        cls,
        index: Index,
        query: ParsedQuery,
        filters: Filters | None,
        legs: Sequence[str] | None,
        adjustments: Adjustments,
    ) -> _Asked:
        notes = list(query.notes)
        words, condition = without_condition(query)
        narrowed = None
        if condition is not None:
            narrowed = marked(index, index.match(replace(words, tree=condition), None, notes).all()[0])
            narrowed[adjustments.pinned] = True
        narrowed = adjustments.allowed(index, narrowed)
        permitted = read_filters(filters, index.schema)
        allowed = both(narrowed, index.filter(permitted) if parts_of(permitted) else None)
        pinned = adjustments.pinned if allowed is None else adjustments.pinned[allowed[adjustments.pinned]]
        matches = index.match(words, allowed, notes)
        terms = text_terms(words.tree, words.schema)
        written = AsWritten.of(index, words, terms) if legs is None else None
        named = Named.of(index, words) if legs is None and words.is_plain else NO_NAMES
        encoded = _encode(index, words, written.terms(terms) if written else terms, legs)
        by_bm25 = legs is None or "bm25" in legs
        prefers_typed = legs is None and query.is_plain
        return cls(
            index,
            words,
            adjustments,
            pinned,
            narrowed,
            allowed,
            matches,
            terms,
            written,
            named,
            encoded,
            by_bm25,
            prefers_typed,
            notes,
        )

    @property
    def adjusts(self) -> bool:
        """Whether docs are raised, lowered, or found in any case."""
        return self.adjustments.factors is not None or len(self.pinned) > 0

    @property
    def least(self) -> float:
        """The share of the weight of plain words that a doc must have to be found."""
        return LEAST_COVERED if self.encoded else LEAST_COVERED_ALONE

    def titles(self) -> Titles:
        """The docs whose titles have the words of the query in their order."""
        return Titles.of(self.index, self.query, self.matches, self.written, self.adjustments.of_date)

    def enough(self) -> Enough:
        """What is found of plain words by the words alone, in texts or in names."""
        matches, hidden = self._unfiltered(), self.adjustments.hidden
        covered = enough_words(self.index, self.query, self.terms, matches, hidden, self.least)
        covered[self.named.found(self.least)] = True
        covered[hidden] = False
        covered[self.adjustments.pinned] = True
        return Enough(covered, matches)

    def usual(self) -> dict[str, Usual]:
        """The cosines with the query that are usual in each space."""
        return {n: Usual.of(self.index.spaces[n].sample() @ v) for n, v in self.encoded.items()}

    def found(self, mask: Mask | None = None) -> Found:
        """What is found, filters aside: the docs of a mask, or what matches."""
        if mask is None:
            matching = self._unfiltered()
            in_any_case = self.adjustments.pinned
            return Found(lambda: self._narrowed(marked(self.index, with_docs(matching.all()[0], in_any_case))))
        return Found(lambda: self._narrowed(mask))

    def _unfiltered(self) -> Matches:
        return self.matches if self.allowed is None else self.index.match(self.query, None, [])

    def _narrowed(self, mask: Mask) -> Mask:
        return mask if self.narrowed is None else mask & self.narrowed


def _in_order(asked: _Asked, docs: Docs, found: Found, keys: Sequence[Key], depth: int) -> Ranking:
    """The first of some ascending docs in the order of some fields, or newest first; and those found in any case."""
    first = docs[with_places(in_order(asked.index, docs, keys)[:depth], docs, asked.pinned)]
    ascending, bm25 = np.argsort(first), np.zeros(len(first), np.float32)
    bm25[ascending] = asked.matches.scores_of(first[ascending])[0]
    return Ranking(first, bm25, {}, {"bm25": bm25}, len(docs), tuple(asked.notes), found)


def _of_words(asked: _Asked, enough: Enough | None, neighbours: NeighbouringWords | None, depth: int) -> Ranking:
    """The best docs where words are the only leg, and nothing else counts but that they are near each other."""
    permitted = None if enough is None else both(enough.covered, asked.allowed)
    total = len(asked.matches) if permitted is None else int(np.count_nonzero(permitted))
    needed = depth if neighbours is None else max(depth, BEST)
    k = needed
    docs, bm25 = asked.matches.best(k)
    if permitted is not None:
        while int(np.count_nonzero(permitted[docs])) < min(needed, total) and len(docs) == k:
            k *= 4
            docs, bm25 = asked.matches.best(k)
        keep = np.flatnonzero(permitted[docs])[:needed]
        docs, bm25 = docs[keep], bm25[keep]
    found = asked.found(None if enough is None else enough.covered)
    parts = {"bm25": bm25.copy()}
    if neighbours is not None and len(docs):
        neighbours.add_to(parts, asked.index, docs)
    scores = summed(parts)
    ranking = Ranking(docs, scores, {"bm25": bm25}, parts, total, tuple(asked.notes), found)
    return ranking.at(np.argsort(-scores, kind="stable")[:depth])


def _add_headline(parts: Legs, scores: NDArray[np.float32], weight: float) -> None:
    """Makes the likeness of titles, from 0 to 1, one leg more of this weight; the others keep their proportions."""
    top = summed(parts).max(initial=0)
    for part in parts.values():
        part *= np.float32(1 - weight)
    parts[HEADLINE] = scores * np.float32(weight * top)


def _scored(
    candidates: CandidateSet,
    asked: _Asked,
    settings: FusionSettings,
    neighbours: NeighbouringWords | None,
    titles: Titles,
    recency: Recency,
    depth: int,
) -> tuple[NDArray[np.int64], Legs, Legs]:
    """Docs, what each leg scores them, and what it adds to their fused scores: of the candidates or, if more are asked
    for, of all that is found. Pages fit together, since those that are no candidates stay behind those that are, but
    for those found in any case, whose place is not theirs by their score.
    """
    docs, raw = candidates.docs, candidates.legs
    fusion = _Fusion.of(candidates, asked.query, settings)
    parts = fusion.parts(docs, raw)
    if asked.query.is_plain and fusion.several and len(docs) > 1:
        _feed_back(candidates, fusion, parts, settings.feedback)
    if neighbours is not None and len(docs):
        neighbours.add_to(parts, asked.index, docs)
    if len(asked.named):
        most = summed(parts).max(initial=0) or np.float32(1)
        parts[NAMED] = asked.named.scores(docs) * most
    if asked.prefers_typed:
        prefer_typed(parts, docs, asked.index, asked.query, asked.terms)
    _adjust(parts, docs, asked, recency)
    if len(titles):
        _add_headline(parts, titles.scores(docs), titles.weight())
    if depth > len(docs) and len(rest := candidates.rest()):
        raw_rest = candidates.scores_of(rest)
        parts_rest = fusion.parts(rest, raw_rest)
        if len(asked.named):
            parts_rest[NAMED] = asked.named.scores(rest) * most
        _adjust(parts_rest, rest, asked, recency)
        parts_rest |= {name: np.zeros(len(rest), np.float32) for name in parts if name not in parts_rest}
        by_score = np.isin(docs, asked.pinned, invert=True)
        keep_behind(parts_rest, summed(parts)[by_score].min(initial=np.inf))
        docs = np.concatenate([docs, rest])
        raw, parts = ({n: np.concatenate([a[n], b[n]]) for n in a} for a, b in ((raw, raw_rest), (parts, parts_rest)))
    return docs, raw, parts


def _adjust(parts: Legs, docs: Docs, asked: _Asked, recency: Recency) -> None:
    """Takes off what docs lose by their language and by their age, and adds what editors gave them."""
    if asked.written:
        asked.written.add_to(parts, docs)
    if recency:
        factors = recency.factors(asked.index, docs)
        for part in parts.values():
            part *= factors
    add_boost(parts, asked.adjustments.factors_of(docs))


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
        low = {name: candidates.usual[name].lowest for name in candidates.encoded}
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
    if pull > 0:
        fusion = replace(fusion, weights=after_feedback(fusion.weights))
    rescored = fusion.parts(docs[pool], again, high)
    outside = np.ones(len(docs), bool)
    outside[pool] = False
    others = {name: part[outside] for name, part in parts.items()}
    keep_behind(others, summed(rescored).min())
    for name, part in parts.items():
        part[outside], part[pool] = others[name], rescored[name]


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
        n_words = _known_words(index, query)
        return weights(scaled, n_words, resolutions, foresights, settings, lacking, _worths(index))
    spaces = space_weights(resolutions, settings.spaces, _worths(index))
    return {"bm25": CONDITION_BM25} | {name: (1 - CONDITION_BM25) * of for name, of in spaces.items()}


def _worths(index: Index) -> dict[str, float]:
    """What the spaces were found to be worth."""
    return {name: worth for space in index.spaces.values() for name, worth in space.worths.items()}


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
