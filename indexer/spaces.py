"""The neural spaces of an archive: added, brought up to date, taken out."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Literal

from filelock import FileLock, Timeout

from indexer.archive import Archive
from indexer.base.archive_folder import ArchiveFolder
from indexer.base.errors import ArchiveLockedError, ReadmoreError
from indexer.commit.commit import swap
from indexer.embedding.job import Job
from indexer.embedding.space_files import without_space
from indexer.vectors import loading
from indexer.vectors.cache import VectorCache, cache_path, cached_spaces
from indexer.vectors.encoder import Encoder, ModelError
from indexer.vectors.models import find_model, fingerprint, space_name
from indexer.vectors.space import LSA, NEURAL
from indexer.vectors.spec import RECIPE, Backend

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}\Z")

_log = logging.getLogger("readmore")


@contextmanager
def embedding(
    archive: Archive,
    model: str,
    *,
    name: str = "",
    backend: Backend | Literal["auto"] = "auto",
    device: str | None = None,
    say: Callable[[str], object] = _log.info,
) -> Iterator[Job]:
    """The work of adding a model's space, called `name` (default: after the model), to an archive, or of bringing it
    up to date; call its `run`. Another process cannot begin the same meanwhile.

    Raises ModelError if the model cannot be had, ArchiveLockedError if another process is embedding.
    """
    name = name or space_name(model)
    if not _NAME.match(name) or name in (LSA, "bm25"):
        raise ModelError(
            f"a space cannot be called '{name}': letters, digits, '.', '_' and '-', and neither lsa nor bm25"
        )
    found = find_model(model)
    with _one_at_a_time(archive.folder), VectorCache(cache_path(archive.folder, name)) as cache:
        ways = ("onnx", "torch") if backend == "auto" else (backend,)
        if cache.spec is not None and cache.spec.fingerprint in [f"{fingerprint(found)}-{way}" for way in ways]:
            yield _job(archive, name, cache, partial(loading.reopen, cache.spec, cache.files(), device))
            return
        chosen = loading.choose_backend(backend, device)
        encoder, files, note = loading.prepare(found, chosen, device, insist=backend == "onnx")
        if note:
            say(note)
        if cache.spec is not None:
            say(f"the model of the space {name} is another than before; all articles are encoded again")
        cache.begin(encoder.spec, files)
        yield _job(archive, name, cache, lambda: encoder)


@contextmanager
def updating(archive: Archive, name: str, device: str | None = None) -> Iterator[Job]:
    """The work of bringing a space that is there already up to date; call its `run`."""
    with _one_at_a_time(archive.folder), VectorCache(cache_path(archive.folder, name)) as cache:
        if cache.spec is None:
            raise ReadmoreError(f"nothing is kept of the space {name}: run 'readmore embed MODEL --name {name}'")
        if cache.spec.recipe != RECIPE:
            raise ModelError(
                f"the space {name} was made by another version of readmore, which read articles in other passages; "
                f"run 'readmore embed {cache.spec.model} --name {name}' once, which encodes them all again"
            )
        yield _job(archive, name, cache, partial(loading.reopen, cache.spec, cache.files(), device))


def _job(archive: Archive, name: str, cache: VectorCache, open_encoder: Callable[[], Encoder]) -> Job:
    return Job(archive.index, archive.store, name, cache, open_encoder, (archive.maintaining, archive.writing))


@contextmanager
def _one_at_a_time(folder: ArchiveFolder) -> Iterator[None]:
    try:
        with FileLock(folder.lock("embed"), timeout=0):
            yield
    except Timeout:
        raise ArchiveLockedError(f"{folder.path}: another process is embedding; try again when it is done") from None


def neural_spaces(archive: Archive) -> list[str]:
    """The names of the neural spaces, those included that have nothing in the index yet."""
    manifest = archive.manifest()
    there = {name for name, space in manifest.spaces.items() if space.kind == NEURAL}
    return sorted(there | set(cached_spaces(archive.folder)))


def remove_space(archive: Archive, name: str) -> None:
    """Takes a space out of the archive, and all that was kept for it. Raises ReadmoreError if there is none."""
    if name not in neural_spaces(archive):
        own = " (the archive's own space cannot be removed)" if name == LSA else ""
        known = ", ".join(neural_spaces(archive)) or "none"
        raise ReadmoreError(f"no neural space called '{name}' in this archive{own}; there are: {known}")
    with _one_at_a_time(archive.folder):
        with archive.maintaining(), archive.writing():
            manifest = archive.manifest()
            if name in manifest.spaces:
                swap(archive.index, manifest, without_space(manifest, name))
        path = cache_path(archive.folder, name)
        for suffix in ("", "-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
