"""A service in processes of its own, as a publisher runs it."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

import readmore
from tests.conftest import REPO
from web.commands.demo import index_sample

PATIENCE = 120.0  # seconds, on a machine that is busy; nothing here depends on how long it takes


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Running:
    """A service that runs, and what it has said."""

    def __init__(self, process: subprocess.Popen[str], port: int) -> None:
        self.process = process
        self.port = port
        self.said: list[str] = []
        assert process.stderr is not None
        threading.Thread(target=self._listen, args=(process.stderr,), daemon=True).start()

    @property
    def url(self) -> str:
        """Its address, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    def _listen(self, stream: Any) -> None:
        with suppress(ValueError):
            self.said.extend(line for line in stream)

    def get(self, path: str, method: str = "GET", body: bytes | None = None, **headers: str) -> Answer:
        """One request over a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            connection.request(method, path, body, names)
            response = connection.getresponse()
            return Answer(response.status, {n.lower(): v for n, v in response.getheaders()}, response.read())
        finally:
            connection.close()

    def workers(self) -> list[int]:
        """The processes that answer."""
        pid = self.process.pid
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]

    def messages(self) -> list[dict[str, Any]]:
        """What it has written to standard error, line by line."""
        return [json.loads(line) for line in self.said]

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Ends it, and says with what status."""
        if self.process.poll() is None:
            self.process.send_signal(how)
        return self.process.wait(timeout=PATIENCE)


def index_and_prepare(data: Path) -> Path:
    """Makes an archive of the sample in a new folder, with all that related articles need. Returns the folder."""
    index_sample(data)
    with readmore.open_recommender(data) as recommender:
        recommender.prepare()
    return data


@contextmanager
def running(data: Path, *options: str, before: tuple[str, ...] = (), cwd: Path | None = None) -> Iterator[Running]:
    """Serves an archive. `before` stands before the command, such as what takes rights from it."""
    command = [*before, sys.executable, "-m", "readmore", "--data", str(data), "serve", "--port", "0", *options]
    env = {**os.environ, "PYTHONPATH": str(REPO)}
    with subprocess.Popen(
        command, env=env, cwd=cwd or data.parent, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            found = re.search(r"http://127\.0\.0\.1:(\d+)/", line)
            assert found is not None, (line, process.communicate(timeout=PATIENCE))
            service = Running(process, int(found[1]))
            wait_until(lambda: service.get("/livez").status == 200)
            yield service
        finally:
            if process.poll() is None:
                process.terminate()
                try:
                    process.wait(timeout=PATIENCE)
                except subprocess.TimeoutExpired:
                    process.kill()


def wait_until(holds: Callable[[], bool], patience: float = PATIENCE) -> None:
    """Waits until something holds. Raises AssertionError if it takes for ever."""
    end = time.monotonic() + patience
    while not holds():
        assert time.monotonic() < end, "it never came to hold"
        time.sleep(0.02)
