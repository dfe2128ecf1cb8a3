"""The OpenAPI document is what the service does: Schemathesis sends what it says, and what it does not say."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.generation import GenerationMode

from indexer.archive import Archive
from indexer.base.archive_folder import ArchiveFolder
from readmore import open_recommender
from tests.recommender.archives import several
from tests.web.fake_backend import FakeBackend
from web.access.guard import Rates
from web.access.keys import ADMIN, add_key
from web.app import create_app
from web.http.backend import ArchiveBackend

EXAMPLES = int(os.environ.get("READMORE_SCHEMATHESIS", "5"))  # of each operation
load_all_checks()
# A query may be refused for what it says, and nearly everything is a query: the other way round is for other tests.
NOT_CHECKED = CHECKS.get_by_names(["positive_data_acceptance", "negative_data_rejection"])


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> tuple[Flask, str]:
    """The service over a small archive, and a key that is good for all of it."""
    data = tmp_path_factory.mktemp("described") / "data"
    with Archive.create(data) as archive:
        archive.add(several())
    _, key = add_key(ArchiveFolder(data), "tests", [ADMIN])
    backend = ArchiveBackend(open_recommender(data, wait=False))
    return create_app(data, lambda: backend, count_clicks=True, rates=Rates(failures=1e6)), key


@pytest.fixture(scope="module")
def described(served: tuple[Flask, str]) -> Any:
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", served[0])


def _operations() -> list[tuple[str, str]]:
    app = create_app("/srv/readmore-data", FakeBackend)
    document = app.test_client().get("/api/v1/openapi.json").get_json()
    return [(path, method) for path, operations in document["paths"].items() for method in operations]


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize(("path", "method"), _operations())
def test_no_server_error_and_no_answer_that_is_not_described(
    described: Any, served: tuple[Flask, str], path: str, method: str, mode: GenerationMode
) -> None:
    operation, (_, key) = described[path][method], served

    @settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck), database=None)
    @given(case=operation.as_strategy(generation_mode=mode))
    def tried(case: Any) -> None:
        headers = {"Authorization": f"Bearer {key}", "Accept-Encoding": "identity"}
        case.call_and_validate(headers=headers, excluded_checks=NOT_CHECKED)

    with suppress(*([Unsatisfiable] if mode is GenerationMode.NEGATIVE else [])):  # there may be nothing to do wrong
        tried()
