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


class RestoreUnfinishedError(ReadmoreError):
    """A restore ended half-way, and the archive is some of the backup and some of what it was."""

    def __init__(self, path: Path, backup: str) -> None:
        super().__init__(
            f"{path}: putting the backup {backup} back was interrupted, and nothing can be changed until that is done; "
            f"run 'readmore restore --replace {backup}' again"
        )


class DamagedError(ReadmoreError):
    """A file of the archive is missing, truncated, altered or not ours."""

    advice = "run 'readmore check --repair' to mend what can be mended"

    def __init__(self, path: Path, what: str) -> None:
        super().__init__(f"{path}: {what}; {self.advice}")
        self.path = path
        self.what = what

    def __reduce__(self) -> tuple[type[DamagedError], tuple[Path, str]]:
        return type(self), (self.path, self.what)  # a worker process hands it to its parent


class ArticlesDamagedError(DamagedError):
    """The database of the articles is damaged, or lacks articles that the index has."""

    advice = (
        "nothing is done with it before you run 'readmore check --repair', which saves what is there, "
        "or 'readmore restore BACKUP'"
    )


class IndexDamagedError(DamagedError):
    """A file of the index is damaged. Articles are safe; the index is derived."""

    advice = "the articles are safe, run 'readmore reindex' to rebuild the index"


class IndexUnreadableError(IndexDamagedError):
    """A file of the index cannot be read: it may be as it was written, but who asks has no right to it."""

    advice = "see that the user who runs readmore may read the archive's folder and all that is in it"


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
