"""One generation of the index in a folder, as `search.reader.index.Index`: a snapshot and the legs that read it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from indexer.schema import Schema
from indexer.vectors.space import Space
from search.filters.reading import Filters, read_filters
from search.lexical.column_counts import ColumnCounts
from search.lexical.column_values import sort_values
from search.lexical.coverage import covering
from search.lexical.filters import allowed_docs
from search.lexical.keyword_values import may_have
from search.lexical.leg import lexical
from search.lexical.node_scores import NodeScores, term_statistics
from search.lexical.proximity import pairs_near
from search.lexical.titles import titles_with
from search.lexical.whole_names import docs_named
from search.lexical.written_forms import docs_written
from search.local.forms import LocalForms
from search.local.names import names_of
from search.query.parser import ParsedQuery
from search.query.tree import Node
from search.reader.forms import Vocabulary
from search.reader.index import THOROUGH, Matches, TermStatistics, with_most_used_first
from search.reader.snapshot import Snapshot
from search.vector.nearest import NearestSearch, article_vectors, cosines


class LocalIndex:
    """A snapshot as an `Index`."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.generation: int = snapshot.manifest.generation
        self.num_docs: int = snapshot.num_docs
        self.max_doc: int = snapshot.max_doc
        self.language: str = snapshot.manifest.language
        self.schema: Schema = snapshot.schema
        self.waiting: Mapping[int, float] = snapshot.waiting
        self.until: float = snapshot.until
        self._counts = ColumnCounts(snapshot)
        self.spaces: Mapping[str, LocalSpace] = {
            name: LocalSpace(snapshot, name, space) for name, space in snapshot.spaces.items()
        }
        self.forms = LocalForms(snapshot.segments)

    def languages(self) -> tuple[str, ...]:
        return self._languages

    @cached_property
    def _languages(self) -> tuple[str, ...]:
        languages = self.snapshot.languages()
        if len(languages) == 1:
            return languages
        counts = dict(self.count_values("language", np.flatnonzero(self.live()))[0])
        counts[self.language] = counts.get(self.language, 0) + self.num_docs - sum(counts.values())
        return with_most_used_first(languages, counts)

    def without(self, seqs: Collection[int]) -> LocalIndex:
        return LocalIndex(self.snapshot.without(seqs))

    def article_id(self, doc: int) -> str:
        return self.snapshot.article_id(doc)

    def seq_of(self, doc: int) -> int:
        return self.snapshot.seq_of(doc)

    def seqs(self) -> NDArray[np.int64]:
        return self.snapshot.seqs()

    def doc_of(self, seq: int) -> int:
        return self.snapshot.doc_of(seq)

    def live(self) -> NDArray[np.bool_]:
        return self.snapshot.live()

    def dates(self) -> NDArray[np.int64]:
        return self.snapshot.dates()

    def filter(self, filters: Filters) -> NDArray[np.bool_]:
        return allowed_docs(self.snapshot, read_filters(filters, self.schema))

    def sort_values(self, field: str) -> NDArray[np.float64]:
        return sort_values(self.snapshot, field)

    def count_values(
        self, field: str, docs: NDArray[np.int64], most: int | None = None
    ) -> tuple[Mapping[str, int], int]:
        return self._counts.of(field, docs, most)

    def names(self) -> Vocabulary:
        return self._names

    @cached_property
    def _names(self) -> Vocabulary:
        return names_of(self.snapshot.segments, self.schema)

    def names_with(self, text: str) -> tuple[str, ...]:
        fields, segments = self.schema.fields, self.snapshot.segments
        return tuple([name for name in self.schema.names if any(may_have(of, fields[name], text) for of in segments)])

    def named(self, key: str, fields: Sequence[str], *, whole: bool) -> Sequence[tuple[str, NDArray[np.int64]]]:
        return docs_named(self.snapshot, [self.schema.fields[name] for name in fields], key, whole=whole)

    def doc_freq(self, term: str, field: str = "") -> int:
        return self.snapshot.doc_freq(term.encode(), field)

    def match(self, query: ParsedQuery, allowed: NDArray[np.bool_] | None, notes: list[str]) -> Matches:
        return lexical(self.snapshot, query, allowed, notes)

    def covering(self, words: Sequence[tuple[Sequence[str], float]], least: float) -> NDArray[np.bool_]:
        return covering(self.snapshot, words, least)

    def titles_with(
        self, readings: Sequence[Sequence[str]], slop: int
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        return titles_with(self.snapshot, readings, slop)

    def pairs_near(self, terms: Sequence[str], docs: NDArray[np.int64]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        return pairs_near(self.snapshot, terms, docs)

    def written(
        self, docs: NDArray[np.int64], word: str, terms: Sequence[str]
    ) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        return docs_written(self.snapshot, docs, word, terms)

    def scores_of_doc(self, doc: int) -> Callable[[Node], float | None]:
        return NodeScores(self.snapshot, doc).score

    def term_statistics(self, term: str, doc: int) -> TermStatistics:
        return term_statistics(self.snapshot, term, doc)


class LocalSpace:
    """A vector space of a snapshot."""

    def __init__(self, snapshot: Snapshot, name: str, space: Space) -> None:
        self._snapshot = snapshot
        self._name = name
        self._space = space

    @property
    def resolution(self) -> float:
        return self._space.resolution

    @property
    def foresight(self) -> float:
        return self._space.foresight

    @property
    def worths(self) -> Mapping[str, float]:
        return self._space.worths

    @property
    def loaded(self) -> bool:
        return self._space.loaded

    def encode_query(self, text: str, terms: Mapping[str, float]) -> NDArray[np.float32] | None:
        return self._space.encode_query(text, terms)

    def vectors(self, docs: NDArray[np.int64]) -> NDArray[np.float32]:
        return article_vectors(self._snapshot, self._name, docs)

    def cosines(self, vector: NDArray[np.float32], docs: NDArray[np.int64]) -> NDArray[np.float32]:
        return cosines(self._snapshot, self._name, vector, docs)

    def nearest(
        self, vector: NDArray[np.float32], k: int, allowed: NDArray[np.bool_] | None = None, compared: int = THOROUGH
    ) -> NearestSearch:
        return NearestSearch(self._snapshot, self._name, vector, k, allowed, compared)

    def sample(self) -> NDArray[np.float32]:
        return self._snapshot.sample_vectors(self._name)

    def lacking(self) -> NDArray[np.bool_] | None:
        return self._snapshot.lacking(self._name)
