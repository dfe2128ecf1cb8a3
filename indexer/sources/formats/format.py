"""What a format is to the rest of the package."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from indexer.base.processes import Workers
from indexer.sources.document import Document
from indexer.sources.item import Item


@dataclass(frozen=True, slots=True)
class Format:
    """One kind of document.

    `read` yields its articles and raises nothing but OSError and ArticleError, which then are about the whole
    document. `count` says how many there are without parsing them, None where that would take long, and may raise
    OSError. A format of documents with one article each that are better read together has `read_many`: it takes many,
    and the processes that may share the work, and yields one item for each, in their order, and
    raises nothing.
    """

    name: str
    suffixes: tuple[str, ...]  # of file names, lower case, with the dot
    media_type: str
    read: Callable[[Document], Iterator[Item]]
    count: Callable[[Document], int | None]
    read_many: Callable[[Sequence[Document], Workers], Iterator[Item]] | None = None


def one_article(document: Document) -> int:
    """The `count` of formats that hold one article each."""
    return 1
