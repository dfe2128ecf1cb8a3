"""Files of pages: names, gzip, character sets, what is refused, and pages made to do harm."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import pytest

from indexer.base.processes import Workers
from indexer.sources import Accepted, Document, Item, Refused, read_document, read_source
from indexer.sources.html import many
from indexer.sources.html.page import Page, read_page
from tests.indexer.sources.html.pages import PARAGRAPHS, TITLE, article, article_of, item_of, meta, page

SECONDS = 20  # for a page that takes less than two


def test_a_folder_of_pages_gzipped_or_not_among_other_kinds(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(page(), "utf-8")
    (tmp_path / "b.md").write_text("# Storm\n\nThe wind came up.", "utf-8")
    (tmp_path / "c.htm.gz").write_bytes(gzip.compress(page(article(title="Second vote on the pier")).encode()))
    (tmp_path / "d.css").write_text("p {}", "utf-8")
    items = list(read_source(tmp_path))
    assert [item.article.id for item in items if isinstance(item, Accepted)] == ["a", "b", "c"]


def test_a_page_is_recognised_by_its_media_type_or_by_what_is_in_it() -> None:
    data = page().encode()
    for known in (
        {"media_type": "text/html; charset=utf-8"},
        {"media_type": "application/xhtml+xml"},
        {"name": "pier"},
    ):
        (item,) = read_document(Document.of_bytes(data, "the request", fallback_id="x", **known))
        assert isinstance(item, Accepted)
        assert item.article.title == TITLE


def test_a_file_without_a_suffix_can_be_named(tmp_path: Path) -> None:
    (tmp_path / "pier").write_text(page(), "utf-8")
    (item,) = read_source(tmp_path / "pier")
    assert isinstance(item, Accepted)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (page(head='<meta name="robots" content="noindex, follow">'), "asks search engines not to index it"),
        (page(linked={"@type": "Article", "creativeWorkStatus": "Draft", "headline": TITLE}), "a draft"),
        ('{"title": "no page"}', "no HTML"),
        ("", "no HTML"),
        ("<html><body></body></html>", "neither title nor text"),
        (gzip.compress(page().encode())[:-20], "damaged gzip data"),
        (gzip.compress(b"<html>" + b"x" * 5_000_000), "larger than 4 MB"),
        (b"<html>" + b"x" * 5_000_000, "larger than 4 MB"),
    ],
)
def test_refusals_say_why(content: str | bytes, reason: str) -> None:
    item = item_of(content)
    assert isinstance(item, Refused)
    assert reason in item.reason


def test_a_draft_that_is_sent_may_ask_not_to_be_indexed() -> None:
    assert article_of(page(head='<meta name="robots" content="noindex">'), is_draft=True).title == TITLE


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [
        ("utf-8", ""),
        ("utf-8", '<meta charset="iso-8859-1">'),  # what is UTF-8 is UTF-8, whatever it says
        ("utf-8-sig", ""),
        ("utf-16", ""),
        ("utf-16-le", ""),
        ("iso-8859-1", '<meta charset="iso-8859-1">'),
        ("windows-1252", '<meta http-equiv="Content-Type" content="text/html; charset=windows-1252">'),
        ("shift_jis", '<meta charset="shift_jis">'),
    ],
)
def test_character_sets(encoding: str, declared: str) -> None:
    word = "会議" if encoding == "shift_jis" else "Fähre"
    html = page(article(title=f"{TITLE} {word}"), declared)
    assert article_of(html.encode(encoding)).title == f"{TITLE} {word}"


def test_a_character_set_in_the_header() -> None:
    data = page(article(title=f"{TITLE} Fähre")).encode("iso-8859-1")
    assert article_of(data, media_type="text/html; charset=iso-8859-1").title.endswith("Fähre")


TEXT = "".join(f"<p>{each}</p>" for each in PARAGRAPHS)
LARGE = 4 * 1024 * 1024 - 2_000
HOSTILE = {
    "deep": "<div>" * 100_000 + TEXT,
    "rather deep": "<div>" * 1_500 + TEXT,
    "formatting never closed": "<font><b>text " * 18_000 + TEXT,
    "links never closed": "<a href=x>text " * 15_000 + TEXT,
    "huge attribute": f"<p class='{'a ' * (LARGE // 2)}'>{TEXT}",
    "many attributes": "<p " + " ".join(f"a{n}=b" for n in range(300_000)) + f">{TEXT}",
    "many paragraphs": "<h1>x</h1>" + "<p>aa bb cc dd." * 38_000,
    "many breaks": "<h1>x</h1><div>" + "aa bb cc. dd<br>" * 38_000,
    "many dates": "<h1>x</h1>" + "<span class='byline date'>2 May 2020 By Ana</span>" * 19_000,
    "one paragraph": "<p>" + "word and then " * (LARGE // 14),
    "long byline": "<h1>x</h1><div class=byline>" + "By , " * (LARGE // 5) + f"</div>{TEXT}",
    "long heading": "<h1>" + "a - " * (LARGE // 4) + f"</h1>{TEXT}",
    "many headings": f"<title>{TITLE} of it</title>" + f"<h1>{TITLE}</h1>" * 18_000 + TEXT,
    "deep JSON": f'<script type="application/ld+json">{"[" * 200_000}</script>{TEXT}',
    "much JSON": '<script type="application/ld+json">[' + '{"@type":"Article"},' * 30_000 + f"1]</script>{TEXT}",
    "long number": f'<script type="application/ld+json">{{"a":{"9" * 900_000}}}</script>{TEXT}',
    "comments never closed": "<!--noindex-->" * 38_000 + TEXT,
    "tag never closed": "<p " + "a=b " * (LARGE // 5),
    "references": "<p>" + "&amp;" * (LARGE // 5),
    "blanks": "<?xml " + " " * LARGE,
    "NULs": "<p>" + "\0" * 1_000_000 + TEXT,
    "digits": "<p class=date>" + "1" * (LARGE // 2) + f"</p>{TEXT}",
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_pages_end_soon(kind: str) -> None:
    data = f"<html><body>{HOSTILE[kind]}".encode()
    started = time.process_time()
    item = read_page(Page(data, "pier.html", "pier.html"))
    assert time.process_time() - started < SECONDS
    assert isinstance(item, Accepted) or item.reason


def test_entities_of_a_page_are_neither_multiplied_nor_read_from_files(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("a secret of the machine", "utf-8")
    entities = (
        f'<!DOCTYPE html [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY f SYSTEM "{secret.as_uri()}">]>'
    )
    body = article_of(f"{entities}<html><body><h1>{TITLE}</h1><p>&b;&f;</p>{TEXT}").body
    assert "aaaaaaaaaa&" not in body.replace('aaaaaaaaaa"', "")
    assert "secret of the machine" not in body


def test_no_network_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr("socket.socket.connect", refuse)
    monkeypatch.setattr("socket.getaddrinfo", refuse)
    head = '<base href="http://courier.example/"><link rel=stylesheet href="a.css"><script src="http://x.example/a.js"></script>'
    assert (
        article_of(page(article(end="<img src=http://x.example/a.png>"), head + meta(og__title=TITLE))).title == TITLE
    )


def read_deadly(pages: Sequence[many.Known]) -> list[Item]:
    """Ends its process at some page; like the work of `read_pages` else."""
    if any(isinstance(page, Page) and b"deadly" in page.data for page, _ in pages):
        os._exit(1)
    return many.read_known(pages)


def test_a_page_that_ends_its_process_is_refused_and_the_others_are_read(
    tmp_path: Path,
) -> None:
    for number in range(20):
        (tmp_path / f"{number:02}.html").write_text(page(article(title=f"Vote number {number} on the pier")), "utf-8")
    (tmp_path / "07.html").write_text(page(article(title="A deadly vote on the pier")), "utf-8")

    read = partial(many.read_pages, read=read_deadly)  # by its name, which processes of every kind of start find
    documents = [Document.of_file(path) for path in sorted(tmp_path.iterdir())]
    with Workers(2) as workers:
        items = list(read(documents, workers))
    assert [isinstance(item, Accepted) for item in items] == [number != 7 for number in range(20)]
    (refused,) = [item for item in items if isinstance(item, Refused)]
    assert refused.where.endswith("07.html")
    assert "ended the process" in refused.reason


def test_searching_imports_no_library_for_html() -> None:
    code = (
        "import sys, readmore, search.engine, indexer.sources;"
        "print([m for m in ('lxml', 'trafilatura', 'htmldate', 'dateparser', 'w3lib') if m in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
