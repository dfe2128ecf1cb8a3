"""A site on this machine, for crawling: what it answers is set by the test, what it was asked is kept."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Handler = Callable[[BaseHTTPRequestHandler], None]


class Site:
    """Answers `pages` by path: a text, bytes, or a function that answers itself."""

    def __init__(self, server: ThreadingHTTPServer) -> None:
        self.pages: dict[str, str | bytes | Handler] = {}
        self.types: dict[str, str] = {}
        self.etags: dict[str, str] = {}
        self.asked: list[tuple[str, str]] = []  # paths and what was asked by, "" if unconditionally
        self.ended = threading.Event()
        self.address = f"http://127.0.0.1:{server.server_port}"

    def sitemap(self, *paths: str, path: str = "/sitemap.xml", extra: str = "") -> str:
        """Puts a sitemap of these paths at `path`; returns its address."""
        urls = "".join(f"<url><loc>{self.address}{each}</loc></url>" for each in paths)
        self.pages[path] = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}{extra}</urlset>'
        self.types[path] = "application/xml"
        return self.address + path


@contextmanager
def site() -> Iterator[Site]:
    """A site that runs until the context is left."""

    class Answering(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            here.asked.append((self.path, self.headers.get("If-None-Match", "")))
            page = here.pages.get(self.path)
            if callable(page):
                page(self)
                return
            etag = here.etags.get(self.path, "")
            if page is None:
                self._answer(404, b"")
            elif etag and self.headers.get("If-None-Match") == etag:
                self._answer(304, b"")
            else:
                self._answer(200, page.encode() if isinstance(page, str) else page, etag)

        def _answer(self, status: int, data: bytes, etag: str = "") -> None:
            self.send_response(status)
            self.send_header("Content-Type", here.types.get(self.path, "text/html; charset=utf-8"))
            self.send_header("Content-Length", str(len(data)))
            if etag:
                self.send_header("ETag", etag)
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        def handle_error(self, request: Any, client_address: Any) -> None:
            pass  # a client that has had enough

    with Server(("127.0.0.1", 0), Answering) as server:
        server.daemon_threads = True
        here = Site(server)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield here
        finally:
            here.ended.set()
            server.shutdown()
            thread.join()
