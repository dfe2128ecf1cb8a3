"""Compounds that no article has: "Netzwerkdrucker" as the articles that write of a Drucker and of a Netzwerk.

German, Dutch, the Scandinavian languages, Finnish and Hungarian write words for things of a kind in one, and make new
ones at will, so that somebody may search for one that nobody wrote. It is cut in two words that articles of such a
language write, perhaps with letters between them that join words there.
"""

from __future__ import annotations

from collections.abc import Iterator

from indexer.schema import ALL_TEXT
from indexer.text.words import folded
from search.query.tree import And, Term
from search.reader.index import Index
from search.rewriting.named_values import is_anywhere

_SHORTEST = 3  # letters of a part ...
_LEAST = 8  # ... and of a compound
_LONGEST = 40
_MOST_WAYS = 2  # to cut one, those whose rarer word is commonest
# what joins two words in each language, beside nothing, and what the first may lose: "Schulhof" of "Schule"
_JOINED_BY = {
    "de": ("s", "es", "n", "en", "er", "e"),
    "nl": ("s", "e", "en", "n"),
    "sv": ("s", "e", "o", "u", "a"),
    **dict.fromkeys(("da", "no", "nb", "nn"), ("s", "e")),
    "fi": ("n",),
    "hu": (),
}
_LOST = {"de": "e", "sv": "a"}


def in_words(index: Index, form: str) -> list[And]:
    """The nodes of a word in lower case that no article has, as a compound of two that some article has: both, wherever
    in it they are."""
    key = folded(form)
    languages = [code for code in index.languages() if code in _JOINED_BY]
    if not languages or not _LEAST <= len(key) <= _LONGEST or not key.isalpha() or not index.forms.complete:
        return []
    ways: dict[And, int] = {}
    for language in languages:
        for cut in range(_SHORTEST, len(key) - _SHORTEST + 1):
            second, known = _written(index, key[cut:], language)
            if second:
                for first, count in _firsts(index, key[:cut], language):
                    node = And((Term(ALL_TEXT, first), Term(ALL_TEXT, second)))
                    ways[node] = max(ways.get(node, 0), min(known, count))
    likeliest = sorted(ways, key=lambda node: -ways[node])
    return [node for node in likeliest if is_anywhere(index, node)][:_MOST_WAYS]


def _firsts(index: Index, part: str, language: str) -> Iterator[tuple[str, int]]:
    """The terms that the first part of a compound may be, without what joins it to the second; and how often each is
    written."""
    forms = [part, *[part.removesuffix(by) for by in _JOINED_BY[language] if part.endswith(by)]]
    forms += [part + _LOST[language]] if language in _LOST else []
    for form in forms:
        term, count = _written(index, form, language) if len(form) >= _SHORTEST else ("", 0)
        if term:
            yield term, count


def _written(index: Index, key: str, language: str) -> tuple[str, int]:
    """The term of a word that live articles of a language write, empty for a stop word and one that none does; and how
    often they write it."""
    forms = [form for form in index.forms.spelled(key) if form.language == language and form.term]
    if not forms:
        return "", 0
    most = max(forms, key=lambda form: form.count)
    return (most.term, most.count) if index.doc_freq(most.term) else ("", 0)
