"""The forward index: for every article its own terms with their tf-idf weights, where the inverted index has for every
term its articles. It is what makes the cosine of two whole articles cheap.

One per segment, derived from the segment alone and from how common its terms are in the archive. It is kept beside
the index, in the folder `ArchiveFolder.related`, since to compute it takes seconds for a large segment; nothing is
lost with it, and whoever finds it missing computes it.
"""

from __future__ import annotations

import contextlib
import secrets
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.base import json_setting
from indexer.base.array_files import read_arrays, write_arrays
from indexer.base.durable_files import FileRecord, verify
from indexer.segment.inverter import FIELD_GAP
from indexer.segment.segment import Segment
from recommender.corpus.terms import (
    IN_LEAD,
    IN_TITLE,
    LEAD_WORDS,
    PASSAGE_WEIGHT,
    REPEATED,
    fingerprint,
    hash_terms,
    idf,
    term_counts,
)
from recommender.local import repeated_passages
from recommender.local.repeated_passages import Shingles, Texts

ABOUT = "about.json"  # of the folder of a segment: what its arrays were made of
ARRAYS = "arrays.npys"
VERSION = 5
DRIFT = 0.1  # weights are computed anew when the archive has grown or shrunk by more than this share
_UNFINISHED = "new-"  # how the names of folders begin that are being written

# A term of an article. All that is asked of it is in one place: to look somewhere else in memory takes as long as to
# read a whole row.
ENTRY = np.dtype([("term", np.uint32), ("weight", np.float16), ("flags", np.uint8), ("unused", np.uint8)])


def ranges(starts: NDArray[np.int64], counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """``start, start + 1, ...`` for each start, as many as its count says, one after the other."""
    before = np.cumsum(counts) - counts
    return np.repeat(starts - before, counts) + np.arange(int(counts.sum()))


@dataclass(frozen=True)
class ForwardIndex:
    """The forward index of one segment. Row d, the article that is doc d there, is ``entries[start[d]:start[d + 1]]``;
    its terms ascend and its weights have length 1 as a vector."""

    start: NDArray[np.int64]  # (max_doc + 1,)
    entries: NDArray[Any]  # (n_postings,) ENTRY: the term's number in the segment, its weight, and its flags
    hashes: NDArray[np.uint64]  # (n_terms,) by term number
    order: NDArray[np.uint32]  # (n_terms,) term numbers by ascending hash
    title: NDArray[np.float64]  # (max_doc,) length of the part of the vector that is in the title
    lead: NDArray[np.float64]  # (max_doc,) the same of the lead
    shingles: NDArray[np.uint64]  # (n_shingles,) of the passages that its articles repeat, ascending, ...
    shingle_docs: NDArray[np.uint32]  # (n_shingles,) ... and how many of them have each, see `repeated_passages`
    archive_docs: int  # articles in the archive that the weights were computed for
    discounted: bool = True  # whether repeated passages count for nothing

    def suits(self, num_docs: int, discounted: bool) -> bool:
        """Whether the weights still hold for an archive of `num_docs` articles."""
        return discounted == self.discounted and abs(num_docs - self.archive_docs) <= DRIFT * self.archive_docs

    @cached_property
    def _sorted_hashes(self) -> NDArray[np.uint64]:
        return self.hashes[self.order]

    def numbers(self, hashes: NDArray[np.uint64]) -> NDArray[np.int64]:
        """The term numbers here of terms given by their hashes, -1 for terms that no article here has."""
        if not len(self.order):
            return np.full(len(hashes), -1, np.int64)
        places = np.minimum(np.searchsorted(self._sorted_hashes, hashes), len(self.order) - 1)
        nearest = self.order[places].astype(np.int64)
        return np.where(self.hashes[nearest] == hashes, nearest, -1)

    @cached_property
    def _bytes(self) -> memoryview:
        return self.entries.view(np.uint64).data

    def row(self, doc: int) -> NDArray[Any]:
        """(n_terms,) the entries of a doc."""
        return self.entries[int(self.start[doc]) : int(self.start[doc + 1])]

    def rows(self, docs: NDArray[np.int64]) -> tuple[NDArray[Any], NDArray[np.int64]]:
        """The entries of several docs, one doc's after the other's, and how many each doc has."""
        starts, ends = self.start.take(docs), self.start.take(docs + 1)
        if len(docs) == len(self.start) - 1 and len(docs) and (docs[1:] > docs[:-1]).all():
            return self.entries, ends - starts
        # joined, which takes half the time of indexing by the places of all entries
        joined = b"".join([self._bytes[a:b] for a, b in zip(starts.tolist(), ends.tolist(), strict=True)])
        return np.frombuffer(joined, ENTRY), ends - starts


_ARRAYS = tuple(field.name for field in fields(ForwardIndex) if field.name not in ("archive_docs", "discounted"))


def build(
    segment: Segment,
    hashes: NDArray[np.uint64],
    doc_freq: NDArray[np.int64],
    num_docs: int,
    elsewhere: Sequence[Shingles] = (),
    *,
    discounted: bool = True,
) -> ForwardIndex:
    """The forward index of a segment, of the terms of words. `hashes` and `doc_freq`, how many articles of the
    archive's `num_docs` have a term, are (n_terms,) by term number; `elsewhere` are the shingles of other segments.

    A word of a passage that the archive repeats stands for nothing where it stands there: a term that an article has
    elsewhere too is counted there, and one that it has nowhere else weighs `PASSAGE_WEIGHT` and has no flags. Not so
    where `discounted` is False.
    """
    first_word, posts = segment.first_word, segment.word_postings
    docs, tf = segment.docs[posts], segment.tf[:, posts]
    counts = np.diff(segment.post_start[first_word:])
    owner = np.repeat(np.arange(first_word, segment.n_terms, dtype=np.uint32), counts)
    words = tf.sum(axis=0, dtype=np.int64)
    texts = Texts(segment, hashes)
    shingles = repeated_passages.count(texts)
    repeated = repeated_passages.repeated(texts, (*elsewhere, shingles)) if discounted else None
    if repeated is None:
        at = segment.first_position(first_word) + np.cumsum(words) - words
        free, firsts = words, segment.positions[at]
    else:
        free, firsts = texts.counted(repeated)
    tf_of = term_counts(tf) - (words - free)
    weights = np.where(tf_of >= 1, 1 + np.log(np.maximum(tf_of, 1)), np.float32(PASSAGE_WEIGHT)).astype(np.float32)
    weights *= np.repeat(idf(num_docs, doc_freq[first_word:]), counts)
    lead_end = segment.dl[0].astype(np.int64) + FIELD_GAP + LEAD_WORDS
    flags = np.where(tf[0] > 0, IN_TITLE, 0) | np.where(firsts < lead_end[docs], IN_LEAD, 0)
    flags |= np.where(free > 1, REPEATED, 0)
    norms = np.sqrt(np.bincount(docs, weights.astype(np.float64) ** 2, segment.max_doc))
    weights /= np.maximum(norms, 1e-12)[docs].astype(np.float32)
    order = np.argsort(docs, kind="stable")  # postings are by term, so each article's terms stay ascending
    sizes = np.bincount(docs, minlength=segment.max_doc)
    entries = np.zeros(len(order), ENTRY)
    entries["term"], entries["weight"], entries["flags"] = owner[order], weights[order], flags[order]
    squares, marks = np.square(entries["weight"].astype(np.float32)), entries["flags"]
    owners = np.repeat(np.arange(segment.max_doc), sizes)
    title, lead = (
        np.sqrt(np.bincount(owners, squares * ((marks & f) > 0), segment.max_doc)) for f in (IN_TITLE, IN_LEAD)
    )
    return ForwardIndex(
        start=np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
        entries=entries,
        hashes=hashes,
        order=np.argsort(hashes, kind="stable").astype(np.uint32),
        title=title,
        lead=lead,
        shingles=shingles.hashes,
        shingle_docs=shingles.docs,
        archive_docs=num_docs,
        discounted=discounted,
    )


def doc_freqs(segments: Sequence[tuple[Segment, NDArray[np.uint64]]]) -> list[NDArray[np.int64]]:
    """For each segment, given with the hashes of its terms, how many articles of all segments have each of its terms.
    Deleted articles count until their segment is rewritten."""
    if len(segments) == 1:
        return [np.diff(segments[0][0].post_start)]
    hashes, inverse = np.unique(np.concatenate([hashes for _, hashes in segments]), return_inverse=True)
    in_segments = np.concatenate([np.diff(segment.post_start) for segment, _ in segments])
    in_archive = np.bincount(inverse, in_segments, len(hashes)).astype(np.int64)[inverse]
    ends = np.cumsum([segment.n_terms for segment, _ in segments])
    return np.split(in_archive, ends[:-1])


def of_segments(
    root: Path,
    segments: Sequence[Segment],
    num_docs: int,
    known: Mapping[str, ForwardIndex],
    *,
    discounted: bool = True,
) -> dict[str, ForwardIndex]:
    """The forward indexes of an archive's segments by the segments' names: those `known` already and those kept under
    `root` as long as they suit its `num_docs` articles, the others built in memory; with repeated passages `discounted`
    or not."""
    indexes = {}
    for segment in segments:
        name = segment.entry.name
        index = known.get(name)
        if index is None or not index.suits(num_docs, discounted):
            index = load(root, segment, num_docs, discounted=discounted)
        if index is not None:
            indexes[name] = index
    missing = {segment.entry.name for segment in segments} - set(indexes)
    if missing:
        hashed = [(segment, _hashes(segment, indexes.get(segment.entry.name))) for segment in segments]
        kept = [Shingles(index.shingles, index.shingle_docs) for index in indexes.values()]
        for (segment, hashes), doc_freq in zip(hashed, doc_freqs(hashed), strict=True):
            if segment.entry.name in missing:
                indexes[segment.entry.name] = index = build(
                    segment, hashes, doc_freq, num_docs, kept, discounted=discounted
                )
                kept.append(Shingles(index.shingles, index.shingle_docs))
    return indexes


def _hashes(segment: Segment, known: ForwardIndex | None) -> NDArray[np.uint64]:
    return known.hashes if known else hash_terms([segment.term(number) for number in range(segment.n_terms)])


def load(root: Path, segment: Segment, num_docs: int, *, discounted: bool = True) -> ForwardIndex | None:
    """The forward index of a segment as kept under `root`, or None if it is missing, damaged, made for an archive of
    another size or with the other setting of repeated passages, or made with other multipliers than those of
    `hash_terms`."""
    folder = root / segment.entry.name

    def parse(about: Mapping[str, Any]) -> ForwardIndex | None:
        if about["docs"] != segment.max_doc or about["multipliers"] != fingerprint():
            return None
        record = FileRecord(int(about["size"]), int(about["crc32_of_arrays"]))
        verify(folder / ARRAYS, record)  # a wrong number in it may be any answer, or none
        read = read_arrays(folder / ARRAYS, record)
        arrays = {name: read[name] for name in _ARRAYS} | {"entries": read["entries"].view(ENTRY)}
        return ForwardIndex(
            **arrays, archive_docs=int(about["archive_docs"]), discounted=bool(about.get("discounted", True))
        )

    index = json_setting.load_or(folder / ABOUT, VERSION, parse, None, sealed=True)
    return index if index is not None and index.suits(num_docs, discounted) else None


def save_missing(root: Path, segments: Sequence[Segment], indexes: Mapping[str, ForwardIndex], num_docs: int) -> None:
    """Writes those of the forward indexes that are not kept under `root` for an archive of `num_docs` articles, for the
    next process. Raises OSError or WriteError where they cannot be written."""
    for segment in segments:
        index = indexes[segment.entry.name]
        if load(root, segment, num_docs, discounted=index.discounted) is None:
            save(root, segment, index)


def save(root: Path, segment: Segment, index: ForwardIndex) -> None:
    """Keeps the forward index of a segment under `root`. Raises OSError or WriteError where it cannot be written."""
    folder = root / f"{_UNFINISHED}{secrets.token_hex(6)}"
    try:
        folder.mkdir()
        arrays: dict[str, NDArray[Any]] = {name: getattr(index, name) for name in _ARRAYS}
        written = write_arrays(folder / ARRAYS, arrays | {"entries": index.entries.view(np.uint64)})
        about = {
            "docs": segment.max_doc,
            "archive_docs": index.archive_docs,
            "discounted": index.discounted,
            "multipliers": fingerprint(),
            "size": written.size,
            "crc32_of_arrays": written.crc32,
        }
        json_setting.save(folder / ABOUT, VERSION, about)
        final = root / segment.entry.name
        shutil.rmtree(final, ignore_errors=True)
        with contextlib.suppress(OSError):  # another process was faster; its copy says the same
            folder.rename(final)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def segments_kept(root: Path) -> set[str]:
    """The names of the segments that a forward index is kept of under `root`."""
    return {path.name for path in root.iterdir() if path.is_dir() and not path.name.startswith(_UNFINISHED)}


def remove(root: Path, names: Iterable[str]) -> None:
    """Removes what is kept for these segments."""
    for name in names:
        shutil.rmtree(root / name, ignore_errors=True)
