"""What editors hide is not offered, guessed or named either."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from indexer.archive import Archive
from indexer.article.article import Article
from readmore import open_engine
from search.curation.rules import parse_rules
from search.engine import Engine
from tests.memory.archive import MemoryArchive

SECRET = {"authors": ("Hidden Zaphod",), "tags": ("zebratag",), "section": "Secretsection"}
ARTICLES = [
    Article(id="s1", title="Zebrafax quuxley hidden headline", body="Zebrafax again.", **SECRET),  # type: ignore[arg-type]
    Article(id="s2", title="Zebrafax quuxley hidden headline too", body="Zebrafax twice.", **SECRET),  # type: ignore[arg-type]
    *[
        Article(id=f"n{n}", title=f"Harbour notes number {n}", body="Ships came in.", tags=("ships",))
        for n in range(12)
    ],
]
HIDING = "- hide: s1\n- hide: s2\n"


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    folder = tmp_path_factory.mktemp("hidden") / "archive"
    with Archive.create(folder) as archive:
        archive.add(ARTICLES)
    with open_engine(folder) as engine:
        yield engine


@pytest.mark.parametrize(
    "typed", ["zebr", "zebrafax", "zebrafax q", "quuxley", "zaphod", "secret", "zebrat", "zebrafxa"]
)
@pytest.mark.parametrize("filters", [None, 'section != "other"'])
def test_nothing_of_it_is_suggested(engine: Engine, typed: str, filters: str | None) -> None:
    open_to_all = engine.suggest(typed, filters=filters)
    assert open_to_all.articles or open_to_all.queries or open_to_all.names
    hiding = engine.under(parse_rules(HIDING)).suggest(typed, filters=filters)
    assert (hiding.articles, hiding.queries, hiding.names) == ((), (), ())


def test_what_is_left_is_suggested(engine: Engine) -> None:
    found = engine.under(parse_rules(HIDING)).suggest("harb")
    assert len(found.articles) == 5
    assert "harbour" in found.queries
    assert engine.under(parse_rules(HIDING)).suggest("ship").names[0].count == 12


@pytest.mark.parametrize("typed", ["zebrafox", "zebrafa", "quuxly", "zaphod", "zebratag"])
def test_its_words_are_no_corrections_and_no_names(engine: Engine, typed: str) -> None:
    shown = engine.search(typed)
    assert shown.total == 2
    result = engine.under(parse_rules(HIDING)).search(typed)
    assert (result.total, result.correction) == (0, None)
    for word in ("zebrafax", "quuxley", "author", "tag:"):
        assert not any(word in note for note in result.notes), result.notes


def test_a_rule_for_some_queries_hides_from_these(engine: Engine) -> None:
    hiding = engine.under(parse_rules("- hide: s1\n  query: quuxley\n- hide: s2\n  query: quuxley\n"))
    assert hiding.suggest("quuxley").queries == ()
    assert hiding.suggest("zebrafax").articles


TYPED = [
    "zebrafax", "+zebrafax +ships", "zebrafax AND ships", '"zebrafax quuxley"', "title:zebrafax", "zebra*", "zebrafx~",
    "zebrafax NOT ships", "harbour zebrafax", "zebrafxa", "harbour zebrafxa", "zebrafaxquuxley", "zebra fax", "zaphod",
    "tag:zebratag", "section:secretsection harbour", "harbour -zebrafax", "Zebrafax quuxley hidden headline",
    "zebrafax 2024", "ZEBRAFAX HARBOUR NOT SHIPS", "harbour notes", "harbour notes quuxley ships zebrafax",
]  # fmt: skip


@pytest.mark.parametrize("kind", ["hidden", "hidden for now", "hidden by a pattern", "removed", "coming"])
def test_no_answer_tells_a_word_of_it_from_one_that_is_nowhere(tmp_path: Path, kind: str) -> None:
    further = {"hidden": "", "hidden for now": "  until: 2999-01-01\n", "hidden by a pattern": "  pattern: '*'\n"}
    rules = HIDING.replace("\n", f"\n{further[kind]}") if kind in further else ""
    later = datetime.now(UTC) + timedelta(days=9) if kind == "coming" else None
    answers = []
    for name, words in (
        ("with", ARTICLES),
        ("without", [replace(ARTICLES[0], title="Other words", body="Altogether.")]),
    ):
        others = [replace(article, public_from=later) for article in words if article.id.startswith("s")]
        if name == "without":
            others = [replace(one, id=of, authors=(), tags=(), section="") for one in others for of in ("s1", "s2")]
        with Archive.create(tmp_path / name) as archive:
            archive.add([*others, *ARTICLES[2:]])
            if kind == "removed":
                archive.remove(["s1", "s2"])
        with open_engine(tmp_path / name) as opened:
            engine = opened.under(parse_rules(rules)) if rules else opened
            found = [engine.search(query, facets=("tag", "section")) for query in TYPED]
            answers.append(
                [(of.total, of.notes, of.correction, of.facets, [hit.article.id for hit in of.hits]) for of in found]
            )
    for query, told, expected in zip(TYPED, *answers, strict=True):
        assert told == expected, query


def test_nor_is_it_among_the_newest_articles(engine: Engine) -> None:
    hiding = engine.under(parse_rules(HIDING + "- hide: n3\n  query: harbour\n"))
    assert {article.id for article in hiding.latest(100)} == {f"n{n}" for n in range(12)}
    assert {article.id for article in hiding.latest(100, hidden=True)} == {article.id for article in ARTICLES}


def test_rules_that_hide_nothing_more_show_it_again() -> None:
    engine = MemoryArchive(ARTICLES).engine()
    assert engine.under(parse_rules(HIDING)).search("zebrafax").total == 0
    assert engine.under(parse_rules("- hide: s1\n")).search("zebrafax").total == 1
    assert engine.under(parse_rules("")).search("zebrafax").total == 2
