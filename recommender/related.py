"""What to read next: the related articles of a seed, as a list and as the block at the end of its page."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from recommender.corpus import derived
from recommender.corpus.view import View
from recommender.editors.enforcement import SPARE, Enforcer
from recommender.presentation import fallback
from recommender.presentation.items import explained, lead_and_groups, present, present_stand_ins
from recommender.presentation.opening_names import OpeningNames
from recommender.presentation.wording import wording
from recommender.ranking.calibration import BLOCK_SPREADS, SPREADS, UNEXPLAINED_LEAST, UNEXPLAINED_SPREADS
from recommender.ranking.candidates import find
from recommender.ranking.features import features
from recommender.ranking.scoring import relevance
from recommender.ranking.selection import EARLIER, PINNED, STORY, UPDATE, Pick, Rules, select, story_of
from recommender.ranking.stories import copies_of
from recommender.request.article_lookup import docs_of
from recommender.request.options import DEFAULT_OPTIONS, RelatedOptions
from recommender.request.seed_resolution import ResolvedSeed, resolve
from recommender.request.seeds import ArticleSeed, Seed
from recommender.results import Block, Group, RelatedItem, RelatedResult, items_of
from recommender.state import State, StateLoader
from search.engine import Engine
from search.lexical.filters import allowed_docs
from search.reader.bm25 import top_k

BLOCK_POOL = 25  # related articles that the block is made of


@dataclass(frozen=True, slots=True)
class _Candidates:
    """The docs to offer, best first, and which docs could have been: (max_doc,), None for all."""

    picks: list[Pick]
    permitted: NDArray[np.bool_] | None


class Recommender:
    """Finds what to read after an article. Safe to use from several threads; follows the archive as it changes."""

    def __init__(self, engine: Engine, *, exposure_penalty: bool = True) -> None:
        """`exposure_penalty` False leaves out the re-ranking of that name, to measure it by."""
        self._engine = engine
        self._states = StateLoader(engine, exposure_penalty=exposure_penalty)
        self._opening_names = OpeningNames(engine)

    def prepare(self) -> None:
        """Derives from the archive what recommending needs and keeps it there, so that the next answer, here or in
        another process that opens the same archive, need not wait for it. For whoever changed the archive: answers
        write nothing. Where it cannot be written to, nothing is kept."""
        view = self._states.current().view
        derived.keep(self._engine, view, self._opening_names.complete(view))

    def related(self, seed: Seed, options: RelatedOptions = DEFAULT_OPTIONS) -> RelatedResult:
        """The articles to read after the seed, best first: never itself or a copy of it, none twice, and none that is
        not good enough. Where nothing is, the latest articles, marked as a fallback.

        Raises ArticleNotFoundError for a seed of which the archive has nothing, QueryError for a filter there is not.
        """
        started = time.perf_counter()
        state = self._states.current()
        source = resolve(self._engine, state.view, seed)
        chosen = self._choose(state, source, options, SPREADS)
        items = present(self._engine, state.view, source, chosen.picks).items
        if items:
            return RelatedResult(source.article.id, _ms_since(started), tuple(items))
        items = self._stand_ins(state, source, options.limit, chosen.permitted)
        return RelatedResult(source.article.id, _ms_since(started), tuple(items), fallback=True)

    def block(self, seed: Seed, options: RelatedOptions = DEFAULT_OPTIONS) -> Block:
        """The related block for the end of the seed's page; empty where nothing is good enough.

        Raises ArticleNotFoundError for a seed of which the archive has nothing, QueryError for a filter there is not.
        """
        started = time.perf_counter()
        state = self._states.current()
        source = resolve(self._engine, state.view, seed)
        picks = self._choose(state, source, replace(options, limit=BLOCK_POOL), BLOCK_SPREADS).picks
        words = wording(source.article.language or state.view.language)
        least = max(UNEXPLAINED_LEAST, state.calibration.cutoff(UNEXPLAINED_SPREADS))
        presented = explained(present(self._engine, state.view, source, picks, self._opening_names), words, least)
        arranged = lead_and_groups(source, presented, words)
        if arranged is None:
            return Block(source.article.id, _ms_since(started), None, ())
        lead, groups = arranged
        docs = {item.article.id: pick.doc for item, pick in zip(presented.items, presented.picks, strict=True)}
        groups = _within_quotas(state.editors, lead, groups, docs)
        return Block(source.article.id, _ms_since(started), lead, groups)

    def picks(self, id_or_url: str, limit: int) -> tuple[View, list[Pick]]:
        """What `related` offers, as docs of a view and without words. Raises ArticleNotFoundError."""
        state = self._states.current()
        source = resolve(self._engine, state.view, ArticleSeed(id_or_url))
        return state.view, self._choose(state, source, RelatedOptions(limit=limit), SPREADS).picks

    def nearest(self, id_or_url: str, limit: int) -> tuple[list[int], list[float]]:
        """The docs with the texts nearest to an article's, whatever else is known of them, best first and without
        copies, and how many spreads above unrelated articles each is (0 below). Raises ArticleNotFoundError."""
        state = self._states.current()
        profile = resolve(self._engine, state.view, ArticleSeed(id_or_url)).profile
        candidates = find(state.view, profile)
        near = relevance(features(state.view, profile, candidates))
        near[copies_of(state.view, profile, candidates.docs)] = -np.inf
        best = [place for place in top_k(near, limit).tolist() if np.isfinite(near[place])]
        above = np.maximum(near[best] - state.calibration.middle, 0) / max(state.calibration.spread, 1e-6)
        return candidates.docs[best].tolist(), above.tolist()

    def story(self, id_or_url: str) -> list[str]:
        """The ids of the other articles of the running story that this one belongs to, oldest first."""
        state = self._states.current()
        profile = resolve(self._engine, state.view, ArticleSeed(id_or_url)).profile
        return [state.view.snapshot.article_id(doc) for doc in story_of(state.view, profile, state.calibration)]

    def view(self) -> View:
        """The archive as answers are made from it now."""
        return self._states.current().view

    def edition(self) -> str:
        """See `StateLoader.edition`."""
        return self._states.edition()

    def _choose(self, state: State, source: ResolvedSeed, options: RelatedOptions, spreads: float) -> _Candidates:
        """What to offer, at most `options.limit`, the editors' rules carried out."""
        article_id, profile = source.article.id, source.profile
        shown = docs_of(self._engine, state.view, [*options.exclude, *source.exclude])
        permitted = state.editors.permitted(article_id, profile, _allowed(state.view, options, shown))
        rules = Rules(permitted, state.weights, state.calibration.cutoff(spreads), options.diversity, state.handicaps)
        ruled = bool(shown) or state.editors.concerns(article_id)
        limit = options.limit
        picks = select(state.view, profile, state.calibration, limit + SPARE if ruled else limit, rules)
        if ruled:
            picks = state.editors.apply(
                article_id, profile, picks, limit, permitted=permitted, shown=shown, weights=state.weights
            )
        if source.several:
            picks = [replace(pick, relation=STORY) if pick.relation in (UPDATE, EARLIER) else pick for pick in picks]
        return _Candidates(picks, permitted)

    def _stand_ins(
        self, state: State, source: ResolvedSeed, limit: int, permitted: NDArray[np.bool_] | None
    ) -> list[RelatedItem]:
        stand_ins = fallback.stand_ins(state.view, source.profile, limit + SPARE, permitted, state.popular)
        stand_ins = state.editors.within_quotas(stand_ins, limit, lambda stand_in: stand_in.doc)
        return present_stand_ins(self._engine, state.view, stand_ins)


def _allowed(view: View, options: RelatedOptions, shown: Sequence[int]) -> NDArray[np.bool_] | None:
    """(max_doc,) what the options allow, without the docs `shown`; None for every live doc."""
    if not (options.filters or shown or options.since or options.until):
        return None
    allowed = allowed_docs(view.snapshot, options.filters)
    if options.since is not None:
        allowed &= view.dates >= int(options.since.timestamp())
    if options.until is not None:
        allowed &= view.dates <= int(options.until.timestamp())
    allowed[list(shown)] = False
    return allowed


def _within_quotas(
    editors: Enforcer, lead: RelatedItem, groups: tuple[Group, ...], docs: Mapping[str, int]
) -> tuple[Group, ...]:
    """The groups without what would be more of a site or section than the editors allow in the block as it stands."""
    if not editors.quotas:
        return groups
    items = items_of(Block("", 0.0, lead, groups))
    first = sorted(items, key=lambda item: item.relation != PINNED)  # the editors' own picks are never dropped
    pinned = sum(item.relation == PINNED for item in items)
    within = editors.within_quotas(first, len(items), lambda item: docs[item.article.id], pinned)
    left = [Group(group.name, tuple(item for item in group.items if item in within)) for group in groups]
    return tuple(group for group in left if group.items)


def _ms_since(started: float) -> float:
    return (time.perf_counter() - started) * 1000
