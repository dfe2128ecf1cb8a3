"""Work on many articles in several processes."""

from __future__ import annotations

import multiprocessing
import os
import sys
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager, ExitStack
from itertools import islice
from typing import Any, TypeVar

from indexer.base.blas import one_blas_thread

T = TypeVar("T")
R = TypeVar("R")

CHUNK = 64  # items that a process is given at a time
FEW = 4 * CHUNK  # items that are not worth starting processes for

_process = ExitStack()  # of a worker process, until it ends
_work: list[Callable[[Sequence[Any]], Any]] = []  # of a worker process: one


def map_in_processes(
    make: Callable[..., AbstractContextManager[Callable[[Sequence[T]], R]]],
    args: tuple[Any, ...],
    items: Sequence[T],
    workers: int,
) -> Generator[R, None, None]:
    """What the function in ``make(*args)`` returns for chunks of `items`, in the order in which they are done. Every
    process calls `make`, which must be importable, once; few items are worked on in this process."""
    chunks = (items[at : at + CHUNK] for at in range(0, len(items), CHUNK))
    if workers == 1 or len(items) <= FEW:
        with make(*args) as work:
            yield from map(work, chunks)
        return
    pool = _pool(workers, make, args)
    try:
        waiting: set[Future[R]] = {pool.submit(_do, chunk) for chunk in islice(chunks, 2 * workers)}
        while waiting:
            finished, waiting = wait(waiting, return_when=FIRST_COMPLETED)
            waiting |= {pool.submit(_do, chunk) for chunk in islice(chunks, len(finished))}
            for future in finished:
                yield future.result()
    finally:
        pool.shutdown(cancel_futures=True)


class Workers:
    """Processes that work on chunks of items, `number` of them, one per processor core if None. They are started when
    there is something to do and kept for what comes later, for to start one takes as long as to read a hundred pages.
    Use it as a context manager, in one thread."""

    def __init__(self, number: int | None = None) -> None:
        self.number = number or len(os.sched_getaffinity(0))
        self._running: ProcessPoolExecutor | None = None

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._stop()

    def in_order(
        self,
        do: Callable[[Sequence[T]], list[R]],
        chunks: Iterable[Sequence[T]],
        killed: Callable[[Sequence[T]], list[R]],
        *,
        alone: bool = False,
    ) -> Generator[list[R], None, None]:
        """What `do`, which must be importable, returns for each of `chunks`, a result for each of its items, in their
        order. Chunks are taken as they are needed, a few ahead. With `alone` this process does it all.

        Where a process dies, the items that were under way are tried again one by one, and `killed` gives the result
        for what ends its process again.
        """
        if alone or self.number == 1:
            yield from map(do, chunks)
            return
        remaining = iter(chunks)
        waiting: deque[tuple[Sequence[T], Future[list[R]]]] = deque()
        try:
            while True:
                for chunk in islice(remaining, 2 * self.number - len(waiting)):
                    waiting.append((chunk, self._pool().submit(do, chunk)))
                if not waiting:
                    return
                chunk, future = waiting.popleft()
                try:
                    yield future.result()
                except BrokenProcessPool:
                    self._stop()
                    for lost in [chunk, *(each for each, _ in waiting)]:
                        yield [result for item in lost for result in self._one(do, item, killed)]
                    waiting.clear()
        finally:
            for _, future in waiting:
                future.cancel()

    def _one(self, do: Callable[[Sequence[T]], list[R]], item: T, killed: Callable[[Sequence[T]], list[R]]) -> list[R]:
        try:
            return self._pool().submit(do, [item]).result()
        except BrokenProcessPool:
            self._stop()
            return killed([item])

    def _pool(self) -> ProcessPoolExecutor:
        if self._running is None:
            self._running = ProcessPoolExecutor(self.number, worker_context(), _begin)
        return self._running

    def _stop(self) -> None:
        if self._running is not None:
            self._running.shutdown(cancel_futures=True)
            self._running = None


def _pool(workers: int, make: Callable[..., Any], args: tuple[Any, ...]) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(workers, worker_context(), _start, (make, args))


def _start(make: Callable[..., AbstractContextManager[Callable[[Sequence[Any]], Any]]], args: tuple[Any, ...]) -> None:
    _begin()
    _work.append(_process.enter_context(make(*args)))


def _begin() -> None:
    end_with_parent()
    _process.enter_context(one_blas_thread())  # there is a process for every core already


def _do(items: Sequence[Any]) -> Any:
    return _work[0](items)


def end_with_parent() -> None:
    """Makes this worker end when the process it works for is killed: it would wait for work for ever, and with the
    open files it has inherited it would hold that process's locks."""
    parent = multiprocessing.parent_process()

    def wait() -> None:
        if parent is not None:
            parent.join()
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


def worker_context() -> multiprocessing.context.BaseContext:
    """Forking starts a worker in milliseconds, but only a process with one thread may do it."""
    forks = sys.platform == "linux" and threading.active_count() == 1
    return multiprocessing.get_context("fork" if forks else "spawn")
