"""The words that are names in an archive, kept in a file of the folder `ArchiveFolder.related`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from indexer.base import json_setting
from recommender.corpus.sampling import evenly
from recommender.local.forward_index import DRIFT
from recommender.names import vocabulary
from search.engine import Engine
from search.reader.snapshot import Snapshot

FILE = "names.json"
VERSION = 1
SAMPLE = 4000  # articles whose text is read; of a larger archive an evenly spread sample


@dataclass(frozen=True, slots=True)
class NameWords:
    """The words that are names in an archive."""

    words: tuple[str, ...]  # folded, ascending
    archive_docs: int  # articles in the archive when they were looked for

    def suits(self, num_docs: int) -> bool:
        """Whether they still hold for an archive of `num_docs` articles."""
        return abs(num_docs - self.archive_docs) <= DRIFT * self.archive_docs


def of_snapshot(engine: Engine, snapshot: Snapshot, root: Path, num_docs: int, known: NameWords | None) -> NameWords:
    """The name words of a generation of `num_docs` articles: those kept under `root` or those `known` as long as they
    suit it, or else looked for in its articles."""
    words = load(root, num_docs) or (known if known is not None and known.suits(num_docs) else None)
    if words is not None:
        return words
    seqs = [snapshot.seq_of(doc) for doc in evenly(np.flatnonzero(snapshot.live()), SAMPLE).tolist()]
    stored = engine.versions(seqs)
    articles = [stored[seq] for seq in seqs if seq in stored]
    return NameWords(tuple(vocabulary.name_words(articles)), num_docs)


def load(root: Path, num_docs: int) -> NameWords | None:
    """The name words as kept under `root`, or None if there are none or the archive has changed too much since."""
    words = json_setting.load_or(root / FILE, VERSION, _parse, None, sealed=True)
    return words if words is not None and words.suits(num_docs) else None


def _parse(record: Mapping[str, Any]) -> NameWords:
    return NameWords(tuple(str(word) for word in record["names"]), int(record["archive_docs"]))


def save(root: Path, words: NameWords, num_docs: int) -> None:
    """Writes the name words of an archive of `num_docs` articles for the next process, unless such are kept under
    `root`. Raises OSError or WriteError where they cannot be written."""
    if load(root, num_docs) is None:
        json_setting.save(root / FILE, VERSION, {"archive_docs": words.archive_docs, "names": list(words.words)})
