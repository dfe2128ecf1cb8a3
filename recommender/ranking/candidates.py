"""Candidates: which articles could be related at all, and how near each is by every measure there is.

A small archive is scored whole. In a larger one the postings of the article's most telling words pick the candidates,
and only those are compared exactly; a budget on the postings read keeps the time the same however common the words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from recommender.corpus.corpus import Corpus
from recommender.request.profile import Profile

SCORED_WHOLE = 3000  # docs; an archive of no more than these is compared with all of its articles
CANDIDATES = 400  # articles compared exactly in a larger one
POSTINGS = 150_000  # read to find them


@dataclass(frozen=True, slots=True)
class Candidates:
    """Docs in ascending order, the article itself not among them, and their similarities, each (n,) float32."""

    docs: NDArray[np.int64]
    tfidf: NDArray[np.float32]  # cosine of whole articles
    title: NDArray[np.float32]  # cosine of titles
    lead: NDArray[np.float32]  # cosine of titles with the first words of the body
    vectors: NDArray[np.float32]  # weighed mean of the cosines, on one scale, in the vector spaces that have both,
    # `tfidf` where none has
    neural: NDArray[np.float32]  # the same over neural spaces only, `vectors` where none has both
    central: NDArray[np.float32]  # mean cosine with all articles of the archive in the space of reference

    def only(self, kept: NDArray[np.bool_]) -> Candidates:
        """Those of the docs that are `kept`, (n,)."""
        return Candidates(*(getattr(self, column.name)[kept] for column in fields(self)))


def find(
    corpus: Corpus, profile: Profile, allowed: NDArray[np.bool_] | None = None, extra: Sequence[int] = ()
) -> Candidates:
    """The candidates for an article. `allowed` (max_doc,) leaves out docs that must not be offered; the docs `extra`
    are compared whatever words they have."""
    permitted = corpus.offered() if allowed is None else allowed & corpus.offered()
    if corpus.max_doc <= SCORED_WHOLE:
        docs = np.flatnonzero(permitted)
        return compare(corpus, profile, docs[docs != profile.doc])
    others = np.array([doc for doc in extra if doc != profile.doc], np.int64)
    docs = corpus.candidates(profile.terms, permitted, CANDIDATES, POSTINGS, profile.doc)
    return compare(corpus, profile, np.union1d(docs, others[permitted[others]]) if len(others) else docs)


def compare(corpus: Corpus, profile: Profile, docs: NDArray[np.int64]) -> Candidates:
    """The similarities of the given docs, ascending, with an article.

    With two spaces of equal share, of which the second, a neural one, has not got to the last article yet, and scales
    that leave cosines as they are::

        docs          [3,   5,   8  ]
        first space   [0.8, 0.2, 0.6]
        second space  [0.4, 0.0, 0.0]   encoded [True, True, False]
        vectors       [0.6, 0.1, 0.6]
        neural        [0.4, 0.0, 0.6]
    """
    similar = corpus.similarities(profile.terms, profile.vectors, docs)
    # the weighed cosines of all and of neural spaces, added up, and the shares of the spaces that have both articles
    sums, shares = np.zeros((2, len(docs)), np.float32), np.zeros((2, len(docs)), np.float32)
    for name, cosines in similar.spaces.items():
        space = corpus.spaces[name]
        factor, offset = np.float32(space.scale.factor), np.float32(space.scale.offset)
        has = np.float32(space.scale.share) * (np.float32(1) if cosines.encoded is None else cosines.encoded)
        weighed = has * (factor * cosines.values + offset)
        sums[0] += weighed
        shares[0] += has
        if space.is_neural:
            sums[1] += weighed
            shares[1] += has
    divisors = np.where(shares > 0, shares, np.float32(1))
    vectors = np.where(shares[0] > 0, sums[0] / divisors[0], similar.tfidf)
    neural = np.where(shares[1] > 0, sums[1] / divisors[1], vectors)
    return Candidates(docs, similar.tfidf, similar.title, similar.lead, vectors, neural, similar.central)
