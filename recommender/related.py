"""What to read next: the related articles of an article, as a list and as the block at the end of its page."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from indexer.article.article import Article
from indexer.base.errors import ArticleNotFoundError
from recommender.corpus.corpus import Corpora, Corpus
from recommender.corpus.local_corpora import LocalCorpora
from recommender.corpus.stored_articles import articles_of
from recommender.editors.enforcement import SPARE, Enforcer
from recommender.names.spellings import Spelling, spellings_in
from recommender.presentation import fallback
from recommender.presentation.excerpts import opening
from recommender.presentation.groups import arrange
from recommender.presentation.labels import Shared, shared_labels
from recommender.presentation.reasons import best_labels, reason
from recommender.presentation.wording import wording
from recommender.ranking.calibration import (
    BLOCK_DEVIATIONS,
    LIST_DEVIATIONS,
    UNEXPLAINED_DEVIATIONS,
    UNEXPLAINED_LEAST,
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

    def __init__(self, engine: Engine, corpora: Corpora | None = None, *, exposure_penalty: bool = True) -> None:
        """`corpora` are those of the engine's archive (default: as its folder has them). `exposure_penalty` False
        leaves out the re-ranking by how often articles are offered, to measure it by."""
        self._engine = engine
        self._corpora: Corpora = corpora or LocalCorpora(engine)
        self._states = StateLoader(engine, self._corpora, exposure_penalty=exposure_penalty)

    def prepare(self) -> None:
        """Derives from the archive what recommending needs and keeps it there, so that the next answer, here or in
        another process that opens the same archive, need not wait for it. For whoever changed the archive: answers
        write nothing. Where it cannot be written to, nothing is kept."""
        self._corpora.prepare()

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

    def picks(self, id_or_url: str, limit: int) -> tuple[Corpus, list[Pick]]:
        """What `related` offers, as docs of a corpus and without words. Raises ArticleNotFoundError."""
        state = self._states.current()
        return state.corpus, self._choose(
            state, self._reading(state, id_or_url, ANYTHING), limit, LIST_DEVIATIONS
        ).picks

    def nearest(self, id_or_url: str, limit: int) -> tuple[list[int], list[float]]:
        """The docs with the texts nearest to an article's, whatever else is known of them, best first and without
        copies, and how many deviations above unrelated articles each is (0 below). Raises ArticleNotFoundError."""
        state = self._states.current()
        _, article = self._source(state.corpus, id_or_url)
        found = find(state.corpus, article)
        near = relevance(features(state.corpus, article, found))
        near[copies_of(state.corpus, article, found.docs)] = -np.inf
        best = [place for place in top_k(near, limit).tolist() if np.isfinite(near[place])]
        above = np.maximum(near[best] - state.calibration.middle, 0) / max(state.calibration.deviation, 1e-6)
        return found.docs[best].tolist(), above.tolist()

    def story(self, id_or_url: str) -> list[str]:
        """The ids of the other articles of the running story that this one belongs to, oldest first."""
        state = self._states.current()
        _, article = self._source(state.corpus, id_or_url)
        return [state.corpus.article_id(doc) for doc in story_of(state.corpus, article, state.calibration)]

    def _reading(self, state: State, id_or_url: str, wanted: Wanted) -> _Reading:
        return _Reading(*self._source(state.corpus, id_or_url), wanted)

    def _reading_draft(self, state: State, draft: Article, wanted: Wanted) -> _Reading:
        wanted = replace(wanted, exclude=[*wanted.exclude, draft.id])
        return _Reading(draft, profile.of_article(state.corpus, draft), wanted)

    def _reading_several(self, state: State, ids_or_urls: Sequence[str], wanted: Wanted) -> _Reading:
        last_read = list(dict.fromkeys(reversed(ids_or_urls)))[::-1]  # one read twice was read when it was read last
        read = self._known(state.corpus, last_read)[-SESSION:]
        if len(read) < 2:
            return _Reading(*read[0], wanted) if read else self._reading(state, (last_read or [""])[-1], wanted)
        wanted = replace(wanted, exclude=[*wanted.exclude, *(article.id for article, _ in read)])
        return _Reading(read[-1][0], profile.combine([one for _, one in read]), wanted, several=True)

    def _listed(self, state: State, at: _Reading, limit: int, started: float) -> RelatedResult:
        chosen = self._choose(state, at, limit, LIST_DEVIATIONS)
        items, _, _ = self._items(state.corpus, at, chosen.picks, for_groups=False)
        if items:
            return RelatedResult(at.article.id, _ms_since(started), tuple(items))
        found = fallback.stand_ins(state.corpus, at.profile, limit + SPARE, chosen.permitted, state.popular)
        found = state.editors.within_quotas(found, limit, lambda one: one.doc)
        articles = self._stored(state.corpus, [one.doc for one in found])
        others = tuple(
            RelatedItem(article, 0.0, one.reason, opening(article, ITEM_CHARS), "fallback")
            for one in found
            if (article := articles.get(one.doc)) is not None
        )
        return RelatedResult(at.article.id, _ms_since(started), others, fallback=True)

    def _grouped(self, state: State, at: _Reading, started: float) -> Block:
        picks = self._choose(state, at, BLOCK_POOL, BLOCK_DEVIATIONS).picks
        items, picks, shared = self._explained(state, at, *self._items(state.corpus, at, picks, for_groups=True))
        if not items:
            return Block(at.article.id, _ms_since(started), None, ())
        lead = replace(items[0], excerpt=opening(items[0].article, LEAD_CHARS))
        words = wording(at.article.language or state.corpus.language)
        groups = arrange(at.article, items[1:], picks[1:], shared.without_first(), words)
        docs = {item.article.id: pick.doc for item, pick in zip(items, picks, strict=True)}
        return Block(at.article.id, _ms_since(started), lead, _within_quotas(state.editors, lead, groups, docs))

    def _explained(
        self, state: State, at: _Reading, items: Sequence[RelatedItem], picks: Sequence[Pick], shared: Shared
    ) -> tuple[list[RelatedItem], list[Pick], Shared]:
        """Those of the articles for a block of which there is more to say than that they are similar, or that are very
        much so: nobody has asked for the block, and a link that cannot be explained is mostly a bad one."""
        vague = wording(at.article.language or state.corpus.language).similar
        least = max(UNEXPLAINED_LEAST, state.calibration.cutoff(UNEXPLAINED_DEVIATIONS))
        kept = [n for n, item in enumerate(items) if item.reason != vague or picks[n].relevance > least]
        return [items[n] for n in kept], [picks[n] for n in kept], shared.restricted(kept)

    def _choose(self, state: State, at: _Reading, limit: int, deviations: float) -> _Choice:
        """What to offer, the editors' rules carried out."""
        source, own, wanted = at.article, at.profile, at.wanted
        shown = self._docs(state.corpus, wanted.exclude)
        permitted = state.editors.permitted(source.id, own, self._allowed(state.corpus, wanted, shown))
        rules = Rules(permitted, state.weights, state.calibration.cutoff(deviations), wanted.diversity, state.handicaps)
        ruled = bool(shown) or state.editors.concerns(source.id)
        picks = select(state.corpus, own, state.calibration, limit + SPARE if ruled else limit, rules)
        if ruled:
            picks = state.editors.apply(
                source.id, own, picks, limit, permitted=permitted, shown=shown, weights=state.weights
            )
        if at.several:
            picks = [replace(pick, relation=STORY) if pick.relation in (UPDATE, EARLIER) else pick for pick in picks]
        return _Choice(picks, permitted)

    def corpus(self) -> Corpus:
        """The archive as answers are made from it now."""
        return self._states.current().corpus

    def edition(self) -> str:
        """See `StateLoader.edition`."""
        return self._states.edition()

    def _allowed(self, corpus: Corpus, wanted: Wanted, shown: Sequence[int]) -> NDArray[np.bool_] | None:
        if not (wanted.filters or shown or wanted.since or wanted.until):
            return None
        allowed = corpus.filter(wanted.filters)
        if wanted.since is not None:
            allowed &= corpus.dates >= int(wanted.since.timestamp())
        if wanted.until is not None:
            allowed &= corpus.dates <= int(wanted.until.timestamp())
        allowed[list(shown)] = False
        return allowed

    def _docs(self, corpus: Corpus, ids_or_urls: Sequence[str]) -> list[int]:
        """The docs of the articles with these ids or URLs, ascending; unknown ones are passed over."""
        seqs = self._engine.seqs(ids_or_urls).values() if ids_or_urls else ()
        return sorted({doc for seq in seqs if (doc := corpus.doc_of(seq)) >= 0})

    def _known(self, corpus: Corpus, ids_or_urls: Sequence[str]) -> list[tuple[Article, Profile]]:
        return [found for one in dict.fromkeys(ids_or_urls) if (found := self._find(corpus, one)) is not None]

    def _find(self, corpus: Corpus, id_or_url: str) -> tuple[Article, Profile] | None:
        try:
            return self._source(corpus, id_or_url)
        except ArticleNotFoundError:
            return None

    def _source(self, corpus: Corpus, id_or_url: str) -> tuple[Article, Profile]:
        seq, article = self._engine.article_with_seq(id_or_url)
        doc = corpus.doc_of(seq)
        return article, profile.of_doc(corpus, doc) if doc >= 0 else profile.of_article(corpus, article)

    def _items(
        self, corpus: Corpus, at: _Reading, picks: Sequence[Pick], *, for_groups: bool
    ) -> tuple[list[RelatedItem], list[Pick], Shared]:
        """The articles of the picks with their reasons; a pick whose article was removed meanwhile is left out."""
        stored = self._stored(corpus, [doc for pick in picks for doc in (pick.doc, *pick.copies)])
        picks = [pick for pick in picks if pick.doc in stored]
        articles = [stored[pick.doc] for pick in picks]
        docs = [pick.doc for pick in picks]
        names = self._names(corpus, at, docs, articles) if for_groups else ()
        shared = shared_labels(corpus, at.profile, at.article, articles, docs, names)
        words = wording(at.article.language or corpus.language)
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
        self, corpus: Corpus, at: _Reading, docs: Sequence[int], articles: Sequence[Article]
    ) -> list[tuple[Spelling, ...]]:
        """The names in the openings of articles, which are these docs. Those that do not name their language are
        taken to be in that of what is read."""
        language = at.article.language or corpus.language
        return [
            names
            if names is not None and (article.language or language == corpus.language)
            else spellings_in(article, language)
            for names, article in zip(corpus.opening_names(docs), articles, strict=True)
        ]

    def _stored(self, corpus: Corpus, docs: Sequence[int]) -> dict[int, Article]:
        articles = articles_of(self._engine, corpus, docs)
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
