"""Which article of the archive a link leads to, whatever the site's generator makes of files and names."""

from __future__ import annotations

import posixpath
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import unquote, urljoin, urlsplit

from indexer.article.article import Article

_SUFFIX = re.compile(r"\.(?:md|mdx|markdown|html?|txt)\Z", re.IGNORECASE)
_DATED = re.compile(r"(\d{4}-\d\d-\d\d)-(.+)\Z")
_DATED_PATH = re.compile(r"/(\d{4})/(\d\d)/(?:(\d\d)/)?")
_FILE_REFERENCE = "@/"
_NOT_ID = re.compile(r"[^A-Za-z0-9_-]+")
_LISTS = re.compile(r"/(?:tags?|topics?|categor(?:y|ies)|authors?|series|page|search)/", re.IGNORECASE)
# How many different articles a host's addresses must name by date and title, and of how many of those addresses, before
# it is taken for the archive's own. One that looks alike may be another site's.
_MIN_ARTICLES = 3
_MIN_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Place:
    """Where an article stands: links are relative to it."""

    url: str
    host: str  # of the site, without www.; empty where it is not known
    file: str  # the folder and file it was read from, without suffix; empty where it shared a file with others


class Targets:
    """The articles of an archive by all that a link may call them.

    A link's path is looked for among the addresses of articles; then, if it is on the archive's own host, among their
    ids (``/2014/03/19/hello-world/`` is ``2014-03-19-hello-world``) and, where that is one article only, among their
    titles in the addresses (``/blog/hello-world/``). References between files are looked for among the files.
    """

    def __init__(self) -> None:
        self._by_address: dict[tuple[str, str], int] = {}
        self._by_id: dict[str, int] = {}
        self._by_file: dict[str, int] = {}
        self._by_name: dict[str, list[tuple[str, int]]] = defaultdict(list)  # of a file: all files of that name
        self._by_slug: dict[str, set[int]] = defaultdict(set)
        self._ids: dict[int, str] = {}
        self._has_hosts = False  # whether articles say theirs
        self._hosts: set[str] = set()  # else those that are the archive's own

    def add(self, doc: int, article: Article) -> Place:
        """Takes in an article, and says where it stands."""
        host, path = _address(article.url, "")
        self._by_id[article.id] = doc
        self._ids[doc] = article.id
        if article.url:
            self._by_address[host, path] = doc
            self._has_hosts |= bool(host)
        dated = _DATED.match(article.id)
        self._by_slug[dated[2] if dated else article.id].add(doc)
        file = _file(article.source)
        if file:
            self._by_file[file] = doc
            self._by_name[posixpath.basename(file).lower()].append((file, doc))
            if article.title:
                self._by_name[article.title.lower()].append((file, doc))  # wiki links may say the title
        return Place(article.url, host, file)

    def settle(self, urls: Iterable[str], *, few: bool = False) -> None:
        """Learns from all links which hosts are the archive's own, where no article says an address: those whose
        addresses with a date mostly name articles that there are, and several of them. Where the articles are `few`
        of the archive's, one that is named by date and title is enough: others cannot be known."""
        if self._has_hosts:
            return
        named: dict[str, set[int]] = defaultdict(set)
        dated: Counter[str] = Counter()
        for host, path in {_address(url, "") for url in urls if "://" in url}:
            if _DATED_PATH.search(path):
                dated[host] += 1
                doc = self._by_id.get(id_of_path(path))
                if doc is not None and _DATED.match(self._ids[doc]):
                    named[host].add(doc)
        self._hosts = {
            host
            for host, docs in named.items()
            if few or (len(docs) >= _MIN_ARTICLES and len(docs) >= _MIN_SHARE * dated[host])
        }

    def address(self, url: str, place: Place) -> tuple[str, str]:
        """The host, without ``www.``, and path of a link in the article at `place`."""
        if _is_reference(url) and place.url and not url.startswith(_FILE_REFERENCE):
            url = urljoin(place.url, url)
        return _address(url, place.host)

    def is_own(self, host: str, place: Place) -> bool:
        """Whether a host, as `address` gives it, is the archive's own or that of the article at `place`."""
        return host == place.host or host in self._hosts

    def find(self, url: str, place: Place) -> int | None:
        """The doc that a link in the article at `place` leads to, None if it is none of the archive's."""
        host, path = self.address(url, place)
        if not _is_reference(url):
            return self._at(host, path, place)
        if url.startswith(_FILE_REFERENCE):
            return self._named(url.removeprefix(_FILE_REFERENCE), place)
        if place.url and (found := self._at(host, path, place)) is not None:
            return found
        if not place.file:
            return None
        # From the page of a post, which is a folder of its own, "../b/" is beside it; from its file it is not.
        for base in (posixpath.dirname(place.file), place.file):
            found = self._by_file.get(_without_suffix(posixpath.normpath(posixpath.join(base, url))))
            if found is not None:
                return found
        return self._named(url, place)

    def _at(self, host: str, path: str, place: Place) -> int | None:
        found = self._by_address.get((host, path))
        if found is not None or not self.is_own(host, place):
            return found  # paths of other sites are not made from ids of this one
        found = self._by_id.get(id_of_path(path.partition("?")[0]))
        return self._by_last_part(path) if found is None and not place.url else found

    def _by_last_part(self, path: str) -> int | None:
        """The one article whose title in the address a path ends with, unless the dates differ."""
        path = unquote(path.partition("?")[0])
        if _LISTS.search(path):
            return None  # of articles
        last = _without_suffix(path.rstrip("/").rpartition("/")[2])
        exact = self._by_id.get(last)
        docs = {exact} if exact is not None and _DATED.match(last) else self._by_slug.get(last, set())
        date = _DATED_PATH.search(path)
        if date is None and path.count("/") < 2 and exact is None:
            return None  # "/about/" is a page, though an article of some day may have that name
        if date is not None:
            begin = "-".join(part for part in date.groups() if part)
            docs = {doc for doc in docs if self._ids[doc].startswith(begin) or not _DATED.match(self._ids[doc])}
        return next(iter(docs)) if len(docs) == 1 else None

    def _named(self, reference: str, place: Place) -> int | None:
        """The article in the file that a reference ends with; of several the one nearest to `place`, None where none
        is nearer."""
        wanted = _without_suffix(posixpath.normpath(f"/{reference}")).lower().rstrip("/")
        known = self._by_name.get(posixpath.basename(wanted), [])
        whole = [(file, doc) for file, doc in known if f"/{file.lower()}".endswith(wanted)] or known
        if len({doc for _, doc in whole}) > 1:
            whole = [(file, doc) for file, doc in whole if posixpath.dirname(file) == posixpath.dirname(place.file)]
        docs = {doc for _, doc in whole}
        return next(iter(docs)) if len(docs) == 1 else None


def id_of_path(path: str) -> str:
    """The id of the article that a static site puts at this path."""
    return _NOT_ID.sub("-", path.strip("/").removesuffix(".html")).strip("-")


def _is_reference(url: str) -> bool:
    return not url.startswith("/") and "://" not in url


def _address(url: str, host: str) -> tuple[str, str]:
    """The host and path of a URL, in a form in which two links to one article are equal."""
    try:
        parts = urlsplit(url)
        query = f"?{parts.query}" if parts.query else ""
        return (parts.hostname or host).removeprefix("www."), (parts.path.rstrip("/") or "/") + query
    except ValueError:
        return "[", url  # no host has this name


def _file(source: str) -> str:
    """The file of an article, without suffix; of ``index.md`` its folder. Empty for a place in a file of many."""
    return _without_suffix(posixpath.normpath(source.replace("\\", "/"))) if _SUFFIX.search(source) else ""


def _without_suffix(path: str) -> str:
    path = _SUFFIX.sub("", path.rstrip("/"))
    folder, _, name = path.rpartition("/")
    return folder if name.lower() in ("index", "_index") and folder else path
