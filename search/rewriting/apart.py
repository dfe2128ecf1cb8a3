"""A word that articles write as several: "redbull" as "red bull", "#BlackLivesMatter" as "black lives matter".

A word in which letters meet figures, or that has an apostrophe, may be cut there; any other where what comes of it are
words that articles have, next to each other. Where two do, no more are looked for; of the many ways to cut a word into
three or more those are tried whose parts are commonest, as P. Norvig does it ("Natural Language Corpus Data", 2009).
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import islice, product
from typing import NamedTuple
from weakref import WeakKeyDictionary

from indexer.schema import ALL_TEXT
from indexer.text.analyzer import analyzer_for
from indexer.text.markers import COMMON, SPELLED
from search.query.tree import And, Node, Phrase, Term
from search.reader.index import Index
from search.rewriting.named_values import is_anywhere

_SHORTEST = 2  # letters of a part
_LEAST_TOGETHER = 5  # letters of a word that is taken apart where it has no figures
_MOST_TOGETHER = 40  # of a longer one there are too many parts to look for
_LONGEST_PART = 16  # letters of one of three or more
_LEAST_OF_SEVERAL = 3  # letters that three parts or more have, one with the other
_MOST_PARTS = 6
_LEAST_BESIDE_STOPS = 4  # letters of a word that has none but stop words beside it, of which there are two or more
_KEPT = 6  # ways to cut a beginning, the likeliest, that are gone on with
_MOST_TRIED = 12  # ways to cut a word into three or more that are looked for
_MOST_WRITTEN = 8  # ways to write the same parts: a part may be one that articles have in another spelling
_LONGEST_ACRONYM = 4  # letters
_MOST_KNOWN = 1000  # words of one index; then all are forgotten
_NO_LETTER = re.compile(r"[\d']")
_FIGURES_OR_NOT = re.compile(r"\d+|[^\d']+")


class Apart(NamedTuple):
    """What a word is in several words."""

    words: tuple[str, ...]
    node: Node  # what these are looked for as, next to each other


_KNOWN: WeakKeyDictionary[Index, dict[str, tuple[Apart, ...]]] = WeakKeyDictionary()


def apart(index: Index, form: str) -> tuple[Apart, ...]:
    """What a word in lower case is looked for as where articles write it as several: phrases, and where one word alone
    is left beside stop words that and these. Looked for once: searching for it, correcting it and saying that no
    article has it each ask."""
    known = _KNOWN.setdefault(index, {})
    found = known.get(form)
    if found is None:
        if len(known) >= _MOST_KNOWN:
            known.clear()
        found = known[form] = tuple(dict.fromkeys(_apart(index, form))) if len(form) <= _MOST_TOGETHER else ()
    return found


def in_two(index: Index, letters: str) -> Sequence[Apart]:
    """What the letters of two words with no blank between them are where articles write them as two."""
    if len(letters) > _MOST_TOGETHER or _NO_LETTER.search(letters):
        return ()
    return [way for cut in _cuts(letters) for way in _written_so(index, (letters[:cut], letters[cut:]))]


def _apart(index: Index, form: str) -> Iterator[Apart]:
    parts = _FIGURES_OR_NOT.findall(form)
    if "'" in form.strip("'"):
        yield from _written_so(index, form.strip("'").split("'"))
    elif len(parts) > 1:
        yield from _written_so(index, parts)
    elif not form[0].isdigit() and len(form) >= _LEAST_TOGETHER:
        several = (_written_so(index, words) for words in _several(index, form))
        yield from in_two(index, form) or next((ways for ways in several if ways), ())


def _cuts(form: str) -> Iterator[int]:
    for cut in range(_SHORTEST, len(form) - _SHORTEST + 1):
        if unicodedata.category(form[cut])[0] != "M":
            yield cut


def _several(index: Index, form: str) -> Iterator[Sequence[str]]:
    """The likeliest ways to cut a word into three or more that articles have, the best first."""
    ways: dict[int, list[tuple[float, tuple[str, ...]]]] = {0: [(0.0, ())]}  # by where they end
    cuts = [*_cuts(form), len(form)]
    for end in cuts:
        found = []
        for start in [0, *cuts]:
            if _SHORTEST <= end - start <= _LONGEST_PART and start in ways:
                part = form[start:end]
                cost = _cost(index, part)
                if cost is not None:
                    found += [(cost + before, (*parts, part)) for before, parts in ways[start]]
        if found:
            ways[end] = sorted(way for way in found if len(way[1]) <= _MOST_PARTS)[:_KEPT]
    several = (parts for _, parts in ways.get(len(form), []) if 3 <= len(parts) <= len(form) // _LEAST_OF_SEVERAL)
    return islice(several, _MOST_TRIED)


def _cost(index: Index, part: str) -> float | None:
    """How rare a word is among all of the archive, as a logarithm; None for what is none of its words."""
    analyzers = list(map(analyzer_for, index.languages()))
    terms = {analyzer.term(part) for analyzer in analyzers}
    if "" in terms:
        return 0.0 if any(analyzer.is_stop_word(part) for analyzer in analyzers) else None
    docs = max(index.doc_freq(of) for term in terms for of in (term, SPELLED + term))
    return math.log((index.num_docs + 1) / docs) + 1.0 if docs else None


def _written_so(index: Index, parts: Sequence[str]) -> Sequence[Apart]:
    """Some words next to each other, in every language in which articles have them so."""
    readings = dict.fromkeys(tuple(map(analyzer_for(language).term, parts)) for language in index.languages())
    nodes = (node for terms in readings for node in _nodes(index, list(zip(parts, terms, strict=True))))
    return [Apart(tuple(parts), node) for node in dict.fromkeys(nodes) if is_anywhere(index, node)]


def _nodes(index: Index, words: Sequence[tuple[str, str]]) -> Iterator[Node]:
    """The nodes of words, given each with its term, that is empty for a stop word. These have no places among the
    others: where no two others are left, they have to be there as such."""
    stops = [COMMON + part for part, term in words if not term]
    ways = [_spelled(index, part, term) for part, term in words if term]
    if len(ways) < 2 and not all(_is_written(index, part) for part, term in words if term):
        return  # it is not even next to the stop words, and "is" and the stem of "uing" say nothing
    if not all(ways) or not all(map(index.doc_freq, stops if len(ways) < 2 else [])):
        return
    if not ways:
        yield Phrase(ALL_TEXT, tuple(stops))
    elif len(ways) == 1 and (
        _leads(words) or (len(words) > 2 and any(term and len(part) >= _LEAST_BESIDE_STOPS for part, term in words))
    ):
        for way in ways[0]:
            word: Node = Phrase(ALL_TEXT, way) if len(way) > 1 else Term(ALL_TEXT, way[0])
            yield And((*[Term(ALL_TEXT, stop) for stop in stops], word)) if stops else word
    elif len(ways) > 1:
        for each in islice(product(*ways), _MOST_WRITTEN):
            yield Phrase(ALL_TEXT, tuple([term for way in each for term in way]))


def _leads(words: Sequence[tuple[str, str]]) -> bool:
    """Whether one stop word stands before one other, as an article does: "thehague"."""
    return len(words) == 2 and not words[0][1]


def _is_written(index: Index, part: str) -> bool:
    """Whether articles write a word so, or are taken to."""
    return not index.forms.complete or bool(index.forms.spelled(part)) or not part.isalpha()


def _spelled(index: Index, part: str, term: str) -> list[tuple[str, ...]]:
    """The terms that a word has where it is written as it is, in another spelling ("Wi-Fi"), and with points between
    its letters."""
    ways: list[tuple[str, ...]] = [(of,) for of in (term, SPELLED + term) if index.doc_freq(of)]
    if len(ways) > (index.doc_freq(term) > 0) and 1 < len(part) <= _LONGEST_ACRONYM and part.isalpha():
        ways.append(tuple(part))
    return ways
