"""Slips by their shape: which differences between two words are how people misspell, and which tell words apart.

An article that says "johnsen" or "stalking" means it, however common "johnson" and "talking" are beside it. One that
says "expirience" or "deisgn" does not.
"""

from __future__ import annotations

import math
import re

from rapidfuzz.distance import Postfix, Prefix

_DOUBLED = re.compile(r"(.)\1")
_VOWELS = frozenset("aeiouyаеиоуыэюяіїєαειηουω")
_SHORTEST_SWAP = 6  # letters of a word in which two neighbours were swapped; shorter ones are other words ("trail")
_SHORTEST_ONE = 6  # ... in which a letter is one too many, too few or another vowel, counted in the longer word ...
_LONG = 8  # ... which says more in a word of this length ...
_BEFORE = 2  # letters that are right before it, one where the word is long, ...
_BEHIND = 2  # ... and behind it, likewise: endings make other forms of a word, and other words
SHORTEST_ASKED = 5  # ... in which one letter is wrong in another way
LEAST_ASKED = 20.0  # see `asked_from`
_SHORT, _ANY = 30.0, 300.0
_FEW_LETTERS = range(4, 6)  # of a word in which a slip is forgiven, and not two


def differ_in_doubling(one: str, other: str) -> bool:
    """Whether two words are one but for letters that are written once or twice: one doubt, however many they are."""
    return _DOUBLED.sub(r"\1", one) == _DOUBLED.sub(r"\1", other)


def doubled_twice(word: str) -> list[str]:
    """The words that a short one is with two of its letters doubled: "address" among those of "adres"."""
    if len(word) not in _FEW_LETTERS:
        return []
    return [word[: a + 1] + word[a : b + 1] + word[b:] for a in range(len(word)) for b in range(a + 1, len(word))]


def asked_from(typed: str, meant: str) -> float:
    """How many times as common as a word that articles have another must be, one slip or two from it, both folded, to
    ask whether it was meant: the less the difference is one of how people misspell, the more often. Infinite where it
    is no slip: in the first letter, or in a short word."""
    longer = max(len(typed), len(meant))
    before = Prefix.similarity(typed, meant)
    behind = Postfix.similarity(typed[before:], meant[before:])
    wrong, right = typed[before : len(typed) - behind], meant[before : len(meant) - behind]
    if not before:
        return math.inf
    if differ_in_doubling(typed, meant):
        return LEAST_ASKED if longer >= _SHORTEST_SWAP and (behind or len(typed) < len(meant)) else math.inf
    if len(wrong) == len(right) == 2 and wrong == right[::-1]:
        return LEAST_ASKED if longer >= _SHORTEST_SWAP else math.inf
    if len(wrong) > 1 or len(right) > 1 or longer < SHORTEST_ASKED:
        return math.inf
    is_long = longer >= _LONG
    if longer < _SHORTEST_ONE or before < _BEFORE - is_long or behind < _BEHIND - is_long:
        return _ANY
    is_typical = len(wrong) + len(right) == 1 or {wrong, right} <= _VOWELS
    return _ANY if not is_typical else LEAST_ASKED if is_long else _SHORT
