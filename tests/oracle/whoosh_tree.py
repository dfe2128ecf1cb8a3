"""Our query trees as Whoosh's, so that stock Whoosh can be asked the same."""

from __future__ import annotations

from whoosh import query as wq

from search.query.tree import (
    And,
    AndMaybe,
    AndNot,
    DisjunctionMax,
    Everything,
    Fuzzy,
    MultiTerm,
    Node,
    Not,
    Nothing,
    NumericRange,
    Or,
    Phrase,
    Prefix,
    Require,
    Term,
    TermRange,
    Wildcard,
)


def written(field: str) -> str:
    """The field with the words of a text field as they are written."""
    return f"{field}_written"


def to_whoosh(node: Node, *, words: bool = False) -> wq.Query:
    """The tree that asks Whoosh for the same articles, if `words` of an index that has a field with words as they are
    `written` beside each text field.

    AndNot is written as And and Not: Whoosh's own AndNot lets the first article through when the part to leave out
    begins before the part to keep (AndNotMatcher._find_first compares the two ids only once).
    """
    match node:
        case Nothing():
            return wq.NullQuery
        case Everything(field):
            return wq.Every(None if field == "text" else field, boost=node.boost)
        case Term(field, text):
            return wq.Term(field, text, boost=node.boost)
        case Phrase(field, words, slop):
            return wq.Phrase(field, list(words), slop=slop, boost=node.boost)
        case MultiTerm(field):
            return _multi_term(node, field) | _multi_term(node, written(field)) if words else _multi_term(node, field)
        case NumericRange(field, start, end, start_excluded, end_excluded):
            return wq.NumericRange(field, start, end, start_excluded, end_excluded, boost=node.boost)
        case And(parts, boost):
            return wq.And([to_whoosh(part, words=words) for part in parts], boost=boost)
        case Or(parts, boost):
            return wq.Or([to_whoosh(part, words=words) for part in parts], boost=boost)
        case DisjunctionMax(parts, boost):
            return wq.DisjunctionMax([to_whoosh(part, words=words) for part in parts], boost=boost)
        case Not(excluded):
            return wq.Not(to_whoosh(excluded, words=words))
        case AndNot(included, excluded):
            return wq.And([to_whoosh(included, words=words), wq.Not(to_whoosh(excluded, words=words))])
        case AndMaybe(required, optional):
            return wq.AndMaybe(to_whoosh(required, words=words), to_whoosh(optional, words=words))
        case Require(scored, required):
            return wq.Require(to_whoosh(scored, words=words), to_whoosh(required, words=words))
    raise AssertionError(f"what Whoosh calls {type(node).__name__} is not known")


def _multi_term(node: MultiTerm, field: str) -> wq.Query:
    match node:
        case Prefix(_, text):
            return wq.Prefix(field, text, boost=node.boost)
        case Wildcard(_, text):
            return wq.Wildcard(field, text, boost=node.boost)
        case Fuzzy(_, text, max_edits, prefix_length, stem):
            text = text if field == written(node.field) else stem or text
            return wq.FuzzyTerm(field, text, node.boost, max_edits, prefix_length)
        case TermRange(_, start, end, start_excluded, end_excluded):
            return wq.TermRange(field, start, end, start_excluded, end_excluded, boost=node.boost)
    raise AssertionError(f"what Whoosh calls {type(node).__name__} is not known")
