"""Latent semantic analysis: the vector space that an archive trains from itself.

S. Deerwester et al., "Indexing by Latent Semantic Analysis", 1990. Articles are tf-idf vectors with the square root of
tf (docs/ranking.md has what else was tried); the right singular vectors of that matrix, found by the randomized method
of N. Halko, P. Martinsson and J. Tropp ("Finding Structure with Randomness", 2011, algorithms 4.4 and 5.1), project
articles and queries into few dimensions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.base.array_files import read_array, write_array
from indexer.base.durable_files import FileRecord, sync_folder
from indexer.segment.segment import Segment, pack
from indexer.segment.term_dictionary import Terms

DIM = 256
TITLE_TF = 3.0  # a word of the title counts as often as this many words of the body
MAX_TERMS = 100_000  # the commonest terms kept; rarer ones say little about topics and cost memory
MAX_DOCS = 100_000  # articles fitted on; of a larger archive an evenly spread sample
MIN_DOCS = 16  # with fewer articles every one is near every other
PROBES = 300  # articles that resolution and foresight are measured on
PROBE_WORDS = 4  # of an article that it is looked up by for the resolution ...
HELD_OUT_WORDS = 8  # ... and for the foresight
_OVERSAMPLING = 16
_POWER_ITERATIONS = 3
_DENSE = 1 << 12  # postings up to which a segment is encoded without sparse matrices
_LOOKED_UP = 20  # a segment with less than one in so many as many terms looks up each, others all at once
_SEED = 20240318


@dataclass(frozen=True, slots=True)
class LsaModel:
    """A fitted space."""

    terms: list[bytes]  # ascending
    idf: NDArray[np.float32]  # (n_terms,)
    components: NDArray[np.float32]  # (n_terms, dim), a term's row already holds its direction in the space
    fitted_docs: int
    resolution: float  # see `_resolution`
    foresight: float  # see `_foresight`
    outside: float  # mean over the fitted articles of `LsaSpace.share_outside`

    def save(self, folder: Path) -> dict[str, FileRecord]:
        """Writes the model as arrays into a new folder."""
        folder.mkdir(parents=True)
        blob, start = pack(self.terms)
        arrays: dict[str, NDArray[Any]] = {
            "terms": blob,
            "term_start": start,
            "idf": self.idf,
            "components": self.components,
            "resolution": np.array([self.resolution], np.float32),
            "foresight": np.array([self.foresight], np.float32),
            "outside": np.array([self.outside, self.fitted_docs], np.float64),
        }
        files = {f"{name}.npy": write_array(folder / f"{name}.npy", array) for name, array in arrays.items()}
        sync_folder(folder)
        return files


def term_weight(tf: NDArray[np.float32], idf: NDArray[np.float32]) -> NDArray[np.float32]:
    """``sqrt(tf) * idf``."""
    weights: NDArray[np.float32] = (np.sqrt(tf) * idf).astype(np.float32, copy=False)
    return weights


def smooth_idf(num_docs: int, df: NDArray[Any]) -> NDArray[np.float32]:
    """``1 + ln((1 + N) / (1 + df))``, above 0 for every term."""
    idf: NDArray[np.float32] = (1 + np.log((1 + num_docs) / (1 + df.astype(np.float64)))).astype(np.float32)
    return idf


def weighted_term_counts(tf: NDArray[Any]) -> NDArray[np.float32]:
    """(n_postings,) term frequencies over all fields, the title's words counted `TITLE_TF` times."""
    counts: NDArray[np.float32] = (tf[0] * np.float32(TITLE_TF) + tf[1:].sum(axis=0)).astype(np.float32, copy=False)
    return counts


class TermCounts(NamedTuple):
    """How often articles have terms, the title's words counted `TITLE_TF` times. `docs`, `terms` and `tf` are (n,)."""

    seqs: NDArray[np.int64]  # (num_docs,) the articles
    names: list[str]  # the terms, in any order
    docs: NDArray[np.int64]  # places in `seqs`
    terms: NDArray[np.int64]  # places in `names`
    tf: NDArray[np.float32]

    @classmethod
    def of(cls, segments: Sequence[Segment]) -> TermCounts:
        """Those of the live articles of segments, or of `MAX_DOCS` spread over them."""
        total = sum(int(segment.live.sum()) for segment in segments)
        stride = max(1, -(-total // MAX_DOCS))
        numbers: dict[str, int] = {}
        rows, cols, values, seqs = [], [], [], []
        first_doc = 0
        for segment in segments:
            sampled = np.flatnonzero(segment.live)[::stride]
            new_doc = np.full(segment.max_doc, -1, np.int64)
            new_doc[sampled] = first_doc + np.arange(len(sampled))
            first, posts = segment.first_word, segment.word_postings
            words = segment.vocabulary[first:]
            term = np.fromiter((numbers.setdefault(word, len(numbers)) for word in words), np.int64, len(words))
            docs, tf = segment.docs[posts], segment.tf[:, posts]
            keep = new_doc[docs] >= 0
            rows.append(new_doc[docs[keep]])
            cols.append(np.repeat(term, np.diff(segment.post_start[first:]))[keep])
            values.append(weighted_term_counts(tf[:, keep]))
            seqs.append(segment.seq[sampled])
            first_doc += len(sampled)
        if not rows:
            return cls(np.zeros(0, np.int64), [], *(np.zeros(0, np.int64),) * 2, np.zeros(0, np.float32))
        joined = (np.concatenate(rows), np.concatenate(cols), np.concatenate(values))
        return cls(np.concatenate(seqs), list(numbers), *joined)

    def with_docs(self, others: Mapping[int, Mapping[str, float]]) -> TermCounts:
        """The same, but that the articles at some places in `seqs` have other terms, as often."""
        numbers = {name: number for number, name in enumerate(self.names)}
        keep = ~np.isin(self.docs, list(others))
        new = [(doc, numbers[t], n) for doc, counts in others.items() for t, n in counts.items() if t in numbers]
        docs, terms, tf = (np.array(column) for column in zip(*new, strict=True)) if new else (np.zeros(0, int),) * 3
        return self._replace(
            docs=np.concatenate([self.docs[keep], docs]),
            terms=np.concatenate([self.terms[keep], terms]),
            tf=np.concatenate([self.tf[keep], tf.astype(np.float32)]),
        )


class Fitted(NamedTuple):
    """What is fitted: the terms of a space, and the articles in it."""

    terms: list[bytes]  # ascending
    idf: NDArray[np.float32]  # (n_terms,)
    matrix: Any  # sparse (num_docs, n_terms), rows of length 1
    components: NDArray[np.float32]  # (n_terms, dim)
    outside: NDArray[np.float64]  # see `_shares_outside`


def fitted(counts: TermCounts, dim: int = DIM) -> Fitted | None:
    """The space of some articles, or None for fewer than `MIN_DOCS`."""
    from scipy import sparse  # here, because a search never needs it

    num_docs, row, col, tf = len(counts.seqs), counts.docs, counts.terms, counts.tf
    if num_docs < MIN_DOCS:
        return None
    vocabulary, renumber, df = _choose_terms(counts.names, np.bincount(col, minlength=len(counts.names)))
    idf = smooth_idf(num_docs, df)
    outside = _shares_outside(row, tf, renumber[col], idf, num_docs)
    chosen = renumber[col] >= 0
    row, col, tf = row[chosen], renumber[col[chosen]], tf[chosen]
    matrix = sparse.csr_matrix((term_weight(tf, idf[col]), (row, col)), (num_docs, len(vocabulary)), np.float32)
    if min(matrix.shape) < 2:
        return None
    norms = np.sqrt(np.bincount(row, term_weight(tf, idf[col]) ** 2, num_docs))
    matrix.data /= np.repeat(np.maximum(norms, 1e-12), np.diff(matrix.indptr)).astype(np.float32)
    dim = min(dim, max(1, min(matrix.shape) // 2))
    return Fitted(vocabulary, idf, matrix, _right_singular_vectors(matrix, dim), outside)


def fit(segments: Sequence[Segment], dim: int = DIM) -> LsaModel | None:
    """The space of the live articles of `segments`, or None for fewer than `MIN_DOCS` articles.

    The dimension is at most `dim`, and small archives get fewer: half of what the matrix could have at most, since
    the last singular vectors of a small archive are single articles, not topics.
    """
    space = fitted(TermCounts.of(segments), dim)
    if space is None:
        return None
    vectors = np.asarray(space.matrix @ space.components)
    resolution, foresight = (of(space.matrix, space.idf, space.components, vectors) for of in (_resolution, _foresight))
    num_docs, outside = space.matrix.shape[0], float(space.outside.mean())
    return LsaModel(space.terms, space.idf, space.components, num_docs, resolution, foresight, outside)


def _shares_outside(
    docs: NDArray[Any], tf: NDArray[np.float32], terms: NDArray[np.int64], idf: NDArray[np.float32], fitted_docs: int
) -> NDArray[np.float64]:
    """For each doc that has a word, what share of its squared tf-idf weights is outside a space. `docs`, `tf` and
    `terms`, -1 for one that the space has not, are (n_postings,)."""
    unknown = terms < 0
    weights = term_weight(tf, np.where(unknown, smooth_idf(fitted_docs, np.zeros(1)), idf[terms]).astype(np.float32))
    whole = np.bincount(docs, weights**2)
    outside = np.bincount(docs, weights**2 * unknown, len(whole))
    shares: NDArray[np.float64] = outside[whole > 0] / whole[whole > 0]
    return shares


def _choose_terms(names: list[str], df: NDArray[np.int64]) -> tuple[list[bytes], NDArray[np.int64], NDArray[np.int64]]:
    """The terms to keep, ascending, the new number of each old one (-1 for the rest), and the df of those kept."""
    order = np.argsort(-df, kind="stable")[:MAX_TERMS]
    order = order[df[order] >= min(2, int(df.max(initial=0)))]
    kept = sorted((names[number].encode(), number) for number in order.tolist())
    numbers = np.array([number for _, number in kept], np.int64)
    renumber = np.full(len(names), -1, np.int64)
    renumber[numbers] = np.arange(len(numbers))
    return [name for name, _ in kept], renumber, df[numbers]


def _right_singular_vectors(matrix: Any, dim: int) -> NDArray[np.float32]:
    """(n_terms, dim) float32, the leading right singular vectors of a sparse (num_docs, n_terms) matrix."""
    width = min(dim + _OVERSAMPLING, *matrix.shape)
    random = np.random.default_rng(_SEED).standard_normal((matrix.shape[1], width), np.float32)
    transposed = matrix.T.tocsr()
    basis = np.linalg.qr(matrix @ random)[0]
    for _ in range(_POWER_ITERATIONS):
        basis = np.linalg.qr(transposed @ basis)[0]
        basis = np.linalg.qr(matrix @ basis)[0]
    projected = transposed @ basis  # (n_terms, width)
    _, _, rotation = np.linalg.svd(projected.T @ projected)
    vectors = projected @ rotation.T[:, :dim]
    return np.ascontiguousarray(vectors / np.maximum(np.linalg.norm(vectors, axis=0), 1e-12), np.float32)


def _resolution(
    matrix: Any, idf: NDArray[np.float32], components: NDArray[np.float32], vectors: NDArray[np.float32]
) -> float:
    """How well the space tells the archive's articles apart, from 0 to 1.

    Of a sample of articles, `PROBE_WORDS` random words of each are looked up in the space; the measure is the mean of
    ``1 / log2(1 + rank)`` of the article they came from, 0 below the tenth rank (nDCG@10 with one right answer).

    `matrix` is the sparse (num_docs, n_terms) matrix that was fitted, `vectors` are its rows in the space.
    """
    docs, chosen = _probes(matrix, PROBE_WORDS)
    probes = [idf[terms] @ components[terms] for terms in (matrix.indices[places] for places in chosen)]
    return _ndcg(probes, vectors[docs], docs, vectors)


def _foresight(
    matrix: Any, idf: NDArray[np.float32], components: NDArray[np.float32], vectors: NDArray[np.float32]
) -> float:
    """How well the space tells what an article is about from other words than those of the query, from 0 to 1.

    It is measured as `_resolution` is, but by `HELD_OUT_WORDS` words (half of what the article has, where that is
    less), and the article is without them: only what the space has learnt of words that go together leads there. A
    space that finds articles by no more than the words they have adds nothing to BM25. The space was fitted on the
    whole articles, so that it remembers something of each; the more there are, the less.
    """
    docs, chosen = _probes(matrix, HELD_OUT_WORDS, most=0.5)
    probes, targets = [], vectors[docs]
    for row, places in enumerate(chosen):
        terms = matrix.indices[places]
        probes.append(idf[terms] @ components[terms])
        targets[row] -= matrix.data[places] @ components[terms]
    return _ndcg(probes, targets, docs, vectors)


def _probes(matrix: Any, words: int, most: float = 1.0) -> tuple[NDArray[np.int64], list[NDArray[np.int64]]]:
    """Up to `PROBES` random docs, and for each the places in `matrix.indices` of so many of its words, picked at
    random, `most` being the largest share of them."""
    random = np.random.default_rng(_SEED)
    lengths = np.diff(matrix.indptr)
    docs = np.flatnonzero(lengths * most >= 1)
    docs = random.choice(docs, min(PROBES, len(docs)), replace=False)
    counts = np.minimum(words, (lengths[docs] * most).astype(np.int64))
    pairs = zip(docs.tolist(), counts.tolist(), strict=True)
    return docs, [matrix.indptr[doc] + random.choice(lengths[doc], count, replace=False) for doc, count in pairs]


def _ndcg(
    probes: list[NDArray[np.float32]],
    targets: NDArray[np.float32],
    docs: NDArray[np.int64],
    vectors: NDArray[np.float32],
) -> float:
    """The mean nDCG@10 of finding each of the `targets`, which stand for `docs`, among all `vectors` by its probe."""
    if not probes:
        return 0.0
    found = unit(np.stack(probes))
    cosines = found @ unit(vectors).T  # (n_probes, num_docs)
    cosines[np.arange(len(docs)), docs] = -np.inf
    of_target = (found * unit(targets)).sum(axis=1, keepdims=True)
    ranks = 1 + (cosines > of_target).sum(axis=1)
    return float(np.where(ranks <= 10, 1 / np.log2(1 + ranks), 0.0).mean())


class LsaSpace:
    """A fitted space opened for encoding; its arrays are memory-mapped."""

    def __init__(self, folder: Path, files: Mapping[str, FileRecord]) -> None:
        def array(name: str) -> NDArray[Any]:
            return np.asarray(read_array(folder / f"{name}.npy", files[f"{name}.npy"]))

        self._terms = Terms(array("terms"), array("term_start"))
        self.idf: NDArray[np.float32] = array("idf")  # (n_terms,)
        self.components: NDArray[np.float32] = array("components")  # (n_terms, dim)
        self.resolution = float(array("resolution")[0])
        # older versions did not measure these two; the factor is what the weights then were made for, and nothing is
        # further outside than all
        self.foresight = float(array("foresight")[0]) if "foresight.npy" in files else 0.7 * self.resolution
        measured = array("outside") if "outside.npy" in files else np.ones(2)
        self.outside, self._fitted_docs = float(measured[0]), int(measured[1])

    @property
    def dim(self) -> int:
        return int(self.components.shape[1])

    @property
    def worths(self) -> Mapping[str, float]:
        """None: what it is worth beside a neural space is measured with that."""
        return {}

    @property
    def loaded(self) -> bool:
        return True

    def encode_terms(self, counts: Iterable[tuple[str, float]]) -> NDArray[np.float32]:
        """(dim,) the unit vector of a text given as terms and how often each occurs; zeros if it has no known term."""
        known = [(number, tf) for term, tf in counts if (number := self._terms.number(term.encode())) >= 0]
        if not known:
            return np.zeros(self.dim, np.float32)
        numbers = np.array([number for number, _ in known])
        weights = term_weight(np.array([tf for _, tf in known], np.float32), self.idf[numbers])
        return unit(weights @ self.components[numbers])

    def encode_query(self, text: str, terms: Mapping[str, float]) -> NDArray[np.float32]:
        """(dim,) the vector of a query: that of its terms."""
        return self.encode_terms(terms.items())

    def encode_article(self, title: str, body: str, terms: Mapping[str, float]) -> NDArray[np.float32]:
        """(dim,) the vector of an article: that of its terms."""
        return self.encode_terms(terms.items())

    def numbers(self, segment: Segment) -> NDArray[np.int64]:
        """(segment.n_terms,) the numbers that the terms of a segment have here, -1 for unknown ones."""
        terms = segment.terms()
        if segment.n_terms * _LOOKED_UP > len(self._terms):
            known = {term: number for number, term in enumerate(self._terms.all())}
            return np.fromiter((known.get(term, -1) for term in terms), np.int64, segment.n_terms)
        return np.fromiter(map(self._terms.number, terms), np.int64, segment.n_terms)

    def encode_segment(self, segment: Segment) -> NDArray[np.float32]:
        """(num_docs, dim) unit rows for all docs of a segment; a doc without a known term gets zeros."""
        term = np.repeat(self.numbers(segment), np.diff(segment.post_start))
        known = np.flatnonzero(term >= 0)
        docs, term = segment.docs[known], term[known]
        weights = term_weight(weighted_term_counts(segment.tf[:, known]), self.idf[term])
        if len(docs) > _DENSE:
            from scipy import sparse  # here, because a search never needs it, nor does adding a few articles

            matrix = sparse.csr_matrix((weights, (docs, term)), (segment.max_doc, len(self._terms)))
            return unit(matrix @ self.components)
        order = np.argsort(docs, kind="stable")
        firsts = np.flatnonzero(np.diff(docs[order], prepend=np.uint32(0xFFFFFFFF)))
        vectors = np.zeros((segment.max_doc, self.dim), np.float32)
        if len(firsts):
            rows = self.components[term[order]] * weights[order, None]
            vectors[docs[order][firsts]] = np.add.reduceat(rows, firsts, axis=0)
        return unit(vectors)

    def share_outside(self, segment: Segment, first: int) -> NDArray[np.float64]:
        """For each live doc from `first` on that has a word, what share of its squared tf-idf weights is of words that
        the articles that the space was fitted on have not, or so rarely that they were not kept: 0 if all its words
        are in the space, 1 if none is."""
        posts = np.flatnonzero(segment.docs >= first)
        posts = posts[posts >= segment.word_postings.start]
        posts = posts[segment.live[segment.docs[posts]]]
        terms = self.numbers(segment)[np.searchsorted(segment.post_start, posts, side="right") - 1]
        counts = weighted_term_counts(segment.tf[:, posts])
        return _shares_outside(segment.docs[posts].astype(np.int64) - first, counts, terms, self.idf, self._fitted_docs)


def unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """The vectors along the last axis scaled to length 1; zeros stay zeros."""
    norms = np.linalg.norm(vectors, axis=-1, keepdims=True)
    scaled: NDArray[np.float32] = (vectors / np.maximum(norms, np.float32(1e-12))).astype(np.float32, copy=False)
    return scaled
