"""What to read next: the related articles of a seed, as a list and as the block at the end of its page."""

from __future__ import annotations

import contextlib
import copy
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from indexer.base.errors import WriteError
from recommender.corpus.corpus import Corpora, Corpus
from recommender.editors.enforcement import SPARE, Enforcer
from recommender.feedback.mutual_links import mutually_linked
from recommender.presentation import fallback
from recommender.presentation.block import justified, lead_and_groups
from recommender.presentation.items import present, present_stand_ins
from recommender.presentation.series import next_and_previous
from recommender.presentation.wording import wording
from recommender.ranking.calibration import LIST_DEVIATIONS, Calibration
from recommender.ranking.candidates import compare, find
from recommender.ranking.features import features
from recommender.ranking.folding import ArticleFolding
from recommender.ranking.scoring import relevance
from recommender.ranking.selection import EARLIER, PINNED, STORY, UPDATE, Pick, Rules, select, story_of
from recommender.ranking.translations import Copies
from recommender.request.article_lookup import docs_of
from recommender.request.block_rules import BlockRules
from recommender.request.options import DEFAULT_OPTIONS, RelatedOptions
from recommender.request.seed_resolution import ResolvedSeed, resolve
from recommender.request.seeds import ArticleSeed, Seed
from recommender.results import Block, Group, RelatedItem, RelatedResult, items_of
from recommender.state import ProposedStates, State, StateLoader
from search.curation.rules import EditorRules
from search.engine import Engine
from search.reader.bm25 import top_k

BLOCK_POOL = 25  # related articles that the block is made of
FIRST = 10  # articles of a list among which those in its language come first; of all, others would be in no list


@dataclass(frozen=True, slots=True)
class _Candidates:
    """The docs to offer, best first, and which docs could have been: (max_doc,), None for all."""

    picks: list[Pick]
    permitted: NDArray[np.bool_] | None


class Recommender:
    """Finds what to read after an article. Safe to use from several threads; follows the archive as it changes.
    `readmore.open_recommender` makes one for the archive in a folder.

    `corpora` are those of the engine's archive. `exposure_penalty` False leaves out the re-ranking of that name, to
    measure it by. `reopen` opens the same archive once more, in another process for instance: it can be pickled where
    what it needs can.
    """

    def __init__(
        self,
        engine: Engine,
        corpora: Corpora,
        *,
        exposure_penalty: bool = True,
        reopen: Callable[[], Recommender] | None = None,
    ) -> None:
        self.engine = engine
        self._corpora = corpora
        self._states: StateLoader | ProposedStates = StateLoader(engine, corpora, exposure_penalty=exposure_penalty)
        self.reopen: Callable[[], Recommender] = reopen or partial(
            Recommender, engine, corpora, exposure_penalty=exposure_penalty
        )

    def under(self, rules: EditorRules) -> Recommender:
        """A recommender on the same files that answers as if these were the editors' rules: to see what they would do.
        It lives as long as this one and is not closed."""
        other = copy.copy(self)
        other.engine, other._states = self.engine.under(rules), self._states.under(rules)
        return other

    def watched(self, watch: Callable[[Corpora], Corpora]) -> Recommender:
        """A recommender on the same files whose corpora are what `watch` makes of this one's: to see what an answer is
        made from. It lives as long as this one and is not closed."""
        other = copy.copy(self)
        other._corpora = watch(self._corpora)
        other._states = StateLoader(self.engine, other._corpora)
        return other

    def state(self) -> State:
        """What answers are made from now."""
        return self._states.current()

    def close(self) -> None:
        """Lets go of the archive's files."""
        self.engine.close()

    def __enter__(self) -> Recommender:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    def prepare(self) -> None:
        """Derives from the archive what recommending and suggesting need and keeps it there, so that the next answer,
        here or in another process that opens the same archive, need not wait for it. For whoever changed the archive:
        answers write nothing. Where it cannot be written to, nothing is kept."""
        if self._corpora.prepare():
            with contextlib.suppress(OSError, WriteError):
                self._states.keep()
                self.engine.keep()

    def is_prepared(self) -> bool:
        """Whether next to nothing is left for `prepare`. Derives nothing itself."""
        return self._corpora.is_prepared() and self.engine.is_kept()

    def related(self, seed: Seed, options: RelatedOptions = DEFAULT_OPTIONS) -> RelatedResult:
        """The articles to read after the seed, best first: never itself or a copy of it, none twice, and none that is
        not good enough. Where nothing is, the latest articles, marked as a fallback.

        Raises ArticleNotFoundError for a seed of which the archive has nothing, QueryError for a filter there is not.
        """
        started = time.perf_counter()
        state = self._states.current()
        source = resolve(self.engine, state.corpus, seed)
        chosen = self._choose(state, source, options, state.calibration.cutoff(LIST_DEVIATIONS))
        items = present(self.engine, state.corpus, source, chosen.picks, state.blocks).items
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
        source = resolve(self.engine, state.corpus, seed)
        rules = _sized(state.blocks, options.size)
        chosen = self._choose(state, source, replace(options, limit=BLOCK_POOL), state.block_least)
        picks = chosen.picks
        if rules.series and not source.several:
            beside = next_and_previous(self.engine, state.corpus, source, picks, chosen.permitted)
            picks = [*beside, *(pick for pick in picks if pick.doc not in {one.doc for one in beside})]
        language = state.corpus.language
        words = wording(source.article.language or language)
        presented = justified(
            present(self.engine, state.corpus, source, picks, rules, mutually_linked), source.article, language, rules
        )
        arranged = lead_and_groups(presented, words, rules)
        if arranged is None:
            return Block(source.article.id, _ms_since(started), None, ())
        lead, groups = arranged
        docs = {item.article.id: pick.doc for item, pick in zip(presented.items, presented.picks, strict=True)}
        groups = _within_quotas(state.editors, lead, groups, docs)
        return Block(source.article.id, _ms_since(started), lead, groups)

    def picks(
        self, id_or_url: str, limit: int, weights: Mapping[str, float] | None = None
    ) -> tuple[Corpus, list[Pick]]:
        """What `related` offers, as docs of a corpus and without words; with other `weights` of the features than those
        in use, what it would offer then. Raises ArticleNotFoundError."""
        state = self._states.current()
        if weights is not None:
            state = replace(state, weights=weights)
        source = resolve(self.engine, state.corpus, ArticleSeed(id_or_url))
        least = state.calibration.cutoff(LIST_DEVIATIONS)
        return state.corpus, self._choose(state, source, RelatedOptions(limit=limit), least).picks

    def nearest(self, id_or_url: str, limit: int) -> tuple[list[int], list[float]]:
        """The docs with the texts nearest to an article's, whatever else is known of them, best first and without
        copies, and how many deviations above unrelated articles each is (0 below). Raises ArticleNotFoundError."""
        state = self._states.current()
        profile = resolve(self.engine, state.corpus, ArticleSeed(id_or_url)).profile
        candidates = find(state.corpus, profile)
        near = relevance(features(state.corpus, profile, candidates), state.calibration.prior)
        near[np.isin(candidates.docs, profile.copies)] = -np.inf
        best = [place for place in top_k(near, limit).tolist() if np.isfinite(near[place])]
        above = np.maximum(state.calibration.deviations_of(near[best]), 0)
        return candidates.docs[best].tolist(), above.tolist()

    def nearness(self, id_or_url: str, others: Sequence[str]) -> dict[str, float]:
        """How many deviations above unrelated articles of the archive each of the others is near to an article, by
        their texts alone; those that are not there are left out. Raises ArticleNotFoundError for the first."""
        state = self._states.current()
        profile = resolve(self.engine, state.corpus, ArticleSeed(id_or_url)).profile
        docs = np.array(sorted(set(docs_of(self.engine, state.corpus, others)) - {profile.doc}), np.int64)
        known = features(state.corpus, profile, compare(state.corpus, profile, docs))
        above = state.calibration.deviations_of(relevance(known, state.calibration.prior))
        return {state.corpus.article_id(doc): value for doc, value in zip(docs.tolist(), above.tolist(), strict=True)}

    def story(self, id_or_url: str) -> list[str]:
        """The ids of the other articles of the running story that this one belongs to, oldest first."""
        state = self._states.current()
        profile = resolve(self.engine, state.corpus, ArticleSeed(id_or_url)).profile
        return [state.corpus.article_id(doc) for doc in story_of(state.corpus, profile, state.calibration)]

    def folding(self, what: str) -> ArticleFolding:
        """What folds hits of a search of this archive that belong together: ``copies``, or ``stories``, which are
        running stories with all copies. Raises QueryError for anything else."""
        return ArticleFolding(what, lambda: (self._states.current().corpus, self._states.current().calibration))

    def corpus(self) -> Corpus:
        """The archive as answers are made from it now."""
        return self._states.current().corpus

    def calibration(self) -> Calibration:
        """What a score means in the archive as it is now, and the weights that suit it before anything is learned."""
        return self._states.current().calibration

    def edition(self) -> str:
        """See `StateLoader.edition`."""
        return self._states.edition()

    def _choose(self, state: State, source: ResolvedSeed, options: RelatedOptions, least: float) -> _Candidates:
        """What to offer, at most `options.limit` and of this relevance at least, the editors' rules carried out."""
        article_id, profile = source.article.id, source.profile
        copies = Copies(self.engine.translation_seqs(), state.corpus)
        shown = docs_of(self.engine, state.corpus, [*options.exclude, *source.exclude])
        shown = [*shown, *copies.of(profile.doc)]
        permitted = state.editors.permitted(article_id, profile, _allowed(state.corpus, options, shown))
        handicaps = state.editors.handicaps(state.handicaps)
        rules = Rules(permitted, state.weights, least, options.diversity, handicaps)
        ruled = bool(shown) or state.editors.concerns(article_id)
        limit = options.limit
        asked = max(limit, FIRST)
        picks = select(state.corpus, profile, state.calibration, asked + SPARE if ruled or copies else asked, rules)
        language = source.article.language or state.corpus.language
        picks = copies.once(picks, language)
        if state.blocks.own_language_first:
            picks = [*_own_language_first(state.corpus, picks[:FIRST], language), *picks[FIRST:]]
        picks = picks if ruled else picks[:limit]
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
        stand_ins = fallback.stand_ins(state.corpus, source.profile, limit + SPARE, permitted, state.popular)
        stand_ins = state.editors.within_quotas(stand_ins, limit, lambda stand_in: stand_in.doc)
        return present_stand_ins(self.engine, state.corpus, stand_ins)


def _allowed(corpus: Corpus, options: RelatedOptions, shown: Sequence[int]) -> NDArray[np.bool_] | None:
    """(max_doc,) what the options allow, without the docs `shown`; None for every live doc."""
    if not (options.filters or shown or options.since or options.until):
        return None
    allowed = corpus.filter(options.filters)
    if options.since is not None:
        allowed &= corpus.dates >= int(options.since.timestamp())
    if options.until is not None:
        allowed &= corpus.dates <= int(options.until.timestamp())
    allowed[list(shown)] = False
    return allowed


def _own_language_first(corpus: Corpus, picks: Sequence[Pick], language: str) -> list[Pick]:
    """The picks that are in a language before the others, each in the order that they have."""
    languages = corpus.languages_of(np.array([pick.doc for pick in picks], np.int64))
    order = sorted(range(len(picks)), key=lambda place: languages[place] != language)
    return [picks[place] for place in order]


def _sized(rules: BlockRules, size: int | None) -> BlockRules:
    """The rules with the number of items that a caller asks for, if any."""
    return rules if size is None else replace(rules, items=size, story_items=size)


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


class OpenRecommender(Protocol):
    """Opens a recommender on the archive in a folder; the front door has one for whoever is to open it."""

    def __call__(
        self,
        data: Path | str,
        *,
        wait: bool = True,
        manifest: object | None = None,
        exposure_penalty: bool = True,
    ) -> Recommender:
        """See `readmore.open_recommender`."""
