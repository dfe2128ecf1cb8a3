"""One engine in a process of its own: reads one JSON command a line, answers each with one line of JSON.

``python -m benchmarks.worker NAME`` is started by `benchmarks.processes`; by hand it can be asked, for instance,
``{"do": "build", "articles": "articles.marshal", "folder": "index"}``.

| command | answers |
| --- | --- |
| ``build`` (articles, folder, limit) | seconds, articles, seconds of reading (not counted) and settling, peak (bytes) |
| ``open`` (folder) | seconds |
| ``search`` (kind, queries, k) | for each query its milliseconds and the ids found |
| ``page`` (queries) | for each query its milliseconds, and the last page's articles |
| ``add`` (article, word) | seconds until a search for `word` finds the article |
| ``size`` (folder), ``about`` | what `Peer.sizes` says; version and what the engine cannot do |

An engine that cannot be imported answers every command with ``{"error": reason}``; so does one that fails.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter
from typing import Any, TextIO

from benchmarks import peers
from benchmarks.batchfile import read_batches
from benchmarks.peers.base import Article, Peer

Answer = dict[str, Any]
FIND_WITHIN = 30.0  # seconds after which an added article counts as not found


class _Source:
    """The batches of a file, and the seconds spent reading them."""

    def __init__(self, path: Path, limit: int | None) -> None:
        self._batches = read_batches(path, limit)
        self.seconds = 0.0
        self.articles = 0

    def __iter__(self) -> Iterator[list[Article]]:
        while True:
            start = perf_counter()
            batch = next(self._batches, None)
            self.seconds += perf_counter() - start
            if batch is None:
                return
            self.articles += len(batch)
            yield batch


class Worker:
    """Carries out commands on one engine; times only the engine's own calls."""

    def __init__(self, peer: Peer) -> None:
        self.peer = peer

    def about(self, _: Answer) -> Answer:
        peer = self.peer
        return {
            "version": peer.version(),
            "description": (type(peer).__doc__ or "").strip(),
            "unsupported": dict(peer.unsupported),
            "limit": peer.limit,
            "slow": peer.slow,
        }

    def build(self, command: Answer) -> Answer:
        folder = Path(command["folder"])
        folder.mkdir(parents=True)
        source = _Source(Path(command["articles"]), command.get("limit"))
        start = perf_counter()
        self.peer.build(source, folder)
        built = perf_counter()
        self.peer.settle()
        return {
            "seconds": built - start - source.seconds,
            "reading": source.seconds,
            "settling": perf_counter() - built,
            "articles": source.articles,
            "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        }

    def open(self, command: Answer) -> Answer:
        start = perf_counter()
        self.peer.open(Path(command["folder"]))
        return {"seconds": perf_counter() - start}

    def search(self, command: Answer) -> Answer:
        kind, k, search = command["kind"], command.get("k", 10), self.peer.search
        times, found = [], []
        for words in command["queries"]:
            start = perf_counter()
            ids = search(kind, words, k)
            times.append((perf_counter() - start) * 1000)
            found.append(ids)
        return {"ms": times, "found": found}

    def page(self, command: Answer) -> Answer:
        times: list[float] = []
        articles: list[Article] = []
        for words in command["queries"]:
            start = perf_counter()
            articles = self.peer.page(words)
            times.append((perf_counter() - start) * 1000)
        return {"ms": times, "last": articles}

    def add(self, command: Answer) -> Answer:
        article, word = command["article"], command["word"]
        start = perf_counter()
        self.peer.add_one(article)
        while article["id"] not in self.peer.search("or", [word]):
            if perf_counter() - start > FIND_WITHIN:
                return {"error": f"an added article was not found within {FIND_WITHIN:.0f} seconds"}
        return {"seconds": perf_counter() - start}

    def size(self, command: Answer) -> Answer:
        return dict(self.peer.sizes(Path(command["folder"])))


def serve(name: str, commands: TextIO, answers: TextIO) -> None:
    """Answers `commands` until they end."""
    worker: Worker | None = None
    problem = ""
    try:
        worker = Worker(peers.load(name))
    except ImportError as error:
        problem = f"not installed: {error}"
    for line in commands:
        command = json.loads(line)
        if worker is None:
            answer = {"error": problem}
        else:
            try:
                answer = getattr(worker, command["do"])(command)
            except Exception as error:
                # Whatever an engine raises is a finding to report, and must not end the measurement of the others.
                answer = {"error": f"{type(error).__name__}: {error}"}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


def main() -> int:
    """The command line."""
    # Engines may print. Answers get standard output for themselves, all else goes to standard error.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    serve(sys.argv[1], sys.stdin, answers)
    return 0


if __name__ == "__main__":
    sys.exit(main())
