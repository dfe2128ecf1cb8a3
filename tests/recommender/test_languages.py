"""Related articles in archives of several languages: the reader's comes first, and few articles make no story."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta

import pytest

from indexer.article.article import Article
from recommender.related import Recommender
from recommender.request.options import RelatedOptions
from recommender.request.seeds import ArticleSeed
from tests.recommender.archives import START

Make = Callable[[Iterable[Article]], Recommender]

# Each subject in German and in English.
TEXTS = {
    "strike": (
        ("Hafenarbeiter in Hamburg streiken", "Die Hafenarbeiter in Hamburg streiken. Schiffe warten vor der Elbe."),
        ("Dockers in Hamburg go on strike", "Dockers in Hamburg are on strike. Ships wait outside the Elbe."),
    ),
    "talks": (
        ("Streik in Hamburg geht weiter", "Der Streik der Hafenarbeiter in Hamburg geht in die zweite Woche."),
        ("Strike in Hamburg goes on", "The strike of the dockers in Hamburg enters its second week."),
    ),
    "ferry": (
        ("Neue Fähre auf der Elbe", "Eine Fähre fährt auf der Elbe zwischen Hamburg und Finkenwerder, elektrisch."),
        ("New ferry on the Elbe", "A ferry sails on the Elbe between Hamburg and Finkenwerder, electrically."),
    ),
    "pretzels": (
        ("Brezeln backen in München", "In München backen sie Brezeln mit Lauge. Ein Besuch bei Meister Huber."),
        ("Baking pretzels in München", "In München they bake pretzels with lye. A visit to master Huber."),
    ),
    "oven": (
        ("Meister Huber und sein Ofen", "Der Ofen von Huber in München ist alt. Huber backt darin Brot und Brezeln."),
        ("Huber and his oven", "The oven of Huber in München is old. Huber bakes bread and pretzels in it."),
    ),
    "market": (
        ("Markt in Giesing", "Auf dem Markt in Giesing gibt es Käse und Brot. Auch Huber hat einen Stand."),
        ("Market in Giesing", "At the market in Giesing there are cheese and bread. Huber has a stall, too."),
    ),
}


def bilingual() -> list[Article]:
    return [
        Article(id=f"{subject}-{language}", title=title, body=body, language=language, date=START + timedelta(3 * n))
        for n, (subject, texts) in enumerate(TEXTS.items())
        for language, (title, body) in zip(("de", "en"), texts, strict=True)
    ]


@pytest.mark.parametrize("limit", [1, 2, 10])
def test_a_list_has_the_articles_of_its_own_language_first(recommender_of: Make, limit: int) -> None:
    recommender = recommender_of(bilingual())
    for one in bilingual():
        items = recommender.related(ArticleSeed(one.id), RelatedOptions(limit=limit)).related
        foreign = [item.article.language != one.language for item in items]
        assert foreign == sorted(foreign), one.id
    found = recommender.related(ArticleSeed("ferry-de"), RelatedOptions(limit=10)).related
    assert found[0].article.language == "de"
    assert "en" in [item.article.language for item in found]


def test_a_list_begins_alike_however_many_are_asked_for(recommender_of: Make) -> None:
    more = [replace(one, id=f"{one.id}-{n}", title=f"{one.title} {n}") for one in bilingual()[::2] for n in range(3)]
    recommender = recommender_of([*bilingual(), *more])
    in_a_list = set()
    for one in bilingual():
        ids = [
            [item.article.id for item in recommender.related(ArticleSeed(one.id), RelatedOptions(limit=limit)).related]
            for limit in (5, 10, 25)
        ]
        assert ids[1][:5] == ids[0], one.id
        assert ids[2][:10] == ids[1], one.id
        in_a_list.update(ids[1])
    assert {one.id for one in bilingual() if one.language == "en"} <= in_a_list  # which are few


@pytest.mark.parametrize("count", [6, 12])
def test_a_name_in_two_languages_is_no_story_because_the_archive_is_small(recommender_of: Make, count: int) -> None:
    """Unrelated pairs of a small archive are not near at all: they say nothing of how near articles of a story are."""
    articles = bilingual()[-count:]
    recommender = recommender_of(articles)
    for one in articles:
        items = recommender.related(ArticleSeed(one.id)).related
        stories = {item.article.id for item in items if item.relation in ("update", "earlier", "story")}
        subject, language = one.id.split("-")
        if subject in ("oven", "market"):
            other = "de" if language == "en" else "en"
            assert f"{'market' if subject == 'oven' else 'oven'}-{other}" not in stories, one.id
