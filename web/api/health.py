"""Whether the service can answer, for a load balancer."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from web.http.backend import current_backend
from web.http.caching import never_kept

health = Blueprint("health", __name__)
never_kept(health)


@health.get("/healthz")
def healthz() -> Response:
    """Whether the service can answer: 200 with the archive open, 503 without."""
    current_backend().count()
    return jsonify(status="ok")
