"""The fusion settings of an archive: JSON beside its articles, which `readmore tune` writes and a person can read."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from indexer.base import json_setting
from indexer.base.archive_folder import ArchiveFolder
from search.ranking.fusion import DEFAULT, FusionSettings

VERSION = 1


def save(folder: ArchiveFolder, record: Mapping[str, Any]) -> None:
    """Keeps a record (see `readmore tune` in docs/ranking.md) in the archive's folder."""
    json_setting.save(folder.fusion_weights, VERSION, record, indent=1)


def reset(folder: ArchiveFolder) -> bool:
    """Goes back to the default. Whether there was anything to go back from."""
    there = folder.fusion_weights.exists()
    folder.fusion_weights.unlink(missing_ok=True)
    return there


def load(folder: ArchiveFolder) -> FusionSettings:
    """The settings in use: the tuned ones, or the default where there are none or they cannot be read."""
    return json_setting.load_or(folder.fusion_weights, VERSION, _parse, DEFAULT)


def verify(folder: ArchiveFolder) -> None:
    """Raises SettingError if there is a file that cannot be read, which `load` passes over."""
    json_setting.load(folder.fusion_weights, VERSION, _parse, "run 'readmore tune' again or delete it")


def _parse(record: Mapping[str, Any]) -> FusionSettings:
    if not record["in_use"]:
        return DEFAULT
    weights = record["weights"]
    spaces = {str(name): float(share) for name, share in weights["spaces"].items()}
    settings = FusionSettings(float(weights["words"]), float(weights["feedback"]), spaces)
    numbers = [settings.words, settings.feedback, *settings.spaces.values()]
    return settings if all(map(math.isfinite, numbers)) and min(numbers[1:]) >= 0 else DEFAULT
