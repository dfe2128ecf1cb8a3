"""What is pasted from elsewhere is taken apart."""

from __future__ import annotations

import pytest

from search.query.pasted import MOST_PARTS, address_as_words, is_address, without_ellipsis, without_sites


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("A slow boat | The Daily", ["A slow boat", "The Daily"]),
        ("The Daily :: A slow boat", ["A slow boat", "The Daily"]),
        ("A slow boat – World — Daily", ["A slow boat – World", "World — Daily", "A slow boat", "World", "Daily"]),
        ("東京の夜 ｜ 新聞", ["東京の夜", "新聞"]),
        ("well-known: a|b and c–d", []),
        ("| A slow boat |", ["| A slow boat |"][:0]),
        ("", []),
    ],
)
def test_names_of_sites_stand_behind_separators(text: str, parts: list[str]) -> None:
    assert without_sites(text) == parts


def test_a_text_of_many_parts_is_no_title_of_a_page() -> None:
    assert without_sites(" | ".join("abcdef"[:MOST_PARTS]))
    assert without_sites(" | ".join("abcdef"[: MOST_PARTS + 1])) == []
    assert without_sites(" - " * 10_000) == []


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("https://example.org/2024/05/a-slow-boat.html?page=2#top", "a slow boat"),
        ("www.example.org/a_slow_boat/", "a slow boat"),
        ("HTTPS://example.org/news/a-slow-boat/amp", "a slow boat"),
        ("https://example.org/%D7%A9%D7%9C%D7%95%D7%9D-%D7%A2%D7%95%D7%9C%D7%9D", "שלום עולם"),
        ("https://example.org/2024", ""),
        ("https://[::1/a-slow-boat", ""),
        ("see https://example.org/a-slow-boat", ""),
        ("a-slow-boat", ""),
    ],
)
def test_the_words_of_an_address(address: str, words: str) -> None:
    assert address_as_words(address) == words
    assert not words or is_address(address)


@pytest.mark.parametrize(
    ("text", "whole"),
    [("A slow…", "A slow"), ("A slow ...", "A slow"), ("A slow . . .", ""), ("A … boat", ""), ("…", "")],
)
def test_a_text_that_goes_on(text: str, whole: str) -> None:
    assert without_ellipsis(text) == whole
