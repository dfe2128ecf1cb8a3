"""The pages: what a reader finds on them."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from indexer.article.article import Article
from indexer.base.errors import IndexDamagedError
from recommender.request.options import RelatedOptions
from recommender.request.seeds import ArticleSeed, Seed
from recommender.results import Block, Group, RelatedItem
from tests.web.fake_backend import BARE, FRENCH, LEAD, FakeBackend
from tests.web.markup import Page

PAGES = ["/", "/search", "/search?q=rocket", "/search?q=rocket&page=3", "/search?q=zeppelin", "/search?q=["]
PAGES += [f"/article/{LEAD.id}", "/article/sonde-revient", "/article/bare", "/article/nope", "/nowhere"]


def page_at(client: FlaskClient, path: str) -> Page:
    return Page(client.get(path).text)


@pytest.mark.parametrize("path", PAGES)
def test_every_page_can_be_used_by_everyone(client: FlaskClient, path: str) -> None:
    page = page_at(client, path)

    assert page.one("html").attrs["lang"] == "en"
    assert page.one("title").text
    assert len(page.all("h1")) == 1
    assert page.all("a")[0].attrs == {"class": "skip", "href": "#main"}
    assert page.one("main").attrs["id"] == "main"
    levels = [int(e.tag[1]) for e in page.elements if e.tag in ("h1", "h2", "h3", "h4")]
    assert all(below <= above + 1 for above, below in pairwise(levels)), levels
    ids = [e.attrs["id"] for e in page.elements if "id" in e.attrs]
    assert len(ids) == len(set(ids))
    box = [e for e in page.all("input") if e.attrs.get("type") == "search"]
    assert len(box) == 1
    assert box[0].attrs["id"] in [label.attrs["for"] for label in page.all("label")]
    assert all(e.attrs["aria-labelledby"] in ids for e in page.elements if "aria-labelledby" in e.attrs)
    assert all(link.text or link.attrs.get("aria-label") for link in page.all("a"))


@pytest.mark.parametrize("path", PAGES)
def test_no_page_needs_a_script_or_another_host(client: FlaskClient, path: str) -> None:
    response = client.get(path)
    page = Page(response.text)

    assert response.headers["Content-Security-Policy"].startswith("default-src 'self';")
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert not [e for e in page.elements if e.tag in ("style", "img", "iframe")]
    assert page.one("script").attrs["src"].startswith("/static/suggest.js?v=")  # only offers what could be typed
    assert not [e for e in page.elements if "style" in e.attrs or any(name.startswith("on") for name in e.attrs)]
    loaded = [e.attrs["href"] for e in page.all("link") if e.attrs["rel"] in ("stylesheet", "icon")]
    assert all(address.startswith("/static/") for address in loaded)


def test_front_page_has_a_search_box_and_the_newest_stories(client: FlaskClient) -> None:
    page = page_at(client, "/")

    assert page.one("form").attrs["action"] == "/search"
    assert page.one("h1").text == "Search 43 articles"
    assert [h.text for h in page.all("h2")] == ["Latest", "Orbital Dispatch", "Perihelion", "More stories"]
    first = page.all("h3")[0]
    assert first.text == LEAD.title
    assert page.links()[LEAD.title] == LEAD.url
    assert page.links()[FRENCH.title] == f"/article/{FRENCH.id}"
    assert page.all("time")[0].text == "Mar 18, 2024"
    assert page.links()["LAUNCH"].startswith("/search?q=*&section=LAUNCH&site=")
    headlines = [link.text for link in page.all("a") if "dir" in link.attrs and "/search" not in link.attrs["href"]]
    assert len(headlines) > 20
    assert len(headlines) == len(set(headlines))


def test_front_page_of_an_empty_archive_says_what_to_do(client: FlaskClient, backend: FakeBackend) -> None:
    backend.articles = []
    response = client.get("/")

    assert response.status_code == 200
    assert "The archive is empty" in response.text
    assert "readmore index SOURCE" in response.text


def test_results_show_what_was_found_and_where(client: FlaskClient) -> None:
    page = page_at(client, "/search?q=crater+rim")

    assert page.one("h1").text == "1 article for crater rim"
    assert [mark.text for mark in page.all("mark")] == ["crater", "rim", "rim", "crater"]
    hit = page.one("ol", "hits")
    assert "Lander reaches the crater's rim" in hit.text
    assert "MOON" in hit.text
    assert "Tokyo (HNA) Mar 18, 2024" in hit.text
    assert "By Ada Mbeki, Lars Holm" in hit.text
    assert page.links()["Lander reaches the crater's rim"] == LEAD.url
    box = next(e for e in page.all("input") if e.attrs["name"] == "q")
    assert box.attrs["value"] == "crater rim"


def test_results_come_in_pages(client: FlaskClient, backend: FakeBackend) -> None:
    first = page_at(client, "/search?q=rocket").links()
    assert first["Next"] == "/search?q=rocket&page=2"
    assert first["Page 4"] == "/search?q=rocket&page=4"
    assert "Previous" not in first

    page = page_at(client, "/search?q=rocket&page=2&section=MOON")
    assert {name: backend.searched()[name] for name in ("query", "limit", "offset", "filters")} == {
        "query": "rocket",
        "limit": 10,
        "offset": 10,
        "filters": {"section": ["MOON"]},
    }
    assert page.links()["Previous"] == "/search?q=rocket&section=MOON"
    assert "Next" not in page.links()
    assert next(e for e in page.elements if e.attrs.get("aria-current") == "page").text == "Page 2"
    assert page.one("ol", "hits").attrs["start"] == "11"


def test_a_page_past_the_end_leads_back(client: FlaskClient) -> None:
    page = page_at(client, "/search?q=rocket&page=9")

    assert "There is no page 9" in page.one("main").text
    assert page.links()["Go to the last page"] == "/search?q=rocket&page=4"


@pytest.mark.parametrize("number", ["0", "-1", "x", "1002"])
def test_a_page_that_cannot_be_is_refused_with_the_query_kept(client: FlaskClient, number: str) -> None:
    response = client.get(f"/search?q=rocket&page={number}")

    assert response.status_code == 400
    assert "&#39;page&#39; must be a whole number from 1 to 1001" in response.text
    assert 'value="rocket"' in response.text


def test_limits_are_shown_and_can_be_taken_off(client: FlaskClient) -> None:
    page = page_at(client, "/search?q=rocket&section=MOON&section=LAUNCH&site=Perihelion")
    links = page.links()

    assert links["Section: MOON × – remove"] == "/search?q=rocket&section=LAUNCH&site=Perihelion"
    assert links["Site: Perihelion × – remove"] == "/search?q=rocket&section=MOON&section=LAUNCH"
    kept = [(e.attrs["name"], e.attrs["value"]) for e in page.all("input") if e.attrs.get("type") == "hidden"]
    assert kept == [("section", "MOON"), ("section", "LAUNCH"), ("site", "Perihelion")]


def test_the_section_of_a_hit_narrows_the_search(client: FlaskClient) -> None:
    links = page_at(client, "/search?q=rocket&site=Perihelion").links()

    assert links["LAUNCH"] == "/search?q=rocket&site=Perihelion&section=LAUNCH"


def test_nothing_found_comes_with_things_to_try(client: FlaskClient) -> None:
    page = page_at(client, "/search?q=zeppelin&section=MOON")
    links = page.links()

    assert page.one("h1").text == "Nothing found for zeppelin"
    assert links["Search the whole archive"] == "/search?q=zeppelin"
    assert links["Launchpad"] == "/search?q=Launchpad"
    assert links["Go to the latest stories"] == "/"


def test_notes_are_shown(client: FlaskClient, backend: FakeBackend) -> None:
    backend.notes = ("left out <the>",)

    assert page_at(client, "/search?q=rocket").one("ul", "notes").text == "Left out <the>"


def test_an_empty_search_asks_back(client: FlaskClient) -> None:
    for path in ("/search", "/search?q=", "/search?q=+"):
        response = client.get(path)
        assert response.status_code == 200
        assert "What are you looking for?" in response.text


def test_a_query_that_cannot_be_answered_comes_back_with_the_reason(client: FlaskClient) -> None:
    response = client.get("/search?q=[")
    page = Page(response.text)

    assert response.status_code == 400
    assert next(e for e in page.elements if e.attrs.get("role") == "alert").text == (
        "The bracket at character 1 is never closed."
    )
    assert 'value="["' in response.text


def test_a_query_that_is_too_long_is_refused_and_cut(client: FlaskClient, backend: FakeBackend) -> None:
    response = client.get(f"/search?q={'x' * 12_000}")

    assert response.status_code == 400
    assert "more than 10000" in response.text
    assert "x" * 10_001 not in response.text


@pytest.mark.parametrize("query", ["l'été", "сателлит", "探査機 着陸", '"quoted" & <tagged>', "🚀"])
def test_any_query_stands_in_the_box_as_typed(client: FlaskClient, query: str) -> None:
    page = Page(client.get("/search", query_string={"q": query}).text)

    assert next(e for e in page.all("input") if e.attrs["name"] == "q").attrs["value"] == query


def test_article_has_the_shape_of_a_news_page(client: FlaskClient) -> None:
    response = client.get(f"/article/{LEAD.id}")
    page = Page(response.text)
    story = page.one("article", "story")

    order = ["Orbital Dispatch", "MOON", LEAD.title, "By Ada Mbeki, Lars Holm", "Tokyo (HNA) Mar 18, 2024", "A lander"]
    places = [story.text.index(text) for text in order]
    assert places == sorted(places)
    assert response.text.split("</head>")[1].count("Lander reaches the crater") == 1  # headline once, not twice
    assert story.attrs["lang"] == "en"
    assert [e.text for e in page.all("h2") if e.is_in("article", "story")] == [
        "'Softer than planned'",
        "WHAT COMES NEXT",
    ]
    assert [e.text for e in page.all("li") if e.is_in("article", "story")] == ["a drill", "a camera", "a seismometer"]
    assert page.links()["orbital.example"] == LEAD.url
    assert "/home/editor" not in response.text


def test_article_ends_in_a_related_block(client: FlaskClient) -> None:
    page = page_at(client, f"/article/{LEAD.id}")
    related = page.one("aside", "related")

    lead = page.one("article", "lead")
    assert lead.text.startswith("DEEP SPACE Perihelion La sonde revient, après six ans d'été Feb 2, 2024")
    assert page.one("p", "teaser").text.endswith("... read more")
    assert page.links()["read more"] == "/article/sonde-revient"
    assert [e.text for e in page.all("h3") if e.is_in("section", "group")] == ["Rockets & pads", "Été"]
    items = [e for e in page.all("li") if e.is_in("section", "group")]
    assert len(items) == 6
    for item in [lead, *items]:
        assert item.attrs["title"].startswith("both are about <")  # on hover
        assert "Both are about <" in item.text  # and in small print, for fingers
    assert related.text.startswith("Related articles")


def test_an_excerpt_keeps_its_own_ending_before_read_more(client: FlaskClient, backend: FakeBackend) -> None:
    def block(seed: Seed, options: RelatedOptions) -> Block:
        assert seed == ArticleSeed(LEAD.id)
        return Block(LEAD.id, 1.0, RelatedItem(FRENCH, 1.0, "", "It was cut here …"), (Group("One", ()),))

    backend.block = block  # type: ignore[method-assign]
    assert page_at(client, f"/article/{LEAD.id}").one("p", "teaser").text == "It was cut here ... read more"


def test_nothing_says_that_a_whole_excerpt_was_cut(client: FlaskClient, backend: FakeBackend) -> None:
    lead = RelatedItem(FRENCH, 1.0, "", "That is all of it.")
    backend.block = lambda seed, options: Block(LEAD.id, 1.0, lead, (Group("One", ()),))  # type: ignore[method-assign]
    assert page_at(client, f"/article/{LEAD.id}").one("p", "teaser").text == "That is all of it. read more"


def test_an_article_alone_has_no_block(client: FlaskClient, backend: FakeBackend) -> None:
    backend.articles = [BARE]
    response = client.get("/article/bare")

    assert response.status_code == 200
    assert "Related" not in response.text


def test_an_article_can_be_read_while_its_block_cannot_be_had(client: FlaskClient, backend: FakeBackend) -> None:
    backend.block_error = IndexDamagedError(Path("x"), "is truncated")
    response = client.get(f"/article/{LEAD.id}")

    assert response.status_code == 200
    assert LEAD.body.split("\n")[0] in response.text
    assert response.headers["Cache-Control"] == "no-store"  # or it would stay without


def test_languages_are_marked(client: FlaskClient) -> None:
    assert page_at(client, "/article/sonde-revient").one("article", "story").attrs["lang"] == "fr"
    front = page_at(client, "/")
    link = next(e for e in front.all("a") if e.text == FRENCH.title)
    assert (link.attrs["lang"], link.attrs["dir"]) == ("fr", "auto")


def test_an_address_on_the_publisher_s_own_host_is_not_a_link_here(client: FlaskClient, backend: FakeBackend) -> None:
    backend.articles.append(replace(LEAD, id="relative", url="/2024/lander"))

    assert '"/2024/lander"' not in client.get("/article/relative").text
    assert page_at(client, "/").links()[LEAD.title] == LEAD.url


def test_an_article_of_one_word_without_end_still_fits(client: FlaskClient, backend: FakeBackend) -> None:
    backend.articles.append(Article(id="long", title="a" * 3000, body="b" * 100_000))

    assert client.get("/article/long").status_code == 200
    assert client.get("/").status_code == 200


def test_half_a_surrogate_pair_breaks_no_page(client: FlaskClient, backend: FakeBackend) -> None:
    half = Article(id="half", title="Half \ud83d", body="rocket \ud83d", section="S\ud83d", site="T\ud83d")
    backend.articles.insert(0, half)

    for path in ("/", "/article/half", "/search?q=rocket", "/search?q=rocket&section=S?"):
        assert client.get(path).status_code == 200


PICTURED = replace(LEAD, id="pictured", image="https://img.example/rim.jpg", image_alt='A "rim" <seen> from above')


@pytest.mark.parametrize("path", ["/", "/search?q=crater", "/article/pictured", "/article/bare"])
def test_articles_are_shown_with_their_pictures(client: FlaskClient, backend: FakeBackend, path: str) -> None:
    backend.articles = [PICTURED, BARE]
    response = client.get(path)
    (image,) = Page(response.text).all("img")

    assert (image.attrs["src"], image.attrs["alt"]) == (PICTURED.image, PICTURED.image_alt)
    assert {"width", "height"} <= set(image.attrs)  # or the page would move when it comes
    assert "img-src 'self' https: http:" in response.headers["Content-Security-Policy"]


def test_a_picture_that_is_a_path_is_one_of_the_article_s_site(client: FlaskClient, backend: FakeBackend) -> None:
    backend.articles = [replace(PICTURED, image="/img/rim.jpg")]
    assert Page(client.get("/").text).one("img").attrs["src"] == "https://orbital.example/img/rim.jpg"
    backend.articles = [replace(PICTURED, image="/img/rim.jpg", url="")]
    assert not Page(client.get("/article/pictured").text).all("img")


def test_no_answer_but_a_page_may_load_pictures(client: FlaskClient) -> None:
    for path in ("/api/v1/docs", "/api/v1/search?q=rocket", "/feed"):
        assert "https:" not in client.get(path).headers["Content-Security-Policy"]
