"""Standard input holds whatever a file may, and is told by what it begins with."""

from __future__ import annotations

import gzip
import io
import json
import os
import sys
import tarfile
import threading
import zipfile
from collections.abc import Callable

import pytest

from indexer.sources import Accepted, Item, Refused, piped, read_source, shared_ids
from tests.indexer.sources.html.pages import article, page

RECORD = {"id": "tide", "title": "High tide at noon", "body": "The harbour wall holds.", "url": "/2024/03/tide/"}
POST = b"---\nid: tide\ntitle: High tide at noon\n---\nThe harbour wall holds.\n"
FEED = b"""<?xml version="1.0"?><rss version="2.0"><channel><title>Harbour</title><item><title>High tide at noon</title>
<link>https://harbour.example/tide</link><description>The harbour wall holds.</description></item></channel></rss>"""


def read(content: bytes) -> list[Item]:
    return list(read_source("-", stdin=io.BytesIO(content), workers=1))


def zipped(name: str, content: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(name, content)
    return file.getvalue()


def tarred(name: str, content: bytes) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        info = tarfile.TarInfo(name)
        info.size = len(content)
        archive.addfile(info, io.BytesIO(content))
    return file.getvalue()


def rest_export() -> bytes:
    post = {"id": 7, "link": "https://harbour.example/tide", "date_gmt": "2024-03-18T10:00:00", "status": "publish"}
    return json.dumps(
        [post | {k: {"rendered": RECORD[v]} for k, v in (("title", "title"), ("content", "body"))}]
    ).encode()


KINDS: dict[str, Callable[[], bytes]] = {
    "JSON Lines": lambda: json.dumps(RECORD).encode() + b"\n" + json.dumps(RECORD | {"id": "ebb"}).encode(),
    "one object over several lines": lambda: json.dumps(RECORD, indent=2).encode(),
    "a list in one line": lambda: json.dumps([RECORD]).encode(),
    "a list under a key in one line": lambda: json.dumps({"posts": [RECORD]}).encode(),
    "WordPress's REST interface": rest_export,
    "a feed": lambda: FEED,
    "a page": lambda: page(article(title="High tide at noon")).encode(),
    "a page in UTF-16": lambda: page(article(title="High tide at noon")).encode("utf-16"),
    "a table": lambda: b"id,title,body\ntide,High tide at noon,The harbour wall holds.\n",
    "a table in UTF-16": lambda: "id\ttitle\tbody\ntide\tHigh tide at noon\tIt holds.\n".encode("utf-16"),
    "Markdown": lambda: POST,
    "a text": lambda: b"High tide at noon\n\nThe harbour wall holds.\n",
    "zip": lambda: zipped("posts/tide.md", POST),
    "tar": lambda: tarred("posts/tide.md", POST),
}


@pytest.mark.parametrize("is_gzipped", [False, True], ids=["plain", "gzipped"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_known_by_what_it_begins_with(kind: str, is_gzipped: bool) -> None:
    content = KINDS[kind]()
    items = read(gzip.compress(content) if is_gzipped else content)
    assert [type(item) for item in items] == [Accepted] * (2 if kind == "JSON Lines" else 1), items
    first = items[0]
    assert isinstance(first, Accepted)
    assert first.article.title == "High tide at noon"
    assert first.where.startswith("standard input")


def test_what_is_in_an_archive_keeps_its_id_and_tells_no_temporary_folder() -> None:
    first, second = (read(zipped("posts/2024-03-18-tide.md", POST.replace(b"id: tide\n", b""))) for _ in range(2))
    assert isinstance(first[0], Accepted)
    assert first[0].where == "standard input/posts/2024-03-18-tide.md"
    assert [item.file for item in first] == [item.file for item in second]
    assert first == second


def test_lines_are_read_as_they_come() -> None:
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb") as stdin:
        os.write(writing, json.dumps(RECORD).encode() + b"\n")
        items = read_source("-", stdin=stdin, workers=1)
        found: list[Item] = []
        thread = threading.Thread(target=lambda: found.append(next(items)))
        thread.start()
        thread.join(30)
        assert found  # though the pipe is still open
        os.close(writing)
        assert list(items) == []


def test_a_damaged_line_costs_itself() -> None:
    first, second = read(b'{"id": "a", "title": }\n' + json.dumps(RECORD).encode())
    assert isinstance(first, Refused)
    assert first.where == "standard input:1"
    assert isinstance(second, Accepted)


def test_damaged_and_endless_input_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    (broken,) = read(gzip.compress(FEED * 50)[:200])
    assert isinstance(broken, Refused)
    assert "gzip" in broken.reason
    monkeypatch.setattr(piped, "MAX_BYTES", 100_000)
    (large,) = read(b"A title\n\n" + b"x" * 200_000)
    assert isinstance(large, Refused)
    assert large.reason.startswith("more than")
    (bomb,) = read(gzip.compress(b"\0" * 500_000))
    assert isinstance(bomb, Refused)


def test_nothing_at_all_is_no_article() -> None:
    assert read(b"") == []
    assert read(b"\n\n") == []


def test_to_ask_which_ids_are_shared_takes_nothing_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    stdin = io.TextIOWrapper(io.BytesIO(POST))
    monkeypatch.setattr(sys, "stdin", stdin)
    assert shared_ids(["-"]) == frozenset()
    assert len(list(read_source("-", workers=1))) == 1
