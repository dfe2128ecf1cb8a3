"""What tests open that the front door opens in a program."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from readmore import open_recommender
from recommender.local.corpora import LocalCorpora
from recommender.related import Recommender
from search.engine import Engine
from web.http.backend import ArchiveBackend


def backend_of(data: Path) -> Callable[[], ArchiveBackend]:
    """Opens the archive in a folder as the service does."""
    return lambda: ArchiveBackend(open_recommender(data, wait=False))


def recommending(engine: Engine, *, exposure_penalty: bool = True) -> Recommender:
    """A recommender on the archive in a folder that an engine has open."""
    reopen = partial(_reopened, engine.reopen, exposure_penalty=exposure_penalty)
    return Recommender(engine, LocalCorpora(engine), exposure_penalty=exposure_penalty, reopen=reopen)


def _reopened(reopen: Callable[[], Engine], *, exposure_penalty: bool) -> Recommender:
    return recommending(reopen(), exposure_penalty=exposure_penalty)
