"""What URLs mean here: which of them a browser may follow, which name the same article, and an id made from one."""

from __future__ import annotations

import hashlib
import re
from urllib.parse import unquote_plus, urlsplit, urlunsplit

from indexer.base.errors import ArticleError, shown

MAX_URL = 10_000  # characters; browsers and servers give up before
_NOT_ID = re.compile(r"[^A-Za-z0-9]+")
_TRACKING = re.compile(r"(utm_.*|fbclid|gclid|mc_cid|mc_eid)\Z")
# Browsers read a backslash as a slash and skip control codes, so "/\\host" and "/\t/host" would leave the site.
_UNSAFE = re.compile("[\x00-\x1f\x7f\\\\\ud800-\udfff]")
# What nearly every URL looks like, and never breaks a rule: a host of plain letters, then printable ASCII.
_PLAIN_URL = re.compile(r"https?://[A-Za-z0-9.-]+(?::[0-9]+)?(?:[/?#][!-\[\]-~]*)?\Z")
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


def _is_tracking(pair: str) -> bool:
    return _TRACKING.match(unquote_plus(pair.partition("=")[0])) is not None
