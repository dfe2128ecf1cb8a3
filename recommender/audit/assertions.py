"""Assertions: what must be true of related articles and queries, in a file that a person can read, and whether it is.

An assertion looks at what readers get: the list of `LIST` related articles and the block, the editors' rules carried
out. docs/related.md describes the file; those about queries are in `search.evaluation.query_assertions`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from indexer.base.errors import ArticleNotFoundError
from recommender.corpus.sampling import evenly
from recommender.related import Recommender
from recommender.request.options import RelatedOptions
from recommender.request.seeds import ArticleSeed
from recommender.results import items_of
from search.curation.yaml_entries import Entry, EntryError, Problem, made, read_entries, wrapped
from search.evaluation.query_assertions import QUERY_ASSERTIONS, QueryAssertion, query_assertion

LIST = 10  # articles of a list
SAMPLE = 200  # articles of a section or a site that are looked at, evenly spread; `sample` in an entry sets another
MAX_SAMPLE = 1_000_000


@dataclass(frozen=True, slots=True)
class AmongFirst:
    """The article `has` is among the first so many of the list of `article`."""

    article: str
    has: str
    first: int
    line: int

    def __str__(self) -> str:
        return f"{self.article} has {self.has} among its first {self.first}"


@dataclass(frozen=True, slots=True)
class NeverLinked:
    """Neither of two articles is in the list or the block of the other."""

    one: str
    other: str
    line: int

    def __str__(self) -> str:
        return f"{self.one} and {self.other} are never linked"


@dataclass(frozen=True, slots=True)
class NeverBetween:
    """No article of one section (or site) is in the list or the block of an article of the other."""

    field: str
    one: str
    other: str
    sample: int
    line: int

    def __str__(self) -> str:
        return f"no links between the {self.field}s {self.one} and {self.other}"


@dataclass(frozen=True, slots=True)
class Counted:
    """The block of an article has at least and at most so many articles."""

    article: str
    at_least: int
    at_most: int | None
    line: int

    def __str__(self) -> str:
        bounds = [f"at least {self.at_least}"] if self.at_least else []
        bounds += [f"at most {self.at_most}"] if self.at_most is not None else []
        return f"the block of {self.article} has {' and '.join(bounds)} articles"


Assertion = AmongFirst | NeverLinked | NeverBetween | Counted | QueryAssertion


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether an assertion holds, and what was seen."""

    line: int
    claim: str
    holds: bool
    seen: str

    def to_dict(self) -> dict[str, Any]:
        """The verdict as it stands in JSON."""
        return {"line": self.line, "assertion": self.claim, "holds": self.holds, "seen": self.seen}

    def __str__(self) -> str:
        text = f"{'ok  ' if self.holds else 'FAIL'}  line {self.line}: {self.claim}: {self.seen}"
        return wrapped(text, later=" " * 6)


@dataclass(frozen=True, slots=True)
class Assertions:
    """What a file asserts, and what is wrong with the entries that assert nothing."""

    assertions: Sequence[Assertion]
    problems: Sequence[Problem]

    def check(self, recommender: Recommender, progress: Callable[[], object] = lambda: None) -> list[Verdict]:
        """A verdict for every entry, in the order of the file; an entry that is wrong does not hold."""
        answers = _Answers(recommender)
        verdicts = [Verdict(one.line, "this entry", False, one.message) for one in self.problems]
        for assertion in self.assertions:
            try:
                verdict = _CHECKS[type(assertion)](answers, assertion)
            except ArticleNotFoundError as error:
                verdict = Verdict(assertion.line, str(assertion), False, str(error))
            verdicts.append(verdict)
            progress()
        return sorted(verdicts, key=lambda verdict: verdict.line)


def read_assertions(path: Path) -> Assertions:
    """What the file at `path` asserts. Raises FileError if it cannot be read or is no list of entries."""
    entries, problems = read_entries(path)
    return Assertions(made(entries, _assertion, problems), problems)


def _assertion(entry: Entry) -> Assertion:
    if "query" in entry.fields:
        return query_assertion(entry)
    for key, make in _KINDS.items():
        if key in entry.fields:
            return make(entry)
    raise EntryError(entry.line, f"asserts nothing; one of query, {', '.join(_KINDS)} must be there")


def _among_first(entry: Entry) -> AmongFirst:
    entry.only("article", "has", "among_first")
    first = entry.number("among_first", 1, LIST) if "among_first" in entry.fields else LIST
    return AmongFirst(entry.text("article"), entry.text("has"), first, entry.line)


def _never_linked(entry: Entry) -> NeverLinked:
    entry.only("never_linked")
    return NeverLinked(*entry.pair("never_linked"), entry.line)


def _never_between(field: str) -> Callable[[Entry], NeverBetween]:
    def make(entry: Entry) -> NeverBetween:
        entry.only(f"never_linked_{field}s", "sample")
        sample = entry.number("sample", 1, MAX_SAMPLE) if "sample" in entry.fields else SAMPLE
        return NeverBetween(field, *entry.pair(f"never_linked_{field}s"), sample, entry.line)

    return make


def _counted(entry: Entry) -> Counted:
    entry.only("article", "at_least", "at_most")
    least = entry.number("at_least", 0, 1000) if "at_least" in entry.fields else 0
    most = entry.number("at_most", 0, 1000) if "at_most" in entry.fields else None
    if most is not None and most < least:
        raise EntryError(entry.line, f"at least {least} and at most {most} cannot both be")
    return Counted(entry.text("article"), least, most, entry.line)


_KINDS: Mapping[str, Callable[[Entry], Assertion]] = {
    "has": _among_first,
    "never_linked": _never_linked,
    "never_linked_sections": _never_between("section"),
    "never_linked_sites": _never_between("site"),
    "at_least": _counted,
    "at_most": _counted,
}


class _Answers:
    """What readers get, asked for once an article."""

    def __init__(self, recommender: Recommender) -> None:
        self._recommender = recommender
        self.listed = lru_cache(maxsize=10_000)(self._listed)
        self.blocked = lru_cache(maxsize=10_000)(self._blocked)

    def id(self, id_or_url: str) -> str:
        """The id of an article. Raises ArticleNotFoundError."""
        return self._recommender.engine.article(id_or_url).id

    def of_query(self, one: QueryAssertion) -> tuple[bool, str]:
        """Whether an assertion about a query holds, and what was seen."""
        return one.look(self._recommender.engine)

    def _listed(self, article: str) -> tuple[str, ...]:
        return tuple(
            item.article.id
            for item in self._recommender.related(ArticleSeed(article), RelatedOptions(limit=LIST)).related
        )

    def _blocked(self, article: str) -> tuple[str, ...]:
        return tuple(item.article.id for item in items_of(self._recommender.block(ArticleSeed(article))))

    def offered(self, article: str) -> list[str]:
        """Every article in the list or the block of an article, once."""
        return list(dict.fromkeys((*self.listed(article), *self.blocked(article))))

    def ids_of(self, field: str, value: str) -> list[str]:
        """The ids of the articles of a section or a site."""
        corpus = self._recommender.corpus()
        return [corpus.article_id(doc) for doc in np.flatnonzero(corpus.filter({field: [value]})).tolist()]


def _check_query(answers: _Answers, one: QueryAssertion) -> Verdict:
    return Verdict(one.line, str(one), *answers.of_query(one))


def _check_first(answers: _Answers, one: AmongFirst) -> Verdict:
    wanted, found = answers.id(one.has), answers.listed(answers.id(one.article))
    if wanted in found:
        place = found.index(wanted) + 1
        return Verdict(one.line, str(one), place <= one.first, f"place {place}")
    first = f"; first is {found[0]}" if found else ""
    return Verdict(one.line, str(one), False, f"not in its list of {len(found)}{first}")


def _check_never(answers: _Answers, one: NeverLinked) -> Verdict:
    pair = answers.id(one.one), answers.id(one.other)
    links = [f"{b} is under {a}" for a, b in (pair, pair[::-1]) if b in answers.offered(a)]
    return Verdict(one.line, str(one), not links, " and ".join(links) or "no link")


def _check_between(answers: _Answers, one: NeverBetween) -> Verdict:
    looked, links = [], []
    for here, there in dict.fromkeys([(one.one, one.other), (one.other, one.one)]):
        sources, targets = answers.ids_of(one.field, here), set(answers.ids_of(one.field, there))
        chosen = [sources[place] for place in evenly(np.arange(len(sources)), one.sample).tolist()]
        looked.append(f"{len(chosen)} of {len(sources)} articles of {here}")
        links += [f"{to} is under {of}" for of in chosen for to in answers.offered(of) if to in targets]
    more = f" and {len(links) - 3} more" if len(links) > 3 else ""
    seen = f"{', '.join(links[:3])}{more}" if links else "no link"
    return Verdict(one.line, str(one), not links, f"{seen}; looked at {', '.join(looked)}")


def _check_count(answers: _Answers, one: Counted) -> Verdict:
    count = len(answers.blocked(answers.id(one.article)))
    holds = count >= one.at_least and (one.at_most is None or count <= one.at_most)
    return Verdict(one.line, str(one), holds, f"it has {count}")


_CHECKS: Mapping[type, Callable[[_Answers, Any], Verdict]] = {
    AmongFirst: _check_first,
    NeverLinked: _check_never,
    NeverBetween: _check_between,
    Counted: _check_count,
    **dict.fromkeys(QUERY_ASSERTIONS, _check_query),
}
