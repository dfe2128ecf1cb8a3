"""Small JSON files with a version number: what was tuned, learned, set or derived, kept beside the articles.

A file is written in one step, so whoever reads it sees the old content or the new. Its ``version`` says which form the
rest has; a file of another version is not guessed at. `load` is for what a person has set, where silence would be
wrong; `load_or` is for what can be computed again, or has a default that serves as well. The last key, ``crc32``, is
the checksum of what stands before it: of files that people may edit `is_altered` tells whether they did, of others
(`sealed`) nothing is used that is not as it was written.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from indexer.base.durable_files import replace
from indexer.base.errors import ReadmoreError

T = TypeVar("T")
_CHECKSUM = b'"crc32":'

# what `parse` and the JSON reader raise for content that is not of the form expected
_OTHER_FORM = (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError)


class SettingError(ReadmoreError):
    """A file cannot be read, or is not of the form that it should have."""


def save(path: Path, version: int, record: Mapping[str, Any], *, indent: int | None = None) -> None:
    """Replaces the file at `path`. `indent` makes it readable to people. Raises WriteError if it cannot be written."""
    text = json.dumps({"version": version, **record, "crc32": 0}, indent=indent, ensure_ascii=False)
    head, mark, _ = text.encode().rpartition(_CHECKSUM)
    replace(path, b"%b%b %d%b" % (head, mark, zlib.crc32(head), b"}" if indent is None else b"\n}\n"))


def is_altered(content: bytes) -> bool:
    """Whether a file with this content is not as `save` wrote it; one of an older readmore says nothing of that."""
    head, mark, rest = content.rpartition(_CHECKSUM)
    found = re.fullmatch(rb" (\d+)\s*\}\s*", rest)
    return bool(mark) and (found is None or int(found[1]) != zlib.crc32(head))


def load(
    path: Path,
    version: int,
    parse: Callable[[dict[str, Any]], T],
    advice: str = "mend or delete it",
    *,
    sealed: bool = False,
) -> T | None:
    """What `parse` makes of the record in the file at `path`; None where there is no file.

    `parse` may raise ValueError, or whatever taking a record apart raises that has another form. Raises SettingError
    with the path, the reason and `advice` for a file that cannot be read, has another version or another form, and for
    one that must be as it was written (`sealed`) and is not.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise SettingError(f"{path}: cannot be read ({error.strerror}); {advice}") from None
    try:
        if sealed and is_altered(content):
            raise ValueError("it is not as it was written")
        record = json.loads(content)
        if record["version"] != version:
            raise ValueError(f"it has version {record['version']}, this readmore reads version {version}")
        record.pop("crc32", None)
        return parse(record)
    except KeyError as error:
        raise SettingError(f"{path}: cannot be used ({error} is missing); {advice}") from None
    except (OSError, *_OTHER_FORM) as error:
        raise SettingError(f"{path}: cannot be used ({error}); {advice}") from None


def load_or(path: Path, version: int, parse: Callable[[dict[str, Any]], T], default: T, *, sealed: bool = False) -> T:
    """As `load`, but `default` where there is no file, or it or a file that it names cannot be used."""
    try:
        found = load(path, version, parse, sealed=sealed)
    except ReadmoreError:
        return default
    return default if found is None else found
