"""What a query means where its signs could be operators or text: the archive decides.

"moon -mars" leaves something out, "tar -xzf" is a command. Which of both it is, the spelling does not say, but articles
about the command do.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from indexer.article.article import Article
from search.query.parser import ParsedQuery, as_words
from search.ranking.rank import rank
from search.reader.index import Index

READ = 20  # articles in which a word with its minus is looked for

Fetch = Callable[[Sequence[str]], Mapping[str, Article]]  # the stored articles with some ids


def as_meant(index: Index, query: ParsedQuery, fetch: Fetch) -> ParsedQuery:
    """The query, or its words where a minus in it is part of the text: articles have it literally, behind the word
    before it, or nothing is left of what the query finds without it."""
    if not query.excluded:
        return query
    words = as_words(query, index.languages())
    ranking = rank(index, words, READ, legs=("bm25",))
    if not ranking.total:
        return query
    shown = ", ".join(f"'-{word}'" for word in dict.fromkeys(query.excluded))
    if not len(index.match(query, None, [])):
        return as_words(query, index.languages(), f"without {shown} nothing is left: searched for all words")
    articles = fetch([index.article_id(doc) for doc in ranking.docs.tolist()]).values()
    if any(_is_literally_in(query, article) for article in articles):
        return as_words(query, index.languages(), f"articles have {shown} as written: searched for all words")
    return query


def _is_literally_in(query: ParsedQuery, article: Article) -> bool:
    """Whether an article has one of the excluded words with its minus, behind the word it stands behind in the
    query."""
    text = f"{article.title}\n{article.body}".lower()
    for word in query.excluded:
        for pair in re.findall(rf"(?:^|\s)(\S+)\s+-({re.escape(word)})(?!\w)", query.text):
            before, after = (re.escape(part.lower()) for part in pair)
            if f"-{word.lower()}" in text and re.search(rf"(?<!\w){before}\s+-{after}(?!\w)", text):
                return True
    return False
