"""What a page says in its ``<meta>`` and ``<link>`` tags: Open Graph, Dublin Core and their like."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from lxml.html import HtmlElement

from indexer.sources.html.texts import line_of

MAX_CONTENT = 5_000
"""Characters of a value that are read."""

MAX_ALTERNATES = 100
"""Links to the page in other languages that are read."""

TITLE = (
    "og:title", "twitter:title", "dc.title", "dcterms.title", "citation_title", "parsely-title", "sailthru.title",
    "hdl", "headline", "title",
)  # fmt: skip
AUTHOR = (
    "article:author", "og:article:author", "og:author", "byl", "dc.creator", "dcterms.creator", "dc.creator.aut",
    "citation_author", "parsely-author", "sailthru.author", "article.author", "article:author_name",
)  # fmt: skip
PAGE_AUTHOR = ("author", "authors", "creator", "twitter:data1")
"""Who made the page: often the author of the article, and often who keeps the site or put the page in."""
PUBLISHED = (
    "article:published_time", "og:article:published_time", "article:published", "og:published_time", "datepublished",
    "rnews:datepublished", "parsely-pub-date", "sailthru.date", "citation_publication_date", "citation_date",
    "citation_online_date",
    "dc.date.issued", "dcterms.issued", "dcterms.created", "dc.date.created", "dc.date", "dcterms.date", "dc.created",
    "pubdate", "publishdate", "publish-date", "publish_date", "published_date", "publication_date",
    "publication-date", "published", "article.published", "displaydate", "originalpublicationdate",
    "article_date_original", "cxenseparse:recs:publishtime", "cxenseparse:publishtime", "datecreated", "uploaddate",
    "date", "ptime", "bt:pubdate", "article:post_date", "createdate", "creation_date",
)  # fmt: skip
MODIFIED = (
    "article:modified_time", "og:article:modified_time", "og:updated_time", "article:modified", "datemodified",
    "dcterms.modified",
    "dc.date.modified", "dc.modified", "lastmod", "last-modified", "last_modified", "lastmodified",
    "modified", "revision_date", "updated_time",
)  # fmt: skip
SECTION = (
    "article:section",
    "og:article:section",
    "section",
    "parsely-section",
    "cxenseparse:section",
    "dc.subject.section",
)
TAGS = (
    "article:tag",
    "og:article:tag",
    "news_keywords",
    "parsely-tags",
    "sailthru.tags",
    "keywords",
    "citation_keywords",
)
SITE = (
    "og:site_name",
    "application-name",
    "apple-mobile-web-app-title",
    "dc.publisher",
    "dcterms.publisher",
    "publisher",
    "twitter:app:name:iphone",
)
DESCRIPTION = ("og:description", "description", "twitter:description", "dc.description", "dcterms.description")
LANGUAGE = ("og:locale", "dc.language", "dcterms.language", "language", "content-language")
IMAGE = (
    "og:image:secure_url", "og:image", "og:image:url", "twitter:image", "twitter:image:src", "parsely-image-url",
    "sailthru.image.full", "thumbnail", "image",
)  # fmt: skip
IMAGE_ALT = ("og:image:alt", "twitter:image:alt")
ROBOTS = ("robots", "googlebot")
STATUS = ("status",)  # of a post in HTML that Pelican keeps
_PUBLISHED_NAME = re.compile(r"pub\w*[-_.:]?(?:date|time)|(?:date|time)[-_.:]?(?:publi|issued|created)")

_SAYS_PUBLISHED = re.compile(r"(?:published|publish|publication|pub)[-_.:]?(?:date|time|on)?$|date[-_]?published$")


class MetaTags:
    """The values of a page's meta tags by their names in lower case, in the order of the page."""

    def __init__(self, root: HtmlElement) -> None:
        self._values: dict[str, list[str]] = defaultdict(list)
        self.canonical = ""
        self.base = ""
        self.alternates: dict[str, str] = {}  # the page in other languages, by their codes
        self.image = ""  # that of <link rel="image_src">
        for element in root.iter("meta", "link", "base"):
            if element.tag == "link":
                rel = (element.get("rel") or "").lower().split()
                if "canonical" in rel and not self.canonical:
                    self.canonical = (element.get("href") or "").strip()
                language = (element.get("hreflang") or "").strip().lower()
                if "alternate" in rel and language not in ("", "x-default") and len(self.alternates) < MAX_ALTERNATES:
                    self.alternates.setdefault(language, (element.get("href") or "").strip())
                if "image_src" in rel:
                    self.image = self.image or (element.get("href") or "").strip()
            elif element.tag == "base":
                self.base = self.base or (element.get("href") or "").strip()
            else:
                self._take(element)

    def all(self, names: Sequence[str]) -> list[str]:
        """The values of the first of `names` that has any."""
        return next((self._values[name] for name in names if name in self._values), [])

    def each(self, names: Sequence[str]) -> list[str]:
        """The values of all `names`, in their order."""
        return [value for name in names if name in self._values for value in self._values[name]]

    def first(self, names: Sequence[str]) -> str:
        """The first value of the first of `names` that has any, else empty."""
        return next(iter(self.all(names)), "")

    def published_ahead(self) -> list[str]:
        """What says when the page is published, and nothing else that a page may have a date for."""
        return [v for name, values in self._values.items() if _SAYS_PUBLISHED.search(name) for v in values]

    def published(self) -> list[str]:
        """What may be the date of publication, the surest first."""
        others = [v for name, values in self._values.items() if _PUBLISHED_NAME.search(name) for v in values]
        return list(dict.fromkeys([*self.each(PUBLISHED), *others]))

    def _take(self, element: HtmlElement) -> None:
        content = element.get("content") or ""
        name = element.get("property") or element.get("name") or element.get("itemprop") or element.get("http-equiv")
        value = line_of(content[:MAX_CONTENT])
        if name and value:
            # RDFa may give several names: property="og:title dc:title"
            for each in name.lower().replace("dc:", "dc.").replace("dcterms:", "dcterms.").split()[:4]:
                self._values[each].append(value)
