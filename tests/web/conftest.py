"""The application over an archive that is a list."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.web.fake_backend import FakeBackend
from web.app import create_app
from web.http.backend import BackendHandle


@pytest.fixture
def backend() -> FakeBackend:
    return FakeBackend()


@pytest.fixture(scope="session")
def one_app() -> Flask:
    """One application for all tests, so that its templates are compiled once."""
    app = create_app("/srv/readmore-data", FakeBackend)
    app.testing = True
    return app


@pytest.fixture
def app(one_app: Flask, backend: FakeBackend) -> Flask:
    with one_app.app_context():
        BackendHandle(lambda: backend).install()
    return one_app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()
