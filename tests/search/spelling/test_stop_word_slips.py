"""Slips in stop words, on both kinds of index."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from indexer.article.article import Article
from search.engine import Engine
from search.results import Correction
from tests.memory.kinds import KINDS, engine_over

ENGLISH = "They say what they do about their harbour, which is for all, and when it is there because of the form. "
TEXTS = {
    "en": ENGLISH * 3,
    "de": "Der Hafen ist nicht mehr der, der er war, und dieses Boot fährt auch nicht. " * 3,
    "es": "¿Para quién es el puerto? Nadie sabe para quién es, y quién lo paga. " * 3,
}
ARTICLES = [
    *[
        Article(id=f"{language}{n}", title=f"Number {n}", body=text, language=language)
        for language, text in TEXTS.items()
        for n in range(8)
    ],
    Article(id="want", title="Want in the city", body="A want of rain. The tier and the wish.", language="en"),
    Article(id="what", title="What a boat is", body="It floats.", language="en"),
    Article(id="form", title="Form validation", body="A form, the form, one more form. " * 5, language="en"),
    Article(id="author", title="A poem", body="Waves.", authors=("Ane Thierse",), language="en"),
]


@pytest.fixture(scope="module", params=KINDS)
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with engine_over(request.param, ARTICLES, tmp_path_factory.mktemp("stop_words")) as engine:
        yield engine


def correction(engine: Engine, query: str) -> Correction:
    found = engine.search(query).correction
    assert found is not None, query
    return found


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("waht boats", "what boats"),  # and not "want", which is another letter
        ("abuot boats", "about boats"),
        ("thier harbour", "their harbour"),
        ("wich harbour", "which harbour"),
        ("wehn boats", "when boats"),
        ("becuase of the harbour", "because of the harbour"),
        ("Nciht mehr im Hafen", "Nicht mehr im Hafen"),
        ("deises Boot", "dieses Boot"),
        ("puerto para qiuén", "puerto para quién"),
    ],
)
def test_it_is_read_as_the_stop_word(engine: Engine, typed: str, meant: str) -> None:
    found = correction(engine, typed)
    assert (found.query, found.is_shown) == (meant, True)
    same = engine.search(meant)
    assert [hit.article.id for hit in engine.search(typed).hits] == [hit.article.id for hit in same.hits]


def test_headlines_with_it_come_first(engine: Engine) -> None:
    result = engine.search("waht a boat is")
    assert result.hits[0].article.id == "what"


def test_with_other_slips_all_are_corrected(engine: Engine) -> None:
    found = correction(engine, "thier harbuor")
    assert found.query == "their harbour"
    assert {typed for typed, _ in found.words} == {"thier", "harbuor"}


def test_a_word_that_may_be_meant_as_well_is_kept(engine: Engine) -> None:
    assert correction(engine, "fomr validation").query == "form validation"  # "for" is as near, and more common


def test_alone_a_word_of_articles_is_meant(engine: Engine) -> None:
    assert correction(engine, "waht").query == "want"


def test_short_words_with_another_letter_are_names(engine: Engine) -> None:
    assert engine.search("wham boats").correction is None
    assert "no article has 'wham'" in engine.search("wham boats").notes


def test_quoted_words_and_words_with_operators_stay(engine: Engine) -> None:
    assert engine.search('"abuot" boats').correction is None
    found = engine.search("abuot AND boats").correction
    assert found is None or "about" not in found.query


def test_words_that_are_right_are_no_slips_of_stop_words(engine: Engine) -> None:
    for query in ("want boats", "form", "wish for boats", "Thierse", "tier"):
        assert engine.search(query).correction is None, query
