"""What search needs of an index, as protocols: everything above `search.local` runs on any that has it.

Docs are the numbers that articles have within one generation of an index, from 0 on, in the order in which they were
accepted; a doc means nothing in another generation. Arrays that come out of an index are not to be written to unless it
says so.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from indexer.schema import Schema
from indexer.segment import columns
from search.filters.reading import Filters
from search.query.parser import ParsedQuery
from search.query.tree import Node
from search.reader.bm25 import idf, word_idf
from search.reader.forms import Forms, Vocabulary

# Docs whose vectors are compared in full precision, where an index compares them coarsely first.
THOROUGH = 5000
WINDOW = 8  # places within which two words stand near each other
QUICK = 1000  # for rankings in which a space is one leg of several

NO_DATE: Final = columns.NO_DATE  # the date of an article without one; sorts before every date

Docs = NDArray[np.int64]
Scores = NDArray[np.float32]
Mask = NDArray[np.bool_]


class Matches(Protocol):
    """The docs that a query matches, none of them deleted, and what its words score them (BM25F)."""

    def __len__(self) -> int:
        """How many docs match."""

    def best(self, k: int) -> tuple[Docs, Scores]:
        """The `k` best docs, best first, equal ones in ascending order, and their scores."""

    def scores_of(self, docs: Docs) -> tuple[Scores, Mask]:
        """(n,) the scores of live docs in ascending order, 0 for one that does not match, and which of them match."""

    def all(self) -> tuple[Docs, Scores]:
        """All docs that match, ascending, and their scores."""


class NearestDocs(Protocol):
    """A search for neighbours that goes on, perhaps in other threads, until its result is asked for."""

    def result(self) -> tuple[Docs, Scores]:
        """The docs, best first, equal ones in ascending order, and their cosines."""


class Space(Protocol):
    """A vector space of an index: what encodes queries, and the vectors of its docs. Vectors are float32 and of unit
    length, or zero where a text says nothing to the space; docs that it has not encoded yet have zeros, too."""

    @property
    def resolution(self) -> float:
        """How well it tells the archive's articles apart, from 0 to 1 (docs/ranking.md)."""

    @property
    def foresight(self) -> float:
        """How well it tells what an article is about from words that the article has not, from 0 to 1."""

    @property
    def worths(self) -> Mapping[str, float]:
        """What this space and others were found to be worth on the archive, by their names, from 0 to 1 or a little
        above (`indexer.vectors.worth`); 0 for what cannot be measured. Empty where nothing was."""

    @property
    def loaded(self) -> bool:
        """Whether it can encode by now."""

    def encode_query(self, text: str, terms: Mapping[str, float]) -> NDArray[np.float32] | None:
        """(dim,) the vector of a query, or None while the space cannot encode. `text` is the query as words, `terms`
        are its analysed terms with their weights. Never raises for a model that cannot be had."""

    def vectors(self, docs: Docs) -> NDArray[np.float32]:
        """(n, dim) the vectors of docs in any order."""

    def cosines(self, vector: NDArray[np.float32], docs: Docs) -> Scores:
        """(n,) the cosines of docs, in any order, with a vector (dim,) of unit length; 0 for docs without a vector."""

    def nearest(
        self, vector: NDArray[np.float32], k: int, allowed: Mask | None = None, compared: int = THOROUGH
    ) -> NearestDocs:
        """Begins to look for the `k` live docs nearest to a vector (dim,) of unit length, among those `allowed`
        (max_doc,) or all. Docs without a vector have a cosine of 0. An index that compares vectors coarsely at first
        may miss some, the fewer the more docs are `compared` in full precision."""

    def sample(self) -> NDArray[np.float32]:
        """(n, dim) the vectors of some docs spread evenly over the archive, or of all."""

    def lacking(self) -> Mask | None:
        """(max_doc,) True for docs that have no vector here yet; None where all have one, or say nothing to it."""


@dataclass(frozen=True, slots=True)
class FieldStatistics:
    """What BM25F knows of a term in one text field of a doc."""

    field: str
    tf: int  # times that the field has the term, above 0
    dl: int  # words of the field
    avgdl: float  # their average over the archive
    weight: float
    b: float


@dataclass(frozen=True, slots=True)
class TermStatistics:
    """What BM25F knows of a term in a doc: its impact is ``wtf / (k1 + wtf)``, where `wtf` is the sum over the fields
    of ``weight * tf / (1 - b + b * dl / avgdl)``."""

    k1: float
    fields: tuple[FieldStatistics, ...]  # those that have the term


class Index(Protocol):
    """One generation of an index. Immutable, and safe to share between threads. What is found in one may be kept for as
    long as it lives: two are the same only if they are one object.

    Where a text field can be named, the empty string means any of them.
    """

    @property
    def schema(self) -> Schema:
        """The fields that queries know. An article, or all of them, may have been indexed without a declared one."""

    @property
    def generation(self) -> int:
        """Another number after every change, and a higher one. What is kept of an index is kept under this and
        `until`."""

    @property
    def until(self) -> float:
        """When the time of the next article comes that is not public yet, in seconds since 1970, infinite where there
        is none. From then on the current index is another one, of the same generation, which has the article."""

    @property
    def waiting(self) -> Mapping[int, float]:
        """The article versions that are not public yet, by sequence number, and when they are, in seconds since 1970.
        They are like deleted ones: no method has anything of them."""

    @property
    def num_docs(self) -> int:
        """Live docs."""

    @property
    def max_doc(self) -> int:
        """One past the highest doc, deleted docs included."""

    @property
    def language(self) -> str:
        """The language of articles that do not name theirs."""

    @property
    def spaces(self) -> Mapping[str, Space]:
        """The vector spaces by name."""

    @property
    def forms(self) -> Forms:
        """The words of the live articles as they are written."""

    def languages(self) -> tuple[str, ...]:
        """The languages of the archive: first the one that more than half of all articles are in, then `language`, then
        the others by name."""

    def without(self, seqs: Collection[int]) -> Index:
        """The same generation with some article versions, by sequence number, as if they were deleted: no method has
        anything of them. It is another index, with docs of its own."""

    def article_id(self, doc: int) -> str:
        """The id of the article that is this doc."""

    def seq_of(self, doc: int) -> int:
        """The store's sequence number of the article version that is this doc."""

    def seqs(self) -> NDArray[np.int64]:
        """(max_doc,) the store's sequence numbers of all docs, ascending."""

    def doc_of(self, seq: int) -> int:
        """The live doc of the article version with this sequence number, -1 if this generation does not have it."""

    def live(self) -> Mask:
        """(max_doc,) a new array, False for deleted docs."""

    def dates(self) -> NDArray[np.int64]:
        """(max_doc,) seconds since 1970, or NO_DATE."""

    def filter(self, filters: Filters) -> Mask:
        """(max_doc,) a new array, True for live docs that satisfy a filter (docs/filters.md). Values are compared whole
        and without regard to case. Raises what `search.filters.reading.read_filters` raises."""

    def sort_values(self, field: str) -> NDArray[np.float64]:
        """(max_doc,) numbers in the order of docs by a sortable field, NaN for docs without a value there: the numbers
        themselves, seconds since 1970 of dates, places in alphabetical order of texts, of which a doc's first counts.
        Raises QueryError for a field that cannot be sorted by."""

    def count_values(self, field: str, docs: Docs, most: int | None = None) -> tuple[Mapping[str, int], int]:
        """How many of some ascending docs have each value of a countable field, those of most docs first, equal ones by
        name; and how many values there are, of which only the first `most` come out, or all. Raises QueryError for a
        field whose values cannot be counted."""

    def names(self) -> Vocabulary:
        """The words in the values of the fields of names (`Schema.names`), as `match` compares them, and in how many
        values of docs each is. Those that no live doc has any more, or none yet, may be among them until their segment
        is merged. Made once for a generation."""

    def names_with(self, text: str) -> tuple[str, ...]:
        """The fields of names in which some values may have the words of a text: all that `match` finds a doc with, and
        perhaps some whose values have the words apart, or are of docs that are not live. Takes some microseconds."""

    def named(self, key: str, fields: Sequence[str], *, whole: bool) -> Sequence[tuple[str, Docs]]:
        """Those of some fields of names in which live docs have a value with a word, or with some in one, as
        `search.query.whole_names.name_key` gives them; or, `whole`, one that has a key of `whole_keys`; and these docs,
        ascending. Where there are none it takes some microseconds to say."""

    def doc_freq(self, term: str, field: str = "") -> int:
        """How many live docs have a term, in the text field named or in any."""

    def match(self, query: ParsedQuery, allowed: Mask | None, notes: list[str]) -> Matches:
        """What a query matches among the docs `allowed` (max_doc,), or among all; `notes` collects what had to be cut
        short. Raises QueryError for a query that cannot be answered as asked."""

    def covering(self, words: Sequence[tuple[Sequence[str], float]], least: float) -> Mask:
        """(max_doc,) a new array, True for live docs that have so many of some words that their weights, which are
        above 0, add up to at least `least`. A word is one or several terms, any of which is enough."""

    def titles_with(self, readings: Sequence[Sequence[str]], slop: int) -> tuple[Docs, Scores]:
        """The live docs, ascending, whose title has the terms of one of some `readings` in their order, each at most
        `slop` places after the one before; and what share of the title's terms these are, 1 for a title that has no
        others."""

    def pairs_near(self, terms: Sequence[str], docs: Docs) -> tuple[Mask, Mask]:
        """(n_terms - 1, n_docs) which ascending `docs` have a term right behind the one before it in a text, and which
        have the two at most `WINDOW` places from each other, whichever comes first. Stop words have no place."""

    def written(self, docs: Docs, word: str, terms: Sequence[str]) -> tuple[Mask, Mask]:
        """(n,) which of some live docs, ascending, have any of some terms in their texts, and which of these have one
        of a word that is written like `word`, upper case and accents aside; all of them where that is not known."""

    def scores_of_doc(self, doc: int) -> Callable[[Node], float | None]:
        """A function that says what a query tree scores one live doc, None where the doc does not match. What it had
        to find out for a tree it knows of the tree's nodes, too."""

    def term_statistics(self, term: str, doc: int) -> TermStatistics:
        """What BM25F knows of a term in a doc."""


class IndexSource(Protocol):
    """Where the current generation of an index comes from. Several threads ask at once."""

    def current(self) -> Index:
        """The current generation; a consistent view for as long as it is kept. Cheap, and the same object as long as
        nothing has changed. Raises IndexDamagedError if it cannot be read."""

    def explaining_damage(
        self, index: Index | None = None, *, wait: bool | None = None
    ) -> AbstractContextManager[None]:
        """Within this context an error that comes of a damaged file of the index is raised as an IndexDamagedError that
        names the file; any other goes on as it is. `index` is the generation that is read meanwhile (default: the
        current one).

        Finding out may take reading the whole index, which is done at most once for a generation. If `wait` (default:
        as the source was opened), the first error waits for it; else it goes on as it is, and those that come later
        are explained.
        """

    def status(self) -> dict[str, Any]:
        """What the archive holds, in figures."""

    def close(self) -> None:
        """Lets go of what is open."""


def word_idf_of(index: Index, terms: Sequence[str], field: str = "") -> float:
    """The idf of a word that has several terms, over the live docs, in the text field named or in any; 0 where none has
    it."""
    doc_freqs = [index.doc_freq(term, field) for term in terms]
    return word_idf(index.num_docs, doc_freqs) if any(doc_freqs) else 0.0


def with_most_used_first(languages: tuple[str, ...], counts: Mapping[str, int]) -> tuple[str, ...]:
    """Languages in the order of `Index.languages`, given `language` and the others by name; `counts` has how many
    articles are in each."""
    most = max(languages, key=lambda code: counts.get(code, 0))
    if 2 * counts.get(most, 0) <= sum(counts.values()):
        return languages
    return (most, *(code for code in languages if code != most))


def idf_of(index: Index, term: str, field: str = "") -> float:
    """The idf of a term over the live docs, in the text field named or in any; 0 where none has it."""
    doc_freq = index.doc_freq(term, field)
    return idf(index.num_docs, doc_freq) if doc_freq else 0.0
