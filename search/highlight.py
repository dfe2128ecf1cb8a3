"""What a hit shows of its article: the title and the passage that answers the query best, with the words marked.

Whoosh's highlighter runs every word of an article through its analyzer, and costs more than the search. Here most
words are never looked at: an English stem shares all its letters but the last with every form it stands for, so
`str.find` goes from one word that begins like a wanted one to the next, and only those words are stemmed. Text in
other languages, or with letters outside ASCII, is read word by word.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple

from indexer.analysis import (
    _APOSTROPHES,
    _ASCII_WORDS,
    _WORD,
    DEFAULT_LANGUAGE,
    analyzer_for,
    strip_accents,
    word_forms,
)
from search.results import Excerpt

MAX_SCANNED = 50_000  # characters of a body that are searched for a passage, so that a book costs what an article does
MIN_LENGTH = 20  # characters; less than this is not an excerpt
_CUT_START, _CUT_END = "... ", " ..."
_LEAD = 40  # characters shown before the first mark when no sentence starts near it
_TOKEN = 24  # how far a bracket, a quote or the rest of a hyphenated word may reach from the word it belongs to

# English stems that do not share all letters but the last with every form.
_IRREGULAR = {"die": "dying", "lie": "lying", "tie": "tying"}

# Signs that only separate words. With blanks for them, most English prose is plain ASCII.
_TYPOGRAPHY = "“”„‟«»‹›–—―•·…\u00a0\u2009\u202f€£¥©®°×→"

_NON_ASCII = re.compile(r"[\x00-\x7f]?[^\x00-\x7f]+")
_SENTENCE_END = re.compile(r"[.!?…]['\"”’»)\]]* |[。！？؟।۔]['\"”’»」』）]* ?")
_ABBREVIATIONS = frozenset(
    "mr mrs ms dr st prof gen lt col sgt capt sen rep gov rev hon jr sr inc corp co ltd bros vs no fig est approx dept "
    "jan feb mar apr jun jul aug sep sept oct nov dec".split()
)
_FLAG_LETTERS = "".join(map(chr, range(0x1F1E6, 0x1F200)))


class _Match(NamedTuple):
    """A stretch of text, and which wanted term, prefix or phrase it is."""

    start: int
    end: int
    key: str


class Highlighter:
    """Marks the words of one query in the texts of any number of articles in one language.

    Building one takes some microseconds, so a search in several languages builds one for each. A mark covers the
    word as it is written, with its possessive or elision.

    Parameters
    ----------
    terms
        index terms to mark. A mapping says how much each counts when passages are compared, by its idf for
        example; otherwise each counts 1, as every prefix does.
    prefixes
        lower-case beginnings. A word is marked when its form or its term starts with one, unless it is a stop word,
        which the index does not have.
    phrases
        sequences of index terms. Their words are marked where they follow each other, with nothing but stop words
        between them, as in the index; elsewhere only when `terms` has them too.
    language
        by whose rules words have terms.

    Raises
    ------
    ValueError
        when a weight is negative or not a number.
    """

    def __init__(
        self,
        terms: Collection[str],
        prefixes: Collection[str] = (),
        phrases: Sequence[Sequence[str]] = (),
        language: str = DEFAULT_LANGUAGE,
    ) -> None:
        analyzer = analyzer_for(language)
        self._terms_of = analyzer.terms
        self._phrases = [kept for phrase in phrases if (kept := [term for term in phrase if term])]
        self._marked = _weights(terms)
        wanted = {term for term in self._marked if term}.union(*self._phrases)
        prefixes = sorted({spelling for prefix in prefixes for spelling in (prefix, strip_accents(prefix)) if spelling})
        self._marked |= {_prefix_key(prefix): 1.0 for prefix in prefixes}
        whole = 1.0 + sum(self._marked.values())  # a passage with a phrase beats every passage without
        self._weights = self._marked | {_phrase_key(i): whole for i in range(len(self._phrases))}
        self._beginnings = _beginnings(wanted.union(prefixes)) if analyzer.language == "en" else None
        self._keys = _Keys(analyzer.term, wanted, prefixes, self._beginnings)

    def title(self, text: str) -> Excerpt:
        """The whole of `text`, with marks."""
        words, _ = self._find(text)
        return Excerpt(text, _marks(words, 0, len(text), 0))

    def excerpt(self, body: str, length: int = 240) -> Excerpt:
        """The passage of `body` with most of the query in it, with marks; its beginning where nothing matches.

        Passages are compared by the sum of the weights of the *different* terms in them; any with a phrase beats
        all without, and the earliest of equals wins. A passage starts with a sentence where one starts near,
        otherwise with a word, and has its white space collapsed. It is at most `length` characters long, including
        the "... " and " ..." that stand where the text goes on. A word is cut only when it takes more than half of
        that. The first `MAX_SCANNED` characters are searched.

        Raises
        ------
        ValueError
            when `length` is less than `MIN_LENGTH`.
        """
        _check(length)
        text, paragraphs, complete = _flatten(body)
        words, phrases = self._find(text)
        start = 0
        if words and len(text) > length:
            room = length - len(_CUT_START) - len(_CUT_END)
            items = [_with_token(text, match, room) for match in words + phrases]
            first, last = _best_window(items, self._weights, room)
            start = _start(text, paragraphs, first, last, room)
        head = _CUT_START if start else ""
        end, tail = _end(text, start, length - len(head), complete)
        return Excerpt(head + text[start:end] + tail, _marks(words, start, end, len(head)))

    def _find(self, text: str) -> tuple[list[_Match], list[_Match]]:
        """The words of `text` to mark, and the phrases in it, each in the order of the text."""
        if not self._keys.wants_any:
            return [], []
        plain = text if text.isascii() or self._beginnings is None else _without_typography(text)
        if plain.isascii() and self._beginnings is not None:
            words = self._by_beginnings(plain, self._beginnings)
        else:
            words = self._word_by_word(text)
        if not self._phrases:
            return words, []
        phrases, within = self._find_phrases(text, words)
        return [word for i, word in enumerate(words) if word.key in self._marked or i in within], phrases

    def _by_beginnings(self, plain: str, beginnings: list[str]) -> list[_Match]:
        """The words of English ASCII text that have a key."""
        keys = self._keys
        words = f" {plain.translate(_ASCII_WORDS)} "
        opened = words.replace("'", " ")  # a word may follow an apostrophe
        found: dict[int, _Match] = {}
        for beginning in beginnings:
            sought = " " + beginning
            at = opened.find(sought)
            while at >= 0:
                start = words.rfind(" ", 0, at + 1) + 1
                end = words.find(" ", at + 1)
                form = words[start:end]
                if key := keys[form]:
                    quotes = len(form) - len(form.lstrip("'"))
                    found[start] = _Match(start - 1 + quotes, start - 1 + len(form.rstrip("'")), key)
                at = opened.find(sought, end)
        return [found[start] for start in sorted(found)]

    def _word_by_word(self, text: str) -> list[_Match]:
        """The words of any text that have a key."""
        keys = self._keys
        plain, at, origin = _fold(text)
        found = []
        for match in _WORD.finditer(plain):
            if key := keys[match.group()]:
                start, end = _original(at, origin, *match.span())
                while end < len(text) and unicodedata.category(text[end])[0] == "M":
                    end += 1  # a letter and the marks on it are one to the reader
                found.append(_Match(start, end, key))
        return found

    def _find_phrases(self, text: str, words: list[_Match]) -> tuple[list[_Match], set[int]]:
        """The phrases in `text`, and the numbers of those `words` that are part of one."""
        keys = [word.key for word in words]
        found: list[_Match] = []
        within: set[int] = set()
        for number, phrase in enumerate(self._phrases):
            for i in range(len(keys) - len(phrase) + 1):
                if keys[i : i + len(phrase)] == phrase:
                    run = words[i : i + len(phrase)]
                    if not any(self._terms_of(text[a.end : b.start]) for a, b in zip(run, run[1:], strict=False)):
                        found.append(_Match(run[0].start, run[-1].end, _phrase_key(number)))
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
    end, tail = _end(text, 0, length, True)
    return text[:end] + tail


class _Keys(dict[str, str]):
    """Form to the wanted term or prefix it matches, or to the empty string; filled as forms turn up."""

    def __init__(
        self, term: Callable[[str], str], wanted: Collection[str], prefixes: list[str], beginnings: list[str] | None
    ) -> None:
        self._term = term
        self._wanted = wanted
        self._prefixes = prefixes
        self._beginnings = None if beginnings is None else tuple(beginnings)
        self.wants_any = bool(wanted or prefixes)

    def __missing__(self, form: str) -> str:
        key = self[form] = self._match(form.strip("'"))
        return key

    def _match(self, word: str) -> str:
        if self._beginnings is not None and word.isascii() and not word.startswith(self._beginnings):
            return ""  # which spares the making of a stem, the dearest thing here
        term = self._term(word)
        if not term or term in self._wanted:
            return term
        return next((_prefix_key(p) for p in self._prefixes if word.startswith(p) or term.startswith(p)), "")


def _weights(terms: Collection[str]) -> dict[str, float]:
    weights = dict(terms) if isinstance(terms, Mapping) else dict.fromkeys(terms, 1.0)
    for term, weight in weights.items():
        if not weight >= 0:
            raise ValueError(f"the weight of '{term}' must be 0 or more, not {weight}")
    return weights


def _check(length: int) -> None:
    if length < MIN_LENGTH:
        raise ValueError(f"length must be {MIN_LENGTH} or more, not {length}")


def _prefix_key(prefix: str) -> str:
    return prefix + "*"  # which no term contains


def _phrase_key(number: int) -> str:
    return f'"{number}'


def _beginnings(words: Collection[str]) -> list[str]:
    """What the ASCII forms of English terms, and of terms with these prefixes, begin with; none begins with
    another."""
    beginnings = {word[:-1] or word for word in words if word.isascii()}
    beginnings |= {form for stem, form in _IRREGULAR.items() if any(stem.startswith(word) for word in words)}
    kept: list[str] = []
    for beginning in sorted(beginnings):
        if not kept or not beginning.startswith(kept[-1]):
            kept.append(beginning)
    return kept


def _without_typography(text: str) -> str:
    """`text` at its length with ASCII in the place of the signs that English prose is full of."""
    text = _with_plain_apostrophes(text)
    for sign in _TYPOGRAPHY:
        text = text.replace(sign, " ")
    return text


def _with_plain_apostrophes(text: str) -> str:
    for sign in _APOSTROPHES:  # many times as fast as str.translate
        text = text.replace(chr(sign), "'")
    return text


def _fold(text: str) -> tuple[str, list[int], list[int]]:
    """`text` as the analyzer sees it, normalised and in lower case, and where that moved something.

    The two lists are the same places in the outcome and in `text`. Where two neighbours are as far apart in both, the
    characters between them correspond one by one; elsewhere the stretch between them changed as a whole.
    """
    text = _with_plain_apostrophes(text)
    if unicodedata.is_normalized("NFKC", text):
        lower = text.lower()
        if len(lower) == len(text):
            return lower, [0], [0]
    parts: list[str] = []
    at, origin = [0], [0]
    done = size = 0
    for run in _NON_ASCII.finditer(text):  # with the character before it, which may take an accent from it
        if unicodedata.is_normalized("NFKC", run.group()) and "İ" not in run.group():
            continue
        for start, cluster in _clusters(run.group(), run.start()):
            folded = unicodedata.normalize("NFKC", cluster)
            if folded == cluster and "İ" not in cluster:
                continue
            parts += [text[done:start], folded]
            size += start - done
            at.append(size)
            origin.append(start)
            size += len(folded) + folded.count("İ")  # the one letter that is longer in lower case
            done = start + len(cluster)
            at.append(size)
            origin.append(done)
    return "".join([*parts, text[done:]]).lower(), at, origin


def _original(at: list[int], origin: list[int], start: int, end: int) -> tuple[int, int]:
    """The stretch of a text that became `start` to `end` when `_fold` made `at` and `origin` of it."""
    i = bisect_right(at, start) - 1
    j = bisect_right(at, end - 1) - 1
    return (
        origin[i] + (start - at[i] if _is_one_by_one(at, origin, i) else 0),
        origin[j] + end - at[j] if _is_one_by_one(at, origin, j) else origin[j + 1],
    )


def _is_one_by_one(at: list[int], origin: list[int], i: int) -> bool:
    return i + 1 == len(at) or at[i + 1] - at[i] == origin[i + 1] - origin[i]


def _clusters(text: str, offset: int) -> Iterator[tuple[int, str]]:
    """The stretches of `text` that are normalised independently of each other, with their offsets."""
    begin = 0
    for i in range(1, len(text) + 1):
        if i == len(text) or not _joins(text[i]):
            yield offset + begin, text[begin:i]
            begin = i


@lru_cache(maxsize=8192)
def _joins(char: str) -> bool:
    """Whether a character can become one with what is before it: a combining mark, or a later part of a Hangul
    syllable."""
    first = unicodedata.normalize("NFKD", char)[0]
    return unicodedata.category(first)[0] == "M" or "\u1160" <= first <= "\u11ff"


@lru_cache(maxsize=8192)
def _is_ideograph(char: str) -> bool:
    """Whether a character is a word of its own wherever it stands."""
    return len(word_forms(char + char)) == 2


def _flatten(body: str) -> tuple[str, list[int], bool]:
    """`body` with its white space collapsed, where its paragraphs start in that, and whether it is all there."""
    body = body.lstrip()
    complete = len(body) <= MAX_SCANNED
    blocks = body[:MAX_SCANNED].split("\n\n")
    paragraphs = [paragraph for block in blocks if (paragraph := " ".join(block.split()))]
    starts = list(accumulate((len(paragraph) + 1 for paragraph in paragraphs[:-1]), initial=0))
    text = " ".join(paragraphs)
    return text if complete else text[: _cut(text, 0, len(text) - 1)], starts, complete


def _with_token(text: str, match: _Match, room: int) -> _Match:
    """A match with what is written on to it, such as a bracket, if that is not much."""
    low = max(0, match.start - _TOKEN)
    blank = text.rfind(" ", low, match.start)
    start = blank + 1 if blank >= 0 or low == 0 else match.start
    blank = text.find(" ", match.end, match.end + _TOKEN)
    end = blank if blank >= 0 else match.end
    return _Match(start, end, match.key) if end - start <= room else match


def _best_window(items: list[_Match], weights: Mapping[str, float], room: int) -> tuple[int, int]:
    """The stretch of up to `room` characters with the greatest weight of different keys, the earliest of equals: where
    its first item starts, and where it has got all its weight."""
    by_start = sorted(item for item in items if item.end - item.start <= room)
    if not by_start:  # a word longer than the excerpt
        return items[0].start, items[0].start + room
    by_end = sorted(by_start, key=lambda item: item.end)
    counts: Counter[str] = Counter()
    score, best_score, best, added = 0.0, -1.0, 0, 0
    for first in by_start:
        while added < len(by_end) and by_end[added].end <= first.start + room:
            key = by_end[added].key
            score += weights.get(key, 0.0) if not counts[key] else 0.0
            counts[key] += 1
            added += 1
        if score > best_score + 1e-9 * abs(best_score):  # the same sum may differ in its last bits
            best_score, best = score, first.start
        counts[first.key] -= 1
        score -= weights.get(first.key, 0.0) if not counts[first.key] else 0.0
    seen: set[str] = set()
    last = best
    for item in by_end:
        if best <= item.start and item.end <= best + room and item.key not in seen:
            seen.add(item.key)
            last = item.end
    return best, last


def _start(text: str, paragraphs: list[int], first: int, last: int, room: int) -> int:
    """Where an excerpt starts that has to show `first` to `last`."""
    if last <= room:
        return 0
    low = max(0, last - room)
    wanted = min(first, len(text) - room)  # further back where the text ends soon, to fill the excerpt
    sentences = _sentence_starts(text, paragraphs, max(low, wanted - room // 2), first)
    if i := bisect_right(sentences, wanted):
        return sentences[i - 1]
    if sentences and sentences[0] <= wanted + room // 3:
        return sentences[0]
    for start in range(max(low, wanted - _LEAD), first):
        if start == 0 or text[start - 1] == " " or (_is_ideograph(text[start]) and not _joins(text[start])):
            return start
    return first


def _sentence_starts(text: str, paragraphs: list[int], low: int, high: int) -> list[int]:
    """Where sentences start between `low` and `high`, both included."""
    starts = paragraphs[bisect_left(paragraphs, low) : bisect_right(paragraphs, high)]
    for end in _SENTENCE_END.finditer(text, max(0, low - 8), high):
        start = end.end()
        if start >= low and not text[start].islower() and not _is_abbreviation(text, end.start()):
            starts.append(start)
    return sorted(starts)


def _is_abbreviation(text: str, dot: int) -> bool:
    word = text[max(0, dot - 12) : dot].rpartition(" ")[2].lstrip("(['\"“‘").lower()
    return text[dot] == "." and (len(word) == 1 or "." in word or word in _ABBREVIATIONS)


def _end(text: str, start: int, room: int, complete: bool) -> tuple[int, str]:
    """Where an excerpt of `room` characters that starts at `start` ends, and what it ends with."""
    if len(text) - start <= room - (0 if complete else len(_CUT_END)):
        return len(text), "" if complete else _CUT_END
    return _cut(text, start, start + room - len(_CUT_END)), _CUT_END


def _cut(text: str, start: int, limit: int) -> int:
    """The last good place to cut `text`, up to `limit`: between words, otherwise in a word, never in a character."""
    half = start + (limit - start) // 2
    blank = text.rfind(" ", half, limit + 1)
    places = range(limit, max(half, blank), -1)
    for i in places:
        if text[i] > "\u2e7f" and _is_ideograph(text[i]) and not _joins(text[i]):
            return len(text[:i].rstrip())
    if blank > start:
        return blank
    whole = [i for i in places if not _is_inside_character(text, i)]
    return next(
        (i for i in whole if not (_is_letter(text[i - 1]) and _is_letter(text[i]))), whole[0] if whole else limit
    )


def _is_letter(char: str) -> bool:
    return char.isalnum() or char in "'’"


def _is_inside_character(text: str, i: int) -> bool:
    """Whether `i` is between parts of what a reader sees as one character."""
    before, after = text[i - 1], text[i]
    if after in _FLAG_LETTERS:  # two make a flag
        return (i - len(text[:i].rstrip(_FLAG_LETTERS))) % 2 == 1
    return (
        _joins(after)
        or "\u200d" in (before, after)  # joins emoji
        or "\U0001f3fb" <= after <= "\U0001f3ff"  # skin tones
        or ("\ud800" <= before <= "\udbff" and "\udc00" <= after <= "\udfff")
    )


def _marks(words: list[_Match], start: int, end: int, shift: int) -> tuple[tuple[int, int], ...]:
    """Those of `words` between `start` and `end` as marks in an excerpt of that stretch, after `shift` characters.
    Words that touch, as ideographs do, share a mark."""
    marks: list[tuple[int, int]] = []
    for word in words:
        left, right = max(word.start, start) - start + shift, min(word.end, end) - start + shift
        if left >= right:
            continue
        if marks and left <= marks[-1][1]:
            left, right = marks[-1][0], max(right, marks.pop()[1])
        marks.append((left, right))
    return tuple(marks)
