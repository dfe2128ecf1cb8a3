"""The editors' rules over the current generation, and this generation as searches may know it.

What editors hide from all searches has no part in anything that is said of a query, or its words could be guessed from
notes, corrections and counts. So searches ask an index that is without it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set

from search.curation.rules import EditorRules
from search.enforcement.query_rules import QueryRules, query_rules
from search.reader.index import Index


class RulesInForce:
    """Both for the generation that was asked about last; made once for each, and for other rules. Safe to use from
    several threads."""

    def __init__(self, rules: Callable[[], EditorRules], seqs_of: Callable[[Sequence[str]], Mapping[str, int]]) -> None:
        """`rules` says each time what editors decided, the same object as long as it is the same; `seqs_of` finds the
        sequence numbers of ids and URLs."""
        self._rules = rules
        self._seqs_of = seqs_of
        self._over: tuple[Index, EditorRules, QueryRules | None] | None = None
        self._public: tuple[QueryRules, Set[int], Index, QueryRules] | None = None

    def over(self, index: Index) -> QueryRules | None:
        """The rules about searches over an index, None where there are none."""
        rules = self._rules()
        if not rules.rules:
            return None
        known = self._over
        if known is None or known[0] is not index or known[1] is not rules:
            self._over = known = index, rules, query_rules(rules, index, self._seqs_of)
        return known[2]

    def public(self, index: Index) -> tuple[Index, QueryRules | None]:
        """An index without what no query finds, and the rules over it."""
        rules = self.over(index)
        gone = rules.gone() if rules is not None else None
        if rules is None or not gone:
            self._public = None
            return index, rules
        known = self._public
        if known is None or known[0] is not rules or known[1] != gone:
            left = index.without(gone)
            self._public = known = rules, gone, left, rules.over(left)
        return known[2], known[3]
