"""Whatever stands on the interfaces answers the same on the archive in memory as on the one in a folder."""

from __future__ import annotations

from typing import Any

import pytest

from indexer.base.errors import QueryError
from search.engine import Engine
from tests.golden.answers import queries
from tests.memory.archive import MemoryArchive

TOLERANCE = 1e-5  # of scores, which are sums of the same numbers, perhaps in another order


def searched(engine: Engine, query: str) -> Any:
    """What an engine answers to a query, without the time it took."""
    try:
        result = engine.search(query)
    except QueryError as error:
        return str(error)
    hits = [(hit.article, hit.title, hit.excerpt, pytest.approx(hit.score, abs=TOLERANCE)) for hit in result.hits]
    return result.total, result.notes, hits


def test_searches(local: Engine, memory: MemoryArchive) -> None:
    engine, shown = memory.engine(), 0
    for query in queries():
        answer = searched(local, query)
        assert searched(engine, query) == answer, query
        shown += len(answer[2]) if isinstance(answer, tuple) else 0
    assert shown > 1000


@pytest.mark.parametrize("filters", [{"section": ["moon"]}, {"year": ["2023", ">2024"], "site": ["Perihelion"]}])
def test_filtered_searches_to_their_ends(local: Engine, memory: MemoryArchive, filters: dict[str, list[str]]) -> None:
    engine = memory.engine()
    for query in ("moon", "far side", "+moon -mars", "*", "title:moon launch"):
        results = [of.search(query, limit=100, offset=3, filters=filters) for of in (local, engine)]
        assert results[0].total > 3
        assert [hit.article.id for hit in results[0].hits] == [hit.article.id for hit in results[1].hits], query


def test_explanations(local: Engine, memory: MemoryArchive) -> None:
    engine, explained = memory.engine(), 0
    for query in queries()[:60]:
        for hit in searched(local, query)[2][:1]:
            expected, explanation = (of.explain(query, hit[0].id) for of in (local, engine))
            assert expected is not None
            assert explanation is not None
            lines = [[line.split("  ")[-1] for line in of.lines()] for of in (expected, explanation)]
            assert lines[0] == lines[1]
            assert explanation.to_dict() == approximately(expected.to_dict()), query
            explained += len(lines[0])
    assert explained > 500


def approximately(answer: Any) -> Any:
    """Equal to another answer whose numbers differ in the last digits only."""
    if isinstance(answer, dict):
        return {key: approximately(value) for key, value in answer.items()}
    if isinstance(answer, list):
        return [approximately(part) for part in answer]
    return pytest.approx(answer, abs=TOLERANCE) if isinstance(answer, float) else answer
