"""What an archive's legs are believed, measured without judgements."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.article.article import Article
from recommender.ranking import leg_weights
from recommender.ranking.scoring import ORDER, PRIOR, RELEVANCE
from recommender.related import Recommender
from recommender.request.options import RelatedOptions
from recommender.request.seeds import ArticleSeed

Make = Callable[[Iterable[Article]], Recommender]
SHARES = st.floats(0, 1)


def test_an_archive_whose_vectors_are_believed_has_the_prior() -> None:
    assert leg_weights.weights(1.0, 0.3) == pytest.approx(PRIOR)


@given(SHARES, SHARES)
def test_relevance_keeps_its_scale_and_no_leg_counts_against_an_article(belief: float, agreement: float) -> None:
    weights = leg_weights.weights(belief, agreement)
    assert sum(weights[name] for name in RELEVANCE) == pytest.approx(1)
    assert min(weights[name] for name in RELEVANCE) >= 0
    assert all(abs(weights[name]) <= abs(ORDER[name]) + 1e-9 for name in ORDER)


@given(SHARES, SHARES, SHARES)
def test_vectors_weigh_more_the_more_they_foresee_and_titles_the_more_they_agree(
    a: float, b: float, other: float
) -> None:
    low, high = sorted((a, b))
    assert leg_weights.weights(low, other)["vectors"] <= leg_weights.weights(high, other)["vectors"] + 1e-9
    assert leg_weights.weights(0.5, low)["title"] <= leg_weights.weights(0.5, high)["title"] + 1e-9


def test_foresight_is_held_against_what_lot_would_find_whatever_the_size_of_the_archive() -> None:
    assert leg_weights.belief(0.77, 1000) == leg_weights.belief(0.073, 8000) == 1  # the same news, fewer or more
    assert leg_weights.belief(0.006, 1200) == leg_weights.belief(0.0, 5000) == 0  # release notes
    assert 0 < leg_weights.belief(0.06, 800) < leg_weights.belief(0.1, 800) < 1
    assert leg_weights.belief(0.0, 200_000) == 1  # which 300 articles cannot tell from what is good there


def notes(count: int, versions: int) -> list[Article]:
    """Release notes that have the words of their frame in common with all others, and a few of their own with those on
    the same fault, which never stand beside any other word twice."""
    draw = random.Random(5)
    frame = [f"frame{n}" for n in range(250)]
    made = []
    for fault in range(count):
        own = [f"fault{fault}x{n}" for n in range(4)]
        for version in range(versions):
            words = draw.choices(frame, k=60) + draw.sample(own, 2)
            draw.shuffle(words)
            title = f"{draw.choice(frame)} {draw.choice(frame)} released"
            made.append(Article(id=f"n-{fault}-{version}", title=title, body=" ".join(words)))
    draw.shuffle(made)
    return made


def test_words_decide_where_vectors_know_nothing_beyond_them(
    recommender_of: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    articles = notes(150, 3)

    def found(recommender: Recommender) -> float:
        """The share of the notes on the same fault among the first two."""
        hits = [
            item.article.id.split("-")[1] == one.id.split("-")[1]
            for one in articles[:60]
            for item in recommender.related(ArticleSeed(one.id), RelatedOptions(limit=2)).related
        ]
        return sum(hits) / 120

    recommender = recommender_of(articles)
    measured = found(recommender)
    assert recommender.calibration().prior["vectors"] < RELEVANCE["vectors"] / 2
    monkeypatch.setattr(leg_weights, "measured", lambda corpus: PRIOR)
    assert measured > found(recommender_of(articles)) + 0.05


def named(count: int, versions: int) -> list[Article]:
    """Notes whose titles begin with the name of a thing, and whose texts on one thing have much in common."""
    draw = random.Random(6)
    common = [f"word{n}" for n in range(300)]
    made = []
    for thing in range(count):
        own = [f"part{thing}x{n}" for n in range(12)]
        for version in range(versions):
            body = " ".join(draw.sample(own, 8) + draw.sample(common, 10))
            made.append(Article(id=f"t-{thing}-{version}", title=f"Thing{thing} {version}", body=body))
    return made


def test_titles_that_name_what_articles_are_about_are_believed(recommender_of: Make) -> None:
    telling = recommender_of(named(20, 6)).corpus()
    assert leg_weights.title_agreement(telling) > 0.9
    idle = [Article(id=one.id, title=f"Notes {n}", body=one.body) for n, one in enumerate(named(20, 6))]
    assert leg_weights.title_agreement(recommender_of(idle).corpus()) < 0.3


def test_a_small_archive_has_the_prior(recommender_of: Make) -> None:
    assert leg_weights.measured(recommender_of(named(8, 6)).corpus()) == PRIOR
