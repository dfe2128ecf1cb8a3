"""The archive as the recommender sees it: a snapshot of the index with the forward index of each of its segments."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial

import numpy as np
from numpy.typing import NDArray

from indexer.segment.columns import NO_DATE
from indexer.segment.segment import Segment
from recommender.corpus import forward_index, withheld
from recommender.corpus.forward_index import Forward
from recommender.corpus.space_scales import Scale, scales
from recommender.corpus.withheld import Withheld
from recommender.names import vocabulary
from recommender.names.vocabulary import Names, NameWords
from search.engine import Engine
from search.reader.snapshot import Snapshot


@dataclass(frozen=True, eq=False)
class View:
    """One generation of the archive, with all that recommending needs. Immutable and safe to share between threads.
    Get one from `View.open`; to make one writes nothing (see `derived` for that)."""

    snapshot: Snapshot
    forwards: Mapping[str, Forward]  # by the names of the segments
    name_words: NameWords
    withheld: Withheld
    _names: Names

    @classmethod
    def open(cls, engine: Engine, snapshot: Snapshot | None = None, previous: View | None = None) -> View:
        """The view of the engine's current generation, or of `snapshot`. What is not kept in ``related/`` is derived
        in memory; `previous` is the view of an earlier generation, of which what still holds is not derived again."""
        snapshot = snapshot or engine.snapshot()
        root, num_docs = engine.data / forward_index.FOLDER, max(1, snapshot.num_docs)
        words = vocabulary.of_snapshot(engine, snapshot, root, num_docs, previous.name_words if previous else None)
        return cls(
            snapshot,
            forward_index.of_segments(root, snapshot.segments, num_docs, previous.forwards if previous else {}),
            words,
            withheld.load(engine, snapshot, previous.withheld.known if previous else None),
            Names(words.words, snapshot.languages()),
        )

    @property
    def archive_docs(self) -> int:
        """Articles in the archive, at least 1: what statistics over all articles are made for."""
        return max(1, self.snapshot.num_docs)

    @property
    def language(self) -> str:
        """That of articles which do not name theirs."""
        return self.snapshot.manifest.language

    @property
    def names(self) -> Sequence[str]:
        """The names of the archive, folded, ascending."""
        return self._names.names

    @cached_property
    def parts(self) -> list[tuple[Segment, Forward, int]]:
        """Every segment with its forward index and the number of its first doc."""
        return [
            (segment, self.forwards[segment.entry.name], int(first))
            for segment, first in zip(self.snapshot.segments, self.snapshot.first_docs.tolist(), strict=False)
        ]

    @cached_property
    def dates(self) -> NDArray[np.int64]:
        """(max_doc,) seconds since 1970, or columns.NO_DATE."""
        return self.snapshot.dates()

    @cached_property
    def newest(self) -> int:
        """The date of the newest article, or columns.NO_DATE."""
        return int(self.dates[self.snapshot.live()].max(initial=NO_DATE))

    @cached_property
    def centroids(self) -> dict[str, NDArray[np.float32]]:
        """For each vector space the mean of all vectors that it has (dim,)."""
        means = {}
        for name in self.snapshot.spaces:
            matrices = [matrix for segment in self.snapshot.segments if (matrix := segment.vectors(name)) is not None]
            if matrices:
                total = sum(matrix.sum(axis=0, dtype=np.float64) for matrix in matrices)
                lacking = self.snapshot.lacking(name)
                encoded = self.snapshot.max_doc - (0 if lacking is None else int(lacking.sum()))
                means[name] = np.asarray(total / max(1, encoded), np.float32)
        return means

    @cached_property
    def scales(self) -> Mapping[str, Scale]:
        """For each vector space what its cosines count for beside those of the others."""
        return scales(self.snapshot)

    def offered(self) -> NDArray[np.bool_]:
        """(max_doc,) False for docs that are deleted, retracted or expired by now. Not to be written to."""
        return self._offered(self.withheld.count(time.time()))

    @cached_property
    def _offered(self) -> Callable[[int], NDArray[np.bool_]]:
        """Which docs are offered when so many are withheld."""
        return lru_cache(maxsize=1)(partial(_without, self.snapshot.live(), self.withheld.longest_first()))

    @cached_property
    def tongues(self) -> tuple[list[str], NDArray[np.int32]]:
        """The languages of the archive's articles, and for each doc (max_doc,) the place of its own among them."""
        known = [self.language]
        spoken = np.zeros(self.snapshot.max_doc, np.int32)
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
            places = np.flatnonzero((wanted >= first) & (wanted < first + segment.max_doc))
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

    def doc_freq(self, numbers: Sequence[NDArray[np.int64]]) -> NDArray[np.int64]:
        """How many articles have each of the terms with these `numbers`."""
        total = np.zeros(len(numbers[0]) if numbers else 0, np.int64)
        for (segment, _, _), own in zip(self.parts, numbers, strict=True):
            # of -1, which stands for no term, the difference is made nothing
            total += (segment.post_start.take(own + 1) - segment.post_start.take(own, mode="clip")) * (own >= 0)
        return total

    def idf(self, hashes: NDArray[np.uint64]) -> NDArray[np.float32]:
        """The idf of each of these terms."""
        df = self.doc_freq(self.numbers(hashes)) if self.parts else np.zeros(len(hashes), np.int64)
        return forward_index.idf(max(1, self.snapshot.num_docs), np.minimum(df, self.snapshot.num_docs))

    def values(self, field: str, doc: int) -> list[str]:
        """The values that an article has in a keyword column (section, site, author, tag, language, place)."""
        segment, local = self.snapshot.locate(doc)
        return segment.keywords[field].of(local)

    @cached_property
    def _name_idf(self) -> Mapping[str, NDArray[np.float32]]:
        """For each language the idf of the terms that stand for names there."""
        return {language: self.idf(hashes) for language, (hashes, _) in self._names.terms.items()}

    def names_of(
        self, hashes: NDArray[np.uint64], language: str
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float32]]:
        """Which of an article's terms stand for names: their places in `hashes`, the names' places in `names`, and the
        terms' idf."""
        spoken = language if language in self._names.terms else self.language
        known, codes = self._names.terms[spoken]
        if not len(known):
            return np.zeros(0, np.int64), codes, np.zeros(0, np.float32)
        places = known.searchsorted(hashes)
        found = np.flatnonzero(known.take(places, mode="clip") == hashes)
        places = places[found]
        return found, codes[places], self._name_idf[spoken][places]

    def docs_with(self, name: int, most: int) -> list[int]:
        """The docs that have the name at this place in `names`, in any language, if there are no more than `most`."""
        hashes = self._names.hashes_of(name)
        docs: set[int] = set()
        for segment, fwd, first in self.parts:
            for number in fwd.numbers(hashes).tolist():
                if number >= 0:
                    a, b = segment.post_start[number : number + 2].tolist()
                    if b - a > most:
                        return []
                    docs.update((segment.docs[a:b].astype(np.int64) + first).tolist())
        return sorted(docs) if len(docs) <= most else []


def _without(live: NDArray[np.bool_], withheld: NDArray[np.int64], count: int) -> NDArray[np.bool_]:
    mask = live.copy()
    mask[withheld[:count]] = False
    mask.flags.writeable = False
    return mask
