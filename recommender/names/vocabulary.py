"""Which words are names in this archive: those that its articles capitalise inside sentences.

One article cannot tell, since headlines and the first words of sentences are capitalised whatever they are. The whole
archive can: "Odysseus" is a capital wherever it stands, "lander" is not. A story is recognised by its names, and they
are the same in every language, so they tie a story's articles together across languages as well.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.article.article import Article
from indexer.base import json_setting
from indexer.text.analyzer import analyzer_for
from indexer.text.words import normalize, strip_accents
from recommender.corpus.forward_index import DRIFT, hash_terms
from recommender.corpus.sampling import evenly
from recommender.corpus.stored_articles import articles_of
from recommender.names.extraction import is_adjective, is_calendar
from search.engine import Engine
from search.reader.snapshot import Snapshot

FILE = "names.json"
VERSION = 1
SAMPLE = 4000  # articles whose text is read; of a larger archive an evenly spread sample
CHARS = 4000  # of each
LEAST_SHARE = 2 / 3  # of a word's places inside sentences where a name is capitalised
_TOKEN = re.compile(r"[^\W_]+(?:['-][^\W_]+)*")
_OPENING = re.compile(r"[.!?:;…\n\"“«‘(–—*#>|-]\s*")


@dataclass(frozen=True, slots=True)
class NameWords:
    """The words that are names in an archive."""

    words: tuple[str, ...]  # folded, ascending
    archive_docs: int  # articles in the archive when they were found

    def suits(self, num_docs: int) -> bool:
        """Whether they still hold for an archive of `num_docs` articles."""
        return abs(num_docs - self.archive_docs) <= DRIFT * self.archive_docs


class Names:
    """The names of an archive, and the index terms that stand for them. Immutable."""

    def __init__(self, words: Sequence[str], languages: Sequence[str]) -> None:
        """Of folded words that are names, for the languages of the archive."""
        tables = terms_of(words, languages)
        self.names = sorted({name for table in tables.values() for name in table.values()})  # folded, ascending
        codes = {name: code for code, name in enumerate(self.names)}
        # for each language the hashes of the terms (n,), ascending, and the places of the terms' names in `names` (n,)
        self.terms: dict[str, tuple[NDArray[np.uint64], NDArray[np.int64]]] = {}
        self._hashes: dict[int, set[int]] = {}
        for language, table in tables.items():
            hashes = hash_terms([term.encode() for term in table])
            own = np.array([codes[name] for name in table.values()], np.int64)
            order = np.argsort(hashes, kind="stable")
            self.terms[language] = hashes[order], own[order]
            for code, number in zip(own.tolist(), hashes.tolist(), strict=True):
                self._hashes.setdefault(code, set()).add(number)

    def hashes_of(self, name: int) -> NDArray[np.uint64]:
        """(n,) the hashes, ascending, of all terms that stand for the name at this place in `names`."""
        return np.array(sorted(self._hashes.get(name, ())), np.uint64)


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
    found: dict[str, dict[str, str]] = {}
    for language in languages:
        analyzer = analyzer_for(language)
        table = found.setdefault(language, {})
        for word in words:
            terms = analyzer.terms(word)
            if terms and len(terms[0]) > 1:
                table.setdefault(terms[0], terms_key(word))
    return found


def terms_key(word: str) -> str:
    """What spellings of one name have in common: the part before a hyphen."""
    return word.split("-")[0]


def of_snapshot(engine: Engine, snapshot: Snapshot, root: Path, num_docs: int, known: NameWords | None) -> NameWords:
    """The name words of a generation of `num_docs` articles: those kept under `root` or those `known` as long as they
    suit it, or else found in its articles."""
    kept = load(root, num_docs) or (known if known is not None and known.suits(num_docs) else None)
    if kept is not None:
        return kept
    sample = evenly(np.flatnonzero(snapshot.live()), SAMPLE)
    articles = [article for article in articles_of(engine, snapshot, sample.tolist()) if article is not None]
    return NameWords(tuple(name_words(articles)), num_docs)


def load(root: Path, num_docs: int) -> NameWords | None:
    """The name words as kept under `root`, or None if there are none or the archive has changed too much since."""
    found = json_setting.load_or(root / FILE, VERSION, _parse, None)
    return found if found is not None and found.suits(num_docs) else None


def _parse(record: Mapping[str, Any]) -> NameWords:
    return NameWords(tuple(str(word) for word in record["names"]), int(record["archive_docs"]))


def keep(root: Path, found: NameWords, num_docs: int) -> None:
    """Writes the name words of an archive of `num_docs` articles for the next process, unless such are kept under
    `root`. Raises OSError or WriteError where they cannot be written."""
    if load(root, num_docs) is None:
        json_setting.save(root / FILE, VERSION, {"archive_docs": found.archive_docs, "names": list(found.words)})
