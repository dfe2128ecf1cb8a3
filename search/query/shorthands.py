"""Short names for conditions in the search box: ``by:walsh``, ``lang:fr``, ``after:2024-06``, ``before:2024``.

A field that a publisher declares under one of these names comes first.
"""

from __future__ import annotations

from dataclasses import replace

from indexer.schema import ALL_TEXT, Schema
from search.query.ranges import is_date
from search.query.tree import Leaf, Phrase, Prefix, Term, TermRange

AFTER, BEFORE = "after", "before"
SHORTHANDS = {"by": "author", "lang": "language", AFTER: "date", BEFORE: "date"}


def names(schema: Schema) -> tuple[str, ...]:
    """All names that may stand before a colon in a query."""
    return (*schema.searchable, *(name for name in SHORTHANDS if name not in schema.searchable))


def written_out(leaf: Leaf, schema: Schema, notes: list[str]) -> Leaf:
    """A leaf as it was typed, in a field that there is. From the beginning of a period on is after it begins, up to
    its beginning before it; what is no date behind such a name is searched for as text, and `notes` say so."""
    if leaf.field in schema.searchable or leaf.field not in SHORTHANDS:
        return leaf
    field = SHORTHANDS[leaf.field]
    if leaf.field not in (AFTER, BEFORE):
        return replace(leaf, field=field)
    text = _text(leaf)
    if text is None:
        return replace(leaf, field=field)
    if not is_date(text, notes):
        return replace(leaf, field=ALL_TEXT)
    if leaf.field == AFTER:
        return TermRange(field, text, None, boost=leaf.boost)
    return TermRange(field, None, text, end_excluded=True, boost=leaf.boost)


def _text(leaf: Leaf) -> str | None:
    match leaf:
        case Term(text=text) | Prefix(text=text):
            return text
        case Phrase(words=words):
            return " ".join(words)
    return None
