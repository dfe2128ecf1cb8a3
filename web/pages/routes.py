"""The pages for readers: the front page, results of a search, and an article with what to read next."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, current_app, redirect, request, send_file, send_from_directory, url_for

from indexer.article.article import Article
from indexer.article.urls import is_followable
from indexer.base.errors import QueryError, ReadmoreError
from recommender.request.options import DEFAULT_OPTIONS
from recommender.request.seeds import ArticleSeed
from recommender.results import Block
from search.results import SearchResult
from web.access.guard import admit_reader
from web.http import searches
from web.http.backend import current_backend
from web.http.caching import revalidated, uncached
from web.http.params import MAX_QUERY, ParameterError
from web.http.rendering import encodable, render
from web.pages import front, prose, refining
from web.pages.asked import NEWEST, OLDEST, Asked, read_asked
from web.pages.look import current_settings
from web.pages.paging import PAGE_SIZE, page_count, page_links
from web.pages.settings import PICTURES
from web.pages.theme import STATIC, own_address

SUBJECTS = 6  # searches to try

_NARROWED = 1_000  # characters of a query up to which there is something to narrow it down by

pages = Blueprint("pages", __name__)
pages.before_request(admit_reader)
revalidated(pages)
theme = Blueprint("theme", __name__)


@pages.get("/")
def home() -> Response:
    """The front page: a search box and the newest stories by site and section."""
    backend = current_backend()
    latest = backend.latest(front.LATEST)
    return render(
        "front.html",
        count=backend.count(),
        examples=backend.subjects(SUBJECTS),
        top=latest[: front.TOP],
        sites=front.by_site_and_section(latest[front.TOP :]),
    )


@pages.get("/search")
def search() -> Any:
    """A page of results. A query that cannot be answered comes back in its box, with the reason."""
    schema = current_backend().schema()
    try:
        asked = read_asked(request.args, schema)
        # a link to narrow a search down has all of the query in it: of a long one a page of links would be megabytes
        facets = refining.counted(current_settings().facets, schema) if len(asked.query) <= _NARROWED else ()
        result = found(asked, facets)
    except (ParameterError, QueryError) as error:
        return _unanswered(error)
    searches.found(result, narrowed=asked.page > 1 or asked.is_narrowed_beyond("site"))
    if (elsewhere := _redirect(asked, result)) is not None:
        return redirect(elsewhere, 302)
    page_total = page_count(result.total)
    return render(
        "search.html",
        query=asked.query,
        asked=asked,
        result=result,
        choices=refining.choices(result.facets, asked, schema),
        histogram=refining.histogram(result.facets, asked),
        orders=[("", asked.ordered("")), (NEWEST, asked.ordered(NEWEST)), (OLDEST, asked.ordered(OLDEST))],
        page=asked.page,
        page_total=page_total,
        links=page_links(asked.page, page_total),
        examples=() if result.hits else current_backend().subjects(SUBJECTS),
    )


def found(asked: Asked, facets: tuple[str, ...] = (), limit: int = PAGE_SIZE) -> SearchResult:
    """What the archive has for it, as it is set for the pages. Raises QueryError."""
    backend, settings = current_backend(), current_settings()
    result = backend.search(
        asked.query,
        limit=limit,
        offset=(asked.page - 1) * PAGE_SIZE,
        filters=asked.condition(backend.schema()),
        sort=asked.sort,
        facets=facets,
        recency=asked.recency or settings.recency,
        typos=asked.typos,
        fold=settings.fold,
    )
    if result.of_today:
        uncached()
    return result


def _redirect(asked: Asked, result: SearchResult) -> str | None:
    """Where the editors send a reader who searches for just this; a reader who looks further stays."""
    if not result.redirect or asked.is_narrowed or asked.sort or asked.page > 1 or not is_followable(result.redirect):
        return None
    address = result.redirect
    if address.startswith("/"):
        address = own_address(Article(id="redirect", title="-", url=address), current_settings().home) or address
    return None if address in (request.url, request.full_path) else address


def _unanswered(error: ReadmoreError) -> Response:
    nothing_asked = isinstance(error, ParameterError) and error.code == "empty_query"
    query = request.args.get("q", "").strip()[:MAX_QUERY]
    problem = None if nothing_asked else error
    examples = current_backend().subjects(SUBJECTS)
    response = render("search.html", query=query, asked=None, result=None, problem=problem, examples=examples)
    if problem:
        response.status_code = 400
        response.headers["Cache-Control"] = "no-store"
    return response


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


@theme.get("/theme/colours.css")
def colours() -> Response:
    """The colours that are set, for the style sheet."""
    return Response(current_settings().style, mimetype="text/css")


@theme.get("/theme/logo")
def logo() -> Response:
    """The picture of the site. A drawing may not do anything but be seen."""
    path = current_settings().logo
    if path is None:
        abort(404)
    response = send_file(path, mimetype=PICTURES[path.suffix.lower()], conditional=True)
    response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return response


@theme.get("/theme/<path:filename>")
def file(filename: str) -> Response:
    """A file that the publisher's templates need: a style sheet, a font, a picture."""
    folder = current_settings().templates
    if folder is None:
        abort(404)
    return send_from_directory(folder / STATIC, filename, conditional=True)


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
    """Where a link to an article leads: where it was published, or where it has no address, to its page here."""
    settings = current_settings()
    own = "" if settings.links_lead_here else own_address(article, settings.home)
    return own or url_for("pages.article", id=article.id)


@pages.app_template_global()
def theme_url(filename: str) -> str:
    """The address of a file in the folder `static` of the publisher's templates."""
    return url_for("theme.file", filename=filename)
