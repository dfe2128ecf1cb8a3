"""The files of a folder that are worth reading, in an order that is the same every time."""

from __future__ import annotations

import stat
from collections.abc import Callable, Iterator
from pathlib import Path

from indexer.sources.document import Document, os_reason, shown_path
from indexer.sources.item import Refused

_NOT_CONTENT = frozenset(("node_modules", "__pycache__"))  # what tools keep beside the articles, by the thousand


def documents_under(folder: Path, wanted: Callable[[str], object]) -> Iterator[Document | Refused]:
    """The regular files below `folder` that are `wanted` by name, sorted by path, hidden ones left out.

    Links are followed, a folder is entered once. What cannot be read is yielded as `Refused`.
    """
    seen: set[tuple[int, int]] = set()
    waiting = [folder]
    while waiting:
        path = waiting.pop()
        try:
            status = path.stat()
        except OSError as error:
            if wanted(path.name):
                reason = "a link to a file that is not there" if path.is_symlink() else os_reason(error)
                yield Refused(shown_path(path), reason)
            continue
        if stat.S_ISDIR(status.st_mode):
            if (status.st_dev, status.st_ino) not in seen:
                seen.add((status.st_dev, status.st_ino))
                try:
                    waiting += sorted(filter(_is_content, path.iterdir()), reverse=True)
                except OSError as error:
                    yield Refused(shown_path(path), os_reason(error))
        elif wanted(path.name):
            if stat.S_ISREG(status.st_mode):
                yield Document.of_file(path, status.st_size, folder)
            else:
                yield Refused(shown_path(path), "not a regular file")


def _is_content(path: Path) -> bool:
    return not path.name.startswith(".") and path.name not in _NOT_CONTENT
