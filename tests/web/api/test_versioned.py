"""The API under its version: parameters that are named when they are wrong, blocks of any size, events, rules."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from indexer.base.archive_folder import ArchiveFolder
from recommender.audit import kept_report
from recommender.request.seeds import SessionSeed
from search.usage.event_log import EventLog, read_sums
from search.usage.events import EventSums
from tests.web.fake_backend import LEAD, FakeBackend
from web.access.keys import ADMIN, add_key
from web.api.events import AT_ONCE
from web.app import create_app

BOTH = ("/api", "/api/v1")


@pytest.mark.parametrize("root", BOTH)
@pytest.mark.parametrize(
    ("path", "parameter"),
    [
        ("search?q=a&sort_by=date", "sort_by"),
        ("search?q=a&Limit=3", "Limit"),
        ("related/rocket-1?offset=3", "offset"),
        ("related/rocket-1?id=rocket-2", "id"),
        ("block/rocket-1?limit=3", "limit"),
        ("article/rocket-1?x=", "x"),
        ("status?q=a", "q"),
        (f"search?q=a&{'x' * 500}=1", "x" * 100),
    ],
)
def test_a_parameter_that_there_is_not_is_named(client: FlaskClient, root: str, path: str, parameter: str) -> None:
    error = client.get(f"{root}/{path}").get_json()["error"]
    assert (error["status"], error["code"], error["parameter"]) == (400, "unknown_parameter", parameter)


def test_what_was_meant_is_said(client: FlaskClient) -> None:
    message = client.get("/api/v1/search?q=a&limt=3").get_json()["error"]["message"]
    assert "'limt'; did you mean 'limit'?" in message


@pytest.mark.parametrize(
    ("path", "parameter"),
    [
        ("search", "q"),
        ("search?q=a&limit=0", "limit"),
        ("search?q=a&limit=3&limit=4", "limit"),
        ("search?q=a&sort=colour", "sort"),
        ("search?q=a&section=" + "s" * 201, "section"),
        ("related/rocket-1?since=soon", "since"),
        ("block/rocket-1?groups=21", "groups"),
        ("block/rocket-1?items=0", "items"),
        ("block/rocket-1?form=tree", "form"),
    ],
)
def test_the_parameter_at_fault_is_named(client: FlaskClient, path: str, parameter: str) -> None:
    error = client.get(f"/api/v1/{path}").get_json()["error"]
    assert (error["status"], error["parameter"]) == (400, parameter)


def test_results_are_sorted_as_asked(client: FlaskClient, backend: FakeBackend) -> None:
    client.get("/api/v1/search?q=rocket&sort=-date")
    assert backend.searched()["sort"] == "-date"


def test_a_block_as_large_as_there_is_room(client: FlaskClient) -> None:
    def block(query: str) -> Any:
        return client.get(f"/api/v1/block/{LEAD.id}?{query}").get_json()

    whole = block("")
    assert [len(group["items"]) for group in whole["groups"]] == [3, 3]
    assert [len(group["items"]) for group in block("groups=1")["groups"]] == [3]
    assert [len(group["items"]) for group in block("items=6")["groups"]] == [3, 2]
    assert block("items=1")["groups"] == block("groups=0")["groups"] == []
    listed = block("form=list&items=5")
    assert "groups" not in listed
    assert [item["id"] for item in listed["items"]] == [
        whole["lead"]["id"],
        *(item["id"] for group in whole["groups"] for item in group["items"]),
    ][:5]


def test_an_article_read_twice_was_read_when_it_was_last(client: FlaskClient, backend: FakeBackend) -> None:
    client.get("/api/v1/related?id=rocket-1&id=rocket-2&id=rocket-1")
    seed = next(arguments[0] for name, arguments in backend.calls if name == "related")
    assert seed == SessionSeed(("rocket-1", "rocket-2", "rocket-1"))


def test_the_time_it_took_has_the_reading_of_the_draft(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    from web.api import reading

    parse = reading.parse_draft

    def slowly(*arguments: Any) -> Any:
        time.sleep(0.05)
        return parse(*arguments)

    monkeypatch.setattr(reading, "parse_draft", slowly)
    for name in ("related", "block"):
        assert client.post(f"/api/v1/{name}", data=b"A title\n\nA text.").get_json()["took_ms"] >= 50


@pytest.mark.parametrize("path", ["article?id=", "article?url=", "article", "article?id=&url="])
def test_an_article_without_a_name_is_asked_for(client: FlaskClient, path: str) -> None:
    assert client.get(f"/api/v1/{path}").get_json()["error"]["code"] == "missing_url"


def test_an_article_by_id_as_a_parameter(client: FlaskClient) -> None:
    assert client.get("/api/v1/article?id=rocket-1").get_json()["id"] == "rocket-1"
    assert client.get("/api/v1/article?id=nobody").status_code == 404


@pytest.fixture
def folder(tmp_path: Path) -> ArchiveFolder:
    return ArchiveFolder(tmp_path)


@pytest.fixture
def counting(backend: FakeBackend, folder: ArchiveFolder) -> FlaskClient:
    return create_app(folder.path, lambda: backend, count_clicks=True).test_client()


@pytest.mark.parametrize(
    ("event", "call"),
    [
        ({"type": "view", "id": "rocket-1"}, ("count_view", "rocket-1")),
        ({"type": "search", "query": "moon", "total": 0}, ("count_searches", [("moon", 0)])),
        ({"type": "search", "query": "moon", "total": 3}, ("count_searches", [("moon", 3)])),
    ],
)
def test_events_are_counted(counting: FlaskClient, backend: FakeBackend, event: Any, call: Any) -> None:
    answer = counting.post("/api/v1/events", data=json.dumps(event), content_type="text/plain")
    assert (answer.status_code, answer.data) == (204, b"")
    assert "Set-Cookie" not in answer.headers
    assert backend.calls[-1] == call


@pytest.mark.parametrize(
    "body",
    [
        "", "{}", "[]", "{", '{"type": "x"}', '{"type": ["click"]}', '{"type": "view"}',
        '{"type": "view", "id": "nobody"}', '{"type": "view", "id": 3}', '{"type": "search", "query": "a"}',
        '{"type": "search", "query": "", "total": 1}', '{"type": "search", "query": "a", "total": true}',
        '{"type": "search", "query": "a", "total": -1}', '{"type": "click", "from": "rocket-1"}',
        '{"type": "search", "query": "' + "a" * 1001 + '", "total": 1}',
        "[" * 16_000, '{"type": "view", "id": "' + "a" * 20_000 + '"}',
    ],
)  # fmt: skip
def test_what_is_no_event_is_a_clear_error(counting: FlaskClient, body: str) -> None:
    answer = counting.post("/api/v1/events", data=body)
    assert (answer.status_code, answer.get_json()["error"]["code"][:4]) == (400, "bad_")


def test_garbage_takes_no_place_of_what_readers_do(counting: FlaskClient) -> None:
    for number in range(2 * AT_ONCE):
        assert counting.post("/api/click", data=f"garbage {number}").status_code == 400
        assert counting.post("/api/click", json={"from": "rocket-1", "to": "nobody"}).status_code == 400
    assert counting.post("/api/click", json={"from": "rocket-1", "to": "rocket-2"}).status_code == 204


def test_a_service_that_was_not_asked_to_counts_no_events(client: FlaskClient) -> None:
    assert client.post("/api/v1/events", json={"type": "view", "id": "rocket-1"}).status_code == 403


def test_what_readers_did_is_kept_as_sums(folder: ArchiveFolder) -> None:
    log, day = EventLog(folder), 20_000 * 86_400.0
    for number in (2, 1, 0):
        log.search("zeppelin", 0, now=day - number * 86_400)
    for second in range(0, 30, 10):
        log.search("  Moon\nLanding ", 7, now=day + second)
    log.search("my own name", 0, now=day + 60)
    log.view("a", now=day)
    log.view("a", now=day)
    log.view("b", now=day - 40 * 86_400)
    assert log.sums(28, 10, now=day + 70) == EventSums(
        7, 2, [("moon landing", 3), ("zeppelin", 3)], [("zeppelin", 3)], [("a", 2)]
    ), "what few have typed is not shown"
    log.close()
    assert read_sums(folder, 28, 10).searches == 0, "those days are long past"


def test_days_are_forgotten_and_one_day_has_a_bound(folder: ArchiveFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("search.usage.event_log.MOST_A_DAY", 3)
    log, day = EventLog(folder), 20_000 * 86_400.0
    for article in ("a", "b", "c", "d", "a"):
        log.view(article, now=day)
    assert log.sums(1, 10, now=day).top_views == [("a", 2), ("b", 1), ("c", 1)]
    log.view("e", now=day + 400 * 86_400)
    assert log.sums(1000, 10, now=day + 400 * 86_400).views == 1
    log.close()


@pytest.fixture
def editor(backend: FakeBackend, folder: ArchiveFolder) -> FlaskClient:
    client = create_app(folder.path, lambda: backend).test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {add_key(folder, 'editor', [ADMIN])[1]}"
    return client


RULES = [{"pin": "rocket-1", "under": "rocket-2", "position": 2}, {"forbid": ["rocket-3", "rocket-4"], "one_way": True}]


def test_rules_are_replaced_as_a_whole(editor: FlaskClient, backend: FakeBackend) -> None:
    answer = editor.put("/api/v1/rules", json={"rules": RULES}).get_json()
    assert [{key: rule[key] for key in rule if key != "line"} for rule in answer["rules"]] == RULES
    assert editor.get("/api/v1/rules").get_json() == answer
    wrong = editor.put("/api/v1/rules", json={"rules": [RULES[0], {"forbid": ["a"]}]}).get_json()["error"]
    assert (wrong["code"], wrong["parameter"]) == ("bad_rules", "rules")
    assert "nothing was changed" in wrong["message"]
    assert editor.get("/api/v1/rules").get_json() == answer
    assert editor.put("/api/v1/rules", json={"rules": []}).get_json()["rules"] == []


def test_rules_as_they_stand_in_the_file_keep_their_comments(editor: FlaskClient, backend: FakeBackend) -> None:
    text = "# decided on Monday\n- pin: rocket-1\n  under: rocket-2\n"
    assert editor.put("/api/v1/rules", data=text, content_type="application/yaml").status_code == 200
    answer = editor.get("/api/v1/rules", headers={"Accept": "application/yaml"})
    assert (answer.mimetype, answer.text) == ("application/yaml", text)


def test_nobody_writes_over_what_another_changed(editor: FlaskClient) -> None:
    tag = editor.get("/api/v1/rules").headers["ETag"]
    assert editor.put("/api/v1/rules", json={"rules": RULES}, headers={"If-Match": tag}).status_code == 200
    late = editor.put("/api/v1/rules", json={"rules": []}, headers={"If-Match": tag})
    assert (late.status_code, late.get_json()["error"]["code"]) == (412, "rules_changed")
    assert len(editor.get("/api/v1/rules").get_json()["rules"]) == 2


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("", "application/json"), ("{}", "application/json"), ('{"rules": {}}', "application/json"),
        ('{"rules": [3]}', "application/json"), ('{"rules": [{}]}', "application/json"),
        ('{"rules": [{"pin": {"a": 1}}]}', "application/json"), ('{"rules": [{"a\\nb": "c"}]}', "application/json"),
        ('{"rules": [{"pin": "a\\n- forbid: [b, c]", "under": "d"}]}', "application/json"),
        ("pin: a", "application/yaml"), ("- [", "application/yaml"), ("[" * 30_000, "application/yaml"),
        ("- " * 30_000, "application/yaml"), ("\t", "application/yaml"), (b"\xff", "application/yaml"),
        ("- pin: a\n  under: a\n", "application/yaml"), ("- &a [*a]", "application/yaml"),
    ],
)  # fmt: skip
def test_what_are_no_rules_is_refused_and_changes_nothing(editor: FlaskClient, body: Any, kind: str) -> None:
    editor.put("/api/v1/rules", json={"rules": RULES})
    answer = editor.put("/api/v1/rules", data=body, content_type=kind)
    assert answer.status_code == 400, answer.data
    assert len(editor.get("/api/v1/rules").get_json()["rules"]) == 2


def test_reports(editor: FlaskClient, backend: FakeBackend, folder: ArchiveFolder) -> None:
    readers = editor.get("/api/v1/reports/readers?days=7&limit=1").get_json()
    assert readers["top_searches"] == [{"name": "moon", "count": 3}]
    assert ("event_sums", (7, 1)) in backend.calls
    assert editor.get("/api/v1/reports/related").get_json()["error"]["code"] == "no_report"
    kept_report.save(folder, {"archive": {}, "exposure": {"gini": 0.5}})
    backend.report = kept_report.load(folder)
    assert editor.get("/api/v1/reports/related").get_json()["exposure"] == {"gini": 0.5}


def test_the_document_has_the_fields_of_the_archive(client: FlaskClient) -> None:
    document = client.get("/api/v1/openapi.json").get_json()
    search = document["paths"]["/api/v1/search"]["get"]
    names = [parameter["name"] for parameter in search["parameters"]]

    assert document["openapi"].startswith("3.1")
    assert names[:4] == ["q", "limit", "offset", "sort"]
    assert set(names) >= {"section", "year", "words"}
    assert "-date" in search["parameters"][3]["schema"]["enum"]
    assert "/api/search" not in document["paths"]
    assert set(document["paths"]["/api/v1/articles"]["post"]["requestBody"]["content"]) >= {"application/x-ndjson"}


def test_the_page_to_try_it_on_needs_nothing_from_elsewhere(client: FlaskClient) -> None:
    page = client.get("/api/v1/docs")
    assert page.status_code == 200
    assert "http://" not in page.text.replace("http://www.w3.org", "")
    assert "https://" not in page.text
    assert "<script>" not in page.text
    assert "script-src 'self';" in page.headers["Content-Security-Policy"]
    for address in page.text.split('"')[1::2]:
        if address.startswith("/"):
            with client.get(address.replace("&amp;", "&")) as response:
                assert response.status_code == 200, address
