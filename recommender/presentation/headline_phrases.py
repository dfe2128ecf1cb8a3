"""Phrases of two to four words that an article's headline shares with others: "micro-purchase", "boundary layer".

What has no proper name is known by such a phrase where it stands in both headlines. It joins two articles only where
neither headline names something that the other text knows nothing of: the shareholders of two companies have the same
rights, and are different news.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from indexer.article.article import Article
from indexer.text.analyzer import analyzer_for
from indexer.text.words import normalize
from recommender.corpus.corpus import Corpus
from recommender.corpus.terms import hash_terms, rarity
from recommender.names.commonplace import is_commonplace
from recommender.names.spelled_out import begun
from recommender.presentation.normalized import normalized

WEIGHT = 0.6  # of a phrase beside a name's 1
SECOND_WORD = 0.5  # what the commoner word adds to how rare the rarer one is
RECURRING = (0.8, 1.0)  # of the weight, for a phrase that one of the texts has once, or both more often
HEADLINE_CHARS = 300
TEXT_CHARS = 20_000
MAX_WORDS = 4
LEAST_LETTERS = 3
TOKEN = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_DONE = re.compile(r"[a-z]{2,}[^aeiou]ed|says|said|tells|told")
_JOINT = re.compile(r"[ -]\Z")
_COUNTING = frozenset(
    """part parts chapter series episode issue volume number day week month year today yesterday tomorrow million
    billion mln bln dlr dlrs dollar dollars euro euros pct percent cts stg tonne tonnes""".split()
)


@dataclass(frozen=True, slots=True)
class Phrase:
    """Neighbouring words of a headline."""

    words: tuple[str, ...]  # as the headline writes them
    terms: tuple[str, ...]


def phrases_of(headline: str, language: str) -> tuple[Phrase, ...]:
    """The phrases of a headline: neighbours that are neither stop words nor numbers, nor only places and dates."""
    return _phrases(headline[:HEADLINE_CHARS], language)


@lru_cache(maxsize=1 << 14)
def _phrases(headline: str, language: str) -> tuple[Phrase, ...]:
    headline = normalize(headline)
    term_of = analyzer_for(language).term
    runs: list[list[tuple[str, str]]] = [[]]
    end = 0
    for token in TOKEN.finditer(headline):
        if not _JOINT.match(headline[end : token.start()]):
            runs.append([])
        end = token.end()
        word = token.group()
        term = term_of(word.lower()) if is_telling(word) else None
        runs.append([]) if not term else runs[-1].append((word, term))
    found = [
        phrase_of(run[at : at + size])
        for run in runs
        for size in range(2, MAX_WORDS + 1)
        for at in range(len(run) - size + 1)
    ]
    return tuple(p for p in dict.fromkeys(found) if not all(is_commonplace(word, language) for word in p.words))


def phrase_of(words: Sequence[tuple[str, str]]) -> Phrase:
    """The phrase that neighbouring words, each with its term, make."""
    return Phrase(tuple(word for word, _ in words), tuple(term for _, term in words))


def is_telling(word: str) -> bool:
    """Whether a word of a headline may say what it is about: not one that is short, has figures or only counts."""
    return len(word) >= LEAST_LETTERS and not any(letter.isdigit() for letter in word) and word.lower() not in _COUNTING


def rarities(corpus: Corpus, phrases: Sequence[Phrase], num_docs: int) -> list[float]:
    """How rare each phrase is at least, from 0 to 1, by how many docs have its words."""
    terms = list(dict.fromkeys(term for phrase in phrases for term in phrase.terms))
    doc_freq = corpus.doc_freq(hash_terms([term.encode() for term in terms])).tolist()
    rare = {term: rarity(num_docs, count) for term, count in zip(terms, doc_freq, strict=True)}
    return [_together(sorted((rare[term] for term in phrase.terms), reverse=True)) for phrase in phrases]


def _together(of_words: Sequence[float]) -> float:
    return min(of_words[0] + SECOND_WORD * of_words[1], 1.0)


def recurrence(phrase: Phrase, source: Article, item: Article) -> float:
    """What of a phrase's weight counts, by how often both texts have it: nothing where one has it never, for what only
    headlines have may be a part of a sentence ("Sumita says"), and names nothing; nor where figures stand before it
    ("24 mln stg")."""
    fewest = min(len(_found(phrase, article.body)) for article in (source, item))
    return RECURRING[min(fewest, len(RECURRING)) - 1] if fewest else 0.0


def _found(phrase: Phrase, text: str) -> list[str]:
    """A phrase as a text has it, each time, but for those behind a figure."""
    text = normalized(text[:TEXT_CHARS])
    found = _pattern(phrase).finditer(text)
    return [match.group() for match in found if not text[max(0, match.start() - 2) : match.start()].strip().isdigit()]


def as_written(phrase: Phrase, source: Article) -> str:
    """The phrase as the article's text writes it most often, or else its headline; in small letters where that is in
    capitals. Of a phrase that has a name of several words in it the name: "Pervez Musharraf" of "... says"."""
    spelled = _found(phrase, source.body)
    if spelled:
        written = max(spelled, key=lambda text: (spelled.count(text), text))
        return _without_edges(begun(written, normalized(source.body)) if written[0].isupper() else written)
    found = _pattern(phrase).search(normalize(source.headline))
    text = found.group() if found else " ".join(phrase.words)
    return text.lower() if text.isupper() or normalize(source.headline).startswith(text) else text


def _without_edges(text: str) -> str:
    """A phrase without what somebody says or did, where it has a name: "Bank of Japan intervened"."""
    words = text.split()
    capitals = [place for place, word in enumerate(words) if word[0].isupper()]
    if len(capitals) > 1:
        return " ".join(words[capitals[0] : capitals[-1] + 1])
    if capitals and capitals[0] == 0 and len(words) > 1 and _DONE.fullmatch(words[-1]):
        return " ".join(words[:-1])
    return text


@lru_cache(maxsize=1 << 12)
def _pattern(phrase: Phrase) -> re.Pattern[str]:
    stems = [re.escape(word[:-3] if word.lower().endswith("ing") else word.rstrip("sS")) for word in phrase.words]
    return re.compile(
        r"(?<!\w)" + r"[\s-]".join(rf"{stem}(?!ed)\w{{0,3}}" for stem in stems) + r"(?!\w)", re.IGNORECASE
    )
