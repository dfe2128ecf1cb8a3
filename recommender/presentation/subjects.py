"""Subjects: what an article is about by name, and how much of it others are about.

Two articles are joined by a specific name that is central to both, or by two specific ones. *Specific* is a name that
few articles of the archive have; *central* is what an article's headline or opening names. Whatever is common in the
archive, or stands far down in one of the two, says next to nothing of both, so the three multiply.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from indexer.article.article import Article
from indexer.text.words import APOSTROPHES, normalize, word_forms
from recommender.corpus.corpus import Corpus, TermVector
from recommender.corpus.terms import IN_LEAD, IN_TITLE, REPEATED, hash_terms, rarity
from recommender.names.commonplace import is_commonplace, is_of_institution
from recommender.names.extraction import is_adjective, names_in, names_of
from recommender.names.spelled_out import spelled_out
from recommender.names.whole import NameWords, is_agency, is_place, is_short_for, is_unsure, is_weak, whole_names
from recommender.presentation.headline_phrases import (
    WEIGHT,
    as_written,
    phrases_of,
    rarities,
    recurrence,
)
from recommender.presentation.headline_words import TELLING_THING, HeadlineWords
from recommender.presentation.normalized import normalized
from recommender.presentation.own_names import names_of_their_own
from recommender.request.profile import Profile

SOURCE_CHARS = 3000  # of the article's text that are read for names
MAX_NAMES = 40  # of the article's own
LONGEST_OF_PEOPLE, LONGEST_OF_INSTITUTIONS = 3, 7  # words
MAX_NAME = 42  # characters; longer names make no reason
LEAST_ARTICLES = 20  # a smaller archive counts as one of so many: that one of five has a name does not make it common

OF_FRAME = 0.5  # share of the articles of a series that have what is of their frame
HARDLY = 0.25  # evidence of names in both headlines below which other words of these are looked at, too
WEAK = 0.5  # of a name, where it is that of an office or of who holds one
LEAST_SPECIFIC = 0.42  # of a name of one word; of longer ones the rarest word only says how rare they are at most

# how central a name is to an article, by where it stands
HEADLINE, OPENING_AND_AGAIN, OPENING, AGAIN, ONCE = 1.0, 0.8, 0.55, 0.35, 0.12


@dataclass(frozen=True, slots=True)
class Subject:
    """A name that articles can share, as the article writes it."""

    text: str
    terms: tuple[str, ...]
    unsure: bool = False  # see `names.whole.is_unsure`
    is_phrase: bool = False  # of headlines, no name
    within: str = field(default="", compare=False, repr=False)  # the text that has it
    institution: bool = False  # the initials of one ("IBC"), which has to do with many things
    parts: tuple[str, ...] = ()  # how readers are told of what is no name but some words of both headlines

    @property
    def label(self) -> str:
        """The name as readers are shown it, which is looked for when it is shown: few of all names are."""
        return spelled_out(self.text, self.within)

    @property
    def labels(self) -> tuple[str, ...]:
        """What readers are told of it, one text or several; none where it would tell them nothing."""
        return tuple(filter(None, self.parts)) if self.parts else (self.label,)

    @property
    def is_part(self) -> bool:
        """Whether it can only be the beginning of what articles share, and so is nothing to tell readers: "radical
        Palestinian" group or leader."""
        return self.is_phrase and not self.parts and is_adjective(self.text.split()[-1])

    @property
    def key(self) -> frozenset[str]:
        """The words of the name whatever their order; two names with common words say much the same."""
        return frozenset(self.terms)

    def says_the_same(self, other: Subject) -> bool:
        """Whether two names have a word in common, or one is short for the other."""
        return bool(self.key & other.key) or is_short_for(self.text, other.text)


@dataclass(frozen=True, slots=True)
class Shared:
    """What an article and those related to it are about."""

    subjects: tuple[Subject, ...]
    specific: NDArray[np.float32]  # (n_subjects,) from 0 for a name that all articles have to 1 for one that one has
    in_source: NDArray[np.float32]  # (n_subjects,) how central each is to the article
    in_items: NDArray[np.float32]  # (n_items, n_subjects) the same for the related ones, 0 where they have it not
    strange: NDArray[np.int8]  # (n_items,) see `own_names`
    # (n_items,) the terms of words that say what, not where, and that both headlines have, see `headline_words`
    things: Sequence[frozenset[str]]

    def evidence(self) -> NDArray[np.float32]:
        """(n_items, n_subjects) how much each subject joins each item to the article, from 0 to 1."""
        return np.asarray(self.specific * self.in_source * self.in_items, np.float32)

    def without_frame(self, in_series: NDArray[np.bool_]) -> Shared:
        """The same where what the items `in_series`, (n_items,), have for the most part joins nothing: it is of the
        frame of their series, which the article fills like them."""
        if not in_series.any():
            return self
        of_frame = (self.in_items[in_series] > 0).mean(axis=0) >= OF_FRAME
        return replace(self, specific=np.where(of_frame, np.float32(0), self.specific))

    def with_subjects(
        self, subjects: Sequence[Subject], specific: NDArray[np.float32], in_items: NDArray[np.float32]
    ) -> Shared:
        """The same with more subjects, which the article's headline has; `in_items` is (n_items, n_subjects)."""
        return replace(
            self,
            subjects=(*self.subjects, *subjects),
            specific=np.concatenate([self.specific, specific]),
            in_source=np.concatenate([self.in_source, np.full(len(subjects), HEADLINE, np.float32)]),
            in_items=np.concatenate([self.in_items, in_items], axis=1),
        )

    def restricted(self, items: Sequence[int]) -> Shared:
        """The same with only these items, in this order."""
        rows = list(items)
        things = [self.things[row] for row in rows]
        return replace(self, in_items=self.in_items[rows], strange=self.strange[rows], things=things)


def shared_subjects(
    corpus: Corpus,
    profile: Profile,
    source: Article,
    items: Sequence[Article],
    docs: Sequence[int],
    *,
    whole: bool = True,
    by_words: bool = True,
) -> Shared:
    """The subjects of an article, and how central they are to the related `items`, which are the docs `docs`. Bylines,
    and the names of sections and sites, are no subjects: they say who wrote an article and where it stands. With
    `whole` False the names are those of the article alone, whatever the archive knows of them; with `by_words` False
    words that are neither names nor phrases join nothing."""
    subjects, titled, weights = _subjects(corpus, profile, source, items, whole)
    hashes, rarest, lasts, specific = _weighed(corpus, subjects, source.language or corpus.language)
    specific *= weights
    flags, there = _in_source(profile.terms, hashes, rarest)
    last_flags, _ = _in_source(profile.terms, hashes, lasts)
    titled |= (last_flags & IN_TITLE) > 0
    in_source = np.where(titled & there, np.float32(HEADLINE), _centrality(flags, there))
    weights, item_flags = corpus.weights_in(*_ascending(docs, hashes)) if hashes else _nothing(len(docs))
    order = np.argsort(np.argsort(np.array(docs, np.int64)))
    has, flags_of = (weights > 0)[order], item_flags[order]
    places = _places(hashes)
    in_items = np.zeros((len(items), len(subjects)), np.float32)
    for column, (terms, one, last) in enumerate(zip(hashes, rarest, lasts, strict=True)):
        present = np.asarray(has[:, [places[number] for number in terms]].all(axis=1), np.bool_)
        of_last = flags_of[:, places[terms[last]]] & np.uint8(IN_TITLE)
        in_items[:, column] = _centrality(flags_of[:, places[terms[one]]] | of_last, present)
    in_items *= _spelled(corpus, subjects, source, items, in_items)
    strange = names_of_their_own(source, items, NameWords(corpus.names), source.language or corpus.language)
    headline = HeadlineWords(corpus, profile, source, docs)
    things = [headline.things(row) for row in range(len(items))]
    in_items *= _of_initials(subjects, strange, [headline.things(row, TELLING_THING) for row in range(len(items))])
    by_name = Shared(tuple(subjects), specific, in_source, in_items, strange, things)
    foreign = [(item.language or corpus.language) != (source.language or corpus.language) for item in items]
    with_phrases = _with_phrases(by_name, corpus, source, items, docs)
    return _with_common_words(with_phrases, headline, foreign) if by_words else with_phrases


def _with_common_words(shared: Shared, headline: HeadlineWords, foreign: Sequence[bool]) -> Shared:
    """The same with words that the article's headline has in common with those of items, where hardly anything else
    joins these to it, or no name that both headlines have."""
    evidence = shared.evidence()
    titled = (shared.in_items >= HEADLINE) & (shared.in_source >= HEADLINE)
    enough = (evidence >= HARDLY) & (titled | np.array([subject.is_phrase for subject in shared.subjects], bool))
    rows = [row for row, is_foreign in enumerate(foreign) if not is_foreign and not enough[row].any()]
    joining = {row: headline.joining(row, int(shared.strange[row])) for row in rows}
    found = {row: words for row, words in joining.items() if words is not None}
    if not found:
        return shared
    columns = list(dict.fromkeys((words.terms, words.parts) for words in found.values()))
    in_items = np.zeros((len(foreign), len(columns)), np.float32)
    for row, words in found.items():
        in_items[row, columns.index((words.terms, words.parts))] = words.weight
    subjects = [Subject(" ".join(parts), terms, is_phrase=True, parts=parts) for terms, parts in columns]
    return shared.with_subjects(subjects, np.ones(len(columns), np.float32), in_items)


def _with_phrases(
    shared: Shared, corpus: Corpus, source: Article, items: Sequence[Article], docs: Sequence[int]
) -> Shared:
    """The same with the phrases that the article's headline shares with those of items, but for those of names."""
    language = source.language or corpus.language
    by_terms = {phrase.terms: phrase for phrase in phrases_of(source.headline, language)}
    has: dict[tuple[str, ...], dict[int, float]] = {}
    for row in _with_words_of_phrases(corpus, docs, list(by_terms)) if by_terms else ():
        item = items[row]
        common = [p.terms for p in phrases_of(item.headline, item.language or language) if p.terms in by_terms]
        if common and not shared.strange[row]:
            for terms in _longest(common):
                if weight := recurrence(by_terms[terms], source, item):
                    has.setdefault(terms, {})[row] = weight
    if not has:
        return shared
    phrases = [by_terms[terms] for terms in has]
    in_items = np.zeros((len(items), len(phrases)), np.float32)
    for column, rows in enumerate(has.values()):
        in_items[list(rows), column] = list(rows.values())
    rare = np.array(rarities(corpus, phrases, max(LEAST_ARTICLES, corpus.counted_docs)), np.float32)
    subjects = [Subject(as_written(phrase, source), phrase.terms, is_phrase=True) for phrase in phrases]
    return shared.with_subjects(subjects, np.float32(WEIGHT) * rare, in_items)


def _longest(phrases: Sequence[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """The phrases that are in no longer one."""
    return [one for one in phrases if not any(one != other and _is_within(one, other) for other in phrases)]


def _is_within(phrase: tuple[str, ...], other: tuple[str, ...]) -> bool:
    return any(other[at : at + len(phrase)] == phrase for at in range(len(other) - len(phrase) + 1))


def _with_words_of_phrases(corpus: Corpus, docs: Sequence[int], phrases: Sequence[tuple[str, ...]]) -> list[int]:
    """The rows of the docs that have two or more of the words of the phrases in their titles."""
    terms = list(dict.fromkeys(term for phrase in phrases for term in phrase))
    order = np.argsort(np.array(docs, np.int64), kind="stable")
    _, flags = corpus.weights_in(np.array(docs, np.int64)[order], hash_terms([term.encode() for term in terms]))
    return sorted(order[((flags & IN_TITLE) > 0).sum(axis=1) > 1].tolist())


def _subjects(
    corpus: Corpus, profile: Profile, source: Article, items: Sequence[Article], whole: bool
) -> tuple[list[Subject], NDArray[np.bool_], NDArray[np.float32]]:
    """The names of the article that may join it to others, which of them its headline has, and what each weighs."""
    language = source.language or corpus.language
    find = names_of if profile.doc < 0 else names_in  # of a draft, which comes once, nothing is remembered
    names = list(find(source.headline, source.body[:SOURCE_CHARS], language, openers=whole))
    if whole:
        names = whole_names(names, NameWords(corpus.names), language)
    articles = [source, *items]
    of_labels = {tuple(word_forms(value)) for one in articles for value in (one.section, one.site)}
    bylines = [frozenset(word_forms(author)) for one in articles for author in one.authors]
    text = f"{normalized(source.headline)}\n{normalized(source.body[:SOURCE_CHARS])}"
    kept = [
        name
        for name in names[:MAX_NAMES]
        if len(name.text) <= MAX_NAME
        and (forms := tuple(word_forms(name.text))) not in of_labels
        and not any(set(forms) <= byline for byline in bylines)
        and not is_agency(name.text, text)
    ]
    weights = [WEAK if whole and (is_weak(name) or is_place(name.text, text)) else 1.0 for name in kept]
    titled = np.array([name.in_title for name in kept], bool)
    known = NameWords(corpus.names)
    subjects = [
        Subject(
            name.text,
            name.terms,
            whole and is_unsure(name, known),
            within=text,
            institution=whole and _is_institution(name.text, text),
        )
        for name in kept
    ]
    return subjects, titled, np.array(weights, np.float32)


def _is_institution(name: str, text: str) -> bool:
    """Whether a name is initials that a text has behind the name of an institution: "Brazilian Coffee Institute (IBC)",
    "the Chicago Board of Trade, CBT"."""
    if not name.isupper():
        return False
    before = re.search(rf"([^.;\n]{{5,80}}?)(?: \(|, ){re.escape(name)}(?!\w)", text)
    return before is not None and any(
        word[0].isupper() and is_of_institution(word) for word in before[1].split()[-LONGEST_OF_INSTITUTIONS:]
    )


def _weighed(
    corpus: Corpus, subjects: Sequence[Subject], language: str
) -> tuple[list[list[int]], list[int], list[int], NDArray[np.float32]]:
    """For each subject the hashes of its terms, which of them is the rarest, places and offices in the name not
    counted, which of them headlines have in its stead, and how specific the rarest makes it."""
    hashes = [hash_terms([term.encode() for term in subject.terms]) for subject in subjects]
    flat = np.concatenate(hashes) if hashes else np.zeros(0, np.uint64)
    doc_freq = dict(zip(flat.tolist(), corpus.doc_freq(flat).tolist(), strict=True))
    rows = [row.tolist() for row in hashes]
    telling = [_telling(subject, len(row), language) for subject, row in zip(subjects, rows, strict=True)]
    rarest = [min(found, key=lambda at: (doc_freq[row[at]], at)) for row, found in zip(rows, telling, strict=True)]
    most = max(LEAST_ARTICLES, corpus.counted_docs)
    specific_of = {n: rarity(most, count) for n, count in doc_freq.items()}
    specific = np.array([specific_of[row[one]] for row, one in zip(rows, rarest, strict=True)], np.float32)
    lasts = [
        _last_name(subject, [specific_of[number] for number in row], one)
        for subject, row, one in zip(subjects, rows, rarest, strict=True)
    ]
    single = np.array([len(found) == 1 for found in telling], bool)
    return rows, rarest, lasts, np.where(single & (specific < LEAST_SPECIFIC), np.float32(0), specific)


def _last_name(subject: Subject, specific: Sequence[float], rarest: int) -> int:
    """The place of the term that headlines have in a name's stead: the surname of "Kiichi Miyazawa". Its rarest term,
    where the last one is common or of an office. `specific` are those of its terms."""
    words = subject.text.split()
    is_name = 1 < len(words) == len(specific) <= LONGEST_OF_PEOPLE and not is_commonplace(words[-1])
    return len(words) - 1 if is_name and specific[-1] >= LEAST_SPECIFIC else rarest


def _telling(subject: Subject, n_terms: int, language: str) -> list[int]:
    """The places of the terms that stand for words which are no places, dates or offices; of all where the words do not
    correspond to terms or none is left."""
    words = subject.text.split()
    places = [at for at, word in enumerate(words) if not is_commonplace(word, language)]
    return places if places and len(words) == n_terms else list(range(n_terms))


def _in_source(
    terms: TermVector, hashes: Sequence[Sequence[int]], rarest: Sequence[int]
) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """(n_subjects,) the flags of the rarest term of each in the article, and whether it has all of them."""
    flags = dict(zip(terms.hashes.tolist(), terms.flags.tolist(), strict=True))
    of_rarest = [flags.get(row[one], 0) for row, one in zip(hashes, rarest, strict=True)]
    return np.array(of_rarest, np.uint8), np.array([all(number in flags for number in row) for row in hashes], bool)


def _centrality(flags: NDArray[np.uint8], present: NDArray[np.bool_]) -> NDArray[np.float32]:
    """(n,) how central a name is, by the flags of its rarest term; 0 where it is not there."""
    opens, again = (flags & IN_LEAD) > 0, (flags & REPEATED) > 0
    by_place = np.select(
        [(flags & IN_TITLE) > 0, opens & again, opens, again], [HEADLINE, OPENING_AND_AGAIN, OPENING, AGAIN], ONCE
    )
    return np.where(present, by_place, 0).astype(np.float32)


def _places(hashes: Sequence[Sequence[int]]) -> dict[int, int]:
    """Where each hash is among the different ones."""
    return {number: place for place, number in enumerate(dict.fromkeys(n for row in hashes for n in row))}


def _ascending(docs: Sequence[int], hashes: Sequence[Sequence[int]]) -> tuple[NDArray[np.int64], NDArray[np.uint64]]:
    return np.sort(np.array(docs, np.int64)), np.array(list(_places(hashes)), np.uint64)


def _nothing(n_items: int) -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
    return np.zeros((n_items, 0), np.float32), np.zeros((n_items, 0), np.uint8)


def _spelled(
    corpus: Corpus, subjects: Sequence[Subject], source: Article, items: Sequence[Article], central: NDArray[np.float32]
) -> NDArray[np.bool_]:
    """(n_items, n_subjects) whether an item that has the words of a name writes it as a name: its words may all be
    there and mean nothing ("a dome of petroleum"). In another language names may be spelled otherwise, so there the
    words are enough."""
    language = source.language or corpus.language
    known = NameWords(corpus.names)
    spelled = central > 0
    wanted = [_wanted(subject.text, known, language) for subject in subjects]
    patterns = [_in_its_order(subject.text) if " " in subject.text else None for subject in subjects]
    for row, item in enumerate(items):
        if (item.language or corpus.language) != language:
            continue
        folded = item.headline.casefold()
        text = f"{normalized(item.headline)}\n{normalized(item.body)}" if spelled[row].any() else ""
        for column in np.flatnonzero(spelled[row]).tolist():
            if subjects[column].unsure:
                spelled[row, column] = _stands_inside(subjects[column].text, item.body)
                continue
            stands = any(_stands(word, item.body) or word.casefold() in folded for word in wanted[column])
            whole = patterns[column]
            spelled[row, column] = stands and (whole is None or whole.search(text) is not None)
    return spelled


def _of_initials(
    subjects: Sequence[Subject], strange: NDArray[np.int8], things: Sequence[frozenset[str]]
) -> NDArray[np.float32]:
    """(n_items, n_subjects) what of a name counts: `WEAK` of initials ("GDP", "CCC") where each headline has a name or
    place that the other text has not, since two countries have each its own; and of those of an institution where one
    has, and the headlines have no other word in common ("IBC president in Managua", "IBC pays creditors")."""
    counts = np.ones((len(things), len(subjects)), np.float32)
    for column, subject in enumerate(subjects):
        if subject.text.isupper():
            other = [subject.institution and not of_item - subject.key for of_item in things]
            counts[(strange > 1) | (strange > 0) & np.array(other, bool), column] = WEAK
    return counts


@lru_cache(maxsize=1 << 12)
def _in_its_order(name: str) -> re.Pattern[str]:
    """What a text must have of a name: its words in their order, with no more than a few others between them."""
    words = [rf"{re.escape(word.rstrip('s').removesuffix(chr(39)))}\w{{0,3}}" for word in normalize(name).split()]
    return re.compile(r"(?<!\w)" + r"\W+(?:\w+\W+){0,2}?".join(words), re.IGNORECASE)


def _stands_inside(name: str, text: str) -> bool:
    """Whether a text has a name with its capitals within a sentence."""
    return re.search(rf"[^\W_A-Z],? {re.escape(name)}(?!\w)", text) is not None


def _stands(word: str, text: str) -> bool:
    """Whether a text has a word with its capitals, whatever its apostrophe looks like."""
    return word in text or ("'" in word and any(word.replace("'", mark) in text for mark in APOSTROPHES))


def _wanted(name: str, known: NameWords, language: str) -> list[str]:
    """What of a name must stand in a text as it is spelled: one of the words that are names by themselves, or else
    the whole."""
    telling = [word for word in name.split() if word in known and not is_commonplace(word, language)]
    return telling or [name]
