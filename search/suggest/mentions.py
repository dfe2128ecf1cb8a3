"""The names that some articles mention, found by how any of their words begins.

::

    key                 written             mentioned by    entries
    james baker         James Baker         3 7 8           james baker, baker
    neil armstrong      Neil Armstrong      2 9             neil armstrong, armstrong

An article mentions a name that it has in a run of words with capitals, alone or among others. All is in arrays, which
can be mapped from a file.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.text.beside_names import fold_word
from search.reader.forms import Vocabulary
from search.reader.packed_texts import PackedTexts
from search.spelling.near_keys import NearKeys
from search.suggest.capital_runs import SMALL, names_in, parts_of, runs_in, stretches
from search.suggest.headlines import narrow
from search.suggest.name_keys import beginnings, name_key

MANY = 1000  # articles of which names are left out that only one has
SAMPLE = 1000  # articles of which it is counted how they write words
_WORD = re.compile(r"[^\W\d_][\w'’-]*")

_POSSESSIVE = re.compile(r"['’]s?\Z")

_Seqs = dict[str, list[int]]
_Cases = dict[str, list[int]]  # by word how often it has a capital, and how often none


class Mentions:
    """The names of some articles. Immutable, and safe to share between threads.

    `arrays` are as `of` makes them: ``keys`` of the names, ascending, and how they are ``written``, packed; the
    ``seqs`` of the articles that mention each, ascending, and of all that were ``read``; the ``entries`` by which names
    are found, ascending, and which names they are of; and the ``words`` of names, with how often the sample has each
    with a ``capital`` and how often ``small``.
    """

    def __init__(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        self.arrays = arrays
        self.read = arrays["read"]
        self.keys = PackedTexts(arrays["keys"], arrays["keys_start"])
        self.written = PackedTexts(arrays["written"], arrays["written_start"])  # in the order of the keys
        self._seqs, self._seqs_start = arrays["seqs"], arrays["seqs_start"]
        self._entries = PackedTexts(arrays["entries"], arrays["entries_start"])
        self._of_entry = arrays["of_entry"]
        self.words = PackedTexts(arrays["words"], arrays["words_start"])
        self.capital, self.small = arrays["capital"], arrays["small"]

    @classmethod
    def of(cls, contents: Iterable[tuple[int, str, str]], n_articles: int) -> Mentions:
        """Those of articles, given as sequence number, title and body; `n_articles` says how many they are, about."""
        inside: _Seqs = {}
        beginning: _Seqs = {}
        words: Counter[str] = Counter()
        read: list[int] = []
        for number, (seq, title, body) in enumerate(contents):
            read.append(seq)
            for run, is_inside in runs_in(title, body):
                (inside if is_inside else beginning).setdefault(run, []).append(seq)
            if not number % (n_articles // SAMPLE + 1):
                words.update(_WORD.findall(body))
        cases: _Cases = {}
        for word, count in words.items():
            case = cases.setdefault(fold_word(_POSSESSIVE.sub("", word)), [0, 0])
            case[word[0].islower()] += count
        return cls._made(_by_name(inside, beginning, _least(len(read))), cases, np.array(read, np.int64))

    @classmethod
    def joined(cls, parts: Sequence[Mentions], is_live: NDArray[np.bool_]) -> Mentions:
        """Several as one, without the articles that `is_live`, by sequence number, does not mark."""
        of_name: _Seqs = {}
        cases: _Cases = {}
        for part in parts:
            for number, name in enumerate(part.written):
                seqs = part.seqs(number)
                of_name.setdefault(name, []).extend(seqs[is_live[seqs]].tolist())
            for word, capital, small in zip(part.words, part.capital.tolist(), part.small.tolist(), strict=True):
                case = cases.setdefault(word, [0, 0])
                case[0] += capital
                case[1] += small
        read = np.concatenate([np.zeros(0, np.int64), *(part.read[is_live[part.read]] for part in parts)])
        least = _least(len(read))
        kept = {name: seqs for name, seqs in of_name.items() if len(seqs) >= least}
        return cls._made(kept, cases, np.sort(read))

    @classmethod
    def _made(
        cls, of_name: Mapping[str, Sequence[int]], cases: Mapping[str, Sequence[int]], read: NDArray[np.int64]
    ) -> Mentions:
        by_key: dict[str, list[str]] = {}
        for name in of_name:
            by_key.setdefault(name_key(name), []).append(name)
        keys = sorted(key for key in by_key if key)
        written = [min(by_key[key], key=lambda name: (-len(of_name[name]), name)) for key in keys]
        seqs = [sorted({seq for name in by_key[key] for seq in of_name[name]}) for key in keys]
        entries = sorted((entry, number) for number, key in enumerate(keys) for entry in _entries(key))
        words = sorted({word for key in keys for word in key.split(" ")})
        arrays: dict[str, NDArray[Any]] = {
            "read": narrow(read),
            "seqs": narrow(np.fromiter(chain.from_iterable(seqs), np.int64)),
            "seqs_start": narrow(np.cumsum([0, *map(len, seqs)])),
            "of_entry": np.array([number for _, number in entries], np.uint32),
            "capital": np.array([cases.get(word, (0, 0))[0] for word in words], np.uint32),
            "small": np.array([cases.get(word, (0, 0))[1] for word in words], np.uint32),
        }
        packed = {"keys": keys, "written": written, "entries": [entry for entry, _ in entries], "words": words}
        for name, texts in packed.items():
            of = PackedTexts.of(texts)
            arrays |= {name: of.blob, f"{name}_start": of.start}
        return cls(arrays)

    def __len__(self) -> int:
        return len(self.keys)

    @property
    def highest(self) -> int:
        """The highest sequence number that was read."""
        return int(self.read[-1]) if len(self.read) else 0

    def seqs(self, number: int) -> NDArray[np.int64]:
        """The sequence numbers of the articles that mention a name, ascending."""
        found: NDArray[np.int64] = self._seqs[int(self._seqs_start[number]) : int(self._seqs_start[number + 1])]
        return found

    def beginning_with(self, key: str, limit: int) -> list[int]:
        """The numbers of the names of which some words begin with a text; of many those that most articles mention."""
        these = self._entries.beginning_with(key)
        if key.endswith(" "):  # a word typed to its end may be the last
            last = self._entries.equal_to(key.rstrip())
            these = range(last.start, max(these.stop, last.stop))
        numbers = self._of_entry[these.start : these.stop]
        if len(numbers) > limit:
            counts = self._counts[numbers]
            numbers = numbers[np.argpartition(-counts, limit)[:limit]]
        return sorted(set(numbers.tolist()))

    @cached_property
    def _counts(self) -> NDArray[np.int64]:
        return np.diff(self._seqs_start)

    def number_of(self, key: str) -> int | None:
        """The number of the name with a key."""
        place = self.keys.equal_to(key)
        return place.start if place else None

    def cases_of(self, word: str) -> tuple[int, int]:
        """How often the sample has a word of names, as it is in keys, with a capital, and how often without."""
        place = self.words.equal_to(word)
        return (int(self.capital[place.start]), int(self.small[place.start])) if place else (0, 0)

    @cached_property
    def near_keys(self) -> NearKeys:
        """The words of the names, to be compared with others."""
        return NearKeys(Vocabulary(self.words, np.ones(len(self.words), np.int64)))


def _by_name(inside: _Seqs, beginning: _Seqs, least: int) -> _Seqs:
    """By name the articles that have it in a run, those at the beginning of sentences included: the names are those
    that so many articles, or more, have in a run inside one."""
    found: _Seqs = {}
    for run, seqs in inside.items():
        if len(seqs) >= least:
            found.update((name, []) for words in stretches(run) for name in names_in(words))
    for run, seqs in chain(inside.items(), beginning.items()):
        for words in stretches(run):
            for name in parts_of(words):
                if name in found:
                    found[name] += seqs
    return {name: seqs for name, seqs in found.items() if len(seqs) >= least and len(set(seqs)) >= least}


def _entries(key: str) -> Iterator[str]:
    """A key from each of its words on that says something."""
    return (entry for entry in beginnings(key) if entry.partition(" ")[0] not in SMALL)


def _least(n_articles: int) -> int:
    """How many articles have a name that is kept: where they are many two, which most names do not have."""
    return 1 if n_articles < MANY else 2
