"""What a hit shows of its article: the title and the passage that answers the query best, with the words marked."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise

from indexer.text.analyzer import DEFAULT_LANGUAGE, Analyzer, analyzer_for
from indexer.text.markers import SIGNED, SPELLED
from indexer.text.spellings import is_pair, letters
from search.excerpt.find_spellings import Spellings
from search.excerpt.find_words import Keys, Match, find_words, pattern_key
from search.excerpt.passages import CUT_END, CUT_START, best_window, end_of, flatten
from search.excerpt.sentences import JOINT, Span, passages, sentence_end
from search.query.tree import MultiTerm
from search.results import Excerpt

MIN_LENGTH = 20  # characters; less than this is not an excerpt


class Highlighter:
    """Marks the words of one query in the texts of any number of articles.

    Building one takes some microseconds; what it learns of a word serves the next article. A mark covers the word as
    it is written, with its possessive or elision.

    Parameters
    ----------
    terms
        index terms to mark, those of other spellings among them (`indexer.text.markers`). A mapping says how much each
        counts when passages are compared, by its idf for example; otherwise each counts 1, as every pattern does.
    patterns
        prefixes, wildcards, fuzzy words and ranges of words. A word is marked when its form or its term is one that
        they stand for, unless it is a stop word, which the index does not have.
    phrases
        sequences of index terms. Their words are marked where they follow each other, with nothing but stop words
        between them, as in the index; elsewhere only when `terms` has them too. Pairs of letters are one word.
    language
        by whose rules words have terms, for texts that come without a language of their own.

    Raises
    ------
    ValueError
        when a weight is negative or not finite.
    """

    def __init__(
        self,
        terms: Collection[str],
        patterns: Sequence[MultiTerm] = (),
        phrases: Sequence[Sequence[str]] = (),
        language: str = DEFAULT_LANGUAGE,
    ) -> None:
        self._language = language
        self._phrases = [kept for phrase in phrases if (kept := [term for term in phrase if term])]
        self._runs = {_units(phrase): _phrase_key(i) for i, phrase in enumerate(self._phrases) if _is_run(phrase)}
        self._marked = _weights(terms)
        self._spellings = Spellings([term for term in self._marked if term.startswith((SPELLED, SIGNED))])
        self._wanted = frozenset(filter(None, self._marked)).union(
            *(phrase for phrase in self._phrases if not _is_run(phrase))
        )
        self._patterns = patterns
        self._marked |= {pattern_key(pattern): 1.0 for pattern in patterns}
        whole = 1.0 + sum(self._marked.values())  # a passage with a phrase beats every passage without
        self._weights = self._marked | {_phrase_key(i): whole for i in range(len(self._phrases))}
        self._keys: dict[str, Keys] = {}

    def title(self, text: str, language: str = "") -> Excerpt:
        """The whole of `text`, with marks."""
        words, _ = self._find(text, language)
        return Excerpt(text, _marks(words, 0, len(text), 0))

    def excerpt(self, body: str, length: int = 240, language: str = "") -> Excerpt:
        """The passage of `body` with most of the query in it, with marks; its beginning where nothing matches.

        Passages are compared by the sum of the weights of the *different* terms in them; any with a phrase beats
        all without, and the earliest of equals wins. Where sentences elsewhere have terms that the passage has not, and
        there is room, both are shown, in the order of the text and with " ... " between them.

        A passage starts with a sentence where one starts near, otherwise with a word; it ends with a sentence where one
        ends in its second half, and has its white space collapsed. All is at most `length` characters long, including
        the "... " and " ..." that stand where the text goes on. A word is cut only when it takes more than half of
        that. The first `passages.MAX_SCANNED` characters are searched.

        Raises
        ------
        ValueError
            when `length` is less than `MIN_LENGTH`.
        """
        _check(length)
        text, paragraphs, complete = flatten(body)
        words, phrases = self._find(text, language)
        start = last = 0
        if words and len(text) > length:
            room = length - len(CUT_START) - len(CUT_END)
            start, first, last = best_window(text, paragraphs, words + phrases, self._weights, room)
            inside = {word.key for word in words if first <= word.start < last}
            if len(inside) < len({word.key for word in words}):
                several = passages(text, paragraphs, words + phrases, self._weights, (first, last), room)
                if len(several) > 1:
                    return _joined(text, words, several, complete)
        head = CUT_START if start else ""
        end, tail = end_of(text, start, length - len(head), complete, last)
        if tail and (whole := sentence_end(text, paragraphs, max(last, (start + end) // 2), end)) is not None:
            end = whole
        return Excerpt(head + text[start:end] + tail, _marks(words, start, end, len(head)))

    def _find(self, text: str, language: str) -> tuple[list[Match], list[Match]]:
        """The words of `text` to mark, and the phrases in it, each in the order of the text."""
        if not self._wanted and not self._patterns and not self._runs:
            return [], []
        language = language or self._language
        keys = self._keys.get(language)
        if keys is None:
            keys = self._keys[language] = Keys(analyzer_for(language), self._wanted, self._patterns, self._runs)
        words, phrases = find_words(text, keys), list[Match]()
        if self._phrases:
            phrases, within = self._find_phrases(text, words, keys.analyzer)
            words = [word for i, word in enumerate(words) if word.key in self._weights or i in within]
        if self._spellings:
            words = sorted([*words, *self._spellings.find(text, keys.analyzer)])
        return words, phrases

    def _find_phrases(self, text: str, words: list[Match], analyzer: Analyzer) -> tuple[list[Match], set[int]]:
        """The phrases in `text`, and the numbers of those `words` that are part of one."""
        keys = [word.key for word in words]
        found: list[Match] = []
        within: set[int] = set()
        for number, phrase in enumerate(self._phrases):
            for i in range(len(keys) - len(phrase) + 1):
                if keys[i : i + len(phrase)] == phrase:
                    run = words[i : i + len(phrase)]
                    if not any(analyzer.terms(text[a.end : b.start]) for a, b in pairwise(run)):
                        found.append(Match(run[0].start, run[-1].end, _phrase_key(number)))
                        within.update(range(i, i + len(phrase)))
        return found, within


def teaser(body: str, length: int = 200) -> str:
    """The beginning of `body` with its white space collapsed, cut after a word, with " ..." where the text goes on:
    at most `length` characters.

    Raises
    ------
    ValueError
        when `length` is less than `MIN_LENGTH`.
    """
    _check(length)
    text = " ".join(body.split(maxsplit=length)[:length])  # so many words fill it, however short they are
    end, tail = end_of(text, 0, length, True)
    return text[:end] + tail


def _weights(terms: Collection[str]) -> dict[str, float]:
    weights = dict(terms) if isinstance(terms, Mapping) else dict.fromkeys(terms, 1.0)
    for term, weight in weights.items():
        if not 0 <= weight < math.inf:
            raise ValueError(f"the weight of '{term}' must be 0 or more and finite, not {weight}")
    return weights


def _check(length: int) -> None:
    if length < MIN_LENGTH:
        raise ValueError(f"length must be {MIN_LENGTH} or more, not {length}")


def _is_run(phrase: Sequence[str]) -> bool:
    return all(map(is_pair, phrase))


def _units(run: Sequence[str]) -> tuple[str, ...]:
    """The letters of a word that is looked for by every two of them."""
    return (*letters(run[0])[:1], *[letters(pair)[-1] for pair in run])


def _phrase_key(number: int) -> str:
    return f'"{number}'


def _joined(text: str, words: list[Match], passages: Sequence[Span], complete: bool) -> Excerpt:
    """Several passages of a text as one excerpt; `complete` says whether the text is all there is."""
    shown = CUT_START if passages[0][0] else ""
    marks: tuple[tuple[int, int], ...] = ()
    for number, (start, end) in enumerate(passages):
        shown += JOINT if number else ""
        marks += _marks(words, start, end, len(shown))
        shown += text[start:end]
    goes_on = passages[-1][1] < len(text) or not complete
    return Excerpt(shown + (CUT_END if goes_on else ""), marks)


def _marks(words: list[Match], start: int, end: int, shift: int) -> tuple[tuple[int, int], ...]:
    """Those of `words` between `start` and `end` as marks in an excerpt of that stretch, after `shift` characters.
    Words that touch, as ideographs do, share a mark."""
    marks: list[tuple[int, int]] = []
    moved = shift - start
    for first, last, _ in words:
        left, right = first if first > start else start, last if last < end else end
        if left >= right:
            continue
        left, right = left + moved, right + moved
        if marks and left <= marks[-1][1]:
            left, right = marks[-1][0], max(right, marks.pop()[1])
        marks.append((left, right))
    return tuple(marks)
