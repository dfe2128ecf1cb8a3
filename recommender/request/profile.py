"""What the recommender knows of the article a reader is at: its terms, its vectors, and what is on its label."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter

import numpy as np
from numpy.typing import NDArray

from indexer.article.article import Article
from indexer.schema import VALUE_FIELDS
from indexer.segment.columns import NO_DATE
from indexer.text.analyzer import analyzer_for
from indexer.vectors.lsa import unit
from indexer.vectors.space import LSA
from recommender.corpus.forward_index import IN_LEAD, IN_TITLE, LEAD_WORDS, REPEATED, TITLE_TF, hash_terms
from recommender.corpus.view import View
from search.vector.nearest import article_vector

_values_of = attrgetter(*VALUE_FIELDS.values())


@dataclass(frozen=True, slots=True)
class Profile:
    """The article to find related ones for, whether it is in the archive or a draft.

    `weights` is a vector of length 1 (all zero for a text without words).
    """

    doc: int  # -1 for a draft
    hashes: NDArray[np.uint64]  # (n_terms,)
    numbers: tuple[NDArray[np.int64], ...]  # (n_terms,) for each of the view's parts: the terms' numbers there, or -1
    weights: NDArray[np.float32]  # (n_terms,)
    flags: NDArray[np.uint8]  # (n_terms,) forward.IN_TITLE, forward.IN_LEAD, forward.REPEATED
    vectors: Mapping[str, NDArray[np.float32]]  # by space, of unit length, a draft's shorter by what is unknown of it
    keywords: Mapping[str, tuple[str, ...]]  # by the names of VALUE_FIELDS
    date: int  # seconds since 1970, or NO_DATE


def of_doc(view: View, doc: int) -> Profile:
    """The profile of an article of the archive."""
    segment, forward, local = view.locate(doc)
    row = forward.row(local)
    terms = row["term"].astype(np.int64)
    hashes = forward.hashes[terms]
    vectors = {}
    for space in view.snapshot.spaces:
        vector = article_vector(view.snapshot, space, doc)
        if vector is not None and vector.any():
            vectors[space] = np.asarray(vector, np.float32)
    return Profile(
        doc=doc,
        hashes=hashes,
        numbers=tuple(terms if own is forward else own.numbers(hashes) for _, own, _ in view.parts),
        weights=row["weight"].astype(np.float32),
        flags=row["flags"].copy(),
        vectors=vectors,
        keywords={name: tuple(segment.keywords[name].of(local)) for name in VALUE_FIELDS},
        date=int(segment.date[local]),
    )


def of_article(view: View, article: Article) -> Profile:
    """The profile of a text that the index does not have: a draft, or an article accepted a moment ago."""
    analyzer = analyzer_for(article.language or view.snapshot.manifest.language)
    title, body = analyzer.terms_once(article.title), analyzer.terms_once(article.body)
    counts: Counter[str] = Counter(body)
    in_title, in_lead = set(title), {*title, *body[:LEAD_WORDS]}
    tf = {term: counts[term] + TITLE_TF * n for term, n in Counter(title).items()} | {
        term: float(n) for term, n in counts.items() if term not in in_title
    }
    hashes = hash_terms([term.encode() for term in tf])
    numbers = view.numbers(hashes)
    weights = (1 + np.log(np.fromiter(tf.values(), np.float32, len(tf)))) * view.idf(hashes)
    words = counts + Counter(title)
    flags = [IN_TITLE * (term in in_title) | IN_LEAD * (term in in_lead) | REPEATED * (words[term] > 1) for term in tf]
    # The archive's own space sees only words that the archive has. The others are directions of their own that no
    # article shares, so a text in another language is not near to those that have its one familiar word.
    known = _length(weights[view.doc_freq(numbers) > 0]) / max(_length(weights), np.float32(1e-12))
    vectors = {}
    for name, space in view.snapshot.spaces.items():
        vector = space.encode_article(article.title, article.body, tf)
        if vector is not None and vector.any():
            vectors[name] = vector * known if name == LSA else vector
    return Profile(
        doc=-1,
        hashes=hashes,
        numbers=numbers,
        weights=weights / max(_length(weights), np.float32(1e-12)),
        flags=np.array(flags, np.uint8),
        vectors=vectors,
        keywords=dict(zip(VALUE_FIELDS, map(_as_tuple, _values_of(article)), strict=True)),
        date=NO_DATE if article.date is None else int(article.date.timestamp()),
    )


def _length(weights: NDArray[np.float32]) -> np.float32:
    return np.float32(np.linalg.norm(weights))


def _as_tuple(values: str | tuple[str, ...]) -> tuple[str, ...]:
    return tuple(value for value in ((values,) if isinstance(values, str) else values) if value)


def combine(view: View, read: Sequence[Profile]) -> Profile:
    """One profile for several articles, the last read last: each counts half of the one after it."""
    last = read[-1]
    shares = [0.5 ** (len(read) - 1 - place) for place in range(len(read))]
    hashes, inverse = np.unique(np.concatenate([one.hashes for one in read]), return_inverse=True)
    weights = np.concatenate([one.weights * share for one, share in zip(read, shares, strict=True)])
    summed = np.bincount(inverse, weights, len(hashes))
    flags = np.zeros(len(hashes), np.uint8)
    np.bitwise_or.at(flags, inverse, np.concatenate([one.flags for one in read]))
    vectors = {}
    for name in last.vectors:
        mean = sum(
            one.vectors[name] * np.float32(share)
            for one, share in zip(read, shares, strict=True)
            if name in one.vectors
        )
        vectors[name] = unit(np.asarray(mean, np.float32))
    return Profile(
        doc=last.doc,
        hashes=hashes,
        numbers=view.numbers(hashes),
        weights=(summed / max(float(np.linalg.norm(summed)), 1e-12)).astype(np.float32),
        flags=flags,
        vectors=vectors,
        keywords=last.keywords,
        date=last.date,
    )
