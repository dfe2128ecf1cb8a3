"""What the editors decided: the file ``rules.yaml`` in the archive's folder, as data.

Rules about related articles are here, those about searches in `search_rules`; docs/related.md and docs/curation.md
describe them. `rules_file` changes the file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from indexer.base.archive_folder import ArchiveFolder
from search.curation import search_rules
from search.curation.query_condition import EVERY_QUERY, WHERE, as_day
from search.curation.search_rules import (
    MAX_POSITION,
    SEARCH_RULES,
    Boost,
    Hidden,
    QueryPin,
    Redirect,
    SearchRule,
    query_pin,
    search_rule_to_fields,
)
from search.curation.yaml_entries import Entry, EntryError, Problem, made, parse_entries, read_entries

MAX_ENTRIES = 10_000
EVERY = "*"  # a quota for every site, or every section, each counted alone


@dataclass(frozen=True, slots=True)
class Pin:
    """Under the article `under` the article `pin` stands at this position, until this moment."""

    pin: str
    under: str
    position: int = 1
    until: datetime | None = None
    line: int = 0


@dataclass(frozen=True, slots=True)
class Forbidden:
    """Two articles that are never linked; with `one_way` the second is not offered under the first."""

    first: str
    second: str
    one_way: bool = False
    line: int = 0


@dataclass(frozen=True, slots=True)
class ForbiddenKind:
    """Two sections, or two sites, whose articles are never linked; with `one_way` not from the first to the second."""

    field: str  # "section" or "site"
    first: str
    second: str
    one_way: bool = False
    line: int = 0


@dataclass(frozen=True, slots=True)
class NeverOffered:
    """An article that is offered nowhere, from this moment on."""

    article: str
    since: datetime | None = None
    line: int = 0


@dataclass(frozen=True, slots=True)
class Quota:
    """How many articles of a site or a section a block may have: `most` of them, or this `share` of the block."""

    field: str  # "site" or "section"
    value: str  # EVERY: each of them
    most: int | None = None
    share: float | None = None
    line: int = 0

    def allowed(self, shown: int) -> int:
        """How many there may be in a block of `shown` articles; a share is rounded down."""
        if self.most is not None:
            return self.most
        return int((self.share or 0.0) * shown + 1e-9)


Rule = Pin | Forbidden | ForbiddenKind | NeverOffered | Quota | SearchRule


@dataclass(frozen=True, slots=True)
class EditorRules:
    """All rules, in the order of the file, and what is wrong with the entries that make none."""

    rules: Sequence[Rule] = ()
    problems: Sequence[Problem] = ()

    def ids(self) -> list[str]:
        """Every article that a rule names, by id or URL, once."""
        named: list[str] = []
        for rule in self.rules:
            named += articles_of(rule)
        return list(dict.fromkeys(named))


NO_RULES = EditorRules()


def articles_of(rule: Rule) -> tuple[str, ...]:
    """The articles that a rule names."""
    if isinstance(rule, Pin):
        return rule.under, rule.pin
    if isinstance(rule, Forbidden):
        return rule.first, rule.second
    if isinstance(rule, QueryPin):
        return (rule.pin,)
    if isinstance(rule, Hidden):
        return (rule.hide,)
    return (rule.article,) if isinstance(rule, NeverOffered) else ()


def dated(rule: Rule) -> list[datetime]:
    """The moments at which a rule begins or ends to be in force."""
    match rule:
        case QueryPin() | Hidden() | Boost() | Redirect():
            return rule.period.days()
        case Pin(until=day) | NeverOffered(since=day):
            return [] if day is None else [day]
    return []


def read_rules(folder: ArchiveFolder) -> EditorRules:
    """The rules of an archive; none where it has no such file. Raises FileError for a file that is no list of
    entries."""
    if not folder.rules.exists():
        return NO_RULES
    return _rules(*read_entries(folder.rules))


def parse_rules(text: str, where: str = "rules.yaml") -> EditorRules:
    """The rules in a text. Raises FileError."""
    return _rules(*parse_entries(text, where))


def _rules(entries: Sequence[Entry], problems: list[Problem]) -> EditorRules:
    if len(entries) > MAX_ENTRIES:  # what is bounded in bytes alone may have a million, which every search looks at
        beyond = f"more than {MAX_ENTRIES:,} rules, the most there may be: those from here on are left out"
        problems.append(Problem(entries[MAX_ENTRIES].line, beyond))
    rules = made(entries[:MAX_ENTRIES], rule_of, problems)
    problems += _contradictions(rules)
    return EditorRules(tuple(rules), tuple(sorted(problems, key=lambda problem: problem.line)))


def rule_of(entry: Entry) -> Rule:
    """The rule that an entry states. Raises EntryError."""
    for key, make in _KINDS.items():
        if key in entry.fields:
            return make(entry)
    raise EntryError(entry.line, f"no rule; one of {', '.join(_KINDS)} must be there")


def _pin(entry: Entry) -> Pin | QueryPin:
    if any(key in entry.fields for key in WHERE):
        return query_pin(entry)
    if "under" not in entry.fields:
        raise EntryError(entry.line, "'under' is missing, the article above; or 'query', the queries it is for")
    entry.only("pin", "under", "position", "until")
    position = entry.number("position", 1, MAX_POSITION) if "position" in entry.fields else 1
    rule = Pin(entry.text("pin"), entry.text("under"), position, entry.date("until", end_of_day=True), entry.line)
    if rule.pin == rule.under:
        raise EntryError(entry.line, "an article cannot be pinned under itself")
    return rule


def _forbid(entry: Entry) -> Forbidden:
    entry.only("forbid", "one_way")
    return Forbidden(*entry.pair("forbid"), entry.flag("one_way"), entry.line)


def _forbid_kind(field: str) -> Callable[[Entry], ForbiddenKind]:
    def make(entry: Entry) -> ForbiddenKind:
        entry.only(f"forbid_{field}s", "one_way")
        return ForbiddenKind(field, *entry.pair(f"forbid_{field}s"), entry.flag("one_way"), entry.line)

    return make


def _never(entry: Entry) -> NeverOffered:
    entry.only("never_offer", "from")
    return NeverOffered(entry.text("never_offer"), entry.date("from"), entry.line)


def _quota(entry: Entry) -> Quota:
    entry.only("at_most", "site", "section")
    fields = [field for field in ("site", "section") if field in entry.fields]
    if len(fields) != 1:
        raise EntryError(entry.line, "a quota is for a site or a section: name one of them")
    return quota_of(fields[0], entry.text(fields[0]), entry.text("at_most"), entry.line)


def quota_of(field: str, value: str, at_most: str, line: int = 0) -> Quota:
    """The quota that `at_most`, a number or a share like ``25%``, sets. Raises EntryError."""
    number = at_most.removesuffix("%").strip()
    if not (number.isascii() and number.isdigit() and int(number[:9]) <= 100):
        raise EntryError(line, f"'at_most' must be a number like 2 or a share like 25%, not '{at_most}'")
    if at_most.endswith("%"):
        return Quota(field, value, None, int(number) / 100, line)
    return Quota(field, value, int(number), None, line)


_KINDS: Mapping[str, Callable[[Entry], Rule]] = {
    "pin": _pin,
    "forbid": _forbid,
    "forbid_sections": _forbid_kind("section"),
    "forbid_sites": _forbid_kind("site"),
    "never_offer": _never,
    "at_most": _quota,
    **search_rules.KINDS,
}


def _contradictions(rules: Sequence[Rule]) -> list[Problem]:
    """Pins that another rule forbids: it wins. Redirects of a query that goes elsewhere already."""
    pairs = {}
    for rule in rules:
        if isinstance(rule, Forbidden):
            pairs[rule.first, rule.second] = rule.line
            if not rule.one_way:
                pairs[rule.second, rule.first] = rule.line
    never = {rule.article: rule.line for rule in rules if isinstance(rule, NeverOffered)}
    hidden = {(rule.hide, rule.condition): rule.line for rule in reversed(rules) if isinstance(rule, Hidden)}
    problems = []
    sent: dict[object, int] = {}
    for rule in rules:
        if isinstance(rule, QueryPin):
            line = hidden.get((rule.pin, EVERY_QUERY)) or hidden.get((rule.pin, rule.condition))
            if line:
                problems.append(Problem(rule.line, f"'{rule.pin}' is not shown: line {line} hides it", fatal=False))
        elif isinstance(rule, Redirect):
            line = sent.setdefault((rule.condition, rule.period), rule.line)
            if line != rule.line:
                problems.append(Problem(rule.line, f"never used: line {line} sends the query elsewhere", fatal=False))
    return problems + [
        Problem(rule.line, f"'{rule.pin}' is not shown under '{rule.under}': line {line} forbids it", fatal=False)
        for rule in rules
        if isinstance(rule, Pin) and (line := pairs.get((rule.under, rule.pin)) or never.get(rule.pin))
    ]


def unknown_articles(rules: EditorRules, known: Mapping[str, object]) -> list[Problem]:
    """A warning for every article that a rule names and that is not among the known."""
    return [
        Problem(
            rule.line, f"no article with the id or URL '{name}' in this archive; the rule waits for it", fatal=False
        )
        for rule in rules.rules
        for name in dict.fromkeys(articles_of(rule))
        if name not in known
    ]


def to_fields(rule: Rule) -> dict[str, Any]:
    """A rule as it stands in the file."""
    if isinstance(rule, SEARCH_RULES):
        return search_rule_to_fields(rule)
    if isinstance(rule, Pin):
        found: dict[str, Any] = {"pin": rule.pin, "under": rule.under}
        if rule.position != 1:
            found["position"] = rule.position
        return found | ({"until": as_day(rule.until, "23:59:59")} if rule.until else {})
    if isinstance(rule, NeverOffered):
        return {"never_offer": rule.article} | ({"from": as_day(rule.since, "00:00:00")} if rule.since else {})
    if isinstance(rule, Quota):
        most = str(rule.most) if rule.most is not None else f"{round((rule.share or 0) * 100)}%"
        return {"at_most": most, rule.field: rule.value}
    key = "forbid" if isinstance(rule, Forbidden) else f"forbid_{rule.field}s"
    return {key: [rule.first, rule.second]} | ({"one_way": True} if rule.one_way else {})
