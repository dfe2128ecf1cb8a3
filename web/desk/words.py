"""Rules and changes in sentences for editors: articles by their headlines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from search.curation.description import described
from search.curation.query_condition import ALWAYS, EVERY_QUERY, QueryCondition
from search.curation.rules import Forbidden, ForbiddenKind, NeverOffered, Pin, Rule, articles_of, to_fields
from search.curation.rules_history import Change
from search.curation.rules_text import Step, changed_rules, subject_of
from search.curation.search_rules import Hidden, QueryPin

if TYPE_CHECKING:
    from search.engine import Engine

MOST_LISTED = 50  # sentences of one change


@dataclass(frozen=True, slots=True)
class Sentence:
    """What a change does, in words."""

    verb: str  # "now" or "no longer"
    text: str
    is_broad: bool  # whether it reaches beyond one page or one search


def headlines(engine: Engine, rules: Iterable[Rule]) -> dict[str, str]:
    """The headlines of the articles that rules name, by what they are named by."""
    names = list(dict.fromkeys(name for rule in rules for name in articles_of(rule)))
    found = engine.articles(names)
    missing = [name for name in names if name not in found]
    by_url = {name: engine.article(name).headline for name in engine.seqs(missing)} if missing else {}
    return {name: article.headline for name, article in found.items()} | by_url


def told(rule: Rule, titles: Mapping[str, str], here: str = "") -> str:
    """A rule in one sentence, articles by their headlines. `here` is the article, or the query, of the page that the
    sentence stands on, which it need not repeat."""

    def named(name: str) -> str:
        return f"“{titles[name]}”" if name in titles else f"“{name}” (not in the archive)"

    match rule:
        case Pin(under=under, until=None) if under == here:
            return f"{named(rule.pin)} is pinned to place {rule.position} here"
        case QueryPin(condition=condition, period=period) if condition == QueryCondition((here,)) and period == ALWAYS:
            return f"{named(rule.pin)} is pinned to place {rule.position} here"
        case Hidden(condition=condition, period=period) if condition == QueryCondition((here,)) and period == ALWAYS:
            return f"{named(rule.hide)} is hidden here"
        case Forbidden(first=first, one_way=True) if first == here:
            return f"{named(rule.second)} is not offered here"
        case Pin():
            until = f", until {to_fields(rule)['until']}" if rule.until else ""
            return f"{named(rule.pin)} is pinned to place {rule.position} under {named(rule.under)}{until}"
        case Forbidden():
            rule = replace(rule, first=named(rule.first), second=named(rule.second))
        case NeverOffered():
            rule = replace(rule, article=named(rule.article))
        case QueryPin():
            rule = replace(rule, pin=named(rule.pin))
        case Hidden():
            rule = replace(rule, hide=named(rule.hide))
    return described(rule)


def is_broad(step: Step) -> bool:
    """Whether a change reaches beyond one page or one search, so that it is worth a second thought."""
    rule = step.rule
    if step.drop:
        return False
    return isinstance(rule, NeverOffered | ForbiddenKind) or (
        isinstance(rule, Hidden) and rule.condition == EVERY_QUERY
    )


def sentences(steps: Iterable[Step], titles: Mapping[str, str], here: str = "") -> list[Sentence]:
    """What some changes do, a sentence each; `here` as for `told`."""
    return [
        Sentence("no longer" if step.drop else "now", told(step.rule, titles, here), is_broad(step)) for step in steps
    ]


def net(before: str, after: str) -> list[Step]:
    """The fewest changes that make one text of rules say what another says; what comes takes the place of what it
    replaces, so that goes by itself."""
    came, went = changed_rules(before, after)
    replaced = {subject_of(rule) for rule in came} - {None}
    gone = [rule for rule in went if subject_of(rule) not in replaced]
    return [*(Step(rule) for rule in came), *(Step(rule, drop=True) for rule in gone)]


def of_change(change: Change, engine: Engine) -> list[Sentence]:
    """What was done in a change of the rules."""
    steps = net(change.before, change.after)[:MOST_LISTED]
    return sentences(steps, headlines(engine, [step.rule for step in steps]))
