"""Events: whether two articles that name the same people or companies tell of the same thing that happened.

A company has many things happen to it, and near texts about it may be of two of them: its results and its new plant,
the bank it buys this month and the one it bought in spring. What tells them apart is what else they say first: of one
event both have two of its actors in their openings, or the same words for what happened; and where each headline has a
name that the other article knows nothing of, or each opening another month, there are two events.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from indexer.article.article import Article
from indexer.text.words import normalize
from recommender.corpus.corpus import Corpus, TermVector
from recommender.corpus.terms import IN_LEAD
from recommender.names.commonplace import is_commonplace, months_named
from recommender.names.extraction import names_in
from recommender.presentation.headline_phrases import TOKEN
from recommender.presentation.justification import ranked
from recommender.presentation.normalized import normalized
from recommender.presentation.subjects import HEADLINE, OPENING, Shared
from recommender.ranking.selection import Pick
from recommender.request.profile import Profile

# Evidence of the names that two articles of one event have in common: the first, and a second actor's.
FIRST_ACTOR, SECOND_ACTOR = 0.25, 0.2
SPECIFIC = 0.5  # how specific a name must be to say alone what an event is about
MOST_DAYS = 60  # between two articles of one event, unless they have two actors in common and one is in both headlines
WITH_TWO = 4.5  # deviations above the crowd from which on two with common actors are of one event, ...
WITH_HEADLINES, DAYS = 3.0, 10  # ... with one actor in both headlines within so many days, ...
WITH_WORDS = 5.0  # ... with one actor and alike openings, ...
ALIKE = 0.12  # (the cosine of their words that are no names)
WITH_ONE = 8.0  # ... and with one actor and no more; after so many `DAYS` the headlines must share another word, too
BEGINS, BEGINNING_WORDS = 40, 2  # characters and words of a text among which a name begins it
_YEAR = re.compile(r"(?<![\w.,-])(?:19|20)\d\d(?![\w,-]|\.\d)")
OPENING_CHARS = 400  # of a text that say when its event was


def same_event(
    corpus: Corpus,
    profile: Profile,
    source: Article,
    items: Sequence[Article],
    picks: Sequence[Pick],
    shared: Shared,
    asked: NDArray[np.bool_],
) -> NDArray[np.bool_]:
    """(n_items,) which of the related `items`, the `picks` in words, tell of the event that the article `source` tells
    of; False for those that are not `asked` about, (n_items,)."""
    language = source.language or corpus.language
    actors, headlines, others = _actors(shared)
    told = np.zeros(len(items), bool)
    for place in np.flatnonzero(asked & (actors > 0)).tolist():
        pick, item = picks[place], items[place]
        days = _days_between(source, item)
        if actors[place] > 1 and pick.standing >= WITH_TWO:
            likely = days <= MOST_DAYS or bool(headlines[place]) or days == math.inf
        elif days > MOST_DAYS or (days > DAYS and not others[place]):
            likely = False
        else:
            likely = (
                pick.standing >= WITH_ONE
                or (headlines[place] and pick.standing >= WITH_HEADLINES and days <= DAYS)
                or (
                    pick.standing >= WITH_WORDS and opening_likeness(corpus, profile.terms, pick.doc, language) >= ALIKE
                )
            )
        told[place] = likely and shared.strange[place] < 2 and not _are_apart(source, item, language)
    return told


def _actors(shared: Shared) -> tuple[NDArray[np.int64], NDArray[np.bool_], NDArray[np.bool_]]:
    """(n_items,) how many actors, 0, 1 or more, both an item and the article are about, whether the first is in both
    headlines, and whether these have another word in common. One alone must be specific, and no institution that goes
    by its initials: such have to do with something every week."""
    is_name = np.array([not subject.is_phrase for subject in shared.subjects], bool)
    central = (shared.in_items >= OPENING) & (shared.in_source >= OPENING)
    evidence = shared.evidence() * (is_name & central)
    counts, in_both, others = (np.zeros(len(evidence), kind) for kind in (np.int64, bool, bool))
    alone = np.array([not subject.text.isupper() for subject in shared.subjects], bool)
    alone &= shared.specific >= SPECIFIC
    for row, of_item in enumerate(evidence):
        best = ranked(shared, of_item, 2)
        if best and of_item[best[0]] >= FIRST_ACTOR:
            counts[row] = 2 if of_item[best[-1]] >= SECOND_ACTOR and len(best) > 1 else int(alone[best[0]])
            in_both[row] = min(shared.in_source[best[0]], shared.in_items[row, best[0]]) >= HEADLINE
            others[row] = bool(shared.things[row] - shared.subjects[best[0]].key)
    return counts, in_both, others


def _days_between(article: Article, other: Article) -> float:
    """How many days lie between two articles, infinitely many where one has no date."""
    if article.date is None or other.date is None:
        return math.inf
    return abs((article.date - other.date).total_seconds()) / 86_400


def opening_likeness(corpus: Corpus, article: TermVector, doc: int, language: str) -> float:
    """The cosine of the words that open an article and a doc, names left out: whom it happened to says nothing of what
    happened."""
    words = _words_of_opening(corpus, article, language)
    return _cosine(words, _words_of_opening(corpus, corpus.article_terms(doc), language))


def _words_of_opening(corpus: Corpus, article: TermVector, language: str) -> dict[int, float]:
    """The weights of the words of a title and opening that are no names, by their hashes."""
    opens = np.flatnonzero((article.flags & IN_LEAD) > 0)
    names, _, _ = corpus.names_of(article.hashes[opens], language)
    opens = np.delete(opens, names)
    return dict(zip(article.hashes[opens].tolist(), article.weights[opens].tolist(), strict=True))


def _cosine(words: dict[int, float], others: dict[int, float]) -> float:
    common = sum(weight * others[word] for word, weight in words.items() if word in others)
    lengths = sum(weight**2 for weight in words.values()) * sum(weight**2 for weight in others.values())
    return float(common / lengths**0.5) if common else 0.0


def _are_apart(source: Article, item: Article, language: str) -> bool:
    """Whether one of two articles begins with somebody of whom the other knows nothing; or each names months or years
    in its opening that the other does not; or both have one headline, on different days, like two awards of one
    prize."""
    if source.headline == item.headline and source.date != item.date:
        return True
    if _begins_with_another(source, item, language) or _begins_with_another(item, source, language):
        return True
    return any(
        bool(first and second) and first.isdisjoint(second)
        for first, second in (
            (_months(source, language), _months(item, language)),
            (_years(source), _years(item)),
        )
    )


def _begins_with_another(article: Article, other: Article, language: str) -> bool:
    """Whether an article's text begins with a name that it has again and the other has not at all: a subsidiary's share
    issue is another event than its owner's result."""
    body = normalize(article.body[:OPENING_CHARS])
    begins = TOKEN.findall(body[:BEGINS])[:BEGINNING_WORDS]
    named = {word for name in names_in("", body, language) if name.count > 1 for word in name.text.split()}
    first = [word for word in begins if word in named and not is_commonplace(word, language)]
    text = f"{normalized(other.headline)} {normalized(other.body)}".casefold() if first else ""
    return bool(first) and not any(word.casefold() in text for word in first)


def _opening(article: Article) -> str:
    return normalize(f"{article.headline} {article.body[:OPENING_CHARS]}")


def _months(article: Article, language: str) -> frozenset[int]:
    """The months that an article names when it begins."""
    return months_named(_opening(article), article.language or language)


def _years(article: Article) -> frozenset[str]:
    """The years that an article names when it begins."""
    return frozenset(_YEAR.findall(_opening(article)))
