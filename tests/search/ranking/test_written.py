"""Words as they are written come before other languages' words of the same stem."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from indexer.archive import Archive
from indexer.article.article import Article
from readmore import open_engine
from search.engine import Engine

PROBE = ("en", "Luna-25 crashes on the Moon", "The Luna-25 lander crashed.")
LUNE = ("fr", "La Lune", "La Lune brille ce soir.")
LLENA = ("es", "La luna llena", "La luna llena en Granada.")
OTHERS = {
    "rover": ("en", "A rover on Mars", "It drove far."),
    "rain": ("en", "Rain in Spain", "Mainly in the plain."),
    "pain": ("fr", "Le pain", "Le pain est bon."),
}


@contextmanager
def archive_of(path: Path, **articles: tuple[str, str, str]) -> Iterator[Engine]:
    with Archive.create(path) as archive:
        archive.add(
            [
                Article(id=name, title=title, body=body, language="" if language == "en" else language)
                for name, (language, title, body) in (articles | OTHERS).items()
            ],
            workers=1,
        )
    with open_engine(path) as engine:
        yield engine


def ids(engine: Engine, query: str, limit: int = 10) -> list[str]:
    return [hit.article.id for hit in engine.search(query, limit=limit).hits]


@pytest.mark.parametrize("typed", ["luna", "Luna", "title:luna", "+luna"])
def test_a_word_as_it_is_written_comes_before_the_stem_of_another_language(tmp_path: Path, typed: str) -> None:
    with archive_of(tmp_path, probe=PROBE, lune=LUNE) as engine:
        assert ids(engine, typed) == ["probe", "lune"]
        assert ids(engine, "lune")[0] == "lune"
        assert ids(engine, "La Lune")[0] == "lune"


def test_two_languages_with_the_same_stem_are_told_apart(tmp_path: Path) -> None:
    with archive_of(tmp_path, probe=PROBE, lune=LUNE, llena=LLENA) as engine:
        assert ids(engine, "luna")[-1] == "lune"
        assert ids(engine, "lune") == ["lune", "llena"]
        assert set(ids(engine, "lunes")) == {"lune", "llena"}  # which none writes so


def test_a_word_that_another_language_only_quotes_is_not_one_of_it(tmp_path: Path) -> None:
    french = {f"lune-{n}": ("fr", f"La lune de nuit {n}", "La lune, la lune et la lune.") for n in range(25)}
    quoting = ("fr", "Les sondes", "La sonde Luna est perdue.")
    with archive_of(tmp_path, probe=PROBE, quoting=quoting, **french) as engine:
        assert ids(engine, "luna")[0] == "probe"


def test_pages_fit_together_and_the_explanation_says_what_was_taken_off(tmp_path: Path) -> None:
    with archive_of(tmp_path, probe=PROBE, lune=LUNE, llena=LLENA) as engine:
        pages = [engine.search("luna", limit=1, offset=place).hits[0].article.id for place in range(3)]
        assert pages == ids(engine, "luna")
        explanation = engine.explain("luna", "lune")
        assert explanation is not None
        added = {part.what.partition(":")[0]: part.value for part in explanation.parts}
        assert added["written"] < 0
        assert sum(added.values()) == pytest.approx(explanation.value)


def test_one_stop_word_says_which_language_is_meant(tmp_path: Path) -> None:
    hotels = {
        "en": ("en", "Hotel opens", "The hotel opened, with a garden."),
        "de": ("de", "Hotel offen", "Das Hotel ist nun offen, mit Garten."),
        "es": ("es", "Hotel abierto", "El hotel ya está abierto, con jardín."),
        "film": ("en", "El Dorado returns", "El Dorado is a film."),
    }
    with archive_of(tmp_path, **hotels) as engine:
        assert ids(engine, "das Hotel")[0] == "de"
        assert ids(engine, "hotel das")[0] == "de"
        assert ids(engine, "el dorado")[0] == "film"  # English writes it, too
        assert set(ids(engine, "das hotel")) == set(ids(engine, "hotel")) == {"en", "de", "es"}


SENTENCES = {
    "en": "The {} in the city was opened by the mayor, with music and the people of the town.",
    "de": "Das {} in der Stadt ist nun offen und die Leute sind mit dem Essen sehr zufrieden, sagt das Amt.",
    "fr": "Le {} de la ville est ouvert et les gens sont contents des repas, dit la mairie.",
    "es": "El {} de la ciudad ya está abierto y la gente que lo vio está contenta con los platos.",
    "nl": "Het {} van de stad is nu open en de mensen zijn er blij mee, zegt het bestuur.",
}
QUOTING = "Das Kapital, Le Mans, El Paso, Los Angeles, Het Volk and Les Miserables are names."


@pytest.mark.parametrize("quoted", [False, True])
def test_the_language_that_a_stop_word_says_comes_first_though_its_articles_are_longer(
    tmp_path: Path, quoted: bool
) -> None:
    words = ("hotel", "restaurant", "museum", "festival")
    named: dict[str, tuple[str, str, str]] = {}
    for word in words:
        for language, sentence in SENTENCES.items():
            body = sentence.format(word)
            if language == "en":
                named[f"en-{word}"] = ("en", f"{word.title()} opens", f"{body} The {word}, that is, is a {word}.")
            else:
                named[f"{language}-{word}"] = (language, f"{sentence[:3]} {word} 2024 / 17 / 4", body)
    named |= {f"other-{n}": ("en", f"Rain {n}", "The rain was heavy in the city.") for n in range(30)}
    if quoted:
        named["quoting"] = ("en", "Names", QUOTING)
    with archive_of(tmp_path, **named) as engine:
        told = {"das": "de", "der": "de", "le": "fr", "les": "fr", "el": "es", "los": "es", "het": "nl"}
        for stop, language in told.items():
            for word in words:
                assert ids(engine, f"{stop} {word}")[0] == f"{language}-{word}", stop
        if quoted:
            for query in ("das kapital", "los angeles", "el paso", "le mans", "les miserables"):
                assert ids(engine, query)[0] == "quoting"


@pytest.mark.parametrize("typed", ["l'ordinateur", "l’ordinateur"])
def test_a_word_is_written_as_it_is_behind_an_article_with_an_apostrophe(tmp_path: Path, typed: str) -> None:
    order = ("it", "Un ordine, un altro ordine", "Ordine nuovo.")  # the stem of "ordinateur"
    game = ("fr", "Un jeu", "Le jeu se joue contre un ordinateur qui ne dort jamais, le soir venu.")
    with archive_of(tmp_path, order=order, game=game) as engine:
        assert ids(engine, typed)[:2] == ["game", "order"]


def test_a_headline_with_such_an_article_finds_its_own(tmp_path: Path) -> None:
    quoted = ("en", "What d'une distribution means", "They say d'une, d'une distribution, and rôle d'une.")
    own = ("fr", "Rôle d'une distribution", "Tout dépend de cela, et de bien d'autres choses encore.")
    with archive_of(tmp_path, quoted=quoted, own=own) as engine:
        assert ids(engine, "Rôle d'une distribution")[0] == "own"


@pytest.mark.parametrize("title", ["Programación de tareas con cron", "Les événements système de la ville"])
def test_a_whole_headline_is_found_whatever_language_its_article_is_said_to_be_in(tmp_path: Path, title: str) -> None:
    said = ("en", title, "This page is not translated yet, and says so in English.")
    spanish = (
        "es",
        "Tareas",
        f"{title}. La programación de tareas, y cron, y las tareas con cron. Se programa con cron.",
    )
    french = ("fr", "Système", f"{title}. Le système de la ville et les événements du système. C'est la ville.")
    with archive_of(tmp_path, said=said, spanish=spanish, french=french) as engine:
        assert ids(engine, title)[0] == "said"
