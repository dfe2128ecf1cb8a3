"""Which words a prefix, wildcard, fuzzy word or range of words stands for.

Words are compared as they are written, in lower case and without accents, and index terms, too: "landing" begins with
``landi``, which its stem does not, and the stem of "happy" with ``happi``.
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from rapidfuzz.distance import Levenshtein

from indexer.text.words import folded
from search.query.tree import Fuzzy, MultiTerm, Prefix, TermRange, Wildcard

WordTest = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class _Fit:
    """What fits a kind of multi-term node."""

    start: Callable[[Any], str]  # what every word that fits begins with
    test: Callable[[Any], WordTest]


def word_test(node: MultiTerm) -> WordTest:
    """Whether a word, in lower case and without accents, is one that a multi-term node stands for."""
    return FITS[type(node)].test(node)


def term_test(node: MultiTerm) -> WordTest:
    """Whether an index term is one that a multi-term node stands for."""
    return word_test(of_terms(node))


def literal_start(node: MultiTerm) -> str:
    """What every word begins with that a node stands for; empty where they have nothing in common."""
    return FITS[type(node)].start(node)


def of_terms(node: MultiTerm) -> MultiTerm:
    """A node that stands for the words that are the terms for which this one does."""
    if isinstance(node, Fuzzy) and node.stem:
        return Fuzzy(node.field, node.stem, node.max_edits, node.prefix_length)
    return node


def _prefix_test(node: Prefix) -> WordTest:
    start = folded(node.text)
    return lambda word: word.startswith(start)


def _wildcard_test(node: Wildcard) -> WordTest:
    fit = re.compile(fnmatch.translate(node.text)).match
    return lambda word: fit(word) is not None


def _fuzzy_test(node: Fuzzy) -> WordTest:
    start = node.text[: node.prefix_length]
    return lambda word: (
        word[: node.prefix_length] == start
        and Levenshtein.distance(word, node.text, score_cutoff=node.max_edits) <= node.max_edits
    )


def _range_test(node: TermRange) -> WordTest:
    def lies_between(word: str) -> bool:
        above = node.start is None or (word > node.start if node.start_excluded else word >= node.start)
        return above and (node.end is None or (word < node.end if node.end_excluded else word <= node.end))

    return lies_between


FITS: dict[type[MultiTerm], _Fit] = {
    Prefix: _Fit(lambda node: node.text, _prefix_test),
    Wildcard: _Fit(lambda node: re.split(r"[*?\[]", node.text, maxsplit=1)[0], _wildcard_test),
    Fuzzy: _Fit(lambda node: node.text[: node.prefix_length], _fuzzy_test),
    TermRange: _Fit(lambda node: "", _range_test),
}
