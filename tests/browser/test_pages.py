"""The pages in a browser: a reader's journeys by keyboard, and what holds for every page."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Response, Route

from tests.browser.chromium import DESKTOP, PHONE, Pages
from tests.web.server.running import running

ARTICLE = "/article/2024-03-14-voyager-1-memory-readout"
PAGES = {
    "front": "/",
    "results": "/search?q=moon",
    "corrected": "/search?q=moom+landng",
    "narrowed": "/search?q=voyager&section=DEEP+SPACE&year=2024&since=2024-01-01",
    "everything": "/search?q=*&sort=-date&page=2",
    "nothing": "/search?q=zzxqy",
    "asks": "/search",
    "article": ARTICLE,
}
LIMIT = 60 * 1024  # bytes of a page with everything, before anything is compressed
MOST_TABS = 120
SHIFTS = """window.shifted = 0;
new PerformanceObserver(list => { for (const entry of list.getEntries()) window.shifted += entry.value })
  .observe({type: "layout-shift", buffered: true});"""


@pytest.fixture(scope="module")
def site(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a service on the sample whose links lead to pages here, as those of `readmore demo`."""
    data = tmp_path_factory.mktemp("pages") / "archive"
    shutil.copytree(sample, data)
    (data / "readmore.toml").write_text('[pages]\nlinks = "here"\n')
    with running(data, "--workers", "1") as service:
        yield service.url


@pytest.fixture(params=PAGES.values(), ids=PAGES)
def path(request: pytest.FixtureRequest) -> str:
    """Where a page is."""
    found: str = request.param
    return found


def tab_to(page: Page, selector: str) -> None:
    """Presses the tab key until what the selector names has the focus; whatever has it on the way shows that."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"{selector} has no focus after {MOST_TABS} tabs; {page.url}")


def test_a_reader_finds_an_article_and_reads_on_by_keyboard_alone(page: Page, site: str, width: int) -> None:
    page.goto(site)
    tab_to(page, "input[type=search]")
    page.keyboard.type("moom landng")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=moom+landng")
    assert page.inner_text("h1 q") == "moon landing"
    found = int(page.inner_text("h1").split()[0])

    narrow(page, width, "section", "MOON")
    narrow(page, width, "year", "2024")
    assert "section=MOON" in page.url
    assert "year=2024" in page.url
    assert page.locator(".filters b").all_inner_texts() == ["MOON", "2024"]
    assert 0 < int(page.inner_text("h1").split()[0]) < found

    page.go_back()
    assert "year=2024" not in page.url
    page.go_back()
    assert int(page.inner_text("h1").split()[0]) == found

    tab_to(page, "a[href='#found']")  # past all that there is to choose
    page.keyboard.press("Enter")
    tab_to(page, ".hits h2 a")
    page.keyboard.press("Enter")
    page.wait_for_url("**/article/*")
    first = page.inner_text("h1")
    tab_to(page, ".lead h3 a")
    headline = page.inner_text(".lead h3")
    page.keyboard.press("Enter")
    page.wait_for_function("first => document.querySelector('h1').innerText != first", arg=first)
    assert page.inner_text("h1") == headline


def narrow(page: Page, width: int, field: str, value: str) -> None:
    """Chooses a value by the keyboard; on a phone what there is to choose is folded."""
    choice = f"[aria-labelledby=by-{field}] li a"
    if width == PHONE:
        assert not page.locator(choice).first.is_visible()
        tab_to(page, ".refine > summary")
        page.keyboard.press("Enter")
    else:
        assert page.locator(choice).first.is_visible()
    address = page.locator(choice, has_text=value).first.get_attribute("href")
    tab_to(page, f'{choice}[href="{address}"]')
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_what_could_be_typed_is_offered_and_never_for_an_older_text(new_page: Pages, site: str) -> None:
    page = new_page()
    page.goto(site)
    offered = "() => [...document.querySelectorAll('datalist option')].map(option => option.value)"
    has = "text => [...document.querySelectorAll('datalist option')].some(option => option.value == text)"
    page.type("input[type=search]", "voyag")
    page.wait_for_function(has, arg="voyager")
    assert any(text.startswith("Voyager 1") for text in page.evaluate(offered))

    late: list[Route] = []
    page.route("**/suggest?q=moo", lambda route: late.append(route))
    with page.expect_request("**/suggest?q=moo"):
        page.fill("input[type=search]", "moo")
    page.fill("input[type=search]", "arian")
    page.wait_for_function(has, arg="ariane")
    with page.expect_response("**/suggest?q=moo") as answer:
        late[0].continue_()
    answer.value.finished()
    page.evaluate("() => new Promise(done => setTimeout(done, 100))")
    assert "ariane" in page.evaluate(offered)
    page.fill("input[type=search]", "")
    page.wait_for_function("() => !document.querySelector('datalist option')")


def test_what_was_typed_can_be_searched_for_as_it_stands(new_page: Pages, site: str) -> None:
    page = new_page()
    page.goto(f"{site}/search?q=moom+landng")
    page.click(".correction a")
    assert "typos=off" in page.url
    assert page.inner_text("h1").startswith("Nothing found for")


def test_a_bar_of_the_histogram_shows_its_month(new_page: Pages, site: str) -> None:
    page = new_page()
    page.goto(f"{site}/search?q=moon")
    bars = page.locator(".dates title").evaluate_all("titles => titles.map(title => title.textContent)")
    highest = max(bars, key=lambda bar: int(bar.split(": ")[1]))
    period, count = highest.split(": ")
    page.locator(".dates a", has_text=highest).click()
    assert f"Date: {period}" in page.inner_text(".filters")
    assert int(page.inner_text("h1").split()[0]) <= int(count)  # copies are folded
    assert page.locator(".dates a").count() > 3  # the others can still be chosen


def test_days_narrow_the_results_down(new_page: Pages, site: str) -> None:
    page = new_page()
    page.goto(f"{site}/search?q=moon")
    page.fill("input[name=since]", "2024-02-01")
    page.fill("input[name=until]", "2024-02-29")
    page.click(".span button")
    dates = page.locator(".hits time").evaluate_all("all => all.map(each => each.dateTime.slice(0, 7))")
    assert dates
    assert set(dates) == {"2024-02"}
    assert page.input_value("input[name=since]") == "2024-02-01"


def test_no_page_has_what_axe_finds_wrong(
    page: Page, site: str, path: str, axe: Callable[..., list[str]], width: int
) -> None:
    page.goto(site + path)
    if width == PHONE and page.locator(".refine > summary").count():
        page.click(".refine > summary")
    assert axe(page) == []


def test_no_page_is_wider_than_the_screen(new_page: Pages, site: str, path: str) -> None:
    page = new_page(width=PHONE)
    page.goto(site + path)
    for summary in page.locator("summary:visible").all():
        summary.click()
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_nothing_moves_while_a_page_loads(new_page: Pages, site: str, path: str, width: int) -> None:
    page = new_page(width)
    page.add_init_script(SHIFTS)
    page.goto(site + path, wait_until="networkidle")
    assert page.evaluate("window.shifted") == 0


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_the_name_of_the_site_stands_where_it_will_before_the_search_box_has_come(
    new_page: Pages, site: str, width: int
) -> None:
    page = new_page(width)
    page.goto(f"{site}/search?q=moon")
    top = "document.querySelector('.wordmark').getBoundingClientRect().top"
    whole = page.evaluate(top)
    page.evaluate("document.querySelector('.masthead .search').remove()")
    assert page.evaluate(top) == whole


def test_a_page_is_small_with_everything(new_page: Pages, site: str, path: str) -> None:
    page = new_page()
    responses: list[Response] = []
    page.on("response", lambda response: responses.append(response))
    page.goto(site + path, wait_until="networkidle")
    assert sum(len(response.body()) for response in responses) <= LIMIT
    assert not [response.url for response in responses if not response.url.startswith(site)]


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_pages_need_no_script(new_page: Pages, site: str, width: int) -> None:
    page = new_page(width, java_script_enabled=False)
    page.goto(site)
    page.fill("input[type=search]", "voyager")
    page.click("button[type=submit]")
    if width == PHONE:
        page.click(".refine > summary")
    page.click("[aria-labelledby=by-year] li a >> text=2024")
    assert "year=2024" in page.url
    page.click("text=Newest")
    page.click(".hits h2 a >> nth=0")
    page.click(".lead h3 a")
    assert page.inner_text("h1")


def test_what_is_printed_is_what_was_found(new_page: Pages, site: str) -> None:
    page = new_page()
    page.goto(f"{site}/search?q=moon")
    page.emulate_media(media="print")
    assert [page.locator(part).first.is_visible() for part in (".refine", ".masthead form", ".orders", ".foot")] == (
        [False] * 4
    )
    assert page.locator(".hits h2").first.is_visible()


def test_a_page_from_right_to_left_is_its_mirror(
    new_page: Pages, sample: Path, tmp_path: Path, axe: Callable[..., list[str]]
) -> None:
    data = tmp_path / "archive"
    shutil.copytree(sample, data)
    (data / "readmore.toml").write_text('[pages]\nlanguage = "ar"\n')
    with running(data, "--workers", "1") as service:
        page = new_page()
        page.goto(f"{service.url}/search?q=moon")
        name, box, found, refine = (
            page.locator(part).bounding_box() for part in (".wordmark", ".field", ".found", ".refine nav")
        )
        assert name
        assert box
        assert found
        assert refine
        assert name["x"] > box["x"]
        assert found["x"] < refine["x"]
        assert "الأحدث" in page.inner_text(".orders")
        assert page.evaluate("document.documentElement.scrollWidth") == DESKTOP
        assert axe(page) == []
