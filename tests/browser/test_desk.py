"""The editors' desk in a browser: by mouse, by keyboard alone, on a phone, in the dark, without scripts."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Page, expect

from indexer.base.archive_folder import ArchiveFolder
from recommender.feedback import grades
from search.curation.rules import Pin
from search.curation.rules_file import add_rule
from tests.browser.chromium import PATIENCE, PHONE, Pages
from tests.web.desk.archives import ARTICLE, MISSED, OTHER, OTHER_HEADLINE, count_missed, edit_key
from tests.web.server.running import running

BLOCK = f"/desk/article/{ARTICLE}"
expect.set_options(timeout=PATIENCE)


class Desk(NamedTuple):
    """A service on an archive that a test may change."""

    url: str
    folder: ArchiveFolder
    key: str

    def enter(self, page: Page, path: str = "/desk") -> Page:
        """Signs in, and goes to a page of the desk."""
        page.goto(f"{self.url}{path}")
        page.get_by_label("Your edit key").fill(self.key)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(f"{self.url}{path}*")
        return page

    def rules(self) -> str:
        """The file of rules as it is."""
        return self.folder.rules.read_text("utf-8") if self.folder.rules.exists() else ""


@pytest.fixture(scope="module")
def running_desk(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    data = tmp_path_factory.mktemp("desk") / "archive"
    shutil.copytree(sample, data)
    key = edit_key(data)
    count_missed(data)
    with running(data, "--workers", "1") as service:
        yield Desk(service.url, ArchiveFolder(data), key)


@pytest.fixture
def desk(running_desk: Desk) -> Iterator[Desk]:
    """The desk of an archive in which nobody has decided anything."""
    yield running_desk
    for file in (running_desk.folder.rules, running_desk.folder.rules_history, running_desk.folder.grades):
        file.unlink(missing_ok=True)


def items(page: Page) -> list[str]:
    """The articles of the list on the page, in order."""
    found: list[str] = page.eval_on_selector_all(".items .item", "all => all.map(each => each.dataset.id)")
    return found


def settled(page: Page) -> None:
    """Waits until what was pressed is done."""
    expect(page.locator("main")).not_to_have_attribute("aria-busy", "true")


def is_focused(page: Page, selector: str) -> bool:
    found: bool = page.evaluate("selector => document.activeElement.matches(selector)", selector)
    return found


def test_a_story_is_pinned_seen_live_and_taken_back(desk: Desk, new_page: Pages, width: int) -> None:
    page = desk.enter(new_page(width), BLOCK)
    before = items(page)
    page.get_by_label("Its headline, or a part of it").press_sequentially("winegrow")
    page.get_by_role("button", name=f"Pin here {OTHER_HEADLINE}").click()
    expect(page.get_by_role("heading", name="1 change, not saved yet")).to_be_visible()
    assert items(page)[0] == OTHER
    assert desk.rules() == ""  # seen, and not in force
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".saved")).to_contain_text("Readers see it from now on")
    assert [(rule.pin, rule.under) for rule in _pins(desk)] == [(OTHER, ARTICLE)]

    reader = new_page(width)
    reader.goto(f"{desk.url}/article/{ARTICLE}")
    expect(reader.locator(".related .lead h3")).to_contain_text(OTHER_HEADLINE)

    page.get_by_role("button", name="Undo", exact=True).click()
    page.wait_for_url(f"{desk.url}{BLOCK}")
    assert items(page) == before
    reader.reload()
    expect(reader.locator(".related .lead h3")).not_to_contain_text(OTHER_HEADLINE)


def _pins(desk: Desk) -> list[Pin]:
    from search.curation.rules import read_rules

    return [rule for rule in read_rules(desk.folder).rules if isinstance(rule, Pin)]


def test_a_block_is_put_in_order_by_keyboard_alone(desk: Desk, new_page: Pages) -> None:
    page = desk.enter(new_page(), BLOCK)
    before = items(page)
    third = before[2]
    for _ in range(60):  # from the top of the page to the button, as a person without a mouse goes
        page.keyboard.press("Tab")
        if is_focused(page, f"#up-{third}"):
            break
    assert is_focused(page, f"#up-{third}")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="not saved yet")).to_be_visible()
    settled(page)
    assert items(page)[:3] == [before[0], third, before[1]]
    assert is_focused(page, f"#up-{third}")  # to be pressed again
    page.keyboard.press("Enter")
    expect(page.locator(".items .item").first).to_have_attribute("data-id", third)
    settled(page)
    assert is_focused(page, f"#down-{third}")  # there is nothing above the first place
    page.get_by_role("button", name="Save").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".saved")).to_contain_text("Readers see it from now on")
    assert items(page)[0] == third


def test_a_block_is_put_in_order_by_dragging(desk: Desk, new_page: Pages) -> None:
    page = desk.enter(new_page(), BLOCK)
    before = items(page)
    places = page.locator(".items .item .place")
    places.nth(3).drag_to(places.nth(1))
    expect(page.get_by_role("heading", name="not saved yet")).to_be_visible()
    settled(page)
    assert items(page)[:3] == [before[0], before[3], before[1]]


def test_what_is_taken_out_everywhere_wants_a_second_thought(desk: Desk, new_page: Pages) -> None:
    page = desk.enter(new_page(), BLOCK)
    gone = items(page)[1]
    row = page.locator(f'.item[data-id="{gone}"]')
    row.locator("summary").click()
    row.get_by_role("button", name="Nowhere at all").click()
    new_page.provokes("Failed to load resource")  # so the browser calls the refusal
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("Tick the box")
    assert desk.rules() == ""
    page.get_by_label("I am sure").check()
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".saved")).to_contain_text("Readers see it from now on")
    assert f"never_offer: {gone}" in desk.rules()


def test_results_are_put_in_order(desk: Desk, new_page: Pages) -> None:
    page = desk.enter(new_page(), "/desk/search?q=moon+landing")
    before = items(page)
    row = page.locator(f'.item[data-id="{before[1]}"]')
    headline = row.locator("h2").inner_text()
    row.get_by_role("button", name="Move up").click()
    expect(page.get_by_role("heading", name="1 change, not saved yet")).to_be_visible()
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".saved")).to_contain_text("Readers see it from now on")
    page.goto(f"{desk.url}/search?q=moon+landing")
    expect(page.locator(".hits h2 a").first).to_have_text(headline)


def test_what_a_synonym_does_is_seen_from_the_first_result(desk: Desk, new_page: Pages, width: int) -> None:
    page = desk.enter(new_page(width), "/desk/search?q=moon")
    page.get_by_label("also finds").fill("comet")
    page.get_by_role("button", name="See what that does").first.click()
    expect(page.get_by_role("heading", name="1 change, not saved yet")).to_be_visible()
    settled(page)
    bar, first = page.locator(".draft").bounding_box(), page.locator(".items .item").first.bounding_box()
    assert bar
    assert first
    assert bar["y"] >= 0
    assert bar["y"] + bar["height"] <= first["y"] < page.viewport_size["height"]  # type: ignore[index]
    assert is_focused(page, "#draft-title")


def test_buttons_are_as_high_as_fields_and_the_head_is_on_every_page(desk: Desk, new_page: Pages) -> None:
    page = desk.enter(new_page(), "/desk/search?q=moon")
    fields = page.locator("form.row input:not([type])").all()
    buttons = page.get_by_role("button", name="See what that does").all()
    assert len(fields) == 3
    boxes = [box for one in (*fields, *buttons) if (box := one.bounding_box())]
    assert {box["height"] for box in boxes} == {40}
    heads = []
    for path in ("/desk", "/desk/rules", "/desk/missed"):
        page.goto(desk.url + path)
        heads.append(page.locator("header").bounding_box())
    assert len({str(head) for head in heads}) == 1


def test_a_synonym_is_approved_and_the_search_finds(desk: Desk, new_page: Pages) -> None:
    page = desk.enter(new_page(), "/desk/missed")
    expect(page.get_by_role("link", name=MISSED)).to_be_visible()
    own = page.locator("form.own").first
    own.get_by_label("also finds").fill("Odysseus")
    own.get_by_role("button", name="Save").click()
    saved = page.locator(".saved")
    expect(saved).to_contain_text("now finds")
    assert "synonyms: [moonship, Odysseus]" in desk.rules()
    page.goto(f"{desk.url}/search?q=moonship")
    expect(page.get_by_role("heading", level=1)).to_contain_text("moonship")
    expect(page.locator("main")).to_contain_text("Odysseus")


def test_a_block_is_graded_by_keys(desk: Desk, new_page: Pages) -> None:
    page = desk.enter(new_page(), f"/desk/judge/{ARTICLE}")
    shown = items(page)
    for number, key in enumerate("sw", 1):
        page.keyboard.press(key)
        expect(page.locator(".judged.done")).to_have_count(number)
        settled(page)
    page.keyboard.press("t")  # the reason of the last one
    expect(page.locator('[data-key="t"][aria-pressed="true"]')).to_have_count(1)
    kept = [(grade.item, grade.grade, grade.reason_grade, grade.person) for grade in grades.read(desk.folder).grades]
    assert kept == [(shown[0], "S", "", "Anna"), (shown[1], "W", "T", "Anna")]
    page.goto(f"{desk.url}/desk/grades")
    expect(page.get_by_role("row", name="All items")).to_contain_text("50%")


def test_the_change_of_another_is_not_overwritten(desk: Desk, new_page: Pages) -> None:
    page = desk.enter(new_page(), BLOCK)
    second = items(page)[1]
    page.locator(f'.item[data-id="{second}"]').get_by_role("button", name="Move up").click()
    expect(page.get_by_role("heading", name="not saved yet")).to_be_visible()
    add_rule(desk.folder, Pin(OTHER, ARTICLE, 2), by="Bruno")
    new_page.provokes("Failed to load resource")  # so the browser calls the refusal
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("changed by Bruno")
    assert second not in desk.rules()
    assert items(page)[0] == second
    assert OTHER in items(page)  # theirs and ours
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".saved")).to_contain_text("Readers see it from now on")
    assert OTHER in desk.rules()
    assert second in desk.rules()


def test_the_desk_needs_no_script(desk: Desk, new_page: Pages) -> None:
    page = desk.enter(new_page(java_script_enabled=False), BLOCK)
    page.get_by_label("Its headline, or a part of it").fill("winegrow")
    page.get_by_role("button", name="Find", exact=True).click()
    page.get_by_role("button", name=f"Pin here {OTHER_HEADLINE}").click()
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".saved")).to_contain_text("Readers see it from now on")
    assert [rule.pin for rule in _pins(desk)] == [OTHER]


PAGES = (
    "/desk",
    "/desk/find?q=moon",
    BLOCK,
    "/desk/search?q=moon+landing",
    "/desk/search?q=qqqqqq",
    "/desk/missed",
    "/desk/reports",
    f"/desk/judge/{ARTICLE}",
    "/desk/grades",
    "/desk/changes",
    "/desk/rules",
)


def test_no_page_shuts_anybody_out(desk: Desk, page: Page, axe: Callable[..., list[str]]) -> None:
    from readmore import open_recommender
    from recommender.audit import kept_report
    from recommender.audit.report import make_report

    if not desk.folder.related_report.exists():
        with open_recommender(desk.folder.path) as recommender:
            kept_report.save(desk.folder, make_report(recommender, workers=1))
    add_rule(desk.folder, Pin(OTHER, ARTICLE, 2), by="Bruno")
    page.goto(f"{desk.url}/desk")
    assert axe(page) == []
    desk.enter(page)
    for path in PAGES:
        page.goto(f"{desk.url}{path}")
        assert axe(page) == [], path
        assert _fits(page), path
    page.goto(f"{desk.url}{BLOCK}")
    page.locator(".item summary").first.click()
    page.get_by_role("button", name="Move down").first.click()
    expect(page.get_by_role("heading", name="not saved yet")).to_be_visible()
    settled(page)
    page.locator(".item summary").nth(2).click()
    assert axe(page) == []
    assert _fits(page)


def _fits(page: Page) -> bool:
    """Whether nothing sticks out to the right."""
    wide: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return wide <= 0


def test_an_editor_can_sign_out(desk: Desk, new_page: Pages) -> None:
    page = desk.enter(new_page(PHONE))
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_label("Your edit key")).to_be_visible()
    page.goto(f"{desk.url}{BLOCK}")
    expect(page.get_by_label("Your edit key")).to_be_visible()
    assert page.context.cookies() == []


def test_readers_pages_set_no_cookie(desk: Desk, new_page: Pages) -> None:
    page = new_page()
    for path in ("/", f"/article/{ARTICLE}", "/search?q=moon"):
        page.goto(f"{desk.url}{path}")
    assert page.context.cookies() == []
