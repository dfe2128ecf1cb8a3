"""The filter language: what a filter says is what an article must be, whoever wrote it and in whichever form."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.archive import Archive
from indexer.article.article import Article
from indexer.base.errors import QueryError
from indexer.schema import Kind, Schema, declared_field
from readmore import open_engine
from search.engine import Engine
from search.filters.condition import EVERYTHING, AllOf, AnyOf, HasValue, chosen, chosen_ranges, fields_of, without
from search.filters.limits import MAX_DEPTH, MAX_LENGTH, MAX_VALUES
from search.filters.reading import read_filters
from search.query.tree import NumericRange
from tests.memory.document import Document
from tests.memory.index import holds
from tests.search.reader.contract import articles

SCHEMA = Schema(
    (
        declared_field("rating", Kind.NUMBER, "stars", filterable=True, sortable=True),
        declared_field("series", Kind.KEYWORD, "series", filterable=True, countable=True),
        declared_field("sponsored", Kind.YES_NO, "sponsored", filterable=True, countable=True),
        declared_field("original", Kind.URL, "original", filterable=True),
        declared_field("updated", Kind.DATE, "updated", filterable=True, sortable=True),
        declared_field("secret", Kind.KEYWORD, "secret"),
        declared_field("standfirst", Kind.TEXT, "standfirst"),
    )
)
TOML = """
[fields]
rating = {kind = "number", from = "stars"}
series = {kind = "keyword"}
sponsored = {kind = "yes/no"}
original = {kind = "url"}
updated = {kind = "date"}
secret = {kind = "keyword", filter = false, count = false}
standfirst = {kind = "text"}
"""


def own_fields(number: int) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    if number % 3:
        fields |= {"stars": number % 5, "series": ["Moon Week", "O'Neill"][: number % 2 + 1]}
    if number % 4:
        fields |= {"sponsored": number % 2 == 0, "original": f"https://example.org/{number % 3}/"}
    if number % 5:
        fields |= {"updated": f"2024-{number % 9 + 1:02}-11"}
    return fields


ARTICLES = [
    Article(**{name: getattr(a, name) for name in a.__dataclass_fields__} | {"fields": own_fields(number)})
    for number, a in enumerate(articles(5, 60))
]
DOCUMENTS = [Document(number, article, "en", SCHEMA) for number, article in enumerate(ARTICLES)]


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    folder: Path = tmp_path_factory.mktemp("filters") / "archive"
    folder.mkdir()
    (folder / "readmore.toml").write_text(TOML)
    with Archive.create(folder) as archive:
        archive.add(ARTICLES[:40])
        archive.add([*ARTICLES[40:], Article(id="gone", title="zorg", section="Moon")])
        archive.remove(["gone"])
    with open_engine(folder) as engine:
        yield engine


def passing(engine: Engine, filters: Any) -> set[str]:
    index = engine.index()
    return {index.article_id(doc) for doc in np.flatnonzero(index.filter(filters)).tolist()}


def is_north(article: Article) -> bool:
    return article.site == "North"


def where(condition: Callable[[Article], bool]) -> set[str]:
    return {article.id for article in ARTICLES if condition(article)}


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("section = Moon", lambda a: a.section == "Moon"),
        ('section = "mars science"', lambda a: a.section == "Mars Science"),
        ("section != Moon", lambda a: a.section != "Moon"),
        ("section in ['Mars Science', moon,]", lambda a: a.section in ("Moon", "Mars Science")),
        ("section NOT IN [Moon]", lambda a: a.section != "Moon"),
        ("section IN []", lambda a: False),
        ("section EXISTS", lambda a: bool(a.section)),
        ("section NOT EXISTS", lambda a: not a.section),
        ("section IS NULL OR section IS EMPTY", lambda a: not a.section),
        ("section IS NOT NULL", lambda a: bool(a.section)),
        ("section STARTS WITH mo", lambda a: a.section.lower().startswith("mo")),
        ("section NOT STARTS WITH 'Mars '", lambda a: not a.section.startswith("Mars ")),
        ("tag = ice AND tag = wind", lambda a: {"ice", "wind"} <= set(a.tags)),
        ("NOT tag = ice", lambda a: "ice" not in a.tags),
        ("site=North AND (section = Moon OR section = mond)", lambda a: is_north(a) and a.section in ("Moon", "mond")),
        (
            "site = North AND section = Moon OR section = mond",
            lambda a: a.section == "mond" or (is_north(a) and a.section == "Moon"),
        ),
        ("NOT (site = North OR section = Moon)", lambda a: a.site != "North" and a.section != "Moon"),
        ("year >= 2025", lambda a: bool(a.date and a.date.year >= 2025)),
        ("year 2024 TO 2025", lambda a: bool(a.date and a.date.year in (2024, 2025))),
        ("year IN [2024, 2026]", lambda a: bool(a.date and a.date.year in (2024, 2026))),
        ("year != 2024", lambda a: not a.date or a.date.year != 2024),
        ("date = 2024-05", lambda a: bool(a.date and (a.date.year, a.date.month) == (2024, 5))),
        ("date > 2024", lambda a: bool(a.date and a.date.year > 2024)),
        ("date <= 2024", lambda a: bool(a.date and a.date.year <= 2024)),
        ("date 2024-11 TO 2025-02", lambda a: bool(a.date and "2024-11" <= f"{a.date:%Y-%m}" <= "2025-02")),
        ("date >= 1735689600", lambda a: bool(a.date and a.date.year >= 2025)),
        ("date >= 2025-01-01T00:00:00Z", lambda a: bool(a.date and a.date.year >= 2025)),
        ("date NOT EXISTS", lambda a: a.date is None),
        ("words > 9 AND words <= 15", lambda a: 9 < len(a.body.split()) <= 15),
        ("rating >= 3", lambda a: a.fields.get("stars", 0) >= 3),
        ('"rating">=3', lambda a: a.fields.get("stars", 0) >= 3),
        ("rating = 0", lambda a: a.fields.get("stars") == 0),
        (r"series = 'o\'neill'", lambda a: "O'Neill" in a.fields.get("series", ())),
        ("series = 'O\u2019Neill'", lambda a: "O'Neill" in a.fields.get("series", ())),
        ("series STARTS WITH O\u2018N", lambda a: "O'Neill" in a.fields.get("series", ())),
        ("sponsored = true", lambda a: a.fields.get("sponsored") is True),
        ("original = 'http://www.example.org/1'", lambda a: False),
        ("original = 'https://EXAMPLE.org/1/'", lambda a: a.fields.get("original") == "https://example.org/1/"),
        ("updated > 2024-08", lambda a: a.fields.get("updated", "") > "2024-09"),
        ("id IN [a1, A2, nobody]", lambda a: a.id in ("a1", "a2")),
        ("id STARTS WITH a1", lambda a: a.id.startswith("a1")),
        ("id EXISTS", lambda a: True),
        ("", lambda a: True),
        ("author = 'chen yu'", lambda a: "Chen Yu" in a.authors),
        ("agency EXISTS AND place = kourou", lambda a: bool(a.dateline.agency) and a.dateline.place == "Kourou"),
    ],
)  # fmt: skip
def test_what_texts_say(engine: Engine, text: str, condition: Callable[[Article], bool]) -> None:
    assert passing(engine, text) == where(condition)


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ([], ""),
        (["section = Moon", "site = North"], "section = Moon AND site = North"),
        (["year >= 2024", ["section = Moon", "section = mond"]], "year >= 2024 AND (section = Moon OR section = mond)"),
        ([["section = Moon", ["site = North", "tag = ice"]]], "section = Moon OR (site = North AND tag = ice)"),
        ({"section": ["Moon", "mond"], "year": ">2024"}, "section IN [Moon, mond] AND year > 2024"),
        ([{"section": "Moon"}, [{"rating": 3}, {"sponsored": 1}]], "section = Moon AND (rating = 3 OR sponsored=yes)"),
        ({"rating": ["[2 TO 4]", 0.0]}, "rating 2 TO 4 OR rating = 0"),
        ([[], "section = Moon", "", [[]]], "section = Moon"),
        ({"section": []}, "section IN []"),
        ({}, ""),
    ],
)  # fmt: skip
def test_data_says_the_same_as_text(engine: Engine, data: Any, text: str) -> None:
    assert passing(engine, data) == passing(engine, text)
    assert passing(engine, read_filters(data, engine.index().schema)) == passing(engine, text)


@pytest.mark.parametrize(
    ("filters", "message"),
    [
        ("secton = Moon", r"at character 1, 'secton': cannot filter by 'secton'; did you mean 'section'\?"),
        ("zzzz = 1", "cannot filter by 'zzzz'; the filters are section, site"),
        ("title = zorg", "cannot filter by 'title'"),
        ("secret = x", "cannot filter by 'secret'"),
        ("section = Far Side", "at character 15, 'Side': join conditions with AND or OR, and put values with blanks"),
        ("section =", "at its end: here a value is expected"),
        ("section", "at its end: after a field comes =, !="),
        ("section NOT = Moon", "at character 13, '=': after a field comes"),
        ("section > Moon", "'section' has no order to compare by; use = or IN"),
        ("section Moon TO mond", "'section' has no order"),
        ("year > soon", "at character 8, 'soon': cannot compare year with 'soon': 'soon' is not a number"),
        ("date = soon", "'soon' is not a date; write a year, 2024-03 or 2024-03-18"),
        ("year STARTS WITH 20", "'year' holds numbers"),
        ("section STARTS Mo", "after STARTS comes WITH"),
        ("section IN Moon", "after IN comes a list"),
        ("section IN [Moon", "at its end: a list goes on with , or ends with ]"),
        ("section IS Moon", "after IS comes NULL or EMPTY"),
        ("(section = Moon", "at its end: a parenthesis is not closed"),
        ("section = Moon)", r"at character 15, '\)': join conditions"),
        ("section = 'Moon", "at character 11, ''': a ' is not closed"),
        ("section = Moon AND", "at its end: here a field is expected"),
        ("AND", "cannot filter by 'AND'"),
        ("section ! Moon", "at character 9, '!'"),
        (5, "a filter is a text, a list or an object of fields and values, not 5"),
        ([5], "not 5"),
        ([None], "not None"),
        ({"section": {"a": 1}}, "cannot filter section by"),
        ({"section": [None]}, "cannot filter section by None"),
        ({5: "x"}, "cannot filter by '5'"),
        ({"rating": ["many"]}, "cannot filter rating by 'many'; write a value, >value"),
    ],
)
def test_what_cannot_be_read_is_said_with_its_place(engine: Engine, filters: Any, message: str) -> None:
    with pytest.raises(QueryError, match=message):
        engine.index().filter(filters)


@pytest.mark.parametrize(
    ("filters", "message"),
    [
        ("(" * 500 + "section = a" + ")" * 500, f"nested more than {MAX_DEPTH} levels"),
        ("NOT " * 500 + "section = a", f"nested more than {MAX_DEPTH} levels"),
        ("section = " + "a" * MAX_LENGTH, f"more than {MAX_LENGTH:,} characters"),
        (["section = abc"] * (MAX_VALUES + 1), "more than 1,000 conditions"),
        (f"section IN [{','.join('a' * (MAX_VALUES + 1))}]", "more than 1,000 conditions and values"),
        ({"section": ["a"] * (MAX_VALUES + 1)}, "more than 1,000 conditions and values"),
        ({"section": "a" * MAX_LENGTH + "b"}, f"more than {MAX_LENGTH:,} characters"),
    ],
)
def test_filters_have_bounds(engine: Engine, filters: Any, message: str) -> None:
    with pytest.raises(QueryError, match=message):
        engine.index().filter(filters)


def test_lists_in_lists_have_a_bound(engine: Engine) -> None:
    nested: Any = "section = Moon"
    for _ in range(MAX_DEPTH + 5):
        nested = [nested]
    with pytest.raises(QueryError, match="nested more than"):
        engine.index().filter(nested)


# -- anything at all ------------------------------------------------------------------------------------------------

NAMES = ("section", "tag", "author", "series", "sponsored", "year", "date", "rating", "words", "updated", "id")
VALUES = ("Moon", "mond", "ice", "Far Side", "Ann Lee", "O'Neill", "yes", "2024", "2025-03", "3", "9", "a7", "")
values = st.sampled_from(VALUES)


def quoted(value: str) -> str:
    return '"' + re.sub(r'(["\\])', r"\\\1", value) + '"'


names, negated = st.sampled_from(NAMES), st.sampled_from(("", "NOT "))
conditions = st.one_of(
    st.builds("{} {} {}".format, names, st.sampled_from("= != > >= < <=".split()), values.map(quoted)),
    st.builds("{} {}IN [{}]".format, names, negated, st.lists(values.map(quoted), max_size=3).map(", ".join)),
    st.builds("{} {}EXISTS".format, names, negated),
    st.builds("{} {} TO {}".format, names, values.map(quoted), values.map(quoted)),
    st.builds("{} STARTS WITH {}".format, names, values.map(quoted)),
)
filters = st.recursive(
    conditions,
    lambda inner: st.one_of(
        st.builds("({} AND {})".format, inner, inner),
        st.builds("({} OR {})".format, inner, inner),
        st.builds("NOT {}".format, inner),
    ),
    max_leaves=6,
)


@settings(deadline=None, max_examples=150)
@given(filters)
def test_every_article_that_passes_satisfies_the_filter_and_no_other(engine: Engine, text: str) -> None:
    try:
        condition = read_filters(text, SCHEMA)
    except QueryError:
        with pytest.raises(QueryError):
            engine.index().filter(text)
        return
    expected = {document.article.id for document in DOCUMENTS if holds(document, condition)}
    assert passing(engine, text) == expected
    assert {hit.article.id for hit in engine.search("*", filters=text, limit=100).hits} == expected
    assert passing(engine, f"NOT ({text})") == {article.id for article in ARTICLES} - expected


PIECES = st.sampled_from([*"()[],='\"<>!", *NAMES, *VALUES, *" AND OR NOT IN TO EXISTS IS".split(" ")])


@settings(deadline=None, max_examples=300)
@given(st.one_of(st.text(), st.lists(PIECES).map(" ".join)))
def test_nothing_that_is_sent_breaks_it(text: str) -> None:
    condition, message = None, ""
    try:
        condition = read_filters(text, SCHEMA)
    except QueryError as error:
        message = str(error)
    assert len(message) < 500
    assert condition is None or set(fields_of(condition)) <= {*SCHEMA.filterable, "id"}


# -- what facets need to know of a condition --------------------------------------------------------------------------


def test_a_condition_without_a_field() -> None:
    condition = read_filters(
        ["section = Moon AND (year = 2024 OR section = x)", {"section": "y", "tag": "ice"}], SCHEMA
    )
    left = without(condition, "section")
    assert list(fields_of(left)) == ["year", "section", "tag"]  # what two fields share stays
    assert without(read_filters("section = Moon", SCHEMA), "section") == EVERYTHING


def test_values_that_are_chosen() -> None:
    condition = read_filters(["section IN [Moon, Mars]", "tag != ice", ["year = 2024", "year = 2025"]], SCHEMA)
    assert chosen(condition, "section") == {"moon", "mars"}
    assert chosen(condition, "tag") == chosen(condition, "author") == frozenset()
    assert chosen_ranges(condition, "year") == (NumericRange("year", 2024, 2024), NumericRange("year", 2025, 2025))
    assert read_filters("tag = x", SCHEMA) == HasValue("tag", frozenset({"x"}))
    assert AnyOf() != AllOf()
