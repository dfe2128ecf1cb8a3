"""Headlines in a file, in the folder `ArchiveFolder.related`, which all processes map: reading them from the articles
takes seconds for a large archive, and each process would have them once more.

They are derived from the stored articles alone, and go by their sequence numbers: an article that was changed has
another. What is not as it was written is not used.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from indexer.base import kept_arrays
from search.suggest.headlines import Headlines

NAME = "headlines"
RECORD = f"{NAME}.json"
_VERSION = 1


def load(folder: Path) -> tuple[Headlines, int, dict[int, str]] | None:
    """The headlines kept in a folder, up to which sequence number they are, and the keys of those that were not public
    yet, by sequence number; None where none are kept."""

    def parse(about: Mapping[str, Any], arrays: Mapping[str, Any]) -> tuple[Headlines, int, dict[int, str]]:
        waiting = {int(seq): str(key) for seq, key in about["waiting"].items()}
        return Headlines(arrays), int(about["up_to"]), waiting

    return kept_arrays.load(folder, NAME, _VERSION, parse)


def save(folder: Path, headlines: Headlines, up_to: int, waiting: Mapping[int, str]) -> None:
    """Keeps headlines up to a sequence number. Raises OSError or WriteError where it cannot be written."""
    kept_arrays.save(folder, NAME, _VERSION, {"up_to": up_to, "waiting": dict(waiting)}, headlines.arrays)


def problems(folder: Path, about: Mapping[str, Any]) -> None:
    """Raises IndexDamagedError where what a record speaks of is not as it was written, and whatever taking another
    record apart raises."""
    if about["version"] == _VERSION:
        kept_arrays.verify_arrays(folder, NAME, about)
