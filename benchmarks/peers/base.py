"""What every engine under measurement can be asked to do."""

from __future__ import annotations

import importlib.metadata
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, ClassVar, Literal

Article = dict[str, Any]  # id, title, text, date, section, site, authors, tags, url
Kind = Literal["or", "and", "phrase", "prefix"]

TITLE_WEIGHT = 2.0  # a word of the title counts twice, in every engine
K1, B = 1.2, 0.75


class Peer(ABC):
    """One engine.

    Terms that are equal for all: articles are stored and come back by id (except where `unsupported` says
    otherwise), words are stemmed for English, positions are kept, a title's word counts twice, ranking is BM25
    with k1 = 1.2 and b = 0.75 as far as the engine lets them be set. Queries arrive as words, and each engine
    gets them the way that is fastest with its own programming interface.
    """

    package: ClassVar[str] = ""  # the distribution whose version is reported
    slow: ClassVar[bool] = False  # measured with fewer queries and built once
    limit: ClassVar[int | None] = None  # builds no more articles than this
    unsupported: ClassVar[Mapping[str, str]] = {}  # kind of query, or "add", or "size": the reason

    @abstractmethod
    def build(self, batches: Iterable[list[Article]], folder: Path) -> None:
        """Indexes all articles into the empty `folder`; when it returns they are on disk and findable."""

    def settle(self) -> None:  # noqa: B027 - most engines have nothing to wait for
        """Waits for what the engine still does in the background after `build`, and lets go of the writer."""

    @abstractmethod
    def open(self, folder: Path) -> None:
        """Opens what `build` made, ready to search."""

    @abstractmethod
    def search(self, kind: Kind, words: list[str], k: int = 10) -> list[str]:
        """The ids of the best `k` articles.

        ``or``: any of the words, by BM25; ``and``: each of the words in the title or in the text; ``phrase``: the
        words one after the other; ``prefix``: a word that begins with ``words[0]``.
        """

    @abstractmethod
    def page(self, words: list[str], k: int = 10) -> list[Article]:
        """The best `k` articles for any of the words, as they were stored: what a page of results is made from."""

    @abstractmethod
    def add_one(self, article: Article) -> None:
        """Adds one article to the open index, durably; when it returns the next `search` sees the article."""

    def sizes(self, folder: Path) -> dict[str, int]:
        """Bytes on disk: ``total``, and ``index`` without the stored articles where the two can be told apart."""
        return {"total": folder_size(folder)}

    def version(self) -> str:
        """The version of the engine."""
        return importlib.metadata.version(self.package)


def folder_size(folder: Path) -> int:
    """The sum of the sizes of all files under `folder`."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
