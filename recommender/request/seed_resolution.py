"""From a seed to what the recommender reads: the article in question, its profile, and what is not to be offered."""

from __future__ import annotations

from dataclasses import dataclass

from indexer.article.article import Article
from indexer.base.errors import ArticleNotFoundError
from recommender.corpus.corpus import Corpus
from recommender.request import profile
from recommender.request.article_lookup import article_with_profile
from recommender.request.profile import Profile
from recommender.request.seeds import ArticleSeed, DraftSeed, Seed, SessionSeed
from search.engine import Engine

SESSION = 20  # articles of a reader's session that count, the last ones; each counts half of the one after it


@dataclass(frozen=True, slots=True)
class ResolvedSeed:
    """What a seed stands for in one generation of the archive.

    `article` is what the answer is for: the article, the draft, or the last one read. `exclude` has the ids of what is
    not to be offered, besides `article` itself where the archive has it. With `several` articles to follow, one of
    their stories is neither earlier nor later.
    """

    article: Article
    profile: Profile
    exclude: tuple[str, ...] = ()
    several: bool = False


def resolve(engine: Engine, corpus: Corpus, seed: Seed) -> ResolvedSeed:
    """What a seed stands for. Raises ArticleNotFoundError for an article, and for a session of which none is known."""
    if isinstance(seed, ArticleSeed):
        return _resolve_article(engine, corpus, seed)
    if isinstance(seed, DraftSeed):
        return _resolve_draft(corpus, seed)
    return _resolve_session(engine, corpus, seed)


def _resolve_article(engine: Engine, corpus: Corpus, seed: ArticleSeed) -> ResolvedSeed:
    return ResolvedSeed(*article_with_profile(engine, corpus, seed.id_or_url))


def _resolve_draft(corpus: Corpus, seed: DraftSeed) -> ResolvedSeed:
    draft = seed.article
    return ResolvedSeed(draft, profile.of_article(corpus, draft), exclude=(draft.id,))


def _resolve_session(engine: Engine, corpus: Corpus, seed: SessionSeed) -> ResolvedSeed:
    newest_first = list(dict.fromkeys(reversed(seed.ids_or_urls)))  # an article read twice was read when it was last
    read = []
    for id_or_url in newest_first:
        try:
            read.append(article_with_profile(engine, corpus, id_or_url))
        except ArticleNotFoundError:
            continue
        if len(read) == SESSION:
            break
    if not read:
        raise ArticleNotFoundError(newest_first[0] if newest_first else "")
    last_article, last_profile = read[0]
    if len(read) == 1:
        return ResolvedSeed(last_article, last_profile)
    combined = profile.combine([each for _, each in reversed(read)])
    return ResolvedSeed(last_article, combined, exclude=tuple(article.id for article, _ in read), several=True)
