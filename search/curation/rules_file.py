"""Changing the editors' rules: read, changed and written by one at a time, with who did it kept beside them."""

from __future__ import annotations

import getpass
import logging
from collections.abc import Callable, Iterable
from hashlib import blake2b
from typing import NamedTuple

from filelock import FileLock

from indexer.base.archive_folder import ArchiveFolder
from indexer.base.durable_files import replace as replace_file
from indexer.base.errors import ReadmoreError
from search.curation import rules_history
from search.curation.rules import EditorRules, Rule, read_rules
from search.curation.rules_history import Change
from search.curation.rules_text import Step, changed_rules, edited, without
from search.curation.yaml_entries import MAX_BYTES, FileError

LOCK_SECONDS = 30
_log = logging.getLogger("readmore")


class RulesChangedError(ReadmoreError):
    """The rules are not those that were to be replaced: somebody else changed them."""


class Edited(NamedTuple):
    """What a change did: the rules that are new, and those that are gone."""

    added: list[Rule]
    removed: list[Rule]


def read_or_keep(folder: ArchiveFolder, last: EditorRules) -> EditorRules:
    """The rules in the file, or the `last` ones where it cannot be read: a slip of the pen must neither stop a service
    nor set free what was forbidden. What is wrong is logged."""
    try:
        rules = read_rules(folder)
    except ReadmoreError as error:
        _log.warning("%s; the rules known before stay in force, 'readmore rules' shows what is wrong", error)
        return last
    for problem in rules.problems:
        _log.warning("%s, line %d: %s", folder.rules, problem.line, problem.message)
    return rules


def add_rule(folder: ArchiveFolder, rule: Rule, *, by: str = "") -> bool:
    """Puts a rule into the file, in the place of one that it replaces or at the end; False if it says so already.
    Raises FileError where the file is not the list that an entry could be added to."""
    return bool(edit_rules(folder, [Step(rule)], by=by).added)


def remove_rules(folder: ArchiveFolder, unwanted: Callable[[Rule], bool], *, by: str = "") -> list[Rule]:
    """Takes out the rules that are `unwanted`, and returns them. Raises FileError where the file is not written one
    entry below the other."""
    removed: list[Rule] = []

    def change(text: str) -> str:
        text, gone = without(text, unwanted, str(folder.rules))
        removed.extend(gone)
        return text

    rewrite(folder, change, by=by)
    return removed


def edit_rules(folder: ArchiveFolder, steps: Iterable[Step], *, by: str = "", tag: str | None = None) -> Edited:
    """Changes the rules step by step, all of them or none; with a `tag` only rules that it is of. Raises FileError,
    RulesChangedError, WriteError."""
    return Edited(*changed_rules(*rewrite(folder, lambda text: edited(text, steps, str(folder.rules)), by=by, tag=tag)))


def undo(folder: ArchiveFolder, number: int, *, by: str = "") -> Change:
    """Takes back one change of the history, whatever came after it. Raises UndoError where it cannot be, with why."""
    found = rules_history.change(folder, number)
    rewrite(folder, lambda text: rules_history.reversed_text(found, text), by=by)
    return found


def rewrite(
    folder: ArchiveFolder, change: Callable[[str], str], *, by: str = "", tag: str | None = None
) -> tuple[str, str]:
    """Replaces the file by what `change` makes of its text, and keeps in the history that `by` did; with a `tag` only
    a text that it is of. Returns the text before and after. Raises FileError, RulesChangedError, WriteError."""
    with FileLock(folder.lock("rules"), timeout=LOCK_SECONDS):
        before = text_of(folder)
        if tag is not None and tag != tag_of(before):
            raise RulesChangedError("the rules were changed by somebody else; read them again")
        after = change(before)
        if after != before:
            with rules_history.recorded(folder, before, after, by or user_name()):
                replace_file(folder.rules, after.encode())
    return before, after


def notice_changes_by_hand(folder: ArchiveFolder) -> None:
    """Keeps in the history what somebody changed in the file itself. Raises FileError, WriteError."""
    with FileLock(folder.lock("rules"), timeout=LOCK_SECONDS):
        rules_history.note_by_hand(folder, text_of(folder))


def text_of(folder: ArchiveFolder) -> str:
    """The rules as they are written; an empty text where there is no file. Raises FileError."""
    try:
        if not folder.rules.exists():
            return ""
        if folder.rules.stat().st_size > MAX_BYTES:
            raise FileError(f"{folder.rules}: more than {MAX_BYTES // 1024**2} MB")
        return folder.rules.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise FileError(f"{folder.rules}: {error}") from None


def tag_of(text: str) -> str:
    """Something else for every other text of rules."""
    return blake2b(text.encode("utf-8", "replace"), digest_size=12).hexdigest()


def user_name() -> str:
    """Who runs this process, as the system calls them."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "somebody without a name"
