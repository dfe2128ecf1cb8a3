"""The steps of a repair, in their order: articles, kept vectors, settings, the index, what is derived from it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from filelock import FileLock

from indexer.archive import LOCK_TIMEOUT, Archive
from indexer.backup.contents import Backup, opened
from indexer.base.archive_folder import ArchiveFolder
from indexer.base.durable_files import writing
from indexer.base.errors import ArchiveNotFoundError
from indexer.check import check_archive
from indexer.repair.articles import ArticlesRepair, repair_articles
from indexer.repair.vectors import repair_vectors
from indexer.store import Store
from recommender.audit.settings_files import settings_problems
from recommender.local.verification import remove_damaged
from recommender.related import OpenRecommender


def repair(
    folder: ArchiveFolder, open_recommender: OpenRecommender, backup: Path | None, *, accept_loss: bool
) -> Iterator[str]:
    """Mends an archive as far as anything holds what is damaged, and says of each step what became of it. Raises
    RepairError, with nothing changed, where articles would be lost."""
    if not folder.articles.exists() and not folder.index.path.exists():
        raise ArchiveNotFoundError(folder.path)
    with _opened(backup) as kept, writing(folder.path):
        with FileLock(folder.lock("write"), timeout=LOCK_TIMEOUT), _store_of(kept, folder) as store:
            articles = repair_articles(folder, store, accept_loss=accept_loss)
        yield from _said(folder, articles)
        yield from _settings(folder, kept)
    with Archive.open(folder.path) as archive:
        for name, outcome in repair_vectors(archive).items():
            yield f"space {name}: {outcome}"
        if articles.mended or articles.from_backup or articles.lost or articles.rebuilt or check_archive(archive):
            archive.reindex(accept_loss=True)
            archive.maintain()
            yield f"{archive.store.count():,} articles indexed again"
    removed = remove_damaged(folder)
    with open_recommender(folder.path) as recommender:
        recommender.prepare()
    yield from (f"{path}: derived again" for path in removed)


@contextmanager
def _opened(path: Path | None) -> Iterator[Backup | None]:
    if path is None:
        yield None
        return
    with opened(path) as backup:
        yield backup


@contextmanager
def _store_of(backup: Backup | None, folder: ArchiveFolder) -> Iterator[Store | None]:
    """The articles of a backup, unpacked for a while."""
    name = folder.articles.name
    if backup is None or name not in backup.contents.files:
        yield None
        return
    with tempfile.TemporaryDirectory() as unpacked:
        backup.extract(name, Path(unpacked) / name)
        with closing(Store(Path(unpacked) / name)) as store:
            yield store


def _said(folder: ArchiveFolder, articles: ArticlesRepair) -> Iterator[str]:
    for ids, what in (
        (articles.mended, "mended by the checksums"),
        (articles.from_backup, "taken from the backup"),
        (articles.lost, "lost"),
    ):
        if ids:
            yield f"{'1 article' if len(ids) == 1 else f'{len(ids):,} articles'} {what}: {', '.join(sorted(ids))}"
    if articles.rebuilt or articles.mended or articles.from_backup or articles.lost:
        yield f"{folder.articles}: sound again; what it was is in {folder.replaced}"


def _settings(folder: ArchiveFolder, backup: Backup | None) -> Iterator[str]:
    """Takes the settings that cannot be read, or are gone, from the backup."""
    if backup is None:
        return
    names = {path.name for path in settings_problems(folder)}
    names |= {name for name in backup.contents.files if not (folder.path / name).exists() and "/" not in name}
    if folder.exposure_penalty.name in names:
        names.add(folder.exposure_counts.name)
    for name in sorted(names & set(backup.contents.files) - {folder.articles.name}):
        path = folder.path / name
        if path.exists():
            folder.replaced.mkdir(exist_ok=True)
            path.replace(folder.replaced / name)
        temporary = path.with_name(f".{name}.repaired.tmp")
        backup.extract(name, temporary)
        temporary.replace(path)
        yield f"{path}: taken from the backup"
