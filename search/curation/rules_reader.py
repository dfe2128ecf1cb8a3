"""The rules of an archive as they are now: read again when the file has changed, and only then."""

from __future__ import annotations

from indexer.base.archive_folder import ArchiveFolder
from indexer.base.file_stamp import NO_FILE, Stamp, stamp
from search.curation.rules import NO_RULES, EditorRules
from search.curation.rules_file import read_or_keep


class RulesReader:
    """Reads the rules in a folder. Safe to use from several threads; as long as the file is as it was, what it gives is
    one and the same object."""

    def __init__(self, folder: ArchiveFolder) -> None:
        self._folder = folder
        self._read: tuple[Stamp, EditorRules] = NO_FILE, NO_RULES  # one attribute, so that no thread sees half of it

    def __call__(self) -> EditorRules:
        """The rules in force; those known before where the file cannot be read, which is logged."""
        now = stamp(self._folder.path, self._folder.rules.name)
        known, rules = self._read
        if now != known:
            rules = read_or_keep(self._folder, rules)
            self._read = now, rules
        return rules
