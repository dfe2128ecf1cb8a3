"""Words of a query that articles write as two, and two words that they write as one: the archive decides.

"redbull" is looked for as "red bull" too, and "star liner" as "starliner", where articles have them so. What is written
as it was typed comes first.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise

from indexer.text.markers import SIGNED
from indexer.text.spellings import is_pair, letters
from indexer.text.words import word_forms
from search.query.parser import ParsedQuery
from search.query.tree import And, Node, Or, Phrase, Term, map_children, with_boost
from search.query.typed_words import common, is_stop_word, word
from search.reader.index import Index, idf_of, word_idf_of
from search.rewriting.hangul import with_endings
from search.rewriting.named_values import is_anywhere
from search.rewriting.runs import in_parts

MOST_WORDS = 4  # of a query that is looked at; a longer one has enough words to go by
RARE = 5  # articles that have a word; one that more have is not taken apart
OTHERWISE_BOOST = 0.8  # of what a word is written as otherwise, beside itself
_SHORTEST = 2  # letters of a part
_LEAST_TOGETHER = 5  # letters of a word that is taken apart where it has no figures
_MOST_TOGETHER = 40  # of a longer one there are too many parts to look for
_AND = "n"  # as it is written between apostrophes
_FIGURES_OR_NOT = re.compile(r"\d+|[^\d']+")


def as_spelled(index: Index, query: ParsedQuery) -> ParsedQuery:
    """A query of plain words with what these may also be written as; the query itself where there is nothing."""
    if not query.is_plain:
        return query
    query, forms = with_endings(index, in_parts(index, query)), word_forms(query.text)
    if not forms or len(forms) > MOST_WORDS:
        return query
    languages = index.languages()
    others: list[Node] = []
    one_word: list[tuple[str, ...]] = []
    for typed, otherwise in _otherwise(index, forms, languages):
        others += [with_boost(node, _boost(index, typed, node)) for node in otherwise]
        if len(typed) == 1:  # of several words an article has to have enough
            one_word.append(tuple(dict.fromkeys(text for node in (*typed, *otherwise) for text in _texts(node))))
    tree = _with_parts(index, query.tree)
    if not index.forms.complete:
        tree = _letter_by_letter(tree)
    if others:
        parts = tree.parts if isinstance(tree, Or) and tree.boost == 1 else (tree,)
        tree = Or((*parts, *(node for node in dict.fromkeys(others) if node not in parts)))
    return query if tree is query.tree else replace(query, tree=tree, one_word=(*query.one_word, *one_word))


def _otherwise(
    index: Index, forms: Sequence[str], languages: tuple[str, ...]
) -> Iterator[tuple[Sequence[Node], Sequence[Node]]]:
    """The words of a query that articles write otherwise, each as typed and as it is written."""
    for first, second in pairwise(forms):
        if first.isalnum() and second.isalnum():
            yield from _together(index, (first, second), first + second, languages)
    for first, between, second in zip(forms, forms[1:], forms[2:], strict=False):
        if between.strip("'") == _AND:
            yield from _together(index, (first, between, second), f"{first}'{_AND}'{second}", languages)
    for form in forms:
        if apart := list(_apart(index, form, languages)):
            yield word(form, languages)[:1], apart


def _together(
    index: Index, forms: Sequence[str], written: str, languages: tuple[str, ...]
) -> Iterator[tuple[Sequence[Node], Sequence[Node]]]:
    """Some words, and the one that articles write them as: a stem of that which is one of theirs is nothing new."""
    typed = [node for form in forms for node in word(form, languages)[:1]]
    node = _known(index, written, languages)
    if node is None:
        return
    own = {text for of in typed for text in of.texts}
    first, *also = [text for text in (node.text, *node.also) if text not in own] or [""]
    together = replace(node, text=first, also=tuple(also))
    if first and _doc_freq(index, together):
        yield typed, (together,)


def _boost(index: Index, typed: Sequence[Node], otherwise: Node) -> float:
    """What weighs a spelling so that it counts for less than what was typed, which no article may have."""
    of_typed, of_other = (sum(word_idf_of(index, _texts(node)) for node in nodes) for nodes in (typed, [otherwise]))
    if isinstance(otherwise, (Phrase, And)):
        of_other = sum(idf_of(index, text) for text in _texts(otherwise))
    return OTHERWISE_BOOST * min(1.0, of_typed / of_other) if of_typed and of_other else 1.0


def _texts(node: Node) -> tuple[str, ...]:
    """The terms that a node looks for."""
    match node:
        case Term():
            return node.texts
        case Phrase(words=words):
            return words
        case And(parts):
            return tuple([text for part in parts for text in _texts(part)])
    return ()


def is_known_otherwise(index: Index, query: ParsedQuery, form: str) -> bool:
    """Whether articles write a word of a query as two, or in one with the word beside it."""
    return next(_written_otherwise(index, query, form), None) is not None


def in_a_row(index: Index, query: ParsedQuery, form: str) -> int:
    """How many articles write a word of a query as two in a row, or in one with the word beside it."""
    nodes = [node for node in _written_otherwise(index, query, form) if not isinstance(node, And)]
    return sum(len(index.match(ParsedQuery("", node, False, ()), None, [])) for node in nodes)


def _written_otherwise(index: Index, query: ParsedQuery, form: str) -> Iterator[Node]:
    languages = index.languages()
    yield from _apart(index, form, languages)
    for pair in _pairs_with(query.text).get(form, ()):
        for _, together in _together(index, pair, "".join(pair), languages):
            yield from together


@lru_cache(maxsize=64)
def _pairs_with(text: str) -> Mapping[str, Sequence[tuple[str, str]]]:
    """By the words of a text the neighbours that they are among, made once for all words of a query."""
    found: dict[str, list[tuple[str, str]]] = {}
    for pair in dict.fromkeys(pairwise(word_forms(text))):
        if all(map(str.isalnum, pair)):
            for form in set(pair):
                found.setdefault(form, []).append(pair)
    return found


def _letter_by_letter(node: Node) -> Node:
    """A tree in which pairs of letters are also looked for as letters next to each other, which is how an older version
    has indexed them."""
    if isinstance(node, Term) and is_pair(node.text):
        return Or((node, Phrase(node.field, letters(node.text), boost=node.boost)))
    if isinstance(node, Phrase) and all(map(is_pair, node.words)):
        first, *rest = map(letters, node.words)
        return Or((node, replace(node, words=(*first, *[pair[-1] for pair in rest]))))
    return map_children(_letter_by_letter, node)


def _known(index: Index, form: str, languages: tuple[str, ...]) -> Term | None:
    """The node of a word that articles have."""
    nodes = word(form, languages)
    return nodes[0] if nodes and any(map(index.doc_freq, (nodes[0].text, *nodes[0].also))) else None


def _doc_freq(index: Index, node: Term) -> int:
    return sum(map(index.doc_freq, node.texts))


def _apart(index: Index, form: str, languages: tuple[str, ...]) -> Iterator[Node]:
    """The words that a rare one is written as in articles, next to each other."""
    if len(form) > _MOST_TOGETHER or is_stop_word(form, languages):
        return
    nodes = word(form, languages)
    if not nodes or _doc_freq(index, nodes[0]) > RARE:
        return
    for parts in _parts(form):
        article = parts[0] if is_stop_word(parts[0], languages) else ""  # "lapaz", "thehague"
        known = [_known(index, part, languages) for part in parts[bool(article) :]]
        if not all(known):
            continue
        terms = [node for node in known if node is not None]
        beside: Node = Phrase(nodes[0].field, tuple([term.text for term in terms])) if len(terms) > 1 else terms[0]
        if article:  # which has no place in a phrase
            beside = And((common(article, languages), beside))
        if is_anywhere(index, beside):
            yield beside


def _parts(form: str) -> Iterator[Sequence[str]]:
    """The words that one may be made of: at its apostrophes, between letters and figures, or anywhere in it."""
    if "'" in form.strip("'"):
        yield form.strip("'").split("'")
    elif len(parts := _FIGURES_OR_NOT.findall(form)) == 2:
        yield parts
    elif len(parts) == 1 and not form[0].isdigit() and len(form) >= _LEAST_TOGETHER:
        for cut in range(_SHORTEST, len(form) - _SHORTEST + 1):
            if unicodedata.category(form[cut])[0] != "M":
                yield form[:cut], form[cut:]


def _with_parts(index: Index, tree: Node) -> Node:
    """A tree in which words with signs that no article has so are looked for without their signs."""
    parts: Sequence[Node] = tree.parts if isinstance(tree, Or) else (tree,)
    changed = [_without_signs(index, part) for part in parts]
    if all(a is b for a, b in zip(parts, changed, strict=True)):
        return tree
    return replace(tree, parts=tuple(changed)) if isinstance(tree, Or) else changed[0]


def _without_signs(index: Index, part: Node) -> Node:
    if not isinstance(part, Term) or not part.text.startswith(SIGNED) or index.doc_freq(part.text):
        return part
    nodes = [node for form in word_forms(part.text) for node in word(form, index.languages(), part.field)]
    return Or(tuple(nodes)) if len(nodes) > 1 else nodes[0] if nodes else part
