"""Pages in web archives."""

from __future__ import annotations

import gzip
from collections import Counter
from pathlib import Path

import pytest

from indexer.sources import Accepted, Refused, read_source
from tests.indexer.sources.html.pages import article, page


def record(kind: str, url: str, content: bytes) -> bytes:
    head = f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {url}\r\nWARC-Date: 2024-03-05T08:00:00Z\r\n"
    head += f"Content-Type: application/http; msgtype={kind}\r\nContent-Length: {len(content)}\r\n\r\n"
    return head.encode() + content + b"\r\n\r\n"


def web_archive(path: Path, answers: list[tuple[str, str, str, str]], packed: bool = True) -> Path:
    records = [record("warcinfo", "", b"software: test\r\n")]
    for url, status, kind, text in answers:
        http = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\n\r\n".encode() + text.encode()
        records.append(record("response", url, http))
    path.write_bytes(b"".join(map(gzip.compress, records) if packed else records))
    return path


def answers() -> list[tuple[str, str, str, str]]:
    html = "text/html; charset=utf-8"
    return [
        ("https://x.example/a", "200 OK", html, page(article(title="An old vote on the pier"))),
        ("https://x.example/b", "200 OK", html, page(article(title="Second vote on the pier"))),
        ("https://x.example/a", "200 OK", html, page(article(title="First vote on the pier"))),
        ("https://x.example/c", "404 Not Found", html, "<html>no</html>"),
        ("https://x.example/d.png", "200 OK", "image/png", "png"),
    ]


@pytest.mark.parametrize("packed", [False, True])
def test_the_pages_that_were_answered(tmp_path: Path, packed: bool) -> None:
    path = web_archive(tmp_path / ("a.warc.gz" if packed else "a.warc"), answers(), packed)
    passed_over: Counter[str] = Counter()
    found = [item.article for item in read_source(path, passed_over=passed_over) if isinstance(item, Accepted)]
    assert {each.url: each.title for each in found} == {
        "https://x.example/a": "First vote on the pier",
        "https://x.example/b": "Second vote on the pier",
    }
    assert passed_over == {"records about the archive": 1, "answers without a page": 1, "answers of other kinds": 1}


def test_a_web_archive_that_breaks_off(tmp_path: Path) -> None:
    path = web_archive(tmp_path / "a.warc.gz", answers())
    path.write_bytes(path.read_bytes()[:-400])
    found = list(read_source(path))
    assert any(isinstance(item, Accepted) for item in found)
    (tmp_path / "b.warc").write_bytes(b"no web archive at all\r\n")
    found = list(read_source(tmp_path / "b.warc"))
    assert isinstance(found[-1], Refused)
    assert "damaged web archive" in found[-1].reason
