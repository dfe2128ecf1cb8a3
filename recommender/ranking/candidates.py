"""Candidates: which articles could be related at all, and how near each is by every measure there is.

A small archive is scored whole. In a larger one the postings of the article's most telling words pick the candidates,
and only those are compared exactly; a budget on the postings read keeps the time the same however common the words.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexer.segment.impacts import SCALE
from indexer.segment.segment import Segment
from indexer.vectors.space import NEURAL
from recommender.corpus.forward_index import ENTRY, IN_LEAD, IN_TITLE, Forward
from recommender.corpus.space_scales import CUTS, is_ordered, reference
from recommender.corpus.view import View
from recommender.request.profile import Profile
from search.reader.bm25 import top_k

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


def find(
    view: View, profile: Profile, allowed: NDArray[np.bool_] | None = None, extra: Sequence[int] = ()
) -> Candidates:
    """The candidates for an article. `allowed` (max_doc,) leaves out docs that must not be offered; the docs `extra`
    are compared whatever words they have."""
    permitted = view.offered() if allowed is None else allowed & view.offered()
    if view.snapshot.max_doc <= SCORED_WHOLE:
        docs = np.flatnonzero(permitted)
        return compare(view, profile, docs[docs != profile.doc])
    others = np.array([doc for doc in extra if doc != profile.doc], np.int64)
    docs = _by_words(view, profile, permitted)
    return compare(view, profile, np.union1d(docs, others[permitted[others]]) if len(others) else docs)


def compare(view: View, profile: Profile, docs: NDArray[np.int64]) -> Candidates:
    """The similarities of the given docs, ascending, with an article."""
    n = len(docs)
    tfidf, title, lead = (np.zeros(n, np.float32) for _ in range(3))
    central = np.zeros(n, np.float32)
    # the weighed cosines of all and of neural spaces, added up, and the shares of the spaces that have both articles
    sums, shares = np.zeros((2, n), np.float32), np.zeros((2, n), np.float32)
    of_reference = reference(view.snapshot) if profile.vectors else ""
    for (segment, forward, first), numbers in zip(view.parts, profile.numbers, strict=True):
        a, b = docs.searchsorted((first, first + segment.max_doc)).tolist()
        if a == b:
            continue
        local = docs[a:b] - first
        tfidf[a:b], title[a:b], lead[a:b] = _cosines(forward, profile, numbers, local)
        for name, vector in profile.vectors.items():
            matrix = segment.vectors(name)
            if matrix is not None:
                rows = matrix if len(local) == segment.max_doc else matrix.take(local, axis=0, mode="clip")
                cosine = _coarse_and_fine(rows, vector) if is_ordered(view.snapshot, name) else np.vecdot(rows, vector)
                scale, lacking = view.scales[name], view.snapshot.lacking(name)
                factor, offset = np.float32(scale.factor), np.float32(scale.offset)
                has = np.float32(scale.share) * (np.float32(1) if lacking is None else ~lacking[docs[a:b]])
                weighed = has * (factor * cosine + offset)
                sums[0, a:b] += weighed
                shares[0, a:b] += has
                if name == of_reference:
                    central[a:b] = np.vecdot(rows, view.centroids[name])
                if view.snapshot.manifest.spaces[name].kind == NEURAL:
                    sums[1, a:b] += weighed
                    shares[1, a:b] += has
    known, of_neural = np.where(shares > 0, shares, np.float32(1))
    vectors = np.where(shares[0] > 0, sums[0] / known, tfidf)
    neural = np.where(shares[1] > 0, sums[1] / of_neural, vectors)
    return Candidates(docs, tfidf, title, lead, vectors, neural, central)


def _by_words(view: View, profile: Profile, permitted: NDArray[np.bool_]) -> NDArray[np.int64]:
    """The docs with the highest sum of BM25F impacts over the article's most telling words, ascending."""
    telling = np.argsort(-profile.weights, kind="stable")
    df = np.maximum(view.doc_freq([numbers[telling] for numbers in profile.numbers]), 1)
    telling = telling[: max(1, int(df.cumsum().searchsorted(POSTINGS, side="right")))]
    scores = np.zeros(view.snapshot.max_doc, np.float32)
    for (segment, _, first), numbers in zip(view.parts, profile.numbers, strict=True):
        own = numbers[telling]
        has = own >= 0
        if has.any():
            _add_impacts(segment, own[has], profile.weights[telling[has]], scores[first : first + segment.max_doc])
    scores *= permitted
    if profile.doc >= 0:
        scores[profile.doc] = 0
    best = top_k(scores, CANDIDATES)
    return np.sort(best[scores[best] > 0])


def _add_impacts(
    segment: Segment, numbers: NDArray[np.int64], weights: NDArray[np.float32], scores: NDArray[np.float32]
) -> None:
    """Adds to the scores (max_doc,) of a segment's docs the impacts of some of its terms times the terms' weights."""
    starts, ends = segment.post_start.take(numbers), segment.post_start.take(numbers + 1)
    # joined as bytes, which takes half the time of concatenating arrays of another type than the outcome's
    bounds = list(zip(starts.tolist(), ends.tolist(), strict=True))
    docs = np.frombuffer(b"".join([segment.docs.data[a:b] for a, b in bounds]), segment.docs.dtype)
    impacts = np.frombuffer(b"".join([segment.impacts.data[a:b] for a, b in bounds]), segment.impacts.dtype)
    gains = impacts * (weights / np.float32(SCALE)).repeat(ends - starts)
    np.add.at(scores, docs.astype(np.intp), gains)  # twice as long over indices of other types


def _cosines(
    forward: Forward, profile: Profile, numbers: NDArray[np.int64], docs: NDArray[np.int64]
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    """The cosines of whole articles, titles and leads for docs of one segment, in which the profile's terms have these
    numbers."""
    known = np.flatnonzero(numbers >= 0)
    # where each term of the segment is among the article's own, 0 for those it has not; small, so that it stays cached
    place = np.zeros(len(forward.hashes), np.uint16 if len(known) < 1 << 16 else np.uint32)
    place[numbers[known]] = np.arange(1, len(known) + 1)
    entries, counts = forward.rows(docs)
    at = place.take(entries["term"], mode="clip")
    both = (at != 0).nonzero()[0]
    own, entries = known[at[both] - 1], entries.view(np.uint64)[both].view(ENTRY)
    owners = np.arange(len(docs)).repeat(counts)[both]
    products = profile.weights[own] * entries["weight"].astype(np.float32)
    shared = entries["flags"] & profile.flags[own]
    tfidf = np.bincount(owners, products, len(docs)).astype(np.float32)
    parts = []
    for flag, lengths in ((IN_TITLE, forward.title[docs]), (IN_LEAD, forward.lead[docs])):
        length = math.sqrt(np.square(profile.weights[(profile.flags & flag) != 0]).sum())
        has = (shared & flag) != 0
        dots = np.bincount(owners[has], products[has], len(docs))
        parts.append((dots / np.maximum(lengths * length, 1e-12)).astype(np.float32))
    return tfidf, parts[0], parts[1]


def _coarse_and_fine(rows: NDArray[np.float32], vector: NDArray[np.float32]) -> NDArray[np.float32]:
    """The mean of the cosines in all dimensions and in the first of each of the `CUTS`. The dimensions of a space made
    by singular value decomposition are ordered: the first hold the broad subjects, the last what sets single articles
    apart."""
    # vecdot stays in the calling thread, where a matrix product would wait for others to take their share
    cosines: NDArray[np.float32] = np.vecdot(rows, vector)
    whole = np.linalg.norm(vector)  # below 1 for a draft of which not every word is known
    for cut in CUTS:
        head, own = rows[:, :cut], vector[:cut]
        lengths = np.sqrt(np.vecdot(head, head)) * (np.linalg.norm(own) / whole)
        cosines += np.vecdot(head, own) / np.maximum(lengths, np.float32(1e-6))
    return np.asarray(cosines / np.float32(1 + len(CUTS)), np.float32)
