"""Headlines in a file, in the folder `ArchiveFolder.related`, which all processes map: reading them from the articles
takes seconds for a large archive, and each process would have them once more.

They are derived from the stored articles alone, and go by their sequence numbers: an article that was changed has
another. What is not as it was written is not used.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from indexer.base import kept_arrays
from search.suggest.headlines import Headlines

NAME = "headlines"
RECORD = f"{NAME}.json"
_VERSION = 3


@dataclass(frozen=True, slots=True)
class Kept:
    """The headlines in a file."""

    headlines: Headlines
    up_to: int  # up to which sequence number they are
    articles: int  # of how many articles, those without a word in their headline included
    waiting: Mapping[int, str]  # by sequence number, of those articles that were not public yet


def load(folder: Path) -> Kept | None:
    """The headlines kept in a folder; None where none are."""

    def parse(about: Mapping[str, Any], arrays: Mapping[str, Any]) -> Kept:
        waiting = {int(seq): str(key) for seq, key in about["waiting"].items()}
        return Kept(Headlines(arrays), int(about["up_to"]), int(about["articles"]), waiting)

    return kept_arrays.load(folder, NAME, _VERSION, parse)


def save(folder: Path, kept: Kept) -> None:
    """Keeps headlines. Raises OSError or WriteError where they cannot be written."""
    about = {"up_to": kept.up_to, "articles": kept.articles, "waiting": dict(kept.waiting)}
    kept_arrays.save(folder, NAME, _VERSION, about, kept.headlines.arrays)


def problems(folder: Path, about: Mapping[str, Any]) -> None:
    """Raises IndexDamagedError where what a record speaks of is not as it was written, and whatever taking another
    record apart raises."""
    if about["version"] == _VERSION:
        kept_arrays.verify_arrays(folder, NAME, about)
