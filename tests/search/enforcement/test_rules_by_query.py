"""Rules looked up by the query that they are for, compared with asking each of them."""

from __future__ import annotations

import random
from datetime import UTC, datetime

import pytest

from search.curation import query_condition
from search.curation.query_condition import Period, QueryCondition
from search.curation.search_rules import Hidden
from search.enforcement.query_rules import QueryRules
from search.enforcement.rules_by_query import RulesByQuery
from search.engine import Engine
from tests.memory.archive import MemoryArchive
from tests.search.enforcement.conftest import Ruled, articles, rules_of

NOW = datetime(2024, 5, 1, tzinfo=UTC)
WORDS = ("Moon", "mars!", "Café", "moon landing", "landing")
PATTERNS = ("moon*", "*landing", "*", "caf* racer")
PERIODS = (Period(), Period(until=datetime(2024, 1, 1, tzinfo=UTC)), Period(since=datetime(2024, 4, 1, tzinfo=UTC)))


def some_rules(rng: random.Random) -> list[Hidden]:
    def few(of: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(rng.sample(of, rng.choice((0, 0, 1, 2))))

    conditions = [QueryCondition(few(WORDS), few(PATTERNS)) for _ in range(40)]
    return [Hidden(f"a{n}", condition, rng.choice(PERIODS)) for n, condition in enumerate(conditions)]


def test_those_that_hold_come_in_their_order() -> None:
    rng = random.Random(4)
    for _ in range(50):
        rules = some_rules(rng)
        queries = [query_condition.folded(query) for query in rng.sample((*WORDS, "moonlight", "no", ""), 2)]
        expected = [rule for rule in rules if any(map(rule.condition.holds_for, queries)) and rule.period.holds(NOW)]
        assert RulesByQuery(rules).holding(queries, NOW) == expected


RULES = (
    "- hide: n0\n- hide: n1\n  query: Moon\n- hide: n2\n  pattern: mo*\n- hide: n3\n  until: 2001-01-01\n"
    "- hide: n0\n  query: mars\n- pin: n5\n  query: moon\n"
)


def test_the_texts_of_rules_are_folded_once_and_not_for_every_query(monkeypatch: pytest.MonkeyPatch) -> None:
    archive = MemoryArchive(articles())
    index = archive.source.current()
    rules = QueryRules(rules_of(RULES), index, {f"n{n}": index.seq_of(n) for n in range(30)})

    def never(text: str) -> str:
        raise AssertionError(f"{text} is folded again")

    monkeypatch.setattr(query_condition, "folded", never)
    assert rules.hidden(["moon"], NOW) == {0, 1, 2}
    assert rules.hidden(["mars"], NOW) == {0}
    for query in ("moon", "mars", "money"):
        assert rules.decide([query], NOW).adjustments.hidden.tolist() == sorted(rules.hidden([query], NOW))


def test_suggestions_ask_what_is_hidden_and_nothing_else(ruled: Ruled, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> None:
        raise AssertionError("boosts, pins and redirects do nothing to suggestions")

    def offered(engine: Engine, typed: str) -> set[str]:
        return {suggestion.article.id for suggestion in engine.suggest(typed, 30).articles}

    engine = ruled(RULES)
    monkeypatch.setattr(QueryRules, "decide", never)
    assert "n0" not in offered(engine, "moon")
    assert {"n6", "n12"} <= offered(engine, "moon")
    assert "n1" in offered(engine, "a lunar")
