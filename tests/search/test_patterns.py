"""Prefixes, patterns, fuzzy words and ranges of words stand for words as articles write them, however these are spread
over segments and whatever was deleted."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from indexer.archive import Archive
from indexer.article.article import Article
from indexer.commit import merge_policy
from indexer.segment.form_table import StoredForms
from readmore import open_engine
from search.engine import Engine
from search.results import to_html
from tests.articles import random_article

TITLES = {
    "landing": "The landing was late",
    "landings": "Two landings",
    "land": "They land on land",
    "studies": "Studies of rain",
    "galaxies": "Galaxies collide",
    "happy": "A happy crew",
    "women": "Women in orbit",
    "woman": "A woman in orbit",
    "ecole": "Les \u00e9coles ferment",
}
FOUND = {
    "landi*": {"landing", "landings"},
    "landin* -landings*": set(),  # "landings" finds what "landing" does, if typed to its end
    "studie*": {"studies"},
    "galaxies*": {"galaxies"},
    "happ*": {"happy"},
    "happi*": {"happy"},  # by its stem
    "l*nding": {"landing"},
    "land?ng*": {"landing", "landings"},
    "*ings": {"landings"},
    "wom?n": {"women", "woman"},
    "galaxyes~1": {"galaxies"},
    "galaxeis~2": {"galaxies"},
    "studis~": {"studies"},
    "[landing TO landings]": {"landing", "landings"},
    "{landing TO landings]": {"landings"},
    "[studies TO study}": {"studies"},
    "[studiesa TO study}": set(),
    "title:landi*": {"landing", "landings"},
    "body:landi*": set(),
    "rain -studie*": {name for name in TITLES if name != "studies"},
    "ecole*": {"ecole"},
    "\u00c9cole*": {"ecole"},
    "th*": set(),  # stop words are none
}


def found(engine: Engine, typed: str) -> set[str]:
    return {hit.article.id for hit in engine.search(typed, limit=100, typos=False).hits}


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    folder = tmp_path_factory.mktemp("patterns") / "archive"
    articles = [Article(id=name, title=title, body="Rain.") for name, title in TITLES.items()]
    with Archive.create(folder) as archive:
        archive.add(articles[::2], workers=1)
        archive.add(articles[1::2], workers=1)
        return open_engine(folder)


@pytest.mark.parametrize("typed", FOUND)
def test_what_stands_for_words_finds_the_articles_that_write_one(engine: Engine, typed: str) -> None:
    assert found(engine, typed) == FOUND[typed]


@pytest.mark.parametrize(
    ("typed", "name", "marked"),
    [
        ("landi*", "landings", "Two <mark>landings</mark>"),
        ("l*nding", "landing", "The <mark>landing</mark> was late"),
        ("galaxyes~1", "galaxies", "<mark>Galaxies</mark> collide"),
        ("[landing TO landings]", "landings", "Two <mark>landings</mark>"),
        ("\u00e9col*", "ecole", "Les <mark>\u00e9coles</mark> ferment"),
    ],
)
def test_the_words_that_fit_are_marked_and_the_hit_explained(
    engine: Engine, typed: str, name: str, marked: str
) -> None:
    assert {hit.article.id: to_html(hit.title) for hit in engine.search(typed).hits}[name] == marked
    explanation = engine.explain(typed, name)
    assert explanation is not None
    assert explanation.sentence.startswith("It has '")


PATTERNS = [
    *"landi* lan* orbit* orbi?s l?nd*s *ings *ed *s *ch* craters~1 comits~2 strs~1".split(),
    "[landers TO launched]",
    "[orbits TO ring}",
]


def all_found(archive: Archive) -> list[set[str]]:
    with open_engine(archive.folder.path) as engine:
        return [found(engine, field + pattern) for pattern in PATTERNS for field in ("", "title:", "body:")]


def fresh(folder: Path, articles: Sequence[Article]) -> list[set[str]]:
    with Archive.create(folder) as archive:
        archive.add(articles, workers=1)
        return all_found(archive)


@pytest.mark.parametrize("seed", range(3))
def test_segments_deletions_and_merges_change_nothing_of_what_is_found(tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    articles = {f"a{n}": random_article(rng, f"a{n}") for n in range(60)}
    with Archive.create(tmp_path / "archive") as archive:
        for first in range(0, 60, 15):
            archive.add(list(articles.values())[first : first + 15], workers=1)
        for name in rng.sample(list(articles), 15):
            articles[name] = random_article(rng, name)
            archive.add([articles[name]], workers=1)
        gone = rng.sample(list(articles), 25)
        archive.remove(gone)
        expected = fresh(tmp_path / "fresh", [article for name, article in articles.items() if name not in gone])
        assert any(expected)
        assert all_found(archive) == expected
        manifest = archive.manifest()
        with archive.maintaining():
            merge_policy.merge(archive.index, manifest, manifest.segments, archive.writing)
        assert len(archive.manifest().segments) == 1
        assert all_found(archive) == expected


def test_words_of_removed_articles_stand_for_nothing(tmp_path: Path) -> None:
    with Archive.create(tmp_path / "archive") as archive:
        archive.add([Article(id="gone", title="Landings"), Article(id="left", title="They land")], workers=1)
        archive.remove(["gone"])
        with open_engine(tmp_path / "archive") as engine:
            assert found(engine, "l?ndings") == found(engine, "landi*") == set()


def test_words_of_articles_that_are_not_public_yet_stand_for_nothing(tmp_path: Path) -> None:
    with Archive.create(tmp_path / "archive") as archive:
        later = Article(id="later", title="Landings", date=datetime(2900, 1, 1, tzinfo=UTC))
        archive.add([later, Article(id="left", title="They land")], workers=1)
        with open_engine(tmp_path / "archive") as engine:
            assert found(engine, "landi*") == set()


def test_segments_of_an_older_version_are_compared_by_their_stems(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Archive.create(tmp_path / "archive") as archive:
        archive.add([Article(id="old", title="A landing"), Article(id="other", title="We land")], workers=1)
        assert "outdated_words" not in archive.status()
        monkeypatch.setattr(StoredForms, "tells_words", False)
        assert archive.status()["outdated_words"]
        with open_engine(tmp_path / "archive") as engine:
            assert found(engine, "landi*") == set()
            assert found(engine, "lan*") == {"old", "other"}
