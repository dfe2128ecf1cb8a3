"""The host that a request says it was sent to, which stands in the addresses that feeds and browsers are given."""

from __future__ import annotations

import re

from flask import Flask, request

from web.http.refused import RefusedError

# As RFC 3986 has it, but for percent signs and what only separates: a name with the underscores that containers have in
# theirs, an address, an IPv6 address in brackets.
_HOST = re.compile(r"(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f]*:[0-9A-Fa-f:.]+\])(?::([1-9][0-9]{0,4}))?")
_LONGEST = 255 + len(":65535")
_LAST_PORT = 65535


def is_host(text: str) -> bool:
    """Whether a text is what a ``Host`` header may say: a name or an address, and perhaps a port."""
    match = _HOST.fullmatch(text) if len(text) <= _LONGEST else None
    return match is not None and int(match[1] or 0) <= _LAST_PORT


def names_no_host() -> bool:
    """Whether the current request has a ``Host`` that is none. One without the header, as the oldest clients send, is
    answered: they are of this machine or this network, and ask for its state."""
    host = request.environ.get("HTTP_HOST")
    return host is not None and not is_host(host)


def _refuse() -> None:
    if names_no_host():
        raise RefusedError("bad_request", "the request's Host is neither the name of a host nor an address")


def install(app: Flask) -> None:
    """Refuses requests to `app` whose ``Host``, or what a proxy said in its place, is none, whatever they ask for."""
    app.before_request(_refuse)
