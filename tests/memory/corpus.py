"""A corpus in memory, see `recommender.corpus.corpus`: an index in memory, and the terms of its articles."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cached_property
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from indexer.article.article import Article
from indexer.copies.copies import Copies, dates_of
from indexer.copies.same_text import Verdict, are_copies, compared
from recommender.corpus.corpus import (
    NO_DATE,
    CorpusSpace,
    Scale,
    Similarities,
    SpaceCosines,
    TermRows,
    TermVector,
    Withheld,
    idf_of,
)
from recommender.corpus.cosines import with_vector
from recommender.corpus.space_scales import reference, scaled
from recommender.corpus.terms import IN_LEAD, IN_TITLE, LEAD_WORDS, PASSAGE_WEIGHT, REPEATED, TITLE_TF, hash_terms, idf
from recommender.names import vocabulary
from search.filters.reading import Filters
from tests.memory.archive import MemoryIndexSource
from tests.memory.document import Document
from tests.memory.index import MemoryIndex
from tests.memory.repeated import Occurrence, free_occurrences


class MemoryCorpora:
    """The corpora of an archive in memory, see `recommender.corpus.corpus.Corpora`."""

    def __init__(self, source: MemoryIndexSource) -> None:
        self._source = source
        self._corpus: MemoryCorpus | None = None

    def current(self) -> MemoryCorpus:
        index = self._source.current()
        if self._corpus is None or self._corpus.index is not index:
            self._corpus = MemoryCorpus(index)
        return self._corpus

    def prepare(self) -> bool:
        """There is nothing to keep."""
        return False

    def is_prepared(self) -> bool:
        """There is nothing to keep."""
        return True


class MemoryCorpus:
    """One generation of an archive. No doc of it is deleted."""

    def __init__(self, index: MemoryIndex) -> None:
        self.index = index
        self._documents = index.documents
        self._vocabulary = sorted(set().union(*(document.terms() for document in self._documents)), key=str.encode)
        self._hashes: list[int] = hash_terms([term.encode() for term in self._vocabulary]).tolist()
        self._column = {number: column for column, number in enumerate(self._hashes)}
        free = free_occurrences(self._documents)
        self._terms = [self._terms_of(*of_doc) for of_doc in zip(self._documents, free, strict=True)]
        # (max_doc, n_terms) the weight and the flags of every term in every doc, 0 where it has it not
        self._weights = np.zeros((self.max_doc, len(self._vocabulary)), np.float32)
        self._flags = np.zeros((self.max_doc, len(self._vocabulary)), np.uint8)
        for doc, terms in enumerate(self._terms):
            columns = [self._column[number] for number in terms.hashes.tolist()]
            self._weights[doc, columns], self._flags[doc, columns] = terms.weights, terms.flags

    def _terms_of(self, document: Document, free: Sequence[Occurrence]) -> TermVector:
        terms = list(document.counts(TITLE_TF))
        occurrences = Counter(term for term, _, _ in free)
        in_text = Counter(term for term, field, _ in free if field != "title")
        in_title = Counter(term for term, field, _ in free if field == "title")
        in_lead = {t for t, field, at in free if field == "title" or (field == "body" and at < LEAD_WORDS)}
        counts = [TITLE_TF * in_title[term] + in_text[term] for term in terms]
        doc_freq = np.array([self.index.doc_freq(term) for term in terms], np.int64)
        weights = np.array([1 + np.log(np.float32(n)) if n else PASSAGE_WEIGHT for n in counts], np.float32)
        weights *= idf(self.num_docs, doc_freq)
        weights /= np.float32(max(1e-12, np.sqrt((weights.astype(np.float64) ** 2).sum())))
        flags = [
            IN_TITLE * (in_title[term] > 0) | IN_LEAD * (term in in_lead) | REPEATED * (occurrences[term] > 1)
            for term in terms
        ]
        hashes = hash_terms([term.encode() for term in terms])
        return TermVector(hashes, weights.astype(np.float16).astype(np.float32), np.array(flags, np.uint8))

    # -- articles and their columns ---------------------------------------------------------------------------

    @property
    def num_docs(self) -> int:
        return self.index.num_docs

    @property
    def counted_docs(self) -> int:
        return self.index.num_docs

    @property
    def max_doc(self) -> int:
        return self.index.max_doc

    @property
    def language(self) -> str:
        return self.index.language

    @cached_property
    def seqs(self) -> NDArray[np.int64]:
        return np.array([document.seq for document in self._documents], np.int64)

    @cached_property
    def dates(self) -> NDArray[np.int64]:
        return self.index.dates()

    @property
    def newest(self) -> int:
        return int(self.dates.max(initial=NO_DATE))

    @cached_property
    def withheld(self) -> Withheld:
        since = {
            doc: 0.0 if article.status or article.expires is None else article.expires.timestamp()
            for doc, article in enumerate(document.article for document in self._documents)
            if article.status or article.expires
        }
        return Withheld(np.array(list(since), np.int64), np.array(list(since.values()), np.float64))

    def live(self) -> NDArray[np.bool_]:
        return self.index.live()

    def offered(self) -> NDArray[np.bool_]:
        mask = self.live()
        mask[self.withheld.docs[self.withheld.since <= time.time()]] = False
        return mask

    def filter(self, filters: Filters) -> NDArray[np.bool_]:
        return self.index.filter(filters)

    def article_id(self, doc: int) -> str:
        return self.index.article_id(doc)

    def doc_of(self, seq: int) -> int:
        return self.index.doc_of(seq)

    def values(self, field: str, doc: int) -> list[str]:
        return self._documents[doc].values[field]

    def languages_of(self, docs: NDArray[np.int64]) -> list[str]:
        return [self._documents[doc].language for doc in docs.tolist()]

    def shared_values(
        self, field: str, values: Sequence[str], docs: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        wanted = {value.casefold() for value in values}
        having = [self.values(field, doc) for doc in docs.tolist()]
        shared = [sum(value.casefold() in wanted for value in of_doc) for of_doc in having]
        return np.array(shared, np.int64), np.array([len(of_doc) for of_doc in having], np.int64)

    # -- copies -----------------------------------------------------------------------------------------------

    @cached_property
    def copy_groups(self) -> NDArray[np.int64]:
        articles = [document.article for document in self._documents]
        found: dict[Verdict, list[tuple[int, int]]] = {verdict: [] for verdict in Verdict}
        for one, other in combinations(range(len(articles)), 2):
            found[compared(articles[one], articles[other])].append((one, other))
        copies, apart = (np.array(found[v], np.int64).reshape(-1, 2) for v in (Verdict.COPIES, Verdict.APART))
        groups = np.arange(self.max_doc)
        for doc, first in Copies(pairs=copies, apart=apart).groups(dates_of(enumerate(articles))).items():
            groups[doc] = first
        return groups

    def copies_of(self, doc: int) -> NDArray[np.int64]:
        return np.array(
            [i for i in range(self.max_doc) if i != doc and self.copy_groups[i] == self.copy_groups[doc]], int
        )

    def copies_of_text(self, article: Article) -> NDArray[np.int64]:
        return np.array([i for i, other in enumerate(self._documents) if are_copies(article, other.article)], np.int64)

    # -- terms ------------------------------------------------------------------------------------------------

    def article_terms(self, doc: int) -> TermVector:
        return self._terms[doc]

    def terms_of(self, docs: NDArray[np.int64]) -> TermRows:
        rows = [self._terms[doc] for doc in docs.tolist()]
        return TermRows(
            np.array([len(row.hashes) for row in rows], np.int64),
            np.concatenate([np.zeros(0, np.uint64), *(row.hashes for row in rows)]),
            np.concatenate([np.zeros(0, np.float32), *(row.weights for row in rows)]),
            np.concatenate([np.zeros(0, np.uint8), *(row.flags for row in rows)]),
        )

    def weights_in(
        self, docs: NDArray[np.int64], hashes: NDArray[np.uint64]
    ) -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
        weights, flags = np.zeros((len(docs), len(hashes)), np.float32), np.zeros((len(docs), len(hashes)), np.uint8)
        for place, number in enumerate(hashes.tolist()):
            if number in self._column:
                column = self._column[number]
                weights[:, place], flags[:, place] = self._weights[docs, column], self._flags[docs, column]
        return weights, flags

    def doc_freq(self, hashes: NDArray[np.uint64]) -> NDArray[np.int64]:
        return np.array([self.index.doc_freq(term) for term in self.term_strings(hashes)], np.int64)

    def term_strings(self, hashes: NDArray[np.uint64]) -> list[str]:
        columns = (self._column.get(number) for number in hashes.tolist())
        return ["" if column is None else self._vocabulary[column] for column in columns]

    def candidates(
        self, article: TermVector, permitted: NDArray[np.bool_], count: int, max_postings: int, without: int
    ) -> NDArray[np.int64]:
        by_weight = np.argsort(-article.weights, kind="stable")
        postings = np.maximum(self.doc_freq(article.hashes[by_weight]), 1).cumsum()
        telling = by_weight[: max(1, int((postings <= max_postings).sum()))]
        weights = article.weights[telling].tolist()
        scores = np.zeros(self.max_doc, np.float32)
        for term, weight in zip(self.term_strings(article.hashes[telling]), weights, strict=True):
            for doc, document in enumerate(self._documents):
                if permitted[doc] and doc != without:
                    scores[doc] += np.float32(weight) * np.float32(self.index.evaluator.impact(document, term))
        best = np.argsort(-scores, kind="stable")[:count]
        return np.sort(best[scores[best] > 0])

    def similarities(
        self, article: TermVector, vectors: Mapping[str, NDArray[np.float32]], docs: NDArray[np.int64]
    ) -> Similarities:
        known = [place for place, number in enumerate(article.hashes.tolist()) if number in self._column]
        columns = [self._column[number] for number in article.hashes[known].tolist()]
        weights, flags = self._weights[docs], self._flags[docs]
        products = weights[:, columns] * article.weights[known]  # (n, terms that are known)
        shared = flags[:, columns] & article.flags[known]

        def cosine(flag: int) -> NDArray[np.float32]:
            """(n,) of the terms that have the flag in both."""
            dots = (products * ((shared & flag) > 0)).sum(axis=1, dtype=np.float64)
            lengths = np.sqrt((np.square(weights) * ((flags & flag) > 0)).sum(axis=1, dtype=np.float64))
            length = np.sqrt(np.square(article.weights[(article.flags & flag) > 0]).sum())
            return np.asarray(dots / np.maximum(lengths * length, 1e-12), np.float32)

        tfidf = products.sum(axis=1, dtype=np.float64).astype(np.float32)
        cosines = {name: self._cosines(name, vector, docs) for name, vector in vectors.items()}
        return Similarities(tfidf, cosine(IN_TITLE), cosine(IN_LEAD), cosines, self._central(vectors, docs))

    def _cosines(self, name: str, vector: NDArray[np.float32], docs: NDArray[np.int64]) -> SpaceCosines:
        values = with_vector(self.vectors(name, docs), vector, ordered=self.spaces[name].is_ordered)
        lacking = self.index.spaces[name].lacking()
        return SpaceCosines(values, None if lacking is None else ~lacking[docs])

    def _central(self, vectors: Mapping[str, NDArray[np.float32]], docs: NDArray[np.int64]) -> NDArray[np.float32]:
        """(n,) how near docs are to the middle of the archive."""
        name = reference(self.spaces) if vectors else ""
        if name not in vectors:
            return np.zeros(len(docs), np.float32)
        space = self.index.spaces[name]
        middle = space.rows.sum(axis=0, dtype=np.float64) / max(1, int(space.encoded.sum()))
        return np.asarray(np.vecdot(space.rows[docs], middle.astype(np.float32)))

    # -- vectors ----------------------------------------------------------------------------------------------

    @cached_property
    def spaces(self) -> Mapping[str, CorpusSpace]:
        spaces = self.index.spaces
        known = {
            name: CorpusSpace(of.kind, of.model.dim, of.resolution, of.foresight, Scale())
            for name, of in spaces.items()
        }
        encoded = np.logical_and.reduce([self.live(), *(space.encoded for space in spaces.values())])
        return scaled(known, np.flatnonzero(encoded), self.vectors)

    def vectors(self, space: str, docs: NDArray[np.int64]) -> NDArray[np.float32]:
        return self.index.spaces[space].vectors(docs)

    def encode(self, title: str, body: str, counts: Mapping[str, float]) -> dict[str, NDArray[np.float32]]:
        vectors = {name: of.model.encode_article(title, body, counts) for name, of in self.index.spaces.items()}
        return {name: vector for name, vector in vectors.items() if vector is not None and vector.any()}

    # -- names ------------------------------------------------------------------------------------------------

    @cached_property
    def _names_by_term(self) -> Mapping[str, Mapping[str, str]]:
        """For each language the name that a term stands for."""
        words = vocabulary.name_words([document.article for document in self._documents])
        return vocabulary.terms_of(words, self.index.languages())

    @cached_property
    def names(self) -> Sequence[str]:
        return sorted({name for of_language in self._names_by_term.values() for name in of_language.values()})

    def names_of(
        self, hashes: NDArray[np.uint64], language: str
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float32]]:
        of_language = self._names_by_term.get(language, self._names_by_term[self.language])
        terms = self.term_strings(hashes)
        named = np.array([place for place, term in enumerate(terms) if term in of_language], np.int64)
        places = [self.names.index(of_language[terms[place]]) for place in named.tolist()]
        return named, np.array(places, np.int64), idf_of(self, hashes[named])

    def docs_with_name(self, name: int, most: int) -> list[int]:
        standing = {
            term
            for of_language in self._names_by_term.values()
            for term, of in of_language.items()
            if of == self.names[name]
        }
        docs = [doc for doc, document in enumerate(self._documents) if standing & document.terms()]
        return docs if len(docs) <= most else []
