"""Pages of a publisher that use the widgets."""

from __future__ import annotations

from playwright.sync_api import Locator, Page

ARTICLE = "2024-03-14-voyager-1-memory-readout"
ADDRESS = "https://perihelion.example/stories/2024/voyager-1-memory-readout"
READABLE = """:root { color-scheme: light dark } body { font: 1rem/1.5 serif; max-width: 60rem; margin: 1rem auto;
background: #fff; color: #111 } @media (prefers-color-scheme: dark) { body { background: #16181c; color: #eee } }"""


def embedding(
    service: str, body: str, *, head: str = "", style: str = READABLE, lang: str = "en", after: str = "<p>The end.</p>"
) -> str:
    """A page with `body`, of an article of the sample, that takes the script from the service."""
    return f"""<!doctype html>
<html lang="{lang}"{' dir="rtl"' if lang == "ar" else ""}>
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>An article</title><link rel="canonical" href="{ADDRESS}"><style>{style}</style>{head}
<script src="{service}/widgets/readmore.js" defer></script></head>
<body><main><h1>An article</h1>{body}{after}</main></body></html>"""


def answer_for_sites(page: Page) -> None:
    """Has the sites of the sample, which are nowhere, answer every address with a page."""
    page.context.route("https://*.example/**", lambda route: route.fulfill(body="<!doctype html><title>There</title>"))


def box(page: Page) -> Locator:
    """The text field of the search."""
    return page.get_by_role("combobox")


def options(page: Page) -> list[str]:
    """What is offered, once something is."""
    page.get_by_role("option").first.wait_for()
    return [text.replace("\n", " ") for text in page.get_by_role("option").all_inner_texts()]


def hits(page: Page) -> list[str]:
    """The headlines of the results, once there are some."""
    page.locator("readmore-search .hit").first.wait_for()
    return page.locator("readmore-search .hit .title").all_inner_texts()


def related(page: Page) -> list[str]:
    """The headlines of the related block, once it is there."""
    page.locator("readmore-related .title").first.wait_for()
    return page.locator("readmore-related .title").all_inner_texts()
