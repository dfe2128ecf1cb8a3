"""Running stories and copies, on small matrices and on the sample archive."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from itertools import combinations
from typing import Any

import numpy as np

from indexer.article.article import Article
from recommender.ranking.pairwise import neighbourhood
from recommender.ranking.stories import average_linkage
from recommender.related import Recommender
from recommender.request import profile
from recommender.request.options import RelatedOptions
from recommender.request.seeds import ArticleSeed
from tests.recommender.archives import several


def test_average_linkage_merges_what_is_near_on_the_whole() -> None:
    nearness = np.array([[1, 0.9, 0.1, 0], [0.9, 1, 0.5, 0], [0.1, 0.5, 1, 0], [0, 0, 0, 1]], np.float32)
    assert average_linkage(nearness, 0.4).tolist() == [0, 0, 2, 3]  # 0.3 on average between {0, 1} and 2
    assert average_linkage(nearness, 0.25).tolist() == [0, 0, 0, 3]
    assert average_linkage(nearness, 0.95).tolist() == [0, 1, 2, 3]


def test_average_linkage_agrees_with_scipy() -> None:
    from scipy.cluster.hierarchy import fcluster, linkage
    from scipy.spatial.distance import squareform

    random = np.random.default_rng(7)
    for _ in range(20):
        points = random.standard_normal((12, 4))
        near = (1 - np.linalg.norm(points[:, None] - points[None], axis=2) / 8).astype(np.float32)
        distances = 1 - near.astype(np.float64)
        np.fill_diagonal(distances, 0)
        theirs = fcluster(linkage(squareform(distances, checks=False), "average"), 1 - 0.7, "distance")
        ours = average_linkage(near, 0.7)
        assert {(a, b) for a, b in combinations(range(12), 2) if ours[a] == ours[b]} == {
            (a, b) for a, b in combinations(range(12), 2) if theirs[a] == theirs[b]
        }


def _pairs(recommender: Recommender) -> set[tuple[str, str]]:
    """Every (article, other) that the recommender takes to be of one story, copies included."""
    corpus = recommender.corpus()
    found = set()
    for doc in range(corpus.max_doc):
        own = corpus.article_id(doc)
        found |= {(own, other) for other in recommender.story(own)}
    return found


def test_stories_of_the_sample_are_found(sample_recommender: Recommender, truth: dict[str, Any]) -> None:
    told = {(a, b) for story in truth["stories"].values() for a in story for b in story if a != b}
    found = _pairs(sample_recommender)
    assert len(found & told) >= 0.95 * len(found)  # precision
    assert len(found & told) >= 0.95 * len(told)  # recall


def test_all_copies_of_the_sample_are_found_and_nothing_else(
    sample_recommender: Recommender, truth: dict[str, Any]
) -> None:
    corpus = sample_recommender.corpus()
    docs = np.arange(corpus.max_doc)
    near = neighbourhood(corpus, profile.of_doc(corpus, 0), docs[1:])
    same = near.copies
    found = {
        frozenset((corpus.article_id(int(a)), corpus.article_id(int(b))))
        for a, b in zip(*np.nonzero(same), strict=True)
        if a != b
    }
    assert found == {frozenset(pair) for pair in truth["copies"]}


def test_reports_from_one_template_are_no_copies(recommender_of: Callable[[Iterable[Article]], Recommender]) -> None:
    template = """The statistics office said that {place} had {rain} millimetres of rain in {month}, after {before} a
        year earlier, and that the reservoirs of the region stood at {share} percent of what they hold, which the office
        calls usual for the season; the next bulletin is due in four weeks."""
    facts = [("Bergen", 71, "March", 64, 58), ("Tromso", 33, "April", 29, 81), ("Kiruna", 12, "May", 17, 46)]
    keys = ("place", "rain", "month", "before", "share")
    bodies = [template.format(**dict(zip(keys, one, strict=True))) for one in facts]
    reports = [Article(id=f[0], title=f"Rain in {f[0]}", body=body) for f, body in zip(facts, bodies, strict=True)]
    copy = Article(id="copy", title="Rain in Bergen", body=reports[0].body.replace("usual ", ""))
    answer = recommender_of([*several(), *reports, copy]).related(ArticleSeed("Bergen"), RelatedOptions(limit=20))
    found = {item.article.id for item in answer.related}
    assert {"Tromso", "Kiruna"} <= found
    assert "copy" not in found
    assert not any(item.siblings for item in answer.related)


def test_articles_of_the_story_are_offered_as_what_came_before_and_after(sample_recommender: Recommender) -> None:
    found = sample_recommender.related(ArticleSeed("2024-02-22-odysseus-lands"), RelatedOptions(limit=20)).related
    relations = {item.article.id: item.relation for item in found if item.relation}
    assert relations["2024-02-15-odysseus-launch"] == "earlier"
    assert relations["2024-02-29-odysseus-goes-quiet"] == "update"
    assert "2024-01-09-peregrine-no-landing" not in relations
    assert {item.reason for item in found if item.relation == "earlier"} == {"earlier in this story"}


def test_notices_from_one_template_are_no_story_beside_those_of_the_sample(
    sample_recommender: Recommender, recommender_of: Callable[[Iterable[Article]], Recommender], truth: dict[str, Any]
) -> None:
    corpus = sample_recommender.corpus()
    known = sample_recommender.engine.articles([corpus.article_id(doc) for doc in range(corpus.max_doc)])
    body = """The Quayside Tender Board said today that it accepts a bid for {tonnes} tonnes of {goods} for delivery to
        {place}. The Quayside Tender Board pays the seller, {seller}, a bonus of {bonus} dollars a tonne, as it does
        under the programme of the season. Further bids for {place} are due at the Quayside Tender Board on Friday."""
    facts = [
        ("Egypt", "semolina", 15000, "Corbell Mills", 122),
        ("Iraq", "wheat flour", 12500, "Ostrander and Sons", 113),
        ("Nigeria", "barley malt", 3000, "Pellworm Grain", 77),
        ("Cyprus", "barley", 20000, "Vantrease Trading", 41),
    ]
    keys = ("place", "goods", "tonnes", "seller", "bonus")
    notices = [
        Article(
            id=f"notice-{number}",
            title=f"Quayside board accepts bonus bid on {fact[1]} for {fact[0]}",
            body=body.format(**dict(zip(keys, fact, strict=True))),
            date=datetime(2024, 3, 1 + number, tzinfo=UTC),
        )
        for number, fact in enumerate(facts)
    ]
    recommender = recommender_of([*known.values(), *notices])
    for notice in notices:
        found = recommender.related(ArticleSeed(notice.id), RelatedOptions(limit=20)).related
        others = [item for item in found if item.article.id.startswith("notice-")]
        assert others
        assert {item.relation for item in others} == {""}
    told = recommender.related(ArticleSeed(truth["stories"]["odysseus"][0]), RelatedOptions(limit=20)).related
    assert any(item.relation == "update" for item in told)


def test_notes_on_two_releases_are_no_copies_though_all_else_is_the_same(
    recommender_of: Callable[[Iterable[Article]], Recommender],
) -> None:
    body = "Fixed a crash of the kettle driver when the lid was opened while water boiled. " * 3
    articles = [
        Article(id="new", title="Kettle driver 4.2.3 released", body=body),
        Article(id="old", title="Kettle driver 3.9.8 released", body=body),
        Article(id="wire", title="Kettle driver 4.2.3 released", body=body, site="Elsewhere"),
        Article(id="bare", title="A kettle driver is released", body=body, site="Elsewhere"),
        *several(6),
    ]
    recommender = recommender_of(articles)
    offered = {item.article.id for item in recommender.related(ArticleSeed("new"), RelatedOptions(limit=20)).related}
    assert "old" in offered
    assert not {"wire", "bare"} & offered


def test_notices_from_one_template_are_no_story_whoever_asks(
    sample_recommender: Recommender, recommender_of: Callable[[Iterable[Article]], Recommender]
) -> None:
    corpus = sample_recommender.corpus()
    known = sample_recommender.engine.articles([corpus.article_id(doc) for doc in range(corpus.max_doc)])
    facts = [("Egypt", "Corbell"), ("Iraq", "Ostrander"), ("Nigeria", "Pellworm"), ("Cyprus", "Vantrease")]
    notices = [
        Article(
            id=f"notice-{number}",
            title=f"Quayside board accepts bonus bid on barley for {place}",
            body=f"The Quayside Tender Board accepts a bid on barley for {place}. The seller at Quayside is {seller}. "
            f"Bids for {place} came in to the Quayside Tender Board on Friday, and {seller} had the lowest bid.",
            date=datetime(2024, 3, 1 + number, tzinfo=UTC),
        )
        for number, (place, seller) in enumerate(facts)
    ]
    recommender = recommender_of([*known.values(), *notices])
    assert all(recommender.story(notice.id) == [] for notice in notices)
