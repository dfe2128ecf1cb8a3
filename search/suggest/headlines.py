"""Some headlines, found by how they begin and by their words.

::

    place   key                          words, as numbers of the sorted dictionary
    0       a landing on the moon        a 0, landing 1, moon 2, on 3, the 5
    1       seeing the moon rise         moon 2, rise ..., seeing ..., the 5

Keys ascend, so those that begin with a text lie in a row; and so do words, whose headlines lie in a row then, too.
Letters of scripts without blanks are words, and every two of them that are next to each other are found like one
(`letter_runs`). All is in arrays, which can be mapped from a file (`kept_headlines`) and take a fraction of what
objects would.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import DamerauLevenshtein
from rapidfuzz.process import cdist

from indexer.text.words import strip_accents, word_forms
from search.reader.forms import Vocabulary
from search.reader.packed_texts import PackedTexts
from search.spelling.near_keys import TWO_FROM, NearKey, NearKeys, edits_forgiven
from search.suggest.letter_runs import PAIR, as_compared, with_pairs

Places = NDArray[np.int64]

_BETWEEN = " "  # the words of a key
_MOST_COMPARED = 20_000  # beginnings of words
_NONE = np.zeros(0, np.int64)


def key_of(text: str) -> str:
    """A headline, or the beginning of one, as they are compared."""
    key = _BETWEEN.join(word_forms(text))
    return key if key.isascii() else _BETWEEN.join(map(as_compared, key.split(_BETWEEN)))


class Headlines:
    """The headlines of some articles. Immutable, and safe to share between threads.

    `arrays` are as `of` makes them: the keys and the words packed, ``seqs`` and ``dates`` of the keys' articles, and
    which words each headline has and which headlines each word.
    """

    def __init__(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        self.arrays = arrays
        self.keys = PackedTexts(arrays["keys"], arrays["keys_start"])
        self.seqs = arrays["seqs"]
        self.dates = arrays["dates"]
        self.words = PackedTexts(arrays["words"], arrays["words_start"])
        self._of_headline, self._headline_start = arrays["of_headline"], arrays["headline_start"]
        self._of_word, self._word_start = arrays["of_word"], arrays["word_start"]

    @classmethod
    def of(cls, keys: Mapping[int, str], dates: Mapping[int, int]) -> Headlines:
        """From the key of each article's headline and the date of each article, by sequence number."""
        seqs = sorted(keys, key=lambda seq: (keys[seq], seq))
        ordered = [keys[seq] for seq in seqs]
        found_by = [key if key.isascii() else _BETWEEN.join(with_pairs(key.split(_BETWEEN))) for key in ordered]
        words = _BETWEEN.join(found_by).split(_BETWEEN) if ordered else []
        sizes = np.fromiter((key.count(_BETWEEN) for key in found_by), np.int64, len(seqs)) + 1
        different = sorted(set(words))
        numbers = {word: number for number, word in enumerate(different)}
        pairs = np.repeat(np.arange(len(seqs)), sizes) * max(1, len(different))
        pairs += np.fromiter(map(numbers.__getitem__, words), np.int64, len(words))
        pairs.sort()  # which takes a tenth of the time of `np.unique`
        once = pairs[np.flatnonzero(np.diff(pairs, prepend=-1))]  # each word of a headline
        headlines, flat = np.divmod(once, max(1, len(different)))
        packed, packed_words = PackedTexts.of(ordered), PackedTexts.of(different)
        starts = np.searchsorted(headlines, np.arange(len(seqs) + 1))
        ends = np.bincount(flat, minlength=len(different)).cumsum()
        return cls(
            {
                "keys": packed.blob,
                "keys_start": packed.start,
                "words": packed_words.blob,
                "words_start": packed_words.start,
                "seqs": np.array(seqs, np.int64),
                "dates": np.array([dates[seq] for seq in seqs], np.int64),
                "of_headline": narrow(flat),  # the words of each headline ...
                "headline_start": narrow(starts),
                "of_word": narrow(headlines[np.argsort(flat, kind="stable")]),  # ... and the headlines of each word
                "word_start": narrow(np.concatenate([[0], ends])),
            }
        )

    def __len__(self) -> int:
        return len(self.seqs)

    @cached_property
    def _near(self) -> NearKeys:
        counts: NDArray[np.int64] = np.diff(self._word_start).astype(np.int64)
        return NearKeys(Vocabulary(self.words, counts))

    def beginning_with(self, key: str) -> Places:
        """The places of the headlines that begin with a text."""
        return _places(self.keys.beginning_with(key))

    def equal_to(self, key: str) -> Places:
        """The places of the headlines that are just this."""
        return _places(self.keys.equal_to(key))

    def near(self, word: str) -> list[NearKey]:
        """The words that one may be a slip of, the likeliest first."""
        return self._near.near(word) if edits_forgiven(word) else []

    def but_for_marks(self, letters: str) -> list[int]:
        """The numbers of the words that are some letters, or a pair of them, with other marks on these, or more."""
        begin = letters[: len(PAIR) + 1] if letters.startswith(PAIR) else letters[:1]
        these, bare = self.words.beginning_with(begin)[:_MOST_COMPARED], strip_accents(letters)
        return [number for number in these if strip_accents(self.words[number]).startswith(bare)]

    def near_beginnings(self, prefix: str) -> list[int]:
        """The numbers of the words whose beginning a text may be a slip of; its first letter is right."""
        most = edits_forgiven(prefix)
        if not most:
            return []
        most = most if len(prefix) >= TWO_FROM else 1
        first = self.words.beginning_with(prefix[0])[:_MOST_COMPARED]
        places = self._near.may_begin_near(prefix, first, most)
        words = self.words.at(places)
        if not words:
            return []
        edits = np.full(len(words), most + 1, np.uint8)
        for length in (len(prefix) - 1, len(prefix), len(prefix) + 1):
            beginnings = [word[:length] for word in words]
            found = cdist(
                [prefix],
                beginnings,
                scorer=DamerauLevenshtein.distance,
                score_cutoff=most,
                dtype=np.uint8,
                workers=1,
            )[0]
            edits = np.minimum(edits, found)
        found_at: list[int] = places[edits <= most].tolist()
        return found_at

    def having(self, slots: Sequence[Sequence[int]]) -> Places:
        """The places of the headlines that have, for each of some slots, any of the words with these numbers; those of
        a range are looked up at once."""
        found: NDArray[np.bool_] | None = None
        for slot in slots:
            mask = np.zeros(len(self.keys), bool)
            if isinstance(slot, range):
                mask[self.headlines_of(slot)] = True
            else:
                for number in slot:
                    mask[self.headlines_of(range(number, number + 1))] = True
            found = mask if found is None else found & mask
        return _NONE if found is None else np.flatnonzero(found)

    def headlines_of(self, numbers: range) -> NDArray[Any]:
        """The places of the headlines that have any of the words with some numbers, perhaps twice."""
        return self._of_word[int(self._word_start[numbers.start]) : int(self._word_start[numbers.stop])]

    def commonest_words(self, places: Places, among: range, limit: int) -> list[tuple[str, int]]:
        """Of the words with some numbers those that most of some headlines have, and how many."""
        starts, stops = (self._headline_start[at].astype(np.int64) for at in (places, places + 1))
        sizes = stops - starts
        ends = sizes.cumsum()
        numbers = self._of_headline[np.arange(ends[-1] if len(ends) else 0) + (stops - ends).repeat(sizes)]
        counts = np.bincount(numbers[(numbers >= among.start) & (numbers < among.stop)].astype(np.int64) - among.start)
        best = np.argsort(-counts, kind="stable")[:limit].tolist()
        return [(self.words[among.start + number], int(counts[number])) for number in best if counts[number]]


def _places(these: range) -> Places:
    return np.arange(these.start, these.stop)


def narrow(numbers: NDArray[np.int64]) -> NDArray[Any]:
    """Numbers in half the memory, where they are not too large."""
    return numbers.astype(np.uint32 if not len(numbers) or numbers.max() < 1 << 32 else np.int64)
