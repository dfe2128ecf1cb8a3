"""Files that hold documents as a folder does: zip and tar archives, and web archives (WARC)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from indexer.sources.containers import packed, warc
from indexer.sources.document import Document
from indexer.sources.item import Refused

SUFFIXES = (*packed.SUFFIXES, *warc.SUFFIXES)


def is_container(name: str) -> bool:
    """Whether a file of this name holds documents."""
    return name.lower().endswith(SUFFIXES)


def documents_inside(path: Path, passed_over: Counter[str]) -> Iterator[Document | Refused]:
    """The documents in the container at `path`, of known kinds; what is left out is counted in `passed_over` as of a
    folder. Raises nothing: what cannot be read is yielded as `Refused`."""
    if path.name.lower().endswith(warc.SUFFIXES):
        yield from warc.documents_in(path, passed_over)
    else:
        yield from packed.documents_in(path, passed_over)
