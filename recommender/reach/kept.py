"""What is kept of the related blocks of an archive: of which articles they are, and what each depended on."""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.corpus.tracked import TrackedCorpus, WordRow
from recommender.reach.trace import TRACE
from recommender.state import State

_ARRAYS = ("seqs", "digests", "traces", "there", "row_seqs", "row_start", "row_hashes", "row_impacts")


@dataclass(frozen=True, slots=True, eq=False)
class Kept:
    """The blocks of one generation of an archive."""

    settled: Mapping[str, str]  # what is common to all of them, see `reach.reached`
    newest: int  # `Corpus.newest`
    named: Mapping[str, Sequence[int]]  # `Enforcer.named`
    seqs: NDArray[np.int64]  # (n,) ascending, of the articles that have a block
    digests: NDArray[np.uint64]  # (n,) see `TrackedCorpus.digests`
    traces: NDArray[np.void]  # (n,) TRACE
    there: NDArray[np.int64]  # (max_doc,) ascending, the sequence numbers of all docs, deleted ones among them
    row_seqs: NDArray[np.int64]  # (n_rows,) ascending, of the docs whose words are kept: the `recent` ones
    row_start: NDArray[np.int64]  # (n_rows + 1,)
    row_hashes: NDArray[np.uint64]
    row_impacts: NDArray[np.float16]

    def row(self, seq: int) -> WordRow | None:
        """The words of an article, None where they are not kept."""
        place = int(self.row_seqs.searchsorted(seq))
        if place == len(self.row_seqs) or self.row_seqs[place] != seq:
            return None
        words = slice(int(self.row_start[place]), int(self.row_start[place + 1]))
        return WordRow(self.row_hashes[words], self.row_impacts[words].astype(np.float32))

    def to_bytes(self) -> bytes:
        """For a file."""
        buffer = io.BytesIO()
        about = json.dumps({"settled": dict(self.settled), "newest": self.newest, "named": self.named})
        arrays = {name: getattr(self, name) for name in _ARRAYS}
        np.savez(buffer, about=np.frombuffer(about.encode(), np.uint8), **arrays)
        return buffer.getvalue()


def from_bytes(content: bytes) -> Kept | None:
    """What `to_bytes` gave; None for bytes that are anything else, or of another version."""
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as read:  # zip has checksums
            about = json.loads(bytes(read["about"]))
            arrays = {name: read[name] for name in _ARRAYS}
        kept = Kept(dict(about["settled"]), int(about["newest"]), about["named"], **arrays)
    except (ValueError, KeyError, TypeError, OSError, EOFError, zipfile.BadZipFile):
        return None
    return kept if kept.traces.dtype == TRACE and len(kept.traces) == len(kept.seqs) else None


def digests_of(corpus: TrackedCorpus, translations: Mapping[int, Sequence[int]]) -> NDArray[np.uint64]:
    """(max_doc,) a number for each doc that changes whenever what is known of it does, or which its copies in other
    languages are."""
    digests = corpus.digests().copy()
    for seq, copies in translations.items():
        doc = corpus.doc_of(seq)
        if doc >= 0:
            digests[doc] += np.uint64(zlib.crc32(repr(tuple(copies)).encode()) << 16)
    return digests


def kept_of(
    state: State,
    corpus: TrackedCorpus,
    settled: Mapping[str, str],
    digests: NDArray[np.uint64],
    traces: NDArray[np.void],
) -> Kept:
    """What to keep of the blocks of a generation: `digests`, (max_doc,), as they were before the blocks were made, and
    the traces of its articles in the order of its live docs."""
    live = np.flatnonzero(corpus.live())
    recent = np.flatnonzero(corpus.recent())
    rows = corpus.word_rows(recent.tolist())
    nothing = WordRow(np.zeros(0, np.uint64), np.zeros(0, np.float32))
    return Kept(
        settled=settled,
        newest=corpus.newest,
        named=state.editors.named(),
        seqs=corpus.seqs[live],
        digests=digests[live],
        traces=traces,
        there=corpus.seqs,
        row_seqs=corpus.seqs[recent],
        row_start=np.cumsum([0, *(len(row.hashes) for row in rows)]),
        row_hashes=np.concatenate([row.hashes for row in (nothing, *rows)]),
        row_impacts=np.concatenate([row.impacts for row in (nothing, *rows)]).astype(np.float16),
    )
