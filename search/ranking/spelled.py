"""Words of a query that articles write as two, and two words that they write as one: the archive decides.

"redbull" is looked for as "red bull" too, and "star liner" as "starliner", where articles have them so.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from indexer.text.markers import SIGNED
from indexer.text.spellings import is_pair, letters
from indexer.text.words import word_forms
from search.query.parser import ParsedQuery
from search.query.tree import Node, Or, Phrase, Term, map_children
from search.query.typed_words import word
from search.ranking.runs import in_parts
from search.reader.index import Index

MOST_WORDS = 4  # of a query that is looked at; a longer one has enough words to go by
RARE = 5  # articles that have a word; one that more have is not taken apart
_SHORTEST = 3  # letters of a part
_LEAST_TOGETHER = 6  # letters of a word that is taken apart
_MOST_TOGETHER = 40  # of a longer one there are too many parts to look for


def as_spelled(index: Index, query: ParsedQuery) -> ParsedQuery:
    """A query of plain words with what these may also be written as; the query itself where there is nothing."""
    if not query.is_plain:
        return query
    query, forms = in_parts(index, query), word_forms(query.text)
    if not forms or len(forms) > MOST_WORDS:
        return query
    languages = index.languages()
    others: list[Node] = []
    for first, second in pairwise(forms):
        if first.isalnum() and second.isalnum() and (together := _known(index, first + second, languages)):
            others.append(together)
    for form in forms:
        others += _apart(index, form, languages)
    tree = _with_parts(index, query.tree)
    if not index.forms.complete:
        tree = _letter_by_letter(tree)
    if others:
        parts = tree.parts if isinstance(tree, Or) and tree.boost == 1 else (tree,)
        tree = Or((*parts, *(node for node in dict.fromkeys(others) if node not in parts)))
    return query if tree is query.tree else replace(query, tree=tree)


def is_known_otherwise(index: Index, query: ParsedQuery, form: str) -> bool:
    """Whether articles write a word of a query as two, or in one with the word beside it."""
    languages = index.languages()
    if next(_apart(index, form, languages), None) is not None:
        return True
    beside = [pair for pair in pairwise(word_forms(query.text)) if form in pair and all(map(str.isalnum, pair))]
    return any(_known(index, "".join(pair), languages) for pair in beside)


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
    """The two words that a rare one is written as in articles, next to each other."""
    if not _LEAST_TOGETHER <= len(form) <= _MOST_TOGETHER or not form.isalpha():
        return
    nodes = word(form, languages)
    if not nodes or _doc_freq(index, nodes[0]) > RARE:
        return
    for cut in range(_SHORTEST, len(form) - _SHORTEST + 1):
        if (first := _known(index, form[:cut], languages)) and (second := _known(index, form[cut:], languages)):
            phrase = Phrase(nodes[0].field, (first.text, second.text))
            if len(index.match(_only(phrase), None, [])):
                yield phrase


def _only(node: Node) -> ParsedQuery:
    return ParsedQuery("", node, False, ())


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
