"""Verification of an archive: every checksum, count and cross-reference."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from pathlib import Path

import numpy as np

from indexer.archive import Archive
from indexer.base.durable_files import FileRecord, verify
from indexer.base.errors import DamagedError, IndexDamagedError
from indexer.embedding.stored_spaces import cache_problems
from indexer.loss import BEHIND, indexed_ids, loss_of
from indexer.segment.manifest import Manifest, SegmentEntry
from indexer.segment.segment import Segment
from indexer.vectors.space import AT_COMMIT, is_current


def check_archive(archive: Archive) -> list[str]:
    """What is wrong with an archive, one line each; an empty list if it is intact."""
    problems = [f"{archive.folder.articles}: {what}" for what in archive.store.problems()]
    problems += chain.from_iterable(cache_problems(archive.folder, _manifest(archive)).values())
    try:
        while True:
            manifest = archive.manifest()
            found = _check_index(archive, manifest)
            if not found or archive.manifest().generation == manifest.generation:
                return problems + found
            # else a writer was at work, and what seemed to be missing it has replaced
    except DamagedError as error:
        return [*problems, _said(error)]


def _manifest(archive: Archive) -> Manifest | None:
    try:
        return archive.manifest()
    except IndexDamagedError:
        return None


def _said(error: DamagedError) -> str:
    """The error without its advice."""
    return f"{error.path}: {error.what}"


def _check_index(archive: Archive, manifest: Manifest) -> list[str]:
    problems = []
    for entry in manifest.segments:
        problems += _check_segment(archive, entry)
    for name, space in manifest.spaces.items():
        for file, record in space.files.items():
            problems += _damage(archive.index.space(space.folder) / file, record)
        lacking = [entry.name for entry in manifest.segments if not is_current(entry, name, space)]
        if lacking and space.kind in AT_COMMIT:
            problems.append(f"space {name}: segments without vectors: {', '.join(lacking)}")
    try:
        return problems or _check_against_store(archive, manifest)
    except DamagedError as error:
        return [_said(error)]


def _check_segment(archive: Archive, entry: SegmentEntry) -> list[str]:
    folder = archive.index.segment(entry.name)
    problems = []
    for file, record in entry.files.items():
        problems += _damage(folder / file, record)
    if problems:
        return problems
    try:
        return [f"{folder}: {what}" for what in _inconsistencies(Segment(archive.index, entry), entry)]
    except IndexDamagedError as error:
        return [_said(error)]


def _damage(path: Path, record: FileRecord) -> list[str]:
    try:
        verify(path, record)
    except IndexDamagedError as error:
        return [_said(error)]
    return []


def _inconsistencies(segment: Segment, entry: SegmentEntry) -> list[str]:
    """Counts that files of one segment must agree on."""
    words = int(segment.tf.sum(dtype=np.int64))
    live_dl = segment.dl[:, segment.live].sum(axis=1, dtype=np.int64)
    rules = {
        "the number of postings differs between files": len(segment.docs)
        == segment.tf.shape[1]
        == len(segment.impacts)
        == segment.post_start[-1],
        "positions and term frequencies disagree": words == len(segment.positions) == segment.pos_start[-1],
        "term frequencies and article lengths disagree": words == int(segment.dl.sum(dtype=np.int64)),
        "the number of articles differs between files": segment.max_doc
        == len(segment.seq)
        == len(segment.date)
        == segment.dl.shape[1],
        "a posting names an article that is not there": int(segment.docs.max(initial=0)) < max(1, segment.max_doc),
        "the manifest's counts of deleted articles or words are wrong": len(segment.deleted) == entry.deleted_docs
        and tuple(live_dl.tolist()) == entry.dl_sum,
        "the number of sign codes is not that of the articles": all(
            codes is None or len(codes["codes"]) == segment.max_doc for codes in map(segment.codes, entry.vectors)
        ),
        "the terms are not in order": segment.vocabulary == sorted(segment.vocabulary),
    }
    return [what for what, holds in rules.items() if not holds]


def _check_against_store(archive: Archive, manifest: Manifest) -> list[str]:
    """Whether the index has the articles that the store has, as far as it says that it has got."""
    indexed = indexed_ids(archive.index, manifest)
    if manifest.last_seq > archive.store.last_seq() or manifest.last_removal > archive.store.last_removal():
        return [f"{archive.folder.articles}: {BEHIND}"]
    stored = archive.store.ids_up_to(manifest.last_seq)
    removed = set(archive.store.removals_after(manifest.last_removal))
    missing = [stored[seq] for seq in stored.keys() - indexed.keys()]
    mixed_up = [indexed[seq] for seq in stored.keys() & indexed.keys() if stored[seq] != indexed[seq]]
    extra = sorted(indexed[seq] for seq in indexed.keys() - stored.keys() - removed)
    problems = []
    if missing:
        problems.append(f"{archive.index.path}: {_counted(missing, 'is', 'are')} stored and not in the index")
    if extra:
        problems.append(f"{archive.folder.articles}: {loss_of(extra)}")
    if mixed_up:
        problems.append(f"{archive.index.path}: {_counted(mixed_up, 'is another', 'are others')} in the store")
    return problems


def _counted(ids: Sequence[str], is_: str, are: str) -> str:
    """So many articles are ..., the first of them named."""
    if len(ids) == 1:
        return f"the article {ids[0]} {is_}"
    return f"{len(ids):,} articles, the first {min(ids)}, {are}"
