"""Whether the files that the service is set up by can be used: its part of `readmore check`."""

from __future__ import annotations

from pathlib import Path

from indexer.base.archive_folder import ArchiveFolder
from indexer.base.errors import ReadmoreError
from indexer.settings import SettingsError
from web.access.keys import read_keys
from web.config.sources import ConfigError, read_config


def service_problems(folder: ArchiveFolder) -> dict[Path, str]:
    """What cannot be used of the keys and of the service's settings, by file."""
    found: dict[Path, str] = {}
    try:
        read_keys(folder)
    except ReadmoreError as error:
        found[folder.keys] = str(error).removeprefix(f"{folder.keys}: ")
    try:
        read_config(folder.path, {}, {})
    except ConfigError as error:
        found[folder.settings] = str(error).removeprefix(f"{folder.settings}: ")
    except SettingsError:
        pass  # the file as a whole is looked at by others
    return found
