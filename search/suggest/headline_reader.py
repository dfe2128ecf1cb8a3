"""Reading the headlines of the generation that is asked about, without letting the one who types wait for many.

Reading a headline takes some twenty microseconds, which are seconds for a large archive. So most are kept in a file
(`kept_headlines`), and what came since is read beside it: few at once, many in the background, with the vocabulary.
Until these are read the newest are what is offered, or those of the generation before, where there is one.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from indexer.base.file_stamp import NO_FILE, Stamp, stamp
from search.reader.articles import Articles
from search.reader.index import Index
from search.suggest import kept_headlines
from search.suggest.background import Background
from search.suggest.headlines import Headlines, key_of
from search.suggest.kept_headlines import Kept
from search.suggest.live_headlines import LiveHeadlines

AT_ONCE = 10_000  # headlines that are read while somebody waits
READ_AGAIN = 1000  # headlines that every process may read for itself before the file is written again
_BLOCK = 2_000  # that are read without letting others read articles
_GROWTH = 2  # a part is joined with the one before it unless that is so many times as large


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
        self._lock = threading.Lock()  # of what is offered; nobody reads many headlines while holding it
        self._reading = threading.Lock()  # of what is read so far, the next five; taken after the other, if both are
        self._parts: list[Headlines] = []
        self._read_up_to = 0
        self._read_for = 0  # the last generation
        self._waiting: dict[int, str] = {}  # keys of articles that are not public yet, by sequence number
        self._looked_for_kept = False
        self._in_file: tuple[Stamp, int, int] | None = None  # up to which sequence number, and of how many articles
        self._whole: tuple[tuple[int, float], LiveHeadlines] | None = None
        self._newest: tuple[tuple[int, float], LiveHeadlines] | None = None  # while the first whole is not there yet
        self._has_words: tuple[int, float] | None = None  # of which generation the vocabulary is made
        self._background = Background(
            "reading headlines", "the headlines cannot be read; suggestions go on with those that are there"
        )

    def of(self, index: Index) -> LiveHeadlines:
        """The headlines of an index: all, the newest, or those of an earlier generation."""
        with self._lock:
            if self._whole is None or self._whole[0] != _state(index):
                self._read_few(index)
            if not self.has_all(index):
                self._background.start(partial(self._read_all, index))
            return self._whole[1] if self._whole is not None else self._of_newest(index)

    def keep(self, index: Index) -> None:
        """Keeps the headlines of an index for the next process, if that one would have many to read. Raises OSError or
        WriteError where they cannot be written."""
        if self._folder is None:
            return
        with self._reading:
            live = self._begin(index)
            if self._left_to_read(index) <= READ_AGAIN:
                return
            self._take_in(_keys_of(self._articles, self._read_up_to, live.last), live)
            self._parts = [_joined(self._parts, live)]
            n_articles = articles_up_to(index, self._read_up_to)
            kept_headlines.save(self._folder, Kept(self._parts[0], self._read_up_to, n_articles, self._waiting))
            self._in_file = self._stamp(), self._read_up_to, n_articles

    def is_kept(self, index: Index) -> bool:
        """Whether whoever opens the archive now has few headlines to read."""
        return self._left_to_read(index) <= READ_AGAIN

    def has_all(self, index: Index) -> bool:
        """Whether all headlines of an index are read, and its vocabulary is made."""
        whole = self._whole
        return whole is not None and whole[0] == self._has_words == _state(index)

    def wait(self) -> None:
        """Until nothing is being read."""
        self._background.wait()

    def close(self) -> None:
        """Ends what is being read; before the articles are closed."""
        self._background.close()

    def _left_to_read(self, index: Index) -> int:
        """How many headlines another process would have to read, or to leave out, with the file as it is now."""
        if self._folder is None:
            return 0
        if self._in_file is None or self._in_file[0] != self._stamp():
            self._load(self._folder)
        assert self._in_file is not None
        _, up_to, n_articles = self._in_file
        there = articles_up_to(index, up_to)
        return index.num_docs + len(index.waiting) - there + max(0, n_articles - there)

    def _stamp(self) -> Stamp:
        return stamp(self._folder, kept_headlines.RECORD) if self._folder is not None else NO_FILE

    def _load(self, folder: Path) -> Kept | None:
        """What is in the file now; what is said of it is remembered."""
        now = self._stamp()
        kept = kept_headlines.load(folder)
        self._in_file = (now, kept.up_to, kept.articles) if kept is not None else (now, 0, 0)
        return kept

    def _begin(self, index: Index) -> _Live:
        """What is to be read for. Takes over the headlines that another process has read, once; once more where a
        generation comes after a later one, as where a backup was put back, which has articles that were gone."""
        if index.generation < self._read_for:
            self._parts, self._read_up_to, self._waiting, self._looked_for_kept = [], 0, {}, False
        self._read_for = index.generation
        if not self._looked_for_kept and self._folder is not None:
            self._looked_for_kept = True
            kept = self._load(self._folder)
            if kept is not None:
                self._parts, self._read_up_to, self._waiting = [kept.headlines], kept.up_to, dict(kept.waiting)
        return _Live.of(index)

    def _read_few(self, index: Index) -> None:
        """Reads the headlines of an index that have not been, where there are few and nobody is at it."""
        if not self._reading.acquire(blocking=False):
            return
        try:
            live = self._begin(index)
            if int((live.seqs > self._read_up_to).sum()) <= self._at_once:
                self._take_in(_keys_of(self._articles, self._read_up_to, live.last), live)
                self._whole, self._newest = (live.state, live.headlines_of(tuple(self._parts))), None
                if index.num_docs <= self._at_once:
                    self._has_words = live.state  # there are few, made when they are needed
        finally:
            self._reading.release()

    def _read_all(self, index: Index) -> None:
        with self._reading:
            live = self._begin(index)
            if self._whole is None or self._whole[0] != live.state:
                unread = live.seqs[live.seqs > self._read_up_to]
                keys: dict[int, str] = {}
                after = self._read_up_to
                for stop in [*unread[_BLOCK - 1 :: _BLOCK].tolist(), live.last]:
                    if self._background.closed:
                        return
                    keys |= _keys_of(self._articles, after, stop)
                    after = max(after, stop)
                self._take_in(keys, live)
                headlines = live.headlines_of(tuple(self._parts))
                with self._lock:
                    self._whole, self._newest = (live.state, headlines), None
        if not self._background.closed:
            index.forms.vocabulary()
            self._has_words = live.state

    def _take_in(self, keys: dict[int, str], live: _Live) -> None:
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
            keys = _keys_of(self._articles, int(live.seqs[0]) - 1, live.last) if len(live.seqs) else {}
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


def articles_up_to(index: Index, seq: int) -> int:
    """How many articles have a sequence number up to this one, those that are not public yet included."""
    seqs = index.seqs()[index.live()]
    return int(np.searchsorted(seqs, seq, side="right")) + sum(waiting <= seq for waiting in index.waiting)


def _keys_of(articles: Articles, after: int, up_to: int) -> dict[int, str]:
    if up_to <= after:
        return {}
    return {seq: key for seq, title in articles.titles(after, up_to) if (key := key_of(title))}
