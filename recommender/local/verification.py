"""Verification of what is derived for recommending, which answers read only where it is as it was written."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from indexer.base import json_setting
from indexer.base.archive_folder import ArchiveFolder
from indexer.base.durable_files import FileRecord, verify
from indexer.base.errors import IndexDamagedError
from indexer.copies import copies
from recommender.local import forward_index, name_words, statistics, withheld
from search.suggest import kept_headlines, kept_mentions

_FILES = (
    name_words.FILE,
    withheld.FILE,
    copies.RECORD,
    statistics.RECORD,
    kept_headlines.RECORD,
    kept_mentions.RECORD,
)


def derived_problems(folder: ArchiveFolder) -> dict[Path, str]:
    """What is wrong with the files in `ArchiveFolder.related`, by file. One that is not there, or of another version,
    is no damage: it is derived when it is needed."""
    found: dict[Path, str] = {}
    for path in _records(folder.related):
        try:
            content = path.read_bytes()
            record = json.loads(content)
            if json_setting.is_altered(content):
                raise ValueError
            if path.name == forward_index.ABOUT:
                _verify_arrays(path, record)
            elif path.name == statistics.RECORD:
                statistics.verify_arrays(folder.related, record)
            elif path.name == copies.RECORD:
                copies.verify_arrays(folder.related, record)
            elif path.name == kept_headlines.RECORD:
                kept_headlines.problems(folder.related, record)
            elif path.name == kept_mentions.RECORD:
                kept_mentions.problems(folder.related, record)
        except IndexDamagedError as error:
            found[error.path] = error.what
        except OSError as error:
            found[path] = f"cannot be read ({error.strerror})"
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
            found[path] = "is not as it was written"
    return found


def remove_damaged(folder: ArchiveFolder) -> list[Path]:
    """Removes the damaged files, and what is of no use without them, so that they are derived anew. Returns them."""
    damaged = list(derived_problems(folder))
    for path in damaged:
        if path.parent == folder.related:
            path.unlink(missing_ok=True)
        else:
            shutil.rmtree(path.parent, ignore_errors=True)
    return damaged


def _records(root: Path) -> Iterator[Path]:
    if root.is_dir():
        yield from (root / file for file in _FILES if (root / file).exists())
        yield from sorted(root.glob(f"*/{forward_index.ABOUT}"))
        yield from (path / forward_index.ABOUT for path in _without_record(root))


def _without_record(root: Path) -> list[Path]:
    """The folders of segments whose record is gone."""
    kept = (root / name for name in sorted(forward_index.segments_kept(root)))
    return [path for path in kept if not (path / forward_index.ABOUT).exists()]


def _verify_arrays(path: Path, record: Mapping[str, Any]) -> None:
    """Verifies the arrays that belong to the record of a forward index."""
    if record["version"] == forward_index.VERSION:
        file = path.with_name(forward_index.ARRAYS)
        verify(file, FileRecord(int(record["size"]), int(record["crc32_of_arrays"])))
