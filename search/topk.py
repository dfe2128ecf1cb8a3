"""The best docs for a handful of words, without scoring all the others.

Any tree can be evaluated by `search.matching`, which scores every doc that matches. Most queries are plain words and
want ten docs, and for those the bound of H. Turtle and J. Flood ("Query Evaluation: Strategies and Optimizations",
1995, MaxScore) is used a whole posting list at a time: lists are added from the rarest on, and as soon as the lists
left cannot lift a doc that has none of the words so far into the first k, they are only looked up for the docs that
are still in question.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from whoosh import query as wq

from indexer.impacts import SCALE
from indexer.segment import Segment
from search.matching import ALL_TEXT, Evaluator
from search.snapshot import Snapshot

_ABOVE_ZERO = np.finfo(np.float32).tiny
_SLACK = np.float32(1 - 1e-5)  # float32 sums depend on their order; a bound must not cut a doc for its last digit
_LONG = 8192  # postings; adding fewer is quicker than finding out whether they are needed
_SCANNED = 1 << 16  # a segment of up to this many docs is scanned for the best rather than the docs touched
_SPARSE = 16  # ... and so is one that has less than this many docs per doc touched

_scratch = threading.local()


@dataclass(frozen=True, slots=True)
class _List:
    """The postings of one query word in one segment."""

    posts: slice
    docs: NDArray[np.uint32]
    weight: float  # idf times boost
    bound: float  # no doc gets more than this from the word


def top_docs(snapshot: Snapshot, tree: wq.Query, k: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """The docs of the `k` best BM25F scores for a tree, best first, equal scores in ascending order of doc, and the
    scores. Raises what `search.matching.Evaluator.evaluate` raises."""
    words = _words(tree)
    docs, scores = [], []
    threshold = np.float32(0)  # a doc must reach this to be among the first k of the segments done so far
    for place in sorted(range(len(snapshot.segments)), key=lambda n: -snapshot.segments[n].n_docs):
        segment, first = snapshot.segments[place], int(snapshot.first_docs[place])
        if words is None:
            matches = Evaluator(snapshot, segment, []).live(tree)
            found, gained = _best(matches.docs, matches.scores, k)
        else:
            lists = _lists(snapshot, place, words)
            found, gained = _best_of_lists(segment, lists, k, threshold)
        if len(found):
            docs.append(found.astype(np.int64) + first)
            scores.append(gained)
            if len(found) >= k:
                threshold = max(threshold, gained[k - 1])
    if not docs:
        return np.zeros(0, np.int64), np.zeros(0, np.float32)
    if len(docs) == 1:
        return docs[0], scores[0]
    all_docs, all_scores = np.concatenate(docs), np.concatenate(scores)
    order = np.lexsort((all_docs, -all_scores))[:k]
    return all_docs[order], all_scores[order]


def _words(tree: wq.Query) -> list[tuple[bytes, float]] | None:
    """The words and boosts of a query that wants any of some words in any text field; None for other queries."""
    if type(tree) is wq.Term and tree.fieldname == ALL_TEXT:
        return [(tree.text.encode(), tree.boost)]
    if type(tree) is wq.Or and not tree.minmatch and tree.boost == 1:
        parts = [_words(part) if type(part) is wq.Term else None for part in tree.subqueries]
        if all(part is not None for part in parts):
            return [word for part in parts if part is not None for word in part]
    return None


def _lists(snapshot: Snapshot, place: int, words: list[tuple[bytes, float]]) -> list[_List]:
    """The posting lists of the words in one of the segments, the shortest first."""
    segment = snapshot.segments[place]
    lists = []
    for term, boost in words:
        number = snapshot.numbers(term)[place]
        if number >= 0:
            posts = segment.postings(number)
            docs = segment.docs[posts]
            weight = snapshot.idf(term) * boost
            # no impact reaches 1, and a short list is not worth looking for its highest
            highest = int(segment.impacts[posts].max()) / SCALE if len(docs) > _LONG else 1.0
            lists.append(_List(posts, docs, weight, weight * highest))
    lists.sort(key=lambda one: len(one.docs))
    return lists


def _best_of_lists(
    segment: Segment, lists: list[_List], k: int, threshold: np.float32
) -> tuple[NDArray[np.uint32], NDArray[np.float32]]:
    """The `k` best docs of a segment and their scores; `threshold` is what a doc must reach to matter."""
    left_bound = sum(one.bound for one in lists)
    left_posts = sum(len(one.docs) for one in lists)
    if not left_posts or left_bound < threshold * _SLACK:
        return np.zeros(0, np.uint32), np.zeros(0, np.float32)
    scores = _zeros(segment.n_docs)
    has_deleted = len(segment.deleted) > 0
    if has_deleted:
        scores[segment.deleted] = -np.inf
    added: list[NDArray[np.intp]] = []
    enough: NDArray[np.intp] | None = None  # the docs of a short list that are enough to find a threshold
    for one in lists:
        if added and left_posts > _LONG:
            if enough is not None:
                threshold, enough = max(threshold, _kth_best(scores[enough], k)), None
            if left_bound < threshold * _SLACK:
                break
        docs = one.docs.astype(np.intp)  # numpy takes twice as long over indices of another type
        np.add.at(scores, docs, segment.gains(one.posts, one.weight))
        added.append(docs)
        left_bound -= one.bound
        left_posts -= len(docs)
        if len(docs) >= k and (enough is None or left_posts > _LONG):
            enough = docs
    if enough is not None:
        threshold = max(threshold, _kth_best(scores[enough], k))
    candidates = _at_least(scores, added, threshold * _SLACK - np.float32(max(left_bound, 0.0)))
    totals = scores[candidates]
    for docs in added:
        scores[docs] = 0
    if has_deleted:
        scores[segment.deleted] = 0
    for one in lists[len(added) :]:
        totals += _look_up(segment, one, candidates)
    return _best(candidates.astype(np.uint32), totals, k)


def _kth_best(values: NDArray[np.float32], k: int) -> np.float32:
    """The k-th highest of at least k values."""
    values = values.copy()
    values.partition(len(values) - k)
    kth: np.float32 = values[len(values) - k]
    return kth


def _at_least(scores: NDArray[np.float32], added: list[NDArray[np.intp]], least: np.float32) -> NDArray[np.intp]:
    """The docs of the lists added that score at least `least`, ascending."""
    least = max(least, _ABOVE_ZERO)
    touched = sum(map(len, added))
    if len(scores) <= _SCANNED or touched * _SPARSE > len(scores):
        return (scores >= least).nonzero()[0]
    docs = np.sort(np.concatenate([docs[scores[docs] >= least] for docs in added]))
    first: NDArray[np.bool_] = np.ones(len(docs), bool)
    np.not_equal(docs[1:], docs[:-1], out=first[1:])
    return docs[first]


def _look_up(segment: Segment, one: _List, docs: NDArray[np.intp]) -> NDArray[np.float32]:
    """What a word adds to the scores of ascending docs."""
    wanted = docs.astype(np.uint32)
    places = one.docs.searchsorted(wanted)
    np.minimum(places, len(one.docs) - 1, out=places)
    gained = segment.gains(one.posts.start + places, one.weight)
    gained[one.docs[places] != wanted] = 0
    return gained


def _best(
    docs: NDArray[np.uint32], scores: NDArray[np.float32], k: int
) -> tuple[NDArray[np.uint32], NDArray[np.float32]]:
    """The `k` best of ascending docs, best first, the lower doc first among equals."""
    if len(docs) > 4 * k > 0:
        least = _kth_best(scores, k)
        better, equal = (scores > least).nonzero()[0], (scores == least).nonzero()[0]
        keep = np.concatenate([better, equal[: k - len(better)]])
        keep.sort()
        docs, scores = docs[keep], scores[keep]
    order = (-scores).argsort(kind="stable")[:k]
    return docs[order], scores[order]


def _zeros(size: int) -> NDArray[np.float32]:
    """A scratch array of zeros that belongs to this thread; whoever uses it leaves zeros behind."""
    array: NDArray[np.float32] | None = getattr(_scratch, "array", None)
    if array is None or len(array) < size:
        array = _scratch.array = np.zeros(max(size, 1 << 16), np.float32)
    return array[:size]
