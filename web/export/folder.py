"""The folder of a static export: the files it is made of, what of it is ours, and how far a run has got.

    index.json           {"articles": {id: name}, "addresses": {url: name}}: which article is in which file
    json/NAME.json       the related block as data
    html/NAME.html       the related block as a fragment of a page
    .readmore-export     says that the folder is ours, and which state of the archive its files show
    .readmore-blocks     what each block depended on when it was made, see `recommender.reach`
    .readmore-progress   while a run is under way: the articles it is done with, and what their blocks depended on
    .readmore-doubtful   the articles whose files may be of another state than `.readmore-blocks` says: those that a
                         run was to make which has not come to its end

Every file takes its place in one step. Progress is noted only once the files it speaks of are on the disk, so after a
kill or a power cut a run goes on where it can be sure to have been.
"""

from __future__ import annotations

import base64
import hashlib
import os
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Any

import orjson
from filelock import FileLock, Timeout

from indexer.base import json_setting
from indexer.base.durable_files import TEMPORARY, make_folder, replace, writing
from indexer.base.errors import ReadmoreError

MARKER, PROGRESS, LOCK, INDEX = ".readmore-export", ".readmore-progress", ".readmore-lock", "index.json"
BLOCKS, DOUBTFUL = ".readmore-blocks", ".readmore-doubtful"
FORMAT, VERSION = "readmore-export", 1
KINDS = ("json", "html")  # in the order in which they are written; taken away in the other, so none is left behind
SECONDS_BETWEEN_NOTES = 10.0
SYNC_SHARE = 20  # times as long as a flush took until the next one
_READABLE = 160  # characters of an id that stay readable in the name of its file
# names that Windows keeps for devices, whatever their suffix
_DEVICES = {"con", "prn", "aux", "nul", *(f"{kind}{n}" for kind in ("com", "lpt") for n in range(10))}


class ExportError(ReadmoreError):
    """The folder cannot be exported to."""


def name_of(article_id: str) -> str:
    """The name of an article's files, without suffix: the id itself where that is safe everywhere. Ids with capitals
    would be one file on some systems ("A" and "a"), so they are put in small letters and get a dot, which no id has,
    and 12 hexadecimal digits of their own; so do long ids and names of devices."""
    small = article_id.lower()
    if small == article_id and len(small) <= _READABLE and small not in _DEVICES:
        return small
    return f"{small[:_READABLE]}.{hashlib.blake2b(article_id.encode(), digest_size=6).hexdigest()}"


def write_block(root: Path, article_id: str, parts: Sequence[bytes]) -> bool:
    """Writes the files of an article, one for each of `KINDS`. Returns whether any was not there as it is already."""
    name, changed = name_of(article_id), False
    for kind, content in zip(KINDS, parts, strict=True):
        changed |= _write_if_changed(root / kind / f"{name}.{kind}", content)
    return changed


def _write_if_changed(path: Path, content: bytes) -> bool:
    try:
        if path.read_bytes() == content:
            return False
    except OSError:
        pass  # it is not there, or it cannot be read, which writing will tell
    temporary = path.with_name(f".{os.getpid()}{TEMPORARY}")
    with writing(path):
        temporary.write_bytes(content)
        temporary.replace(path)
    return True


class ExportFolder:
    """A folder that is exported to, by one process at a time. Use it as a context manager. `archive` is the name that
    tells the archive from others."""

    def __init__(self, root: Path, archive: str) -> None:
        self.root = root
        self._archive = archive
        self._lock = FileLock(root / LOCK, timeout=0)
        self._fingerprint = ""
        self.traces: dict[str, bytes] = {}  # of what was made for this state of the archive
        self._pending: list[str] = []
        self._next_note = time.monotonic() + SECONDS_BETWEEN_NOTES

    def __enter__(self) -> ExportFolder:
        """Makes the folder where there is none. Raises ExportError if it is not ours or in use, WriteError if it
        cannot be written."""
        if not self.root.exists():
            make_folder(self.root)
        elif not self.root.is_dir():
            raise ExportError(f"{self.root}: is a file; give a folder to export to")
        with writing(self.root):
            record = self._checked()
            try:
                self._lock.acquire()
            except Timeout:
                raise ExportError(f"{self.root}: another process is exporting to it; wait until it is done") from None
        if record is None:
            self._mark("")
        for kind in KINDS:
            with writing(self.root / kind):
                (self.root / kind).mkdir(exist_ok=True)
                for path in (self.root / kind).glob(f".*{TEMPORARY}"):
                    path.unlink()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._lock.release()

    def _checked(self) -> dict[str, str] | None:
        """What the marker says, None in a new folder. Raises ExportError if the folder is not this archive's."""
        record = self._record()
        if record is None and any(path.name != LOCK for path in self.root.iterdir()):
            raise ExportError(f"{self.root}: holds files that are no export of readmore; give a new or empty folder")
        if record is not None and record["archive"] != self._archive:
            raise ExportError(f"{self.root}: holds the export of the archive {record['archive']}; give another folder")
        return record

    def _record(self) -> dict[str, str] | None:
        try:
            return json_setting.load(self.root / MARKER, VERSION, _parse_marker, "give another folder")
        except json_setting.SettingError as error:
            raise ExportError(str(error)) from None

    def _mark(self, shows: str) -> None:
        record = {"format": FORMAT, "archive": self._archive, "shows": shows}
        json_setting.save(self.root / MARKER, VERSION, record, indent=1)

    def blocks(self) -> bytes | None:
        """What was kept of the blocks with `finish`; None where nothing was."""
        try:
            return (self.root / BLOCKS).read_bytes()
        except OSError:
            return None

    def begin(
        self,
        ids: Sequence[str],
        fingerprint: str,
        unchanged: Callable[[], Collection[str]] = frozenset,
        *,
        anew: bool = False,
    ) -> list[str]:
        """The articles whose files must be made for the folder to show the state of the archive that `fingerprint`
        names; `anew` makes all of them. Those that are `unchanged` have the files already that they had when `blocks`
        was kept, unless a run since then was broken off that was to make them. Files that somebody took away are made
        again."""
        self._fingerprint = fingerprint
        there = set.intersection(*(set(self._names(kind)) for kind in KINDS))
        record = self._record()
        self.traces = {} if anew else self._done_before()
        doubtful = self._doubtful()
        if anew:
            done: set[str] = set()
        elif record is not None and record["shows"] == fingerprint:
            done = set(ids)
        else:
            done = self.traces.keys() | (set() if doubtful is None else set(unchanged()) - doubtful)
        left = [article_id for article_id in ids if article_id not in done or name_of(article_id) not in there]
        if left:
            doubtful = set(ids) if doubtful is None else doubtful
            replace(self.root / DOUBTFUL, "".join(f"{line}\n" for line in {*doubtful, *left}).encode())
            lines = [fingerprint, *(_line(article_id, trace) for article_id, trace in self.traces.items())]
            replace(self.root / PROGRESS, "".join(f"{line}\n" for line in lines).encode())  # a link is not followed
            self._mark("")
        return left

    def _done_before(self) -> dict[str, bytes]:
        """What a run that was broken off had made for the same state of the archive, and what it depended on."""
        try:
            first, *done = (self.root / PROGRESS).read_text("ascii").split("\n")
            # what follows the last line break is half a line
            return dict(map(_article_and_trace, done[:-1])) if first == self._fingerprint else {}
        except (OSError, ValueError):
            return {}

    def _doubtful(self) -> set[str] | None:
        """The articles of which it is not known what their files show; None where that is so of all."""
        try:
            return set((self.root / DOUBTFUL).read_text("ascii").split())
        except FileNotFoundError:
            return set()
        except (OSError, ValueError):
            return None

    def note_done(self, traces: Iterable[tuple[str, bytes]]) -> None:
        """Notes that the files of these articles are made, and what their blocks depended on."""
        for article_id, trace in traces:
            self.traces[article_id] = trace
            self._pending.append(_line(article_id, trace))
        if time.monotonic() > self._next_note:
            self._flush()

    def _flush(self) -> None:
        if not self._pending:
            return
        began = time.monotonic()
        os.sync()  # one flush for thousands of files, where one each would take minutes
        with writing(self.root / PROGRESS), (self.root / PROGRESS).open("a", encoding="ascii") as file:
            file.writelines(f"{line}\n" for line in self._pending)
            file.flush()
            os.fsync(file.fileno())
        self._pending.clear()
        # where others write much, a flush takes long, too, while which no process is given anything to do
        self._next_note = time.monotonic() + max(SECONDS_BETWEEN_NOTES, SYNC_SHARE * (time.monotonic() - began))

    def finish(
        self,
        ids: Sequence[str],
        *,
        complete: bool,
        addresses: Mapping[str, str] = MappingProxyType({}),
        blocks: Callable[[], bytes | None] = lambda: None,
    ) -> int:
        """Ends a run over these articles: writes the index, with the ids by their `addresses`, takes away the files of
        articles that are not among them, and, if all were made (`complete`), notes which state of the archive the
        folder shows and keeps what is known of its `blocks`. Returns the number of articles whose files were taken
        away."""
        self._flush()
        articles = {article_id: name_of(article_id) for article_id in sorted(ids)}
        by_url = {url: articles[article_id] for url, article_id in sorted(addresses.items()) if article_id in articles}
        index = {"format": FORMAT, "version": VERSION, "articles": articles, "addresses": by_url}
        content = orjson.dumps(index, option=orjson.OPT_INDENT_2)
        if _differs(self.root / INDEX, content):
            replace(self.root / INDEX, content)
        removed = self._sweep({name_of(article_id) for article_id in ids})
        if complete:
            record = self._record()
            if record is None or record["shows"] != self._fingerprint:
                os.sync()
                self._keep(blocks())
                self._mark(self._fingerprint)
            (self.root / PROGRESS).unlink(missing_ok=True)
        return removed

    def _keep(self, blocks: bytes | None) -> None:
        """Only once that is on the disk is nothing doubtful any more."""
        if blocks is None:
            (self.root / BLOCKS).unlink(missing_ok=True)
        else:
            replace(self.root / BLOCKS, blocks)
        (self.root / DOUBTFUL).unlink(missing_ok=True)

    def _sweep(self, names: set[str]) -> int:
        """Takes away what was written for articles that are gone, and nothing that we did not write: a file is ours if
        it says which article it is of and is named after that."""
        removed = 0
        for name in self._names("json"):
            if name in names or not self._is_ours(name):
                continue
            for kind in reversed(KINDS):
                with writing(self.root / kind / f"{name}.{kind}"):
                    (self.root / kind / f"{name}.{kind}").unlink(missing_ok=True)
            removed += 1
        return removed

    def _names(self, kind: str) -> list[str]:
        """The names of the files of this kind."""
        with writing(self.root / kind):
            return [path.stem for path in (self.root / kind).iterdir() if path.suffix == f".{kind}"]

    def _is_ours(self, name: str) -> bool:
        try:
            record = orjson.loads((self.root / "json" / f"{name}.json").read_bytes())
            return isinstance(record, dict) and name_of(record["id"]) == name
        except (OSError, ValueError, KeyError, AttributeError):
            return False


def _line(article_id: str, trace: bytes) -> str:
    return f"{article_id} {base64.b64encode(trace).decode()}"


def _article_and_trace(line: str) -> tuple[str, bytes]:
    article_id, _, trace = line.partition(" ")
    return article_id, base64.b64decode(trace)


def _parse_marker(record: Mapping[str, Any]) -> dict[str, str]:
    if record["format"] != FORMAT:
        raise ValueError("it is not written by readmore")
    return {"archive": str(record["archive"]), "shows": str(record["shows"])}


def _differs(path: Path, content: bytes) -> bool:
    try:
        return path.read_bytes() != content
    except OSError:
        return True
