"""The JSON API. docs/http-api.md describes every route."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, request

from indexer.article.article import Article
from recommender.request.drafts import MAX_BYTES, parse_draft, too_large
from recommender.request.options import LIMIT, RelatedOptions
from recommender.request.seeds import ArticleSeed, DraftSeed
from recommender.results import Block, block_to_dict, result_to_dict
from search.results import SearchResult, article_summary, hit_to_dict
from web.http.backend import current_backend
from web.http.caching import revalidated, uncached
from web.http.params import body_of, filters_of, limit_of, offset_of, options_of, query_of, session_of, url_of

api = Blueprint("api", __name__)
revalidated(api)

_NOT_SHOWN = ("path", "settings_problem")  # of the status: where the archive is on the machine


@api.get("/api/search")
def search() -> Response:
    """Articles that answer a query."""
    query, limit, offset = query_of(request.args), limit_of(request.args), offset_of(request.args)
    filters = filters_of(request.args, current_backend().schema())
    return jsonify(_search_to_dict(current_backend().search(query, limit=limit, offset=offset, filters=filters)))


@api.get("/api/related")
@api.get("/api/related/<id>")
def related(id: str | None = None) -> Response:
    """Articles to read after this one, or after several."""
    options = _options(limit_of(request.args))
    seed = ArticleSeed(id) if id else session_of(request.args)
    return jsonify(result_to_dict(current_backend().related(seed, options)))


@api.post("/api/related")
def related_to_draft() -> Response:
    """Articles to read after a draft, which is not stored."""
    options = _options(limit_of(request.args))
    return jsonify(result_to_dict(current_backend().related(_draft(), options)))


@api.get("/api/block")
@api.get("/api/block/<id>")
def block(id: str | None = None) -> Response:
    """The related block for the end of an article, or after several."""
    options = _options()
    return _block(current_backend().block(ArticleSeed(id) if id else session_of(request.args), options))


@api.post("/api/block")
def block_for_draft() -> Response:
    """The related block for the end of a draft, which is not stored."""
    options = _options()
    return _block(current_backend().block(_draft(), options))


def _options(limit: int = LIMIT) -> RelatedOptions:
    return options_of(request.args, current_backend().schema(), limit)


def _block(block: Block) -> Response:
    return jsonify({"id": block.id, "took_ms": round(block.took_ms, 3)} | block_to_dict(block))


def _draft() -> DraftSeed:
    uncached()
    return DraftSeed(parse_draft(body_of(request, MAX_BYTES, too_large("the request")), "the request"))


@api.get("/api/article")
@api.get("/api/article/<id>")
def article(id: str | None = None) -> Response:
    """An article in full."""
    return jsonify(_article_to_dict(current_backend().article(id or url_of(request.args))))


@api.get("/api/status")
def status() -> Response:
    """What the archive holds, in figures; where it is on the machine is left out."""
    uncached()
    return jsonify({name: value for name, value in current_backend().status().items() if name not in _NOT_SHOWN})


@api.get("/healthz")
def health() -> Response:
    """Whether the service can answer: 200 with the archive open, 503 without."""
    uncached()
    current_backend().count()
    return jsonify(status="ok")


def _search_to_dict(result: SearchResult) -> dict[str, Any]:
    return {
        "query": result.query,
        "total": result.total,
        "took_ms": round(result.took_ms, 3),
        "hits": [hit_to_dict(hit) for hit in result.hits],
        "notes": list(result.notes),
    }


def _article_to_dict(article: Article) -> dict[str, Any]:
    """All of the article but where it was read from, which is a path on the machine of whoever indexed it."""
    return article_summary(article) | {
        "tags": list(article.tags),
        "links": list(article.links),
        "excerpt": article.excerpt,
        "body": article.body,
        "fields": {key: list(value) if isinstance(value, tuple) else value for key, value in article.fields.items()},
    }
