"""An invented vocabulary with the statistics of English: function words at their usual rates, pronounceable content
words with their inflections, numbers, names, and the two-regime rank-frequency law that large vocabularies follow.

References
----------
R. Ferrer i Cancho and R. V. Solé, "Two regimes in the frequency of words and the origins of complex lexicons",
Journal of Quantitative Linguistics 8(3), 2001: frequency falls as 1/rank among the first thousands of words and
nearly as 1/rank^2 beyond. H. S. Heaps, "Information Retrieval", 1978, 7.5: the number of distinct words grows as
K * tokens^beta; a rank-frequency tail with exponent s makes beta = 1/s.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

# Occurrences per 10,000 words of running English, rounded. Together with the rate at which the generator draws from
# this table they make four words in ten a stop word.
_FUNCTION_WORD_RATES = """
the 620 of 300 to 270 and 265 in 215 a 210 that 105 is 95 was 92 for 90 it 80 on 68 with 68 as 66 he 65 be 58 by 56
at 52 his 45 not 44 are 44 from 44 this 44 but 40 had 40 or 37 have 39 an 36 they 34 which 32 were 31 all 26 her 26
she 25 there 24 their 26 we 24 you 24 him 20 been 24 has 26 when 22 who 24 will 26 no 19 more 22 if 19 out 18 so 17
what 16 up 17 its 20 about 18 than 17 into 16 them 16 can 16 only 15 other 16 some 15 these 14 then 12 do 12 any 12
our 12 over 12 such 11 after 13 did 9 before 10 most 10 through 10 while 8 between 8 both 7 during 7 under 7 until 5
against 7 because 8 same 6 how 8 your 8 does 4 here 6 own 6 each 7 few 5 those 8 very 7 too 6 off 5 again 5 down 7
should 8 above 3 below 2 once 3 why 3 further 4 being 7 having 3 now 10 just 6 where 8 my 9 me 7 nor 2 itself 2
himself 3 themselves 2 whom 1 i 40
"""
_CLAUSE_STARTS = ", and", ", but", ", which", ", who", ", while", ", as", ", because", ", with", ", in", ", for", ", or"
_SENTENCE_STARTS = """
The The The The The In A It It But He They At On For This Some After That We She While As From When If These There By
His Most An With Both No More What
"""

# The sounds of a syllable, the commoner ones more often: single consonants and vowels. "-" is silence.
_ONSETS = """
b c d f g h j k l m n p r s t v w z b c d f g l m n p r s t br bl ch cl cr dr fl gr pl pr qu sh sl sp st str th tr
"""
_NUCLEI = "a e i o u a e i o u a e i o ai ea ee ou io"
_CODAS = "- - - n r l t s m d k p nd nt st rt ck ll ng x y"
_SYLLABLES = {1: 400, 2: 20_000, 3: 300_000, 4: 10**9}  # up to which rank words have so many syllables
_INSTITUTIONS = ("Bank of {1}", "{0} {1} Group", "{1} City Council", "{0} Industries", "University of {1}")
_VOWELS = frozenset("aeiou")


class RankFrequency:
    """Draws ranks 0, 1, 2, ... with the probability of each falling as ``(rank + shift) ** -exponent``.

    Parameters
    ----------
    n
        how many ranks there are.
    head, tail
        the exponents below and beyond rank `knee`; the two meet at the knee.
    shift
        Mandelbrot's: it flattens the first few ranks.
    """

    def __init__(self, n: int, *, head: float, tail: float, knee: int, shift: float) -> None:
        rank = np.arange(n) + shift
        bend = knee + shift
        weight = np.where(rank < bend, (rank / bend) ** -head, (rank / bend) ** -tail)
        self._cumulative = np.cumsum(weight / weight.sum())
        # Where each of 2^16 equal slices of probability begins: draws from a slice that holds one rank
        # alone need no search, and they are the most frequent ones.
        self._slices = 1 << 16
        edges = np.searchsorted(self._cumulative, np.arange(self._slices + 1) / self._slices, side="right")
        self._first = np.minimum(edges[:-1], n - 1).astype(np.int32)
        self._last = np.minimum(edges[1:], n - 1).astype(np.int32)

    def draw(self, rng: np.random.Generator, size: int) -> NDArray[np.int32]:
        """`size` independent ranks."""
        u = rng.random(size)
        which = (u * self._slices).astype(np.int32)
        ranks = self._first[which]
        (open_,) = np.nonzero(ranks != self._last[which])
        ranks[open_] = np.minimum(np.searchsorted(self._cumulative, u[open_], side="right"), len(self._cumulative) - 1)
        return ranks


def function_words() -> tuple[list[str], NDArray[np.float64]]:
    """English function words and their probabilities."""
    fields = _FUNCTION_WORD_RATES.split()
    rates = np.array(fields[1::2], dtype=float)
    return fields[::2], rates / rates.sum()


def sentence_starts() -> list[str]:
    """Tokens that close a sentence and open the next; a full stop stands before a space that is removed later."""
    marks = [". "] * 12 + [".\n\n"] * 6 + ["? "]
    return [mark + word for word in _SENTENCE_STARTS.split() for mark in marks]


def clause_starts() -> list[str]:
    """Tokens that open a clause; a comma stands before a space that is removed later."""
    return list(_CLAUSE_STARTS)


def numbers(rng: np.random.Generator, count: int) -> list[str]:
    """Numbers as newspapers print them: years, small counts, decimals, thousands."""
    shapes = ("{1}", "{0:,}", "{2}.{3}", "{2}")
    kinds = rng.integers(0, len(shapes), count).tolist()
    values = np.exp(rng.random(count) * 11).astype(int).tolist()
    return [
        shapes[kind].format(value, 1950 + value % 75, value % 100 + 2, value % 9 + 1)
        for kind, value in zip(kinds, values, strict=True)
    ]


def lemmas(rng: np.random.Generator, count: int) -> list[str]:
    """`count` distinct pronounceable words, the shorter ones first."""
    taken = set(function_words()[0])
    found: dict[str, None] = {}
    while len(found) < count + len(taken):  # more than asked for, because those taken are left out
        wanted = int((count - len(found)) * 1.3) + len(taken) + 100
        # Frequent words are short (Zipf's law of abbreviation): two syllables, later three, then four.
        syllables = next(n for n, ends_at in _SYLLABLES.items() if len(found) < ends_at)
        wanted = min(wanted, int(_SYLLABLES[syllables] * 0.7))
        parts: list[list[str]] = []
        for _ in range(syllables):
            parts += [_pick(rng, _ONSETS, wanted), _pick(rng, _NUCLEI, wanted)]
        parts.append(_pick(rng, _CODAS, wanted))
        found.update(dict.fromkeys(map("".join, zip(*parts, strict=True))))
    return [word for word in found if word not in taken][:count]


def _pick(rng: np.random.Generator, sounds: str, count: int) -> list[str]:
    choices = [sound.strip("-") for sound in sounds.split()]
    return [choices[i] for i in rng.integers(0, len(choices), count).tolist()]


def content_words(rng: np.random.Generator, count: int) -> list[str]:
    """`count` distinct content words, most frequent first: lemmas with their plurals and verb forms.

    The forms of one lemma lie within a few times its own rank of each other, as in text.
    """
    per_lemma = 5
    stems = lemmas(rng, count // 3 + 50)
    # A form's place in the ranking: its lemma's rank times how much rarer the form is.
    rarity = np.array([1.0, 2.5, 4.0, 4.5, 9.0]) * np.exp(rng.normal(0, 0.9, (len(stems), per_lemma)))
    order = np.argsort((np.arange(len(stems))[:, None] + 3) * rarity, axis=None, kind="stable")
    words: dict[str, None] = {}
    for place in order.tolist():
        stem, form = divmod(place, per_lemma)
        words[inflect(stems[stem], form)] = None
        if len(words) == count:
            break
    return list(words)


def inflect(lemma: str, form: int) -> str:
    """The base form (0), plural (1), past (2), participle (3) or adverb (4) of `lemma`, by English spelling rules."""
    if form == 0:
        return lemma
    y = lemma[-1] == "y" and lemma[-2] not in _VOWELS
    stem = lemma[:-1] if lemma[-1] == "e" and lemma[-2] not in _VOWELS else lemma
    if form == 1:
        return lemma[:-1] + "ies" if y else lemma + ("es" if lemma[-1] in "sxz" or lemma[-2:] == "ch" else "s")
    if form == 2:
        return lemma[:-1] + "ied" if y else stem + "ed"
    if form == 3:
        return stem + "ing"
    return lemma[:-1] + "ily" if y else lemma + "ly"


def names(rng: np.random.Generator, count: int) -> list[str]:
    """`count` distinct names of two or three words: people, companies, institutions, places."""
    size = max(60, int(count**0.6))
    pool = [word.capitalize() for word in lemmas(rng, 3 * size)]
    first, last, place = pool[:size], pool[size : 2 * size], pool[2 * size :]
    found: dict[str, None] = {}
    while len(found) < count:
        kinds, one, two, three = rng.integers(0, (20, size, size, size), (count, 4)).T.tolist()
        for kind, a, b, c in zip(kinds, one, two, three, strict=True):
            if kind < len(_INSTITUTIONS):
                found[_INSTITUTIONS[kind].format(last[a], place[c])] = None
            else:
                found[f"{first[a]} {last[b]}"] = None
    return list(found)[:count]
