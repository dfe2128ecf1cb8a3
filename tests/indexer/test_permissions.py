"""An archive that may not be read: each command says so and what to do, and nothing passes for damage."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.damage.archive import make, run
from tests.faults import in_child

NOBODY = 65534
COMMANDS = (
    ("search", "oven"),
    ("related", "bread-1"),
    ("status",),
    ("index", "--workers", "1", "SOURCE"),
    ("reindex",),
    ("remove", "bread-3"),
    ("check",),
)


@pytest.fixture(scope="module")
def archive() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as root:  # pytest's own folders are closed to others
        yield _made(Path(root) / "archive")


def _made(folder: Path) -> Path:
    make(folder)
    (folder.parent / "more.jsonl").write_text('{"id": "more", "title": "Another loaf"}')
    for path in (folder.parent, *folder.parent.rglob("*")):
        if os.getuid() == 0:
            os.chown(path, NOBODY, NOBODY)
    return folder


@pytest.mark.parametrize("closed", ["index", "index/manifest.json", "articles.db"])
def test_what_may_not_be_read_is_said_with_what_to_do(archive: Path, closed: str) -> None:
    commands = [[str(archive.parent / "more.jsonl") if part == "SOURCE" else part for part in c] for c in COMMANDS]
    for command in commands[:3]:
        assert run(archive, *command).code == 0  # what they import can still be imported

    def as_somebody_else() -> None:
        if os.getuid() == 0:
            os.setgid(NOBODY)
            os.setuid(NOBODY)
        for command in commands:
            outcome = run(archive, *command)
            assert not outcome.traceback, (command, outcome)
            if command[0] == "reindex" and closed == "index/manifest.json":
                continue  # which makes a new one
            if closed == "index/manifest.json" and command[0] in ("remove", "check"):
                continue
            assert outcome.code in (1, 2), (command, outcome)
            assert closed in outcome.output, (command, outcome)
            assert "ermission denied" in outcome.output or "cannot be opened" in outcome.output, (command, outcome)

    path = archive / closed
    mode = path.stat().st_mode
    path.chmod(0)
    try:
        assert in_child(as_somebody_else) == 0
    finally:
        path.chmod(mode)
