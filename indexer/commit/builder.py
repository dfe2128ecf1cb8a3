"""Building segments from batches of articles, on all processor cores where there is more than one batch."""

from __future__ import annotations

import gc
import os
import shutil
import time
import uuid
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Any, Generic, TypeVar

import numpy as np
import orjson

from indexer.article.publicity import may_be_to_come
from indexer.base.archive_folder import IndexFolder
from indexer.base.durable_files import writing
from indexer.base.malloc import keep_freed_memory
from indexer.base.processes import end_with_parent, worker_context
from indexer.schema import TEXT_FIELDS, Field, Kind
from indexer.segment.columns import Columns, declared_values
from indexer.segment.inverter import Inverter
from indexer.segment.manifest import SegmentEntry
from indexer.segment.segment import SegmentData, write_segment
from indexer.store import StoredRecord

BATCH_DOCS = 2048  # small, so that all processes soon have work and none has much left at the end
LATER_DOCS = 8192  # of the batches of a long addition, after the first few: fewer segments to merge
FIRST_BATCHES = 8
BATCH_CHARS = 16 << 20  # a batch of long articles ends earlier
_OBJECTS_BETWEEN_COLLECTIONS = 1 << 18  # more than a batch has; Python looks for cycles after every 700
MAX_FORMS = 2_000_000  # word forms an inverter may remember, some 300 MB, before it starts afresh

_inverters: dict[str, Inverter] = {}

Item = TypeVar("Item")
Label = TypeVar("Label")


@dataclass(frozen=True, slots=True)
class Batch:
    """Stored articles on their way into a segment; cheap to hand to another process, for it is one run of bytes."""

    seqs: Sequence[int]  # ascending
    json: bytes  # their records, as one JSON array

    @classmethod
    def of(cls, records: Sequence[StoredRecord]) -> Batch:
        """The batch of these records."""
        return cls([record.seq for record in records], b"[%b]" % b",".join([record.json for record in records]))


def batches(articles: Iterable[Item], size_of: Callable[[Item], int]) -> Iterator[tuple[list[Item], bool]]:
    """`articles` in batches, each with whether more may follow. There is always at least one batch."""
    batch: list[Item] = []
    chars = done = 0
    for article in articles:
        if len(batch) >= (BATCH_DOCS if done < FIRST_BATCHES else LATER_DOCS) or chars >= BATCH_CHARS:
            yield batch, True
            batch, chars, done = [], 0, done + 1
        batch.append(article)
        chars += size_of(article)
    yield batch, False


class SegmentBuilder(Generic[Label]):
    """Builds one segment per batch and hands them back in the order of the batches, each with the label that its
    batch came with. Use it as a context manager.

    `fields` are the declared ones that segments get. `workers` is the number of processes, this one included. With more
    than one, this one only stores: there is as much to do in storing an article as in indexing it, and each process
    that indexes has to meet every word form once.
    """

    def __init__(self, index: IndexFolder, language: str, fields: tuple[Field, ...], workers: int | None) -> None:
        self._index = index
        self._language = language
        self._fields = fields
        self._workers = workers or os.cpu_count() or 1
        self._pool: ProcessPoolExecutor | None = None
        self._queue: deque[tuple[Future[SegmentEntry | None], Label]] = deque()

    def __enter__(self) -> SegmentBuilder[Label]:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def submit(
        self, records: list[StoredRecord], label: Label, *, parallel: bool
    ) -> Iterator[tuple[SegmentEntry | None, Label]]:
        """Takes a batch and yields what is finished: the entry of the new segment, or None for an empty batch.
        `parallel` says that another batch will follow, so that it pays to have workers."""
        if parallel and self._workers > 1 and self._pool is None:
            self._pool = ProcessPoolExecutor(self._workers - 1, mp_context=worker_context(), initializer=_begin)
        task = (self._index, f"s-{uuid.uuid4().hex[:12]}", Batch.of(records), self._language, self._fields)
        if self._pool is not None:
            self._queue.append((self._pool.submit(_build, *task), label))
        else:
            future: Future[SegmentEntry | None] = Future()
            future.set_result(_build(*task))
            self._queue.append((future, label))
        while self._queue and (len(self._queue) > 2 * self._workers or self._queue[0][0].done()):
            yield self._next()

    def finish(self) -> Iterator[tuple[SegmentEntry | None, Label]]:
        """Yields what is still under way."""
        while self._queue:
            yield self._next()

    def _next(self) -> tuple[SegmentEntry | None, Label]:
        future, label = self._queue.popleft()
        return future.result(), label


def _begin() -> None:
    """Readies a process for building segments, which makes many objects and arrays, and of objects no cycles."""
    end_with_parent()
    keep_freed_memory()
    gc.freeze()
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)


def _build(
    index: IndexFolder, name: str, batch: Batch, language: str, fields: tuple[Field, ...]
) -> SegmentEntry | None:
    return build_segment(index, name, batch, language, fields) if batch.seqs else None


def build_segment(
    index: IndexFolder, name: str, batch: Batch, language: str, fields: tuple[Field, ...] = ()
) -> SegmentEntry:
    """Inverts a batch into a new segment called `name`, with the declared `fields`, ascending by name. Its entry has no
    impacts yet. Runs in any process."""
    records = orjson.loads(batch.json)
    columns = [[record.get(field, "") for record in records] for field in TEXT_FIELDS]
    columns += [[text or "" for text in declared_values(records, field)] for field in fields if field.kind == Kind.TEXT]
    texts = [(article, record.get("language", "")) for *article, record in zip(*columns, records, strict=True)]
    postings = _inverter(language).invert(texts)
    about = Columns.from_records(batch.seqs, records, fields, language)
    data = SegmentData(postings, about, fields, waiting=_waiting(about, records))
    return write_new_segment(index, name, data)


def _waiting(columns: Columns, records: Sequence[Mapping[str, Any]]) -> tuple[tuple[int, int], ...]:
    """The articles that may not be public yet, see `SegmentEntry.waiting`."""
    at = columns.date.copy()
    for place, record in enumerate(records):
        if said := record.get("public_from"):
            at[place] = max(at[place], int(datetime.fromisoformat(said).timestamp()))
    later = np.flatnonzero(may_be_to_come(at, time.time()))
    return tuple(zip(columns.seq[later].tolist(), at[later].tolist(), strict=True))


def _inverter(language: str) -> Inverter:
    """This process's inverter: the forms it has met in one batch need no analysis in the next."""
    inverter = _inverters.get(language)
    if inverter is None or inverter.n_forms > MAX_FORMS:
        inverter = _inverters[language] = Inverter(language)
    return inverter


def write_new_segment(index: IndexFolder, name: str, data: SegmentData) -> SegmentEntry:
    """Writes `data` as the segment called `name`, over whatever a crash may have left there."""
    folder = index.segment(name)
    with writing(folder):
        if folder.exists():
            shutil.rmtree(folder)
    files = write_segment(folder, data)
    columns = data.columns
    dl_sum = tuple(int(total) for total in data.postings.dl.sum(axis=1, dtype=np.int64))
    last_seq = int(columns.seq[-1]) if len(columns.seq) else 0
    return SegmentEntry(
        name,
        len(columns.ids),
        last_seq,
        files,
        impacts="",
        dl_sum=dl_sum,
        fields=data.fields,
        incomplete=data.incomplete,
        waiting=data.waiting,
    )
