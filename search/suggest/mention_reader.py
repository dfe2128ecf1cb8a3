"""Reading the names that the articles of the generation that is asked about mention, while nobody waits for it.

Looking through a text takes some twenty microseconds. So most names are kept in a file (`kept_mentions`), what came
since is read beside it, and of many articles that are new at once the newest, and of the others one in four: a name
that many mention is among these.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from indexer.base.file_stamp import Stamp, stamp
from search.reader.articles import Articles
from search.reader.index import Index
from search.suggest import kept_mentions
from search.suggest.background import Background
from search.suggest.headline_reader import articles_up_to
from search.suggest.kept_mentions import Kept
from search.suggest.live_mentions import LiveMentions
from search.suggest.mentions import Mentions

AT_ONCE = 100  # articles that are read while somebody waits
READ_AGAIN = 1000  # articles that every process may read for itself before the file is written again, ...
_SHARE = 10  # ... of a small archive one in so many
ALL_OF = 10_000  # articles, the newest, all of which are read, ...
ONE_IN = 4  # ... and of the others each fourth
_BLOCK = 500  # that are read without letting others read articles
_GROWTH = 2  # a part is joined with the one before it unless that is so many times as large


class MentionReader:
    """The names of an archive, each article read once at most. Safe to use from several threads. `folder` is where they
    are kept, None for nowhere."""

    def __init__(self, articles: Articles, folder: Path | None = None, at_once: int = AT_ONCE) -> None:
        self._articles = articles
        self._folder = folder
        self._at_once = at_once
        self._lock = threading.Lock()  # of all below; nobody reads many articles while holding it
        self._reading = threading.Lock()  # of who reads; taken before the other
        self._parts: list[Mentions] = []
        self._up_to = 0
        self._waiting: frozenset[int] = frozenset()  # sequence numbers up to that one which were not public yet
        self._read_for = 0  # the last generation
        self._looked_for_kept = False
        self._in_file: tuple[Stamp, int, int] | None = None  # up to which sequence number, and of how many articles
        self._live: tuple[tuple[int, float], LiveMentions] | None = None
        self._read_to_end: tuple[int, float] | None = None  # the state of the index of which nothing is left to read
        self._background = Background(
            "reading names", "the names in texts cannot be read; suggestions go on with those that are there"
        )

    def of(self, index: Index) -> LiveMentions:
        """The names of an index, as far as its articles are read; the rest is read in the background."""
        state = index.generation, index.until
        with self._lock:
            if self._live is not None and self._live[0] == self._read_to_end == state:
                return self._live[1]
            self._begin(index)
            n_unread = len(self._unread(index))
        if 0 < n_unread <= self._at_once and self._reading.acquire(blocking=False):
            try:
                self._read(index)
            finally:
                self._reading.release()
        elif n_unread:
            self._background.start(partial(self._read_all, index))
        with self._lock:
            if not len(self._unread(index)):
                self._read_to_end = state
            if self._live is None or self._live[0] != state:
                self._live = state, LiveMentions(index, tuple(self._parts))
            return self._live[1]

    def has_all(self, index: Index) -> bool:
        """Whether nothing was left to be read of an index when it was asked about last."""
        return self._read_to_end == (index.generation, index.until)

    def keep(self, index: Index) -> None:
        """Keeps the names of an index for the next process, if that one would have many articles to read. Raises
        OSError or WriteError where they cannot be written."""
        if self._folder is None or self.is_kept(index):
            return
        with self._reading:
            with self._lock:
                self._begin(index)
            self._read(index)
            with self._lock:
                parts, up_to, waiting = tuple(self._parts), self._up_to, self._waiting
            mentions = Mentions.joined(parts, _is_live(index, up_to))
            kept_mentions.save(self._folder, Kept(mentions, up_to, articles_up_to(index, up_to), waiting))

    def is_kept(self, index: Index) -> bool:
        """Whether whoever opens the archive now has few articles to read, or to leave out."""
        if self._folder is None:
            return True
        now = stamp(self._folder, kept_mentions.RECORD)
        if self._in_file is None or self._in_file[0] != now:
            kept = kept_mentions.load(self._folder)
            self._in_file = (now, kept.up_to, kept.articles) if kept is not None else (now, 0, 0)
        _, up_to, n_articles = self._in_file
        there = articles_up_to(index, up_to)
        left = index.num_docs + len(index.waiting) - there + max(0, n_articles - there)
        return left <= max(self._at_once, min(READ_AGAIN, index.num_docs // _SHARE))

    def wait(self) -> None:
        """Until nothing is being read."""
        self._background.wait()

    def close(self) -> None:
        """Ends what is being read; before the articles are closed."""
        self._background.close()

    def _begin(self, index: Index) -> None:
        """Takes over what another process has read, once; once more where a generation comes after a later one, as
        where a backup was put back, which has articles that were gone."""
        if index.generation < self._read_for:
            self._parts, self._up_to, self._waiting, self._looked_for_kept = [], 0, frozenset(), False
            self._read_to_end = None
        self._read_for = index.generation
        if not self._looked_for_kept and self._folder is not None:
            self._looked_for_kept = True
            kept = kept_mentions.load(self._folder)
            if kept is not None:
                self._parts, self._up_to, self._waiting = [kept.mentions], kept.up_to, kept.waiting

    def _unread(self, index: Index) -> NDArray[np.int64]:
        """The sequence numbers of the live articles that have not been looked at, ascending."""
        seqs = index.seqs()[index.live()]
        new = seqs[np.searchsorted(seqs, self._up_to, side="right") :]
        if not self._waiting:
            return new
        public = np.intersect1d(seqs, np.array(sorted(self._waiting), np.int64))
        return np.concatenate([public, new])

    def _read_all(self, index: Index) -> None:
        with self._reading:
            self._read(index)

    def _read(self, index: Index) -> None:
        """Reads what has not been read; by who has `_reading`."""
        with self._lock:
            unread = self._unread(index)
        older, newest = unread[:-ALL_OF], unread[-ALL_OF:]
        chosen = np.concatenate([older[::ONE_IN], newest]).tolist()
        part = Mentions.of(self._contents(chosen), len(chosen))
        if self._background.closed:
            return
        with self._lock:
            parts = [*self._parts, *([part] if len(part.read) else [])]
            while len(parts) > 1 and len(parts[-2].read) < _GROWTH * len(parts[-1].read):
                parts[-2:] = [Mentions.joined(parts[-2:], _is_live(index, int(max(of.highest for of in parts))))]
            self._parts, self._live = parts, None
            self._up_to = max([self._up_to, *unread[-1:].tolist()])
            self._waiting = frozenset(index.waiting)

    def _contents(self, seqs: Sequence[int]) -> Iterator[tuple[int, str, str]]:
        for start in range(0, len(seqs), _BLOCK):
            if self._background.closed:
                return
            yield from self._articles.contents(seqs[start : start + _BLOCK])


def _is_live(index: Index, up_to: int) -> NDArray[np.bool_]:
    """Whether each sequence number up to one is that of a live article."""
    seqs = index.seqs()[index.live()]
    found = np.zeros(up_to + 1, bool)
    found[seqs[seqs <= up_to]] = True
    return found
