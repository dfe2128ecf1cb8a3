"""A reader at the search box of a publisher's page."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import BytesIO
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from matplotlib.image import imread
from playwright.sync_api import Locator, Page, Request, Route, expect

from tests.browser.chromium import PHONE, Pages
from tests.browser.embedding import answer_for_sites, box, embedding, hits, options
from tests.browser.host_site import HostSite

Axe = Callable[..., list[str]]
FULL = '<readmore-search facets="section year" dates></readmore-search>'


def asked(page: Page) -> dict[str, list[str]]:
    """What the address of the page says is searched for."""
    return parse_qs(urlsplit(page.url).query)


def typed(page: Page, text: str) -> None:
    """Types `text` letter by letter into what has the focus, and waits for what is offered for all of it: that replaces
    what came before."""
    page.keyboard.type(text)
    expect(page.get_by_role("option", name=f"“{text}”")).to_be_visible()


def chosen(page: Page) -> Locator:
    """The option that the arrow keys are at."""
    return page.locator("[aria-selected=true]")


def test_a_word_typed_with_a_slip_leads_to_an_article(page: Page, host: HostSite, service: str) -> None:
    answer_for_sites(page)
    page.goto(host.put("/", embedding(service, "<readmore-search></readmore-search>")))
    box(page).focus()
    typed(page, "voyagr")
    assert any("Voyager 1" in option for option in options(page))
    page.keyboard.press("ArrowDown")
    first = page.get_by_role("option").first
    expect(first).to_have_attribute("aria-selected", "true")
    expect(box(page)).to_have_attribute("aria-activedescendant", first.get_attribute("id") or "none")
    while "Voyager 1" not in chosen(page).inner_text():
        page.keyboard.press("ArrowDown")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert "voyager-1" in page.url
    assert urlsplit(page.url).hostname in ("perihelion.example", "orbitaldispatch.example")


def test_what_is_chosen_stays_so_when_a_later_answer_arrives(page: Page, host: HostSite, service: str) -> None:
    page.goto(host.put("/", embedding(service, "<readmore-search></readmore-search>")))
    box(page).focus()
    typed(page, "voyage")
    held: list[Route] = []
    page.route("**/suggest?q=voyager&*", lambda route: held.append(route))
    with page.expect_request("**/suggest?q=voyager&*"):
        page.keyboard.press("r")
    for _ in range(20):
        page.keyboard.press("ArrowDown")
        if "Voyager 1" in chosen(page).inner_text():
            break
    before = chosen(page).get_attribute("href")
    options_before = options(page)
    held[0].continue_()
    expect(page.get_by_role("option", name="“voyager”")).to_be_visible()  # of the later answer
    assert options(page) != options_before
    expect(chosen(page)).to_have_attribute("href", before or "none")
    expect(box(page)).to_have_attribute("aria-activedescendant", chosen(page).get_attribute("id") or "none")


def test_results_are_filtered_and_the_back_button_takes_the_filter_off(
    page: Page, host: HostSite, service: str, width: int
) -> None:
    page.goto(host.put("/", embedding(service, FULL)))
    box(page).fill("moon")
    page.keyboard.press("Enter")
    everything = hits(page)
    assert asked(page) == {"q": ["moon"]}
    if width == PHONE:
        page.get_by_text("Filters").click()
    for name in ("MOON", "2023"):
        counted = page.locator(".value", has_text=name).locator(".meta").inner_text()
        page.get_by_role("checkbox", name=name).check()
        expect(page.locator(".count")).to_have_text(f"Results: {counted}")
    assert asked(page) == {"q": ["moon"], "q-section": ["MOON"], "q-year": ["2023"]}
    narrowed = hits(page)
    assert all("2023" in when for when in page.locator(".hit time").all_inner_texts())
    page.reload()
    assert hits(page) == narrowed
    page.go_back()
    expect(page.get_by_role("checkbox", name="2023")).not_to_be_checked()
    page.go_back()
    expect(page.get_by_role("checkbox", name="MOON")).not_to_be_checked()
    assert hits(page) == everything
    assert box(page).input_value() == "moon"
    page.go_back()
    expect(page.locator(".hit")).to_have_count(0)
    assert box(page).input_value() == ""


def test_everything_can_be_done_by_keyboard_alone(new_page: Pages, host: HostSite, service: str) -> None:
    page = new_page()
    answer_for_sites(page)
    page.goto(host.put("/", embedding(service, FULL)))
    page.keyboard.press("Tab")
    expect(box(page)).to_be_focused()
    typed(page, "moon lan")
    count = len(options(page))
    assert box(page).get_attribute("aria-expanded") == "true"
    page.keyboard.press("ArrowUp")  # from the box to the last one
    expect(page.get_by_role("option").nth(count - 1)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")  # and into the box again
    expect(page.locator("[aria-selected=true]")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    assert box(page).input_value() == "moon lan"
    page.keyboard.press("Alt+ArrowDown")
    expect(page.get_by_role("listbox")).to_be_visible()
    page.keyboard.press("Enter")
    hits(page)
    expect(page.get_by_role("listbox")).to_be_hidden()
    while not page.evaluate("document.activeElement.shadowRoot?.activeElement?.matches('[type=checkbox]')"):
        page.keyboard.press("Tab")
    before = page.locator(".count").inner_text()
    page.keyboard.press("Space")
    expect(page.locator(".count")).not_to_have_text(before)
    expect(page.locator("[type=checkbox]:focus")).to_be_checked()  # and the focus is where it was
    while not page.evaluate("document.activeElement.shadowRoot?.activeElement?.closest('.hit')"):
        page.keyboard.press("Tab")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert ".example/" in page.url


def test_axe_finds_nothing_wrong_with_the_box_and_its_results(
    page: Page, host: HostSite, service: str, axe: Axe
) -> None:
    page.goto(host.put("/", embedding(service, FULL)))
    assert axe(page) == []
    box(page).focus()
    typed(page, "moon la")
    page.keyboard.press("ArrowDown")
    assert axe(page) == []
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    hits(page)
    page.locator("details").evaluate("each => { each.open = true }")
    assert axe(page) == []


def test_what_is_found_is_told_to_screen_readers(new_page: Pages, host: HostSite, service: str) -> None:
    page = new_page()
    page.goto(host.put("/", embedding(service, FULL)))
    box(page).focus()
    typed(page, "voyager")
    count = len(options(page))
    expect(page.get_by_role("status")).to_have_text(f"Suggestions: {count}")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Results: ")


def test_what_is_offered_is_of_the_articles_that_the_box_is_for(new_page: Pages, host: HostSite, service: str) -> None:
    page = new_page()
    condition = "site = Perihelion AND year >= 2000"
    page.goto(host.put("/", embedding(service, f"<readmore-search filter='{condition}'></readmore-search>")))
    with page.expect_response(lambda answer: "/suggest?" in answer.url) as answered:
        box(page).fill("moon")
    offered = answered.value.json()
    assert {article["site"] for article in offered["articles"]} == {"Perihelion"}
    shown = options(page)
    assert any(offered["articles"][0]["title"] in option for option in shown)
    everywhere = page.request.get(f"{service}/api/v1/suggest?q=moon&limit=50").json()["articles"]
    others = [article["title"] for article in everywhere if article["site"] != "Perihelion"]
    assert others
    assert not [title for title in others if any(title in option for option in shown)]


def test_names_are_offered_with_what_they_are_and_searched_for(
    page: Page, host: HostSite, service: str, axe: Axe
) -> None:
    page.goto(host.put("/", embedding(service, "<readmore-search></readmore-search>")))
    with page.expect_response(lambda answer: "/suggest?" in answer.url) as answered:
        box(page).fill("ach")
    author, in_texts = answered.value.json()["names"]
    assert (author["field"], in_texts["field"]) == ("author", "name")
    count = len(options(page))
    for name, what in ((author, "Author"), (in_texts, "Name")):
        shown = page.get_by_role("option", name=f"{name['value']} {what} · {name['count']}", exact=True)
        expect(shown).to_be_visible()
    assert axe(page) == []
    page.keyboard.press("ArrowDown")
    while "Achebe-Lowe" not in page.locator("[aria-selected=true]").inner_text():
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator(".count")).to_have_text(f"Results: {in_texts['count']}")
    assert asked(page) == {"q": [in_texts["query"]]}
    box(page).fill("ach")
    assert len(options(page)) == count
    page.get_by_role("option", name="Rosalind Achterberg").click()
    expect(page.locator(".count")).to_have_text(f"Results: {author['count']}")
    assert asked(page) == {"q": ['author:"Rosalind Achterberg"']}


def test_an_older_answer_never_shows_over_a_newer_one(new_page: Pages, host: HostSite, service: str) -> None:
    page = new_page()
    page.goto(host.put("/", embedding(service, "<readmore-search></readmore-search>")))
    held: list[Route] = []
    page.route("**/api/v1/*?q=mars&**", lambda route: held.append(route))
    with page.expect_request("**/api/v1/search?q=mars&**"):
        box(page).fill("mars")
    box(page).fill("voyager")
    newer = options(page)
    for route in held:
        route.fulfill(json={"queries": [], "articles": [], "hits": [], "total": 0, "notes": []})
    page.request.get(service + "/livez")
    assert options(page) == newer
    assert all("Voyager" in option or "voyager" in option for option in newer)


def test_a_question_that_is_overtaken_is_called_off(new_page: Pages, host: HostSite, service: str) -> None:
    page = new_page()
    page.goto(host.put("/", embedding(service, "<readmore-search></readmore-search>")))
    page.route("**/api/v1/*?q=mars&**", lambda route: None)
    with page.expect_event("requestfailed") as failed:
        with page.expect_request("**/api/v1/search?q=mars&**"):
            box(page).fill("mars")
        box(page).fill("voyager")
    assert failed.value.failure == "net::ERR_ABORTED"
    options(page)


def test_nothing_is_looked_up_while_an_input_method_composes(new_page: Pages, host: HostSite, service: str) -> None:
    page = new_page()
    page.goto(host.put("/", embedding(service, "<readmore-search></readmore-search>", lang="ja")))
    looked_up: list[str] = []
    page.on("request", lambda request: looked_up.append(request.url) if "/suggest" in request.url else None)
    box(page).focus()
    keyboard = page.context.new_cdp_session(page)
    keyboard.send("Input.imeSetComposition", {"text": "つき", "selectionStart": 2, "selectionEnd": 2})
    keyboard.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", "windowsVirtualKeyCode": 229, "key": "Enter"})
    page.wait_for_timeout(300)  # longer than it waits for more to be typed
    assert (looked_up, asked(page)) == ([], {})
    with page.expect_request("**/suggest?q=%E6%9C%88*"):
        keyboard.send("Input.insertText", {"text": "月"})


def has_whole_line(link: Locator) -> bool:
    """Whether a line is drawn under all of a link. Chromium leaves out quotation marks of `q` in an underline, whatever
    their computed style is."""
    pixels = imread(BytesIO(link.screenshot()))
    drawn = np.abs(pixels - pixels[0, 0]).max(axis=2) > 0.2
    return bool(drawn[:, 2:-2].all(axis=1).any())  # it may begin and end within a pixel


def test_a_correction_is_said_and_can_be_overruled(new_page: Pages, host: HostSite, service: str) -> None:
    page = new_page()
    page.goto(host.put("/", embedding(service, "<readmore-search></readmore-search>")))
    box(page).fill("voyagr")
    page.keyboard.press("Enter")
    assert hits(page)
    expect(page.locator(".note")).to_have_text("Showing results for voyager. Search for voyagr instead")
    link = page.get_by_role("link", name="Search for voyagr instead")
    assert has_whole_line(link)
    link.click()
    expect(page.locator(".count")).to_have_text("Nothing found for voyagr")
    assert asked(page) == {"q": ["voyagr"], "q-exact": ["1"]}


def test_what_was_found_is_marked_and_no_text_is_markup(new_page: Pages, host: HostSite, service: str) -> None:
    page = new_page()
    page.goto(host.put("/", embedding(service, "<readmore-search></readmore-search>")))
    hit = {"id": "a", "title": "t", "url": "javascript:alert(1)", "date": None, "section": "<b>S</b>", "site": ""}
    shown = {
        "title_html": "A &lt;img src=x&gt; &amp; <mark>moon</mark>",
        "excerpt_html": "<mark>Moon</mark> &#x27;s",
        "language": "",
    }
    answer = {"query": "moon", "total": 1, "hits": [hit | shown], "notes": []}
    page.route("**/api/v1/search?**", lambda route: route.fulfill(json=answer))
    box(page).fill("moon")
    page.keyboard.press("Enter")
    assert hits(page) == ["A <img src=x> & moon"]
    assert page.locator(".hit mark").all_inner_texts() == ["moon", "Moon"]
    assert page.locator(".hit .excerpt").inner_text() == "Moon 's"
    assert page.locator(".hit a").get_attribute("href") == f"{service}/article/a"


def test_pages_of_results_have_addresses(new_page: Pages, host: HostSite, service: str) -> None:
    page = new_page()
    page.goto(host.put("/", embedding(service, "<readmore-search></readmore-search>")))
    box(page).fill("moon")
    page.keyboard.press("Enter")
    first = hits(page)
    page.get_by_role("link", name="Next").click()
    expect(page.locator(".count")).to_be_focused()
    assert asked(page) == {"q": ["moon"], "q-page": ["2"]}
    assert not set(first) & set(hits(page))
    page.get_by_role("link", name="Previous").click()
    expect(page.get_by_role("link", name="Previous")).to_have_count(0)
    assert hits(page) == first


def test_days_narrow_the_results_down(new_page: Pages, host: HostSite, service: str) -> None:
    page = new_page()
    page.goto(host.put("/", embedding(service, FULL)))
    box(page).fill("moon")
    page.keyboard.press("Enter")
    hits(page)
    page.get_by_label("From").fill("2024-06-01")
    page.get_by_label("Until").fill("2024-06-30")
    expect(page.locator("summary")).to_have_text("Filters (2)")
    assert all(when.startswith("Jun") and "2024" in when for when in page.locator(".hit time").all_inner_texts())
    page.get_by_role("button", name="Remove filters").click()
    expect(page.locator("summary")).to_have_text("Filters")


def test_a_service_that_fails_leaves_a_plain_form(new_page: Pages, host: HostSite, service: str) -> None:
    page = new_page()
    own = host.put("/search", "<!doctype html><title>The site's own search</title>")
    form = '<form action="/search"><input name="query"><button>Go</button></form>'
    page.goto(host.put("/", embedding(service, f"<readmore-search>{form}</readmore-search>")))
    new_page.provokes("503")
    page.route("**/api/**", lambda route: route.fulfill(status=503, json={}))
    with page.expect_response("**/suggest?**"):
        box(page).press_sequentially("moon")
    expect(page.get_by_role("listbox")).to_be_hidden()
    page.keyboard.press("Enter")
    page.wait_for_url(f"{own}?query=moon")


def test_a_failure_on_the_search_page_itself_is_said(new_page: Pages, host: HostSite, service: str) -> None:
    page = new_page()
    address = host.put(
        "/search", embedding(service, '<readmore-search><form action="/search"></form></readmore-search>')
    )
    new_page.provokes("ERR_FAILED")
    page.route("**/api/**", lambda route: route.abort())
    page.goto(f"{address}?q=moon")
    expect(page.get_by_role("alert")).to_have_text("The search does not answer just now.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()


def test_without_scripts_the_form_inside_is_there(new_page: Pages, host: HostSite, service: str) -> None:
    page = new_page(java_script_enabled=False)
    form = f'<form action="{service}/search"><label>Find <input name="q"></label><button>Go</button></form>'
    page.goto(host.put("/", embedding(service, f"<readmore-search>{form}</readmore-search>")))
    page.get_by_label("Find").fill("voyager")
    page.get_by_role("button", name="Go").click()
    assert page.url == f"{service}/search?q=voyager"
    assert "Voyager" in page.locator(".hits h2").first.inner_text()


def test_a_box_with_an_action_sends_there(new_page: Pages, host: HostSite, service: str) -> None:
    page = new_page()
    found = host.put("/found", embedding(service, '<readmore-search param="s"></readmore-search>'))
    page.goto(host.put("/", embedding(service, '<readmore-search action="/found" param="s"></readmore-search>')))
    box(page).fill("voyager")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.url == f"{found}?s=voyager"
    assert any("Voyager 1" in hit for hit in hits(page))


@pytest.mark.parametrize(
    ("lang", "heading", "date"),
    [
        ("de-AT", "Ergebnisse: 7", "2024"),
        ("fr", "Résultats : 7", "2024"),
        ("es-MX", "Resultados: 7", "2024"),
        ("pt-BR", "Resultados: 7", "de 2024"),
        ("ar", "النتائج: ", "2024"),
        ("ja", "検索結果 7 件", "2024/"),
        ("en", "Results: 7", ", 2024"),
        ("xx", "Results: 7", "2024"),
    ],
)
def test_it_speaks_the_language_of_the_page(
    new_page: Pages, host: HostSite, service: str, lang: str, heading: str, date: str
) -> None:
    page = new_page()
    page.goto(host.put("/", embedding(service, "<readmore-search></readmore-search>", lang=lang)) + "?q=voyager")
    hits(page)
    assert page.locator(".count").inner_text().startswith(heading)
    when = page.locator(".hit time", has_text="2024").first
    assert date in when.inner_text()
    is_arabic = lang == "ar"
    assert page.locator(".rm").evaluate("each => getComputedStyle(each).direction") == ("rtl" if is_arabic else "ltr")


def sent_events(page: Page) -> list[dict[str, object]]:
    """Will have the events that the page sends."""
    sent: list[dict[str, object]] = []

    def heard(request: Request) -> None:
        if request.url.endswith("/api/v1/events"):
            sent.append(json.loads(request.post_data or "null") | {"cookie": request.headers.get("cookie")})

    page.on("request", heard)
    return sent


@pytest.mark.parametrize(("attribute", "objects", "counted"), [("count", False, 1), ("", False, 0), ("count", True, 0)])
def test_searches_are_counted_where_the_page_asks_and_the_reader_does_not_object(
    new_page: Pages, host: HostSite, service: str, attribute: str, objects: bool, counted: int
) -> None:
    page = new_page()
    if objects:
        page.add_init_script("Object.defineProperty(navigator, 'doNotTrack', { value: '1' })")
    sent = sent_events(page)
    page.goto(host.put("/", embedding(service, f"<readmore-search {attribute}></readmore-search>")))
    box(page).fill("voyager")
    page.keyboard.press("Enter")
    hits(page)
    page.request.get(service + "/livez")
    assert sent == [{"type": "search", "query": "voyager", "total": 7, "cookie": None}] * counted


def test_a_key_goes_with_every_question(new_page: Pages, host: HostSite, service: str) -> None:
    page = new_page()
    page.goto(host.put("/", embedding(service, '<readmore-search key="k1"></readmore-search>')))
    keys: list[str | None] = []

    def answer(route: Route) -> None:
        keys.append(route.request.headers.get("authorization"))
        route.fulfill(json={"queries": ["moon"], "articles": [], "hits": [], "total": 0, "notes": []})

    page.route("**/api/**", answer)
    box(page).fill("moo")
    options(page)
    assert keys == ["Bearer k1", "Bearer k1"]


def test_nothing_is_stored(new_page: Pages, host: HostSite, service: str) -> None:
    page = new_page()
    page.goto(
        host.put(
            "/", embedding(service, "<readmore-search count></readmore-search><readmore-related></readmore-related>")
        )
    )
    box(page).fill("voyager")
    page.keyboard.press("Enter")
    hits(page)
    assert page.context.cookies() == []
    assert page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]
    assert page.evaluate("indexedDB.databases()") == []


def test_the_page_is_told_and_may_take_over(new_page: Pages, host: HostSite, service: str) -> None:
    page = new_page()
    page.goto(host.put("/", embedding(service, "<readmore-search></readmore-search>")))
    page.evaluate(
        "for (const name of ['search', 'select']) addEventListener('readmore-' + name, (event) => {"
        "  event.preventDefault(); (window.told ??= []).push(event.detail.query ?? event.detail.article.id) })"
    )
    box(page).fill("voyager")
    page.keyboard.press("Enter")
    hits(page)
    page.locator(".hit a").first.click()
    told = page.evaluate("window.told")
    assert told[0] == "voyager"
    assert "voyager" in told[1]
    assert page.url.startswith(host.url)


def test_a_finger_does_what_a_mouse_does(new_page: Pages, host: HostSite, service: str) -> None:
    page = new_page(PHONE, has_touch=True, is_mobile=True)
    answer_for_sites(page)
    page.goto(host.put("/", embedding(service, "<readmore-search></readmore-search>")))
    box(page).tap()
    with page.expect_response(lambda answer: "/search?q=voyager&" in answer.url):
        box(page).press_sequentially("voyager")
    expect(page.get_by_role("status")).to_contain_text("Suggestions: ")  # of all letters: the list is not made anew
    option = page.get_by_role("option", name="Voyager 1 makes sense again").first
    assert (option.bounding_box() or {})["height"] >= 44
    with page.expect_navigation():
        option.tap()
    assert page.url.endswith("/voyager-1-back")
