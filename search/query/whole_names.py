"""Names as a whole: what tells that a text is the name of an author, a section, a tag or a place, word for word."""

from __future__ import annotations

import re

from indexer.text.words import normalize, strip_accents, word_forms

PERSON = "author"  # the field whose values are names of people
SIGNS = frozenset("+#&.")  # in a word: it is another without them
_JOINING = frozenset(["and", "und", "et", "y", "e", "en", "og", "och", "i"])  # two words of a name, as "&" does
_SIGNED = re.compile(r"(?<![\w.])(?:\w+(?:\+\+|#)|\.[^\W\d_]\w*|[^\W\d_](?:\s?&\s?[^\W\d_])+)(?![\w+#])")


def signed_words(text: str) -> list[tuple[int, int, str]]:
    """The words of a text that are others without their signs, C++, .NET and R&D: from where to where each goes, and
    in lower case."""
    if SIGNS.isdisjoint(text):
        return []
    return [(*match.span(), "".join(match[0].lower().split())) for match in _SIGNED.finditer(text)]


def name_key(word: str) -> str:
    """A word of a name as it is compared: in lower case, without accents and apostrophes."""
    return strip_accents(word.lower()).replace("'", "")


def whole_keys(value: str, field: str) -> set[str]:
    """What tells that a text is a value of a field: its words as one, with or without an "and" between them, with the
    signs that tell them from others; of a person's name also without initials, and with its last word first.

    "Science & Tech" has "sciencetech", "C++" only itself, and "Ursula Guin" also "guinursula".
    """
    plain = normalize(value)
    words: list[str] = []
    start = 0
    for first, last, signed in signed_words(plain):
        words += [*map(name_key, word_forms(plain[start:first])), signed]
        start = last
    words += map(name_key, word_forms(plain[start:]))
    rows = [words, [*words[:1], *[word for word in words[1:-1] if word not in _JOINING], *words[1:][-1:]]]
    if field == PERSON:
        rows.append([word for word in words if len(word) > 1 or not word.isascii()])
        rows += [[*row[-1:], *row[:-1]] for row in rows] + [[*row[1:], *row[:1]] for row in rows]
    return {"".join(row) for row in rows} - {""}
