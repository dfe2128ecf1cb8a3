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


def to_whoosh(node: Node) -> wq.Query:
    """The tree that asks Whoosh for the same articles.

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
        case Prefix(field, text):
            return wq.Prefix(field, text, boost=node.boost)
        case Wildcard(field, text):
            return wq.Wildcard(field, text, boost=node.boost)
        case Fuzzy(field, text, max_edits, prefix_length):
            return wq.FuzzyTerm(field, text, node.boost, max_edits, prefix_length)
        case TermRange(field, start, end, start_excluded, end_excluded):
            return wq.TermRange(field, start, end, start_excluded, end_excluded, boost=node.boost)
        case NumericRange(field, start, end, start_excluded, end_excluded):
            return wq.NumericRange(field, start, end, start_excluded, end_excluded, boost=node.boost)
        case And(parts, boost):
            return wq.And([to_whoosh(part) for part in parts], boost=boost)
        case Or(parts, boost):
            return wq.Or([to_whoosh(part) for part in parts], boost=boost)
        case DisjunctionMax(parts, boost):
            return wq.DisjunctionMax([to_whoosh(part) for part in parts], boost=boost)
        case Not(excluded):
            return wq.Not(to_whoosh(excluded))
        case AndNot(included, excluded):
            return wq.And([to_whoosh(included), wq.Not(to_whoosh(excluded))])
        case AndMaybe(required, optional):
            return wq.AndMaybe(to_whoosh(required), to_whoosh(optional))
        case Require(scored, required):
            return wq.Require(to_whoosh(scored), to_whoosh(required))
    raise AssertionError(f"what Whoosh calls {type(node).__name__} is not known")
