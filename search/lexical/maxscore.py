"""The best docs for a handful of words, without scoring all the others.

Any tree can be evaluated by `search.lexical.evaluator`, which scores every doc that matches. Most queries are plain
words and want ten docs, and for those the bound of H. Turtle and J. Flood ("Query Evaluation: Strategies and
Optimizations", 1995, MaxScore) is used a whole posting list at a time: lists are added from the rarest on, and as soon
as the lists left cannot lift a doc that has none of the words so far into the first k, they are only looked up for the
docs that are still in question.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from whoosh import query as wq

from indexer.segment.impacts import SCALE
from indexer.segment.segment import Segment
from search.lexical.evaluator import ALL_TEXT, Evaluator
from search.reader.bm25 import reached_by
from search.reader.postings import PostingList
from search.reader.snapshot import Snapshot

_ABOVE_ZERO = np.finfo(np.float32).tiny
_SLACK = np.float32(1 - 1e-5)  # float32 sums depend on their order; a bound must not cut a doc for its last digit
_LONG = 8192  # postings; adding fewer is quicker than finding out whether they are needed
_SCANNED = 1 << 16  # a segment of up to this many docs is scanned for the best rather than the docs touched
_SPARSE = 16  # ... and so is one that has less than this many docs per doc touched
_SHORT = 2048  # postings
_SORTED = 256  # up to so many scores are sorted rather than searched for the best

_scratch = threading.local()


class Weighted(NamedTuple):
    """The postings of one query word in one segment."""

    postings: PostingList
    weight: float  # idf times boost
    bound: float  # no doc gets more than this from the word


def top_docs(snapshot: Snapshot, tree: wq.Query, k: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """The docs of the `k` best BM25F scores for a tree, best first, equal scores in ascending order of doc, and the
    scores. Raises what `search.lexical.evaluator.Evaluator.evaluate` raises."""
    words = plain_words(tree)
    docs, scores = [], []
    threshold = np.float32(0)  # a doc must reach this to be among the first k of the segments done so far
    for place in sorted(range(len(snapshot.segments)), key=lambda n: -snapshot.segments[n].max_doc):
        segment, first = snapshot.segments[place], int(snapshot.first_docs[place])
        if words is None:
            matches = Evaluator(snapshot, segment, []).live(tree)
            if isinstance(tree, wq.MultiTerm):  # all score the same
                found, gained = matches.docs[:k], matches.scores[:k]
            else:
                found, gained = _best(matches.docs, matches.scores, k)
        else:
            lists = weighted_lists(snapshot, place, words)
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


def plain_words(tree: wq.Query) -> list[tuple[bytes, float]] | None:
    """The words and boosts of a query that wants any of some words in any text field; None for other queries."""
    if type(tree) is wq.Term and tree.fieldname == ALL_TEXT:
        return [(tree.text.encode(), tree.boost)]
    if type(tree) is wq.Or and not tree.minmatch and tree.boost == 1:
        parts = [plain_words(part) if type(part) is wq.Term else None for part in tree.subqueries]
        if all(part is not None for part in parts):
            return [word for part in parts if part is not None for word in part]
    return None


def weighted_lists(snapshot: Snapshot, place: int, words: Sequence[tuple[bytes, float]]) -> list[Weighted]:
    """The posting lists of the words in one of the segments, the shortest first."""
    lists = []
    for term, boost in words:
        word = snapshot.word(term)
        postings = word.lists[place]
        if postings is not None:
            weight = word.idf * boost
            # no impact reaches 1, and a short list is not worth looking for its highest
            highest = postings.highest if len(postings.docs) > _SHORT else 1.0
            lists.append(Weighted(postings, weight, weight * highest))
    if len(lists) > 1:
        lists.sort(key=_length)
    return lists


def _length(one: Weighted) -> int:
    return len(one.postings.docs)


def _best_of_lists(
    segment: Segment, lists: list[Weighted], k: int, threshold: np.float32
) -> tuple[NDArray[np.uint32], NDArray[np.float32]]:
    """The `k` best docs of a segment and their scores; `threshold` is what a doc must reach to matter."""
    left_bound = sum([one.bound for one in lists])
    if not left_bound or left_bound < threshold * _SLACK:
        return np.zeros(0, np.uint32), np.zeros(0, np.float32)
    if len(lists) == 1 and not len(segment.deleted):
        return _best_of_one(lists[0], k)
    scores = _zeros(segment.max_doc)
    has_deleted = len(segment.deleted) > 0
    if has_deleted:
        scores[segment.deleted] = -np.inf
    left_posts = sum([len(one.postings.docs) for one in lists])
    added: list[NDArray[np.intp]] = []
    left = len(lists)
    telling: NDArray[np.intp] | None = None  # the docs of the shortest list that are enough to find a threshold
    while left:
        if left_posts > _LONG and telling is not None:
            threshold = max(threshold, reached_by(scores if _spread(scores, added) else scores.take(telling), k))
            if left_bound < threshold * _SLACK:
                break
        batch = _next_batch(lists[len(lists) - left :])
        docs, gains = _gathered(batch)
        np.add.at(scores, docs, gains)
        added.append(docs)
        left -= len(batch)
        left_posts -= len(docs)
        left_bound -= sum([one.bound for one in batch])
        if telling is None:
            telling = _first_of(batch, docs, k)
    if telling is not None:
        threshold = max(threshold, reached_by(scores.take(telling), k))
    left_bound = max(left_bound, 0.0)
    candidates = _at_least(scores, added, threshold * _SLACK - np.float32(left_bound))
    totals = scores.take(candidates)
    _clear(scores, added)
    if has_deleted:
        scores[segment.deleted] = 0
    docs32 = candidates.astype(np.uint32)
    for one in lists[len(lists) - left :]:
        if len(docs32) > max(4 * k, _SORTED):
            threshold = max(threshold, reached_by(totals, k))
            keep = (totals >= threshold * _SLACK - np.float32(max(left_bound, 0.0))).nonzero()[0]
            docs32, totals = docs32[keep], totals[keep]
        look_up(one, docs32, totals)
        left_bound -= one.bound
    return _best(docs32, totals, k)


def _next_batch(lists: list[Weighted]) -> list[Weighted]:
    """The lists to add next: several if they are short, since numpy takes as long over each as over some thousand
    postings."""
    postings = 0
    for number, one in enumerate(lists):
        postings += len(one.postings.docs)
        if number and postings > _LONG:
            return lists[:number]
    return lists


def _gathered(lists: list[Weighted]) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """The docs of some lists one after the other, and what each posting gives."""
    if len(lists) == 1:
        # numpy takes twice as long over indices of another type than intp
        return lists[0].postings.docs.astype(np.intp), lists[0].postings.gains(lists[0].weight)
    docs = np.concatenate([one.postings.docs for one in lists], dtype=np.intp)
    gains = np.concatenate([one.postings.impacts for one in lists], dtype=np.float32)
    weights = np.array([one.weight / SCALE for one in lists], np.float32)
    gains *= weights.repeat([len(one.postings.docs) for one in lists])
    return docs, gains


def _first_of(lists: list[Weighted], docs: NDArray[np.intp], k: int) -> NDArray[np.intp] | None:
    """Of the docs of some lists, those of the first list that has `k` or more."""
    start = 0
    for one in lists:
        if len(one.postings.docs) >= k:
            return docs[start : start + len(one.postings.docs)]
        start += len(one.postings.docs)
    return None


def _best_of_one(one: Weighted, k: int) -> tuple[NDArray[np.uint32], NDArray[np.float32]]:
    """The `k` best docs of a single list and their scores."""
    impacts = one.postings.impacts
    if len(impacts) <= 4 * k:
        return _best(one.postings.docs, one.postings.gains(one.weight), k)
    places = (impacts >= reached_by(impacts, k)).nonzero()[0]
    return _best(one.postings.docs[places], one.postings.gains_at(places, one.weight), k)


def _at_least(scores: NDArray[np.float32], added: list[NDArray[np.intp]], least: np.float32) -> NDArray[np.intp]:
    """The docs of the lists added that score at least `least`, ascending."""
    least = max(least, _ABOVE_ZERO)
    if len(scores) <= _SCANNED or _spread(scores, added):
        return (scores >= least).nonzero()[0]
    docs = np.sort(np.concatenate([docs[scores[docs] >= least] for docs in added]))
    first: NDArray[np.bool_] = np.ones(len(docs), bool)
    np.not_equal(docs[1:], docs[:-1], out=first[1:])
    return docs[first]


def _spread(scores: NDArray[np.float32], added: list[NDArray[np.intp]]) -> bool:
    """Whether the lists added touch so many scores that going through all of them is quicker."""
    return sum(map(len, added)) * _SPARSE > len(scores)


def _clear(scores: NDArray[np.float32], added: list[NDArray[np.intp]]) -> None:
    """Sets the scores of the docs of the lists added to 0."""
    if _spread(scores, added):
        scores.fill(0)
    else:
        for docs in added:
            scores[docs] = 0


def look_up(one: Weighted, docs: NDArray[np.uint32], totals: NDArray[np.float32]) -> None:
    """Adds what a word gives to the scores of ascending docs."""
    places, there = one.postings.find(docs)
    gained = one.postings.gains_at(places, one.weight)
    gained *= there
    totals += gained


def _best(
    docs: NDArray[np.uint32], scores: NDArray[np.float32], k: int
) -> tuple[NDArray[np.uint32], NDArray[np.float32]]:
    """The `k` best of ascending docs, best first, the lower doc first among equals."""
    if len(docs) > max(4 * k, _SORTED) and k > 0:
        keep = (scores >= reached_by(scores, k)).nonzero()[0]
        docs, scores = docs[keep], scores[keep]
        if len(docs) > max(4 * k, _SORTED):  # many are equal to the last
            least = np.partition(scores, len(scores) - k)[len(scores) - k]
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
