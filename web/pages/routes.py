"""The pages for readers: the front page, results of a search, and an article with what to read next."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, current_app, request, url_for
from markupsafe import Markup

from indexer.article.article import Article
from indexer.article.urls import is_followable
from indexer.base.errors import QueryError, ReadmoreError
from recommender.request.options import DEFAULT_OPTIONS
from recommender.request.seeds import ArticleSeed
from recommender.results import Block
from search.results import Excerpt, to_html
from web.access.guard import admit_reader
from web.http import searches
from web.http.backend import current_backend
from web.http.caching import revalidated, uncached
from web.http.params import MAX_QUERY, ParameterError, filters_of, number_of, query_of
from web.http.rendering import encodable, render
from web.pages import front, prose
from web.pages.examples import example_searches
from web.pages.paging import MAX_PAGES, PAGE_SIZE, page_count, page_links

pages = Blueprint("pages", __name__)
pages.before_request(admit_reader)
revalidated(pages)


@pages.get("/")
def home() -> Response:
    """The front page: a search box and the newest stories by site and section."""
    backend = current_backend()
    latest = backend.latest(front.LATEST)
    return render(
        "front.html",
        count=backend.count(),
        examples=example_searches(latest),
        top=latest[: front.TOP],
        sites=front.by_site_and_section(latest[front.TOP :]),
    )


@pages.get("/search")
def search() -> Response:
    """A page of results. A query that cannot be answered comes back in its box, with the reason."""
    try:
        query = query_of(request.args)
        page = number_of(request.args, "page", 1, 1, MAX_PAGES)
        filters = filters_of(request.args, current_backend().schema())
        offset = (page - 1) * PAGE_SIZE
        result = current_backend().search(query, limit=PAGE_SIZE, offset=offset, filters=filters)
    except (ParameterError, QueryError) as error:
        return _unanswered(error)
    searches.found(result, narrowed=page > 1 or bool(filters.keys() - {"site"}))
    page_total = page_count(result.total)
    return render(
        "search.html",
        query=query,
        result=result,
        page=page,
        page_total=page_total,
        links=page_links(page, page_total),
        filters=filters,
        examples=[] if result.hits else _examples(),
    )


def _unanswered(error: ReadmoreError) -> Response:
    nothing_asked = isinstance(error, ParameterError) and error.code == "empty_query"
    query = request.args.get("q", "").strip()[:MAX_QUERY]
    problem = None if nothing_asked else error
    response = render("search.html", query=query, result=None, problem=problem, examples=_examples())
    if problem:
        response.status_code = 400
        response.headers["Cache-Control"] = "no-store"
    return response


def _examples() -> list[str]:
    return example_searches(current_backend().latest(front.LATEST))


@pages.get("/article/<id>")
def article(id: str) -> Response:
    """An article, and at its end the related block."""
    stored = current_backend().article(id)
    return render("article.html", article=stored, parts=prose.parts_of(stored.body), block=_block(stored))


def _block(article: Article) -> Block | None:
    """The related block; None where it cannot be had, since the article is worth reading without."""
    try:
        return current_backend().block(ArticleSeed(article.id), DEFAULT_OPTIONS)
    except ReadmoreError as error:
        current_app.logger.error("no related block for %s: %s", article.id, error)
        uncached()
        return None


@pages.app_template_global()
def search_url(query: str, page: int = 1, **filters: Any) -> str:
    """The address of a page of results; `filters` as in `filters_of`, or one value each."""
    values: dict[str, Any] = {
        name: encodable(value) if isinstance(value, str) else [encodable(each) for each in value]
        for name, value in filters.items()
    }
    return url_for("pages.search", q=encodable(query), page=page if page > 1 else None, **values)


@pages.app_template_global()
def article_url(article: Article) -> str:
    """The address of an article's page in the service."""
    return url_for("pages.article", id=article.id)


@pages.app_template_filter()
def original_url(article: Article) -> str:
    """Where the article was published, if a browser may follow it from here: a path leads nowhere on this host."""
    return article.url if is_followable(article.url) and not article.url.startswith("/") else ""


@pages.app_template_filter()
def host(url: str) -> str:
    """The name of the host in `url`."""
    return (urlsplit(url).hostname or "").removeprefix("www.")


@pages.app_template_filter()
def marked(excerpt: Excerpt) -> Markup:
    """The excerpt with the words of the query marked; `to_html` has escaped the rest."""
    return Markup(to_html(excerpt))


for _filter in prose.FILTERS:
    pages.add_app_template_filter(_filter)
