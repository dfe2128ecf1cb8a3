"""Addresses for articles whose sources do not say them: a pattern of the site, filled in from date, folder and name."""

from __future__ import annotations

import re
from pathlib import Path

from indexer.article.article import Article
from indexer.base.errors import ReadmoreError
from indexer.intake.generator import generator_in
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

    Folders count from the source on; with a preset from the generator's folder of articles on, ``content`` of a site of
    Hugo, where the source has that in it.

    Raises ReadmoreError for a part that there is not, and for what is neither a path nor an http address.
    """

    def __init__(self, pattern: str) -> None:
        self._is_preset = pattern.lower() in PRESETS
        self._generators: dict[Path, Path | None] = {}  # folders, and where the articles of a site there are
        self._pattern = PRESETS.get(pattern.lower(), pattern)
        for part in _PART.findall(self._pattern):
            if part not in _PARTS:
                raise ReadmoreError(f"url pattern '{pattern}': no part {{{part}}}; there are {', '.join(_PARTS)}")
        if not self._pattern.startswith(("/", "http://", "https://")) or not _PART.search(self._pattern):
            presets = ", ".join(PRESETS)
            raise ReadmoreError(
                f"url pattern '{pattern}': write it as /blog/{{year}}/{{slug}}/, or name one of {presets}"
            )

    def url_of(self, article: Article, file: File | None, slug: str = "") -> str:
        """The address of an article, empty where a part of the pattern is not known of it. `slug` is what the article
        says that it is called in it."""
        stem = stem_of(file.path) if file else article.id
        found = leading_date(stem)[0]
        date = article.date or found
        parts = {
            "slug": slug or (_DATE.sub("", stem, count=1) if found else stem),
            "folder": self._folder(file) if file and file.path != file.root else "",
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

    def _folder(self, file: File) -> str:
        """The folders between a source and a file of it; that of an ``index`` is its name, and no folder."""
        path = Path(file.path)
        below = path.relative_to(self._counted_from(path.parent, Path(file.root))).parts[:-1]
        if stem_of(file.path) != path.stem:
            below = below[:-1]
        return "/".join(part for part in below if not part.startswith("_"))

    def _counted_from(self, folder: Path, root: Path) -> Path:
        """The folder at or below `root` from which on the folders to `folder` are in addresses."""
        if not self._is_preset:
            return root
        for above in (folder, *folder.parents):
            if above not in self._generators:
                found = generator_in(above)
                self._generators[above] = found.content() if found else None
            content = self._generators[above]
            if content is not None and folder.is_relative_to(content) and content.is_relative_to(root):
                return content
            if above == root:
                break
        return root


def _slug(text: str) -> str:
    return _NOT_SLUG.sub("-", text.lower()).strip("-")
