"""BM25F's saturated term frequency, the part of a score that does not depend on the query.

S. Robertson and H. Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009, section 3.6: term
frequencies are normalised by length and weighted field by field, added up, and only then saturated.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.segment.manifest import Bm25Parameters

SCALE = 65535  # the impact 1.0
_BLOCK = 1 << 17  # postings worked on at a time, so that what is computed stays in the processor's cache


def length_gains(dl: NDArray[Any], avgdl: Sequence[float], parameters: Bm25Parameters) -> NDArray[np.float32]:
    """(n_fields, n) what one occurrence in a field of each length counts: ``weight / (1 - b + b * dl / avgdl)``.

    `dl` is (n_fields, n). A field that is empty everywhere (avgdl 0) counts nothing.
    """
    gains = np.zeros(dl.shape, np.float32)
    for gain, lengths, average, weight, b in zip(gains, dl, avgdl, parameters.weights, parameters.b, strict=True):
        if average > 0:
            norm = 1 - b + b / average * lengths.astype(np.float32)
            # with b = 1 the norm of an empty field is 0, and so is what it adds
            np.divide(np.float32(weight), norm, out=gain, where=norm > 0)
    return gains


def weighted_tf(
    tf: NDArray[Any], dl: NDArray[Any], avgdl: Sequence[float], parameters: Bm25Parameters
) -> NDArray[np.float32]:
    """Sum over fields of ``weight * tf / (1 - b + b * dl / avgdl)``. `tf` and `dl` are (n_fields, n_postings), `dl`
    holding the field lengths of each posting's article."""
    total: NDArray[np.float32] = (tf * length_gains(dl, avgdl, parameters)).sum(axis=0, dtype=np.float32)
    return total


def saturate(weighted: NDArray[np.float32], k1: float) -> NDArray[np.float32]:
    """``wtf / (k1 + wtf)``: 0 for an absent term, below 1 however often it occurs."""
    return weighted / (np.float32(k1) + weighted)


def impacts(
    docs: NDArray[Any], tf: NDArray[Any], dl: NDArray[Any], avgdl: Sequence[float], parameters: Bm25Parameters
) -> NDArray[np.uint16]:
    """(n_postings,) what each posting gives a score per unit of idf, in units of ``1 / SCALE``.

    An impact lies in [0, 1), so 16 bits say it to within 0.00001, in half the space of a float. `docs` is
    (n_postings,), `tf` (n_fields, n_postings), `dl` (n_fields, max_doc). Works through a large index in blocks, so that
    it needs little memory beside its result.
    """
    result = np.empty(len(docs), np.uint16)
    gains = length_gains(dl, avgdl, parameters)
    for start in range(0, len(docs), _BLOCK):
        block = slice(start, start + _BLOCK)
        at = docs[block].astype(np.intp)  # or each look-up would convert it
        weighted = np.zeros(len(at), np.float32)
        for counts, gain in zip(tf[:, block], gains, strict=True):
            weighted += counts * gain[at]
        exact = saturate(weighted, parameters.k1)
        # a word that is there never scores 0, however long the article
        result[block] = np.maximum(np.rint(exact * np.float32(SCALE)), weighted > 0)
    return result
