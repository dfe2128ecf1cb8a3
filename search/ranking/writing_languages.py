"""Which languages of an archive write a word, by its dictionary of forms, and in which it is a stop word."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from indexer.text.analyzer import analyzer_for
from search.reader.forms import Form
from search.reader.index import Index

_HARDLY = 0.05  # share of a stem's words in a language; one that is less of them is a name or a quotation there
_QUOTED = 0.05  # how often an article has a word, against a language in which it is a stop word; if less, in quotations
_MOST_KNOWN = 1 << 14  # words that are remembered with the languages that write them, some 5 MB


@dataclass(frozen=True, slots=True)
class Writing:
    """The languages that write a word, accents apart."""

    terms: Mapping[str, set[str]]  # by language the terms that the word has there, none where it is a stop word
    quoting: frozenset[str]  # those of them that only have it in names and quotations from where it is a stop word

    @property
    def stop(self) -> frozenset[str]:
        """Those in which it is a stop word."""
        return frozenset([code for code, terms in self.terms.items() if not terms])


_known: WeakKeyDictionary[Index, dict[str, Writing]] = WeakKeyDictionary()


def writing(index: Index, form: str) -> Writing:
    """The languages that write a word in lower case; not those that hardly do where others do. Of a word that no
    article writes those in which it is a stop word. What was looked up in a generation is kept."""
    known = _known.setdefault(index, {})
    found = known.get(form)
    if found is None:
        if len(known) >= _MOST_KNOWN:
            known.clear()
        found = known[form] = _looked_up(index, form)
    return found


def _looked_up(index: Index, form: str) -> Writing:
    counts: Counter[str] = Counter()
    terms: dict[str, set[str]] = {}
    for found in _forms(index, form):
        counts[found.language] += found.count
        terms.setdefault(found.language, set()).update({found.term} - {""})
    if not terms:
        codes = [code for code in index.languages() if analyzer_for(code).is_stop_word(form)]
        return Writing({code: set() for code in codes}, frozenset())
    if len(terms) < 2:
        return Writing(terms, frozenset())
    often = {code: of for code, of in terms.items() if not (of and _hardly(index, code, of, counts[code]))}
    found_in = often or terms
    return Writing(found_in, _quoting(index, found_in, counts))


def _forms(index: Index, form: str) -> Iterator[Form]:
    """The words of the archive that one is as it is typed, and in languages that take off an article or a preposition
    with an apostrophe ("l'ordinateur") without it."""
    yield from index.forms.spelled(form)
    if "'" in form:
        for code in index.languages():
            word = analyzer_for(code).words_of([form])[0]
            if word != form:
                yield from (found for found in index.forms.spelled(word) if found.language == code)


def _hardly(index: Index, language: str, terms: set[str], count: int) -> bool:
    """Whether a word is hardly ever meant where a language has its terms."""
    if count >= _HARDLY * max(map(index.doc_freq, terms)):
        return False
    forms = [form for term in terms for form in index.forms.of_term(term) if form.language == language]
    return count < _HARDLY * sum(form.count for form in forms)


def _quoting(index: Index, terms: Mapping[str, set[str]], counts: Mapping[str, int]) -> frozenset[str]:
    """The languages that have a word far less often than those in which it is a stop word."""
    if all(terms.values()):
        return frozenset()
    articles = dict(zip(index.languages(), np.bincount(languages_of(index)[index.live()]).tolist(), strict=False))
    often = {code: counts[code] / max(1, articles.get(code, 0)) for code in terms}
    least = _QUOTED * max(often[code] for code, of in terms.items() if not of)
    return frozenset([code for code, of in terms.items() if of and often[code] < least])


_codes: WeakKeyDictionary[Index, NDArray[np.int16]] = WeakKeyDictionary()


def languages_of(index: Index) -> NDArray[np.int16]:
    """(max_doc,) the places of the docs' languages among those of the index; made once for a generation."""
    codes = _codes.get(index)
    if codes is None:
        languages = index.languages()
        codes = np.full(index.max_doc, languages.index(index.language), np.int16)
        for place, code in enumerate(languages):
            if code != index.language:
                codes[index.filter({"language": [code]})] = place
        _codes[index] = codes
    return codes
