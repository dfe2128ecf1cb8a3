"""The row of a stored article, with the checksum by which it is known to be as it was written."""

from __future__ import annotations

import hashlib
import zlib
from typing import NamedTuple

from indexer.article.article import Article

_SOURCE = b',"source":"'
# what reading JSON that is no article's raises
_NO_ARTICLE = (ValueError, LookupError, TypeError, AttributeError, RecursionError)


class Row(NamedTuple):
    """A stored version of an article. Texts are bytes in UTF-8, for damaged ones need not be text."""

    seq: int
    id: bytes
    url: bytes | None
    digest: bytes  # `Article.digest`
    crc32: int | None  # `checksum` of the rest; None in a row that an older readmore wrote
    record: bytes  # `Article.to_json`

    def article(self) -> Article | None:
        """The article; None where the row is not as it was written."""
        if self.crc32 is not None and self.crc32 != self.checksum():
            return None
        return parsed(self.record)

    def checksum(self) -> int:
        """The CRC-32 of everything else in the row."""
        return checksum(self.seq, self.id, self.url, self.digest, self.record)

    def is_sound(self) -> bool:
        """Whether everything in the row is as it was written."""
        if self.crc32 is not None:
            return self.crc32 == self.checksum() and parsed(self.record) is not None
        return self.is_digest_right() and self._has_right_names(parsed(self.record))

    def is_digest_right(self) -> bool:
        """Whether the digest is that of the record, wherever the article came from."""
        return any(hashlib.blake2b(text, digest_size=16).digest() == self.digest for text in self._digested())

    def _digested(self) -> list[bytes]:
        """What the digest may be of: the record, or the record without its last field, where the article came from."""
        at = self.record.rfind(_SOURCE)
        return [self.record] if at < 0 else [self.record[:at] + b"}", self.record]

    def _has_right_names(self, article: Article | None) -> bool:
        return article is not None and (article.id.encode(), article.url.encode()) == (self.id, self.url or b"")


def checksum(seq: int, article_id: bytes, url: bytes | None, digest: bytes, record: bytes) -> int:
    """The CRC-32 of a row: of its parts one after the other, a zero byte behind each of the first three."""
    return zlib.crc32(record, zlib.crc32(b"%d\0%b\0%b\0%b" % (seq, article_id, url or b"", digest)))


def parsed(record: bytes) -> Article | None:
    """The article that a record is of; None if it is of none."""
    try:
        article = Article.from_json(record)
    except _NO_ARTICLE:
        return None
    return article if isinstance(article.id, str) else None
