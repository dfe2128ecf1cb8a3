"""The editors' rules about searches over one generation of the archive: what they mean for a query at some moment.

The rules name articles by id; here they are docs. A rule about an article that is not there does nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import UTC, datetime

import numpy as np

from search.curation.query_condition import ALWAYS, folded
from search.curation.rules import EditorRules
from search.curation.search_rules import RELATED, SEARCH_RULES, Boost, Hidden, QueryPin, Redirect
from search.enforcement.boosted_docs import BoostedDocs
from search.enforcement.rules_by_query import RulesByQuery
from search.enforcement.synonyms import QueryWords
from search.query.parser import ParsedQuery
from search.ranking.adjustments import Adjustments
from search.reader.index import Index

_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class PinnedDoc:
    """A doc that an editor gave a place of its own, from 1 on, by the rule in this line."""

    doc: int
    position: int
    line: int


@dataclass(frozen=True, slots=True)
class Decision:
    """What the rules say of one query."""

    pins: tuple[PinnedDoc, ...] = ()
    adjustments: Adjustments = field(default_factory=Adjustments)
    boosts: tuple[Boost, ...] = ()
    redirect: str = ""
    at: datetime = _NEVER  # the moment it was made for


UNDECIDED = Decision()


class QueryRules:
    """The rules of an archive over one generation of it. Immutable but for a cache; safe to share between threads."""

    def __init__(self, rules: EditorRules, index: Index, seqs: Mapping[str, int]) -> None:
        """`seqs` are the store's sequence numbers of the articles that the rules name, those that are there."""
        self._index = index
        self._rules, self._seqs = rules, seqs
        self._words = QueryWords(rules.rules, index.languages())
        self._docs = {name: doc for name, seq in seqs.items() if (doc := index.doc_of(seq)) >= 0}
        self._pins = RulesByQuery(
            [rule for rule in rules.rules if isinstance(rule, QueryPin) and rule.pin in self._docs]
        )
        hidden = [rule for rule in rules.rules if isinstance(rule, Hidden) and rule.hide in self._docs]
        whatever_is_asked = [rule for rule in hidden if rule.condition.is_for_all]
        always = [rule for rule in whatever_is_asked if rule.period == ALWAYS]
        self._gone = frozenset([self._docs[rule.hide] for rule in always])
        self._gone_seqs = frozenset([seqs[rule.hide] for rule in always])
        self._gone_at_times = [rule for rule in whatever_is_asked if rule.period != ALWAYS]
        self._hidden = RulesByQuery([rule for rule in hidden if self._docs[rule.hide] not in self._gone])
        boosts = [rule for rule in rules.rules if isinstance(rule, Boost) and rule.only != RELATED]
        self._boosts = RulesByQuery(boosts)
        self._redirects = RulesByQuery([rule for rule in rules.rules if isinstance(rule, Redirect)])
        self._decides = any((self._pins, self._gone, self._hidden, self._boosts, self._redirects))
        self.boosted = BoostedDocs(index.filter, index.dates(), index.max_doc)

    def expanded(self, query: ParsedQuery) -> ParsedQuery:
        """The query with the editors' synonyms and without their stop words."""
        return self._words.applied(query, self._index) if self._words else query

    def decide(self, queries: Sequence[str], now: datetime | None = None) -> Decision:
        """What the rules say of a query, as it was typed and as it was meant, at a moment (now, if not given)."""
        if not self._decides:
            return UNDECIDED
        texts, moment = list(map(folded, queries)), _now(now)
        hidden = self._hidden_from(texts, moment)
        pins: dict[int, PinnedDoc] = {}
        for rule in self._pins.holding(texts, moment):
            doc = self._docs[rule.pin]
            if doc not in hidden:
                pins.setdefault(doc, PinnedDoc(doc, rule.position, rule.line))
        boosts = tuple(self._boosts.holding(texts, moment))
        redirects = self._redirects.holding(texts, moment)
        adjustments = Adjustments(
            np.array(sorted(hidden), np.int64),
            np.array(sorted(pins), np.int64),
            self.boosted.factors(boosts, moment) if boosts else None,
        )
        return Decision(tuple(pins.values()), adjustments, boosts, redirects[0].redirect if redirects else "", moment)

    def hidden(self, queries: Sequence[str], now: datetime | None = None) -> Set[int]:
        """The docs that a query does not find, which is all that suggestions need of what `decide` says of it."""
        return self._hidden_from(list(map(folded, queries)), _now(now))

    def gone(self, now: datetime | None = None) -> Set[int]:
        """The store's sequence numbers of the articles that no query finds."""
        if not self._gone_at_times:
            return self._gone_seqs
        moment = _now(now)
        return self._gone_seqs.union([self._seqs[of.hide] for of in self._gone_at_times if of.period.holds(moment)])

    def over(self, index: Index) -> QueryRules:
        """The same rules over another index of the same generation."""
        return QueryRules(self._rules, index, self._seqs)

    def _hidden_from(self, texts: Sequence[str], moment: datetime) -> Set[int]:
        return self._gone.union([self._docs[rule.hide] for rule in self._hidden.holding(texts, moment)])

    def reasons(self, decision: Decision, doc: int) -> list[str]:
        """What is said of the boosts of a doc."""
        return self.boosted.reasons(decision.boosts, doc, decision.at) if decision.boosts else []


def _now(given: datetime | None) -> datetime:
    return datetime.now(UTC) if given is None else given


def query_rules(
    rules: EditorRules, index: Index, seqs_of: Callable[[Sequence[str]], Mapping[str, int]]
) -> QueryRules | None:
    """The rules over one generation of the archive, None where none is about searches; `seqs_of` finds the sequence
    numbers of ids and URLs."""
    about = EditorRules(tuple([rule for rule in rules.rules if is_about_searches(rule)]))
    if not about.rules:
        return None
    named = about.ids()
    return QueryRules(about, index, seqs_of(named) if named else {})


def is_about_searches(rule: object) -> bool:
    """Whether a rule does something to searches."""
    return isinstance(rule, SEARCH_RULES) and not (isinstance(rule, Boost) and rule.only == RELATED)
