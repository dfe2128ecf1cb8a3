"""Sources on the web: sites that answer as they should, and servers that do not."""

from __future__ import annotations

import gzip
import json
import time
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from indexer.archive import Archive
from indexer.commands.index import index
from indexer.sources import Accepted, Refused, read_documents
from indexer.sources.crawl import crawl, fetching
from indexer.sources.crawl.crawl import Crawl, CrawlItem
from indexer.sources.crawl.fetching import Answer, Fetcher, FetchError
from indexer.sources.crawl.memory import Memory
from tests.indexer.sources.crawl.site import Site, site
from tests.indexer.sources.html.pages import article, page


@pytest.fixture
def web() -> Iterator[Site]:
    with site() as here:
        yield here


def story(number: int) -> str:
    return page(article(title=f"Vote number {number} on the pier"))


def crawled(
    tmp_path: Path, url: str, passed_over: Counter[str] | None = None, seconds: float = 60.0
) -> list[CrawlItem]:
    memory = Memory(tmp_path / "crawled.db", lambda article_id: True)
    fetcher = Fetcher(allow_private=True, total_seconds=seconds)
    counts = Counter[str]() if passed_over is None else passed_over
    whole = Crawl(url, fetcher, memory, lambda documents: read_documents(documents, 1), counts)
    items = [item for items in whole.slices() for item in items]
    memory.close()
    return items


def run(data: Path, *sources: str, status: int = 0) -> dict[str, Any]:
    done = CliRunner().invoke(index, [*sources, "--json", "--workers", "1", "--private"], obj={"data": data})
    assert done.exit_code == status, done.output
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def test_the_pages_of_a_sitemap_are_fetched_once_and_then_only_if_they_changed(tmp_path: Path, web: Site) -> None:
    paths = [f"/2024/story-{n}" for n in range(5)]
    for number, path in enumerate(paths):
        web.pages[path], web.etags[path] = story(number), f'"v{number}"'
    address = web.sitemap(*paths)
    assert run(tmp_path / "a", address)["added"] == 5
    with Archive.open(tmp_path / "a") as archive:
        urls = [each.url for _, each in archive.store.after(0)]
    assert urls == [web.address + path for path in paths]
    web.asked.clear()
    web.pages[paths[3]], web.etags[paths[3]] = story(33), '"new"'
    result = run(tmp_path / "a", address)
    assert (result["added"], result["changed"], result["unchanged"]) == (0, 1, 4)
    assert {path: etag for path, etag in web.asked if path in paths} == {p: f'"v{n}"' for n, p in enumerate(paths)}


def test_a_page_whose_article_is_not_in_the_archive_any_more_is_fetched_again(tmp_path: Path, web: Site) -> None:
    web.pages["/a"], web.etags["/a"] = story(1), '"v"'
    address = web.sitemap("/a")
    run(tmp_path / "a", address)
    with Archive.open(tmp_path / "a") as archive:
        archive.remove([each.id for _, each in archive.store.after(0)])
    assert run(tmp_path / "a", address)["added"] == 1


def test_an_interrupted_run_goes_on_where_it_was(tmp_path: Path, web: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crawl, "SLICE", 2)
    paths = [f"/story-{n}" for n in range(6)]
    for number, path in enumerate(paths):
        web.pages[path] = story(number)
    web.etags[paths[1]] = '"v"'
    memory_save = Memory.save

    def dying(self: Memory, articles: dict[str, str]) -> None:
        memory_save(self, articles)
        if len([1 for path, _ in web.asked if path in paths]) >= 4:
            raise KeyboardInterrupt

    monkeypatch.setattr(Memory, "save", dying)
    CliRunner().invoke(index, [web.sitemap(*paths), "--workers", "1", "--private"], obj={"data": tmp_path / "a"})
    monkeypatch.setattr(Memory, "save", memory_save)
    web.asked.clear()
    result = run(tmp_path / "a", web.address + "/sitemap.xml")
    assert (result["added"], result["unchanged"]) == (2, 4)
    assert sorted(path for path, _ in web.asked if path in paths) == paths[4:]
    web.asked.clear()
    assert run(tmp_path / "a", web.address + "/sitemap.xml")["unchanged"] == 6  # the run before came to its end
    assert sorted(path for path, _ in web.asked if path in paths) == paths


def test_a_run_is_gone_on_with_for_a_day_and_by_its_own_source_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def memory(source: str) -> Memory:
        return Memory(tmp_path / "crawled.db", lambda article_id: article_id != "removed", source)

    first = memory("a")
    for name in ("kept", "removed"):
        first.note(name, Answer(name, 200, {}))
    first.save({"kept": "kept", "removed": "removed"})
    first.close()
    again, other = memory("a"), memory("b")
    assert [again.done("kept"), again.done("removed"), again.done("none"), other.done("kept")] == ["kept", "", "", ""]
    again.close()
    other.close()
    now = time.time() + 25 * 3600
    monkeypatch.setattr(time, "time", lambda: now)
    late = memory("a")
    assert late.done("kept") == ""
    assert late.of("kept") is not None
    late.close()


def test_a_slice_ends_when_it_takes_long(tmp_path: Path, web: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crawl, "SLICE_SECONDS", 0.0)
    paths = [f"/story-{n}" for n in range(3)]
    for number, path in enumerate(paths):
        web.pages[path] = story(number)
    memory = Memory(tmp_path / "crawled.db", lambda article_id: True)
    fetcher = Fetcher(allow_private=True)
    whole = Crawl(web.sitemap(*paths), fetcher, memory, lambda documents: read_documents(documents, 1), Counter())
    assert [len(list(items)) for items in whole.slices()] == [1, 1, 1]
    memory.close()


def test_index_sitemaps_gzip_and_repeated_addresses(tmp_path: Path, web: Site) -> None:
    web.pages |= {f"/s{n}": story(n) for n in range(3)}
    web.sitemap("/s0", "/s1", path="/one.xml")
    web.sitemap("/s1", "/s2", path="/two.xml")
    web.pages["/two.xml.gz"] = gzip.compress(str(web.pages.pop("/two.xml")).encode())
    places = "".join(
        f"<sitemap><loc>{web.address}{path}</loc></sitemap>" for path in ("/one.xml", "/two.xml.gz", "/all")
    )
    web.pages["/all"] = f"<sitemapindex>{places}</sitemapindex>"
    found = crawled(tmp_path, web.address + "/all")
    assert [item.where.removeprefix(web.address) for item in found] == ["/s0", "/s1", "/s2"]


def test_a_site_is_found_by_its_front_page(tmp_path: Path, web: Site) -> None:
    web.pages |= {"/": page("<h1>Front</h1>"), "/a": story(1)}
    assert isinstance(crawled(tmp_path, web.address)[0], Refused)
    web.sitemap("/a", path="/maps/all.xml")
    web.pages["/robots.txt"] = f"User-agent: *\nDisallow: /b\nSitemap: {web.address}/maps/all.xml\n"
    assert [item.where for item in crawled(tmp_path, web.address)] == [f"{web.address}/a"]


def test_robots_txt_is_kept_to(tmp_path: Path, web: Site) -> None:
    web.pages |= {"/a": story(1), "/private/b": story(2), "/robots.txt": "User-agent: *\nDisallow: /private/\n"}
    first, second = crawled(tmp_path, web.sitemap("/a", "/private/b"))
    assert isinstance(first, Accepted)
    assert isinstance(second, Refused)
    assert "robots.txt asks not to" in second.reason
    assert "/private/b" not in [path for path, _ in web.asked]

    def broken(handler: BaseHTTPRequestHandler) -> None:
        handler.send_error(503)

    web.pages["/robots.txt"] = broken
    (item,) = crawled(tmp_path, web.address + "/a")
    assert isinstance(item, Refused)
    assert "robots.txt cannot be had" in item.reason


def test_a_feed_with_summaries_brings_the_pages(tmp_path: Path, web: Site) -> None:
    web.pages["/a"] = story(1)
    entry = "<item><title>{}</title><link>{}</link><description>In short.</description></item>"
    entries = entry.format("A", f"{web.address}/a") + entry.format("B", f"{web.address}/gone")
    web.pages["/feed"], web.types["/feed"] = (
        f'<rss version="2.0"><channel>{entries}</channel></rss>',
        "application/rss+xml",
    )
    first, second = crawled(tmp_path, web.address + "/feed")
    assert isinstance(first, Accepted)
    assert isinstance(second, Accepted)
    assert first.article.title == "Vote number 1 on the pier"
    assert second.article.body == "In short."
    assert "indexed with the summary" in second.warnings[0]


def test_what_is_no_page_is_counted(tmp_path: Path, web: Site) -> None:
    web.pages |= {"/a": story(1), "/b.pdf": b"%PDF"}
    web.types["/b.pdf"] = "application/pdf"
    passed_over: Counter[str] = Counter()
    assert len(crawled(tmp_path, web.sitemap("/a", "/b.pdf"), passed_over)) == 1
    assert passed_over == {"application/pdf": 1}


def _hangs(web: Site) -> Any:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        web.ended.wait(30)

    return answer


def _drips(web: Site) -> Any:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 100000\r\n\r\n")
        while not web.ended.wait(0.05):
            handler.wfile.write(b"x")
            handler.wfile.flush()

    return answer


def _closes(web: Site) -> Any:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 5000\r\n\r\n<html><p>Part")
        handler.close_connection = True

    return answer


def _circle(web: Site) -> Any:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(302)
        handler.send_header("Location", handler.path)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return answer


def _endless(web: Site) -> Any:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n")
        handler.close_connection = True
        for _ in range(10_000):
            handler.wfile.write(b"x" * 1_000_000)

    return answer


def _huge(web: Site) -> Any:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 10000000000\r\n\r\n")
        handler.close_connection = True

    return answer


def _bomb(web: Site) -> Any:
    data = gzip.compress(b"<html>" + b"x" * 50_000_000)

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        for name, value in (("Content-Type", "text/html"), ("Content-Encoding", "gzip"), ("Content-Length", len(data))):
            handler.send_header(name, str(value))
        handler.end_headers()
        handler.wfile.write(data)

    return answer


def _leads_to_a_file(web: Site) -> Any:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(302)
        handler.send_header("Location", "file:///etc/passwd")
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return answer


@pytest.mark.parametrize(
    ("harm", "reason"),
    [
        (_hangs, "no whole answer within"),
        (_drips, "no whole answer within"),
        (_closes, "breaks off"),
        (_circle, "redirects"),
        (_endless, "larger than"),
        (_huge, "larger than"),
        (_bomb, "larger than"),
        (_leads_to_a_file, "no http or https address"),
    ],
)
def test_a_server_that_does_harm_costs_one_refusal(tmp_path: Path, web: Site, harm: Any, reason: str) -> None:
    web.pages |= {"/a": story(1), "/harm": harm(web), "/b": story(2)}
    found = crawled(tmp_path, web.sitemap("/a", "/harm", "/b"), seconds=5.0)
    assert [isinstance(item, Accepted) for item in found] == [True, False, True]
    assert isinstance(found[1], Refused)
    assert reason in found[1].reason


def test_files_and_private_networks_are_refused_unless_allowed(tmp_path: Path, web: Site) -> None:
    web.pages["/a"] = story(1)
    extra = "".join(f"<url><loc>{bad}</loc></url>" for bad in ("file:///etc/passwd", "gopher://x/", "javascript:1"))
    found = crawled(tmp_path, web.sitemap("/a", extra=extra))
    assert [isinstance(item, Accepted) for item in found] == [True, False, False, False]
    for url in (web.address, "http://localhost/", "http://[::1]/", "http://10.0.0.1/", "http://169.254.169.254/latest/",
                "http://0.0.0.0/", "http://[::ffff:127.0.0.1]/"):  # fmt: skip
        with pytest.raises(FetchError, match="this machine or a private network"):
            Fetcher().get(url, 1000)


def test_the_address_that_was_looked_at_is_the_one_that_is_used(web: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter([[(2, 1, 6, "", ("127.0.0.1", 80))], [(2, 1, 6, "", ("93.184.216.34", 80))]])
    monkeypatch.setattr(fetching.socket, "getaddrinfo", lambda *args, **more: next(answers))
    with pytest.raises(FetchError, match="private network"):
        Fetcher().get("http://rebinding.example/", 1000)
