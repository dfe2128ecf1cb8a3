"""Articles by HTTP: on the disk when it is answered, in the next answer, and one bad article costs only itself."""

from __future__ import annotations

import hmac
import json
import threading
import time
from base64 import b64decode, b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from indexer.archive import Archive
from indexer.article.article import Article
from indexer.base.archive_folder import ArchiveFolder
from indexer.sources.limits import MAX_ARTICLE_BYTES
from readmore import open_recommender
from web.access.keys import WRITE, add_key
from web.access.signatures import WINDOW, signature_of
from web.api.sent import MAX_ARTICLES
from web.app import create_app
from web.http.backend import ArchiveBackend
from web.http.bodies import MAX_BULK
from web.writing import writer
from web.writing.turns import Turns

ONE = {"id": "comet", "title": "A comet over the bay", "body": "It has two tails.", "date": "2026-03-01"}


class Service:
    """The service over an archive, and a key for writing."""

    def __init__(self, data: Path) -> None:
        with Archive.create(data) as archive:
            archive.add(
                [Article(id="first", title="A lighthouse", body="It stands on a rock.", url="https://x.example/1")]
            )
        self.folder = ArchiveFolder(data)
        self.key = {"Authorization": f"Bearer {add_key(self.folder, 'tests', [WRITE])[1]}"}
        self.secret = b64decode(add_key(self.folder, "hook", [WRITE], webhook=True)[1].removeprefix("whsec_"))
        self.backend = ArchiveBackend(open_recommender(data, wait=False))
        self.client: FlaskClient = create_app(data, lambda: self.backend).test_client()

    def send(self, path: str, body: Any, kind: str = "application/json", method: str = "POST") -> TestResponse:
        data = body if isinstance(body, (bytes, str)) else json.dumps(body)
        return self.client.open(path, method=method, data=data, content_type=kind, headers=self.key)

    def found(self, query: str) -> list[str]:
        return [hit["id"] for hit in self.client.get("/api/v1/search", query_string={"q": query}).get_json()["hits"]]

    def ghost(self, message: Any, *, at: int | None = None, secret: str | None = None) -> TestResponse:
        """What Ghost sends: signed with the secret as it was typed, over the body and the time in milliseconds."""
        body, at = json.dumps(message).encode(), int(time.time() * 1000) if at is None else at
        typed = f"whsec_{b64encode(self.secret).decode()}" if secret is None else secret
        digest = hmac.new(typed.encode(), body + str(at).encode(), "sha256").hexdigest()
        return self.client.post(
            "/api/v1/webhook/ghost", data=body, headers={"X-Ghost-Signature": f"sha256={digest}, t={at}"}
        )

    def hook(self, message: Any, *, message_id: str = "m1", at: int | None = None, **headers: str) -> TestResponse:
        body, at = json.dumps(message).encode(), int(time.time()) if at is None else at
        signed = {
            "webhook-id": message_id,
            "webhook-timestamp": str(at),
            "webhook-signature": signature_of(self.secret, message_id, at, body),
        }
        return self.client.post("/api/v1/webhook", data=body, headers=signed | headers)


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    made = Service(tmp_path / "archive")
    yield made
    made.backend.close()


def test_an_article_is_stored_and_found_at_once(service: Service) -> None:
    before = service.client.get("/api/v1/search?q=comet")
    answer = service.send("/api/v1/articles", ONE).get_json()

    assert (answer["added"], answer["refused"], answer["withheld"]) == (1, [], [])
    assert service.found("comet") == ["comet"]
    assert service.client.get("/api/v1/search?q=comet").headers["ETag"] != before.headers["ETag"]
    with Archive.open(service.folder.path) as archive:
        assert archive.store.get("comet").title == ONE["title"]
        assert answer["generation"] == archive.manifest().generation


def test_a_change_replaces_and_the_same_again_does_nothing(service: Service) -> None:
    service.send("/api/v1/articles", ONE)
    again = service.send("/api/v1/articles", ONE).get_json()
    changed = service.send("/api/v1/article/comet", ONE | {"title": "A meteor"}, method="PUT").get_json()

    assert (again["unchanged"], again["added"], changed["changed"]) == (1, 0, 1)
    assert service.found("meteor") == ["comet"]
    assert service.found("comet") == []


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("\n".join(json.dumps(ONE | {"id": f"n{number}"}) for number in range(3)), "application/x-ndjson"),
        ("\n".join(json.dumps(ONE | {"id": f"n{number}"}) for number in range(3)), "application/json"),
        (json.dumps([ONE | {"id": f"n{number}"} for number in range(3)], indent=2), "application/json"),
        (json.dumps([ONE | {"id": f"n{number}"} for number in range(3)]), "text/plain"),
    ],
)
def test_several_in_every_form(service: Service, body: str, kind: str) -> None:
    assert service.send("/api/v1/articles", body, kind).get_json()["added"] == 3
    assert sorted(service.found("comet")) == ["n0", "n1", "n2"]


def test_markdown_with_front_matter(service: Service) -> None:
    text = "---\ntitle: A comet\ntags: [sky]\n---\nIt has *two* tails.\n"
    assert service.send("/api/v1/article/md", text, "text/markdown", "PUT").get_json()["added"] == 1
    assert service.client.get("/api/v1/article/md").get_json()["body"] == "It has two tails."


def test_a_bad_article_is_named_and_costs_only_itself(service: Service) -> None:
    lines = [json.dumps(ONE), '{"id": "a b", "title": "x"}', "nonsense", json.dumps({"id": "empty"})]
    answer = service.send("/api/v1/articles", "\n".join(lines), "application/x-ndjson").get_json()

    assert answer["added"] == 1
    assert [refused["where"] for refused in answer["refused"]] == [f"the request:{n}" for n in (2, 3, 4)]
    alone = service.send("/api/v1/articles", lines[1])
    assert (alone.status_code, alone.get_json()["error"]["code"]) == (400, "bad_article")


@pytest.mark.parametrize("state", [{"draft": True}, {"status": "private"}])
def test_what_is_not_for_the_public_is_taken_out(service: Service, state: dict[str, Any]) -> None:
    service.send("/api/v1/articles", ONE)
    answer = service.send("/api/v1/articles", ONE | state).get_json()

    assert (answer["removed"], [each["id"] for each in answer["withheld"]]) == (["comet"], ["comet"])
    assert service.found("comet") == []
    assert service.client.get("/api/v1/article/comet").status_code == 404
    assert service.send("/api/v1/article/comet", ONE | state, method="PUT").get_json()["removed"] == []


def test_an_article_whose_time_comes_later_is_kept_and_not_shown(service: Service) -> None:
    service.send("/api/v1/articles", ONE)
    assert service.send("/api/v1/articles", ONE | {"date": "2999-01-01"}).get_json()["changed"] == 1
    assert service.found("comet") == []
    assert service.client.get("/api/v1/article/comet").status_code == 404
    service.send("/api/v1/articles", ONE)
    assert service.found("comet") == ["comet"]


def test_of_one_id_the_last_article_counts(service: Service) -> None:
    lines = [ONE, ONE | {"draft": True}, ONE | {"title": "A comet, at last"}]
    service.send("/api/v1/articles", "\n".join(map(json.dumps, lines)), "application/x-ndjson")
    assert service.client.get("/api/v1/article/comet").get_json()["title"] == "A comet, at last"
    service.send("/api/v1/articles", "\n".join(map(json.dumps, lines[::-1])), "application/x-ndjson")
    assert service.client.get("/api/v1/article/comet").get_json()["title"] == ONE["title"]


def test_an_article_has_the_id_of_its_path(service: Service) -> None:
    without = {"title": "A comet", "url": "https://x.example/comet"}
    assert service.send("/api/v1/article/mine", without, method="PUT").status_code == 200
    assert service.client.get("/api/v1/article?url=https://x.example/comet").get_json()["id"] == "mine"
    other = service.send("/api/v1/article/mine", ONE, method="PUT").get_json()["error"]
    assert (other["code"], other["parameter"]) == ("bad_id", "id")


def test_articles_are_taken_out(service: Service) -> None:
    for number in range(3):
        service.send("/api/v1/articles", ONE | {"id": f"n{number}"})
    one = service.client.delete("/api/v1/article/n0", headers=service.key)
    several = service.send("/api/v1/articles/delete", {"ids": ["n1", "n2", "n2", "nobody"]}).get_json()

    assert (one.status_code, several["removed"], several["unknown"]) == (200, ["n1", "n2"], ["nobody"])
    assert service.found("comet") == []
    assert service.client.delete("/api/v1/article/n0", headers=service.key).status_code == 404


@pytest.mark.parametrize("body", ["", "[]x", "3", '{"ids": "a"}', '{"ids": [1]}', "[" * 2000, '{"ids": ' + "[" * 9999])
def test_what_names_no_ids_is_refused(service: Service, body: str) -> None:
    assert service.send("/api/v1/articles/delete", body).status_code == 400


@pytest.mark.parametrize(
    "body",
    [b"", b" ", b"\xff\xfe{", b"{", b"[", b"[" * 30_000, b'{"a":' * 5000, b"[1, 2", b"null",
     b'{"id": ' + b"1" * 5000 + b"}", b"---\na: &a [x]\nb: " + b"*a," * 9999, b"\x00" * 1000,
     "{\"title\": \"x\"}".encode("utf-16")],
)  # fmt: skip
def test_hostile_articles_are_the_senders_fault(service: Service, body: bytes) -> None:
    answer = service.send("/api/v1/articles", body)
    assert answer.status_code == 400, answer.data
    assert answer.get_json()["error"]["message"]


def test_bodies_that_are_too_large_are_refused_unread(service: Service) -> None:
    class Unread:
        def read(self, *_: object) -> bytes:
            raise AssertionError("the body was read")

    for path, most, method in (
        ("/api/v1/articles", MAX_BULK, "POST"),
        ("/api/v1/article/a", MAX_ARTICLE_BYTES, "PUT"),
        ("/api/v1/articles/delete", MAX_ARTICLE_BYTES, "POST"),
    ):
        environ = {"CONTENT_LENGTH": str(most + 1), "wsgi.input": Unread()}
        answer = service.client.open(path, method=method, headers=service.key, environ_overrides=environ)
        assert (answer.status_code, answer.get_json()["error"]["code"]) == (413, "body_too_large")


def test_more_articles_than_one_request_may_have_are_refused(service: Service) -> None:
    answer = service.send("/api/v1/articles", b"{}\n" * (MAX_ARTICLES + 1), "application/x-ndjson")
    assert answer.status_code == 413
    assert service.send("/api/v1/articles", b"[" + b"1," * 3_000_000 + b"1]").status_code == 413


def test_as_many_wait_as_may_wait_and_the_others_are_told_to_come_again(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    service.send("/api/v1/articles", ONE)
    turns = Turns(0, 0.2)
    monkeypatch.setattr(service.backend._writer, "_turns", turns)
    with turns.taken():
        answer = service.send("/api/v1/articles", ONE)
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (503, "busy")
    assert int(answer.headers["Retry-After"]) >= 1
    assert service.send("/api/v1/articles", ONE).status_code == 200


def test_another_process_that_writes_for_long_is_waited_for_and_no_longer(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "PATIENCE", 0.3)
    with Archive.open(service.folder.path) as other, other.writing():
        answer = service.send("/api/v1/articles", ONE)
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (503, "busy")
    assert service.send("/api/v1/articles", ONE).get_json()["added"] == 1


def test_many_write_at_once_and_all_of_it_is_there(service: Service) -> None:
    statuses: list[int] = []

    def write(number: int) -> None:
        statuses.append(service.send("/api/v1/articles", ONE | {"id": f"n{number}"}).status_code)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [200] * 8
    with Archive.open(service.folder.path) as archive:
        assert {f"n{number}" for number in range(8)} <= set(archive.store.fetch([f"n{n}" for n in range(8)]))
        assert archive.manifest().live_docs == 9


def test_a_webhook_adds_changes_and_takes_out(service: Service) -> None:
    assert service.hook({"type": "article.published", "data": ONE}).get_json()["added"] == 1
    updated = {"type": "article.updated", "data": ONE | {"title": "A meteor"}}
    assert service.hook(updated, message_id="m2").get_json()["changed"] == 1
    assert service.found("meteor") == ["comet"]
    gone = {"type": "article.unpublished", "data": {"url": "https://x.example/1"}}
    assert service.hook(gone, message_id="m3").get_json()["removed"] == ["first"]
    nobody = {"type": "article.deleted", "data": {"id": "nobody"}}
    assert service.hook(nobody, message_id="m4").get_json()["removed"] == []


def test_a_message_is_carried_out_once(service: Service) -> None:
    service.hook({"type": "article.published", "data": ONE})
    service.client.delete("/api/v1/article/comet", headers=service.key)
    again = service.hook({"type": "article.published", "data": ONE})

    assert (again.status_code, again.get_json()["added"]) == (200, 0)
    assert service.found("comet") == []


def test_a_message_that_could_not_be_carried_out_may_come_again(service: Service) -> None:
    assert service.hook({"type": "article.published", "data": {"id": "a b"}}).status_code == 400
    assert service.hook({"type": "article.published", "data": ONE}).get_json()["added"] == 1


@pytest.mark.parametrize(
    "headers",
    [
        {"webhook-signature": ""},
        {"webhook-signature": "v1,AAAA"},
        {"webhook-signature": "v2,AAAA"},
        {"webhook-signature": "v1,é"},
        {"webhook-id": "m2"},
        {"webhook-id": ""},
        {"webhook-id": "m" * 201},
        {"webhook-timestamp": ""},
        {"webhook-timestamp": "9" * 5000},
        {"webhook-timestamp": "-1"},
    ],
)
def test_forged_messages_are_refused(service: Service, headers: dict[str, str]) -> None:
    answer = service.hook({"type": "article.published", "data": ONE}, **headers)
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (401, "bad_signature")
    assert service.found("comet") == []


@pytest.mark.parametrize("off", [-WINDOW - 60, WINDOW + 60])
def test_old_messages_are_refused_however_well_signed(service: Service, off: int) -> None:
    answer = service.hook({"type": "article.published", "data": ONE}, at=int(time.time()) + off)
    assert (answer.status_code, answer.get_json()["error"]["parameter"]) == (401, "webhook-timestamp")


POST = {
    "id": "65f1c0ffee",
    "title": "A meteor over the bay",
    "html": "<p>It fell at <b>noon</b>.</p>",
    "plaintext": "It fell at noon.",
    "status": "published",
    "visibility": "public",
    "url": "https://x.example/meteor/",
    "published_at": "2026-03-01T10:00:00.000+00:00",
    "tags": [{"name": "Sky", "visibility": "public"}, {"name": "#import", "visibility": "internal"}, {"name": "Bay"}],
    "authors": [{"name": "Ana One"}],
}


def test_ghost_adds_changes_and_takes_out(service: Service) -> None:
    added = service.ghost({"event": "post.published", "post": {"current": POST, "previous": {"status": "draft"}}})
    assert added.get_json()["added"] == 1
    told = service.client.get("/api/v1/article/ghost-65f1c0ffee").get_json()
    assert (told["url"], told["section"], told["tags"], told["authors"], told["body"]) == (
        "https://x.example/meteor/",
        "Sky",
        ["Bay"],
        ["Ana One"],
        "It fell at noon.",
    )
    members = service.ghost({"post": {"current": POST | {"visibility": "members"}, "previous": {}}})
    assert members.get_json()["removed"] == ["ghost-65f1c0ffee"]
    assert service.found("meteor") == []
    service.ghost({"page": {"current": POST, "previous": {}}})
    assert service.found("meteor") == ["ghost-65f1c0ffee"]
    deleted = service.ghost({"event": "post.deleted", "post": {"current": {}, "previous": {"id": "65f1c0ffee"}}})
    assert deleted.get_json()["removed"] == ["ghost-65f1c0ffee"]


def test_what_ghost_did_not_sign_or_sends_twice_does_nothing(service: Service) -> None:
    message = {"post": {"current": POST, "previous": {}}}
    assert service.ghost(message, secret="another").status_code == 401
    assert service.ghost(message, at=int(time.time() * 1000) - (WINDOW + 5) * 1000).status_code == 401
    assert service.client.post("/api/v1/webhook/ghost", json=message).status_code == 401
    now = int(time.time() * 1000)
    assert service.ghost(message, at=now).get_json()["added"] == 1
    service.send("/api/v1/articles/delete", {"ids": ["ghost-65f1c0ffee"]})
    assert service.ghost(message, at=now).get_json()["added"] == 0
    assert service.found("meteor") == []


@pytest.mark.parametrize(
    "message",
    [{}, {"member": {"current": {}}}, {"post": {}}, {"post": {"current": [], "previous": {"id": ""}}}, {"post": 1}],
)
def test_other_messages_of_ghost_are_refused(service: Service, message: Any) -> None:
    assert service.ghost(message).status_code == 400


def test_a_withdrawn_webhook_signs_nothing(service: Service) -> None:
    service.folder.keys.unlink()
    assert service.hook({"type": "article.published", "data": ONE}).status_code == 401


def test_a_signature_is_that_of_the_specification() -> None:
    """The example of the Standard Webhooks specification."""
    secret = b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    body = b'{"test": 2432232314}'
    signed = signature_of(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body)
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
