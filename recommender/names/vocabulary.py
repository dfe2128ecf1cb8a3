"""Which words are names in this archive: those that its articles capitalise inside sentences.

One article cannot tell, since headlines and the first words of sentences are capitalised whatever they are. The whole
archive can: "Odysseus" is a capital wherever it stands, "lander" is not. A story is recognised by its names, and they
are the same in every language, so they tie a story's articles together across languages as well.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from indexer.article.article import Article
from indexer.text.analyzer import analyzer_for
from indexer.text.beside_names import is_calendar
from indexer.text.words import normalize, strip_accents
from recommender.names.extraction import is_adjective

CHARS = 4000  # of each article's text that are read
LEAST_SHARE = 2 / 3  # of a word's places inside sentences where a name is capitalised
_TOKEN = re.compile(r"[^\W_]+(?:['-][^\W_]+)*")
_OPENING = re.compile(r"[.!?:;…\n\"“«‘(–—*#>|-]\s*")


def fold(word: str) -> str:
    """A word as it is compared: without case, accents and possessive."""
    return strip_accents(word.removesuffix("'s").casefold())


def count_words(texts: Iterable[str]) -> tuple[Counter[str], Counter[str]]:
    """How often each folded word stands inside a sentence with a capital, and how often without."""
    capital: Counter[str] = Counter()
    small: Counter[str] = Counter()
    for text in texts:
        text = normalize(text)
        end = 0
        for match in _TOKEN.finditer(text):
            between = text[end : match.start()]
            opens = end == 0 or (between != " " and _OPENING.search(between) is not None)
            end = match.end()
            word = match.group()
            if not opens and not word[0].isdigit():
                (capital if word[0].isupper() else small)[fold(word)] += 1
    return capital, small


def name_words(articles: Sequence[Article]) -> list[str]:
    """The folded words that are names in these articles, ascending."""
    capital, small = count_words(article.body[:CHARS] for article in articles)
    return sorted(
        word
        for word, count in capital.items()
        if count >= LEAST_SHARE * (count + small[word])
        and len(word) > 2
        and not is_adjective(word)
        and not is_calendar(word)
    )


def terms_of(words: Sequence[str], languages: Sequence[str]) -> Mapping[str, dict[str, str]]:
    """For each language, the name that each index term stands for there. A hyphenated name is known by its first
    part, which is how the index has it."""
    tables: dict[str, dict[str, str]] = {}
    for language in languages:
        analyzer = analyzer_for(language)
        table = tables.setdefault(language, {})
        for word in words:
            terms = analyzer.terms(word)
            if terms and len(terms[0]) > 1:
                table.setdefault(terms[0], terms_key(word))
    return tables


def terms_key(word: str) -> str:
    """What spellings of one name have in common: the part before a hyphen."""
    return word.split("-")[0]
