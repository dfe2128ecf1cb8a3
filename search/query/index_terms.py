"""From words as they were typed to index terms: lower case, stop words, stems in every language of the archive."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from indexer.article.typed_values import yes_or_no
from indexer.base.errors import ArticleError
from indexer.schema import ALL_TEXT, Kind, Schema
from indexer.text.analyzer import query_terms
from indexer.text.words import strip_accents, word_forms
from search.query import simplify
from search.query.ranges import read_range
from search.query.shorthands import written_out
from search.query.tree import (
    NOTHING,
    AndNot,
    Everything,
    Fuzzy,
    Leaf,
    Node,
    Not,
    Or,
    Phrase,
    Prefix,
    Term,
    TermRange,
    Wildcard,
    map_children,
)

MAX_WORDS = 1000


def free_text(text: str, languages: tuple[str, ...]) -> Node:
    """Any of the words of a text, whatever characters are in it: how titles and test collections' queries are read.
    A word that occurs twice counts twice."""
    counts: dict[str, float] = {}
    for form in word_forms(text)[:MAX_WORDS]:
        for term in query_terms(form, languages):
            counts[term] = counts.get(term, 0.0) + 1.0
    return _any_of([_word(term, count) for term, count in counts.items()])


@lru_cache(maxsize=4096)
def _word(term: str, count: float) -> Term:
    """The node of a word in a text. Nodes never change, so trees can share those of common words."""
    return Term(ALL_TEXT, term, boost=count)


def readings(text: str, languages: tuple[str, ...]) -> list[tuple[str, ...]]:
    """The terms of a text in order, without stop words, in every language in which they are others: as typed, and with
    the accents that may have been left out."""
    found: dict[tuple[str, ...], None] = {}
    forms = word_forms(text)[:MAX_WORDS]
    for language in languages:
        terms = [terms for form in forms if (terms := query_terms(form, (language,)))]
        for which in (0, -1):
            found[tuple([of_form[which] for of_form in terms])] = None
    return [words for words in found if words]


def _any_of(nodes: Sequence[Node]) -> Node:
    return Or(tuple(nodes)) if len(nodes) > 1 else nodes[0] if nodes else NOTHING


class TypedReader:
    """Turns a tree whose leaves hold words as they were typed into one over index terms. `notes` collects what the
    person who asked should be told; `schema` says what the fields that leaves name hold."""

    def __init__(self, languages: tuple[str, ...], notes: list[str], schema: Schema) -> None:
        self._languages = languages
        self._notes = notes
        self._schema = schema

    def read(self, node: Node) -> Node:
        """The tree for a node, `NOTHING` where nothing is left of it."""
        if isinstance(node, Leaf):
            return self._leaf(node)
        excluded = _only_excluded(node)
        if excluded is not None:
            return Not(self.read(excluded))
        if isinstance(node, Or) and any(_only_excluded(part) is not None for part in node.parts):
            return self._with_exclusions(node)
        return map_children(self.read, node)

    def _with_exclusions(self, group: Or) -> Node:
        """A group some of whose parts only exclude: "moon NOT mars" means articles on the moon without Mars, not
        everything without Mars as well."""
        included = tuple([self.read(part) for part in group.parts if _only_excluded(part) is None])
        excluded = Or(tuple([self.read(part) for part in map(_only_excluded, group.parts) if part is not None]))
        return AndNot(type(group)(included, group.boost), excluded) if included else Not(excluded)

    def _leaf(self, leaf: Leaf) -> Node:
        leaf = written_out(leaf, self._schema, self._notes)
        if leaf.field in self._schema.numeric:
            numbers = read_range(leaf, self._schema.fields[leaf.field].kind, self._notes)
            if numbers is not None:
                return numbers
            leaf = replace(leaf, field=ALL_TEXT)
        return _READ[type(leaf)](self, leaf)

    def everything(self, leaf: Everything) -> Node:
        return leaf

    def term(self, leaf: Term) -> Node:
        if leaf.field in self._schema.columns:
            is_flag = self._schema.fields[leaf.field].kind == Kind.YES_NO
            return replace(leaf, text=_as_flag(leaf.text)) if is_flag else leaf
        forms = word_forms(leaf.text)
        if len(forms) > 1:  # "x-ray" and "chang'e-6" are phrases
            return self.phrase(Phrase(leaf.field, (leaf.text,), boost=leaf.boost))
        terms = [term for form in forms for term in query_terms(form, self._languages)]
        return _any_of([Term(leaf.field, term, boost=leaf.boost) for term in terms])

    def phrase(self, leaf: Phrase) -> Node:
        text = " ".join(leaf.words)
        if not text:
            return NOTHING
        if leaf.field in self._schema.columns:
            return replace(leaf, words=(text,))
        found = readings(text, self._languages)
        if not found:
            self._notes.append(f'"{text}" has only words that are too common to search for')
        return _any_of(
            [
                Term(leaf.field, words[0], boost=leaf.boost) if len(words) == 1 else replace(leaf, words=words)
                for words in found
            ]
        )

    def prefix(self, leaf: Prefix) -> Node:
        prefix = replace(leaf, text=_folded(leaf.text))
        if leaf.field not in self._schema.full_text:
            return prefix
        # "satellites*" must find what "satellites" finds, though the index only has "satellit"
        stems = [term for term in query_terms(prefix.text, self._languages) if not term.startswith(prefix.text)]
        return _any_of([prefix, *(Term(leaf.field, stem) for stem in stems)])

    def wildcard(self, leaf: Wildcard) -> Node:
        return simplify.pattern(leaf.field, _folded(leaf.text), leaf.boost)

    def fuzzy(self, leaf: Fuzzy) -> Node:
        terms = query_terms(_folded(leaf.text), self._languages[:1])
        return replace(leaf, text=terms[0]) if terms else NOTHING

    def term_range(self, leaf: TermRange) -> Node:
        start, end = (_folded(text) if text else text for text in (leaf.start, leaf.end))
        return simplify.term_range(replace(leaf, start=start, end=end))


# what a leaf that was typed becomes; ranges of numbers are what others become
_READ: dict[type[Leaf], Callable[[TypedReader, Any], Node]] = {
    Everything: TypedReader.everything,
    Term: TypedReader.term,
    Phrase: TypedReader.phrase,
    Prefix: TypedReader.prefix,
    Wildcard: TypedReader.wildcard,
    Fuzzy: TypedReader.fuzzy,
    TermRange: TypedReader.term_range,
}


def _as_flag(text: str) -> str:
    """``yes`` or ``no`` however it was typed; anything else as it is, which no article has."""
    try:
        return yes_or_no(text)[0]
    except ArticleError:
        return text


def _folded(text: str) -> str:
    """Letters as they are in index terms: lower case, without accents."""
    return strip_accents(text.lower())


def _only_excluded(node: Node) -> Node | None:
    """What a node excludes that does nothing else, "-mars" or "NOT mars"; None for any other."""
    match node:
        case Or((only,)):  # in parentheses
            return _only_excluded(only)
        case AndNot(Or(()), excluded) | Not(excluded):
            return excluded
    return None
