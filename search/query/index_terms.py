"""From words as they were typed to index terms: lower case, stop words, stems in every language of the archive."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from indexer.article.typed_values import yes_or_no
from indexer.base.errors import ArticleError
from indexer.schema import ALL_TEXT, Kind, Schema
from indexer.text.analyzer import in_language_of, query_terms
from indexer.text.markers import COMMON, SPELLED
from indexer.text.spellings import split
from indexer.text.words import plain_text, strip_accents, word_forms
from search.query import simplify, typed_words
from search.query.ranges import read_range
from search.query.shorthands import written_out
from search.query.tree import (
    NOTHING,
    And,
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
    boost_of,
    map_children,
    with_boost,
)

MAX_WORDS = 1000
_OPERATORS = frozenset(["AND", "OR", "NOT", "TO"])  # in capitals since they were meant as such


def free_text(text: str, languages: tuple[str, ...]) -> Node:
    """Any of the words of a text, whatever characters are in it: how titles and test collections' queries are read.
    A word that occurs twice counts twice. Stop words are looked for where there are no others, and where they are
    written in capitals among words that are not."""
    languages = in_language_of(word_forms(text), languages) if len(languages) > 1 else languages
    counts: dict[Node, float] = {}
    nodes = [*typed_words.words(_first_words(text), languages), *_meant_stop_words(text, languages)]
    for node in nodes[: 2 * MAX_WORDS]:
        counts[node] = counts.get(node, 0.0) + 1.0
    if not counts:
        return _common_words(text, languages)
    return _any_of([_times(node, count) for node, count in counts.items()])


def _first_words(text: str) -> str:
    """A text, or where it has very many words the first of them."""
    if len(text) <= MAX_WORDS:
        return text
    parts = text.split()
    return text if len(parts) <= MAX_WORDS else " ".join(parts[:MAX_WORDS])


def _meant_stop_words(text: str, languages: tuple[str, ...]) -> list[Node]:
    """The stop words in capitals of a text that is not all in capitals, "IT budgets"."""
    if text.islower() or text.isupper():
        return []
    forms = typed_words.common_forms(text, languages)
    capitals = [form for written, form in forms if _is_in_capitals(written) and written not in _OPERATORS]
    return [typed_words.common(form, languages) for form in capitals]


def _is_in_capitals(written: str) -> bool:
    return len(written) > 1 and written.isupper()


def _common_words(text: str, languages: tuple[str, ...]) -> Node:
    """Any of the stop words of a text that has no others."""
    forms = Counter([form for _, form in typed_words.common_forms(text, languages)][:MAX_WORDS])
    return _any_of([_times(typed_words.common(form, languages), count) for form, count in forms.items()])


def _times(node: Node, count: float) -> Node:
    """A node that counts so many times."""
    return with_boost(node, boost_of(node) * count) if count != 1 else node


def _any_of(nodes: Sequence[Node]) -> Node:
    return Or(tuple(nodes)) if len(nodes) > 1 else nodes[0] if nodes else NOTHING


class TypedReader:
    """Turns a tree whose leaves hold words as they were typed into one over index terms. `notes` collects what the
    person who asked should be told; `schema` says what the fields that leaves name hold. Stop words in lower case are
    left out unless it `keeps_stop_words`."""

    def __init__(
        self, languages: tuple[str, ...], notes: list[str], schema: Schema, *, keeps_stop_words: bool = False
    ) -> None:
        self._languages = languages
        self._keeps_stop_words = keeps_stop_words
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
        nodes = typed_words.condition(leaf.text, self._languages, leaf.field)
        if not nodes and (self._keeps_stop_words or _is_in_capitals(leaf.text)):
            nodes = [typed_words.common(form, self._languages, leaf.field) for _, form in self._common(leaf.text)]
        return _any_of([_times(node, leaf.boost) for node in nodes])

    def _common(self, text: str) -> list[tuple[str, str]]:
        return typed_words.common_forms(text, self._languages)

    def phrase(self, leaf: Phrase) -> Node:
        text = " ".join(leaf.words)
        if not text:
            return NOTHING
        if leaf.field in self._schema.columns:
            return replace(leaf, words=(text,))
        found = [
            replace(leaf, words=node.words) if isinstance(node, Phrase) else _times(node, leaf.boost)
            for node in typed_words.phrases(text, self._languages, leaf.field)
        ]
        words = _any_of(found)
        stops = [form for written, form in self._common(text) if _is_in_capitals(written) and not text.isupper()]
        if not stops or not found or (isinstance(found[0], Phrase) and found[0].words[0].startswith(COMMON)):
            return words
        return And((words, *(typed_words.common(form, self._languages, leaf.field) for form in stops)))

    def prefix(self, leaf: Prefix) -> Node:
        prefix = replace(leaf, text=_folded(leaf.text))
        if leaf.field not in self._schema.full_text:
            return prefix
        written = split(plain_text(leaf.text))[0]
        if len(written) > 2 and typed_words.is_run(leaf.text):  # of letters that are words, the last typed to its end
            return _any_of(typed_words.condition(leaf.text, self._languages, leaf.field))
        if len(written) > 1:  # "cve-2024*"
            together = strip_accents("".join(written).lower())
            return _any_of([replace(leaf, text=marker + together) for marker in ("", SPELLED)])
        # "satellites*" must find what "satellites" finds, though the index only has "satellit"
        stems = [term for term in query_terms(prefix.text, self._languages) if not term.startswith(prefix.text)]
        return _any_of([prefix, *(Term(leaf.field, stem) for stem in stems)])

    def wildcard(self, leaf: Wildcard) -> Node:
        return simplify.pattern(leaf.field, _folded(leaf.text), leaf.boost)

    def fuzzy(self, leaf: Fuzzy) -> Node:
        text = _folded(leaf.text)
        if leaf.field in self._schema.columns:
            return replace(leaf, text=text)
        terms = query_terms(text, self._languages[:1])
        return replace(leaf, text=text, stem=terms[0] if terms[0] != text else "") if terms else NOTHING

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
