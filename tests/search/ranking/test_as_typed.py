"""Of articles that are much alike, one that writes a word as it was typed comes before one with another of its stem."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from indexer.archive import Archive
from indexer.article.article import Article
from readmore import open_engine
from search.engine import Engine
from search.ranking import as_typed

WORDS = "harbour lantern meadow orchard pepper quarry ribbon saddle timber violet walnut zipper anchor barrel".split()
TEXT = "The harbour board said on Monday that {} goods are kept in the long shed by the river."


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Pairs of articles that differ in one form of a word, in segments of their own, and so many others that there is a
    vector space."""
    folder = tmp_path_factory.mktemp("typed") / "archive"
    with Archive.create(folder) as archive:
        others = [
            Article(id=f"o{n}", title=f"On {word}s", body=f"A {word} and a {word}.") for n, word in enumerate(WORDS)
        ]
        archive.add([Article(id="important", title="Goods", body=TEXT.format("important")), *others], workers=1)
        archive.add([Article(id="imported", title="Goods", body=TEXT.format("imported"))], workers=1)
        archive.add([Article(id="gone", title="Goods", body=TEXT.format("importing"))], workers=1)
        archive.remove(["gone"])
        archive.maintain()
    with open_engine(folder) as engine:
        yield engine


def ids(engine: Engine, query: str, **asked: int) -> list[str]:
    return [hit.article.id for hit in engine.search(query, **asked).hits]


@pytest.mark.parametrize("typed", ["important", "imported"])
@pytest.mark.parametrize("others", ["", " shed", " river board"])
def test_an_article_with_the_form_that_was_typed_comes_first(engine: Engine, typed: str, others: str) -> None:
    found = ids(engine, typed + others)
    assert found[0] == typed
    assert set(found[:2]) == {"important", "imported"}
    assert [*ids(engine, typed + others, limit=1), *ids(engine, typed + others, limit=1, offset=1)] == found[:2]


def test_the_explanation_says_what_was_taken_off(engine: Engine) -> None:
    lost = {}
    for name in ("important", "imported"):
        explanation = engine.explain("imported shed", name)
        assert explanation is not None
        added = {part.what.partition(":")[0]: part.value for part in explanation.parts}
        assert sum(added.values()) == pytest.approx(explanation.value)
        lost[name] = added["other forms"]
    assert lost["important"] < 0 == lost["imported"]


@pytest.mark.parametrize("typed", ["importing shed", "imports shed", "+imported +shed", '"imported goods"'])
def test_nothing_is_taken_off_where_no_article_has_the_form_or_the_query_is_a_condition(
    engine: Engine, typed: str
) -> None:
    for name in ("important", "imported"):
        assert "other forms" not in str(engine.explain(typed, name))


def test_of_a_word_that_very_many_have_nothing_is_taken_off(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(as_typed, "_MOST_DOCS", 1)
    assert "other forms" not in str(engine.explain("imported shed", "important"))
