"""Grades: what editors made of articles that were offered, kept in ``grades.jsonl`` in the archive's folder.

One JSON object a line, added and never changed; of several grades that one person gave an item the last holds. Articles
go by their ids, so grades survive a rebuild of the index; what was shown beside the item is kept with its grade, so
that later versions of the software can be compared with what people thought of this one.
"""

from __future__ import annotations

import json
import math
import os
import re
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Final

from filelock import FileLock

from indexer.base.archive_folder import ArchiveFolder
from indexer.base.durable_files import writing
from indexer.base.errors import ReadmoreError

SIGNED: Final = "S"  # an editor would sign the link
WEAK: Final = "W"  # the same broad field and no more
BAD: Final = "B"  # an embarrassment
GRADES: Final = (SIGNED, WEAK, BAD)
TRUE, EMPTY, WRONG = "T", "E", "X"  # of a reason: true and useful, true and empty, wrong or a fragment
REASON_GRADES: Final = (TRUE, EMPTY, WRONG)
MAX_TEXT = 500  # characters of a reason, a group's name or a person's
MAX_BYTES = 1 << 28  # of the file
MAX_LINE = 8192
VERSION = 1
_ID = re.compile(r"[A-Za-z0-9_-]{1,200}\Z")


class GradeError(ReadmoreError):
    """A grade that cannot be kept. The message says why."""


@dataclass(frozen=True, slots=True)
class Grade:
    """What a person thinks of one item of a block."""

    source: str  # id of the article that the block stands under
    item: str  # id of the article offered
    grade: str  # one of GRADES
    place: int  # in the block; 1 is the lead
    group: str = ""  # the name of its group
    reason: str = ""  # as it was shown
    reason_grade: str = ""  # one of REASON_GRADES, empty where nobody said
    relation: str = ""  # as in results.RelatedItem
    nearness: float | None = None  # see Recommender.nearness, when it was shown
    person: str = ""  # who gave it, by whatever name
    at: int = 0  # seconds since 1970

    def __post_init__(self) -> None:
        if not (_ID.match(self.source) and _ID.match(self.item)) or self.source == self.item:
            raise GradeError("a grade is for one article under another, both by their ids")
        if self.grade not in GRADES:
            raise GradeError(f"'{self.grade[:20]}' is no grade: give one of {', '.join(GRADES)}")
        if self.reason_grade and self.reason_grade not in REASON_GRADES:
            raise GradeError(
                f"'{self.reason_grade[:20]}' is no grade of a reason: give one of {', '.join(REASON_GRADES)}"
            )
        if not 1 <= self.place <= 1000:
            raise GradeError("the place of an item in its block is a number from 1 on")
        if max(map(len, (self.group, self.reason, self.relation, self.person))) > MAX_TEXT:
            raise GradeError(f"reason, group and person have {MAX_TEXT} characters at most")
        if self.nearness is not None and not math.isfinite(self.nearness):
            raise GradeError("nearness is a finite number")


@dataclass(frozen=True, slots=True)
class Read:
    """The grades of an archive, the last of each person for each item, in the order in which they were given, and how
    many lines were no grades."""

    grades: tuple[Grade, ...]
    passed_over: int = 0


def keep(folder: ArchiveFolder, grades: Iterable[Grade]) -> None:
    """Adds grades to those of an archive, all of them or, where the disk is full, none that is half; they are on the
    disk when this returns. Raises WriteError where they cannot be written, GradeError where there are too many."""
    now = int(time.time())
    lines = b"".join(_line(grade, now) for grade in grades)
    path = folder.grades
    with FileLock(folder.lock("grades")), writing(path), path.open("ab+") as file:
        end = file.seek(0, os.SEEK_END)
        if end + len(lines) > MAX_BYTES:
            raise GradeError(f"{path}: holds {MAX_BYTES >> 20} MiB of grades, which is all that it may; move it away")
        if end:
            file.seek(end - 1)
            if file.read(1) != b"\n":  # half a line, of a process that died: the next grade begins a line of its own
                lines = b"\n" + lines
        try:
            file.write(lines)
            file.flush()
            os.fsync(file.fileno())
        except OSError:
            file.truncate(end)
            raise


def read(folder: ArchiveFolder) -> Read:
    """The grades of an archive; none where nobody has graded. Raises GradeError for a file that cannot be read."""
    path = folder.grades
    try:
        if path.stat().st_size > MAX_BYTES:
            raise GradeError(f"{path}: is larger than {MAX_BYTES >> 20} MiB; move it away")
        lines = path.read_bytes().split(b"\n")
    except FileNotFoundError:
        return Read(())
    except OSError as error:
        raise GradeError(f"{path}: cannot be read ({error.strerror})") from None
    known: dict[tuple[str, str, str], Grade] = {}
    wrong = 0
    for line in filter(None, lines):
        grade = _parse(line) if len(line) <= MAX_LINE else None
        if grade is None:
            wrong += 1
            continue
        key = grade.person, grade.source, grade.item
        known.pop(key, None)
        known[key] = grade
    return Read(tuple(known.values()), wrong)


def problems_of(folder: ArchiveFolder) -> list[str]:
    """What cannot be read of the grades of an archive. Raises GradeError for a file that cannot be read at all."""
    wrong = read(folder).passed_over
    return [f"{wrong} lines are no grades and are passed over"] if wrong else []


def _line(grade: Grade, now: int) -> bytes:
    record = {"version": VERSION, **asdict(grade), "at": grade.at or now}
    if grade.nearness is not None:
        record["nearness"] = round(grade.nearness, 4)
    return json.dumps({name: value for name, value in record.items() if value not in ("", None)}).encode() + b"\n"


def _parse(line: bytes) -> Grade | None:
    """The grade of a line; None for one that is none, or of another version."""
    try:
        record: dict[str, Any] = json.loads(line)
        if record.pop("version") != VERSION:
            return None
        grade = Grade(**record)
        texts = (grade.source, grade.item, grade.group, grade.reason, grade.relation, grade.person)
        sound = all(isinstance(text, str) for text in texts) and isinstance(grade.place, int)
        return grade if sound else None
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError, ReadmoreError):
        return None
