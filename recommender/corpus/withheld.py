"""Articles that are kept and found but no longer offered: retracted ones, and those whose day is over.

Which they are is read from the stored articles once and kept in ``related/withheld.json``, derived data like the rest
of that folder (see `derived`), so that a large archive is not read again by every process.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.base import json_setting
from recommender.corpus.forward_index import FOLDER
from search.engine import Engine
from search.reader.snapshot import Snapshot

FILE = "withheld.json"
VERSION = 1
READ_AGAIN = 1000  # articles that may be read anew by every process before the file is written again


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the stored articles up to one, whatever the generation."""

    read_up_to: int = 0  # sequence number of the last one looked at
    since: Mapping[int, float] = field(default_factory=dict)  # by sequence number, as in `Withheld`


@dataclass(frozen=True, slots=True)
class Withheld:
    """Docs of one generation that are not offered from a time on."""

    docs: NDArray[np.int64]  # (n,) ascending
    since: NDArray[np.float64]  # (n,) seconds since 1970, 0 for retracted articles
    known: Known  # what this was made from

    def count(self, now: float) -> int:
        """How many docs are not offered at this time: those that have been withheld longest, and of equals the first.
        What was withheld once stays so."""
        return int((self.since <= now).sum())

    def longest_first(self) -> NDArray[np.int64]:
        """(n,) the docs in the order in which they are withheld."""
        return self.docs[np.argsort(self.since, kind="stable")]


def load(engine: Engine, snapshot: Snapshot, before: Known | None = None) -> Withheld:
    """The articles of a generation that are retracted or will expire. `before` is what an earlier generation knew."""
    last = snapshot.manifest.last_seq
    best = max(_kept(engine.data / FOLDER / FILE, last), _until(before or Known(), last), key=lambda k: k.read_up_to)
    found = {**best.since, **dict(engine.withheld(best.read_up_to, last))}
    docs = {doc: seq for seq in found if (doc := snapshot.doc_of(seq)) >= 0}
    return Withheld(
        np.array(sorted(docs), np.int64),
        np.array([found[docs[doc]] for doc in sorted(docs)], np.float64),
        Known(last, {seq: found[seq] for seq in docs.values()}),
    )


def keep(root: Path, found: Withheld) -> None:
    """Writes what was found for the next process if that one would have much to read, or has something to learn.
    Raises OSError or WriteError where it cannot be written."""
    last = found.known.read_up_to
    kept = _kept(root / FILE, last)
    if last > kept.read_up_to + READ_AGAIN or (found.known.since != kept.since and kept.read_up_to < last):
        record = {"read_up_to": last, "withheld": sorted(found.known.since.items())}
        json_setting.save(root / FILE, VERSION, record)


def _kept(path: Path, last: int) -> Known:
    """What is kept for an archive whose last article is `last`; nothing where the file is not there."""
    return _until(json_setting.load_or(path, VERSION, _parse, Known()), last)


def _parse(record: Mapping[str, Any]) -> Known:
    return Known(int(record["read_up_to"]), {int(seq): float(since) for seq, since in record["withheld"]})


def _until(known: Known, last: int) -> Known:
    """Nothing, if what is known goes beyond the archive's last article: it was replaced by an older one."""
    return known if known.read_up_to <= last else Known()
