"""Fusion: legs are combined by documented weights, and feedback moves a query towards its best articles."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.ranking.fusion import (
    BALANCE,
    LEAST_BM25,
    MOST_BM25,
    MOST_WORDS,
    SPACE_DOUBT,
    FusionSettings,
    after_feedback,
    bm25_weight,
    convex,
    doubts,
    normalise,
    shares,
    space_weights,
    weights,
)
from search.ranking.rocchio import moved

SCORES = st.lists(st.floats(-10, 10, width=32), min_size=1, max_size=30)


def f32(*values: float) -> np.ndarray:
    return np.array(values, np.float32)


def test_normalising_makes_the_low_end_0_and_the_high_end_1() -> None:
    assert normalise(f32(2, 4, 3), 2, 4).tolist() == [0, 1, 0.5]
    assert normalise(f32(7, 7), 7, 7).tolist() == [0, 0]
    assert normalise(f32(1, 3), 0, 3).dtype == np.float32


@given(SCORES)
def test_normalising_keeps_the_order(values: list[float]) -> None:
    scores = f32(*values)
    scaled = normalise(scores, float(scores.min()), float(scores.max()))
    order = np.argsort(scores, kind="stable")
    assert (np.diff(scaled[order]) >= 0).all()
    assert (scaled >= 0).all()
    assert (scaled <= 1 + 1e-6).all()


def test_a_convex_combination_by_hand() -> None:
    legs = {"bm25": f32(1, 0), "lsa": f32(0.5, 1)}
    assert convex(legs, {"bm25": 0.6, "lsa": 0.4}) == pytest.approx([0.8, 0.4])


def test_weights_of_legs_that_are_not_there_go_to_the_others() -> None:
    assert convex({"lsa": f32(0.5, 1)}, {"bm25": 0.7, "lsa": 0.3}) == pytest.approx([0.5, 1])


def test_legs_nobody_weighed_count_the_same() -> None:
    assert convex({"a": f32(1, 0), "b": f32(0, 1)}, {}) == pytest.approx([0.5, 0.5])


@given(SCORES, st.floats(0, 1))
def test_what_all_legs_rank_alike_the_fusion_ranks_alike(values: list[float], weight: float) -> None:
    scores = normalise(f32(*values), min(values), max(values))
    fused = convex({"a": scores, "b": scores}, {"a": weight, "b": 1 - weight})
    assert fused == pytest.approx(scores, abs=1e-6)


@given(st.integers(1, 1000), st.floats(0, 1))
def test_bm25_weighs_less_the_more_words_there_are_and_the_better_the_space(words: int, foresight: float) -> None:
    weight = bm25_weight(words, foresight)
    assert LEAST_BM25 <= weight <= MOST_BM25
    assert bm25_weight(words + 1, foresight) <= weight
    assert bm25_weight(words, min(1.0, foresight + 0.1)) <= weight


def test_weights_that_were_worked_out_by_hand() -> None:
    assert bm25_weight(4, BALANCE / 4) == pytest.approx(0.5)
    assert bm25_weight(4, BALANCE / 2) == pytest.approx(1 / (1 + 2**1.5))
    assert bm25_weight(5, 0.0) == MOST_BM25
    assert bm25_weight(20, 0.4) == bm25_weight(MOST_WORDS, 0.4) > LEAST_BM25
    assert bm25_weight(1000, 4 * BALANCE / MOST_WORDS) == pytest.approx(1 / 9)
    assert bm25_weight(1000, 1.0, trust=-5) == LEAST_BM25


def test_feedback_moves_the_query_towards_its_best_articles() -> None:
    query = f32(1, 0, 0)
    best, second = f32(0, 1, 0), f32(0, 0, 1)
    after = moved(query, np.stack([best, second]), f32(1, 0.5))
    assert np.linalg.norm(after) == pytest.approx(1)
    assert after[1] > after[2] > 0
    # a score half as high counts an eighth: unit(8, 1) is (.992, .124)
    assert after == pytest.approx(np.array([1, 0.99228, 0.12403]) / np.sqrt(2), abs=1e-4)


def test_examples_without_a_vector_leave_the_query_as_it_is() -> None:
    query = f32(0.6, 0.8)
    assert moved(query, np.zeros((2, 2), np.float32), f32(1, 1)) == pytest.approx(query)


def test_a_leg_that_has_not_got_to_a_doc_yet_leaves_its_score_to_the_others() -> None:
    legs = {"bm25": f32(1, 0.5, 0), "lsa": f32(0.5, 1, 1), "other": f32(1, 0, 0)}
    weights = {"bm25": 0.5, "lsa": 0.25, "other": 0.25}
    parts = shares(legs, weights, {"other": np.array([False, True, True])})
    assert parts["other"] == pytest.approx([0.25, 0, 0])
    assert sum(parts.values()) == pytest.approx([0.5 + 0.125 + 0.25, (0.25 + 0.25) / 0.75, 0.25 / 0.75])


def test_a_doc_that_no_leg_has_got_to_scores_nothing() -> None:
    parts = shares({"lsa": f32(0, 1)}, {"lsa": 1}, {"lsa": np.array([True, False])})
    assert parts["lsa"].tolist() == [0, 1]


def test_spaces_weigh_the_same_unless_one_tells_next_to_nothing_apart() -> None:
    assert space_weights({"lsa": 0.7}) == {"lsa": 1}
    assert space_weights({"lsa": 0.6, "minilm": 0.17}) == {"lsa": 0.5, "minilm": 0.5}
    faded = space_weights({"lsa": 0.6, "noise": 0.012})
    assert faded["noise"] == pytest.approx(0.1 / 1.1)
    assert sum(faded.values()) == pytest.approx(1)
    assert space_weights({"lsa": 0.5, "none": 0.0}) == {"lsa": 1, "none": 0}
    assert space_weights({"a": 0.0, "b": 0.0}) == {"a": 0.5, "b": 0.5}


def test_spaces_weigh_by_what_they_are_worth_where_that_is_known() -> None:
    resolutions = {"lsa": 0.9, "strong": 0.2}
    assert space_weights(resolutions, worths={"lsa": 0.4, "strong": 0.8}) == pytest.approx(
        {"lsa": 1 / 1025, "strong": 1024 / 1025}
    )
    assert space_weights(resolutions, {"lsa": 1024.0}, {"lsa": 0.4, "strong": 0.8})["lsa"] == pytest.approx(0.5)
    assert space_weights(resolutions, worths={"lsa": 0.4}) == {"lsa": 0.5, "strong": 0.5}
    assert space_weights({"lsa": 0.9}, worths={"lsa": 0.4, "strong": 0.8}) == {"lsa": 1}


def test_a_space_that_counts_for_little_adds_little_trust_to_the_others() -> None:
    scaled = {"bm25": f32(1, 0.5), "other": f32(1, 0.2), "strong": f32(1, 0.3)}
    both = {"other": 0.5, "strong": 0.5}
    alone = weights({name: scaled[name] for name in ("bm25", "strong")}, 4, {"strong": 0.5}, {"strong": 0.5})
    weak = weights(scaled, 4, both, both, worths={"other": 0.1, "strong": 0.8})
    equal = weights(scaled, 4, both, both, worths={"other": 0.8, "strong": 0.8})
    assert weak["bm25"] == pytest.approx(alone["bm25"], abs=0.001)
    assert equal["bm25"] < 0.8 * weak["bm25"]


def test_bm25_weighs_less_beside_a_space_that_is_worth_more_than_the_archives_own() -> None:
    scaled = {name: np.array([1.0, 0.5, 0.0], np.float32) for name in ("bm25", "lsa", "strong")}
    both = {"lsa": 0.5, "strong": 0.5}

    def bm25(**worths: float) -> float:
        return weights(scaled, 3, both, both, worths=worths)["bm25"]

    assert bm25(lsa=0.6, strong=0.75) < bm25(lsa=0.6, strong=0.66) < bm25(lsa=0.6, strong=0.6)
    # the number of spaces aside, a weaker one is no reason to trust words more, and one not measured none to trust less
    assert bm25(lsa=0.6, strong=0.1) == pytest.approx(weights(scaled, 3, {"lsa": 0.5}, {"lsa": 0.5})["bm25"], abs=0.01)
    assert bm25(strong=0.9) == bm25() == bm25(lsa=0.6)
    # what is worth much and takes no part counts for nothing
    assert weights(scaled, 3, {"lsa": 0.5}, {"lsa": 0.5}, worths={"lsa": 0.6, "strong": 0.9}) == weights(
        scaled, 3, {"lsa": 0.5}, {"lsa": 0.5}
    )


def test_spaces_that_lose_sight_of_the_first_article_of_bm25_are_in_doubt() -> None:
    bm25 = f32(0.2, 1, 0.5)
    spaces = {"own": f32(0, 1, 0.3), "far": f32(1, 0.25, 0.3), "lost": f32(1, 0, 0.3)}
    assert doubts(bm25, spaces) == {"own": 0, "far": 0.75, "lost": 1}
    assert doubts(f32(0, 0), {"a": f32(1, 0)}) == {}  # no word matches: BM25 has no first article
    assert doubts(f32(), {"a": f32()}) == {}


def test_a_space_is_not_asked_about_an_article_it_has_not_got_to() -> None:
    bm25, spaces = f32(1, 0), {"a": f32(0.25, 1), "b": f32(0, 1)}
    assert doubts(bm25, spaces, {"b": np.array([False, True])}) == {"a": 0.75, "b": 1}
    assert doubts(bm25, spaces, {"a": np.array([True, False])}) == {"b": 1}
    assert doubts(bm25, spaces, {"a": np.array([True, False]), "b": np.array([True, False])}) == {}


def test_bm25_is_trusted_by_the_space_that_is_least_in_doubt() -> None:
    scaled = {"bm25": f32(1, 0), "a": f32(0.75, 1)}
    of_both = {"a": 0.4, "b": 0.4}
    one = weights(scaled, 8, {"a": 0.4}, {"a": 0.4})
    both = weights(scaled | {"b": f32(0, 1)}, 8, of_both, of_both)
    assert one["bm25"] == bm25_weight(8, 0.4, 0.25)
    assert bm25_weight(8, 0.4, 1) > one["bm25"] > both["bm25"]


def test_a_space_that_sees_little_of_this_query_counts_for_less_of_it() -> None:
    of_both = {"a": 0.5, "b": 0.5}
    scaled = {"bm25": f32(1, 0), "a": f32(0.75, 1), "b": f32(0.25, 1)}
    found = weights(scaled, 8, of_both, of_both)
    assert found["a"] / found["b"] == pytest.approx(np.exp(SPACE_DOUBT * 0.5))
    assert sum(found.values()) == pytest.approx(1)
    not_there = {"b": np.array([True, False])}  # what has not got to the article is at no disadvantage
    found = weights(scaled, 8, of_both, of_both, lacking=not_there)
    assert found["a"] == found["b"]
    found = weights(scaled | {"bm25": f32(0, 0)}, 8, of_both, of_both)
    assert found["a"] == found["b"]


def test_after_feedback_bm25_weighs_less_beside_several_spaces() -> None:
    one = {"bm25": 0.4, "lsa": 0.6}
    assert after_feedback(one) == pytest.approx(one)
    after = after_feedback({"bm25": 0.5, "lsa": 0.25, "other": 0.25})
    assert after["bm25"] / (1 - after["bm25"]) == pytest.approx(2**-2.5)
    assert after["lsa"] == after["other"]
    nearly_one = after_feedback({"bm25": 0.5, "lsa": 0.499, "other": 0.001})
    assert nearly_one["bm25"] == pytest.approx(0.5, abs=0.01)
    for alone in ({"lsa": 0.5, "other": 0.5}, {"bm25": 1.0, "lsa": 0.0}, {"bm25": 1.0}):
        assert after_feedback(alone) == alone


@given(st.integers(0, 30), st.floats(0, 1), st.floats(0, 1), st.floats(-3, 3))
def test_doubt_and_trust_only_ever_add_to_the_weight_of_bm25(n: int, foresight: float, seen: float, by: float) -> None:
    weight = bm25_weight(n, foresight, seen, by)
    assert LEAST_BM25 <= weight <= MOST_BM25
    assert bm25_weight(n, foresight, min(1.0, seen + 0.1), by) >= weight
    assert bm25_weight(n, foresight, seen, by + 0.5) >= weight


def test_the_weights_of_all_legs_add_up_to_1_and_spaces_share_as_set() -> None:
    scaled = {"bm25": f32(1, 0), "lsa": f32(0.75, 1), "other": f32(0.75, 1)}
    resolutions, foresights = {"lsa": 0.8, "other": 0.9}, {"lsa": 0.4, "other": 0.2}
    even = weights(scaled, 8, resolutions, foresights)
    assert sum(even.values()) == pytest.approx(1)
    assert even["lsa"] == even["other"]
    by_the_best_space = bm25_weight(8, 0.4, 0.25)
    assert even["bm25"] / (1 - even["bm25"]) == pytest.approx(by_the_best_space / (1 - by_the_best_space) / 2**0.5)
    tuned = weights(scaled, 8, resolutions, foresights, FusionSettings(words=1.0, spaces={"other": 3.0}))
    assert sum(tuned.values()) == pytest.approx(1)
    assert tuned["bm25"] > even["bm25"]
    assert tuned["other"] == pytest.approx(3 * tuned["lsa"])
    nothing = weights(scaled, 8, resolutions, foresights, FusionSettings(spaces={"lsa": 0.0, "other": 0.0}))
    assert nothing == {"bm25": 1.0, "lsa": 0.0, "other": 0.0}


def test_legs_that_are_alone_need_no_weighing() -> None:
    assert weights({"bm25": f32(1)}, 4, {}, {}) == {"bm25": 1.0}
    assert weights({"lsa": f32(1)}, 4, {"lsa": 0.5}, {"lsa": 0.5}) == {"lsa": 1.0}
