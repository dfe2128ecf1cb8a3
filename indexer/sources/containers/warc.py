"""Pages in web archives (WARC), as crawlers and archiving services write them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import IO, Any

from indexer.article.urls import is_followable
from indexer.sources.document import Document, os_reason, shown_path
from indexer.sources.item import Refused
from indexer.sources.limits import MAX_ARTICLE_BYTES

SUFFIXES = (".warc", ".warc.gz")
_OK = "200"
_BEGINNINGS = (b"WARC/", b"\x1f\x8b")


def documents_in(path: Path, passed_over: Counter[str]) -> Iterator[Document | Refused]:
    """The HTML pages that were answered in the web archive at `path`, each address once, as it was answered last."""
    import warcio
    from warcio.exceptions import ArchiveLoadFailed

    pages: dict[str, Document] = {}
    where, reason = shown_path(path), ""
    try:
        with path.open("rb") as file:
            if not file.peek(5).startswith(_BEGINNINGS):
                raise ArchiveLoadFailed("it does not begin as one")
            records = warcio.ArchiveIterator(file)
            for record in records:
                if kind := _left_out(record):
                    passed_over[kind] += 1
                    continue
                url = record.rec_headers.get_header("WARC-Target-URI") or ""
                pages.pop(url, None)
                pages[url] = _document(path, records.get_record_offset(), url, record)
    except ArchiveLoadFailed as error:
        reason = f"damaged web archive, nothing more in it was read: {error}"
    except OSError as error:
        reason = os_reason(error)
    except Exception as error:  # warcio lets errors of what it reads pass
        reason = f"damaged web archive, nothing more in it was read ({type(error).__name__})"
    yield from pages.values()
    if reason:
        yield Refused(where, reason)


def _left_out(record: Any) -> str:
    """What a record is counted as that holds no page; empty for a page."""
    if record.rec_type != "response":
        return "records of requests and the like" if record.rec_type != "warcinfo" else "records about the archive"
    headers = record.http_headers
    if headers is None or headers.get_statuscode() != _OK:
        return "answers without a page"
    kind = (headers.get_header("Content-Type") or "").partition(";")[0].strip().lower()
    url = record.rec_headers.get_header("WARC-Target-URI") or ""
    if kind not in ("text/html", "application/xhtml+xml") or not is_followable(url):
        return "answers of other kinds"
    return ""


def _document(path: Path, offset: int, url: str, record: Any) -> Document:
    """The page that begins at `offset` of the archive; it is read from there when it is opened."""
    return Document(
        f"{shown_path(path)}: {url}"[:2000],
        lambda: _opened(path, offset),
        size=MAX_ARTICLE_BYTES if record.length is None else max(1, int(record.length)),
        media_type=record.http_headers.get_header("Content-Type") or "text/html",
        url=url,
    )


@contextmanager
def _opened(path: Path, offset: int) -> Iterator[IO[bytes]]:
    import warcio

    with path.open("rb") as file:
        file.seek(offset)
        for record in warcio.ArchiveIterator(file):
            yield BytesIO(record.content_stream().read(MAX_ARTICLE_BYTES + 1))
            return
        raise OSError("the record is not there any more")
