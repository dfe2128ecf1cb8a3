"""Evaluation of a Whoosh query tree over one segment: which docs match, and what each scores.

Every kind of node gives a `Matches`; the nodes above combine them. Deleted docs are taken out at the very end.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from datetime import UTC
from functools import cached_property, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from whoosh import query as wq

from indexer.base.errors import QueryError
from indexer.segment.columns import KEYWORD_FIELDS
from indexer.segment.impacts import saturate, weighted_tf
from indexer.segment.inverter import TEXT_FIELDS
from indexer.segment.segment import Segment
from search.lexical.keyword_values import contains, docs_with_value, predicate, words_of
from search.lexical.match_set import NOTHING, Matches, intersect, restrict, unite
from search.lexical.phrases import docs_with_all, docs_with_phrase
from search.lexical.term_expansion import MAX_EXPANSION, docs_of, expand, work
from search.lexical.work_budget import POSTINGS_A_PHRASE, Budget
from search.query import ranges
from search.query.ranges import NUMERIC_FIELDS
from search.reader.postings import PostingList, Word
from search.reader.snapshot import Snapshot

ALL_TEXT = "text"  # the field name that means every text field
MAX_DEPTH = 100  # of nested groups, which operators in a row make as well as parentheses
_KEPT_BYTES = 32 << 20  # of matches that an evaluator keeps
_AT_ONCE = 16  # parts of a condition whose matches are in memory together


class Evaluator:
    """Evaluates query trees over one segment of a snapshot. `notes` collects what had to be cut short."""

    def __init__(self, snapshot: Snapshot, segment: Segment, notes: list[str]) -> None:
        self.snapshot = snapshot
        self.segment = segment
        self._notes = notes
        self._depth = 0
        self._place = snapshot.segments.index(segment)
        self._known: dict[Hashable, Matches] = {}  # what took long to find and may be asked for again
        self._bytes_left = _KEPT_BYTES

    @cached_property
    def _budget(self) -> Budget:
        return Budget(self.snapshot, self.segment, self._notes)

    def evaluate(self, query: wq.Query) -> Matches:
        """The docs of the segment that match, deleted ones possibly among them.

        Raises QueryError for a kind of query or a field there is not, and for nesting deeper than `MAX_DEPTH`.
        """
        handler = _HANDLERS.get(type(query))
        if handler is None:
            raise QueryError(f"queries of the kind {type(query).__name__} are not supported")
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise QueryError(f"the query is nested more than {MAX_DEPTH} levels deep; take out some parentheses")
        try:
            return handler(self, query)
        finally:
            self._depth -= 1

    def _once(self, key: Hashable, find: Callable[[], Matches]) -> Matches:
        """What `find` finds, which is kept under `key` while there is room."""
        matches = self._known.get(key)
        if matches is None:
            matches = find()
            self._bytes_left -= matches.docs.nbytes + matches.scores.nbytes
            if self._bytes_left >= 0:
                self._known[key] = matches
        return matches

    # -- words ------------------------------------------------------------------------------------------------

    def term(self, query: wq.Term) -> Matches:
        field, text = query.fieldname, query.text
        if field == ALL_TEXT:
            return self._posting(text, field).boosted(query.boost)
        if field in TEXT_FIELDS:
            return self._once((field, text), partial(self._posting, text, field)).boosted(query.boost)
        words = words_of(field, text)
        return self._keyword(query, lambda value: contains(value, words)).boosted(query.boost)

    def _posting(self, text: str, field: str) -> Matches:
        """The docs with a word in a text field, or in any."""
        term = text.encode()
        word = self.snapshot.word(term) if field == ALL_TEXT else self.snapshot.word(term, field)
        postings = word.lists[self._place]
        if postings is None:
            return NOTHING
        if field == ALL_TEXT:
            return Matches(postings.docs, postings.gains(word.idf))
        row = TEXT_FIELDS.index(field)
        tf = self.segment.tf[row, postings.start : postings.stop]
        docs, tf = postings.docs[tf > 0], tf[tf > 0]
        impact = _field_impact(self.snapshot, row, tf, self.segment.dl[row, docs])
        return Matches(docs, impact * np.float32(word.idf))

    def expansion(self, query: wq.MultiTerm) -> Matches:
        """Prefixes, wildcards, fuzzy terms, regular expressions and ranges of terms: every article with any of the
        words they stand for, all with the same score."""
        if query.fieldname not in (ALL_TEXT, *TEXT_FIELDS):
            return self._keyword(query, predicate(query)).boosted(query.boost)
        # without its boost, so that a word with many different boosts is looked for once
        return self._once(query.with_boost(1.0), partial(self._expanded, query)).boosted(query.boost)

    def _expanded(self, query: wq.MultiTerm) -> Matches:
        segment, field = self.segment, None if query.fieldname == ALL_TEXT else query.fieldname
        if not self._budget.allows(work(segment, query)):
            return NOTHING
        numbers = expand(segment, query)
        df = segment.post_start[numbers + 1] - segment.post_start[numbers]
        if not self._budget.allows(0, int(df.sum())):
            return NOTHING
        if len(numbers) > MAX_EXPANSION:
            numbers = np.sort(numbers[np.argsort(-df, kind="stable")[:MAX_EXPANSION]])
            self._budget.note(f"'{query}' stands for too many words; only the {MAX_EXPANSION} commonest were searched")
        return Matches.constant(docs_of(segment, numbers, field), 1.0)

    def phrase(self, query: wq.Phrase) -> Matches:
        if query.fieldname not in (ALL_TEXT, *TEXT_FIELDS):
            wanted = [w for word in query.words for w in words_of(query.fieldname, word)]
            return self._keyword(query, lambda value: contains(value, wanted, query.slop)).boosted(query.boost)
        key = ("phrase", query.fieldname, tuple(query.words), query.slop)
        return self._once(key, partial(self._found_phrase, query)).boosted(query.boost)

    def _found_phrase(self, query: wq.Phrase) -> Matches:
        """The docs with a phrase in the text, scored without its boost."""
        words, lists = self._lists(query.words)
        if not words or len(lists) < len(words):
            return NOTHING
        if len(words) > 1 and not self._budget.allows(0, POSTINGS_A_PHRASE * sum(map(len, lists))):
            return NOTHING
        field = None if query.fieldname == ALL_TEXT else query.fieldname
        docs, places = docs_with_phrase(lists, query.slop, field)
        if field is None:
            return Matches(docs, _gained(words, lists, places, len(docs)))
        scores = np.zeros(len(docs), np.float32)
        for word in query.words:
            part = self._once((field, word), partial(self._posting, word, field))
            scores += part.scores[np.searchsorted(part.docs, docs)]
        return Matches(docs, scores)

    def _all_words(self, texts: Sequence[str]) -> Matches:
        """The docs that have all of some words in any text field; only these are scored."""
        words, lists = self._lists(texts)
        if len(lists) < len(words):
            return NOTHING
        docs, places = docs_with_all(lists)
        return Matches(docs, _gained(words, lists, places, len(docs)))

    def _lists(self, texts: Sequence[str]) -> tuple[list[Word], list[PostingList]]:
        """Words, and the posting lists of those that the segment has."""
        words = [self.snapshot.word(text.encode()) for text in texts]
        found = [word.lists[self._place] for word in words]
        return words, [one for one in found if one is not None]

    # -- columns ----------------------------------------------------------------------------------------------

    def _keyword(self, query: Any, accept: Callable[[list[str]], bool]) -> Matches:
        """The docs that have a value with the words `accept` wants in the column that a query names."""
        if query.fieldname in NUMERIC_FIELDS:
            raise QueryError(f"'{query.fieldname}' holds numbers; search it by a range of them")
        if query.fieldname not in (*KEYWORD_FIELDS, "id"):
            raise QueryError(f"there is no field '{query.fieldname}'; the fields are {', '.join(FIELD_NAMES)}")
        find = partial(docs_with_value, self.segment, query, accept, self._budget)
        return self._once(query.with_boost(1.0), lambda: Matches.constant(find(), 1.0))

    def numbers(self, query: wq.NumericRange) -> Matches:
        """A range of numbers; of dates, in seconds since 1970."""
        return Matches.constant(ranges.matching(self.segment, query), query.boost)

    def calendar_dates(self, query: wq.DateRange) -> Matches:
        """The same of dates given as such, in UTC if they have no zone."""
        start, end = (
            date and date.replace(tzinfo=date.tzinfo or UTC).timestamp() for date in (query.startdate, query.enddate)
        )
        return self.numbers(wq.NumericRange(query.fieldname, start, end, query.startexcl, query.endexcl, query.boost))

    def every(self, query: wq.Every) -> Matches:
        field, segment = query.fieldname, self.segment
        if field in (None, "", "*", ALL_TEXT, "id"):
            found = np.ones(segment.max_doc, bool)
        elif field in TEXT_FIELDS:
            found = np.asarray(segment.dl[TEXT_FIELDS.index(field)] > 0)
        elif field in NUMERIC_FIELDS:
            found = ranges.having(segment, field)
        elif field in KEYWORD_FIELDS:
            found = segment.keywords[field].counts() > 0
        else:
            raise QueryError(f"there is no field '{field}'; the fields are {', '.join(FIELD_NAMES)}")
        return Matches.constant(found, query.boost)

    # -- combinations -----------------------------------------------------------------------------------------

    def conjunction(self, query: wq.And) -> Matches:
        words = query.subqueries
        if words and all(type(word) is wq.Term and word.fieldname == ALL_TEXT and word.boost == 1 for word in words):
            return self._all_words([word.text for word in words]).boosted(query.boost)
        found: list[Matches] = []
        for start in range(0, len(query.subqueries), _AT_ONCE):
            found += [self.evaluate(part) for part in query.subqueries[start : start + _AT_ONCE]]
            found = [intersect(found)]
        return found[0].boosted(query.boost) if found else NOTHING

    def disjunction(self, query: wq.Or) -> Matches:
        parts = map(self.evaluate, query.subqueries)
        at_least = max(1, getattr(query, "minmatch", 0))
        return unite(parts, self.segment.max_doc, at_least).boosted(query.boost)

    def best_of(self, query: wq.DisjunctionMax) -> Matches:
        parts = [self.evaluate(part) for part in query.subqueries]
        best = np.full(self.segment.max_doc, -np.inf, np.float32)
        total = np.zeros(self.segment.max_doc, np.float32)
        for part in parts:
            best[part.docs] = np.maximum(best[part.docs], part.scores)
            total[part.docs] += part.scores
        docs = np.flatnonzero(best > -np.inf).astype(np.uint32)
        scores = best[docs] + np.float32(query.tiebreak) * (total[docs] - best[docs])
        return Matches(docs, scores).boosted(query.boost)

    def negation(self, query: wq.Not) -> Matches:
        found = np.ones(self.segment.max_doc, bool)
        found[self.evaluate(query.query).docs] = False
        return Matches.constant(found, 0.0)

    def and_not(self, query: wq.AndNot) -> Matches:
        wanted = self.evaluate(query.a)
        excluded = np.zeros(self.segment.max_doc, bool)
        excluded[self.evaluate(query.b).docs] = True
        keep = ~excluded[wanted.docs]
        return Matches(wanted.docs[keep], wanted.scores[keep]).boosted(query.boost)

    def and_maybe(self, query: wq.AndMaybe) -> Matches:
        required = self.evaluate(query.a)
        extra = np.zeros(self.segment.max_doc, np.float32)
        optional = self.evaluate(query.b)
        extra[optional.docs] = optional.scores
        return Matches(required.docs, required.scores + extra[required.docs]).boosted(query.boost)

    def require(self, query: wq.Require) -> Matches:
        return restrict(self.evaluate(query.a), self.evaluate(query.b).docs).boosted(query.boost)

    def otherwise(self, query: wq.Otherwise) -> Matches:
        anywhere = any(len(Evaluator(self.snapshot, s, self._notes).live_docs(query.a)) for s in self.snapshot.segments)
        return self.evaluate(query.a if anywhere else query.b)

    def constant_score(self, query: wq.ConstantScoreQuery) -> Matches:
        docs = self.evaluate(query.child).docs
        return Matches(docs, np.full(len(docs), query.score, np.float32))

    def nothing(self, query: wq.Query) -> Matches:
        return NOTHING

    def live_docs(self, query: wq.Query) -> NDArray[np.uint32]:
        """The docs that match and are not deleted."""
        return self.live(query).docs

    def live(self, query: wq.Query) -> Matches:
        """The matches that are not deleted."""
        matches = self.evaluate(query)
        if not len(self.segment.deleted):
            return matches
        keep = self.segment.live[matches.docs]
        return Matches(matches.docs[keep], matches.scores[keep])


FIELD_NAMES = (ALL_TEXT, *TEXT_FIELDS, *KEYWORD_FIELDS, *NUMERIC_FIELDS, "id")

_HANDLERS: dict[type, Callable[[Evaluator, Any], Matches]] = {
    wq.Term: Evaluator.term,
    wq.Prefix: Evaluator.expansion,
    wq.Wildcard: Evaluator.expansion,
    wq.Regex: Evaluator.expansion,
    wq.FuzzyTerm: Evaluator.expansion,
    wq.TermRange: Evaluator.expansion,
    wq.Phrase: Evaluator.phrase,
    wq.NumericRange: Evaluator.numbers,
    wq.DateRange: Evaluator.calendar_dates,
    wq.Every: Evaluator.every,
    wq.And: Evaluator.conjunction,
    wq.Or: Evaluator.disjunction,
    wq.DisjunctionMax: Evaluator.best_of,
    wq.Not: Evaluator.negation,
    wq.AndNot: Evaluator.and_not,
    wq.AndMaybe: Evaluator.and_maybe,
    wq.Require: Evaluator.require,
    wq.Otherwise: Evaluator.otherwise,
    wq.ConstantScoreQuery: Evaluator.constant_score,
    type(wq.NullQuery): Evaluator.nothing,
}


def _gained(
    words: Sequence[Word], lists: Sequence[PostingList], places: Sequence[NDArray[np.int64]], max_doc: int
) -> NDArray[np.float32]:
    """What words give to docs of which is known where they are in the words' lists."""
    scores = np.zeros(max_doc, np.float32)
    for word, postings, where in zip(words, lists, places, strict=False):  # no places are known where no doc has all
        scores += postings.gains_at(where, word.idf)
    return scores


def _field_impact(snapshot: Snapshot, row: int, tf: NDArray[Any], dl: NDArray[Any]) -> NDArray[np.float32]:
    """BM25F's saturated term frequency when only one text field is searched."""
    parameters = snapshot.manifest.bm25
    zeros = np.zeros((len(TEXT_FIELDS), len(tf)), np.uint32)
    only_tf, only_dl = zeros.copy(), zeros
    only_tf[row], only_dl[row] = tf, dl
    return saturate(weighted_tf(only_tf, only_dl, snapshot.avgdl, parameters), parameters.k1)
