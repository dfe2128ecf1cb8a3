"""The next and the previous of a series are those beside an article in its own rhythm."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta

import pytest

from indexer.article.article import Article
from recommender.ranking.selection import NEXT, PREVIOUS
from recommender.related import Recommender
from recommender.request.seeds import ArticleSeed
from recommender.results import items_of

START = datetime(2024, 3, 4, tzinfo=UTC)
BODIES = [
    "Oats and barley were shipped from the northern quay while grain lay at the mill.",
    "Hardly a lorry came for timber, and pilots rested in the tower by the lock.",
    "Fishermen landed herring before dawn and the auction closed at nine.",
]


def issues(title: str, days: Sequence[int]) -> list[Article]:
    return [
        Article(id=f"s{place}", title=title.format(place + 1), body=BODIES[place], date=START + timedelta(days=day))
        for place, day in enumerate(days)
    ]


@pytest.mark.parametrize(
    ("title", "days", "relations"),
    [
        ("Weekly harbour report", (0, 7, 14), {"s0": PREVIOUS, "s2": NEXT}),
        ("Weekly harbour report", (0, 42), {}),
        ("Harbour traffic for the month, {}", (0, 30, 100), {"s0": PREVIOUS}),
        ("Harbour letter {}", (0, 200), {"s0": PREVIOUS}),  # numbered, and no number between
        ("Harbour bulletin", (0, 20), {"s0": PREVIOUS}),
        ("Harbour bulletin", (0, 60), {}),
    ],
)
def test_an_issue_weeks_off_is_not_the_next(
    recommender_of: Callable[[Iterable[Article]], Recommender],
    sample_articles: list[Article],
    title: str,
    days: Sequence[int],
    relations: dict[str, str],
) -> None:
    block = recommender_of([*sample_articles, *issues(title, days)]).block(ArticleSeed("s1"))
    found = {item.article.id: item.relation for item in items_of(block) if item.article.id.startswith("s")}
    assert {name: relation for name, relation in found.items() if relation in (NEXT, PREVIOUS)} == relations
