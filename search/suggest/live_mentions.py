"""The names that the live articles of one generation mention, and which of them are offered.

Not all that has capitals is a name. "Neil Armstrong" is one: articles write neither word otherwise. Of "White House"
they do, so the two have to have capitals mostly where they stand beside each other, which "press release" has not.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexer.text.beside_names import is_company_suffix, is_title
from search.query.parser import ParsedQuery
from search.query.tree import Or
from search.query.typed_words import is_common, phrases
from search.reader.index import Index, Mask
from search.results import IN_TEXTS, NameSuggestion
from search.spelling.near_keys import LIKELIEST
from search.suggest.capital_runs import JOINING, SMALL
from search.suggest.mentions import Mentions

LEAST, LEAST_UNSURE = 2, 3  # articles that mention a name, and one with words that are written small elsewhere
TELLING = 2 / 3  # share of a word's places where it has a capital, if it is written so because it names something
_CAPITALS = 0.5  # of the articles with the words of a name in a row those that have them with capitals, at least,
_UNTOLD_CAPITALS = 0.7  # and where none of them tells
_PART = 0.7  # of the articles with a name those that have it in one longer name, of which it is a part then
_MOST_REMEMBERED = 1000  # names, and which articles have them
_COMPARED = 60  # names that begin alike, those that most articles mention
_ABBREVIATION = re.compile(r"(?:\w\.)+ ")


@dataclass(frozen=True, slots=True)
class _Name:
    """A name that may be offered."""

    key: str
    written: str
    count: int  # live articles that were read and mention it
    seqs: Sequence[NDArray[np.int64]]  # the sequence numbers of all that do, in each part


class LiveMentions:
    """The names of the live articles of a generation. Immutable but for what it remembers, and safe to share between
    threads."""

    def __init__(self, index: Index, parts: Sequence[Mentions]) -> None:
        self._index = index
        self._parts = parts
        self._languages = index.languages()
        self._seqs = index.seqs()
        self._highest = max((part.highest for part in parts), default=0)
        live = self._seqs[index.live()]
        self._live, self._read = np.zeros((2, self._highest + 1), bool)  # by sequence number
        self._live[live[live <= self._highest]] = True
        for part in parts:
            self._read[part.read] = True
        self._having: dict[str, NDArray[np.int64]] = {}  # by key of a name
        self._telling: dict[str, bool] = {}  # by word of names

    def beginning_with(self, key: str, limit: int, allowed: Mask | None = None) -> list[NameSuggestion]:
        """The names of which some words begin with a text, first those that begin with it themselves, those of most
        articles first. With `allowed`, (max_doc,), those that some of these docs mention, counted in them."""
        names = [name for name in self._alike(key) if name.count >= LEAST]
        names.sort(key=lambda name: (not f"{name.key} ".startswith(key), -name.count, name.key))
        offered: dict[str, NameSuggestion] = {}
        for name in names:
            if len(offered) == limit:
                break
            if any(f" {name.key}".endswith(f" {other}") for other in offered):  # "Secretary of State George Shultz"
                continue
            if allowed is not None and not self._are_any(name.seqs, allowed):
                continue
            if not self._is_part(name, names) and self._is_name(name):
                docs = self._docs_having(name)
                count = len(docs) if allowed is None else int(allowed[docs].sum())
                if count and not any(np.array_equal(docs, self._having.get(other, ())) for other in offered):
                    offered[name.key] = NameSuggestion(IN_TEXTS, name.written, count)
        return list(offered.values())

    def near(self, words: Sequence[str], limit: int, allowed: Mask | None = None) -> list[NameSuggestion]:
        """The names that go on as some words do, of which the last may be a slip; `beginning_with` finds none."""
        near = {near for part in self._parts for near in part.near_keys.near(words[-1])[:LIKELIEST]} if words else set()
        found: dict[str, NameSuggestion] = {}
        for other in sorted(near, key=lambda near: (near.edits, near.key))[:LIKELIEST]:
            for name in self.beginning_with(" ".join([*words[:-1], other.key]), limit - len(found), allowed):
                found.setdefault(name.value, name)
        return list(found.values())[:limit]

    def _alike(self, key: str) -> list[_Name]:
        """The names of which some words begin with a text; of many those that most articles mention."""
        found: dict[str, tuple[Mentions, int]] = {}
        for part in self._parts:
            for number in part.beginning_with(key, _COMPARED):
                found.setdefault(part.keys[number], (part, number))
        names = []
        for of, (part, number) in found.items():
            seqs = [part.seqs(number)]
            for other in self._parts:
                if other is not part and (there := other.number_of(of)) is not None:
                    seqs.append(other.seqs(there))
            names.append(_Name(of, part.written[number], sum(int(self._live[some].sum()) for some in seqs), seqs))
        return names

    def _are_any(self, seqs: Sequence[NDArray[np.int64]], allowed: Mask) -> bool:
        """Whether any of some sequence numbers is that of one of the docs `allowed`, (max_doc,)."""
        for some in seqs:
            docs = np.searchsorted(self._seqs, some)
            docs = docs[docs < len(self._seqs)]
            if (allowed[docs] & (self._seqs[docs] == some[: len(docs)])).any():
                return True
        return False

    def _is_part(self, name: _Name, names: Sequence[_Name]) -> bool:
        """Whether a name is one that mostly stands in a longer one: "Exchange Commission"."""
        return any(
            other.count >= _PART * name.count and f" {name.key} " in f" {other.key} " and not self._are_two(other)
            for other in names
            if len(other.key) > len(name.key)
        )

    def _are_two(self, name: _Name) -> bool:
        """Whether a name is rather two with an "and" between them: "Reagan and Nakasone"."""
        sides: list[list[str]] = [[]]
        for word in name.key.split(" "):
            if word in JOINING:
                sides.append([])
            elif word not in SMALL:
                sides[-1].append(word)
        tell = [all(map(self._tells, side)) for side in sides]
        return len(sides) > 1 and (
            all(tell) or any(tells and len(side) > 1 for tells, side in zip(tell, sides, strict=True))
        )

    def _is_name(self, name: _Name) -> bool:
        words = name.key.split(" ")
        is_abbreviation_first = _ABBREVIATION.match(name.written) is not None
        ends = (
            words[-1:] if is_abbreviation_first else [words[0], words[-1]]
        )  # the T. of "T. Boone Pickens" says enough
        if self._are_two(name) or any(is_common(word, self._languages) for word in ends):
            return False
        telling = [self._tells(word) for word in words if len(word) > 1 and not word.isdigit() and word not in SMALL]
        if telling and all(telling):
            return True
        if name.count < LEAST_UNSURE or (is_abbreviation_first and len(telling) < 2):
            return False  # behind an abbreviation a sentence may begin
        seqs = self._seqs[self._docs_having(name)]
        having = int(self._read[seqs[seqs <= self._highest]].sum())
        return name.count >= (_CAPITALS if any(telling) else _UNTOLD_CAPITALS) * having

    def _tells(self, word: str) -> bool:
        """Whether articles have a word with a capital nearly always, because it names something."""
        known = self._telling.get(word)
        if known is None:
            known = len(word) > 1 and not (is_title(word) or is_company_suffix(word))
            if known:
                capital, small = np.sum([part.cases_of(word) for part in self._parts], axis=0).tolist()
                known = capital >= TELLING * (capital + small)
            self._telling[word] = known
        return known

    def _docs_having(self, name: _Name) -> NDArray[np.int64]:
        """The live docs that have the words of a name in a row, as a search for it finds them."""
        known = self._having.get(name.key)
        if known is None:
            nodes = phrases(name.written, self._languages)
            query = ParsedQuery("", nodes[0] if len(nodes) == 1 else Or(tuple(nodes)), False, ())
            known = self._index.match(query, None, []).all()[0]
            if len(self._having) >= _MOST_REMEMBERED:
                self._having = {}
            self._having[name.key] = known
        return known
