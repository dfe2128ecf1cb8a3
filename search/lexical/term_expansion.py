"""The terms of a segment that a prefix, wildcard, fuzzy term, regular expression or range of terms stands for."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein
from rapidfuzz.process import cdist
from whoosh import query as wq

from indexer.segment.inverter import TEXT_FIELDS
from indexer.segment.segment import Segment

MAX_EXPANSION = 20_000  # terms that one wildcard, fuzzy term or range may stand for in a segment
_SHORT = (
    256  # postings; stretches of so few are read all at once, since numpy takes as long over each as over some hundred
)


def expand(segment: Segment, query: wq.MultiTerm) -> NDArray[np.int64]:
    """The numbers of the segment's terms that a multi-term query stands for, ascending."""
    if isinstance(query, wq.Prefix):
        return np.arange(*segment.term_range(query.text.encode()))
    if isinstance(query, wq.FuzzyTerm):
        first, last = segment.term_range(query.text[: query.prefixlength].encode())
        candidates = segment.vocabulary[first:last]
        if not candidates:
            return np.zeros(0, np.int64)
        distances = cdist([query.text], candidates, scorer=Levenshtein.distance, score_cutoff=query.maxdist)[0]
        return first + np.flatnonzero(distances <= query.maxdist)
    if isinstance(query, wq.TermRange):
        return np.arange(*_bounds(segment, query))
    pattern = re.compile(query._get_pattern())
    first, last = segment.term_range(_literal_start(query).encode())
    names = segment.vocabulary[first:last]
    return np.array([n for n, found in enumerate(map(pattern.match, names), first) if found], np.int64)


def work(segment: Segment, query: wq.MultiTerm) -> int:
    """How many terms `expand` compares with the query one by one."""
    if isinstance(query, (wq.Prefix, wq.TermRange)):
        return 0
    start = query.text[: query.prefixlength] if isinstance(query, wq.FuzzyTerm) else _literal_start(query)
    first, last = segment.term_range(start.encode())
    return last - first


def _bounds(segment: Segment, query: wq.TermRange) -> tuple[int, int]:
    """The numbers, first and one past the last, of the terms in a range of terms."""
    first, last = 0, segment.n_terms
    if query.start is not None:
        first = segment.first_term_from(query.start.encode() + (b"\0" if query.startexcl else b""))
    if query.end is not None:
        last = segment.first_term_from(query.end.encode() + (b"" if query.endexcl else b"\0"))
    return first, max(first, last)


def _literal_start(query: wq.PatternQuery) -> str:
    """What every match of a wildcard starts with."""
    found = re.match(r"[^*?\[]*", query.text)
    return found.group() if found and isinstance(query, wq.Wildcard) else ""


def in_range(word: str, query: wq.TermRange) -> bool:
    """Whether a word lies in a range of words."""
    above = query.start is None or (word > query.start if query.startexcl else word >= query.start)
    return above and (query.end is None or (word < query.end if query.endexcl else word <= query.end))


def docs_of(segment: Segment, numbers: NDArray[np.int64], field: str | None) -> NDArray[np.bool_]:
    """(max_doc,) whether a doc has any of the terms with these ascending numbers, in the field named or in any."""
    found = np.zeros(segment.max_doc, bool)
    if not len(numbers):
        return found
    if field is None and len(numbers) == numbers[-1] - numbers[0] + 1:  # of all prefixes
        found[segment.docs[segment.post_start[numbers[0]] : segment.post_start[numbers[-1] + 1]].astype(np.intp)] = True
        return found
    edges = np.flatnonzero(np.diff(numbers) > 1)
    firsts = numbers[np.concatenate([[0], edges + 1])]
    lasts = numbers[np.concatenate([edges, [len(numbers) - 1]])]
    starts, stops = segment.post_start[firsts].astype(np.int64), segment.post_start[lasts + 1].astype(np.int64)
    short = stops - starts <= _SHORT
    stretches: list[slice | NDArray[np.int64]] = [
        slice(a, b) for a, b in zip(starts[~short], stops[~short], strict=True)
    ]
    if short.any():
        stretches.append(_all_between(starts[short], stops[short]))
    for at in stretches:
        docs = segment.docs[at]
        if field is not None:
            docs = docs[segment.tf[TEXT_FIELDS.index(field), at] > 0]
        found[docs.astype(np.intp)] = True  # numpy takes twice as long over indices of another type
    return found


def _all_between(starts: NDArray[np.int64], stops: NDArray[np.int64]) -> NDArray[np.int64]:
    """All numbers from the first of `starts` up to the first of `stops`, from the second up to the second, and so
    on."""
    counts = stops - starts
    ends = counts.cumsum()
    numbers: NDArray[np.int64] = np.arange(ends[-1])
    numbers += (stops - ends).repeat(counts)
    return numbers
