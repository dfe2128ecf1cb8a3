"""What two headlines have in common beside names, and what they have each for itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

import numpy as np
import pytest

from indexer.article.article import Article
from recommender.names.whole import NameWords
from recommender.presentation.headline_words import CommonWords, HeadlineWords
from recommender.presentation.justification import CUTOFF, strengths
from recommender.presentation.own_names import names_of_their_own
from recommender.presentation.subjects import Shared, Subject
from recommender.ranking.selection import Pick
from recommender.related import Recommender
from recommender.request.seed_resolution import resolve
from recommender.request.seeds import ArticleSeed
from recommender.results import items_of

Make = Callable[[Iterable[Article]], Recommender]


def article(name: str, title: str, body: str) -> Article:
    return Article(id=name, title=title, body=body)


BIDS = article(
    "bids",
    "Peru bids for 100 bags of saffron",
    "The state of Peru wants saffron, dealers say. Saffron is dear in Peru.",
)
FIRE = article(
    "fire", "Fire damages saffron stock in Peru", "A fire in Peru has burnt saffron. The saffron was the last in Peru."
)
PUMPS = article(
    "pumps", "Peru buys pumps", "Pumps for wells arrive in Peru. Peru has paid for the pumps in advance, dealers say."
)


def words_of(recommender: Recommender, source: Article, others: list[Article]) -> HeadlineWords:
    corpus = recommender.corpus()
    docs = {corpus.article_id(doc): doc for doc in range(corpus.max_doc)}
    profile = resolve(recommender.engine, corpus, ArticleSeed(source.id)).profile
    return HeadlineWords(corpus, profile, source, [docs[other.id] for other in others])


def test_a_place_and_a_thing_in_both_headlines_join_and_a_place_alone_does_not(
    recommender_of: Make, sample_articles: list[Article]
) -> None:
    words = words_of(recommender_of([*sample_articles, BIDS, FIRE, PUMPS]), BIDS, [FIRE, PUMPS])
    joining = words.joining(0, 0)
    assert joining is not None
    assert set(joining.parts) == {"Peru", "saffron"}
    assert words.joining(1, 0) is None
    assert words.joining(0, 2) is None, "each headline has a name of its own"
    assert words.things(0) == {"saffron"}


def test_compounds_are_told_whole_and_what_is_done_is_no_thing(
    recommender_of: Make, sample_articles: list[Article]
) -> None:
    first = article("a", "How ferry-times.example was rigged", "The site ferry-times.example was rigged up in a week.")
    second = article(
        "b", "New on ferry-times.example, rigged anew", "On ferry-times.example there is more. It was rigged."
    )
    words = words_of(recommender_of([*sample_articles, first, second]), first, [second])
    joining = words.joining(0, 0)
    assert isinstance(joining, CommonWords)
    assert joining.parts == ("ferry-times.example",)


def test_headlines_are_strange_to_each_other_by_names_that_the_other_text_has_not() -> None:
    known = NameWords(["brasher", "quennell", "tolmers"])
    sale = article("s", "Tolmers sells mill to Brasher", "Brasher buys the mill of Tolmers.")
    step = article("t", "Workers strike at mill of Tolmers", "The mill of Tolmers, which Brasher buys, is shut.")
    other = article("o", "Quennell adopts rights plan", "Quennell has a plan for the rights of its holders.")
    assert names_of_their_own(sale, [step, other, sale], known, "en").tolist() == [0, 2, 0]
    assert names_of_their_own(step, [replace(other, body="Quennell and Tolmers")], known, "en").tolist() == [1]


def shared(specific: float, in_item: float, strange: int) -> Shared:
    return Shared(
        (Subject("Tolmers", ("tolmers",)),),
        np.array([specific], np.float32),
        np.ones(1, np.float32),
        np.array([[in_item]], np.float32),
        np.array([strange], np.int8),
        [frozenset()],
    )


@pytest.mark.parametrize(
    ("specific", "in_item", "strange", "standing", "shown"),
    [
        (0.9, 1.0, 1, 2.0, True),  # a name that hardly another article has, in both headlines
        (0.9, 1.0, 2, 2.0, False),  # ... but each headline has another one
        (0.6, 1.0, 1, 2.0, False),
        (0.9, 1.0, 1, 1.0, False),
        (0.4, 1.0, 0, 3.5, True),  # less is enough where neither headline names another thing
        (0.4, 1.0, 1, 3.5, False),
        (0.1, 1.0, 0, 7.0, True),  # what stands out so far needs hardly a name
        (0.1, 1.0, 1, 7.0, False),
    ],
)
def test_what_is_enough_depends_on_whether_headlines_name_other_things(
    specific: float, in_item: float, strange: int, standing: float, shown: bool
) -> None:
    pick = Pick(0, 1.0, 0.5, "", (), 0.5, standing)
    (strength,) = strengths(shared(specific, in_item, strange), [pick], np.zeros(1, bool))
    assert (strength >= CUTOFF) == shown


def test_a_mission_that_one_headline_names_and_the_other_only_tells_of_is_offered(
    sample_recommender: Recommender,
) -> None:
    block = sample_recommender.block(ArticleSeed("2023-08-23-chandrayaan-3-lands"))
    launch = [item for item in items_of(block) if item.article.id == "2023-07-14-chandrayaan-3-launch"]
    assert [item.reason for item in launch] == ["also about Chandrayaan-3"]


def test_the_step_next_to_the_article_leads(sample_recommender: Recommender) -> None:
    block = sample_recommender.block(ArticleSeed("2024-06-06-starliner-docks"))
    assert block.lead is not None
    assert block.lead.article.id == "2024-06-05-starliner-crew-launch"
