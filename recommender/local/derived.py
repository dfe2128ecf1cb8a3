"""Keeping what was derived for recommending in the folder `ArchiveFolder.related`, for the next process.

Answers never come here: they read what is kept and derive the rest in memory. Whoever has changed the archive, or is
about to share its work with other processes, calls `Recommender.prepare`, which does.
"""

from __future__ import annotations

import contextlib

from indexer.base.archive_folder import ArchiveFolder
from indexer.base.errors import ReadmoreError, WriteError
from indexer.copies import copies
from indexer.segment.manifest import Manifest
from recommender.local import forward_index, name_words, statistics, withheld
from recommender.local.corpus import LocalCorpus, discounts
from search.reader.snapshot import Snapshot


def save(folder: ArchiveFolder, corpus: LocalCorpus) -> bool:
    """Writes what a corpus has and the disk has not, removes what is kept for segments that are gone, and what
    earlier versions kept.

    Does nothing for another generation than the current one, which may be older, or newer and never go live. Where the
    archive cannot be written to, nothing is kept. Returns whether it is the current one and all is kept.
    """
    snapshot = corpus.snapshot
    if _current(folder) != snapshot.manifest:
        return False
    with contextlib.suppress(OSError, WriteError):
        folder.related.mkdir(exist_ok=True)
        _sweep(folder)
        forward_index.save_missing(folder.related, snapshot.segments, corpus.forward_indexes, corpus.archive_docs)
        name_words.save(folder.related, corpus.name_words, corpus.archive_docs)
        statistics.save(folder.related, corpus.statistics)
        withheld.save(folder.related, corpus.known_withheld)
        copies.save(folder.related, corpus.copies)
        return True
    return False


def is_kept(folder: ArchiveFolder, snapshot: Snapshot) -> bool:
    """Whether what takes long to derive of a generation is kept: that of all but a few of its articles."""
    if snapshot.num_docs <= copies.READ_AGAIN:
        return True
    root, num_docs, discounted = folder.related, snapshot.num_docs, discounts(folder)
    missing = [
        segment
        for segment in snapshot.segments
        if forward_index.load(root, segment, num_docs, discounted=discounted) is None
    ]
    return (
        sum(segment.max_doc for segment in missing) <= copies.READ_AGAIN
        and name_words.load(root, num_docs) is not None
        and len(copies.load(root).seqs) >= num_docs - copies.READ_AGAIN
    )


def _current(folder: ArchiveFolder) -> Manifest | None:
    """The current generation; None where it cannot be read."""
    try:
        return Manifest.load(folder.index)
    except ReadmoreError:
        return None


def _sweep(folder: ArchiveFolder) -> None:
    """Removes the forward indexes of segments that the index no longer has."""
    kept = forward_index.segments_kept(folder.related)
    for path in folder.related.glob("openings*"):  # the names in openings, of earlier versions
        path.unlink(missing_ok=True)
    manifest = _current(folder)  # after the look at what is kept, so that nothing newer than it is taken for old
    if manifest is not None:
        forward_index.remove(folder.related, kept - {segment.name for segment in manifest.segments})
