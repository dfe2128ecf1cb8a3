"""The corpus over the segments of the index, their forward indexes, and what is kept beside them."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Self
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from indexer.base.archive_folder import ArchiveFolder
from indexer.settings import SettingsError, load_settings
from recommender.corpus.corpus import CorpusSpace, Scale, Similarities, SpaceCosines, TermRows, TermVector
from recommender.corpus.cosines import with_vector
from recommender.corpus.space_scales import reference, scaled
from recommender.corpus.terms import idf
from recommender.corpus.tracked import ScoredCandidates
from recommender.local import forward_index, name_words, statistics, withheld
from recommender.local.articles import LocalArticles
from recommender.local.known_copies import KnownCopies
from recommender.local.name_table import NameTable
from recommender.local.name_words import NameWords
from recommender.local.statistics import Statistics, stepped, with_scales
from recommender.local.withheld import Known
from search.engine import Engine
from search.reader.bm25 import top_k
from search.reader.snapshot import Snapshot

_log = logging.getLogger(__name__)

_Numbers = tuple[NDArray[np.int64], ...]  # for each part the numbers there of some terms, -1 for none


@dataclass(frozen=True, eq=False)
class LocalCorpus(LocalArticles):
    """One generation of the archive, see `corpus.Corpus`. Get one from `LocalCorpus.open`; to make one writes nothing
    (see `derived` for that)."""

    name_words: NameWords
    known_withheld: Known
    _names: NameTable
    _counted_before: Statistics | None  # what an earlier generation went by
    _root: Path
    # the numbers of the terms of articles that are being looked at, as long as they are
    _numbers_known: WeakKeyDictionary[TermVector, _Numbers] = field(default_factory=WeakKeyDictionary)

    @classmethod
    def open(
        cls, engine: Engine, folder: ArchiveFolder, snapshot: Snapshot, previous: LocalCorpus | None = None
    ) -> Self:
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
            snapshot=snapshot,
            forward_indexes=forward_index.of_segments(
                root, snapshot.segments, num_docs, known, discounted=discounts(folder)
            ),
            withheld=docs_withheld,
            _known_copies=previous._known_copies if previous else KnownCopies(root, engine.versions),
            name_words=words,
            known_withheld=known_withheld,
            _names=NameTable(words.words, snapshot.languages()),
            _counted_before=previous.last_counted if previous else None,
            _root=root,
        )

    # terms

    @property
    def counted_docs(self) -> int:
        """See `CorpusArticles`."""
        return self.statistics.num_docs

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


def discounts(folder: ArchiveFolder) -> bool:
    """Whether passages that the archive repeats count for nothing, which the publisher may set; yes while the settings
    cannot be read."""
    try:
        return bool(load_settings(folder.settings).blocks.get("repeated_passages", True))
    except SettingsError as error:
        _log.warning("%s; repeated passages count for nothing", error)
        return True
