"""What must hold between keys, kept answers, writing and several workers, whichever of them is asked."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from markupsafe import escape

from indexer.base.archive_folder import ArchiveFolder
from tests.web.server.conftest import ARTICLE
from tests.web.server.running import Answer, Running, running, wait_until
from web.access.keys import SEARCH, WRITE, add_key, withdraw_key

pytestmark = pytest.mark.slow

BLOCK = f"/api/v1/block/{ARTICLE}"
KEPT = ["/api/v1/search?q=moon", "/api/search?q=moon", BLOCK, f"/article/{ARTICLE}", "/"]
NEW = {"id": "zorg-lands", "title": "A zorg lands on the far side of the Moon", "body": "The zorg probe came down."}


def key_for(data: Path, scope: str) -> str:
    """A key, as it stands in the header."""
    return f"Bearer {add_key(ArchiveFolder(data), scope, [scope])[1]}"


@contextmanager
def only(service: Running, worker: int) -> Iterator[None]:
    """Has one of the workers answer whatever is asked: the others stand still."""
    others = [pid for pid in service.workers() if pid != worker]
    for pid in others:
        os.kill(pid, signal.SIGSTOP)
    try:
        wait_until(lambda: all(_state(pid) == "T" for pid in others))
        yield
    finally:
        for pid in others:
            os.kill(pid, signal.SIGCONT)


def _state(pid: int) -> str:
    return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]


def both(service: Running) -> tuple[int, int]:
    """The two workers, once they answer."""
    wait_until(lambda: len(service.workers()) == 2)
    one, other = service.workers()
    for worker in (one, other):
        with only(service, worker):
            assert service.get("/readyz").status == 200
    return one, other


def of_each(service: Running, path: str, **headers: str) -> list[Answer]:
    """What each of the workers answers."""
    answers = []
    for worker in both(service):
        with only(service, worker):
            answers.append(service.get(path, **headers))
    return answers


def statuses(service: Running, path: str, **headers: str) -> list[int]:
    return [answer.status for answer in of_each(service, path, **headers)]


def kept(service: Running, answer: Answer) -> str:
    """Where an answer came from, as the log has it."""
    name = answer.headers["x-request-id"]
    wait_until(lambda: any(name in line for line in service.said))
    return str(next(message for message in service.messages() if message.get("request") == name)["kept"])


# -- keys and kept answers ---


def test_what_is_kept_is_for_those_with_a_key_only(data: Path) -> None:
    with running(data, "--workers", "2") as service:
        for path in KEPT:
            before, again = of_each(service, path)
            assert (before.status, kept(service, again)) == (200, "hit")  # kept while anybody might read it
        key = key_for(data, SEARCH)
        for path in KEPT:
            first, second = of_each(service, path, Authorization=key)
            assert (first.status, second.status) == (200, 200)
            assert kept(service, second) == "hit"
            assert second.headers["cache-control"] == "private, no-cache"
            refused = of_each(service, path)
            assert [answer.status for answer in refused] == [401, 401]
            assert not any(b"Change" in answer.body for answer in refused)
            tag = second.headers["etag"]
            assert statuses(service, path, If_None_Match=tag) == [401, 401], "not even that nothing has changed"
            assert statuses(service, path, If_None_Match=tag, Authorization=key) == [304, 304]


def test_a_key_that_was_withdrawn_is_good_in_no_worker(data: Path) -> None:
    with running(data, "--workers", "2") as service:
        first, second = key_for(data, SEARCH), key_for(data, WRITE)
        assert statuses(service, BLOCK, Authorization=second) == [200, 200]
        withdraw_key(ArchiveFolder(data), WRITE)
        assert statuses(service, BLOCK, Authorization=second) == [401, 401]
        assert statuses(service, BLOCK, Authorization=first) == [200, 200]


def test_workers_share_what_a_key_may_ask(data: Path) -> None:
    with running(data, "--workers", "2", "--rate-per-key", "2") as service:
        key = key_for(data, SEARCH)
        began = time.monotonic()
        answers = []
        for worker in both(service):
            with only(service, worker):
                answers += [service.get(BLOCK, Authorization=key) for _ in range(12)]
        seconds = time.monotonic() - began
        passed = [answer.status for answer in answers].count(200)
        assert 8 <= passed <= 8 + 2 * seconds + 1  # two a second and eight at once, whichever worker is asked
        assert all(answer.status in (200, 429) for answer in answers)
        assert all("retry-after" in answer.headers for answer in answers if answer.status == 429)


# -- writing and several workers ---


def change(service: Running, method: str, path: str, key: str, body: object = None) -> Answer:
    content = None if body is None else json.dumps(body).encode()
    return service.get(path, method, content, Authorization=key, Content_Type="application/json")


def test_what_one_worker_writes_all_have_in_their_next_answer(data: Path) -> None:
    with running(data, "--workers", "2") as service:
        key = key_for(data, WRITE)
        for number, worker in enumerate(both(service)):
            path, zorg = f"/api/v1/article/zorg-{number}", f"zorg{number}"
            found = f"/api/v1/search?q={zorg}"
            assert [answer.json["total"] for answer in of_each(service, found)] == [0, 0]
            with only(service, worker):
                written = change(service, "PUT", path, key, {"title": f"A {zorg} lands", "body": "It came down."})
            assert (written.status, written.json["added"]) == (200, 1)
            assert [answer.json["total"] for answer in of_each(service, found)] == [1, 1]
            with only(service, worker):
                assert change(service, "PUT", path, key, {"title": f"The {zorg}", "body": "Up."}).json["changed"] == 1
            assert [answer.json["body"] for answer in of_each(service, path)] == ["Up.", "Up."]
            with only(service, worker):
                assert change(service, "DELETE", path, key).json["removed"] == [f"zorg-{number}"]
            assert statuses(service, path) == [404, 404]
            assert [answer.json["total"] for answer in of_each(service, found)] == [0, 0]
        assert service.stop() == 0


@pytest.mark.parametrize("how", ["removed", "withheld"])
def test_what_is_taken_back_is_in_no_answer_that_was_kept(data: Path, how: str) -> None:
    with running(data, "--workers", "2", "--lag-seconds", "3600") as service:
        key = key_for(data, WRITE)
        lead = service.get(BLOCK).json["lead"]
        gone, names = lead["id"], [text.encode() for text in (lead["id"], escape(lead["title"]))]
        paths = [path for path in [*KEPT, f"/article/{gone}"] if any(name in service.get(path).body for name in names)]
        assert BLOCK in paths
        assert f"/article/{ARTICLE}" in paths
        first, second = both(service)
        for path in paths:
            assert kept(service, of_each(service, path)[1]) == "hit"
        # articles that only come let the related ones lag, so that what lags is kept, too
        with only(service, first):
            assert change(service, "POST", "/api/v1/articles", key, NEW).json["added"] == 1
        with only(service, second):
            assert kept(service, service.get(BLOCK)) in ("lagging", "hit")
        with only(service, first):
            path = f"/api/v1/article/{gone}"
            answer = (
                change(service, "DELETE", path, key)
                if how == "removed"
                else change(service, "PUT", path, key, {"title": "Not yet", "body": "Soon.", "status": "draft"})
            )
        assert answer.json["removed"] == [gone]
        for path in paths:
            assert not any(
                f'"{gone}"'.encode() in each.body or f">{escape(lead['title'])}<".encode() in each.body
                for each in of_each(service, path)
                if each.status == 200
            )
        assert statuses(service, f"/article/{gone}") == [404, 404]


def test_a_bulk_of_several_megabytes_is_taken(data: Path) -> None:
    with running(data, "--workers", "2") as service:
        key = key_for(data, WRITE)
        lines = [json.dumps({"id": f"bulk-{n}", "title": f"Bulk {n}", "body": "comet " * 150_000}) for n in range(3)]
        content = "\n".join(lines).encode()
        assert len(content) > 2 << 20
        answer = service.get(
            "/api/v1/articles", "POST", content, Authorization=key, Content_Type="application/x-ndjson"
        )
        assert (answer.status, answer.json["added"]) == (200, 3)
        assert statuses(service, "/api/v1/article/bulk-2") == [200, 200]
