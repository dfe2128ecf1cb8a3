"""Which blocks a change of the archive reaches, told from what each depended on when it was made (`trace`).

Every block that could differ is among them, and few that do not. What cannot be told apart in time is not tried: where
what is common to all blocks has changed, or a large part of the archive, all are reached.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from recommender.corpus.corpus import NO_DATE
from recommender.corpus.terms import IN_TITLE
from recommender.corpus.tracked import TrackedCorpus, WordRow
from recommender.presentation.series import LEAST_ALIKE_PARTS
from recommender.ranking import candidates
from recommender.ranking.features import DAY, FRESH_DAYS, features, timeliness
from recommender.ranking.scoring import relevance, weigh
from recommender.ranking.selection import NAMESAKES
from recommender.reach.kept import Kept
from recommender.reach.trace import TOLERANCE, TRACE, bit_of, matters
from recommender.request import profile as profiles
from recommender.state import State

MANY = 0.1  # share of the articles from which on to find out what their changes reach takes as long as to do it all


@dataclass(frozen=True, slots=True)
class Reach:
    """The docs whose blocks a change reaches, ascending; with a `reason` all of them. `traces` are those of the blocks
    that were kept, in their order: what has come and reached none of them is taken off what each can bear."""

    docs: NDArray[np.int64]
    traces: NDArray[np.void]  # (n,) TRACE
    reason: str = ""


@dataclass(frozen=True, slots=True)
class _Event:
    """An article that came, or one that went or changed."""

    row: WordRow
    doc: int  # -1 where nothing but its words is known any more
    came: bool


def reached(
    before: Kept | None, state: State, corpus: TrackedCorpus, settled: Mapping[str, str], digests: NDArray[np.uint64]
) -> Reach:
    """The docs whose blocks may be others than when `before` was kept. `settled` has what is common to all, by
    what has happened where it is another; `digests`, (max_doc,), are as `kept.digests_of` makes them."""
    live = np.flatnonzero(corpus.live())
    if before is None:
        return Reach(live, np.zeros(0, TRACE), "nothing is known of the last run")
    happened = [what for what, text in settled.items() if before.settled.get(what) != text]
    if happened:
        return Reach(live, before.traces, happened[0])
    changes = _Changes.between(before, corpus, live, digests)
    if changes.number > MANY * max(1, len(live)):
        return Reach(live, before.traces, "a large part of the archive changed")
    events = changes.events(before, corpus)
    if events is None:
        reason = "the index has been rewritten, and no longer knows what removed articles had"
        return Reach(live, before.traces, reason)
    traces = np.zeros(corpus.max_doc, TRACE)
    traces[changes.known] = before.traces[changes.places]
    traces["lightest"][np.setdiff1d(np.arange(corpus.max_doc), changes.known)] = np.inf
    stale = np.zeros(corpus.max_doc, bool)
    stale[changes.of_their_own] = True
    _by_candidates(state, corpus, traces, events, changes.known, stale)
    _by_counts(before, corpus, traces, stale)
    _by_names(corpus, events, stale)
    _by_age(before, corpus, stale)
    stale[_named_otherwise(before, state, corpus)] = True
    kept = before.traces.copy()
    kept[changes.places] = traces[changes.known]
    return Reach(live[stale[live]], kept)


@dataclass(frozen=True, slots=True)
class _Changes:
    """How the articles differ from those that were kept."""

    known: NDArray[np.int64]  # docs that have a block already
    places: NDArray[np.int64]  # where each of these is in what was kept
    of_their_own: NDArray[np.int64]  # docs that are new or changed
    came: NDArray[np.int64]  # of these the new ones
    left: NDArray[np.int64]  # the sequence numbers of articles that are gone

    @classmethod
    def between(
        cls, before: Kept, corpus: TrackedCorpus, live: NDArray[np.int64], digests: NDArray[np.uint64]
    ) -> _Changes:
        seqs = corpus.seqs[live]
        places = np.minimum(before.seqs.searchsorted(seqs), max(0, len(before.seqs) - 1))
        known = before.seqs[places] == seqs if len(before.seqs) else np.zeros(len(seqs), bool)
        places, docs = places[known], live[known]
        other = docs[digests[docs] != before.digests[places]]
        left = np.setdiff1d(before.seqs, seqs)
        return cls(docs, places, np.union1d(other, live[~known]), live[~known], left)

    @property
    def number(self) -> int:
        return len(self.of_their_own) + len(self.left)

    def events(self, before: Kept, corpus: TrackedCorpus) -> list[_Event] | None:
        """What happened, None where that cannot be told any more."""
        came = set(self.came.tolist())
        own = self.of_their_own.tolist()
        events = [_Event(row, doc, doc in came) for doc, row in zip(own, corpus.word_rows(own), strict=True)]
        at = corpus.seqs.searchsorted(self.left)
        for seq, doc in zip(self.left.tolist(), at.tolist(), strict=True):
            there = doc < corpus.max_doc and int(corpus.seqs[doc]) == seq
            row = corpus.word_rows([doc])[0] if there else before.row(seq)
            if row is None:
                return None
            events.append(_Event(row, doc if there else -1, False))
        gone = np.setdiff1d(before.there, corpus.seqs)
        return None if any(before.row(seq) is None for seq in gone.tolist()) else events


def _by_candidates(
    state: State,
    corpus: TrackedCorpus,
    traces: NDArray[np.void],
    events: Sequence[_Event],
    known: NDArray[np.int64],
    stale: NDArray[np.bool_],
) -> None:
    """Marks the docs that an article is, or was, one of the best candidates for, or may be of the same series. Of the
    others those that came among their candidates, or their like titles, use up what their traces spare."""
    whole = corpus.max_doc <= candidates.SCORED_WHOLE
    least = np.float32(1 - TOLERANCE)
    entering, titles_entering = np.zeros((2, corpus.max_doc), np.int64)
    series = np.isfinite(traces["titled"])
    series[np.setdiff1d(np.arange(corpus.max_doc), known)] = False
    score = corpus.scorer(traces["lightest"])
    score_titles = corpus.scorer(np.zeros(corpus.max_doc, np.float32), titles=True) if series.any() else None
    is_known = np.zeros(corpus.max_doc, bool)
    is_known[known] = True
    for event in events:
        found = is_known & ~stale
        if not whole:
            scores = score(event.row)
            found &= (scores > 0) & (scores >= least * traces["found"] - TOLERANCE / 10)
        if event.doc >= 0:
            found[event.doc] = False
        sure = found if not event.came and not (event.doc >= 0 and whole and not _is_live(corpus, event.doc)) else None
        if sure is not None:
            stale |= sure
        else:
            docs = np.flatnonzero(found)
            entering[docs] += event.came
            stale[docs[_matters_for(state, corpus, event.doc, docs, traces)]] = True
        if score_titles is not None:
            titled = score_titles(event.row)
            alike = series & ~stale & (titled > 0)
            ranked = titled >= least * traces["titled"] - TOLERANCE / 10
            unlike = _unlike(corpus, event.doc, np.flatnonzero(alike), traces)
            titles_entering += ranked & unlike & event.came
            stale |= alike & ranked & ~unlike
    for name, came in (("spare", entering), ("titled_spare", titles_entering)):
        stale |= is_known & (came > traces[name])
        traces[name] -= np.minimum(came, traces[name]).astype(np.uint32)


def _is_live(corpus: TrackedCorpus, doc: int) -> bool:
    return bool(corpus.live()[doc])


def _unlike(corpus: TrackedCorpus, doc: int, docs: NDArray[np.int64], traces: NDArray[np.void]) -> NDArray[np.bool_]:
    """(max_doc,) which of the docs have a headline that is too different from that of one for a series, and find all
    that have a word of theirs: it takes no place from another that is of the series."""
    unlike = np.zeros(corpus.max_doc, bool)
    docs = docs[traces["titled_spare"][docs] > 0] if doc >= 0 else docs[:0]
    if len(docs):
        title = corpus.similarities(corpus.article_terms(doc), {}, docs).title
        unlike[docs] = title < LEAST_ALIKE_PARTS - TOLERANCE
    return unlike


def _matters_for(
    state: State, corpus: TrackedCorpus, doc: int, docs: NDArray[np.int64], traces: NDArray[np.void]
) -> NDArray[np.bool_]:
    """(n,) for which of the docs an article matters as a candidate, by what it looks like from their side: nearness is
    mutual, and so is what is on the labels."""
    if not len(docs):
        return np.zeros(0, bool)
    profile = profiles.of_doc(corpus, doc)
    known = features(corpus, profile, candidates.compare(corpus, profile, docs))
    near = relevance(known, state.calibration.prior)
    blank = _without_vectors(corpus, doc, docs)
    near_enough = np.flatnonzero(near > state.block_least - TOLERANCE)
    values, dates = known.values.copy(), corpus.dates
    central = corpus.similarities(profile.terms, profile.vectors, np.array([doc])).central[0]
    values[:, known.names.index("central")] = central
    values[:, known.names.index("older")] *= -1
    timely = known.names.index("timely")
    for place in near_enough.tolist():
        values[place, timely] = timeliness(int(dates[docs[place]]), dates[[doc]], corpus.newest)[0]
    scores = weigh(replace(known, values=values), state.weights)
    handicaps = state.editors.handicaps(state.handicaps)
    if handicaps is not None:
        scores = scores - handicaps[doc]
    return matters(traces[docs], near, scores, state.block_least) | blank


def _without_vectors(corpus: TrackedCorpus, doc: int, docs: NDArray[np.int64]) -> NDArray[np.bool_]:
    """(n,) for which pairs nearness may look different from the two sides: one of them has no vector in a space."""
    blank = np.zeros(len(docs), bool)
    for space in corpus.spaces:
        blank |= ~corpus.vectors(space, docs).any(axis=1) | ~corpus.vectors(space, np.array([doc])).any()
    return blank


def _by_counts(before: Kept, corpus: TrackedCorpus, traces: NDArray[np.void], stale: NDArray[np.bool_]) -> None:
    """Marks the docs that went by how many articles have a term, where that is another number now, and takes what of it
    reaches none off their traces' margins."""
    came = np.flatnonzero(~np.isin(corpus.seqs, before.there))
    rows = [(row, 1) for row in corpus.word_rows(came.tolist())]
    for seq in np.setdiff1d(before.there, corpus.seqs).tolist():
        row = before.row(seq)
        if row is not None:
            rows.append((row, -1))
    if not rows:
        return
    hashes, inverse = np.unique(np.concatenate([row.hashes for row, _ in rows]), return_inverse=True)
    signs = np.repeat([sign for _, sign in rows], [len(row.hashes) for row, _ in rows])
    more = np.bincount(inverse, signs, len(hashes)).astype(np.int64)
    now, then = corpus.doc_freq_beside(hashes, -more)
    by_terms = np.zeros(corpus.max_doc, np.int64)
    for place in np.flatnonzero(now != then).tolist():
        docs = corpus.docs_with(int(hashes[place]))
        by_terms[docs] += abs(int(now[place]) - int(then[place]))
        words, bits = bit_of(hashes[[place]])
        stale[docs] |= (traces["terms"][docs, words[0]] & bits[0]) != 0
    stale |= by_terms > traces["margin"]
    traces["margin"] = np.maximum(traces["margin"] - by_terms, 0)


def _by_names(corpus: TrackedCorpus, events: Sequence[_Event], stale: NDArray[np.bool_]) -> None:
    """Marks the docs whose titles have a name that few articles have, if one that came or went has it."""
    most, languages = NAMESAKES + len(events), corpus.all_languages()
    names = {
        name
        for event in events
        for language in languages
        for name in corpus.names_of(event.row.hashes, language)[1].tolist()
    }
    titled: dict[int, set[int]] = {}
    for name in sorted(names):
        for doc in corpus.docs_with_name(name, most):
            if not stale[doc]:
                if doc not in titled:
                    titled[doc] = _names_in_title(corpus, doc)
                stale[doc] = name in titled[doc]


def _names_in_title(corpus: TrackedCorpus, doc: int) -> set[int]:
    terms = corpus.article_terms(doc)
    hashes = terms.hashes[(terms.flags & IN_TITLE) > 0]
    return set(corpus.names_of(hashes, corpus.languages_of(np.array([doc]))[0])[1].tolist())


def _by_age(before: Kept, corpus: TrackedCorpus, stale: NDArray[np.bool_]) -> None:
    """Marks the docs that were of the archive's last days and are no longer, or the other way round."""
    dated = corpus.dates != NO_DATE
    dates = np.where(dated, corpus.dates, 0)
    was, is_now = (newest - dates <= FRESH_DAYS * DAY for newest in (before.newest, corpus.newest))
    stale |= dated & (was != is_now)


def _named_otherwise(before: Kept, state: State, corpus: TrackedCorpus) -> list[int]:
    """The docs that rules name others under than before."""
    named: Mapping[str, Sequence[int]] = state.editors.named()
    either = named.keys() | before.named.keys()
    ids = {name for name in either if list(named.get(name, ())) != list(before.named.get(name, ()))}
    return [doc for doc in np.flatnonzero(corpus.live()).tolist() if corpus.article_id(doc) in ids] if ids else []
