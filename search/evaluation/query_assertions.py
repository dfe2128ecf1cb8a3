"""Assertions about queries: what must be true of what a query finds, and whether it is.

An assertion looks at what readers get, under the editors' rules. docs/curation.md describes the file they stand in.
"""

from __future__ import annotations

from dataclasses import dataclass

from search.curation.search_rules import redirect_to
from search.curation.yaml_entries import Entry, EntryError
from search.engine import MAX_LIMIT, Engine

LIST = 10  # articles that are looked at, if an entry names no other number


@dataclass(frozen=True, slots=True)
class Finds:
    """The article `has` is among the first so many that a query finds; with `never` it is not."""

    query: str
    has: str
    first: int
    never: bool
    line: int

    def __str__(self) -> str:
        return f"'{self.query}' {'never finds' if self.never else 'finds'} {self.has} among its first {self.first}"

    def look(self, engine: Engine) -> tuple[bool, str]:
        """Whether it holds, and what was seen. Raises ArticleNotFoundError."""
        wanted = engine.article(self.has).id
        found = [hit.article.id for hit in engine.search(self.query, limit=MAX_LIMIT).hits]
        place = found.index(wanted) + 1 if wanted in found else None
        if place is not None:
            return (place <= self.first) != self.never, f"place {place}"
        return self.never, f"not found; first is {found[0]}" if found else "nothing is found"


@dataclass(frozen=True, slots=True)
class FindsCount:
    """A query finds at least and at most so many articles."""

    query: str
    at_least: int
    at_most: int | None
    line: int

    def __str__(self) -> str:
        bounds = [f"at least {self.at_least}"] if self.at_least else []
        bounds += [f"at most {self.at_most}"] if self.at_most is not None else []
        return f"'{self.query}' finds {' and '.join(bounds)} articles"

    def look(self, engine: Engine) -> tuple[bool, str]:
        """Whether it holds, and what was seen."""
        total = engine.search(self.query, limit=0).total
        return total >= self.at_least and (self.at_most is None or total <= self.at_most), f"it finds {total}"


@dataclass(frozen=True, slots=True)
class LeadsTo:
    """A query leads to a page of its own."""

    query: str
    redirect: str
    line: int

    def __str__(self) -> str:
        return f"'{self.query}' leads to {self.redirect}"

    def look(self, engine: Engine) -> tuple[bool, str]:
        """Whether it holds, and what was seen."""
        redirect = engine.search(self.query, limit=0).redirect
        return redirect == self.redirect, f"it leads to {redirect}" if redirect else "it leads nowhere"


QueryAssertion = Finds | FindsCount | LeadsTo
QUERY_ASSERTIONS = (Finds, FindsCount, LeadsTo)


def query_assertion(entry: Entry) -> QueryAssertion:
    """What an entry asserts of a query. Raises EntryError."""
    query = entry.text("query")
    for key, never in (("has", False), ("has_not", True)):
        if key in entry.fields:
            entry.only("query", key, "among_first")
            first = entry.number("among_first", 1, MAX_LIMIT) if "among_first" in entry.fields else LIST
            return Finds(query, entry.text(key), first, never, entry.line)
    if "redirects_to" in entry.fields:
        entry.only("query", "redirects_to")
        return LeadsTo(query, redirect_to(entry.text("redirects_to"), entry.line), entry.line)
    entry.only("query", "at_least", "at_most")
    most = entry.number("at_most", 0, 10**9 - 1) if "at_most" in entry.fields else None
    least = entry.number("at_least", 0, 10**9 - 1) if "at_least" in entry.fields else 0
    if not least and most is None:
        raise EntryError(entry.line, "a query has, has_not, at_least, at_most or redirects_to what?")
    if most is not None and most < least:
        raise EntryError(entry.line, f"at least {least} and at most {most} cannot both be")
    return FindsCount(query, least, most, entry.line)
