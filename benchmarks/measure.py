"""The measurement itself: builds every engine's index, then asks all of them the same queries in turn."""

from __future__ import annotations

import shutil
import statistics
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import queries
from benchmarks.archives import Archive
from benchmarks.processes import Process

Figures = dict[str, Any]
WARM_UP = 30  # queries of each kind, none of which is measured
CHUNK = 50  # queries that one engine answers before it is the next one's turn
ADDED = 5
SMALL = 50_000  # archives of up to so many articles are built three times, since a build takes only seconds
WARM_UP_SEED, SEED = 11, 22


@dataclass(frozen=True)
class Task:
    """One kind of query to measure."""

    name: str
    kind: str
    words: int

    def draw(self, articles: Sequence[dict[str, Any]], n: int, seed: int) -> list[list[str]]:
        """`n` queries of this kind."""
        if self.kind == "phrase":
            return queries.phrase_queries(articles, n, self.words, seed)
        if self.kind == "prefix":
            return queries.prefix_queries(articles, n, seed)
        return queries.term_queries(articles, n, self.words, seed)


TASKS = (
    Task("1 word", "or", 1),
    Task("OR, 2 words", "or", 2),
    Task("OR, 4 words", "or", 4),
    Task("OR, 8 words", "or", 8),
    Task("AND, 2 words", "and", 2),
    Task("AND, 4 words", "and", 4),
    Task("AND, 8 words", "and", 8),
    Task("phrase, 2 words", "phrase", 2),
    Task("phrase, 3 words", "phrase", 3),
    Task("prefix", "prefix", 1),
    Task("page of ten", "page", 4),
)


@dataclass
class Measured:
    """What is known of one engine."""

    figures: Figures = field(default_factory=dict)
    times: dict[str, list[float]] = field(default_factory=dict)
    found: dict[str, list[list[str]]] = field(default_factory=dict)


def measure(archive: Archive, peers: Sequence[str], n_queries: int, work: Path) -> dict[str, Figures]:
    """The figures of each of `peers` on `archive`; an engine that cannot be measured has only ``error``."""
    results = {peer: Measured() for peer in peers}
    alive = [peer for peer in peers if _about(peer, results[peer].figures)]
    for turn in range(3 if archive.articles <= SMALL else 1):
        for peer in list(alive):
            if turn and results[peer].figures["slow"]:
                continue
            if not _build(peer, archive, results[peer].figures, work / peer):
                alive.remove(peer)
    with ExitStack() as stack:
        open_ = {peer: stack.enter_context(Process(peer)) for peer in alive}
        drawn = {
            task.name: (
                task.draw(archive.sample, WARM_UP, WARM_UP_SEED),
                task.draw(archive.sample, n_queries, SEED),
            )
            for task in TASKS
        }
        for peer in list(open_):
            if not _open(open_[peer], results[peer].figures, work / peer, drawn[TASKS[0].name][0][0]):
                del open_[peer]
        for peer, task, batch, counts in _schedule(open_, drawn, results):
            _search(open_[peer], task, batch, results[peer] if counts else Measured(results[peer].figures))
        for peer, process in open_.items():
            _say(f"{peer}: adding")
            _add(process, archive, results[peer].figures)
    for result in results.values():
        _summarise(result)
    _agreement(results, archive.articles)
    return {peer: result.figures for peer, result in results.items()}


def _about(peer: str, figures: Figures) -> bool:
    with Process(peer) as process:
        figures.update(process.ask("about"))
    if "error" in figures:
        _say(f"{peer}: {figures['error']}")
    return "error" not in figures


def _build(peer: str, archive: Archive, figures: Figures, folder: Path) -> bool:
    _say(f"{peer}: building")
    shutil.rmtree(folder, ignore_errors=True)
    with Process(peer) as process:
        answer = process.build(articles=str(archive.batches), folder=str(folder), limit=figures["limit"])
    if "error" in answer:
        figures["error"] = f"building: {answer['error']}"
        _say(f"{peer}: {figures['error']}")
        return False
    figures.setdefault("builds", []).append(answer)
    figures["articles"] = answer["articles"]
    return True


def _open(process: Process, figures: Figures, folder: Path, first: list[str]) -> bool:
    figures["bytes"] = process.ask("size", folder=str(folder))
    answer = process.ask("open", folder=str(folder))
    if "error" in answer:
        figures["error"] = f"opening: {answer['error']}"
        _say(f"{process.peer}: {figures['error']}")
        return False
    figures["open_ms"] = answer["seconds"] * 1000
    figures["first_query_ms"] = process.ask("search", kind="or", queries=[first]).get("ms", [None])[0]
    return True


def _schedule(
    peers: dict[str, Process], drawn: dict[str, tuple[list[list[str]], list[list[str]]]], results: dict[str, Measured]
) -> Iterator[tuple[str, Task, list[list[str]], bool]]:
    """Who answers what and when: all engines take turns at every chunk of every kind, each time another one first.

    Every query is asked once; whatever slows the machine down for a while slows all engines down.
    """
    order = list(peers)
    count = len(drawn[TASKS[0].name][1])
    for start in range(0, count, CHUNK):
        for task in TASKS:
            warm_up, measured = drawn[task.name]
            for peer in order:
                figures = results[peer].figures
                if "error" in figures or task.kind in figures["unsupported"] or (start and figures["slow"]):
                    continue
                if start == 0:
                    _say(f"{peer}: {task.name}")
                    yield peer, task, warm_up[: 5 if figures["slow"] else None], False
                yield peer, task, measured[start : start + CHUNK], True
            order = order[1:] + order[:1]


def _search(process: Process, task: Task, batch: list[list[str]], into: Measured) -> None:
    if task.kind == "page":
        answer = process.ask("page", queries=batch)
    else:
        answer = process.ask("search", kind=task.kind, queries=batch)
    if "error" in answer:
        into.figures["error"] = f"{task.name}: {answer['error']}"
        _say(f"{process.peer}: {into.figures['error']}")
        return
    into.times.setdefault(task.name, []).extend(answer["ms"])
    into.found.setdefault(task.name, []).extend(answer.get("found", []))


def _add(process: Process, archive: Archive, figures: Figures) -> None:
    if "add" in figures["unsupported"] or "error" in figures:
        return
    seconds = []
    for number in range(ADDED):
        word = "zqx" + "abcdefgh"[number] * 3
        article = archive.sample[number] | {"id": f"new{number}", "url": "", "title": f"The {word} affair"}
        answer = process.ask("add", article=article, word=word)
        if "error" in answer:
            figures["error"] = f"adding: {answer['error']}"
            _say(f"{process.peer}: {figures['error']}")
            return
        seconds.append(answer["seconds"])
    figures["add_ms"] = [value * 1000 for value in seconds]


def _summarise(measured: Measured) -> None:
    """Adds the figures that the table shows to what was measured."""
    figures = measured.figures
    if builds := figures.get("builds"):
        # The medians of the builds. Indexing ends when all articles are findable; merging goes on in the background.
        figures["articles_per_second"] = statistics.median(b["articles"] / b["seconds"] for b in builds)
        figures["articles_per_second_merged"] = statistics.median(
            b["articles"] / (b["seconds"] + b["settling"]) for b in builds
        )
        figures["peak_bytes"] = int(statistics.median(b["peak"] for b in builds))
    figures["ms"] = {
        name: dict(zip(("p50", "p95", "p99"), np.percentile(times, (50, 95, 99)).tolist(), strict=True))
        for name, times in measured.times.items()
    }
    figures["answered"] = {name: sum(map(bool, found)) / len(found) for name, found in measured.found.items() if found}


def _agreement(results: dict[str, Measured], articles: int) -> None:
    """For each engine, how much of its top 10 for four-word queries the others that hold all articles have too."""
    name = "OR, 4 words"
    whole = [p for p, m in results.items() if m.figures.get("articles") == articles and m.found.get(name)]
    for peer in whole:
        shares = [
            len(set(mine) & set(theirs)) / max(len(mine), 1)
            for other in whole
            if other not in (peer, f"{peer}-numba", peer.removesuffix("-numba"))
            for mine, theirs in zip(results[peer].found[name], results[other].found[name], strict=False)
        ]
        if shares:
            results[peer].figures["agreement"] = sum(shares) / len(shares)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
