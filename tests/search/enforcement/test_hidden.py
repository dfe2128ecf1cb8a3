"""What editors hide is not offered, guessed or named either."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from indexer.archive import Archive
from indexer.article.article import Article
from readmore import open_engine
from search.curation.rules import parse_rules
from search.engine import Engine

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
