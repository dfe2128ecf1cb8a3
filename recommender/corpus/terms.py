"""Terms as the recommender weighs them: their hashes, their flags, and the formula of their weights.

A term goes by a hash of its bytes, since its number differs from segment to segment. The weight of a term in an article
is ``(1 + ln tf) * idf`` with the title's words counted twice, divided by the length of the article's vector.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

TITLE_TF = 2.0  # a word of the title counts as often as this many words of the body
LEAD_WORDS = 60  # indexed words of the body that count as its lead: where news says what it is about
# Words of a passage that so many articles have, so many words long at least (see `repeated_passages`), count as if they
# were not there; a term that an article has nowhere else weighs this, beside 1 for one that it has once.
PASSAGE_DOCS, PASSAGE_WIDTH, PASSAGE_WEIGHT = 6, 6, 0.2
IN_TITLE, IN_LEAD, REPEATED = 1, 2, 4  # flags of a term in an article; the lead includes the title

_MAX_TERM_BYTES = 512
_MULTIPLIERS = np.random.default_rng(20240318).integers(0, 1 << 63, _MAX_TERM_BYTES, dtype=np.uint64) * 2 + 1


def idf(num_docs: int, doc_freq: NDArray[np.int64]) -> NDArray[np.float32]:
    """``ln(1 + (N - df + 0.5) / (df + 0.5))``, that of BM25, for every df in [0, N]; float32."""
    return np.log1p((num_docs - doc_freq + 0.5) / (doc_freq + 0.5)).astype(np.float32)


def rarity(num_docs: int, doc_freq: int) -> float:
    """How rare a term is among `num_docs` docs, two or more: ``1 - ln df / ln N``, from 0 where all have it to 1 where
    one has, or none.

    >>> [rarity(100, doc_freq) for doc_freq in (0, 1, 10, 100, 101)]
    [1.0, 1.0, 0.5, 0.0, 0.0]
    """
    return 1 - math.log(min(max(doc_freq, 1), num_docs)) / math.log(num_docs)


def term_counts(tf: NDArray[Any]) -> NDArray[np.float32]:
    """(n_postings,) how often an article has a term, of (n_fields, n_postings) counts whose first row is the title."""
    counts: NDArray[np.float32] = (tf[0] * np.float32(TITLE_TF) + tf[1:].sum(axis=0)).astype(np.float32, copy=False)
    return counts


def hash_terms(terms: Sequence[bytes]) -> NDArray[np.uint64]:
    """(n_terms,) a number for each term, the same in every segment and process.

    Multilinear hashing modulo 2**64 (L. Carter and M. Wegman, "Universal Classes of Hash Functions", 1979): a million
    terms collide with a chance of about one in 30 million.
    """
    lengths = np.fromiter((min(len(term), _MAX_TERM_BYTES) for term in terms), np.int64, len(terms))
    letters = np.frombuffer(b"".join(term[:_MAX_TERM_BYTES] for term in terms), np.uint8).astype(np.uint64)
    starts = np.cumsum(lengths) - lengths
    place = np.arange(len(letters)) - np.repeat(starts, lengths)
    sums = np.zeros(len(terms), np.uint64)
    full = lengths > 0
    if full.any():
        sums[full] = np.add.reduceat((letters + np.uint64(1)) * _MULTIPLIERS[place], starts[full])
    return sums ^ (sums >> np.uint64(32))


def fingerprint() -> str:
    """Hexadecimal digits that tell the multipliers of `hash_terms` from any others. Hashes made with different ones
    must never meet, and another version of numpy may draw other multipliers, so it is kept with the hashes."""
    return hashlib.sha256(_MULTIPLIERS.astype("<u8").tobytes()).hexdigest()
