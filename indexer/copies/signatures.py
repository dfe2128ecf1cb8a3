"""Signatures: a few bytes for a text, of which two have as many in common as the texts have word sequences in common.

One-permutation MinHash (P. Li, A. Owen, C.-H. Zhang, 2012) over runs of three words. Every run falls into one of
`VALUES` bins by its hash; a bin's value is the lowest hash in it, of which the last byte is kept (b-bit minwise
hashing, P. Li and A. C. König, 2010). Two texts have the same value in a bin with the probability of their Jaccard
similarity, or 1/256 by chance. Bins into which nothing fell borrow from others, in the same order for all texts
(optimal densification, A. Shrivastava, 2017).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from indexer.article.article import Article
from indexer.text.words import word_forms

VALUES = 120
RUN = 3
SHORT_WORDS = 12
"""A text of fewer words counts with its headline: otherwise all briefs that say "More follows" would be the same."""
_MOST_WORDS = 20_000  # of one text, from its beginning
_MOST_KNOWN = 1_000_000  # words whose hashes a process remembers, some 150 MB
_EMPTY = np.uint64(2**64 - 1)
_PROBES = 24

Signatures = NDArray[np.uint8]
"""(n, VALUES), all zero for a text without words."""


class _WordHashes(dict[str, int]):
    def __missing__(self, word: str) -> int:
        if len(self) >= _MOST_KNOWN:
            self.clear()
        number = int.from_bytes(hashlib.blake2b(word.encode("utf-8", "replace"), digest_size=8).digest(), "little")
        self[word] = number
        return number


_hashes = _WordHashes()


def words_of(article: Article) -> list[str]:
    """The words by which an article is compared with others."""
    words = word_forms(article.body)
    return words if len(words) >= SHORT_WORDS else word_forms(article.title) + words


def sign(texts: Sequence[Sequence[str]]) -> Signatures:
    """The signatures of some texts, given as their words, a row for each."""
    texts = [words[:_MOST_WORDS] for words in texts]
    counts = np.array([len(words) for words in texts], np.int64)
    hashes = np.fromiter((_hashes[word] for words in texts for word in words), np.uint64, int(counts.sum()))
    owner = np.arange(len(texts)).repeat(counts)
    bins = np.full(len(texts) * VALUES, _EMPTY)
    runs, of = _runs(hashes, owner)
    place = ((runs >> np.uint64(32)) * np.uint64(VALUES)) >> np.uint64(32)
    np.minimum.at(bins, of * VALUES + place.astype(np.int64), _mixed(runs))
    values = _densified(bins.reshape(len(texts), VALUES))
    signatures = (values & np.uint64(0xFF)).astype(np.uint8)
    signatures[counts == 0] = 0
    return signatures


def _runs(hashes: NDArray[np.uint64], owner: NDArray[np.int64]) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """The hashes of all runs of words, none of which goes from one text into the next, and whose each is. A text that
    is shorter than a run is one run with what comes behind left out."""
    total, factor = hashes.copy(), np.uint64(0x9E3779B97F4A7C15)
    begins = np.ones(len(owner), bool)
    begins[1:] = owner[1:] != owner[:-1]
    whole = np.ones(len(owner), bool)
    for ahead in range(1, RUN):
        same = np.zeros(len(owner), bool)
        same[:-ahead] = owner[ahead:] == owner[:-ahead]
        total *= factor
        total[:-ahead] += np.where(same[:-ahead], hashes[ahead:], np.uint64(0))
        whole &= same
    kept = whole | begins
    return _mixed(total[kept]), owner[kept]


def _mixed(numbers: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The finalizer of SplitMix64 (G. Steele, D. Lea, C. Flood, 2014)."""
    mixed = (numbers ^ (numbers >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(mixed ^ (mixed >> np.uint64(31)))


def _densified(bins: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """`bins` with values for the empty ones."""
    filled = bins.copy()
    for order in _probes():
        empty = filled == _EMPTY
        if not empty.any():
            return filled
        filled[empty] = bins[:, order][empty]
    return np.where(filled == _EMPTY, bins.min(axis=1, keepdims=True), filled)


@cache
def _probes() -> list[NDArray[np.int64]]:
    """For each attempt the bin from which each bin borrows."""
    random = np.random.default_rng(2017)
    return [random.permutation(VALUES) for _ in range(_PROBES)]
