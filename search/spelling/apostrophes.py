"""Words with apostrophes by what people type of them: "reilly" and "oreilly" of "o'reilly", "oreal" of "l'oreal"."""

from __future__ import annotations

import numpy as np

from search.reader.forms import Vocabulary

_APOSTROPHE = "'"
_SHORTEST = 4  # letters of a part


def typed_without(vocabulary: Vocabulary) -> dict[str, tuple[str, int]]:
    """By the parts of keys at their apostrophes, and by all their letters in one, of those that are no keys themselves,
    the commonest key, and how often it occurs."""
    keys = vocabulary.keys
    places = np.flatnonzero(keys.blob == ord(_APOSTROPHE))
    if not len(places):
        return {}
    owners = np.unique(np.searchsorted(keys.start, places, side="right") - 1)
    found: dict[str, tuple[str, int]] = {}
    for key, count in zip(keys.at(owners), vocabulary.counts[owners].tolist(), strict=True):
        parts = key.split(_APOSTROPHE)
        for part in {*parts, "".join(parts)}:
            if len(part) >= _SHORTEST and not keys.equal_to(part) and count > found.get(part, ("", 0))[1]:
                found[part] = key, count
    return found
