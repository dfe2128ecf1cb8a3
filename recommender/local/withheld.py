"""Articles that are kept and found but no longer offered: retracted ones, and those whose day is over.

Which they are is read from the stored articles once and kept in a file of the folder `ArchiveFolder.related`, derived
data like the rest of it (see `derived`), so that a large archive is not read again by every process.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from indexer.base import json_setting
from indexer.base.archive_folder import ArchiveFolder
from recommender.corpus.corpus import Withheld
from search.engine import Engine
from search.reader.snapshot import Snapshot

FILE = "withheld.json"
VERSION = 1
READ_AGAIN = 1000  # articles that may be read anew by every process before the file is written again


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the stored articles up to one, whatever the generation."""

    read_up_to: int = 0  # sequence number of the last one looked at
    since: Mapping[int, float] = field(default_factory=dict)  # by sequence number, as in `corpus.Withheld`


def load(
    engine: Engine, folder: ArchiveFolder, snapshot: Snapshot, before: Known | None = None
) -> tuple[Known, Withheld]:
    """The articles of a generation that are retracted or will expire, and what was read to know it. `before` is what
    an earlier generation knew."""
    last = snapshot.manifest.last_seq
    path = folder.related / FILE
    best = max(_kept(path, last), _until(before or Known(), last), key=lambda known: known.read_up_to)
    since = {**best.since, **dict(engine.withheld(best.read_up_to, last))}
    seqs = {doc: seq for seq in since if (doc := snapshot.doc_of(seq)) >= 0}
    docs = sorted(seqs)
    times = np.array([since[seqs[doc]] for doc in docs], np.float64)
    # one whose time has not come is no doc yet
    kept = [*seqs.values(), *(seq for seq in since if seq in snapshot.waiting)]
    return Known(last, {seq: since[seq] for seq in kept}), Withheld(np.array(docs, np.int64), times)


def save(root: Path, known: Known) -> None:
    """Writes what is known for the next process if that one would have much to read, or has something to learn.
    Raises OSError or WriteError where it cannot be written."""
    last = known.read_up_to
    kept = _kept(root / FILE, last)
    if last > kept.read_up_to + READ_AGAIN or (known.since != kept.since and kept.read_up_to < last):
        record = {"read_up_to": last, "withheld": sorted(known.since.items())}
        json_setting.save(root / FILE, VERSION, record)


def _kept(path: Path, last: int) -> Known:
    """What is kept for an archive whose last article is `last`; nothing where the file is not there."""
    return _until(json_setting.load_or(path, VERSION, _parse, Known(), sealed=True), last)


def _parse(record: Mapping[str, Any]) -> Known:
    return Known(int(record["read_up_to"]), {int(seq): float(since) for seq, since in record["withheld"]})


def _until(known: Known, last: int) -> Known:
    """Nothing, if what is known goes beyond the archive's last article: it was replaced by an older one."""
    return known if known.read_up_to <= last else Known()
