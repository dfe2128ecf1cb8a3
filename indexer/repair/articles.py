"""Repairing the database of the articles: rows mended in place, or a new database of what is found in the pages of one
that cannot be read any more, and of what a backup has."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, field

from indexer.backup.restore import keep
from indexer.base.archive_folder import ArchiveFolder
from indexer.base.errors import ArticlesDamagedError, IndexDamagedError, ReadmoreError
from indexer.base.sqlite_files import problems_of, remove_sidecars
from indexer.base.transaction import transaction
from indexer.loss import indexed_ids
from indexer.records.mending import mended
from indexer.records.row import Row
from indexer.repair.pages import Removal, scan
from indexer.segment.manifest import Manifest
from indexer.store import Store

_INSERT = "INSERT INTO articles (seq, id, url, digest, record, crc32) VALUES (?, ?, ?, ?, CAST(? AS TEXT), ?)"


@dataclass(slots=True)
class ArticlesRepair:
    """What became of the articles. All lists have ids."""

    mended: list[str] = field(default_factory=list)  # by their checksums
    from_backup: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    rebuilt: bool = False  # whether there is a new database


class RepairError(ReadmoreError):
    """A repair that would lose articles, or cannot be made. Nothing was changed."""


class _NeedsRebuildingError(Exception):
    """The database cannot be read as one any more."""


def repair_articles(folder: ArchiveFolder, backup: Store | None, *, accept_loss: bool = False) -> ArticlesRepair:
    """Makes the database of the articles sound again. For whoever holds the write lock; the index is to be rebuilt
    afterwards if anything changed.

    Raises RepairError where articles would be lost that neither the file nor the backup has, unless
    `accept_loss`, and where the index, which says which there were, is damaged as well: nothing is changed then.
    """
    try:
        return _mend(folder, backup, accept_loss)
    except _NeedsRebuildingError:
        return _rebuild(folder, backup, accept_loss)


def _mend(folder: ArchiveFolder, backup: Store | None, accept_loss: bool) -> ArticlesRepair:
    """Mends single rows of a database that is sound as one."""
    repair = ArticlesRepair()
    try:
        if problems_of(folder.articles):
            raise _NeedsRebuildingError
        with closing(Store(folder.articles)) as store:
            _refuse_if_shrunken(folder, store)
            store.upgrade()
            damaged = [row for row in store.rows_after(0) if not row.is_sound()]
    except (ArticlesDamagedError, FileNotFoundError):
        raise _NeedsRebuildingError from None
    except ReadmoreError:
        if folder.articles.exists():
            raise
        raise _NeedsRebuildingError from None
    if not damaged:
        return repair
    kept = _rows_of(backup)
    copies, _ = _found(folder, ArticlesRepair())  # SQLite leaves some when it moves rows
    right: list[Row] = []
    for row in damaged:
        name = row.id.decode(errors="replace")
        if (own := mended(row)) is not None:
            repair.mended.append(own.id.decode())
            right.append(own)
        elif row.seq in copies:
            repair.mended.append(copies[row.seq].id.decode())
            right.append(copies[row.seq])
        elif (other := kept.get(row.seq)) is not None and row.id in (other.id, b""):
            repair.from_backup.append(name)
            right.append(other)
        else:
            repair.lost.append(name)
    _refuse_loss(folder, repair.lost, accept_loss)
    _keep(folder)
    with closing(sqlite3.connect(folder.articles, isolation_level=None)) as db, transaction(db, folder.articles):
        db.executemany("DELETE FROM articles WHERE seq = ?", [(row.seq,) for row in damaged])
        _insert(db, right)
    return repair


def _refuse_if_shrunken(folder: ArchiveFolder, store: Store) -> None:
    """Raises _NeedsRebuildingError if the index has articles that the database neither has nor has removed."""
    with suppress(IndexDamagedError):
        manifest = Manifest.load(folder.index)
        indexed = indexed_ids(folder.index, manifest)
        gone = indexed.keys() - store.ids_up_to(manifest.last_seq).keys() - set(store.removals_after(0))
        if gone or manifest.last_seq > store.last_seq():
            raise _NeedsRebuildingError


def _rebuild(folder: ArchiveFolder, backup: Store | None, accept_loss: bool) -> ArticlesRepair:
    """Makes a new database of all that is found of the articles that the index has."""
    try:
        manifest = Manifest.load(folder.index)
        indexed = indexed_ids(folder.index, manifest)
    except IndexDamagedError as error:
        raise RepairError(
            f"{folder.articles}: cannot be repaired, for the index, which says what was in it, is damaged too "
            f"({error.path}); nothing was changed: 'readmore restore --replace BACKUP' puts a backup in its place"
        ) from None
    repair = ArticlesRepair(rebuilt=True)
    rows, removals = _found(folder, repair)
    removed = {removal.seq for removal in removals}
    newer = {seq: row.id.decode() for seq, row in rows.items() if seq > manifest.last_seq and seq not in removed}
    late = {removal.seq for removal in removals if removal.number > manifest.last_removal}
    wanted = {seq: name for seq, name in indexed.items() if seq not in late} | newer
    last_of = {name: seq for seq, name in sorted(wanted.items())}
    wanted = {seq: name for seq, name in wanted.items() if last_of[name] == seq}
    kept = _rows_of(backup)
    by_id = {row.id.decode(): row for row in kept.values()}
    whole: list[Row] = []
    for seq, name in sorted(wanted.items()):
        own = rows.get(seq)
        if own is not None and own.id.decode() == name:
            whole.append(own)
        elif (other := kept.get(seq)) is not None and other.id.decode() == name:
            whole.append(other)
            repair.from_backup.append(name)
        elif name in by_id:  # an older version; it gets the number of the one that is lost
            older = by_id[name]._replace(seq=seq)
            whole.append(older._replace(crc32=older.checksum()))
            repair.from_backup.append(name)
        else:
            repair.lost.append(name)
    repair.mended = [name for name in repair.mended if name in set(wanted.values())]
    _refuse_loss(folder, repair.lost, accept_loss)
    _write(folder, whole, removals, manifest)
    return repair


def _found(folder: ArchiveFolder, repair: ArticlesRepair) -> tuple[dict[int, Row], list[Removal]]:
    """The articles and removals in the pages of the damaged file; articles that are sound or were mended."""
    rows: dict[int, Row] = {}
    removals: dict[int, Removal] = {}
    if not folder.articles.exists():
        return rows, []
    with suppress(sqlite3.DatabaseError), closing(sqlite3.connect(folder.articles)) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # what is in the log is not in the pages yet
    for found in scan(folder.articles):
        if isinstance(found, Removal):
            removals[found.number] = found
        elif found.is_sound():
            rows[found.seq] = found if found.crc32 is not None else found._replace(crc32=found.checksum())
        elif found.seq not in rows and (right := mended(found)) is not None:
            rows[found.seq] = right
            repair.mended.append(right.id.decode())
    return rows, [removals[number] for number in sorted(removals)]


def _rows_of(backup: Store | None) -> Mapping[int, Row]:
    """The sound articles of a backup, with checksums."""
    rows = () if backup is None else (mended(row) for row in backup.rows_after(0))
    return {row.seq: row for row in rows if row is not None}


def _refuse_loss(folder: ArchiveFolder, lost: list[str], accept_loss: bool) -> None:
    if not lost or accept_loss:
        return
    named = ", ".join(sorted(lost)[:20]) + (", ..." if len(lost) > 20 else "")
    articles = "1 article" if len(lost) == 1 else f"{len(lost):,} articles"
    raise RepairError(
        f"{folder.articles}: {articles} cannot be saved from it ({named}); nothing was changed: give a backup that has "
        "them with --from BACKUP, or go on without them with --accept-loss and index their sources again"
    )


def _insert(db: sqlite3.Connection, rows: Iterable[Row]) -> None:
    texts = ((r.seq, r.id.decode(), r.url.decode() if r.url else None, r.digest, r.record, r.crc32) for r in rows)
    db.executemany(_INSERT, texts)


def _keep(folder: ArchiveFolder) -> None:
    """Keeps a copy of the damaged file; of a file that is changed in place a link would change with it."""
    folder.replaced.mkdir(exist_ok=True)
    for path in (folder.articles, folder.articles.with_name(f"{folder.articles.name}-wal")):
        if path.exists():
            shutil.copyfile(path, folder.replaced / path.name)


def _write(folder: ArchiveFolder, rows: Iterable[Row], removals: Iterable[Removal], manifest: Manifest) -> None:
    """Puts a new database in the place of the damaged one, which is kept."""
    new = folder.articles.with_name(f".{folder.articles.name}.repaired.tmp")
    new.unlink(missing_ok=True)
    Store(new, create=True).close()
    with closing(sqlite3.connect(new, isolation_level=None)) as db, transaction(db, new):
        _insert(db, rows)
        db.executemany(
            "INSERT INTO removals (number, seq, id) VALUES (?, ?, ?)", [(r.number, r.seq, r.id) for r in removals]
        )
        for table, last in (("articles", manifest.last_seq), ("removals", manifest.last_removal)):
            db.execute(
                "INSERT INTO sqlite_sequence (name, seq) SELECT ?, 0 WHERE NOT EXISTS "
                "(SELECT 1 FROM sqlite_sequence WHERE name = ?)",
                (table, table),
            )
            db.execute("UPDATE sqlite_sequence SET seq = MAX(seq, ?) WHERE name = ?", (last, table))
        db.execute("INSERT INTO settings VALUES ('index', ?)", (manifest.settings(),))
    with closing(sqlite3.connect(new)) as db:
        db.execute("PRAGMA journal_mode=DELETE")
    remove_sidecars(new)
    if folder.articles.exists():
        folder.replaced.mkdir(exist_ok=True)
        for old in folder.replaced.glob(f"{folder.articles.name}*"):
            old.unlink()
        keep(folder.articles, folder.replaced / folder.articles.name)
    remove_sidecars(folder.articles)
    new.replace(folder.articles)
