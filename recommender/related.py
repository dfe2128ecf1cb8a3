"""What to read next: the related articles of an article, as a list and as the block at the end of its page."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from indexer.article.article import Article
from indexer.base.errors import ArticleNotFoundError
from recommender.corpus import derived, forward_index
from recommender.corpus.stored_articles import articles_of
from recommender.corpus.view import View
from recommender.editors.enforcement import SPARE, Enforcer
from recommender.names import opening_cache
from recommender.names.opening_cache import Openings, Spelling, spellings_in
from recommender.presentation import fallback
from recommender.presentation.excerpts import opening
from recommender.presentation.groups import arrange
from recommender.presentation.labels import Shared, shared_labels
from recommender.presentation.reasons import best_labels, reason
from recommender.presentation.wording import wording
from recommender.ranking.calibration import (
    BLOCK_SPREADS,
    SPREADS,
    UNEXPLAINED_LEAST,
    UNEXPLAINED_SPREADS,
)
from recommender.ranking.candidates import find
from recommender.ranking.features import features
from recommender.ranking.scoring import relevance
from recommender.ranking.selection import EARLIER, PINNED, STORY, UPDATE, Pick, Rules, select, story_of
from recommender.ranking.stories import copies_of
from recommender.request import profile
from recommender.request.options import ANYTHING, Wanted
from recommender.request.profile import Profile
from recommender.results import Block, Group, RelatedItem, RelatedResult, items_of
from recommender.state import State, StateLoader
from search.engine import Engine
from search.ranking.filters import allowed_docs
from search.reader.bm25 import top_k

BLOCK_POOL = 25  # related articles that the block is made of
LEAD_CHARS = 480  # of the lead story's text
ITEM_CHARS = 240
SESSION = 20  # articles of a reader's session that count, the last ones; each counts half of the one after it


@dataclass(frozen=True, slots=True)
class _Reading:
    """What the reader is at: an article, a draft, or the last article of a session with the profile of all."""

    article: Article
    profile: Profile
    wanted: Wanted
    several: bool = False  # then an article of one of their stories is neither earlier nor later


@dataclass(frozen=True, slots=True)
class _Choice:
    """The docs to offer, best first, and which docs could have been: (max_doc,), None for all."""

    picks: list[Pick]
    permitted: NDArray[np.bool_] | None


class Recommender:
    """Finds what to read after an article. Safe to use from several threads; follows the archive as it changes."""

    def __init__(self, engine: Engine, *, evened: bool = True) -> None:
        """`evened` False leaves out the re-ranking of `exposure_penalty`, to measure it by."""
        self._engine = engine
        self._states = StateLoader(engine, exposure_penalty=evened)
        self._openings: Openings | None = None

    def prepare(self) -> None:
        """Derives from the archive what recommending needs and keeps it there, so that the next answer, here or in
        another process that opens the same archive, need not wait for it. For whoever changed the archive: answers
        write nothing. Where it cannot be written to, nothing is kept."""
        view = self._states.current().view
        kept = self._kept_openings(view)
        self._openings = opening_cache.complete(self._engine, view.snapshot, kept)
        derived.keep(self._engine, view, None if self._openings is kept else self._openings)

    def related(self, id_or_url: str, *, limit: int = 10, wanted: Wanted = ANYTHING) -> RelatedResult:
        """The articles to read after the one with this id or URL, best first: never itself or a copy of it, none
        twice, and none that is not good enough. Where nothing is, the latest articles, marked as a fallback.

        Raises ArticleNotFoundError, and QueryError for a filter there is not.
        """
        started = time.perf_counter()
        state = self._states.current()
        return self._listed(state, self._reading(state, id_or_url, wanted), limit, started)

    def related_to_text(self, draft: Article, *, limit: int = 10, wanted: Wanted = ANYTHING) -> RelatedResult:
        """The articles to read after one that is not in the archive. Its id may be that of an older version, which
        is then left out."""
        started = time.perf_counter()
        state = self._states.current()
        return self._listed(state, self._reading_draft(state, draft, wanted), limit, started)

    def related_to_several(
        self, ids_or_urls: Sequence[str], *, limit: int = 10, wanted: Wanted = ANYTHING
    ) -> RelatedResult:
        """The articles to read after several, the last of which was read last and counts most. Unknown ones are
        passed over; the answer is for the last that is known.

        Raises ArticleNotFoundError if none is known.
        """
        started = time.perf_counter()
        state = self._states.current()
        return self._listed(state, self._reading_several(state, ids_or_urls, wanted), limit, started)

    def block(self, id_or_url: str, *, wanted: Wanted = ANYTHING) -> Block:
        """The related block for the end of the article with this id or URL.

        Raises ArticleNotFoundError, and QueryError for a filter there is not.
        """
        started = time.perf_counter()
        state = self._states.current()
        return self._grouped(state, self._reading(state, id_or_url, wanted), started)

    def block_for_text(self, draft: Article, *, wanted: Wanted = ANYTHING) -> Block:
        """`block` for what `related_to_text` takes."""
        started = time.perf_counter()
        state = self._states.current()
        return self._grouped(state, self._reading_draft(state, draft, wanted), started)

    def block_for_several(self, ids_or_urls: Sequence[str], *, wanted: Wanted = ANYTHING) -> Block:
        """`block` for what `related_to_several` takes."""
        started = time.perf_counter()
        state = self._states.current()
        return self._grouped(state, self._reading_several(state, ids_or_urls, wanted), started)

    def picks(self, id_or_url: str, limit: int) -> tuple[View, list[Pick]]:
        """What `related` offers, as docs of a view and without words. Raises ArticleNotFoundError."""
        state = self._states.current()
        return state.view, self._choose(state, self._reading(state, id_or_url, ANYTHING), limit, SPREADS).picks

    def nearest(self, id_or_url: str, limit: int) -> tuple[list[int], list[float]]:
        """The docs with the texts nearest to an article's, whatever else is known of them, best first and without
        copies, and how many spreads above unrelated articles each is (0 below). Raises ArticleNotFoundError."""
        state = self._states.current()
        _, own = self._source(state.view, id_or_url)
        found = find(state.view, own)
        near = relevance(features(state.view, own, found))
        near[copies_of(state.view, own, found.docs)] = -np.inf
        best = [place for place in top_k(near, limit).tolist() if np.isfinite(near[place])]
        above = np.maximum(near[best] - state.calibration.middle, 0) / max(state.calibration.spread, 1e-6)
        return found.docs[best].tolist(), above.tolist()

    def story(self, id_or_url: str) -> list[str]:
        """The ids of the other articles of the running story that this one belongs to, oldest first."""
        state = self._states.current()
        _, own = self._source(state.view, id_or_url)
        return [state.view.snapshot.article_id(doc) for doc in story_of(state.view, own, state.calibration)]

    def _reading(self, state: State, id_or_url: str, wanted: Wanted) -> _Reading:
        return _Reading(*self._source(state.view, id_or_url), wanted)

    def _reading_draft(self, state: State, draft: Article, wanted: Wanted) -> _Reading:
        wanted = replace(wanted, exclude=[*wanted.exclude, draft.id])
        return _Reading(draft, profile.of_article(state.view, draft), wanted)

    def _reading_several(self, state: State, ids_or_urls: Sequence[str], wanted: Wanted) -> _Reading:
        last_read = list(dict.fromkeys(reversed(ids_or_urls)))[::-1]  # one read twice was read when it was read last
        read = self._known(state.view, last_read)[-SESSION:]
        if len(read) < 2:
            return _Reading(*read[0], wanted) if read else self._reading(state, (last_read or [""])[-1], wanted)
        wanted = replace(wanted, exclude=[*wanted.exclude, *(article.id for article, _ in read)])
        return _Reading(read[-1][0], profile.combine(state.view, [one for _, one in read]), wanted, several=True)

    def _listed(self, state: State, at: _Reading, limit: int, started: float) -> RelatedResult:
        chosen = self._choose(state, at, limit, SPREADS)
        items, _, _ = self._items(state.view, at, chosen.picks, for_groups=False)
        if items:
            return RelatedResult(at.article.id, _ms_since(started), tuple(items))
        found = fallback.stand_ins(state.view, at.profile, limit + SPARE, chosen.permitted, state.popular)
        found = state.editors.within_quotas(found, limit, lambda one: one.doc)
        articles = self._stored(state.view, [one.doc for one in found])
        others = tuple(
            RelatedItem(article, 0.0, one.reason, opening(article, ITEM_CHARS), "fallback")
            for one in found
            if (article := articles.get(one.doc)) is not None
        )
        return RelatedResult(at.article.id, _ms_since(started), others, fallback=True)

    def _grouped(self, state: State, at: _Reading, started: float) -> Block:
        picks = self._choose(state, at, BLOCK_POOL, BLOCK_SPREADS).picks
        items, picks, shared = self._explained(state, at, *self._items(state.view, at, picks, for_groups=True))
        if not items:
            return Block(at.article.id, _ms_since(started), None, ())
        lead = replace(items[0], excerpt=opening(items[0].article, LEAD_CHARS))
        words = wording(at.article.language or state.view.language)
        groups = arrange(at.article, items[1:], picks[1:], shared.without_first(), words)
        docs = {item.article.id: pick.doc for item, pick in zip(items, picks, strict=True)}
        return Block(at.article.id, _ms_since(started), lead, _within_quotas(state.editors, lead, groups, docs))

    def _explained(
        self, state: State, at: _Reading, items: Sequence[RelatedItem], picks: Sequence[Pick], shared: Shared
    ) -> tuple[list[RelatedItem], list[Pick], Shared]:
        """Those of the articles for a block of which there is more to say than that they are similar, or that are very
        much so: nobody has asked for the block, and a link that cannot be explained is mostly a bad one."""
        vague = wording(at.article.language or state.view.language).similar
        least = max(UNEXPLAINED_LEAST, state.calibration.cutoff(UNEXPLAINED_SPREADS))
        kept = [n for n, item in enumerate(items) if item.reason != vague or picks[n].relevance > least]
        return [items[n] for n in kept], [picks[n] for n in kept], shared.restricted(kept)

    def _choose(self, state: State, at: _Reading, limit: int, spreads: float) -> _Choice:
        """What to offer, the editors' rules carried out."""
        source, own, wanted = at.article, at.profile, at.wanted
        shown = self._docs(state.view, wanted.exclude)
        permitted = state.editors.permitted(source.id, own, self._allowed(state.view, wanted, shown))
        rules = Rules(permitted, state.weights, state.calibration.cutoff(spreads), wanted.diversity, state.handicaps)
        ruled = bool(shown) or state.editors.concerns(source.id)
        picks = select(state.view, own, state.calibration, limit + SPARE if ruled else limit, rules)
        if ruled:
            picks = state.editors.apply(
                source.id, own, picks, limit, permitted=permitted, shown=shown, weights=state.weights
            )
        if at.several:
            picks = [replace(pick, relation=STORY) if pick.relation in (UPDATE, EARLIER) else pick for pick in picks]
        return _Choice(picks, permitted)

    def view(self) -> View:
        """The archive as answers are made from it now."""
        return self._states.current().view

    def edition(self) -> str:
        """See `StateLoader.edition`."""
        return self._states.edition()

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
        self, view: View, at: _Reading, picks: Sequence[Pick], *, for_groups: bool
    ) -> tuple[list[RelatedItem], list[Pick], Shared]:
        """The articles of the picks with their reasons; a pick whose article was removed meanwhile is left out."""
        stored = self._stored(view, [doc for pick in picks for doc in (pick.doc, *pick.copies)])
        picks = [pick for pick in picks if pick.doc in stored]
        articles = [stored[pick.doc] for pick in picks]
        docs = [pick.doc for pick in picks]
        names = self._names(view, at, docs, articles) if for_groups else ()
        shared = shared_labels(view, at.profile, at.article, articles, docs, names)
        words = wording(at.article.language or view.language)
        telling = best_labels(shared, [pick.cosine for pick in picks])
        items = [
            RelatedItem(
                article,
                pick.score,
                reason(pick, labels, at.article, article, words),
                opening(article, ITEM_CHARS),
                pick.relation,
                tuple(stored[doc] for doc in pick.copies if doc in stored),
            )
            for pick, article, labels in zip(picks, articles, telling, strict=True)
        ]
        return items, picks, shared

    def _names(
        self, view: View, at: _Reading, docs: Sequence[int], articles: Sequence[Article]
    ) -> list[tuple[Spelling, ...]]:
        """The names in the openings of articles, which are these docs. Those that do not name their language are
        taken to be in that of what is read."""
        language = at.article.language or view.language
        kept = self._openings = self._kept_openings(view)
        known = kept.of([view.snapshot.seq_of(doc) for doc in docs])
        return [
            own
            if own is not None and (article.language or language == view.language)
            else spellings_in(article, language)
            for own, article in zip(known, articles, strict=True)
        ]

    def _kept_openings(self, view: View) -> Openings:
        return opening_cache.load(self._engine.data / forward_index.FOLDER, view.language, self._openings)

    def _stored(self, view: View, docs: Sequence[int]) -> dict[int, Article]:
        articles = articles_of(self._engine, view.snapshot, docs)
        return {doc: article for doc, article in zip(docs, articles, strict=True) if article is not None}


def _within_quotas(
    editors: Enforcer, lead: RelatedItem, groups: tuple[Group, ...], docs: Mapping[str, int]
) -> tuple[Group, ...]:
    """The groups without what would be more of a site or section than the editors allow in the block as it stands."""
    if not editors.quotas:
        return groups
    items = items_of(Block("", 0.0, lead, groups))
    first = sorted(items, key=lambda item: item.relation != PINNED)  # the editors' own picks are never dropped
    pinned = sum(item.relation == PINNED for item in items)
    kept = editors.within_quotas(first, len(items), lambda item: docs[item.article.id], pinned)
    left = [Group(group.name, tuple(item for item in group.items if item in kept)) for group in groups]
    return tuple(group for group in left if group.items)


def _ms_since(started: float) -> float:
    return (time.perf_counter() - started) * 1000
