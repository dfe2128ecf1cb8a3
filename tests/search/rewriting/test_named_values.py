"""Words in the names of columns are looked for once in each generation."""

from __future__ import annotations

import gc
import weakref
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from indexer.archive import Archive
from indexer.article.article import Article
from readmore import open_engine
from search.engine import Engine
from search.query.tree import Node, Phrase, Term
from search.reader.index import Index
from search.rewriting import named_values
from search.rewriting.named_values import columns_with
from tests.memory.archive import MemoryArchive
from tests.memory.kinds import KINDS, engine_over

ARTICLES = [
    Article(id="ferry", title="A ferry runs aground", body="It was dark.", authors=("Imke Øverland",), tags=("rua",)),
    Article(id="mill", title="A mill burns", body="It was windy.", authors=("Rua Lind",)),
]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often each word was looked for in a column."""
    counted: Counter[str] = Counter()
    whole = named_values.is_anywhere

    def counting(index: Index, node: Node) -> bool:
        assert isinstance(node, (Term, Phrase))
        counted[node.text if isinstance(node, Term) else node.words[0]] += 1
        return whole(index, node)

    monkeypatch.setattr(named_values, "is_anywhere", counting)
    return counted


@pytest.fixture(params=KINDS)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    with engine_over(request.param, ARTICLES, tmp_path) as engine:
        yield engine


def test_a_query_looks_for_each_of_its_words_in_the_columns_that_may_have_it_once(
    engine: Engine, asked: Counter[str]
) -> None:
    for _ in range(2):
        assert engine.search("zeppelins ferries overland").total
        assert asked == {"overland": 1}  # in the one field whose values have it


def test_another_generation_is_asked_anew_and_one_that_is_gone_keeps_nothing(tmp_path: Path) -> None:
    with Archive.create(tmp_path) as archive, open_engine(tmp_path) as engine:
        archive.add(ARTICLES)
        index = engine.index()
        assert list(columns_with(index, "rua")) == ["author", "tag"]
        archive.remove(["ferry"])
        assert list(columns_with(engine.index(), "rua")) == ["author"]
        assert list(columns_with(index, "rua")) == ["author", "tag"]
        gone = weakref.ref(index)
        del index
        gc.collect()
        assert gone() is None


def test_no_more_words_than_some_are_remembered(asked: Counter[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(named_values, "_MOST_KNOWN", 3)
    index = MemoryArchive(ARTICLES).source.current()
    for key in ("rua", "lind", "imke"):
        columns_with(index, key)
    once = asked["rua"]
    columns_with(index, "rua")
    assert asked["rua"] == once
    columns_with(index, "overland")
    columns_with(index, "rua")
    assert asked["rua"] == 2 * once
