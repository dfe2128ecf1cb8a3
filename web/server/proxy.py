"""Behind a proxy: under which path the service is reached, and who really asks.

What a request says of itself in X-Forwarded-* headers is believed from trusted addresses only; from others these
headers are left as they are and nobody looks at them. A proxy may hand on what a client says, so a scheme or prefix
that is none is left out; `web.http.hosts` refuses a host that is none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from ipaddress import ip_address, ip_network
from typing import Any

from werkzeug.http import parse_list_header
from werkzeug.middleware.proxy_fix import ProxyFix

from web.monitoring.observer import TRUSTED_ID

WsgiApp = Callable[..., Iterable[bytes]]
_PREFIX = re.compile(r"(?:/(?!\.{1,2}(?:/|\Z))[A-Za-z0-9._~-]+)+/?")  # all links begin with it
_TOLD = ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_VIA")


class UnderPrefix:
    """Serves an application under a path. A proxy may leave the path on requests or take it off."""

    def __init__(self, app: WsgiApp, prefix: str) -> None:
        self._app = app
        self._prefix = prefix

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path == self._prefix or path.startswith(self._prefix + "/"):
            environ["PATH_INFO"] = path[len(self._prefix) :] or "/"
        environ["SCRIPT_NAME"] = self._prefix
        return self._app(environ, start_response)


class BehindProxies:
    """Takes over what trusted proxies say about a request: its address, scheme, host, prefix and id."""

    def __init__(self, app: WsgiApp, trusted: Iterable[str]) -> None:
        self._app = app
        self._trusted = [ip_network(each, strict=False) for each in trusted]
        self._fixed = ProxyFix(app, x_for=0, x_proto=1, x_host=1, x_prefix=1)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if not self._trusts(environ.get("REMOTE_ADDR", "")):
            return self._app(environ, start_response)
        environ["REMOTE_ADDR"] = self._client(environ)
        environ[TRUSTED_ID] = environ.get("HTTP_X_REQUEST_ID", "")
        if _last(environ, "HTTP_X_FORWARDED_PROTO") not in ("http", "https"):
            environ.pop("HTTP_X_FORWARDED_PROTO", None)
        if not _PREFIX.fullmatch(_last(environ, "HTTP_X_FORWARDED_PREFIX")):
            environ.pop("HTTP_X_FORWARDED_PREFIX", None)
        host = environ.get("HTTP_X_FORWARDED_HOST", "").strip()
        if host and not _last(environ, "HTTP_X_FORWARDED_HOST"):
            environ["HTTP_HOST"] = host  # what cannot be read as a list is a host that is none
        for name in _TOLD:
            environ.pop(name, None)
        return self._fixed(environ, start_response)

    def _client(self, environ: dict[str, Any]) -> str:
        """The last address in the chain of proxies that no trusted one vouches for being a proxy."""
        address: str = environ["REMOTE_ADDR"]
        for told in reversed(environ.get("HTTP_X_FORWARDED_FOR", "").split(",")):
            if not self._trusts(address) or not _is_address(told.strip()):
                break
            address = told.strip()
        return address

    def _trusts(self, address: str) -> bool:
        return _is_address(address) and any(ip_address(address) in network for network in self._trusted)


def _last(environ: dict[str, Any], name: str) -> str:
    """What the nearest proxy says, as `ProxyFix` reads it; empty where it says nothing."""
    told = parse_list_header(environ.get(name, ""))
    return told[-1] if told else ""


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
