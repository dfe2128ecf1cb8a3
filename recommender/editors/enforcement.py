"""The editors' rules carried out: what they forbid is left out, what they picked is put in, quotas are kept.

The rules name articles by id; `Enforcer` knows the docs of one generation of the archive behind them. A rule about an
article that is not there does nothing.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from recommender.corpus.corpus import Corpus
from recommender.ranking.candidates import compare
from recommender.ranking.features import features
from recommender.ranking.scoring import weigh
from recommender.ranking.selection import PINNED, Pick
from recommender.request.profile import Profile
from search.curation.query_condition import EVERY_QUERY
from search.curation.rules import EVERY, EditorRules, Forbidden, ForbiddenKind, NeverOffered, Pin, Quota, dated
from search.curation.search_rules import AGES, SEARCHES, Boost
from search.enforcement.boosted_docs import BoostedDocs, day_of

T = TypeVar("T")
BOOST_SCALE = 0.1  # what a boost times e adds to a score: twice as much counts for about what being timely does
SPARE = 100  # articles asked for beyond those shown, to fill the places of what the rules take out


@dataclass(frozen=True, slots=True)
class _PinnedDoc:
    doc: int
    position: int
    until: datetime | None


class Enforcer:
    """The rules of an archive over one generation of it. Immutable but for a cache; safe to share between threads."""

    def __init__(self, rules: EditorRules, corpus: Corpus, seqs: Mapping[str, int]) -> None:
        """`seqs` are the store's sequence numbers of the articles that the rules name, those that are there."""
        self._corpus = corpus
        docs = {name: doc for name, seq in seqs.items() if (doc := corpus.doc_of(seq)) >= 0}
        self._pins: dict[str, list[_PinnedDoc]] = {}
        self._pairs: dict[str, set[int]] = {}
        self._never: list[tuple[datetime | None, int]] = []
        self._kinds = [rule for rule in rules.rules if isinstance(rule, ForbiddenKind)]
        self.quotas = tuple(rule for rule in rules.rules if isinstance(rule, Quota))
        self._masks: dict[tuple[str, str], NDArray[np.bool_]] = {}
        for rule in rules.rules:
            if isinstance(rule, Pin) and rule.under in docs and rule.pin in docs:
                place = _PinnedDoc(docs[rule.pin], rule.position, rule.until)
                self._pins.setdefault(self._id(docs[rule.under]), []).append(place)
            elif isinstance(rule, Forbidden) and rule.first in docs and rule.second in docs:
                first, second = docs[rule.first], docs[rule.second]
                self._pairs.setdefault(self._id(first), set()).add(second)
                if not rule.one_way:
                    self._pairs.setdefault(self._id(second), set()).add(first)
            elif isinstance(rule, NeverOffered) and rule.article in docs:
                self._never.append((rule.since, docs[rule.article]))
        boosts = [rule for rule in rules.rules if isinstance(rule, Boost)]
        self._boosts = [rule for rule in boosts if rule.only != SEARCHES and rule.condition == EVERY_QUERY]
        self._boosted = BoostedDocs(corpus.filter, corpus.dates, corpus.max_doc)
        self._days = sorted(day for rule in rules.rules for day in dated(rule))
        self._by_day = any(rule.field in AGES for rule in boosts)

    def _id(self, doc: int) -> str:
        return self._corpus.article_id(doc)

    def concerns(self, source: str) -> bool:
        """Whether what is permitted under the article with this id is not all there is to do."""
        return bool(self.quotas) or source in self._pins or source in self._pairs

    def named(self) -> dict[str, list[int]]:
        """For the id of each article that rules name others under the sequence numbers of those, ascending."""
        under = {source: {pin.doc for pin in pins} for source, pins in self._pins.items()}
        both = {source: under.get(source, set()) | self._pairs.get(source, set()) for source in under | self._pairs}
        return {source: sorted(self._corpus.seqs[list(docs)].tolist()) for source, docs in both.items()}

    def phase(self) -> int:
        """A number that changes when the day of a rule comes, about searches, too, or a day on which articles are of
        another age."""
        now = datetime.now(UTC)
        return bisect_right(self._days, now) + (day_of(now) * (len(self._days) + 1) if self._by_day else 0)

    def handicaps(self, others: NDArray[np.float32] | None) -> NDArray[np.float32] | None:
        """(max_doc,) what is taken off the score of each doc, with what is taken off for other reasons; None for
        nothing. What an editor raises has less than 0."""
        now = datetime.now(UTC)
        boosts = [rule for rule in self._boosts if rule.period.holds(now)]
        if not boosts:
            return others
        lowered: NDArray[np.float32] = np.float32(-BOOST_SCALE) * np.log(self._boosted.factors(boosts, now))
        return lowered if others is None else others + lowered

    def forbidden(self, source: str) -> frozenset[int]:
        """The docs that an editor parted from the article with this id."""
        return frozenset(self._pairs.get(source, ()))

    def permitted(self, source: str, profile: Profile, allowed: NDArray[np.bool_] | None) -> NDArray[np.bool_] | None:
        """(max_doc,) what may be offered under an article, out of the docs `allowed`; None: every live doc."""
        now = datetime.now(UTC)
        out = [doc for since, doc in self._never if since is None or since <= now] + list(self.forbidden(source))
        kinds = {(rule.field, other) for rule in self._kinds for other in _others(rule, profile)}
        if not out and not kinds:
            return allowed
        mask = self._corpus.live().copy() if allowed is None else allowed.copy()
        mask[out] = False
        for field, value in kinds:
            mask &= ~self._mask(field, value)
        return mask

    def _mask(self, field: str, value: str) -> NDArray[np.bool_]:
        key = field, value.casefold()
        if key not in self._masks:
            self._masks[key] = self._corpus.filter({field: [value]})
        return self._masks[key]

    def apply(
        self,
        source: str,
        profile: Profile,
        picks: Sequence[Pick],
        limit: int,
        *,
        permitted: NDArray[np.bool_] | None,
        shown: Sequence[int] = (),
        weights: Mapping[str, float],
    ) -> list[Pick]:
        """The picks, best first, with what the editors picked in its place and no more of a site or section than
        there may be, `limit` at most. Copies of the docs `shown`, and of those an editor parted from this article,
        are left out. Picks by editors count towards the quotas and are never dropped for them."""
        pinned = self._pinned(source, profile, permitted, weights)
        told = {*shown, *self.forbidden(source), *(pick.doc for _, pick in pinned)}
        copies = copies_among(self._corpus, sorted(told), [pick.doc for pick in picks]) if told else set()
        rest = [pick for pick in picks if pick.doc not in copies and pick.doc not in told]
        ordered = [*(pick for _, pick in pinned), *rest]
        allowed = self.within_quotas(ordered, limit, lambda pick: pick.doc, len(pinned))[len(pinned) :]
        after = -1  # of two picks for one place the first in the file comes first
        for position, pick in sorted(pinned, key=lambda placed: placed[0]):
            after = max(position - 1, after + 1)
            allowed.insert(after, pick)
        return allowed[:limit]

    def _pinned(
        self, source: str, profile: Profile, permitted: NDArray[np.bool_] | None, weights: Mapping[str, float]
    ) -> list[tuple[int, Pick]]:
        """The editors' picks for an article and their positions: those not over, permitted, and no copy of it."""
        pins = self._pins.get(source)
        if not pins:
            return []
        now, offered = datetime.now(UTC), self._corpus.offered()
        may = offered if permitted is None else offered & permitted
        places = {pin.doc: pin.position for pin in pins if (pin.until is None or now <= pin.until) and may[pin.doc]}
        compared = compare(self._corpus, profile, np.array(sorted(places), np.int64))
        scores = weigh(features(self._corpus, profile, compared), weights)
        same = np.isin(compared.docs, profile.copies)
        made = {
            doc: Pick(doc, float(score), float(cosine), PINNED, ())
            for doc, score, cosine, copy in zip(compared.docs.tolist(), scores, compared.tfidf, same, strict=True)
            if not copy and doc != profile.doc
        }
        return [(position, made[doc]) for doc, position in places.items() if doc in made]

    def within_quotas(self, items: Sequence[T], limit: int, doc: Callable[[T], int], spared: int = 0) -> list[T]:
        """The first items, in order, that the quotas leave, `limit` at most. The first `spared` always stay. A share
        is one of what is shown in the end, so fewer articles may leave room for fewer of a site."""
        if not self.quotas:
            return list(items[:limit])
        size = limit
        while True:
            allowed = self._under(items, size, limit, doc, spared)
            if len(allowed) >= size or not allowed:
                return allowed
            size = len(allowed)

    def _under(self, items: Sequence[T], size: int, limit: int, doc: Callable[[T], int], spared: int) -> list[T]:
        """Greedily, with what the quotas allow in a block of `size` articles."""
        counts: Counter[tuple[int, str]] = Counter()
        allowed: list[T] = []
        for place, item in enumerate(items):
            if len(allowed) == limit:
                break
            keys = self._counted(doc(item))
            if place < spared or all(counts[key] < self.quotas[key[0]].allowed(size) for key in keys):
                counts.update(keys)
                allowed.append(item)
        return allowed

    def _counted(self, doc: int) -> list[tuple[int, str]]:
        """The quotas that an article counts towards: their places and the value that is counted."""
        keys = []
        for place, quota in enumerate(self.quotas):
            for value in self._corpus.values(quota.field, doc):
                if quota.value == EVERY or value.casefold() == quota.value.casefold():
                    keys.append((place, value.casefold()))
        return keys


def _others(rule: ForbiddenKind, profile: Profile) -> list[str]:
    """The values that the rule keeps away from the article."""
    has = {value.casefold() for value in profile.keywords[rule.field]}
    others = [rule.second] if rule.first.casefold() in has else []
    return [*others, rule.first] if rule.second.casefold() in has and not rule.one_way else others


def copies_among(corpus: Corpus, docs: Sequence[int], others: Sequence[int]) -> set[int]:
    """Those of the other docs that are copies of one of the docs."""
    groups = set(corpus.copy_groups[list(docs)].tolist())
    return {doc for doc in others if int(corpus.copy_groups[doc]) in groups}


def enforcer(rules: EditorRules, corpus: Corpus, seqs_of: Callable[[Sequence[str]], Mapping[str, int]]) -> Enforcer:
    """The rules over one generation of the archive; `seqs_of` finds the sequence numbers of ids and URLs."""
    named = rules.ids()
    return Enforcer(rules, corpus, seqs_of(named) if named else {})
