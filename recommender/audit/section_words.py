"""A second opinion on sections, by the words of all their articles instead of a few neighbours.

The section whose articles, on the mean, are nearest in their words (a nearest centroid classifier: J. Rocchio's
relevance feedback with one class for each section), the article itself left out of its own section's, and what all
sections have in common left out of all.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from recommender.corpus.corpus import Corpus

_BATCH = 2000  # articles whose words are in memory at a time


def by_words(corpus: Corpus, sections: Sequence[str], docs: NDArray[np.int64]) -> dict[int, str]:
    """For those of the docs, ascending, that have a section, the section that their words speak for. `sections` are
    those of all docs, empty where an article has none; only the given docs stand for them."""
    filed = np.array([doc for doc in docs.tolist() if sections[doc]], np.int64)
    names = sorted({sections[doc] for doc in filed.tolist()})
    if len(names) < 2:
        return {doc: sections[doc] for doc in filed.tolist()}
    own = np.array([names.index(sections[doc]) for doc in filed.tolist()])
    batches = [corpus.terms_of(filed[start : start + _BATCH]) for start in range(0, len(filed), _BATCH)]
    terms = np.unique(np.concatenate([np.unique(rows.hashes) for rows in batches]))
    totals = np.zeros((len(names), len(terms)))  # the sum of the articles of each section
    parts = []
    for start, rows in zip(range(0, len(filed), _BATCH), batches, strict=True):
        owner = np.repeat(np.arange(start, start + len(rows.counts)), rows.counts)
        column, weight = terms.searchsorted(rows.hashes), rows.weights.astype(np.float64)
        np.add.at(totals, (own[owner], column), weight)
        parts.append((owner, column, weight))
    dots = np.zeros((len(filed), len(names)))  # of every article with every section's sum
    squares = np.zeros(len(filed))
    for owner, column, weight in parts:
        squares += np.bincount(owner, weight**2, len(filed))
        for section in range(len(names)):
            dots[:, section] += np.bincount(owner, weight * totals[section, column], len(filed))
    likeness = _cosines_without(dots, squares, totals @ totals.T, own)
    return {doc: names[best] for doc, best in zip(filed.tolist(), likeness.argmax(axis=1).tolist(), strict=True)}


def _cosines_without(
    dots: NDArray[np.float64], squares: NDArray[np.float64], products: NDArray[np.float64], own: NDArray[np.int64]
) -> NDArray[np.float64]:
    """(n, n_sections) the cosine of each article with the mean of each section less the mean of all articles, both
    without the article itself, which is in section `own` (n,).

    `dots` (n, n_sections) are products of articles and sums of sections, `squares` (n,) of articles with themselves,
    `products` those of the sums: no mean is made for each article. A section of one article has none without it.
    """
    n, n_sections = dots.shape
    mine = np.zeros((n, n_sections))
    mine[np.arange(n), own] = 1
    counts = np.bincount(own, minlength=n_sections)[None, :] - mine
    size = np.maximum(counts, 1)
    with_all, others = dots.sum(axis=1, keepdims=True), max(1, n - 1)
    x2 = squares[:, None]
    dot = (dots - mine * x2) / size - (with_all - x2) / others
    of_section = np.diag(products)[None, :] - 2 * mine * dots + mine * x2
    of_all = products.sum() - 2 * with_all + x2
    both = products.sum(axis=1)[None, :] - dots - mine * with_all + mine * x2
    lengths = of_section / size**2 + of_all / others**2 - 2 * both / (size * others)
    cosines: NDArray[np.float64] = dot / np.sqrt(np.maximum(lengths, 1e-12))
    return np.where(counts > 0, cosines, -np.inf)
