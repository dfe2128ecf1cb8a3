"""What can be read: search, related articles, blocks, articles, the archive in figures. docs/http-api.md has all of it.

The views answer under the version's path, and under that of before there were versions.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, jsonify, request

from indexer.article.article import Article
from recommender.request.drafts import MAX_BYTES, parse_draft, too_large
from recommender.request.options import LIMIT, RelatedOptions
from recommender.request.seeds import ArticleSeed, DraftSeed, Seed
from recommender.results import Block, block_to_dict, item_to_dict, items_of, result_to_dict
from search.results import article_summary, suggestions_to_dict
from web.api import answers, parameters
from web.api.operation import Body, admit, operation
from web.api.searching import is_narrowed, search_to_dict, searched
from web.http import searches
from web.http.backend import current_backend
from web.http.bodies import body_of
from web.http.caching import revalidated, uncached
from web.http.params import date_of, filters_of, session_of, url_of, with_condition

reading = Blueprint("api", __name__)
reading.before_request(admit)
revalidated(reading)

_NOT_SHOWN = ("path", "settings_problem", "to_come")  # of the status: where the archive is, what is not public yet
_DRAFT = Body(
    {
        "application/json": {"type": "object"},
        "text/markdown": {"type": "string"},
        "text/plain": {"type": "string"},
    },
    f"a draft of {MAX_BYTES:,} bytes at most, which is not stored",
)


@reading.get("/search")
@operation(answer=answers.SearchAnswer, takes=parameters.SearchParameters, filters=True)
def search(asked: parameters.SearchParameters) -> Response:
    """Articles that answer a query."""
    result = searched(asked)
    if result.of_today:
        uncached()
    searches.found(result, narrowed=is_narrowed(asked))
    return jsonify(search_to_dict(result))


@reading.get("/suggest")
@operation(answer=answers.SuggestAnswer, takes=parameters.SuggestParameters, filters=True)
def suggest(asked: parameters.SuggestParameters) -> Response:
    """Articles, queries and names to offer while somebody types."""
    schema = current_backend().schema()
    filters = with_condition(filters_of(request.args, schema), asked.filter, schema)
    found = current_backend().suggest(asked.q, asked.limit, filters)
    if not found.is_whole:
        uncached()
    return jsonify(suggestions_to_dict(found))


@reading.get("/related")
@operation(answer=answers.RelatedAnswer, takes=parameters.SeedListParameters, filters=True)
def related(asked: parameters.SeedListParameters) -> Response:
    """Articles to read after one, or after several."""
    return _related(session_of(asked.id, asked.url), _options(asked, asked.limit))


@reading.get("/related/<id>")
@operation(answer=answers.RelatedAnswer, takes=parameters.ListParameters, filters=True)
def related_to_article(asked: parameters.ListParameters, id: str) -> Response:
    """Articles to read after an article."""
    return _related(ArticleSeed(id), _options(asked, asked.limit))


@reading.post("/related")
@operation(answer=answers.RelatedAnswer, takes=parameters.ListParameters, filters=True, body=_DRAFT, refusals=(408,))
def related_to_draft(asked: parameters.ListParameters) -> Response:
    """Articles to read after a draft, which is not stored."""
    started = time.perf_counter()
    options = _options(asked, asked.limit)
    return _related(_draft(), options, started)


@reading.get("/block")
@operation(answer=answers.BlockAnswer, takes=parameters.SeedBlockParameters, filters=True)
def block(asked: parameters.SeedBlockParameters) -> Response:
    """The related block for the end of an article, or after several."""
    return _block(session_of(asked.id, asked.url), asked)


@reading.get("/block/<id>")
@operation(answer=answers.BlockAnswer, takes=parameters.BlockParameters, filters=True)
def block_for_article(asked: parameters.BlockParameters, id: str) -> Response:
    """The related block for the end of an article."""
    return _block(ArticleSeed(id), asked)


@reading.post("/block")
@operation(answer=answers.BlockAnswer, takes=parameters.BlockParameters, filters=True, body=_DRAFT, refusals=(408,))
def block_for_draft(asked: parameters.BlockParameters) -> Response:
    """The related block for the end of a draft, which is not stored."""
    started = time.perf_counter()
    _options(asked)  # what is asked of the block is looked at before its draft
    return _block(_draft(), asked, started)


@reading.get("/article")
@operation(answer=answers.ArticleAnswer, takes=parameters.ArticleParameters)
def article(asked: parameters.ArticleParameters) -> Response:
    """An article in full, by its id or its address."""
    return jsonify(_article_to_dict(current_backend().article(asked.id or url_of(asked.url))))


@reading.get("/article/<id>")
@operation(answer=answers.ArticleAnswer)
def article_by_id(asked: parameters.Parameters, id: str) -> Response:
    """An article in full."""
    return jsonify(_article_to_dict(current_backend().article(id)))


@reading.get("/status")
@operation(answer=answers.StatusAnswer)
def status(asked: parameters.Parameters) -> Response:
    """What the archive holds, in figures; where it is on the machine is left out."""
    uncached()
    return jsonify({name: value for name, value in current_backend().status().items() if name not in _NOT_SHOWN})


def _options(asked: parameters.OfferParameters, limit: int = LIMIT) -> RelatedOptions:
    return RelatedOptions(
        limit=limit,
        filters=filters_of(request.args, current_backend().schema()),
        exclude=tuple(asked.exclude),
        since=date_of(asked.since, "since", end_of_day=False),
        until=date_of(asked.until, "until", end_of_day=True),
    )


def _draft() -> DraftSeed:
    uncached()
    return DraftSeed(parse_draft(body_of(MAX_BYTES, too_large("the request")), "the request"))


def _related(seed: Seed, options: RelatedOptions, started: float | None = None) -> Response:
    reading_ms = _ms_since(started)
    answer = result_to_dict(current_backend().related(seed, options))
    return jsonify(answer | {"took_ms": round(answer["took_ms"] + reading_ms, 3)})


def _block(seed: Seed, asked: parameters.BlockParameters, started: float | None = None) -> Response:
    reading_ms = _ms_since(started)
    found = current_backend().block(
        seed, replace(_options(asked), size=asked.items if "items" in request.args else None)
    )
    return jsonify({"id": found.id, "took_ms": round(found.took_ms + reading_ms, 3)} | _as_asked(found, asked))


def _ms_since(started: float | None) -> float:
    """Milliseconds that the reading of a draft took, 0 where there was none."""
    return 0.0 if started is None else (time.perf_counter() - started) * 1000


def _as_asked(block: Block, asked: parameters.BlockParameters) -> dict[str, Any]:
    """The block in the form that is asked for, and with no more groups."""
    if asked.form == "list":
        return {"items": [item_to_dict(item) for item in items_of(block)]}
    answer = block_to_dict(block)
    return answer | {"groups": answer["groups"][: asked.groups]}


def _article_to_dict(article: Article) -> dict[str, Any]:
    """All of the article but where it was read from, which is a path on the machine of whoever indexed it."""
    copies = current_backend().translations(article.id)
    return article_summary(article) | {
        "translations": [
            {"id": copy.id, "language": copy.language, "url": copy.url, "title": copy.headline} for copy in copies
        ],
        "tags": list(article.tags),
        "links": list(article.links),
        "excerpt": article.excerpt,
        "body": article.body,
        "fields": {key: list(value) if isinstance(value, tuple) else value for key, value in article.fields.items()},
    }
