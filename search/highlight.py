"""What a hit shows of its article: the title and the passage that answers the query best, with the words marked.

Whoosh's highlighter runs every word of an article through its analyzer, and costs more than the search. Here most
words are never looked at: an English stem shares all its letters but the last two with every form it stands for, so
`str.find` goes from one word that begins like a wanted one to the next, and only those words are stemmed. In other
languages every different word of the text is looked up once.
"""

from __future__ import annotations

import math
import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import NamedTuple

from indexer.analysis import APOSTROPHES, DEFAULT_LANGUAGE, WORD, Analyzer, analyzer_for, strip_accents, word_forms
from search.results import Excerpt

MAX_SCANNED = 50_000  # characters of a body that are searched for a passage, so that a book costs what an article does
MIN_LENGTH = 20  # characters; less than this is not an excerpt
_CUT_START, _CUT_END = "... ", " ..."
_LEAD = 40  # characters shown before the first mark when no sentence starts near it
_TOKEN = 24  # how far a bracket, a quote or the rest of a hyphenated word may reach from the word it belongs to

# Signs that only separate words. With blanks for them, most prose in Western languages is Latin-1.
_TYPOGRAPHY = "“”„‟«»‹›–—―•…\u00a0\u2009\u200b\u202f€→"
_LATIN = [chr(i).lower() for i in range(256)]
_LATIN_WORDS = "".join(c if c.isalnum() or c == "'" else " " for c in _LATIN).encode("latin-1")
_LATIN_LETTERS = "".join(strip_accents(c)[0] if c.isalnum() else " " for c in _LATIN).encode("latin-1", "replace")

_FULL_WIDTH = re.compile(r"[！-～…]")  # ASCII as wide as ideographs; and three dots, which say no more than one
_NON_ASCII = re.compile(r"[\x00-\x7f]?[^\x00-\x7f]+")
_SENTENCE_END = re.compile(r"[.!?…]['\"”’»)\]]* |[。！？؟।۔]['\"”’»」』）]* ?")
_ABBREVIATION = re.compile(
    r"(mr|mrs|ms|dr|st|prof|gen|lt|col|sgt|capt|sen|rep|gov|rev|hon|jr|sr|inc|corp|co|ltd|bros|vs|no|fig|est|approx|"
    r"dept|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|.*\..*|.)"
)
_FLAG_LETTERS = "".join(map(chr, range(0x1F1E6, 0x1F200)))


class _Match(NamedTuple):
    """A stretch of text, and which wanted term, prefix or phrase it is."""

    start: int
    end: int
    key: str


class Highlighter:
    """Marks the words of one query in the texts of any number of articles.

    Building one takes some microseconds; what it learns of a word serves the next article. A mark covers the word as
    it is written, with its possessive or elision.

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
        by whose rules words have terms, for texts that come without a language of their own.

    Raises
    ------
    ValueError
        when a weight is negative or not finite.
    """

    def __init__(
        self,
        terms: Collection[str],
        prefixes: Collection[str] = (),
        phrases: Sequence[Sequence[str]] = (),
        language: str = DEFAULT_LANGUAGE,
    ) -> None:
        self._language = language
        self._phrases = [kept for phrase in phrases if (kept := [term for term in phrase if term])]
        self._marked = _weights(terms)
        self._wanted = frozenset(filter(None, self._marked)).union(*self._phrases)
        self._prefixes = sorted({prefix.lstrip("'") for prefix in [*prefixes, *map(strip_accents, prefixes)]} - {""})
        self._marked |= {_prefix_key(prefix): 1.0 for prefix in self._prefixes}
        whole = 1.0 + sum(self._marked.values())  # a passage with a phrase beats every passage without
        self._weights = self._marked | {_phrase_key(i): whole for i in range(len(self._phrases))}
        self._keys: dict[str, _Keys] = {}

    def title(self, text: str, language: str = "") -> Excerpt:
        """The whole of `text`, with marks."""
        words, _ = self._find(text, language)
        return Excerpt(text, _marks(words, 0, len(text), 0))

    def excerpt(self, body: str, length: int = 240, language: str = "") -> Excerpt:
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
        words, phrases = self._find(text, language)
        start = 0
        if words and len(text) > length:
            room = length - len(_CUT_START) - len(_CUT_END)
            items = [_with_token(text, match, room) for match in words + phrases]
            first, last = _best_window(items, self._weights, room)
            start = _start(text, paragraphs, first, last, room)
        head = _CUT_START if start else ""
        end, tail = _end(text, start, length - len(head), complete)
        return Excerpt(head + text[start:end] + tail, _marks(words, start, end, len(head)))

    def _find(self, text: str, language: str) -> tuple[list[_Match], list[_Match]]:
        """The words of `text` to mark, and the phrases in it, each in the order of the text."""
        if not self._wanted and not self._prefixes:
            return [], []
        language = language or self._language
        keys = self._keys.get(language)
        if keys is None:
            keys = self._keys[language] = _Keys(analyzer_for(language), self._wanted, self._prefixes)
        latin = _latin(text)
        words = _find_in_latin(latin, keys) if latin is not None else _find_in_any_script(text, keys)
        if not self._phrases:
            return words, []
        phrases, within = self._find_phrases(text, words, keys.analyzer)
        return [word for i, word in enumerate(words) if word.key in self._marked or i in within], phrases

    def _find_phrases(self, text: str, words: list[_Match], analyzer: Analyzer) -> tuple[list[_Match], set[int]]:
        """The phrases in `text`, and the numbers of those `words` that are part of one."""
        keys = [word.key for word in words]
        found: list[_Match] = []
        within: set[int] = set()
        for number, phrase in enumerate(self._phrases):
            for i in range(len(keys) - len(phrase) + 1):
                if keys[i : i + len(phrase)] == phrase:
                    run = words[i : i + len(phrase)]
                    if not any(analyzer.terms(text[a.end : b.start]) for a, b in pairwise(run)):
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
    """Form to the wanted term or prefix it matches, or to the empty string, in one language; filled as forms turn
    up."""

    def __init__(self, analyzer: Analyzer, wanted: Collection[str], prefixes: Sequence[str]) -> None:
        self.analyzer = analyzer
        self.beginnings = _beginnings([*wanted, *prefixes]) if analyzer.language == "en" else None
        self._starts = None if self.beginnings is None else tuple(self.beginnings)
        self._wanted = wanted
        self._prefixes = prefixes

    def __missing__(self, form: str) -> str:
        word = form.strip("'")
        key = ""
        # A form that does not begin right is spared the making of its stem, the dearest thing here.
        if self._starts is None or not word.isascii() or word.startswith(self._starts):
            term = self.analyzer.term(word)
            if term in self._wanted:
                key = term
            elif self._prefixes and term:
                matching = (p for p in self._prefixes if word.startswith(p) or term.startswith(p))
                key = next(map(_prefix_key, matching), "")
        self[form] = key
        return key


def _find_in_latin(latin: bytes, keys: _Keys) -> list[_Match]:
    """The words that have a key in a text as `_latin` encodes it."""
    words = f" {latin.translate(_LATIN_WORDS).decode('latin-1')} "
    if keys.beginnings is None:
        searched = words
        sought = [f" {form} " for form in set(words.split()) if keys[form]]
    else:
        searched = f" {latin.translate(_LATIN_LETTERS).decode('latin-1')} "  # a word may follow an apostrophe
        sought = [" " + beginning for beginning in keys.beginnings]
    found: dict[int, _Match] = {}
    for beginning in sought:
        at = searched.find(beginning)
        while at >= 0:
            start = at + 1 if words[at] == " " else words.rfind(" ", 0, at) + 1
            end = words.find(" ", at + 1)
            form = words[start:end]
            if key := keys[form]:
                quotes = len(form) - len(form.lstrip("'"))
                found[start] = _Match(start - 1 + quotes, start - 1 + len(form.rstrip("'")), key)
            at = searched.find(beginning, end)
    return [found[start] for start in sorted(found)]


def _find_in_any_script(text: str, keys: _Keys) -> list[_Match]:
    """The words that have a key in any text."""
    plain, at, origin = _fold(text)
    found = []
    for form in set(WORD.findall(plain)):
        if key := keys[form]:
            start = plain.find(form)
            while start >= 0:
                end = start + len(form)
                if _is_word(plain, start, end):
                    found.append(_Match(*_original(at, origin, start, end), key))
                start = plain.find(form, end)
    return sorted(_with_marks(text, match) for match in found)


def _is_word(plain: str, start: int, end: int) -> bool:
    """Whether `start` to `end`, which begins and ends like a word, is a whole one."""
    if _is_ideograph(plain[start]):
        return True
    before = start
    while before and plain[before - 1] == "'":
        before -= 1
    if before and plain[before - 1].isalnum() and not _is_ideograph(plain[before - 1]):
        return False
    word = WORD.match(plain, start)
    return word is not None and word.end() == end


def _with_marks(text: str, match: _Match) -> _Match:
    """A match with the combining marks on its last letter, which is one with them to the reader."""
    end = match.end
    while end < len(text) and unicodedata.category(text[end])[0] == "M":
        end += 1
    return match if end == match.end else match._replace(end=end)


def _weights(terms: Collection[str]) -> dict[str, float]:
    weights = dict(terms) if isinstance(terms, Mapping) else dict.fromkeys(terms, 1.0)
    for term, weight in weights.items():
        if not 0 <= weight < math.inf:
            raise ValueError(f"the weight of '{term}' must be 0 or more and finite, not {weight}")
    return weights


def _check(length: int) -> None:
    if length < MIN_LENGTH:
        raise ValueError(f"length must be {MIN_LENGTH} or more, not {length}")


def _prefix_key(prefix: str) -> str:
    return prefix + "*"  # which no term contains


def _phrase_key(number: int) -> str:
    return f'"{number}'


def _beginnings(words: Collection[str]) -> list[str]:
    """What the forms of English terms, and of terms with these prefixes, begin with when their accents are off and
    they end at an apostrophe; none begins with another.

    Snowball's stem of a form is the form's beginning with one letter added or changed at its end, if any (hope,
    hoping; fli, flies), but for "-ying" with one letter before it, where it is two (die, dying).
    """
    beginnings = {(word[:-2] or word[:1]).partition("'")[0] for word in map(strip_accents, words)} - {""}
    kept: list[str] = []
    for beginning in sorted(beginnings):
        if not kept or not beginning.startswith(kept[-1]):
            kept.append(beginning)
    return kept


def _latin(text: str) -> bytes | None:
    """`text` in Latin-1, a byte for a character and blanks for its typography, if nothing in it needs more."""
    if text.isascii():
        return text.encode("ascii")
    text = _with_plain_apostrophes(text)
    for sign in _TYPOGRAPHY:
        text = text.replace(sign, " ")
    try:
        return text.encode("latin-1") if unicodedata.is_normalized("NFKC", text) else None
    except UnicodeEncodeError:
        return None


def _with_plain_apostrophes(text: str) -> str:
    for sign in APOSTROPHES:  # many times as fast as str.translate
        text = text.replace(sign, "'")
    return text


def _fold(text: str) -> tuple[str, list[int], list[int]]:
    """`text` as the analyzer sees it, normalised and in lower case, and where that moved something.

    The two lists are the same places in the outcome and in `text`. Where two neighbours are as far apart in both, the
    characters between them correspond one by one; elsewhere the stretch between them changed as a whole.
    """
    text = _with_plain_apostrophes(text)
    if not unicodedata.is_normalized("NFKC", text):  # first what is frequent, and one for one
        for sign in set(_FULL_WIDTH.findall(text)):
            text = text.replace(sign, chr(ord(sign) - 0xFEE0) if sign != "…" else ".")
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
    if not complete and not any(map(str.isspace, body[MAX_SCANNED - 1 : MAX_SCANNED + 1])):
        text = text[: _cut(text, 0, len(text) - 1)]  # the last word may be part of a longer one
    return text, starts, complete


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
    """Whether the dot ends a word like "Mr", an initial, or letters with dots between them."""
    word = text[max(0, dot - 12) : dot].rpartition(" ")[2].lstrip("(['\"“‘").lower()
    return text[dot] == "." and _ABBREVIATION.fullmatch(word) is not None


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
