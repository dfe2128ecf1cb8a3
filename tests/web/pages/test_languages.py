"""The catalogues: every language has every text, with the same places for what is filled in."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po

import web
from web.http import errors
from web.pages.languages import CATALOGUES, LANGUAGES, CatalogueError, Localised

TEMPLATES = Path(web.__file__).parent / "templates"
_PLACE = re.compile(r"%\((\w+)\)s")


def texts() -> set[str]:
    """All that the pages say, in English."""
    found = set(errors._HEADINGS.values()) | {"The archive is not available", "That request cannot be answered"}
    found.add("Search %(site)s")
    for path in TEMPLATES.glob("*.html"):
        with path.open("rb") as file:
            for _, message, *_ in extract("jinja2.ext:babel_extract", file, {"_": None, "ngettext": (1, 2)}):
                found.add(message if isinstance(message, str) else message[0])
    return found


def catalogue(language: str) -> Catalog:
    with (CATALOGUES / f"{language}.po").open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


def test_there_are_those_of_blocks_and_widgets() -> None:
    assert LANGUAGES == ("en", "ar", "de", "es", "fr", "it", "ja", "nl", "pt")
    assert len(texts()) > 50


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_every_text_is_translated_and_none_is_left_over(language: str) -> None:
    there = {message.id if isinstance(message.id, str) else message.id[0]: message for message in catalogue(language)}
    there.pop("")

    assert texts() == set(there)
    for english, message in there.items():
        for text in [message.string] if isinstance(message.string, str) else message.string:
            assert text.strip() == text != ""
            assert set(_PLACE.findall(text)) == set(_PLACE.findall(english)), (language, english)


@pytest.mark.parametrize(
    ("name", "shown"),
    [("2024", "2024"), ("2024-05", "mai 2024"), ("2024-05-03", "3 mai 2024"), ("", ""), ("2024-13", "2024-13")],
)
def test_periods_are_named_as_people_do(name: str, shown: str) -> None:
    assert Localised("fr").period(name) == shown


def test_languages_and_numbers_are_named_as_people_do() -> None:
    assert (Localised("de").name_of_language("fr"), Localised("de").name_of_language("xx")) == ("Französisch", "xx")
    assert Localised("de").number(12345) == "12.345"


@pytest.mark.parametrize("content", [b"no catalogue\xff", b"msgid 1\n", b"x" * 1_100_000])
def test_a_catalogue_that_cannot_be_read_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "fi.po").write_bytes(content)
    with pytest.raises(CatalogueError, match=r"fi\.po: "):
        Localised("fi", tmp_path)
