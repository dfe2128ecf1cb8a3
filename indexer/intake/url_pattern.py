"""Addresses for articles whose sources do not say them: a pattern of the site, filled in from date, folder and name."""

from __future__ import annotations

import re
from pathlib import PurePath

from indexer.article.article import Article
from indexer.base.errors import ReadmoreError
from indexer.sources.item import File
from indexer.sources.names import leading_date, stem_of

PRESETS = {
    "jekyll": "/{section}/{year}/{month}/{day}/{slug}.html",
    "hugo": "/{folder}/{slug}/",
    "eleventy": "/{folder}/{slug}/",
    "zola": "/{folder}/{slug}/",
    "docusaurus": "/{folder}/{slug}",
    "astro": "/{folder}/{slug}/",
    "hexo": "/{year}/{month}/{day}/{slug}/",
    "wordpress": "/{year}/{month}/{day}/{slug}/",
    "pelican": "/{slug}.html",
}
"""What generators make of a post by default."""
_PARTS = ("year", "month", "day", "slug", "folder", "section", "language", "id")
_PART = re.compile(r"\{([^{}]*)\}")
_DATE = re.compile(r"\d{4}-\d{1,2}-\d{1,2}-?")
_NOT_SLUG = re.compile(r"[^\w-]+")


class UrlPattern:
    """The addresses that a site gives its articles: ``/blog/{year}/{month}/{day}/{slug}/``, or a preset by its name.

    Raises ReadmoreError for a part that there is not, and for what is neither a path nor an http address.
    """

    def __init__(self, pattern: str) -> None:
        self._pattern = PRESETS.get(pattern.lower(), pattern)
        for part in _PART.findall(self._pattern):
            if part not in _PARTS:
                raise ReadmoreError(f"url pattern '{pattern}': no part {{{part}}}; there are {', '.join(_PARTS)}")
        if not self._pattern.startswith(("/", "http://", "https://")) or not _PART.search(self._pattern):
            presets = ", ".join(PRESETS)
            raise ReadmoreError(
                f"url pattern '{pattern}': write it as /blog/{{year}}/{{slug}}/, or name one of {presets}"
            )

    def url_of(self, article: Article, file: File | None) -> str:
        """The address of an article, empty where a part of the pattern is not known of it."""
        stem = stem_of(file.path) if file else article.id
        found = leading_date(stem)[0]
        date = article.date or found
        parts = {
            "slug": _DATE.sub("", stem, count=1) if found else stem,
            "folder": _folder(file),
            "section": _slug(article.section),
            "language": article.language,
            "id": article.id,
        }
        if date is not None:
            parts |= {"year": f"{date:%Y}", "month": f"{date:%m}", "day": f"{date:%d}"}
        wanted = _PART.findall(self._pattern)
        if any(part not in parts for part in wanted) or ("slug" in wanted and not parts["slug"]):
            return ""
        filled = _PART.sub(lambda part: parts[part[1]], self._pattern)
        scheme, separator, path = filled.rpartition("://")
        return scheme + separator + re.sub(r"/{2,}", "/", path)


def _folder(file: File | None) -> str:
    """The folders between a source and a file of it; that of an ``index`` is its name, and no folder."""
    if file is None or file.path == file.root:
        return ""
    below = PurePath(file.path).relative_to(file.root).parts[:-1]
    if stem_of(file.path) != PurePath(file.path).stem:
        below = below[:-1]
    return "/".join(part for part in below if not part.startswith("_"))


def _slug(text: str) -> str:
    return _NOT_SLUG.sub("-", text.lower()).strip("-")
