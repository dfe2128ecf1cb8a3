"""The query language: what people type into a search box, as a query tree over index terms.

Whoosh's parser reads the syntax, and nothing else of Whoosh is used: its tree is turned into ours (`search.query.tree`)
at once, with the words as they were typed. What a word means is decided on that (`search.query.index_terms`). Plain
words, the bulk of all queries, go round the parser to the same tree.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, wraps
from typing import Any

from whoosh import query as wq
from whoosh.analysis import SpaceSeparatedTokenizer
from whoosh.fields import TEXT, Schema
from whoosh.qparser import OrGroup, QueryParser, plugins, syntax

from indexer.schema import ALL_TEXT, BASE
from indexer.schema import Schema as Fields
from indexer.text.analyzer import in_language_of
from indexer.text.words import MARKS, word_forms
from search.query import simplify
from search.query.conditions import SideBySide, narrowed, split, words_typed
from search.query.expansion import Expansion
from search.query.index_terms import MAX_WORDS, TypedReader, free_text
from search.query.pasted import decoded
from search.query.shorthands import names
from search.query.simplify import MAX_BOOST, tidy
from search.query.tree import (
    MAX_DEPTH,
    NOTHING,
    And,
    AndMaybe,
    AndNot,
    DisjunctionMax,
    Everything,
    Fuzzy,
    Node,
    Not,
    Or,
    Phrase,
    Prefix,
    Require,
    Term,
    TermRange,
    depth_of,
)
from search.query.typed_signs import OPERATORS, are_words, read_signs, without_colons, without_half_typed

MAX_NESTING = 50
MAX_NESTED = MAX_DEPTH - 10  # levels of a tree; what is put beside words makes a few more
MAX_NOTES = 20
_CACHED_LENGTH = 200  # characters of a query whose tree is kept: one of 1,000 may take a quarter of a megabyte
# No character and no word that could be an operator: "?" and "-" count as punctuation behind a word and inside one.
_SYMBOLS = "\u2600-\u27bf\u2b00-\u2bff\ufe0f\U0001f000-\U0001faff"
_IN_WORD = rf"(?<=[\w{MARKS}])"  # behind a letter, which may have a mark
_PLAIN = re.compile(
    rf"(?![+-])(?:[^\W_]++[{MARKS}]*+|[\s.,;!'\u2019/&%$#@=|\u2013\u2014\u2026]++"
    rf"|{_IN_WORD}(?:[-?]|\+\+)(?=[\s.,;!]|$)|{_IN_WORD}[-_](?=\w)|[{_SYMBOLS}])*+\Z"
)
_OPERATOR_WORD = re.compile(rf"\b(?:{'|'.join(sorted(OPERATORS))})\b")
_QUESTION_MARK = re.compile(rf"{_IN_WORD}\?+(?=[\s)]|$)")
# halves of surrogate pairs, and signs of trade marks, which Unicode takes apart to letters of the word before them
_NO_CHARACTER = re.compile("[\ud800-\udfff\u2120\u2122]")
# what reading raises of a query that is no query in Whoosh's syntax
_NOT_READ = (RecursionError, ValueError, AttributeError, IndexError, AssertionError, NotImplementedError, wq.QueryError)


@dataclass(frozen=True, slots=True)
class ParsedQuery:
    """A query ready to be evaluated."""

    text: str
    tree: Node
    is_plain: bool  # words only: a wish rather than a condition, so articles with none of them may match too
    notes: tuple[str, ...]
    schema: Fields = BASE  # what the names of fields in the tree mean
    excluded: tuple[str, ...] = ()  # words that a minus behind another word excludes, as typed
    words: str = ""  # the words of `text` as typed where a condition on columns or a date is beside them, else empty
    expansions: tuple[Expansion, ...] = ()  # what the tree looks for beside what was typed
    one_word: tuple[tuple[str, ...], ...] = ()  # terms of the tree that are looked for as one word, one being enough


def _parse(text: str, languages: tuple[str, ...] = ("en",), schema: Fields = BASE) -> ParsedQuery:
    """Reads a query as typed, with the fields of `schema`. Never raises: what cannot be read as syntax is taken as
    words, and `notes` say so.

    The boosts on the way to any leaf of the tree multiply to at most `MAX_BOOST`.
    """
    notes: list[str] = []
    if not text.isascii():
        text = _NO_CHARACTER.sub(" ", text)
    if "%" in text:
        text = decoded(text)
    words = text.split()
    if len(words) > MAX_WORDS:
        notes.append(f"only the first {MAX_WORDS} of {len(words)} words were searched")
        text = " ".join(words[:MAX_WORDS])
    if _OPERATOR_WORD.search(text):
        typed_so_far = without_half_typed(text)
        if not typed_so_far or (typed_so_far.isupper() and not _OPERATOR_WORD.search(typed_so_far)):
            return _of_words(text, languages, schema, notes)  # BELIEVE IT OR NOT
        text = typed_so_far
    if text.isascii() and _PLAIN.match(text) and not _OPERATOR_WORD.search(text):
        return _of_words(text, languages, schema, notes)
    if text.count("(") > MAX_NESTING:
        notes.append(f"more than {MAX_NESTING} parentheses: searched for the words without them")
        return _of_words(text, languages, schema, notes)
    if "://" in text:
        return _of_words(text, languages, schema, notes)
    fields = names(schema)
    signs = read_signs(text, fields)
    notes += signs.notes
    words_only = without_colons(signs.text, fields)
    if ":" not in words_only and are_words(words_only):
        operators = "', '".join(dict.fromkeys(_OPERATOR_WORD.findall(text)))
        notes.append(f"all of this is in capitals: searched for all words, '{operators}' among them")
        return _of_words(text, languages, schema, notes)
    if _PLAIN.match(words_only) and not _OPERATOR_WORD.search(text):
        return _of_words(text, languages, schema, notes)
    languages = in_language_of(word_forms(text), languages)
    try:
        typed = _typed_tree(signs.text, fields)
        tree = tidy(narrowed(TypedReader(languages, notes, schema).read(typed), schema))
        if tree == NOTHING:
            kept = TypedReader(languages, notes, schema, keeps_stop_words=True)
            tree = tidy(narrowed(kept.read(typed), schema))
    except _NOT_READ:
        notes.append("the query could not be read as written: searched for its words")
        return _of_words(text, languages, schema, notes)
    if depth_of(tree) > MAX_NESTED:  # operators in a row make groups as parentheses do
        notes.append(f"nested more than {MAX_NESTED} levels deep: searched for its words")
        return _of_words(text, languages, schema, notes)
    notes = list(dict.fromkeys(notes))[:MAX_NOTES]
    beside = "" if split(tree, schema)[1] is None else words_typed(typed, schema)
    return ParsedQuery(text, tree, _is_plain(tree), tuple(notes), schema, signs.excluded, beside)


def without_condition(query: ParsedQuery) -> tuple[ParsedQuery, Node | None]:
    """A query without the condition on columns that narrows all of it down, and that condition; None where there is
    none."""
    tree, condition = split(query.tree, query.schema)
    if condition is None:
        return query, None
    return replace(query, text=query.words, tree=tree, is_plain=_is_plain(tree), words=""), condition


def _of_words(text: str, languages: tuple[str, ...], schema: Fields, notes: Sequence[str]) -> ParsedQuery:
    return ParsedQuery(text, free_text(text, languages), True, tuple(dict.fromkeys(notes))[:MAX_NOTES], schema)


def as_words(query: ParsedQuery, languages: tuple[str, ...], note: str = "") -> ParsedQuery:
    """The same query read as words, whatever signs are in it, with a note that says so."""
    return _of_words(query.text, languages, query.schema, [note] if note else [])


_cached = lru_cache(maxsize=4096)(_parse)


@wraps(_parse)
def parse(text: str, languages: tuple[str, ...] = ("en",), schema: Fields = BASE) -> ParsedQuery:
    return _cached(text, languages, schema) if len(text) <= _CACHED_LENGTH else _parse(text, languages, schema)


def _is_plain(tree: Node) -> bool:
    """Whether a tree is words and nothing else, but for what stands beside them in their place."""
    if isinstance(tree, Or):
        return all(_is_plain(part) for part in tree.parts)
    if isinstance(tree, DisjunctionMax):  # what was typed comes first
        return _is_plain(tree.parts[0])
    return isinstance(tree, Term) and tree.field == ALL_TEXT


# -- from Whoosh's tree to ours -------------------------------------------------------------------------------------


def _typed_tree(text: str, fields: tuple[str, ...]) -> Node:
    """The tree of a query in which words are as they were typed. Raises one of `_NOT_READ`."""
    # Whoosh's own normalize() is not for us: in an AND it drops what stands beside a field's "*", merges ranges
    # as if an article had one word, and turns "the ANDNOT moon" into "moon"
    return _converted(_parser(fields).parse(_QUESTION_MARK.sub("", text), normalize=False), 1.0)


def _converted(node: wq.Query, product: float) -> Node:
    """Our node for one of Whoosh's, whose boost is lowered so that its product with those above, of which `product`
    is what came so far, is at most `MAX_BOOST`."""
    boost = getattr(node, "boost", 1.0)
    if boost > 1:
        boost = min(boost, MAX_BOOST / max(1.0, product))
    product *= boost
    leaf = _LEAVES.get(type(node))
    if leaf is not None:
        return leaf(node, boost)
    parts = [_converted(part, product) for part in node.children()]
    group = _GROUPS.get(type(node))
    if group is None:
        raise ValueError(f"there is no node for Whoosh's {type(node).__name__}")
    return group(parts, boost)


class _Either(wq.Or):  # type: ignore[misc]
    """What OR makes; a plain `Or` is of Whoosh's is what stands side by side."""


_LEAVES: dict[type, Callable[[Any, float], Node]] = {
    type(wq.NullQuery): lambda node, boost: NOTHING,
    wq.Every: lambda node, boost: Everything(node.fieldname or ALL_TEXT, boost=boost),
    wq.Term: lambda node, boost: Term(node.fieldname, node.text, boost=boost),
    wq.Phrase: lambda node, boost: Phrase(node.fieldname, tuple(node.words), node.slop, boost=boost),
    wq.Prefix: lambda node, boost: Prefix(node.fieldname, node.text, boost=boost),
    wq.Wildcard: lambda node, boost: simplify.pattern(node.fieldname, node.text, boost),
    wq.FuzzyTerm: lambda node, boost: Fuzzy(node.fieldname, node.text, node.maxdist, node.prefixlength, boost=boost),
    wq.TermRange: lambda node, boost: simplify.term_range(
        TermRange(node.fieldname, node.start, node.end, node.startexcl, node.endexcl, boost=boost)
    ),
}
_GROUPS: dict[type, Callable[[list[Node], float], Node]] = {
    wq.And: lambda parts, boost: And(tuple(parts), boost),
    wq.Or: lambda parts, boost: SideBySide(tuple(parts), boost),
    _Either: lambda parts, boost: Or(tuple(parts), boost),
    wq.Not: lambda parts, boost: Not(*parts),
    wq.AndNot: lambda parts, boost: AndNot(*parts),
    wq.AndMaybe: lambda parts, boost: AndMaybe(*parts),
    wq.Require: lambda parts, boost: Require(*parts),
}


# -- Whoosh's parser, mended ----------------------------------------------------------------------------------------


class _BinaryGroup(syntax.BinaryGroup):  # type: ignore[misc]
    """Whoosh's own asks each side for its query twice, which takes 2^n steps for n operators in a row."""

    def query(self, parser: QueryParser) -> wq.Query:
        a, b = (node.query(parser) or wq.NullQuery for node in self.nodes)
        return self.qclass(a, b)


class _AndNotGroup(_BinaryGroup):
    qclass = wq.AndNot


class _AndMaybeGroup(_BinaryGroup):
    qclass = wq.AndMaybe


class _RequireGroup(_BinaryGroup):
    qclass = wq.Require


class _EitherGroup(syntax.OrGroup):  # type: ignore[misc]
    qclass = _Either


class _Operators(plugins.OperatorsPlugin):  # type: ignore[misc]
    """Whoosh's own makes the same group of OR as of words side by side."""

    def __init__(self) -> None:
        super().__init__(_BINARY_OPERATORS, AndNot=None, AndMaybe=None, Require=None)
        for tagger, _ in self.ops:
            if tagger.grouptype is syntax.OrGroup:
                tagger.grouptype = _EitherGroup


_tagger = plugins.OperatorsPlugin.OpTagger
_BINARY_OPERATORS = [
    (_tagger(r"(?<=\s)ANDNOT(?=\s)", _AndNotGroup), -5),
    (_tagger(r"(?<=\s)ANDMAYBE(?=\s)", _AndMaybeGroup), -5),
    (_tagger(r"(?<=\s)REQUIRE(?=\s)", _RequireGroup), 0),
]


class _SignedGroup(syntax.BinaryGroup):  # type: ignore[misc]
    """What plus and minus make of a group. Unlike `_BinaryGroup` it keeps sides with nothing in them, by which a group
    is known that does nothing but exclude; Whoosh's own asks for each side twice here, too."""

    def query(self, parser: QueryParser) -> wq.Query:
        return self.qclass(*(node.query(parser) for node in self.nodes))


class _Without(_SignedGroup):
    qclass = wq.AndNot


class _Preferably(_SignedGroup):
    qclass = wq.AndMaybe


_SIGNED = {syntax.AndNotGroup: _Without, syntax.AndMaybeGroup: _Preferably}


def _signed(node: syntax.SyntaxNode) -> syntax.SyntaxNode:
    """What Whoosh's plugin made of a group, in groups that are asked once."""
    kind = _SIGNED.get(type(node))
    return kind([_signed(part) for part in node]) if kind else node


class _PlusMinus(plugins.PlusMinusPlugin):  # type: ignore[misc]
    """Whoosh's own only looks at the top level, and fails on a sign that is left inside parentheses."""

    def do_plusminus(self, parser: QueryParser, group: syntax.GroupNode) -> syntax.GroupNode:
        for place, node in enumerate(group):
            if isinstance(node, syntax.GroupNode):
                group[place] = self.do_plusminus(parser, node)
        if not any(isinstance(node, (self.Plus, self.Minus)) for node in group):
            return group
        copy = group.empty_copy()  # with its boost
        copy.append(_signed(super().do_plusminus(parser, group)))
        return copy


class _Range(plugins.RangePlugin):  # type: ignore[misc]
    """Whoosh's own looks for every "TO" behind every bracket where none is closed, in time that is cubic in their
    number."""

    class RangeTagger(plugins.RangePlugin.RangeTagger):  # type: ignore[misc]
        def match(self, parser: QueryParser, text: str, pos: int) -> syntax.SyntaxNode | None:
            if text[pos] not in "[{" or max(text.rfind("]"), text.rfind("}")) < pos:
                return None
            return super().match(parser, text, pos)


@lru_cache(maxsize=8)
def _parser(fields: tuple[str, ...]) -> QueryParser:
    schema = Schema(**{name: TEXT(analyzer=SpaceSeparatedTokenizer()) for name in fields})
    syntax_plugins = [
        plugins.WhitespacePlugin(),
        plugins.FieldsPlugin(),
        plugins.WildcardPlugin(),
        plugins.PhrasePlugin(r'"(?P<text>.*?)"(~(?P<slop>[0-9]+))?(?!\w)'),
        _Range(),
        plugins.GroupPlugin(),
        _Operators(),
        plugins.BoostPlugin(),
        plugins.EveryPlugin(),
        plugins.FuzzyTermPlugin(),
        _PlusMinus(plusexpr=r"(?<![^\s(])\+(?=\S)", minusexpr=r"(?<![^\s(])-(?=\S)"),
        plugins.GtLtPlugin(),
    ]
    return QueryParser(ALL_TEXT, schema, plugins=syntax_plugins, group=OrGroup)
