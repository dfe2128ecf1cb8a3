"""The static export: the related block of every article as files, for sites that want no service.

The blocks come from `Recommender.block` and the template of the service, so they are the same. A run whose archive,
settings and software are those of the last one has nothing to do; any other computes the blocks that a change since
then can reach (`web.export.known_blocks`), and writes the files that differ.
"""

from __future__ import annotations

import logging
import math
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import orjson

from indexer.base.errors import ArticleNotFoundError, ReadmoreError
from indexer.base.processes import map_in_processes
from indexer.base.progress import Progress
from recommender.reach.watcher import Watcher
from recommender.related import Recommender
from recommender.request.options import RelatedOptions
from recommender.results import Block, block_to_dict
from search.engine import Engine
from search.reader.index import Index
from web.export.fingerprint import fingerprint
from web.export.folder import ExportFolder, write_block
from web.export.fragment import fragments, linker
from web.export.known_blocks import KnownBlocks
from web.pages.settings import PageSettings
from web.pages.theme import version

_log = logging.getLogger("readmore")


@dataclass(slots=True)
class Outcome:
    """What became of articles: those whose files are made, with the traces of their blocks, how many of these differ
    from before, those that are gone, and those that failed, with the reason. `generation` and `until` are those of the
    index after the last of them."""

    done: list[tuple[str, bytes]] = field(default_factory=list)
    written: int = 0
    gone: list[str] = field(default_factory=list)
    failed: list[tuple[str, str]] = field(default_factory=list)
    generation: int = 0
    until: float = math.inf


@dataclass(frozen=True, slots=True)
class ExportReport:
    """What a run did, in articles."""

    articles: int
    computed: int  # those whose blocks were computed
    reason: str  # why it was all of them, empty where only those were that a change can reach
    written: int
    removed: int
    failed: list[tuple[str, str]]
    overtaken: bool  # the archive changed while the run went on


def export(
    recommender: Recommender,
    root: Path,
    link: str,
    *,
    size: int | None = None,
    anew: bool = False,
    workers: int | None = None,
    pages: PageSettings | None = None,
) -> ExportReport:
    """Exports an archive to the folder `root`, blocks of `size` articles at most (None: as the publisher has set it);
    `pages` says how the HTML looks.

    Raises ReadmoreError if its index is damaged, a template has a mistake, or the folder is not ours or cannot be
    written.
    """
    pages = pages or PageSettings()
    fragments(linker(link), pages)
    workers = workers or os.cpu_count() or 1
    engine = recommender.engine
    with engine.explaining_damage(), ExportFolder(root, engine.name) as folder:
        recommender.prepare()  # what the processes are going to share
        index = engine.index()
        ids = [index.article_id(doc) for doc in np.flatnonzero(index.live()).tolist()]
        known = KnownBlocks(recommender, [link, str(size), version(pages)], None if anew else folder.blocks())
        state = _state(recommender, link, size, pages)
        left = folder.begin(ids, state, lambda: known.unchanged, anew=anew)
        if left:
            known.look()
        given = (recommender.reopen, root, link, size, pages)
        with closing(map_in_processes(_exporting, given, left, workers)) as parts:
            total, overtaken = _noted(parts, folder, index, len(left))
        overtaken = overtaken or _state(recommender, link, size, pages) != state
        overtaken = overtaken or engine.index().generation != index.generation
        without = {*total.gone, *(article_id for article_id, _ in total.failed)}
        shown = [article_id for article_id in ids if article_id not in without]
        complete = not overtaken and not total.failed
        removed = folder.finish(
            shown,
            complete=complete,
            addresses=_addresses(engine, index),
            blocks=lambda: known.with_traces(folder.traces),
        )
    reason = known.reason if left and len(left) == len(ids) else ""
    return ExportReport(len(shown), len(left), reason, total.written, removed, total.failed, overtaken)


def _noted(parts: Iterable[Outcome], folder: ExportFolder, index: Index, number: int) -> tuple[Outcome, bool]:
    """What became of all articles, `number` of them, and whether the archive is another by now than in `index`. What is
    done is noted in the folder."""
    total, overtaken = Outcome(), False
    with Progress("exporting", number) as progress:
        for part in parts:
            overtaken |= (part.generation, part.until) != (index.generation, index.until)
            if not overtaken:
                folder.note_done(part.done)
            total.written += part.written
            total.gone += part.gone
            for article_id, reason in part.failed:
                progress.say(f"refused: {article_id}: {reason}")
            total.failed += part.failed
            for _ in range(len(part.done) + len(part.gone) + len(part.failed)):
                progress.advance()
    return total, overtaken


def _addresses(engine: Engine, index: Index) -> dict[str, str]:
    """The ids of articles by their own addresses, for whoever builds pages and knows only these."""
    docs = {url: index.doc_of(seq) for url, seq in engine.seqs(engine.urls()).items()}
    return {url: index.article_id(doc) for url, doc in docs.items() if doc >= 0}


def _state(recommender: Recommender, link: str, size: int | None, pages: PageSettings) -> str:
    """A text that differs whenever a block may."""
    engine = recommender.engine
    index = engine.index()
    state = [link, str(size), version(pages), recommender.edition(), str(index.generation), str(index.until)]
    return fingerprint(engine.folder, state)


@contextmanager
def _exporting(
    reopen: Callable[[], Recommender], root: Path, link: str, size: int | None, pages: PageSettings
) -> Iterator[_Exporter]:
    with reopen() as recommender:
        yield _Exporter(recommender, root, link, size, pages)


class _Exporter:
    """Makes the files of articles."""

    def __init__(self, recommender: Recommender, root: Path, link: str, size: int | None, pages: PageSettings) -> None:
        self._watcher = Watcher(recommender)
        self._engine = recommender.engine
        self._root = root
        self._options = RelatedOptions(size=size)
        self._failed = False
        self._render: Callable[[Block], str] = fragments(linker(link), pages)

    def __call__(self, ids: Sequence[str]) -> Outcome:
        outcome = Outcome()
        for article_id in ids:
            try:
                with self._engine.explaining_damage():
                    block, trace = self._watcher.block(article_id, self._options)
                parts = orjson.dumps(block_to_dict(block)), self._render(block).encode()
            except ArticleNotFoundError:
                outcome.gone.append(article_id)
                continue
            except ReadmoreError:
                raise
            except Exception as error:  # one article never stops the others
                if not self._failed:  # the first shows where the mistake is; there may be one for every article
                    _log.exception("the block of %s cannot be made", article_id)
                self._failed = True
                outcome.failed.append((article_id, f"{type(error).__name__}: {error}"))
                continue
            outcome.written += write_block(self._root, article_id, parts)
            outcome.done.append((article_id, trace))
        index = self._engine.index()
        outcome.generation, outcome.until = index.generation, index.until
        return outcome
