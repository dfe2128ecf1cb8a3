"""Stop words in archives of several languages: one article in which they are words does not make them rare ones."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from indexer.archive import Archive
from indexer.article.article import Article
from readmore import open_engine
from search.engine import Engine

ENGLISH = {
    "law": ("The law of the land", "A law that stands."),
    "new-law": ("A new law on land", "It was passed on Monday."),
    "health": ("WHO warns of measles", "Vaccines are short in the towns."),
    "band": ("The Who announce a farewell tour", "They are a band."),
    "hamlet": ("To be or not to be: a new Hamlet", "A play."),
    "ships": ("Rust in ships", "How they rust."),
}
SPANISH = {"hub": ("Un día en la vida", "Así es la vida en the hub, dice la ingeniera, who know.")}
GERMAN = {
    "wahl": ("Die Wahl in der Stadt", "Der Rat wird neu gewählt."),
    "goethe": ("Wer Goethe war", "Er kam aus Frankfurt."),
    "not": ("Not und Elend", "Die Not war groß in der Stadt."),
    "regen": ("Regen am Abend", "Es war kalt."),
}


@contextmanager
def archive_of(path: Path, **articles: dict[str, tuple[str, str]]) -> Iterator[Engine]:
    """An archive with articles by their language."""
    with Archive.create(path) as archive:
        archive.add(
            [
                Article(id=name, title=title, body=body, language=code)
                for code, of_language in articles.items()
                for name, (title, body) in of_language.items()
            ],
            workers=1,
        )
    with open_engine(path) as engine:
        yield engine


def ids(engine: Engine, query: str) -> list[str]:
    return [hit.article.id for hit in engine.search(query).hits]


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with archive_of(tmp_path_factory.mktemp("stop-words") / "archive", en=ENGLISH, es=SPANISH) as engine:
        yield engine


@pytest.mark.parametrize("typed", ["the law", "The law", "+the law", "the law to be"])
def test_a_stop_word_of_the_archive_is_left_out_though_it_is_a_word_elsewhere(engine: Engine, typed: str) -> None:
    assert ids(engine, typed) == ids(engine, "law") == ["law", "new-law"]


def test_a_stop_word_alone_is_looked_for_in_titles_and_as_a_word(engine: Engine) -> None:
    assert set(ids(engine, "the")) == {"law", "band", "hub"}
    assert set(ids(engine, "who")) == set(ids(engine, "WHO")) == {"health", "band", "hub"}
    assert set(ids(engine, "title:the")) == {"law", "band"}


@pytest.mark.parametrize(
    ("typed", "first"),
    [("the who", "band"), ('"the who"', "band"), ('"to be or not to be"', "hamlet"), ("to be or not to be", "hamlet")],
)
def test_stop_words_that_are_all_that_is_typed_are_meant(engine: Engine, typed: str, first: str) -> None:
    assert ids(engine, typed)[0] == first


@pytest.mark.parametrize("typed", ["THE hub", "the hub", '"the hub"'])
def test_in_another_language_it_is_found_as_a_word(engine: Engine, typed: str) -> None:
    assert "hub" in ids(engine, typed)


def test_the_language_of_most_articles_counts_whatever_is_set(tmp_path: Path) -> None:
    with archive_of(tmp_path, de=GERMAN, en={"ships": ENGLISH["ships"]}) as engine:
        assert engine.index().languages() == ("de", "en")
        assert ids(engine, "Not") == ["not"]
        assert ids(engine, "Die Wahl") == ["wahl"]


def test_the_language_of_the_query_is_told_by_its_stop_words(tmp_path: Path) -> None:
    bilingual = {"die": ("The last to die", "They die in the storm, and others die.")}
    with archive_of(tmp_path, de=GERMAN, en=ENGLISH | bilingual) as engine:
        assert engine.index().languages() == ("en", "de")
        assert ids(engine, "die") == ["die"]
        assert ids(engine, "die Wahl in der Stadt") == ["wahl", "not"]


def test_an_article_with_the_stem_of_a_stop_word_is_not_counted(tmp_path: Path) -> None:
    turkish = {
        "who": ("Ali ve Ayşe", "Oyun oynadı."),
        "peace": ("Zafer ve barış", "Geldi."),
        "stem": ("Telgraf", "Bu vesîyle yazdı."),  # whose stem without its accent is "ve"
        "sea": ("Deniz", "Mavi."),
    }
    with archive_of(tmp_path, tr=turkish) as engine:
        answer = engine.search("ve")
        assert answer.total == len(answer.hits) == 2
