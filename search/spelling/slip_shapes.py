"""Slips by their shape: which differences between two words are how people misspell, and which tell words apart.

An article that says "johnsen" or "stalking" means it, however common "johnson" and "talking" are beside it. One that
says "expirience" or "deisgn" does not.
"""

from __future__ import annotations

import re

from rapidfuzz.distance import Postfix, Prefix

_DOUBLED = re.compile(r"(.)\1")
_VOWELS = frozenset("aeiouyаеиоуыэюяіїєαειηουω")
_SHORTEST_SWAP = 6  # letters of a word in which two neighbours were swapped; shorter ones are other words ("trail")
_SHORTEST_ONE = 8  # ... in which a letter is one too many, too few or another vowel, counted in the longer word ...
_BEFORE = 2  # letters that are right before it ...
_BEHIND = 2  # ... and behind it: endings make other forms of a word, and other words


def differ_in_doubling(one: str, other: str) -> bool:
    """Whether two words are one but for letters that are written once or twice: one doubt, however many they are."""
    return _DOUBLED.sub(r"\1", one) == _DOUBLED.sub(r"\1", other)


def is_typical(typed: str, meant: str) -> bool:
    """Whether the difference between two folded words, a slip or two, is one of how people misspell a long word."""
    longer = max(len(typed), len(meant))
    before = Prefix.similarity(typed, meant)
    behind = Postfix.similarity(typed[before:], meant[before:])
    wrong, right = typed[before : len(typed) - behind], meant[before : len(meant) - behind]
    if not before:
        return False
    if differ_in_doubling(typed, meant):
        return longer >= _SHORTEST_SWAP and behind > 0
    if len(wrong) == len(right) == 2 and wrong == right[::-1]:
        return longer >= _SHORTEST_SWAP
    if longer < _SHORTEST_ONE or before < _BEFORE or behind < _BEHIND:
        return False
    return len(wrong) + len(right) == 1 or (len(wrong) == len(right) == 1 and {wrong, right} <= _VOWELS)
