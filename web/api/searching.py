"""A search as a request asks for it, and its answer in JSON."""

from __future__ import annotations

from typing import Any

from flask import request

from search.results import SearchResult, correction_to_dict, facet_to_dict, hit_to_dict
from web.api.parameters import SearchParameters
from web.http.backend import current_backend
from web.http.params import filters_of, sort_of, with_condition


def searched(asked: SearchParameters, *, explain: bool = False) -> SearchResult:
    """What the current request searches for, each hit explained where that is wanted. Raises QueryError and
    ParameterError."""
    schema = current_backend().schema()
    return current_backend().search(
        asked.q,
        limit=asked.limit,
        offset=asked.offset,
        filters=with_condition(filters_of(request.args, schema), asked.filter, schema),
        sort=sort_of(asked.sort, schema),
        facets=tuple(asked.facet),
        recency=asked.recency,
        typos=asked.typos == "on",
        fold="" if asked.fold == "off" else asked.fold,
        explain=explain,
    )


def is_narrowed(asked: SearchParameters) -> bool:
    """Whether the current request asks for a part of what a query finds, other than for a site's."""
    filters = filters_of(request.args, current_backend().schema())
    return bool(asked.offset or asked.sort or asked.filter or filters.keys() - {"site"})


def search_to_dict(result: SearchResult) -> dict[str, Any]:
    """The answer of a search."""
    answer: dict[str, Any] = {
        "query": result.query,
        "total": result.total,
        "took_ms": round(result.took_ms, 3),
        "hits": [hit_to_dict(hit) for hit in result.hits],
        "notes": list(result.notes),
    }
    if result.facets:
        answer["facets"] = [facet_to_dict(facet) for facet in result.facets]
    if result.correction is not None:
        answer["correction"] = correction_to_dict(result.correction)
    return answer | ({"redirect": result.redirect} if result.redirect else {})
