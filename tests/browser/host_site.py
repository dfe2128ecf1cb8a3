"""The site of a publisher: pages of another origin than the service's, with headers of their own."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class HostSite:
    """Serves what it is given."""

    def __init__(self, port: int) -> None:
        self.url = f"http://localhost:{port}"
        """Its origin. The service is at 127.0.0.1, which to a browser is another host, too."""
        self.files: dict[str, tuple[bytes, Mapping[str, str]]] = {"/favicon.ico": (b"", {})}  # browsers ask for it

    def put(self, path: str, text: str, kind: str = "text/html", **headers: str) -> str:
        """Has `text` at `path`, with `headers` (`Content_Security_Policy="default-src 'self'"`). Returns its
        address."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.files[path] = (text.encode(), {"Content-Type": f"{kind}; charset=utf-8", **named})
        return self.url + path


@contextmanager
def hosting() -> Iterator[HostSite]:
    """A site, as long as needed."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body, headers = site.files.get(self.path.partition("?")[0], (b"", None))
            self.send_response(404 if headers is None else 200)
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        site = HostSite(server.server_address[1])
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield site
        finally:
            server.shutdown()
            thread.join()
