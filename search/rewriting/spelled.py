"""Words of a query that articles write as several, and several words that they write as one: the archive decides.

"redbull" is looked for as "red bull" too, "star liner" as "starliner", and "N.A.T.O." as "NATO", where articles have
them so. What is written as it was typed comes first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

from indexer.text.markers import SIGNED, SPELLED
from indexer.text.spellings import is_pair, letters
from indexer.text.words import UNIT, normalize, word_forms
from search.query.leaves import listed, positive_leaves
from search.query.parser import ParsedQuery
from search.query.tree import And, Node, Or, Phrase, Term, boost_of, map_children, with_boost
from search.query.typed_words import common, word
from search.query.whole_names import signed_words
from search.reader.index import Index, idf_of, word_idf_of
from search.rewriting.apart import Apart, apart, in_two
from search.rewriting.compounds import in_words
from search.rewriting.figures import grouped, in_groups, models, with_units
from search.rewriting.hangul import in_other_forms, with_endings
from search.rewriting.runs import in_parts

MOST_WORDS = 4  # of a query each of which is looked at; of a longer one those are that no article has
RARE = 5  # articles that have a word; one that more have is not taken apart
OTHERWISE_BOOST = 0.8  # of what a word is written as otherwise, beside itself
IN_A_ROW_BOOST = 1.25  # of figures and letters in one, or in a row, beside what they weigh wherever they are
_MOST_LOOKED_AT = 24  # words of a query in which those that no article has are looked for
_MOST_CHARS = 1000  # of a query of whose words it is said whether articles write them as several
_MOST_UNKNOWN = 4  # ... that are taken apart and put together with those beside them
_MOST_LETTERS = 8  # of an acronym
_AND = "n"  # as it is written between apostrophes
_UNIT = re.compile(UNIT)
_ACRONYM = re.compile(r"(?<![\w.'])[^\W\d_](?:\.[^\W\d_])+(?![\w'])")  # with points, "n.a.t.o"


class Written(NamedTuple):
    """Some words of a query and what articles write them as."""

    typed: Sequence[Node]
    otherwise: Sequence[Node]
    in_a_row: bool = False  # figures and letters, which mean little unless they stand together


def as_spelled(index: Index, query: ParsedQuery) -> ParsedQuery:
    """A query of plain words with what these may also be written as; the query itself where there is nothing."""
    if not query.is_plain:
        return query
    query, forms = with_endings(index, in_parts(index, query)), word_forms(query.text)
    if not 0 < len(forms) <= _MOST_LOOKED_AT:
        return query
    languages = index.languages()
    if len(forms) > MOST_WORDS:
        query = _with_other_blanks(index, query, forms, languages)
    others: list[Node] = []
    one_word: list[tuple[str, ...]] = []
    for written in _otherwise(index, query.text, forms, languages):
        others += [with_boost(node, boost_of(node) * _boost(index, written, node)) for node in written.otherwise]
        if len(written.typed) == 1:  # of several words an article has to have enough
            one_word.append(_texts_of([*written.typed, *written.otherwise]))
    tree = _with_parts(index, query.tree)
    if tree is not query.tree:
        query = replace(query, notes=(*query.notes, *_missing_with_signs(index, query)))
    if not index.forms.complete:
        tree = _letter_by_letter(tree)
    for acronym in _acronyms(index, query.text, forms, languages):
        tree = _instead(tree, acronym.typed, acronym.otherwise)
        one_word.append(_texts_of([*acronym.typed, *acronym.otherwise]))
    if others:
        parts = tree.parts if isinstance(tree, Or) and tree.boost == 1 else (tree,)
        tree = Or((*parts, *(node for node in dict.fromkeys(others) if node not in parts)))
    return query if tree is query.tree else replace(query, tree=tree, one_word=(*query.one_word, *one_word))


def _with_other_blanks(
    index: Index, query: ParsedQuery, forms: Sequence[str], languages: tuple[str, ...]
) -> ParsedQuery:
    """A query of many words in which some that no article has are written as articles write their letters: in one with
    the word beside them, with the blank between them somewhere else, or as several."""
    longer = [form for form in dict.fromkeys(forms) if len(form) > 1]
    for form in [form for form in longer if _is_unknown(index, form, languages)][:_MOST_UNKNOWN]:
        ways: list[tuple[tuple[str, ...], Apart]] = []
        for run in [run for run in _runs_of(forms, 2) if form in run]:
            node = _known(index, "".join(run), languages)
            ways += [(run, Apart(("".join(run),), node))] if node is not None else []
            ways += [(run, way) for way in in_two(index, "".join(run))]
        ways += [((form,), way) for way in apart(index, form)]
        ways = [(typed, way) for typed, way in ways if not isinstance(way.node, And)]
        if ways:
            typed, way = max(ways, key=lambda of: _count(index, of[1].node))
            text = re.sub(_in_a_row(typed), " ".join(way.words), query.text, count=1, flags=re.IGNORECASE)
            of_typed, of_written = (
                [node for part in of for node in word(part, languages)] for of in (typed, way.words)
            )
            query = replace(query, text=text, tree=_instead(query.tree, of_typed, of_written))
            forms = word_forms(text)
    return query


def _count(index: Index, node: Node) -> int:
    """How many articles match."""
    return len(index.match(ParsedQuery("", node, False, ()), None, []))


def _in_a_row(forms: Sequence[str]) -> str:
    """The expression of some words in lower case with nothing but a blank or a sign between them."""
    return r"(?<!\w)" + r"\W+".join(map(re.escape, forms)) + r"(?!\w)"


def _otherwise(index: Index, text: str, forms: Sequence[str], languages: tuple[str, ...]) -> Iterator[Written]:
    """The words of a query that articles write otherwise, each as typed and as it is written: of a long query only
    numbers."""
    numbers = [(run, nodes) for run, nodes in in_groups(index, forms) if nodes]
    if len(forms) <= MOST_WORDS:
        numbers += with_units(index, text)
    for run, nodes in numbers:
        yield Written(_nodes_of(run, languages), nodes, in_a_row=True)
    if len(forms) > MOST_WORDS:
        return
    in_numbers, acronyms = {form for run, _ in numbers for form in run}, _letters_in(text, forms)
    for run in [run for n in range(2, MOST_WORDS + 1) for run in _runs_of(forms, n)]:
        if not in_numbers.issuperset(run) and run not in acronyms:
            yield from _together(index, run, "".join(run), languages, text)
        if moved := _moved(index, run, languages):
            yield Written(_nodes_of(run, languages), moved)
    for first, between, second in zip(forms, forms[1:], forms[2:], strict=False):
        if between.strip("'") == _AND:
            yield from _together(index, (first, between, second), f"{first}'{_AND}'{second}", languages, text)
    for form in forms:
        if otherwise := _in_other_words(index, form, languages):
            yield Written(_nodes_of([form], languages), otherwise)


def _nodes_of(forms: Sequence[str], languages: tuple[str, ...]) -> list[Term]:
    """The nodes of words as they are typed; none for stop words."""
    return [node for form in forms for node in word(form, languages)[:1]]


def _runs_of(forms: Sequence[str], n: int) -> list[tuple[str, ...]]:
    """The runs of so many words of a query that may be one; a letter that is a word of its own is joined to one."""
    runs = [tuple(forms[start : start + n]) for start in range(len(forms) - n + 1)]
    return [run for run in runs if all(map(str.isalnum, run)) and (n == 2 or not any(map(_UNIT.match, run)))]


def _together(
    index: Index, forms: Sequence[str], written: str, languages: tuple[str, ...], text: str
) -> Iterator[Written]:
    """Some words of a text, and the one that articles write them as: a stem of that which is one of theirs is nothing
    new."""
    typed, node = _nodes_of(forms, languages), _known(index, written, languages)
    is_meant = bool(typed)
    if node is None or (len(forms) == 2 and is_meant and not any(map(index.doc_freq, (node.text, *node.also)))):
        return  # two words of one with a sign between them are as good as it
    if not is_meant:  # stop words, which are meant where articles have them in one: will.i.am
        typed = [common(form, languages) for form in forms]
        node = replace(node, text=SPELLED + node.text, also=tuple([SPELLED + text for text in node.also]))
    own = {text for of in typed for text in _texts(of)}
    first, *also = [text for text in (node.text, *node.also) if text not in own] or [""]
    together = replace(node, text=first, also=tuple(also))
    if first and _doc_freq(index, together):
        in_a_row = any(map(str.isdecimal, forms)) if is_meant else ".".join(forms) in text.lower()
        yield Written(typed, [together], in_a_row=in_a_row and len(forms) > 2)


def _moved(index: Index, run: Sequence[str], languages: tuple[str, ...]) -> list[Node]:
    """The two words that two, of which no article has one, are with the blank between them somewhere else."""
    if len(run) != 2 or not any(_is_unknown(index, form, languages) for form in run):
        return []
    return [way.node for way in in_two(index, "".join(run))]


def _in_other_words(index: Index, form: str, languages: tuple[str, ...]) -> list[Node]:
    """What a rare word is written as in articles: several next to each other, groups of figures, a longer name."""
    nodes = word(form, languages)
    if not nodes or _doc_freq(index, nodes[0]) > RARE:
        return []
    found = [*(way.node for way in apart(index, form)), *models(index, form)]
    if _doc_freq(index, nodes[0]):
        return found
    return [*found, *grouped(index, form)] or list(in_words(index, form))


def _letters_in(text: str, forms: Sequence[str]) -> dict[tuple[str, ...], bool]:
    """The letters of a query that may be acronyms, those with points between them and three or more in a row, the most
    first; and whether they have points."""
    if sum(len(form) == 1 for form in forms) < 2:  # as in most queries
        return {}
    pointed = [tuple(found[0].split(".")) for found in _ACRONYM.finditer(text.lower())] if "." in text else []
    runs = [run for n in range(3, _MOST_LETTERS + 1) for run in _runs_of(forms, n) if len("".join(run)) == n]
    found = sorted((run for run in (*pointed, *runs) if "".join(run).isalpha()), key=len, reverse=True)
    return {run: run in pointed for run in found if not any(map(_UNIT.match, run))}


def _acronyms(index: Index, text: str, forms: Sequence[str], languages: tuple[str, ...]) -> Iterator[Written]:
    """The letters of a query that articles write as one word, and what is looked for in their place."""
    for run, is_pointed in _letters_in(text, forms).items():
        node, typed = _known(index, "".join(run), languages), _nodes_of(run, languages)
        if node is None:
            continue
        if len(typed) < 2:
            yield Written(typed, [node])
            continue
        apart = Phrase(node.field, tuple([of.text for of in typed]))
        if is_pointed:
            yield Written(typed, [node, with_boost(apart, _boost(index, Written([node], [apart]), apart))])
        else:
            yield Written(typed, [apart, with_boost(node, _boost(index, Written(typed, [node]), node))])


def _instead(tree: Node, typed: Sequence[Node], otherwise: Sequence[Node]) -> Node:
    """A tree of plain words with other nodes in the place of some."""
    parts = tree.parts if isinstance(tree, Or) and tree.boost == 1 else (tree,)
    gone = {text for node in typed for text in _texts(node)}
    rest = [part for part in parts if not (isinstance(part, Term) and part.text in gone) and part not in otherwise]
    return Or((*otherwise, *rest))


def _boost(index: Index, written: Written, otherwise: Node) -> float:
    """What weighs a spelling so that it counts for less than what was typed, which no article may have; for more where
    this means little unless it stands together, of which a word that no article has is as much as all of it."""
    each = [word_idf_of(index, _texts(node)) for node in written.typed]
    of_typed, of_other = sum(each), word_idf_of(index, _texts(otherwise))
    if isinstance(otherwise, (Phrase, And)):
        of_other = sum(idf_of(index, text) for text in _texts(otherwise))
    if not of_other or not (of_typed or written.in_a_row):
        return 1.0
    if written.in_a_row:
        return IN_A_ROW_BOOST * max(1.0, of_typed / of_other + each.count(0.0))
    return OTHERWISE_BOOST * min(1.0, of_typed / of_other)


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


def _texts_of(nodes: Sequence[Node]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for node in nodes for text in _texts(node)))


def in_several_words(index: Index, text: str) -> list[str]:
    """A text with each of its words in turn as those that articles write for it: what rules for these words hold for,
    too. Of a text of many words nothing."""
    forms = word_forms(text)
    if len(forms) > MOST_WORDS:
        return []
    ways = [(place, way) for place, form in enumerate(forms) for way in apart(index, form)]
    return [" ".join([*forms[:place], *way.words, *forms[place + 1 :]]) for place, way in ways]


def is_known_otherwise(index: Index, query: ParsedQuery, form: str) -> bool:
    """Whether articles write a word of a query as several, or in one with the words beside it."""
    return next(_written_otherwise(index, query, form), None) is not None


def in_a_row(index: Index, query: ParsedQuery, form: str) -> tuple[int, int]:
    """How many articles write a word of a query as several in a row, or in one with the words beside it; and how many
    have a word and the stop word that it may be together, wherever they have them."""
    nodes = list(_written_otherwise(index, query, form))
    anywhere = [isinstance(node, And) for node in nodes]
    counts = [_count(index, node) for node in nodes]
    return sum(n for n, apart in zip(counts, anywhere, strict=True) if not apart), sum(
        n for n, apart in zip(counts, anywhere, strict=True) if apart
    )


def _written_otherwise(index: Index, query: ParsedQuery, form: str) -> Iterator[Node]:
    languages = index.languages()
    if len(query.text) <= _MOST_CHARS:
        yield from _in_other_words(index, form, languages)
    yield from in_other_forms(index, form)
    for run in _runs_with(query.text).get(form, ()):
        for written in _together(index, run, "".join(run), languages, query.text):
            yield from written.otherwise
        yield from _moved(index, run, languages)


@lru_cache(maxsize=64)
def _runs_with(text: str) -> Mapping[str, Sequence[tuple[str, ...]]]:
    """By the words of a text the runs that they are in, made once for all words of a query."""
    forms = word_forms(text)[:_MOST_LOOKED_AT]
    most = MOST_WORDS if len(forms) <= MOST_WORDS else 2
    found: dict[str, list[tuple[str, ...]]] = {}
    runs = [run for n in range(2, most + 1) for run in _runs_of(forms, n)]
    runs += [run for n in range(most + 1, _MOST_LETTERS + 1) for run in _runs_of(forms, n) if len("".join(run)) == n]
    for run in dict.fromkeys(runs):
        for form in set(run):
            found.setdefault(form, []).append(run)
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
    """The node of a word that articles have, or are taken to have for another spelling."""
    nodes = word(form, languages)
    return nodes[0] if nodes and _doc_freq(index, nodes[0]) else None


def _doc_freq(index: Index, node: Term) -> int:
    return sum(map(index.doc_freq, node.texts))


def _is_unknown(index: Index, form: str, languages: tuple[str, ...]) -> bool:
    """Whether a word is none that articles have, and no stop word."""
    nodes = word(form, languages)
    return bool(nodes) and not any(map(index.doc_freq, nodes[0].texts))


def _with_parts(index: Index, tree: Node) -> Node:
    """A tree in which words with signs that no article has so are looked for without their signs."""
    parts: Sequence[Node] = tree.parts if isinstance(tree, Or) else (tree,)
    changed = [_without_signs(index, part) for part in parts]
    if all(a is b for a, b in zip(parts, changed, strict=True)):
        return tree
    return replace(tree, parts=tuple(changed)) if isinstance(tree, Or) else changed[0]


def _missing_with_signs(index: Index, query: ParsedQuery) -> Iterator[str]:
    """What is said of words with signs that no article has so, neither as the name of something: that "C#" is looked
    for as "C", which is something else."""
    sought = {text for leaf in positive_leaves(query.tree) if isinstance(leaf, Term) for text in leaf.texts}
    text = normalize(query.text)
    for first, last, signed in signed_words(text):
        if f"{SIGNED}{signed}" not in sought or index.doc_freq(f"{SIGNED}{signed}"):
            continue
        known = [form for form in word_forms(text[first:last]) if _known(index, form.lower(), index.languages())]
        if known and not index.named(signed, index.schema.names, whole=True):
            yield f"no article has '{text[first:last]}' as it is written: searched for {listed(known)}"


def _without_signs(index: Index, part: Node) -> Node:
    if not isinstance(part, Term) or not part.text.startswith(SIGNED) or index.doc_freq(part.text):
        return part
    nodes = [node for form in word_forms(part.text) for node in word(form, index.languages(), part.field)]
    return Or(tuple(nodes)) if len(nodes) > 1 else nodes[0] if nodes else part
