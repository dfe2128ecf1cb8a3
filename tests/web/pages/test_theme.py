"""How a publisher has the pages look: name, logo, colours, language, templates; and what a mistake in one costs."""

from __future__ import annotations

import logging
import os
import pickle
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from markupsafe import escape

from indexer.settings import SettingsError
from recommender.request.options import DEFAULT_OPTIONS
from recommender.request.seeds import ArticleSeed
from tests.web.fake_backend import BARE, LEAD, FakeBackend
from tests.web.markup import Page
from web.app import create_app
from web.config.colours import LEAST, contrast
from web.config.sources import ConfigError, read_config
from web.export.fragment import fragments, linker
from web.pages.settings import PageSettings, page_settings

BASE = """{% extends "readmore/base.html" %}
{% block footer %}<footer><a href="/imprint">Imprint of {{ site.name }}</a></footer>{% endblock %}
{% block styles %}{{ super() }}<link rel="stylesheet" href="{{ theme_url('own.css') }}">{% endblock %}
"""


def settings_of(folder: Path, text: str) -> PageSettings:
    (folder / "readmore.toml").write_text(text, encoding="utf-8")
    config, _ = read_config(folder, {}, {})
    return page_settings(config, folder)


def app_of(folder: Path, text: str, backend: FakeBackend | None = None) -> Flask:
    there = backend or FakeBackend()
    app = create_app(folder, lambda: there, page_settings=settings_of(folder, text))
    app.testing = True
    return app


@pytest.fixture
def themed(tmp_path: Path) -> FlaskClient:
    (tmp_path / "theme" / "static").mkdir(parents=True)
    (tmp_path / "theme" / "base.html").write_text(BASE)
    (tmp_path / "theme" / "static" / "own.css").write_text("h1 { color: red }")
    return app_of(tmp_path, '[pages]\nname = "The Harbour"\ntemplates = "theme"\n').test_client()


def test_the_name_stands_where_readmore_stood(tmp_path: Path) -> None:
    client = app_of(tmp_path, '[pages]\nname = "The Harbour <&>"\nhome = "https://harbour.example/"\n').test_client()
    page = Page(client.get("/search?q=rocket").text)

    assert page.one("a", "wordmark").text == "The Harbour <&>"
    assert page.one("a", "wordmark").attrs["href"] == "https://harbour.example/"
    assert page.one("title").text == "rocket – Search – The Harbour <&>"
    assert b"<ShortName>The Harbour &lt;&amp;&gt;</ShortName>" in client.get("/opensearch.xml").data


def test_links_lead_here_where_that_is_set(tmp_path: Path) -> None:
    client = app_of(tmp_path, '[pages]\nlinks = "here"\n').test_client()
    assert Page(client.get("/").text).links()[LEAD.title] == f"/article/{LEAD.id}"


def test_a_path_is_one_of_the_site_where_that_is_known(tmp_path: Path) -> None:
    backend = FakeBackend([replace(LEAD, url="/2024/lander")])
    client = app_of(tmp_path, '[pages]\nhome = "https://harbour.example/news/"\n', backend).test_client()
    assert Page(client.get("/").text).links()[LEAD.title] == "https://harbour.example/2024/lander"
    backend.answer = {"redirect": "/tickets"}
    assert client.get("/search?q=tickets").headers["Location"] == "https://harbour.example/tickets"


def test_colours_are_served_as_a_sheet(tmp_path: Path) -> None:
    client = app_of(tmp_path, '[pages]\naccent = "#850"\nlink = "#0a5f38"\n').test_client()
    (sheet,) = [e for e in Page(client.get("/").text).all("link") if "/theme/" in e.attrs["href"]]
    response = client.get(sheet.attrs["href"])

    assert response.mimetype == "text/css"
    light, dark = response.text.split("@media (prefers-color-scheme: dark)")
    assert "--accent: #885500; --link: #0a5f38; --button: #0a5f38; --button-ink: #ffffff;" in light
    colours = dict(part.strip().split(": ") for part in dark.split("{")[2].split("}")[0].split(";") if part.strip())
    assert contrast(colours["--accent"], "#14171b") >= LEAST  # made lighter for dark ground
    assert contrast(colours["--link"], "#1c2025") >= LEAST
    assert contrast(colours["--button-ink"], colours["--button"]) >= LEAST


def test_a_logo_is_a_picture_that_can_do_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "logo.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"/>')
    client = app_of(tmp_path, '[pages]\nname = "The Harbour"\nlogo = "logo.svg"\n').test_client()
    image = Page(client.get("/").text).one("img")
    with client.get(image.attrs["src"]) as response:
        response.get_data()

    assert image.attrs["alt"] == "The Harbour"
    assert response.mimetype == "image/svg+xml"
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    assert "sandbox" in response.headers["Content-Security-Policy"]


def test_a_block_of_a_template_can_be_replaced(themed: FlaskClient) -> None:
    for path in ("/", "/search?q=rocket", f"/article/{LEAD.id}", "/nowhere"):
        page = Page(themed.get(path).text)
        assert page.one("footer").text == "Imprint of The Harbour"
        assert page.one("main").text
    assert "/theme/own.css" in [e.attrs["href"] for e in page.all("link")]
    with themed.get("/theme/own.css") as response:
        assert response.text == "h1 { color: red }"


@pytest.mark.parametrize("path", ["/theme/../base.html", "/theme/%2e%2e/base.html", "/theme//etc/passwd", "/theme/no"])
def test_nothing_but_the_static_files_is_shown(themed: FlaskClient, path: str) -> None:
    assert themed.get(path).status_code == 404


def test_a_template_that_cannot_be_read_stops_the_service(tmp_path: Path) -> None:
    (tmp_path / "theme").mkdir()
    (tmp_path / "theme" / "search.html").write_text("{% extends 'readmore/search.html' %}\n{% block main %}{{ query ")
    with pytest.raises(ConfigError, match=r"theme/search\.html, line 2: "):
        app_of(tmp_path, '[pages]\ntemplates = "theme"\n')


@pytest.mark.parametrize(
    "mistake",
    ["{{ nothing.of_this.kind }}", "{{ 1 / 0 }}", "{% include 'missing.html' %}", "{{ article_url(3) }}"],
)
def test_readers_get_the_built_in_page_where_a_template_fails(
    tmp_path: Path, mistake: str, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "theme").mkdir()
    text = f'{{% extends "readmore/base.html" %}}\n{{% block footer %}}\n{mistake}\n{{% endblock %}}'
    (tmp_path / "theme" / "base.html").write_text(text)
    client = app_of(tmp_path, '[pages]\ntemplates = "theme"\n').test_client()
    with caplog.at_level(logging.ERROR):
        response = client.get("/search?q=rocket")

    assert response.status_code == 200
    assert Page(response.text).one("footer", "foot").text == "Search and related stories by readmore"
    assert response.headers["Cache-Control"] == "no-store"  # or it would stay so when the mistake is mended
    assert "Traceback" not in response.text
    assert "theme/base.html, line 3: " in caplog.text
    assert client.get("/nowhere").status_code == 404  # the page of an error has the same base


def test_a_change_of_a_template_is_seen_at_once(themed: FlaskClient, tmp_path: Path) -> None:
    before = themed.get("/")
    base = tmp_path / "theme" / "base.html"
    base.write_text(BASE.replace("Imprint", "Contact"))
    os.utime(base, ns=(10**18, 10**18))
    after = themed.get("/", headers={"If-None-Match": before.headers["ETag"]})

    assert after.status_code == 200
    assert Page(after.text).one("footer").text == "Contact of The Harbour"


def test_pages_speak_the_language_that_is_set(tmp_path: Path) -> None:
    client = app_of(tmp_path, '[pages]\nlanguage = "de"\n').test_client()
    page = Page(client.get("/search?q=rocket").text)

    assert page.one("html").attrs == {"lang": "de", "dir": "ltr"}
    assert page.one("h1").text == "40 Artikel zu rocket"
    assert "30.01.2024" in page.one("main").text
    assert Page(client.get("/nowhere").text).one("h1").text == "Diese Seite gibt es nicht"


def test_the_language_of_the_archive_is_that_of_its_pages(tmp_path: Path) -> None:
    assert settings_of(tmp_path, 'language = "fr"\n').localised.language == "fr"
    assert settings_of(tmp_path, 'language = "fi"\n').localised.language == "en"
    assert settings_of(tmp_path, 'language = "fr"\n[pages]\nlanguage = "nl"\n').localised.language == "nl"


def test_a_theme_can_bring_a_language_from_right_to_left(tmp_path: Path) -> None:
    (tmp_path / "theme").mkdir()
    (tmp_path / "theme" / "he.po").write_text('msgid "Search"\nmsgstr "חיפוש"\n', encoding="utf-8")
    client = app_of(tmp_path, '[pages]\nlanguage = "he"\ntemplates = "theme"\n').test_client()
    page = Page(client.get("/").text)

    assert page.one("html").attrs == {"lang": "he", "dir": "rtl"}
    assert page.one("button").text == "חיפוש"
    assert page.one("h1").text == "Search 43 articles"  # what it does not have is said in English


def test_exported_blocks_are_made_by_the_same_templates(tmp_path: Path, backend: FakeBackend) -> None:
    (tmp_path / "theme").mkdir()
    (tmp_path / "theme" / "related.html").write_text(
        "<p>{{ _('Related articles') }}: {{ block.lead.article.title }}</p>"
    )
    settings = settings_of(tmp_path, '[pages]\nlanguage = "nl"\ntemplates = "theme"\n')
    sent = pickle.loads(pickle.dumps(settings))  # as to another process
    block = backend.block(ArticleSeed(BARE.id), DEFAULT_OPTIONS)
    assert f"<p>Gerelateerde artikelen: {escape(LEAD.title)}</p>" in fragments(linker("/article/{id}"), sent)(block)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("links = 'there'", "pages.links must be one of own, here, not 'there'"),
        ("accent = 'red'", "pages.accent must be a colour such as #a3271b"),
        ("accent = '#ffcc00'", "its contrast with #ffffff and #f4f5f3 is 1.4, and must be 4.5 at least"),
        ("link_dark = '#222222'", "its contrast with #14171b and #1c2025 is 1.0"),
        ("home = 'harbour.example'", "pages.home must be an address such as https://example.org"),
        ("home = 'javascript:alert(1)'", "pages.home must be an address"),
        ("language = 'german'", "pages.language must be two letters"),
        ("language = 'fi'", "pages.language cannot be used: the pages do not speak 'fi': choose one of en, ar, de"),
        ("logo = 'no.png'", "pages.logo 'no.png' is not there"),
        ("logo = 'readmore.toml'", "pages.logo must be a file ending in .svg"),
        ("templates = 'no'", "pages.templates 'no' is not there, or is no folder"),
        ("facets = ['section', 'colour']", "pages.facets names 'colour', which has no facet; possible are section"),
        ("fold = 'all'", "pages.fold must be one of off, copies, stories"),
        ("recency = 'often'", "pages.recency cannot be used"),
        ("nane = 'x'", "pages.nane is no setting; did you mean 'name'?"),
    ],
)
def test_a_mistake_in_the_settings_is_named(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ConfigError) as refused:
        settings_of(tmp_path, f"[pages]\n{text}\n")
    assert message in str(refused.value)
    assert "readmore.toml" in str(refused.value)


def test_pages_must_be_a_table(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="pages must be a table"):
        settings_of(tmp_path, "pages = 1\n")
