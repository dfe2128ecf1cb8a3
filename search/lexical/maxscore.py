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

from indexer.schema import ALL_TEXT
from indexer.segment.impacts import SCALE
from indexer.segment.segment import Segment
from search.lexical.evaluator import Evaluator
from search.query.tree import MultiTerm, Node, Or, Term
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


class WeightedList(NamedTuple):
    """The postings of one query word in one segment."""

    postings: PostingList
    weight: float  # idf times boost
    bound: float  # no doc gets more than this from the word


def top_docs(
    snapshot: Snapshot, tree: Node, k: int, lists: Sequence[list[WeightedList]] | None = None
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """The docs of the `k` best BM25F scores for a tree, best first, equal scores in ascending order of doc, and the
    scores. `lists` has the `weighted_lists` of its words in every segment, where they are known. Raises what
    `search.lexical.evaluator.Evaluator.evaluate` raises."""
    if lists is None and (words := plain_words(tree)) is not None:
        lists = [weighted_lists(snapshot, place, words) for place in range(len(snapshot.segments))]
    docs, scores = [], []
    threshold = np.float32(0)  # a doc must reach this to be among the first k of the segments done so far
    for place in sorted(range(len(snapshot.segments)), key=lambda n: -snapshot.segments[n].max_doc):
        segment, first = snapshot.segments[place], int(snapshot.first_docs[place])
        if lists is None:
            best_docs, best_scores = _best_evaluated(snapshot, segment, tree, k)
        else:
            best_docs, best_scores = _best_of_lists(segment, lists[place], k, threshold)
        if len(best_docs):
            docs.append(best_docs.astype(np.int64) + first)
            scores.append(best_scores)
            if len(best_docs) >= k:
                threshold = max(threshold, best_scores[k - 1])
    if not docs:
        return np.zeros(0, np.int64), np.zeros(0, np.float32)
    if len(docs) == 1:
        return docs[0], scores[0]
    all_docs, all_scores = np.concatenate(docs), np.concatenate(scores)
    order = np.lexsort((all_docs, -all_scores))[:k]
    return all_docs[order], all_scores[order]


def plain_words(tree: Node) -> list[tuple[tuple[str, ...], float]] | None:
    """The terms of the words, and their boosts, of a query that asks for any of some words in any text field; None for
    other queries."""
    if isinstance(tree, Or) and tree.boost == 1:
        terms = tree.parts
    elif isinstance(tree, Term):
        terms = (tree,)
    else:
        return None
    words = [(term.texts, term.boost) for term in terms if isinstance(term, Term) and term.field == ALL_TEXT]
    return words if len(words) == len(terms) else None


def weighted_lists(
    snapshot: Snapshot, place: int, words: Sequence[tuple[tuple[str, ...], float]]
) -> list[WeightedList]:
    """The posting lists of the words in one of the segments, the shortest first."""
    lists = []
    for terms, boost in words:
        for word, idf in snapshot.words(terms):
            postings = word.lists[place]
            if postings is not None:
                weight = idf * boost
                # no impact reaches 1, and a short list is not worth looking for its highest
                highest = postings.highest if len(postings.docs) > _SHORT else 1.0
                lists.append(WeightedList(postings, weight, weight * highest))
    if len(lists) > 1:
        lists.sort(key=_length)
    return lists


def _length(weighted: WeightedList) -> int:
    return len(weighted.postings.docs)


def _best_evaluated(
    snapshot: Snapshot, segment: Segment, tree: Node, k: int
) -> tuple[NDArray[np.uint32], NDArray[np.float32]]:
    """The `k` best docs of a segment and their scores for any tree, by scoring every doc that matches."""
    matches = Evaluator(snapshot, segment, []).live(tree)
    if isinstance(tree, MultiTerm):  # all score the same
        return matches.docs[:k], matches.scores[:k]
    return _best(matches.docs, matches.scores, k)


def _best_of_lists(
    segment: Segment, lists: list[WeightedList], k: int, threshold: np.float32
) -> tuple[NDArray[np.uint32], NDArray[np.float32]]:
    """The `k` best docs of a segment and their scores; `threshold` is what a doc must reach to matter.

    With k = 2 and the lists of three words, "lander", "orbit" and "moon", which give at most .9, .5 and .2::

        doc                 0    1    2    3    4
        lander (at most .9)      .8        .7
        orbit  (at most .5) .4   .3
        moon   (at most .2) .1        .2   .1   .1

        after lander             .8        .7        the second best has .7, and what has no lander at most .5 + .2
        after orbit         .4   1.1       .7        the second best has .7, and what has neither at most .2: stop
        candidates               1.1       .7        reach .7 - .2 already; doc 0 cannot get to .7 any more
        moon, looked up          1.1       .8        only for these two, whatever the length of its list
    """
    bound = sum([weighted.bound for weighted in lists])
    if not bound or bound < threshold * _SLACK:
        return np.zeros(0, np.uint32), np.zeros(0, np.float32)
    if len(lists) == 1 and not len(segment.deleted):
        return _best_of_single_list(lists[0], k)
    scores = _zeros(segment.max_doc)
    has_deleted = len(segment.deleted) > 0
    if has_deleted:
        scores[segment.deleted] = -np.inf
    lists_left, touched, bound, threshold = _add_lists(scores, lists, bound, k, threshold)
    candidates = _at_least(scores, touched, threshold * _SLACK - np.float32(bound))
    totals = scores.take(candidates)
    _clear(scores, touched)
    if has_deleted:
        scores[segment.deleted] = 0
    return _completed(candidates.astype(np.uint32), totals, lists_left, bound, k, threshold)


def _add_lists(
    scores: NDArray[np.float32], lists: list[WeightedList], bound: float, k: int, threshold: np.float32
) -> tuple[list[WeightedList], list[NDArray[np.intp]], float, np.float32]:
    """Adds lists, the shortest first, to the scores of all docs until those left, which give a doc at most `bound`
    together, cannot lift one into the best `k` that is in none so far.

    Gives the lists left, the docs of those added, the bound of those left and the threshold, which `k` docs reach.
    """
    touched: list[NDArray[np.intp]] = []
    n_added, postings_left = 0, sum([len(weighted.postings.docs) for weighted in lists])
    sample: NDArray[np.intp] | None = None  # the docs of the shortest list that are enough to find a threshold
    while n_added < len(lists):
        if postings_left > _LONG and sample is not None:
            threshold = max(threshold, reached_by(scores if _are_many(touched, scores) else scores.take(sample), k))
            if bound < threshold * _SLACK:
                break
        batch = _next_batch(lists[n_added:])
        docs, gains = _concatenated(batch)
        np.add.at(scores, docs, gains)
        touched.append(docs)
        n_added += len(batch)
        postings_left -= len(docs)
        bound -= sum([weighted.bound for weighted in batch])
        if sample is None:
            sample = _first_of(batch, docs, k)
    if sample is not None:
        threshold = max(threshold, reached_by(scores.take(sample), k))
    return lists[n_added:], touched, max(bound, 0.0), threshold


def _completed(
    docs: NDArray[np.uint32],
    totals: NDArray[np.float32],
    lists_left: list[WeightedList],
    bound: float,
    k: int,
    threshold: np.float32,
) -> tuple[NDArray[np.uint32], NDArray[np.float32]]:
    """The `k` best of ascending candidates and their scores, which lack what the lists left give, at most `bound`."""
    for weighted in lists_left:
        if len(docs) > max(4 * k, _SORTED):
            threshold = max(threshold, reached_by(totals, k))
            keep = (totals >= threshold * _SLACK - np.float32(max(bound, 0.0))).nonzero()[0]
            docs, totals = docs[keep], totals[keep]
        look_up(weighted, docs, totals)
        bound -= weighted.bound
    return _best(docs, totals, k)


def _next_batch(lists: list[WeightedList]) -> list[WeightedList]:
    """The lists to add next: several if they are short, since numpy takes as long over each as over some thousand
    postings."""
    postings = 0
    for number, weighted in enumerate(lists):
        postings += len(weighted.postings.docs)
        if number and postings > _LONG:
            return lists[:number]
    return lists


def _concatenated(lists: list[WeightedList]) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """The docs of some lists one after the other, and what each posting gives: of one with the docs 2 and 7 and one
    with 0, 2 and 5, which give .9 .8 and .3 .4 .1, these are 2 7 0 2 5 and .9 .8 .3 .4 .1."""
    if len(lists) == 1:
        # numpy takes twice as long over indices of another type than intp
        return lists[0].postings.docs.astype(np.intp), lists[0].postings.gains(lists[0].weight)
    docs = np.concatenate([weighted.postings.docs for weighted in lists], dtype=np.intp)
    gains = np.concatenate([weighted.postings.impacts for weighted in lists], dtype=np.float32)
    weights = np.array([weighted.weight / SCALE for weighted in lists], np.float32)
    gains *= weights.repeat([len(weighted.postings.docs) for weighted in lists])
    return docs, gains


def _first_of(lists: list[WeightedList], docs: NDArray[np.intp], k: int) -> NDArray[np.intp] | None:
    """Of the docs of some lists, those of the first list that has `k` or more."""
    start = 0
    for weighted in lists:
        if len(weighted.postings.docs) >= k:
            return docs[start : start + len(weighted.postings.docs)]
        start += len(weighted.postings.docs)
    return None


def _best_of_single_list(weighted: WeightedList, k: int) -> tuple[NDArray[np.uint32], NDArray[np.float32]]:
    """The `k` best docs of a single list and their scores."""
    impacts = weighted.postings.impacts
    if len(impacts) <= 4 * k:
        return _best(weighted.postings.docs, weighted.postings.gains(weighted.weight), k)
    places = (impacts >= reached_by(impacts, k)).nonzero()[0]
    return _best(weighted.postings.docs[places], weighted.postings.gains_at(places, weighted.weight), k)


def _at_least(scores: NDArray[np.float32], touched: list[NDArray[np.intp]], least: np.float32) -> NDArray[np.intp]:
    """The docs touched that score at least `least`, ascending."""
    least = max(least, _ABOVE_ZERO)
    if len(scores) <= _SCANNED or _are_many(touched, scores):
        return (scores >= least).nonzero()[0]
    docs = np.sort(np.concatenate([docs[scores[docs] >= least] for docs in touched]))
    first: NDArray[np.bool_] = np.ones(len(docs), bool)
    np.not_equal(docs[1:], docs[:-1], out=first[1:])
    return docs[first]


def _are_many(touched: list[NDArray[np.intp]], scores: NDArray[np.float32]) -> bool:
    """Whether so many scores were touched that going through all of them is quicker."""
    return sum(map(len, touched)) * _SPARSE > len(scores)


def _clear(scores: NDArray[np.float32], touched: list[NDArray[np.intp]]) -> None:
    """Sets the scores of the docs touched to 0."""
    if _are_many(touched, scores):
        scores.fill(0)
    else:
        for docs in touched:
            scores[docs] = 0


def look_up(weighted: WeightedList, docs: NDArray[np.uint32], totals: NDArray[np.float32]) -> None:
    """Adds what a word gives to the scores of ascending docs."""
    places, there = weighted.postings.find(docs)
    gains = weighted.postings.gains_at(places, weighted.weight)
    gains *= there
    totals += gains


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
