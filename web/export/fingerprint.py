"""Whether a related block may have changed: a fingerprint of all it is made from."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from indexer.base.archive_folder import ArchiveFolder
from indexer.base.durable_files import TEMPORARY
from indexer.base.errors import WriteError
from recommender.local import name_words, statistics
from recommender.ranking import kept_calibration

_PACKAGES = ("indexer", "search", "recommender", "web")
_SOFTWARE = (".py", ".html", ".po")


def fingerprint(folder: ArchiveFolder | None, more: Iterable[str] = (), *, articles: bool = True) -> str:
    """Hexadecimal digits that differ whenever the related block of any article of the archive in a folder may: they
    cover the index, every setting beside it, what is derived for recommending, the software, and what else the caller
    names in `more`. Of an archive in no folder (None) the index is for the caller to name. Without `articles` only what
    is the same for all blocks: settings, the software, and what the caller names."""
    digest = hashlib.blake2b(digest_size=16)
    if folder is not None:
        for path in _files_of(folder, articles):
            _add(digest, str(path.relative_to(folder.path)), path)
    root = Path(__file__).resolve().parents[2]
    for package in _PACKAGES:
        for path in sorted(p for p in (root / package).rglob("*") if p.suffix in _SOFTWARE):
            _add(digest, str(path.relative_to(root)), path)
    for text in more:
        digest.update(text.encode() + b"\0")
    return digest.hexdigest()


def _files_of(folder: ArchiveFolder, articles: bool) -> list[Path]:
    """The files that blocks are made from: the manifest, settings, and what was derived for recommending."""
    settings = [path for path in folder.path.iterdir() if path.is_file() and not _is_no_setting(path)]
    if not articles:
        return sorted(settings)
    records = (name_words.FILE, statistics.RECORD, kept_calibration.FILE)
    derived = [*(folder.related / name for name in records), *folder.related.glob("*/about.json")]
    return [folder.index.manifest, *sorted(settings), *sorted(derived)]


def _is_no_setting(path: Path) -> bool:
    folder = ArchiveFolder(path.parent)
    names = "articles readers rules_history webhooks members crawled grades related_report related_weights_before"
    none = [*folder.old_readers(), *(getattr(folder, name) for name in names.split())]
    return path.name.startswith((*(of.name for of in none), ".")) or path.suffix in (".lock", TEMPORARY)


def _add(digest: hashlib.blake2b, name: str, path: Path) -> None:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        content = b""
    except OSError as error:
        raise WriteError(f"{path}: cannot be read ({error.strerror})") from error
    digest.update(f"{name}\0{len(content)}\0".encode())
    digest.update(content)
