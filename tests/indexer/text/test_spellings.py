"""Chunks of a text, and the terms they have beside those of their words."""

from __future__ import annotations

import pytest
from rapidfuzz.distance import DamerauLevenshtein

from indexer.text.analyzer import analyzer_for
from indexer.text.markers import FIRST_WORD, MARKERS
from indexer.text.scripts import in_jamo
from indexer.text.spellings import chunk_terms, chunks, named, split
from indexer.text.words import folded, plain_text, word_forms

OTHERS = {
    "e-mail": ["+email"],
    "an e\u2011mail, sent": ["+email"],
    "e - mail": [],
    "AT&T": ["#at&t"],
    "C++": ["#c++"],
    "C++11": ["#c++"],
    "C#, F#.": ["#c#", "#f#"],
    "split at '#' or '++', not ''#": [],
    "ASP.NET": ["+aspnet"],
    "on .NET": ["#.net"],
    "end.": [],
    "#moon (@user_name) $ACME $100": ["##moon", "#@user", "#@user_name", "+usernam", "#$acme"],
    "'$ACME' is '#1'": ["#$acme"],
    "1&1": ["#1&1"],
    "2.7.1": ["+2.7.1"],
    "v2.7.1": ["+2.7.1"],
    "17.4 and 1,000,000": [],
    "3-1/2": [],
    "2024-10-13": ["+20241013"],
    "CVE-2024-3094": ["+cve20243094", "+cve2024"],
    "U.S.": ["+us"],
    "to-do": ["+todo"],
    "i-t": ["!it"],
    "sendRawTransaction": ["+send", "+sendraw", "+raw", "+rawtransact", "+transact"],
    "iPhone": ["+phone"],
    "量子力学": ["量子", "子力", "力学"],
    "GPT量子": ["量子"],
    "ค่า": ["คา", "%ค่า"],
    "\U0001f355": ["#\U0001f355"],
    "x \U0001f1eb\U0001f1f7 y": ["#\U0001f1eb\U0001f1f7"],
    "one/two/three/four/five/six/seven": [],
}


@pytest.mark.parametrize(("text", "expected"), OTHERS.items(), ids=list(OTHERS))
def test_what_a_text_has_beside_its_words(text: str, expected: list[str]) -> None:
    english = analyzer_for("en")
    found = [term for chunk in chunks(*split(plain_text(text))) for term, _ in chunk_terms(chunk.written, english)]
    assert found == expected


def test_terms_stand_at_the_last_of_their_words() -> None:
    written = next(iter(chunks(*split("state-of-the-art")))).written
    assert chunk_terms(written, analyzer_for("en")) == [("+stateoftheart", 3)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The Who play", ["Who"]),
        ("they saw The Who. The end", ["The", "Who"]),
        ("WHO and IT", ["WHO", "IT"]),
        ("and so I went", []),
        ("vitamin A", ["A"]),
    ],
)
def test_what_is_written_like_a_name(text: str, expected: list[str]) -> None:
    words, between = split(text)
    assert [words[place] for place in named(words, between)] == expected


def test_no_word_begins_like_a_marker_and_all_markers_come_before_words() -> None:
    assert all(marker.encode() < FIRST_WORD for marker in MARKERS)
    assert not any(form[0] in MARKERS for form in word_forms("'tis +x !y #z %a 0 a é 量 १"))


FOLDED = {
    "Łódź": "lodz",
    "Ørsted": "orsted",
    "œuvre": "oeuvre",
    "Æ": "ae",
    "Straße": "strasse",
    "Diyarbakır": "diyarbakir",
    "İstanbul": "istanbul",
    "Đồng": "dong",
    "Þór": "thor",
    "año": "ano",
    "йод": "йод",
    "ёлка": "елка",
    "がっこう": "がっこう",
    "서울": "서울",
    "کتاب": "كتاب",
    "مكتبة": "مكتبه",
    "أحمد": "احمد",
    "كتـاب": "كتاب",
    "٢٠٢٤": "2024",
    "१२": "12",
}


@pytest.mark.parametrize(("written", "expected"), FOLDED.items(), ids=list(FOLDED))
def test_letters_are_folded(written: str, expected: str) -> None:
    assert folded(written) == expected
    assert folded(folded(written)) == folded(written)


@pytest.mark.parametrize("invisible", ["\u00ad", "\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u200e"])
def test_what_is_not_seen_does_not_cut_a_word(invisible: str) -> None:
    assert word_forms(f"Ver{invisible}kehr") == ["verkehr"]


KOREAN = {
    "서울에서": "서울",
    "서울의": "서울",
    "서울로": "서울",
    "서울": "서울",
    "부산으로": "부산",
    "학교에서는": "학교",
    "책을": "책",
    "책이": "책",
    "회의": "회의",
    "회의를": "회의",
    "고양이": "고양",
    "고양이를": "고양",
    "2024년에는": "2024년",
    "kbs에서": "kbs",
    "5g가": "5g",
    "10만": "10만",
    "5도": "5도",
    "2024에서": "2024",
}


@pytest.mark.parametrize(("written", "noun"), KOREAN.items(), ids=list(KOREAN))
def test_korean_words_lose_their_particles(written: str, noun: str) -> None:
    assert {analyzer_for(language).term(written) for language in ("ko", "en")} == {noun}


@pytest.mark.parametrize(
    ("language", "word", "expected"),
    [
        ("es", "años", ["%años"]),
        ("de", "müller", []),
        ("en", "đoković", ["+djokov", "%đoković", "+dokov"]),
        ("he", "הספר", ["+ספר"]),
        ("en", "moon", []),
        ("fr", "à", []),
    ],
)
def test_other_terms_of_a_word(language: str, word: str, expected: list[str]) -> None:
    assert analyzer_for(language).other_terms(word) == expected


@pytest.mark.parametrize(
    ("one", "other", "letters"),
    [("먹어", "머거", 1), ("대통령", "대퉁령", 1), ("갤럭시", "겔럭시", 1), ("한글", "하늘", 1), ("꽃이", "꼬치", 1)],
)
def test_korean_words_are_so_many_letters_apart(one: str, other: str, letters: int) -> None:
    assert DamerauLevenshtein.distance(in_jamo(one), in_jamo(other)) == letters
