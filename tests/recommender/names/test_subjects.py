"""What articles are about, in names."""

from __future__ import annotations

from indexer.article.article import Article
from recommender.names.subjects import subjects


def article(number: int, title: str, body: str) -> Article:
    return Article(id=f"a{number}", title=title, body=body)


FERRY = "Late on Monday the Seagull broke down off the pier. The Seagull, built for the Harbour Line, was towed."
MUSEUM = "In spring the Lantern Museum opens again. Visitors to the Lantern Museum pay nothing, said Petra Vos."
COUNCIL = "The plan goes to the Finance Committee in France. The Finance Committee met on Tuesday."
ARTICLES = [
    article(1, "Ferry Seagull breaks down again", FERRY),
    article(2, "What ails the Seagull", FERRY),
    article(3, "Rain stops play", "It rained on the Seagull and on us. We saw the Seagull leave."),
    article(4, "Lantern Museum opens its doors", MUSEUM),
    article(5, "A night in the Lantern Museum", MUSEUM),
    article(6, "Committee meets", COUNCIL),
    article(7, "Committee meets again", COUNCIL),
]


def subjects_of(articles: list[Article], limit: int = 6) -> list[str]:
    return subjects(articles, "en", limit)


def test_subjects_are_names_of_things_that_several_articles_are_about() -> None:
    found = subjects_of(ARTICLES)

    assert found[:2] == ["Seagull", "Lantern Museum"]
    assert not {"Finance Committee", "France", "Tuesday", "Committee", "Ferry"} & set(found)
    assert "Petra Vos" not in found  # of the same articles as the museum
    assert subjects_of(ARTICLES, 1) == ["Seagull"]


def test_one_article_alone_is_no_subject() -> None:
    assert subjects_of(ARTICLES[:1]) == []
    assert subjects_of([]) == []


def test_an_acronym_stands_behind_a_name_of_the_same_weight() -> None:
    about = "They met the {0} in town. Later the {0} left, and nobody saw the {0} again."
    articles = [article(n, "A visit", about.format("ABCD" if n < 3 else "Brighthelm")) for n in range(6)]
    assert subjects_of(articles) == ["Brighthelm", "ABCD"]
