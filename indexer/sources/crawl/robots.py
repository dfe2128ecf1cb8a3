"""What sites ask of those who fetch from them: robots.txt, and not all at once."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from protego import Protego

from indexer.sources.crawl.fetching import USER_AGENT, Fetcher, FetchError

MAX_BYTES = 512 * 1024
MAX_AT_ONCE = 4
"""Requests to one host at a time."""
MAX_DELAY = 30.0
"""Seconds between two requests that a site may ask for."""


class Manners:
    """Keeps to what each site's robots.txt says; may be used by several threads."""

    def __init__(self, fetcher: Fetcher) -> None:
        self._fetcher = fetcher
        self._sites: dict[str, _Site] = {}
        self._lock = threading.Lock()

    def check(self, url: str) -> None:
        """Raises FetchError if the site asks not to fetch `url`."""
        site = self._site(url)
        if site.closed:
            raise FetchError(f"its robots.txt {site.closed}, so nothing is fetched")
        if site.rules is not None and not site.rules.can_fetch(url, USER_AGENT):
            raise FetchError("its robots.txt asks not to fetch it")

    def sitemaps(self, url: str) -> list[str]:
        """The sitemaps that the robots.txt of the site at `url` names."""
        rules = self._site(url).rules
        return list(rules.sitemaps) if rules is not None else []

    @contextmanager
    def turn(self, url: str) -> Iterator[None]:
        """Waits until the site may be asked again."""
        site = self._site(url)
        with site.at_once:
            site.wait()
            yield

    def _site(self, url: str) -> _Site:
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        with self._lock:
            site = self._sites.setdefault(origin, _Site())
        with site.reading:  # one thread reads it, the others wait for that
            if not site.is_read:
                site.read(origin, self._fetcher)
        return site


class _Site:
    """One site's rules, and whose turn it is."""

    def __init__(self) -> None:
        self.rules: Protego | None = None
        self.closed = ""  # why nothing may be fetched
        self.is_read = False
        self.reading = threading.Lock()
        self.at_once = threading.BoundedSemaphore(MAX_AT_ONCE)
        self._delay = 0.0
        self._next = 0.0
        self._turns = threading.Lock()

    def read(self, origin: str, fetcher: Fetcher) -> None:
        """Reads the site's robots.txt. Where there is none everything may be fetched; where the server fails, nothing,
        for that is when it has enough to do (RFC 9309)."""
        self.is_read = True
        try:
            answer = fetcher.get(f"{origin}/robots.txt", MAX_BYTES)
            self.rules = Protego.parse(answer.content.decode("utf-8", "replace"))
            self._delay = min(MAX_DELAY, float(self.rules.crawl_delay(USER_AGENT) or 0.0))
        except FetchError as error:
            reason = str(error)
            if not reason.startswith("answered with status 4"):
                self.closed = f"cannot be had ({reason})"

    def wait(self) -> None:
        """Waits as long as the site asks for between two requests."""
        if not self._delay:
            return
        with self._turns:
            now = time.monotonic()
            at = max(now, self._next)
            self._next = at + self._delay
        time.sleep(at - now)
