"""The names of an archive, and the index terms that stand for them in each of its languages."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from recommender.corpus.terms import hash_terms
from recommender.names.vocabulary import terms_of


class NameTable:
    """The names of an archive, and the index terms that stand for them. Immutable."""

    def __init__(self, words: Sequence[str], languages: Sequence[str]) -> None:
        """Of folded words that are names, for the languages of the archive."""
        tables = terms_of(words, languages)
        self.names = sorted({name for table in tables.values() for name in table.values()})  # folded, ascending
        place_of = {name: place for place, name in enumerate(self.names)}
        # for each language the hashes of the terms (n,), ascending, and the places of the terms' names in `names` (n,)
        self.terms: dict[str, tuple[NDArray[np.uint64], NDArray[np.int64]]] = {}
        self._hashes: dict[int, set[int]] = {}
        for language, table in tables.items():
            hashes = hash_terms([term.encode() for term in table])
            places = np.array([place_of[name] for name in table.values()], np.int64)
            order = np.argsort(hashes, kind="stable")
            self.terms[language] = hashes[order], places[order]
            for place, number in zip(places.tolist(), hashes.tolist(), strict=True):
                self._hashes.setdefault(place, set()).add(number)

    def hashes_of(self, name: int) -> NDArray[np.uint64]:
        """(n,) the hashes, ascending, of all terms that stand for the name at this place in `names`."""
        return np.array(sorted(self._hashes.get(name, ())), np.uint64)
