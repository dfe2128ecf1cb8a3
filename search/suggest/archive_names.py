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
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np

from indexer.text.words import strip_accents, word_forms
from search.reader.forms import Vocabulary
from search.reader.index import Index
from search.reader.packed_texts import PackedTexts
from search.results import NameSuggestion
from search.spelling.near_keys import LIKELIEST, NearKeys
from search.suggest.background import Background

FIELDS = ("author", "place", "section", "tag")
AT_ONCE = 10_000  # articles of an archive whose names are counted while somebody waits
_MOST_COMPARED = 5_000  # names that begin alike


@dataclass(frozen=True, slots=True)
class _Name:
    """A name, and the words by which it is told from others."""

    key: str
    suggestion: NameSuggestion


class ArchiveNames:
    """The names of one generation. Immutable, and safe to share between threads."""

    def __init__(self, names: list[NameSuggestion]) -> None:
        """From names in any order."""
        keyed = [_Name(" ".join(map(strip_accents, word_forms(name.value))), name) for name in names]
        self._names = sorted((name for name in keyed if name.key), key=lambda name: (-name.suggestion.count, name.key))
        entries = sorted((key, number) for number, name in enumerate(self._names) for key in _beginnings(name.key))
        self._keys = PackedTexts.of([key for key, _ in entries])
        self._numbers = np.array([number for _, number in entries], np.int64)  # the commonest name first

    @classmethod
    def of(cls, index: Index) -> ArchiveNames:
        """Those of the live articles of an index."""
        live, names = np.flatnonzero(index.live()), []
        for field in FIELDS:
            if field in index.schema.countable:
                counts, _ = index.count_values(field, live)
                names += [NameSuggestion(field, value, count) for value, count in counts.items()]
        return cls(names)

    def beginning_with(self, key: str, limit: int) -> list[NameSuggestion]:
        """The names of which some words begin with a text, those of most articles first, one that is in several fields
        once; first those that begin with it themselves."""
        these = self._keys.beginning_with(key)
        if key.endswith(" "):  # a word typed to its end may be the last
            last = self._keys.equal_to(key.rstrip())
            these = range(last.start, max(these.stop, last.stop))
        numbers = np.unique(self._numbers[these.start : these.stop][:_MOST_COMPARED]).tolist()
        found: dict[str, NameSuggestion] = {}
        for from_start in (True, False):
            for name in (self._names[number] for number in numbers):
                if f"{name.key} ".startswith(key) == from_start and len(found) < limit:
                    found.setdefault(name.key, name.suggestion)
        return list(found.values())

    def near(self, words: Sequence[str], limit: int) -> list[NameSuggestion]:
        """The names that go on as some words do, of which the last may be a slip; `beginning_with` finds none."""
        near = self._near_keys.near(words[-1])[:LIKELIEST] if words else []
        found: dict[str, NameSuggestion] = {}
        for key in [" ".join([*words[:-1], other.key]) for other in near]:
            for name in self.beginning_with(key, limit - len(found)):
                found.setdefault(f"{name.field}:{name.value}", name)
        return list(found.values())[:limit]

    @cached_property
    def _near_keys(self) -> NearKeys:
        return NearKeys(Vocabulary.of(Counter(word for name in self._names for word in name.key.split(" "))))


def _beginnings(key: str) -> Iterator[str]:
    """A key from each of its words on."""
    words = key.split(" ")
    for place in range(len(words)):
        yield " ".join(words[place:])


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
