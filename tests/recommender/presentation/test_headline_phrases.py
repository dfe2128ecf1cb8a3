"""Phrases of headlines: how they are said, and which are only the beginning of something."""

from __future__ import annotations

import pytest

from indexer.article.article import Article
from recommender.presentation.headline_phrases import as_written, phrases_of
from recommender.presentation.subjects import Subject


def written(headline: str, body: str, words: str) -> str:
    phrase = next(one for one in phrases_of(headline, "en") if " ".join(one.words) == words)
    return as_written(phrase, Article(id="one", title=headline, body=body))


def test_a_phrase_is_said_as_the_text_writes_it() -> None:
    assert (
        written("BOUNDARY LAYER FLOW", "Of the boundary layer little is known.", "BOUNDARY LAYER") == "boundary layer"
    )


def test_of_a_phrase_with_a_name_in_it_the_name_is_said() -> None:
    headline = "Minister Ilsa Varn says harbours stay open"
    assert written(headline, "Minister Ilsa Varn says harbours stay open.", "Ilsa Varn says") == "Ilsa Varn"


@pytest.mark.parametrize(("text", "part"), [("radical Norwegian", True), ("boundary layer", False)])
def test_what_ends_with_where_it_is_from_goes_on(text: str, part: bool) -> None:
    assert Subject(text, tuple(text.split()), is_phrase=True).is_part is part
    assert not Subject(text, tuple(text.split())).is_part
