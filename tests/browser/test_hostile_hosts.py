"""Pages that were not made for the widgets: they look and work there as they do anywhere, and change nothing there."""

from __future__ import annotations

import base64
import hashlib

import pytest
from playwright.sync_api import Page, expect

from tests.browser.chromium import Pages
from tests.browser.embedding import box, embedding, hits, options, related
from tests.browser.host_site import HostSite

BOTH = "<readmore-search></readmore-search><readmore-related></readmore-related>"
PLAIN = "html, body, main, h1 { margin: 0; padding: 0 } main { width: 700px } body { background: #fff }"
HOSTILE = {
    "resets": "*, *::before, *::after { margin: 0; padding: 0; border: 0; font: inherit; box-sizing: content-box }"
    " a { color: inherit; text-decoration: none } ol, ul { list-style: none } input, button { appearance: none }"
    " html { font-size: 62.5% } body { line-height: 1; font-family: monospace; text-align: center }",
    "important": "body * { color: red !important; background: yellow !important; font: 30px/3 serif !important;"
    " text-transform: uppercase !important; letter-spacing: 3px !important; border: 5px solid green !important;"
    " padding: 9px !important; float: left !important; opacity: .3 !important; transform: rotate(3deg) !important;"
    " display: inline !important; text-align: right !important; list-style: square !important; width: 700px }",
    "elements": "a, p, h2, h3, ul, li, form, input, button, label, mark, div, span, time { display: none !important }"
    " [hidden] { display: block !important } .popup, .option, .hit, .related, .item { position: fixed; top: 0 }",
    "inherited": "body { font: italic 40px cursive; color: pink; text-indent: 5em; text-transform: uppercase;"
    " letter-spacing: 1em; word-spacing: 2em; white-space: pre; line-height: 4; text-shadow: 0 0 9px red;"
    " cursor: crosshair; word-break: break-all; text-align: center; list-style: square }",
}
# How the parts look: what is computed for every element in the shadow root, but for what depends on where it stands.
LOOKS = """element => [...element.shadowRoot.querySelectorAll("*")].map((each) => {
  const style = getComputedStyle(each);
  const told = "display color backgroundColor fontSize fontFamily fontStyle fontWeight lineHeight letterSpacing"
    + " wordSpacing textTransform textAlign textIndent textShadow whiteSpace wordBreak listStyleType opacity transform"
    + " float width height paddingTop paddingLeft marginTop marginLeft borderTopWidth borderTopColor visibility cursor";
  return each.tagName + each.className + ": " + told.split(" ").map((name) => style[name]).join(" | ");
})"""
STYLES = """() => [...document.querySelectorAll("*")]
  .filter((each) => !each.closest("readmore-search, readmore-related, script"))
  .map((each) => each.tagName + [...getComputedStyle(each)].map((name) => name + getComputedStyle(each)[name]))"""


def looks(page: Page) -> list[list[str]]:
    """How the box, with its list open, and the block look."""
    related(page)
    box(page).fill("moon la")
    options(page)
    return [page.locator(name).evaluate(LOOKS) for name in ("readmore-search", "readmore-related")]


@pytest.mark.parametrize("kind", HOSTILE)
def test_they_look_and_work_the_same(new_page: Pages, host: HostSite, service: str, kind: str) -> None:
    page = new_page()
    page.goto(host.put("/", embedding(service, BOTH, style=PLAIN, after="")))
    usual = looks(page)
    page.goto(host.put("/", embedding(service, BOTH, style=f"{PLAIN} {HOSTILE[kind]}", after="")))
    assert looks(page) == usual
    page.keyboard.press("Enter")
    assert hits(page)


@pytest.mark.parametrize("kind", ["plain", *HOSTILE])
def test_they_change_nothing_of_the_host(new_page: Pages, host: HostSite, service: str, kind: str) -> None:
    page = new_page()
    style = HOSTILE.get(kind, PLAIN)
    around = "<p>One</p><ul><li><a href='/'>Two</a></li></ul><form><input value='3'><button>Four</button></form>"
    # whatever room they take, it is none of the page's
    apart = (
        "position: absolute !important; width: 700px !important; height: 50px !important; overflow: hidden !important"
    )
    text = embedding(service, f'{around}<section style="{apart}">{BOTH}</section>', style=style)
    page.goto(host.put("/without", text.replace("<script", "<script type='text/plain'")))
    without = page.evaluate(STYLES)
    names = page.evaluate("Object.keys(window)")
    page.goto(host.put("/with", text))
    related(page)
    assert page.evaluate(STYLES) == without
    assert page.evaluate("Object.keys(window)") == names
    assert page.evaluate("document.styleSheets.length + document.adoptedStyleSheets.length") == 1
    assert len(without) > 10


@pytest.mark.parametrize("policy", ["same origin", "another origin", "trusted types"])
def test_they_need_nothing_that_a_strict_policy_forbids(
    new_page: Pages, host: HostSite, service: str, policy: str
) -> None:
    page = new_page()
    text = embedding(service, BOTH, style="", after="").replace("<style></style>", "")
    policies = {
        "same origin": f"default-src 'none'; script-src 'self'; style-src 'self'; connect-src {service}",
        "another origin": f"default-src 'none'; script-src {service}; style-src 'self'; connect-src {service}",
        "trusted types": f"default-src 'none'; script-src {service}; connect-src {service};"
        " require-trusted-types-for 'script'; trusted-types 'none'",
    }
    if policy == "same origin":
        script = page.request.get(f"{service}/widgets/readmore.js").text()
        host.put("/readmore.js", script, "text/javascript")
        text = text.replace(f"{service}/widgets/readmore.js", "/readmore.js")
        text = text.replace("<readmore-search", f'<readmore-search service="{service}"')
        text = text.replace("<readmore-related", f'<readmore-related service="{service}"')
    page.goto(host.put("/", text, Content_Security_Policy=policies[policy]))
    assert related(page)
    box(page).fill("moon la")
    options(page)
    page.keyboard.press("Enter")
    assert hits(page)
    assert page.locator("mark").first.evaluate("each => getComputedStyle(each).backgroundColor") == "rgb(253, 234, 160)"


def test_a_module_or_a_script_with_a_digest_is_taken_from_another_origin(
    new_page: Pages, host: HostSite, service: str
) -> None:
    page = new_page()
    script = page.request.get(f"{service}/widgets/readmore.js").body()
    digest = base64.b64encode(hashlib.sha384(script).digest()).decode()
    text = embedding(service, "<readmore-related></readmore-related>")
    with_digest = text.replace(" defer", f' defer integrity="sha384-{digest}" crossorigin')
    for each in (text.replace(" defer", ' type="module"'), with_digest):
        page.goto(host.put("/", each))
        assert related(page)


def test_two_tags_make_a_box_and_a_block(new_page: Pages, host: HostSite, service: str) -> None:
    page = new_page()
    tags = "".join(
        f'<script src="{service}/widgets/readmore.js" data-widget="{widget}" {more}></script>'
        for widget, more in (
            ("search", 'data-facets="section"'),
            ("related", 'data-article="2024-02-22-odysseus-lands"'),
        )
    )
    page.goto(host.put("/", tags))
    assert any("Odysseus" in title for title in related(page))
    box(page).fill("moon")
    page.keyboard.press("Enter")
    assert hits(page)
    expect(page.locator("fieldset legend")).to_have_text("Section")


def test_a_script_and_an_element_are_enough_on_an_empty_page(new_page: Pages, host: HostSite, service: str) -> None:
    page = new_page()
    page.goto(
        host.put("/", f"<script src='{service}/widgets/readmore.js'></script><readmore-search></readmore-search>")
    )
    box(page).fill("moon la")
    assert options(page)


def test_they_may_be_added_and_moved_after_the_page_has_loaded(new_page: Pages, host: HostSite, service: str) -> None:
    page = new_page()
    page.goto(host.put("/", embedding(service, "")))
    page.evaluate(
        "for (const name of ['search', 'related'])"
        "  document.querySelector('main').append(document.createElement('readmore-' + name))"
    )
    assert related(page)
    box(page).fill("moon la")
    options(page)
    page.evaluate("document.body.prepend(...document.querySelectorAll('readmore-search, readmore-related'))")
    assert related(page)
    box(page).fill("voyager")
    assert any("Voyager" in option for option in options(page))
    expect(page.get_by_role("combobox")).to_have_count(1)


def test_twenty_of_each_work_on_one_page(new_page: Pages, host: HostSite, service: str) -> None:
    page = new_page()
    page.goto(host.put("/", embedding(service, BOTH * 20)))
    for block in page.locator("readmore-related").all():
        block.scroll_into_view_if_needed()
    expect(page.locator("readmore-related .lead")).to_have_count(20)
    last = page.locator("readmore-search").nth(19)
    last.get_by_role("combobox").fill("moon")
    last.get_by_role("option").first.wait_for()
    assert page.get_by_role("option").count() == last.get_by_role("option").count()
    last.get_by_role("combobox").press("Enter")
    last.locator(".hit").first.wait_for()
    expect(page.locator(".hit")).to_have_count(10)
    assert "q=" not in page.url  # the address is the first one's
    page.locator("readmore-search").first.get_by_role("combobox").fill("voyager")
    page.locator("readmore-search").first.get_by_role("combobox").press("Enter")
    page.wait_for_url("**/?q=voyager")


def test_from_right_to_left_everything_is_the_other_way_round(new_page: Pages, host: HostSite, service: str) -> None:
    page = new_page()
    page.goto(host.put("/", embedding(service, BOTH, style=PLAIN, lang="ar")))
    related(page)
    box(page).fill("moon")
    options(page)
    field, button = (page.locator(name).bounding_box() or {} for name in (".input", ".button"))
    assert button["x"] + button["width"] <= field["x"] + 1
    heading = page.locator("readmore-related .heading")
    assert heading.inner_text() == "مقالات ذات صلة"
    assert heading.evaluate("each => getComputedStyle(each).direction") == "rtl"
    title = page.locator("readmore-related .title a").first  # English stays English
    assert title.evaluate("each => getComputedStyle(each).direction") == "ltr"


@pytest.mark.parametrize(
    ("head", "scheme", "is_dark"),
    [
        (":root { color-scheme: light dark }", "dark", True),
        (":root { color-scheme: light dark }", "light", False),
        (":root { color-scheme: dark }", "light", True),
        (":root { color-scheme: only light }", "dark", False),
        ("", "dark", False),  # such a page is white, whatever the reader prefers
        ("body { background: #101010 }", "light", True),
        ("body { background: #101010 } main { background: #fafafa }", "dark", False),
    ],
)
def test_they_are_as_dark_as_the_page(
    new_page: Pages, host: HostSite, service: str, head: str, scheme: str, is_dark: bool
) -> None:
    page = new_page(scheme="dark" if scheme == "dark" else "light")
    page.goto(host.put("/", embedding(service, "<readmore-search></readmore-search>", style=head)))
    ink = {True: "rgb(232, 233, 230)", False: "rgb(27, 30, 34)"}
    expect(page.locator(".rm")).to_have_css("color", ink[is_dark])
    page.locator("readmore-search").evaluate("(each, scheme) => each.setAttribute('scheme', scheme)", "dark")
    page.evaluate("document.documentElement.className = 'changed'")
    expect(page.locator(".rm")).to_have_css("color", ink[True])


def test_they_turn_dark_with_the_page(new_page: Pages, host: HostSite, service: str) -> None:
    page = new_page()
    style = ":root { color-scheme: light } :root.night { color-scheme: dark }"
    page.goto(host.put("/", embedding(service, "<readmore-search></readmore-search>", style=style)))
    expect(page.locator(".rm")).to_have_css("color", "rgb(27, 30, 34)")
    page.evaluate("document.documentElement.classList.add('night')")
    expect(page.locator(".rm")).to_have_css("color", "rgb(232, 233, 230)")


def test_a_site_gives_them_its_own_look(new_page: Pages, host: HostSite, service: str) -> None:
    page = new_page()
    style = """readmore-search { --readmore-link: rgb(1, 2, 3); --readmore-font: monospace; --readmore-radius: 9px }
    readmore-search::part(button) { text-transform: uppercase } readmore-search { margin: 50px }"""
    page.goto(host.put("/", embedding(service, "<readmore-search></readmore-search>", style=style)))
    button = page.locator(".button")
    expect(button).to_have_css("background-color", "rgb(1, 2, 3)")
    expect(button).to_have_css("text-transform", "uppercase")
    expect(button).to_have_css("font-family", "monospace")
    expect(button).to_have_css("border-top-right-radius", "9px")
    expect(page.locator("readmore-search")).to_have_css("margin-top", "50px")
