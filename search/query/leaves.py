"""What a query tree looks for in the text of articles: what vectors encode, excerpts mark and rankings are fused by."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from indexer.schema import ALL_TEXT, BASE, Schema
from indexer.text.analyzer import query_terms
from indexer.text.markers import MARKERS
from indexer.text.spellings import is_pair
from indexer.text.words import word_forms
from search.query.expansion import Expansion
from search.query.tree import AndNot, Leaf, MultiTerm, Node, Not, Phrase, Prefix, Term, children

MOST_PATTERNS = 20  # of a query with which every word of an article is compared
_SHOWN = 5  # words that a note names


def text_terms(tree: Node, schema: Schema = BASE) -> dict[str, float]:
    """The terms that a tree looks for in the text fields of articles and the sum of their boosts, all above 0; what it
    excludes is not among them."""
    boosts: dict[str, float] = {}
    for leaf in positive_leaves(tree):
        if isinstance(leaf, (Term, Phrase)) and leaf.boost > 0 and leaf.field in schema.full_text:
            for word in leaf.words if isinstance(leaf, Phrase) else (leaf.text, *leaf.also):
                boosts[word] = boosts.get(word, 0.0) + leaf.boost
    return boosts


def marked_terms(tree: Node, schema: Schema, expansions: Collection[Expansion] = ()) -> list[str]:
    """The terms to mark in the text of articles: those of `text_terms`, but for single words of what was not typed, for
    the letters of a word without blanks, and for the figures between the separators of a number."""
    whole = {expansion.terms for expansion in expansions}
    leaves = [
        leaf
        for leaf in positive_leaves(tree)
        if not (
            isinstance(leaf, Phrase)
            and (leaf.words in whole or all(map(is_pair, leaf.words)) or all(map(str.isdigit, leaf.words)))
        )
    ]
    return list(dict.fromkeys(term for leaf in leaves for term in text_terms(leaf, schema)))


def phrases(tree: Node) -> list[list[str]]:
    """The phrases of terms a tree looks for."""
    return [list(leaf.words) for leaf in positive_leaves(tree) if isinstance(leaf, Phrase)]


def patterns(tree: Node, schema: Schema = BASE) -> list[MultiTerm]:
    """What a tree looks for in the text that stands for many words, each once whatever its boost; not more than
    `MOST_PATTERNS` but for prefixes."""
    leaves = [
        replace(leaf, boost=1.0)
        for leaf in positive_leaves(tree)
        if isinstance(leaf, MultiTerm) and leaf.field in schema.full_text
    ]
    found = list(dict.fromkeys(leaves))
    others = [leaf for leaf in found if not isinstance(leaf, Prefix)]
    return [leaf for leaf in found if isinstance(leaf, Prefix)] + others[:MOST_PATTERNS]


def positive_leaves(tree: Node) -> Iterator[Leaf]:
    """The leaves of a tree that are not under a NOT, from the left to the right."""
    if isinstance(tree, Leaf):
        yield tree
    elif isinstance(tree, AndNot):
        yield from positive_leaves(tree.included)
    elif not isinstance(tree, Not):
        for part in children(tree):
            yield from positive_leaves(part)


def typed_forms(text: str, languages: tuple[str, ...]) -> dict[str, str]:
    """The words of a query as typed, by the index terms they can stand for; the first of several with one term."""
    forms: dict[str, str] = {}
    for form in dict.fromkeys(word_forms(text)):
        for term in query_terms(form, languages):
            forms.setdefault(term, form)
    return forms


def as_typed(leaf: Leaf, forms: Mapping[str, str]) -> str:
    """What of a query a leaf was; `forms` are its `typed_forms`."""
    match leaf:
        case Term(text=text):
            return forms.get(text, text.lstrip(MARKERS) or text)
        case Phrase(words=words):
            return " ".join([forms.get(word, word) for word in words])
    return str(leaf).removeprefix(f"{ALL_TEXT}:")


def listed(words: Sequence[str]) -> str:
    """Words in quotation marks, the first few of many."""
    shown = [word if word.startswith('"') else f"'{word}'" for word in dict.fromkeys(words)]
    return ", ".join(shown[:_SHOWN]) + (f" and {len(shown) - _SHOWN} more" if len(shown) > _SHOWN else "")
