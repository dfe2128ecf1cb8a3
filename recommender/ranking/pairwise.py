"""A small neighbourhood: an article and the best of its candidates, every one compared with every other.

Folding, stories and diversity all ask how the candidates relate to each other, so this is computed once for them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.corpus.forward_index import IN_LEAD, IN_TITLE
from recommender.corpus.space_scales import gram, is_ordered, mutual
from recommender.corpus.view import View
from recommender.ranking.scoring import RELEVANCE
from recommender.request.profile import Profile
from search.vector.nearest import article_vectors


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
    found = _entries(view, profile, docs)
    n = len(docs) + 1
    tfidf, title, lead, common = _products(n, found)
    counts = np.diagonal(common)
    parts = {"tfidf": tfidf, "title": title, "lead": lead, "vectors": _vectors(view, profile, docs, tfidf)}
    relevance = sum(np.float32(RELEVANCE[name]) * parts[name] for name in RELEVANCE)
    languages = _languages(view, profile, docs)
    keys, idf, matrix, present, in_title, salient = _names(view, n, found, languages)
    return Neighbourhood(
        docs=np.concatenate([[profile.doc], docs]),
        languages=tuple(languages),
        tfidf=tfidf,
        held=np.asarray(common / np.maximum(np.minimum(counts[:, None], counts[None, :]), 1), np.float32),
        relevance=np.asarray(relevance, np.float32),
        names=matrix,
        name_keys=keys,
        name_idf=idf,
        present=present,
        in_title=in_title,
        salient=salient,
    )


@dataclass(frozen=True, slots=True)
class _Entries:
    """Which terms n articles have, term by term: `terms` are the hashes of the different ones, ascending, and the
    entries of the term with number t are those where `number` is t."""

    terms: NDArray[np.uint64]  # (n_terms,)
    number: NDArray[np.int64]  # (n_entries,) ascending
    owner: NDArray[np.int64]  # (n_entries,) the article, from 0 on
    place: NDArray[np.int64]  # (n_entries,) where it would be article by article
    weight: NDArray[np.float32]  # (n_entries,)
    flags: NDArray[np.uint8]  # (n_entries,) as forward.IN_TITLE


def _entries(view: View, profile: Profile, docs: NDArray[np.int64]) -> _Entries:
    """The terms of the article of `profile` and of the given docs."""
    rows = [(np.zeros(len(profile.hashes), np.int64), profile.hashes, profile.weights, profile.flags)]
    for forward, local, places in view.by_segment(docs):
        entries, counts = forward.rows(local)
        hashes = forward.hashes[entries["term"]]
        rows.append(((places + 1).repeat(counts), hashes, entries["weight"].astype(np.float32), entries["flags"]))
    owner, terms, weight, flags = (np.concatenate(column) for column in zip(*rows, strict=True))
    order = terms.argsort()
    terms = terms[order]
    first = np.ones(len(terms), bool)
    np.not_equal(terms[1:], terms[:-1], out=first[1:])
    return _Entries(terms[first], first.cumsum() - 1, owner[order], order, weight[order], flags[order])


def _products(
    n: int, found: _Entries
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    """(n, n) the cosines of articles, of their titles and of their leads, and how many different terms they have in
    common. What only one article has counts for none but itself, and that is most of the terms."""
    shared = np.bincount(found.number, minlength=len(found.terms)) > 1
    kept = shared[found.number].nonzero()[0]
    cells = found.owner[kept], (shared.cumsum() - 1)[found.number[kept]]
    dense = np.zeros((n, int(shared.sum())), np.float32)
    dense[cells] = found.weight[kept]
    flags = np.zeros(dense.shape, np.uint8)
    flags[cells] = found.flags[kept]
    squares = np.square(found.weight)
    products = []
    for flag in (0, IN_TITLE, IN_LEAD):
        own = squares * ((found.flags & flag) != 0) if flag else squares
        sums = np.bincount(found.owner, own, n)
        lengths: NDArray[np.float32] = np.maximum(np.sqrt(sums), 1e-12).astype(np.float32)
        part = np.where(flags & flag, dense, np.float32(0)) if flag else dense
        products.append(gram(np.asarray(part / lengths[:, None], np.float32)))
        np.fill_diagonal(products[-1], lengths > 1e-12)
    common = gram((dense > 0).astype(np.float32))
    np.fill_diagonal(common, np.bincount(found.owner, minlength=n))
    return products[0], products[1], products[2], common


def _languages(view: View, profile: Profile, docs: NDArray[np.int64]) -> list[str]:
    """The languages of the article of `profile` and of the docs."""
    known, spoken = view.tongues
    return [next(iter(profile.keywords["language"]), view.language), *(known[at] for at in spoken[docs].tolist())]


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
    view: View, n: int, found: _Entries, languages: list[str]
) -> tuple[
    tuple[str, ...],
    NDArray[np.float32],
    NDArray[np.float32],
    NDArray[np.bool_],
    NDArray[np.bool_],
    NDArray[np.bool_],
]:
    """The names in articles that are in these languages, their idf, the cosines of articles over them, and which are
    there, in titles and in leads."""
    code = np.full(len(found.number), -1, np.int64)  # of each entry the name's
    idf = np.zeros(len(found.number), np.float32)
    spoken = np.array(languages)
    for language in sorted(set(languages)):
        terms, names, own_idf = view.names_of(found.terms, language)
        table = np.full(len(found.terms), -1, np.int64)
        table[terms] = names
        idf_table = np.zeros(len(found.terms), np.float32)
        idf_table[terms] = own_idf
        here = (spoken == language)[found.owner]
        code[here], idf[here] = table[found.number[here]], idf_table[found.number[here]]
    entries = np.flatnonzero(code >= 0)
    entries = entries[found.place[entries].argsort()]
    named, first, column = np.unique(code[entries], return_index=True, return_inverse=True)
    cells = found.owner[entries], column
    dense = np.zeros((n, len(named)), np.float32)
    marks = np.zeros(dense.shape, np.uint8)
    np.maximum.at(dense, cells, found.weight[entries])
    np.bitwise_or.at(marks, cells, found.flags[entries])
    dense /= np.maximum(np.linalg.norm(dense, axis=1, keepdims=True), np.float32(1e-12))
    keys = tuple(view.names[number] for number in named.tolist())
    return keys, idf[entries[first]], gram(dense), dense > 0, (marks & IN_TITLE) > 0, (marks & (IN_TITLE | IN_LEAD)) > 0
