"""The desk over the sample archive, of which every test has a copy."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from indexer.base.archive_folder import ArchiveFolder
from tests.opening import backend_of
from tests.web.desk.archives import edit_key
from tests.web.server.running import index_and_prepare
from web.app import create_app
from web.http.backend import ArchiveBackend


@pytest.fixture(scope="session")
def indexed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample archive."""
    return index_and_prepare(tmp_path_factory.mktemp("desk") / "archive")


@dataclass
class Desk:
    """Somebody at the desk of an archive."""

    folder: ArchiveFolder
    client: FlaskClient
    key: str
    backend: ArchiveBackend
    fields: dict[str, str] = field(default_factory=dict)  # the hidden ones of the page that was answered last

    def enter(self, key: str = "") -> TestResponse:
        """Signs in."""
        return self.client.post("/desk/sign-in", data={"key": key or self.key})

    def get(self, path: str, **options: Any) -> str:
        """A page, which must be there."""
        return self._read(self.client.get(path, **options), 200)

    def post(self, path: str, do: str, status: int = 200, **fields: str) -> str:
        """Sends the form of the page that was read last, with a button pressed."""
        data = {**self.fields, "do": do, **fields}
        return self._read(self.client.post(path, data=data), status)

    def _read(self, response: TestResponse, status: int) -> str:
        html = response.get_data(as_text=True)
        assert response.status_code == status, html
        found = re.findall(r'<input type="hidden" name="(csrf|draft|tag)" value="([^"]*)">', html)
        if found:
            self.fields = {name: value.replace("&#34;", '"').replace("&#39;", "'") for name, value in found}
        return html

    def rules(self) -> str:
        """The file of rules as it is."""
        return self.folder.rules.read_text("utf-8") if self.folder.rules.exists() else ""


def order_of(html: str) -> list[str]:
    """The articles of the list on a page."""
    return re.findall(r'data-id="([^"]+)" data-place', html)


@pytest.fixture
def outside(indexed: Path, tmp_path: Path) -> Iterator[Desk]:
    """The desk for somebody who has not signed in."""
    data = tmp_path / "archive"
    shutil.copytree(indexed, data)
    key = edit_key(data)
    backend = backend_of(data)()
    app = create_app(data, lambda: backend)
    app.testing = True
    yield Desk(ArchiveFolder(data), app.test_client(), key, backend)
    backend.close()


@pytest.fixture
def desk(outside: Desk) -> Desk:
    """The desk for an editor."""
    assert outside.enter().status_code == 303
    return outside
