"""A small neighbourhood: an article and the best of its candidates, every one compared with every other.

Folding, stories and diversity all ask how the candidates relate to each other, so this is computed once for them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.forward import IN_LEAD, IN_TITLE
from recommender.profile import Profile
from recommender.scoring import RELEVANCE
from recommender.spaces import gram, is_ordered, mutual
from recommender.view import View
from search.vectors import article_vectors


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """n articles, the one asked about first. All matrices are (n, n) and symmetric."""

    docs: NDArray[np.int64]  # (n,) with -1 for a draft
    languages: tuple[str, ...]
    tfidf: NDArray[np.float32]  # cosines of whole articles
    held: NDArray[np.float32]  # share of the terms of the one with fewer that the other has too
    relevance: NDArray[np.float32]  # as in scoring.relevance
    names: NDArray[np.float32]  # cosines of what the articles name
    name_keys: tuple[str, ...]  # the names that any of them has
    name_idf: NDArray[np.float32]  # (n_names,)
    present: NDArray[np.bool_]  # (n, n_names) which article has which name
    in_title: NDArray[np.bool_]  # (n, n_names)
    salient: NDArray[np.bool_]  # (n, n_names) in the title or the first words


def neighbourhood(view: View, profile: Profile, docs: NDArray[np.int64]) -> Neighbourhood:
    """The article of `profile` and the given docs."""
    rows = [(np.zeros(len(profile.hashes), np.int64), profile.hashes, profile.weights, profile.flags)]
    for forward, local, places in view.by_segment(docs):
        posts, counts = forward.rows(local)
        weights = forward.weights[posts].astype(np.float32)
        rows.append(
            (np.repeat(places + 1, counts), forward.hashes[forward.terms[posts]], weights, forward.flags[posts])
        )
    own = next(iter(profile.keywords["language"]), view.language)
    languages = [own, *(next(iter(view.values("language", doc)), view.language) for doc in docs.tolist())]
    owner, terms, weights, flags = (np.concatenate(column) for column in zip(*rows, strict=True))
    hashes, inverse = np.unique(terms, return_inverse=True)
    shape = (len(languages), len(hashes))
    tfidf = _cosines(shape, owner, inverse, weights)
    held = _shares(shape, owner, inverse)
    parts = {"tfidf": tfidf, "vectors": _vectors(view, profile, docs, tfidf)}
    for name, flag in (("title", IN_TITLE), ("lead", IN_LEAD)):
        has = (flags & flag) > 0
        parts[name] = _cosines(shape, owner[has], inverse[has], weights[has])
    relevance = sum(np.float32(RELEVANCE[name]) * parts[name] for name in RELEVANCE)
    keys, idf, matrix, present, in_title, salient = _names(view, owner, terms, weights, flags, languages)
    return Neighbourhood(
        docs=np.concatenate([[profile.doc], docs]),
        languages=tuple(languages),
        tfidf=tfidf,
        held=held,
        relevance=np.asarray(relevance, np.float32),
        names=matrix,
        name_keys=keys,
        name_idf=idf,
        present=present,
        in_title=in_title,
        salient=salient,
    )


def _cosines(
    shape: tuple[int, int], owner: NDArray[np.int64], column: NDArray[np.int64], weights: NDArray[np.float32]
) -> NDArray[np.float32]:
    """(n, n) cosines between rows of a sparse matrix given by its entries."""
    lengths = np.sqrt(np.bincount(owner, np.square(weights), shape[0]))
    scale = np.maximum(lengths, 1e-12).astype(np.float32)
    return _products(shape, owner, column, np.asarray(weights / scale[owner], np.float32))


def _shares(shape: tuple[int, int], owner: NDArray[np.int64], column: NDArray[np.int64]) -> NDArray[np.float32]:
    """(n, n) how many different terms two rows have in common, out of those of the row with fewer."""
    common = _products(shape, owner, column, np.ones(len(owner), np.float32))
    counts = np.diagonal(common)
    return np.asarray(common / np.maximum(np.minimum(counts[:, None], counts[None, :]), 1), np.float32)


def _products(
    shape: tuple[int, int], owner: NDArray[np.int64], column: NDArray[np.int64], values: NDArray[np.float32]
) -> NDArray[np.float32]:
    """(n, n) dot products between rows of a sparse matrix given by its entries. What only one row has counts for none
    but itself, and that is most of the columns."""
    shared = np.bincount(column, minlength=shape[1]) > 1
    number = np.cumsum(shared) - 1
    kept = np.flatnonzero(shared[column])
    dense = np.zeros((shape[0], int(shared.sum())), np.float32)
    dense[owner[kept], number[column[kept]]] = values[kept]
    products = gram(dense)
    np.fill_diagonal(products, np.bincount(owner, np.square(values), shape[0]))
    return products


def _vectors(
    view: View, profile: Profile, docs: NDArray[np.int64], otherwise: NDArray[np.float32]
) -> NDArray[np.float32]:
    """The weighed mean of the cosines, on one scale, in the spaces that have both articles; `otherwise` where none
    has."""
    total, spaces = np.zeros_like(otherwise), np.zeros_like(otherwise)
    for name, own in profile.vectors.items():
        rows = np.zeros((len(docs) + 1, len(own)), np.float32)
        rows[0] = own
        rows[1:] = article_vectors(view.snapshot, name, docs)
        scale = view.scales[name]
        known = rows.any(axis=1)
        both = np.float32(scale.share) * np.logical_and.outer(known, known)
        cosine = mutual(rows, ordered=is_ordered(view.snapshot, name))
        total += both * (np.float32(scale.factor) * cosine + np.float32(scale.offset))
        spaces += both
    return np.where(spaces > 0, total / np.where(spaces > 0, spaces, np.float32(1)), otherwise)


def _names(
    view: View,
    owner: NDArray[np.int64],
    terms: NDArray[np.uint64],
    weights: NDArray[np.float32],
    flags: NDArray[np.uint8],
    languages: list[str],
) -> tuple[
    tuple[str, ...],
    NDArray[np.float32],
    NDArray[np.float32],
    NDArray[np.bool_],
    NDArray[np.bool_],
    NDArray[np.bool_],
]:
    """The names in rows given by their entries, their idf, the cosines of rows over them, and which are there, in
    titles and in leads."""
    spoken = np.array(languages)
    found, codes = [], []
    for language in sorted(set(languages)):
        entries = np.flatnonzero((spoken == language)[owner])
        known, names = view.names_of(terms[entries], language)
        found.append(entries[known])
        codes.append(names)
    entries, code = np.concatenate(found), np.concatenate(codes)
    order = np.argsort(entries)
    entries = entries[order]
    named, first, column = np.unique(code[order], return_index=True, return_inverse=True)
    dense = np.zeros((len(languages), len(named)), np.float32)
    marks = np.zeros(dense.shape, np.uint8)
    np.maximum.at(dense, (owner[entries], column), weights[entries])
    np.bitwise_or.at(marks, (owner[entries], column), flags[entries])
    dense /= np.maximum(np.linalg.norm(dense, axis=1, keepdims=True), np.float32(1e-12))
    idf = view.idf(terms[entries[first]])
    keys = tuple(view.names[number] for number in named.tolist())
    return keys, idf, dense @ dense.T, dense > 0, (marks & IN_TITLE) > 0, marks > 0
