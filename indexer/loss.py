"""Articles that the index has and the database has lost: an alarm, never a reason to make the index smaller."""

from __future__ import annotations

import numpy as np

from indexer.base.archive_folder import ArchiveFolder, IndexFolder
from indexer.base.errors import ArticlesDamagedError, IndexDamagedError
from indexer.segment.manifest import Manifest
from indexer.segment.segment import Segment
from indexer.store import Store

BEHIND = "is older than the index, or another archive's"


def indexed_ids(index: IndexFolder, manifest: Manifest) -> dict[int, str]:
    """The ids of the live articles of an index by sequence number. Raises IndexDamagedError."""
    indexed: dict[int, str] = {}
    for entry in manifest.segments:
        segment = Segment(index, entry)
        segment.verify()
        ids = segment.article_ids()
        indexed.update((int(segment.seq[doc]), ids[doc]) for doc in np.flatnonzero(segment.live).tolist())
    return indexed


def lost_articles(index: IndexFolder, store: Store) -> list[str]:
    """The ids of the articles that the index has and the store neither has nor has removed. Of a damaged index nobody
    can tell: then none."""
    try:
        manifest = Manifest.load(index)
        indexed = indexed_ids(index, manifest)
    except IndexDamagedError:
        return []
    stored = store.ids_up_to(max(indexed, default=0))
    removed = set(store.removals_after(manifest.last_removal))
    return sorted(indexed[seq] for seq in indexed.keys() - stored.keys() - removed)


def loss_of(lost: list[str]) -> str:
    """What is to be said of a database without these articles."""
    if not lost:
        return BEHIND
    named = f", the first is {lost[0]}" if len(lost) > 1 else f": {lost[0]}"
    articles = "1 article" if len(lost) == 1 else f"{len(lost):,} articles"
    return f"lacks {articles} that the index has{named}"


def refuse_without_articles(folder: ArchiveFolder) -> None:
    """Raises ArticlesDamagedError if there is an index of articles in the folder, whose database is missing or empty:
    a new one in its place would make it look as if there had never been any."""
    try:
        indexed = Manifest.load(folder.index).live_docs
    except IndexDamagedError:
        segments = folder.index.segments
        if not (segments.is_dir() and any(segments.iterdir())):
            return
        indexed = -1
    if indexed:
        what = "is empty" if folder.articles.exists() else "is missing"
        has = "has articles" if indexed < 0 else f"has {indexed:,} articles" if indexed > 1 else "has 1 article"
        raise ArticlesDamagedError(folder.articles, f"{what}, and the index {has}")
