"""Evaluation of a query tree over one segment: which docs match, and what each scores.

Every kind of node gives a `MatchSet`; the nodes above combine them. Deleted docs are taken out at the very end.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace
from functools import cached_property, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.base.errors import QueryError
from indexer.schema import ALL_TEXT, ID
from indexer.segment.impacts import saturate, weighted_tf
from indexer.segment.segment import Segment
from search.lexical.keyword_values import docs_with_value
from search.lexical.match_set import NO_MATCHES, MatchSet, best_of, intersect, places, restrict, unite
from search.lexical.numeric_ranges import docs_in_range, docs_with_number
from search.lexical.phrases import docs_with_all, docs_with_phrase
from search.lexical.term_expansion import (
    MAX_EXPANSION,
    comparisons,
    docs_with_forms,
    docs_with_terms,
    expand,
    words_of_forms,
)
from search.lexical.work_budget import POSTINGS_A_PHRASE, POSTINGS_A_WORD, Budget
from search.query.tree import (
    MAX_DEPTH,
    And,
    AndMaybe,
    AndNot,
    DisjunctionMax,
    Everything,
    Fuzzy,
    MultiTerm,
    Node,
    Not,
    Nothing,
    NumericRange,
    Or,
    Phrase,
    Prefix,
    Require,
    Term,
    TermRange,
    Wildcard,
)
from search.reader.postings import PostingList, Word
from search.reader.snapshot import Snapshot

_CACHED_BYTES = 32 << 20  # of matches that an evaluator keeps
_AT_ONCE = 16  # parts of a condition whose matches are in memory together


class Evaluator:
    """Evaluates query trees over one segment of a snapshot. `notes` collects what had to be cut short."""

    def __init__(self, snapshot: Snapshot, segment: Segment, notes: list[str]) -> None:
        self.snapshot = snapshot
        self.segment = segment
        self._schema = snapshot.schema
        self._notes = notes
        self._depth = 0
        self._place = snapshot.segments.index(segment)
        self._cache: dict[Hashable, MatchSet] = {}  # what took long to find and may be asked for again
        self._bytes_left = _CACHED_BYTES

    @cached_property
    def _budget(self) -> Budget:
        return Budget(self.snapshot, self.segment, self._notes)

    def evaluate(self, node: Node) -> MatchSet:
        """The docs of the segment that match, deleted ones possibly among them.

        Raises QueryError for a field there is not, and for nesting deeper than `MAX_DEPTH`.
        """
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise QueryError(f"the query is nested more than {MAX_DEPTH} levels deep; take out some parentheses")
        try:
            return EVALUATE[type(node)](self, node)
        finally:
            self._depth -= 1

    def live(self, node: Node) -> MatchSet:
        """The matches that are not deleted."""
        matches = self.evaluate(node)
        if not len(self.segment.deleted):
            return matches
        keep = self.segment.live[matches.docs]
        return MatchSet(matches.docs[keep], matches.scores[keep])

    def _once(self, key: Hashable, find: Callable[[], MatchSet]) -> MatchSet:
        """What `find` finds, which is kept under `key` while there is room."""
        matches = self._cache.get(key)
        if matches is None:
            matches = find()
            self._bytes_left -= matches.docs.nbytes + matches.scores.nbytes
            if self._bytes_left >= 0:
                self._cache[key] = matches
        return matches

    # -- words ------------------------------------------------------------------------------------------------

    def term(self, term: Term) -> MatchSet:
        field, texts = term.field, term.texts
        if field == ALL_TEXT:
            return self._word(texts, field).boosted(term.boost)
        if field in self._schema.text:
            return self._once((field, texts), partial(self._word, texts, field)).boosted(term.boost)
        return self._column(term)

    def _word(self, texts: tuple[str, ...], field: str) -> MatchSet:
        """The docs with a word, which has some terms, in a text field, or in any."""
        words = self.snapshot.words(texts) if field == ALL_TEXT else self.snapshot.words(texts, field)
        parts = [self._posting(word, idf, field) for word, idf in words]
        if len(parts) > 1:
            return unite(parts, self.segment.max_doc)
        return parts[0] if parts else NO_MATCHES

    def _posting(self, word: Word, idf: float, field: str) -> MatchSet:
        """The docs with a term in a text field, or in any, where its word has this idf."""
        postings = word.lists[self._place]
        if postings is None:
            return NO_MATCHES
        if field == ALL_TEXT:
            return MatchSet(postings.docs, postings.gains(idf))
        row = self._row(field)
        if row is None or row < 0:
            return NO_MATCHES
        tf = self.segment.tf[row, postings.start : postings.stop]
        docs, tf = postings.docs[tf > 0], tf[tf > 0]
        impact = _field_impact(self.snapshot, self.segment, row, tf, self.segment.dl[row, docs])
        return MatchSet(docs, impact * np.float32(idf))

    def _row(self, field: str) -> int | None:
        """The row of a text field in the segment, -1 where the segment was built without it; None for any field."""
        return None if field == ALL_TEXT else self.segment.text_row(self._schema.fields[field])

    def multi_term(self, node: MultiTerm) -> MatchSet:
        """Every article with any of the words that a node stands for, all with the same score."""
        if node.field not in self._schema.full_text:
            return self._column(node)
        # without its boost, so that a word with many different boosts is looked for once
        return self._once(replace(node, boost=1.0), partial(self._expanded, node)).boosted(node.boost)

    def _expanded(self, node: MultiTerm) -> MatchSet:
        segment, row = self.segment, self._row(node.field)
        if row == -1:
            return NO_MATCHES
        if not self._budget.allows(comparisons(segment, node)):
            return NO_MATCHES
        terms, forms = expand(segment, node)
        df = segment.post_start[terms + 1] - segment.post_start[terms]
        if not self._budget.allows(0, int(df.sum()) + POSTINGS_A_WORD * words_of_forms(segment, forms)):
            return NO_MATCHES
        terms = self._commonest(node, terms, df)
        has_word = docs_with_terms(segment, terms, row)
        if len(forms) and segment.forms is not None:
            forms = self._commonest(node, forms, segment.forms.counts[forms].astype(np.int64))
            has_word |= docs_with_forms(segment, forms, row)
        return MatchSet.constant(has_word, 1.0)

    def _commonest(self, node: MultiTerm, numbers: NDArray[np.int64], counts: NDArray[np.int64]) -> NDArray[np.int64]:
        """The numbers of what a node stands for, ascending, or where these are too many of those that occur most."""
        if len(numbers) <= MAX_EXPANSION:
            return numbers
        self._budget.note(f"'{node}' stands for too many words; only the {MAX_EXPANSION} commonest were searched")
        return np.sort(numbers[np.argsort(-counts, kind="stable")[:MAX_EXPANSION]])

    def phrase(self, phrase: Phrase) -> MatchSet:
        if phrase.field not in self._schema.full_text:
            return self._column(phrase)
        return self._once(replace(phrase, boost=1.0), partial(self._text_phrase, phrase)).boosted(phrase.boost)

    def _text_phrase(self, phrase: Phrase) -> MatchSet:
        """The docs with a phrase in the text, scored without its boost."""
        words, lists = self._lists(phrase.words)
        field, row = phrase.field, self._row(phrase.field)
        if not words or len(lists) < len(words) or row == -1:
            return NO_MATCHES
        if len(words) > 1 and not self._budget.allows(0, POSTINGS_A_PHRASE * sum(map(len, lists))):
            return NO_MATCHES
        docs, in_lists = docs_with_phrase(lists, phrase.slop, row)
        if row is None:
            return MatchSet(docs, _summed_gains([word.idf for word in words], lists, in_lists, len(docs)))
        scores = np.zeros(len(docs), np.float32)
        for word in phrase.words:
            part = self._once((field, (word,)), partial(self._word, (word,), field))
            where, there = places(part.docs, docs)
            if not there.all():  # no live doc has the word there, and those that have the phrase are no live ones
                return NO_MATCHES
            scores += part.scores[where]
        return MatchSet(docs, scores)

    def _all_words(self, words: Sequence[Sequence[tuple[Word, float]]]) -> MatchSet:
        """The docs that have all of some words in any text field, given as the one term that each has, or none, and
        its idf; only these are scored."""
        lists = [postings for ((word, _),) in filter(None, words) if (postings := word.lists[self._place]) is not None]
        if len(lists) < len(words):
            return NO_MATCHES
        docs, in_lists = docs_with_all(lists)
        return MatchSet(docs, _summed_gains([idf for ((_, idf),) in words], lists, in_lists, len(docs)))

    def _lists(self, texts: Sequence[str]) -> tuple[list[Word], list[PostingList]]:
        """Words, and the posting lists of those that the segment has."""
        words = [self.snapshot.word(text.encode()) for text in texts]
        return words, [postings for word in words if (postings := word.lists[self._place]) is not None]

    # -- columns ----------------------------------------------------------------------------------------------

    def _column(self, leaf: Term | Phrase | MultiTerm) -> MatchSet:
        """The docs that have a value that a leaf matches in the column that it names, all with the same score."""
        if leaf.field in self._schema.numeric:
            raise QueryError(f"'{leaf.field}' holds numbers; search it by a range of them")
        if leaf.field not in self._schema.columns:
            raise self._no_field(leaf.field)
        find = partial(docs_with_value, self.segment, self._schema.fields[leaf.field], leaf, self._budget)
        return self._once(replace(leaf, boost=1.0), lambda: MatchSet.constant(find(), 1.0)).boosted(leaf.boost)

    def numeric_range(self, numbers: NumericRange) -> MatchSet:
        return MatchSet.constant(docs_in_range(self.segment, numbers, self._schema), numbers.boost)

    def everything(self, node: Everything) -> MatchSet:
        field, segment, schema = node.field, self.segment, self._schema
        if field in (ALL_TEXT, ID):
            has_field = np.ones(segment.max_doc, bool)
        elif field in schema.text:
            row = segment.text_row(schema.fields[field])
            has_field = np.asarray(segment.dl[row] > 0) if row >= 0 else np.zeros(segment.max_doc, bool)
        elif field in schema.numeric:
            has_field = docs_with_number(segment, field, schema)
        elif field in schema.values:
            has_field = segment.column(schema.fields[field]).counts() > 0
        else:
            raise self._no_field(field)
        return MatchSet.constant(has_field, node.boost)

    def _no_field(self, name: str) -> QueryError:
        return QueryError(f"there is no field '{name}'; the fields are {', '.join(self._schema.searchable)}")

    # -- combinations -----------------------------------------------------------------------------------------

    def conjunction(self, group: And) -> MatchSet:
        terms = [
            part.texts for part in group.parts if type(part) is Term and part.field == ALL_TEXT and part.boost == 1
        ]
        words = [self.snapshot.words(texts) for texts in terms]
        if words and len(words) == len(group.parts) and max(map(len, words)) <= 1:
            return self._all_words(words).boosted(group.boost)
        matches: list[MatchSet] = []
        for start in range(0, len(group.parts), _AT_ONCE):
            matches += [self.evaluate(part) for part in group.parts[start : start + _AT_ONCE]]
            matches = [intersect(matches)]
        return matches[0].boosted(group.boost) if matches else NO_MATCHES

    def disjunction(self, group: Or) -> MatchSet:
        return unite(map(self.evaluate, group.parts), self.segment.max_doc).boosted(group.boost)

    def disjunction_max(self, group: DisjunctionMax) -> MatchSet:
        return best_of(map(self.evaluate, group.parts), self.segment.max_doc).boosted(group.boost)

    def negation(self, node: Not) -> MatchSet:
        return MatchSet.constant(~self._marked(node.excluded), 0.0)

    def and_not(self, node: AndNot) -> MatchSet:
        included = self.evaluate(node.included)
        keep = ~self._marked(node.excluded)[included.docs]
        return MatchSet(included.docs[keep], included.scores[keep])

    def _marked(self, node: Node) -> NDArray[np.bool_]:
        """(max_doc,) whether a doc matches."""
        marked = np.zeros(self.segment.max_doc, bool)
        marked[self.evaluate(node).docs] = True
        return marked

    def and_maybe(self, node: AndMaybe) -> MatchSet:
        required, optional = self.evaluate(node.required), self.evaluate(node.optional)
        extra = np.zeros(self.segment.max_doc, np.float32)
        extra[optional.docs] = optional.scores
        return MatchSet(required.docs, required.scores + extra[required.docs])

    def require(self, node: Require) -> MatchSet:
        return restrict(self.evaluate(node.scored), self.evaluate(node.required).docs)

    def nothing(self, node: Nothing) -> MatchSet:
        return NO_MATCHES


# what each kind of node matches and scores; see the table in `search.query.tree`
EVALUATE: dict[type[Node], Callable[[Evaluator, Any], MatchSet]] = {
    Nothing: Evaluator.nothing,
    Everything: Evaluator.everything,
    Term: Evaluator.term,
    Phrase: Evaluator.phrase,
    Prefix: Evaluator.multi_term,
    Wildcard: Evaluator.multi_term,
    Fuzzy: Evaluator.multi_term,
    TermRange: Evaluator.multi_term,
    NumericRange: Evaluator.numeric_range,
    And: Evaluator.conjunction,
    Or: Evaluator.disjunction,
    DisjunctionMax: Evaluator.disjunction_max,
    Not: Evaluator.negation,
    AndNot: Evaluator.and_not,
    AndMaybe: Evaluator.and_maybe,
    Require: Evaluator.require,
}


def _summed_gains(
    idfs: Sequence[float], lists: Sequence[PostingList], places: Sequence[NDArray[np.int64]], num_docs: int
) -> NDArray[np.float32]:
    """(num_docs,) what words with these idfs give together to docs of which is known where they are in the words'
    lists."""
    scores = np.zeros(num_docs, np.float32)
    for idf, postings, where in zip(idfs, lists, places, strict=False):  # no places are known where no doc has all
        scores += postings.gains_at(where, idf)
    return scores


def _field_impact(
    snapshot: Snapshot, segment: Segment, row: int, tf: NDArray[Any], dl: NDArray[Any]
) -> NDArray[np.float32]:
    """BM25F's saturated term frequency when only one text field of a segment is searched."""
    parameters, avgdl = snapshot.manifest.bm25_of(segment.entry), snapshot.manifest.avgdl_of(segment.entry)
    zeros = np.zeros((len(avgdl), len(tf)), np.uint32)
    only_tf, only_dl = zeros.copy(), zeros
    only_tf[row], only_dl[row] = tf, dl
    return saturate(weighted_tf(only_tf, only_dl, avgdl, parameters), parameters.k1)
