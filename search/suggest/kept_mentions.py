"""The names that articles mention in a file, in the folder `ArchiveFolder.related`, which all processes map, as
headlines are (`kept_headlines`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from indexer.base import kept_arrays
from search.suggest.mentions import Mentions

NAME = "mentions"
RECORD = f"{NAME}.json"
_VERSION = 1


@dataclass(frozen=True, slots=True)
class Kept:
    """The names in a file."""

    mentions: Mentions
    up_to: int  # up to which sequence number articles were looked at
    articles: int  # of how many articles
    waiting: frozenset[int]  # the sequence numbers of those that were not public yet, which were not


def load(folder: Path) -> Kept | None:
    """The names kept in a folder; None where none are."""

    def parse(about: Mapping[str, Any], arrays: Mapping[str, Any]) -> Kept:
        waiting = frozenset(map(int, about["waiting"]))
        return Kept(Mentions(arrays), int(about["up_to"]), int(about["articles"]), waiting)

    return kept_arrays.load(folder, NAME, _VERSION, parse)


def save(folder: Path, kept: Kept) -> None:
    """Keeps names. Raises OSError or WriteError where they cannot be written."""
    about = {"up_to": kept.up_to, "articles": kept.articles, "waiting": sorted(kept.waiting)}
    kept_arrays.save(folder, NAME, _VERSION, about, kept.mentions.arrays)


def problems(folder: Path, about: Mapping[str, Any]) -> None:
    """Raises IndexDamagedError where what a record speaks of is not as it was written, and whatever taking another
    record apart raises."""
    if about["version"] == _VERSION:
        kept_arrays.verify_arrays(folder, NAME, about)
