"""Datelines: place and agency as wire services write them, and nothing where there is no dateline."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from indexer.article.article import Dateline
from indexer.article.dateline import parse_dateline

MARCH_18 = datetime(2024, 3, 18, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "place", "agency", "date"),
    [
        ("SALVADOR, Feb 26 -", "SALVADOR", "", None),
        ("BEVERLY HILLS, Calif., June 18 -", "BEVERLY HILLS, Calif.", "", None),
        ("RICHMOND, Va. Feb 26 -", "RICHMOND, Va.", "", None),
        ("WILMINGTON, Del., March 2 -", "WILMINGTON, Del.", "", None),
        ("omaha, april 7 -", "omaha", "", None),
        ("JOHANNESBURG March 13 -", "JOHANNESBURG", "", None),
        ("AMSTERDAM, 2 March -", "AMSTERDAM", "", None),
        ("****WASHINGTON, March 18 -", "WASHINGTON", "", None),
        ("NEW YORK, Narch 2 -", "NEW YORK", "", None),
        ("TAFT, Calif., Apri l7 -", "TAFT, Calif.", "", None),
        ("BOSTON, March 187 -", "BOSTON", "", None),
        ("SYDNEY, April -", "SYDNEY", "", None),
        ("ROME, March 13, Reuter -", "ROME", "Reuter", None),
        ("LONDON, April 9 - FIXTURES - TBN -", "LONDON", "", None),
        ("CHEVY CHASE, Md., - March 4 -", "CHEVY CHASE, Md.", "", None),
        ("WINSTON-SALEM, N.C. -", "WINSTON-SALEM, N.C.", "", None),
        ("WASHINGTON (Reuters) -", "WASHINGTON", "Reuters", None),
        ("KYIV, Ukraine (AP) — The city", "KYIV, Ukraine", "AP", None),
        ("PARIS, 3 mars (AFP) -", "PARIS", "AFP", None),
        ("PARIS, le 18 mars 2024 (AFP) -", "PARIS", "AFP", MARCH_18),
        ("BERLIN, 18. März 2024 (dpa) -", "BERLIN", "dpa", MARCH_18),
        ("BEIJING, March 18, 2024 (Xinhua) --", "BEIJING", "Xinhua", MARCH_18),
        ("Beijing (AFP) Mar 18, 2024", "Beijing", "AFP", MARCH_18),
        ("Brussels, Belgium (AFP) Mar 18, 2024", "Brussels, Belgium", "AFP", MARCH_18),
        ("Washington DC (UPI) Jan 5, 2024", "Washington DC", "UPI", datetime(2024, 1, 5, tzinfo=UTC)),
        ("Port-au-Prince, Haiti (AFP) March 18, 2024", "Port-au-Prince, Haiti", "AFP", MARCH_18),
        ("Mar del Plata (AFP) Mar 18, 2024", "Mar del Plata", "AFP", MARCH_18),
        ("Oslo, Mar 18, 2024", "Oslo", "", MARCH_18),
        ("(Reuters) - The company", "", "Reuters", None),
        ("Rio de Janeiro", "Rio de Janeiro", "", None),
        ("London (AFP) Feb 30, 2024", "London", "AFP", None),
    ],
)
def test_a_dateline_is_taken_apart(written: str, place: str, agency: str, date: datetime | None) -> None:
    assert parse_dateline(written) == (Dateline(place, agency), date)


@pytest.mark.parametrize(
    "written",
    ["", "-", "MAR8 -- --", "APRIL 7 -", "Mar --- --- ---", "us 7.8015 -", "overnight 4 1/2 -", "Bids only -",
     "TUE, APR 07 -", "- Position of APR 6 -", "As of April 7 -", "a story about something", "7 -", "Truce " * 30],
)  # fmt: skip
def test_what_is_no_dateline_names_no_place(written: str) -> None:
    assert parse_dateline(written) == (Dateline(), None)


@settings(deadline=None)
@given(st.text())
@example("(\u00b2:)")
def test_any_text_gives_a_dateline(text: str) -> None:
    dateline, date = parse_dateline(text)

    assert not any(c.isdigit() for c in dateline.place + dateline.agency)
    assert date is None or date.tzinfo is not None


def test_the_datelines_of_reuters_are_understood(shared: Callable[[str], Path]) -> None:
    with gzip.open(shared("collections/reuters/docs.jsonl.gz")) as file:
        written = [text for line in file if (text := json.loads(line)["dateline"])]
    understood = [place for text in written if (place := parse_dateline(text)[0].place)]

    assert len(written) == 19_043
    assert len(understood) >= 18_970  # the others are rows of tables: "MAR8 -- --", "APRIL 7 -"
    assert not [place for place in understood if re.search(r"\d|\s-|-\s|--|-$|[*()]", place)]
