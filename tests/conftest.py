"""Fixtures that every package's tests share."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

# Machines are shared, so an example may take its time; where CI is set, the same examples are tried every time, and
# what a run elsewhere finds becomes a test of its own.
settings.register_profile("readmore", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("readmore")

REPO = Path(__file__).resolve().parent.parent
_MOST_PROCESSES = 4  # each may hold a neural model


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """All tests together run in a process for each core, whole files in each. A few of them are sooner done in one,
    which starts at once; `-n` says otherwise."""
    asked_for_all = [Path(argument) for argument in config.args] == [Path(path) for path in config.getini("testpaths")]
    return min(_MOST_PROCESSES, os.cpu_count() or 1) if asked_for_all else 0


@pytest.fixture(scope="session")
def shared() -> Callable[[str], Path]:
    """Finds a path in the shared data beside the project; skips where there is none, except where CI has it."""
    root = Path(os.environ.get("READMORE_SHARED") or REPO.parent / "shared")

    def find(name: str) -> Path:
        path = root / name
        if not path.exists():
            if os.environ.get("CI") and root.exists():
                pytest.fail(f"CI has the shared data, but not {name}")
            pytest.skip(f"needs shared data that is not here: {name} (set READMORE_SHARED)")
        return path

    return find


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> Counter[Path]:
    """How often each file of an index has been read from end to end to verify it, which is all that opens one so."""
    counted: Counter[Path] = Counter()
    whole = Path.open

    def opened(path: Path, mode: str = "r", *args: Any, **kwargs: Any) -> Any:
        if mode == "rb" and "index" in path.parts:
            counted[path] += 1
        return whole(path, mode, *args, **kwargs)

    monkeypatch.setattr(Path, "open", opened)
    return counted
