"""How names are compared, and found by any of their words."""

from __future__ import annotations

from collections.abc import Iterator

from indexer.text.words import strip_accents, word_forms


def name_key(name: str) -> str:
    """A name as it is compared: its words in lower case, without accents."""
    return " ".join(map(strip_accents, word_forms(name)))


def beginnings(key: str) -> Iterator[str]:
    """A key from each of its words on."""
    words = key.split(" ")
    for place in range(len(words)):
        yield " ".join(words[place:])
