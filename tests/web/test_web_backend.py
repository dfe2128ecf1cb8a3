"""The seam between the service and an archive."""

from __future__ import annotations

import inspect
import subprocess
import sys
from pathlib import Path
from threading import Barrier, Thread

import pytest
from fake_backend import FakeBackend

from web.backend import ArchiveBackend, Backend, BackendHandle

METHODS = [name for name in vars(Backend) if not name.startswith("_")]


@pytest.mark.parametrize("name", METHODS)
@pytest.mark.parametrize("backend", [ArchiveBackend, FakeBackend])
def test_every_backend_is_called_the_same_way(backend: type, name: str) -> None:
    assert inspect.signature(getattr(backend, name)) == inspect.signature(getattr(Backend, name))


def test_a_backend_is_opened_once_however_many_ask() -> None:
    opened: list[FakeBackend] = []
    together = Barrier(8)

    def open_backend() -> Backend:
        opened.append(FakeBackend())
        return opened[-1]

    handle = BackendHandle(open_backend)

    def ask() -> None:
        together.wait()
        handle.get()

    threads = [Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(opened) == 1


def test_opening_is_tried_again_after_it_failed() -> None:
    attempts: list[int] = []

    def open_backend() -> Backend:
        attempts.append(1)
        if len(attempts) == 1:
            raise OSError("not yet")
        return FakeBackend()

    handle = BackendHandle(open_backend)
    with pytest.raises(OSError, match="not yet"):
        handle.get()
    assert handle.get() is handle.get()
    assert len(attempts) == 2


def test_the_service_starts_without_the_engine() -> None:
    """Its modules are imported for a request, so `readmore --help` and tests do not wait for them."""
    code = "import sys, web.app; print([m for m in ('torch', 'whoosh', 'search.engine') if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).resolve().parents[2],
    )
    assert done.stdout.strip() == "[]"
