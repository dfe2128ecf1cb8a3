"""From the docs that were picked to what readers see of them: the article, the reason, how it begins."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from indexer.article.article import Article
from recommender.corpus.corpus import Corpus
from recommender.presentation.events import same_event
from recommender.presentation.excerpts import opening
from recommender.presentation.fallback import StandIn
from recommender.presentation.justification import TOLD, believed, in_other_languages, named, named_at_all
from recommender.presentation.reasons import reason
from recommender.presentation.series import is_member
from recommender.presentation.subjects import Shared, shared_subjects
from recommender.presentation.wording import wording
from recommender.ranking.selection import Pick
from recommender.request.article_lookup import articles_by_doc
from recommender.request.block_rules import BlockRules
from recommender.request.seed_resolution import ResolvedSeed
from recommender.results import RelatedItem
from search.engine import Engine

LEAD_CHARS = 480  # of the lead story's text
ITEM_CHARS = 240


FindLinks = Callable[[Article, Mapping[int, Article]], frozenset[int]]


@dataclass(frozen=True, slots=True)
class Presented:
    """Picks in words: `items` and the rows of `shared` are those of `picks`, in the same order."""

    items: Sequence[RelatedItem]
    picks: Sequence[Pick]
    shared: Shared
    linked: frozenset[int] = frozenset()  # the docs that the article links to, or that link to it

    def restricted(self, places: Sequence[int]) -> Presented:
        """The same with only these items, in this order."""
        items, picks = [self.items[p] for p in places], [self.picks[p] for p in places]
        return Presented(items, picks, self.shared.restricted(places), self.linked)


def present(
    engine: Engine,
    corpus: Corpus,
    seed: ResolvedSeed,
    picks: Sequence[Pick],
    rules: BlockRules,
    find_links: FindLinks | None = None,
) -> Presented:
    """The picks with their articles and reasons; one whose article was removed meanwhile is left out. `find_links`
    says which of them are linked with the article, where anyone wants to know."""
    articles = articles_by_doc(engine, corpus, [doc for pick in picks for doc in (pick.doc, *pick.copies)])
    picks = [pick for pick in picks if pick.doc in articles]
    docs = [pick.doc for pick in picks]
    picked = [articles[doc] for doc in docs]
    shared = shared_subjects(
        corpus, seed.profile, seed.article, picked, docs, whole=rules.whole_names, by_words=rules.headline_words
    )
    language = seed.article.language or corpus.language
    foreign = in_other_languages(picked, language, corpus.language)
    in_series = np.array([rules.series and is_member(seed.article, article) for article in picked], bool)
    shared = shared.without_frame(in_series)
    may_be_told = np.array([pick.relation in TOLD for pick in picks], bool) & ~in_series & rules.stories
    one_event = foreign | same_event(corpus, seed.profile, seed.article, picked, picks, shared, may_be_told)
    picks = believed(picks, one_event & may_be_told)
    linked = find_links(seed.article, dict(zip(docs, picked, strict=True))) if find_links else frozenset()
    words = wording(language)
    evidence = shared.evidence()
    about = [named(shared, evidence[row], shared.in_items[row]) for row in range(len(picks))]
    about = [
        names or ([] if pick.doc in linked else named_at_all(shared, evidence[row]))
        for row, (names, pick) in enumerate(zip(about, picks, strict=True))
    ]
    items = [
        RelatedItem(
            article,
            pick.score,
            reason(pick, names, words, linked=pick.doc in linked),
            opening(article, ITEM_CHARS),
            pick.relation,
            tuple(articles[doc] for doc in pick.copies if doc in articles),
        )
        for pick, article, names in zip(picks, picked, about, strict=True)
    ]
    return Presented(items, picks, shared, linked)


def as_lead(item: RelatedItem) -> RelatedItem:
    """The item with more of its text."""
    return replace(item, excerpt=opening(item.article, LEAD_CHARS))


def present_stand_ins(engine: Engine, corpus: Corpus, stand_ins: Sequence[StandIn]) -> list[RelatedItem]:
    """What is shown where nothing is related; one whose article was removed meanwhile is left out."""
    articles = articles_by_doc(engine, corpus, [stand_in.doc for stand_in in stand_ins])
    return [
        RelatedItem(article, 0.0, stand_in.reason, opening(article, ITEM_CHARS), "fallback")
        for stand_in in stand_ins
        if (article := articles.get(stand_in.doc)) is not None
    ]
