"""The words of a query that may have a slip, and where they stand in it: not what is quoted, excluded or a pattern."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from indexer.text.words import APOSTROPHES, INVISIBLE, MARKS, UNIT, folded, normalize
from search.query.leaves import text_terms
from search.query.parser import ParsedQuery
from search.query.tree import Term
from search.query.typed_signs import OPERATORS
from search.query.typed_words import is_common, word

MOST_WORDS = 40  # of a query in which slips are looked for; a longer one has enough words to go by
_PART = rf"[^\W\d_](?:[^\W\d_]|[{MARKS}{INVISIBLE}])*+"
_LETTERS = re.compile(rf"{_PART}(?:['{APOSTROPHES}]{_PART})*+")
_UNIT = re.compile(UNIT)
# signs that make letters part of something else than a word: a name, an address, a pattern, an operator
_JOINED_BEFORE = re.compile(rf"[\w@$~*^\\]\Z|(?<![\w{MARKS}])-\Z|[^\s(]\+\Z")
_JOINED_BEHIND = re.compile(r"[\w@~*#+]|[.:?](?=\w)")
_FIELD = re.compile(r"(?:^|[\s(])[+]?(\w+):\Z")
_OPERATORS = OPERATORS | {"TO"}
QUOTES = '"\u201c\u201d\u201e\u201f\u00ab\u00bb\u2039\u203a\u300c\u300d\u300e\u300f\u301d\u301f\uff02'
_QUOTE = re.compile(f"[{QUOTES}]")
_LOOKED_AT = 2000  # characters
_LOOK_BACK = 24  # characters before a word that say what it is


@dataclass(frozen=True, slots=True)
class TypedWord:
    """A word of a query."""

    start: int  # characters of the query's text
    end: int
    typed: str
    key: str  # folded
    node: Term  # what it is looked for as
    is_last: bool  # of the query, so that it may not be typed to its end

    @property
    def form(self) -> str:
        """It in lower case, with its accents."""
        return normalize(self.typed).lower()

    @property
    def field(self) -> str:
        """The text field in which it is looked for."""
        return self.node.field


def typed_words(query: ParsedQuery, languages: tuple[str, ...]) -> list[TypedWord]:
    """The words of a query that articles may have in their text, in order; none of one with too many."""
    text = query.text
    if len(text) > _LOOKED_AT or "://" in text:
        return []
    found = list(_LETTERS.finditer(text))
    if len(found) > MOST_WORDS:
        return []
    wanted = text_terms(query.tree, query.schema)
    quoted = _quoted(text)
    words = []
    for match in found:
        start, end = match.span()
        if match[0] in _OPERATORS or any(a < start < b for a, b in quoted) or not _stands_alone(query, start, end):
            continue
        form = normalize(match[0]).lower()
        nodes = word(form, languages) if not any(map(_UNIT.match, form)) else ()
        if is_common(form, languages):
            continue
        if nodes and nodes[0].text in wanted:
            words.append(TypedWord(start, end, match[0], folded(form), nodes[0], end == len(text)))
    return words


def _quoted(text: str) -> Sequence[tuple[int, int]]:
    """From where to where a query is in quotation marks; one without a partner is text."""
    places = [match.start() for match in _QUOTE.finditer(text)]
    return list(zip(places[::2], places[1::2], strict=False))


def _stands_alone(query: ParsedQuery, start: int, end: int) -> bool:
    """Whether letters are a word of their own that is looked for in the text: not "gmail" in "@gmail.com"."""
    text = query.text
    before = text[max(0, start - _LOOK_BACK) : start]
    is_field = text[end : end + 1] == ":" and text[start:end] in query.schema.searchable
    if is_field or _JOINED_BEHIND.match(text, end):
        return False
    field = _FIELD.search(before)
    if field is not None and field[1] in query.schema.searchable:
        return field[1] in query.schema.full_text
    return field is not None or not _JOINED_BEFORE.search(before)


def replaced(text: str, words: Sequence[tuple[TypedWord, str]]) -> str:
    """A query with other words in the place of some of its own, in capitals where these were."""
    return spliced(text, [(typed, as_typed(typed.typed, other)) for typed, other in words])


def spliced(text: str, words: Sequence[tuple[TypedWord, str]]) -> str:
    """A query with other texts in the place of some of its words."""
    parts, done = [], 0
    for typed, other in sorted(words, key=lambda pair: pair[0].start):
        parts += [text[done : typed.start], other]
        done = typed.end
    return "".join([*parts, text[done:]])


def as_typed(typed: str, other: str) -> str:
    """A word in the letter case of another."""
    if len(typed) > 1 and typed.isupper():
        return other.upper()
    return other[:1].upper() + other[1:] if typed[:1].isupper() else other


def others_than(words: Sequence[TypedWord], one: TypedWord) -> Iterator[TypedWord]:
    """The words of a query but one, each once."""
    seen = {one.key}
    for typed in words:
        if typed.key not in seen:
            seen.add(typed.key)
            yield typed
