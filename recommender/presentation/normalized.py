"""Texts in the form in which names and phrases are looked for in them, kept for a while: for one block each of them is
asked for several times, and for the next one many of the same."""

from __future__ import annotations

from functools import lru_cache

from indexer.text.words import normalize

LONGEST = 20_000  # characters of a text that is kept
MOST = 128  # texts, some times as many as a block has


def normalized(text: str) -> str:
    """`text` as `normalize` gives it."""
    return normalize(text) if text.isascii() or len(text) > LONGEST else _kept(text)


@lru_cache(maxsize=MOST)
def _kept(text: str) -> str:
    return normalize(text)
