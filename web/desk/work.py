"""What an editor works on: the rules in force, what they propose, and the archive as it would be then."""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from indexer.base.archive_folder import ArchiveFolder
from indexer.base.errors import ReadmoreError
from search.curation import rules_history
from search.curation.rules import EditorRules, parse_rules
from search.curation.rules_file import edit_rules, notice_changes_by_hand, tag_of, text_of
from search.curation.rules_history import Change
from search.curation.rules_text import Step, edited
from web.access.guard import loggable
from web.desk.sessions import current_session
from web.desk.words import Sentence, headlines, is_broad, net, of_change, sentences
from web.http.backend import current_backend
from web.http.refused import RefusedError

if TYPE_CHECKING:
    from recommender.related import Recommender

_log = logging.getLogger("readmore.desk")


@dataclass(frozen=True, slots=True)
class Work:
    """The rules as they are, with what is proposed, and what answers under both."""

    folder: ArchiveFolder
    tag: str  # of the rules in force
    steps: tuple[Step, ...]  # the fewest that say what is proposed
    rules: EditorRules  # with what is proposed
    now: Recommender
    then: Recommender  # `now` itself where nothing is proposed

    @classmethod
    def of(cls, steps: Sequence[Step] = ()) -> Work:
        """The rules in force with some changes. Raises FileError where their file cannot be read or so changed."""
        now = recommender()
        folder = folder_of(now)
        text = text_of(folder)
        proposed = edited(text, steps, folder.rules.name)
        rules = parse_rules(proposed, folder.rules.name)
        then = now.under(rules) if proposed != text else now
        return cls(folder, tag_of(text), tuple(net(text, proposed)), rules, now, then)

    def told(self, here: str = "") -> list[Sentence]:
        """What is proposed, in words; `here` as for `words.told`."""
        return sentences(self.steps, headlines(self.now.engine, [step.rule for step in self.steps]), here)

    @property
    def is_broad(self) -> bool:
        """Whether what is proposed is worth a second thought."""
        return any(map(is_broad, self.steps))


def recommender() -> Recommender:
    """What makes the answers of the service. Raises ReadmoreError."""
    return current_backend().recommender()


def folder_of(of: Recommender) -> ArchiveFolder:
    """The archive's folder. Raises ReadmoreError for an archive in none."""
    folder = of.engine.folder
    if folder is None:
        raise ReadmoreError("this archive is in no folder, and nothing of it can be changed")
    return folder


def is_writable(folder: ArchiveFolder) -> bool:
    """Whether the service may change what is in the archive's folder."""
    return os.access(folder.path, os.W_OK)


def check_writable(folder: ArchiveFolder) -> None:
    """Raises RefusedError where nothing can be changed."""
    if not is_writable(folder):
        raise RefusedError("read_only", "this service may not write to its archive, so nothing can be changed", 403)


def latest_changes(folder: ArchiveFolder, most: int) -> list[Change]:
    """The latest changes of the rules, those among them that a person made in the file; the last one first."""
    if is_writable(folder):
        notice_changes_by_hand(folder)
    return rules_history.changes(folder, most)


def save(steps: Sequence[Step], tag: str | None = None) -> int:
    """Brings changes of the rules into force, with a `tag` only over rules that it is of. Returns the number of the
    change in the history, 0 where nothing was to change. Raises RulesChangedError, FileError, WriteError."""
    folder = folder_of(recommender())
    check_writable(folder)
    done = edit_rules(folder, steps, by=current_session().key.name, tag=tag)
    if not (done.added or done.removed):
        return 0
    change = rules_history.changes(folder, 1)[0]
    log_change("changed the rules", change)
    return change.number


def log_change(what: str, change: Change) -> None:
    """Writes into the log who did something to the rules (`what`), and what a change of them does."""
    key = current_session().key
    told = "; ".join(f"{each.verb}: {each.text}" for each in of_change(change, recommender().engine))
    _log.info("%s (key %s) %s (change %d): %s", loggable(key.name), key.id, what, change.number, loggable(told))


def log(what: str) -> None:
    """Writes into the log who did something else."""
    key = current_session().key
    _log.info("%s (key %s) %s", loggable(key.name), key.id, loggable(what))


def changed_meanwhile(folder: ArchiveFolder) -> str:
    """What to tell an editor whose page shows rules that are not in force any more."""
    last = rules_history.changes(folder, 1)
    who = f" by {last[0].who}" if last else ""
    return (
        f"The rules were changed{who} since you opened this page. Below is their change and yours together; nothing "
        "of yours is saved yet. Look at it, and save again."
    )
