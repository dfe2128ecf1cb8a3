"""The archive: one folder with the articles and the index derived from them. This is the only way in.

``articles.db`` is the truth, ``index/`` can be thrown away and rebuilt, ``write.lock`` lets one writer in at a time
and ``maintenance.lock`` one merge or fit. Both are locks of the operating system on an open file, so a process that
dies lets go of them.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Any

import numpy as np
from filelock import BaseFileLock, FileLock, Timeout

from indexer.article.article import Article
from indexer.article.publicity import Calendar
from indexer.base.archive_folder import ArchiveFolder
from indexer.base.durable_files import write_error, writing
from indexer.base.errors import (
    ArchiveLockedError,
    ArchiveNotFoundError,
    ArticlesDamagedError,
    IndexDamagedError,
    WriteError,
)
from indexer.base.restoring import check_restored
from indexer.commit import lsa_refit, merge_policy
from indexer.commit.addition import HeldArticles, WaitingSegments, chars_of
from indexer.commit.builder import SegmentBuilder, batches
from indexer.commit.cleanup import remove_leftovers
from indexer.commit.commit import Change, commit, publish
from indexer.commit.damage import DamageFinder
from indexer.copies.copies import Copies
from indexer.copies.copies import load as load_copies
from indexer.copies.copies import save as save_copies
from indexer.embedding.stored_spaces import restore_spaces, space_status
from indexer.loss import BEHIND, loss_of, lost_articles, refuse_without_articles
from indexer.schema import Field
from indexer.segment.manifest import Manifest, SegmentEntry
from indexer.segment.segment import Segment
from indexer.settings import Settings, SettingsError, load_settings
from indexer.store import Store, open_store
from indexer.vectors.space import LSA

SETTINGS = "index"  # the setting in the store that has those of the manifest
LOCK_TIMEOUT = 600.0  # seconds to wait for another writer
POLL_INTERVAL = 0.01  # seconds between two looks at a lock that another holds


@dataclass(slots=True)
class AddReport:
    """What became of the articles handed to `Archive.add`."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0


class Archive:
    """An archive on disk. Make one with `create`, open one with `open`; both are cheap."""

    def __init__(self, folder: ArchiveFolder, store: Store, patience: float = LOCK_TIMEOUT) -> None:
        self.folder = folder
        self.path = folder.path
        self.index = folder.index
        self.store = store
        self._damage = DamageFinder(self.index)
        self._patience = patience
        self._write_lock = FileLock(folder.lock("write"), timeout=patience)
        self._turn_lock = FileLock(folder.lock("turn"), timeout=patience)
        self._maintenance_lock = FileLock(folder.lock("maintenance"), timeout=0)

    @classmethod
    def open(cls, path: Path | str, *, patience: float = LOCK_TIMEOUT) -> Archive:
        """The archive in the folder `path`, which waits so many seconds for another writer. Raises
        ArchiveNotFoundError if there is none."""
        folder = ArchiveFolder(Path(path))
        if not folder.articles.is_file():
            refuse_without_articles(folder)
            raise ArchiveNotFoundError(folder.path)
        return cls(folder, open_store(folder.articles), patience)

    @classmethod
    def create(cls, path: Path | str) -> Archive:
        """The archive in the folder `path`, made if there is none."""
        folder = ArchiveFolder(Path(path))
        with writing(folder.path):
            folder.index.path.mkdir(parents=True, exist_ok=True)
        if not _has_articles(folder):
            with FileLock(folder.lock("write"), timeout=LOCK_TIMEOUT):
                if not _has_articles(folder):  # else another process was faster
                    refuse_without_articles(folder)
                    if not os.access(folder.index.manifest, os.F_OK):
                        Manifest().save(folder.index)
                    Store(folder.articles, create=True).close()
        try:
            store = Store(folder.articles)
        except ArticlesDamagedError:  # or another process is making it, and lets go of the lock once it is made
            with FileLock(folder.lock("write"), timeout=LOCK_TIMEOUT):
                store = Store(folder.articles)
        return cls(folder, store)

    def close(self) -> None:
        """Lets go of the archive's files."""
        self.store.close()

    def __enter__(self) -> Archive:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Holds the write lock, which every change of the index needs. An error that comes of a damaged file of the
        index is raised as an IndexDamagedError that names the file."""
        with self._write_locked(), self._damage.explaining(wait=True):
            yield

    @contextmanager
    def _write_locked(self) -> Iterator[None]:
        # Whoever waits for the write lock holds the other meanwhile. A lock that is held is looked at only now and
        # then, so a writer that lets go of it and wants it again at once would come before all who wait.
        with self._locked(self._turn_lock, "writing"):
            self._acquire(self._write_lock, "writing")
        try:
            check_restored(self.folder)
            if self.store.is_replaced():  # while this waited, or long ago
                self.store.close()
                self.store = Store(self.folder.articles)
            self.store.upgrade()
            yield
        finally:
            self._write_lock.release()

    @contextmanager
    def maintaining(self) -> Iterator[None]:
        """Holds the maintenance lock, without which files that are not part of the index yet may be swept up."""
        with self._locked(self._maintenance_lock, "merging"):
            yield

    @contextmanager
    def _locked(self, lock: BaseFileLock, what: str) -> Iterator[None]:
        self._acquire(lock, what)
        try:
            yield
        finally:
            lock.release()

    def _acquire(self, lock: BaseFileLock, what: str) -> None:
        """Takes one of the archive's locks; `what` is what another process that holds it is doing."""
        try:
            lock.acquire(timeout=self._patience, poll_interval=POLL_INTERVAL)
        except Timeout:
            raise ArchiveLockedError(
                f"{self.path}: another process has been {what} for {self._patience:.0f} s; try again when it is done"
            ) from None
        except OSError as error:
            raise write_error(self.path, full=error.errno == errno.ENOSPC, why=str(error.strerror)) from error

    def manifest(self) -> Manifest:
        """The current generation of the index."""
        return Manifest.load(self.index)

    def settings(self) -> Settings:
        """What the publisher has set. Raises SettingsError for what cannot be used."""
        return load_settings(self.folder.settings)

    def add(self, articles: Iterable[Article], *, workers: int | None = None) -> AddReport:
        """Stores and indexes articles; an article whose id is known replaces the older version, one that has not
        changed is skipped. Works in batches: each is findable when it is done, and no crash loses it.

        `workers` is the number of processes that share the work, this one included (default: one per processor core);
        where there is only one batch, this one does it all.
        """
        report = AddReport()
        with self.writing():
            self._adopt_language()
            self._catch_up()
            builder: SegmentBuilder[Change] = SegmentBuilder(
                self.index, self._settings().language, self.settings().fields, workers
            )
            waiting = WaitingSegments()
            held = HeldArticles()

            def put(batch: Sequence[Article], *, hold_changed: bool, parallel: bool) -> None:
                accepted = self.store.put(batch, hold_changed=hold_changed)
                held.take(accepted)
                report.added += accepted.added
                report.changed += accepted.changed
                report.unchanged += accepted.unchanged
                change = Change(self.store.last_seq(), self.store.last_removal(), accepted.retired)
                waiting.extend(builder.submit(accepted.new, change, parallel=parallel))
                if waiting.is_due():
                    waiting.commit(self.index)

            with builder:
                for batch, more in batches(articles, chars_of):
                    if not more:
                        put([*held.let_go(), *batch], hold_changed=False, parallel=False)
                        break
                    put(batch, hold_changed=True, parallel=True)
                    if held.is_full():
                        put(held.let_go(), hold_changed=False, parallel=True)
                waiting.extend(builder.finish())
                waiting.commit(self.index)
        return report

    def remove(self, ids: Iterable[str]) -> tuple[list[str], list[str]]:
        """Takes articles out. Returns the ids that were there and those that were not."""
        with self.writing():
            self._catch_up()
            removed, unknown, retired = self.store.remove(ids)
            if removed:
                commit(self.index, [], Change(self.store.last_seq(), self.store.last_removal(), retired))
        return removed, unknown

    def reindex(
        self,
        *,
        workers: int | None = None,
        approve: Callable[[Manifest], None] = lambda manifest: None,
        accept_loss: bool = False,
    ) -> None:
        """Rebuilds the index from the stored articles, whatever state it is in. The old one serves until the new
        one takes its place in one step. `approve` is shown the new generation before that; if it raises, the old one
        goes on serving and the new one is thrown away.

        Raises ArticlesDamagedError where the old index has articles that the store has lost, unless `accept_loss`."""
        with self.maintaining(), self._write_locked():  # no damage of the old index explains an error here
            with writing(self.index.path):
                self.index.path.mkdir(exist_ok=True)
            if not accept_loss and (lost := lost_articles(self.index, self.store)):
                raise ArticlesDamagedError(self.folder.articles, loss_of(lost))
            change = Change(self.store.last_seq(), self.store.last_removal(), [])
            settings = self._settings()
            settings = replace(settings, language=self.settings().language or settings.language)
            entries = self._build_stored(0, settings.language, workers)
            fitted = lsa_refit.fit_lsa(self.index, [Segment(self.index, entry) for entry in entries])
            spaces = {}
            if fitted is not None:
                space, encoded = fitted
                spaces = {LSA: space}
                entries = [encoded[entry.name] for entry in entries]
            restored, entries = restore_spaces(self.folder, self.store, entries)
            try:
                publish(self.index, entries, change, {**spaces, **restored}, settings, approve)
            except BaseException:
                with suppress(IndexDamagedError):  # whoever damaged the old one, what is left of it may be precious
                    remove_leftovers(self.index, self.manifest(), spare_merges=False)
                raise

    def _build_stored(self, after_seq: int, language: str, workers: int | None = None) -> list[SegmentEntry]:
        """New segments of all articles stored after `after_seq`, not yet part of the index."""
        entries: list[SegmentEntry] = []
        builder: SegmentBuilder[None] = SegmentBuilder(self.index, language, self.settings().fields, workers)
        with builder:
            for batch, more in batches(self.store.records_after(after_seq), lambda stored: len(stored.json)):
                entries += [entry for entry, _ in builder.submit(batch, None, parallel=more) if entry]
            entries += [entry for entry, _ in builder.finish() if entry]
        return entries

    def _adopt_language(self) -> None:
        """Makes the language that is set that of an index in which there is nothing yet; a full one needs `reindex`."""
        manifest, language = self.manifest(), self.settings().language
        if language and language != manifest.language and not manifest.segments:
            replace(manifest, generation=manifest.generation + 1, language=language).save(self.index)

    def _settings(self) -> Manifest:
        """A manifest with the settings of this archive: those of the current one, or where that is lost those that the
        store remembers."""
        try:
            manifest = self.manifest()
        except IndexDamagedError:
            remembered = self.store.setting(SETTINGS)
            return Manifest() if remembered is None else Manifest.from_settings(remembered)
        self.store.set_setting(SETTINGS, manifest.settings())
        return manifest

    def _catch_up(self) -> None:
        """Brings the index up to the store: what a process stored or removed before it died is indexed now."""
        manifest = self.manifest()
        last_seq, last_removal = self.store.last_seq(), self.store.last_removal()
        if manifest.last_seq > last_seq or manifest.last_removal > last_removal:
            raise ArticlesDamagedError(self.folder.articles, BEHIND)
        if manifest.live_docs > self.store.count() + last_removal - manifest.last_removal:
            raise ArticlesDamagedError(self.folder.articles, loss_of(lost_articles(self.index, self.store)))
        try:
            with self._maintenance_lock.acquire(timeout=0):  # so that no merge begins while its files look left over
                remove_leftovers(self.index, manifest, spare_merges=False)
        except Timeout:
            remove_leftovers(self.index, manifest, spare_merges=True)
        if (manifest.last_seq, manifest.last_removal) != (last_seq, last_removal):
            retired = self.store.removals_after(manifest.last_removal)
            commit(
                self.index,
                self._build_stored(manifest.last_seq, manifest.language),
                Change(last_seq, last_removal, retired),
            )

    def copies(self) -> Copies:
        """Which articles are copies of each other, kept for whoever asks next where the folder can be written to."""
        folder = self.folder.related
        found = load_copies(folder).brought_to(np.array(self.store.seqs_of_all(), np.int64), self.store.versions)
        with suppress(OSError, WriteError):
            folder.mkdir(exist_ok=True)
            save_copies(folder, found)
        return found

    def status(self, calendar: Calendar | None = None) -> dict[str, Any]:
        """What is there, in figures; sizes in bytes. Articles whose time has not come by the `calendar` are counted
        apart, as `to_come`, and in nothing else: the figures without it tell nothing of them."""
        manifest = self.manifest()
        index_bytes = _size_of(self.index.path)
        to_come, waiting_segments = self._to_come(manifest, calendar or Calendar(zone=self._zone()))
        return {
            "path": str(self.path),
            "articles": manifest.live_docs - len(to_come),
            "generation": manifest.generation,
            "segments": len(manifest.segments) - waiting_segments,
            "deleted": sum(segment.deleted_docs for segment in manifest.segments),
            "waiting": self.store.count() - manifest.live_docs,
            **self._settings_status(manifest),
            **({"outdated_words": True} if self._has_outdated_words(manifest) else {}),
            **({"to_come": {"articles": len(to_come), "next": min(to_come.values())}} if to_come else {}),
            "spaces": {name: space_status(self.index, manifest, name, to_come) for name in manifest.spaces},
            "bytes": {"articles": _size_of(self.path) - index_bytes, "index": index_bytes},
        }

    def _to_come(self, manifest: Manifest, calendar: Calendar) -> tuple[dict[int, str], int]:
        """When the articles that are not public yet will be, by their sequence numbers, and how many segments have no
        others."""
        waiting = manifest.waiting(calendar)
        found: dict[int, str] = {}
        alone = 0
        for segment in (Segment(self.index, entry) for entry in manifest.segments if waiting and entry.waiting):
            live = segment.seq[segment.live].tolist()
            there = [seq for seq in live if seq in waiting]
            found |= {seq: datetime.fromtimestamp(waiting[seq], calendar.zone).isoformat() for seq in there}
            alone += 0 < len(there) == len(live)
        return found, alone

    def _zone(self) -> tzinfo:
        """The publisher's time zone; UTC where the settings cannot be used, which `_settings_status` says."""
        try:
            return self.settings().zone
        except SettingsError:
            return UTC

    def _settings_status(self, manifest: Manifest) -> dict[str, Any]:
        """What is to be said of the settings, if anything: a mistake, or fields that not all of the index has."""
        try:
            settings = self.settings()
        except SettingsError as error:
            return {"settings_problem": str(error)}
        found: dict[str, Any] = {}
        if outdated := outdated_fields(settings.fields, manifest):
            found["outdated_fields"] = outdated
        if settings.language not in ("", manifest.language) and manifest.segments:
            found["outdated_language"] = manifest.language
        return found

    def _has_outdated_words(self, manifest: Manifest) -> bool:
        """Whether an older version indexed some of the articles, which found fewer spellings and forms of words."""
        forms = [Segment(self.index, entry).forms for entry in manifest.segments]
        return any(of is None or not of.tells_words for of in forms)

    def maintain(self) -> None:
        """Fits the archive's own vector space where that is due and merges small segments, while readers and writers
        go on. Returns at once where another process is already at it."""
        try:
            with self._maintenance_lock.acquire(timeout=0), self._damage.explaining(wait=True):
                lsa_refit.fit_lsa_if_due(self.index, self.writing)
                while merge_policy.merge_if_due(self.index, self.writing):
                    pass
        except Timeout:
            return


def outdated_fields(declared: Sequence[Field], manifest: Manifest) -> list[str]:
    """The names of the fields that not all of the index has as they are declared; `reindex` brings them in."""
    now = {field.name: field.to_record() for field in declared}
    found: set[str] = set()
    for entry in manifest.segments:
        then = {field.name: field.to_record() for field in entry.fields}
        found |= {name for name in now.keys() | then.keys() if now.get(name) != then.get(name)} | {*entry.incomplete}
    return sorted(found)


def _has_articles(folder: ArchiveFolder) -> bool:
    """Whether there is a database of articles, whatever is in it."""
    with suppress(FileNotFoundError):
        return folder.articles.stat().st_size > 0
    return False


def _size_of(folder: Path) -> int:
    """Bytes in all files of a folder; a writer may be taking some of them away."""
    total = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            with suppress(FileNotFoundError):
                total += (Path(parent) / name).stat().st_size
    return total
