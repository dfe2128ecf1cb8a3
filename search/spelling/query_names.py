"""The names among the words of a plain query: stretches that no text has so, and that columns do.

A word that no text has, but an author or a tag, is a name together with the words beside it that are in the same
name: of "Tom Green budget" it is "Tom Green", though texts have "green". In scripts without blanks a name is found in a
run of letters, too: "鲁迅" in "鲁迅小说".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from indexer.text.words import UNIT, normalize
from search.lexical.keyword_words import keyword_words
from search.query.leaves import text_terms
from search.query.parser import ParsedQuery
from search.query.tree import Node, Or, Phrase, Term
from search.query.typed_names import NameWord, name_words
from search.query.typed_words import is_common, word, words
from search.reader.index import Index
from search.rewriting.named_values import columns_with, is_anywhere, value_with
from search.rewriting.runs import has_run
from search.rewriting.spelled import is_known_otherwise
from search.spelling.guesses import doc_freq

AUTHOR = "author"
MOST_UNKNOWN = 4  # words of a query that are looked for among names
_LONGEST_RUN = 24  # letters in which names are looked for
WORDS_OF_A_NAME = range(2, 5)
_APART = 3  # places that a word of a name may be behind the one before: "Ursula K. Le Guin", "Science and Tech"
_UNIT = re.compile(UNIT)


@dataclass(frozen=True, slots=True)
class Name:
    """A stretch of a query that is a name."""

    start: int  # characters of the query's normalized text
    end: int
    unknown: str  # the word of it that no text has, in lower case
    condition: Node  # on the columns that have it
    places: tuple[str, ...]  # the same as somebody may type it
    leaves: tuple[Node, ...]  # what of the text is looked for in its place otherwise
    left: str = ""  # of a run of letters that it is a part of the others, with a blank in its place


def names_in(index: Index, query: ParsedQuery) -> list[Name]:
    """The names among the words of a plain query, from the left to the right."""
    text = normalize(query.text)
    typed = name_words(text)
    wanted = text_terms(query.tree, query.schema)
    found: list[Name] = []
    place = first = tried = 0
    while place < len(typed) and tried < MOST_UNKNOWN:
        stop = place + 1
        if _is_unknown(index, query, typed[place], wanted):
            tried += 1
            name, stop = _name_at(index, text, typed, place, first)
            if name is not None:
                found.append(name)
                first = stop
        place = stop
    if found and len(typed) in WORDS_OF_A_NAME and found[0].end - found[0].start < typed[-1].end - typed[0].start:
        return _all_of_an_author(index, text, typed, found[0].unknown) or found
    return found


def _all_of_an_author(index: Index, text: str, typed: Sequence[NameWord], unknown: str) -> list[Name]:
    """All words as one name, where they are an author's in any order, "Picard, Jean-Luc"; else none."""
    author = author_with(index, typed)
    if author is None:
        return []
    condition, place = author
    return [Name(typed[0].start, typed[-1].end, unknown, condition, (place,), _leaves(index, text, typed))]


def author_with(index: Index, typed: Sequence[NameWord]) -> tuple[Node, str] | None:
    """The condition that an author's name has some words, in this order or with the last of them first, and the same as
    somebody may type it; None where no live article has such an author."""
    if AUTHOR not in index.names_with(_row(typed)):
        return None
    for place in range(len(typed)):
        kept = [*typed[place:], *typed[:place]]
        if columns_with(index, _row(kept), (AUTHOR,), _APART):
            condition, places = _condition(index, kept, (AUTHOR,))
            return condition, places[0]
    return None


def value_named(index: Index, typed: Sequence[NameWord], fields: tuple[str, ...]) -> tuple[Node, str] | None:
    """The condition that a value of any of some fields has some words in a row, and the same as somebody may type it;
    None where no live article has one."""
    # of most queries no values have all words, which is told soon
    telling = [each for each in typed if not is_common(each.form, index.languages())]
    possible = tuple([name for name in index.names_with(_row(telling)) if name in fields])
    columns = columns_with(index, typed[0].key, possible) if possible else ()
    if not columns:
        return None
    kept, columns, n_taken = _extended(index, typed[:1], typed[1:], columns)
    if n_taken < len(typed) - 1:
        return None
    condition, places = _condition(index, kept, columns)
    return condition, " or ".join(places)


def _is_unknown(index: Index, query: ParsedQuery, typed: NameWord, wanted: dict[str, float]) -> bool:
    """Whether no text has a word of a query that is looked for in texts, however it is spelled."""
    languages = index.languages()
    if typed.is_run:
        return not all(_in_texts(index, leaf) for leaf in words(typed.form, languages))
    nodes = word(typed.form, languages)
    if not nodes or nodes[0].text not in wanted or is_common(typed.form, languages) or doc_freq(index, nodes[0]):
        return False
    if any(map(str.isdigit, typed.form)):
        return not is_anywhere(index, Or(tuple(words(typed.form, languages))))
    return not is_known_otherwise(index, query, typed.key)


def _in_texts(index: Index, leaf: Node) -> bool:
    """Whether a text has a run of letters."""
    return has_run(index, leaf) if isinstance(leaf, Phrase) else isinstance(leaf, Term) and doc_freq(index, leaf) > 0


def _name_at(index: Index, text: str, typed: Sequence[NameWord], place: int, first: int) -> tuple[Name | None, int]:
    """The longest name that has the word at a place, and words from `first` on beside it; and one past its last."""
    start, stop = _with_signs(index, text, typed, place, first)
    kept: Sequence[NameWord] = typed[start:stop]
    columns = columns_with(index, _row(kept))
    if not columns:
        return (_name_within(index, text, typed[place]) if typed[place].is_run else None), place + 1
    kept, columns, n_behind = _extended(index, kept, typed[stop:], columns)
    kept, columns, n_before = _extended(index, kept, typed[first:start][::-1], columns, before=True)
    name = typed[start - n_before : stop + n_behind]
    condition, places = _condition(index, kept, columns)
    leaves = _leaves(index, text, name)
    return Name(name[0].start, name[-1].end, typed[place].name, condition, places, leaves), stop + n_behind


def _with_signs(index: Index, text: str, typed: Sequence[NameWord], place: int, first: int) -> tuple[int, int]:
    """From where to where the word at a place goes as names have it: one, but for "wi-fi", which may be "wifi"."""
    for start in (place, place - 1):
        if start >= first and start + 1 < len(typed) and not columns_with(index, typed[place].key):
            between = text[typed[start].end : typed[start + 1].start]
            if between and not any(map(str.isspace, between)) and columns_with(index, _row(typed[start : start + 2])):
                return start, start + 2
    return place, place + 1


def _extended(
    index: Index,
    kept: Sequence[NameWord],
    beside: Sequence[NameWord],
    columns: tuple[str, ...],
    *,
    before: bool = False,
) -> tuple[Sequence[NameWord], tuple[str, ...], int]:
    """Words in a row with as many of those beside them, the nearest first, as some value in the columns has, too: the
    words, the columns that have them, and how many words are behind that, or `before`. Common words that the value does
    not have are passed over."""
    n_taken = 0
    for n, each in enumerate(beside, 1):
        wider = [each, *kept] if before else [*kept, each]
        if found := columns_with(index, _row(wider), columns, _APART):
            kept, columns, n_taken = wider, found, n
        elif not is_common(each.form, index.languages()):
            break
    return kept, columns, n_taken


def _condition(index: Index, kept: Sequence[NameWord], columns: tuple[str, ...]) -> tuple[Node, tuple[str, ...]]:
    """The condition that a value in any of some columns has words in a row, or, where none has, nearly so; and what
    somebody may type for it."""
    in_a_row = columns_with(index, _row(kept), columns)
    columns, slop = (in_a_row, 1) if in_a_row else (columns, _APART)
    leaves = tuple([value_with(column, _row(kept), slop) for column in columns])
    written = " ".join(each.name for each in kept)
    places = tuple([typed_as(column, written, slop) for column in columns])
    return Or(leaves) if len(leaves) > 1 else leaves[0], places


def _leaves(index: Index, text: str, typed: Sequence[NameWord]) -> tuple[Node, ...]:
    """What is looked for in texts for some words in a row, by themselves and with the signs between them."""
    together = words(text[typed[0].start : typed[-1].end], index.languages())
    return (*together, *[leaf for each in typed for leaf in words(each.form, index.languages())])


def _name_within(index: Index, text: str, run: NameWord) -> Name | None:
    """The longest name, two letters or more and all of a value, in a run of letters that no text has."""
    units = list(_UNIT.finditer(text, run.start, run.end))
    if not 2 < len(units) <= _LONGEST_RUN:
        return None
    letters = keyword_words(run.form)
    known = index.names().keys
    for length, start in _stretches(len(units)):
        key = "".join(letters[start : start + length])
        if not known.equal_to(key) or not (columns := columns_with(index, key)):
            continue
        begin, end = units[start].start(), units[start + length - 1].end()
        own = words(text[begin:end].lower(), index.languages())
        if any(_in_texts(index, leaf) for leaf in own):
            continue
        terms = {term for leaf in own for term in terms_of(leaf)}
        leaves = tuple([leaf for leaf in words(run.form, index.languages()) if not terms.isdisjoint(terms_of(leaf))])
        left, written = f"{text[run.start : begin]} {text[end : run.end]}", text[begin:end]
        condition = tuple([value_with(column, key) for column in columns])
        places = tuple([typed_as(column, written) for column in columns])
        return Name(begin, end, written, Or(condition), places, leaves, left)
    return None


def _stretches(n_letters: int) -> Iterator[tuple[int, int]]:
    """The lengths and starts of the parts of a run, the longest first."""
    for length in range(n_letters - 1, 1, -1):
        for start in range(n_letters - length + 1):
            yield length, start


def terms_of(leaf: Node) -> tuple[str, ...]:
    """The terms of a leaf that looks for words in texts."""
    return leaf.words if isinstance(leaf, Phrase) else leaf.texts if isinstance(leaf, Term) else ()


def _row(typed: Sequence[NameWord]) -> str:
    """Words as `columns_with` takes several in a row."""
    return " ".join(each.key for each in typed)


def typed_as(column: str, row: str, slop: int = 1) -> str:
    """A condition as somebody may type it."""
    near = f"~{slop}" if slop > 1 else ""
    return f'{column}:"{row}"{near}' if " " in row else f"{column}:{row}"
