"""Which kind of articles an XML document holds: what it begins with tells."""

from __future__ import annotations

import re

from indexer.sources.document import Document
from indexer.sources.gzipped import beginning

LOOKED_AT = 16384  # bytes; WordPress puts a long comment first
_ROOT = re.compile(rb"<(?![?!])(?:[\w.-]{1,40}:)?([\w.-]{1,40})[^<]{0,8000}", re.S)
_WORDPRESS = b"wordpress.org/export/"


def xml_kind(document: Document) -> str:
    """``wordpress``, ``feed``, ``sitemap`` or, for all else and for what can be read only once, nothing."""
    head = beginning(document, LOOKED_AT)
    if b"\0" in head[:4]:  # UTF-16
        head = head.replace(b"\0", b"")
    if head.lstrip(b"\xef\xbb\xbf").startswith(b"---"):
        return ""  # front matter: a template of which a generator makes a feed
    root = _ROOT.search(re.sub(rb"<!--.*?(?:-->|\Z)", b"", head, flags=re.S))
    if root is None:
        return ""
    if _WORDPRESS in root[0]:
        return "wordpress"
    return {
        b"rss": "feed",
        b"feed": "feed",
        b"rdf": "feed" if b"purl.org/rss/" in root[0] or b"rdf-syntax-ns" in root[0] else "",
        b"urlset": "sitemap",
        b"sitemapindex": "sitemap",
    }.get(root[1].lower(), "")
