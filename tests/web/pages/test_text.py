"""The pure parts: paragraphs, teasers, dates, page numbers and sections."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.article.article import Article
from indexer.sources import Accepted, read_source
from tests.web.fake_backend import archive
from web.pages.front import HEADLINES, SECTIONS, by_site_and_section
from web.pages.languages import Localised
from web.pages.paging import MAX_PAGES, page_count, page_links
from web.pages.prose import is_cut, lang, parts_of, subhead_in, teaser, uncut

LONG = "A paragraph that is long enough to be one, since it goes on for more than eighty characters in all."


def kinds(body: str) -> list[str]:
    return [part.kind for part in parts_of(body)]


def test_blank_lines_part_paragraphs() -> None:
    assert [part.lines for part in parts_of("\n one \n\n \t\n two\r\n\r\nthree\n")] == [("one",), ("two",), ("three",)]
    assert parts_of("") == parts_of(" \n\n ") == []


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("- 'New paradigm' -", "'New paradigm'"),
        ("- Military, trade ties -", "Military, trade ties"),
        ("– Ce qui suit –", "Ce qui suit"),
        ("WHAT COMES NEXT", "WHAT COMES NEXT"),
        ("ÇA IRA?", "ÇA IRA?"),
        ("- a drill", ""),
        ("NO!", ""),
        ("STOP. THIS IS AN ORDER.", ""),
        ("X-1 2", ""),
        ("- " + "x" * 80 + " -", ""),
        ("Nothing special", ""),
        ("---", ""),
    ],
)
def test_subheads(line: str, words: str) -> None:
    assert subhead_in(line) == words


def test_a_heading_that_lost_its_marks_is_known_by_what_is_around_it() -> None:
    assert kinds(f"{LONG}\n\nWhat we learned\n\n{LONG}") == ["paragraph", "subhead", "paragraph"]
    assert kinds(f"{LONG}\n\nWhat we learned\n\nShort.") == ["paragraph"] * 3
    assert kinds(f"{LONG}\n\nIt ended.\n\n{LONG}") == ["paragraph"] * 3
    assert kinds(f"{LONG}\n\nJane Doe") == ["paragraph"] * 2
    assert kinds(f"{LONG[:-1]}:\n\nA drill\n\n{LONG}") == ["paragraph"] * 3


def test_lists_wrapped_lines_and_lines_that_are_meant() -> None:
    assert parts_of("- one\n- two")[0].lines == ("one", "two")
    steps = "1. Open the archive in the folder you gave\n2. Search it for a word that you know is there"
    assert parts_of(steps)[0].lines == tuple(steps.split("\n"))  # its numbers mean something
    row = "Voyager 1 | launched in 1977 | beyond the planets"
    assert parts_of(f"{row}\n{row}")[0].lines == (row, row)
    wrapped = (
        "Showers continued throughout the week in the Bahia\ncocoa zone, alleviating the drought since early\nJanuary."
    )
    assert parts_of(wrapped)[0].lines == (wrapped.replace("\n", " "),)
    assert parts_of("Roses are red\nviolets are blue")[0].lines == ("Roses are red", "violets are blue")


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_no_letter_of_a_body_is_lost(body: str) -> None:
    shown = "".join("".join(part.lines) for part in parts_of(body))

    assert [c for c in shown if c.isalnum()] == [c for c in body if c.isalnum()]


def test_the_specimen_page_is_taken_apart(shared: Callable[[str], Path]) -> None:
    item = next(iter(read_source(str(shared("inputs/space-travel-news-2024-03-18.txt")))))
    assert isinstance(item, Accepted)
    subheads = [part.lines[0] for part in parts_of(item.article.body) if part.kind == "subhead"]

    assert subheads == ["'New paradigm'", "Military, trade ties"]


def test_a_teaser_is_the_excerpt_or_the_beginning() -> None:
    assert teaser(Article(id="a", title="t", body="b " * 300, excerpt="In short.")) == "In short."
    assert teaser(Article(id="a", title="t", body="One\n\ntwo")) == "One two"
    assert teaser(Article(id="a", title="t", body="First, second, third"), 14) == "First, second ..."
    assert len(teaser(Article(id="a", title="t", body="x" * 5000), 50)) <= 54


def test_what_was_cut() -> None:
    assert [is_cut(text) for text in ("it was ...", "it was…", "it was", "it was.")] == [True, True, False, False]


def test_uncut() -> None:
    assert uncut("it was ...") == uncut("it was …") == uncut("it was...") == uncut("it was") == "it was"


def test_day_is_in_the_article_s_own_time_zone() -> None:
    assert Localised("en").day(datetime(2024, 3, 18, 1, tzinfo=timezone(timedelta(hours=8)))) == "Mar 18, 2024"
    assert Localised("en").day(datetime(1987, 2, 6, tzinfo=UTC)) == "Feb 6, 1987"


def test_lang_lets_only_language_codes_through() -> None:
    assert [lang(code) for code in ("en", "pt-BR", "zh-Hant-TW", "", "english", 'en" x', "en\n")] == [
        "en", "pt-BR", "zh-Hant-TW", "", "", "", "",
    ]  # fmt: skip


def test_page_links() -> None:
    assert page_links(1, 1) == [1]
    assert page_links(1, 4) == [1, 2, 3, 4]
    assert page_links(4, 20) == [1, 2, 3, 4, 5, None, 20]
    assert page_links(6, 20) == [1, None, 5, 6, 7, None, 20]
    assert page_links(20, 20) == [1, None, 19, 20]


@given(st.integers(1, MAX_PAGES), st.integers(1, MAX_PAGES))
def test_page_links_are_few_ascending_and_lead_everywhere(one: int, other: int) -> None:
    page, pages = sorted((one, other))
    numbers = [number for number in page_links(page, pages) if number]

    assert numbers == sorted(set(numbers))
    assert {1, page, pages} <= set(numbers)
    assert len(page_links(page, pages)) <= 7


def test_page_count() -> None:
    assert [page_count(total) for total in (0, 1, 10, 11, 10**9)] == [0, 1, 1, 2, MAX_PAGES]


def test_sections_stand_under_their_sites_newest_first() -> None:
    articles = archive()
    sites = by_site_and_section(articles)

    assert [site.name for site in sites] == ["Orbital Dispatch", "Perihelion", ""]
    assert sites[0].sections[0].name == "MOON"
    for site in sites:
        assert len(site.sections) <= SECTIONS
        for section in site.sections:
            expected = [a for a in articles if (a.site, a.section) == (site.name, section.name)]
            assert list(section.articles) == expected[:HEADLINES]
