"""The cut-off: which of the articles that have something of a query are found by it.

Of the articles that have any word of "working from home", nearly all only have "working", as nearly all articles do:
they are a tail that means nothing. An article is found by plain words if one of these holds:

- it has words of the query that carry `LEAST_COVERED` of the query's weight, a word's weight being its idf,
- it has a word of it and stands out in a vector space: `STANDS_OUT` deviations nearer than the articles of the archive
  usually are to this query,
- it has none, and is near: so much nearer than usual, and by so much of what the nearest article is.

What is usual is measured for each query on articles spread over the archive, so that the bound is that of the archive
and of the space, whose cosines may lie anywhere. None of this knows of filters, pages or orders: they choose among what
is found. Judged queries have the same nDCG@10 with it as without (docs/ranking.md).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from indexer.text.analyzer import other_readings
from indexer.text.markers import ACCENTED, COMMON, SPELLED, is_word
from indexer.text.words import word_forms
from search.query.parser import ParsedQuery
from search.query.tree import And, Node, Phrase, children
from search.ranking.found import marked
from search.reader.bm25 import idf
from search.reader.index import Docs, Index, Mask, Matches

LEAST_SAMPLE = 50  # articles; how far fewer lie apart says little of what is usual
LEAST_COVERED = 0.2  # share of a query's weight that an article must have the words for
LEAST_COVERED_ALONE = 0.1  # where there is no vector space to vouch for others
STANDS_OUT = 2.0  # deviations above the usual cosine
LEAST_SIMILARITY = 0.25  # below this cosine nothing is found by its vector alone ...
LEAST_SHARE = 0.5  # ... nor below this share of the way from the usual cosine to the best
LEAST_DEVIATIONS = 3.0  # ... nor less than so many deviations above the usual one
SLACK = 1 - 1e-4  # five words of the same weight have a fifth of it each, whatever float arithmetic makes of it


def enough_words(
    index: Index, query: ParsedQuery, terms: Mapping[str, float], matches: Matches, hidden: Docs, least_share: float
) -> Mask:
    """(max_doc,) the live docs that have enough of a query's words, all that have any where none has enough. `terms`
    are those of its tree, and `matches` what that matches in the whole archive; `hidden` docs have nothing;
    `least_share` is how much of the query's weight is enough."""
    words = _weighted(index, query, terms)
    if not words:
        return np.zeros(index.max_doc, bool)
    possible = None
    if _has_several(query.tree):  # of which a doc may have some only
        possible = marked(index, matches.all()[0])
    total = sum(weight for _, weight in words)
    for least in (least_share * total * SLACK, min(weight for _, weight in words)):
        covered = index.covering(words, least)
        covered[hidden] = False
        if possible is not None:
            covered &= possible
        if covered.any():
            break
    return covered


def _has_several(node: Node) -> bool:
    """Whether a tree has words that must all be there."""
    return isinstance(node, (Phrase, And)) or any(map(_has_several, children(node)))


def _weighted(index: Index, query: ParsedQuery, terms: Mapping[str, float]) -> list[tuple[tuple[str, ...], float]]:
    """The words that the archive has, each with all its terms (in several languages it may have several), those that
    stand for it, and its weight."""
    languages, left, words = index.languages(), dict(terms), []
    beside = _standing_for(index, query)
    for form in dict.fromkeys(word_forms(query.text)):
        of_form = [term for term in (COMMON + form, *other_readings(form, languages)) if term in left]
        if of_form:
            words.append((of_form, [instead for term in of_form for instead in beside.get(term, ())]))
            for term in of_form:
                left.pop(term, None)
    others = {term for expansion in query.expansions for term in expansion.terms}
    # an accent is a wish among articles that have the word, and no word of its own
    words += [([term], beside.get(term, [])) for term in left if term not in others and not term.startswith(ACCENTED)]
    for same in query.one_word:
        parts = [word for word in words if not set(word[0]).isdisjoint(same)]
        if parts:
            joined = list(dict.fromkeys(chain.from_iterable(typed for typed, _ in parts)))
            words = [word for word in words if word not in parts]
            words.append((joined, list(chain.from_iterable(instead for _, instead in parts))))
    weighted = []
    for typed, instead in words:  # what stands for a word counts as much as the word
        spelled = [SPELLED + term for term in typed if is_word(term)] if not typed[0].startswith(COMMON) else []
        df = max(map(index.doc_freq, [*typed, *spelled])) or max(map(index.doc_freq, instead), default=0)
        if df:
            weighted.append((tuple(dict.fromkeys([*typed, *spelled, *instead])), idf(index.num_docs, df)))
    return weighted


def _standing_for(index: Index, query: ParsedQuery) -> dict[str, list[str]]:
    """By the terms of a query those that it looks for in their place: of several in a row the rarest, which shows best
    whether they are there. Where one stands for several words, an article that has it has them all."""
    beside: dict[str, list[str]] = {}
    for expansion in query.expansions:
        if expansion.terms:
            rarest = min(expansion.terms, key=index.doc_freq)
            for term in expansion.beside:
                beside.setdefault(term, []).append(rarest)
    return beside


@dataclass(frozen=True, slots=True)
class Usual:
    """The cosines of an archive's articles with a query, as they usually are in a space: their median, and how far
    those below it lie from it (articles about the query are above, and do not count)."""

    middle: float
    deviation: float
    lowest: float  # 0 or below

    @classmethod
    def of(cls, cosines: NDArray[np.float32]) -> Usual:
        """From the cosines of some articles, spread over the archive."""
        if not len(cosines):
            return NOT_KNOWN
        middle = _median(cosines)
        below = cosines[cosines <= middle]
        spread = float(np.sqrt(np.square(below - middle).mean())) if len(cosines) >= LEAST_SAMPLE else 0.0
        return cls(middle, spread, min(0.0, float(below.min())))

    def near(self, best: float) -> float:
        """The cosine from which on an article is found without any word of the query; `best` is the highest."""
        share = self.middle + LEAST_SHARE * (best - self.middle)
        return max(LEAST_SIMILARITY, share, self.middle + LEAST_DEVIATIONS * self.deviation)

    def standing_out(self) -> float:
        """The cosine from which on an article is found with any word of the query."""
        return self.middle + STANDS_OUT * self.deviation


NOT_KNOWN = Usual(0.0, 0.0, 0.0)


def _median(values: NDArray[np.float32]) -> float:
    """What `numpy.median` gives, which for a thousand values takes as long as all else that `Usual.of` does."""
    half = len(values) // 2
    if len(values) % 2:
        return float(np.partition(values, half)[half])
    low, high = np.partition(values, (half - 1, half))[half - 1 : half + 1]
    return float((low + high) / 2)
