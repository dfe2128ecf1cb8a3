"""Names among plain words: what no text says, and the columns of authors, tags, places and sections do.

A reader types a name and does not know that it is in another field than the text. A word that only columns have narrows
down what the other words find, as ``author:kitton`` does; words that texts have, and that are all in one author's name,
find what that author wrote beside what the texts say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from search.query.parser import ParsedQuery, parse
from search.query.tree import And, Term
from search.ranking.spelled import is_known_otherwise
from search.reader.index import Index
from search.spelling.columns import columns_with, is_anywhere
from search.spelling.guesses import doc_freq
from search.spelling.typed import TypedWord, spliced, typed_words

AUTHOR = "author"
_MOST_UNKNOWN = 4  # words of a query that are looked for among names
_WORDS_OF_A_NAME = range(2, 5)


def among_names(index: Index, query: ParsedQuery) -> ParsedQuery:
    """The query with its names in their fields, where articles are found so; else as it is."""
    if not query.is_plain:
        return query
    words = typed_words(query, index.languages())
    unknown = [typed for typed in words if not doc_freq(index, typed.node)][:_MOST_UNKNOWN]
    if not unknown:
        return _as_author(index, query, words)
    fields = {
        typed: columns[0]
        for typed in unknown
        if not is_known_otherwise(index, query, typed.key) and (columns := columns_with(index, typed.key))
    }
    if not fields:
        return query
    named = _parsed(
        index, query, spliced(query.text, [(typed, f"{field}:{typed.key}") for typed, field in fields.items()])
    )
    if not len(index.match(named, None, [])):
        return query
    notes = [f"no text has '{typed.key}': searched for {field}:{typed.key}" for typed, field in fields.items()]
    return replace(named, notes=(*query.notes, *notes))


def _as_author(index: Index, query: ParsedQuery, words: Sequence[TypedWord]) -> ParsedQuery:
    """The query beside what the author wrote whose name it is."""
    if AUTHOR not in index.schema.filterable or len(words) not in _WORDS_OF_A_NAME:
        return query
    if " ".join(typed.typed for typed in words) != " ".join(query.text.split()):
        return query
    parts = tuple(Term(AUTHOR, typed.key) for typed in words)
    # one after the other: of most queries no author has the first word
    if not (all(is_anywhere(index, part) for part in parts) and is_anywhere(index, And(parts))):
        return query
    name = " AND ".join(f"{AUTHOR}:{typed.key}" for typed in words)
    named = _parsed(index, query, f"({query.text}) OR ({name})")
    return replace(named, notes=(*query.notes, f"with what {query.text.strip()} wrote"))


def _parsed(index: Index, query: ParsedQuery, text: str) -> ParsedQuery:
    """A text that stands for a query, which is still shown as it was typed."""
    return replace(parse(text, index.languages(), index.schema), text=query.text)
