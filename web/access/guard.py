"""Whether a request may be carried out: its key, and how many there were before it."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

from flask import Response, current_app, g, request

from indexer.base.archive_folder import ArchiveFolder
from indexer.base.json_setting import SettingError
from web.access.keys import SEARCH, Key, KeyReader, Keys
from web.access.rates import Buckets
from web.access.signatures import CarriedOut
from web.http.refused import RefusedError, busy

FAILURES_SECONDS = 40.0  # so many seconds' worth of failures may come together
_EXTENSION = "readmore-access"
_SCHEME = "bearer "
_log = logging.getLogger("readmore.access")


@dataclass(frozen=True, slots=True)
class Rates:
    """Requests to the API in a second, in the long run; 0 for as many as the service can answer."""

    per_address: float = 0.0
    per_key: float = 0.0  # of a key that has no rate of its own
    failures: float = 0.5
    """Requests from one address without a key that is good for them, or with a wrong one. More are told that there
    were too many; a request with the right key is never one of them."""
    clock: Callable[[], float] = time.monotonic


class Guard:
    """Knows the keys of an archive, and how often each caller has asked lately. Safe to share between threads,
    and between processes that are forked later."""

    def __init__(self, folder: ArchiveFolder, rates: Rates) -> None:
        self._keys = KeyReader(folder)
        self._rates = rates
        self._callers = Buckets(clock=rates.clock)
        self._failures = Buckets(clock=rates.clock)
        self._folder = folder
        self._lock = Lock()
        self._carried_out: CarriedOut | None = None

    def install(self) -> None:
        """Makes this the current application's guard."""
        current_app.extensions[_EXTENSION] = self

    def keys(self) -> Keys:
        """The keys as they are now. Raises RefusedError where nobody knows."""
        try:
            return self._keys.current()
        except SettingError as error:
            _log.error("%s", error)
            raise RefusedError(
                "keys_unreadable", "the keys of this service cannot be read; its log says why", 503
            ) from None

    def carried_out(self) -> CarriedOut:
        """The webhooks that were carried out lately. Raises WriteError where they cannot be kept."""
        with self._lock:
            self._carried_out = self._carried_out or CarriedOut(self._folder)
        return self._carried_out

    def admit(self, scope: str) -> None:
        """Lets the current request pass if its key is good for `scope`, or if it needs none. Raises RefusedError."""
        keys = self.keys()
        token = _token()
        if not token:
            if scope != SEARCH or keys.guard_reading:
                raise self.failed(_missing(scope))
            self._count(f"address {_address()}", self._rates.per_address)
            return
        key = keys.find(token)
        if key is None:
            raise self.failed(
                RefusedError("invalid_key", "the key is not known here, or was withdrawn", 401, headers=_ASK)
            )
        if not key.allows(scope):
            raise self.failed(
                RefusedError("forbidden", f"this key is good for {', '.join(key.scopes)}; this needs '{scope}'", 403),
                key,
            )
        g.caller, g.caller_name = key.id, key.name
        self._count(f"key {key.id}", key.per_second or self._rates.per_key)

    def failed(self, refusal: RefusedError, key: Key | None = None) -> RefusedError:
        """Logs that a request was not let in. Returns what to tell whoever sent it: what it was, or after too many of
        them that there were too many."""
        address = _address()
        _log.warning(
            "refused %s %s from %s: %s%s",
            request.method, loggable(request.path), address, refusal.code, f" (key {key.id})" if key else "",
        )  # fmt: skip
        per_second = self._rates.failures
        wait = self._failures.take(address, per_second, per_second * FAILURES_SECONDS)
        return (
            busy("too_many_failures", "too many requests without a key that is good for them", 429, wait)
            if wait
            else refusal
        )

    def _count(self, caller: str, per_second: float) -> None:
        if per_second <= 0:
            return
        wait = self._callers.take(caller, per_second)
        if wait:
            raise busy(
                "too_many_requests", f"more than {per_second:g} requests a second; send it again later", 429, wait
            )


_ASK = {"WWW-Authenticate": 'Bearer realm="readmore"'}


def _missing(scope: str) -> RefusedError:
    return RefusedError(
        "missing_key",
        f"this needs a key that is good for '{scope}', as 'Authorization: Bearer KEY'; 'readmore keys add' makes one",
        401,
        headers=_ASK,
    )


def current_guard() -> Guard:
    """The guard of the application that is answering."""
    guard: Guard = current_app.extensions[_EXTENSION]
    return guard


def caller_name() -> str:
    """What the key is for that the current request came with; empty where it came with none."""
    name: str = g.get("caller_name", "")
    return name


def admit_reader() -> None:
    """Lets the current request pass if whoever sends it may read. Raises RefusedError."""
    current_guard().admit(SEARCH)


def keep_private(response: Response) -> Response:
    """Keeps an answer that needed a key from being kept where others could get it."""
    control = response.headers.get("Cache-Control", "")
    if control.startswith("public") and request.endpoint != "static" and current_guard().keys().guard_reading:
        response.headers["Cache-Control"] = control.replace("public", "private", 1)
        response.vary.add("Authorization")
    return response


def loggable(text: str) -> str:
    """`text` of a stranger's as it may stand in a log: short, on one line, without control codes."""
    return ascii(text[:200])[1:-1]


def _token() -> str:
    header = request.headers.get("Authorization", "")
    return header[len(_SCHEME) :].strip() if header[: len(_SCHEME)].lower() == _SCHEME else ""


def _address() -> str:
    return request.remote_addr or "an unknown address"
