"""An index in memory, see `search.reader.index`: a list of documents, and one array of vectors for each space."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from indexer.base.errors import QueryError
from indexer.schema import ID, Schema
from indexer.text.markers import is_word
from indexer.text.words import folded, with_plain_apostrophes
from indexer.vectors.space import Space as Model
from search.filters.condition import AllOf, AnyOf, BeginsWith, Condition, Exists, HasValue, Not, as_compared
from search.filters.reading import Filters, read_filters
from search.query.parser import ParsedQuery
from search.query.tree import Node, NumericRange, Term
from search.query.whole_names import whole_keys
from search.reader.forms import Vocabulary
from search.reader.index import (
    THOROUGH,
    WINDOW,
    Docs,
    FieldStatistics,
    Mask,
    Scores,
    TermStatistics,
    with_most_used_first,
)
from tests.memory import evaluation
from tests.memory.document import Document
from tests.memory.evaluation import K1, B, Evaluator, column_words, in_range, written_words
from tests.memory.forms import MemoryForms


@dataclass(frozen=True)
class MemoryMatches:
    """What a query matches, see `search.reader.index.Matches`."""

    scores: evaluation.Scores

    def __len__(self) -> int:
        return len(self.scores)

    def best(self, k: int) -> tuple[Docs, Scores]:
        best_first = sorted(self.scores, key=lambda doc: (-self.scores[doc], doc))
        return self._arrays(best_first[: max(0, k)])

    def scores_of(self, docs: Docs) -> tuple[Scores, Mask]:
        matched = np.array([doc in self.scores for doc in docs.tolist()], bool)
        return np.array([self.scores.get(doc, 0) for doc in docs.tolist()], np.float32), matched

    def all(self) -> tuple[Docs, Scores]:
        return self._arrays(sorted(self.scores))

    def _arrays(self, docs: Iterable[int]) -> tuple[Docs, Scores]:
        docs = list(docs)
        return np.array(docs, np.int64), np.array([self.scores[doc] for doc in docs], np.float32)


@dataclass(frozen=True)
class MemoryNeighbours:
    """The outcome of a search for neighbours, see `search.reader.index.NearestDocs`."""

    docs: Docs
    cosines: Scores

    def result(self) -> tuple[Docs, Scores]:
        return self.docs, self.cosines


class MemorySpace:
    """A vector space of an index, see `search.reader.index.Space`. `model` encodes, and `vectors` are those of the
    docs, None for one that it has not encoded yet."""

    def __init__(self, kind: str, model: Model, vectors: Sequence[NDArray[np.float32] | None]) -> None:
        self.kind = kind
        self.model = model
        self.rows = np.zeros((len(vectors), model.dim), np.float32)
        self.encoded = np.array([vector is not None for vector in vectors], bool)
        for doc, vector in enumerate(vectors):
            if vector is not None:
                self.rows[doc] = vector

    @property
    def resolution(self) -> float:
        return self.model.resolution

    @property
    def foresight(self) -> float:
        return self.model.foresight

    @property
    def worths(self) -> Mapping[str, float]:
        return {}

    @property
    def loaded(self) -> bool:
        return self.model.loaded

    def encode_query(self, text: str, terms: Mapping[str, float]) -> NDArray[np.float32] | None:
        return self.model.encode_query(text, terms)

    def vectors(self, docs: Docs) -> NDArray[np.float32]:
        return np.asarray(self.rows[docs])

    def cosines(self, vector: NDArray[np.float32], docs: Docs) -> Scores:
        return np.asarray((self.rows @ vector)[docs], np.float32)

    def nearest(
        self, vector: NDArray[np.float32], k: int, allowed: Mask | None = None, compared: int = THOROUGH
    ) -> MemoryNeighbours:
        docs = np.arange(len(self.rows)) if allowed is None else np.flatnonzero(allowed)
        cosines = self.cosines(vector, docs)
        best = np.argsort(-cosines, kind="stable")[: max(0, k)]
        return MemoryNeighbours(docs[best], cosines[best])

    def of(self, docs: Sequence[int]) -> MemorySpace:
        """The same space of some docs only."""
        return MemorySpace(self.kind, self.model, [self.rows[doc] if self.encoded[doc] else None for doc in docs])

    def sample(self) -> NDArray[np.float32]:
        return np.asarray(self.rows[self.encoded])

    def lacking(self) -> Mask | None:
        return None if self.encoded.all() else ~self.encoded


@dataclass(frozen=True, eq=False)
class MemoryIndex:
    """One generation of an archive, see `search.reader.index.Index`. No doc of it is deleted."""

    generation: int
    language: str
    schema: Schema
    documents: Sequence[Document]  # in the order in which they were accepted
    spaces: Mapping[str, MemorySpace]
    waiting: Mapping[int, float] = field(default_factory=dict)
    evaluator: Evaluator = field(init=False)
    forms: MemoryForms = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "forms", MemoryForms(self.documents))
        object.__setattr__(self, "evaluator", Evaluator(self.documents, self.schema))

    @property
    def until(self) -> float:
        return min(self.waiting.values(), default=math.inf)

    @property
    def num_docs(self) -> int:
        return len(self.documents)

    @property
    def max_doc(self) -> int:
        return len(self.documents)

    def languages(self) -> tuple[str, ...]:
        counts = Counter(document.language for document in self.documents)
        return with_most_used_first((self.language, *sorted(counts.keys() - {self.language})), counts)

    def without(self, seqs: Collection[int]) -> MemoryIndex:
        kept = [doc for doc, document in enumerate(self.documents) if document.seq not in seqs]
        spaces = {name: space.of(kept) for name, space in self.spaces.items()}
        return replace(self, documents=[self.documents[doc] for doc in kept], spaces=spaces)

    def article_id(self, doc: int) -> str:
        return self.documents[doc].article.id

    def seq_of(self, doc: int) -> int:
        return self.documents[doc].seq

    def seqs(self) -> NDArray[np.int64]:
        return np.array([document.seq for document in self.documents], np.int64)

    def doc_of(self, seq: int) -> int:
        docs = [doc for doc, document in enumerate(self.documents) if document.seq == seq]
        return docs[0] if docs else -1

    def live(self) -> Mask:
        return np.ones(self.max_doc, bool)

    def dates(self) -> NDArray[np.int64]:
        return np.array([document.date for document in self.documents], np.int64)

    def filter(self, filters: Filters) -> Mask:
        condition = read_filters(filters, self.schema)
        return np.array([holds(document, condition) for document in self.documents], bool)

    def sort_values(self, field: str) -> NDArray[np.float64]:
        _check(field, self.schema.sortable, "sort by")
        if field in self.schema.numeric:
            numbers = [document.number(field) for document in self.documents]
            return np.array([np.nan if number is None else number for number in numbers], np.float64)
        firsts = [document.values[field][:1] for document in self.documents]
        order = sorted({first[0] for first in firsts if first}, key=lambda value: (value.casefold(), value))
        return np.array([order.index(first[0]) if first else np.nan for first in firsts], np.float64)

    def count_values(self, field: str, docs: Docs, most: int | None = None) -> tuple[Mapping[str, int], int]:
        _check(field, self.schema.countable, "count")
        written: dict[str, Counter[str]] = {}  # by what filters compare, in how many documents in which form
        if field not in self.schema.numeric:
            for value in (value for document in self.documents for value in document.values[field]):
                written.setdefault(as_compared(value), Counter())[value] += 1
        shown = {key: min(forms, key=lambda form: (-forms[form], form)) for key, forms in written.items()}
        counts: Counter[str] = Counter()
        for document in (self.documents[doc] for doc in docs.tolist()):
            if field in self.schema.numeric:
                number = document.number(field)
                counts.update([] if number is None else [f"{number:.15g}"])
            else:
                counts.update({shown[as_compared(value)] for value in document.values[field]})
        return dict(sorted(counts.items(), key=lambda of: (-of[1], of[0]))[:most]), len(counts)

    def names(self) -> Vocabulary:
        counts: Counter[str] = Counter()
        for document in self.documents:
            for value in (value for name in self.schema.names for value in document.values[name]):
                counts.update(written_words(value))
        return Vocabulary.of(counts)

    def names_with(self, text: str) -> tuple[str, ...]:
        def has(name: str, of: str) -> bool:
            return bool(self.evaluator.scores(Term(name, of)))

        words = column_words(text)
        return tuple(
            [name for name in self.schema.names if has(name, text) or (words and all(has(name, of) for of in words))]
        )

    def named(self, key: str, fields: Sequence[str], *, whole: bool) -> list[tuple[str, Docs]]:
        def docs(field: str) -> list[int]:
            if not whole:
                return sorted(self.evaluator.scores(Term(field, key)))
            values = [document.values[field] for document in self.documents]
            return [doc for doc, of in enumerate(values) if any(key in whole_keys(value, field) for value in of)]

        return [(field, np.array(found, np.int64)) for field in fields if (found := docs(field))]

    def doc_freq(self, term: str, field: str = "") -> int:
        return self.evaluator.doc_freq(term, field)

    def match(self, query: ParsedQuery, allowed: Mask | None, notes: list[str]) -> MemoryMatches:
        scores = self.evaluator.scores(query.tree)
        return MemoryMatches({doc: score for doc, score in scores.items() if allowed is None or allowed[doc]})

    def covering(self, words: Sequence[tuple[Sequence[str], float]], least: float) -> Mask:
        sums = [
            sum(weight for terms, weight in words if not document.terms().isdisjoint(terms))
            for document in self.documents
        ]
        return np.array([total >= least for total in sums], bool)

    def titles_with(self, readings: Sequence[Sequence[str]], slop: int) -> tuple[Docs, Scores]:
        shares: dict[int, float] = {}
        for doc, document in enumerate(self.documents):
            title = document.words["title"]
            found = [_share(terms, title) for terms in readings if document.has_phrase("title", terms, slop)]
            if found:
                shares[doc] = max(found)
        return np.array(list(shares), np.int64), np.array(list(shares.values()), np.float32)

    def pairs_near(self, terms: Sequence[str], docs: Docs) -> tuple[Mask, Mask]:
        of_docs = [[self.documents[doc].distances(*pair) for doc in docs.tolist()] for pair in pairwise(terms)]
        shape = max(0, len(terms) - 1), len(docs)
        follows = [[1 in distances for distances in pair] for pair in of_docs]
        near = [[any(0 < abs(of) <= WINDOW for of in distances) for distances in pair] for pair in of_docs]
        return np.array(follows, bool).reshape(shape), np.array(near, bool).reshape(shape)

    def written(self, docs: Docs, word: str, terms: Sequence[str]) -> tuple[Mask, Mask]:
        documents = [self.documents[doc] for doc in docs.tolist()]
        has = [not document.terms().isdisjoint(terms) for document in documents]
        wanted = {(folded(word), term) for term in terms}
        written = [not wanted.isdisjoint(set().union(*document.written.values())) for document in documents]
        return np.array(has, bool), np.array(written, bool)

    def scores_of_doc(self, doc: int) -> Callable[[Node], float | None]:
        def score(node: Node) -> float | None:
            scores = self.evaluator.scores(node)
            return float(scores[doc]) if doc in scores else None

        return score

    def term_statistics(self, term: str, doc: int) -> TermStatistics:
        document, evaluator = self.documents[doc], self.evaluator
        fields = (
            FieldStatistics(
                name, document.tf[name][term], len(words), evaluator.avgdl[name], evaluator.weights[name], B
            )
            for name, words in document.words.items()
            if document.tf[name][term]
        )
        return TermStatistics(K1, tuple(fields))


def _share(terms: Sequence[str], title: Sequence[str]) -> float:
    """What share of a title's terms these are."""
    if is_word(terms[0]):
        return len(terms) / len(title)
    return 0.5 if title else 1.0


def _check(name: str, possible: Sequence[str], what: str) -> None:
    if name not in possible:
        raise QueryError(f"cannot {what} '{name}'; possible are {', '.join(possible)}")


def holds(document: Document, condition: Condition) -> bool:
    """Whether a document satisfies a condition on its columns."""
    match condition:
        case AllOf(parts):
            return all(holds(document, part) for part in parts)
        case AnyOf(parts):
            return any(holds(document, part) for part in parts)
        case Not(part):
            return not holds(document, part)
        case HasValue(field, values):
            return any(_compared(value) in values for value in _texts(document, field))
        case BeginsWith(field, text):
            return any(_compared(value).startswith(text) for value in _texts(document, field))
        case Exists(field):
            if field in document.schema.numeric:
                return document.number(field) is not None
            return bool(_texts(document, field))
        case NumericRange():
            return in_range(document.number(condition.field), condition)


def _compared(value: str) -> str:
    return with_plain_apostrophes(value).casefold()


def _texts(document: Document, field: str) -> Sequence[str]:
    if field == ID:
        return [document.article.id]
    return document.values.get(field, ())
