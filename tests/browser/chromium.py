"""Debian's Chromium, driven by Playwright, which downloads no browser of its own."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

Scheme = Literal["light", "dark"]
PHONE, DESKTOP = 390, 1280  # CSS pixels
HEIGHT = {PHONE: 844, DESKTOP: 900}
PATIENCE = 60_000.0  # milliseconds, on a machine that is busy; nothing here depends on how long it takes
_ARGUMENTS = (
    "--no-sandbox",  # in a container, and for root, there is none
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_AXE = Axe()
expect.set_options(timeout=PATIENCE)


def executable() -> str:
    """Where Chromium is. Skips the test where there is none, and fails it where CI is set."""
    found = os.environ.get("READMORE_CHROMIUM") or shutil.which("chromium")
    if found:
        return found
    wanted = "needs Chromium: apt-get install chromium, or say where it is in READMORE_CHROMIUM"
    if os.environ.get("CI"):
        pytest.fail(wanted)
    pytest.skip(wanted)


@contextmanager
def launched() -> Iterator[Browser]:
    """Chromium without a window and with an empty profile. Playwright keeps an event loop running in this thread as
    long, so no other test should run meanwhile."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), headless=True, args=[*_ARGUMENTS])
        try:
            yield browser
        finally:
            browser.close()


class Pages:
    """Opens pages, each with a profile of its own, and listens to what goes wrong in them."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._contexts: list[BrowserContext] = []
        self._provoked: list[str] = []
        self.problems: list[str] = []
        """Uncaught errors and what the console calls errors: scripts, what a policy refused, failed requests."""

    def __call__(self, width: int = DESKTOP, scheme: Scheme = "light", **options: object) -> Page:
        """An empty page, `width` CSS pixels wide, for a reader who prefers `scheme`. `options` are Playwright's for a
        new context: `java_script_enabled=False`, `has_touch=True`, `locale="ar"`, `reduced_motion="reduce"`."""
        context = self._browser.new_context(
            viewport={"width": width, "height": HEIGHT.get(width, 900)},
            color_scheme=scheme,
            **options,  # type: ignore[arg-type]
        )
        context.set_default_timeout(PATIENCE)
        self._contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on("console", self._heard)
        return page

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.problems.append(f"{message.text} ({message.location.get('url', '')})")

    def provokes(self, text: str) -> None:
        """Says that the test wants problems whose message holds `text`. They may come late: a browser tells of a
        request that failed when it likes, so no test can wait for the last one and then forget them all."""
        self._provoked.append(text)

    def unprovoked(self) -> list[str]:
        """The problems that no test asked for, as far as they were heard: to be read once the pages are closed."""
        return [problem for problem in self.problems if not any(text in problem for text in self._provoked)]

    def close(self) -> None:
        """Closes all of them."""
        for context in self._contexts:
            context.close()


def violations(page: Page, within: str | None = None) -> list[str]:
    """What axe-core finds wrong with the page, or with what the selector `within` names, open shadow roots included:
    for every element one line, with the rule and where the element is."""
    found = _AXE.run(page, within).response["violations"]
    return [f"{rule['id']}: {node['target']}: {rule['help']}" for rule in found for node in rule["nodes"]]
