"""Signs as people type and paste them: every kind of quotation mark and dash, and operators that are meant as text.

The parser knows straight quotation marks and one dash. Phones, word processors and headlines have others, commands have
options ("--amend", "-g"), and sentences have dashes, inches and colons. All of it is put into the signs that the parser
knows, or into blanks where it is no syntax.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from itertools import pairwise
from typing import NamedTuple

from indexer.text.words import normalize

# an opening mark, and those that close what it opens; any other mark closes it where none of these comes
_CLOSED_BY = {
    '"': '"',
    "\uff02": "\uff02",
    "\u201c": "\u201d\u201c",  # English
    "\u201d": "\u201d",  # Swedish
    "\u201e": "\u201c\u201d\u201f",  # German, Polish
    "\u201f": "\u201d\u201c",
    "\u2e42": "\u201c\u201d",
    "\u00ab": "\u00bb\u00ab",
    "\u00bb": "\u00ab\u00bb",
    "\u2039": "\u203a\u2039",
    "\u203a": "\u2039\u203a",
    "\u300c": "\u300d",
    "\u300e": "\u300f",
    "\uff62": "\uff63",
    "\ufe41": "\ufe42",
    "\ufe43": "\ufe44",
    "\u301d": "\u301e\u301f",
    "\u275d": "\u275e",
}
_MARKS = "".join(dict.fromkeys("".join([*_CLOSED_BY, *_CLOSED_BY.values()])))
QUOTATION_MARK = re.compile(f"[{_MARKS}]")
_INSIDE_TEXT = "\u300c\u300d\u300e\u300f\uff62\uff63\ufe41\ufe42\ufe43\ufe44\u301d\u301e\u301f"  # no blanks around them
_HYPHENS = re.compile("[\u2010\u2011\u2012\u2013\u2212\ufe63\uff0d]")
_LONG_DASHES = re.compile("[\u2014\u2015\u2e3a\u2e3b]")  # what phones make of "--"

_QUOTED = re.compile(r'("[^"]*")')
# a sign that could be an operator, with those that follow it at once
_SIGNS = re.compile(r"(?<![^\s(])[+-]+")
_LETTER = r"[^\W\d_]"
# what an operator stands before: a word of two letters or more, a word in a script that writes them with one, a group;
# a telephone number may begin with a plus that is none
_REQUIRED = re.compile(r"(?!\d{7}|\d{1,3}[\s(./-]{1,2}\d)[*?]?(?:\w[\w*?'-]|(?![a-zA-Z0-9])\w)|[(\[{]")
_EXCLUDED = re.compile(rf"[*?]?(?:{_LETTER}[\w*?'-]|(?![a-zA-Z]){_LETTER})|[(\[{{]")
_EXCLUDED_WORD = re.compile(rf"(?<=\s)-({_LETTER}[\w'-]+)(?![\w:(*?~^])")
_OPTION = re.compile(r"[A-Za-z](?!\w)")
_NAMED = re.compile(r"(?<![^\s(])([a-z_]\w+):(?=[\w(\[{<>*])(?!//)")
# what would be a comparison or a range behind a name, or has more than one word at an end
_COMPARED = re.compile(r"\b(\w+):(?:[<>]=?|=[<>])")
_RANGE = re.compile(r"(?:\b(\w+):)?[\[{]([^\[\]{}]*)[\]}]")
_ENDS = re.compile(r"\s*(\S*)\s*\bTO\b\s*(\S*)\s*")
_STARRED = re.compile(r"(?<![\w*?])\w(?:\*\w){2,}(?![\w*?])")  # M*A*S*H
_COLON = re.compile(r"(\w*):(?=(\s|$)?)")
_SYNTAX = re.compile(r'["()\[\]{}*^~]|(?<!\S)[+-]|[<>]=|=[<>]')
_LEAST_IN_CAPITALS = 3  # words beside operators that may be a sentence
OPERATORS = frozenset(["AND", "OR", "NOT", "ANDNOT", "ANDMAYBE", "REQUIRE"])


class Signs(NamedTuple):
    """A query in the signs that the parser knows: ``"`` in pairs, ``-`` and ``+`` only where they are operators."""

    text: str
    notes: tuple[str, ...]
    excluded: tuple[str, ...]  # words that a minus excludes, as typed behind another word


def read_signs(text: str, fields: Collection[str]) -> Signs:
    """A query as it was typed, in signs for the parser; `fields` are those that can be named before a colon."""
    if not text.isascii():  # an en dash too, which word processors make of a hyphen
        text = _LONG_DASHES.sub("--", _HYPHENS.sub("-", normalize(text)))
    if QUOTATION_MARK.search(text):
        text = _straight_quotes(text)
    notes: list[str] = []
    if "+" in text or "-" in text:
        text = _outside_quotes(lambda part, before_quote: _operators(part, before_quote, notes), text)
    if "*" in text:
        text = _STARRED.sub(lambda name: name[0].replace("*", "-"), text)
    parts = _QUOTED.split(text)[::2]
    notes += [
        f"there is no field '{name}': searched for its name and what follows as words"
        for part in parts
        for name in _NAMED.findall(part)
        if name not in fields
    ]
    if any(sign in text for sign in "<>[{"):
        text = _outside_quotes(lambda part, _: _without_ranges(part, fields), text)
    return Signs(text, tuple(notes), tuple([word for part in parts for word in _EXCLUDED_WORD.findall(part)]))


def without_half_typed(text: str) -> str:
    """A query without the operators at its end, and all but NOT at its beginning: they join nothing, for now. What is
    between two words is left as it is; of nothing but operators nothing is left.

    >>> without_half_typed("moon AND (mars OR")
    'moon AND (mars'
    """
    words = text.split()
    last = len(words)
    for place in range(len(words) - 1, -1, -1):
        word = words[place].strip("()")
        if word in OPERATORS:
            last = place
        elif word:
            break
    first = 0
    while first < last and words[first] in OPERATORS and words[first] != "NOT":
        first += 1
    return text if last - first == len(words) else " ".join(words[first:last])


def are_words(text: str) -> bool:
    """Whether the operators in a text, with signs as `read_signs` gives them, are words: all is in capitals, some words
    stand side by side, and there is no other syntax. "FED NOT EXPECTED TO ACT" is a sentence, "FED NOT WHEAT" may
    exclude something."""
    if _SYNTAX.search(text):
        return False
    joined = [word in OPERATORS for word in text.split()]
    words = [word for word in text.split() if word not in OPERATORS and any(map(str.isalpha, word))]
    side_by_side = any(not one and not other for one, other in pairwise(joined))
    return any(joined) and side_by_side and len(words) >= _LEAST_IN_CAPITALS and all(map(str.isupper, words))


def _without_ranges(text: str, fields: Collection[str]) -> str:
    """`text` with blanks for the signs of ranges that are none: of a field that there is not, or of several words, as a
    headline in brackets has them."""

    def read(found: re.Match[str]) -> str:
        if found[1] in fields or (not found[1] and (_ENDS.fullmatch(found[2]) or " TO " not in found[2])):
            return found[0]
        return f" {found[1] or ''} {found[2] if not found[1] else found[2].replace(' TO ', ' ')} "

    text = _COMPARED.sub(lambda found: found[0] if found[1] in fields else f"{found[1]} ", text)
    return _RANGE.sub(read, text)


def without_colons(text: str, fields: Collection[str]) -> str:
    """`text` with blanks for the colons that name none of the fields, and for backslashes."""
    if "\\" in text:
        text = text.replace("\\", " ")
    if ":" not in text:
        return text
    return _COLON.sub(lambda m: m[0] if m[1] in fields and m[2] is None else f"{m[1]} ", text)


def _outside_quotes(change: Callable[[str, bool], str], text: str) -> str:
    """`text` with what is in no quotation marks changed; `change` is also told whether a mark follows."""
    parts = _QUOTED.split(text)
    last = len(parts) - 1
    return "".join([part if n % 2 else change(part, n < last) for n, part in enumerate(parts)])


def _operators(text: str, before_quote: bool, notes: list[str]) -> str:
    """`text` with blanks for the signs in it that are no operators."""

    def read(signs: re.Match[str]) -> str:
        if len(signs[0]) == 1:
            meant = _REQUIRED if signs[0] == "+" else _EXCLUDED
            if meant.match(text, signs.end()) or (before_quote and signs.end() == len(text)):
                return signs[0]
            if signs[0] == "-" and (option := _OPTION.match(text, signs.end())):
                notes.append(f"'-{option[0]}' was searched for as a word; NOT {option[0]} leaves it out")
        return " " * len(signs[0])

    return _SIGNS.sub(read, text)


def _straight_quotes(text: str) -> str:
    """`text` with ``"`` for the quotation marks that come in pairs and blanks for all others.

    A mark opens unless it follows a letter or digit, as that of 3" does, and closes unless it is followed by one;
    the marks of scripts without blanks between words do both anywhere.
    """
    marks = [(mark.start(), mark[0]) for mark in QUOTATION_MARK.finditer(text)]
    signs = ["" if text[at - 1 : at] == ":" else " " for at, _ in marks]  # title:"far is title:far
    lacking: set[str] = set()  # groups of marks none of which closes anything any more
    place = 0
    while place < len(marks):
        at, kind = marks[place]
        closing = None
        if kind in _CLOSED_BY and (kind in _INSIDE_TEXT or not _is_word(text, at - 1)):
            closing = _closing(text, marks, place, lacking)
        if closing is None:
            place += 1
            continue
        signs[place] = ' "' if _is_word(text, at - 1) else '"'
        signs[closing] = '" ' if _is_word(text, marks[closing][0] + 1) else '"'
        place = closing + 1
    pieces = iter(signs)
    return QUOTATION_MARK.sub(lambda mark: next(pieces), text)


def _closing(text: str, marks: list[tuple[int, str]], opening: int, lacking: set[str]) -> int | None:
    """The number of the mark that closes what the mark with the number `opening` opens: the next of its partners, or
    where none comes the next of any kind; None for none. Partners that do not come are then among `lacking`."""
    for partners in (_CLOSED_BY[marks[opening][1]], _MARKS):
        if partners in lacking:
            continue
        for number in range(opening + 1, len(marks)):
            at, mark = marks[number]
            if mark in partners and (mark in _INSIDE_TEXT or not _is_word(text, at + 1)):
                return number
        lacking.add(partners)
    return None


def _is_word(text: str, at: int) -> bool:
    return 0 <= at < len(text) and (text[at].isalnum() or text[at] == "_")
