"""The phrases of the related block in the language of its article."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import fields

import pytest

from indexer.article.article import Article
from recommender.presentation.wording import ENGLISH, Wording, wording
from recommender.related import Recommender
from recommender.request.seeds import ArticleSeed
from tests.recommender.archives import several


@pytest.mark.parametrize("language", ["de", "fr", "es", "it", "pt", "nl"])
def test_every_phrase_is_there_and_names_what_the_english_one_names(language: str) -> None:
    words = wording(language)
    assert words is not ENGLISH
    for field in fields(Wording):
        assert getattr(words, field.name).count("{}") == getattr(ENGLISH, field.name).count("{}"), field.name
        assert getattr(words, field.name) != getattr(ENGLISH, field.name), field.name
    assert words.about.format(words.list_of(["Luna 25", "Mars"])).count("Luna 25") == 1


def test_a_variant_has_the_words_of_its_language_and_an_unknown_language_english_ones() -> None:
    assert wording("de-AT") is wording("de")
    assert wording("PT-br") is wording("pt")
    assert wording("fi") is ENGLISH
    assert wording("") is ENGLISH
    assert ENGLISH.list_of(["Mars"]) == "Mars"


def test_a_german_article_gets_german_reasons(recommender_of: Callable[[Iterable[Article]], Recommender]) -> None:
    bodies = ["Der Gletscher kalbt, sagt Anna Berg am Ufer.", "Am Ufer misst Anna Berg den Gletscher neu und tief."]
    german = [Article(id=f"g{n}", title="Gletscher", body=b * 3, language="de") for n, b in enumerate(bodies)]
    answer = recommender_of([*several(), *german]).related(ArticleSeed("g0"))
    assert [item.article.id for item in answer.related] == ["g1"]
    assert answer.related[0].reason.startswith(("auch über", "Teil dieser", "zu einem"))
    assert recommender_of([*several(), german[0]]).related(ArticleSeed("g0")).related[0].reason == "das Neueste"
