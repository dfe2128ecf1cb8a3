"""A post with a date in the future appears everywhere when its time has come, and before that nowhere."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from indexer.archive import Archive
from indexer.article.article import Article
from indexer.article.publicity import Calendar
from indexer.commands.index import index
from indexer.commands.status import status
from readmore import open_recommender
from recommender.audit.report import make_report
from recommender.related import Recommender
from tests.clock import Clock
from tests.faults import flush_nothing
from tests.memory.archive import MemoryArchive
from tests.memory.corpus import MemoryCorpora
from tests.recommender.archives import article, several
from web.app import create_app
from web.export.export import export
from web.http.backend import ArchiveBackend

TO_COME = datetime(2900, 3, 4, 5, 6, 7, tzinfo=UTC)
BEFORE, AFTER = TO_COME.timestamp() - 1, TO_COME.timestamp()
SECRET = article(
    "glacier",
    77,
    "Zanzibarite was found by Ottilie Quarrel at the Kaskawulsh. People of the Kaskawulsh were told.",
    id="secret-post",
    title="Zanzibarite in the moraine of the Kaskawulsh",
    url="https://daily.example/zanzibarite",
    section="Minerals",
    tags=("zanzibarite",),
    authors=("Ottilie Quarrel",),
    date=TO_COME,
)
COPY = replace(SECRET, id="secret-copy", url="https://weekly.example/zanzibarite", site="Weekly")
NEAR = article(
    "glacier",
    60,
    "The Kaskawulsh is long, and near the Kaskawulsh there is nobody.",
    id="near-post",
    title="A year at the Kaskawulsh",
)
PUBLIC = [*(replace(one, links=(SECRET.url,)) if one.id == "glacier-1" else one for one in several(5)), NEAR]
MARKS = ("secret-post", "secret-copy", "anzibarite", "Quarrel", "Minerals")


@pytest.fixture
def clock() -> Clock:
    return Clock(BEFORE)


@pytest.fixture(params=["folder", "memory"])
def recommender(
    request: pytest.FixtureRequest, tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Recommender]:
    flush_nothing(monkeypatch)
    articles = [*PUBLIC, SECRET, COPY]
    if request.param == "memory":
        memory = MemoryArchive(articles, clock=clock)
        yield Recommender(memory.engine(), MemoryCorpora(memory.source))
        return
    with Archive.create(tmp_path / "archive") as archive:
        archive.add(articles, workers=1)
        archive.maintain()
    with open_recommender(tmp_path / "archive", clock=clock) as opened:
        opened.prepare()
        yield opened


@pytest.fixture
def client(recommender: Recommender, tmp_path: Path) -> FlaskClient:
    return create_app(tmp_path / "archive", lambda: ArchiveBackend(recommender)).test_client()


def asked(client: FlaskClient) -> dict[str, str]:
    """What the service answers to everything that may have the article in it, by path."""
    paths = [
        "/", "/search?q=kaskawulsh", "/search?q=zanzibarite", "/search?q=*&sort=-date", "/article/near-post",
        "/article/secret-post", "/api/v1/article/secret-post", "/api/v1/article?url=https://daily.example/zanzibarite/",
        "/api/v1/search?q=*&facet=section&facet=author&facet=tag&facet=year&facet=site&sort=-date&limit=50",
        "/api/v1/search?q=zanzib*", "/api/v1/search?q=zanzibarit", "/api/v1/search?q=section:minerals",
        "/api/v1/search?q=moraine glacier&filter=year>=2900", "/api/v1/search?q=zanzibarite&typos=on",
        "/api/v1/suggest?q=zanz", "/api/v1/suggest?q=in the mor", "/api/v1/suggest?q=zanzibarte",
        "/api/v1/related/glacier-2?limit=20", "/api/v1/block/near-post?items=20", "/api/v1/related/secret-post",
        "/api/v1/block?id=glacier-1&id=glacier-3", "/api/v1/related?url=https://daily.example/zanzibarite",
        "/api/v1/status", "/metrics", "/feed", "/feed?q=kaskawulsh", "/suggest?q=zanzib",
    ]  # fmt: skip
    return {path: f"{(got := client.get(path)).status_code} {got.text}" for path in paths}


def own(path: str, text: str) -> str:
    """An answer without what it repeats of the question."""
    for spelled in (path, path.replace("&", "&amp;"), *path.partition("?q=")[2:]):
        text = text.replace(spelled, "")
    return text


def test_nothing_of_it_is_told_before_and_all_after(client: FlaskClient, clock: Clock) -> None:
    public = MemoryArchive(PUBLIC)
    without = create_app(
        Path("none"), lambda: ArchiveBackend(Recommender(public.engine(), MemoryCorpora(public.source)))
    )
    before, never = asked(client), asked(without.test_client())
    for path, text in before.items():
        told = [mark for mark in MARKS if mark in own(path, text)]
        assert [mark for mark in told if mark not in own(path, never[path])] == [], path
        assert text[:3] == never[path][:3], path
    assert client.get("/api/v1/search?q=*").get_json()["total"] == len(PUBLIC)
    assert client.get("/api/v1/status").get_json()["articles"] == len(PUBLIC)
    clock.now = AFTER
    after = asked(client)
    silent = {"/metrics", "/api/v1/status", "/api/v1/block?id=glacier-1&id=glacier-3"}
    for path in after.keys() - silent:
        assert any(mark in after[path] for mark in MARKS), path
    assert client.get("/api/v1/search?q=*").get_json()["total"] == len(PUBLIC) + 2
    assert client.get("/api/v1/status").get_json()["articles"] == len(PUBLIC) + 2


def test_the_open_figures_count_nothing_that_is_to_come(
    tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    flush_nothing(monkeypatch)
    with Archive.create(tmp_path / "archive") as archive:
        archive.add(several(15), workers=1)
        archive.maintain()
        archive.add([SECRET, COPY], workers=1)
        assert len(archive.manifest().segments) == 2
    with open_recommender(tmp_path / "archive", clock=clock) as opened:
        client = create_app(tmp_path / "archive", lambda: ArchiveBackend(opened)).test_client()
        told = client.get("/api/v1/status").get_json()
        assert (told["articles"], told["segments"]) == (60, 1)
        (space,) = told["spaces"].values()
        assert (space["ready"], space["total"]) == (60, 60)
        clock.now = AFTER
        told = client.get("/api/v1/status").get_json()
        assert (told["articles"], told["segments"]) == (62, 2)
        (space,) = told["spaces"].values()
        assert (space["ready"], space["total"]) == (62, 62)


@pytest.mark.parametrize("path", ["/", "/api/v1/search?q=kaskawulsh", "/api/v1/block/near-post", "/article/near-post"])
def test_answers_that_are_kept_change_when_the_moment_comes(client: FlaskClient, clock: Clock, path: str) -> None:
    client.get(path)  # what it needs is loaded, which is part of the tag
    tag = client.get(path).headers["ETag"]
    assert client.get(path, headers={"If-None-Match": tag}).status_code == 304
    clock.now = AFTER - 0.001
    assert client.get(path, headers={"If-None-Match": tag}).status_code == 304
    clock.now = AFTER
    changed = client.get(path, headers={"If-None-Match": tag})
    assert changed.status_code == 200
    assert any(mark in changed.text for mark in MARKS)
    assert client.get(path, headers={"If-None-Match": changed.headers["ETag"]}).status_code == 304


def test_the_report_has_it_when_its_time_has_come(recommender: Recommender, clock: Clock) -> None:
    def told() -> str:
        return json.dumps(make_report(recommender), default=str)

    before = told()
    assert not any(mark in before for mark in MARKS if mark != "anzibarite")
    clock.now = AFTER
    assert "secret-post" in told()


def test_the_export_has_it_when_it_is_run_after(tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    flush_nothing(monkeypatch)
    with Archive.create(tmp_path / "archive") as archive:
        archive.add([*PUBLIC, SECRET], workers=1)
    with open_recommender(tmp_path / "archive", clock=clock) as opened:
        assert export(opened, tmp_path / "out", "/{id}", workers=1).articles == len(PUBLIC)
        assert not any("secret" in path.read_text() for path in (tmp_path / "out").rglob("*.*") if path.is_file())
        clock.now = AFTER
        assert export(opened, tmp_path / "out", "/{id}", workers=1).articles == len(PUBLIC) + 1
        assert (tmp_path / "out/json/secret-post.json").exists()


def test_one_that_expires_is_withheld_after_its_time_all_the_same(clock: Clock, tmp_path: Path) -> None:
    later = TO_COME.replace(year=2901)
    with Archive.create(tmp_path / "archive") as archive:
        archive.add([*PUBLIC, replace(SECRET, status="retracted"), replace(COPY, expires=later)], workers=1)
    with open_recommender(tmp_path / "archive", clock=clock) as opened:
        opened.prepare()
        assert len(opened.corpus().withheld.docs) == 0
        clock.now = AFTER
        assert len(opened.corpus().withheld.docs) == 2


@pytest.mark.parametrize(
    ("zone", "date", "moment"),
    [
        ("UTC", "2900-03-04", "2900-03-04T00:00:00+00:00"),
        ("Asia/Tokyo", "2900-03-04", "2900-03-04T00:00:00+09:00"),
        ("America/New_York", "2900-03-04", "2900-03-04T00:00:00-05:00"),
        ("America/New_York", "2900-03-04 09:30", "2900-03-04T09:30:00+00:00"),
        ("Asia/Tokyo", "2900-03-04T09:30:00+02:00", "2900-03-04T09:30:00+02:00"),
    ],
)
def test_a_day_begins_where_the_publisher_is(tmp_path: Path, zone: str, date: str, moment: str) -> None:
    data, clock = tmp_path / "archive", Clock(datetime.fromisoformat(moment).timestamp() - 1)
    data.mkdir()
    (data / "readmore.toml").write_text(f'timezone = "{zone}"\n')
    (tmp_path / "a.md").write_text(f"---\ntitle: A\ndate: {date}\n---\nText\n")
    assert CliRunner().invoke(index, [str(tmp_path / "a.md"), "--workers", "1"], obj={"data": data}).exit_code == 0
    with open_recommender(data, clock=clock) as opened:
        assert opened.engine.search("text").total == 0
        clock.now += 1
        assert opened.engine.search("text").total == 1


@pytest.mark.parametrize(
    ("front", "shown_from"),
    [
        ("date: 2900-03-04T05:06:07Z", TO_COME),
        ("date: 2020-01-01\npublishDate: 2900-03-04T05:06:07Z", TO_COME),
        ("embargo_until: 2900-03-04T05:06:07Z", TO_COME),
        ("date: 2900-03-04T05:06:07Z\npublish_at: 2020-01-01", TO_COME),
        ("date: 2020-01-01", None),
    ],
)
def test_posts_are_kept_until_their_time_and_counted(tmp_path: Path, front: str, shown_from: datetime | None) -> None:
    data = tmp_path / "archive"
    (tmp_path / "a.md").write_text(f"---\ntitle: A\n{front}\n---\nText\n")
    arguments = [str(tmp_path / "a.md"), "--workers", "1", "--json"]
    done = CliRunner().invoke(index, arguments, obj={"data": data})
    assert (done.exit_code, json.loads(done.stdout)["added"]) == (0, 1)
    said: dict[str, Any] = json.loads(CliRunner().invoke(status, ["--json"], obj={"data": data}).stdout)
    assert said["articles"] == (0 if shown_from else 1)
    assert said.get("to_come") == ({"articles": 1, "next": shown_from.isoformat()} if shown_from else None)
    shown = CliRunner().invoke(status, [], obj={"data": data}).stdout
    assert ("to come     1, shown from their dates on; the next 2900-03-04T05:06:07" in shown) == bool(shown_from)
    again = CliRunner().invoke(index, arguments, obj={"data": data})
    assert json.loads(again.stdout)["unchanged"] == 1


def test_a_moment_is_the_latest_that_an_article_says() -> None:
    calendar = Calendar(Clock(BEFORE))
    held = Article(id="x", title="T", date=datetime(2020, 1, 1, tzinfo=UTC), public_from=TO_COME)
    assert calendar.is_to_come(held)
    assert calendar.is_to_come(replace(held, public_from=None, date=TO_COME))
    assert not calendar.is_to_come(replace(held, public_from=None))
    assert not calendar.is_to_come(replace(held, public_from=None, date=None))
