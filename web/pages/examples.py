"""Searches worth trying, taken from the headlines of the archive itself."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from indexer.article.article import Article

_WORD = re.compile(r"[^\W_](?:[\w'’-]*[^\W_])?")
_POSSESSIVE = re.compile(r"['’]s\Z")
_NUMBER = re.compile(r"\d{1,3}\Z")  # Voyager 1, but not a year
_NUMBER_NEXT = re.compile(r" \d{1,3}(?![\w,.])")  # nor 1,200 rockets
_LONGEST_NAME = 3  # words; where more in a row have a capital, it is the headline's style
# Words that headlines written With Capitals would otherwise offer.
_COMMON = re.compile(
    r"(?:about|after|again|against|amid|another|before|being|between|could|during|every|first|from|have|into|just|last"
    r"|more|moves|over|says|should|still|than|that|their|there|these|they|this|three|through|under|until|what|when"
    r"|where|which|while|will|with|without|would|years?|your)\Z",
    re.IGNORECASE,
)


def example_searches(articles: Sequence[Article], count: int = 4) -> list[str]:
    """Names to search for: those that most of the newest headlines share, so each of them finds something."""
    seen: Counter[str] = Counter()
    for article in articles:
        seen.update(list(dict.fromkeys(names_in(article.headline))))
    if not seen and articles:
        return [" ".join(articles[0].headline.split()[:3])]
    return [name for name, _ in seen.most_common(count)]


def names_in(headline: str) -> Iterator[str]:
    """What is written like a name in a headline: ``Space Force``, ``Voyager 1``, ``NASA``. Its first word tells
    nothing, since it has a capital anyway, unless all of it is in capitals or a number follows.

    >>> list(names_in("Crew of Soyuz MS-24 greets the Space Force's new chief"))
    ['Soyuz MS-24', 'Space Force']
    """
    run: list[str] = []
    end = 0
    for match in _WORD.finditer(headline):
        word = match[0]
        if headline[end : match.start()] != " ":  # a comma parts names
            yield from _names_of(run)
            run = []
        tells = end > 0 or word.isupper() or _NUMBER_NEXT.match(headline, match.end())
        if word[0].isupper() and tells:
            run.append(_POSSESSIVE.sub("", word))
        elif run and _NUMBER.match(word):
            run.append(word)
        else:
            yield from _names_of(run)
            run = []
        end = match.end()
    yield from _names_of(run)


def _names_of(run: list[str]) -> list[str]:
    names = [" ".join(run)] if len(run) <= _LONGEST_NAME else run
    return [name for name in names if len(name) > 3 and not _COMMON.match(name)]
