"""Whom to believe about a request, and under which path it is answered."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest

from web.server.proxy import BehindProxies, UnderPrefix

Environ = dict[str, Any]


def seen(wrap: Callable[[Any], Any], **environ: str) -> Environ:
    """The request as an application sees it that is wrapped."""
    found: Environ = {}

    def app(environ: Environ, start_response: object) -> Iterable[bytes]:
        found.update(environ)
        return []

    wrap(app)(
        {"REMOTE_ADDR": "127.0.0.1", "SCRIPT_NAME": "", "PATH_INFO": "/", "wsgi.url_scheme": "http", **environ}, None
    )
    return found


def behind(*trusted: str) -> Callable[[Any], BehindProxies]:
    return lambda app: BehindProxies(app, trusted)


@pytest.mark.parametrize(
    ("trusted", "peer", "told", "client"),
    [
        ((), "127.0.0.1", "203.0.113.9", "127.0.0.1"),
        (("127.0.0.1",), "127.0.0.1", "203.0.113.9", "203.0.113.9"),
        (("127.0.0.1",), "198.51.100.1", "203.0.113.9", "198.51.100.1"),
        (("127.0.0.1",), "127.0.0.1", "1.2.3.4, 203.0.113.9", "203.0.113.9"),  # the first is what the client says
        (("127.0.0.1", "10.0.0.0/8"), "127.0.0.1", "1.2.3.4, 203.0.113.9, 10.1.1.1", "203.0.113.9"),
        (("127.0.0.1",), "127.0.0.1", "nonsense", "127.0.0.1"),
        (("127.0.0.1",), "127.0.0.1", "", "127.0.0.1"),
        (("::1",), "::1", "2001:db8::7", "2001:db8::7"),
        (("10.0.0.0/8",), "10.0.0.1", "10.0.0.2, 10.0.0.3", "10.0.0.2"),
    ],
)
def test_the_address_is_the_last_that_no_trusted_proxy_vouches_for(
    trusted: tuple[str, ...], peer: str, told: str, client: str
) -> None:
    assert seen(behind(*trusted), REMOTE_ADDR=peer, HTTP_X_FORWARDED_FOR=told)["REMOTE_ADDR"] == client


TOLD = {
    "HTTP_X_FORWARDED_PROTO": "https",
    "HTTP_X_FORWARDED_HOST": "news.example",
    "HTTP_X_FORWARDED_PREFIX": "/find",
    "HTTP_X_REQUEST_ID": "abc",
}


def test_a_trusted_proxy_says_scheme_host_prefix_and_id() -> None:
    environ = seen(behind("127.0.0.1"), **TOLD)
    assert environ["wsgi.url_scheme"] == "https"
    assert environ["HTTP_HOST"] == "news.example"
    assert environ["SCRIPT_NAME"] == "/find"
    assert environ["readmore.trusted_request_id"] == "abc"


@pytest.mark.parametrize(
    "prefix",
    ["//evil.example", "/find//x", "find", "https://evil.example", "/a?b", "/a#b", '/a"b', "/a b", "/../x", "/a/..",
     "/", "/a%2fb", "/a\nb", "/find\n", "javascript:alert(1)", "/find, //evil.example", "/\xe9", ""],
)  # fmt: skip
def test_a_prefix_that_is_no_path_is_left_out(prefix: str) -> None:
    environ = seen(behind("127.0.0.1"), HTTP_X_FORWARDED_PREFIX=prefix)
    assert environ["SCRIPT_NAME"] == ""


@pytest.mark.parametrize("prefix", ["/find", "/find/", "/a/b-c/d_e/~f/1.2", "/..a", "/other, /find"])
def test_a_prefix_that_is_a_path_is_believed(prefix: str) -> None:
    environ = seen(behind("127.0.0.1"), HTTP_X_FORWARDED_PREFIX=prefix)
    assert environ["SCRIPT_NAME"] == prefix.split(", ")[-1]


@pytest.mark.parametrize("scheme", ["javascript", "ftp", "https://x", ""])
def test_a_scheme_that_is_not_of_the_web_is_left_out(scheme: str) -> None:
    assert seen(behind("127.0.0.1"), HTTP_X_FORWARDED_PROTO=scheme)["wsgi.url_scheme"] == "http"


def test_others_say_nothing() -> None:
    environ = seen(behind("10.0.0.1"), **TOLD)
    assert environ["wsgi.url_scheme"] == "http"
    assert "HTTP_HOST" not in environ
    assert environ["SCRIPT_NAME"] == ""
    assert "readmore.trusted_request_id" not in environ


@pytest.mark.parametrize(
    ("path", "inner"),
    [("/find/search", "/search"), ("/find/", "/"), ("/find", "/"), ("/search", "/search"), ("/findings", "/findings")],
)
def test_a_proxy_may_leave_the_path_on_or_take_it_off(path: str, inner: str) -> None:
    environ = seen(lambda app: UnderPrefix(app, "/find"), PATH_INFO=path)
    assert (environ["SCRIPT_NAME"], environ["PATH_INFO"]) == ("/find", inner)
