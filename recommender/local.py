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
from recommender.spaces import is_ordered, mutual
from recommender.view import View


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
    rows = [(profile.hashes, profile.weights, profile.flags)]
    languages = [next(iter(profile.keywords["language"]), view.language)]
    for doc in docs.tolist():
        segment, forward, local = view.locate(doc)
        row = forward.row(local)
        rows.append((forward.hashes[forward.terms[row]], forward.weights[row].astype(np.float32), forward.flags[row]))
        languages.append(next(iter(segment.keywords["language"].of(local)), view.language))
    hashes, inverse = np.unique(np.concatenate([row[0] for row in rows]), return_inverse=True)
    owner = np.repeat(np.arange(len(rows)), [len(row[0]) for row in rows])
    weights = np.concatenate([row[1] for row in rows])
    flags = np.concatenate([row[2] for row in rows])
    shape = (len(rows), len(hashes))
    tfidf = _cosines(shape, owner, inverse, weights)
    held = _shares(shape, owner, inverse)
    parts = {"tfidf": tfidf, "vectors": _vectors(view, profile, docs, tfidf)}
    for name, flag in (("title", IN_TITLE), ("lead", IN_LEAD)):
        has = (flags & flag) > 0
        parts[name] = _cosines(shape, owner[has], inverse[has], weights[has])
    relevance = sum(np.float32(RELEVANCE[name]) * parts[name] for name in RELEVANCE)
    keys, idf, matrix, present, in_title, salient = _names(view, rows, languages)
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
    dense = np.zeros(shape, np.float32)
    dense[owner, column] = weights
    dense /= np.maximum(np.linalg.norm(dense, axis=1, keepdims=True), np.float32(1e-12))
    return dense @ dense.T


def _shares(shape: tuple[int, int], owner: NDArray[np.int64], column: NDArray[np.int64]) -> NDArray[np.float32]:
    """(n, n) how many different terms two rows have in common, out of those of the row with fewer."""
    has = np.zeros(shape, np.float32)
    has[owner, column] = 1
    common = has @ has.T
    counts = np.diagonal(common)
    return np.asarray(common / np.maximum(np.minimum(counts[:, None], counts[None, :]), 1), np.float32)


def _vectors(
    view: View, profile: Profile, docs: NDArray[np.int64], otherwise: NDArray[np.float32]
) -> NDArray[np.float32]:
    """The weighed mean of the cosines, on one scale, in the spaces that have both articles; `otherwise` where none
    has."""
    total, spaces = np.zeros_like(otherwise), np.zeros_like(otherwise)
    for name, own in profile.vectors.items():
        rows = np.zeros((len(docs) + 1, len(own)), np.float32)
        rows[0] = own
        for place, doc in enumerate(docs.tolist(), 1):
            segment, _, local = view.locate(doc)
            matrix = segment.vectors(name)
            if matrix is not None:
                rows[place] = matrix[local]
        scale = view.scales[name]
        known = rows.any(axis=1)
        both = np.float32(scale.share) * np.logical_and.outer(known, known)
        cosine = mutual(rows, ordered=is_ordered(view.snapshot, name))
        total += both * (np.float32(scale.factor) * cosine + np.float32(scale.offset))
        spaces += both
    return np.where(spaces > 0, total / np.where(spaces > 0, spaces, np.float32(1)), otherwise)


def _names(
    view: View, rows: list[tuple[NDArray[np.uint64], NDArray[np.float32], NDArray[np.uint8]]], languages: list[str]
) -> tuple[
    tuple[str, ...],
    NDArray[np.float32],
    NDArray[np.float32],
    NDArray[np.bool_],
    NDArray[np.bool_],
    NDArray[np.bool_],
]:
    """The names in the rows, their idf, the cosines of rows over them, and which are there, in titles and in leads."""
    owners, codes, weights, flags, hashes = [], [], [], [], []
    for number, ((own, weight, flag), language) in enumerate(zip(rows, languages, strict=True)):
        known, names = view.names_of(own, language)
        owners.append(np.full(len(known), number))
        codes.append(names)
        weights.append(weight[known])
        flags.append(flag[known])
        hashes.append(own[known])
    found, first, column = np.unique(np.concatenate(codes), return_index=True, return_inverse=True)
    owner = np.concatenate(owners)
    dense = np.zeros((len(rows), len(found)), np.float32)
    marks = np.zeros((len(rows), len(found)), np.uint8)
    np.maximum.at(dense, (owner, column), np.concatenate(weights))
    np.bitwise_or.at(marks, (owner, column), np.concatenate(flags))
    dense /= np.maximum(np.linalg.norm(dense, axis=1, keepdims=True), np.float32(1e-12))
    idf = view.idf(np.concatenate(hashes)[first])
    keys = tuple(view.names[code] for code in found.tolist())
    return keys, idf, dense @ dense.T, dense > 0, (marks & IN_TITLE) > 0, marks > 0
