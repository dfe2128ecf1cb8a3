"""Whatever is typed: every hit satisfies the query that was searched for, as another implementation reads it, and the
filter; and what was searched for is what was typed unless a note says otherwise.

Some hundred strings by default; ``READMORE_FUZZ=20000`` tries so many.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from indexer.archive import Archive
from indexer.article.article import Article
from indexer.base.errors import QueryError
from readmore import open_engine
from search.engine import Engine
from search.query.parser import parse, without_condition
from search.ranking.named import Named
from tests.memory.archive import MemoryArchive
from tests.search.query.test_query_fuzzing import FIELDS, NUMBERS, OPERATORS, SIGNS, Grammar
from tests.search.test_many_languages import ARTICLES as MANY

TRIED = int(os.environ.get("READMORE_FUZZ", "120"))
LONGEST = 10_000  # characters
TITLES = ["Git commit --amend explained", "Why npm install -g is bad", "C++ and C# in 2.7.1", "The Who at the harbour"]
ARTICLES = [
    *[
        Article(
            id=name,
            title=title,
            body=body,
            language=language,
            section=("Sea", "Moon", "")[number % 3],
            authors=("Imke Øverland",) if number % 5 == 0 else (),
            tags=("shipwrecks",) if number % 7 == 0 else (),
            date=datetime(2022 + number % 3, 5, 1, tzinfo=UTC) if number % 4 else None,
        )
        for number, (name, (language, title, body)) in enumerate(MANY.items())
    ],
    *[Article(id=f"t{number}", title=title, body=f"{title}. Free Wi-Fi.") for number, title in enumerate(TITLES)],
]
FILTERS: dict[str, Callable[[Article], bool]] = {
    "": lambda article: True,
    "section = moon": lambda article: article.section == "Moon",
    "NOT section = sea": lambda article: article.section != "Sea",
    "year >= 2023": lambda article: article.date is not None and article.date.year >= 2023,
}
COMMANDS = [
    *(
        "git commit --amend",
        "tar -xzf a.tgz",
        "npm install -g",
        "ls | grep x > /dev/null 2>&1",
        "- -- ---",
        "AND OR NOT",
    ),
    *(
        "'; DROP TABLE x; --",
        "<script>alert(1)</script>",
        "../../etc/passwd",
        "%00",
        "{{7*7}}",
        "C:\\path",
        '"""',
        "(((",
    ),
    *(
        "[* TO *]",
        "{a TO",
        "date:[2024 TO",
        "words:>",
        "moon~1/9",
        "a^1e999",
        '"a"~99999',
        "C++",
        ".NET",
        "#x",
        "@y",
        "$Z",
    ),
]
CHARACTERS = [
    *"abc xyz 019\"'()[]{}:*?~^+-&|!\\/.,;<>=@#%_\n\t\x00\x7f",
    *(
        "é",
        "ß",
        "İ",
        "量",
        "子",
        "か",
        "ー",
        "ي",
        "ไทย",
        "ក",
        "한국",
        "\u200b",
        "\u200d",
        "\u00ad",
        "\ufeff",
        "“",
        "„",
        "»",
        "’",
    ),
    *("—", "−", "\ud800", "😀", "\u0301", "\u202e", "\u2028", "½", "²", "ﬁ", "ﷺ", "１", "\U0010ffff"),
]
WORDS = [
    "harbour",
    "overland",
    "shipwrecks",
    "xqzzy",
    "harbuor",
    "ovreland",
    "the",
    "WHO",
    "cherry",
    "2024",
    "量子",
    "서울",
]


def hostile(seed: int) -> str:
    """A string of some kind."""
    rng = random.Random(seed)
    some = [
        lambda: "".join(rng.choices(CHARACTERS, k=rng.randint(1, 40))),
        lambda: "".join(chr(rng.choice([rng.randrange(0x3000), rng.randrange(0x110000)])) for _ in range(30)),
        lambda: "".join(rng.choice([*OPERATORS, *SIGNS, *NUMBERS, *WORDS, f"{rng.choice(FIELDS)}:"]) for _ in range(9)),
        lambda: " ".join(rng.choices([*COMMANDS, *WORDS], k=rng.randint(1, 4))),
        lambda: " ".join(rng.choices(WORDS, k=rng.randint(1, 5))),
        lambda: _mangled(rng, rng.choice(ARTICLES).title),
        lambda: Grammar(seed).query()[: rng.choice([40, 200])],
    ]
    text = rng.choice(some)()
    return (text * LONGEST)[:LONGEST] if rng.random() < 0.02 else text


def _mangled(rng: random.Random, title: str) -> str:
    words = title.split()
    place = rng.randrange(len(words))
    words[place] = rng.choice(['"{}', '{}"', "-{}", "+{}", "{}*", "{}~", "({}", "title:{}", "NOT {}"]).format(
        words[place]
    )
    return " ".join(words)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    folder = tmp_path_factory.mktemp("hostile") / "archive"
    with Archive.create(folder) as archive:
        archive.add(ARTICLES[:20])
        archive.add(ARTICLES[20:])
    with open_engine(folder) as opened:
        yield opened


@pytest.mark.parametrize("block", range(4))
def test_every_hit_satisfies_what_was_searched_for(engine: Engine, block: int) -> None:
    other = MemoryArchive(ARTICLES).engine().index()
    articles = {article.id: article for article in ARTICLES}
    for seed in range(block, TRIED, 4):
        query, condition = hostile(seed), random.Random(seed).choice(list(FILTERS))
        try:
            if (refusal := _refusal(engine, query)) is None:
                _check(engine, other, articles, query, condition)
            else:
                assert not query.strip() or "nested more than 100" in refusal
        except Exception as error:
            error.add_note(f"query {seed}: {query!r}")
            raise


def _refusal(engine: Engine, query: str) -> str | None:
    """Why a query is not answered; None where it is."""
    try:
        engine.search(query, limit=0)
    except QueryError as error:
        return str(error)
    return None


def _check(engine: Engine, other: object, articles: dict[str, Article], query: str, condition: str) -> None:
    found = engine.search(query, filters=condition or None)
    index = engine.index()
    ids = [hit.article.id for hit in found.hits]
    assert len(set(ids)) == len(ids) <= found.total
    assert all(FILTERS[condition](articles[article_id]) for article_id in ids)
    assert found.hits or found.notes or condition
    asked, _ = engine._asked(index, None, query, True)
    searched = asked.answer(10, None, engine.fusion_settings()).query
    docs = other.match(searched, None, []).all()[0].tolist()  # type: ignore[attr-defined]
    matching = {other.article_id(doc) for doc in docs}  # type: ignore[attr-defined]
    words, narrowed = without_condition(searched)
    if words.is_plain:  # they are found in names, too
        named = {index.article_id(doc) for doc in Named.of(index, words).found(0).tolist()}
        if narrowed is not None:
            docs = other.match(replace(words, tree=narrowed), None, []).all()[0].tolist()  # type: ignore[attr-defined]
            named &= {other.article_id(doc) for doc in docs}  # type: ignore[attr-defined]
        matching |= named
    if not searched.is_plain or (not index.spaces and matching):
        assert matching.issuperset(ids)
    if found.hits and searched.tree != parse(query, index.languages(), index.schema).tree and not searched.is_plain:
        assert found.notes
    engine.suggest(query)
