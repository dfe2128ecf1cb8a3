"""Runs of letters without blanks that no article has as they are typed: as articles spell them in katakana, or the
longest parts that articles have.

Who writes Chinese, Japanese, Thai, Lao, Khmer or Burmese puts no blank between words, so that one run may be several
words, or one with a slip in it. "量子力学入門" is looked for as "量子力学" and "入門" where no article has it in one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from typing import TypeGuard
from weakref import WeakKeyDictionary

from indexer.schema import ALL_TEXT
from indexer.text.han_variants import variants
from indexer.text.spellings import is_pair, letters
from indexer.text.words import strip_accents
from search.query.leaves import listed, positive_leaves
from search.query.parser import ParsedQuery
from search.query.tree import Node, Or, Phrase, Term
from search.query.typed_words import IDEOGRAPH, pairs_of, run_node, runs_of_letters
from search.reader.index import Index
from search.rewriting.katakana import other_spellings
from search.rewriting.named_values import is_anywhere

_MOST_RUNS = 4  # of a query that are looked at
_MOST_TRIED = 60  # parts of one run that are looked for
_MOST_KNOWN = 1000  # runs of one index of which is kept whether it has them; then all are forgotten
_SHORTEST = 3  # letters of a part, but of ideographs, of which two are a word

_KNOWN: WeakKeyDictionary[Index, dict[tuple[str, ...], bool]] = WeakKeyDictionary()  # by the pairs of a run


def is_run(node: Node) -> TypeGuard[Phrase]:
    """Whether a node is a run of three letters or more that are words of their own."""
    return isinstance(node, Phrase) and all(map(is_pair, node.words))


def has_run(index: Index, run: Phrase) -> bool:
    """Whether an article has a run. Looked for once: searching for it and saying that none has it both ask."""
    if not all(map(index.doc_freq, run.words)):
        return False
    known = _KNOWN.setdefault(index, {})
    found = known.get(run.words)
    if found is None:
        if len(known) >= _MOST_KNOWN:
            known.clear()
        found = known[run.words] = is_anywhere(index, Phrase(run.field, run.words))
    return found


def in_parts(index: Index, query: ParsedQuery) -> ParsedQuery:
    """A query of plain words with another spelling in katakana of runs which no article has, or the parts that articles
    have of them, where these are half of the run; the query itself where there are none. A note says what was searched
    for."""
    parts = query.tree.parts if isinstance(query.tree, Or) and query.tree.boost == 1 else (query.tree,)
    runs = [part for part in parts if is_run(part)][:_MOST_RUNS]
    if not runs or not index.forms.complete:  # else pairs of letters are not all in the index
        return query
    unknown = [run for run in runs if not has_run(index, run)]
    spelled = {run: other for run in unknown if (other := _spelled(index, run))}
    instead: dict[Phrase, list[Node]] = {run: [run_node(units, run.field)] for run, units in spelled.items()}
    instead |= {run: found for run in unknown if run not in spelled and (found := _found_of(index, run))}
    if not instead:
        return query
    nodes = [node for part in parts for node in (instead.get(part, [part]) if isinstance(part, Phrase) else [part])]
    tree = Or(tuple(dict.fromkeys(nodes))) if len(nodes) > 1 else nodes[0]
    written = {strip_accents(unit.lower()): unit for run in runs_of_letters(query.text) for unit in run}
    notes = []
    for run, found in instead.items():
        whole = "".join(map(written.__getitem__, _units(run)))
        if run in spelled:
            notes.append(f"no article has '{whole}': searched for '{''.join(spelled[run])}'")
        else:
            those = ["".join(map(written.__getitem__, _units(node))) for node in found]
            notes.append(f"no article has '{whole}' in one: searched for {listed(those)}")
    return replace(query, tree=tree, notes=(*query.notes, *notes))


def unknown_runs(index: Index, query: ParsedQuery, known: Collection[str]) -> list[str]:
    """The runs of plain words, as typed, that no article has, nor any part of them that is looked for; what has one of
    some terms is `known` otherwise."""
    if not index.forms.complete:
        return []
    found = set(known) | {
        pair
        for leaf in positive_leaves(query.tree)
        for pair in (leaf.words if isinstance(leaf, Phrase) else leaf.texts if isinstance(leaf, Term) else ())
        if (has_run(index, leaf) if isinstance(leaf, Phrase) and is_run(leaf) else index.doc_freq(pair))
    }
    there = {_units(leaf) for leaf in positive_leaves(query.tree) if is_run(leaf) and not found.isdisjoint(leaf.words)}
    return [
        "".join(run)
        for run in runs_of_letters(query.text)
        if found.isdisjoint(other for pair in pairs_of(run) for other in (pair, *variants(pair)))
        and there.isdisjoint(other_spellings(run))
    ]


def _units(node: Node) -> tuple[str, ...]:
    """The letters of a run, or of a part of one."""
    words = node.words if isinstance(node, Phrase) else (node.text,) if isinstance(node, Term) else ()
    return (*letters(words[0])[:1], *[letters(pair)[-1] for pair in words])


def _spelled(index: Index, run: Phrase) -> tuple[str, ...]:
    """The letters of a run as most articles spell what it is in katakana; empty where none has it in another way."""
    found: dict[tuple[str, ...], int] = {}
    for units in dict.fromkeys(other_spellings(_units(run))):
        node = run_node(units, run.field)
        if isinstance(node, Phrase) and has_run(index, node):
            found[units] = len(index.match(ParsedQuery("", node, False, ()), None, []))
    return max(found, key=found.__getitem__, default=())


def _found_of(index: Index, run: Phrase) -> list[Node]:
    """The nodes of the longest parts of a run that articles have, in order; none where these are less than half."""
    units = _units(run)
    found = [units[start:end] for start, end in _longest(index, units, 0, len(units), iter(range(_MOST_TRIED)))]
    if 2 * sum(map(len, found)) < len(units):
        return []
    return [replace(run_node(part, run.field), boost=run.boost) for part in found]


def _longest(
    index: Index, units: Sequence[str], first: int, last: int, tries: Iterator[int]
) -> Iterator[tuple[int, int]]:
    """From where to where the longest part of some units is that an article has, and those before and behind it."""
    for size in range(min(last - first, len(units) - 1), 1, -1):
        for start in range(first, last - size + 1):
            part = units[start : start + size]
            pairs = pairs_of(part)
            if not all(map(index.doc_freq, pairs)) or (size < _SHORTEST and not all(map(IDEOGRAPH.match, part))):
                continue
            if next(tries, None) is None:
                return
            if size == 2 or has_run(index, Phrase(ALL_TEXT, pairs)):
                yield from _longest(index, units, first, start, tries)
                yield start, start + size
                yield from _longest(index, units, start + size, last, tries)
                return
