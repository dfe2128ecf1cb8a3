"""Phrases of an archive: what several of its headlines have behind the words that are typed.

"moon" goes on as "moon landing" where two headlines or more do. Words that say nothing by themselves do not end a
phrase: behind "crew of" comes the word after it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence

from search.suggest.letter_runs import is_letter

LEAST = 2  # headlines that have a phrase
_MOST_BEHIND = 3  # words that a phrase goes on for, the last of them one that says something


def continuations(keys: Iterable[str], words: Sequence[str], is_common: Callable[[str], bool], limit: int) -> list[str]:
    """The words that most of some headlines have behind what is typed, as keys: "landing", "of the year". `keys` are
    those of different headlines, `words` what is typed, all words to their end; `is_common` says which words say
    nothing by themselves."""
    counts = Counter(behind for key in keys for behind in _behind(key.split(" "), words, is_common))
    kept = [(phrase, count) for phrase, count in counts.items() if count >= LEAST]
    return [phrase for phrase, _ in sorted(kept, key=lambda pair: (-pair[1], pair[0]))[:limit]]


def _behind(headline: Sequence[str], words: Sequence[str], is_common: Callable[[str], bool]) -> Iterator[str]:
    """What a headline has behind some words, once."""
    n_words = len(words)
    for place in range(len(headline) - n_words):
        if headline[place : place + n_words] == words:
            for stop in range(place + n_words, min(place + n_words + _MOST_BEHIND, len(headline))):
                if is_letter(headline[stop]):  # a word has several
                    return
                if not headline[stop].isdigit() and not is_common(headline[stop]):
                    yield " ".join(headline[place + n_words : stop + 1])
                    return
            return
