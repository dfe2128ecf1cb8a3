"""Keys: who may do what through the service. Their hashes are in ``keys.json`` in the archive's folder.

A key is a random text of 256 bits, so that a plain SHA-256 of it tells nothing of it; slow hashes are for what people
think up. What signs webhooks cannot be hashed: the service has to compute the same signature. It is kept as it is, in
a file that only the service's user may read.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import os
import secrets
import threading
from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any

from filelock import FileLock

from indexer.base import json_setting
from indexer.base.archive_folder import ArchiveFolder
from indexer.base.errors import ReadmoreError
from indexer.base.file_stamp import NO_FILE, Stamp, stamp
from indexer.base.json_setting import SettingError

SEARCH, WRITE, EDIT, ADMIN = "search", "write", "edit", "admin"
SCOPES = (SEARCH, WRITE, EDIT, ADMIN)
"""What a key may be good for: reading; adding, changing and removing articles; the editors' rules; all of it and what
is about the service itself."""
MOST_KEYS = 1000
MAX_NAME = 100
MAX_TOKEN = 200  # characters; more are not even hashed

_VERSION = 1
_LOCK_SECONDS = 30
_BEGINS = "rm_"
_WEBHOOK_BEGINS = "whsec_"

_log = logging.getLogger("readmore.access")


class KeysError(ReadmoreError):
    """A key that cannot be made or withdrawn."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key, without what is secret about it but for a webhook's."""

    id: str  # the part of it that may be shown
    name: str  # what it is for, in its owner's words
    scopes: tuple[str, ...]
    created: str  # ISO 8601, UTC
    digest: str = ""  # SHA-256 of the whole key, hexadecimal; empty for a webhook
    signing_secret: str = ""  # base64, of a webhook
    per_second: float = 0.0  # requests that it is good for in the long run; 0: as many as the service answers

    def allows(self, scope: str) -> bool:
        """Whether the key is good for `scope`. Whoever may write or edit may read."""
        return scope in self.scopes or ADMIN in self.scopes or scope == SEARCH

    @property
    def is_webhook(self) -> bool:
        return bool(self.signing_secret)


class Keys:
    """The keys of an archive as of one time."""

    def __init__(self, keys: Iterable[Key] = ()) -> None:
        self.all = tuple(keys)
        self._by_id = {key.id: key for key in self.all if not key.is_webhook}
        self.webhooks = tuple(key for key in self.all if key.is_webhook)
        self.guard_reading = any(SEARCH in key.scopes for key in self.all)
        """Whether reading needs a key: as soon as there is one that is made for it."""

    def with_id(self, key_id: str) -> Key | None:
        """The key with this id, None where there is none, or it was withdrawn, or is a webhook's."""
        return self._by_id.get(key_id)

    def find(self, token: str) -> Key | None:
        """The key that `token` is, None if it is none. Takes the same time for every token of one length."""
        if len(token) > MAX_TOKEN:
            return None
        key = self._by_id.get(_id_of(token))
        same = hmac.compare_digest(_digest(token), key.digest if key else "0" * 64)
        return key if same else None


def add_key(
    folder: ArchiveFolder, name: str, scopes: Iterable[str], *, per_second: float = 0.0, webhook: bool = False
) -> tuple[Key, str]:
    """Makes a key and returns it with its secret, which is shown this once. Raises KeysError for a name or scopes that
    cannot be, SettingError where the file cannot be read, WriteError where it cannot be written."""
    chosen = tuple(scope for scope in SCOPES if scope in set(scopes))
    if not chosen or len(chosen) < len(set(scopes)):
        raise KeysError(f"a key needs at least one scope of {', '.join(SCOPES)}")
    name = " ".join(name.split())
    if not 0 < len(name) <= MAX_NAME:
        raise KeysError(f"a key needs a name of 1 to {MAX_NAME} characters that says what it is for")
    key_id, now = secrets.token_hex(4), datetime.now(UTC).isoformat(timespec="seconds")
    if webhook:
        signing = b64encode(secrets.token_bytes(32)).decode()
        key = Key(key_id, name, chosen, now, signing_secret=signing)
        token = webhook_secret(key)
    else:
        token = f"{_BEGINS}{key_id}_{secrets.token_urlsafe(32)}"
        key = Key(key_id, name, chosen, now, digest=_digest(token))
    _change(folder, lambda keys: [*keys, replace(key, per_second=per_second)])
    return replace(key, per_second=per_second), token


def withdraw_key(folder: ArchiveFolder, id_or_name: str) -> Key:
    """Takes a key back, from the next request on. Raises KeysError where there is none with this id or name, or where
    several have the name."""
    found: list[Key] = []

    def without(keys: list[Key]) -> list[Key]:
        found.extend([key for key in keys if key.id == id_or_name] or [key for key in keys if key.name == id_or_name])
        if not found:
            raise KeysError(f"no key with the id or name '{id_or_name}'; 'readmore keys' lists them")
        if len(found) > 1:
            raise KeysError(
                f"{len(found)} keys are called '{id_or_name}': say which by its id, {found[0].id} or another"
            )
        return [key for key in keys if key is not found[0]]

    _change(folder, without)
    return found[0]


def read_keys(folder: ArchiveFolder) -> list[Key]:
    """All keys, in the order in which they were made. Raises SettingError for a file that cannot be used."""
    advice = "restore it from a backup, or delete it and make the keys anew"
    return json_setting.load(folder.keys, _VERSION, _parse, advice) or []


class KeyReader:
    """The keys as they are now: the file is read again whenever it has changed. Safe to share between threads."""

    def __init__(self, folder: ArchiveFolder) -> None:
        self._folder = folder
        self._place = str(folder.path), folder.keys.name
        self._lock = threading.Lock()
        self._read: tuple[Stamp, Keys] = (NO_FILE, Keys())

    def current(self) -> Keys:
        """The keys. Where the file cannot be used any more they are those of before, and the log says so. Raises
        SettingError where it never could: then nobody knows who may do what."""
        now = stamp(*self._place)
        known, keys = self._read
        if now != known:
            with self._lock:
                try:
                    keys = Keys(read_keys(self._folder))
                except SettingError as error:
                    if not keys.all:
                        raise
                    _log.error("%s; the keys stay as they were", error)
                self._read = (now, keys)
        return keys


def webhook_secret(key: Key) -> str:
    """A webhook's secret, as it was printed when it was made."""
    return f"{_WEBHOOK_BEGINS}{key.signing_secret}"


def signing_key(key: Key) -> bytes:
    """The bytes that a webhook's requests are signed with."""
    return b64decode(key.signing_secret)


def _change(folder: ArchiveFolder, change: Any) -> None:
    with FileLock(folder.lock("keys"), timeout=_LOCK_SECONDS):
        keys = change(read_keys(folder))
        if len(keys) > MOST_KEYS:
            raise KeysError(f"there are {MOST_KEYS:,} keys already; withdraw some")
        before = os.umask(0o077)  # nobody else may read what signs webhooks
        try:
            json_setting.save(folder.keys, _VERSION, {"keys": [_record(key) for key in keys]}, indent=1)
        finally:
            os.umask(before)
        _give_to_owner(folder)


def _give_to_owner(folder: ArchiveFolder) -> None:
    """Hands the file to whoever has the archive, where it was made by the administrator in their place."""
    if os.geteuid() == 0:
        owner = folder.path.stat()
        os.chown(folder.keys, owner.st_uid, owner.st_gid)


def _record(key: Key) -> dict[str, Any]:
    return {name: value for name, value in asdict(key).items() if value}


def _parse(record: Mapping[str, Any]) -> list[Key]:
    keys = [Key(**{**each, "scopes": tuple(each["scopes"])}) for each in record["keys"]]
    for key in keys:
        if not set(key.scopes) <= set(SCOPES) or not (len(key.digest) == 64 or key.signing_secret):
            raise ValueError(f"the key {key.id} has an unknown scope, or no hash")
    return keys


def _id_of(token: str) -> str:
    return token.removeprefix(_BEGINS).partition("_")[0]


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
