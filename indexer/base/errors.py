"""The errors a user can meet. Every message says what is wrong, where, and what to do about it, in one line."""

from __future__ import annotations

from pathlib import Path


class ReadmoreError(Exception):
    """Something the user can act on. The command line prints the message on one line and exits with 2."""


class ArticleError(ReadmoreError):
    """An article that cannot be accepted. The message is the reason; the others go on."""


class ArchiveNotFoundError(ReadmoreError):
    """No archive at the path given."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"no archive at {path}: make one with 'readmore --data {path} index SOURCE...'")


class ArticleNotFoundError(ReadmoreError):
    """No article has the id or URL asked for."""

    def __init__(self, wanted: str) -> None:
        super().__init__(f"no article with the id or URL '{wanted}' in this archive")


class ArchiveLockedError(ReadmoreError):
    """Another process is writing."""


class IndexDamagedError(ReadmoreError):
    """A file of the index is missing, truncated, altered or not ours. Articles are safe; the index is derived."""

    def __init__(self, path: Path, what: str) -> None:
        super().__init__(f"{path}: {what}; the articles are safe, run 'readmore reindex' to rebuild the index")
        self.path = path
        self.what = what

    def __reduce__(self) -> tuple[type[IndexDamagedError], tuple[Path, str]]:
        return type(self), (self.path, self.what)  # a worker process hands it to its parent


class WriteError(ReadmoreError):
    """A file could not be written, most often because the disk is full. Nothing that was accepted is lost by it."""


class QueryError(ReadmoreError):
    """A query that cannot be answered as asked. `parameter` is what of it is at fault, where that is known: the name of
    a filter, ``sort``."""

    def __init__(self, message: str, parameter: str = "") -> None:
        super().__init__(message)
        self.parameter = parameter


def shown(text: str) -> str:
    """`text` of unknown length short enough to stand in a message, on one line."""
    text = " ".join(text.split())
    return text if len(text) <= 60 else text[:57] + "..."
