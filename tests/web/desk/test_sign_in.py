"""Who may come in, and what nobody can do in their name."""

from __future__ import annotations

import logging
import re

import pytest

from indexer.base.archive_folder import ArchiveFolder
from tests.web.desk.archives import ARTICLE
from tests.web.desk.conftest import Desk
from web.access.keys import ADMIN, SEARCH, WRITE, add_key, withdraw_key
from web.desk import sessions
from web.desk.routes import _PAGES

BLOCK = f"/desk/article/{ARTICLE}"
READ = [
    f"/desk{path}".replace("<id>", ARTICLE)
    for path, _, place, method in _PAGES
    if method == "GET" and "sign" not in place
]
WRITTEN = [
    f"/desk{path}".replace("<id>", ARTICLE)
    for path, _, place, method in _PAGES
    if method == "POST" and "enter" not in place
]


@pytest.mark.parametrize("path", READ)
def test_nobody_reads_a_page_without_a_key(outside: Desk, path: str) -> None:
    answer = outside.client.get(path)
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/desk/sign-in?back=/desk")


@pytest.mark.parametrize("path", WRITTEN)
def test_nobody_changes_anything_without_a_key(outside: Desk, path: str) -> None:
    assert outside.client.post(path, data={"do": "save"}).status_code == 401
    assert outside.rules() == ""


@pytest.mark.parametrize("path", WRITTEN)
def test_a_form_must_bring_back_its_token(desk: Desk, path: str) -> None:
    desk.get(BLOCK)
    token = desk.fields["csrf"]
    for wrong in ("", token[:-1], "0" * len(token), "ü"):
        assert desk.client.post(path, data={"do": "save", "csrf": wrong}).status_code == 403
    for headers in (
        {"Sec-Fetch-Site": "cross-site"},
        {"Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "same-site"},
    ):
        assert desk.client.post(path, data={"do": "save", "csrf": token}, headers=headers).status_code == 403


def test_the_token_of_one_session_is_of_no_use_in_another(desk: Desk) -> None:
    desk.get(BLOCK)
    old = desk.fields["csrf"]
    desk.enter()
    assert desk.client.post(BLOCK, data={"do": "find", "csrf": old}).status_code == 403


@pytest.mark.parametrize("scope", [SEARCH, WRITE])
def test_a_key_for_something_else_opens_nothing(outside: Desk, scope: str) -> None:
    _, secret = add_key(outside.folder, "the content system", [scope])
    assert outside.enter(secret).status_code == 401
    assert "Set-Cookie" not in outside.enter(secret).headers


def test_an_administrators_key_opens_the_desk(outside: Desk) -> None:
    assert outside.enter(add_key(outside.folder, "root", [ADMIN])[1]).status_code == 303


def test_the_cookie_is_for_the_desk_alone_and_has_no_secret(outside: Desk) -> None:
    cookie = outside.enter().headers["Set-Cookie"]
    assert {"HttpOnly", "SameSite=Strict", "Path=/desk"} <= set(cookie.split("; "))
    assert "Secure" not in cookie
    assert outside.key[12:] not in cookie
    answer = outside.client.post("/desk/sign-in", data={"key": outside.key}, base_url="https://news.example")
    assert "Secure" in answer.headers["Set-Cookie"].split("; ")
    assert "Set-Cookie" not in outside.client.get("/").headers


def test_a_forged_or_foreign_cookie_opens_nothing(desk: Desk) -> None:
    cookie = desk.client.get_cookie(sessions.COOKIE, path="/desk")
    assert cookie is not None
    for wrong in (cookie.value[:-2] + "AA", "x", "e30.e30.e30", ""):
        desk.client.set_cookie(sessions.COOKIE, wrong, path="/desk")
        assert desk.client.get("/desk").status_code == 303


def test_a_session_ends_with_its_key(desk: Desk) -> None:
    desk.get("/desk")
    withdraw_key(desk.folder, "Anna")
    assert desk.client.get("/desk").status_code == 303


def test_a_session_ends_after_a_while(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.get("/desk")
    monkeypatch.setattr(sessions, "MOST_SECONDS", 0)
    assert desk.client.get("/desk").status_code == 303
    monkeypatch.undo()
    desk.get("/desk")
    monkeypatch.setattr(sessions, "IDLE_SECONDS", -1)
    assert desk.client.get("/desk").status_code == 303


def test_signing_out_forgets_the_session(desk: Desk) -> None:
    desk.get("/desk")
    assert desk.client.post("/desk/sign-out", data=desk.fields).status_code == 303
    assert desk.client.get("/desk").status_code == 303


def test_who_guesses_keys_is_slowed_down(outside: Desk) -> None:
    states = [outside.enter(f"rm_{n:08x}_guess").status_code for n in range(30)]
    assert states[0] == 401
    assert states[-1] == 429
    slowed = outside.enter("rm_00000000_guess")
    assert int(slowed.headers["Retry-After"]) >= 1
    assert "Wait a minute" in slowed.get_data(as_text=True)
    assert outside.enter().status_code == 303  # the right key is never one of them


def test_a_key_is_in_no_log_and_no_address(outside: Desk, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        outside.enter("rm_12345678_wrong-secret")
        answer = outside.enter()
    assert outside.key[12:] not in caplog.text + answer.headers["Location"]
    assert "wrong-secret" not in caplog.text
    assert "Anna (key " in caplog.text


def test_without_a_key_the_page_says_how_to_make_one(outside: Desk) -> None:
    withdraw_key(outside.folder, "Anna")
    add_key(outside.folder, "the content system", [WRITE])
    html = outside.client.get("/desk/sign-in").get_data(as_text=True)
    assert "--scope edit" in html
    assert 'name="key"' not in html


@pytest.mark.parametrize(
    ("back", "leads"),
    [
        (f"/desk/article/{ARTICLE}", f"/desk/article/{ARTICLE}"),
        ("/desk/search?q=moon+landing", "/desk/search?q=moon+landing"),
        ("https://evil.example/desk", "/desk"),
        ("//evil.example/desk", "/desk"),
        ("/desk.evil", "/desk"),
        ("/desk/\\evil", "/desk"),
        ("/desk/x\r\nSet-Cookie: a=b", "/desk"),
    ],
)
def test_one_comes_back_to_the_desk_only(outside: Desk, back: str, leads: str) -> None:
    answer = outside.client.post("/desk/sign-in", data={"key": outside.key, "back": back})
    assert answer.headers["Location"] == leads


def test_pages_are_kept_by_nobody_and_in_no_frame(desk: Desk) -> None:
    for path in READ:
        headers = desk.client.get(path).headers
        assert headers["Cache-Control"] == "no-store", path
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert headers["X-Frame-Options"] == "DENY"
        assert "Access-Control-Allow-Origin" not in headers
        assert headers["Referrer-Policy"] == "same-origin"


def test_the_desk_stands_under_the_path_of_the_service(outside: Desk) -> None:
    under = {"environ_overrides": {"SCRIPT_NAME": "/archive"}}
    sent = outside.client.get(f"/desk/article/{ARTICLE}", **under)
    assert sent.headers["Location"] == f"/archive/desk/sign-in?back=/desk/article/{ARTICLE}"
    html = outside.client.get("/desk/sign-in", **under).get_data(as_text=True)
    links = re.findall(r'(?:href|src|action)="([^"]+)"', html)
    assert all(link.startswith("/archive/") for link in links if link != "#main")
    answer = outside.client.post("/desk/sign-in", data={"key": outside.key}, **under)
    assert answer.headers["Location"] == "/archive/desk"
    assert "Path=/archive/desk" in answer.headers["Set-Cookie"].split("; ")


def test_what_is_no_form_is_refused(desk: Desk) -> None:
    assert desk.client.post(BLOCK, json={"do": "save"}).status_code == 415
    assert (
        desk.client.post(
            BLOCK, data="a=" + "x" * 2_000_000, content_type="application/x-www-form-urlencoded"
        ).status_code
        == 413
    )
    many = "&".join(f"a{n}=b" for n in range(5000))
    assert desk.client.post(BLOCK, data=many, content_type="application/x-www-form-urlencoded").status_code == 400


def test_keys_that_cannot_be_read_let_nobody_in(outside: Desk) -> None:
    ArchiveFolder(outside.folder.path).keys.write_text("{")
    assert outside.client.get("/desk").status_code == 303
    assert outside.enter().status_code == 503
