"""A proposal of what readmore.toml should say of a folder, a file or a site, from a look at some of its articles."""

from __future__ import annotations

import csv
import json
import os
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from indexer.article.urls import is_followable
from indexer.base.errors import ReadmoreError
from indexer.intake.columns import guessed_columns
from indexer.intake.generator import generator_of
from indexer.sources import Accepted, Document, Item, Refused, documents_in, read_documents, with_known
from indexer.sources.crawl import sitemap
from indexer.sources.crawl.crawl import WELL_KNOWN, document_of, is_address
from indexer.sources.crawl.fetching import Answer, Fetcher, FetchError
from indexer.sources.crawl.robots import Manners
from indexer.sources.document import absolute
from indexer.sources.formats import csv_table, format_of
from indexer.sources.limits import MAX_ARTICLE_BYTES
from indexer.text.detection import detected_language

SAMPLED = 60  # documents of a folder that are read
SAMPLED_PAGES = 5  # of a site
_MOST_DOCUMENTS = 100_000  # that are looked at
_MOST_ITEMS = 300  # articles
_MOST = 0.6  # share of the articles that must agree
_PLACEHOLDERS = frozenset({"example.org", "example.com", "www.example.org", "www.example.com", "localhost"})
_LANGUAGE = "(?:languageCode|default_language|defaultContentLanguage|lang|language)"  # a generator's setting
_FEED = re.compile(rb'<link\b[^>]{0,300}type=["\']?application/(?:rss|atom)\+xml[^>]{0,300}>', re.I)
_HREF = re.compile(rb'href=["\']?([^"\'\s>]+)', re.I)

_NO_ADDRESSES = [
    "# The articles do not say their addresses. Take the # off the next line, and write there how they look:",
    '# url = "/{year}/{month}/{slug}/"',
]


@dataclass(frozen=True, slots=True)
class ProposedSource:
    """A source as it would stand in ``[[sources]]``; what is empty is left out."""

    place: str
    site: str = ""
    url: str = ""
    mapping: Mapping[str, str] = field(default_factory=dict)
    private: bool = False
    lacks_addresses: bool = False  # its articles do not say theirs, and no generator's pattern is known


@dataclass(slots=True)
class Proposal:
    """What readmore.toml should say, and what is to be said of that."""

    sources: list[ProposedSource] = field(default_factory=list)
    language: str = ""
    home: str = ""  # the address of the site's front page
    notes: list[str] = field(default_factory=list)

    def as_toml(self, folder: Path) -> str:
        """The file, for the archive's `folder`, from which paths are written."""
        lines = ["# What readmore takes in: 'readmore sync' brings the archive in step with it. docs/configuration.md"]
        lines += [f"# {note}" for note in self.notes]
        if self.language:
            lines += ["", f"language = {_quoted(self.language)}  # of articles that do not say theirs"]
        for source in self.sources:
            lines += ["", "[[sources]]", f"from = {_quoted(_from(source.place, folder))}"]
            lines += [f"site = {_quoted(source.site)}"] if source.site else []
            lines += [f"url = {_quoted(source.url)}"] if source.url else []
            lines += _NO_ADDRESSES if source.lacks_addresses else []
            pairs = ", ".join(f"{name} = {_quoted(key)}" for name, key in source.mapping.items())
            lines += [f"map = {{ {pairs} }}"] if pairs else []
            lines += ["private = true"] if source.private else []
        if self.home:
            lines += ["", "[pages]", f"home = {_quoted(self.home)}  # where addresses that are paths are taken from"]
        return "\n".join(lines) + "\n"


def proposal(place: str, *, allow_private: bool = False) -> Proposal:
    """What to say of a folder, a file or an address. Raises ReadmoreError if it is not there or has no articles."""
    return _of_address(place, allow_private) if is_address(place) else _of_files(place)


def _of_files(place: str) -> Proposal:
    proposed, left_out = Proposal(), Counter[str]()
    generator = generator_of(Path(place))
    if generator is not None and Path(absolute(place)) == generator.folder != generator.content():
        place = str(generator.content())
        proposed.notes.append(f"a site of {generator.name}, whose articles are in {generator.content().name}")
    documents = list(islice(documents_in(place, passed_over=left_out), _MOST_DOCUMENTS))
    tables = list(_tables_in(place)) if Path(place).is_dir() else [Path(place)]
    mapped = [source for table in tables if (source := _mapped(table)) is not None]
    items = list(_sample(documents, mapped[0].mapping if mapped and mapped[0].place == place else {}))
    taken = [item for item in items if isinstance(item, Accepted)]
    if not taken and not mapped:
        first = next((item for item in items if isinstance(item, Refused)), None)
        raise ReadmoreError(f"{place}: no articles found{f'; {first.where}: {first.reason}' if first else ''}")
    kinds = Counter(kind.name for each in documents if isinstance(each, Document) and (kind := format_of(each)))
    proposed.notes.append("found: " + ", ".join(f"{number:,} {kind}" for kind, number in kinds.most_common()))
    site = _commonest([item.article.site for item in taken]) or (generator.setting("title") if generator else "")
    setting = generator.setting(_LANGUAGE)[:2] if generator else ""
    proposed.language = _language(taken, proposed.notes) or setting.lower()
    proposed.home = _home(generator.setting("(?:baseURL|base_url|SITEURL)")) if generator else ""
    lacking = _lack_addresses(taken)
    if lacking and generator:
        proposed.notes.append(f"addresses as {generator.name} makes them by default, please check: 'readmore show ID'")
    if taken and not (mapped and mapped[0].place == place):
        url = generator.url_pattern(Path(place)) if lacking and generator else ""
        proposed.sources.append(ProposedSource(place, site, url, lacks_addresses=lacking and not generator))
    proposed.sources += mapped
    for source in mapped:
        listed = ", ".join(f"{name} is {key}" for name, key in source.mapping.items())
        proposed.notes.append(f"a guess by names and contents, please check: {listed}")
    return proposed


def _sample(documents: Sequence[Document | Refused], mapping: Mapping[str, str]) -> Iterator[Item]:
    """Articles of some documents from all over a source."""
    step = max(1, len(documents) // SAMPLED)
    yield from islice(read_documents(with_known(documents[::step][:SAMPLED], mapping, ""), 1), _MOST_ITEMS)


def _tables_in(place: str) -> Iterator[Path]:
    for path in sorted(Path(place).glob("*")):
        if path.is_file() and path.name.lower().endswith((".csv", ".tsv")):
            yield path


def _mapped(path: Path) -> ProposedSource | None:
    """A table whose columns have other names than those that are known."""
    document = Document.of_file(path, path.stat().st_size)
    if format_of(document) is not csv_table.FORMAT or csv_table.holds_articles(document):
        return None
    try:
        rows = csv_table.some_rows(document, _MOST_ITEMS)
    except (ReadmoreError, OSError, csv.Error, UnicodeError):
        return None
    mapping = guessed_columns(rows)
    return ProposedSource(str(path), mapping=mapping) if mapping.keys() & {"title", "body"} else None


def _lack_addresses(taken: Sequence[Accepted]) -> bool:
    """Whether articles do not say theirs."""
    without = sum(not item.article.url for item in taken)
    return without > (1 - _MOST) * len(taken)


def _language(taken: Sequence[Accepted], notes: list[str]) -> str:
    """The language that most articles say, or that their texts are in; that there are several is noted."""
    languages = [
        item.article.language or detected_language(f"{item.article.title}\n{item.article.body}") for item in taken
    ]
    counts = Counter(filter(None, languages)).most_common(6)
    if len(counts) > 1:
        listed = ", ".join(f"{number:,} {language}" for language, number in counts)
        notes.append(f"languages of those looked at: {listed}; what does not say its own is told from its text")
    return _commonest(languages)


def _commonest(values: Sequence[str]) -> str:
    """What most of those that say something say; empty where they do not agree."""
    said = [value for value in values if value]
    value, number = Counter(said).most_common(1)[0] if said else ("", 0)
    return value if number >= _MOST * max(1, len(said)) else ""


def _home(url: str) -> str:
    """The address of a site by its generator's settings: empty where it is none, is what a new site is given, or has a
    path, which the generator puts before all the paths that are made here."""
    try:
        parts = urlsplit(url)
        is_site = parts.scheme in ("http", "https") and is_followable(url) and parts.hostname not in _PLACEHOLDERS
    except ValueError:
        return ""
    return url if is_site and parts.path in ("", "/") and not parts.query else ""


def _of_address(url: str, allow_private: bool) -> Proposal:
    fetcher = Fetcher(allow_private=allow_private)
    manners = Manners(fetcher)
    front = _get(fetcher, manners, url)
    if isinstance(front, str):
        raise ReadmoreError(f"{url}: {front}")
    proposed = Proposal()
    found = _map_of(fetcher, manners, front)
    if found is not None:
        pages = [page for page in islice(_pages(found, fetcher, manners), _MOST_DOCUMENTS) if isinstance(page, str)]
        proposed.notes.append(f"a sitemap of {len(pages):,} pages")
        step = max(1, len(pages) // SAMPLED_PAGES)
        answers = [(page, _get(fetcher, manners, page)) for page in pages[::step][:SAMPLED_PAGES]]
        documents = [
            document_of(page, answer, answer.content) for page, answer in answers if isinstance(answer, Answer)
        ]
        place = found.url
        proposed.notes += [f"{page}: {answer}" for page, answer in answers if isinstance(answer, str)]
    else:
        place, documents = _feed_of(fetcher, manners, front)
    taken = [item for item in islice(read_documents(documents, 1), _MOST_ITEMS) if isinstance(item, Accepted)]
    if not taken:
        raise ReadmoreError(f"{place}: no articles found in it; try one page with 'readmore try'")
    site = _commonest([item.article.site for item in taken]) or (urlsplit(place).hostname or "").removeprefix("www.")
    proposed.language = _language(taken, proposed.notes)
    proposed.sources.append(ProposedSource(place, site, private=allow_private))
    return proposed


def _pages(found: Answer, fetcher: Fetcher, manners: Manners) -> Iterator[str | Refused]:
    return sitemap.pages_of(found.url, found.content, fetcher, manners)


def _map_of(fetcher: Fetcher, manners: Manners, front: Answer) -> Answer | None:
    """The sitemap that was asked for, or that of the site."""
    if sitemap.is_sitemap(front.content):
        return front
    named = manners.sitemaps(front.url)
    for url in (*named, *(urljoin(front.url, path) for path in WELL_KNOWN)):
        answer = _get(fetcher, manners, url, sitemap.MAX_BYTES)
        if isinstance(answer, Answer) and sitemap.is_sitemap(answer.content):
            return answer
    return None


def _feed_of(fetcher: Fetcher, manners: Manners, front: Answer) -> tuple[str, list[Document]]:
    """The feed that was asked for, or that the page names; where there is none the page itself."""
    for link in _FEED.findall(front.content[: 1 << 20]):
        href = _HREF.search(link)
        answer = _get(fetcher, manners, urljoin(front.url, href[1].decode("utf-8", "replace"))) if href else ""
        if isinstance(answer, Answer):
            return answer.url, [document_of(answer.url, answer, answer.content)]
    return front.url, [document_of(front.url, front, front.content)]


def _get(fetcher: Fetcher, manners: Manners, url: str, most: int = MAX_ARTICLE_BYTES) -> Answer | str:
    """What is at an address, or why it cannot be had."""
    try:
        manners.check(url)
        with manners.turn(url):
            return fetcher.get(url, most)
    except FetchError as error:
        return str(error)


def _from(place: str, folder: Path) -> str:
    """A place as it is written in the archive's folder."""
    return place if is_address(place) else os.path.relpath(place, folder)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
