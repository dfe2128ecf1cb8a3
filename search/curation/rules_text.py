"""The text of the editors' rules, changed entry by entry: what else stands in it stays as it was written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import yaml

from indexer.base.errors import ReadmoreError
from search.curation.rules import EditorRules, NeverOffered, Pin, Quota, Rule, parse_rules, rule_of, to_fields
from search.curation.search_rules import Hidden, QueryPin, Redirect
from search.curation.yaml_entries import EntryError, FileError, parse_entries

HEAD = """# What the editors decided about searches and related articles. Read again whenever it changes;
# 'readmore rules' shows what is in force and what is wrong. docs/curation.md and docs/related.md have every kind.
"""
_BY_HAND = "its entries do not each begin with '- ' on a line of their own; change it by hand"
_SEQUENCE = yaml.resolver.BaseResolver.DEFAULT_SEQUENCE_TAG


@dataclass(frozen=True, slots=True)
class Step:
    """A change of the rules: one that comes, in the place of what it replaces, or one that goes (`drop`)."""

    rule: Rule
    drop: bool = False


def edited(text: str, steps: Iterable[Step], where: str = "rules.yaml") -> str:
    """The text after some changes, one after the other. Raises FileError for a text that is no list of rules, and for
    one that is not written an entry below the other where entries are to be taken out of it."""
    for step in steps:
        if step.drop:
            text, _ = without(text, lambda old, gone=step.rule: bare(old) == bare(gone), where)  # type: ignore[misc]
        else:
            text = with_rule(text, step.rule, where)
    return text


def with_rule(text: str, rule: Rule, where: str = "rules.yaml") -> str:
    """The text with a rule in it: in the place of the first one that it replaces, else at the end; as it is where it
    says so already. Raises FileError."""
    before = [bare(old) for old in parse_rules(text, where).rules]
    new = bare(rule)
    if new in before:
        return text
    replaced = [old for old in before if replaces(new, old)]
    if not replaced:
        added = f"{text or HEAD}{'' if text.endswith(chr(10)) or not text else chr(10)}{as_entry(rule)}"
        return _checked(added, [*before, new], where)
    lines = text.splitlines(keepends=True)
    entries = [entry for entry, old in _entries(text, where) if old in replaced]
    for entry in reversed(entries[1:]):
        del lines[_span(entry, lines, where)]
    lines[_span(entries[0], lines, where)] = [as_entry(rule)]
    left = [old for old in before if old not in replaced]
    left.insert(before.index(replaced[0]), new)
    return _checked("".join(lines), left, where)


def without(text: str, unwanted: Callable[[Rule], bool], where: str = "rules.yaml") -> tuple[str, list[Rule]]:
    """The text without the rules that are `unwanted`, and these. Raises FileError."""
    removed: list[Rule] = []
    lines = text.splitlines(keepends=True)
    for entry in reversed(parse_entries(text, where)[0]):
        with suppress(EntryError):
            rule = rule_of(entry)
            if unwanted(rule):
                del lines[_span(entry, lines, where)]
                removed.insert(0, rule)
    if not removed:
        return text, []
    left = [bare(old) for old in parse_rules(text, where).rules if not unwanted(old)]
    return _checked("".join(lines), left, where), removed


def replaces(new: Rule, old: Rule) -> bool:
    """Whether a rule takes the place of another, because both say of the same thing how it is."""
    subject = subject_of(new)
    return subject is not None and subject == subject_of(old)


def subject_of(rule: Rule) -> tuple[object, ...] | None:
    """What a rule alone says how it is, hashable; None for a kind of which there may be many about the same thing."""
    match rule:
        case Pin():
            return Pin, rule.under, rule.pin
        case NeverOffered():
            return NeverOffered, rule.article
        case Quota():
            return Quota, rule.field, rule.value
        case QueryPin():
            return QueryPin, rule.pin, rule.condition
        case Hidden():
            return Hidden, rule.hide, rule.condition
        case Redirect():
            return Redirect, rule.condition
    return None


def bare(rule: Rule) -> Rule:
    """The rule without the place it stands at."""
    return replace(rule, line=0)


def changed_rules(before: str, after: str) -> tuple[list[Rule], list[Rule]]:
    """The rules that one text has more than another, and those that it has less, each in the order of its text; a text
    that cannot be read has none."""
    old, new = list(readable(before).rules), list(readable(after).rules)
    bare_old, bare_new = {bare(rule) for rule in old}, {bare(rule) for rule in new}
    return [rule for rule in new if bare(rule) not in bare_old], [rule for rule in old if bare(rule) not in bare_new]


def readable(text: str) -> EditorRules:
    """The rules in a text, none where it cannot be read."""
    try:
        return parse_rules(text)
    except ReadmoreError:
        return EditorRules()


def as_entry(rule: Rule) -> str:
    """The lines of a rule in the file."""
    return entry_text(to_fields(rule))


def entry_text(fields: Mapping[str, Any]) -> str:
    """The lines of an entry in the file."""
    lines = [f"{name}: {_value(value)}" for name, value in fields.items()]
    return "- " + "\n  ".join(lines) + "\n"


def _entries(text: str, where: str) -> list[tuple[Any, Rule]]:
    """The entries that are rules, with these."""
    found = []
    for entry in parse_entries(text, where)[0]:
        with suppress(EntryError):
            found.append((entry, bare(rule_of(entry))))
    return found


def _span(entry: Any, lines: Sequence[str], where: str) -> slice:
    """Which of the lines are an entry's. Raises FileError for one that does not begin a line."""
    if not lines[entry.line - 1].lstrip().startswith("-"):
        raise FileError(f"{where}, line {entry.line}: {_BY_HAND}")
    return slice(entry.line - 1, entry.last_line)


def _checked(text: str, expected: list[Rule], where: str) -> str:
    """The text, if it reads as expected. Raises FileError."""
    if [bare(rule) for rule in readable(text).rules] != expected:
        raise FileError(f"{where}: {_BY_HAND}")
    return text


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
