"""The words of an archive as they are written, as a protocol: what spelling and completion stand on.

An index finds articles by terms, "satelliti". Its dictionary of forms has the words of which the terms were made,
"satellites" and "satellite's" being one form and "satellite" another, each with how often it occurs. Forms are in lower
case and keep their accents; they are looked up by their *key*, the form without accents ("año" and "ano" have the key
"ano"), which is `indexer.text.words.folded` of what somebody types.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from search.reader.packed_texts import PackedTexts, as_utf8, from_utf8


@dataclass(frozen=True, slots=True)
class Form:
    """A word as articles of a language write it."""

    written: str  # in lower case, accents kept: "élysée"
    key: str  # folded: "elysee"
    term: str  # what the index finds it by; empty for a stop word, which it may not find
    language: str  # of the articles, as their codes are given: "fr"
    # times that it occurs in their texts, those of articles replaced or removed since included until their segment is
    # merged; those of a stop word, and in segments of an older version those of all, are an estimate from then on
    count: int


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """All keys of an index at once, for comparing a word with each of them."""

    keys: PackedTexts  # ascending by code point, each once
    counts: NDArray[np.int64]  # (n_keys,) how often the forms with this key occur, in all languages

    @classmethod
    def of(cls, counts: Mapping[str, int]) -> Vocabulary:
        """That of keys in any order and how often they occur."""
        return cls.of_utf8({as_utf8(key): count for key, count in counts.items()})

    @classmethod
    def of_utf8(cls, counts: Mapping[bytes, int]) -> Vocabulary:
        """The same of keys in UTF-8."""
        keys = sorted(key for key, count in counts.items() if count)
        packed = PackedTexts.of_utf8(keys)
        return cls(packed, np.fromiter((counts[key] for key in keys), np.int64, len(keys)))

    def with_more(self, counts: Mapping[bytes, int]) -> Vocabulary:
        """This one where some keys, in UTF-8, occur so many times more, or less, and without those that occur no more.
        Where these are few among many it takes a fraction of making another."""
        texts, numbers = self.keys, self.counts.copy()
        new = []
        for key in sorted(counts):
            place = texts.equal_to(from_utf8(key))
            if place:
                numbers[place.start] += counts[key]
            elif counts[key]:
                new.append(key)
        if new:
            texts, places = texts.with_more(new)
            numbers = np.insert(numbers, places, [counts[key] for key in new])
        if not numbers.all():
            there = numbers != 0
            texts, numbers = texts.only(there), numbers[there]
        return Vocabulary(texts, numbers)


class Forms(Protocol):
    """The dictionary of an index. Immutable, and safe to share between threads.

    A form that occurs in several languages is there once for each. One that no live article has any more may be there
    until its segment is merged: what must be found now is for `Index.doc_freq` of its term to say. Everything is read
    from where it lies but the vocabulary, which is made when it is first asked for.
    """

    @property
    def complete(self) -> bool:
        """Whether all articles are in it: those that an older version indexed are not until they are indexed anew."""

    def with_prefix(self, prefix: str) -> Iterator[Form]:
        """The forms whose keys begin with the key of `prefix`, ascending by key, then as written, then by language;
        all for the empty text. Found in logarithmic time, and read as they are asked for."""

    def spelled(self, word: str) -> Sequence[Form]:
        """The forms with the key of `word`, in the same order: for "ano" those of "ano" and "año"."""

    def of_term(self, term: str) -> Sequence[Form]:
        """The forms that became a term, the commonest first, equal ones in the order of `with_prefix`. Looks through
        the whole dictionary, some 0.1 ms for 100,000 forms."""

    def vocabulary(self) -> Vocabulary:
        """All keys. Made once for a generation, some 0.1 s for 100,000 forms."""
