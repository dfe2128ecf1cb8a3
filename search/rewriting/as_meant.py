"""What a query means where its signs could be operators or text: the archive decides.

"moon -mars" leaves something out, "tar -xzf" is a command. Which of both it is, the spelling does not say, but articles
about the command do.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from indexer.article.article import Article
from indexer.text.spellings import split
from indexer.text.words import normalize, plain_text
from search.query.parser import ParsedQuery, as_words
from search.query.pasted import without_sites
from search.query.simplify import tidy, without_exclusions
from search.query.typed_signs import OPERATORS
from search.query.typed_words import readings
from search.ranking.headline import NEAR
from search.ranking.rank import rank
from search.reader.index import Index

READ = 20  # articles in which a word with its minus is looked for, and words
_LEAST_OF_HEADLINE = 3  # words of one that is told by its words
_LEAST_OF_PART = 4  # ... and of a part of one
_OPERATOR = re.compile(rf"\b(?:{'|'.join(sorted(OPERATORS))})\b")
_MINUS = re.compile(r"(?<![^\s(])-\S")

Fetch = Callable[[Sequence[str]], Mapping[str, Article]]  # the stored articles with some ids


def as_meant(index: Index, query: ParsedQuery, fetch: Fetch) -> ParsedQuery:
    """The query, or its words where signs in it are part of a text: it is an article's headline, or begins with one,
    that the query would leave out, articles have a word with its minus, behind the word before it, or nothing is left
    of what the query finds without that word."""
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
    """Whether articles have the query as their headline, and it finds none of them."""
    return any(_is_headline(index, query, text, fetch) for text in _perhaps_headlines(query.text))


def _perhaps_headlines(text: str) -> list[str]:
    """A text; and what of one with an operator stands beside the names of sites, or before a last word that may be cut
    short."""
    texts = [text]
    if _OPERATOR.search(text):
        texts += [*without_sites(text), text.rpartition(" ")[0]]
    return [text for text in texts if text]


def _is_headline(index: Index, query: ParsedQuery, text: str, fetch: Fetch) -> bool:
    """Whether articles that a query does not find have a text as their headline, or as a part of it."""
    docs, shares = index.titles_with(readings(text, index.languages()), NEAR)
    docs = np.concatenate([docs[shares < 1][-READ:], docs[shares == 1][-READ:]])
    if not len(docs) or index.match(query, None, []).scores_of(np.sort(docs))[1].any():
        return False
    articles = fetch([index.article_id(doc) for doc in docs.tolist()]).values()
    return any(_has_headline(article.title, text, query) for article in articles)


def _has_headline(title: str, text: str, query: ParsedQuery) -> bool:
    """Whether a title is a text, sign for sign, or has its words in a row and the operators among them: in capitals as
    they were typed, unless all of the text is in capitals. With a minus only the former: what that means is not told by
    words."""
    if normalize(title).split() == normalize(text).split():
        return True
    if _MINUS.search(query.text):
        return False
    typed, written = (split(plain_text(of))[0] for of in (text, title))
    operators = [place for place, word in enumerate(typed) if word in OPERATORS]
    if not operators or len(typed) < _LEAST_OF_HEADLINE:
        return False
    wanted, there = ([word.lower() for word in words] for words in (typed, written))
    return any(
        there[start : start + len(wanted)] == wanted
        and (text.isupper() or all(written[start + place] == typed[place] for place in operators))
        and (len(wanted) == len(there) or len(wanted) >= _LEAST_OF_PART)
        for start in range(len(there) - len(wanted) + 1)
    )


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
