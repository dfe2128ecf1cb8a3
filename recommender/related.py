"""What to read next: the related articles of an article, as a list and as the block at the end of its page."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from indexer.article import Article
from indexer.errors import ArticleNotFoundError
from recommender import casing, evenness, fallback, forward, learning, profile, rules_file, withheld
from recommender.calibration import BLOCK_SPREADS, SPREADS, Calibration, calibrate
from recommender.candidates import find
from recommender.enforcement import SPARE, Enforcer, enforcer
from recommender.excerpts import opening
from recommender.features import features
from recommender.groups import arrange
from recommender.labels import Shared, shared_labels
from recommender.profile import Profile
from recommender.reasons import reason
from recommender.results import Block, Group, RelatedItem, RelatedResult
from recommender.rules import NO_RULES, EditorRules
from recommender.scoring import relevance
from recommender.selection import DIVERSITY, PINNED, Pick, Rules, select, story_of
from recommender.stories import COPY
from recommender.view import View
from recommender.wording import wording
from search.bm25 import top_k
from search.engine import Engine
from search.filters import allowed_docs
from search.snapshot import Snapshot

BLOCK_POOL = 25  # related articles that the block is made of
LEAD_CHARS = 480  # of the lead story's text
ITEM_CHARS = 240


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a caller wants to be offered.

    `filters` maps a column (section, site, author, tag, language, place, agency) to the values allowed, `exclude`
    names ids that the page shows already, `since` and `until` bound the date. `diversity` is the penalty of maximal
    marginal relevance, 0 for none.
    """

    filters: Mapping[str, Sequence[str]] = field(default_factory=dict)
    exclude: Sequence[str] = ()
    since: datetime | None = None
    until: datetime | None = None
    diversity: float = DIVERSITY


ANYTHING = Wanted()


@dataclass(frozen=True, slots=True)
class _State:
    """What is known of one generation of the archive."""

    view: View
    calibration: Calibration
    weights: Mapping[str, float]
    editors: Enforcer
    taken_off: NDArray[np.float32] | None  # (last_doc,) of every score, see `evenness`
    stamps: tuple[object, ...]  # of the files that the last two were read from


@dataclass(frozen=True, slots=True)
class _Choice:
    """The docs to offer, best first, and which docs could have been: (last_doc,), None for all."""

    picks: list[Pick]
    permitted: NDArray[np.bool_] | None


class Recommender:
    """Finds what to read after an article. Safe to use from several threads; follows the archive as it changes."""

    def __init__(self, engine: Engine, *, evened: bool = True) -> None:
        """`evened` False leaves out the re-ranking of `evenness`, to measure it by."""
        self._engine = engine
        self._evened = evened
        self._lock = threading.Lock()
        self._state: _State | None = None
        self._rules: EditorRules = NO_RULES

    def prepare(self) -> None:
        """Derives from the archive what recommending needs, so that the next answer, here or in another process that
        opens the same archive, need not wait for it."""
        self._current()

    def related(self, id_or_url: str, *, limit: int = 10, wanted: Wanted = ANYTHING) -> RelatedResult:
        """The articles to read after the one with this id or URL, best first: never itself or a copy of it, none
        twice, and none that is not good enough. Where nothing is, the latest articles, marked as a fallback.

        Raises ArticleNotFoundError, and QueryError for a filter there is not.
        """
        started = time.perf_counter()
        state = self._current()
        source, own = self._source(state.view, id_or_url)
        return self._answer(state, source, own, limit, wanted, started)

    def related_to_text(self, draft: Article, *, limit: int = 10, wanted: Wanted = ANYTHING) -> RelatedResult:
        """The articles to read after one that is not in the archive. Its id may be that of an older version, which
        is then left out."""
        started = time.perf_counter()
        state = self._current()
        wanted = replace(wanted, exclude=[*wanted.exclude, draft.id])
        return self._answer(state, draft, profile.of_article(state.view, draft), limit, wanted, started)

    def related_to_several(
        self, ids_or_urls: Sequence[str], *, limit: int = 10, wanted: Wanted = ANYTHING
    ) -> RelatedResult:
        """The articles to read after several, the last of which was read last and counts most. Unknown ones are
        passed over; the answer is for the last that is known.

        Raises ArticleNotFoundError if none is known.
        """
        started = time.perf_counter()
        state = self._current()
        read = self._known(state.view, ids_or_urls)
        source, own = read[-1] if read else self._source(state.view, (list(ids_or_urls) or [""])[-1])
        seen = [article.id for article, _ in read]
        wanted = replace(wanted, exclude=[*wanted.exclude, *seen])
        combined = profile.combine([one for _, one in read]) if len(read) > 1 else own
        return self._answer(state, source, combined, limit, wanted, started)

    def block(self, id_or_url: str, *, wanted: Wanted = ANYTHING) -> Block:
        """The related block for the end of the article with this id or URL.

        Raises ArticleNotFoundError, and QueryError for a filter there is not.
        """
        started = time.perf_counter()
        state = self._current()
        source, own = self._source(state.view, id_or_url)
        picks = self._choose(state, source, own, BLOCK_POOL, wanted, BLOCK_SPREADS).picks
        items, picks, shared = self._items(state.view, source, own, picks, for_groups=True)
        if not items:
            return Block(source.id, _ms_since(started), None, ())
        lead = items[0]
        lead = RelatedItem(
            lead.article, lead.score, lead.reason, opening(lead.article, LEAD_CHARS), lead.relation, lead.siblings
        )
        words = wording(source.language or state.view.language)
        groups = arrange(source, items[1:], picks[1:], shared.without_first(), words)
        docs = {item.article.id: pick.doc for item, pick in zip(items, picks, strict=True)}
        return Block(source.id, _ms_since(started), lead, _within_quotas(state.editors, lead, groups, docs))

    def picks(self, id_or_url: str, limit: int) -> tuple[View, list[Pick]]:
        """What `related` offers, as docs of a view and without words. Raises ArticleNotFoundError."""
        state = self._current()
        source, own = self._source(state.view, id_or_url)
        return state.view, self._choose(state, source, own, limit, ANYTHING, SPREADS).picks

    def nearest(self, id_or_url: str, limit: int) -> tuple[list[int], list[float]]:
        """The docs with the texts nearest to an article's, whatever else is known of them, best first and without
        copies, and how many spreads above unrelated articles each is (0 below). Raises ArticleNotFoundError."""
        state = self._current()
        _, own = self._source(state.view, id_or_url)
        found = find(state.view, own)
        near = relevance(features(state.view, own, found))
        near[found.tfidf >= COPY] = -np.inf
        best = [place for place in top_k(near, limit).tolist() if np.isfinite(near[place])]
        above = np.maximum(near[best] - state.calibration.middle, 0) / max(state.calibration.spread, 1e-6)
        return found.docs[best].tolist(), above.tolist()

    def story(self, id_or_url: str) -> list[str]:
        """The ids of the other articles of the running story that this one belongs to, oldest first."""
        state = self._current()
        _, own = self._source(state.view, id_or_url)
        return [state.view.snapshot.article_id(doc) for doc in story_of(state.view, own, state.calibration)]

    def _answer(
        self, state: _State, source: Article, own: Profile, limit: int, wanted: Wanted, started: float
    ) -> RelatedResult:
        chosen = self._choose(state, source, own, limit, wanted, SPREADS)
        items, _, _ = self._items(state.view, source, own, chosen.picks, for_groups=False)
        if items:
            return RelatedResult(source.id, _ms_since(started), tuple(items))
        latest = fallback.latest(state.view, own, limit + SPARE, chosen.permitted)
        docs = state.editors.within_quotas(latest.docs, limit, int)
        articles = [article for article in self._articles(state.view, docs) if article is not None]
        others = tuple(RelatedItem(a, 0.0, latest.reason, opening(a, ITEM_CHARS), "fallback") for a in articles)
        return RelatedResult(source.id, _ms_since(started), others, fallback=True)

    def _choose(
        self, state: _State, source: Article, own: Profile, limit: int, wanted: Wanted, spreads: float
    ) -> _Choice:
        """What to offer, the editors' rules carried out."""
        shown = self._docs(state.view, wanted.exclude)
        permitted = state.editors.permitted(source.id, own, self._allowed(state.view, wanted, shown))
        rules = Rules(permitted, state.weights, state.calibration.cutoff(spreads), wanted.diversity, state.taken_off)
        if not (shown or state.editors.concerns(source.id)):
            return _Choice(select(state.view, own, state.calibration, limit, rules), permitted)
        picks = select(state.view, own, state.calibration, limit + SPARE, rules)
        picks = state.editors.apply(
            source.id, own, picks, limit, permitted=permitted, shown=shown, weights=state.weights
        )
        return _Choice(picks, permitted)

    def view(self) -> View:
        """The archive as answers are made from it now."""
        return self._current().view

    def edition(self) -> str:
        """A text that changes whenever answers may for another reason than a commit: other rules or learned weights,
        or the day has come of a rule or of an article that expires. Cheap: nothing is read that has not been."""
        state = self._state
        phases = (state.editors.phase(), state.view.withheld.phase(time.time())) if state else 0
        return f"{self._stamps()} {phases}"

    def _stamps(self) -> tuple[object, ...]:
        data = self._engine.data
        return rules_file.stamp(data), learning.stamp(data), evenness.stamp(data)

    def _current(self) -> _State:
        """The state for the engine's current snapshot and the editors' current rules."""
        snapshot = self._engine.snapshot()
        stamps, state = self._stamps(), self._state
        if state is None or state.view.snapshot is not snapshot or state.stamps != stamps:
            with self._lock:
                state = self._state
                if state is None or state.view.snapshot is not snapshot or state.stamps != stamps:
                    self._state = state = self._renewed(state, snapshot, stamps)
        return state

    def _renewed(self, state: _State | None, snapshot: Snapshot, stamps: tuple[object, ...]) -> _State:
        """A state in which what has not changed since the last is kept."""
        if state is not None and state.view.snapshot is snapshot:
            view, calibration = state.view, state.calibration
        else:
            view = View(snapshot, self._engine.data, state.view if state else None)
            view.set_names(self._name_words(view))
            view.withheld = withheld.load(self._engine, snapshot)
            calibration = calibrate(view)
        if state is None or state.stamps != stamps:
            self._rules = rules_file.read_or_keep(self._engine.data, self._rules)
        weights = learning.load_weights(self._engine.data)
        evened = evenness.read_or_none(self._engine.data) if self._evened else None
        taken_off = evened.taken_off(snapshot) if evened else None
        return _State(view, calibration, weights, enforcer(self._rules, view, self._engine.seqs), taken_off, stamps)

    def _name_words(self, view: View) -> list[str]:
        root, n_docs = self._engine.data / forward.FOLDER, max(1, view.snapshot.n_docs)
        words = casing.load(root, n_docs, forward.DRIFT)
        if words is None:
            live = np.flatnonzero(view.snapshot.live())
            sample = live[np.unique(np.linspace(0, len(live) - 1, min(len(live), casing.SAMPLE)).astype(np.int64))]
            words = casing.name_words([a for a in self._articles(view, sample.tolist()) if a is not None])
            casing.save(root, words, n_docs)
        return words

    def _allowed(self, view: View, wanted: Wanted, shown: Sequence[int]) -> NDArray[np.bool_] | None:
        if not (wanted.filters or shown or wanted.since or wanted.until):
            return None
        allowed = allowed_docs(view.snapshot, wanted.filters)
        if wanted.since is not None:
            allowed &= view.dates >= int(wanted.since.timestamp())
        if wanted.until is not None:
            allowed &= view.dates <= int(wanted.until.timestamp())
        allowed[list(shown)] = False
        return allowed

    def _docs(self, view: View, ids_or_urls: Sequence[str]) -> list[int]:
        """The docs of the articles with these ids or URLs, ascending; unknown ones are passed over."""
        seqs = self._engine.seqs(ids_or_urls).values() if ids_or_urls else ()
        return sorted({doc for seq in seqs if (doc := view.snapshot.doc_of(seq)) >= 0})

    def _known(self, view: View, ids_or_urls: Sequence[str]) -> list[tuple[Article, Profile]]:
        return [found for one in dict.fromkeys(ids_or_urls) if (found := self._find(view, one)) is not None]

    def _find(self, view: View, id_or_url: str) -> tuple[Article, Profile] | None:
        try:
            return self._source(view, id_or_url)
        except ArticleNotFoundError:
            return None

    def _source(self, view: View, id_or_url: str) -> tuple[Article, Profile]:
        seq, article = self._engine.article_with_seq(id_or_url)
        doc = view.snapshot.doc_of(seq)
        return article, profile.of_doc(view, doc) if doc >= 0 else profile.of_article(view, article)

    def _items(
        self, view: View, source: Article, own: Profile, picks: Sequence[Pick], *, for_groups: bool
    ) -> tuple[list[RelatedItem], list[Pick], Shared]:
        """The articles of the picks with their reasons; a pick whose article was removed meanwhile is left out."""
        stored = self._stored(view, [doc for pick in picks for doc in (pick.doc, *pick.copies)])
        picks = [pick for pick in picks if pick.doc in stored]
        articles = [stored[pick.doc] for pick in picks]
        shared = shared_labels(view, own, source, articles, [pick.doc for pick in picks], items_too=for_groups)
        words = wording(source.language or view.language)
        items = [
            RelatedItem(
                article,
                pick.score,
                reason(pick, shared, place, source, article, words),
                opening(article, ITEM_CHARS),
                pick.relation,
                tuple(stored[doc] for doc in pick.copies if doc in stored),
            )
            for place, (pick, article) in enumerate(zip(picks, articles, strict=True))
        ]
        return items, picks, shared

    def _stored(self, view: View, docs: Sequence[int]) -> dict[int, Article]:
        articles = self._articles(view, docs)
        return {doc: article for doc, article in zip(docs, articles, strict=True) if article is not None}

    def _articles(self, view: View, docs: Sequence[int]) -> list[Article | None]:
        """The stored articles of docs; None for one removed meanwhile."""
        ids = [view.snapshot.article_id(doc) for doc in docs]
        stored = self._engine.articles(ids)
        return [stored.get(article_id) for article_id in ids]


def _within_quotas(
    editors: Enforcer, lead: RelatedItem, groups: tuple[Group, ...], docs: Mapping[str, int]
) -> tuple[Group, ...]:
    """The groups without what would be more of a site or section than the editors allow in the block as it stands."""
    if not editors.quotas:
        return groups
    items = [lead, *(item for group in groups for item in group.items)]
    first = sorted(items, key=lambda item: item.relation != PINNED)  # the editors' own picks are never dropped
    pinned = sum(item.relation == PINNED for item in items)
    kept = editors.within_quotas(first, len(items), lambda item: docs[item.article.id], pinned)
    left = [Group(group.name, tuple(item for item in group.items if item in kept)) for group in groups]
    return tuple(group for group in left if group.items)


def _ms_since(started: float) -> float:
    return (time.perf_counter() - started) * 1000
