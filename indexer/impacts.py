"""BM25F's saturated term frequency, the part of a score that does not depend on the query.

S. Robertson and H. Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009, section 3.6: term
frequencies are normalised by length and weighted field by field, added up, and only then saturated.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.manifest import Bm25Parameters

SCALE = 65535  # the impact 1.0


def weighted_tf(
    tf: NDArray[Any], dl: NDArray[Any], avgdl: Sequence[float], parameters: Bm25Parameters
) -> NDArray[np.float32]:
    """Sum over fields of ``weight * tf / (1 - b + b * dl / avgdl)``.

    `tf` and `dl` are (n_fields, n_postings), `dl` holding the field lengths of each posting's article. A field that
    is empty everywhere (avgdl 0) adds nothing.
    """
    total = np.zeros(tf.shape[1], np.float32)
    for row, lengths, average, weight, b in zip(tf, dl, avgdl, parameters.weights, parameters.b, strict=True):
        if average > 0:
            norm = 1 - b + b / average * lengths.astype(np.float32)
            # with b = 1 the norm of an empty field is 0, and so is what it adds
            total += np.float32(weight) * row / np.where(row > 0, norm, np.float32(1))
    return total


def saturate(weighted: NDArray[np.float32], k1: float) -> NDArray[np.float32]:
    """``wtf / (k1 + wtf)``: 0 for an absent term, below 1 however often it occurs."""
    return weighted / (np.float32(k1) + weighted)


def impacts(
    docs: NDArray[Any], tf: NDArray[Any], dl: NDArray[Any], avgdl: Sequence[float], parameters: Bm25Parameters
) -> NDArray[np.uint16]:
    """(n_postings,) what each posting gives a score per unit of idf, in units of ``1 / SCALE``.

    An impact lies in [0, 1), so 16 bits say it to within 0.00001, in half the space of a float. `docs` is
    (n_postings,), `tf` (n_fields, n_postings), `dl` (n_fields, n_docs). Works through a large index in blocks, so that
    it needs little memory beside its result.
    """
    result = np.empty(len(docs), np.uint16)
    for start in range(0, len(docs), 1 << 20):
        block = slice(start, start + (1 << 20))
        exact = saturate(weighted_tf(tf[:, block], dl[:, docs[block]], avgdl, parameters), parameters.k1)
        # a word that is there never scores 0, however long the article
        result[block] = np.maximum(np.rint(exact * np.float32(SCALE)), exact > 0)
    return result
