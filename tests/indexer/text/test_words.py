"""Text is put into one form of Unicode whatever stands beside what."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from indexer.text import words
from indexer.text.words import APOSTROPHES, HYPHENS, INVISIBLE, normalize, plain_text

SIGNS = "“”—…\u00a0\u0301\u0338\u05b8שלäé日한①ﬁ\ud800\udc00 \"'e=<-a"
ODD = st.sampled_from([*APOSTROPHES, *HYPHENS, *INVISIBLE, *SIGNS])


@settings(deadline=None, max_examples=300)
@given(st.lists(st.one_of(ODD, st.characters(), st.text(max_size=3)), max_size=25).map("".join))
@example("cafe\u0301")
@example("e\u200b\u0301")
@example('צה"ל')
@example("\u201d\u2014\u200b\u201c")
@example("x" + "\u0301" * 40)
@example("日本語" * 20)
def test_a_text_is_made_plain_run_by_run_as_it_is_as_a_whole(text: str) -> None:
    assert plain_text(text) == words._BETWEEN_WORDS.sub(" ", normalize(text))


def test_of_english_text_nothing_but_ascii_is_left() -> None:
    assert plain_text("“It’s” — an e\u2011mail… co\u00adop\u00a0ﬁne") == " It's    an e-mail... coop fine"


@pytest.mark.parametrize("mark", ["\u0301", "\u0327", "\u0338"])
def test_a_mark_becomes_one_with_the_letter_before_it(mark: str) -> None:
    assert plain_text(f"c{mark} =") == unicodedata.normalize("NFKC", f"c{mark}") + " ="
