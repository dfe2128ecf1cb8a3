"""What a page says about its article, in the order in which it is believed: JSON-LD, meta tags, microdata, and what
readers see."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urljoin, urlsplit

from lxml.html import HtmlElement

from indexer.article.images import NO_IMAGE, Image, alt_text, image_in, image_url
from indexer.article.urls import canonical_url
from indexer.base.errors import ArticleError
from indexer.sources.html.about import meta_tags
from indexer.sources.html.about.authors import names_in, people
from indexer.sources.html.about.bylines import bylines
from indexer.sources.html.about.headline import chosen_headline, headings, page_title
from indexer.sources.html.about.json_ld import JsonLd, Node, as_list, text_of, types_of
from indexer.sources.html.about.meta_tags import MetaTags
from indexer.sources.html.about.visible import Surroundings
from indexer.sources.html.about.when import day_as_shown, first_date, said_date, shown_date, url_date
from indexer.sources.html.layout import Layout
from indexer.sources.html.texts import folded, line_of, words_of

MAX_TAGS = 50
_LANGUAGE = re.compile(r"([A-Za-z]{2})(?:[-_].*)?\Z")
_STANDARD_DATE = re.compile(r"\d{4}-?\d\d")
_TAG_SEPARATOR = re.compile(r"[,;]")
_MOST_MARKED = 100  # elements with a date that are looked at


@dataclass(slots=True)
class Metadata:
    """What is known of an article beside its body; what is not known is empty."""

    url: str = ""
    title: str = ""
    authors: tuple[str, ...] = ()
    published: datetime | None = None
    modified: datetime | None = None
    section: str = ""
    tags: tuple[str, ...] = ()
    site: str = ""
    language: str = ""
    description: str = ""
    image: Image = NO_IMAGE  # the address in full, or where the page names no address of its own, as it is written
    alternates: tuple[str, ...] = ()  # the URLs of the page in other languages
    body_said: str = ""  # the body as JSON-LD gives it
    base: str = ""  # what links count from, where the page says another address than its own
    heading: HtmlElement | None = None  # the element that shows the title
    noindex: bool = False  # search engines are asked not to index the page
    is_draft: bool = False


class _Page:
    def __init__(self, root: HtmlElement, url: str, repeated: frozenset[str]) -> None:
        self.root = root
        self.meta = MetaTags(root)
        self.linked = JsonLd(root)
        self.url = _url(self.meta, url)
        layout = Layout(root)
        shown = headings(root)
        said_titles = [*self.meta.each(meta_tags.TITLE), page_title(root), *map(words_of, shown[:4])]
        self.node: Node = self.linked.article(self.url, frozenset(map(folded, said_titles))) or {}
        self.page: Node = self.linked.page() or {}
        self.site = self._site()
        said = [text_of(self.node.get("headline")), text_of(self.node.get("name")), *self.meta.each(meta_tags.TITLE)]
        names = [self.site, *self.meta.each(meta_tags.SITE), urlsplit(self.url).hostname or "", *repeated]
        self.title, self.heading = chosen_headline(root, shown, said, names, layout)
        layout.set_headline(self.heading)
        self.day_first = self._is_day_first()
        self.around = Surroundings(root, self.heading, layout)

    def _is_day_first(self) -> bool:
        """Whether dates in numbers have the day before the month, as they have outside the United States."""
        tags = [self.root.get("lang") or "", *self.meta.each(meta_tags.LANGUAGE)]
        tags = [tag.lower().replace("_", "-") for tag in tags if tag]
        return bool(tags) and not any(tag in ("en", "en-us", "english") for tag in tags)

    def _site(self) -> str:
        publisher = text_of(self._resolved(self.node.get("publisher")))
        site = next((n for n in self.linked.nodes if "website" in types_of(n)), {})
        named = self.meta.first(meta_tags.SITE[:1]) or text_of(site.get("name")) or publisher
        return named or next((v for v in self.meta.each(meta_tags.SITE[1:]) if not v.startswith("http")), "")

    def _resolved(self, value: Any) -> Any:
        return self.linked.resolved(value[0] if isinstance(value, list) and value else value)

    def authors(self) -> tuple[str, ...]:
        """The authors that the page names for its article; where it only names one for the page as a whole, who may
        keep the site or have put the page in, those that it shows at the headline."""
        of_article, organizations = self._said_authors(self.node)
        of_article = of_article or self._meta_authors(meta_tags.AUTHOR)
        if of_article:
            return tuple(of_article)
        of_page, others = self._said_authors(self.page) if not self.node.get("author") else ([], [])
        of_page = of_page or self._meta_authors(meta_tags.PAGE_AUTHOR)
        known = set(map(folded, of_page))
        for shown in bylines(self.around):
            if not of_page or shown.is_sure:
                return tuple(of_page if known.intersection(map(folded, shown.names)) else shown.names)
        if of_page:
            return tuple(of_page)
        said = [*organizations, *others, *self._meta_values((*meta_tags.AUTHOR, *meta_tags.PAGE_AUTHOR))]
        return tuple(people(name for value in said for name in names_in(value) or [line_of(value)])[:1])

    def _meta_values(self, names: Sequence[str]) -> list[str]:
        return [value for value in self.meta.each(names)[:8] if not value.startswith(("http", "//", "www."))]

    def _meta_authors(self, names: Sequence[str]) -> list[str]:
        found = people(name for value in self._meta_values(names) for name in names_in(value))
        return [name for name in found if folded(name) not in self._site_names()]

    def _site_names(self) -> set[str]:
        host = (urlsplit(self.url).hostname or "").removeprefix("www.")
        said = {folded(name) for value in self.meta.each(meta_tags.SITE) for name in (value, *names_in(value))}
        return {folded(self.site), folded(host), folded(host.rpartition(".")[0]), *said} - {""}

    def _said_authors(self, node: Node) -> tuple[list[str], list[str]]:
        """People and organizations that a node of JSON-LD names as authors."""
        persons: list[str] = []
        organizations: list[str] = []
        values = as_list(node.get("author")) or as_list(node.get("creator"))
        sites = self._site_names() if values else set()
        for value in values:
            author = self.linked.resolved(value)
            kinds = types_of(author) if isinstance(author, dict) else set()
            for name in self._author_names(author):
                names = names_in(name)
                is_site = all(folded(n) in sites for n in names)
                if is_site or kinds & {"organization", "newsmediaorganization", "corporation"}:
                    organizations += names
                else:
                    persons += names
        return people(persons), organizations

    def _author_names(self, author: Any) -> list[str]:
        if isinstance(author, dict) and not author.get("name"):
            parts = [text_of(author.get(key)) for key in ("givenName", "additionalName", "familyName")]
            return [" ".join(filter(None, parts))]
        names = author.get("name") if isinstance(author, dict) else author
        return [text_of(name) for name in as_list(names)]

    def published(self) -> datetime | None:
        keys = ("datePublished", "uploadDate", "dateCreated")
        nodes = [self.node, self.page]
        said = [text_of(node.get(key)) for node in nodes for key in keys]
        if ahead := self._published_ahead():
            return ahead
        date = first_date([*said[:3], *self.meta.published(), *said[3:]], self.day_first)
        shown = url_date(self.url)
        if date is None:
            return self._shown_date() or shown or self._searched_date() or self._fallback_date()
        if shown is None and date.utcoffset() == timedelta(0):
            shown = self._shown_date()
        return day_as_shown(date, shown)

    def _published_ahead(self) -> datetime | None:
        """The date in the future that the page says it is published on; None if it does not say one first of all."""
        said = [text_of(node.get("datePublished")) for node in (self.node, self.page)]
        date = first_date([*said[:1], *self.meta.published_ahead(), *said[1:]], self.day_first, ahead=True)
        return date if date and date > datetime.now(UTC) else None

    def _searched_date(self) -> datetime | None:
        """The date that the library htmldate finds, which knows more places where sites put it."""
        from htmldate import find_date  # takes long to import, and few pages need it

        found = find_date(self.root, extensive_search=False, original_date=True)
        return said_date(found) if found else None

    def _shown_date(self) -> datetime | None:
        marked = self.root.xpath("//*[contains(@itemprop, 'datePublished') or @pubdate]")
        of_page = [element for element in marked[:_MOST_MARKED] if not _is_of_another(element)]
        for element in of_page[:3]:
            value = element.get("content") or element.get("datetime") or words_of(element)
            if date := said_date(value, self.day_first):
                return date
        for stamp, text in self.around.dates():
            # A stamp in no standard form is for programs of the page; what it means shows in the text.
            ways = [lambda s=stamp: said_date(s, self.day_first), lambda t=text: shown_date(t, self.day_first)]
            for way in ways if _STANDARD_DATE.match(stamp) else reversed(ways):
                if date := way():
                    return date
        return None

    def _fallback_date(self) -> datetime | None:
        values = [text_of(self.node.get("dateModified")), *self.meta.each(meta_tags.MODIFIED)]
        return first_date(values, self.day_first)

    def modified(self) -> datetime | None:
        return first_date(
            [
                text_of(self.node.get("dateModified")),
                *self.meta.each(meta_tags.MODIFIED),
                text_of(self.page.get("dateModified")),
            ],
            self.day_first,
        )

    def image(self) -> Image:
        """The picture of the article, which is not the site's: of the article's node, then of the page as a whole."""
        base = urljoin(self.url, self.meta.base) if self.meta.base else self.url
        for found in self._images_said():
            url = image_url(found.reference, base) if base else image_in(found.reference).reference
            if url:
                alt = found.alt or self.meta.first(meta_tags.IMAGE_ALT) or self._alt_shown(found.reference)
                return Image(url, alt_text(alt))
        return NO_IMAGE

    def _images_said(self) -> Iterator[Image]:
        yield self._image_said(self.node)
        yield from map(Image, self.meta.each(meta_tags.IMAGE))
        yield Image(self.meta.image)
        yield from map(Image, self._marked_images())
        yield self._image_said(self.page)

    def _image_said(self, node: Node) -> Image:
        values = [self.linked.resolved(value) for key in ("image", "thumbnailUrl") for value in as_list(node.get(key))]
        found = image_in(values)
        said = next((value for value in values if isinstance(value, dict)), {})
        return Image(found.reference, found.alt or text_of(said.get("caption")))

    def _marked_images(self) -> list[str]:
        marked = self.root.xpath("//*[@itemprop='image' or @itemprop='thumbnailUrl']")[:3]
        marked += [inner for each in marked for inner in each.iter("img", "meta", "link", "a")][:10]
        return [each.get("src") or each.get("content") or each.get("href") or "" for each in marked]

    def _alt_shown(self, reference: str) -> str:
        """What the page itself says that the picture shows, where it shows it."""
        name = reference.partition("?")[0].rsplit("/", 1)[-1]
        shown = (each for each in self.root.iter("img") if name and name in (each.get("src") or ""))
        return next((alt for each in shown if (alt := (each.get("alt") or "").strip())), "")

    def alternates(self) -> tuple[str, ...]:
        found: dict[str, None] = {}
        for href in self.meta.alternates.values():
            with suppress(ArticleError, ValueError):
                found[canonical_url(urljoin(self.url, href) if self.url else href)] = None
        return tuple(url for url in found if url != self.url)

    def section(self) -> str:
        said = text_of(self.node.get("articleSection")) or self.meta.first(meta_tags.SECTION)
        return said or self._crumb()

    def _crumb(self) -> str:
        """The last link but the page itself of the breadcrumb trail that JSON-LD gives."""
        trail = next((n for n in self.linked.nodes if "breadcrumblist" in types_of(n)), {})
        names = [
            text_of(item.get("name")) or text_of(item.get("item"))
            for item in as_list(trail.get("itemListElement"))
            if isinstance(item, dict)
        ]
        between = [name for name in names[1:] if name and folded(name) != folded(self.title)]
        return between[0] if between and len(names) > 2 else ""

    def tags(self) -> tuple[str, ...]:
        said = as_list(self.node.get("keywords"))
        values = [text_of(value) for value in said[:MAX_TAGS]] or self.meta.all(meta_tags.TAGS)[:MAX_TAGS]
        found = values if len(values) > 1 else [part for value in values for part in _TAG_SEPARATOR.split(value)]
        return tuple(dict.fromkeys(tag for part in found if (tag := part.strip()) and len(tag) <= 80))[:MAX_TAGS]

    def language(self) -> str:
        declared = [self.root.get("lang") or self.root.get("xml:lang") or "", text_of(self.node.get("inLanguage"))]
        for value in [declared[1], declared[0], *self.meta.each(meta_tags.LANGUAGE)]:
            if found := _LANGUAGE.match(value.strip()):
                return found[1].lower()
        return ""

    def body_said(self) -> str:
        said = self.node.get("articleBody")
        return said if isinstance(said, str) else ""

    def robots(self) -> set[str]:
        return {part.strip().lower() for value in self.meta.each(meta_tags.ROBOTS) for part in value.split(",")}

    def is_draft(self) -> bool:
        said = (text_of(self.node.get("creativeWorkStatus")), self.meta.first(meta_tags.STATUS))
        return any(state.strip().lower() in ("draft", "incomplete", "hidden", "skip") for state in said)


def read_metadata(root: HtmlElement, url: str = "", repeated: frozenset[str] = frozenset()) -> Metadata:
    """What the page says of its article. `url` is where it was found, for a page that does not name its URL;
    `repeated` are texts (folded) that stand on many pages of its site."""
    page = _Page(root, url, repeated)
    return Metadata(
        url=page.url,
        title=page.title,
        authors=page.authors(),
        published=page.published(),
        modified=page.modified(),
        section=page.section(),
        tags=page.tags(),
        site=page.site,
        language=page.language(),
        alternates=page.alternates(),
        image=page.image(),
        description=page.meta.first(meta_tags.DESCRIPTION) or text_of(page.node.get("description")),
        body_said=page.body_said(),
        base=page.meta.base,
        heading=page.heading,
        noindex=bool(page.robots() & {"noindex", "none"}),
        is_draft=page.is_draft(),
    )


def _url(meta: MetaTags, fallback: str) -> str:
    """The page's own URL in canonical form; empty if it names none that a browser may follow."""
    base = meta.base or meta.first(("og:url",)) or fallback
    for value in (meta.canonical, meta.first(("og:url",)), meta.first(("twitter:url",)), fallback):
        if not value:
            continue
        try:
            url = canonical_url(urljoin(base, value) if base else value)
        except (ArticleError, ValueError):
            continue
        if urlsplit(url).path != "/" or urlsplit(url).query:  # else the site's front page, which no article has
            return url
    return ""


def _is_of_another(element: HtmlElement) -> bool:
    """Whether an element stands in an article that has not the page's headline: in a comment or a teaser."""
    article = next(element.iterancestors("article"), None)
    if article is None or next(article.iter("h1"), None) is not None:
        return False
    return next(element.getroottree().iter("h1"), None) is not None
