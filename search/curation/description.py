"""Rules in sentences, for those who look at what is in force."""

from __future__ import annotations

from search.curation.query_condition import EVERY_QUERY, QueryCondition
from search.curation.rules import EVERY, Forbidden, ForbiddenKind, NeverOffered, Pin, Rule, to_fields
from search.curation.search_rules import (
    AGES,
    BOTH,
    SEARCH_RULES,
    Boost,
    Hidden,
    QueryPin,
    Redirect,
    SearchRule,
    StopWords,
    Synonyms,
)


def described(rule: Rule) -> str:
    """A rule in one sentence."""
    if isinstance(rule, SEARCH_RULES):
        return _of_searches(rule)
    if isinstance(rule, Pin):
        until = f", until {to_fields(rule)['until']}" if rule.until else ""
        return f"under {rule.under}, place {rule.position} is for {rule.pin}{until}"
    if isinstance(rule, Forbidden):
        return f"{rule.second} is never offered under {rule.first}{'' if rule.one_way else ', nor the other way round'}"
    if isinstance(rule, ForbiddenKind):
        if rule.one_way:
            return f"no links from the {rule.field} {rule.first} to the {rule.field} {rule.second}"
        return f"no links between the {rule.field}s {rule.first} and {rule.second}"
    if isinstance(rule, NeverOffered):
        since = f" from {to_fields(rule)['from']} on" if rule.since else ""
        return f"{rule.article} is offered nowhere{since}"
    which = f"each {rule.field}" if rule.value == EVERY else f"the {rule.field} {rule.value}"
    return f"at most {to_fields(rule)['at_most']} of a block from {which}"


def _of_searches(rule: SearchRule) -> str:
    match rule:
        case Synonyms(words, one_way):
            first, *others = [f"'{word}'" for word in words]
            return (
                f"{first} also finds {_listed(others)}" if one_way else f"{_listed([first, *others])} find each other"
            )
        case StopWords(words):
            quoted = [f"'{word}'" for word in words]
            return f"{_listed(quoted)} {'is' if len(words) == 1 else 'are'} not searched for beside other words"
        case QueryPin():
            return f"for {rule.condition}, place {rule.position} is for {rule.pin}{rule.period}"
        case Hidden():
            which = "all queries" if rule.condition == EVERY_QUERY else str(rule.condition)
            return f"{rule.hide} is hidden from {which}{rule.period}"
        case Redirect():
            return f"{rule.condition} {_verb(rule.condition)} to {rule.redirect}{rule.period}"
        case Boost():
            only = "" if rule.only == BOTH else f", only {rule.only}"
            which = "" if rule.condition == EVERY_QUERY else f"for {rule.condition}: "
            return f"{which}{boosted_what(rule)} count {rule.factor:g} times as much{only}{rule.period}"


def boosted_what(rule: Boost) -> str:
    """The articles that a boost is for."""
    if rule.field in AGES:
        return f"articles {rule.field.replace('_', ' ')} {rule.value} days"
    return f"articles of the {rule.field} {rule.value}"


def _verb(condition: QueryCondition) -> str:
    return "leads" if len(condition.queries) == 1 and not condition.patterns else "lead"


def _listed(texts: list[str]) -> str:
    return " and ".join([", ".join(texts[:-1]), texts[-1]]) if len(texts) > 1 else "".join(texts)
