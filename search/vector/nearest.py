"""Vector similarity over a snapshot: the cosines of given docs, and the docs nearest to a vector.

A dot product stands for the cosine because every vector is scaled to length 1 when it is written.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.segment.segment import Segment
from indexer.vectors.codes import sign_bits
from search.reader.bm25 import top_k
from search.reader.index import THOROUGH
from search.reader.snapshot import Snapshot
from search.vector.hamming import OUT, Comparison, smallest
from search.vector.thread_pool import helpers

_GATHERED = 3  # where less than one doc in so many is wanted, its code or vector is picked out by itself
_SHARED = 4096  # vectors from which a second thread pays: with fewer, waking it costs more than it takes off
_ROWS = 512  # vectors picked out at a time, so that they stay in the cache

Neighbours = tuple[NDArray[np.int64], NDArray[np.float32]]  # docs and their cosines
_SegmentDocs = tuple[int, Segment, NDArray[np.int64]]  # the first doc of a segment, the segment, its docs, ascending


def nearest(
    snapshot: Snapshot,
    space: str,
    vector: NDArray[np.float32],
    k: int,
    allowed: NDArray[np.bool_] | None = None,
    compared: int = THOROUGH,
) -> Neighbours:
    """The result of a `NearestSearch`."""
    return NearestSearch(snapshot, space, vector, k, allowed, compared).result()


class NearestSearch:
    """A search for the `k` live docs nearest to `vector` (dim,), of unit length, in the space of that name. `allowed`
    (max_doc,) limits them to the docs where it is True. It begins at once, in other threads where there is much to
    compare, and can be asked for its result later.

    Segments with sign codes are searched in two stages, the others whole, so now and then a neighbour is missed
    (docs/benchmarks.md says how often): only `compared` docs, or twice `k`, are compared in full precision. Docs
    without a vector, or with one of zeros, have a cosine of 0.

    With k = 1 and two docs compared, of a segment of four docs with codes (0 to 3) and one of two docs without (4, 5)::

        doc        0    1    2    3    4    5
        bits       9    2    8    3    -    -      of the code that differ from the query's
        cosine     -    .7   -    .9   .4   .1     of docs 1 and 3, which have the nearest codes, and of all without
        result     [3], [.9]
    """

    def __init__(
        self,
        snapshot: Snapshot,
        space: str,
        vector: NDArray[np.float32],
        k: int,
        allowed: NDArray[np.bool_] | None = None,
        compared: int = THOROUGH,
    ) -> None:
        self._space, self._vector, self._k = space, vector, k
        self._compared = max(compared, 2 * k)
        self._coded: list[_CodedSegment] = []
        self._whole: list[_SegmentDocs] = []
        for first, segment in zip(snapshot.first_docs.tolist(), snapshot.segments, strict=False):
            permitted = _permitted(segment, None if allowed is None else allowed[first : first + segment.max_doc])
            n_permitted = segment.max_doc if permitted is None else int(np.count_nonzero(permitted))
            codes = segment.codes(space)
            if codes is not None and n_permitted > _GATHERED * self._compared:
                self._coded.append(_begin(first, segment, codes, vector, permitted))
            elif n_permitted:
                local = np.arange(segment.max_doc) if permitted is None else np.flatnonzero(permitted)
                self._whole.append((first, segment, local))

    def result(self) -> Neighbours:
        """The docs, best first, equal ones in ascending order of doc, and their cosines."""
        parts = [*self._whole, *_nearest_codes(self._coded, self._compared)]
        if not parts:
            return np.zeros(0, np.int64), np.zeros(0, np.float32)
        docs = np.concatenate([first + local for first, _, local in parts])
        values = np.concatenate(
            [_dot(segment.vectors(self._space), local, self._vector) for _, segment, local in parts]
        )
        if self._coded and len(parts) > 1:
            order = np.argsort(docs)
            docs, values = docs[order], values[order]
        best = top_k(values, self._k)
        return docs[best], values[best]


def cosines(
    snapshot: Snapshot, space: str, vector: NDArray[np.float32], docs: NDArray[np.int64]
) -> NDArray[np.float32]:
    """(n,) the cosines of docs, in any order, with `vector` (dim,) of unit length; 0 for docs without a vector."""
    values = np.zeros(len(docs), np.float32)
    for where, local, segment in _by_segment(snapshot, docs):
        values[where] = _dot(segment.vectors(space), local, vector)
    return values


def article_vector(snapshot: Snapshot, space: str, doc: int) -> NDArray[np.float32] | None:
    """(dim,) the vector of a doc, or None if the space has none for it yet."""
    segment, local = snapshot.locate(doc)
    matrix = segment.vectors(space)
    return None if matrix is None else np.asarray(matrix[local])


def article_vectors(snapshot: Snapshot, space: str, docs: NDArray[np.int64]) -> NDArray[np.float32]:
    """(n, dim) the vectors of docs in any order; zeros for a doc that the space has none for yet."""
    if len(snapshot.segments) == 1 and (matrix := snapshot.segments[0].vectors(space)) is not None:
        return matrix.take(docs, axis=0, mode="clip")
    vectors = np.zeros((len(docs), snapshot.manifest.spaces[space].dim), np.float32)
    for where, local, segment in _by_segment(snapshot, docs):
        matrix = segment.vectors(space)
        if matrix is not None:
            vectors[where] = matrix[local]
    return vectors


def _by_segment(
    snapshot: Snapshot, docs: NDArray[np.int64]
) -> Iterator[tuple[slice | NDArray[np.bool_], NDArray[np.int64], Segment]]:
    """For every segment that some of `docs` are in: which of them, their numbers there, and the segment.

    For docs 7, 0, 5, 9 and 1 of segments whose first docs are 0 and 5::

        where                            local      segment
        [no, yes, no, no, yes]           [0, 1]     the first
        [yes, no, yes, yes, no]          [2, 0, 4]  the second
    """
    if len(snapshot.segments) == 1:
        yield slice(None), docs, snapshot.segments[0]
        return
    owners = np.searchsorted(snapshot.first_docs, docs, side="right") - 1
    for number in np.unique(owners).tolist():
        where = owners == number
        yield where, docs[where] - snapshot.first_docs[number], snapshot.segments[number]


def _permitted(segment: Segment, allowed: NDArray[np.bool_] | None) -> NDArray[np.bool_] | None:
    """(max_doc,) which docs of a segment may be found; None for all of them."""
    if not len(segment.deleted):
        return allowed
    return segment.live if allowed is None else allowed & segment.live


def _dot(
    matrix: NDArray[np.float32] | None, docs: NDArray[np.int64], vector: NDArray[np.float32]
) -> NDArray[np.float32]:
    """(n,) the dot products of some rows, in any order, with `vector`; 0 where there is no matrix."""
    if matrix is None:
        return np.zeros(len(docs), np.float32)
    if len(docs) * _GATHERED > len(matrix):
        products: NDArray[np.float32] = matrix @ vector
        return products[docs]
    products = np.empty(len(docs), np.float32)
    middle = len(docs) // 2 if len(docs) >= _SHARED else len(docs)
    first, second = ((matrix, docs[half], vector, products[half]) for half in (slice(middle), slice(middle, None)))
    helper = helpers().submit(_dot_part, *second) if middle < len(docs) else None
    _dot_part(*first)
    if helper is not None:
        if helper.cancel():  # the helpers have been busy
            _dot_part(*second)
        else:
            helper.result()
    return products


def _dot_part(
    matrix: NDArray[np.float32], docs: NDArray[np.int64], vector: NDArray[np.float32], out: NDArray[np.float32]
) -> None:
    rows = np.empty((min(_ROWS, len(docs)), len(vector)), np.float32)
    for start in range(0, len(docs), _ROWS):
        part = docs[start : start + _ROWS]
        matrix.take(part, axis=0, out=rows[: len(part)], mode="clip")  # any other mode copies once more
        np.dot(rows[: len(part)], vector, out=out[start : start + _ROWS])


@dataclass(frozen=True, slots=True)
class _CodedSegment:
    """A segment that is searched in two stages."""

    first: int  # doc of the snapshot
    segment: Segment
    local: NDArray[np.int64] | None  # docs of the segment that are compared, ascending; None for all of them
    out: NDArray[np.bool_] | None  # which of them are not permitted after all
    comparison: Comparison

    def distances(self) -> NDArray[np.float32]:
        """(n,) the bits in which the code of each doc compared is not the query's, OUT if it is not permitted."""
        distances = self.comparison.distances()
        if self.out is not None:
            np.copyto(distances, OUT, where=self.out)
        return distances


def _begin(
    first: int,
    segment: Segment,
    codes: Mapping[str, NDArray[Any]],
    vector: NDArray[np.float32],
    permitted: NDArray[np.bool_] | None,
) -> _CodedSegment:
    """A segment whose codes are being compared with that of `vector`."""
    query = sign_bits(vector[None], codes["planes"], codes["offset"])[0]
    words = codes["codes"]
    if permitted is not None and np.count_nonzero(permitted) * _GATHERED < segment.max_doc:
        local = np.flatnonzero(permitted)
        return _CodedSegment(first, segment, local, None, Comparison(words[local], query))
    return _CodedSegment(first, segment, None, None if permitted is None else ~permitted, Comparison(words, query))


def _nearest_codes(coded: Sequence[_CodedSegment], k: int) -> Iterator[_SegmentDocs]:
    """About `k` permitted docs with the nearest codes of all segments, segment by segment.

    With k = 3 and segments of three and two docs::

        distances  [9, 2, 8], [3, 4]
        places     [1, 3, 4]               of the three smallest, as if all were one segment
        starts     [0, 3, 5]               of the segments, and the end
        bounds     [0, 1, 3]               places[0:1] are of the first segment, places[1:3] of the second
        docs       [1], [0, 1]             numbers in the segments
    """
    if not coded:
        return
    distances = [segment.distances() for segment in coded]
    places = smallest(np.concatenate(distances) if len(coded) > 1 else distances[0], k)
    starts = np.cumsum([0, *map(len, distances)])
    bounds = np.searchsorted(places, starts).tolist()
    for segment, start, (a, b) in zip(coded, starts.tolist(), pairwise(bounds), strict=False):
        rows = places[a:b] - start
        yield segment.first, segment.segment, rows if segment.local is None else segment.local[rows]
