"""Suggestions for what has been typed so far."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from datetime import UTC, datetime
from functools import cache, partial
from itertools import chain, islice
from pathlib import Path

import numpy as np

from indexer.article.article import Article
from indexer.text.words import strip_accents
from search.filters.condition import EVERYTHING, Condition, parts_of
from search.query.typed_words import is_common, word
from search.reader.articles import Articles
from search.reader.index import Index
from search.results import IN_TEXTS, NameSuggestion, Suggestion, Suggestions
from search.spelling.near_keys import NearKeysOfIndex
from search.suggest.archive_names import ArchiveNames, NamesOfIndex
from search.suggest.headline_reader import HeadlineReader
from search.suggest.headlines import Places
from search.suggest.letter_runs import PAIR, going_on, is_letter
from search.suggest.live_headlines import LiveHeadlines, Slot
from search.suggest.live_mentions import LiveMentions
from search.suggest.mention_reader import MentionReader
from search.suggest.name_keys import name_key
from search.suggest.otherwise import COMPARED, spelled_otherwise
from search.suggest.phrases import continuations
from search.suggest.typed_text import TypedText, is_in, written_in
from search.suggest.within import Within, WithinFilters, beside


def nobody_counts() -> Mapping[str, int]:
    """What readers read where nothing is counted."""
    return {}


LONGEST = 200  # characters that are looked at
_SPARE = 3  # times as many headlines as are wanted, since some articles may be withheld
_TRIED = 3  # times as many words as are wanted, since some cannot be searched for, or are written as another
_GONE = 10  # times as many words again, since no live article may have some
_COUNTED = 2000  # headlines whose words are counted where one is typed, spread over those that have such
_MOST_DIGITS = 8  # of a number that is offered: a date in figures has so many
_READ = 100  # headlines in which phrases are looked for, spread over those that have the words


class Suggester:
    """Suggests articles and queries. Safe to use from several threads; the headlines of a generation are read when it
    is first asked about, unless they are kept in `folder`."""

    def __init__(
        self,
        articles: Articles,
        near_keys: NearKeysOfIndex,
        reads: Callable[[], Mapping[str, int]] = nobody_counts,
        folder: Path | None = None,
    ) -> None:
        """`reads` says, each time it is called, how often the articles that readers chose of late were read."""
        self._articles = articles
        self._near_keys = near_keys
        self._reads = reads
        self._reads_by_seq: tuple[tuple[int, float], Mapping[str, int], Mapping[int, int]] | None = None
        self.headlines = HeadlineReader(articles, folder=folder)
        self.names = NamesOfIndex()
        self.mentions = MentionReader(articles, folder)
        self._within = WithinFilters()

    def keep(self, index: Index) -> None:
        """Keeps what suggesting needs of an index for the next process. Raises OSError or WriteError where it cannot be
        written."""
        self.headlines.keep(index)
        self.mentions.keep(index)

    def is_kept(self, index: Index) -> bool:
        """Whether next to nothing is left for `keep`."""
        return self.headlines.is_kept(index) and self.mentions.is_kept(index)

    def close(self) -> None:
        """Ends what is being read and counted; before the articles and the index are closed."""
        self.headlines.close()
        self.names.close()
        self.mentions.close()

    def suggest(
        self,
        index: Index,
        text: str,
        limit: int,
        hidden: Set[int] = frozenset(),
        condition: Condition = EVERYTHING,
    ) -> Suggestions:
        """See `Engine.suggest`; only what articles have that are not among the docs `hidden` and satisfy a condition is
        offered. Raises what `Index.filter` raises."""
        started = time.perf_counter()
        typed = TypedText(text[:LONGEST])
        if not typed.words or not limit:
            return Suggestions(text, (), (), (time.perf_counter() - started) * 1000)
        headlines, within = self.headlines.of(index), None
        if hidden or parts_of(condition):
            within = self._within.of(index, condition, hidden)
            headlines = within.headlines(headlines)
        reads = self._reads_of(index)
        is_stop = cache(partial(is_common, languages=index.languages()))
        is_right = cache(partial(_is_right, None if within is not None else index))
        exact = self._titled_so(headlines, typed, limit)
        places = _places(headlines, typed, reads, _SPARE * limit, is_stop, is_right, but=bool(exact))
        found = [*exact, *self._offered(headlines, places, limit - len(exact))]
        suggestions = tuple(Suggestion(article, typed.marked_in(article.headline)) for article in found)
        titles = [article.headline for article in found]
        if typed.ends_in_a_letter:
            runs = going_on(typed.last_run, titles, is_stop, limit) if typed.goes_on else []
            offered = [typed.with_last_run(run) for run in runs]
        else:
            near_keys = self._near_keys if self.headlines.has_all(index) else None
            written = written_in(titles)
            queries = list(islice(_queries(index, near_keys, headlines, typed, limit, within, written), limit))
            phrases = _phrases(index, headlines, typed, queries, limit // 2)
            offered = list(dict.fromkeys([*queries[: limit - len(phrases)], *phrases]))
        names = _names(self.names.of(index), self.mentions.of(index), typed, limit, within)
        named = {name_key(name.value) for name in names if name.field == IN_TEXTS}  # which are asked for as names
        offered = [query for query in offered if name_key(query) not in named]
        took_ms = (time.perf_counter() - started) * 1000
        return Suggestions(text, suggestions, tuple(offered), took_ms, tuple(names), self._has_all(index))

    def _has_all(self, index: Index) -> bool:
        return self.headlines.has_all(index) and self.names.has(index) and self.mentions.has_all(index)

    def _reads_of(self, index: Index) -> Mapping[int, int]:
        """How often articles of an index were read of late, by sequence number."""
        reads, state = self._reads(), (index.generation, index.until)
        known = self._reads_by_seq
        if known is None or known[0] != state or known[1] is not reads:
            seqs = self._articles.seqs(list(reads)) if reads else {}
            known = state, reads, {seq: reads[name] for name, seq in seqs.items()}
            self._reads_by_seq = known
        return known[2]

    def _titled_so(self, headlines: LiveHeadlines, typed: TypedText, limit: int) -> list[Article]:
        """The articles whose headlines are what is typed, each headline once: first those that are it with the signs
        in it, as "C++", "C#" and "C" have the same words; and then the newest."""
        newest = headlines.newest(headlines.equal_to(typed.key.rstrip()), _SPARE * limit, once=False)
        found: dict[str, Article] = {}
        for article in self._offered(headlines, iter(newest), len(newest)):
            found.setdefault(_as_seen(article.headline), article)
        text = _as_seen(typed.text)
        return sorted(found.values(), key=lambda article: _as_seen(article.headline) != text)[:limit]

    def _offered(self, headlines: LiveHeadlines, places: Iterator[int], limit: int) -> list[Article]:
        """The articles of some headlines in their order, without those that are gone or withheld."""
        now = datetime.now(UTC)
        offered: list[Article] = []
        while part := [headlines.seq(place) for place in islice(places, limit - len(offered))]:
            articles = self._articles.versions(part)
            for article in (articles[seq] for seq in part if seq in articles):
                if not article.status and (article.expires is None or article.expires > now):
                    offered.append(article)
        return offered


def _places(
    headlines: LiveHeadlines,
    typed: TypedText,
    reads: Mapping[int, int],
    limit: int,
    is_stop: Callable[[str], bool],
    is_right: Callable[[str, bool], bool],
    *,
    but: bool,
) -> Iterator[int]:
    """The places of the headlines that go on as typed, then of those that have its words, in one or apart at last;
    where there are none, of those that have words of which these may be slips; each time what is read most of late
    first, then the newest. With `but` without those that are what is typed, which are offered before."""
    seen = {typed.key.rstrip()} if but else set[str]()
    with_near_words = partial(_with_near_words, is_right=is_right)
    for find in (_beginning, _in_a_row, _with_words, None, with_near_words):
        if find is with_near_words and seen:
            return
        if find is None:
            places = spelled_otherwise(headlines, typed, is_stop, exactly=bool(seen))
        else:
            places = find(headlines, typed)
        for place in (*headlines.most_read(places, reads, limit), *headlines.newest(places, limit)):
            key = headlines.key(place)
            if key not in seen and typed.may_be_in(key):
                seen.add(key)
                yield place
                if len(seen) >= limit:
                    return


def _beginning(headlines: LiveHeadlines, typed: TypedText) -> Places:
    """The headlines that go on as typed; a word typed to its end may be the last."""
    places = headlines.beginning_with(typed.key)
    return places if typed.goes_on else np.concatenate([places, headlines.equal_to(typed.key.rstrip())])


def _in_a_row(headlines: LiveHeadlines, typed: TypedText) -> Places:
    """The newest headlines that have the words typed, those with signs between them next to each other."""
    if not typed.rows:
        return np.zeros(0, np.int64)
    newest = headlines.newest(_with_words(headlines, typed), COMPARED)
    return np.array([place for place in newest if typed.has_rows(headlines.key(place))], np.int64)


def _with_words(headlines: LiveHeadlines, typed: TypedText) -> Places:
    """The headlines that have the words typed, in any order."""
    slots = [headlines.word(form) for form in typed.whole]
    last = [headlines.words_from(typed.looked_for[-1])] if typed.goes_on else []
    return headlines.having([*slots, *last])


def _with_near_words(headlines: LiveHeadlines, typed: TypedText, is_right: Callable[[str, bool], bool]) -> Places:
    """The headlines that have these words or, of one that no headline has, such that it may be a slip of, unless it is
    right."""
    slots = [_near(headlines, form, False, is_right) for form in typed.whole]
    if typed.goes_on:
        slots.append(_near(headlines, typed.looked_for[-1], True, is_right))
    return headlines.having(slots)


def _near(headlines: LiveHeadlines, form: str, goes_on: bool, is_right: Callable[[str, bool], bool]) -> Slot:
    """A word, or how words begin; those that it may be a slip of if there are none."""
    if form.startswith(PAIR) or is_letter(form):
        return headlines.but_for_marks(form)
    there = headlines.words_from(form) if goes_on else headlines.word(form)
    if there or is_right(form, goes_on):
        return there
    return headlines.near(form) + headlines.near_beginnings(form) if goes_on else headlines.near(form)


def _as_seen(text: str) -> str:
    """A text as two headlines are compared that have the same words."""
    return strip_accents(" ".join(text.split()).lower())


def _is_right(index: Index | None, form: str, goes_on: bool) -> bool:
    """Whether a word is no slip: it has figures in it, articles have it in their texts, or it begins a name. These are
    not asked where no index is given, since nothing of them may be said."""
    if any(map(str.isdigit, form)):
        return True
    if index is None:
        return False
    is_written = any(index.doc_freq(of.term) for of in index.forms.spelled(form) if of.term)
    return is_written or (goes_on and len(index.names().keys.beginning_with(form)) > 0)


def _names(
    names: ArchiveNames, mentions: LiveMentions, typed: TypedText, limit: int, within: Within | None
) -> list[NameSuggestion]:
    """The names that go on as typed, of fields and in texts, or else those of which the last word may be a slip: first
    those that begin as typed, each time those of most articles first; what is in a field not once more as in texts."""
    key, counts, allowed = strip_accents(typed.key), None, None
    if within is not None:
        counts, allowed = within.names, within.allowed
    of_fields = names.beginning_with(key, limit, counts)
    in_texts = mentions.beginning_with(key, limit, allowed)
    if not (of_fields or in_texts):
        of_fields, in_texts = names.near(typed.words, limit, counts), mentions.near(typed.words, limit, allowed)
    found = {name_key(name.value): name for name in (*in_texts, *of_fields)}
    ordered = sorted(found, key=lambda of: (not f"{of} ".startswith(key), -found[of].count))
    return [found[of] for of in ordered[:limit]]


def _queries(
    index: Index,
    near_keys: NearKeysOfIndex | None,
    headlines: LiveHeadlines,
    typed: TypedText,
    limit: int,
    within: Within | None,
    as_written: Mapping[str, str],
) -> Iterator[str]:
    """What is typed with its last word typed to the end, each once: as headlines with the other words have it, or else
    as it is common in the archive, or else as the word that it may be a slip of. Without `near_keys`, while those are
    made, as headlines have it alone; of a part of the archive as its headlines have it first. `as_written` says how
    words are written that have something in them that is not seen."""
    if not typed.goes_on:
        return
    tried, seen = _TRIED * limit, set()
    for keys in _sources(index, near_keys, headlines, typed, _GONE * tried, within):
        known = 0
        for key in keys:
            if key.isdecimal() and len(key) > _MOST_DIGITS:
                continue
            # until segments are merged there are words that no live article has
            forms = [form for form in index.forms.spelled(key) if not form.term or index.doc_freq(form.term)]
            known += bool(forms)
            if known > tried:
                break
            forms = [form for form in forms if form.term]
            if forms and word(forms[0].written, index.languages()):
                written = max(forms, key=lambda form: form.count).written
                query = typed.with_last_word(as_written.get(written, written))
                if query not in seen:
                    seen.add(query)
                    yield query
        if known:
            return


def _sources(
    index: Index,
    near_keys: NearKeysOfIndex | None,
    headlines: LiveHeadlines,
    typed: TypedText,
    most: int,
    within: Within | None,
) -> Iterator[Iterable[str]]:
    """Keys of words that the last one may be, the likeliest first: each is for where the ones before have none."""
    last = typed.words[-1]
    words: Sequence[str] = ()
    before = "".join(typed.last_row[-2:-1])
    if typed.whole or near_keys is None or within is not None:
        places = headlines.having([headlines.word(form) for form in typed.whole] or [headlines.words_from(last)])
        if not typed.whole:
            places = places[:: len(places) // _COUNTED + 1]
        words = headlines.commonest_words(places, last, most)
        if before:  # words that the headlines have elsewhere are none that go on so
            keys = [headlines.key(place) for place in headlines.newest(places, COMPARED)]
            words = [key for key in words if any(is_in([before, key], headline, False) for headline in keys)]
    if near_keys is None or typed.whole:
        yield words
    is_stop = bool(before) and not word(before, index.languages())  # which no text is searched for
    if near_keys is not None and not is_stop:
        common = _commonest(index, last, most)
        there = beside(index, typed.words[:-1], within)
        if there is not None and there is not within and not before:
            yield chain(words, there.first_next_to(typed.words[-2], there.words(common)))
        else:
            yield common if there is None else chain(words, there.words(common, before))
        near = [near.key for near in near_keys.of(index).near(last)]
        yield near if there is None else there.words(near, before)


def _phrases(index: Index, headlines: LiveHeadlines, typed: TypedText, queries: Sequence[str], limit: int) -> list[str]:
    """What is typed, with what several headlines have behind it; where its last word may go on, behind the likeliest
    that it is, which is the first of the `queries` that are offered."""
    text = queries[0] if typed.goes_on and queries else typed.text
    words = TypedText(text).words
    if not words or limit < 1:
        return []
    places = headlines.having([headlines.word(form) for form in words])
    keys = {headlines.key(place) for place in places[:: len(places) // _READ + 1].tolist()}
    found = continuations(keys, words, cache(partial(is_common, languages=index.languages())), limit)
    return [f"{text.rstrip()} {_written(index, phrase)}" for phrase in found]


def _written(index: Index, phrase: str) -> str:
    """A phrase of keys as most articles write its words."""
    written = []
    for key in phrase.split(" "):
        forms = index.forms.spelled(key)
        written.append(max(forms, key=lambda form: form.count).written if forms else key)
    return " ".join(written)


def _commonest(index: Index, prefix: str, limit: int) -> list[str]:
    """The keys that begin with a text, the commonest first."""
    vocabulary = index.forms.vocabulary()
    these = vocabulary.keys.beginning_with(prefix)
    commonest = np.argsort(-vocabulary.counts[these.start : these.stop], kind="stable")[:limit]
    return vocabulary.keys.at(commonest + these.start)
