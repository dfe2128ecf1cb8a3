"""What tests open that the front door opens in a program."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from readmore import open_engine
from web.http.backend import ArchiveBackend


def backend_of(data: Path) -> Callable[[], ArchiveBackend]:
    """Opens the archive in a folder as the service does."""
    return lambda: ArchiveBackend(open_engine(data, wait=False))
