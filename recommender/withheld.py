"""Articles that are kept and found but no longer offered: retracted ones, and those whose day is over.

Which they are is read from the stored articles once and kept in ``related/withheld.json``, derived data like the rest
of that folder, so that a large archive is not read again by every process.
"""

from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from indexer.durable import replace
from indexer.errors import WriteError
from recommender.forward import FOLDER
from search.engine import Engine
from search.snapshot import Snapshot

FILE = "withheld.json"
VERSION = 1
READ_AGAIN = 1000  # articles that may be read anew by every process before the file is written again


@dataclass(frozen=True, slots=True)
class Withheld:
    """Docs that are not offered from a time on."""

    docs: NDArray[np.int64]  # (n,) ascending
    since: NDArray[np.float64]  # (n,) seconds since 1970, 0 for retracted articles

    def docs_at(self, now: float) -> NDArray[np.int64]:
        """The docs that are not offered at this time."""
        return self.docs[self.since <= now]

    def phase(self, now: float) -> str:
        """A text that changes when another article expires."""
        return str(int((self.since <= now).sum()))


NOTHING = Withheld(np.zeros(0, np.int64), np.zeros(0))


def load(engine: Engine, snapshot: Snapshot) -> Withheld:
    """The articles of a generation that are retracted or will expire."""
    path, last = engine.data / FOLDER / FILE, snapshot.manifest.last_seq
    scanned, before = _read(path)
    if scanned > last:  # the archive was replaced by an older one
        scanned, before = 0, {}
    known = before | dict(engine.withheld(scanned, last))
    since = {doc: known[seq] for seq in known if (doc := snapshot.doc_of(seq)) >= 0}
    if last > scanned + READ_AGAIN or (known != before and scanned < last):
        current = {seq: at for seq, at in known.items() if snapshot.doc_of(seq) >= 0}
        _write(path, last, current)
    docs = np.array(sorted(since), np.int64)
    return Withheld(docs, np.array([since[doc] for doc in docs.tolist()], np.float64))


def _read(path: Path) -> tuple[int, dict[int, float]]:
    """Up to which sequence number articles were read, and what was found; nothing where the file is not there."""
    try:
        record = json.loads(path.read_text("utf-8"))
        if record["version"] != VERSION:
            return 0, {}
        return int(record["read_up_to"]), {int(seq): float(since) for seq, since in record["withheld"]}
    except (OSError, ValueError, KeyError, TypeError):
        return 0, {}


def _write(path: Path, last: int, known: dict[int, float]) -> None:
    record = {"version": VERSION, "read_up_to": last, "withheld": sorted(known.items())}
    with contextlib.suppress(OSError, WriteError):  # where the archive cannot be written to, nothing is kept
        path.parent.mkdir(exist_ok=True)
        replace(path, json.dumps(record).encode())
