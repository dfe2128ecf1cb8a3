"""Webhooks: whether a request comes from who it says, as the Standard Webhooks specification has it.

The sender signs ``id.timestamp.body`` with HMAC-SHA256 and sends the signature in base64 behind its version. A request
that is older than the window, or that was carried out already, is not carried out again.
"""

from __future__ import annotations

import errno
import hmac
import re
import time
from base64 import b64encode
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from hashlib import sha256

from filelock import FileLock, Timeout
from werkzeug.datastructures import Headers

from indexer.base.archive_folder import ArchiveFolder
from indexer.base.counts_db import CountsDatabase
from indexer.base.durable_files import write_error
from web.access.keys import Key, signing_key, webhook_secret
from web.http.refused import RefusedError, busy

WINDOW = 300
"""Seconds that a request may be old, or ahead of this machine's clock."""
MAX_ID = 200
ID, TIMESTAMP, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"
GHOST_SIGNATURE = "X-Ghost-Signature"
_GHOST_SIGNATURE = re.compile(r"sha256=([0-9a-f]{64}), ?t=([0-9]{13})")
_VERSION = "v1,"
_MOST_SIGNATURES = 10
_MAX_BYTES = 64 << 20  # of the record: some 150,000 messages in its time
PATIENCE = 20.0
"""Seconds that a message waits for those before it."""
_SCHEMA = """
CREATE TABLE IF NOT EXISTS messages (id TEXT PRIMARY KEY, at INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS articles (name TEXT PRIMARY KEY, signed INTEGER NOT NULL, at INTEGER NOT NULL);
"""


def signature_of(secret: bytes, message_id: str, timestamp: int, body: bytes) -> str:
    """The signature of a message, as it stands in the header."""
    signed = hmac.new(secret, f"{message_id}.{timestamp}.".encode() + body, sha256)
    return _VERSION + b64encode(signed.digest()).decode()


def check_headers(headers: Headers, now: float) -> tuple[str, int]:
    """The id and the time of a message, before its body is read. Raises RefusedError."""
    message_id, text = headers.get(ID, ""), headers.get(TIMESTAMP, "")
    if not (0 < len(message_id) <= MAX_ID and message_id.isascii() and message_id.isprintable()):
        raise _forged(f"the header {ID} is missing, or has more than {MAX_ID} characters", ID)
    if not (text.isascii() and text.isdigit() and len(text) <= 12):
        raise _forged(f"the header {TIMESTAMP} must be the seconds since 1970", TIMESTAMP)
    if abs(now - int(text)) > WINDOW:
        raise _forged(f"the message is more than {WINDOW} s old, or ahead of this machine's clock", TIMESTAMP)
    return message_id, int(text)


def check_signature(keys: Iterable[Key], headers: Headers, message_id: str, timestamp: int, body: bytes) -> Key:
    """The webhook that signed a message. Raises RefusedError."""
    given = [each.encode() for each in headers.get(SIGNATURE, "").split(" ")[:_MOST_SIGNATURES]]
    signer = None
    for key in keys:
        right = signature_of(signing_key(key), message_id, timestamp, body).encode()
        for each in given:
            if hmac.compare_digest(right, each):
                signer = key
    if signer is None:
        raise _forged("no webhook of this service signed this message", SIGNATURE)
    return signer


def ghost_signature(headers: Headers, now: float) -> tuple[str, int]:
    """The digest and the time, in milliseconds, that Ghost signs a message with. Raises RefusedError."""
    match = _GHOST_SIGNATURE.fullmatch(headers.get(GHOST_SIGNATURE, ""))
    if match is None:
        raise _forged("the message is not signed as Ghost does: give its webhook a secret", GHOST_SIGNATURE)
    if abs(now - int(match[2]) / 1000) > WINDOW:
        raise _forged(f"the message is more than {WINDOW} s old, or ahead of this machine's clock", GHOST_SIGNATURE)
    return match[1], int(match[2])


def check_ghost(keys: Iterable[Key], digest: str, timestamp: int, body: bytes) -> Key:
    """The webhook whose secret, as it was printed, Ghost signed a message with. Raises RefusedError."""
    signer = None
    for key in keys:
        right = hmac.new(webhook_secret(key).encode(), body + str(timestamp).encode(), sha256).hexdigest()
        if hmac.compare_digest(right, digest):
            signer = key
    if signer is None:
        raise _forged("no webhook of this service signed this message", GHOST_SIGNATURE)
    return signer


def _forged(message: str, header: str) -> RefusedError:
    return RefusedError("bad_signature", message, 401, parameter=header)


class CarriedOut:
    """The messages that were carried out within the window: their ids, and of the articles they were about the time of
    the newest. Safe to share between threads, and between processes, which share the file. Raises WriteError where it
    cannot be written."""

    def __init__(self, folder: ArchiveFolder) -> None:
        self._db = CountsDatabase(folder.webhooks, _SCHEMA, _MAX_BYTES, "record of webhooks")
        self._path = folder.webhooks
        self._turn = FileLock(folder.lock("webhooks"))

    def close(self) -> None:
        """Lets go of the file."""
        self._db.close()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Holds up all other messages, those to other processes among them: of two about one article, the older must
        not pass while the newer is being carried out. Raises RefusedError where others take long."""
        try:
            self._turn.acquire(timeout=PATIENCE)
        except Timeout:
            raise busy("busy", "other messages take long; send this one again", 503, PATIENCE) from None
        except OSError as error:
            raise write_error(self._path, full=error.errno == errno.ENOSPC, why=str(error.strerror)) from None
        try:
            yield
        finally:
            self._turn.release()

    def has(self, message_id: str) -> bool:
        """Whether a message was carried out."""
        return bool(self._db.rows("SELECT 1 FROM messages WHERE id = ?", (message_id,)))

    def has_newer(self, names: Collection[str], signed: int) -> bool:
        """Whether a message about an article, by any of its `names`, was carried out that is newer than one that was
        `signed` then, in milliseconds since 1970. What came in the same moment is no newer."""
        query = "SELECT 1 FROM articles WHERE name = ? AND signed > ?"
        return any(self._db.rows(query, (name, signed)) for name in names)

    def add(self, message_id: str, names: Collection[str], signed: int) -> None:
        """Remembers a message once it is carried out; one whose process died before is sent and carried out again."""
        now = int(time.time())
        with self._db.writing() as db:
            # One from the future was written by a clock that was set back since. A message is signed no later than a
            # window after it comes, so what is forgotten is older than all that is not refused.
            for table in ("messages", "articles"):
                db.execute(f"DELETE FROM {table} WHERE at < ? OR at > ?", (now - 3 * WINDOW, now + 3 * WINDOW))
            db.execute("INSERT OR IGNORE INTO messages VALUES (?, ?)", (message_id, now))
            db.executemany(
                "INSERT INTO articles VALUES (?, ?, ?) "
                "ON CONFLICT (name) DO UPDATE SET signed = max(signed, excluded.signed), at = excluded.at",
                [(name, signed, now) for name in names],
            )
