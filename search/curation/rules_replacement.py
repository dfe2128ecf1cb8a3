"""The editors' rules as a whole: read with what is wrong with them, and replaced in one step or not at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import yaml

from indexer.base.archive_folder import ArchiveFolder
from indexer.base.errors import ReadmoreError
from search.curation.rules import MAX_ENTRIES, EditorRules, parse_rules, unknown_articles
from search.curation.rules_file import rewrite, text_of
from search.curation.rules_text import HEAD, entry_text
from search.curation.yaml_entries import MAX_BYTES, FileError, Problem

MAX_ENTRY = 20  # keys of one
MAX_DEPTH = 8

Known = Callable[[Sequence[str]], Mapping[str, object]]
"""Which of some ids and URLs are those of articles that are there."""


class RulesRefusedError(ReadmoreError):
    """Rules of which one cannot be read. Nothing was changed."""

    def __init__(self, message: str, problems: Sequence[Problem] = ()) -> None:
        super().__init__(message)
        self.problems = tuple(problems)


def rules_and_text(folder: ArchiveFolder, known: Known) -> tuple[str, EditorRules]:
    """The rules of an archive as they are written, and as they are read. Raises FileError where they cannot be."""
    text = text_of(folder)
    return text, _with_unknown(parse_rules(text, str(folder.rules)), known)


def replace_rules(
    folder: ArchiveFolder, entries: str | Sequence[Mapping[str, Any]], tag: str | None, known: Known, by: str = ""
) -> tuple[str, EditorRules]:
    """Puts other rules in the place of those of an archive, which the history keeps with who it was (`by`). With a
    `tag` only those it is of are replaced.

    Raises RulesRefusedError for a text that is no list of rules or has a wrong one, RulesChangedError for another
    `tag`, FileError and WriteError where the file cannot be read or written.
    """
    text, rules = checked(entries)
    rewrite(folder, lambda _: text, by=by, tag=tag)
    return text, _with_unknown(rules, known)


def checked(entries: str | Sequence[Mapping[str, Any]]) -> tuple[str, EditorRules]:
    """Rules as they are to be written, and as they are read. Raises RulesRefusedError."""
    text = entries if isinstance(entries, str) else HEAD + "".join(map(entry_text, _checked(entries)))
    if len(text.encode("utf-8", "replace")) > MAX_BYTES:
        raise RulesRefusedError(f"more than {MAX_BYTES // 1024**2} MB of rules")
    try:
        _check_bounds(text)
        rules = parse_rules(text, "the rules")
    except (FileError, yaml.YAMLError) as error:
        raise RulesRefusedError(" ".join(str(error).split())[:300]) from None
    wrong = [problem for problem in rules.problems if problem.fatal]
    if wrong:
        more = f" (and {len(wrong) - 1} more)" if len(wrong) > 1 else ""
        raise RulesRefusedError(f"line {wrong[0].line}: {wrong[0].message}{more}; nothing was changed", wrong)
    return text, rules


def _check_bounds(text: str) -> None:
    """Raises RulesRefusedError for more entries than may be, and for lists inside each other: what reads them calls
    itself for each, in C."""
    depth = entries = 0
    for event in yaml.parse(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
        entries += depth == 1 and isinstance(event, yaml.NodeEvent)
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if entries > MAX_ENTRIES:
            raise RulesRefusedError(f"more than {MAX_ENTRIES:,} rules, the most there may be; nothing was changed")
        if depth > MAX_DEPTH:
            raise RulesRefusedError(f"nested too deeply: up to {MAX_DEPTH} levels are read")


def _with_unknown(rules: EditorRules, known: Known) -> EditorRules:
    named = rules.ids()
    unknown = unknown_articles(rules, known(named)) if named else []
    return EditorRules(rules.rules, (*rules.problems, *unknown))


def _checked(entries: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
    """The entries, if they can be written into the file. Raises RulesRefusedError."""
    if len(entries) > MAX_ENTRIES:
        raise RulesRefusedError(f"more than {MAX_ENTRIES:,} rules, the most there may be; nothing was changed")
    for number, entry in enumerate(entries, 1):
        if not isinstance(entry, Mapping) or not 0 < len(entry) <= MAX_ENTRY:
            raise RulesRefusedError(f"rule {number} is no object of 1 to {MAX_ENTRY} keys")
        for name, value in entry.items():
            if not (name.isidentifier() and name.isascii() and len(name) <= 40) or not _is_writable(value):
                raise RulesRefusedError(
                    f"rule {number}: the keys of a rule are words, its values texts, numbers, true or false, "
                    "or lists of texts"
                )
    return entries


def _is_writable(value: Any) -> bool:
    if isinstance(value, list):
        return len(value) <= MAX_ENTRIES and all(isinstance(each, str) and _is_line(each) for each in value)
    return isinstance(value, (bool, int)) or (isinstance(value, str) and _is_line(value))


def _is_line(text: str) -> bool:
    """Whether a text is one line of characters that YAML can have."""
    return bool(text.strip()) and text.isprintable()
