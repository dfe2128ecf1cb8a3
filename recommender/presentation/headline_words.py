"""Words that two headlines have in common though not as neighbours: "Pakistan bids for sugar" and "Fire damages
Pakistan sugar stock".

What has no name of its own is often known by two words together, of which neither says enough. They join two articles
as little as phrases do where the headlines name different things (`own_names`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexer.article.article import Article
from indexer.text.analyzer import analyzer_for
from indexer.text.words import normalize
from recommender.corpus.corpus import Corpus
from recommender.corpus.terms import IN_TITLE, REPEATED, hash_terms, rarity
from recommender.names.commonplace import is_commonplace
from recommender.names.extraction import is_adjective
from recommender.names.spelled_out import begun
from recommender.names.whole import NameWords
from recommender.presentation.headline_phrases import HEADLINE_CHARS, TEXT_CHARS, TOKEN, is_telling
from recommender.presentation.normalized import normalized
from recommender.request.profile import Profile

WEIGHT = 0.5  # of such words beside a name's 1
SECOND_WORD = 0.5  # what the commoner of two words adds to how rare the rarer one is
LEAST = (0.55, 0.7)  # how rare they must be together where no headline has a name of its own, and where one has
ALONE = 0.6  # how rare one word must be that is a name and stands alone
VERY_RARE = 0.8  # from which on a word need not be repeated in the texts, which may be tables
LEAST_TOLD = 0.25  # how rare a word is that readers are told of
LEAST_THING = 0.3  # how rare the rarest of them must be that says what, not where
ABOUT_AS_RARE = 0.75  # share of the second word's rarity
TELLING_THING = 0.4  # how rare a word is that two headlines about one subject may share beside a name
TOLD_ALONE = 0.55  # how rare a word is that readers are told of without another
NOTHING_TOLD = ""  # the one part of words that join two articles and tell readers nothing
SLIGHT = 0.08  # weight of words that say what both are about and are not enough to join them
MOST_PARTS = 2  # that are named in a reason
_TICKER = re.compile(r"<[^<>\s]{1,10}>")  # "Metex <MTX> chairman": how a company is known on an exchange
_WHOLE = re.compile(r"[^\W_]+(?:['.-][^\W_]+)*")
_JOINING = frozenset("of the de du des del der di da von van".split())
_ORDINALS = frozenset("first second third fourth fifth sixth seventh eighth ninth tenth last next".split())
_MANNER = re.compile(r"\w{3,}ly\Z")


@dataclass(frozen=True, slots=True)
class CommonWords:
    """The words that the article's headline has in common with that of an item, and what they weigh."""

    terms: tuple[str, ...]  # in the order of the article's headline
    parts: tuple[str, ...]  # how readers are told of them; `NOTHING_TOLD` alone where they tell nothing
    weight: float


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    whole: str  # the word that it is a part of: "micro-purchase"
    term: str
    place: int  # of the whole in the headline, neighbours one apart
    rare: float  # 0 to 1
    commonplace: bool


class HeadlineWords:
    """The words of an article's headline, and which of them are in the headlines of the docs `docs`, and how."""

    def __init__(self, corpus: Corpus, profile: Profile, source: Article, docs: Sequence[int]) -> None:
        self._source, self._known = source, NameWords(corpus.names)
        self._words = _words(corpus, source, source.language or corpus.language)
        hashes = hash_terms([word.term.encode() for word in self._words])
        self._flags = _flags(corpus, docs, hashes)  # (n_docs, n_words)
        mine = dict(zip(profile.terms.hashes.tolist(), profile.terms.flags.tolist(), strict=True))
        again = np.array([(mine.get(number, 0) & REPEATED) > 0 for number in hashes.tolist()], bool)
        self._again = again & ((self._flags & REPEATED) > 0)

    def things(self, row: int, least: float = LEAST_THING) -> frozenset[str]:
        """The terms of those that a doc has in its headline, too, that are as rare as that and say what it is about,
        not where."""
        return frozenset(word.term for word in self._in_both(row) if word.rare >= least and not word.commonplace)

    def _in_both(self, row: int) -> list[_Word]:
        return [word for word, flags in zip(self._words, self._flags[row], strict=True) if flags & IN_TITLE]

    def joining(self, row: int, strange: int) -> CommonWords | None:
        """Those that join a doc to the article, or at least say what both are about; `strange` of the two headlines
        have names of their own."""
        if not self._words or strange >= len(LEAST):
            return None
        again = dict(zip(self._words, self._again[row].tolist(), strict=True))
        common = [
            word for word in self._in_both(row) if again[word] or (word.rare >= VERY_RARE and not word.commonplace)
        ]
        rare = _together(common, self._known)
        if rare >= LEAST[strange]:
            told, weight = _told(common), WEIGHT * min(rare, 1.0)
        elif not strange:
            told, weight = [word for word in common if word.rare >= TELLING_THING and not word.commonplace], SLIGHT
        else:
            told, weight = [], 0.0
        terms = tuple(word.term for word in told)
        return CommonWords(terms, _parts(told, self._source, self._known), weight) if told else None


def _flags(corpus: Corpus, docs: Sequence[int], hashes: NDArray[np.uint64]) -> NDArray[np.uint8]:
    """(n_docs, n_words) the flags of words in docs, both in any order."""
    if not len(docs) or not len(hashes):
        return np.zeros((len(docs), len(hashes)), np.uint8)
    by_doc, by_hash = np.argsort(np.array(docs, np.int64)), np.argsort(hashes)
    _, flags = corpus.weights_in(np.array(docs, np.int64)[by_doc], hashes[by_hash])
    ordered = np.zeros_like(flags)
    ordered[np.ix_(by_doc, by_hash)] = flags
    return ordered


def _words(corpus: Corpus, source: Article, language: str) -> list[_Word]:
    """The words of an article's headline that may say what it is about, each once."""
    term_of = analyzer_for(language).term
    done = _done(source.body, language)
    found: dict[str, tuple[str, str, int]] = {}
    for place, whole in enumerate(_wholes(source)):
        for text in TOKEN.findall(whole):
            term = term_of(text.lower()) if is_telling(text) and not _MANNER.match(text.lower()) else None
            if term and term not in done:
                found.setdefault(term, (text, whole, place))
    if not found:
        return []
    num_docs = max(2, corpus.counted_docs)
    doc_freq = corpus.doc_freq(hash_terms([term.encode() for term in found])).tolist()
    return [
        _Word(text, whole, term, place, rarity(num_docs, count), is_commonplace(text, language))
        for (term, (text, whole, place)), count in zip(found.items(), doc_freq, strict=True)
    ]


def _wholes(source: Article) -> list[str]:
    """All words of an article's headline, compounds in one, without what is in brackets for an exchange."""
    headline = _TICKER.sub(" ", normalize(source.headline[:HEADLINE_CHARS]))
    return [re.sub("'[sS]?$", "", word) for word in _WHOLE.findall(headline)]


def _done(body: str, language: str) -> frozenset[str]:
    """The terms of what a text says that somebody did, in English: "devalued" is no thing to be about."""
    if language.partition("-")[0].lower() != "en":
        return frozenset()
    term_of = analyzer_for(language).term
    words = set(re.findall(r"(?<![^\W_])[a-z]{2,}[^aeiou]ed(?![^\W_])", body[:TEXT_CHARS]))
    return frozenset(term for word in words if (term := term_of(word)))


def _together(words: Sequence[_Word], known: NameWords) -> float:
    """How rare words are together: 0 where none names a thing, nor for one alone but for a rare name."""
    things = [word.rare for word in words if not word.commonplace]
    if max(things, default=0.0) < LEAST_THING:
        return 0.0
    if len(words) == 1:
        return words[0].rare if words[0].rare >= ALONE and words[0].text in known else 0.0
    first, second = sorted((word.rare for word in words), reverse=True)[:2]
    return first + SECOND_WORD * second


def _told(words: Sequence[_Word]) -> list[_Word]:
    """The words that readers are told of: the two rarest, and what is about as rare, in the order of the headline. A
    word in "-ing" that begins it is what is done ("Preventing technical debt")."""
    words = [word for word in words if word.place or not word.text.lower().endswith("ing")] or words
    second = sorted((word.rare for word in words), reverse=True)[:2][-1]
    return [word for word in words if word.rare >= max(LEAST_TOLD, ABOUT_AS_RARE * second)]


def _parts(words: Sequence[_Word], source: Article, known: NameWords) -> tuple[str, ...]:
    """Words as readers are told of them: neighbours together, the rarest parts, in the order of the headline."""
    headline = _wholes(source)
    runs: list[list[_Word]] = []
    for word in words:
        between = headline[runs[-1][-1].place + 1 : word.place] if runs else []
        if runs and all(other.lower() in _JOINING for other in between):
            runs[-1].append(word)
        else:
            runs.append([word])
    best = sorted(range(len(runs)), key=lambda at: (-max(word.rare for word in runs[at]), at))[:MOST_PARTS]
    body = normalized(source.body[:TEXT_CHARS])
    told = _telling([runs[at] for at in sorted(best)], known)
    return tuple(_run(run, headline, source, body, known) for run in told) or (NOTHING_TOLD,)


def _telling(runs: Sequence[list[_Word]], known: NameWords) -> list[list[_Word]]:
    """The parts that tell readers something: not "Swiss" nor "second", and a common word only beside a name, or where
    it is rare."""
    runs = [run for run in runs if not all(is_adjective(word.text) or word.text.lower() in _ORDINALS for word in run)]
    named = any(word.commonplace or word.text in known for run in runs for word in run)
    return [run for run in runs if named or len(run) > 1 or run[0].rare >= TOLD_ALONE]


def _run(words: Sequence[_Word], headline: Sequence[str], source: Article, body: str, known: NameWords) -> str:
    """Neighbouring words with what joins them: "cost of living"."""
    by_place = {word.place: word for word in words}
    places = range(words[0].place, words[-1].place + 1)
    capitals = source.headline.isupper()
    run = " ".join(
        _written(by_place[at], body, known, capitals=capitals) if at in by_place else headline[at].lower()
        for at in places
    )
    # "New" and "South" are in too many headlines to be looked for, and belong to "Wales firefighters"
    return run if run[0].islower() else begun(run, body, headline[: words[0].place])


def _written(word: _Word, body: str, known: NameWords, *, capitals: bool) -> str:
    """A word as the headline writes it, or where that is all in capitals as the text writes it most often: within
    sentences, or anywhere, or else as names and other words are written."""
    text = word.whole if re.search(_whole_word(word.whole), body, re.IGNORECASE) else word.text
    is_name = word.text in known or word.commonplace or word.rare >= VERY_RARE
    if not capitals:
        return text if word.place or is_name or text in body else text.lower()
    pattern = _whole_word(text)
    forms = re.findall(rf"(?<=[^\W_] ){pattern}", body, re.IGNORECASE) or re.findall(pattern, body, re.IGNORECASE)
    forms = [form for form in forms if not form.isupper()] or forms
    if forms and not (word.commonplace and forms[0].isupper()):
        return str(max(dict.fromkeys(forms), key=forms.count))
    return text.title() if is_name else text.lower()


def _whole_word(text: str) -> str:
    return rf"(?<![^\W_]){re.escape(text)}(?![^\W_])"
