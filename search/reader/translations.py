"""Which articles are copies of each other in other languages.

Sources say so by a key that such copies share, or by the addresses of the others (`Article.translation_key`,
`Article.alternates`).
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from search.reader.articles import Articles
from search.reader.index import Index


class Marked(NamedTuple):
    """What an article says of its copies in other languages."""

    seq: int
    language: str  # empty for that of the archive
    key: str
    url: str
    alternates: Sequence[str]


_NONE: Mapping[int, tuple[int, ...]] = {}


class Translations:
    """The copies of articles in other languages, by sequence number. What articles say is read once, and with every
    generation only that of the new ones; not at all while an archive has one language. Safe to use from several
    threads."""

    def __init__(self, articles: Articles) -> None:
        self._articles = articles
        self._lock = threading.Lock()
        self._marked: dict[int, Marked] = {}
        self._read_up_to = 0
        self._made: tuple[tuple[int, float], Mapping[int, tuple[int, ...]]] | None = None

    def of(self, index: Index) -> Mapping[int, tuple[int, ...]]:
        """By the sequence numbers of the live articles that have copies in other languages those of the copies,
        ascending, one for each language."""
        state = index.generation, index.until
        made = self._made
        if made is not None and made[0] == state:
            return made[1]
        if len(index.languages()) < 2 or not index.max_doc:
            return _NONE
        with self._lock:
            last = index.seq_of(index.max_doc - 1)
            for marked in self._articles.translated(self._read_up_to, last):
                self._marked[marked[0]] = Marked(*marked)
            self._read_up_to = max(self._read_up_to, last)
            kept = index.waiting
            self._marked = {seq: one for seq, one in self._marked.items() if index.doc_of(seq) >= 0 or seq in kept}
            live = [one for seq, one in sorted(self._marked.items()) if seq not in kept]
            self._made = state, _linked(live, index.language)
            return self._made[1]


def _linked(articles: Sequence[Marked], language: str) -> dict[int, tuple[int, ...]]:
    """The copies of each of some articles."""
    by_name: dict[str, list[Marked]] = defaultdict(list)
    for one in articles:
        if one.key:
            by_name[f"key {one.key}"].append(one)
        if one.url:
            by_name[one.url].append(one)
    links: dict[int, tuple[int, ...]] = {}
    for one in articles:
        own = one.language or language
        found: dict[str, int] = {}
        for name in ([f"key {one.key}"] if one.key else []) + list(one.alternates):
            for other in by_name.get(name, ()):
                if (other.language or language) != own:
                    found.setdefault(other.language or language, other.seq)
        if found:
            links[one.seq] = tuple(sorted(found.values()))
    return links
