"""Articles come from anywhere. Whatever is in them, a page shows it as text."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from indexer.article.article import Article, Dateline
from tests.web.fake_backend import FakeBackend
from tests.web.markup import Element, Page

SCRIPT = "<script>alert('rocket')</script>"
BREAKOUT = "\"'><img src=x onerror=alert(1)>{{ 70007*70001 }}{% raw %}</title></textarea><!--"
PRODUCT = "4900560007"  # what a template engine would make of it; so long that no fingerprint of the software has it


def hostile(text: str, article_id: str = "hostile", url: str = "https://a.example/x") -> Article:
    article = Article(
        id=article_id,
        title=f"rocket {text}",
        body=f"rocket {text}\n\n- {text}\n- {text}\n\n- {text} -",
        excerpt=text,
        authors=(text,),
        dateline=Dateline(text, text),
        section=text,
        site=text,
        tags=(text,),
        language=text,
    )
    object.__setattr__(article, "url", url)  # past the check that keeps such URLs out of an archive
    return article


def is_ours(element: Element) -> bool:
    """Whether it is the script that all pages have, which is a file of the service."""
    return element.attrs.get("src", "").startswith("/static/suggest.js?v=") and not element.text


@pytest.fixture(params=[SCRIPT, BREAKOUT], ids=["script", "breakout"])
def attack(request: pytest.FixtureRequest, backend: FakeBackend) -> str:
    text = str(request.param)
    backend.articles = [hostile(text), hostile(text, "second"), hostile(text, "third")]
    backend.notes = (text,)
    return text


@pytest.mark.parametrize("path", ["/", "/search?q=rocket", "/article/hostile"])
def test_text_of_an_article_stays_text(client: FlaskClient, attack: str, path: str) -> None:
    response = client.get(path)
    page = Page(response.text)

    assert response.status_code == 200
    assert not [e for e in page.elements if e.tag in ("script", "img", "textarea", "style") and not is_ours(e)]
    assert not [e for e in page.elements if any(name.startswith("on") for name in e.attrs)]
    assert " ".join(f"rocket {attack}".split()) in page.one("main").text
    assert PRODUCT not in response.text


@pytest.mark.parametrize("text", [SCRIPT, BREAKOUT])
@pytest.mark.parametrize("where", ["q", "section", "site", "page"])
def test_text_of_a_request_stays_text(client: FlaskClient, where: str, text: str) -> None:
    page = Page(client.get("/search", query_string={"q": "rocket"} | {where: text}).text)

    assert not [e for e in page.elements if e.tag in ("script", "img", "textarea") and not is_ours(e)]


@pytest.mark.parametrize("path", [f"/article/{SCRIPT}", f"/{SCRIPT}", f"/api/article/{SCRIPT}", f"/api/{SCRIPT}"])
def test_text_of_an_address_stays_text(client: FlaskClient, path: str) -> None:
    response = client.get(path)

    assert response.status_code == 404
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.mimetype == "application/json" if path.startswith("/api") else "<script>" not in response.text


URLS = [
    "javascript:alert(1)",
    " javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,x",
    "vbscript:x",
    "//evil",
]
URLS += ["java\nscript:alert(1)", "http:", "https://[", "https://a.example/\"><script>alert('rocket')</script>"]


@pytest.mark.parametrize("url", URLS)
def test_an_address_that_must_not_be_followed_is_no_link(client: FlaskClient, backend: FakeBackend, url: str) -> None:
    backend.articles = [hostile("rocket", url=url), hostile("rocket", "second", url)]

    for path in ("/", "/search?q=rocket", "/article/hostile"):
        page = Page(client.get(path).text)
        addresses = [e.attrs["href"] for e in page.elements if "href" in e.attrs]
        assert all(address.startswith(("/", "#", "https://a.example/")) for address in addresses), addresses
        assert all(is_ours(script) for script in page.all("script"))


def test_highlights_are_escaped_in_json_too(client: FlaskClient, attack: str) -> None:
    hit = client.get("/api/search?q=rocket").get_json()["hits"][0]

    for name in ("title_html", "excerpt_html"):
        assert "<" not in hit[name].replace("<mark>", "").replace("</mark>", "")
