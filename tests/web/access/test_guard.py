"""Who is let in: with which key, from where, how often; and what the log has of those who are not."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from indexer.base.archive_folder import ArchiveFolder
from tests.web.fake_backend import FakeBackend
from web.access.guard import Rates
from web.access.keys import ADMIN, EDIT, SEARCH, WRITE, add_key
from web.app import create_app

READ = ("/api/v1/search?q=rocket", "/api/v1/related/rocket-1", "/api/search?q=rocket", "/", "/search?q=rocket")


@pytest.fixture
def folder(tmp_path: Path) -> ArchiveFolder:
    return ArchiveFolder(tmp_path)


def visitor(folder: ArchiveFolder, rates: Rates | None = None, **options: object) -> FlaskClient:
    return create_app(folder.path, FakeBackend, rates=rates, **options).test_client()  # type: ignore[arg-type]


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def made(folder: ArchiveFolder, *scopes: str, **more: float) -> dict[str, str]:
    return bearer(add_key(folder, "-".join(scopes), scopes, per_second=more.get("per_second", 0.0))[1])


WRITES = [
    ("POST", "/api/v1/articles"),
    ("PUT", "/api/v1/article/rocket-1"),
    ("DELETE", "/api/v1/article/rocket-1"),
    ("POST", "/api/v1/articles/delete"),
    ("POST", "/api/v1/webhook"),
    ("PUT", "/api/v1/rules"),
    ("GET", "/api/v1/rules"),
    ("GET", "/api/v1/reports/readers"),
]


@pytest.mark.parametrize(("method", "path"), WRITES)
@pytest.mark.parametrize("header", [{}, bearer("rm_00000000_guessed"), {"Authorization": "Basic YTpi"}])
def test_nothing_is_written_without_a_key_and_the_log_has_it(
    folder: ArchiveFolder, caplog: pytest.LogCaptureFixture, method: str, path: str, header: dict[str, str]
) -> None:
    made(folder, ADMIN)
    backend = FakeBackend()
    client = create_app(folder.path, lambda: backend).test_client()
    with caplog.at_level(logging.WARNING, "readmore.access"):
        answer = client.open(path, method=method, data=b'{"id": "x", "title": "Forged"}', headers=header)

    assert answer.status_code == 401
    assert answer.json is not None
    assert answer.json["error"]["code"] in ("missing_key", "invalid_key", "bad_signature")
    assert {name for name, _ in backend.calls} == set()
    assert f"refused {method} {path} from 127.0.0.1" in caplog.text
    assert "guessed" not in caplog.text


def test_a_key_is_good_for_its_scopes_only(folder: ArchiveFolder) -> None:
    client, write, edit, read = visitor(folder), made(folder, WRITE), made(folder, EDIT), made(folder, SEARCH)
    article = {"id": "x", "title": "A title"}
    statuses = {
        name: [
            client.get(READ[0], headers=key).status_code,
            client.put("/api/v1/article/x", json=article, headers=key).status_code,
            client.get("/api/v1/rules", headers=key).status_code,
        ]
        for name, key in {"write": write, "edit": edit, "search": read}.items()
    }
    assert statuses == {"write": [200, 200, 403], "edit": [200, 403, 200], "search": [200, 403, 403]}


@pytest.mark.parametrize("path", READ)
def test_reading_is_open_until_there_is_a_key_for_it(folder: ArchiveFolder, path: str) -> None:
    client = visitor(folder)
    made(folder, WRITE)
    assert client.get(path).headers["Cache-Control"] == "public, no-cache"
    key = made(folder, SEARCH)
    tag = client.get(path, headers=key).headers["ETag"]

    assert client.get(path).status_code == 401
    assert client.get(path, headers={"If-None-Match": tag}).status_code == 401, "nor is it said that nothing changed"
    answer = client.get(path, headers=key)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "private, no-cache")
    assert "Authorization" in answer.headers["Vary"]
    assert client.get("/healthz").status_code == 200


def test_a_wrong_key_is_told_even_where_none_is_needed(folder: ArchiveFolder) -> None:
    assert visitor(folder).get(READ[0], headers=bearer("rm_1_2")).status_code == 401


def test_keys_that_cannot_be_read_let_nobody_in(folder: ArchiveFolder) -> None:
    folder.keys.write_text("{")
    answer = visitor(folder).get(READ[0])
    assert answer.json is not None
    assert (answer.status_code, answer.json["error"]["code"]) == (503, "keys_unreadable")


def test_guessing_is_slowed_and_the_right_key_is_not(folder: ArchiveFolder) -> None:
    client, key = visitor(folder, Rates(clock=lambda: 0.0)), made(folder, WRITE)
    statuses = [client.post("/api/v1/articles", headers=bearer(f"rm_{n}_x")).status_code for n in range(40)]

    assert statuses[:10] == [401] * 10
    assert statuses[-1] == 429
    answer = client.post("/api/v1/articles", headers=bearer("rm_1_x"))
    assert int(answer.headers["Retry-After"]) >= 1
    assert client.post("/api/v1/articles", json={"id": "x", "title": "T"}, headers=key).status_code == 200


def test_an_address_and_a_key_may_ask_so_often(folder: ArchiveFolder) -> None:
    now = [0.0]
    client = visitor(folder, Rates(per_address=1, per_key=2, clock=lambda: now[0]))
    slow, usual = made(folder, WRITE, per_second=0.5), made(folder, WRITE)

    def passed(headers: dict[str, str]) -> int:
        return [client.get(READ[0], headers=headers).status_code for _ in range(12)].count(200)

    assert (passed({}), passed(slow), passed(usual)) == (4, 2, 8)
    answer = client.get(READ[0])
    assert answer.json is not None
    assert (answer.status_code, answer.json["error"]["code"]) == (429, "too_many_requests")
    assert "Retry-After" in answer.headers
    now[0] = 2.0
    assert (passed({}), passed(slow), passed(usual)) == (2, 1, 4)


def test_pages_of_other_sites_by_allow_list(folder: ArchiveFolder) -> None:
    client = visitor(folder, origins=("https://a.example",))
    allowed = client.get(READ[0], headers={"Origin": "https://a.example"})
    other = client.get(READ[0], headers={"Origin": "https://b.example"})

    assert allowed.headers["Access-Control-Allow-Origin"] == "https://a.example"
    assert "Access-Control-Allow-Origin" not in other.headers
    assert "Origin" in other.headers["Vary"]
    asked = client.options("/api/v1/articles", headers={"Origin": "https://a.example"})
    assert "Authorization" in asked.headers["Access-Control-Allow-Headers"]


def test_the_log_has_one_line_whatever_a_path_has(folder: ArchiveFolder, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "readmore.access"):
        visitor(folder).put("/api/v1/article/a%0a2026-01-01 refused%1b[31m")
    (record,) = caplog.records
    assert "\n" not in record.getMessage()
    assert "\x1b" not in record.getMessage()
