"""What comes in from sources: counted, given its id and what its source says of it, and what is wrong with it said."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from indexer.article.article import Article
from indexer.article.images import image_url
from indexer.article.publicity import Calendar
from indexer.article.typed_values import problems
from indexer.article.urls import id_from_url
from indexer.base.progress import Progress
from indexer.intake.known_options import Addresses
from indexer.intake.own_language import OwnLanguage
from indexer.intake.translation_key import TranslationKeys
from indexer.schema import Field
from indexer.sources import Accepted, Refused
from indexer.sources.crawl.crawl import CrawlItem, is_address
from indexer.sources.file_ids import FileIds, source_of
from indexer.sources.names import id_of_path

_GONE = ("status 404", "status 410")
SAID_OF_A_FILE = 20
"""Refusals and the like of one file that are printed; the report has all."""
_PLACE = re.compile(r":\s?(?:row |entry )?\d+\Z")  # behind the name of a file: ":7", ": row 7"


def text_key(article: Article) -> int:
    """A number that articles of the same headline and text share, and no others."""
    text = f"{article.title}\0{article.body}".encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "little")


@dataclass(slots=True)
class Intake:
    """Reads sources and keeps count of what was refused, withheld or mended on the way."""

    progress: Progress
    file_ids: FileIds
    is_stored: Callable[[Article], bool] = lambda article: False  # whether an article is in the archive as it is
    had_address: Callable[[str], bool] = lambda article_id: False  # whether the archive's article of this id has one
    calendar: Calendar = field(default_factory=Calendar)
    language: OwnLanguage = field(default_factory=OwnLanguage)  # of articles that do not say theirs
    fields: tuple[Field, ...] = ()  # the declared ones, whose values are looked at
    refused: list[Refused] = field(default_factory=list)
    withheld: list[Refused] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    accepted: int = 0
    headline_only: int = 0
    to_come: int = 0
    named_by_folder: int = 0
    without_address: int = 0
    lost_address: int = 0  # of these, files whose article had one before
    site: str = ""  # of articles of the source that is read now, where they do not say theirs
    addresses: Addresses | None = None  # of those that do not say theirs
    present: set[str] = field(default_factory=set)  # ids of all that this source has
    lost_track: int = 0  # documents of it that could not be read, and of which it is not known which articles they are
    pages_unchanged: int = 0
    ids: dict[str, str] = field(default_factory=dict)  # of the articles made of pages on the web, by their addresses
    said: set[str] = field(default_factory=set)  # of this source
    _said_before: frozenset[str] = frozenset()
    texts: set[int] = field(default_factory=set)  # what tells the texts of all that came in, see `text_key`
    _keys: TranslationKeys = field(default_factory=TranslationKeys)
    _printed: Counter[str] = field(default_factory=Counter)  # lines about each file
    _seen: dict[str, str] = field(default_factory=dict)
    _hidden: dict[str, None] = field(default_factory=dict)  # ids whose last article is withheld

    def articles(self, sources: Sequence[Iterator[CrawlItem]]) -> Iterator[Article]:
        """The articles of all sources; what is wrong with the others is said at once."""
        for items in sources:
            for item in items:
                self.progress.advance()
                if isinstance(item, Accepted):
                    yield self._accept(item)
                elif isinstance(item, Refused):
                    self._refuse(item)
                else:
                    self.pages_unchanged += 1
                    self.present.add(item.id)
                    self._seen.setdefault(item.id, item.where)

    def begin(self, site: str, addresses: Addresses, said_before: frozenset[str] = frozenset()) -> None:
        """From here on articles are those of another source; what was `said_before` of it is not said again."""
        self.site, self.addresses = site, addresses
        self.present, self.lost_track = set(), 0
        self.said, self._said_before = set(), said_before

    def say(self, line: str) -> None:
        """Says what is the matter with the source as a whole."""
        self.said.add(line)
        if line not in self._said_before:
            self.progress.say(line)

    def ids_to_remove(self) -> list[str]:
        """The ids of articles that are not for the public any more; call it when all are read."""
        return list(self._hidden)

    def _refuse(self, item: Refused) -> None:
        named = f" (id {item.id})" if item.id else ""
        self._say("withheld" if item.withheld else "refused", item.where, f"{item.reason}{named}")
        if item.withheld:
            self.withheld.append(item)
            known = item.id if item.file is None else self.file_ids.id_of_withheld(item.id, item.file, self._seen)
            if known:
                self._hidden[known] = None
        else:
            self.refused.append(item)
            self._keep(item)

    def _keep(self, item: Refused) -> None:
        """A mistake in a post, or a server that is down, takes nothing out; that a page is gone does."""
        known = item.id
        if item.file is not None:
            known = self.file_ids.id_of_withheld(item.id or id_of_path(item.file.path), item.file, self._seen)
        if known and not item.reason.endswith(_GONE):
            self.present.add(known)
        self.lost_track += not known and item.file is None and not item.reason.endswith(_GONE)

    def _accept(self, item: Accepted) -> Article:
        article, notes = self._with_its_id(item)
        article = self._completed(article, item)
        self.present.add(article.id)
        if item.file is None and is_address(item.where):
            self.ids[item.where] = article.id
        self._hidden.pop(article.id, None)
        if article.body:
            self.texts.add(text_key(article))
        self.accepted += 1
        self.headline_only += not article.body
        self.to_come += self.calendar.is_to_come(article)
        self.without_address += not article.url
        self.lost_address += not article.url and item.file is not None and self.had_address(article.id)
        before = self._seen.setdefault(article.id, item.where)
        warnings = [*item.warnings, *notes, *problems(self.fields, article.fields)]
        if before != item.where:
            warnings.append(f"the id {article.id} was at {before} already; this later article takes its place")
        if warnings and self.is_stored(article):
            warnings = []  # said when the article came in
        for warning in warnings:
            self.warnings.append(f"{item.where}: {warning}")
            self._say("warning", item.where, warning)
        return article

    def _say(self, kind: str, where: str, text: str) -> None:
        """Says what is to be said of a place, unless the run before did, and as long as not too much was said of its
        file."""
        line = f"{kind}: {where}: {text}"
        self.said.add(line)
        if line in self._said_before:
            return
        file = _PLACE.sub("", where)
        self._printed[file] += 1
        if self._printed[file] <= SAID_OF_A_FILE:
            self.progress.say(line)
        elif self._printed[file] == SAID_OF_A_FILE + 1:
            self.progress.say(f"{file}: more like these are not printed: --report FILE has all")

    @property
    def unsaid(self) -> int:
        """Refusals and the like that were not printed."""
        return sum(max(0, lines - SAID_OF_A_FILE) for lines in self._printed.values())

    def _completed(self, article: Article, item: Accepted) -> Article:
        """The article with what its source says of all it has."""
        article = self.language.said_of(article)
        if self.site and not article.site:
            article = replace(article, site=self.site)
        if not article.url and (url := self._address(article, item)):
            article = replace(article, url=url, image=article.image or image_url(item.image, url))
        if item.file is not None and not article.translation_key:
            key = self._keys.of_file(item.file, article.language or self.language.ordinary)
            article = replace(article, translation_key=key) if key else article
        if article.image_alt and not article.image:
            article = replace(article, image_alt="")
        return article

    def _address(self, article: Article, item: Accepted) -> str:
        return self.addresses.url_of(article, item.file, item.slug) if self.addresses is not None else ""

    def _with_its_id(self, item: Accepted) -> tuple[Article, list[str]]:
        """The article, which gets another id where its own is another file's, and what is to be said of that."""
        article = item.article
        if item.file is None or (article.url and article.id == id_from_url(article.url)):
            return article, []
        article = replace(article, source=source_of(article.source, item.file))
        article_id, holder = self.file_ids.id_for(article, item.file, self._seen)
        if article_id == article.id:
            return article, []
        self.named_by_folder += 1
        notes = [f"the id {article.id} is that of the article at {holder}: {article_id} is used"] if holder else []
        return replace(article, id=article_id), notes
