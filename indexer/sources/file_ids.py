"""Ids of articles that are files of their own, so that two of them never share one by accident.

A file's name makes a good id and is not always the file's alone: ``en/fair.md`` and ``de/fair.md`` are two articles.
Then the folders' names come before it. Whatever id a file has in the archive, it keeps.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path, PurePath

from indexer.article.article import Article
from indexer.sources.document import absolute
from indexer.sources.item import File
from indexer.sources.names import earlier_ids, other_ids

_LINE = re.compile(r":\d+\Z")  # of the file that a record stands in


class FileIds:
    """Gives ids to the files of one run. `stored` gives those articles of the archive that have some of these ids,
    `shared` are the ids that several files of the run would have."""

    def __init__(self, stored: Callable[[Sequence[str]], Mapping[str, Article]], shared: frozenset[str]) -> None:
        self._stored = stored
        self._shared = shared
        self._given: dict[str, tuple[str, str]] = {}  # by path; a file may be read more than once

    def id_for(self, article: Article, file: File, taken: Mapping[str, str]) -> tuple[str, str]:
        """The id that the article in `file` gets, and the source of the article that has its own id in the archive, if
        that is why it gets another. `taken` are the sources of this run's articles by id."""
        if file.path not in self._given:
            self._given[file.path] = self._id_for(article, file, taken)
        return self._given[file.path]

    def _id_for(self, article: Article, file: File, taken: Mapping[str, str]) -> tuple[str, str]:
        others = other_ids(article.id, file.path, file.root)
        stored = self._stored([*earlier_ids(article.id, file.path), *others])
        if known := _known_id(stored, file, taken):
            return known, ""

        def is_free(article_id: str) -> bool:
            if article_id in taken:
                return False
            before = stored.get(article_id)
            return before is None or _is_moved(before, article)

        if is_free(article.id) and (article.id in stored or article.id not in self._shared):
            return article.id, ""
        holder = taken.get(article.id) or (stored[article.id].source if article.id in stored else "")
        return next(filter(is_free, others), others[-1]), "" if article.id in self._shared else holder

    def id_of_withheld(self, article_id: str, file: File, taken: Mapping[str, str]) -> str:
        """The id under which what is withheld in `file` is in the archive; empty if it is not there."""
        stored = self._stored(earlier_ids(article_id, file.path))
        if known := _known_id(stored, file, taken):
            return known
        before = stored.get(article_id)
        is_it = before is not None and article_id not in taken and not _resolved(before.source)
        return article_id if is_it else ""


def _known_id(stored: Mapping[str, Article], file: File, taken: Mapping[str, str]) -> str:
    """Which of the stored articles came from `file`; of several the one of which its path tells most."""
    known = {
        article_id: _agreement(article.source, file.path)
        for article_id, article in stored.items()
        if article_id not in taken
    }
    best = max(known, key=lambda article_id: known[article_id], default="")
    return best if best and known[best] else ""


def _agreement(source: str, path: str) -> int:
    """In how many names, from the last on, a stored source agrees with `path`, if it may be the same file: an archive
    may be brought up to date from another working directory. 0 if it is another file."""
    parts = PurePath(path).parts
    resolved = _resolved(source)
    if resolved:
        return len(parts) + 1 if resolved == path else 0
    found = PurePath(source).parts
    return len(found) if parts[len(parts) - len(found) :] == found else 0


def _is_moved(before: Article, now: Article) -> bool:
    """Whether the stored article `before` is `now`, in a file that was moved: its own is not there any more, and title,
    text or path agree."""
    if _resolved(before.source):
        return False
    same_place = PurePath(before.source).parts[-2:] == PurePath(now.source).parts[-2:]
    return same_place or before.title == now.title or before.body == now.body


def _resolved(source: str) -> str:
    """The absolute path of the file that a stored article came from; empty if there is none (any more)."""
    path = Path(_LINE.sub("", source))
    places = [path]
    if path.parts[:1] == (Path.cwd().name,):  # see `source_of`
        places.append(Path("..", path))
    return next((absolute(str(place)) for place in places if source and place.is_file()), "")


def source_of(where: str, file: File) -> str:
    """What is stored as the source of an article in `file`: `where` it was found, and where that is a name alone, the
    folder's before it, for others will find files of that name in other folders."""
    return where if PurePath(where).parent.name else str(PurePath(PurePath(file.path).parent.name, where))
