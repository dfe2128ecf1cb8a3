"""Which of a few articles link to an article or are linked from it.

`link_targets` finds the target of a link among all articles of an archive, which have to be read for it. Here the
articles are few and near each other already, so the end of an address that is made of an article's id, title or file
is enough.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from indexer.article.article import Article
from recommender.feedback.link_targets import id_of_path

LEAST_LETTERS = 8  # of the part of an address that may stand for an article: "/about/" is any page
_DATED = re.compile(r"(\d{4}-\d\d-\d\d)-(.+)\Z")
_DATED_PATH = re.compile(r"/(\d{4})/(\d\d)/(?:(\d\d)/)?")
_HOST = re.compile(r"\A[a-z]+://[^/]+", re.IGNORECASE)
_SUFFIX = re.compile(r"\.(?:mdx?|markdown|html?|txt)\Z", re.IGNORECASE)


def mutually_linked(source: Article, articles: Mapping[int, Article]) -> frozenset[int]:
    """Those of the articles, by any numbers, that `source` links to in its text or that link to it."""
    of_source = frozenset(_names(source))
    linked = {name for link in source.links for name in _called(link)}
    return frozenset(
        number
        for number, one in articles.items()
        if any(name in linked for name in _names(one))
        or any(name in of_source for link in one.links for name in _called(link))
    )


def _names(article: Article) -> Iterator[str]:
    """What links may call an article: by its address, its id, or the title in its id or file."""
    if article.url:
        yield _path(article.url)
    dated = _DATED.match(article.id)
    date = dated[1] if dated else ""
    yield article.id.lower()
    for title in (dated[2] if dated else article.id, _last_part(article.source), _last_part(article.url)):
        if len(title) >= LEAST_LETTERS:
            yield title.lower()
            if date:
                yield f"{date[:7]} {title.lower()}"


def _called(link: str) -> Iterator[str]:
    """What a link may call an article."""
    path = _path(link)
    yield path
    yield id_of_path(path).lower()
    last = _last_part(path).lower()
    if len(last) >= LEAST_LETTERS:
        date = _DATED_PATH.search(path)
        yield f"{date[1]}-{date[2]} {last}" if date else last


def _path(address: str) -> str:
    """An address without host, query, fragment and a slash at the end."""
    return (_HOST.sub("", address).partition("#")[0].partition("?")[0].rstrip("/") or "/").lower()


def _last_part(path: str) -> str:
    return _SUFFIX.sub("", path.rstrip("/").rpartition("/")[2])
