"""The archive as the recommender sees it: a snapshot of the index with the forward index of each of its segments."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from indexer.columns import NO_DATE
from indexer.segment import Segment
from recommender import casing, forward
from recommender.forward import Forward, hash_terms
from recommender.spaces import Scale, scales
from recommender.withheld import NOTHING
from search.snapshot import Snapshot


class View:
    """One generation of the archive. Immutable and safe to share between threads.

    `previous` is the view of an earlier generation: segments that are still there are not opened again.
    """

    def __init__(self, snapshot: Snapshot, data: Path, previous: View | None = None) -> None:
        self.snapshot = snapshot
        root = data / forward.FOLDER
        n_docs = max(1, snapshot.n_docs)
        self.forwards: dict[str, Forward] = {}
        self.stats_docs = n_docs  # the archive's size when the oldest of the weights in use were computed
        if previous is not None and abs(n_docs - previous.stats_docs) <= forward.DRIFT * previous.stats_docs:
            kept = {segment.entry.name for segment in snapshot.segments} & set(previous.forwards)
            self.forwards = {name: previous.forwards[name] for name in kept}
            self.stats_docs = previous.stats_docs
        for segment in snapshot.segments:
            if segment.entry.name not in self.forwards:
                found = forward.load(root, segment, n_docs)
                if found is not None:
                    self.forwards[segment.entry.name] = found
        missing = [segment for segment in snapshot.segments if segment.entry.name not in self.forwards]
        if missing:
            self._build(missing, root, n_docs)
        self.parts: list[tuple[Segment, Forward, int]] = [
            (segment, self.forwards[segment.entry.name], int(first))
            for segment, first in zip(snapshot.segments, snapshot.first_docs.tolist(), strict=False)
        ]

        self.dates = snapshot.dates()  # (last_doc,) seconds since 1970, or columns.NO_DATE
        self.language = snapshot.manifest.language
        self.names: list[str] = []  # folded, ascending
        self._names: dict[str, tuple[NDArray[np.uint64], NDArray[np.int64]]] = {}
        self._name_idf: dict[str, NDArray[np.float32]] = {}
        self._hashes_of: dict[int, set[int]] = {}
        self._offered: tuple[int, NDArray[np.bool_]] | None = None
        self.withheld = NOTHING
        self.newest = int(self.dates[snapshot.live()].max(initial=NO_DATE))

    @cached_property
    def centroids(self) -> dict[str, NDArray[np.float32]]:
        """For each vector space the mean of all vectors that it has (dim,)."""
        means = {}
        for name in self.snapshot.spaces:
            matrices = [matrix for segment in self.snapshot.segments if (matrix := segment.vectors(name)) is not None]
            if matrices:
                total = sum(matrix.sum(axis=0, dtype=np.float64) for matrix in matrices)
                lacking = self.snapshot.lacking(name)
                encoded = self.snapshot.last_doc - (0 if lacking is None else int(lacking.sum()))
                means[name] = np.asarray(total / max(1, encoded), np.float32)
        return means

    @cached_property
    def scales(self) -> Mapping[str, Scale]:
        """For each vector space what its cosines count for beside those of the others."""
        return scales(self.snapshot)

    def _build(self, missing: Sequence[Segment], root: Path, n_docs: int) -> None:
        hashed = []
        for segment in self.snapshot.segments:
            known = self.forwards.get(segment.entry.name)
            terms = [segment.term(number) for number in range(segment.n_terms)] if known is None else []
            hashed.append((segment, known.hashes if known is not None else hash_terms(terms)))
        frequencies = forward.document_frequencies(hashed)
        for (segment, hashes), df in zip(hashed, frequencies, strict=True):
            if segment in missing:
                built = forward.build(segment, hashes, df, n_docs)
                self.forwards[segment.entry.name] = built
                forward.save(root, segment, built, n_docs)
        forward.sweep(root, {segment.entry.name for segment in self.snapshot.segments})

    def offered(self) -> NDArray[np.bool_]:
        """(last_doc,) False for docs that are deleted, retracted or expired by now. Not to be written to."""
        withheld = self.withheld.docs_at(time.time())
        known = self._offered
        if known is None or known[0] != len(withheld):  # what was withheld once stays so
            mask = self.snapshot.live()
            mask[withheld] = False
            mask.flags.writeable = False
            self._offered = known = len(withheld), mask
        return known[1]

    @cached_property
    def tongues(self) -> tuple[list[str], NDArray[np.int32]]:
        """The languages of the archive's articles, and for each doc (last_doc,) the place of its own among them."""
        known = [self.language]
        spoken = np.zeros(self.snapshot.last_doc, np.int32)
        for segment, _, first in self.parts:
            column = segment.keywords["language"]
            for value in column.values:
                if value not in known:
                    known.append(value)
            table = np.array([known.index(value) for value in column.values] or [0], np.int32)
            has = np.flatnonzero(np.diff(column.start.astype(np.int64)))
            spoken[first + has] = table[column.codes[column.start[has]]]
        return known, spoken

    def locate(self, doc: int) -> tuple[Segment, Forward, int]:
        """The segment and forward index a doc is in, and its number there."""
        segment, local = self.snapshot.locate(doc)
        return segment, self.forwards[segment.entry.name], local

    def by_segment(
        self, docs: Sequence[int] | NDArray[np.int64]
    ) -> Iterator[tuple[Forward, NDArray[np.int64], NDArray[np.int64]]]:
        """For every segment that some of the docs, in any order, are in: its forward index, their numbers there, and
        their places in `docs`."""
        wanted = np.array(docs, np.int64)
        if len(self.parts) == 1:
            yield self.parts[0][1], wanted, np.arange(len(wanted))
            return
        for segment, fwd, first in self.parts:
            places = np.flatnonzero((wanted >= first) & (wanted < first + segment.n_docs))
            if len(places):
                yield fwd, wanted[places] - first, places

    def numbers(self, hashes: NDArray[np.uint64]) -> tuple[NDArray[np.int64], ...]:
        """For each part the numbers there of the terms with these hashes, -1 where no article there has them."""
        return tuple(fwd.numbers(hashes) for _, fwd, _ in self.parts)

    def terms(self, numbers: Sequence[NDArray[np.int64]]) -> list[str]:
        """The terms with these `numbers`; the empty string for one that no article has."""
        found = [""] * (len(numbers[0]) if numbers else 0)
        for (segment, _, _), own in zip(self.parts, numbers, strict=True):
            for place, number in enumerate(own.tolist()):
                if number >= 0 and not found[place]:
                    found[place] = segment.term(number).decode()
        return found

    def df(self, numbers: Sequence[NDArray[np.int64]]) -> NDArray[np.int64]:
        """How many articles have each of the terms with these `numbers`."""
        total = np.zeros(len(numbers[0]) if numbers else 0, np.int64)
        for (segment, _, _), own in zip(self.parts, numbers, strict=True):
            # of -1, which stands for no term, the difference is made nothing
            total += (segment.post_start.take(own + 1) - segment.post_start.take(own, mode="clip")) * (own >= 0)
        return total

    def idf(self, hashes: NDArray[np.uint64]) -> NDArray[np.float32]:
        """The idf of each of these terms."""
        df = self.df(self.numbers(hashes)) if self.parts else np.zeros(len(hashes), np.int64)
        return forward.idf(max(1, self.snapshot.n_docs), np.minimum(df, self.snapshot.n_docs))

    def values(self, field: str, doc: int) -> list[str]:
        """The values that an article has in a keyword column (section, site, author, tag, language, place)."""
        segment, local = self.snapshot.locate(doc)
        return segment.keywords[field].of(local)

    def set_names(self, words: Sequence[str]) -> None:
        """Tells the view which folded words are names in this archive, see `casing`."""
        tables = casing.terms_of(words, self.snapshot.languages())
        self.names = sorted({name for table in tables.values() for name in table.values()})
        codes = {name: code for code, name in enumerate(self.names)}
        for language, table in tables.items():
            hashes = hash_terms([term.encode() for term in table])
            own = np.array([codes[name] for name in table.values()], np.int64)
            order = np.argsort(hashes, kind="stable")
            self._names[language] = hashes[order], own[order]
            for code, number in zip(own.tolist(), hashes.tolist(), strict=True):
                self._hashes_of.setdefault(code, set()).add(number)

    def names_of(
        self, hashes: NDArray[np.uint64], language: str
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float32]]:
        """Which of an article's terms stand for names: their places in `hashes`, the names' places in `names`, and the
        terms' idf."""
        spoken = language if language in self._names else self.language
        known, codes = self._names.get(spoken, (np.zeros(0, np.uint64), np.zeros(0, np.int64)))
        if not len(known):
            return np.zeros(0, np.int64), codes, np.zeros(0, np.float32)
        if spoken not in self._name_idf:
            self._name_idf[spoken] = self.idf(known)
        places = known.searchsorted(hashes)
        found = np.flatnonzero(known.take(places, mode="clip") == hashes)
        places = places[found]
        return found, codes[places], self._name_idf[spoken][places]

    def docs_with(self, name: int, most: int) -> list[int]:
        """The docs that have the name at this place in `names`, in any language, if there are no more than `most`."""
        hashes = np.array(sorted(self._hashes_of.get(name, ())), np.uint64)
        docs: set[int] = set()
        for segment, fwd, first in self.parts:
            for number in fwd.numbers(hashes).tolist():
                if number >= 0:
                    a, b = segment.post_start[number : number + 2].tolist()
                    if b - a > most:
                        return []
                    docs.update((segment.docs[a:b].astype(np.int64) + first).tolist())
        return sorted(docs) if len(docs) <= most else []
