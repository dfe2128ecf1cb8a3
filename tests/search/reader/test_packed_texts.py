"""Texts in two arrays, compared with a list of them."""

from __future__ import annotations

import random
from bisect import bisect_left

import numpy as np
import pytest

from search.reader.packed_texts import PackedTexts

LETTERS = "ab\u00e9\u4e2d\U0001f600\ud800 "


def some(seed: int, count: int) -> list[str]:
    rng = random.Random(seed)
    return sorted("".join(rng.choices(LETTERS, k=rng.randint(1, 5))) for _ in range(count))


@pytest.mark.parametrize("count", [0, 1, 3, 500])
def test_they_are_a_sequence(count: int) -> None:
    texts = some(count, count)
    packed = PackedTexts.of(texts)
    assert list(packed) == [packed[place] for place in range(len(packed))] == texts
    for part in (slice(0, 2), slice(1, 400), slice(3, 1), slice(None, None, -1), slice(2, 300, 7)):
        assert packed[part] == texts[part]
    if texts:
        assert packed[-1] == texts[-1]


def test_places_are_those_in_the_list() -> None:
    texts = some(1, 400)
    packed = PackedTexts.of(texts)
    for text in [*some(2, 100), *texts[:50], "\U0010ffff"]:
        assert packed.place(text) == bisect_left(texts, text)
        assert packed[packed.equal_to(text).start : packed.equal_to(text).stop] == [t for t in texts if t == text]
        begin = packed.beginning_with(text)
        assert packed[begin.start : begin.stop] == [t for t in texts if t.startswith(text)]


@pytest.mark.parametrize(("here", "more"), [(0, 0), (0, 9), (9, 0), (300, 40), (3, 200)])
def test_with_more_is_packing_all(here: int, more: int) -> None:
    texts = sorted(set(some(5, here)))
    new = sorted(set(some(6, more)) - set(texts))
    both, places = PackedTexts.of(texts).with_more([text.encode("utf-8", "surrogatepass") for text in new])
    assert list(both) == sorted([*texts, *new])
    assert np.insert(np.zeros(len(texts)), places, 1).tolist() == [float(text in new) for text in both]


def test_some_of_them_are_packing_these() -> None:
    texts = some(7, 300)
    packed, keep = PackedTexts.of(texts), np.random.default_rng(7).random(300) < 0.5
    assert list(packed.only(keep)) == [text for text, kept in zip(texts, keep.tolist(), strict=True) if kept]
    assert list(packed.only(np.ones(300, bool))) == texts
    none = packed.only(np.zeros(300, bool))
    assert list(none) == []
    assert none.beginning_with("a") == range(0)
    places = np.random.default_rng(8).integers(0, 300, 50)
    assert packed.at(places) == [texts[place] for place in places.tolist()]
    assert packed.at(places[:0]) == none.at(places[:0]) == []
