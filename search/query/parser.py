"""The query language: what people type into a search box, as a Whoosh query tree over index terms.

Whoosh's parser reads the syntax; what a word means (lower case, stop words, stems in every language of the archive)
is decided here, on the tree it returns. Plain words, the bulk of all queries, go round the parser to the same tree.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache, wraps

from whoosh import query as wq
from whoosh.analysis import SpaceSeparatedTokenizer
from whoosh.fields import TEXT, Schema
from whoosh.qparser import OrGroup, QueryParser, plugins, syntax

from indexer.segment.columns import KEYWORD_FIELDS
from indexer.segment.inverter import TEXT_FIELDS
from indexer.text.analyzer import query_terms
from indexer.text.words import normalize, strip_accents, word_forms
from search.lexical.evaluator import ALL_TEXT, FIELD_NAMES
from search.query import ranges
from search.query.ranges import NUMERIC_FIELDS

MAX_WORDS = 1000
MAX_NESTING = 50
MAX_BOOST = 1e6  # of a word, and of the product of boosts that groups in groups multiply to
MAX_NOTES = 20
_KEPT_LENGTH = 200  # characters of a query whose tree is kept: one of 1,000 may take a quarter of a megabyte
# No character and no word that could be an operator: "?" and "-" count as punctuation behind a word and inside one.
_PLAIN = re.compile(
    r"(?![+-])(?:[^\W_]|[\s.,;!'\u2019/&%$#@=|\u2013\u2014\u2026]|(?<=\w)[-?](?=[\s.,;!]|$)|(?<=\w)-(?=\w))*\Z"
)
_OPERATOR_WORD = re.compile(r"\b(?:AND|OR|NOT|ANDNOT|ANDMAYBE|REQUIRE|TO)\b")
_QUESTION_MARK = re.compile(r"(?<=\w)\?+(?=\s|$)")
_NO_CHARACTER = re.compile("[\ud800-\udfff]")  # halves of surrogate pairs


@dataclass(frozen=True, slots=True)
class ParsedQuery:
    """A query ready to be evaluated."""

    text: str
    tree: wq.Query
    is_plain: bool  # words only: a wish rather than a condition, so articles with none of them may match too
    notes: tuple[str, ...]


def _parse(text: str, languages: tuple[str, ...] = ("en",)) -> ParsedQuery:
    """Reads a query as typed. Never raises: what cannot be read as syntax is taken as words, and `notes` say so.

    The boosts on the way to any leaf of the tree multiply to at most `MAX_BOOST`.
    """
    notes: list[str] = []
    text = _NO_CHARACTER.sub(" ", text)
    words = text.split()
    if len(words) > MAX_WORDS:
        notes.append(f"only the first {MAX_WORDS} of {len(words)} words were searched")
        text = " ".join(words[:MAX_WORDS])
    if _PLAIN.match(text) and not _OPERATOR_WORD.search(text):
        return ParsedQuery(text, free_text(text, languages), True, tuple(notes))
    if text.count("(") > MAX_NESTING:
        notes.append(f"more than {MAX_NESTING} parentheses: searched for the words without them")
        return ParsedQuery(text, free_text(text, languages), True, tuple(notes))
    if "://" in text:
        return ParsedQuery(text, free_text(text, languages), True, tuple(notes))
    try:
        # Whoosh's own normalize() is not for us: in an AND it drops what stands beside a field's "*", merges ranges
        # as if an article had one word, and turns "the ANDNOT moon" into "moon"
        raw = _parser().parse(_QUESTION_MARK.sub("", normalize(text)), normalize=False)
        _limit_boosts(raw, 1.0)
        tree = tidy(_Reader(languages, notes).read(raw))
    except (RecursionError, ValueError, AttributeError, IndexError, AssertionError, NotImplementedError, wq.QueryError):
        notes.append("the query could not be read as written: searched for its words")
        return ParsedQuery(text, free_text(text, languages), True, tuple(notes))
    return ParsedQuery(text, tree, _is_plain(tree), tuple(dict.fromkeys(notes))[:MAX_NOTES])


_kept = lru_cache(maxsize=4096)(_parse)


@wraps(_parse)
def parse(text: str, languages: tuple[str, ...] = ("en",)) -> ParsedQuery:
    return _kept(text, languages) if len(text) <= _KEPT_LENGTH else _parse(text, languages)


def _limit_boosts(node: wq.Query, product: float) -> None:
    """Lowers the boosts of a tree so that none of the products with those above, of which `product` is what came so
    far, is more than `MAX_BOOST`."""
    boost = getattr(node, "boost", 1.0)
    if boost > 1 and boost > (most := MAX_BOOST / max(1.0, product)):
        node.boost = boost = most
    for child in node.children():
        _limit_boosts(child, product * boost)


def tidy(node: wq.Query) -> wq.Query:
    """An equivalent tree without groups of one, groups directly in a group of their own kind, and parts of which
    nothing is left; a word that occurs twice in a group counts twice, as in `free_text`."""
    if isinstance(node, (wq.And, wq.Or)):
        return _tidy_group(node)
    if isinstance(node, wq.Not):
        inner = tidy(node.query)
        return inner if inner is wq.NullQuery else wq.Not(inner)
    if isinstance(node, wq.AndNot):
        a, b = tidy(node.a), tidy(node.b)
        return a if wq.NullQuery in (a, b) else wq.AndNot(a, b)
    if isinstance(node, (wq.AndMaybe, wq.Require)):
        a, b = tidy(node.a), tidy(node.b)
        return b if a is wq.NullQuery else a if b is wq.NullQuery else type(node)(a, b)
    return node


def _tidy_group(group: wq.And | wq.Or) -> wq.Query:
    parts: list[wq.Query] = []
    boosts: dict[tuple[str, str], float] = {}
    for part in map(tidy, group.subqueries):
        if part is wq.NullQuery:
            continue
        for one in part.subqueries if type(part) is type(group) and part.boost == 1 else [part]:
            if type(one) is wq.Term:
                word = (one.fieldname, one.text)
                boosts[word] = boosts.get(word, 0.0) + one.boost
            parts.append(one)
    merged: list[wq.Query] = []
    for part in parts:
        if type(part) is wq.Term:
            boost = boosts.pop((part.fieldname, part.text), None)
            if boost is None:
                continue
            part = part.with_boost(min(boost, MAX_BOOST))
        merged.append(part)
    if not merged:
        return wq.NullQuery
    if len(merged) == 1:
        return merged[0].with_boost(merged[0].boost * group.boost) if group.boost != 1 else merged[0]
    return type(group)(merged, boost=group.boost)


def free_text(text: str, languages: tuple[str, ...]) -> wq.Query:
    """Any of the words of a text, whatever characters are in it: how titles and test collections' queries are read.
    A word that occurs twice counts twice."""
    terms = [term for form in word_forms(text)[:MAX_WORDS] for term in query_terms(form, languages)]
    counts: dict[str, int] = {}
    for term in terms:
        counts[term] = counts.get(term, 0) + 1
    nodes = [wq.Term(ALL_TEXT, term, boost=float(n)) for term, n in counts.items()]
    if not nodes:
        return wq.NullQuery
    return nodes[0] if len(nodes) == 1 else wq.Or(nodes)


def text_terms(tree: wq.Query) -> dict[str, float]:
    """The terms that a tree looks for in the text of articles and the sum of their boosts, all above 0; what it
    excludes is not among them."""
    found: dict[str, float] = {}
    for node, boost in _wanted(tree, 1.0):
        words = node.words if isinstance(node, wq.Phrase) else [node.text]
        if node.fieldname in (ALL_TEXT, *TEXT_FIELDS) and boost > 0:
            for word in words:
                found[word] = found.get(word, 0.0) + boost
    return found


def phrases(tree: wq.Query) -> list[list[str]]:
    """The phrases of terms a tree looks for."""
    return [node.words for node, _ in _wanted(tree, 1.0) if isinstance(node, wq.Phrase)]


def prefixes(tree: wq.Query) -> list[str]:
    """The prefixes a tree looks for in the text."""
    return [n.text for n in _positive(tree) if isinstance(n, wq.Prefix) and n.fieldname in (ALL_TEXT, *TEXT_FIELDS)]


def _wanted(tree: wq.Query, boost: float) -> Iterator[tuple[wq.Term | wq.Phrase, float]]:
    for node in _positive(tree):
        if isinstance(node, (wq.Term, wq.Phrase)):
            yield node, boost * node.boost


def _positive(tree: wq.Query) -> Iterator[wq.Query]:
    """The leaves of a tree that are not under a NOT."""
    if isinstance(tree, wq.Not):
        return
    if isinstance(tree, wq.AndNot):
        yield from _positive(tree.a)
        return
    children = list(tree.children())
    if not children:
        yield tree
    for child in children:
        yield from _positive(child)


def _is_plain(tree: wq.Query) -> bool:
    """Whether a tree is words and nothing else."""
    if isinstance(tree, wq.Or):
        return all(_is_plain(child) for child in tree.subqueries)
    return isinstance(tree, wq.Term) and tree.fieldname == ALL_TEXT


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
        kept = group.empty_copy()  # with its boost
        kept.append(_signed(super().do_plusminus(parser, group)))
        return kept


class _Range(plugins.RangePlugin):  # type: ignore[misc]
    """Whoosh's own looks for every "TO" behind every bracket where none is closed, in time that is cubic in their
    number."""

    class RangeTagger(plugins.RangePlugin.RangeTagger):  # type: ignore[misc]
        def match(self, parser: QueryParser, text: str, pos: int) -> syntax.SyntaxNode | None:
            if text[pos] not in "[{" or max(text.rfind("]"), text.rfind("}")) < pos:
                return None
            return super().match(parser, text, pos)


@lru_cache(maxsize=1)
def _parser() -> QueryParser:
    schema = Schema(**{name: TEXT(analyzer=SpaceSeparatedTokenizer()) for name in FIELD_NAMES})
    reading = [
        plugins.WhitespacePlugin(),
        plugins.FieldsPlugin(),
        plugins.WildcardPlugin(),
        plugins.PhrasePlugin(),
        _Range(),
        plugins.GroupPlugin(),
        plugins.OperatorsPlugin(_BINARY_OPERATORS, AndNot=None, AndMaybe=None, Require=None),
        plugins.BoostPlugin(),
        plugins.EveryPlugin(),
        plugins.FuzzyTermPlugin(),
        _PlusMinus(plusexpr=r"(?<![^\s(])\+(?=\S)", minusexpr=r"(?<![^\s(])-(?=\S)"),
        plugins.GtLtPlugin(),
    ]
    return QueryParser(ALL_TEXT, schema, plugins=reading, group=OrGroup)


class _Reader:
    """Turns the tree that Whoosh read, whose leaves hold words as typed, into one over index terms."""

    def __init__(self, languages: tuple[str, ...], notes: list[str]) -> None:
        self._languages = languages
        self._notes = notes

    def read(self, node: wq.Query) -> wq.Query:
        """The tree for a node, `wq.NullQuery` where nothing is left of it."""
        if isinstance(node, (wq.Wildcard, wq.TermRange)):
            node = node.normalize()  # "moon*" is a prefix, "*" is everything, "[a TO a]" is a word
        leaf = _LEAVES.get(type(node))
        if leaf is not None:
            if node.boost > MAX_BOOST:
                node = node.with_boost(MAX_BOOST)
            if node.fieldname in NUMERIC_FIELDS:
                found = ranges.read(node, self._notes)
                if found is not None:
                    return found
                node = node.copy()
                node.fieldname = ALL_TEXT
            return leaf(self, node)
        if (excluded := _excluded(node)) is not None:
            return wq.Not(self.read(excluded))
        if isinstance(node, wq.Or) and any(_excluded(part) is not None for part in node.subqueries):
            # "moon NOT mars" means articles on the moon without Mars, not everything without Mars as well
            wanted = [self.read(part) for part in node.subqueries if _excluded(part) is None]
            unwanted = [self.read(part) for part in map(_excluded, node.subqueries) if part is not None]
            return wq.AndNot(wq.Or(wanted, boost=node.boost), wq.Or(unwanted)) if wanted else wq.Not(wq.Or(unwanted))
        return node.apply(self.read)

    def _word(self, node: wq.Term) -> wq.Query:
        if node.fieldname in KEYWORD_FIELDS or node.fieldname == "id":
            return node
        forms = word_forms(node.text)
        if len(forms) > 1:  # "x-ray" and "chang'e-6" are phrases
            return self._phrase(wq.Phrase(node.fieldname, [node.text], boost=node.boost))
        terms = [t for form in forms for t in query_terms(form, self._languages)]
        nodes = [wq.Term(node.fieldname, term, boost=node.boost) for term in terms]
        if not nodes:
            return wq.NullQuery
        return nodes[0] if len(nodes) == 1 else wq.Or(nodes)

    def _phrase(self, node: wq.Phrase) -> wq.Query:
        text = " ".join(node.words)
        if not text:
            return wq.NullQuery
        if node.fieldname in KEYWORD_FIELDS or node.fieldname == "id":
            return wq.Phrase(node.fieldname, [text], slop=node.slop, boost=node.boost)
        readings = []
        for language in self._languages:
            found = [terms for form in word_forms(text) if (terms := query_terms(form, (language,)))]
            for which in (0, -1):  # as typed, and with the accents that may have been left out
                words = [terms[which] for terms in found]
                if words and words not in readings:
                    readings.append(words)
        if not readings:
            self._notes.append(f'"{text}" has only words that are too common to search for')
            return wq.NullQuery
        nodes = [
            wq.Term(node.fieldname, words[0], boost=node.boost)
            if len(words) == 1
            else wq.Phrase(node.fieldname, words, slop=node.slop, boost=node.boost)
            for words in readings
        ]
        return nodes[0] if len(nodes) == 1 else wq.Or(nodes)

    def _beginning(self, node: wq.Prefix) -> wq.Query:
        prefix = wq.Prefix(node.fieldname, strip_accents(node.text.lower()), boost=node.boost)
        if node.fieldname not in (ALL_TEXT, *TEXT_FIELDS):
            return prefix
        # "satellites*" must find what "satellites" finds, though the index only has "satellit"
        stems = [t for t in query_terms(prefix.text, self._languages) if not t.startswith(prefix.text)]
        return wq.Or([prefix, *(wq.Term(node.fieldname, stem) for stem in stems)]) if stems else prefix

    def _pattern(self, node: wq.Wildcard) -> wq.Query:
        return wq.Wildcard(node.fieldname, strip_accents(node.text.lower()), boost=node.boost).normalize()

    def _fuzzy(self, node: wq.FuzzyTerm) -> wq.Query:
        terms = query_terms(strip_accents(node.text.lower()), self._languages[:1])
        if not terms:
            return wq.NullQuery
        return wq.FuzzyTerm(node.fieldname, terms[0], node.boost, node.maxdist, node.prefixlength)

    def _range(self, node: wq.TermRange) -> wq.Query:
        ends = [strip_accents(end.lower()) if end else end for end in (node.start, node.end)]
        return wq.TermRange(node.fieldname, *ends, node.startexcl, node.endexcl, node.boost).normalize()

    def _as_it_is(self, node: wq.Query) -> wq.Query:
        return node


def _excluded(node: wq.Query) -> wq.Query | None:
    """What a node does nothing but exclude, "-mars" or "NOT mars"."""
    if isinstance(node, wq.Or) and len(node.subqueries) == 1:
        return _excluded(node.subqueries[0])  # in parentheses
    if isinstance(node, wq.AndNot) and isinstance(node.a, wq.Or) and not node.a.subqueries:
        return node.b
    return node.query if isinstance(node, wq.Not) else None


_LEAVES: dict[type, Callable[[_Reader, wq.Query], wq.Query]] = {
    wq.Term: _Reader._word,
    wq.Phrase: _Reader._phrase,
    wq.Prefix: _Reader._beginning,
    wq.Wildcard: _Reader._pattern,
    wq.FuzzyTerm: _Reader._fuzzy,
    wq.TermRange: _Reader._range,
    wq.Every: _Reader._as_it_is,
}
