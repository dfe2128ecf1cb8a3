"""A reader at the end of an article."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.chromium import Pages
from tests.browser.embedding import ADDRESS, ARTICLE, answer_for_sites, embedding, related
from tests.browser.host_site import HostSite

Axe = Callable[..., list[str]]
FAR = '<p style="height: 4000px">A long article.</p>'
SHIFT = """window.shift = 0; new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) window.shift += entry.value;
}).observe({ type: "layout-shift", buffered: true })"""


def questions(page: Page) -> list[dict[str, list[str]]]:
    """Will have what the page asks for."""
    asked: list[dict[str, list[str]]] = []
    page.on(
        "request",
        lambda request: asked.append(parse_qs(urlsplit(request.url).query)) if "/block" in request.url else None,
    )
    return asked


def story(number: int, **more: Any) -> dict[str, Any]:
    """An item of a block, with a headline and a reason that fill all the room there is."""
    return {
        "id": f"story-{number}",
        "title": f"{number}: a headline that goes on and on " * 9,
        "url": f"https://site.example/{number}",
        "date": "2024-05-03T10:00:00Z",
        "section": "SECTION " * 20,
        "site": "A site " * 20,
        "language": "",
        "excerpt": "The text goes on and on. " * 60,
        "reason": "also about something with a long name " * 9,
    } | more


def answering(answer: dict[str, Any]) -> Callable[[Route], None]:
    """Answers with a block."""
    return lambda route: route.fulfill(json={"id": ARTICLE, "took_ms": 1} | answer)


@pytest.mark.parametrize("layout", ["groups", "list", "cards"])
def test_axe_finds_nothing_wrong_with_the_block(
    page: Page, host: HostSite, service: str, axe: Axe, layout: str
) -> None:
    page.goto(host.put("/", embedding(service, f'<readmore-related layout="{layout}"></readmore-related>')))
    assert len(related(page)) > 2
    assert axe(page) == []


def test_the_lead_story_is_followed_by_keyboard_alone(page: Page, host: HostSite, service: str) -> None:
    answer_for_sites(page)
    asked = {"url": ADDRESS, "items": 6, "groups": 3}
    lead = page.request.get(f"{service}/api/v1/block", params=asked).json()["lead"]
    page.goto(host.put("/", embedding(service, f"{FAR}<readmore-related></readmore-related>")))
    page.keyboard.press("End")
    assert related(page)[0] == lead["title"]
    page.keyboard.press("Tab")
    expect(page.locator("readmore-related .lead a")).to_be_focused()
    reason = lead["reason"]
    assert page.locator(".lead .reason").inner_text() == reason[:1].upper() + reason[1:] != ""
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.url == lead["url"]


def test_it_is_fetched_when_it_comes_near(new_page: Pages, host: HostSite, service: str) -> None:
    page = new_page()
    asked = questions(page)
    page.goto(host.put("/", embedding(service, f"{FAR}<readmore-related></readmore-related>")))
    page.request.get(service + "/livez")
    assert asked == []
    page.mouse.wheel(0, 4000)
    assert related(page)
    assert [each["url"] for each in asked] == [[ADDRESS]]


def test_what_the_page_shows_is_left_out(new_page: Pages, host: HostSite, service: str) -> None:
    page = new_page()
    shown = "https://perihelion.example/stories/2023/voyager-1-gibberish"
    links = f'<p><a href="{shown}#top">Before</a></p><p><a href="#here">Here</a></p>'
    page.goto(host.put("/", embedding(service, "<readmore-related></readmore-related>")))
    before = related(page)
    asked = questions(page)
    tag = '<readmore-related exclude="2024-04-05-voyager-1-chip-blamed"></readmore-related>'
    page.goto(host.put("/", embedding(service, links + tag)))
    after = related(page)
    assert asked[0]["exclude"] == ["2024-04-05-voyager-1-chip-blamed", shown]
    assert {before[0], "One dead chip explains Voyager 1’s babble"} <= set(before) - set(after)
    page.goto(host.put("/", embedding(service, f'{links}<readmore-related exclude-links=""></readmore-related>')))
    assert related(page) == before
    assert "exclude" not in asked[1]


def test_an_article_is_named_by_its_id_or_address_and_may_change(new_page: Pages, host: HostSite, service: str) -> None:
    page = new_page()
    asked = questions(page)
    page.goto(host.put("/", embedding(service, f'<readmore-related article="{ARTICLE}" items="3"></readmore-related>')))
    assert len(related(page)) == 3
    assert (asked[0]["id"], asked[0]["items"]) == ([ARTICLE], ["3"])
    other = "https://orbitaldispatch.example/2024/02/odysseus-lands"
    page.locator("readmore-related").evaluate(
        "(each, url) => { each.removeAttribute('article'); each.setAttribute('url', url) }", other
    )
    expect(page.locator("readmore-related .lead")).to_contain_text("Odysseus")
    assert asked[-1]["url"] == [other]


@pytest.mark.parametrize("outcome", ["nothing", "unknown", "failure"])
def test_an_empty_block_takes_no_room(new_page: Pages, host: HostSite, service: str, outcome: str) -> None:
    page = new_page()
    answers: dict[str, Callable[[Route], None]] = {
        "nothing": answering({"lead": None, "groups": []}),
        "unknown": lambda route: route.fulfill(status=404, json={}),
        "failure": lambda route: route.abort(),
    }
    new_page.provokes("Failed to load resource")
    page.route("**/api/v1/block**", answers[outcome])
    far = '<p style="height: 1200px"></p>'
    page.goto(host.put("/", embedding(service, f"{far}<readmore-related></readmore-related>")))
    expect(page.locator("readmore-related")).to_be_hidden()
    assert page.locator("readmore-related").evaluate("each => each.hidden && each.offsetHeight === 0")


@pytest.mark.parametrize("layout", ["groups", "list", "cards"])
@pytest.mark.parametrize("amount", ["much", "little", "none"])
def test_nothing_on_the_page_shifts(
    new_page: Pages, host: HostSite, service: str, layout: str, width: int, amount: str
) -> None:
    page = new_page(width)
    page.add_init_script(SHIFT)
    stories = [story(number) for number in range(6 if amount == "much" else 2)] if amount != "none" else []
    groups = [{"name": "A name that is long " * 9, "items": stories[at::3]} for at in (1, 2, 3) if stories[at::3]]
    answer: dict[str, Any] = {"items": stories}
    if layout == "groups":
        answer = {"lead": stories[0] if stories else None, "groups": groups}
    page.route("**/api/v1/block**", answering(answer))
    tags = f'<readmore-search></readmore-search><readmore-related layout="{layout}"></readmore-related>'
    reserved = "readmore-search:not(:defined) { display: block; min-height: 3rem }"
    after = "<p>What stands below.</p>" * 60
    text = embedding(service, tags, style=reserved, after=after).replace(" defer>", ">")
    with page.expect_response("**/api/v1/block**"):
        page.goto(host.put("/", text))
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    if stories:
        related(page)
    page.evaluate("new Promise((done) => setTimeout(done, 100))")  # until what is painted is measured
    assert page.evaluate("window.shift") == 0
    page.mouse.wheel(0, 3000)
    if not stories:
        expect(page.locator("readmore-related")).to_be_hidden()
    else:
        expect(page.locator("readmore-related .waiting")).to_have_count(0)
    page.evaluate("new Promise((done) => setTimeout(done, 100))")
    assert page.evaluate("window.shift") == 0


SHORT = {"lead": story(0) | {"title": "Short", "excerpt": "Short.", "reason": ""}, "groups": []}
GAP = """each => each.getBoundingClientRect().bottom
  - each.shadowRoot.querySelector(".related").lastElementChild.getBoundingClientRect().bottom"""


def test_room_that_is_not_needed_is_given_back_where_nothing_is_below(
    new_page: Pages, host: HostSite, service: str, width: int
) -> None:
    page = new_page(width)
    page.add_init_script(SHIFT)
    page.route("**/api/v1/block**", answering(SHORT))
    page.goto(host.put("/", embedding(service, "<p>A text.</p><readmore-related></readmore-related>", after="")))
    assert len(related(page)) == 1
    expect(page.locator("readmore-related .waiting")).to_have_count(0)
    page.evaluate("new Promise((done) => setTimeout(done, 100))")
    assert page.locator("readmore-related").evaluate(GAP) < 20
    assert page.evaluate("window.shift") == 0


@pytest.mark.parametrize("deed", ["click", "key", "resize"])
def test_room_above_a_footer_in_sight_is_given_back_once_the_reader_does_something(
    new_page: Pages, host: HostSite, service: str, deed: str
) -> None:
    page = new_page(1280)
    page.set_viewport_size({"width": 1280, "height": 1500})
    page.add_init_script(SHIFT)
    page.route("**/api/v1/block**", answering(SHORT))
    text = embedding(service, "<p>A short text.</p><readmore-related></readmore-related>", after="<p>Below.</p>")
    page.goto(host.put("/", text.replace(" defer>", ">")))  # or the element itself comes after the first paint
    assert len(related(page)) == 1
    page.evaluate("new Promise((done) => setTimeout(done, 100))")
    assert page.locator("readmore-related").evaluate(GAP) > 100
    assert page.evaluate("window.shift") == 0
    match deed:
        case "click":
            page.get_by_text("A short text").click()
        case "key":
            page.keyboard.press("Shift")
        case _:
            page.set_viewport_size({"width": 1270, "height": 1500})
    expect(page.locator("readmore-related .waiting")).to_have_count(0)
    assert page.locator("readmore-related").evaluate(GAP) < 20


def test_the_measure_notices_a_shift(new_page: Pages, host: HostSite) -> None:
    page = new_page()
    page.add_init_script(SHIFT)
    page.goto(host.put("/", "<!doctype html><title>A page</title><p id=p>A</p><p>B</p>"))
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    page.evaluate("p.style.height = '300px'")
    page.wait_for_function("window.shift > 0")


def test_images_have_alternative_texts_where_articles_have_images(
    new_page: Pages, host: HostSite, service: str, width: int
) -> None:
    page = new_page(width)
    picture = {"url": f"{service}/static/icon.svg", "alt": "A comet"}
    items = [story(1, image=picture), story(2), story(3, image={"url": "javascript:1", "alt": ""})]
    page.route("**/api/v1/block**", answering({"items": items}))
    page.goto(host.put("/", embedding(service, '<readmore-related layout="cards"></readmore-related>')))
    assert len(related(page)) == 3
    expect(page.locator("img")).to_have_count(1)
    expect(page.get_by_alt_text("A comet")).to_be_visible()


def test_reasons_and_heading_are_as_the_page_wants_them(new_page: Pages, host: HostSite, service: str) -> None:
    page = new_page()
    tag = '<readmore-related reasons="off" heading="Read on" heading-level="3"></readmore-related>'
    page.goto(host.put("/", embedding(service, tag)))
    related(page)
    expect(page.get_by_role("heading", name="Read on", level=3)).to_be_visible()
    assert page.locator(".reason").count() == 0


def test_what_the_server_has_rendered_is_kept(new_page: Pages, host: HostSite, service: str) -> None:
    page = new_page()
    asked = questions(page)
    block = (
        '<p data-from="2024-02-22-odysseus-lands"><a href="#b" data-article="2024-02-15-odysseus-launch">Before</a></p>'
    )
    page.goto(host.put("/", embedding(service, f"<readmore-related count>{block}</readmore-related>")))
    with page.expect_request("**/api/v1/events") as sent, page.expect_response("**/api/v1/events") as answered:
        page.get_by_role("link", name="Before").click()
    assert json.loads(sent.value.post_data or "") == {
        "type": "click",
        "from": "2024-02-22-odysseus-lands",
        "to": "2024-02-15-odysseus-launch",
        "shown": ["2024-02-15-odysseus-launch"],
    }
    assert answered.value.status == 204
    assert asked == []


def test_clicks_are_counted_where_the_page_asks(new_page: Pages, host: HostSite, service: str) -> None:
    page = new_page()
    answer_for_sites(page)
    page.goto(host.put("/", embedding(service, "<readmore-related count></readmore-related>")))
    shown = related(page)
    with page.expect_request("**/api/v1/events") as sent:
        page.locator(".item a").first.click()
    event = json.loads(sent.value.post_data or "")
    assert (event["type"], event["from"], event["to"]) == ("click", ARTICLE, event["shown"][1])
    assert len(event["shown"]) == len(shown)
