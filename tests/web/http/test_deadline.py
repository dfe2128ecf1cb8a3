"""A bound on how long an answer takes: whatever it computes, however deep, and whatever catches what stops it."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from flask.testing import FlaskClient

from indexer.base.archive_folder import ArchiveFolder
from indexer.base.errors import ReadmoreError
from search.curation import rules_file
from search.curation.rules import EditorRules, read_rules
from search.curation.rules_reader import RulesReader
from tests.web.fake_backend import FakeBackend
from web.app import create_app
from web.http import deadline

SHORT, PATIENCE = 0.05, 60.0


def computing(seconds: float = PATIENCE) -> None:
    """Computes for long, in Python and in numpy."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        np.sort(np.arange(1000)[::-1])


def waiting() -> None:
    threading.Event().wait(PATIENCE)


def catching() -> None:
    """Catches whatever stops it, once."""
    with suppress(BaseException):
        computing()
    computing()


def standing_in() -> None:
    """Goes on without what it cannot compute, whatever the error is."""
    with suppress(ReadmoreError, Exception):
        computing()


def client(seconds: float) -> FlaskClient:
    app = create_app("/srv/readmore-data", FakeBackend)
    deadline.install(app, seconds)
    return app.test_client()


@pytest.mark.parametrize("work", [computing, waiting, catching, standing_in])
@pytest.mark.parametrize("path", ["/api/v1/search?q=moon", "/search?q=moon"])
def test_an_answer_that_takes_too_long_is_an_error(
    monkeypatch: pytest.MonkeyPatch, work: Callable[[], None], path: str
) -> None:
    monkeypatch.setattr(deadline, "AGAIN_SECONDS", SHORT)
    monkeypatch.setattr(FakeBackend, "search", lambda *args, **more: work())
    began = time.monotonic()
    answer = client(SHORT).get(path)
    assert time.monotonic() - began < PATIENCE
    assert answer.status_code == 503
    assert "longer than 0.05 s" in answer.text
    assert ("too_slow" in answer.text) == path.startswith("/api")
    assert answer.headers["Cache-Control"] == "no-store"
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_what_is_in_time_goes_out_and_nothing_is_stopped_later() -> None:
    assert client(PATIENCE).get("/api/v1/search?q=rocket").status_code == 200
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
    signal.raise_signal(signal.SIGALRM)  # one that was under way


def test_other_threads_are_let_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    slow = client(1e-6)
    statuses: list[int] = []
    thread = threading.Thread(target=lambda: statuses.append(slow.get("/api/v1/search?q=rocket").status_code))
    thread.start()
    thread.join()
    assert statuses == [200]


def test_rules_that_there_was_no_time_to_read_are_read_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The time is over in the middle of reading: what was not read is not taken for what cannot be read."""
    reader, in_time = RulesReader(ArchiveFolder(tmp_path)), [True, False, True]

    def read(folder: ArchiveFolder) -> EditorRules:
        if not in_time.pop(0):
            signal.raise_signal(signal.SIGALRM)
        return read_rules(folder)

    monkeypatch.setattr(rules_file, "read_rules", read)
    monkeypatch.setattr(FakeBackend, "search", lambda *args, **more: reader())
    (tmp_path / "rules.yaml").write_text("- stop_words: the\n")
    assert len(reader().rules) == 1
    (tmp_path / "rules.yaml").write_text("- stop_words: the\n- hide: n3\n")
    assert client(PATIENCE).get("/api/v1/search?q=moon").status_code == 503
    assert len(reader().rules) == 2
