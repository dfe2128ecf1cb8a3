"""Whether a related block may have changed: a fingerprint of all it is made from."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from indexer.base.archive_folder import ArchiveFolder
from indexer.base.durable_files import TEMPORARY
from indexer.base.errors import WriteError
from recommender.corpus import name_words
from recommender.feedback.click_log import FILE as CLICKS

_PACKAGES = ("indexer", "search", "recommender", "web")
_SOFTWARE = (".py", ".html")


def fingerprint(data: Path, more: Iterable[str] = ()) -> str:
    """Hexadecimal digits that differ whenever the related block of any article of the archive in the folder `data` may:
    they cover the index, every setting beside it, what is derived for recommending, the software, and what else the
    caller names in `more`."""
    digest = hashlib.blake2b(digest_size=16)
    settings = [p for p in data.iterdir() if p.is_file() and not _is_no_setting(p)]
    folder = ArchiveFolder(data)
    derived = [folder.related / name_words.FILE, *folder.related.glob("*/about.json")]
    for path in [folder.index.manifest, *sorted(settings), *sorted(derived)]:
        _add(digest, str(path.relative_to(data)), path)
    root = Path(__file__).resolve().parents[2]
    for package in _PACKAGES:
        for path in sorted(p for p in (root / package).rglob("*") if p.suffix in _SOFTWARE):
            _add(digest, str(path.relative_to(root)), path)
    for text in more:
        digest.update(text.encode() + b"\0")
    return digest.hexdigest()


def _is_no_setting(path: Path) -> bool:
    articles = ArchiveFolder(path.parent).articles.name
    return path.name.startswith((articles, CLICKS, ".")) or path.suffix in (".lock", TEMPORARY)


def _add(digest: hashlib.blake2b, name: str, path: Path) -> None:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        content = b""
    except OSError as error:
        raise WriteError(f"{path}: cannot be read ({error.strerror})") from error
    digest.update(f"{name}\0{len(content)}\0".encode())
    digest.update(content)
