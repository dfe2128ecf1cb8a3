"""Whatever anybody types is answered: with finite scores, in JSON, soon.

Some hundred queries by default; ``READMORE_FUZZ=20000`` tries so many.
"""

from __future__ import annotations

import json
import os
import random
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.archive import Archive
from indexer.article.article import Article
from indexer.base.errors import QueryError
from readmore import open_engine
from search.engine import Engine
from search.results import SearchResult, hit_to_dict

TRIED = int(os.environ.get("READMORE_FUZZ", "120"))
LONGEST = 1000  # characters of a query that the service takes
MOST_SECONDS = 1.0  # of the processor, so that a busy machine does not count

WORDS = [
    "moon",
    "landing",
    "far",
    "side",
    "the",
    "of",
    "a",
    "b",
    "oil",
    "x-ray",
    "chang'e-6",
    "mond",
    "é",
    "日本",
    "ﷺ",
    "İ",
]
FIELDS = [
    "text",
    "title",
    "body",
    "tag",
    "author",
    "section",
    "place",
    "language",
    "site",
    "agency",
    "id",
    "date",
    "year",
]
FIELDS += ["words", "nofield", "*"]
SIGNS = [*"()[]{}\"'^~*?:+-<>=/\\.,!|& \t\0😀", "\u00a0", "\u0301", "\u200d", "\ud800"]
OPERATORS = [" AND ", " OR ", " NOT ", " ANDNOT ", " ANDMAYBE ", " REQUIRE ", " ", " -", " +", " AND NOT ", ""]
NUMBERS = ["0", "1", "2", "9", "99", "0.5", "1e9", "-1", "2024", "2024-02", "2024-02-30", "9" * 30, "9" * 400, ""]


class Grammar:
    """Queries at random, most of them near what the language allows."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def query(self) -> str:
        """A query of up to `LONGEST` characters, some of them one thing over and over or one thing in another."""
        kind = self._random.random()
        if kind < 0.2:
            unit = self._one(OPERATORS).join(self._part(2) for _ in range(self._random.randint(1, 3))) + self._one(
                OPERATORS
            )
            text = (unit or "-") * LONGEST
        elif kind < 0.4:
            opened, closed = (
                self._one(OPERATORS) + self._word() + self._one([*OPERATORS, "("]) + "(",
                ")" + self._boost(),
            )
            levels = self._random.randint(1, 60)
            text = opened * levels + self._part(2) + closed * levels
        else:
            text = "".join(self._part(4) + self._one(OPERATORS) for _ in range(self._random.randint(1, 60)))
        if self._random.random() < 0.2:  # and some of it broken
            at = self._random.randrange(len(text) + 1)
            text = text[:at] + self._one(SIGNS) * self._random.choice([1, 2, 50]) + text[at:]
        return text[:LONGEST]

    def _one(self, among: list[str]) -> str:
        return self._random.choice(among)

    def _part(self, depth: int) -> str:
        kinds: list[Callable[[int], str]] = [
            self._leaf,
            self._leaf,
            self._leaf,
            self._in_field,
            self._group,
            self._negated,
        ]
        return (self._random.choice(kinds)(depth - 1) if depth else self._leaf(0)) + self._boost()

    def _group(self, depth: int) -> str:
        joint = self._one(OPERATORS)
        return "(" + joint.join(self._part(depth) for _ in range(self._random.randint(0, 4))) + ")"

    def _negated(self, depth: int) -> str:
        return self._one(["-", "+", "NOT ", "-(", "NOT ("]) + self._part(depth)

    def _in_field(self, depth: int) -> str:
        return self._one(FIELDS) + self._one([":", ":", ":>", ":<=", ":("]) + self._part(depth)

    def _leaf(self, depth: int) -> str:
        kinds = [self._word, self._pattern, self._phrase, self._fuzzy, self._range, self._digits]
        return self._random.choice(kinds)()

    def _word(self) -> str:
        return self._one([*WORDS, *map(str, range(5)), self._one(WORDS) * self._random.randint(1, 5)])

    def _pattern(self) -> str:
        parts = ["*", "?", "[a-z]", "[!a]", "[", "*", *"aeiost"]
        return "".join(self._one(parts) for _ in range(self._random.choice([2, 3, 5, 30])))

    def _phrase(self) -> str:
        words = " ".join(self._word() for _ in range(self._random.choice([0, 1, 2, 3, 20])))
        return f'"{words}"' + self._one(["", "~" + self._one(NUMBERS)])

    def _fuzzy(self) -> str:
        return self._word() + self._one(["~", "~2", "~9", "~9/1", "~0", "~/9"])

    def _range(self) -> str:
        ends = [self._one([*NUMBERS, *WORDS, "'a b'"]) for _ in range(2)]
        return self._one(["[", "{"]) + self._one([" TO ", "TO", " to "]).join(ends) + self._one(["]", "}", ""])

    def _digits(self) -> str:
        return self._one([*NUMBERS, "1" * self._random.choice([1, 20, 300])])

    def _boost(self) -> str:
        return "^" + self._one(NUMBERS) if self._random.random() < 0.15 else ""


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Three hundred articles in two segments, one of them removed."""
    folder = tmp_path_factory.mktemp("fuzzing") / "archive"
    with Archive.create(folder) as archive:
        for batch in (range(200), range(200, 300)):
            archive.add([_article(number) for number in batch])
        archive.remove(["a7"])
    with open_engine(folder) as engine:
        yield engine


def _article(number: int) -> Article:
    rng = random.Random(number)
    body = " ".join(rng.choice([*WORDS, *(f"word{rng.randrange(3000)}" for _ in range(8))]) for _ in range(80))
    return Article(
        id=f"a{number}",
        title=" ".join(rng.choice(WORDS) for _ in range(5)),
        body=body,
        tags=(f"t{number % 40}", "far side"),
        authors=(f"Ann Walsh{number % 7}",),
        section=rng.choice(["moon", "oil"]),
        date=datetime(2024, 2, 1 + number % 28, tzinfo=UTC) if number % 3 else None,
    )


def answer(engine: Engine, query: str) -> None:
    """Asks, and checks what everybody may expect of an answer."""
    started = time.process_time()
    found, refusal = _asked(engine, query)
    assert time.process_time() - started < MOST_SECONDS
    if found is None:
        assert refusal.startswith(
            "the query is nested more than 100 levels deep" if query.strip() else "the query is empty"
        )
        return
    json.dumps([[hit_to_dict(hit) for hit in found.hits], found.total, found.notes], allow_nan=False)
    if found.hits:
        started = time.process_time()
        reason = engine.explain(query, found.hits[0].article.id)
        assert time.process_time() - started < MOST_SECONDS
        assert reason is not None
        json.dumps(reason.to_dict(), allow_nan=False)


def _asked(engine: Engine, query: str) -> tuple[SearchResult | None, str]:
    """The answer, or why there is none."""
    try:
        return engine.search(query), ""
    except QueryError as error:
        return None, str(error)


@pytest.mark.parametrize("block", range(10))
def test_queries_near_the_language_are_answered(engine: Engine, block: int) -> None:
    for number in range(block, TRIED, 10):
        query = Grammar(number).query()
        try:
            answer(engine, query)
        except Exception as error:
            error.add_note(f"query {number}: {query!r}")
            raise


pieces = st.sampled_from([*SIGNS, *OPERATORS, *WORDS, *FIELDS, *NUMBERS]) | st.text(max_size=10)


@settings(max_examples=max(1, TRIED // 4), deadline=None)
@given(st.lists(pieces, min_size=1, max_size=400), st.integers(1, 100))
def test_any_text_is_answered(engine: Engine, pieces: list[str], times: int) -> None:
    query = ("".join(pieces) * times)[:LONGEST]
    answer(engine, query)
