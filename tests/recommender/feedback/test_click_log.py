"""Clicks: counted safely, read without the bias of places, learned from, and shown as most read."""

from __future__ import annotations

import json
import random
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from threading import Thread

import pytest
from click.testing import CliRunner

import readmore
from indexer.article.article import Article
from indexer.base.archive_folder import ArchiveFolder
from indexer.base.errors import ReadmoreError, WriteError
from recommender.feedback.click_judgements import place_shares, preferences
from recommender.related import Recommender
from recommender.request.options import RelatedOptions
from recommender.request.seeds import ArticleSeed
from search.usage import event_log
from search.usage.event_log import RARE_DAYS, EventLog, read_most_read, read_pairs
from search.usage.events import Click, ClickError, Pair
from tests.recommender.archives import SUBJECTS, article, several

Make = Callable[[Iterable[Article]], Recommender]
DAY = 86_400.0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("a", "a"), "same article"),
        (("a", "b", ("c", "d")), "not among"),
        (("a", "b", ("b", "b")), "different"),
        (("a", "b", ("b", *(f"x{n}" for n in range(30)))), "30 different"),
        (("a", "https://x.example/b"), "by their ids"),
        (("a", "b", ("b", "")), "by their ids"),
    ],
)
def test_a_click_that_cannot_be_is_refused(arguments: tuple[object, ...], said: str) -> None:
    with pytest.raises(ClickError, match=said):
        Click(*arguments)  # type: ignore[arg-type]


def test_clicks_are_summed_by_pair_and_place(tmp_path: Path) -> None:
    with EventLog(ArchiveFolder(tmp_path)) as log:
        for target in ("b", "c", "c"):
            log.click(Click("a", target, ("b", "c")))
        log.click(Click("a", "c", ("c", "b")))
        log.click(Click("a", "b"))
    assert read_pairs(ArchiveFolder(tmp_path)) == [
        Pair("a", "b", 1, 2, 3, 1),
        Pair("a", "b", 2, 2, 1, 0),
        Pair("a", "c", 1, 2, 1, 1),
        Pair("a", "c", 2, 2, 3, 2),
    ]
    assert read_most_read(ArchiveFolder(tmp_path), 10, 1) == ["c", "b"]
    assert read_most_read(ArchiveFolder(tmp_path), 10, 3) == ["c"]


def test_nothing_is_kept_that_could_tell_readers_apart(tmp_path: Path) -> None:
    with EventLog(ArchiveFolder(tmp_path)) as log:
        log.click(Click("a", "b", ("b", "c")))
    with sqlite3.connect(ArchiveFolder(tmp_path).readers) as db:
        columns = {table: [row[1] for row in db.execute(f"PRAGMA table_info({table})")] for table in ("pairs", "reads")}
    assert columns == {
        "pairs": ["source", "target", "position", "shown", "seen", "clicked"],
        "reads": ["day", "target", "clicked"],
    }


def test_most_read_is_of_the_last_days_and_old_days_go(tmp_path: Path) -> None:
    with EventLog(ArchiveFolder(tmp_path)) as log:
        for day, target in ((0, "old"), (0, "old"), (5, "new"), (8, "new"), (8, "newer")):
            log.click(Click("a", target), now=day * DAY + 5)
        assert log.most_read(10, 1) == ["new", "newer"]
        log.click(Click("a", "last"), now=(RARE_DAYS + 3) * DAY)
    with sqlite3.connect(ArchiveFolder(tmp_path).readers) as db:
        assert [row[0] for row in db.execute("SELECT DISTINCT day FROM reads ORDER BY day")] == [5, 8, RARE_DAYS + 3]


def test_threads_and_processes_lose_no_click(tmp_path: Path, repo: Path) -> None:
    code = (
        "import sys; from pathlib import Path\n"
        "from search.usage.event_log import EventLog\nfrom search.usage.events import Click\n"
        "from indexer.base.archive_folder import ArchiveFolder\n"
        "log = EventLog(ArchiveFolder(Path(sys.argv[1])))\n"
        "for n in range(100): log.click(Click('a', 'b', ('b', 'c')))\n"
    )
    other = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], cwd=repo)
    with EventLog(ArchiveFolder(tmp_path)) as log:

        def count() -> None:
            for _ in range(50):
                log.click(Click("a", "b", ("b", "c")))

        threads = [Thread(target=count) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert other.wait() == 0
    assert read_pairs(ArchiveFolder(tmp_path))[0].clicked == 300


def test_a_killed_process_loses_no_click_it_counted(tmp_path: Path, repo: Path) -> None:
    code = (
        "import os, sys; from pathlib import Path\n"
        "from search.usage.event_log import EventLog\nfrom search.usage.events import Click\n"
        "from indexer.base.archive_folder import ArchiveFolder\n"
        "log = EventLog(ArchiveFolder(Path(sys.argv[1])))\n"
        "for n in range(20): log.click(Click('a', 'b', ('b', 'c')))\n"
        "os.kill(os.getpid(), 9)\n"
    )
    assert subprocess.run([sys.executable, "-c", code, str(tmp_path)], cwd=repo, check=False).returncode == -9
    assert read_pairs(ArchiveFolder(tmp_path))[0].clicked == 20


def test_a_full_log_refuses_and_keeps_what_it_has(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_log, "MAX_BYTES", 40 * 4096)
    with EventLog(ArchiveFolder(tmp_path)) as log:
        counted = 0

        def count_on() -> None:
            nonlocal counted
            while counted < 10_000:
                log.click(Click(f"source-{counted}-" + "x" * 150, "b", ("b", "c")))
                counted += 1

        with pytest.raises(WriteError):
            count_on()
        assert 0 < sum(pair.clicked for pair in log.pairs()) == counted
    assert ArchiveFolder(tmp_path).readers.stat().st_size <= 40 * 4096


def test_a_file_that_is_no_click_log_stops_no_answer(recommender_of: Make) -> None:
    recommender = recommender_of(several())
    recommender.engine.folder.readers.write_bytes(b"no database" * 1000)
    assert recommender.related(ArticleSeed("bread-1")).related
    with pytest.raises(ReadmoreError, match=r"readers\.db: not a readable log of what readers did"):
        read_pairs(recommender.engine.folder)


@pytest.mark.parametrize(
    ("code", "advice"),
    [
        (sqlite3.SQLITE_FULL, "see that the disk has room"),
        (sqlite3.SQLITE_IOERR_WRITE, "see that the disk has room"),
        (sqlite3.SQLITE_BUSY, "another process is using it; try again"),
        (sqlite3.SQLITE_CORRUPT, "run 'readmore check --repair'"),
    ],
)
def test_what_stands_in_the_way_of_the_log_is_said_with_its_own_advice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, advice: str
) -> None:
    def refused(*args: object, **kwargs: object) -> sqlite3.Connection:
        error = sqlite3.OperationalError("no")
        error.sqlite_errorcode = code
        raise error

    monkeypatch.setattr(sqlite3, "connect", refused)
    with pytest.raises(ReadmoreError, match=rf"readers\.db: .*{advice}"):
        EventLog(ArchiveFolder(tmp_path))


def simulated(
    lists: dict[str, list[str]], appeal: Callable[[str, str], float], log: EventLog, views: int, seed: int
) -> None:
    """Readers who look at a place with the chance 1 / its number and click what appeals to them, the first at most."""
    chance = random.Random(seed)
    for source, shown in lists.items():
        for _ in range(views):
            order = list(shown)
            if chance.random() < 0.3:  # the list changes a little as the archive does
                at = chance.randrange(len(order) - 1)
                order[at], order[at + 1] = order[at + 1], order[at]
            for place, target in enumerate(order, 1):
                if chance.random() < appeal(source, target) / place:
                    log.click(Click(source, target, tuple(order)))
                    break


def test_clicks_over_expected_clicks_tell_better_than_clicks_what_readers_like(tmp_path: Path) -> None:
    chance = random.Random(5)
    lists = {f"s{n}": [f"t{n}-{m}" for m in range(8)] for n in range(60)}
    liked = {target for shown in lists.values() for target in shown if chance.random() < 0.4}
    with EventLog(ArchiveFolder(tmp_path)) as log:
        simulated(lists, lambda source, target: 0.6 if target in liked else 0.2, log, 150, 1)
        pairs = log.pairs()
    shares = place_shares(pairs)
    assert list(shares[:6]) == sorted(shares[:6], reverse=True)
    ratios = {target: one.ratio for targets in preferences(pairs).values() for target, one in targets.items()}
    raw = {target: one.clicked for targets in preferences(pairs).values() for target, one in targets.items()}

    def ordered(values: dict[str, float]) -> float:
        """The chance that of a liked and another article the liked one has the higher value."""
        wins = [(values[a] > values[b]) + (values[a] == values[b]) / 2 for a in liked for b in values if b not in liked]
        return sum(wins) / len(wins)

    assert ordered(ratios) > 0.85
    assert ordered(ratios) > ordered({target: float(count) for target, count in raw.items()}) + 0.1


def test_expected_clicks_add_up_to_the_clicks(tmp_path: Path) -> None:
    with EventLog(ArchiveFolder(tmp_path)) as log:
        simulated({"s": ["a", "b", "c"], "r": ["a", "b", "c", "d", "e"]}, lambda s, t: 0.5, log, 100, 3)
        found = preferences(log.pairs())
    for targets in found.values():
        clicked = sum(one.clicked for one in targets.values())
        assert clicked > 20
        assert sum(one.expected for one in targets.values()) == pytest.approx(clicked)


def sectioned(count: int) -> list[Article]:
    """Articles whose section has nothing to do with how near their texts are."""
    return [article(s, n, section=("NEWS", "SPORT")[(n // 2) % 2]) for n in range(count) for s in SUBJECTS]


def learned_from(recommender: Recommender, appeal: Callable[[Article, Article], float]) -> dict[str, object]:
    articles = {one.id: one for one in sectioned(14)}
    lists = {
        one: [i.article.id for i in recommender.related(ArticleSeed(one), RelatedOptions(limit=8)).related]
        for one in articles
    }
    data = recommender.engine.folder.path
    with EventLog(ArchiveFolder(data)) as log:
        simulated(lists, lambda source, target: appeal(articles[source], articles[target]), log, 60, 9)
    outcome = CliRunner().invoke(readmore.cli, ["--data", str(data), "learn", "--json"], catch_exceptions=False)
    record: dict[str, object] = json.loads(outcome.stdout)
    return record


def test_what_readers_prefer_is_learned_from_their_clicks(recommender_of: Make) -> None:
    recommender = recommender_of(sectioned(14))

    def preferred() -> int:
        """How many of all first three articles are of their article's section."""
        return sum(
            item.article.section == one.section
            for one in sectioned(14)
            for item in recommender.related(ArticleSeed(one.id), RelatedOptions(limit=3)).related
        )

    before = preferred()
    record = learned_from(recommender, lambda source, target: 0.7 if source.section == target.section else 0.15)
    assert record["in_use"] is True
    assert record["judgements"]["clicks"]["sources"] > 40  # type: ignore[index]
    assert record["weights"]["section"] > 0.005  # type: ignore[index]
    assert preferred() > before  # without being opened again


def test_clicks_that_only_follow_the_places_teach_nothing(recommender_of: Make) -> None:
    assert learned_from(recommender_of(sectioned(14)), lambda source, target: 0.4)["in_use"] is False


def alone(**fields: object) -> Article:
    return article("bread", 0, **({"id": "alone", "title": "Zzz", "body": "Qqq www eee rrr ttt"} | fields))


def test_where_nothing_is_related_the_latest_and_the_most_read_stand_in(recommender_of: Make) -> None:
    recommender = recommender_of([*several(), alone()])
    with EventLog(recommender.engine.folder) as log:
        for target, times in (("chess-0", 5), ("violin-0", 4), ("bread-0", 2), ("alone", 9)):
            for _ in range(times):
                log.click(Click("glacier-1", target))
    result = recommender.related(ArticleSeed("alone"), RelatedOptions(limit=5))
    assert result.fallback
    assert [(item.article.id, item.reason) for item in result.related[:4]] == [
        ("bread-4", "latest in NEWS"),
        ("chess-0", "most read this week"),
        ("chess-4", "latest in NEWS"),
        ("violin-0", "most read this week"),
    ]
    assert {item.relation for item in result.related} == {"fallback"}
    assert recommender.related(ArticleSeed("alone"), RelatedOptions(limit=1)).related[0].reason == "latest in NEWS"


def test_no_copy_of_an_article_stands_in_for_what_is_related(recommender_of: Make) -> None:
    copy = alone(id="copy", site="Weekly", date=None)
    result = recommender_of([*several(), alone(), copy]).related(ArticleSeed("alone"), RelatedOptions(limit=100))
    assert result.fallback
    assert len(result.related) == 20
    assert "copy" not in {one.id for item in result.related for one in (item.article, *item.siblings)}
