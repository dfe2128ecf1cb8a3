"""Documents: the same bytes are the same article, whether a file, a stream or memory hands them over."""

from __future__ import annotations

import gzip
import io
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from indexer.sources import Accepted, Document, Refused, read_document
from indexer.sources.formats import FORMATS, format_of, format_of_text

BYTES = {
    ".jsonl": b'{"id": "a", "title": "A title", "body": "Text"}\n{"id": "b", "title": "B"}\nno JSON\n',
    ".md": b"---\ntitle: A title\n---\nText and [a link](/x/)\n",
    ".txt": b"A title\n\nText\n",
    ".jsonl.gz": gzip.compress(b'{"id": "a", "title": "A title"}\n'),
}
DAY = datetime(2024, 3, 18, tzinfo=UTC)


@pytest.mark.parametrize("suffix", BYTES)
def test_files_streams_and_bytes_are_read_alike(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    path.write_bytes(BYTES[suffix])
    by_file = list(read_document(Document.of_file(path)))

    assert isinstance(by_file[0], Accepted)
    known = {"name": str(path)}
    assert list(read_document(Document.of_bytes(BYTES[suffix], str(path), **known))) == by_file
    with io.BytesIO(BYTES[suffix]) as stream:
        assert list(read_document(Document.of_stream(stream, str(path), **known))) == by_file
        assert not stream.closed


@pytest.mark.parametrize("kind", FORMATS, ids=lambda kind: kind.name)
def test_a_media_type_tells_the_kind_and_goes_before_the_name(kind: object) -> None:
    media_type = kind.media_type  # type: ignore[attr-defined]
    for given in (media_type, f"{media_type.upper()} ; charset=utf-8"):
        assert format_of(Document.of_bytes(b"", "here", name="a.md", media_type=given)) is kind


def test_a_name_tells_the_kind_where_no_media_type_does() -> None:
    document = Document.of_bytes(b"", "here", name="posts/A.MARKDOWN", media_type="application/octet-stream")
    assert format_of(document) is format_of_text("---\n---\n")
    assert format_of(replace(document, name="a.docx")) is None


def test_a_document_of_no_known_kind_is_refused_with_what_is_known() -> None:
    (item,) = read_document(Document.of_bytes(b"a,b", "https://e.org/a.docx", name="a.docx"))
    assert isinstance(item, Refused)
    assert item.where == "https://e.org/a.docx"
    assert "not a kind of file that can be read; known are .jsonl" in item.reason


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (b"# A title\n\nText", "text/markdown"),
        (b"A title\n\nText", "text/plain"),
        (b"Orbit Daily\n\nA title\nBy Ana One\n\nText.\n\nRelated Links\nOrbit Daily\n", "text/plain"),
        (b'{"title": "A title",\n"text": "Text"}', "application/json"),
        (b'{"title": "A title", "text": "Text"}', "application/x-ndjson"),
    ],
)
def test_without_a_name_the_source_says_id_and_date(content: bytes, media_type: str) -> None:
    document = Document.of_bytes(content, "here", media_type=media_type, fallback_id="f-1", fallback_date=DAY)
    (item,) = read_document(document)
    assert isinstance(item, Accepted)
    assert (item.article.id, item.article.date, item.article.title) == ("f-1", DAY, "A title")
    assert all("file name" not in warning for warning in item.warnings)


def test_what_a_document_says_itself_goes_before_what_its_source_says() -> None:
    known = {"media_type": "text/markdown", "fallback_id": "f-1", "fallback_date": DAY}
    (item,) = read_document(Document.of_bytes(b"---\nid: own\ndate: 2020-01-02\n---\nText", "here", **known))
    assert isinstance(item, Accepted)
    assert (item.article.id, item.article.date) == ("own", datetime(2020, 1, 2, tzinfo=UTC))
    (item,) = read_document(Document.of_bytes(b"Text", "here", name="2021-05-06-named.md", **known))
    assert isinstance(item, Accepted)
    assert (item.article.id, item.article.date) == ("2021-05-06-named", datetime(2021, 5, 6, tzinfo=UTC))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b'{"title": "x",}', "column 15"),
        (b'{"title": "x",\n "text": y}\n', "line 2, column 10"),
        (b'{"title": "x",\n', "column 15"),
    ],
)
def test_a_mistake_in_json_is_found_by_its_line_where_there_are_several(content: bytes, reason: str) -> None:
    (item,) = read_document(Document.of_bytes(content, "here", media_type="application/json"))
    assert isinstance(item, Refused)
    assert item.reason.endswith(f" at {reason}")


@pytest.mark.parametrize("media_type", ["application/json", "text/markdown", "text/plain"])
def test_an_article_of_more_bytes_than_are_read_is_refused_with_the_rest_unread(media_type: str) -> None:
    class Endless(io.RawIOBase):
        given = 0

        def read(self, size: int = -1, /) -> bytes:
            assert size > 0
            self.given += size
            return b"a" * size

    stream = Endless()
    (item,) = read_document(Document.of_stream(stream, "here", media_type=media_type))  # type: ignore[arg-type]
    assert item == Refused("here", "larger than 4 MB: not one article", item.id)  # type: ignore[union-attr]
    assert stream.given < 5_000_000


def test_a_device_that_fails_refuses_its_document() -> None:
    class Failing(io.RawIOBase):
        def read(self, size: int = -1, /) -> bytes:
            raise OSError(5, "Input/output error")

    (item,) = read_document(Document.of_stream(Failing(), "here", media_type="text/plain"))  # type: ignore[arg-type]
    assert item == Refused("here", "cannot be read: Input/output error")


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_texts_in_utf_16_are_read_where_they_say_so(encoding: str) -> None:
    text = "\ufeff---\ntitle: Hochwasser in Köln\n---\nDie Mauer hält.\n".encode(encoding)
    (item,) = read_document(Document.of_bytes(text, "post.md", name="post.md"))
    assert isinstance(item, Accepted)
    assert (item.article.title, item.article.body) == ("Hochwasser in Köln", "Die Mauer hält.")
    (broken,) = read_document(Document.of_bytes(text[:-1], "post.md", name="post.md"))
    assert isinstance(broken, Refused)
    assert "UTF-16" in broken.reason
