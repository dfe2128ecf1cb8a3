"""Changing the editors' rules: entries are put at the end of ``rules.yaml`` or taken out, comments and order stay."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

import yaml
from filelock import FileLock

from indexer.base.archive_folder import ArchiveFolder
from indexer.base.durable_files import replace as replace_file
from indexer.base.errors import ReadmoreError
from search.curation.rules import EditorRules, Rule, parse_rules, read_rules, rule_of, to_fields
from search.curation.yaml_entries import EntryError, FileError, parse_entries

HEAD = """# What the editors decided about related articles. Read again whenever it changes; 'readmore rules' shows
# what is in force and what is wrong. docs/related.md has every kind of rule.
"""
_BY_HAND = "its entries do not each begin with '- ' on a line of their own; change it by hand"
LOCK_SECONDS = 30
_SEQUENCE = yaml.resolver.BaseResolver.DEFAULT_SEQUENCE_TAG
_log = logging.getLogger("readmore")


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


def add_rule(folder: ArchiveFolder, rule: Rule) -> bool:
    """Puts a rule at the end of the file; False if it says so already. Raises FileError where the file is not the
    list that an entry could be added to."""

    def change(text: str) -> str:
        if _bare(rule) in map(_bare, parse_rules(text, str(folder.rules)).rules):
            return text
        return f"{text or HEAD}{'' if text.endswith(chr(10)) or not text else chr(10)}{as_entry(rule)}"

    return _rewrite(folder, change, lambda before: [*before, rule])


def remove_rules(folder: ArchiveFolder, unwanted: Callable[[Rule], bool]) -> list[Rule]:
    """Takes out the rules that are `unwanted`, and returns them. Raises FileError where the file is not written one
    entry below the other."""
    removed: list[Rule] = []

    def change(text: str) -> str:
        lines = text.splitlines(keepends=True)
        for entry in reversed(parse_entries(text, str(folder.rules))[0]):
            with suppress(EntryError):
                rule = rule_of(entry)
                if unwanted(rule):
                    if not lines[entry.line - 1].lstrip().startswith("-"):
                        raise FileError(f"{folder.rules}, line {entry.line}: {_BY_HAND}")
                    removed.insert(0, rule)
                    del lines[entry.line - 1 : entry.last_line]
        return "".join(lines)

    _rewrite(folder, change, lambda before: [rule for rule in before if not unwanted(rule)])
    return removed


def _rewrite(
    folder: ArchiveFolder, change: Callable[[str], str], expected: Callable[[Sequence[Rule]], list[Rule]]
) -> bool:
    """Replaces the file by what `change` makes of it, if that reads as `expected`; False if nothing changed."""
    path = folder.rules
    with FileLock(folder.lock("rules"), timeout=LOCK_SECONDS):
        try:
            text = path.read_text("utf-8-sig") if path.exists() else ""
        except (OSError, UnicodeDecodeError) as error:
            raise FileError(f"{path}: {error}") from None
        before = parse_rules(text, str(path))
        changed = change(text)
        if changed == text:
            return False
        wanted = [_bare(rule) for rule in expected(before.rules)]
        if [_bare(rule) for rule in _parsed(changed).rules] != wanted:
            raise FileError(
                f"{path}: its entries do not each begin with '- ' on a line of their own; change it by hand"
            )
        replace_file(path, changed.encode())
    return True


def _parsed(text: str) -> EditorRules:
    try:
        return parse_rules(text)
    except ReadmoreError:
        return EditorRules()


def _bare(rule: Rule) -> Rule:
    """The rule without the place it stands at."""
    return replace(rule, line=0)


def as_entry(rule: Rule) -> str:
    """The lines of a rule in the file."""
    return entry_text(to_fields(rule))


def entry_text(fields: Mapping[str, Any]) -> str:
    """The lines of an entry in the file."""
    lines = [f"{name}: {_value(value)}" for name, value in fields.items()]
    return "- " + "\n  ".join(lines) + "\n"


def _value(value: Any) -> str:
    """A value on one line, in quotes only where YAML's syntax needs them: all values are read as they stand."""
    texts = [_scalar(str(one).lower() if isinstance(one, bool) else str(one)) for one in _listed(value)]
    node = yaml.SequenceNode(_SEQUENCE, texts, flow_style=True) if isinstance(value, list) else texts[0]
    written: str = yaml.serialize(node, Dumper=yaml.BaseDumper, allow_unicode=True, width=10**6)
    return written.removesuffix("...\n").strip()


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _scalar(text: str) -> yaml.ScalarNode:
    return yaml.ScalarNode(yaml.resolver.BaseResolver.DEFAULT_SCALAR_TAG, text)
