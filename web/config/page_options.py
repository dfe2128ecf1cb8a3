"""The settings of the pages for readers: the table ``[pages]`` of readmore.toml."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import Any

from indexer.article.urls import is_followable
from indexer.base.errors import QueryError
from web.config.colours import DARK_GROUNDS, LEAST, LIGHT_GROUNDS, least_contrast, parse_colour
from web.config.options import Option, SettingValueError, switch, text

PAGES = "pages"
OWN, HERE = "own", "here"
OFF, COPIES, STORIES = "off", "copies", "stories"
FACETS = ("section", "site", "author", "tag", "year", "language")
MAX_FACETS = 12
_LANGUAGE = re.compile(r"[A-Za-z]{2}\Z")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}\Z")


def one_of(*values: str) -> Callable[[Any], str]:
    """Reads one of some words."""

    def read(value: Any) -> str:
        found = text(value).lower()
        if found not in values:
            raise SettingValueError(f"must be one of {', '.join(values)}")
        return found

    return read


def language(value: Any) -> str:
    """Reads the two letters of a language, or nothing."""
    found = text(value)
    if found and not _LANGUAGE.match(found):
        raise SettingValueError("must be two letters, such as fr")
    return found.lower()


def address(value: Any) -> str:
    """Reads the address of a site, or nothing."""
    found = text(value)
    if found and not (found.lower().startswith(("http://", "https://")) and is_followable(found)):
        raise SettingValueError("must be an address such as https://example.org")
    return found


def fields(value: Any) -> tuple[str, ...]:
    """Reads names of fields, as a list or with commas between them."""
    given = value.split(",") if isinstance(value, str) else value
    if not isinstance(given, (list, tuple)) or not all(isinstance(each, str) for each in given):
        raise SettingValueError("must be names of fields such as section and year")
    found = tuple(dict.fromkeys(each.strip() for each in given if each.strip()))
    for each in found:
        if not _NAME.match(each):
            raise SettingValueError(f"'{each[:40]}' is no name of a field")
    if len(found) > MAX_FACETS:
        raise SettingValueError(f"must be up to {MAX_FACETS} names")
    return found


def recency(value: Any) -> str:
    """Reads how much newer articles are preferred."""
    from search.ranking.recency import read_recency  # numpy and more, which no other setting needs

    found = text(value)
    try:
        read_recency(found)
    except QueryError as problem:
        raise SettingValueError(f"cannot be used: {problem}") from None
    return found


def colour(value: Any, grounds: tuple[str, ...]) -> str:
    """Reads a colour that text can be read in on the grounds, or nothing."""
    given = text(value)
    if not given:
        return ""
    found = parse_colour(given)
    if found is None:
        raise SettingValueError("must be a colour such as #a3271b")
    measured = least_contrast(found, grounds)
    if measured < LEAST:
        raise SettingValueError(
            f"cannot be read on the page: its contrast with {' and '.join(grounds)} is {measured:.1f}, and must be "
            f"{LEAST} at least"
        )
    return found


_light, _dark = partial(colour, grounds=LIGHT_GROUNDS), partial(colour, grounds=DARK_GROUNDS)


def _option(name: str, default: Any, read: Callable[[Any], Any], help: str) -> Option:
    return Option(name, default, read, help, table=PAGES)


PAGE_OPTIONS: tuple[Option, ...] = (
    _option("name", "", text, "What the site is called."),
    _option("logo", "", text, "A picture of it beside readmore.toml: SVG, PNG, JPEG, WebP or GIF."),
    _option("home", "", address, "The site's front page; addresses of articles that are paths are taken from there."),
    _option("language", "", language, "The language of the pages; that of the archive where none is set."),
    _option("links", OWN, one_of(OWN, HERE), "Whether links lead to an article's own address, or to its page here."),
    _option("accent", "", _light, "The colour of sections, on light ground."),
    _option("accent_dark", "", _dark, "The same on dark ground."),
    _option("link", "", _light, "The colour of links and buttons, on light ground."),
    _option("link_dark", "", _dark, "The same on dark ground."),
    _option("pictures", True, switch, "Whether articles are shown with their pictures, wherever these are."),
    _option("templates", "", text, "A folder of templates that stand before those of readmore."),
    _option("facets", FACETS, fields, "The fields by which results can be narrowed down."),
    _option("fold", COPIES, one_of(OFF, COPIES, STORIES), "What is put under the best hit of it."),
    _option("recency", OFF, recency, "How much newer articles are preferred."),
)
