"""Candidates: which of many texts may be copies of each other, by their signatures.

Locality-sensitive hashing by bands (P. Indyk and R. Motwani, 1998): texts meet where all `ROWS` values of one of the
bands are the same. Of two that have half of their word sequences in common 199 of 200 meet; of two that have a tenth,
one in 25, and those few are told by the share of values that are the same.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from indexer.copies.signatures import VALUES, Signatures

ROWS = 3
BANDS = VALUES // ROWS
LEAST = 0.28
"""The share of values that must be the same for a pair to be looked at. Copies of which each lacks three sentences in
ten and has as many of its own have half of them."""
NEIGHBOURS = 4
"""Where many meet, each is compared with so many of the first and so many before it: the work grows with the texts, and
not with the square of a page that stands a thousand times in an archive."""
FEW = 8
_AT_ONCE = 1 << 18  # pairs whose values are compared


def pairs(signatures: Signatures, new: int) -> NDArray[np.int64]:
    """(n_pairs, 2) the rows, ascending in each pair, of signatures that may be of copies; one of each pair is among the
    last `new` rows."""
    total = len(signatures)
    if new <= FEW:
        return _pairs_of_few(signatures, new)
    found = np.zeros(0, np.int64)
    has_words = signatures.any(axis=1)
    for band in range(BANDS):
        keys = _keys(signatures, band)
        there = has_words & np.isin(keys, keys[total - new :]) if new < total else has_words
        rows = np.flatnonzero(there)
        found = np.union1d(found, _meeting(keys[rows], rows, total))
    met = np.stack([found // total, found % total], axis=1)
    met = met[met[:, 1] >= total - new]
    return met[_are_alike(signatures, met)]


def _pairs_of_few(signatures: Signatures, new: int) -> NDArray[np.int64]:
    """The same where so few are new that to go through the signatures once for each is the shortest way."""
    found: list[tuple[int, int]] = []
    for row in range(len(signatures) - new, len(signatures)):
        found += [(other, row) for other in alike(signatures[:row], signatures[row])[: BANDS * NEIGHBOURS].tolist()]
    return np.array(found, np.int64).reshape(-1, 2)


def alike(signatures: Signatures, signature: NDArray[np.uint8]) -> NDArray[np.int64]:
    """The rows of signatures that may be of copies of the text with this one, ascending."""
    if not signature.any():
        return np.zeros(0, np.int64)
    return np.flatnonzero((signatures == signature).sum(axis=1) >= LEAST * VALUES)


def _keys(signatures: Signatures, band: int) -> NDArray[np.uint32]:
    """(n,) the values of one band as one number."""
    first, second, third = (signatures[:, band * ROWS + row].astype(np.uint32) for row in range(ROWS))
    return np.asarray((first << np.uint32(16)) | (second << np.uint32(8)) | third)


def _meeting(keys: NDArray[np.uint32], rows: NDArray[np.int64], total: int) -> NDArray[np.int64]:
    """Pairs of rows with the same key, each as ``lower * total + higher``."""
    order = np.argsort(keys, kind="stable")
    keys, rows = keys[order], rows[order]
    begins = np.ones(len(keys), bool)
    begins[1:] = keys[1:] != keys[:-1]
    start = np.flatnonzero(begins)[begins.cumsum() - 1] if len(keys) else np.zeros(0, np.int64)
    here = np.arange(len(keys))
    found = []
    for number in range(NEIGHBOURS):
        for other in (start + number, here - 1 - number):
            met = (other >= start) & (other < here)
            found.append(rows[other[met]] * total + rows[here[met]])
    return np.unique(np.concatenate(found))


def _are_alike(signatures: Signatures, rows: NDArray[np.int64]) -> NDArray[np.bool_]:
    """(n_pairs,) whether so many values of a pair are the same that it may be one of copies."""
    alike = np.zeros(len(rows), bool)
    for begin in range(0, len(rows), _AT_ONCE):
        part = rows[begin : begin + _AT_ONCE]
        same = (signatures[part[:, 0]] == signatures[part[:, 1]]).sum(axis=1)
        alike[begin : begin + _AT_ONCE] = same >= LEAST * VALUES
    return alike
