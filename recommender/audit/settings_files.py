"""The files that people set: whether each can be read, and whether it is as the program wrote it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from indexer.base import json_setting
from indexer.base.archive_folder import ArchiveFolder
from indexer.base.errors import DamagedError, ReadmoreError
from indexer.base.sqlite_files import problems_of
from indexer.settings import load_settings
from recommender.audit.assertions import read_assertions
from recommender.editors.exposure_penalty import load_evenness
from recommender.feedback import cutoff, grades, learned_weights
from search.curation.rules import read_rules
from search.ranking import fusion_settings


def settings_problems(folder: ArchiveFolder) -> dict[Path, str]:
    """What cannot be used of what people have set, by file."""
    looks: dict[Path, Callable[[], object]] = {
        folder.settings: lambda: load_settings(folder.settings),
        folder.rules: lambda: read_rules(folder).problems,
        folder.assertions: lambda: read_assertions(folder.assertions).problems,
        folder.fusion_weights: lambda: fusion_settings.verify(folder),
        folder.related_weights: lambda: learned_weights.verify(folder),
        folder.related_cutoff: lambda: cutoff.verify(folder),
        folder.grades: lambda: grades.problems_of(folder),
        folder.exposure_penalty: lambda: load_evenness(folder),
    }
    logs = (folder.readers, *folder.old_readers(), folder.webhooks, folder.members)
    looks |= {path: partial(problems_of, path) for path in logs}
    found: dict[Path, str] = {}
    for path, look in looks.items():
        if not path.is_file():
            continue
        try:
            problems = look()
        except DamagedError as error:
            found[path] = error.what
        except ReadmoreError as error:
            found[path] = str(error).removeprefix(f"{path}: ").removeprefix(f"{path}, ")
        else:
            serious = [one for one in problems if getattr(one, "fatal", True)] if isinstance(problems, Sequence) else []
            if serious:
                first = serious[0]
                found[path] = first if isinstance(first, str) else f"line {first.line}: {first.message}"
    if folder.exposure_counts.exists() and not folder.exposure_penalty.exists():
        found[folder.exposure_penalty] = f"is missing beside {folder.exposure_counts.name}"
    for path in logs:
        if path.is_file() and not path.stat().st_size:
            found[path] = "is empty"
    return found


def settings_notes(folder: ArchiveFolder) -> list[str]:
    """Which files are not as readmore wrote them: a person may have changed them, or something else has."""
    return [
        f"{path}: is not as readmore wrote it; if nobody has changed it by hand, make it again or restore it"
        for path in (
            folder.fusion_weights,
            folder.related_weights,
            folder.related_cutoff,
            folder.exposure_penalty,
            folder.keys,
        )
        if path.is_file() and json_setting.is_altered(path.read_bytes())
    ]
