"""Queries that find nothing: what is left out of them, what is kept to, and what is said."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from indexer.archive import Archive
from indexer.article.article import Article
from readmore import open_engine
from search.engine import Engine

ARTICLES = [
    *(
        Article(id=f"moon{n}", title=f"Moon landing {n}", body="A lander on the moon.", section="MOON")
        for n in range(6)
    ),
    *(
        Article(id=f"mars{n}", title="Mars", body="A rover on Mars, far from the moon.", section="MARS")
        for n in range(3)
    ),
    Article(id="ice", title="Ice", body="Ice on the far side.", section="MOON", language="en"),
    Article(id="eis", title="Eis", body="Eis auf der Rückseite des Mondes.", section="MOON", language="de"),
]


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    folder: Path = tmp_path_factory.mktemp("relaxed")
    with Archive.create(folder) as archive:
        archive.add(ARTICLES)
    with open_engine(folder) as opened:
        yield opened


def answer(engine: Engine, query: str, **options: object) -> tuple[set[str], tuple[str, ...]]:
    result = engine.search(query, limit=50, **options)  # type: ignore[arg-type]
    assert len(result.hits) == result.total
    return {hit.article.id for hit in result.hits}, result.notes


MOON = {f"moon{n}" for n in range(6)}
MARS = {f"mars{n}" for n in range(3)}


@pytest.mark.parametrize(
    ("query", "found", "note"),
    [
        ("+moon +zzz", MOON | MARS, "no article has all of this: searched without 'zzz'"),
        ("moon AND zzz AND yyy", MOON | MARS, "no article has all of this: searched without 'zzz', 'yyy'"),
        ("+moon +ice", {"ice"}, "no article has all of this: searched without 'moon'"),
        ("+moon +rover +ice", {"ice"}, "no article has all of this: searched without 'moon', 'rover'"),
        ("+lander +rover", MARS, "no article has all of this: searched without 'lander'"),
        ("title:mars AND lander", MARS, "no article has all of this: searched without 'lander'"),
        ('"landing moon lander"', MOON, "no article has the words of a phrase in a row: searched for them anywhere"),
        ('"rover moon ice"', {"ice"}, "no article has all of this: searched without 'rover', 'moon'"),
        ("zz* AND moon", MOON | MARS, "no article has all of this: searched without 'zz*'"),
        ("section:mars AND rover AND zzz", MARS, "no article has all of this: searched without 'zzz'"),
        ("+moon +zzz -lander", MARS, "no article has all of this: searched without 'zzz'"),
    ],
)
def test_what_is_least_is_left_out_and_said(engine: Engine, query: str, found: set[str], note: str) -> None:
    assert answer(engine, query) == (found, (note,))


def test_conditions_and_exclusions_are_kept_to(engine: Engine) -> None:
    only = "no article has all of this: searched without 'rover', 'mars'"  # what is there has neither
    assert answer(engine, "section:moon AND rover AND mars") == (MOON | {"ice", "eis"}, (only,))
    assert answer(engine, "section:moon AND zzz -lander")[0] == {"ice", "eis"}
    assert answer(engine, "+zzz +yyy -moon") == (set(), ("no article has 'zzz', 'yyy'",))
    assert answer(engine, "section:mars AND lander AND rover")[0] == MARS
    assert answer(engine, "section:none") == (set(), ("no article meets all of this",))


def test_words_that_no_article_has_are_named(engine: Engine) -> None:
    assert answer(engine, "moon zzz")[1] == ("no article has 'zzz'",)
    assert answer(engine, "zzz yyy the") == (set(), ("no article has 'zzz', 'yyy'",))
    assert answer(engine, "moon landing")[1] == ()
    assert answer(engine, "the moon and Mondes")[1] == ()
    many = answer(engine, " ".join(f"zz{n}" for n in range(9)))[1]
    assert many == ("no article has 'zz0', 'zz1', 'zz2', 'zz3', 'zz4' and 4 more",)


def test_filters_that_leave_nothing_are_said(engine: Engine) -> None:
    note = "nothing within the filters; without them 3 articles are found"
    assert answer(engine, "rover", filters={"section": ["MOON"]}) == (set(), (note,))
    assert answer(engine, "+rover +zzz", filters={"section": ["MARS"]})[0] == MARS


def test_what_is_sorted_is_asked_for_less_as_well(engine: Engine) -> None:
    assert answer(engine, "+moon +zzz", sort="section") == answer(engine, "+moon +zzz")


def test_explanations_are_of_what_was_found(engine: Engine) -> None:
    explanation = engine.explain("+moon +zzz", "moon1")
    assert explanation is not None
    assert explanation.sentence.startswith("It has 'moon' in the title and the body")


@pytest.mark.parametrize(
    "typed",
    [
        *(
            "git commit --amend",
            "tar -xzf",
            "npm install -g",
            "-",
            "+",
            "--",
            "AND",
            "OR NOT",
            "NOT",
            '"',
            '"moon',
            "moon)",
        ),
        *(
            "(((((",
            "*",
            "?",
            "~",
            "^",
            ":",
            "title:",
            "[",
            "[a TO",
            "moon^^2",
            "a" * 10_000,
            "moon " * 2_000,
            '"' * 10_000,
        ),
        *(
            "(" * 10_000,
            "+moon " * 1_700,
            "moon AND " * 1_100,
            '"moon landing" AND ' * 500,
            "NOT " * 2_500,
            "-moon " * 1_700,
        ),
        *(
            "zzz AND " * 1_200,
            "moon* AND " * 900,
            "\x00",
            "\ud800",
            "🌝",
            "۱۲۳",
            "title:(moon AND",
            "date:[soon TO later]",
        ),
    ],
)
def test_nothing_that_is_typed_is_an_error(engine: Engine, typed: str) -> None:
    result = engine.search(typed)
    assert result.total >= len(result.hits)
    assert result.hits or result.notes


def test_the_number_of_a_boost_is_no_word(engine: Engine) -> None:
    for query, unknown in {"moon^7": (), "moon^7.8 lander": (), "lander^8 zzz^9": ("no article has 'zzz'",)}.items():
        found, notes = answer(engine, query)
        assert found >= MOON, query
        assert notes == unknown, query
    assert answer(engine, "moon 4444")[1] == ("no article has '4444'",)
