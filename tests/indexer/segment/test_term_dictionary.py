"""Packed terms answer as a sorted list does."""

from __future__ import annotations

from bisect import bisect_left

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.segment.segment import pack
from indexer.segment.term_dictionary import Terms


def packed(words: list[str]) -> Terms:
    return Terms(*pack([word.encode() for word in words]))


@given(st.sets(st.text(min_size=1, max_size=4), max_size=120), st.lists(st.text(max_size=4), max_size=10))
def test_terms_are_found_where_a_sorted_list_has_them(words: set[str], others: list[str]) -> None:
    known = sorted(words, key=str.encode)
    encoded = [word.encode() for word in known]
    terms = packed(known)
    assert len(terms) == len(known)
    assert terms.all() == encoded
    assert [terms[number] for number in range(len(terms))] == encoded
    for word in {*words, *others}:
        assert terms.place(word.encode()) == bisect_left(encoded, word.encode())
        assert terms.number(word.encode()) == (encoded.index(word.encode()) if word in words else -1)


@pytest.mark.parametrize("count", [0, 1, 15, 16, 17, 32, 33])
def test_the_ends_are_found_whatever_the_number_of_terms(count: int) -> None:
    known = [f"{number:03d}" for number in range(count)]
    terms = packed(known)
    assert [terms.number(word.encode()) for word in known] == list(range(count))
    assert terms.place(b"") == 0
    assert terms.place(b"\xff") == count
    assert terms.number(b"999") == -1
