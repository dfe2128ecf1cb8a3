"""A small archive with every kind of file, and what the commands say of it."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from indexer.archive import Archive
from indexer.base.archive_folder import ArchiveFolder
from indexer.base.errors import ReadmoreError
from readmore import cli
from search.usage.event_log import EventLog
from search.usage.events import Click
from tests.indexer.embedders import ToyEncoder, embed
from tests.recommender.archives import article, several

_SETTINGS = {
    "readmore.toml": 'language = "en"\n',
    "rules.yaml": "- pin: chess-2\n  under: bread-1\n- forbid: [glacier-3, glacier-8]\n",
    "assertions.yaml": "- article: bread-1\n  at_least: 1\n",
}
_ASKED = (
    ("search", "oven moraine rook", "--json"),
    ("search", "title:rook OR vibrato", "--json"),
    ("search", "*", "--limit", "100", "--json"),
    ("related", "bread-1", "--json"),
    ("related", "glacier-3", "--block", "--json"),
    ("show", "violin-4"),
    ("show", "bread-70", "--json"),
)
_VARYING = {"took_ms"}


def make(folder: Path) -> None:
    """An archive of two segments with deletions, an LSA space and a neural one, settings, rules and clicks."""
    with Archive.create(folder) as archive:
        archive.add([*several(12), article("bread", 70, body="crust and crumb " * 900)], workers=1)
        archive.maintain()
        archive.add([article("chess", 80), article("glacier", 81, status="retracted")], workers=1)
        archive.remove(["bread-0", "violin-2"])
        embed(archive, ToyEncoder())
    for name, text in _SETTINGS.items():
        (folder / name).write_text(text)
    with EventLog(ArchiveFolder(folder)) as log:
        for _ in range(3):
            log.click(Click("bread-1", "bread-3", ("bread-2", "bread-3", "chess-1")))
    for command in (("even", "0.05"), ("index", str(_one_more(folder)))):
        assert run(folder, *command).code == 0, command
    shutil.rmtree(folder / "related")  # so that it is what is derived from the archive as it is
    assert run(folder, "index", str(folder.parent / "more.jsonl")).code == 0
    (folder.parent / "more.jsonl").unlink()


def _one_more(folder: Path) -> Path:
    path = folder.parent / "more.jsonl"
    path.write_text(json.dumps({"id": "rook-1", "title": "Rook takes bishop", "body": "A blunder in the endgame."}))
    return path


def files_of(folder: Path) -> list[str]:
    """The paths of all files in an archive's folder but its locks, relative to it."""
    found = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return sorted(str(path) for path in found if path.suffix != ".lock")


def copy(source: Path, target: Path) -> None:
    """A copy whose immutable files are links; a damaged one must not be written in place."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target, copy_function=os.link)
    for path in target.rglob("*"):
        if path.suffix in (".db", ".lock"):
            content = path.read_bytes()
            path.unlink()
            path.write_bytes(content)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command did: its exit status, its answer, all that it printed, and what it raised that it should not."""

    code: int
    answer: str
    output: str = ""
    traceback: str = ""


def run(folder: Path, *command: str) -> Outcome:
    """Runs a command on the archive in `folder` as the shell would."""
    result = CliRunner().invoke(cli, ["--data", str(folder), *command], standalone_mode=False)
    error = result.exception
    if isinstance(error, ReadmoreError):
        return Outcome(2, result.stdout, f"{result.output}readmore: {error}")
    if isinstance(error, SystemExit):
        return Outcome(int(error.code or 0), result.stdout, result.output)
    raised = "" if error is None else f"{type(error).__name__}: {error}"
    return Outcome(0 if error is None else 1, result.stdout, result.output, raised)


def answers(folder: Path) -> list[Outcome]:
    """What every reading command answers, without what differs from run to run."""
    return [_comparable(run(folder, *command)) for command in _ASKED]


def _comparable(outcome: Outcome) -> Outcome:
    answer = outcome.answer
    if answer.startswith("{"):
        answer = json.dumps(_without(json.loads(answer)))
    return Outcome(outcome.code, answer, traceback=outcome.traceback)


def _without(record: Any) -> Any:
    if isinstance(record, dict):
        return {name: _without(value) for name, value in record.items() if name not in _VARYING}
    return [_without(value) for value in record] if isinstance(record, list) else record
