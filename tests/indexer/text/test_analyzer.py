"""What analyzers remember of the texts they have seen."""

from __future__ import annotations

import gc

import pytest

from indexer.text import analyzer as analyzer_module
from indexer.text.analyzer import Analyzer, analyzer_for, in_language_of, other_readings, query_terms

LANGUAGES = ("de", "fr", "it", "xa", "xb", "xc")


def remembered() -> int:
    """How many forms all analyzers of this process remember."""
    return sum(map(len, analyzer_module._Terms._tables.values()))


def test_all_languages_together_remember_a_bounded_number_of_forms(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(analyzer_module, "_MOST_FORMS", 8_000)
    most = 0
    for part in range(8):
        for language in LANGUAGES:
            words = [f"w{part}x{number}" for number in range(1_500)]
            assert analyzer_for(language).terms(" ".join(words)) == words
            most = max(most, remembered())
    living = len(analyzer_module._Terms._tables)
    assert 4_000 < most < 8_000 + 1_024 * living


def test_an_analyzer_that_is_gone_keeps_nothing() -> None:
    before = len(analyzer_module._Terms._tables)
    analyzer = Analyzer("xz")
    analyzer.terms("some words")
    assert len(analyzer_module._Terms._tables) == before + 1
    del analyzer
    gc.collect()
    assert len(analyzer_module._Terms._tables) == before


def test_a_text_that_is_not_kept_leaves_nothing_behind() -> None:
    analyzer = analyzer_for("en")
    before = remembered()
    assert analyzer.terms_once("Satellites orbiting qqzzv") == ["satellit", "orbit", "qqzzv"]
    assert remembered() == before


def test_the_terms_of_a_query_word_are_whoever_asks_for_them_to_keep() -> None:
    first = query_terms("landing", ("en", "de"))
    first.clear()
    assert query_terms("landing", ("en", "de")) == ["land", "landing"]


def test_a_stop_word_of_the_first_language_has_no_terms_whatever_it_is_in_others() -> None:
    assert query_terms("the", ("en", "es")) == []
    assert query_terms("the", ("es", "en")) == ["the"]
    assert other_readings("the", ("en", "es")) == ["the"]
    assert query_terms("die", ("en", "de")) == ["die"]
    assert query_terms("thé", ("en", "fr")) == ["the"]


def test_the_language_of_a_query_is_told_by_two_stop_words_more() -> None:
    languages = ("en", "de", "fr")
    assert in_language_of(["die", "wahl", "in", "der", "stadt"], languages) == ("de", "en", "fr")
    assert in_language_of(["die", "hard", "in", "berlin"], languages) == languages
    assert in_language_of(["ukraine", "war"], languages) == languages
    assert in_language_of([], languages) == languages
