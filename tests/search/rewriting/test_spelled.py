"""Words in one and apart: what is typed with other blanks, signs or capitals than articles have."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from indexer.archive import Archive
from indexer.article.article import Article
from readmore import open_engine
from search.engine import Engine
from search.query.parser import parse

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

ACRONYMS = {
    "usa": ("en", "USA wins"),
    "nato": ("en", "NATO meets"),
    "jfk": ("en", "JFK files"),
    "memorial": ("en", "Rock J. F. K. memorial"),
    "economy": ("en", "US economy"),
    "ibm": ("en", "IBM earnings"),
    "comb": ("en", "Combined C.O.M.B. inc"),
    "otan": ("es", "La OTAN se reúne"),
    "ssha": ("ru", "В США"),
    "stars": ("en", "Songs by will.i.am."),
    "dream": ("en", "I have a dream"),
    "will": ("en", "I am Will"),
}
FIRST_OF_ACRONYMS = {
    "U.S.A.": "usa",
    "u.s.a": "usa",
    "U. S. A.": "usa",
    "N.A.T.O.": "nato",
    "the N.A.T.O. meets again in the city": "nato",
    "j f k": "memorial",
    "I.B.M.": "ibm",
    "I.B.M. earnings": "ibm",
    "U.S.": "economy",
    "O.T.A.N.": "otan",
    "С.Ш.А.": "ssha",
    "Will.I.Am": "stars",
}
FIGURES = {
    "levels": ("en", "PM2.5 levels rise"),
    "plan": ("en", "Section 2.5 of the pm's plan"),
    "water": ("en", "3.5 metres of water"),
    "rivers": ("en", "5m of 3 rivers"),
    "snow": ("en", "7.5 kg of snow"),
    "tall": ("en", "9.5m tall"),
    "routers": ("en", "Wi-Fi 6 routers"),
    "train": ("en", "Train at 9 p.m."),
    "meeting": ("en", "Meeting 10am sharp"),
    "neo": ("en", "A320neo lands"),
    "jump": ("en", "F-35B jump"),
    "phone": ("en", "iPhone 15 Pro Max"),
}
FIRST_OF_FIGURES = {
    "pm 2.5": "levels",
    "3.5m": "water",
    "7.5kg": "snow",
    "9.5 m": "tall",
    "wifi6": "routers",
    "9pm": "train",
    "9 pm": "train",
    "10 a.m.": "meeting",
    "a320": "neo",
    "f35": "jump",
    "iphone15pro": "phone",
}
NUMBERS = {
    "call": ("en", "Ring +49 30 901820, (0800) 123-4567 or 030/1234567."),
    "paid": ("en", "In 49 towns 30 people paid 0800 or 901820"),
    "fax": ("fr", "Tél. 01 23 45 67 89, 212-555-0199, +1 (212) 555-0143"),
    "in-one": ("en", "Ring +493012345678 or 08005551234 now."),
}
FIRST_OF_NUMBERS = {
    "+4930901820": "call",
    "+49 30 901820": "call",
    "08001234567": "call",
    "0800 1234567": "call",
    "0301234567": "call",
    "0123456789": "fax",
    "212 5550199": "fax",
    "+12125550143": "fax",
    "+49 30 12345678": "in-one",
    "0800/555-1234": "in-one",
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


@pytest.fixture(scope="module")
def acronyms(archive: Callable[[dict[str, tuple[str, str]]], Engine]) -> Engine:
    return archive(ACRONYMS)


@pytest.fixture(scope="module")
def figures(archive: Callable[[dict[str, tuple[str, str]]], Engine]) -> Engine:
    return archive(FIGURES)


@pytest.fixture(scope="module")
def numbers(archive: Callable[[dict[str, tuple[str, str]]], Engine]) -> Engine:
    return archive(NUMBERS)


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


@pytest.mark.parametrize("typed", FIRST_OF_ACRONYMS)
def test_an_acronym_is_found_with_points_and_without(acronyms: Engine, typed: str) -> None:
    assert [hit.article.id for hit in acronyms.search(typed).hits[:1]] == [FIRST_OF_ACRONYMS[typed]]


def test_the_letters_of_an_acronym_are_looked_for_in_one_and_in_a_row(acronyms: Engine) -> None:
    assert {hit.article.id for hit in acronyms.search("J.F.K.").hits} == {"jfk", "memorial"}
    assert {hit.article.id for hit in acronyms.search("I.B.M.").hits} == {"ibm"}


@pytest.mark.parametrize("typed", FIRST_OF_FIGURES)
def test_figures_are_found_whatever_stands_between_them_and_letters(figures: Engine, typed: str) -> None:
    answer = figures.search(typed)
    assert [hit.article.id for hit in answer.hits[:1]] == [FIRST_OF_FIGURES[typed]]
    assert answer.notes == ()


@pytest.mark.parametrize("typed", FIRST_OF_NUMBERS)
def test_a_telephone_number_is_found_however_its_figures_are_grouped(numbers: Engine, typed: str) -> None:
    answer = numbers.search(typed)
    assert [hit.article.id for hit in answer.hits[:1]] == [FIRST_OF_NUMBERS[typed]]
    assert answer.notes == ()


@pytest.mark.parametrize(("typed", "is_plain"), [("+2024 ring", False), ("+49 30 901820", True), ("+4930901820", True)])
def test_a_plus_before_a_year_is_an_operator_and_none_before_a_telephone_number(typed: str, is_plain: bool) -> None:
    assert parse(typed).is_plain == is_plain
