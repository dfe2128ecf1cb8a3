"""What a recommender's process knows of copies, brought to whichever generation is asked about."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from indexer.copies import copies
from indexer.copies.copies import Copies, Versions


class KnownCopies:
    """The copies among the articles that `versions` has, which are kept in the folder `root`. Safe to share between
    threads."""

    def __init__(self, root: Path, versions: Versions) -> None:
        self.versions = versions
        self._root = root
        self._lock = threading.Lock()
        self._known: Copies | None = None

    def among(self, seqs: NDArray[np.int64]) -> Copies:
        """What is known of the articles with these sequence numbers."""
        with self._lock:
            before = copies.load(self._root) if self._known is None else self._known
            self._known = before.brought_to(seqs, self.versions)
            return self._known
