"""The headline that is meant where a part of it is pasted, or the address of its article."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import replace

from indexer.article.article import Article
from indexer.article.urls import canonical_url
from indexer.base.errors import ArticleError
from indexer.text.words import folded, word_forms
from search.query.parser import ParsedQuery, as_words
from search.query.pasted import is_address, may_be_address, without_ellipsis
from search.query.typed_words import readings
from search.ranking.headline import NEAR
from search.reader.index import Index

_LEAST_BEGUN = 2  # words of a headline that says that it goes on
_LEAST_CUT = 4  # ... and of one that does not
_LONGEST_CUT = 4  # letters of a word of the archive that may be the beginning of another
_MOST_BEGUN = 100  # headlines that may go on from it

Fetch = Callable[[Sequence[str]], Mapping[str, Article]]  # the stored articles with some ids
Find = Callable[[Sequence[str]], Mapping[str, int]]  # the sequence numbers of those with some addresses


def with_whole_headline(
    index: Index, query: ParsedQuery, fetch: Fetch, find: Find, hidden: Set[int] = frozenset()
) -> ParsedQuery:
    """The query; where it is an article's address, or begins one headline and no other, that headline. Those of docs
    that editors hide are left alone. Of another address what tells no page from another is left out."""
    if is_address(query.text):
        url = _url(query.text if "://" in query.text else f"https://{query.text}")
        found = _of_address(index, query, [url], fetch, find, hidden)
        return found or (as_words(replace(query, text=url), index.languages()) if url else query)
    if may_be_address(query.text):
        bare = query.text.strip().removeprefix("//")
        urls = [_url(f"{scheme}://{bare}") for scheme in ("https", "http")]
        return _of_address(index, query, urls, fetch, find, hidden) or query
    headline = _begun(index, query, fetch, hidden)
    if not headline:
        return query
    note = "an article's headline goes on from this: searched for all of the headline"
    return as_words(replace(query, text=headline), index.languages(), note)


def _url(address: str) -> str:
    """An address as those of articles are kept; empty where it is none."""
    try:
        return canonical_url(address)
    except ArticleError:
        return ""


def _of_address(
    index: Index, query: ParsedQuery, urls: Sequence[str], fetch: Fetch, find: Find, hidden: Set[int]
) -> ParsedQuery | None:
    """The headline of the article with one of some addresses, None where there is none."""
    docs = [index.doc_of(seq) for seq in find(list(filter(None, urls))).values()]
    articles = fetch([index.article_id(doc) for doc in docs if doc >= 0 and doc not in hidden])
    for article in articles.values():
        note = "this is an article's address: searched for its headline"
        return as_words(replace(query, text=article.headline), index.languages(), note)
    return None


def _begun(index: Index, query: ParsedQuery, fetch: Fetch, hidden: Set[int]) -> str:
    """The headline that a text begins which says that it goes on, or whose last word, a short one or of no article, no
    headline has behind the others; empty where there is none, or several."""
    begun = without_ellipsis(query.text)
    text = begun or query.text
    words = word_forms(text)
    if not query.is_plain or len(words) < (_LEAST_BEGUN if begun else _LEAST_CUT):
        return ""
    if not begun and len(words[-1]) > _LONGEST_CUT and index.forms.spelled(words[-1]):  # a whole word, nearly always
        return ""
    docs, _ = index.titles_with(readings(text.rpartition(" ")[0], index.languages()), NEAR)
    if not 0 < len(docs) <= _MOST_BEGUN or not (begun or _is_cut(index, text)):
        return ""
    ids = [index.article_id(doc) for doc in docs.tolist() if doc not in hidden]
    titles = {folded(article.title): article.title for article in fetch(ids).values()}
    going_on = [title for key, title in titles.items() if key.startswith(folded(text)) and key != folded(text)]
    return going_on[0] if len(going_on) == 1 else ""


def _is_cut(index: Index, text: str) -> bool:
    """Whether no headline has all words of a text in their order."""
    return not len(index.titles_with(readings(text, index.languages()), NEAR)[0])
