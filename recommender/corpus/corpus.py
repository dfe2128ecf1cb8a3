"""What recommending needs of one generation of an archive, as one interface: `Corpus`.

`recommender.local` implements it over the segments of the index; nothing else in the recommender knows how an archive
is kept. An implementation with dicts and loops that keeps to these docstrings recommends the same articles.

Articles are *docs* here, numbers from 0 to `max_doc`, which mean something within one corpus only. A doc may be
deleted; deleted docs have terms, vectors and columns like others, and only the masks tell. Where a method takes
``docs``, they are (n,) int64, ascending and different, deleted ones possibly among them.

Terms go by their hashes, see `terms.hash_terms`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Final, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from indexer.article.article import Article
from indexer.schema import VALUE_FIELDS
from indexer.vectors.space import LSA, NEURAL
from recommender.corpus import terms
from recommender.corpus.cosines import CUTS
from search.filters.reading import Filters
from search.reader import index

NO_DATE: Final = index.NO_DATE  # the date of an article without one; sorts before every date
KEYWORD_FIELDS: Final = tuple(VALUE_FIELDS)  # names of the keyword columns
_values_of = attrgetter(*VALUE_FIELDS.values())


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class TermVector:
    """The terms of one article or of a mixture of several, in any order, none twice. Immutable, and equal only to
    itself, so that a corpus may remember what it looked up for it."""

    hashes: NDArray[np.uint64]  # (n_terms,)
    weights: NDArray[np.float32]  # (n_terms,) a vector of length 1; all zero for a text without terms
    flags: NDArray[np.uint8]  # (n_terms,) terms.IN_TITLE | terms.IN_LEAD | terms.REPEATED


class TermRows(NamedTuple):
    """The terms of n docs, one doc's after the other's, in the order of the docs. The terms of a doc ascend by their
    bytes in UTF-8.

    Three docs, the second of them without any word::

        counts   [2, 0, 1]
        hashes   [hash(lunar), hash(moon), hash(moon)]
        weights  [0.6,         0.8,        1.0       ]
        flags    [0,           IN_TITLE,   IN_LEAD   ]
    """

    counts: NDArray[np.int64]  # (n,) terms of each doc
    hashes: NDArray[np.uint64]  # (n_entries,)
    weights: NDArray[np.float32]  # (n_entries,) as in `Corpus.article_terms`
    flags: NDArray[np.uint8]  # (n_entries,)


class SpaceCosines(NamedTuple):
    """The cosines of n docs with a vector in one space."""

    values: NDArray[np.float32]  # (n,) 0 where the space has no vector of the doc
    encoded: NDArray[np.bool_] | None  # (n,) whether the space has got to the doc yet; None: to all docs there are


class Similarities(NamedTuple):
    """How similar n docs are to an article, whatever that counts for."""

    tfidf: NDArray[np.float32]  # (n,) cosine of whole articles: the sum over common terms of both weights' product
    title: NDArray[np.float32]  # (n,) cosine of the terms in the titles, 0 where either has none
    lead: NDArray[np.float32]  # (n,) the same of the terms in the titles or the first words of the body
    spaces: Mapping[str, SpaceCosines]  # for every space that the article has a vector in
    central: NDArray[np.float32]  # (n,) see `Corpus.similarities`


@dataclass(frozen=True, slots=True)
class Scale:
    """What the cosines of a space count for: `share` of the mean over the spaces, as ``factor * cosine + offset``."""

    share: float = 1.0
    factor: float = 1.0
    offset: float = 0.0


@dataclass(frozen=True, slots=True)
class CorpusSpace:
    """A vector space of a corpus."""

    kind: str  # LSA or NEURAL
    dim: int
    resolution: float  # how well it tells the archive's articles apart, from 0 to 1
    foresight: float  # how much it knows of an article beyond its words, from 0 to 1
    scale: Scale  # as `space_scales.scales` makes it

    @property
    def is_neural(self) -> bool:
        """Whether a neural model made it, whatever the archive is about."""
        return self.kind == NEURAL

    @property
    def is_trained_here(self) -> bool:
        """Whether it was trained on the archive's articles, so that it knows no other words than theirs."""
        return self.kind == LSA

    @property
    def is_ordered(self) -> bool:
        """Whether its dimensions are ordered from the broadest subject to the narrowest, and are more than the last
        of the `CUTS`: then a cosine is the mean of several, see `cosines.with_vector`."""
        return self.kind == LSA and self.dim > CUTS[-1]


@dataclass(frozen=True, slots=True)
class Withheld:
    """Docs that are not offered from a time on: retracted and expired articles."""

    docs: NDArray[np.int64]  # (n,) ascending, none of them deleted
    since: NDArray[np.float64]  # (n,) seconds since 1970, 0 for retracted articles

    def count(self, now: float) -> int:
        """How many docs are not offered at this time: those that have been withheld longest, and of equals the first.
        What was withheld once stays so."""
        return int((self.since <= now).sum())

    def longest_first(self) -> NDArray[np.int64]:
        """(n,) the docs in the order in which they are withheld."""
        return self.docs[np.argsort(self.since, kind="stable")]


class CorpusArticles(Protocol):
    """Which articles there are, and their columns."""

    @property
    def num_docs(self) -> int:
        """How many docs are not deleted."""

    @property
    def counted_docs(self) -> int:
        """How many docs were not deleted when it was counted how many have a term (`doc_freq`) and where vectors lie:
        now, or when the archive had up to a tenth more or fewer articles."""

    @property
    def max_doc(self) -> int:
        """One past the highest doc, deleted ones included."""

    @property
    def language(self) -> str:
        """The language of articles that do not name theirs."""

    @property
    def seqs(self) -> NDArray[np.int64]:
        """(max_doc,) the store's sequence number of the article version that is each doc: what it is known by in other
        corpora of the archive and in the store. Read-only, like all arrays of a corpus."""

    @property
    def dates(self) -> NDArray[np.int64]:
        """(max_doc,) seconds since 1970 in UTC, fractions cut off, or NO_DATE."""

    @property
    def newest(self) -> int:
        """The latest date of the docs that are not deleted, NO_DATE where none has one."""

    @property
    def withheld(self) -> Withheld:
        """Articles that are retracted, or expire at some time, by now or later."""

    def live(self) -> NDArray[np.bool_]:
        """(max_doc,) False for deleted docs."""

    def offered(self) -> NDArray[np.bool_]:
        """(max_doc,) False for docs that are deleted, or withheld by now."""

    def filter(self, filters: Filters) -> NDArray[np.bool_]:
        """(max_doc,) a new array, True for docs that are not deleted and satisfy a filter (docs/filters.md). Raises
        what `search.filters.reading.read_filters` raises."""

    def article_id(self, doc: int) -> str:
        """The id of the article that is this doc."""

    def doc_of(self, seq: int) -> int:
        """The doc, not deleted, of the article version with this store sequence number, -1 if there is none."""

    def values(self, field: str, doc: int) -> list[str]:
        """The values that a doc has in one of the `KEYWORD_FIELDS`, as its article writes them and in its order."""

    def languages_of(self, docs: NDArray[np.int64]) -> list[str]:
        """The language of each doc: the first that it names, or `language`."""

    def shared_values(
        self, field: str, values: Sequence[str], docs: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """(n,) how many of its own values in one of the `KEYWORD_FIELDS` each doc has among `values`, compared without
        regard to case, and (n,) how many values it has in all."""


class CorpusTerms(Protocol):
    """Which terms articles have."""

    def article_terms(self, doc: int) -> TermVector:
        """The terms of a doc, ascending by their bytes. Weights are rounded to float16; the vector they were rounded
        from has length 1. They may have been computed when the archive had up to a tenth more or fewer articles. What
        stands in passages that the archive repeats (see `terms`) has no flags and next to no weight."""

    def terms_of(self, docs: NDArray[np.int64]) -> TermRows:
        """The terms of several docs."""

    def weights_in(
        self, docs: NDArray[np.int64], hashes: NDArray[np.uint64]
    ) -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
        """(n_docs, n_hashes) the weights and the flags of these different terms in docs, both 0 where a doc does not
        have the term."""

    def doc_freq(self, hashes: NDArray[np.uint64]) -> NDArray[np.int64]:
        """(n,) how many docs have each of the terms, 0 for one that none has, or had when the docs were counted, see
        `recommender.local.statistics.stepped`. Deleted docs may be counted, so it can exceed `num_docs`."""

    def term_strings(self, hashes: NDArray[np.uint64]) -> list[str]:
        """The terms with these hashes, in their order; the empty string for one that no doc has."""

    def candidates(
        self, article: TermVector, permitted: NDArray[np.bool_], count: int, max_postings: int, without: int
    ) -> NDArray[np.int64]:
        """(at most `count`,) int64, ascending: of the `permitted` docs (max_doc,), `without` left out (-1: none), those
        with the highest sums, above 0, of ``weight * impact`` over the article's most telling terms; of equal sums the
        lowest docs.

        The weight is the term's in the article, the impact the part of the term's BM25F score in the doc that depends
        on the doc, in units of 1/65535 (indexer.segment.impacts), both float32, as their sums are. The most telling
        terms are those with the highest weights, of equal ones the first, as many as have no more than `max_postings`
        docs together, but at least one; a term that no doc has counts as one.
        """

    def similarities(
        self, article: TermVector, vectors: Mapping[str, NDArray[np.float32]], docs: NDArray[np.int64]
    ) -> Similarities:
        """How similar docs are to an article with these terms, and these vectors by the names of spaces.

        Products of weights are float32, their sums are rounded to float32 in the end. Cosines of titles and leads are
        the sums over the terms that have the flag in both, divided by the lengths of both parts: the article's of its
        weights, the doc's of its rounded ones. Those in spaces are as `cosines.with_vector` makes them.

        `central` is the dot product with the mean vector of the docs that the space of reference
        (`space_scales.reference`) has got to, deleted ones among them; 0 for a doc that it has not got to, and for all
        where `vectors` has none in that space. The mean is that of when the docs were counted.
        """


class CorpusVectors(Protocol):
    """Which vectors articles have. All are float32, of unit length (some rounded to float16), or zero where a text says
    nothing to a space."""

    @property
    def spaces(self) -> Mapping[str, CorpusSpace]:
        """The vector spaces by name, the same for all calls."""

    def vectors(self, space: str, docs: NDArray[np.int64]) -> NDArray[np.float32]:
        """(n, dim) the vectors of docs; zeros for one that the space has none of (yet)."""

    def encode(self, title: str, body: str, counts: Mapping[str, float]) -> dict[str, NDArray[np.float32]]:
        """The vectors (dim,), by space, of an article that is not in the corpus. `counts` says how often it has each
        of its terms, those of the title counted `terms.TITLE_TF` times. A space that says nothing to it, or cannot
        encode at present, is left out."""


class CorpusNames(Protocol):
    """Which names articles have. A name goes by its place in `names`."""

    @property
    def names(self) -> Sequence[str]:
        """The names of the archive: single words, folded (`vocabulary.fold`), up to a hyphen, ascending."""

    def names_of(
        self, hashes: NDArray[np.uint64], language: str
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float32]]:
        """Which of an article's terms stand for names in a language (in `language` of the corpus, if no article is in
        the one given): their places in `hashes`, ascending, the names' places in `names`, and the terms' idf."""

    def docs_with_name(self, name: int, most: int) -> list[int]:
        """The docs, deleted ones included, that have a term which stands for the name in any language, ascending;
        none if there are more than `most`."""


class CorpusCopies(Protocol):
    """Which articles are copies of each other, see `indexer.copies`."""

    @property
    def copy_groups(self) -> NDArray[np.int64]:
        """(max_doc,) the doc that stands for each doc and its copies: the earliest of them. Its own where it has none,
        and for deleted docs."""

    def copies_of(self, doc: int) -> NDArray[np.int64]:
        """The other docs, ascending, that have the same in `copy_groups`."""

    def copies_of_text(self, article: Article) -> NDArray[np.int64]:
        """The docs, ascending and not deleted, that are copies of an article which is not in the corpus."""


class Corpus(CorpusArticles, CorpusTerms, CorpusVectors, CorpusNames, CorpusCopies, Protocol):
    """One generation of an archive as the recommender sees it. Immutable and safe to share between threads; what it
    returns is not to be written to, unless it says so."""


class Corpora(Protocol):
    """Where the recommender gets the corpus from, as the archive changes."""

    def current(self) -> Corpus:
        """The corpus of the current generation; the same object until there is another. Writes nothing. Raises
        IndexDamagedError where it cannot be read."""

    def prepare(self) -> bool:
        """Keeps what `current` had to derive, so that it need not be derived again, here or in another process. Returns
        whether what is derived of the current corpus may be kept beside it."""

    def is_prepared(self) -> bool:
        """Whether whoever opens the archive now has next to nothing to derive. Derives nothing itself."""


def keywords_of(article: Article) -> dict[str, tuple[str, ...]]:
    """The values that an article has in each of the `KEYWORD_FIELDS`, as `Corpus.values` gives those of a doc, but for
    the language of the archive where the article says none."""
    values_of = dict(zip(KEYWORD_FIELDS, _values_of(article), strict=True))
    return {
        field: tuple(value for value in ((values,) if isinstance(values, str) else values) if value)
        for field, values in values_of.items()
    }


def idf_of(corpus: Corpus, hashes: NDArray[np.uint64]) -> NDArray[np.float32]:
    """(n,) the idf of each of these terms in a corpus, which is taken to have at least one article."""
    doc_freq = np.minimum(corpus.doc_freq(hashes), corpus.counted_docs)
    return terms.idf(max(1, corpus.counted_docs), doc_freq)
