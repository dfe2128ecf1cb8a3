"""Reading the headlines of the generation that is asked about, without letting the one who types wait for many.

Reading a headline takes some twenty microseconds, which are seconds for a large archive. So most are kept in a file
(`kept_headlines`), and what came since is read beside it: few at once, many in the background, with the vocabulary.
Until these are read the newest are what is offered, or those of the generation before, where there is one.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from search.reader.articles import Articles
from search.reader.index import Index
from search.suggest import kept_headlines
from search.suggest.headlines import Headlines, key_of
from search.suggest.live_headlines import LiveHeadlines

AT_ONCE = 10_000  # headlines that are read while somebody waits
READ_AGAIN = 1000  # headlines that every process may read for itself before the file is written again
_BLOCK = 2_000  # that are read without letting others read articles
_GROWTH = 2  # a part is joined with the one before it unless that is so many times as large

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
        return cls(_state(index), index.seqs()[docs], index.dates()[docs], frozenset(index.waiting))

    @property
    def last(self) -> int:
        """The highest sequence number."""
        return int(self.seqs[-1]) if len(self.seqs) else 0

    def headlines_of(self, parts: Sequence[Headlines]) -> LiveHeadlines:
        """The headlines of these articles, all of which are in some parts."""
        highest = max([self.last, *(int(part.seqs.max()) for part in parts if len(part))])
        is_live = np.zeros(highest + 1, bool)
        is_live[self.seqs] = True
        return LiveHeadlines(parts, [is_live[part.seqs] for part in parts])

    def dates_of(self, seqs: Sequence[int]) -> dict[int, int]:
        """The dates of those with some sequence numbers that are live."""
        wanted = np.array(sorted(seqs), np.int64)
        places = np.searchsorted(self.seqs, wanted)
        there = places < len(self.seqs)
        there[there] = self.seqs[places[there]] == wanted[there]
        return dict(zip(wanted[there].tolist(), self.dates[places[there]].tolist(), strict=True))


def _state(index: Index) -> tuple[int, float]:
    return index.generation, index.until


class HeadlineReader:
    """The headlines of an archive, each read once. Safe to use from several threads. `folder` is where they are kept,
    None for nowhere."""

    def __init__(self, articles: Articles, at_once: int = AT_ONCE, folder: Path | None = None) -> None:
        self._articles = articles
        self._at_once = at_once
        self._folder = folder
        self._lock = threading.Lock()
        self._parts: list[Headlines] = []  # whoever reads changes what follows, and one does at a time
        self._read_up_to = 0
        self._waiting: dict[int, str] = {}  # keys of articles that are not public yet, by sequence number
        self._looked_for_kept = False
        self._whole: tuple[tuple[int, float], LiveHeadlines] | None = None
        self._newest: tuple[tuple[int, float], LiveHeadlines] | None = None  # while the first whole is not there yet
        self._has_words: tuple[int, float] | None = None  # of which generation the vocabulary is made
        self._thread: threading.Thread | None = None
        self._closed = threading.Event()

    def of(self, index: Index) -> LiveHeadlines:
        """The headlines of an index: all, the newest, or those of an earlier generation."""
        with self._lock:
            if self._whole is not None and self._whole[0] == _state(index):
                return self._whole[1]
            reading = self._thread is not None and self._thread.is_alive()
            if not reading:
                self._take_kept()
            if not reading and self._unread(index) <= self._at_once:
                headlines = self._make(_Live.of(index))
                if index.num_docs <= self._at_once:
                    self._has_words = _state(index)  # there are few, made when they are needed
                    return headlines
            else:
                headlines = self._whole[1] if self._whole is not None else self._of_newest(index)
            if not reading and not self._closed.is_set():
                self._thread = threading.Thread(target=self._read, args=(index,), daemon=True, name="reading headlines")
                self._thread.start()
            return headlines

    def keep(self, index: Index) -> None:
        """Keeps the headlines of an index for the next process, if that one would have many to read. Raises OSError or
        WriteError where they cannot be written."""
        if self._folder is None:
            return
        with self._lock:
            self._take_kept()
            live = _Live.of(index)
            kept = self._parts[0] if self._parts else Headlines.of({}, {})
            there = np.isin(kept.seqs, live.seqs)
            if int((~there).sum()) + len(live.seqs) - int(there.sum()) > READ_AGAIN:
                self._take_in(live)
                self._parts = [_joined(self._parts, live)]
                kept_headlines.save(self._folder, self._parts[0], self._read_up_to, self._waiting)

    def is_kept(self, index: Index) -> bool:
        """Whether whoever opens the archive now has few headlines to read."""
        if self._folder is None:
            return True
        kept = kept_headlines.load(self._folder)
        return int((index.seqs() > (kept[1] if kept else 0)).sum()) <= READ_AGAIN

    def has_all(self, index: Index) -> bool:
        """Whether all headlines of an index are read, and its vocabulary is made."""
        whole = self._whole
        return whole is not None and whole[0] == self._has_words == _state(index)

    def wait(self) -> None:
        """Until nothing is being read."""
        thread = self._thread
        if thread is not None:
            thread.join()

    def close(self) -> None:
        """Ends what is being read; before the articles are closed."""
        self._closed.set()
        self.wait()

    def _take_kept(self) -> None:
        """Takes over the headlines that another process has read, once."""
        if self._looked_for_kept or self._folder is None:
            return
        self._looked_for_kept = True
        kept = kept_headlines.load(self._folder)
        if kept is not None:
            headlines, self._read_up_to, self._waiting = kept
            self._parts = [headlines]

    def _unread(self, index: Index) -> int:
        """How many headlines of an index have not been read."""
        return int((index.seqs() > self._read_up_to).sum())

    def _read(self, index: Index) -> None:
        try:
            self._read_all(index)
        except Exception:  # nobody waits for an answer; what is offered meanwhile goes on to be
            _log.exception("the headlines cannot be read; suggestions go on with those that are there")

    def _read_all(self, index: Index) -> None:
        live = _Live.of(index)
        unread = live.seqs[live.seqs > self._read_up_to]
        keys: dict[int, str] = {}
        after = self._read_up_to
        for stop in [*unread[_BLOCK - 1 :: _BLOCK].tolist(), live.last]:
            if self._closed.is_set():
                return
            keys |= _keys_of(self._articles, after, stop)
            after = stop
        if self._closed.is_set():
            return
        index.forms.vocabulary()
        self._has_words = live.state
        if self._whole is not None and self._whole[0] == live.state:
            return
        self._add(keys, live)
        headlines = live.headlines_of(tuple(self._parts))
        with self._lock:
            self._whole, self._newest = (live.state, headlines), None

    def _make(self, live: _Live) -> LiveHeadlines:
        """The headlines of a generation that are read at once."""
        self._take_in(live)
        self._whole, self._newest = (live.state, live.headlines_of(tuple(self._parts))), None
        return self._whole[1]

    def _take_in(self, live: _Live) -> None:
        """Reads the headlines of a generation that have not been."""
        unread = _keys_of(self._articles, self._read_up_to, live.last) if live.last > self._read_up_to else {}
        self._add(unread, live)

    def _add(self, keys: dict[int, str], live: _Live) -> None:
        """Takes in headlines, all up to the last of a generation, and those of articles that are public by now."""
        self._read_up_to = max(self._read_up_to, live.last)
        keys |= self._waiting
        self._waiting = {seq: key for seq, key in keys.items() if seq in live.waiting}
        dates = live.dates_of(list(keys))
        if dates:
            self._parts.append(Headlines.of({seq: keys[seq] for seq in dates}, dates))
        while len(self._parts) > 1 and len(self._parts[-2]) < _GROWTH * len(self._parts[-1]):
            self._parts[-2:] = [_joined(self._parts[-2:], live)]

    def _of_newest(self, index: Index) -> LiveHeadlines:
        if self._newest is None or self._newest[0] != _state(index):
            live = _Live.of(index, self._at_once)
            keys = _keys_of(self._articles, int(live.seqs[0]) - 1, live.last)
            dates = live.dates_of(list(keys))
            part = Headlines.of({seq: keys[seq] for seq in dates}, dates)
            self._newest = live.state, live.headlines_of([part])
        return self._newest[1]


def _joined(parts: Sequence[Headlines], live: _Live) -> Headlines:
    """The headlines of live articles in some parts as one part."""
    keys: dict[int, str] = {}
    for part in parts:
        keys.update(zip(part.seqs.tolist(), part.keys, strict=True))
    dates = live.dates_of(list(keys))
    return Headlines.of({seq: keys[seq] for seq in dates}, dates)


def _keys_of(articles: Articles, after: int, up_to: int) -> dict[int, str]:
    return {seq: key for seq, title in articles.titles(after, up_to) if (key := key_of(title))}
