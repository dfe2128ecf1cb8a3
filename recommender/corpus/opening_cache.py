"""Openings: the names in the headline and the first words of every article, found once instead of for every block.

What related articles share is looked for in their openings, and to find the names in 25 of them takes as long as to
find the articles. Names depend on the article alone, so they are kept by its sequence number, for the whole archive in
one file of the folder `ArchiveFolder.related`. Nothing is lost with it: for articles that it has not, the names are
looked for when they are needed, and whoever prepares the archive (see `derived`) writes it anew.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.base import json_setting
from indexer.base.array_files import read_arrays, write_arrays
from indexer.base.durable_files import FileRecord, verify
from indexer.base.file_stamp import Stamp, stamp
from indexer.base.processes import map_in_processes
from indexer.segment.segment import pack
from recommender.corpus.forward_index import ranges
from recommender.names.extraction import is_adjective
from recommender.names.spellings import Spelling, spellings_in
from search.engine import Engine
from search.reader.snapshot import Snapshot

FILE = "openings.json"
VERSION = 2
STALE = 0.01  # share of the archive's articles that the file may lack; ...
FEW = 100  # ... and so many it may lack in any archive
_REMEMBERED = 1 << 16  # spellings
_ARRAYS = ("seq", "start", "codes", "text", "text_start", "terms", "terms_start")


class Openings:
    """The names that are kept of an archive's articles. Immutable; safe to share between threads."""

    def __init__(self, arrays: Mapping[str, NDArray[Any]], language: str, stamp: Stamp) -> None:
        """`language` is that of articles that name none, `stamp` tells the file of one time from that of another."""
        self.language = language
        self.stamp = stamp
        self.seq: NDArray[np.int64] = arrays["seq"]  # (n_articles,) ascending
        self._start = arrays["start"]  # (n_articles + 1,)
        self._codes = arrays["codes"]  # (n_names,) numbers of spellings
        self.arrays = arrays
        self.spelling = lru_cache(_REMEMBERED)(self._spelling)

    def of(self, seqs: Sequence[int]) -> list[tuple[Spelling, ...] | None]:
        """The names of the article versions with these sequence numbers, None for one whose names are not kept."""
        asked = np.array(seqs, np.int64)
        places = self.seq.searchsorted(asked)
        kept = self.has(asked)
        a = self._start.take(places, mode="clip").tolist()
        b = self._start.take(places + 1, mode="clip").tolist()
        return [
            tuple(map(self.spelling, self._codes[first:last].tolist())) if there else None
            for there, first, last in zip(kept.tolist(), a, b, strict=True)
        ]

    def has(self, seqs: NDArray[np.int64]) -> NDArray[np.bool_]:
        """(n,) whether the names of these versions are kept."""
        if not len(self.seq):
            return np.zeros(len(seqs), bool)
        kept: NDArray[np.bool_] = self.seq[np.minimum(self.seq.searchsorted(seqs), len(self.seq) - 1)] == seqs
        return kept

    def rows(self, seqs: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[Any]]:
        """How many names each of these versions has, all of which must be kept, and their spellings' numbers."""
        places = self.seq.searchsorted(seqs)
        starts = self._start[places].astype(np.int64)
        counts = self._start[places + 1].astype(np.int64) - starts
        return counts, self._codes[ranges(starts, counts)]

    def _spelling(self, code: int) -> Spelling:
        text, terms = (self._string(name, code) for name in ("text", "terms"))
        return Spelling(text, tuple(terms.split()), is_adjective(text))

    def _string(self, name: str, code: int) -> str:
        start = self.arrays[f"{name}_start"]
        return bytes(self.arrays[name][start[code] : start[code + 1]]).decode()


class OpeningsFile:
    """The openings kept under `root` for an archive whose articles are in `language` where they name none. Safe to
    share between threads."""

    def __init__(self, root: Path, language: str) -> None:
        self._root = root
        self._language = language
        self._read: Openings | None = None

    def current(self) -> Openings:
        """What is kept now; it is read again only where it has changed: else that costs a look at the folder."""
        openings = self._read = load(self._root, self._language, self._read)
        return openings

    def complete(self, engine: Engine, snapshot: Snapshot) -> Openings | None:
        """Looks for what is not kept of a generation and uses it from now on, if it is more than a few articles'.
        Returns it to be written with `save`; None where there is nothing to write."""
        kept = self.current()
        openings = self._read = complete(engine, snapshot, kept)
        return None if openings is kept else openings


def load(root: Path, language: str, known: Openings | None = None) -> Openings:
    """What is kept under `root` for an archive whose articles are in `language` where they name none; nothing where
    it is missing, damaged, or written by another version. `known`, read before, where it has not changed since: that
    costs a look at the folder."""
    file_stamp = stamp(root, FILE)
    if known is not None and (known.stamp, known.language) == (file_stamp, language):
        return known

    def parse(about: Mapping[str, Any]) -> dict[str, NDArray[Any]]:
        if about["language"] != language:
            raise ValueError(f"the names are those of '{about['language']}'")
        path, record = root / str(about["file"]), FileRecord(int(about["size"]), int(about["crc32_of_file"]))
        verify(path, record)
        arrays = read_arrays(path, record)
        return {name: arrays[name] for name in _ARRAYS}

    nothing = _arrays([], [], [])
    return Openings(json_setting.load_or(root / FILE, VERSION, parse, nothing, sealed=True), language, file_stamp)


def complete(engine: Engine, snapshot: Snapshot, kept: Openings) -> Openings:
    """The names of the articles of a generation: `kept` itself if it lacks but a few of them, else with those missing
    looked for."""
    parts = [segment.seq[segment.live] for segment in snapshot.segments]
    seqs = np.sort(np.concatenate(parts)) if parts else np.zeros(0, np.int64)
    if len(kept.seq) and kept.seq[-1] > snapshot.manifest.last_seq:  # the archive was replaced by an older one
        kept = Openings(_arrays([], [], []), kept.language, kept.stamp)
    has = kept.has(seqs)
    lacking = int((~has).sum())
    if not lacking or (len(kept.seq) and lacking <= max(FEW, STALE * len(seqs))):
        return kept
    read = _read(engine.reopen, seqs[~has].tolist(), kept.language)
    return Openings(_joined(kept, seqs[has], read), kept.language, kept.stamp)


_NamesOfVersions = list[tuple[int, tuple[Spelling, ...]]]


def _read(reopen: Callable[[], Engine], seqs: Sequence[int], language: str) -> _NamesOfVersions:
    """The names of the article versions with these sequence numbers, ascending; one that is gone is left out."""
    workers = os.cpu_count() or 1
    with closing(map_in_processes(_reading, (reopen, language), seqs, workers)) as parts:
        return sorted(chain.from_iterable(parts))


@contextmanager
def _reading(reopen: Callable[[], Engine], language: str) -> Iterator[Callable[[Sequence[int]], _NamesOfVersions]]:
    with reopen() as engine:
        yield lambda seqs: [(s, spellings_in(article, language)) for s, article in engine.versions(seqs).items()]


def _joined(kept: Openings, seqs: NDArray[np.int64], read: _NamesOfVersions) -> dict[str, NDArray[Any]]:
    """The rows of `kept` with these sequence numbers together with those `read`."""
    counts, codes = kept.rows(seqs)
    used, codes = np.unique(codes, return_inverse=True)
    numbers = {kept.spelling(code): place for place, code in enumerate(used.tolist())}
    read_codes = [numbers.setdefault(name, len(numbers)) for _, names in read for name in names]
    all_seqs = np.concatenate([seqs, np.array([seq for seq, _ in read], np.int64)])
    all_counts = np.concatenate([counts, np.array([len(names) for _, names in read], np.int64)])
    all_codes = np.concatenate([codes, np.array(read_codes, np.int64)])
    order = np.argsort(all_seqs)
    starts = np.cumsum(all_counts) - all_counts
    sorted_codes = all_codes[ranges(starts[order], all_counts[order])]
    return _arrays(all_seqs[order], np.cumsum([0, *all_counts[order].tolist()]), sorted_codes, list(numbers))


def _arrays(
    seqs: Sequence[int] | NDArray[np.int64],
    starts: Sequence[int] | NDArray[np.int64],
    codes: Sequence[int] | NDArray[np.int64],
    spellings: Iterable[Spelling] = (),
) -> dict[str, NDArray[Any]]:
    spellings = list(spellings)
    text, text_start = pack([spelling.text.encode() for spelling in spellings])
    terms, terms_start = pack([" ".join(spelling.terms).encode() for spelling in spellings])
    return {
        "seq": np.array(seqs, np.int64),
        "start": np.array(starts if len(starts) else [0], np.uint32),
        "codes": np.array(codes, np.uint32),
        "text": text,
        "text_start": text_start,
        "terms": terms,
        "terms_start": terms_start,
    }


def save(root: Path, openings: Openings) -> None:
    """Writes the names for the next process. Raises OSError or WriteError where they cannot be written."""
    name = f"openings-{secrets.token_hex(6)}.npys"
    record = write_arrays(root / name, openings.arrays)
    json_setting.save(
        root / FILE,
        VERSION,
        {"language": openings.language, "file": name, "size": record.size, "crc32_of_file": record.crc32},
    )
    for path in root.glob("openings-*.npys"):  # what others have open stays readable to them
        if path.name != name:
            path.unlink(missing_ok=True)
