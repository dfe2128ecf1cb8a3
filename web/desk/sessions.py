"""Who sits at the desk: a signed cookie that names an edit key, and the token that every form must bring back.

The cookie has the id of the key and no part of its secret. It is good as long as the key is, for an hour without a
request and for half a day in all; the secret that signs it is made when the service starts, before its processes are,
so a restart ends all sessions.
"""

from __future__ import annotations

import hmac
import secrets
import time
from dataclasses import dataclass
from hashlib import sha256

from flask import current_app, g, request
from itsdangerous import BadSignature, URLSafeTimedSerializer
from werkzeug.wrappers import Response

from web.access.guard import current_guard
from web.access.keys import EDIT, Key
from web.http.refused import RefusedError

COOKIE = "readmore_desk"
PATH = "/desk"
IDLE_SECONDS = 3600
MOST_SECONDS = 12 * 3600
_RENEWED_AFTER = 300  # seconds
_EXTENSION = "readmore-desk"


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody at the desk."""

    key: Key
    since: int  # seconds since 1970
    nonce: str
    csrf: str  # what their forms bring back
    fresh: bool  # whether the cookie need not be renewed yet


class Sessions:
    """Makes cookies and reads them. One for all processes of a service, made before they are."""

    def __init__(self) -> None:
        self._secret = secrets.token_bytes(32)
        self._signer = URLSafeTimedSerializer(self._secret, salt="readmore-desk")

    def install(self) -> None:
        """Makes these the current application's sessions."""
        current_app.extensions[_EXTENSION] = self

    def opened(self, token: str) -> Session | None:
        """A new session for a key that is good for editing; None for any other text."""
        key = current_guard().keys().find(token)
        if key is None or not key.allows(EDIT):
            return None
        return self._session(key, int(time.time()), secrets.token_hex(8), fresh=False)

    def current(self) -> Session | None:
        """The session that the current request belongs to, if its key still is one."""
        try:
            record, signed = self._signer.loads(
                request.cookies.get(COOKIE, ""), max_age=IDLE_SECONDS, return_timestamp=True
            )
            key_id, since, nonce = str(record["key"]), int(record["since"]), str(record["nonce"])
        except (BadSignature, LookupError, TypeError, ValueError):
            return None
        key = current_guard().keys().with_id(key_id)
        if key is None or not key.allows(EDIT) or not 0 <= time.time() - since < MOST_SECONDS:
            return None
        return self._session(key, since, nonce, fresh=time.time() - signed.timestamp() < _RENEWED_AFTER)

    def _session(self, key: Key, since: int, nonce: str, *, fresh: bool) -> Session:
        token = hmac.new(self._secret, f"csrf {key.id} {nonce}".encode(), sha256).hexdigest()
        return Session(key, since, nonce, token, fresh)

    def keep(self, response: Response, session: Session) -> None:
        """Has the browser keep a session."""
        value = self._signer.dumps({"key": session.key.id, "since": session.since, "nonce": session.nonce})
        response.set_cookie(
            COOKIE, str(value), path=_path(), httponly=True, samesite="Strict", secure=request.is_secure
        )

    def forget(self, response: Response) -> None:
        """Has the browser forget its session."""
        response.delete_cookie(COOKIE, path=_path(), httponly=True, samesite="Strict", secure=request.is_secure)


def _path() -> str:
    return f"{request.root_path}{PATH}"


def current_sessions() -> Sessions:
    """The sessions of the application that is answering."""
    found: Sessions = current_app.extensions[_EXTENSION]
    return found


def current_session() -> Session:
    """The session of the current request, which has one."""
    session: Session = g.desk_session
    return session


def check_sent_from_here() -> None:
    """Raises RefusedError for a form that another site's page sent."""
    site, origin = request.headers.get("Sec-Fetch-Site", ""), request.headers.get("Origin", "")
    if site:  # no page can make this one up, and it does not depend on what a proxy makes of the host's name
        is_ours = site in ("same-origin", "none")
    else:
        is_ours = origin in ("", "null") or origin.partition("://")[2] == request.host
    if not is_ours:
        raise _forged()


def check_csrf(given: str) -> None:
    """Raises RefusedError for a form that does not bring back the session's token."""
    check_sent_from_here()
    if not hmac.compare_digest(given.encode("utf-8", "replace"), current_session().csrf.encode()):
        raise _forged()


def _forged() -> RefusedError:
    return RefusedError(
        "forged", "this form was not sent from the desk, or its page is older than your sign-in; open it again", 403
    )
