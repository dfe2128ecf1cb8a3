"""Compounds that no article has are found by the two words that they are of."""

from __future__ import annotations

import pytest

from indexer.article.article import Article
from search.engine import Engine
from tests.memory.archive import MemoryArchive

GERMAN = {
    "office": ("Drucker im Büro", "Ein Drucker druckt, und das Netzwerk trägt es hin."),
    "home": ("Drucker", "Ein Drucker daheim."),
    "net": ("Netzwerk", "Das Netzwerk ist schnell."),
    "gap": ("Eine Lücke", "Die Sicherheit leidet, wenn im Netz eine Lücke klafft."),
    "yard": ("Ein Hof", "Der Hof liegt still, die nahe Schule auch."),
    "rain": ("Regen am Abend", "In der Stadt fiel Regen."),
}
DUTCH = {"boat": ("De boot", "Een veiligheid die men op elke mooie boot zoekt: een vest.")}
FINNISH = {"wheel": ("Uusi moottori", "Tämä hyvä peli tarvitsee aina sen.")}


def engine_of(**articles: dict[str, tuple[str, str]]) -> Engine:
    return MemoryArchive(
        [
            Article(id=name, title=title, body=body, language=code)
            for code, of in articles.items()
            for name, (title, body) in of.items()
        ]
    ).engine()


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("Netzwerkdrucker", {"office"}),
        ("netzwerkdrucker", {"office"}),
        ("Sicherheitslücke", {"gap"}),  # an s joins them
        ("Schulhof", {"yard"}),  # an e is lost
        ("Veiligheidsvest", {"boat"}),
        ("pelimoottori", {"wheel"}),
    ],
)
def test_a_compound_is_found_by_its_words(typed: str, found: set[str]) -> None:
    answer = engine_of(de=GERMAN, nl=DUTCH, fi=FINNISH).search(typed)
    assert {hit.article.id for hit in answer.hits} == found
    assert answer.total == len(found)
    assert answer.notes == ()


@pytest.mark.parametrize("typed", ["Netzwerkregen", "Netzwerkxyqvw", "Hofhof", "Büronetzwerkdrucker"])
def test_where_no_article_has_both_nothing_is_found(typed: str) -> None:
    answer = engine_of(de=GERMAN).search(typed)
    assert answer.total == 0
    assert answer.notes == (f"no article has '{typed.lower()}'",)


def test_a_compound_that_an_article_has_is_that_alone() -> None:
    articles = GERMAN | {"own": ("Netzwerkdrucker", "Neu.")}
    assert [hit.article.id for hit in engine_of(de=articles).search("Netzwerkdrucker").hits] == ["own"]


def test_languages_that_write_words_apart_have_none() -> None:
    english = {"office": ("A printer in the office", "The printer prints, and a network carries it there.")}
    assert engine_of(en=english).search("networkprinter").total == 0
