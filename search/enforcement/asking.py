"""A query asked under the editors' rules, and asked again for less where it finds nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from indexer.text.markers import COMMON
from indexer.text.words import word_forms
from search.dates.dated import Dated
from search.enforcement.placement import pinned_first, placed
from search.enforcement.query_rules import UNDECIDED, Decision, QueryRules
from search.filters.condition import parts_of
from search.filters.reading import Filters, read_filters
from search.query.leaves import listed, positive_leaves, text_terms
from search.query.parser import ParsedQuery
from search.query.tree import NOTHING
from search.ranking.adjustments import Adjustments
from search.ranking.fusion import FusionSettings
from search.ranking.ordering import read_sort
from search.ranking.rank import Ranking, rank
from search.ranking.recency import OFF, Recency
from search.reader.index import Index
from search.rewriting.relaxing import by_meaning, relaxed, unknown_words, without_words
from search.rewriting.spelled import in_several_words


@dataclass(frozen=True, slots=True)
class Answer:
    """What a query found, and the query that found it, which may be less than was asked."""

    query: ParsedQuery
    ranking: Ranking
    incomplete: bool  # whether words were left out, or no article has them, or nothing is found


@dataclass(frozen=True, slots=True)
class Asked:
    """A query over one generation of an index, with what the editors decided about it."""

    index: Index
    query: ParsedQuery
    decision: Decision = UNDECIDED
    rules: QueryRules | None = None
    date: Dated | None = None
    has_dates_from_today: bool = False  # in its conditions

    @classmethod
    def of(
        cls,
        index: Index,
        query: ParsedQuery,
        rules: QueryRules | None,
        typed: str = "",
        date: Dated | None = None,
    ) -> Asked:
        """A query as it was meant, under rules, None for none: those about it, and those about what was `typed`, where
        a slip in that was corrected, or a `date` that it names is no longer in it."""
        decision = UNDECIDED
        if rules is not None:
            texts = [typed or query.text, query.text]
            query, decision = rules.expanded(query), rules.decide([*texts, *in_several_words(index, texts[0])])
        if date is not None:
            query, adjustments = date.applied(index, query), decision.adjustments
            adjustments = replace(adjustments, factors=date.factors(adjustments.factors), of_date=date.written_then)
            decision = replace(decision, adjustments=adjustments)
        return cls(index, query, decision, rules, date)

    @property
    def finds_only_hidden(self) -> bool:
        """Whether articles match, all of which editors hide from this query."""
        allowed = self.decision.adjustments.allowed(self.index, None)
        if allowed is None or len(self.index.match(self.query, allowed, [])):
            return False
        return len(self.index.match(self.query, None, [])) > 0

    def shows_hidden(self, searched: ParsedQuery, typed: ParsedQuery) -> bool:
        """Whether the query, or anything that is `searched` for and was not `typed`, is only in articles that editors
        hide from it: a word that it was corrected to, or the field in which a name is."""
        if self.finds_only_hidden:
            return True
        if self.decision.adjustments.allowed(self.index, None) is None:
            return False
        added = set(positive_leaves(searched.tree)) - set(positive_leaves(typed.tree))
        return any(replace(self, query=replace(searched, tree=leaf)).finds_only_hidden for leaf in added)

    @property
    def of_today(self) -> bool:
        """Whether the answer may be another one tomorrow."""
        return self.has_dates_from_today or (self.date is not None and self.date.date.from_today)

    def answer(
        self,
        depth: int,
        filters: Filters | None,
        settings: FusionSettings,
        sort: str | Sequence[str] = "",
        recency: Recency = OFF,
    ) -> Answer:
        """The best docs, as many as `placed` needs to have `depth`, and the query that found them: the one asked or,
        where it finds nothing, as much of it as finds something. Notes say what was done. Raises what `rank`
        raises."""
        adjustments, query = self.decision.adjustments, self.query
        condition = read_filters(filters, self.index.schema)
        needed = depth + len(self.decision.pins)

        def asked(query: ParsedQuery, adjustments: Adjustments) -> Ranking:
            return rank(
                self.index,
                query,
                needed,
                condition,
                settings=settings,
                sort=sort,
                recency=recency,
                adjustments=adjustments,
            )

        ranking, filtered = asked(query, adjustments), bool(parts_of(condition))
        if self._finds(ranking):
            shown = "nearest in meaning"
            answer = self._telling(query, ranking, shown) if query.is_plain else Answer(query, ranking, False)
            return _within_filters(answer) if filtered else answer
        if query.tree == NOTHING:
            if not ranking.total and not ranking.notes:
                ranking = _noted(ranking, _nothing_left(query.text))
            return Answer(query, ranking, True)
        less = relaxed(self.index, query, adjustments.allowed(self.index, None))  # the same whatever the filters are
        if less is None:
            less, out = by_meaning(self.index, query)
            adjustments = replace(adjustments, hidden=np.union1d(adjustments.hidden, out))
        if less is not query:
            again = asked(less, adjustments)
            if self._finds(again):
                return _within_filters(Answer(less, again, True)) if filtered else Answer(less, again, True)
            conditions = without_words(self.index, query)
            if conditions is not None and self._finds(again := asked(conditions, self.decision.adjustments)):
                found = Answer(conditions, again, True)
                return _within_filters(found) if filtered else found
        ranking = self._telling(less, ranking, "what editors chose").ranking
        if not ranking.total and not any(note.startswith("no article") for note in ranking.notes):
            ranking = _noted(ranking, _why_nothing(self.index, query))
        return Answer(query, ranking, True)

    def _telling(self, query: ParsedQuery, ranking: Ranking, shown: str) -> Answer:
        """The answer to plain words with a note on those that no article has, but for a date, and on what is `shown`
        where it has none of them."""
        date = () if self.date is None or self.date.is_missing else word_forms(self.date.date.written.lower())
        unknown = [form for form in unknown_words(self.index, query) if form not in date]
        if not unknown:
            return Answer(query, ranking, False)
        note = f"no article has {listed(unknown)}"
        if ranking.total and not len(self.index.match(query, None, [])):
            note += f": what is shown is {shown}"
        return Answer(query, _noted(ranking, note), True)

    def _finds(self, ranking: Ranking) -> bool:
        """Whether a query finds anything by itself, in the whole archive: filters choose among what it finds, and
        another query for each of them would make facets count what choosing from them does not leave."""
        pinned = [pin.doc for pin in self.decision.pins]
        return ranking.total > len(pinned) or len(np.setdiff1d(ranking.found.within(None), pinned)) > 0

    def pinned(self, sort: str | Sequence[str] = "") -> frozenset[int]:
        """The docs that editors put where they are; none in an order other than by relevance."""
        ordered = bool(read_sort(sort, self.index.schema))
        return frozenset() if ordered else frozenset(pin.doc for pin in self.decision.pins)

    def said_of(self, doc: int) -> tuple[list[str], str]:
        """What is said of the boosts of a doc, and of its pin."""
        pins = [pin for pin in self.decision.pins if pin.doc == doc]
        pin = f"editors gave it place {pins[0].position} (line {pins[0].line} of the rules)" if pins else ""
        reasons = self.rules.reasons(self.decision, doc) if self.rules else []
        return reasons + (self.date.reason(doc) if self.date else []), pin

    def placed(self, ranking: Ranking, depth: int, sort: str | Sequence[str] = "") -> Ranking:
        """The first `depth` of what `answer` gave, the pinned docs in their places."""
        return placed(ranking, self.decision.pins, depth) if self.pinned(sort) else ranking.best(depth)

    def to_fold(self, ranking: Ranking, sort: str | Sequence[str] = "") -> Ranking:
        """What `answer` gave, ready for others to be folded into pinned docs, and to be `placed` afterwards."""
        return pinned_first(ranking, self.decision.pins) if self.pinned(sort) else ranking


def _within_filters(answer: Answer) -> Answer:
    """An answer with a note where filters leave nothing of it."""
    if answer.ranking.total:
        return answer
    elsewhere = len(answer.ranking.found.within(None))
    counted = "1 article is" if elsewhere == 1 else f"{elsewhere:,} articles are"
    note = f"nothing within the filters; without them {counted} found"
    return Answer(answer.query, _noted(answer.ranking, note), True)


def _noted(ranking: Ranking, note: str) -> Ranking:
    return replace(ranking, notes=(*ranking.notes, note))


def _why_nothing(index: Index, query: ParsedQuery) -> str:
    terms = text_terms(query.tree, query.schema)
    if terms and all(term.startswith(COMMON) for term in terms):
        return "these words are so common that only titles and names are searched for them; add a rarer one"
    common = query.is_plain and not any(map(index.doc_freq, terms))
    return _nothing_left(query.text) if common else "no article meets all of this"


def _nothing_left(text: str) -> str:
    """What is said of a query in which nothing is left to search for."""
    if word_forms(text):
        return "these words are too common to search for; add a rarer one"
    return "there is no word in the query to search for"
