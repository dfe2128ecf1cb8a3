"""The words in the values of columns, and how else they may be spelled."""

from __future__ import annotations

import pytest

from search.lexical.keyword_words import keyword_words, spellings, written_words


@pytest.mark.parametrize(
    ("value", "words", "others"),
    [
        ("Una O\u2019Neill", ("una", "oneill"), {"unaoneill"}),
        ("Jean-Luc Picard", ("jean", "luc", "picard"), {"jeanluc", "lucpicard", "jeanlucpicard"}),
        ("Hà Nội", ("ha", "noi"), {"hanoi"}),
        ("a b c d e", ("a", "b", "c", "d", "e"), {"ab", "bc", "cd", "de"}),
        ("夏目漱石", ("夏", "目", "漱", "石"), {"夏目", "目漱", "漱石", "夏目漱石"}),
        ("x" * 48 + " y", ("x" * 48, "y"), set()),
        ("&", (), set()),
    ],
)
def test_words_of_a_value_are_also_spelled_as_one(value: str, words: tuple[str, ...], others: set[str]) -> None:
    assert keyword_words(value) == words
    assert spellings(value) == {*words, *others}


def test_words_are_kept_as_they_are_written() -> None:
    assert written_words("Una O\u2019Neill, Jean-Luc") == {"una", "o'neill", "oneill", "jean", "luc", "jeanluc"}
    assert written_words("प्रेमचंद") == {"परेमचंद"}
