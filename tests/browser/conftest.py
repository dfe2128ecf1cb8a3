"""A browser, a service on the sample archive, and a site of another origin."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.chromium import DESKTOP, PHONE, Pages, Scheme, executable, launched, violations
from tests.browser.host_site import HostSite, hosting
from tests.web.server.running import index_and_prepare, running


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Chromium. It ends with the tests of this folder: an event loop runs in this thread as long."""
    with launched() as browser:
        yield browser


@pytest.fixture(scope="package")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample archive, indexed and prepared. To be copied by who changes it."""
    executable()  # nothing is indexed where there is no browser
    return index_and_prepare(tmp_path_factory.mktemp("browsed") / "archive")


@pytest.fixture(scope="package")
def service(sample: Path) -> Iterator[str]:
    """The address of a service on the sample, without a slash at the end."""
    with running(sample, "--workers", "1", "--clicks") as service:
        yield service.url


@pytest.fixture
def new_page(browser: Browser, host: HostSite) -> Iterator[Pages]:
    """Opens pages: `new_page(width=390, scheme="dark")`. Fails the test if anything went wrong in one of them.
    They are closed before the site is, of which they may still want something."""
    pages = Pages(browser)
    yield pages
    pages.close()
    assert pages.unprovoked() == []


@pytest.fixture(params=[PHONE, DESKTOP], ids=["phone", "desktop"])
def width(request: pytest.FixtureRequest) -> int:
    """How wide the page is, in CSS pixels."""
    found: int = request.param
    return found


@pytest.fixture(params=["light", "dark"])
def scheme(request: pytest.FixtureRequest) -> Scheme:
    """The colours that the reader prefers."""
    found: Scheme = request.param
    return found


@pytest.fixture
def page(new_page: Pages, width: int, scheme: Scheme) -> Page:
    """An empty page: a phone's and a desk's, light and dark, so a test that takes it runs four times."""
    return new_page(width, scheme)


@pytest.fixture
def axe() -> Callable[..., list[str]]:
    """What axe-core finds wrong: `assert axe(page) == []`, or of a part of it, `axe(page, "main")`."""
    return violations


@pytest.fixture
def host() -> Iterator[HostSite]:
    """A publisher's site, at another origin than the service."""
    with hosting() as site:
        yield site
