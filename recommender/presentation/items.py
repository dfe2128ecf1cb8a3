"""From the docs that were picked to what readers see of them: the article, the reason, how it begins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from recommender.corpus.corpus import Corpus
from recommender.presentation.excerpts import opening
from recommender.presentation.fallback import StandIn
from recommender.presentation.groups import arrange
from recommender.presentation.labels import Shared, shared_labels
from recommender.presentation.opening_names import names_in_openings
from recommender.presentation.reasons import best_labels, reason
from recommender.presentation.wording import Wording, wording
from recommender.ranking.selection import Pick
from recommender.request.article_lookup import articles_by_doc
from recommender.request.seed_resolution import ResolvedSeed
from recommender.results import Group, RelatedItem
from search.engine import Engine

LEAD_CHARS = 480  # of the lead story's text
ITEM_CHARS = 240


@dataclass(frozen=True, slots=True)
class Presented:
    """Picks in words: `items` and the rows of `shared` are those of `picks`, in the same order."""

    items: Sequence[RelatedItem]
    picks: Sequence[Pick]
    shared: Shared


def present(
    engine: Engine, corpus: Corpus, seed: ResolvedSeed, picks: Sequence[Pick], *, for_groups: bool = False
) -> Presented:
    """The picks with their articles and reasons; one whose article was removed meanwhile is left out. With
    `for_groups` the labels are also those that only several of the picks share, which groups are made of."""
    articles = articles_by_doc(engine, corpus, [doc for pick in picks for doc in (pick.doc, *pick.copies)])
    picks = [pick for pick in picks if pick.doc in articles]
    docs = [pick.doc for pick in picks]
    picked = [articles[doc] for doc in docs]
    language = seed.article.language or corpus.language
    in_openings = names_in_openings(corpus, docs, picked, language) if for_groups else ()
    shared = shared_labels(corpus, seed.profile, seed.article, picked, docs, in_openings)
    words = wording(language)
    telling = best_labels(shared, [pick.cosine for pick in picks])
    items = [
        RelatedItem(
            article,
            pick.score,
            reason(pick, labels, seed.article, article, words),
            opening(article, ITEM_CHARS),
            pick.relation,
            tuple(articles[doc] for doc in pick.copies if doc in articles),
        )
        for pick, article, labels in zip(picks, picked, telling, strict=True)
    ]
    return Presented(items, picks, shared)


def explained(presented: Presented, words: Wording, least: float) -> Presented:
    """Those of which there is more to say than that they are similar, or whose relevance is above `least`: a link that
    cannot be explained is mostly a bad one."""
    items, picks = presented.items, presented.picks
    places = [n for n, item in enumerate(items) if item.reason != words.similar or picks[n].relevance > least]
    return Presented([items[n] for n in places], [picks[n] for n in places], presented.shared.restricted(places))


def lead_and_groups(
    seed: ResolvedSeed, presented: Presented, words: Wording
) -> tuple[RelatedItem, tuple[Group, ...]] | None:
    """The first item with more of its text, and the others in groups; None where there is no item."""
    if not presented.items:
        return None
    first, *others = presented.items
    lead = replace(first, excerpt=opening(first.article, LEAD_CHARS))
    return lead, arrange(seed.article, others, presented.picks[1:], presented.shared.without_first(), words)


def present_stand_ins(engine: Engine, corpus: Corpus, stand_ins: Sequence[StandIn]) -> list[RelatedItem]:
    """What is shown where nothing is related; one whose article was removed meanwhile is left out."""
    articles = articles_by_doc(engine, corpus, [stand_in.doc for stand_in in stand_ins])
    return [
        RelatedItem(article, 0.0, stand_in.reason, opening(article, ITEM_CHARS), "fallback")
        for stand_in in stand_ins
        if (article := articles.get(stand_in.doc)) is not None
    ]
