"""That the tests in the browser would notice what they are there for."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.chromium import Pages, executable
from tests.browser.host_site import HostSite

BAD_IN_SHADOW = """<!doctype html><html lang="en"><title>A page</title><main><h1>A page</h1><div id="host"></div></main>
<script>document.getElementById("host").attachShadow({mode: "open"}).innerHTML = "<input>";</script>"""


def test_a_page_is_as_wide_and_as_dark_as_asked_for(page: Page, width: int, scheme: str, service: str) -> None:
    page.goto(service)
    assert page.evaluate("innerWidth") == width
    assert page.evaluate(f"matchMedia('(prefers-color-scheme: {scheme})').matches")
    assert "search" in page.content().lower()


def test_what_is_wrong_in_a_shadow_root_is_found(
    new_page: Pages, host: HostSite, axe: Callable[..., list[str]]
) -> None:
    page = new_page()
    page.goto(host.put("/", BAD_IN_SHADOW))
    assert [line.split(":")[0] for line in axe(page)] == ["label"]
    assert axe(page, "h1") == []


def test_axe_runs_under_a_strict_policy(new_page: Pages, host: HostSite, axe: Callable[..., list[str]]) -> None:
    page = new_page()
    page.goto(host.put("/", "<!doctype html><html><title>A page</title>", Content_Security_Policy="default-src 'self'"))
    assert any(line.startswith("html-has-lang") for line in axe(page))


def test_what_goes_wrong_in_a_page_is_heard(new_page: Pages, host: HostSite) -> None:
    page = new_page()
    styled = "<!doctype html><title>A page</title><p style='color: red'>"
    page.goto(host.put("/", styled, Content_Security_Policy="style-src 'self'"))
    with page.expect_event("pageerror"):
        page.evaluate("() => { setTimeout(() => { throw new Error('thrown') }) }")
    page.request.get(host.url)  # one more turn of the loop that listens
    refused, thrown = new_page.problems
    assert "Content Security Policy" in refused
    assert "thrown" in thrown
    assert new_page.unprovoked() == new_page.problems
    new_page.provokes("Content Security Policy")
    assert new_page.unprovoked() == [thrown]
    new_page.provokes("thrown")


def test_ci_does_without_no_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.delenv("READMORE_CHROMIUM", raising=False)
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="needs Chromium"):
        executable()
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="needs Chromium"):
        executable()
