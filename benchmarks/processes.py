"""The driver's side of a worker: starts it, asks it, and watches how much memory it and its children take."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from benchmarks import environment

Answer = dict[str, Any]
LOOK_EVERY = 0.2  # seconds between two looks at memory


class Process:
    """One engine's worker process; a context manager that ends it."""

    def __init__(self, peer: str) -> None:
        self.peer = peer
        self._process = subprocess.Popen(
            [environment.interpreter(peer) if environment.PEERS.is_active() else sys.executable,
             "-m", "benchmarks.worker", peer],
            cwd=environment.ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )  # fmt: skip

    def __enter__(self) -> Process:
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        assert self._process.stdout is not None
        self._process.stdout.close()

    def ask(self, do: str, **command: Any) -> Answer:
        """The worker's answer; an ``error`` where it has ended."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            self._process.stdin.write(json.dumps({"do": do, **command}) + "\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        except BrokenPipeError:
            line = ""
        if not line:
            return {"error": f"its process ended with status {self._process.wait()}"}
        answer: Answer = json.loads(line)
        return answer

    def build(self, **command: Any) -> Answer:
        """`ask` to build, with the ``peak`` of memory of the whole tree of processes.

        For one process that is what the kernel counted. Several share pages, so that neither their sum nor the
        largest is right: then it is the greatest sum of proportional set sizes seen.
        """
        done = threading.Event()
        most = 0

        def watch() -> None:
            nonlocal most
            while not done.wait(LOOK_EVERY):
                tree = _tree(self._process.pid)
                if len(tree) > 1:
                    most = max(most, sum(_proportional_size(pid) for pid in tree))

        watcher = threading.Thread(target=watch, daemon=True)
        watcher.start()
        answer = self.ask("build", **command)
        done.set()
        watcher.join()
        if "peak" in answer:
            answer["peak"] = max(answer["peak"], most)
        return answer


def _tree(pid: int) -> list[int]:
    """`pid` and all its descendants; only itself where the system does not say."""
    children: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()  # the name in parentheses may hold anything
        except OSError:  # it ended meanwhile
            continue
        children.setdefault(int(fields[1]), []).append(int(path.parent.name))
    tree = [pid]
    for parent in tree:
        tree += children.get(parent, [])
    return tree


def _proportional_size(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)
