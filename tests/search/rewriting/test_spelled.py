"""Words in one and apart: what is typed with other blanks, signs or capitals than articles have."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from indexer.archive import Archive
from indexer.article.article import Article
from readmore import open_engine
from search.engine import Engine

BLANKS = {
    "team": ("en", "18F: an open source team of designers"),
    "march": ("en", "Black lives matter march"),
    "year": ("en", "Me Too: a year after"),
    "so": ("en", "Make it so"),
    "again": ("en", "Make America great again"),
    "thrones": ("en", "Game of Thrones ends"),
    "planet": ("en", "How to save the planet now"),
    "data": ("en", "Data driven decisions for better government services"),
    "mehr": ("de", "Wir sind mehr"),
    "charlie": ("fr", "Je suis Charlie à Paris"),
    "slovo": ("ru", "Свобода слова важна"),
}
# what is typed, and the article that comes first
FIRST = {
    "#BlackLivesMatter": "march",
    "blacklivesmatter": "march",
    "black livesmatter": "march",
    "metoo": "year",
    "#MeToo": "year",
    "MakeAmericaGreatAgain": "again",
    "GameOfThrones": "thrones",
    "#WirSindMehr": "mehr",
    "jesuischarlie": "charlie",
    "СвободаСлова": "slovo",
    "opensource team": "team",
    "18F an opensource team of designers": "team",
    "18F an open sou rce team of designers": "team",
    "data drivende cisions for better government services": "data",
    "how%20to%20save%20the%20planet": "planet",
    "how+to+save%20the+planet": "planet",
    "%D1%81%D0%BB%D0%BE%D0%B2%D0%B0": "slovo",
}


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[dict[str, tuple[str, str]]], Engine]]:
    """Makes engines on archives of articles, given by id with their languages and titles."""
    opened: list[Engine] = []

    def of(titles: dict[str, tuple[str, str]]) -> Engine:
        path: Path = tmp_path_factory.mktemp("spelled") / "archive"
        with Archive.create(path) as writer:
            articles = [Article(id=name, title=title, language=code) for name, (code, title) in titles.items()]
            writer.add(articles, workers=1)
        opened.append(open_engine(path))
        return opened[-1]

    yield of
    for engine in opened:
        engine.close()


@pytest.fixture(scope="module")
def blanks(archive: Callable[[dict[str, tuple[str, str]]], Engine]) -> Engine:
    return archive(BLANKS)


@pytest.mark.parametrize("typed", FIRST)
def test_blanks_may_be_missing_or_one_too_many(blanks: Engine, typed: str) -> None:
    answer = blanks.search(typed)
    assert [hit.article.id for hit in answer.hits[:1]] == [FIRST[typed]]
    assert (answer.notes, answer.correction) == ((), None)


@pytest.mark.parametrize("typed", ["makeitnot", "gameagainst"])
def test_letters_that_no_article_has_next_to_each_other_find_nothing(blanks: Engine, typed: str) -> None:
    answer = blanks.search(typed)
    assert answer.total == 0
    assert answer.notes == (f"no article has '{typed}'",)
