"""The search page: what results can be narrowed down by, put in order by, and what is said of the query."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from search.filters.condition import AllOf
from search.results import Correction, Excerpt, Facet, FacetValue, Hit
from tests.web.fake_backend import FRENCH, LEAD, FakeBackend
from tests.web.markup import Element, Page

SECTIONS = Facet("section", (FacetValue("MOON", 5, True), FacetValue("LAUNCH", 3)), 2)
YEARS = Facet("year", (FacetValue("2023", 9), FacetValue("2024", 4)), 2, 2023, 2024)
MONTHS = Facet(
    "date",
    (FacetValue("2024-01", 2, True), FacetValue("2024-02", 0, True), FacetValue("2024-03", 4, True)),
    2,
    1.0,
    2.0,
    "month",
)


def page_at(client: FlaskClient, path: str) -> Page:
    return Page(client.get(path).text)


def choices(page: Page, field: str) -> list[Element]:
    """The links of a facet."""
    return [e for e in page.all("a") if _within_facet(e, field)]


def _within_facet(element: Element, field: str) -> bool:
    parent = element.within
    while parent is not None:
        if parent.tag == "section" and parent.attrs.get("aria-labelledby") == f"by-{field}":
            return True
        parent = parent.within
    return False


def test_values_can_be_chosen_and_left_out_again(client: FlaskClient, backend: FakeBackend) -> None:
    backend.answer = {"facets": (SECTIONS,)}
    page = page_at(client, "/search?q=rocket&section=MOON&site=Perihelion&page=2")

    chosen, other = choices(page, "section")
    assert (chosen.text, chosen.attrs["href"]) == ("MOON 5", "/search?q=rocket&site=Perihelion")
    assert chosen.attrs["aria-current"] == "true"
    assert other.attrs["href"] == "/search?q=rocket&section=MOON&section=LAUNCH&site=Perihelion"
    assert "aria-current" not in other.attrs
    assert page.links()["Remove all"] == "/search?q=rocket"


def test_years_stand_newest_first_and_numbers_as_people_write_them(client: FlaskClient, backend: FakeBackend) -> None:
    backend.answer = {"facets": (YEARS, replace(SECTIONS, values=(FacetValue("A", 12345), FacetValue("B", 1))))}
    page = page_at(client, "/search?q=rocket")

    assert [choice.text for choice in choices(page, "year")] == ["2024 4", "2023 9"]
    assert [choice.text for choice in choices(page, "section")] == ["A 12,345", "B 1"]


def test_a_field_with_nothing_to_choose_is_not_shown(client: FlaskClient, backend: FakeBackend) -> None:
    backend.answer = {"facets": (Facet("section", (FacetValue("MOON", 5),), 1), Facet("site", (), 0))}
    assert "refine" not in client.get("/search?q=rocket").text


def test_many_values_are_folded(client: FlaskClient, backend: FakeBackend) -> None:
    values = tuple(FacetValue(f"Author {n}", 30 - n) for n in range(20))
    backend.answer = {"facets": (Facet("author", values, 20),)}
    page = page_at(client, "/search?q=rocket")

    folded = [choice for choice in choices(page, "author") if any(d for d in _above(choice) if _is_more(d))]
    assert len(choices(page, "author")) == 20
    assert len(folded) == 13


def _above(element: Element) -> list[Element]:
    found = []
    parent = element.within
    while parent is not None:
        found.append(parent)
        parent = parent.within
    return found


def _is_more(element: Element) -> bool:
    return element.tag == "details" and "refine" not in element.attrs.get("class", "")


def test_only_fields_that_the_archive_has_are_counted(client: FlaskClient, backend: FakeBackend) -> None:
    client.get("/search?q=rocket")

    options = backend.searched("search_options")
    assert options["facets"] == ("section", "site", "author", "tag", "year", "language", "date")
    assert (options["fold"], options["typos"], options["recency"]) == ("copies", True, "off")


def test_the_histogram_leads_to_periods_and_needs_no_style(client: FlaskClient, backend: FakeBackend) -> None:
    backend.answer = {"facets": (MONTHS,)}
    page = page_at(client, "/search?q=rocket&date=2024-03")

    svg = page.one("svg")
    bars = [e for e in page.all("a") if e.is_in("svg")]
    assert svg.attrs["aria-hidden"] == "true"
    assert [bar.attrs["tabindex"] for bar in bars] == ["-1"] * 3  # the form and the years are for the keyboard
    assert [bar.text for bar in bars] == ["January 2024: 2", "February 2024: 0", "March 2024: 4"]
    assert [bar.attrs["href"] for bar in bars][1:] == ["/search?q=rocket&date=2024-02", "/search?q=rocket"]
    heights = [int(e.attrs["height"]) for e in page.all("rect", "bar")]
    assert heights == [28, 0, 56]
    assert "Most articles are of March 2024: 4" in page.one("main").text
    assert page.links()["Date: March 2024 × – remove"] == "/search?q=rocket"


def test_days_can_be_typed(client: FlaskClient, backend: FakeBackend) -> None:
    backend.answer = {"facets": (MONTHS,)}
    page = page_at(client, "/search?q=rocket&section=MOON&since=2024-01-10&until=2024-02-01&sort=-date")

    condition = backend.searched()["filters"]
    assert isinstance(condition, AllOf)
    assert "2024" not in str(page.one("form", "span").attrs)
    fields = {
        e.attrs["name"]: e.attrs["value"] for e in page.all("input") if e.is_in("form", "span") and "name" in e.attrs
    }
    assert fields == {
        "q": "rocket",
        "section": "MOON",
        "sort": "-date",
        "since": "2024-01-10",
        "until": "2024-02-01",
    }
    assert page.links()["Date: Jan 10, 2024–Feb 1, 2024 × – remove"] == "/search?q=rocket&section=MOON&sort=-date"


@pytest.mark.parametrize("asked", ["since=soon", "until=2024-13", "sort=colour", "recency=often", f"sort={'x' * 50}"])
def test_what_cannot_be_asked_is_said(client: FlaskClient, asked: str) -> None:
    response = client.get(f"/search?q=rocket&{asked}")
    alert = next((e for e in Page(response.text).elements if e.attrs.get("role") == "alert"), None)

    if asked.startswith("recency"):  # which the archive itself refuses, and this one asks nothing
        assert response.status_code == 200
    else:
        assert response.status_code == 400
        assert alert is not None
        assert asked.split("=")[0] in alert.text


def test_results_can_be_put_in_order(client: FlaskClient, backend: FakeBackend) -> None:
    page = page_at(client, "/search?q=rocket&sort=-date&page=2")
    orders = [e for e in page.all("a") if e.is_in("nav", "orders")]

    assert backend.searched()["sort"] == "-date"
    assert [(e.text, e.attrs["href"], "aria-current" in e.attrs) for e in orders] == [
        ("Best match", "/search?q=rocket", False),
        ("Newest", "/search?q=rocket&sort=-date", True),
        ("Oldest", "/search?q=rocket&sort=date", False),
    ]


def test_a_correction_says_what_is_shown_and_how_to_search_as_typed(client: FlaskClient, backend: FakeBackend) -> None:
    correction = Correction("rocket", (("rokcet", "rocket"),), is_shown=True)
    backend.answer = {"correction": correction, "notes": ("one more", correction.note), "total": 40}
    page = page_at(client, "/search?q=rokcet&section=MOON")

    assert page.one("h1").text == "40 articles for rocket"
    assert page.links()["Search for exactly “rokcet”"] == "/search?q=rokcet&section=MOON&typos=off"
    assert page.one("ul", "notes").text == "One more"  # it is said once
    client.get("/search?q=rokcet&typos=off")
    assert backend.searched("search_options")["typos"] is False


def test_a_correction_that_is_only_offered_is_a_link(client: FlaskClient, backend: FakeBackend) -> None:
    correction = Correction("rockets", (("rocket", "rockets"),), is_shown=False)
    backend.answer = {"correction": correction, "notes": (correction.note,)}
    page = page_at(client, "/search?q=rocket")

    assert page.one("h1").text == "40 articles for rocket"
    assert page.one("p", "correction").text == "Did you mean rockets?"
    assert page.links()["rockets"] == "/search?q=rockets"
    assert not page.all("ul", "notes")


def test_copies_stand_under_their_hit(client: FlaskClient, backend: FakeBackend) -> None:
    hit = Hit(LEAD, 1.0, Excerpt(LEAD.title), Excerpt(""), folded=(replace(LEAD, site="Perihelion", url=""), FRENCH))
    backend.answer = {"hits": (hit,)}
    page = page_at(client, "/search?q=rocket")

    assert page.one("p", "folded").text == f"Also: Perihelion, {FRENCH.title} Perihelion"
    assert page.links()["Perihelion"].startswith("/article/")


@pytest.mark.parametrize("address", ["https://tickets.example/", "/tickets"])
def test_a_query_that_editors_redirect_leads_there(client: FlaskClient, backend: FakeBackend, address: str) -> None:
    backend.answer = {"redirect": address}
    response = client.get("/search?q=tickets")
    assert (response.status_code, response.headers["Location"]) == (302, address)


@pytest.mark.parametrize("further", ["&page=2", "&section=MOON", "&sort=date", "&since=2024-01-01"])
def test_who_looks_further_is_not_led_away(client: FlaskClient, backend: FakeBackend, further: str) -> None:
    backend.answer = {"redirect": "https://tickets.example/"}
    assert client.get(f"/search?q=rocket{further}").status_code == 200


@pytest.mark.parametrize("address", ["javascript:alert(1)", "//evil.example", "/search?q=tickets"])
def test_nobody_is_led_in_a_circle_or_astray(client: FlaskClient, backend: FakeBackend, address: str) -> None:
    backend.answer = {"redirect": address}
    assert client.get("/search?q=tickets").status_code == 200


def test_the_box_keeps_what_the_search_is_narrowed_down_to(client: FlaskClient) -> None:
    page = page_at(client, "/search?q=rocket&section=MOON&since=2023-02-03&typos=off&page=2")
    kept = [(e.attrs["name"], e.attrs["value"]) for e in page.all("input") if e.is_in("form", "search")]
    assert kept == [("q", "rocket"), ("section", "MOON"), ("since", "2023-02-03")]
