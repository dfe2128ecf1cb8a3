"""Korean words with what hangs on them: the archive decides which are the same.

A blank ends no word in Korean. 학생들이 is 학생 with "plural" and "subject", 발표했다 is 발표 with "did", 서울시장 is
서울 with 시장, and whether two words stand apart is for their author to say. Particles are taken off where texts are
indexed (`indexer.text.scripts`); the rest is looked for here, among the words that articles have.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cache, partial
from itertools import islice, product

import numpy as np

from indexer.schema import ALL_TEXT
from indexer.text.scripts import is_hangul, korean_noun
from indexer.text.words import word_forms
from search.query.parser import ParsedQuery
from search.query.tree import Node, Or, Phrase, Term
from search.reader.forms import Form
from search.reader.index import Index
from search.rewriting.named_values import is_anywhere

_MOST_WORDS = 6  # of a query that are looked at
_RARE = 5  # articles that have a word; one that more have is not looked for in others
_LOOKED_AT = 300  # forms that begin with a word
_MOST_OTHERS = 20  # words that one is looked for in
_SHORTEST = 2  # syllables of a word in another, and of a part of one; a syllable alone is part of too many
_SHORTEST_WITHIN = 3  # ... where it is not its beginning
_IN_ANOTHER = 0.25  # what a word weighs in another that it begins
_LONGEST = 14  # syllables of a word that is taken apart
_MOST_PARTS = 4  # words that one is taken apart into, and that are put together
_MOST_WAYS, _MOST_PHRASES = 12, 8  # ways to take one apart that are looked for, and phrases of each
# what follows nouns, beside particles: plural, "is", "does", "becomes", titles
_OF_NOUNS = tuple("들 이다 입니다 이었다 이라는".split())
_ENDINGS = (
    *_OF_NOUNS,
    *"하다 했다 한다 하는 하고 하며 하면 하지 하기 했고 했던 합니다 했습니다".split(),
    *"되다 됐다 된다 되는 되고 되며 됩니다 됐습니다 였다 적 적인 적으로 님 씨 측".split(),
)


def with_endings(index: Index, query: ParsedQuery) -> ParsedQuery:
    """A query of plain words whose Korean words are also looked for with and without their endings, in words that they
    begin or are part of where few articles have them, and apart or in one; the query itself where there are none."""
    parts = query.tree.parts if isinstance(query.tree, Or) and query.tree.boost == 1 else (query.tree,)
    korean = [part for part in parts if isinstance(part, Term) and part.field == ALL_TEXT and _has_hangul(part.text)]
    if not korean or len(korean) > _MOST_WORDS:
        return query
    instead: dict[Node, Node] = {}
    more: list[Node] = []
    same: list[tuple[str, ...]] = []
    for term in korean:
        others = [text for text in _with_other_endings(index, term.text) if text not in term.texts]
        found = replace(term, also=(*term.also, *others))
        if longer := [text for text in _longer(index, found) if text not in found.texts]:
            if any(map(index.doc_freq, found.texts)):
                more.append(Term(ALL_TEXT, longer[0], tuple(longer[1:]), boost=term.boost * _IN_ANOTHER))
            else:
                found = replace(found, also=(*found.also, *longer))
        if others or longer:
            instead[term] = found
            same.append((*found.texts, *longer))
    apart = [phrase for term in korean for phrase in _in_several(index, term.text)]
    more += [node for node in (*_together(index, query.text), *apart) if node not in parts]
    if not instead and not more:
        return query
    nodes = [*(instead.get(part, part) for part in parts), *dict.fromkeys(more)]
    tree = Or(tuple(nodes)) if len(nodes) > 1 else nodes[0]
    return replace(query, tree=tree, one_word=(*query.one_word, *same))


def _has_hangul(word: str) -> bool:
    return not word.isascii() and any(map(is_hangul, word))


def _with_other_endings(index: Index, word: str) -> list[str]:
    """The terms, as articles have them, of a word with another ending than it was typed with, or without."""
    found = [*_stems(word), *(word + ending for ending in (_ENDINGS if len(word) >= _SHORTEST else _OF_NOUNS))]
    return [term for term in dict.fromkeys(found) if index.doc_freq(term)]


def _longer(index: Index, word: Term) -> list[str]:
    """The terms of the words that a rare one begins, or else of those that it is within."""
    text = word.text
    if len(text) < _SHORTEST or sum(map(index.doc_freq, word.texts)) > _RARE:
        return []
    found = _commonest(list(islice(index.forms.with_prefix(text), _LOOKED_AT)), text)
    if len(text) >= _SHORTEST_WITHIN and not found and not any(map(index.doc_freq, word.texts)):
        found = _commonest(_within(index, text), text)
    return [term for term in dict.fromkeys(found) if index.doc_freq(term)]


def _stems(word: str) -> Iterator[str]:
    """A word without its ending, and that without the particle which is then its end."""
    for length in range(1, len(word)):
        stem, ending = word[:-length], word[-length:]
        if ending in (_ENDINGS if len(stem) >= _SHORTEST else _OF_NOUNS):
            yield stem
            yield korean_noun(stem)


def _commonest(forms: Sequence[Form], text: str) -> list[str]:
    """The terms with a text of the forms that occur most often."""
    terms = [form.term for form in sorted(forms, key=lambda form: -form.count) if text in form.term]
    return terms[:_MOST_OTHERS]


def _within(index: Index, text: str) -> list[Form]:
    """The forms that a text is within."""
    keys = index.forms.vocabulary().keys
    places = [match.start() for match in islice(re.finditer(re.escape(text.encode()), keys.blob.data), _LOOKED_AT)]
    numbers = np.unique(np.searchsorted(keys.start, places, side="right") - 1).tolist()
    return [form for number in numbers if text in keys[number] for form in index.forms.spelled(keys[number])]


def _together(index: Index, text: str) -> Iterator[Term]:
    """Words that stand next to each other, where articles have them in one."""
    forms = word_forms(text)
    for first in range(len(forms)):
        for last in range(first + 2, min(len(forms), first + _MOST_PARTS) + 1):
            if not all(map(is_hangul, forms[first:last])):
                break
            together = korean_noun("".join(forms[first:last]))
            if index.doc_freq(together):
                yield Term(ALL_TEXT, together)


def in_other_forms(index: Index, form: str) -> Iterator[Term | Phrase]:
    """What a Korean word in lower case is looked for as beside itself where articles have that, see `with_endings`."""
    word = korean_noun(form)
    if is_hangul(word):
        found = _with_other_endings(index, word)
        for term in found or _longer(index, Term(ALL_TEXT, word)):
            yield Term(ALL_TEXT, term)
        yield from _in_several(index, word)


def _in_several(index: Index, word: str) -> Iterator[Phrase]:
    """A rare Korean word as several, where articles have these next to each other: the first way that they have."""
    if is_hangul(word) and len(word) <= _LONGEST and index.doc_freq(word) <= _RARE:
        terms_of = cache(partial(_terms_of_part, index))
        ways = islice(_parts(terms_of, word, _MOST_PARTS), _MOST_WAYS)
        phrases = (Phrase(ALL_TEXT, terms) for way in ways for terms in islice(product(*way), _MOST_PHRASES))
        yield from islice((phrase for phrase in phrases if is_anywhere(index, phrase)), 1)


def _parts(terms_of: Callable[[str, bool], Sequence[str]], word: str, most: int) -> Iterator[tuple[Sequence[str], ...]]:
    """A word as several that articles have, at most so many and the first as long as can be; each with the terms that
    it has, with endings or without."""
    for cut in range(len(word) - 1, 0, -1):
        first = terms_of(word[:cut], False)
        if first:
            if last := terms_of(word[cut:], True):
                yield first, last
            if most > 2:
                yield from ((first, *rest) for rest in _parts(terms_of, word[cut:], most - 1))


def _terms_of_part(index: Index, part: str, is_last: bool) -> Sequence[str]:
    """The terms of a part of a word, of which a syllable alone is one only at the end; a long or the last one may go
    on."""
    if len(part) < _SHORTEST and not is_last:
        return []
    found = [term for term in dict.fromkeys((part, korean_noun(part))) if index.doc_freq(term)]
    found += [term for term in _with_other_endings(index, part) if term not in found]
    if not found and len(part) >= (_SHORTEST if is_last else _SHORTEST_WITHIN):
        found = _commonest(list(islice(index.forms.with_prefix(part), _LOOKED_AT)), part)[:_MOST_PHRASES]
        found = [term for term in dict.fromkeys(found) if index.doc_freq(term)]
    return found
