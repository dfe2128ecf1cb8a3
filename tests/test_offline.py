"""Nothing leaves the machine unless a command is told to fetch something, and nothing is left in the user's home."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests import offline
from tests.conftest import REPO
from tests.indexer.vectors.tiny_model import static_model

_APART = ["unshare", "--map-root-user", "--net"]


class Outcome(NamedTuple):
    folder: Path
    counted: dict[str, Any] | None  # None where this machine does not allow a network namespace


def _allowed() -> bool:
    return shutil.which("unshare") is not None and not subprocess.run([*_APART, "true"], capture_output=True).returncode


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """All commands and the service, run once: without a route to anywhere where that is allowed."""
    folder, model = tmp_path_factory.mktemp("offline"), static_model(tmp_path_factory.mktemp("model") / "tiny")
    if not _allowed():
        offline.everything(folder, model)
        return Outcome(folder, None)
    command = [*_APART, sys.executable, "-m", "tests.offline", str(folder), str(model)]
    done = subprocess.run(command, cwd=REPO, env={**os.environ, "PYTHONPATH": str(REPO)}, stdout=subprocess.PIPE)
    assert done.returncode == 0, "a command failed without a network; see above"
    return Outcome(folder, json.loads(done.stdout))


@pytest.mark.slow
def test_nothing_is_looked_up(outcome: Outcome) -> None:
    assert offline.lookups(outcome.folder) == []


@pytest.mark.slow
def test_no_native_library_sends_anything(outcome: Outcome) -> None:
    if outcome.counted is None:
        if os.environ.get("CI"):
            pytest.fail("CI must allow a network namespace: unshare --map-root-user --net")
        pytest.skip("this machine does not allow a network namespace of one's own")
    assert outcome.counted["by_a_connection"] > 0  # or else the system does not count here
    assert outcome.counted["by_readmore"] == 0


@pytest.mark.slow
def test_nothing_is_kept_in_the_users_home(outcome: Outcome) -> None:
    assert [path for path in (outcome.folder / offline.HOME).rglob("*") if path.is_file()] == []


@pytest.mark.parametrize(
    "code",
    [
        "import socket; socket.getaddrinfo('example.org', 443)",
        "import socket; socket.socket().connect(('192.0.2.1', 443))",
        "import urllib.request; urllib.request.urlopen('http://example.org/')",
    ],
)
def test_the_guard_notices(tmp_path: Path, code: str) -> None:
    done = subprocess.run([sys.executable, "-c", code], env=offline.environment(tmp_path), capture_output=True)
    assert done.returncode != 0
    assert len(offline.lookups(tmp_path)) == 1
