"""Rules about searches, found by the queries that they are for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Generic, TypeVar

from search.curation.search_rules import Boost, Hidden, QueryPin, Redirect

_Rule = TypeVar("_Rule", QueryPin, Hidden, Boost, Redirect)


class RulesByQuery(Generic[_Rule]):
    """Some rules. Those for certain queries are looked up by these, so that thousands cost a query nothing; those with
    a pattern, and those for all queries, are asked one by one. Immutable."""

    def __init__(self, rules: Sequence[_Rule]) -> None:
        self._rules: Sequence[_Rule] = rules
        self._by_query: dict[str, list[int]] = {}
        self._others: list[int] = []
        for number, rule in enumerate(rules):
            condition = rule.condition
            if condition.patterns or not condition.queries:
                self._others.append(number)
            for query in condition.folded_queries:
                self._by_query.setdefault(query, []).append(number)

    def __bool__(self) -> bool:
        return bool(self._rules)

    def holding(self, queries: Sequence[str], now: datetime) -> list[_Rule]:
        """The rules, in their order, that are for any of some queries, each `folded`, at a moment."""
        found = {number for query in queries for number in self._by_query.get(query, ())}
        found.update(n for n in self._others if any(map(self._rules[n].condition.holds_for, queries)))
        return [rule for number in sorted(found) if (rule := self._rules[number]).period.holds(now)]
