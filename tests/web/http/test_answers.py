"""Answers that are kept: found again as long as they hold and never after; and related articles that may lag."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, g
from flask.testing import FlaskClient

import readmore
from indexer.archive import Archive
from indexer.article.article import Article
from indexer.base.archive_folder import ArchiveFolder
from tests.web.fake_backend import FakeBackend
from web.access.keys import SEARCH, add_key
from web.app import create_app
from web.http import answers
from web.http.backend import ArchiveBackend
from web.http.caching import let_lag
from web.http.refreshing import SEARCH_SECONDS, Refresher

BLOCK = "/api/block/lander-reaches-rim"
KEPT = ["/api/search?q=rocket", BLOCK, "/api/related/rocket-1", "/", "/search?q=rocket", "/article/rocket-1"]


@pytest.fixture
def keeping(backend: FakeBackend) -> Flask:
    app = create_app("/srv/readmore-data", lambda: backend)
    app.testing = True
    answers.install(app, 1)
    return app


def asked(backend: FakeBackend) -> list[str]:
    """What the archive was asked since the last time, without what every request asks."""
    names = [name for name, _ in backend.calls if name not in ("generation", "edition", "count")]
    backend.calls.clear()
    return names


@pytest.mark.parametrize("path", KEPT)
def test_what_was_answered_is_not_computed_again(keeping: Flask, backend: FakeBackend, path: str) -> None:
    visitor = keeping.test_client()
    first = visitor.get(path)
    assert asked(backend) != []
    second = visitor.get(path)
    assert asked(backend) == []
    assert (second.status_code, second.data) == (200, first.data)
    assert dict(second.headers) == dict(first.headers)
    assert visitor.head(path).headers["Content-Length"] == first.headers["Content-Length"]


@pytest.mark.parametrize("path", KEPT)
@pytest.mark.parametrize("change", ["number", "rules", "articles"])
def test_after_a_change_nothing_is_left_of_it(keeping: Flask, backend: FakeBackend, path: str, change: str) -> None:
    visitor = keeping.test_client()
    visitor.get(path)
    asked(backend)
    if change == "number":
        backend.number += 1
    elif change == "rules":
        backend.edited = "others"
    else:
        backend.articles = backend.articles[:-1]
    visitor.get(path)
    assert asked(backend) != []


@pytest.mark.parametrize("path", ["/api/search?q=[", "/api/article/nobody", "/api/status", "/healthz", "/nowhere"])
def test_errors_and_what_holds_for_a_moment_are_not_kept(keeping: Flask, backend: FakeBackend, path: str) -> None:
    visitor = keeping.test_client()
    first = visitor.get(path)
    asked(backend)
    assert visitor.get(path).status_code == first.status_code
    cache = answers.current_answers
    with keeping.app_context():
        kept = cache()
    assert kept is not None
    assert kept.cache.used() == 0


def test_links_of_a_page_are_those_of_the_path_it_is_served_under(keeping: Flask) -> None:
    visitor = keeping.test_client()
    bare, under = visitor.get("/").text, visitor.get("/", environ_overrides={"SCRIPT_NAME": "/find"}).text
    assert 'href="/article/' in bare
    assert 'href="/article/' not in under
    assert 'href="/find/article/' in under


# -- lagging ---


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def refresher(keeping: Flask, clock: Clock) -> Refresher:
    refresher = let_lag(keeping, 60)
    assert refresher is not None
    refresher._clock = clock
    return refresher


def test_a_block_lags_once_and_is_made_anew_meanwhile(
    keeping: Flask, backend: FakeBackend, refresher: Refresher
) -> None:
    visitor = keeping.test_client()
    first = visitor.get(BLOCK)
    backend.number += 1
    backend.articles.append(Article(id="new", title="New"))
    asked(backend)

    lagging = visitor.get(BLOCK)
    assert asked(backend) == []
    assert (lagging.data, lagging.headers["ETag"]) == (first.data, first.headers["ETag"])
    assert visitor.get(BLOCK, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304

    assert refresher.due_in() == 0
    refresher.run_one(idle=True)
    assert "block" in asked(backend)
    fresh = visitor.get(BLOCK)
    assert asked(backend) == []
    assert fresh.headers["ETag"] != first.headers["ETag"]
    assert refresher.due_in() == float("inf")


def test_no_longer_than_some_seconds(keeping: Flask, backend: FakeBackend, refresher: Refresher, clock: Clock) -> None:
    visitor = keeping.test_client()
    visitor.get(BLOCK)
    backend.number += 1
    asked(backend)
    visitor.get(BLOCK)
    assert asked(backend) == []
    clock.now += 61
    visitor.get(BLOCK)
    assert "block" in asked(backend)


@pytest.mark.parametrize("path", ["/api/search?q=rocket", "/", "/search?q=rocket", "/api/article/rocket-1"])
def test_nothing_but_related_articles_lags_where_there_is_time(
    keeping: Flask, backend: FakeBackend, refresher: Refresher, path: str
) -> None:
    visitor = keeping.test_client()
    visitor.get(path)
    backend.number += 1
    asked(backend)
    visitor.get(path)
    assert asked(backend) != []


SEARCHES = ["/api/search?q=rocket", "/api/v1/search?q=rocket", "/search?q=rocket"]


@pytest.fixture(params=SEARCHES)
def outdated(request: pytest.FixtureRequest, keeping: Flask, backend: FakeBackend, refresher: Refresher) -> str:
    """A search that is kept and outdated, in a process that has no more time for such ones."""
    visitor = keeping.test_client()
    visitor.get("/api/search?q=moon")
    visitor.get(request.param)
    backend.number += 1
    backend.articles.append(Article(id="new", title="New"))
    visitor.get("/api/search?q=moon")
    refresher.computed(1.0)
    asked(backend)
    return str(request.param)


def test_a_search_lags_where_many_are_outdated_at_once(
    keeping: Flask, backend: FakeBackend, refresher: Refresher, outdated: str
) -> None:
    visitor = keeping.test_client()
    lagging = visitor.get(outdated)
    assert asked(backend) == []
    refresher.run_one(idle=True)
    assert "search" in asked(backend)
    fresh = visitor.get(outdated)
    assert asked(backend) == []
    assert fresh.headers["ETag"] != lagging.headers["ETag"]


def test_searches_are_made_anew_before_blocks(
    keeping: Flask, backend: FakeBackend, refresher: Refresher, outdated: str
) -> None:
    visitor = keeping.test_client()
    visitor.get(BLOCK)
    backend.number += 1
    visitor.get("/api/search?q=moon")
    refresher.computed(1.0)
    visitor.get(BLOCK)
    visitor.get("/api/search?q=moon")
    asked(backend)
    refresher.run_one(idle=True)
    assert asked(backend)[0] == "search"


def test_a_search_does_not_lag_for_longer_than_some_seconds(
    keeping: Flask, backend: FakeBackend, refresher: Refresher, clock: Clock, outdated: str
) -> None:
    clock.now += SEARCH_SECONDS
    refresher.computed(1.0)
    keeping.test_client().get(outdated)
    assert "search" in asked(backend)


def test_the_time_of_a_search_that_is_outdated_does_not_begin_again_with_another_generation(
    keeping: Flask, backend: FakeBackend, refresher: Refresher, clock: Clock, outdated: str
) -> None:
    visitor = keeping.test_client()
    visitor.get(outdated)
    clock.now += SEARCH_SECONDS
    backend.number += 1
    visitor.get("/api/search?q=moon")  # the process sees the generation
    refresher.computed(1.0)
    asked(backend)
    visitor.get(outdated)
    assert "search" in asked(backend)


@pytest.mark.parametrize("path", [BLOCK, "/article/rocket-1", "/api/article/rocket-1"])
def test_searches_have_their_time_whatever_other_answers_take(
    keeping: Flask,
    backend: FakeBackend,
    refresher: Refresher,
    clock: Clock,
    path: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    visitor = keeping.test_client()
    for each in (path, "/api/search?q=moon"):
        visitor.get(each)
    backend.number += 1
    visitor.get("/api/search?q=moon")  # the process sees the generation
    clock.now += 61
    with monkeypatch.context() as slow:
        slow.setattr("web.http.caching.time.monotonic", count(0, 100).__next__)
        visitor.get(path)
    visitor.get(SEARCHES[0])
    backend.number += 1
    asked(backend)
    visitor.get(SEARCHES[0])
    assert "search" in asked(backend)


@pytest.mark.parametrize("generations", [1, 2])
def test_a_search_does_not_lag_that_may_have_been_outdated_for_ever(
    keeping: Flask, backend: FakeBackend, refresher: Refresher, generations: int
) -> None:
    """Of a generation that nobody saw come it is not known since when the one before is outdated."""
    visitor = keeping.test_client()
    visitor.get(SEARCHES[0])
    backend.number += generations
    refresher.computed(1.0)
    asked(backend)
    visitor.get(SEARCHES[0])
    assert ("search" in asked(backend)) == (generations > 1)


def test_what_another_process_is_about_to_make_anew_is_left_to_it(
    keeping: Flask, backend: FakeBackend, refresher: Refresher, outdated: str
) -> None:
    other = Refresher(keeping, 60, refresher._answer)
    visitor = keeping.test_client()
    visitor.get(outdated)
    other._searches.extend(refresher._searches)
    answered = backend.search

    def search(*arguments: Any, **options: Any) -> Any:
        other.run_one(idle=True)  # while the first is at it
        return answered(*arguments, **options)

    backend.search = search  # type: ignore[method-assign]
    refresher.run_one(idle=True)
    assert asked(backend).count("search") == 1


def test_after_a_rule_or_a_removal_nothing_lags(keeping: Flask, backend: FakeBackend, refresher: Refresher) -> None:
    visitor = keeping.test_client()
    visitor.get(BLOCK)
    backend.number += 1
    backend.edited = "others"
    asked(backend)
    visitor.get(BLOCK)
    assert "block" in asked(backend)


def test_while_readers_wait_it_takes_a_third_of_the_time(
    keeping: Flask, backend: FakeBackend, refresher: Refresher, clock: Clock
) -> None:
    visitor = keeping.test_client()
    paths = [f"/api/block/rocket-{n}" for n in range(1, 4)]
    for path in paths:
        visitor.get(path)
    backend.number += 1
    for path in paths:
        visitor.get(path)

    def slow_block(*_: object) -> None:
        clock.now += 2

    backend.block = slow_block  # type: ignore[method-assign, assignment]  # what it raises then is nobody's business
    refresher.run_one(idle=False)
    assert refresher.due_in() == 4
    clock.now += 4
    assert refresher.due_in() == 0
    refresher.run_one(idle=True)
    assert refresher.due_in() == 0


# -- on an archive ---


def article(name: str, text: str) -> Article:
    return Article(id=name, title=f"The {name} of the zorg", body=f"A {text} about zorg and blik and {name}.")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    with Archive.create(tmp_path / "archive") as archive:
        archive.add([article(name, f"story {name}") for name in ("one", "two", "three", "four")])
    return tmp_path / "archive"


@pytest.fixture
def visitor(data: Path) -> Iterator[FlaskClient]:
    backend = ArchiveBackend(readmore.open_recommender(data))
    app = create_app(data, lambda: backend)
    answers.install(app, 1)
    let_lag(app, 60)
    yield app.test_client()
    backend.close()


def test_what_was_taken_out_is_gone_even_before_the_index_is_told(data: Path, visitor: FlaskClient) -> None:
    paths = ["/api/search?q=zorg", "/search?q=zorg"]
    assert all("two" in visitor.get(path).text for path in [*paths, "/api/article/two", "/article/two"])
    with Archive.open(data) as archive:
        archive.store.remove(["two"])  # what a process has done that dies before it commits
        assert all("The two of" not in visitor.get(path).text for path in paths)
        assert visitor.get("/api/article/two").status_code == visitor.get("/article/two").status_code == 404


def test_no_block_with_a_withdrawn_article_lags(data: Path, visitor: FlaskClient) -> None:
    assert "two" in visitor.get("/api/related/one").text
    with Archive.open(data) as archive:
        archive.add([article("five", "newcomer")])
        archive.remove(["two"])
    assert "The two of" not in visitor.get("/api/related/one").text


def test_what_is_made_anew_behind_readers_backs_still_needs_their_key(data: Path) -> None:
    """It is made without a key, since whoever asked has been let in; what comes of it is for those with one."""
    key = {"Authorization": f"Bearer {add_key(ArchiveFolder(data), 'reader', [SEARCH])[1]}"}
    backend = ArchiveBackend(readmore.open_recommender(data))
    app = create_app(data, lambda: backend)
    answers.install(app, 1)
    refresher = let_lag(app, 3600)
    assert refresher is not None
    visitor = app.test_client()
    paths = ["/api/v1/related/one", "/article/one"]
    for _ in range(2):  # whatever is loaded by the first request changes the tags
        before = {path: visitor.get(path, headers=key).headers["ETag"] for path in paths}
    with Archive.open(data) as archive:
        archive.add([article("five", "newcomer")])
    for path in paths:
        assert visitor.get(path).status_code == 401
        assert visitor.get(path, headers=key).headers["ETag"] == before[path]
    while refresher.due_in() == 0:
        refresher.run_one(idle=True)
    for path in paths:
        with app.test_request_context(path, headers=key):
            app.preprocess_request()
            assert g.kept == "hit"
        assert visitor.get(path).status_code == 401
        assert visitor.get(path, headers=key).headers["ETag"] != before[path]
    assert "The five of" in visitor.get(paths[0], headers=key).text
    backend.close()


def test_an_answer_of_an_archive_with_the_same_numbers_is_not_taken_for_one_of_this(data: Path, tmp_path: Path) -> None:
    """As after a restore, when the numbers begin again where the copy was taken."""
    backends = []

    def opened() -> ArchiveBackend:
        backends.append(ArchiveBackend(readmore.open_recommender(data)))
        return backends[-1]

    app = create_app(data, opened)
    answers.install(app, 1)
    first = app.test_client().get("/api/search?q=zorg")
    assert "The one of" in first.text
    data.rename(tmp_path / "away")
    with Archive.create(data) as archive:
        archive.add([article(name, f"story {name}") for name in ("six", "seven", "eight", "nine")])
    other = create_app(data, opened)
    other.extensions["readmore-answers"] = app.extensions["readmore-answers"]
    second = other.test_client().get("/api/search?q=zorg")
    assert "The one of" not in second.text
    assert "The six of" in second.text
    for backend in backends:
        backend.close()
