"""A disk that fills up under a service: readers notice nothing, and whoever writes is told."""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from indexer.base.archive_folder import ArchiveFolder
from tests.web.server.conftest import ARTICLE
from tests.web.server.running import Answer, Running, running, wait_until
from web.access.keys import WRITE, add_key

pytestmark = pytest.mark.slow

_MOUNTED = 'mount -t tmpfs -o size=64m tmpfs "$0" && cp -a "$1/." "$0" && shift && exec "$@"'
"""A shell's: a small disk of its own at $0, with a copy of $1 on it, for the rest of the command."""
_OWN_MOUNTS = ("unshare", "--map-root-user", "--mount", "sh", "-c")
READ = ["/api/v1/search?q=moon", f"/api/v1/block/{ARTICLE}", "/", f"/article/{ARTICLE}", "/readyz"]


def _can_mount(folder: Path, content: Path) -> bool:
    if shutil.which("unshare") is None:
        return False
    command = [*_OWN_MOUNTS, _MOUNTED, str(folder), str(content), "true"]
    return subprocess.run(command, capture_output=True, timeout=60).returncode == 0


@contextmanager
def filled(disk: Path) -> Iterator[None]:
    """Has no room left on a disk."""
    filler = disk / "filler"
    try:
        with filler.open("wb", buffering=0) as file:
            for size in (1 << 16, 1):
                with suppress(OSError):  # there is no room for it
                    while file.write(b"\0" * size):
                        pass
        with pytest.raises(OSError, match=os.strerror(errno.ENOSPC)):
            (disk / "another").write_bytes(b"\0")
        yield
    finally:
        filler.unlink()
        (disk / "another").unlink(missing_ok=True)


def write(service: Running, key: str, name: str) -> Answer:
    body = json.dumps({"title": f"The zorg {name}", "body": "It came down."}).encode()
    return service.get(f"/api/v1/article/{name}", "PUT", body, Authorization=key, Content_Type="application/json")


def test_readers_are_answered_and_writers_are_told(data: Path, tmp_path: Path) -> None:
    place = tmp_path / "small"
    place.mkdir()
    if not _can_mount(place, data):
        pytest.skip("no mounts of one's own here")
    key = f"Bearer {add_key(ArchiveFolder(data), 'tests', [WRITE])[1]}"
    before = (*_OWN_MOUNTS, _MOUNTED, str(place), str(data))
    with running(place, "--workers", "2", "--access-log", str(place / "access.log"), before=before) as service:
        disk = Path(f"/proc/{service.process.pid}/root{place}")
        assert write(service, key, "zorg-1").status == 200
        with filled(disk):
            killed = service.workers()[0]
            os.kill(killed, signal.SIGKILL)
            wait_until(lambda: len(service.workers()) == 2 and killed not in service.workers())
            for turn in range(4):
                for path in READ:
                    answer = service.get(f"{path}&offset={turn}" if "search" in path else path)
                    assert answer.status == 200, answer.body
            refused = write(service, key, "zorg-2")
            assert (refused.status, refused.json["error"]["code"]) == (503, "cannot_store")
            assert "disk is full" in refused.json["error"]["message"]
            assert service.get("/api/v1/article/zorg-1").status == 200
        wait_until(lambda: write(service, key, "zorg-3").status == 200)
        found = {hit["id"] for hit in service.get("/api/v1/search?q=zorg").json["hits"]}
        assert {"zorg-1", "zorg-3"} <= found
        assert service.stop() == 0
