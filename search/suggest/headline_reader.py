"""Reading the headlines of the generation that is asked about, without letting the one who types wait for many.

Reading a headline takes some twenty microseconds, which are seconds for a large archive. So of many headlines only the
newest are read at once, and the whole is made in the background, with the vocabulary: until it is, the newest are what
is offered, or the whole of the generation before, where there is one.
"""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from search.reader.articles import Articles
from search.reader.index import Index
from search.suggest.headlines import Headlines, key_of

AT_ONCE = 10_000  # headlines that are read while somebody waits
_BLOCK = 2_000  # that are read without letting others read articles

_log = logging.getLogger("readmore")


@dataclass(frozen=True, slots=True)
class _Live:
    """The live articles of a generation, and those whose time has not come."""

    state: tuple[int, float]  # generation, and until when these are all
    seqs: NDArray[np.int64]  # ascending, as docs do
    dates: NDArray[np.int64]
    waiting: frozenset[int]

    @classmethod
    def of(cls, index: Index, most: int = 0) -> _Live:
        """All, or at most so many of the newest."""
        docs = np.flatnonzero(index.live())[-most:]
        seqs = np.fromiter(map(index.seq_of, docs.tolist()), np.int64, len(docs))
        return cls(_state(index), seqs, index.dates()[docs], frozenset(index.waiting))


def _state(index: Index) -> tuple[int, float]:
    return index.generation, index.until


class HeadlineReader:
    """The headlines of an archive, those of each generation made once. Safe to use from several threads."""

    def __init__(self, articles: Articles, at_once: int = AT_ONCE) -> None:
        self._articles = articles
        self._at_once = at_once
        self._lock = threading.Lock()
        self._keys: dict[int, str] = {}  # by sequence number; whoever reads changes it, and one does at a time
        self._read_up_to = 0
        self._whole: tuple[tuple[int, float], Headlines] | None = None
        self._newest: tuple[tuple[int, float], Headlines] | None = None  # while the first whole is not there yet
        self._thread: threading.Thread | None = None
        self._closed = threading.Event()

    def of(self, index: Index) -> Headlines:
        """The headlines of an index: all, the newest, or those of an earlier generation."""
        with self._lock:
            if self._whole is not None and self._whole[0] == _state(index):
                return self._whole[1]
            reading = self._thread is not None and self._thread.is_alive()
            if not reading and index.num_docs <= self._at_once:
                return self._make(_Live.of(index))
            headlines = self._whole[1] if self._whole is not None else self._of_newest(index)
            if not reading and not self._closed.is_set():
                self._thread = threading.Thread(target=self._read, args=(index,), daemon=True, name="reading headlines")
                self._thread.start()
            return headlines

    def has_all(self, index: Index) -> bool:
        """Whether all headlines of an index are read, and its vocabulary is made."""
        whole = self._whole
        return whole is not None and whole[0] == _state(index)

    def wait(self) -> None:
        """Until nothing is being read."""
        thread = self._thread
        if thread is not None:
            thread.join()

    def close(self) -> None:
        """Ends what is being read; before the articles are closed."""
        self._closed.set()
        self.wait()

    def _read(self, index: Index) -> None:
        try:
            self._read_all(index)
        except Exception:  # nobody waits for an answer; what is offered meanwhile goes on to be
            _log.exception("the headlines cannot be read; suggestions go on with those that are there")

    def _read_all(self, index: Index) -> None:
        live = _Live.of(index)
        last = int(live.seqs[-1]) if len(live.seqs) else 0
        unread = live.seqs[live.seqs > self._read_up_to]
        for stop in [*unread[_BLOCK - 1 :: _BLOCK].tolist(), last]:
            if self._closed.is_set():
                return
            self._read_to(stop)
        if self._closed.is_set():
            return
        index.forms.vocabulary()
        headlines = self._made(live)
        with self._lock:
            self._whole, self._newest = (live.state, headlines), None

    def _make(self, live: _Live) -> Headlines:
        """The headlines of a generation that are read at once."""
        self._read_to(int(live.seqs[-1]) if len(live.seqs) else 0)
        self._whole, self._newest = (live.state, self._made(live)), None
        return self._whole[1]

    def _read_to(self, seq: int) -> None:
        """Reads the headlines up to a sequence number that have not been."""
        if seq > self._read_up_to:
            self._keys |= _keys_of(self._articles, self._read_up_to, seq)
            self._read_up_to = seq

    def _made(self, live: _Live) -> Headlines:
        """The headlines of a generation, all of which have been read; others are forgotten."""
        dates = dict(zip(live.seqs.tolist(), live.dates.tolist(), strict=True))
        self._keys = {seq: key for seq, key in self._keys.items() if seq in dates or seq in live.waiting}
        public = {seq: key for seq, key in self._keys.items() if seq in dates} if live.waiting else self._keys
        return Headlines(public, dates)

    def _of_newest(self, index: Index) -> Headlines:
        if self._newest is None or self._newest[0] != _state(index):
            live = _Live.of(index, self._at_once)
            dates = dict(zip(live.seqs.tolist(), live.dates.tolist(), strict=True))
            keys = _keys_of(self._articles, int(live.seqs[0]) - 1, int(live.seqs[-1]))
            self._newest = live.state, Headlines({s: key for s, key in keys.items() if s in dates}, dates)
        return self._newest[1]


def _keys_of(articles: Articles, after: int, up_to: int) -> dict[int, str]:
    return {seq: key for seq, title in articles.titles(after, up_to) if (key := key_of(title))}
