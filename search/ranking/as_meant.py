"""What a query means where its signs could be operators or text: the archive decides.

"moon -mars" leaves something out, "tar -xzf" is a command. Which of both it is, the spelling does not say, but articles
about the command do.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from indexer.article.article import Article
from indexer.text.words import normalize
from search.query.parser import ParsedQuery, as_words
from search.query.simplify import tidy, without_exclusions
from search.query.typed_words import readings
from search.ranking.headline import NEAR
from search.ranking.rank import rank
from search.reader.index import Index

READ = 20  # articles in which a word with its minus is looked for, and words

Fetch = Callable[[Sequence[str]], Mapping[str, Article]]  # the stored articles with some ids


def as_meant(index: Index, query: ParsedQuery, fetch: Fetch) -> ParsedQuery:
    """The query, or its words where signs in it are part of a text: it is an article's headline that the query would
    leave out, articles have a word with its minus, behind the word before it, or nothing is left of what the query
    finds without that word."""
    if not query.is_plain and _is_left_out_headline(index, query, fetch):
        return as_words(query, index.languages(), "this is an article's headline: searched for all words")
    if not query.excluded:
        return query
    words = as_words(query, index.languages())
    ranking = rank(index, words, READ, legs=("bm25",))
    if not ranking.total:
        return query
    shown = ", ".join(f"'-{word}'" for word in dict.fromkeys(query.excluded))
    included = replace(query, tree=tidy(without_exclusions(query.tree)))
    if not len(index.match(query, None, [])) and len(index.match(included, None, [])):
        return as_words(query, index.languages(), f"without {shown} nothing is left: searched for all words")
    articles = fetch([index.article_id(doc) for doc in ranking.docs.tolist()]).values()
    if any(_is_literally_in(query, article) for article in articles):
        return as_words(query, index.languages(), f"articles have {shown} as written: searched for all words")
    return query


def _is_left_out_headline(index: Index, query: ParsedQuery, fetch: Fetch) -> bool:
    """Whether articles have exactly the query as their headline, and it finds none of them."""
    docs, shares = index.titles_with(readings(query.text, index.languages()), NEAR)
    docs = docs[shares == 1][-READ:]
    if not len(docs) or index.match(query, None, []).scores_of(docs)[1].any():
        return False
    headline = normalize(query.text).split()
    articles = fetch([index.article_id(doc) for doc in docs.tolist()]).values()
    return any(normalize(article.title).split() == headline for article in articles)


def _is_literally_in(query: ParsedQuery, article: Article) -> bool:
    """Whether an article has one of the excluded words with its minus, behind the word it stands behind in the
    query."""
    text = f"{article.title}\n{article.body}".lower()
    for word in dict.fromkeys(query.excluded[:READ]):
        if f"-{word.lower()}" not in text:
            continue
        for before in dict.fromkeys(re.findall(rf"(?:^|\s)(\S+)\s+-{re.escape(word)}(?!\w)", query.text)):
            if re.search(rf"(?<!\w){re.escape(before.lower())}\s+-{re.escape(word.lower())}(?!\w)", text):
                return True
    return False
