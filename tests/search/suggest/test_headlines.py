"""Words of headlines whose beginning may be what somebody has typed with a slip."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import DamerauLevenshtein

from search.spelling.near_keys import TWO_FROM, edits_forgiven
from search.suggest import headlines
from search.suggest.headlines import Headlines

words = st.text(st.sampled_from("abcdeo"), min_size=1, max_size=11)


def with_words(different: set[str]) -> Headlines:
    return Headlines.of({1: " ".join(sorted(different))}, {1: 0})


@given(st.sets(words, min_size=1, max_size=40), words)
def test_they_are_those_that_a_comparison_with_each_beginning_finds(different: set[str], prefix: str) -> None:
    most = edits_forgiven(prefix) if len(prefix) >= TWO_FROM else min(1, edits_forgiven(prefix))
    lengths = [len(prefix) - 1, len(prefix), len(prefix) + 1]
    near = [
        number
        for number, word in enumerate(sorted(different))
        if most and word[0] == prefix[0]
        if min(DamerauLevenshtein.distance(prefix, word[:length]) for length in lengths) <= most
    ]
    assert with_words(different).near_beginnings(prefix) == near


def test_only_words_that_have_the_letters_are_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[int] = []

    def cdist(queries: list[str], choices: list[str], **options: object) -> object:
        compared.append(len(choices))
        return of_all(queries, choices, **options)

    of_all = headlines.cdist
    monkeypatch.setattr(headlines, "cdist", cdist)
    found = with_words({"landing", "ladder", "lantern", "lobby", "lunch", "lyric"})
    assert found.near_beginnings("ladn") == [0, 1, 2]
    assert compared == [3, 3, 3]
