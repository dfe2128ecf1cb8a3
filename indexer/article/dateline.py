"""The line that says where a story was filed, by which agency and when: ``Brussels, Belgium (AFP) Mar 18, 2024``."""

from __future__ import annotations

import re
from datetime import datetime
from functools import lru_cache

from indexer.article.article import Dateline
from indexer.article.dates import MONTHS, parse_date
from indexer.base.errors import ArticleError

_MONTH = "(?:" + "|".join(sorted(MONTHS, key=len, reverse=True)) + ")"
_LETTER = r"[^\W\d_]"
_DATE = re.compile(
    rf"(?<!{_LETTER})(?:"
    rf"{_MONTH}\.?,?\s*\d{{1,2}}(?!\d)(?:st|nd|rd|th)?(?P<us_year>,?\s+\d{{4}}\b)?"  # Feb 26, March 18th, 2024
    rf"|(?:(?:le|el|den|am)\s+)?\d{{1,2}}\.?\s+(?:de\s+)?{_MONTH}(?!{_LETTER})\.?(?P<year>,?\s+(?:de\s+)?\d{{4}}\b)?"
    rf")",
    re.IGNORECASE,
)
# What telex operators made of it: ", Narch 2 -", ", Apri l7 -", ", March 119 -", ", April -".
_DAMAGED_DATE = re.compile(
    rf",\s*(?:[A-Za-z]{{3,9}}\.?,?\s*[\dlO]\s?[\dO]{{0,2}}|{_MONTH}\.?)[\s,]*(?:-+\s*)?\Z", re.IGNORECASE
)
# "SALVADOR, Feb 26 -", nearly all that a wire archive has, and ten times as fast as the search for any date.
_USUAL = re.compile(rf"({_LETTER}[^\d()*–—_-]*), ([A-Za-z]{{3,9}}) \d\d? ?-\Z")
_AGENCY = re.compile(r"\(([^()\d]{2,40})\)")
_AGENCY_AFTER_DATE = re.compile(r"\s*,\s*([A-Z][A-Za-z]+)\s*(?:[-–—_]|\Z)")
_END_OF_PLACE = re.compile(r"\s-|-\s|--|-\Z|[–—_]")
_JUNK_BEFORE = re.compile(r"[\W\d_]+")
_LONGEST = 300  # characters; what follows is the story
_LONGEST_PLACE = 80
_PARTICLES = frozenset(
    [
        "and",
        "da",
        "das",
        "de",
        "del",
        "der",
        "des",
        "di",
        "do",
        "dos",
        "du",
        "el",
        "en",
        "la",
        "las",
        "le",
        "les",
        "los",
        "of",
        "on",
        "sur",
        "the",
        "upon",
        "y",
    ]
)
_WEEKDAYS = frozenset(["mon", "tue", "tues", "wed", "thu", "thur", "thurs", "fri", "sat", "sun"])


def parse_dateline(text: str) -> tuple[Dateline, datetime | None]:
    """Place and agency of the dateline `text`, and its date where it has day, month and year.

    Understands what wire services write: ``SALVADOR, Feb 26 -``, ``WASHINGTON (Reuters) -``,
    ``Beijing (AFP) Mar 18, 2024``, ``PARIS, 3 mars (AFP) -``. The place stays as written, with the region that
    follows it. What is not found is empty; text that is no dateline gives an empty `Dateline` and no date.
    """
    return _parsed(text[:_LONGEST])


@lru_cache(maxsize=8192)  # a news archive has a few thousand datelines, and uses them over and over
def _parsed(text: str) -> tuple[Dateline, datetime | None]:
    text = " ".join(text.split())
    usual = _USUAL.match(text)
    if usual and usual[2].lower() in MONTHS:
        return Dateline(_place_name(usual[1], dated=True)), None
    start = _JUNK_BEFORE.match(text)
    if start and not text.startswith("("):
        text = text[start.end() :]
    agency = _AGENCY.search(text)
    if agency and not any(c.isdigit() for c in agency[1]):  # superscripts, which are no \d
        before, after = text[: agency.start()], text[agency.end() :]
        when = _DATE.search(before) or _DATE.match(after.lstrip(" ,-"))
        return Dateline(_place(before), agency[1].strip()), _full_date(when)
    when = _DATE.search(text)
    if when is None:
        return Dateline(_place(text)), None
    filed_by = _AGENCY_AFTER_DATE.match(text, when.end())
    return Dateline(_place(text), filed_by[1] if filed_by else ""), _full_date(when)


def _full_date(found: re.Match[str] | None) -> datetime | None:
    if found is None or not (found["us_year"] or found["year"]):
        return None
    try:
        return parse_date(re.sub(r"^(?:le|el|den|am)\s+", "", found[0], flags=re.IGNORECASE))
    except ArticleError:
        return None


def _place(text: str) -> str:
    """The place that `text` begins with; empty if what stands there does not look like one."""
    found = _DATE.search(text) or _DAMAGED_DATE.search(text)
    dated = found is not None
    if found:
        text = text[: found.start()]
    end = _END_OF_PLACE.search(text)
    if end:
        text = text[: end.start()]
    return _place_name(text.strip(" ,;:-"), dated)


def _place_name(text: str, dated: bool) -> str:
    """`text` if it can be the name of a place. Beside a date any words will do ("omaha, april 7"); without one
    they must be written as names are."""
    words = text.split()
    if not words or len(text) > _LONGEST_PLACE or any(c.isdigit() for c in text):
        return ""
    if words[-1] in _PARTICLES or words[-1].lower() in _WEEKDAYS or text.lower() in MONTHS:
        return ""
    return text if dated or all(w[0].isupper() or w.lower() in _PARTICLES for w in words) else ""
