"""The JSON API. docs/http-api.md describes every route."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, request

from indexer.article.article import Article
from recommender.request.drafts import MAX_BYTES, parse_draft, too_large
from recommender.results import Block, block_to_dict, result_to_dict
from search.results import SearchResult, article_summary, hit_to_dict
from web.http.backend import current_backend
from web.http.caching import revalidated, uncached
from web.http.params import body_of, filters_of, limit_of, offset_of, query_of, read_of, url_of, wanted_of

api = Blueprint("api", __name__)
revalidated(api)


@api.get("/api/search")
def search() -> Response:
    """Articles that answer a query."""
    query, limit, offset = query_of(request.args), limit_of(request.args), offset_of(request.args)
    filters = filters_of(request.args)
    return jsonify(_search_to_dict(current_backend().search(query, limit=limit, offset=offset, filters=filters)))


@api.get("/api/related")
@api.get("/api/related/<id>")
def related(id: str | None = None) -> Response:
    """Articles to read after this one, or after several."""
    limit, wanted = limit_of(request.args), wanted_of(request.args)
    read = [id] if id else read_of(request.args)
    return jsonify(result_to_dict(current_backend().related(read, limit=limit, wanted=wanted)))


@api.post("/api/related")
def related_to_draft() -> Response:
    """Articles to read after a draft, which is not stored."""
    limit, wanted = limit_of(request.args), wanted_of(request.args)
    return jsonify(result_to_dict(current_backend().related_to_draft(_draft(), limit=limit, wanted=wanted)))


@api.get("/api/block")
@api.get("/api/block/<id>")
def block(id: str | None = None) -> Response:
    """The related block for the end of an article, or after several."""
    wanted = wanted_of(request.args)
    return _block(current_backend().block([id] if id else read_of(request.args), wanted=wanted))


@api.post("/api/block")
def block_for_draft() -> Response:
    """The related block for the end of a draft, which is not stored."""
    wanted = wanted_of(request.args)
    return _block(current_backend().block_for_draft(_draft(), wanted=wanted))


def _block(found: Block) -> Response:
    return jsonify({"id": found.id, "took_ms": round(found.took_ms, 3)} | block_to_dict(found))


def _draft() -> Article:
    uncached()
    return parse_draft(body_of(request, MAX_BYTES, too_large("the request")), "the request")


@api.get("/api/article")
@api.get("/api/article/<id>")
def article(id: str | None = None) -> Response:
    """An article in full."""
    return jsonify(_article_to_dict(current_backend().article(id or url_of(request.args))))


@api.get("/api/status")
def status() -> Response:
    """What the archive holds, in figures; where it is on the machine is left out."""
    uncached()
    return jsonify({name: value for name, value in current_backend().status().items() if name != "path"})


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
    }
