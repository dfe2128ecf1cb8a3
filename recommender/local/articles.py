"""The articles of one generation of the archive, their columns and their copies, over the segments of the index."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial

import numpy as np
from numpy.typing import NDArray

from indexer.article.article import Article
from indexer.copies.copies import Copies
from recommender.corpus.corpus import NO_DATE, Withheld
from recommender.local.forward_index import ForwardIndex
from recommender.local.known_copies import KnownCopies
from recommender.local.part import LocalPart
from search.filters.reading import Filters, read_filters
from search.lexical.filters import allowed_docs
from search.reader.snapshot import Snapshot

NO_DOCS = np.zeros(0, np.int64)


@dataclass(frozen=True, eq=False)
class LocalArticles:
    """What there is in one generation of the archive, see `CorpusArticles` and `CorpusCopies`."""

    snapshot: Snapshot
    forward_indexes: Mapping[str, ForwardIndex]  # by the names of the segments
    withheld: Withheld
    _known_copies: KnownCopies

    @property
    def archive_docs(self) -> int:
        """Articles in the archive, at least 1: what statistics over all articles are made for."""
        return max(1, self.snapshot.num_docs)

    @property
    def num_docs(self) -> int:
        """See `CorpusArticles`."""
        return self.snapshot.num_docs

    @cached_property
    def max_doc(self) -> int:
        """See `CorpusArticles`."""
        return self.snapshot.max_doc

    @property
    def language(self) -> str:
        """See `CorpusArticles`."""
        return self.snapshot.manifest.language

    @cached_property
    def seqs(self) -> NDArray[np.int64]:
        """See `CorpusArticles`."""
        return np.concatenate([np.zeros(0, np.int64), *(segment.seq for segment in self.snapshot.segments)])

    @cached_property
    def dates(self) -> NDArray[np.int64]:
        """See `CorpusArticles`."""
        return self.snapshot.dates()

    @cached_property
    def newest(self) -> int:
        """See `CorpusArticles`."""
        return int(self.dates[self.snapshot.live()].max(initial=NO_DATE))

    def live(self) -> NDArray[np.bool_]:
        """See `CorpusArticles`."""
        return self.snapshot.live()

    def offered(self) -> NDArray[np.bool_]:
        """See `CorpusArticles`."""
        return self._offered(self.withheld.count(time.time()))

    @cached_property
    def _offered(self) -> Callable[[int], NDArray[np.bool_]]:
        """Which docs are offered when so many are withheld."""
        return lru_cache(maxsize=1)(partial(_without, self.snapshot.live(), self.withheld.longest_first()))

    @cached_property
    def copies(self) -> Copies:
        """The copies among the articles of this generation."""
        return self._known_copies.among(np.sort(self.seqs[self.live()]))

    @cached_property
    def copy_groups(self) -> NDArray[np.int64]:
        """See `CorpusCopies`."""
        groups = np.arange(self.max_doc)
        docs = {seq: self.doc_of(seq) for seq in np.unique(self.copies.pairs).tolist()}
        dates = {seq: float(self.dates[doc]) for seq, doc in docs.items() if self.dates[doc] != NO_DATE}
        for seq, first in self.copies.groups(dates).items():
            groups[docs[seq]] = docs[first]
        groups.flags.writeable = False
        return groups

    @cached_property
    def _copied(self) -> dict[int, NDArray[np.int64]]:
        """The docs of each group, by the doc that stands for it."""
        members: dict[int, list[int]] = {}
        for doc in np.flatnonzero(self.copy_groups != np.arange(self.max_doc)).tolist():
            first = int(self.copy_groups[doc])
            members.setdefault(first, [first]).append(doc)
        return {first: np.array(sorted(docs), np.int64) for first, docs in members.items()}

    def copies_of(self, doc: int) -> NDArray[np.int64]:
        """See `CorpusCopies`."""
        docs = self._copied.get(int(self.copy_groups[doc]), NO_DOCS)
        others: NDArray[np.int64] = docs[docs != doc]
        return others

    def copies_of_text(self, article: Article) -> NDArray[np.int64]:
        """See `CorpusCopies`."""
        seqs = self.copies.of_text(article, self._known_copies.versions)
        return np.array(sorted(self.doc_of(seq) for seq in seqs), np.int64)

    def filter(self, filters: Filters) -> NDArray[np.bool_]:
        """See `CorpusArticles`."""
        return allowed_docs(self.snapshot, read_filters(filters, self.snapshot.schema))

    def article_id(self, doc: int) -> str:
        """See `CorpusArticles`."""
        return self.snapshot.article_id(doc)

    def doc_of(self, seq: int) -> int:
        """See `CorpusArticles`."""
        return self.snapshot.doc_of(seq)

    def values(self, field: str, doc: int) -> list[str]:
        """See `CorpusArticles`."""
        segment, local = self.snapshot.locate(doc)
        return segment.keywords[field].of(local)

    def languages_of(self, docs: NDArray[np.int64]) -> list[str]:
        """See `CorpusArticles`."""
        known, codes = self._language_codes
        return [known[code] for code in codes[docs].tolist()]

    @cached_property
    def _language_codes(self) -> tuple[list[str], NDArray[np.int32]]:
        """The languages of the articles, and for each doc (max_doc,) the place of its own among them."""
        known = [self.language]
        codes = np.zeros(self.max_doc, np.int32)
        for part in self._parts:
            column = part.segment.keywords["language"]
            for value in column.values:
                if value not in known:
                    known.append(value)
            table = np.array([known.index(value) for value in column.values] or [0], np.int32)
            has = np.flatnonzero(column.counts())
            codes[part.first + has] = table[column.codes[column.start[has]]]
        return known, codes

    def shared_values(
        self, field: str, values: Sequence[str], docs: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """See `CorpusArticles`."""
        folded = frozenset(value.casefold() for value in values)
        shared, counts = np.zeros((2, len(docs)), np.int64)
        for part, here in self._parts_of(docs):
            shared[here], counts[here] = part.shared_values(field, folded, docs[here] - part.first)
        return shared, counts

    @cached_property
    def _parts(self) -> list[LocalPart]:
        """The segments in their order."""
        return [
            LocalPart(segment, self.forward_indexes[segment.entry.name], first, first + segment.max_doc)
            for segment, first in zip(self.snapshot.segments, self.snapshot.first_docs.tolist(), strict=False)
        ]

    def _parts_of(self, docs: NDArray[np.int64]) -> Iterator[tuple[LocalPart, slice]]:
        """Every part that some of the docs, ascending, are in, and which of the docs."""
        for part in self._parts:
            a, b = docs.searchsorted((part.first, part.end)).tolist()
            if a < b:
                yield part, slice(a, b)


def _without(live: NDArray[np.bool_], withheld: NDArray[np.int64], count: int) -> NDArray[np.bool_]:
    mask = live.copy()
    mask[withheld[:count]] = False
    mask.flags.writeable = False
    return mask
