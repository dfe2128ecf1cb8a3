"""The stored articles as search and recommending need them: whole, as they were accepted."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol

from indexer.article.article import Article


class Articles(Protocol):
    """The stored articles of an archive. Several threads ask at once.

    An accepted version of an article has a sequence number, which no other version ever has. An index of an older
    generation may still have versions that are gone from here. No article comes out whose time has not come
    (`Index.waiting`); of its number, its texts and its URL whoever asks must look after that.
    """

    def fetch(self, ids: Sequence[str]) -> dict[str, Article]:
        """The articles with these ids; ids that are not there are left out."""

    def versions(self, seqs: Sequence[int]) -> dict[int, Article]:
        """The articles with these sequence numbers; those that are gone are left out."""

    def titles(self, after: int, up_to: int) -> list[tuple[int, str]]:
        """The sequence numbers above `after`, up to `up_to`, of articles with a title, and the titles, ascending."""

    def contents(self, seqs: Sequence[int]) -> list[tuple[int, str, str]]:
        """The sequence numbers, ascending, titles and bodies of the articles with these numbers; those that are gone
        are left out. Takes a third of the time of `versions`."""

    def get_with_seq(self, id_or_url: str) -> tuple[int, Article]:
        """The article with this id, or else this URL, behind its sequence number. Raises ArticleNotFoundError."""

    def seqs(self, ids_or_urls: Sequence[str]) -> dict[str, int]:
        """The sequence numbers of the articles with these ids, or else these URLs; those not there are left out."""

    def withheld(self, after: int, up_to: int) -> list[tuple[int, float]]:
        """Of the articles with sequence numbers above `after` and up to `up_to`, those that are retracted or expire:
        the number and the time since or from when, in seconds since 1970 (0 for a retracted one)."""

    def translated(self, after: int, up_to: int) -> list[tuple[int, str, str, str, tuple[str, ...]]]:
        """Of the articles with sequence numbers above `after` and up to `up_to`, those that say something of their
        copies in other languages: the number, the language, the key, the URL, and the URLs of the copies."""

    def urls(self, without: Collection[int] = ()) -> list[str]:
        """The URLs of all articles that have one, but for those with these sequence numbers."""

    def removed_ids(self) -> set[str]:
        """The ids of articles that were here once and are not any more."""

    def last_removal(self) -> int:
        """A number that grows with every version that is removed or replaced. Cheap."""

    def close(self) -> None:
        """Lets go of what is open."""
