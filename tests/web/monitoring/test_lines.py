"""Lines of a log: whole, in the file that is at its place now, and never a reason to fail."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from web.monitoring import lines
from web.monitoring.lines import NOWHERE, Lines


def written(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_lines_are_json_one_each(tmp_path: Path) -> None:
    log = Lines(str(tmp_path / "log"))
    log.write({"path": "/é\n", "status": 200})
    log.write({"path": "/"})
    assert written(tmp_path / "log") == [{"path": "/é\n", "status": 200}, {"path": "/"}]
    assert (tmp_path / "log").stat().st_mode & 0o007 == 0  # addresses of readers are in it


def test_a_log_that_was_moved_away_is_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "_LOOK_AGAIN_SECONDS", 0.0)
    log = Lines(str(tmp_path / "log"))
    log.write({"n": 1})
    (tmp_path / "log").rename(tmp_path / "log.1")
    log.write({"n": 2})
    assert (written(tmp_path / "log.1"), written(tmp_path / "log")) == ([{"n": 1}], [{"n": 2}])


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no device that is always full")  # noqa: PTH110
def test_a_full_disk_costs_lines_and_nothing_else() -> None:
    log = Lines("/dev/full")
    log.write({"n": 1})
    log.write({"n": 2})
    assert log.lost == 2


def test_a_log_in_a_folder_that_goes_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "_LOOK_AGAIN_SECONDS", 0.0)
    folder = tmp_path / "logs"
    folder.mkdir()
    log = Lines(str(folder / "log"))
    (folder / "log").unlink()
    folder.rmdir()
    log.write({"n": 1})
    assert log.lost == 1
    folder.mkdir()
    log.write({"n": 2})
    assert written(folder / "log") == [{"n": 2}]


def test_no_log_at_all(capfd: pytest.CaptureFixture[str]) -> None:
    Lines(NOWHERE).write({"n": 1})
    assert capfd.readouterr() == ("", "")


def test_a_file_that_cannot_be_is_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        Lines(str(tmp_path / "none" / "log"))
