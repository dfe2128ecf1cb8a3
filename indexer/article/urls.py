"""What URLs mean here: which of them a browser may follow, which name the same article, and an id made from one."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations, product
from urllib.parse import unquote, unquote_plus, urlsplit, urlunsplit

from indexer.base.errors import ArticleError, shown

MAX_URL = 10_000  # characters; browsers and servers give up before
_NOT_ID = re.compile(r"[^A-Za-z0-9]+")
_TRACKING = re.compile(r"(utm_.*|fbclid|gclid|mc_cid|mc_eid)\Z")
# Browsers read a backslash as a slash and skip control codes, so "/\\host" and "/\t/host" would leave the site.
_UNSAFE = re.compile("[\x00-\x1f\x7f\\\\\ud800-\udfff]")
# What nearly every URL looks like, and never breaks a rule: a host of plain letters, then printable ASCII.
_PLAIN_URL = re.compile(r"https?://[A-Za-z0-9.-]+(?::[0-9]+)?(?:[/?#][!-\[\]-~]*)?\Z")
_INDEX_PAGE = re.compile(r"/(?:index|default)\.(?:html?|php|aspx?)\Z", re.IGNORECASE)
_MOST_VARIED = 3  # parameters, of which each may be left out
_NEEDLE = re.compile(r"[a-z0-9-]+")
_DEFAULT_PORTS = {"http": 80, "https": 443}


def is_followable(url: str) -> bool:
    """Whether a browser may follow `url`: http, https, or a path on this site, up to `MAX_URL` characters; never
    ``javascript:`` and its like."""
    if len(url) > MAX_URL:
        return False
    if _PLAIN_URL.match(url):
        return True
    if _UNSAFE.search(url):
        return False
    if url.startswith("/"):
        return not url.startswith("//")
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme.lower() in ("http", "https") and bool(parts.hostname) and " " not in parts.netloc


def canonical_url(url: str) -> str:
    """`url` without what does not change the article it names: fragment, tracking parameters, default port, case of
    the host. A path without a host stays a path.

    Raises ArticleError if it is not a URL that a browser may follow.
    """
    url = url.strip()
    if len(url) > MAX_URL:
        raise ArticleError(f"url '{shown(url)}' has {len(url):,} characters, more than {MAX_URL:,}")
    if not is_followable(url):
        raise ArticleError(f"url '{shown(url)}' must be http, https or start with '/'")
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    try:
        port = parts.port
    except ValueError:
        raise ArticleError(f"url '{shown(url)}' has a port that is not a number") from None
    if ":" in host:
        host = f"[{host}]"  # an IPv6 address
    if port is not None and port != _DEFAULT_PORTS.get(parts.scheme.lower()):
        host = f"{host}:{port}"
    # Parameters that stay, stay as written: decoding and encoding them again breaks what is not UTF-8.
    pairs = [pair for pair in parts.query.split("&") if pair and not _is_tracking(pair)]
    return urlunsplit((parts.scheme.lower(), host, parts.path or "/", "&".join(pairs), ""))


def id_from_url(url: str) -> str:
    """An id for the article at `url`: what is readable of it, and 8 hexadecimal digits that make it the URL's own."""
    url = canonical_url(url)
    parts = urlsplit(url)
    readable = _NOT_ID.sub("-", f"{parts.hostname or ''}{parts.path}-{parts.query}").strip("-").lower()[-80:].strip("-")
    return f"{readable}-{hashlib.blake2b(url.encode(), digest_size=4).hexdigest()}".lstrip("-")


@dataclass(frozen=True, slots=True)
class LooseUrl:
    """A URL in parts that can be compared without regard to what seldom tells two articles apart: scheme, ``www``, the
    last slash, ``index.html``, letter case, and parameters that only one of two has."""

    url: str
    host: str  # lower case and without "www."; empty for a path on this site
    path: str  # decoded, lower case, without index page and last slash
    parameters: frozenset[str]

    @classmethod
    def of(cls, url: str) -> LooseUrl:
        """Of a canonical URL."""
        parts = urlsplit(url)
        path = _INDEX_PAGE.sub("/", unquote(parts.path)).rstrip("/").lower()
        return cls(url, parts.netloc.removeprefix("www."), path, frozenset(filter(None, parts.query.split("&"))))

    def needles(self) -> list[str]:
        """Texts of which every URL that may be meant has at least one, in lower case; none where it says too little."""
        found = _NEEDLE.findall(self.path)
        return [max(found, key=len)] if found else [pair.lower() for pair in self.parameters]

    def variants(self) -> list[str]:
        """The URLs that are meant most often: ``http``, ``https`` or none, ``www`` or not, slash at the end or not,
        with some of the parameters or all; no URLs where there are many parameters."""
        parts = urlsplit(self.url)
        if len(self.parameters) > _MOST_VARIED:
            return []
        pairs = parts.query.split("&") if parts.query else []
        queries = ["&".join(chosen) for n in range(len(pairs) + 1) for chosen in combinations(pairs, n)]
        path = _INDEX_PAGE.sub("/", parts.path).rstrip("/")
        bare = parts.netloc.removeprefix("www.")
        sites = [("", ""), *(product(_DEFAULT_PORTS, (bare, f"www.{bare}")) if bare else ())]
        paths = dict.fromkeys((path, f"{path}/", f"{path}/index.html", parts.path))
        return [
            urlunsplit((scheme, host, way or "/", query, ""))
            for scheme, host in sites
            for way in paths
            for query in queries
        ]

    def may_be(self, url: str) -> bool:
        """Whether a look at the path of another tells that it may be the same, before the URL is taken apart."""
        path = url.partition("?")[0].rstrip("/").lower()
        return path.endswith(self.path) or "%" in path or _INDEX_PAGE.search(path) is not None

    def agreement(self, other: LooseUrl) -> tuple[int, ...]:
        """How well this, as asked for, names the article at `other`: the higher, the better; empty if not at all. All
        parameters of the article's must be there."""
        hosts_differ = self.host != other.host and self.host and other.host
        if self.path != other.path or hosts_differ or not other.parameters <= self.parameters:
            return ()
        if self.parameters and not (self.path or other.parameters):  # "/?p=12" is an article and not the front page
            return ()
        ours, theirs = urlsplit(self.url), urlsplit(other.url)
        same = (ours.path == theirs.path, ours.netloc == theirs.netloc, ours.scheme == theirs.scheme)
        return (len(other.parameters), *map(int, same))


def best_match(asked: LooseUrl, known: Iterable[str]) -> str:
    """Which of the canonical URLs of articles is meant, where one is more than all others; else empty."""
    found: dict[tuple[int, ...], list[str]] = {}
    for url in known:
        if asked.may_be(url) and (agreement := asked.agreement(LooseUrl.of(url))):
            found.setdefault(agreement, []).append(url)
    best = found[max(found)] if found else []
    return best[0] if len(set(best)) == 1 else ""


def _is_tracking(pair: str) -> bool:
    return _TRACKING.match(unquote_plus(pair.partition("=")[0])) is not None
