"""Dates in words behind the names of fields."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from indexer.archive import Archive
from indexer.article.article import Article
from indexer.schema import BASE
from readmore import open_engine
from search.dates.behind_fields import with_dates_written_out

TODAY = date(2026, 11, 28)  # a Saturday
READ = {
    "storm after:yesterday": "storm after:2026-11-27",
    "before:today storm": "before:2026-11-28 storm",
    'storm after:"last week"': "storm after:2026-11-16",
    "after:last week storm": "after:2026-11-16 storm",
    'before:"last month"': "before:2026-10-01",
    "after:10/2024": "after:2024-10-01",
    "after:5 october 2024 storm": "after:2024-10-05 storm",
    'date:"october 2024"': "date:[2024-10-01 TO 2024-10-31]",
    "date:yesterday": "date:2026-11-27",
    "date:>yesterday": "date:>=2026-11-28",
    'date:>="last week"': "date:>=2026-11-16",
    'date:<"last week"': "date:<2026-11-16",
    'date:<="last week"': "date:<2026-11-23",
    "date:[yesterday TO today]": "date:[2026-11-27 TO 2026-11-28]",
    "date:{last week TO today}": "date:{2026-11-22 TO 2026-11-28}",
    "date:[last week TO]": "date:[last week TO]",
    "date:[2024 TO yesterday]": "date:[2024 TO 2026-11-27]",
    "-after:yesterday (moon OR before:today)": "-after:2026-11-27 (moon OR before:2026-11-28)",
    "after:yesterday^2 before:today": "after:2026-11-27^2 before:2026-11-28",
    "after:gestern": "after:2026-11-27",
    "after:hier": "after:2026-11-27",
    'after:"vor 3 Tagen"': "after:2026-11-25",
    "after:M\u00e4rz 2024": "after:2024-03-01",
}


@pytest.mark.parametrize("typed", READ)
def test_dates_in_words_are_written_out(typed: str) -> None:
    read = with_dates_written_out(typed, ("en", "de", "fr"), BASE, TODAY)
    assert read.text == READ[typed]
    assert bool(read.notes) == (read.text != typed)
    assert read.from_today == (read.text != typed and not any(of in typed for of in ("10/2024", "october", "rz 2024")))


@pytest.mark.parametrize(
    "typed",
    ["after:2024 storm", "after:2024/10/05", "before:foo", '"see after:yesterday"', "after: yesterday",
     "day after:tomorrow", "title:yesterday", "the-day-before:x", "https://open.example/after:yesterday",
     "date:[ TO 2024]", "expires:yesterday", "storm yesterday", "after:", "date:[yesterday TO", "after:(yesterday)"],
)  # fmt: skip
def test_all_else_stays_as_it_was_typed(typed: str) -> None:
    assert with_dates_written_out(typed, ("en",), BASE, TODAY) == (typed, (), False)


def test_they_narrow_a_search_down(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    with Archive.create(tmp_path) as archive:
        archive.add(
            [
                Article(id=f"d{n}", title=f"Storm {n}", body="Storm.", date=now - timedelta(days=n))
                for n in (1, 9, 40, 400)
            ]
        )
    with open_engine(tmp_path) as engine:
        answer = engine.search('storm after:"last month"')
        assert {hit.article.id for hit in answer.hits} >= {"d1", "d9"}
        assert "d400" not in {hit.article.id for hit in answer.hits}
        assert answer.of_today
        assert answer.notes[0].startswith('after:"last month" was read as after:')
        assert {hit.article.id for hit in engine.search("before:yesterday").hits} == {"d9", "d40", "d400"}
        assert not engine.search("storm after:2024").of_today
        assert engine.explain("storm after:yesterday", "d1") is not None
        assert engine.explain("storm after:yesterday", "d9") is None


def test_words_of_a_date_are_none_that_no_article_has(tmp_path: Path) -> None:
    with Archive.create(tmp_path) as archive:
        archive.add(
            [
                Article(id=f"d{n}", title=f"Storm {n}", body="Storm.", date=datetime(n, 3, 1, tzinfo=UTC))
                for n in (2023, 2025)
            ]
        )
    with open_engine(tmp_path) as engine:
        notes = engine.search("storm since 2024").notes
        assert not any("no article has" in note for note in notes), notes
