"""The words near one that was typed, compared with looking at every one of them."""

from __future__ import annotations

import random
import string

import pytest
from rapidfuzz.distance import DamerauLevenshtein

from search.reader.forms import Vocabulary
from search.spelling.near_keys import COMMON, LONGEST, NearKeys


def vocabulary(*keys: str) -> Vocabulary:
    """These words, the first the commonest."""
    return Vocabulary.of({key: len(keys) - place for place, key in enumerate(keys)})


def near(word: str, *keys: str) -> list[tuple[str, int]]:
    return [(found.key, found.edits) for found in NearKeys(vocabulary(*keys)).near(word)]


@pytest.mark.parametrize("typed", ["vooyager", "voyger", "voyaxer", "vyoager", "xoyager", "oyager", "voyagr"])
def test_every_kind_of_slip(typed: str) -> None:
    assert near(typed, "voyager", "moon") == [("voyager", 1)]


@pytest.mark.parametrize(
    ("typed", "meant", "edits"),
    [
        ("mon", "moon", None),  # three letters
        ("mooon", "moon", 1),
        ("lnaer", "lunar", None),  # two slips in a word of five
        ("satelitte", "satellite", 2),
        ("stellte", "satellite", 2),  # letters left out: the word meant is long enough
        ("sattlte", "satellite", None),
        ("apolo", "apollo13", None),  # no figures
        ("voyager", "voyager", None),  # itself
        ("космс", "космос", 1),
        ("ecomony", "economy", 2),  # each letter in the place of another
        ("dealers", "leaders", None),  # the first, too
    ],
)
def test_how_many_slips(typed: str, meant: str, edits: int | None) -> None:
    assert near(typed, meant) == ([] if edits is None else [(meant, edits)])


def test_the_nearest_come_first_and_the_commonest_of_equals() -> None:
    assert near("galilean", "galileo", "galilea", "galileans") == [("galilea", 1), ("galileans", 1), ("galileo", 2)]


@pytest.mark.parametrize(
    ("typed", "edits"),
    [("reilley", 1), ("rilly", 1), ("reilly", 1), ("oreily", 1), ("o'reily", 1), ("orally", None), ("really", 1)],
)
def test_words_with_apostrophes_are_compared_by_their_parts_and_in_one(typed: str, edits: int | None) -> None:
    assert near(typed, "o'reilly") == ([] if edits is None else [("o'reilly", edits)])
    assert near("reilley", "o'reilly", "reilly") == [("reilly", 1)]


def test_no_near_word_is_missed() -> None:
    rng = random.Random(3)
    keys = list({"".join(rng.choices("abcdeé中😀", k=rng.randint(1, 11))) for _ in range(3000)})
    ready = NearKeys(vocabulary(*keys))
    found_any = 0
    for typed in rng.sample(keys, 100):
        typed = typed + rng.choice("abc")
        most = 0 if len(typed) < 4 else 1 if len(typed) < 6 else 2
        expected = {
            key
            for key in keys
            if 0 < (edits := DamerauLevenshtein.distance(typed, key)) <= most
            and (edits == 1 or max(len(typed), len(key)) >= 8 or (typed[0] == key[0] and sorted(typed) == sorted(key)))
        }
        assert {found.key for found in ready.near(typed)} == expected
        found_any += bool(expected)
    assert found_any > 50


def test_common_words_one_slip_away_are_found_among_all() -> None:
    rng = random.Random(4)
    counts = {
        "".join(rng.choices("abcde", k=rng.randint(3, 9))): rng.choice([1, COMMON - 1, COMMON, 9999])
        for _ in range(3000)
    }
    ready = NearKeys(Vocabulary.of(counts))
    found_any = 0
    for typed in rng.sample(sorted(counts), 100):
        found = ready.common(typed)
        assert found == [near for near in ready.near(typed) if near.edits == 1 and near.count >= COMMON]
        assert ready.common(typed, 9999) == [near for near in found if near.count == 9999]
        found_any += bool(found)
    assert found_any > 30
    assert ready.common("x" * (LONGEST + 1)) == []


@pytest.mark.parametrize("typed", ["", "a", "x" * (LONGEST + 1), "y" * 100_000, "\U0010ffff" * 8, "\0\0\0\0"])
def test_what_nobody_types(typed: str) -> None:
    assert near(typed, *string.ascii_lowercase, "moon") == []
    assert near(typed) == []
