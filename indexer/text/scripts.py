"""Words of scripts that hang small words onto others: Korean particles, Arabic endings, Hebrew prefixes.

These follow from the letters of a word, not from the language of its article: a Korean name in an English article has
its particles, too.
"""

from __future__ import annotations

import unicodedata
from functools import cache

import Stemmer

ARABIC_SCRIPT = frozenset(["ar", "fa", "ur", "ps", "ku", "ckb", "ug", "sd", "az"])  # languages with rules of their own
_FIRST_SYLLABLE, _LAST_SYLLABLE = "\uac00", "\ud7a3"
HANGUL = _FIRST_SYLLABLE, "\ud7a4"  # the first syllable, and what is behind the last
_FINALS = 28  # a Hangul syllable's number modulo this is 0 where it ends in a vowel, 8 where it ends in ㄹ
_RIEUL = 8
# what a particle follows: any syllable, one that ends in a vowel, one that ends in a consonant
_ANY, _VOWEL, _CONSONANT = range(3)
_FOLLOWS = {
    **dict.fromkeys(
        "에게서 으로부터 에서부터 로부터 까지 부터 에서 에게 한테 께서 처럼 보다 마다 조차 마저 하고".split(), _ANY
    ),
    **dict.fromkeys("에는 에도 에만 의 에 도 만".split(), _ANY),
    **dict.fromkeys("라고 라는 라도 로 는 가 를 와".split(), _VOWEL),
    **dict.fromkeys("이라고 이라는 이라도 으로 이나 은 이 을 과".split(), _CONSONANT),
}
_PARTICLES = sorted(_FOLLOWS, key=len, reverse=True)
_SHORTENS_TO_ONE = frozenset(["은", "는", "이", "가", "을", "를", "와", "과", "에서", "으로"])
_NO_PARTICLES_OF_FIGURES = frozenset(["만", "도", "가", "과"])  # 10만 is a number, 5도 a temperature, 3가 a street
_HEBREW_PREFIXES = "והבכלמש"
_SHORT_HEBREW_PREFIXES = "והב"  # of words of three letters: ליד is "beside", and no "to" a "hand"
_PLURALS = {"fa": ("هایی", "های", "ها"), "ur": ("وں",)}
_ARABIC_PLURAL, _ARABIC_SINGULAR = "ات", "ة"  # which Snowball gives different stems
_LEAST_OF_PLURAL = 3  # letters of what is many


def is_hangul(word: str) -> bool:
    """Whether a word begins with a Hangul syllable."""
    return _FIRST_SYLLABLE <= word[:1] <= _LAST_SYLLABLE


def is_arabic(word: str) -> bool:
    """Whether a word begins with a letter of the Arabic script."""
    return "\u0620" <= word[:1] <= "\u06ff"


def korean_noun(word: str) -> str:
    """A Korean word without the particles at its end: 서울 of 서울에서 and 서울의, KBS of KBS에서. Words that end like
    one lose it in all their forms, and so stay together."""
    while (shorter := _without_particle(word)) != word:
        word = shorter
    return word


def _without_particle(word: str) -> str:
    for particle in _PARTICLES:
        if _ends_in(word, particle):
            before = word[-len(particle) - 1]
            final = (ord(before) - ord(_FIRST_SYLLABLE)) % _FINALS
            like_vowel = not final or (final == _RIEUL and particle.startswith("로"))
            # how a figure or a Latin letter is spoken does not follow from it
            if _FOLLOWS[particle] == _ANY or before.isascii() or (_FOLLOWS[particle] == _VOWEL) == like_vowel:
                return word.removesuffix(particle)
    return word


def _ends_in(word: str, particle: str) -> bool:
    """Whether a word ends in a particle and enough of it is left."""
    left = len(word) - len(particle)
    if left < 1 or not word.endswith(particle):
        return False
    before = word[left - 1]
    if before.isascii():
        return before.isalpha() or (before.isdigit() and particle not in _NO_PARTICLES_OF_FIGURES)
    return is_hangul(before) and left >= (1 if particle in _SHORTENS_TO_ONE else 2)


# consonants as they end syllables and begin them, where Unicode has two of one letter
_FINAL_JAMO = "\u11a8\u11a9\u11ab\u11ae\u11af\u11b7\u11b8\u11ba\u11bb\u11bc\u11bd\u11be\u11bf\u11c0\u11c1\u11c2"
_INITIAL_JAMO = "\u1100\u1101\u1102\u1103\u1105\u1106\u1107\u1109\u110a\u110b\u110c\u110e\u110f\u1110\u1111\u1112"
_TO_INITIAL = str.maketrans(_FINAL_JAMO, _INITIAL_JAMO)


def in_jamo(word: str) -> str:
    """A Korean word as the letters that its syllables are made of, one that ends a syllable being the same as one that
    begins the next: 먹어 and 머거 are a letter apart."""
    return unicodedata.normalize("NFD", word).translate(_TO_INITIAL)


@cache
def _arabic_stemmer() -> Stemmer.Stemmer:
    return Stemmer.Stemmer("arabic", 0)


def arabic_stem(word: str) -> str:
    """The stem of an Arabic word, without article and endings."""
    stem: str = _arabic_stemmer().stemWord(word)
    return stem or word


def hebrew_rest(word: str) -> str:
    """A Hebrew word without the letter at its beginning that may be a word of its own, "the", "and", "in"; empty where
    too little would be left. Of three letters few begin so."""
    prefixes = _HEBREW_PREFIXES if len(word) >= 4 else _SHORT_HEBREW_PREFIXES if len(word) == 3 else ""
    return word[1:] if word[:1] and word[0] in prefixes and "\u05d0" <= word[1] <= "\u05ea" else ""


def is_hebrew(word: str) -> bool:
    """Whether a word begins with a Hebrew letter."""
    return "\u05d0" <= word[:1] <= "\u05ea"


def other_spelling(word: str, language: str) -> str:
    """What else a word may be written as, or without its plural: a Hebrew one with one letter for two that stand for a
    consonant, an Arabic, Persian or Urdu one for one of what it says are many. Empty where there is nothing."""
    if is_hebrew(word):
        other = word.replace("\u05d9\u05d9", "\u05d9").replace("\u05d5\u05d5", "\u05d5")
        return other if other != word else ""
    if is_arabic(word) and (language == "ar" or language not in ARABIC_SCRIPT):
        is_plural = word.endswith(_ARABIC_PLURAL) and len(word) >= _LEAST_OF_PLURAL + len(_ARABIC_PLURAL)
        return word.removesuffix(_ARABIC_PLURAL) + _ARABIC_SINGULAR if is_plural else ""
    for ending in _PLURALS.get(language, ()):
        if word.endswith(ending) and len(word) - len(ending) >= _LEAST_OF_PLURAL:
            return word.removesuffix(ending)
    return ""
