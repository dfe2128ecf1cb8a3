"""What a page of a ranking shows: the stored articles, the words of the query marked in their titles and passages."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from itertools import chain

from indexer.article.article import Article
from search.excerpt.of_query import QueryHighlighters
from search.query.parser import ParsedQuery
from search.ranking.rank import Ranking
from search.reader.articles import Articles
from search.reader.index import Index
from search.results import Explanation, Hit


def hits_of(
    index: Index,
    stored: Articles,
    query: ParsedQuery,
    ranking: Ranking,
    offset: int,
    under: Mapping[int, Sequence[int]],
    pinned: Collection[int],
    explanations: Sequence[Explanation] = (),
) -> tuple[Hit, ...]:
    """The hits of a ranking from `offset` on, without those that were removed since this generation. `under` has the
    docs that are folded under others, `pinned` those that an editor put where they are; `explanations` are those of the
    first hits from `offset` on, none where nobody asks for them."""
    docs, scores = ranking.docs[offset:].tolist(), ranking.scores[offset:].tolist()
    legs = {name: of[offset:].tolist() for name, of in ranking.legs.items()}
    articles = _articles_of(index, stored, [*docs, *chain.from_iterable(under.get(doc, ()) for doc in docs)])
    highlighters = QueryHighlighters(index, query, docs)
    hits = []
    for place, doc in enumerate(docs):
        article = articles.get(doc)
        if article is None:
            continue
        language, highlighter = article.language or index.language, highlighters.of(doc)
        hits.append(
            Hit(
                article,
                scores[place],
                highlighter.title(article.headline, language),
                highlighter.excerpt(article.body or article.excerpt, language=language),
                {name: of[place] for name, of in legs.items() if not math.isnan(of[place])},
                tuple([articles[other] for other in under.get(doc, ()) if other in articles]),
                doc in pinned,
                explanations[place] if place < len(explanations) else None,
            )
        )
    return tuple(hits)


def _articles_of(index: Index, stored: Articles, docs: Sequence[int]) -> dict[int, Article]:
    """The stored articles of docs. They are asked for by their numbers, which takes half as long as by their ids; one
    that was changed since this generation has another number, and still its id."""
    seqs = {doc: index.seq_of(doc) for doc in docs}
    versions = stored.versions(list(seqs.values()))
    found = {doc: versions[seq] for doc, seq in seqs.items() if seq in versions}
    if len(found) < len(seqs):
        ids = {doc: index.article_id(doc) for doc in seqs if doc not in found}
        changed = stored.fetch(list(ids.values()))
        found |= {doc: changed[article_id] for doc, article_id in ids.items() if article_id in changed}
    return found
