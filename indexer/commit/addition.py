"""What a long addition has in hand between two commits: changed articles that are held back, segments that wait."""

from __future__ import annotations

import time
from collections.abc import Iterable

from indexer.article.article import Article
from indexer.base.archive_folder import IndexFolder
from indexer.commit import builder
from indexer.commit.commit import Change, commit
from indexer.segment.manifest import SegmentEntry
from indexer.store import Accepted

COMMIT_SECONDS = 1.0  # while a long addition runs, what is ready becomes findable this often
COMMIT_PAUSE = 20.0  # but no sooner after a commit than this many times what that took


def chars_of(article: Article) -> int:
    """How many characters an article has, as batches are measured by."""
    return len(article.title) + len(article.body)


class HeldArticles:
    """Changed articles that wait for the end of an addition. A source that has an article twice, in two batches, would
    otherwise replace each version by the other in every run."""

    def __init__(self) -> None:
        self._articles: dict[str, Article] = {}
        self._chars = 0

    def take(self, accepted: Accepted) -> None:
        """Takes what a batch held back; what a later one has as it is stored is no change after all."""
        for article_id in accepted.same:
            self._articles.pop(article_id, None)
        for article in accepted.held:
            self._articles[article.id] = article
            self._chars += chars_of(article)

    def is_full(self) -> bool:
        """Whether there is a batch of them, beyond which memory is not filled with them."""
        return len(self._articles) >= builder.BATCH_DOCS or self._chars >= builder.BATCH_CHARS

    def let_go(self) -> list[Article]:
        """All of them, which are not held any longer."""
        articles = list(self._articles.values())
        self._articles, self._chars = {}, 0
        return articles


class WaitingSegments:
    """Finished segments that wait for the next commit. A commit costs the same for one segment as for ten."""

    def __init__(self) -> None:
        self._entries: list[SegmentEntry] = []
        self._retired: list[int] = []
        self._change: Change | None = None
        self._due_at = time.monotonic() + COMMIT_SECONDS

    def extend(self, done: Iterable[tuple[SegmentEntry | None, Change]]) -> None:
        """Takes finished segments; a batch of which nothing was new has none and changes nothing."""
        for entry, change in done:
            if entry is not None:
                self._entries.append(entry)
                self._retired += change.retired
                self._change = change

    def is_due(self) -> bool:
        """Whether they have been waiting long enough. In a large archive a commit may have to compute all impacts."""
        return bool(self._entries) and time.monotonic() > self._due_at

    def commit(self, index: IndexFolder) -> None:
        """Makes all of them part of the index, if there are any."""
        started = time.monotonic()
        if self._change is not None:
            commit(index, self._entries, Change(self._change.last_seq, self._change.last_removal, self._retired))
        self._entries, self._retired, self._change = [], [], None
        done = time.monotonic()
        self._due_at = done + max(COMMIT_SECONDS, COMMIT_PAUSE * (done - started))
