"""Filters as text. docs/filters.md has the grammar for people; this is all of it::

    filter     = both { "OR" both }
    both       = one { "AND" one }
    one        = "NOT" one | "(" filter ")" | condition
    condition  = field ( "=" | "!=" | ">" | ">=" | "<" | "<=" ) value
               | field value "TO" value
               | field [ "NOT" ] "IN" "[" [ value { "," value } [ "," ] ] "]"
               | field [ "NOT" ] "EXISTS"
               | field "IS" [ "NOT" ] ( "NULL" | "EMPTY" )
               | field [ "NOT" ] "STARTS" "WITH" value

A field or value is a word without blanks and signs of this grammar, or anything in ``'`` or ``"``, in which a backslash
stands before a quotation mark or another backslash. Keywords may be written small.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple, NoReturn

from indexer.base.errors import QueryError, shown
from indexer.schema import Field, Schema
from search.filters import comparisons
from search.filters.condition import AllOf, AnyOf, Condition, Not
from search.filters.limits import Bounds

_TOKEN = re.compile(
    r"""\s*(?:
    (?P<quoted>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
    |(?P<sign><=|>=|!=|[=<>()\[\],])
    |(?P<word>[^\s"'=<>()\[\],!]+)
    |(?P<end>\Z)
    |(?P<bad>.)
    )""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_COMPARED = ("=", "!=", *comparisons.ORDERED)
_WHAT_FOLLOWS = "after a field comes =, !=, >, >=, <, <=, IN, EXISTS, IS NULL, STARTS WITH, or two values with TO"


class _Token(NamedTuple):
    kind: str  # quoted, sign, word, end, bad
    text: str  # without its quotation marks
    at: int

    def is_word(self, keyword: str) -> bool:
        return self.kind == "word" and self.text.upper() == keyword

    def is_sign(self, sign: str) -> bool:
        return self.kind == "sign" and self.text == sign

    @property
    def is_name(self) -> bool:
        return self.kind in ("word", "quoted")


def read_text(text: str, schema: Schema, bounds: Bounds, depth: int = 0) -> Condition:
    """The condition that a filter as text stands for. Raises QueryError, which names the place."""
    bounds.text(text)
    return _Reader(text, schema, bounds, depth).whole()


class _Reader:
    """Reads one text from the left to the right."""

    def __init__(self, text: str, schema: Schema, bounds: Bounds, depth: int) -> None:
        self._text, self._schema, self._bounds, self._depth = text, schema, bounds, depth
        self._place = 0
        self._token = self._next()

    def whole(self) -> Condition:
        condition = self._any()
        if self._token.kind != "end":
            self._refuse("join conditions with AND or OR, and put values with blanks or signs into quotes")
        return condition

    def _any(self) -> Condition:
        parts = [self._all()]
        while self._skips("OR"):
            parts.append(self._all())
        return AnyOf(tuple(parts)) if len(parts) > 1 else parts[0]

    def _all(self) -> Condition:
        parts = [self._one()]
        while self._skips("AND"):
            parts.append(self._one())
        return AllOf(tuple(parts)) if len(parts) > 1 else parts[0]

    def _one(self) -> Condition:
        self._depth += 1
        self._bounds.depth(self._depth)
        try:
            if self._skips("NOT"):
                return Not(self._one())
            if not self._skips_sign("("):
                return self._condition()
            condition = self._any()
            if not self._skips_sign(")"):
                self._refuse("a parenthesis is not closed: write )")
            return condition
        finally:
            self._depth -= 1

    def _condition(self) -> Condition:
        name = self._token
        if not name.is_name:
            self._refuse("here a field is expected, as in section = Moon")
        self._advance()
        try:
            field = comparisons.field_named(name.text, self._schema)
        except QueryError as error:
            self._refuse(str(error), name)
        if self._token.kind == "sign" and self._token.text in _COMPARED:
            operator = self._advance().text
            return self._compared(field, operator)
        negated = self._skips("NOT")
        condition = self._worded(field, negated=negated)
        return Not(condition) if negated else condition

    def _compared(self, field: Field, operator: str) -> Condition:
        value = self._value()
        if operator in comparisons.ORDERED:
            return self._made(value, lambda: comparisons.compared(field, operator, value.text))
        condition = self._made(value, lambda: _any(comparisons.equals(field, [value.text])))
        return Not(condition) if operator == "!=" else condition

    def _worded(self, field: Field, *, negated: bool) -> Condition:
        """What follows a field, and perhaps NOT, but for signs."""
        if self._skips("EXISTS"):
            return comparisons.exists(field)
        if self._skips("IN"):
            return self._listed(field)
        if self._skips("STARTS"):
            if not self._skips("WITH"):
                self._refuse("after STARTS comes WITH and a value")
            value = self._value()
            return self._made(value, lambda: comparisons.begins_with(field, value.text))
        if not negated and self._skips("IS"):
            has = self._skips("NOT")
            if not (self._skips("NULL") or self._skips("EMPTY")):
                self._refuse("after IS comes NULL or EMPTY, or NOT and one of them")
            condition = comparisons.exists(field)
            return condition if has else Not(condition)
        start = self._token
        if negated or not start.is_name:
            self._refuse(_WHAT_FOLLOWS)
        self._advance()
        if not self._skips("TO"):
            self._refuse(_WHAT_FOLLOWS, start)
        end = self._value()
        return self._made(start, lambda: comparisons.between(field, start.text, end.text))

    def _listed(self, field: Field) -> Condition:
        if not self._skips_sign("["):
            self._refuse("after IN comes a list, as in section IN [Moon, Mars]")
        first, values = self._token, []
        while not self._skips_sign("]"):
            values.append(self._value().text)
            if not self._skips_sign(",") and not self._token.is_sign("]"):
                self._refuse("a list goes on with , or ends with ]")
        return self._made(first, lambda: _any(comparisons.equals(field, values) if values else []))

    def _value(self) -> _Token:
        if not self._token.is_name:
            self._refuse("here a value is expected; put one with blanks or signs into quotes")
        self._bounds.value()
        return self._advance()

    def _made(self, token: _Token, make: Callable[[], Condition]) -> Condition:
        """What `make` gives; what is wrong with it is said with the place."""
        try:
            return make()
        except QueryError as error:
            self._refuse(str(error), token)

    # -- tokens -----------------------------------------------------------------------------------------------

    def _next(self) -> _Token:
        match = _TOKEN.match(self._text, self._place)
        if match is None or match.lastgroup is None:
            raise AssertionError("the last alternative fits anything")
        self._place = match.end()
        kind, text = match.lastgroup, match[match.lastgroup]
        at = match.start(match.lastgroup)
        return _Token(kind, _ESCAPED.sub(r"\1", text[1:-1]) if kind == "quoted" else text, at)

    def _advance(self) -> _Token:
        token, self._token = self._token, self._next()
        return token

    def _skips(self, keyword: str) -> bool:
        found = self._token.is_word(keyword)
        if found:
            self._advance()
        return found

    def _skips_sign(self, sign: str) -> bool:
        found = self._token.is_sign(sign)
        if found:
            self._advance()
        return found

    def _refuse(self, reason: str, token: _Token | None = None) -> NoReturn:
        token = token or self._token
        if token.kind == "bad":
            closed = token.text in "\"'"
            reason = f"a {token.text} is not closed" if closed else "put values with signs into quotes"
        where = "at its end" if token.kind == "end" else f"at character {token.at + 1}, '{shown(token.text)}'"
        raise QueryError(f"the filter cannot be read {where}: {reason}") from None


def _any(conditions: list[Condition]) -> Condition:
    return conditions[0] if len(conditions) == 1 else AnyOf(tuple(conditions))
