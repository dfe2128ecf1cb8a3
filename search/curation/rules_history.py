"""The history of the editors' rules: who changed what and when, and how it is taken back.

``rules-history.db`` in the archive's folder has the text of the rules before and after each change, compressed, each
text once. A change that somebody made in the file itself is noticed at the next one, and is a change by hand.
"""

from __future__ import annotations

import sqlite3
import time
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from hashlib import blake2b

from indexer.base.archive_folder import ArchiveFolder
from indexer.base.errors import DamagedError, ReadmoreError
from indexer.base.transaction import cannot_open, transaction
from search.curation.rules_text import bare, changed_rules, readable, replaces, with_rule, without

BY_HAND = "by hand, in the file"
MOST_CHANGES = 1000  # the latest are kept, ...
MOST_BYTES = 64 << 20  # ... as far as their compressed texts have no more than this
MAX_WHO = 200  # characters
_SCHEMA = """
CREATE TABLE IF NOT EXISTS texts (digest BLOB PRIMARY KEY, text BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS changes (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    at REAL NOT NULL,            -- seconds since 1970
    who TEXT NOT NULL,
    before BLOB NOT NULL,        -- digest of the text
    after BLOB NOT NULL
);
"""


class UndoError(ReadmoreError):
    """A change that cannot be taken back. The message says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Change:
    """A change of the rules, with their text before and after it."""

    number: int
    at: float  # seconds since 1970
    who: str
    before: str
    after: str


def changes(folder: ArchiveFolder, limit: int = MOST_CHANGES) -> list[Change]:
    """The latest changes, the last one first. Raises ReadmoreError for a file that cannot be read."""
    return _read(folder, "ORDER BY number DESC LIMIT ?", (limit,))


def change(folder: ArchiveFolder, number: int) -> Change:
    """One change. Raises UndoError where it is not there, or not any more."""
    found = _read(folder, "WHERE number = ?", (number,))
    if not found:
        raise UndoError(f"there is no change {number} in the history, or not any more")
    return found[0]


def reversed_text(of: Change, text: str) -> str:
    """The text of the rules without a change: as it was where nothing came after it, else with the rules that it
    brought taken out, and those that it took out put back. Raises UndoError where something that came after stands in
    the way."""
    if text == of.after:
        return of.before
    came, went = changed_rules(of.before, of.after)
    now = [bare(rule) for rule in readable(text).rules]
    brought = [bare(rule) for rule in came]
    if not came and not went:
        raise UndoError("only comments or the order were changed, and the file was changed since; edit it by hand")
    gone = [rule for rule in brought if rule not in now]
    again = [bare(rule) for rule in went if any(replaces(rule, old) and old not in brought for old in now)]
    if gone or again:
        raise UndoError("what it changed was changed again since; take back the later change first")
    for rule in went:
        text = with_rule(text, rule)
    return without(text, lambda old: bare(old) in brought)[0]


@contextmanager
def recorded(folder: ArchiveFolder, before: str, after: str, who: str) -> Iterator[None]:
    """Keeps a change that is made meanwhile; not if it fails. Whoever calls this has the lock of the rules."""
    with _database(folder) as db:
        _note_by_hand(db, folder, before)
        number = _insert(db, folder, time.time(), who[:MAX_WHO], before, after)
        try:
            yield
        except BaseException:
            with transaction(db, folder.rules_history):
                db.execute("DELETE FROM changes WHERE number = ?", (number,))
            raise


def note_by_hand(folder: ArchiveFolder, text: str) -> None:
    """Keeps the change that somebody made in the file, if it has another text than after the last one."""
    if folder.rules_history.exists():
        with _database(folder) as db:
            _note_by_hand(db, folder, text)


def _note_by_hand(db: sqlite3.Connection, folder: ArchiveFolder, text: str) -> None:
    last = db.execute(f"{_SELECT} ORDER BY number DESC LIMIT 1").fetchone()
    if last is not None and (known := _text(last[4])) != text:
        at = folder.rules.stat().st_mtime if folder.rules.exists() else time.time()
        _insert(db, folder, max(at, last[1]), BY_HAND, known, text)


def _insert(db: sqlite3.Connection, folder: ArchiveFolder, at: float, who: str, before: str, after: str) -> int:
    with transaction(db, folder.rules_history):
        digests = []
        for text in (before, after):
            content = text.encode("utf-8", "replace")
            digests.append(blake2b(content, digest_size=16).digest())
            db.execute("INSERT OR IGNORE INTO texts VALUES (?, ?)", (digests[-1], zlib.compress(content)))
        number = db.execute(
            "INSERT INTO changes (at, who, before, after) VALUES (?, ?, ?, ?)", (at, who, *digests)
        ).lastrowid
        _bound(db)
    return int(number or 0)


def _bound(db: sqlite3.Connection) -> None:
    """Forgets the oldest changes beyond what is kept."""
    oldest = "SELECT number FROM changes ORDER BY number DESC LIMIT -1 OFFSET ?"
    db.execute(f"DELETE FROM changes WHERE number IN ({oldest})", (MOST_CHANGES,))
    while True:
        db.execute("DELETE FROM texts WHERE digest NOT IN (SELECT before FROM changes UNION SELECT after FROM changes)")
        kept, size = db.execute("SELECT (SELECT COUNT(*) FROM changes), SUM(LENGTH(text)) FROM texts").fetchone()
        if size <= MOST_BYTES or kept <= 1:
            return
        db.execute(f"DELETE FROM changes WHERE number IN ({oldest})", (max(1, kept // 2),))


_SELECT = (
    "SELECT number, at, who, (SELECT text FROM texts WHERE digest = before), "
    "(SELECT text FROM texts WHERE digest = after) FROM changes"
)


def _read(folder: ArchiveFolder, which: str, parameters: tuple[object, ...]) -> list[Change]:
    if not folder.rules_history.exists():
        return []
    with _database(folder, writable=False) as db:
        rows = db.execute(f"{_SELECT} {which}", parameters).fetchall()
    return [Change(number, at, who, _text(before), _text(after)) for number, at, who, before, after in rows]


def _text(stored: bytes) -> str:
    return zlib.decompress(stored).decode("utf-8", "replace")


@contextmanager
def _database(folder: ArchiveFolder, *, writable: bool = True) -> Iterator[sqlite3.Connection]:
    """The file, opened for one change or one look. Raises WriteError, DamagedError."""
    path = folder.rules_history
    try:
        mode = "rwc" if writable else "ro"
        db = sqlite3.connect(f"{path.absolute().as_uri()}?mode={mode}", uri=True, isolation_level=None, timeout=10)
        with closing(db):
            if writable:
                db.executescript(_SCHEMA)
            yield db
    except (sqlite3.Error, zlib.error) as error:
        opened = cannot_open(path, error) if isinstance(error, sqlite3.Error) else None
        raise opened or DamagedError(path, f"no readable history of the rules ({error})") from None
