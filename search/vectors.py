"""Vector similarity over a snapshot."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from search.snapshot import Snapshot


def similarities(snapshot: Snapshot, space: str, vector: NDArray[np.float32]) -> NDArray[np.float32]:
    """(last_doc,) cosine of every doc with `vector` (dim,), both of unit length; 0 for docs without a vector.

    A dot product stands for the cosine because every vector is scaled to length 1 when it is written.
    """
    parts = []
    for segment in snapshot.segments:
        matrix = segment.vectors(space)
        parts.append(np.zeros(segment.n_docs, np.float32) if matrix is None else matrix @ vector)
    return np.concatenate(parts) if parts else np.zeros(0, np.float32)


def article_vector(snapshot: Snapshot, space: str, doc: int) -> NDArray[np.float32] | None:
    """(dim,) the vector of a doc, or None if the space has none for it yet."""
    segment, local = snapshot.locate(doc)
    matrix = segment.vectors(space)
    return None if matrix is None else np.asarray(matrix[local])


def article_vectors(snapshot: Snapshot, space: str, docs: NDArray[np.int64]) -> NDArray[np.float32]:
    """(n, dim) the vectors of docs in any order; zeros for a doc that the space has none for yet."""
    vectors = np.zeros((len(docs), snapshot.manifest.spaces[space].dim), np.float32)
    owners = np.searchsorted(snapshot.first_docs, docs, side="right") - 1
    for number in np.unique(owners).tolist():
        matrix = snapshot.segments[number].vectors(space)
        if matrix is not None:
            here = owners == number
            vectors[here] = matrix[docs[here] - snapshot.first_docs[number]]
    return vectors
