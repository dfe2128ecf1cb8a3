"""The report on related articles, kept in the archive for those who cannot wait for it to be made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from indexer.base import json_setting
from indexer.base.archive_folder import ArchiveFolder

_VERSION = 1


def save(folder: ArchiveFolder, report: Mapping[str, Any]) -> None:
    """Keeps what `make_report` made. Raises WriteError."""
    json_setting.save(folder.related_report, _VERSION, {"report": report})


def load(folder: ArchiveFolder) -> dict[str, Any] | None:
    """The report that was kept last, None where there is none, or none of this version."""
    return json_setting.load_or(folder.related_report, _VERSION, lambda record: dict(record["report"]), None)
