"""One request for what is at a URL: bounded in time, size and redirects, and never to a private network by accident.

A sitemap or a redirect is written by strangers, and may name the machine's own services. So a host's addresses are
looked at before one of them is connected to, and that very address is used: asking for it again could give another.
"""

from __future__ import annotations

import ipaddress
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

import certifi
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError, ProtocolError
from urllib3.response import HTTPResponse

from indexer.article.urls import is_followable
from indexer.base.errors import ReadmoreError

USER_AGENT = "readmore/0.1 (site search; indexes for the site itself)"
MAX_REDIRECTS = 5
CONNECT_SECONDS = 10.0
SILENT_SECONDS = 20.0
"""How long a server may say nothing."""
TOTAL_SECONDS = 60.0
"""How long one answer may take altogether."""
_CHUNK = 1 << 16
_MOVED = (301, 302, 303, 307, 308)
_PORTS = {"http": 80, "https": 443}


class FetchError(ReadmoreError):
    """What is at a URL cannot be had. The message says why, and not where."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered: `content` is not compressed, and empty where the status is 304."""

    url: str  # after redirects
    status: int
    headers: Mapping[str, str] = field(default_factory=dict, hash=False)  # names in lower case
    content: bytes = b""


class Fetcher:
    """Fetches URLs; may be used by several threads. With `allow_private` also from this machine and its network."""

    def __init__(self, *, allow_private: bool = False, total_seconds: float = TOTAL_SECONDS) -> None:
        self.allow_private = allow_private
        self._total_seconds = total_seconds

    def get(self, url: str, most: int, conditions: Mapping[str, str] | None = None) -> Answer:
        """What is at `url`, up to `most` bytes; `conditions` are headers of a conditional request. Raises FetchError
        for what cannot be reached, is larger, takes too long or is not answered with 200 or 304."""
        deadline = time.monotonic() + self._total_seconds
        for _ in range(MAX_REDIRECTS + 1):
            answer = self._one(url, most, conditions or {}, deadline)
            if answer.status not in _MOVED:
                break
            url = urljoin(url, answer.headers.get("location", ""))
        else:
            raise FetchError(f"more than {MAX_REDIRECTS} redirects")
        if answer.status not in (200, 304):
            raise FetchError(f"answered with status {answer.status}")
        return answer

    def _one(self, url: str, most: int, conditions: Mapping[str, str], deadline: float) -> Answer:
        if not is_followable(url) or url.startswith("/"):
            raise FetchError(f"leads to {url[:100]!r}, which is no http or https address")
        parts = urlsplit(url)
        headers = {
            "User-Agent": USER_AGENT,
            "Accept-Encoding": "gzip",
            "Host": parts.netloc.rpartition("@")[2],
            **conditions,
        }
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        try:
            with self._connected(url, deadline) as connection:
                connection.request("GET", path, headers=headers, preload_content=False, decode_content=True)
                with closing(connection.getresponse()) as response:
                    known = {name.lower(): value for name, value in response.headers.items()}
                    content = _read(response, most) if response.status == 200 else b""
                    return Answer(url, response.status, known, content)
        except (HTTPError, OSError, ValueError) as error:
            if time.monotonic() >= deadline:
                raise FetchError(f"no whole answer within {self._total_seconds:.0f} s") from error
            raise FetchError(_why(error)) from error

    @contextmanager
    def _connected(self, url: str, deadline: float) -> Iterator[HTTPConnection]:
        """A connection, which is cut when the time is over: a server that sends a byte now and then keeps it alive."""
        connection = self._connect(url)
        left = max(0.01, deadline - time.monotonic())
        cut = threading.Timer(left, _shut, (connection,))
        cut.daemon = True
        cut.start()
        try:
            yield connection
        finally:
            cut.cancel()
            connection.close()

    def _connect(self, url: str) -> HTTPConnection:
        parts = urlsplit(url)
        host = parts.hostname or ""
        port = parts.port or _PORTS[parts.scheme]
        failure: Exception = FetchError("its host has no address")
        for address in self._addresses(host, port):
            if parts.scheme == "https":
                connection: HTTPConnection = HTTPSConnection(
                    address,
                    port,
                    timeout=CONNECT_SECONDS,
                    server_hostname=host,
                    assert_hostname=host,
                    ca_certs=certifi.where(),
                    cert_reqs="CERT_REQUIRED",
                )
            else:
                connection = HTTPConnection(address, port, timeout=CONNECT_SECONDS)
            try:
                connection.connect()
            except (HTTPError, OSError) as error:
                connection.close()
                failure = error
                continue
            connection.timeout = SILENT_SECONDS
            if connection.sock is not None:
                connection.sock.settimeout(SILENT_SECONDS)
            return connection
        raise failure

    def _addresses(self, host: str, port: int) -> list[str]:
        """The addresses of a host that may be connected to. Raises FetchError if they are private, OSError."""
        found = {str(info[4][0]): None for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
        allowed = [address for address in found if self.allow_private or _is_public(address)]
        if found and not allowed:
            raise FetchError(f"{host} is an address of this machine or a private network: allow it with --private")
        return allowed


def _is_public(address: str) -> bool:
    known = ipaddress.ip_address(address.partition("%")[0])
    inner = getattr(known, "ipv4_mapped", None)
    return bool((inner or known).is_global) and not known.is_multicast


def _read(response: HTTPResponse, most: int) -> bytes:
    """The body, not compressed. Raises FetchError if it is larger, HTTPError if it breaks off."""
    length = response.headers.get("content-length", "")
    if length.isdigit() and int(length[:19]) > most:
        raise FetchError(f"larger than {most:,} bytes")
    parts, size = [], 0
    try:
        while data := response.read1(_CHUNK, decode_content=True):
            size += len(data)
            if size > most:
                raise FetchError(f"larger than {most:,} bytes")
            parts.append(data)
    except ProtocolError as error:
        raise HTTPError(f"its answer breaks off after {size:,} bytes") from error
    return b"".join(parts)


def _shut(connection: HTTPConnection) -> None:
    """Ends a connection that another thread reads from, which then gets an error."""
    if connection.sock is not None:
        with suppress(OSError):
            connection.sock.shutdown(socket.SHUT_RDWR)


def _why(error: Exception) -> str:
    text = " ".join(str(getattr(error, "strerror", "") or error).split())
    return f"cannot be fetched: {text[:200] or type(error).__name__}"
