"""The corpus over the segments of the index, their forward indexes, and what is kept beside them."""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache, partial
from pathlib import Path
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from indexer.article.article import Article
from indexer.base.archive_folder import ArchiveFolder
from indexer.copies.copies import Copies
from indexer.settings import SettingsError, load_settings
from recommender.corpus.corpus import (
    NO_DATE,
    CorpusSpace,
    Scale,
    Similarities,
    SpaceCosines,
    TermRows,
    TermVector,
    Withheld,
)
from recommender.corpus.cosines import with_vector
from recommender.corpus.space_scales import reference, scaled
from recommender.corpus.terms import idf
from recommender.corpus.tracked import ScoredCandidates, WordRow
from recommender.local import forward_index, name_words, statistics, withheld
from recommender.local.forward_index import ForwardIndex
from recommender.local.known_copies import KnownCopies
from recommender.local.name_table import NameTable
from recommender.local.name_words import NameWords
from recommender.local.part import LocalPart
from recommender.local.row_scores import RowScores, impacts_of, mixed, row_digests, vector_digests
from recommender.local.statistics import Statistics, stepped, with_scales
from recommender.local.withheld import Known
from search.engine import Engine
from search.filters.reading import Filters, read_filters
from search.lexical.filters import allowed_docs
from search.reader.bm25 import top_k
from search.reader.snapshot import Snapshot

_log = logging.getLogger(__name__)

_NO_DOCS = np.zeros(0, np.int64)
RECENT = 0.1  # share of all docs below which a segment is soon merged with others
_Numbers = tuple[NDArray[np.int64], ...]  # for each part the numbers there of some terms, -1 for none


@dataclass(frozen=True, eq=False)
class LocalCorpus:
    """One generation of the archive, see `corpus.Corpus`. Get one from `LocalCorpus.open`; to make one writes nothing
    (see `derived` for that)."""

    snapshot: Snapshot
    forward_indexes: Mapping[str, ForwardIndex]  # by the names of the segments
    name_words: NameWords
    known_withheld: Known
    withheld: Withheld
    _names: NameTable
    _known_copies: KnownCopies
    _counted_before: Statistics | None  # what an earlier generation went by
    _root: Path
    # the numbers of the terms of articles that are being looked at, as long as they are
    _numbers_known: WeakKeyDictionary[TermVector, _Numbers] = field(default_factory=WeakKeyDictionary)

    @classmethod
    def open(
        cls, engine: Engine, folder: ArchiveFolder, snapshot: Snapshot, previous: LocalCorpus | None = None
    ) -> LocalCorpus:
        """The corpus of a generation of the archive in `folder`, which the engine has open. What is not kept on disk
        is derived in memory; `previous` is the corpus of an earlier generation, of which what still holds is not
        derived again."""
        root, num_docs = folder.related, max(1, snapshot.num_docs)
        known = previous.forward_indexes if previous else {}
        words = name_words.of_snapshot(engine, snapshot, root, num_docs, previous.name_words if previous else None)
        known_withheld, docs_withheld = withheld.load(
            engine, folder, snapshot, previous.known_withheld if previous else None
        )
        return cls(
            snapshot,
            forward_index.of_segments(root, snapshot.segments, num_docs, known, discounted=discounts(folder)),
            words,
            known_withheld,
            docs_withheld,
            NameTable(words.words, snapshot.languages()),
            previous._known_copies if previous else KnownCopies(root, engine.versions),
            previous.last_counted if previous else None,
            root,
        )

    # articles and their columns

    @property
    def archive_docs(self) -> int:
        """Articles in the archive, at least 1: what statistics over all articles are made for."""
        return max(1, self.snapshot.num_docs)

    @property
    def num_docs(self) -> int:
        """See `CorpusArticles`."""
        return self.snapshot.num_docs

    @property
    def counted_docs(self) -> int:
        """See `CorpusArticles`."""
        return self.statistics.num_docs

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
        docs = self._copied.get(int(self.copy_groups[doc]), _NO_DOCS)
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

    # terms

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

    def article_terms(self, doc: int) -> TermVector:
        """See `CorpusTerms`."""
        segment, local = self.snapshot.locate(doc)
        forward = self.forward_indexes[segment.entry.name]
        row = forward.row(local)
        terms = row["term"].astype(np.int64)
        article = TermVector(forward.hashes[terms], row["weight"].astype(np.float32), row["flags"].copy())
        self._numbers_known[article] = tuple(
            terms if part.segment is segment else part.forward.numbers(article.hashes) for part in self._parts
        )
        return article

    def _numbers_of(self, article: TermVector) -> _Numbers:
        numbers = self._numbers_known.get(article)
        if numbers is None:
            numbers = self._numbers_known[article] = self._numbers(article.hashes)
        return numbers

    def _numbers(self, hashes: NDArray[np.uint64]) -> _Numbers:
        return tuple(part.forward.numbers(hashes) for part in self._parts)

    def terms_of(self, docs: NDArray[np.int64]) -> TermRows:
        """See `CorpusTerms`."""
        rows = []
        for part, here in self._parts_of(docs):
            entries, counts = part.forward.rows(docs[here] - part.first)
            weights = entries["weight"].astype(np.float32)
            rows.append((counts, part.forward.hashes[entries["term"]], weights, entries["flags"]))
        if len(rows) == 1:
            return TermRows(*rows[0])
        empty = (np.zeros(0, np.int64), np.zeros(0, np.uint64), np.zeros(0, np.float32), np.zeros(0, np.uint8))
        counts, hashes, weights, flags = (np.concatenate(column) for column in zip(empty, *rows, strict=True))
        return TermRows(counts, hashes, weights, flags)

    def weights_in(
        self, docs: NDArray[np.int64], hashes: NDArray[np.uint64]
    ) -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
        """See `CorpusTerms`."""
        weights = np.zeros((len(docs), len(hashes)), np.float32)
        flags = np.zeros(weights.shape, np.uint8)
        for part, here in self._parts_of(docs):
            part.add_weights(docs[here] - part.first, part.forward.numbers(hashes), weights[here], flags[here])
        return weights, flags

    def doc_freq(self, hashes: NDArray[np.uint64]) -> NDArray[np.int64]:
        """See `CorpusTerms`."""
        return self._doc_freq(hashes, self._numbers(hashes))

    def _doc_freq(self, hashes: NDArray[np.uint64], numbers: Sequence[NDArray[np.int64]]) -> NDArray[np.int64]:
        return stepped(self.statistics.counted(hashes), self._doc_freq_now(numbers, len(hashes)))

    def _doc_freq_now(self, numbers: Sequence[NDArray[np.int64]], n_terms: int) -> NDArray[np.int64]:
        total = np.zeros(n_terms, np.int64)
        for part, numbers_here in zip(self._parts, numbers, strict=True):
            total += part.doc_freq(numbers_here)
        return total

    @cached_property
    def statistics(self) -> Statistics:
        """What is common in the archive, as it was counted now or at an earlier time."""
        return statistics.of_corpus(self._root, self, self._counted_before)

    @property
    def last_counted(self) -> Statistics | None:
        """The `statistics`, where they have been asked for, or else what an earlier generation went by: to ask might
        count what nobody needs."""
        counted: Statistics | None = self.__dict__.get("statistics", self._counted_before)
        return counted

    def count(self) -> Statistics:
        """See `statistics.Countable`."""
        empty = np.zeros(0, np.uint64), np.zeros(0, np.int64)
        of_parts = [(part.forward.hashes, np.diff(part.segment.post_start)) for part in self._parts]
        all_hashes, counts = (np.concatenate(column) for column in zip(empty, *of_parts, strict=True))
        hashes, inverse = np.unique(all_hashes, return_inverse=True)
        doc_freq = np.bincount(inverse, counts, len(hashes)).astype(np.int64)
        spaces = self._scaled_now()
        scales = {name: space.scale for name, space in spaces.items()}
        centroid = self._mean_vector(reference(spaces)) if spaces else np.zeros(0, np.float32)
        return Statistics(self.num_docs, hashes, doc_freq, centroid, scales, self.spaces_counted())

    def spaces_counted(self) -> dict[str, tuple[str, int]]:
        """See `statistics.Countable`."""
        entries = self.snapshot.manifest.spaces.items()
        return {name: (entry.folder, self._encoded_docs(name)) for name, entry in entries}

    def _encoded_docs(self, space: str) -> int:
        lacking = self.snapshot.lacking(space)
        return self.max_doc - (0 if lacking is None else int(lacking.sum()))

    def term_strings(self, hashes: NDArray[np.uint64]) -> list[str]:
        """See `CorpusTerms`."""
        strings = [""] * len(hashes)
        for part, numbers in zip(self._parts, self._numbers(hashes), strict=True):
            for place, number in enumerate(numbers.tolist()):
                if number >= 0 and not strings[place]:
                    strings[place] = part.segment.term(number).decode()
        return strings

    def candidates(
        self, article: TermVector, permitted: NDArray[np.bool_], count: int, max_postings: int, without: int
    ) -> NDArray[np.int64]:
        """See `CorpusTerms`."""
        return self.scored_candidates(article, permitted, count, max_postings, without).docs

    def scored_candidates(
        self, article: TermVector, permitted: NDArray[np.bool_], count: int, max_postings: int, without: int
    ) -> ScoredCandidates:
        """See `TrackedCorpus`."""
        numbers = self._numbers_of(article)
        telling = np.argsort(-article.weights, kind="stable")
        doc_freq = np.maximum(self._doc_freq(article.hashes, numbers)[telling], 1)
        read = doc_freq.cumsum()
        looked_at = max(1, int(read.searchsorted(max_postings, side="right")))
        telling = telling[:looked_at]
        scores = np.zeros(self.max_doc, np.float32)
        for part, numbers_here in zip(self._parts, numbers, strict=True):
            part.add_impacts(numbers_here[telling], article.weights[telling], scores[part.first : part.end])
        scores *= permitted
        if without >= 0:
            scores[without] = 0
        best = top_k(scores, count)
        docs = np.sort(best[scores[best] > 0])
        lightest = float(article.weights[telling[-1]]) if len(telling) else 0.0
        margin = min((abs(int(n) - max_postings) for n in read[max(0, looked_at - 1) : looked_at + 1]), default=0)
        return ScoredCandidates(docs, scores[docs], lightest, max(0, margin - 1))

    def similarities(
        self, article: TermVector, vectors: Mapping[str, NDArray[np.float32]], docs: NDArray[np.int64]
    ) -> Similarities:
        """See `CorpusTerms`."""
        tfidf, title, lead, central = np.zeros((4, len(docs)), np.float32)
        values = {space: np.zeros(len(docs), np.float32) for space in vectors}
        of_reference = reference(self.spaces) if vectors else ""
        numbers = dict(zip(self._parts, self._numbers_of(article), strict=True))
        for part, here in self._parts_of(docs):
            local = docs[here] - part.first
            tfidf[here], title[here], lead[here] = part.cosines(article, numbers[part], local)
            for space, vector in vectors.items():
                rows = part.vector_rows(space, local)
                if rows is None:
                    continue
                values[space][here] = with_vector(rows, vector, ordered=self.spaces[space].is_ordered)
                if space == of_reference:
                    central[here] = np.vecdot(rows, self.statistics.centroid)
        cosines = {space: SpaceCosines(values[space], self._encoded(space, docs)) for space in vectors}
        return Similarities(tfidf, title, lead, cosines, central)

    # vectors

    @cached_property
    def spaces(self) -> Mapping[str, CorpusSpace]:
        """See `CorpusVectors`."""
        return with_scales(self._spaces_unscaled(), self.statistics.scales)

    def _spaces_unscaled(self) -> dict[str, CorpusSpace]:
        snapshot = self.snapshot
        return {
            name: CorpusSpace(entry.kind, entry.dim, space.resolution, space.foresight, Scale())
            for name, entry in snapshot.manifest.spaces.items()
            for space in [snapshot.spaces[name]]
        }

    def _scaled_now(self) -> dict[str, CorpusSpace]:
        """The spaces on scales that are measured now."""
        spaces, encoded = self._spaces_unscaled(), self.snapshot.live()
        for name in spaces:
            lacking = self.snapshot.lacking(name)
            encoded &= True if lacking is None else ~lacking
        return scaled(spaces, np.flatnonzero(encoded), self.vectors)

    def _mean_vector(self, space: str) -> NDArray[np.float32]:
        """(dim,) the mean of all vectors that there are in a space."""
        matrices = [matrix for part in self._parts if (matrix := part.segment.vectors(space)) is not None]
        total = sum(matrix.sum(axis=0, dtype=np.float64) for matrix in matrices)
        return np.asarray(total / max(1, self._encoded_docs(space)), np.float32)

    def _encoded(self, space: str, docs: NDArray[np.int64]) -> NDArray[np.bool_] | None:
        lacking = self.snapshot.lacking(space)
        return None if lacking is None else ~lacking[docs]

    def vectors(self, space: str, docs: NDArray[np.int64]) -> NDArray[np.float32]:
        """See `CorpusVectors`."""
        if len(self._parts) == 1 and (matrix := self._parts[0].vector_rows(space, docs)) is not None:
            return matrix
        vectors = np.zeros((len(docs), self.snapshot.manifest.spaces[space].dim), np.float32)
        for part, here in self._parts_of(docs):
            rows = part.vector_rows(space, docs[here] - part.first)
            if rows is not None:
                vectors[here] = rows
        return vectors

    def encode(self, title: str, body: str, counts: Mapping[str, float]) -> dict[str, NDArray[np.float32]]:
        """See `CorpusVectors`."""
        vectors = {}
        for name, space in self.snapshot.spaces.items():
            vector = space.encode_article(title, body, counts)
            if vector is not None and vector.any():
                vectors[name] = vector
        return vectors

    # names

    @property
    def names(self) -> Sequence[str]:
        """See `CorpusNames`."""
        return self._names.names

    @cached_property
    def _name_idf(self) -> Mapping[str, NDArray[np.float32]]:
        """For each language the idf of the terms that stand for names there, by what was counted: articles are compared
        by the names of others, too, so that what one more article has would change what many are near to."""
        counted, most = self.statistics, max(1, self.counted_docs)
        return {
            language: idf(most, np.minimum(counted.counted(hashes), most))
            for language, (hashes, _) in self._names.terms.items()
        }

    def names_of(
        self, hashes: NDArray[np.uint64], language: str
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float32]]:
        """See `CorpusNames`."""
        language = language if language in self._names.terms else self.language
        known, names = self._names.terms[language]
        if not len(known):
            return np.zeros(0, np.int64), names, np.zeros(0, np.float32)
        places = known.searchsorted(hashes)
        named = np.flatnonzero(known.take(places, mode="clip") == hashes)
        places = places[named]
        return named, names[places], self._name_idf[language][places]

    def docs_with_name(self, name: int, most: int) -> list[int]:
        """See `CorpusNames`."""
        hashes = self._names.hashes_of(name)
        docs: set[int] = set()
        for part in self._parts:
            for number in part.forward.numbers(hashes).tolist():
                if number >= 0:
                    posts = part.segment.postings(number)
                    if posts.stop - posts.start > most:
                        return []
                    docs.update((part.segment.docs[posts].astype(np.int64) + part.first).tolist())
        return sorted(docs) if len(docs) <= most else []

    # changes

    def settled(self) -> dict[str, str] | None:
        """See `TrackedCorpus`."""
        if self.num_docs < statistics.LEAST_DOCS:
            return None
        manifest, counted = self.snapshot.manifest, self.statistics
        spaces = {name: (entry.folder, entry.kind, entry.dim) for name, entry in sorted(manifest.spaces.items())}
        lengths = (manifest.avgdl, sorted(manifest.field_avgdl.items()), manifest.settings())
        digest = hashlib.blake2b(
            repr((self.name_words.words, counted.num_docs, sorted(counted.scales.items()))).encode()
        )
        for array in (counted.hashes, counted.doc_freq, counted.centroid):
            digest.update(np.ascontiguousarray(array).view(np.uint8).data)
        return {
            "words are weighed by another average length of the articles": repr(lengths),
            "the vector spaces are others": repr(spaces),
            "the archive has articles in other languages than before": repr(self.snapshot.languages()),
            "it was counted anew how common words and names are": digest.hexdigest(),
        }

    def digests(self) -> NDArray[np.uint64]:
        """See `TrackedCorpus`."""
        digests = np.concatenate([np.zeros(0, np.uint64), *(row_digests(part.forward) for part in self._parts)])
        for name in self.snapshot.manifest.spaces:
            for part in self._parts:
                matrix = part.segment.vectors(name)
                if matrix is not None:
                    digests[part.first : part.end] += vector_digests(matrix)
        for docs in self._copied.values():
            live = docs[self.live()[docs]]
            digests[live] += mixed(mixed(self.seqs[live].astype(np.uint64)).sum(dtype=np.uint64)[None])
        return digests + self.offered().astype(np.uint64)

    def word_rows(self, docs: Sequence[int]) -> list[WordRow]:
        """See `TrackedCorpus`."""
        rows = []
        for doc in docs:
            segment, local = self.snapshot.locate(doc)
            forward = self.forward_indexes[segment.entry.name]
            numbers = forward.row(local)["term"].astype(np.int64)
            rows.append(WordRow(forward.hashes[numbers], impacts_of(segment, local, numbers)))
        return rows

    def scorer(
        self, lightest: NDArray[np.float32], *, titles: bool = False
    ) -> Callable[[WordRow], NDArray[np.float32]]:
        """See `TrackedCorpus`."""
        parts = [RowScores(part.forward, lightest[part.first : part.end], titles=titles) for part in self._parts]
        empty = np.zeros(0, np.float32)
        return lambda row: np.concatenate([empty, *(part.of(row.hashes, row.impacts) for part in parts)])

    def doc_freq_beside(
        self, hashes: NDArray[np.uint64], more: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """See `TrackedCorpus`."""
        counted, now = self.statistics.counted(hashes), self._doc_freq_now(self._numbers(hashes), len(hashes))
        return stepped(counted, now), stepped(counted, now + more)

    def docs_with(self, number: int) -> NDArray[np.int64]:
        """See `TrackedCorpus`."""
        found = [_NO_DOCS]
        for part in self._parts:
            term = int(part.forward.numbers(np.array([number], np.uint64))[0])
            if term >= 0:
                found.append(part.segment.docs[part.segment.postings(term)].astype(np.int64) + part.first)
        return np.concatenate(found)

    def recent(self) -> NDArray[np.bool_]:
        """See `TrackedCorpus`."""
        small = [part.segment.max_doc < RECENT * self.max_doc for part in self._parts]
        return np.repeat(np.array(small, bool), [part.segment.max_doc for part in self._parts])

    def all_languages(self) -> Sequence[str]:
        """See `TrackedCorpus`."""
        return self.snapshot.languages()


def _without(live: NDArray[np.bool_], withheld: NDArray[np.int64], count: int) -> NDArray[np.bool_]:
    mask = live.copy()
    mask[withheld[:count]] = False
    mask.flags.writeable = False
    return mask


def discounts(folder: ArchiveFolder) -> bool:
    """Whether passages that the archive repeats count for nothing, which the publisher may set; yes while the settings
    cannot be read."""
    try:
        return bool(load_settings(folder.settings).blocks.get("repeated_passages", True))
    except SettingsError as error:
        _log.warning("%s; repeated passages count for nothing", error)
        return True
