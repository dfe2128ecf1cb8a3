"""The editors' synonyms and stop words in a query tree.

Synonyms stand beside what was typed in a `DisjunctionMax`: an article that has both is no better than one that has
what was typed. They count for less (`WEIGHT`), and for no more where they are rarer: what is rare in the archive is no
better an answer for that. What is in quotation marks is looked for as it was typed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from indexer.text.analyzer import analyzer_for, query_terms
from indexer.text.markers import SIGNED, SPELLED
from indexer.text.words import strip_accents, word_forms
from search.curation.search_rules import StopWords, Synonyms
from search.query.expansion import Expansion
from search.query.fitting import term_test, word_test
from search.query.index_terms import MAX_WORDS
from search.query.leaves import positive_leaves, text_terms
from search.query.parser import ParsedQuery
from search.query.shorthands import names
from search.query.simplify import tidy
from search.query.tree import (
    And,
    AndMaybe,
    AndNot,
    DisjunctionMax,
    Fuzzy,
    Leaf,
    MultiTerm,
    Node,
    Or,
    Phrase,
    Prefix,
    Require,
    Term,
)
from search.query.typed_signs import QUOTATION_MARK, read_signs
from search.query.typed_words import SCRIPT_CHANGE, in_order, readings
from search.reader.index import Index, idf_of

WEIGHT = 0.8  # of a synonym beside what was typed
_AND = re.compile(r"(?<=\s)AND(?=\s)")  # words that must both be there stand in a row
_QUOTED = re.compile(r'"[^"]*"')
_JOINER = re.compile(r"(?<=\w)[-\u2010\u2011._/](?=\w)")
_MOST_APART = 3  # words that one of a synonym is typed as ...
_LEAST_APART = 2  # ... and letters of each
_MOST_SOURCES = 20  # words with synonyms in one query
_MOST_OPEN = 8  # prefixes and fuzzy words of a query whose synonyms are looked for
SHORTEST_PREFIX = 3  # letters of a beginning that reaches the synonyms of the words it stands for


@dataclass(frozen=True, slots=True)
class _Word:
    """A word of a synonym, and what it may be looked for as, in every language of the archive and other spellings."""

    form: str
    terms: frozenset[str]

    def fits(self, leaf: Leaf) -> bool:
        """Whether a leaf of a query looks for this word."""
        match leaf:
            case Term(text=text, also=also):
                return text in self.terms or not self.terms.isdisjoint(also)
            case Phrase(words=words):  # letters without blanks
                return " ".join(words) in self.terms
            case Prefix(text=text):
                return len(text) >= min(SHORTEST_PREFIX, len(self.form)) and self.form.startswith(text)
            case Fuzzy():
                return word_test(leaf)(self.form) or any(map(term_test(leaf), self.terms))
        return False


@dataclass(frozen=True, slots=True)
class _Synonym:
    """What is looked for beside some words in a row."""

    text: str
    readings: tuple[tuple[str, ...], ...]  # in index terms, by language
    line: int


@dataclass(frozen=True, slots=True)
class _Source:
    """Words in a row that have synonyms."""

    text: str
    words: tuple[_Word, ...]
    synonyms: tuple[_Synonym, ...]
    instead: tuple[_Word, ...] = ()  # the words as the rule has them where `words` are these in one, or apart


class QueryWords:
    """The synonyms and stop words of an archive, for queries in its languages."""

    def __init__(self, rules: Sequence[object], languages: tuple[str, ...]) -> None:
        self._languages = languages
        self._sources: dict[str, list[_Source]] = {}  # by the terms, or the form, of their first words
        self._single: list[_Source] = []  # those of one word
        stop = [word for rule in rules if isinstance(rule, StopWords) for word in rule.words]
        self._stop = frozenset(term for word in stop for form in word_forms(word) for term in self._terms(form))
        for source in self._read([rule for rule in rules if isinstance(rule, Synonyms)]):
            first = source.words[0]
            for key in dict.fromkeys((first.form, *sorted(first.terms))):
                self._sources.setdefault(key, []).append(source)
            if len(source.words) == 1:
                self._single.append(source)

    def __bool__(self) -> bool:
        return bool(self._sources or self._stop)

    def _terms(self, form: str) -> list[str]:
        return query_terms(form, self._languages)

    def _read(self, rules: Sequence[Synonyms]) -> Iterator[_Source]:
        beside: dict[tuple[str, ...], tuple[str, list[_Synonym]]] = {}
        for rule in rules:
            for typed in rule.words[:1] if rule.one_way else rule.words:
                forms = tuple([form for form, _ in in_order(typed, self._languages)])
                _, synonyms = beside.setdefault(forms, (typed, []))
                synonyms += [
                    _Synonym(other, self._readings(other), rule.line) for other in rule.words if other != typed
                ]
        for text, synonyms in beside.values():
            for spelled in _spellings(text):
                words = tuple([_Word(form, self._wanted(form, terms)) for form, terms in self._words(spelled)])
                yield _Source(text, words, tuple(synonyms))
            if len(words) > 1 and (joined := "".join(word.form for word in words)).isalnum():  # "coffeehouse"
                whole = _Word(joined, self._wanted(joined, self._terms(joined)))
                yield _Source(text, (whole,), tuple(synonyms), words)

    def _words(self, text: str) -> list[tuple[str, tuple[str, ...]]]:
        return in_order(text, self._languages)

    def _wanted(self, form: str, terms: Sequence[str]) -> frozenset[str]:
        """What a word may be looked for as: its terms, and what it is taken for where it is typed without accents."""
        others = [] if form.isascii() else [o for of in self._languages for o in analyzer_for(of).other_terms(form)]
        return frozenset([*terms, *(other.removeprefix(SPELLED) for other in others if other.startswith(SPELLED))])

    def _readings(self, text: str) -> tuple[tuple[str, ...], ...]:
        """The terms of a synonym in order, in every language in which they are others; "C++" is only itself."""
        words = self._words(text)
        if len(words) == 1 and words[0][1] and all(term.startswith(SIGNED) for term in words[0][1]):
            return (words[0][1][:1],)
        return readings(text, self._languages)

    def applied(self, query: ParsedQuery, index: Index) -> ParsedQuery:
        """The query without stop words and with synonyms; itself where it has none of them."""
        tree = self._without_stop_words(query.tree) if self._stop else query.tree
        tree = query.tree if tree is query.tree else tidy(tree)
        text = _unquoted(query)
        found = self._found(text, list(positive_leaves(tree))) if self._sources else []
        writer = _Writer(index, frozenset(text_terms(tree, query.schema)), query.schema.full_text)
        for source in found:
            tree = writer.expanded(tree, source)
        if tree is query.tree:
            return query
        return replace(query, tree=tree, expansions=(*query.expansions, *dict.fromkeys(writer.expansions)))

    def _without_stop_words(self, node: Node) -> Node:
        match node:
            case And(parts, boost) | Or(parts, boost):
                kept = [
                    self._without_stop_words(part)
                    for part in parts
                    if not (isinstance(part, Term) and part.text in self._stop)
                ]
                if not any(True for part in kept for _ in positive_leaves(part)):
                    return node
                same = len(kept) == len(parts) and all(new is old for new, old in zip(kept, parts, strict=True))
                return node if same else type(node)(tuple(kept), boost)
            case AndNot(included, excluded):
                return AndNot(self._without_stop_words(included), excluded)
        return node

    def _found(self, text: str, leaves: Sequence[Leaf]) -> list[_Source]:
        """The sources whose words stand in a row in a query, in any of its spellings."""
        open_ended = [leaf for leaf in leaves if isinstance(leaf, (Prefix, Fuzzy))][:_MOST_OPEN]
        ends: dict[str, list[_Source]] = {}  # by form, sources of one word that it stands for as a prefix or fuzzy word
        found: dict[str, _Source] = {}
        for spelled in _spellings(text):
            self._find(self._words(spelled)[:MAX_WORDS], open_ended, ends, found)
        return sorted(found.values(), key=lambda source: -len(source.words))[:_MOST_SOURCES]

    def _find(
        self,
        typed: Sequence[tuple[str, tuple[str, ...]]],
        open_ended: Sequence[Leaf],
        ends: dict[str, list[_Source]],
        found: dict[str, _Source],
    ) -> None:
        """Adds to the sources `found` those whose words stand in a row among some that were `typed`."""
        for place, (form, terms) in enumerate(typed):
            if form not in ends:
                here = [leaf for leaf in open_ended if _is_typed_as(leaf, form)]
                ends[form] = (
                    [source for source in self._single if _is_open_end(source.words[0], form, here)] if here else []
                )
            begun = [*ends[form], *(source for key in {form, *terms} for source in self._sources.get(key, ()))]
            for source in begun:
                rest = typed[place : place + len(source.words)]
                if len(rest) == len(source.words) and all(
                    word.form == form or not word.terms.isdisjoint(terms) or _is_open_end(word, form, open_ended)
                    for word, (form, terms) in zip(source.words, rest, strict=True)
                ):
                    found.setdefault(source.text, source)
            for number in range(2, _MOST_APART + 1):
                self._find_apart(typed[place : place + number], number, found)

    def _find_apart(self, typed: Sequence[tuple[str, tuple[str, ...]]], number: int, found: dict[str, _Source]) -> None:
        """Adds to the sources `found` those whose word was `typed` as so many: "corona virus"."""
        if len(typed) < number or not all(terms and len(form) >= _LEAST_APART for form, terms in typed):
            return
        joined = "".join(form for form, _ in typed)
        for source in [source for key in {joined, *self._terms(joined)} for source in self._sources.get(key, ())]:
            if len(source.words) == 1:
                words = tuple([_Word(form, frozenset(terms)) for form, terms in typed])
                found.setdefault(source.text, replace(source, words=words, instead=source.words))


def _unquoted(query: ParsedQuery) -> str:
    """The text of a query without what is in quotation marks."""
    text = query.text if query.is_plain else _AND.sub(" ", query.text)
    if not QUOTATION_MARK.search(text):
        return text
    return _QUOTED.sub(" ", read_signs(text, names(query.schema)).text)


def _spellings(text: str) -> list[str]:
    """A text, the same without signs between letters, "covid19" for "covid-19", and with blanks where a Japanese word
    may end."""
    return list(dict.fromkeys([text, _JOINER.sub("", text), SCRIPT_CHANGE.sub(" ", text)]))


def _is_open_end(word: _Word, form: str, leaves: Sequence[Leaf]) -> bool:
    """Whether a form is typed as a prefix or as a fuzzy word that stands for a word."""
    return any(_is_typed_as(leaf, form) and word.fits(leaf) for leaf in leaves)


def _is_typed_as(leaf: Leaf, form: str) -> bool:
    """Whether a form is what was typed for a prefix or fuzzy word."""
    match leaf:
        case Prefix(text=text) | Fuzzy(text=text):
            return text == strip_accents(form)
    return False


class _Writer:
    """Puts synonyms into a tree."""

    def __init__(self, index: Index, typed: frozenset[str], fields: Sequence[str]) -> None:
        self._index = index
        self._typed = typed  # terms that the query looks for anyhow
        self._fields = fields  # those of text
        self.expansions: list[Expansion] = []

    def expanded(self, node: Node, source: _Source) -> Node:
        """The tree with the synonyms of a source beside its words; the tree itself where it has not all of them."""
        match node:
            case And(parts, boost) | Or(parts, boost):
                places = self._places(parts, source)
                if not places:
                    changed = tuple([self.expanded(part, source) for part in parts])
                    same = all(new is old for new, old in zip(changed, parts, strict=True))
                    return node if same else type(node)(changed, boost)
                taken = tuple([parts[place] for place in places])
                one_word = len(source.words) == 1
                base = taken[0] if len(taken) == 1 else Or(taken) if one_word else type(node)(taken)
                beside = self._beside(base, taken, source)
                if beside is base:
                    return node
                kept: list[Node] = [part for place, part in enumerate(parts) if place not in places]
                kept.insert(places[0], beside)
                return kept[0] if len(kept) == 1 and boost == 1 else type(node)(tuple(kept), boost)
            case AndNot(included, excluded):
                return AndNot(self.expanded(included, source), excluded)
            case AndMaybe(first, second) | Require(first, second):
                return type(node)(self.expanded(first, source), self.expanded(second, source))
            case Leaf() if self._places((node,), source):
                return self._beside(node, (node,), source)
        return node

    def _places(self, parts: Sequence[Node], source: _Source) -> list[int]:
        """Where in a group the words of a source are; nowhere if one is missing, or they are not in one field."""
        places: list[int] = []
        for word in source.words:
            found = [
                place
                for place, part in enumerate(parts)
                if isinstance(part, (Term, Phrase, Prefix, Fuzzy)) and part.field in self._fields and word.fits(part)
            ]
            if not found and word.terms:  # a stop word need not be there
                return []
            places += found
        fields = {part.field for place in places if isinstance(part := parts[place], Leaf)}
        return sorted(set(places)) if len(fields) == 1 else []

    def _beside(self, base: Node, taken: Sequence[Node], source: _Source) -> Node:
        leaf = next(part for part in taken if isinstance(part, Leaf))
        idf = sum(self._weight(word, taken) for word in source.instead or source.words)
        beside = tuple([term for part in taken for term in _terms_of(part)])
        others: dict[Node, None] = {}
        for synonym in source.synonyms:
            for terms in synonym.readings:
                if self._typed.issuperset(terms):
                    continue
                rarer = sum(idf_of(self._index, term) for term in terms)
                boost = WEIGHT * leaf.boost * (min(1.0, idf / rarer) if idf and rarer else 1.0)
                if len(terms) == 1:
                    others[Term(leaf.field, terms[0], boost=boost)] = None
                else:
                    others[Phrase(leaf.field, terms, boost=boost)] = None
                self.expansions.append(Expansion(source.text, synonym.text, terms, synonym.line, beside))
        return DisjunctionMax((base, *others)) if others else base

    def _weight(self, word: _Word, taken: Sequence[Node]) -> float:
        """The most that a word of a source may give to a score, but for its boost; all that a prefix or a fuzzy word
        stands for gives 1."""
        if any(isinstance(part, MultiTerm) and word.fits(part) for part in taken):
            return 1.0
        return max((sum(idf_of(self._index, part) for part in term.split()) for term in word.terms), default=0.0)


def _terms_of(node: Node) -> tuple[str, ...]:
    return node.texts if isinstance(node, Term) else node.words if isinstance(node, Phrase) else ()
