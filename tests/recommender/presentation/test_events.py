"""Of one story are articles that tell of one event: the same actors, and what they do, at dates that fit."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from indexer.article.article import Article
from recommender.names.commonplace import is_commonplace, months_named
from recommender.names.whole import is_agency, is_place, is_short_for
from recommender.presentation.headline_phrases import phrases_of, recurrence
from recommender.ranking.selection import EARLIER
from recommender.related import Recommender
from recommender.request.seeds import ArticleSeed
from recommender.results import items_of

START = datetime(2024, 5, 2, tzinfo=UTC)


def article(name: str, title: str, body: str, days: int = 0) -> Article:
    return Article(id=name, title=title, body=body, date=START + timedelta(days=days))


@pytest.fixture(scope="session")
def background(sample_recommender: Recommender) -> list[Article]:
    """The articles of the sample."""
    corpus = sample_recommender.corpus()
    return list(sample_recommender.engine.articles([corpus.article_id(doc) for doc in range(corpus.max_doc)]).values())


SALE = article(
    "sale",
    "Tolmers to sell its tannery to Quennell",
    "The shareholders of Tolmers heard on Monday that Tolmers sells its tannery to Quennell. The buyer, Quennell, pays "
    "nine million crowns for the tannery and its leather stocks, and unions fear for jobs.",
)
STEP = article(
    "step",
    "Unions strike against sale of Tolmers tannery",
    "Workers of the tannery that Tolmers sells to Quennell are on strike. The unions want a word in the sale of the "
    "tannery, and the buyer, Quennell, says that Tolmers has promised it leather stocks and peace.",
    4,
)
OTHER_SALE = article(
    "other",
    "Tolmers sells mill at Wendron to Brasher",
    "The shareholders of Tolmers heard on Friday that Tolmers sells its paper mill at Wendron to Brasher. The buyer, "
    "Brasher, pays two million crowns for the mill, and Tolmers keeps its pulp stocks.",
    6,
)


def relations(recommender: Recommender, seed: str) -> dict[str, str]:
    return {item.article.id: item.relation for item in items_of(recommender.block(ArticleSeed(seed)))}


def test_another_sale_by_the_same_company_is_no_later_step_of_the_first(
    recommender_of: Callable[[Iterable[Article]], Recommender], background: list[Article]
) -> None:
    recommender = recommender_of([*background, SALE, STEP, OTHER_SALE])
    assert relations(recommender, "step")["sale"] == EARLIER
    assert relations(recommender, "other")["sale"] == ""


def test_the_same_prize_awarded_again_is_no_story(
    recommender_of: Callable[[Iterable[Article]], Recommender], background: list[Article]
) -> None:
    body = "The Ottilie Brandt Prize goes to {} for a life of lace making. Friends of Ottilie Brandt pay for the prize."
    prizes = [
        article(f"p{n}", "Ottilie Brandt Prize awarded to maker of lace", body.format(who), 370 * n)
        for n, who in enumerate(("Enid Marlowe", "Jory Pascoe"))
    ]
    recommender = recommender_of([*background, *prizes])
    assert relations(recommender, "p0") == {"p1": ""}


def test_what_a_subsidiary_does_is_no_step_of_what_its_owner_did(
    recommender_of: Callable[[Iterable[Article]], Recommender], background: list[Article]
) -> None:
    result = article(
        "result",
        "Tolmers result off slightly",
        "Tolmers said that a weak crown cost it profits. The group's profits before taxes were seven million crowns, "
        "said Tolmers, and its sales of leather rose.",
        2,
    )
    issue = article(
        "issue",
        "Tolmers group company proposes new shares",
        "Wendron, in which Tolmers has a stake, proposes new shares. Profits of Wendron before taxes were two million "
        "crowns, after sales of leather to Tolmers rose.",
    )
    own = replace(issue, id="own", body=issue.body.replace("Wendron", "Tolmers"))
    recommender = recommender_of([*background, result, issue])
    assert relations(recommender, "result").get("issue") != EARLIER
    assert relations(recommender_of([*background, result, own]), "result")["own"] == EARLIER


@pytest.mark.parametrize(
    ("text", "language", "months"),
    [
        ("Sales fell in February, after rising in Jan. by a tenth", "en", {1, 2}),
        ("They may march in august company", "en", set()),
        ("Die Preise stiegen im Februar", "de", {2}),
        ("Les prix ont augmenté en février", "fr", {2}),
        ("An unknown language in March", "xx", set()),
    ],
)
def test_months_are_known_in_the_language_of_the_text(text: str, language: str, months: set[int]) -> None:
    assert months_named(text, language) == months


def test_initials_stand_for_a_name() -> None:
    assert is_short_for("FEC", "Federal Election Commission")
    assert is_short_for("Presidential Innovation Fellow", "PIFs")
    assert not is_short_for("FAA", "Federal Election Commission")
    assert not is_short_for("T", "Tolmers")


def test_a_name_behind_where_is_a_place_and_that_of_a_news_agency_none_at_all() -> None:
    assert is_place("Rio de Janeiro", "Talks began in Rio de Janeiro and will end in Rio de Janeiro.")
    assert not is_place("Rotterdam", "The port of Rotterdam is closed, said dockers in Rotterdam.")
    assert is_agency("MTI", "The official news agency MTI said so.")
    assert is_agency("Ritza", "Ritza, the Greek news agency, said so.")
    assert not is_agency("MTI", "MTI makes tyres. A news agency reports of them.")


def test_what_comes_from_a_country_is_no_name() -> None:
    assert all(is_commonplace(word) for word in ("Argentine", "Kuwaiti", "Mexican", "Brazilian"))
    assert not any(is_commonplace(word) for word in ("Chadwick", "Purolator", "Philippa"))


def test_a_phrase_counts_where_both_texts_say_it_and_not_behind_figures() -> None:
    def weight(headline: str, *texts: str) -> float:
        (phrase,) = phrases_of(headline, "en")
        first, second = (Article(id=str(n), title=headline, body=text) for n, text in enumerate(texts))
        return recurrence(phrase, first, second)

    assert weight("Boundary layer", "A boundary layer forms.", "The boundary layer, once more.") > 0
    assert weight("Tolmers says", "Tolmers said so.", "Tolmers says no.") == 0
    assert weight("heavy bags", "It took 9 heavy bags.", "Some 12 heavy bags.") == 0
    assert weight("Ports reopen", "Both ports reopened.", "The ports reopen.") == 0
