"""Ascending texts packed into two arrays, which take no more memory than their letters and can be mapped from a file.

A list of a hundred thousand texts is a hundred thousand objects in each process; this is none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from indexer.segment.term_dictionary import Terms

_LAST = "\U0010ffff"  # after all that texts have
_ANY = "surrogatepass"  # what JSON may have escaped, and somebody may type
_BLOCK = 4096  # texts that are read together


def as_utf8(text: str) -> bytes:
    """A text as it is packed."""
    return text.encode("utf-8", _ANY)


def from_utf8(packed: bytes | memoryview) -> str:
    """A text that was packed."""
    return str(packed, "utf-8", _ANY)


class PackedTexts(Sequence[str]):
    """Texts, ascending by code point, equal ones possibly among them: text i is bytes ``start[i]:start[i + 1]`` of the
    `blob`, in UTF-8. None is empty."""

    def __init__(self, blob: NDArray[np.uint8], start: NDArray[Any]) -> None:
        self.blob = blob
        self.start = start
        self._terms = Terms(blob, start)

    @classmethod
    def of(cls, texts: Iterable[str]) -> PackedTexts:
        """Packs texts that ascend."""
        return cls.of_utf8(list(map(as_utf8, texts)))

    @classmethod
    def of_utf8(cls, texts: Sequence[bytes]) -> PackedTexts:
        """Packs texts in UTF-8 that ascend."""
        start = np.zeros(len(texts) + 1, np.int64)
        np.cumsum(np.fromiter(map(len, texts), np.int64, len(texts)), out=start[1:])
        return cls(np.frombuffer(b"".join(texts), np.uint8), start.astype(np.min_scalar_type(start[-1])))

    def __len__(self) -> int:
        return len(self._terms)

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> list[str]: ...
    def __getitem__(self, place: int | slice) -> str | list[str]:
        if isinstance(place, slice):
            first, stop, step = place.indices(len(self))
            if step != 1:
                return [self[number] for number in range(first, stop, step)]
            bounds = self.start[first : max(first, stop) + 1].tolist()
            letters = bytes(self.blob[bounds[0] : bounds[-1]])
            begin = bounds[0]
            return [from_utf8(letters[a - begin : b - begin]) for a, b in pairwise(bounds)]
        return from_utf8(self._terms[place if place >= 0 else place + len(self)])

    def __iter__(self) -> Iterator[str]:
        for first in range(0, len(self), _BLOCK):
            yield from self[first : first + _BLOCK]

    def with_more(self, more: Sequence[bytes]) -> tuple[PackedTexts, NDArray[np.int64]]:
        """These texts and some more, in UTF-8 and ascending, none of which is here; and before which of these texts
        each one came. Where few are added to many it takes a fraction of packing all."""
        places = np.fromiter(map(self._terms.place, more), np.int64, len(more))
        start = self.start.astype(np.int64)
        parts: list[bytes | memoryview] = []
        done = 0
        for text, at in zip(more, start[places].tolist(), strict=True):
            parts += [self.blob.data[done:at], text]
            done = at
        lengths = np.insert(np.diff(start), places, np.fromiter(map(len, more), np.int64, len(more)))
        start = np.concatenate([[0], lengths.cumsum()])
        blob = np.frombuffer(b"".join([*parts, self.blob.data[done:]]), np.uint8)
        return PackedTexts(blob, start.astype(np.min_scalar_type(start[-1]))), places

    def only(self, keep: NDArray[np.bool_]) -> PackedTexts:
        """Those of these texts that (n_texts,) `keep` marks."""
        start = self.start.astype(np.int64)
        lengths = start[1:] - start[:-1]
        start = np.concatenate([[0], lengths[keep].cumsum()])
        return PackedTexts(self.blob[np.repeat(keep, lengths)], start.astype(np.min_scalar_type(start[-1])))

    def at(self, places: NDArray[np.integer[Any]]) -> list[str]:
        """The texts at some places, in their order; read together, in a fraction of the time that one by one takes."""
        blob, places = self.blob.data, places.astype(np.int64)
        bounds = zip(self.start[places].tolist(), self.start[places + 1].tolist(), strict=True)
        return [from_utf8(blob[first:stop]) for first, stop in bounds]

    def place(self, text: str) -> int:
        """The place of the first text that is not below this one."""
        return self._terms.place(as_utf8(text))

    def equal_to(self, text: str) -> range:
        """The places of a text."""
        return range(self.place(text), self.place(text + "\0"))

    def beginning_with(self, prefix: str) -> range:
        """The places of the texts that begin with another."""
        return range(self.place(prefix), self.place(prefix + _LAST))
