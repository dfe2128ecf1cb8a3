"""The names of an archive, found by how any of their words begins: authors, places, sections and tags.

::

    key                 value
    carpenter           author  Rose Carpenter   12 articles
    rose carpenter      author  Rose Carpenter   12 articles

Counting them takes a look at every article, a second for some hundred thousand. So those of a large archive are counted
in the background: until they are, those of the generation before are offered, or none.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial

import numpy as np
from numpy.typing import NDArray

from search.reader.forms import Vocabulary
from search.reader.index import Index
from search.reader.packed_texts import PackedTexts
from search.results import NameSuggestion
from search.spelling.near_keys import LIKELIEST, NearKeys
from search.suggest.background import Background
from search.suggest.letter_runs import is_letter
from search.suggest.name_keys import beginnings, name_key

FIELDS = ("author", "place", "section", "tag")
AT_ONCE = 10_000  # articles of an archive whose names are counted while somebody waits
_MOST_COMPARED = 5_000  # names that begin alike

Counts = Mapping[str, Mapping[str, int]]
"""By field how many articles have each name."""


@dataclass(frozen=True, slots=True)
class _Name:
    """A name, and the words by which it is told from others."""

    key: str
    suggestion: NameSuggestion


class ArchiveNames:
    """The names of one generation. Immutable, and safe to share between threads."""

    def __init__(self, names: list[NameSuggestion]) -> None:
        """From names in any order."""
        keyed = [_Name(name_key(name.value), name) for name in names]
        self._names = sorted((name for name in keyed if name.key), key=lambda name: (-name.suggestion.count, name.key))
        entries = sorted((key, number) for number, name in enumerate(self._names) for key in beginnings(name.key))
        self._keys = PackedTexts.of([key for key, _ in entries])
        self._numbers = np.array([number for _, number in entries], np.int64)  # the commonest name first

    @classmethod
    def of(cls, index: Index) -> ArchiveNames:
        """Those of the live articles of an index."""
        counts = count_names(index, np.flatnonzero(index.live()))
        return cls([NameSuggestion(field, *of) for field, values in counts.items() for of in values.items()])

    def beginning_with(self, key: str, limit: int, within: Counts | None = None) -> list[NameSuggestion]:
        """The names of which some words begin with a text, those of most articles first, one that is in several fields
        once; first those that begin with it themselves. Of a part of the archive those that it has, for which `within`
        says how many of its articles do."""
        these = self._keys.beginning_with(key)
        if key.endswith(" "):  # a word typed to its end may be the last
            last = self._keys.equal_to(key.rstrip())
            these = range(last.start, max(these.stop, last.stop))
        numbers = np.unique(self._numbers[these.start : these.stop][:_MOST_COMPARED]).tolist()
        names = [self._names[number] for number in numbers]
        if within is not None:
            names = _within(names, within)
        is_one_letter = is_letter(key) and " " not in key.rstrip()  # which is in many names of Thailand
        found: dict[str, NameSuggestion] = {}
        for from_start in (True, False):
            for name in names if from_start or not is_one_letter else ():
                if f"{name.key} ".startswith(key) == from_start and len(found) < limit:
                    found.setdefault(name.key, name.suggestion)
        return list(found.values())

    def near(self, words: Sequence[str], limit: int, within: Counts | None = None) -> list[NameSuggestion]:
        """The names that go on as some words do, of which the last may be a slip; `beginning_with` finds none."""
        near = self._near_keys.near(words[-1])[:LIKELIEST] if words else []
        found: dict[str, NameSuggestion] = {}
        for key in [" ".join([*words[:-1], other.key]) for other in near]:
            for name in self.beginning_with(key, limit - len(found), within):
                found.setdefault(f"{name.field}:{name.value}", name)
        return list(found.values())[:limit]

    @cached_property
    def _near_keys(self) -> NearKeys:
        return NearKeys(Vocabulary.of(Counter(word for name in self._names for word in name.key.split(" "))))


def count_names(index: Index, docs: NDArray[np.int64]) -> Counts:
    """How many of some docs, ascending, have each name."""
    return {field: index.count_values(field, docs)[0] for field in FIELDS if field in index.schema.countable}


def _within(names: Iterable[_Name], counts: Counts) -> list[_Name]:
    """Of some names those that are counted, those of most articles first."""
    counted = [(name, counts.get(name.suggestion.field, {}).get(name.suggestion.value, 0)) for name in names]
    there = [_Name(name.key, replace(name.suggestion, count=count)) for name, count in counted if count]
    return sorted(there, key=lambda name: (-name.suggestion.count, name.key))


class NamesOfIndex:
    """The names of an archive, those of each generation counted once. Safe to use from several threads."""

    def __init__(self, at_once: int = AT_ONCE) -> None:
        self._at_once = at_once
        self._lock = threading.Lock()
        self._made: tuple[tuple[int, float], ArchiveNames] | None = None
        self._background = Background(
            "counting names", "the names of the archive cannot be counted; suggestions go on without new ones"
        )

    def of(self, index: Index) -> ArchiveNames:
        """The names of an index, or those of an earlier generation while these are counted."""
        state = index.generation, index.until
        with self._lock:
            if self._made is not None and self._made[0] == state:
                return self._made[1]
            if index.num_docs <= self._at_once:
                self._made = state, ArchiveNames.of(index)
                return self._made[1]
            self._background.start(partial(self._count, index))
            return self._made[1] if self._made is not None else NO_NAMES

    def has(self, index: Index) -> bool:
        """Whether the names of an index are counted."""
        made = self._made
        return made is not None and made[0] == (index.generation, index.until)

    def wait(self) -> None:
        """Until nothing is being counted."""
        self._background.wait()

    def close(self) -> None:
        """Waits for what is being counted, and counts nothing more; before the index is closed."""
        self._background.close()

    def _count(self, index: Index) -> None:
        made = (index.generation, index.until), ArchiveNames.of(index)
        with self._lock:
            self._made = made


NO_NAMES = ArchiveNames([])
