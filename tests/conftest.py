"""Fixtures that every package's tests share."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

# Machines are shared, so an example may take its time; where CI is set, the same examples are tried every time, and
# what a run elsewhere finds becomes a test of its own.
settings.register_profile("readmore", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("readmore")

REPO = Path(__file__).resolve().parent.parent


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
