"""`readmore report` and `readmore even` as editors meet them."""

from __future__ import annotations

import json
import re
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import readmore
from indexer.archive import Archive
from indexer.base.archive_folder import ArchiveFolder
from search.usage.event_log import EventLog
from tests.recommender.archives import article, several
from web.report.plots import plots
from web.report.report_page import page
from web.report.report_text import report_text

BASE = "https://daily.example/"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    with Archive.create(tmp_path / "archive") as archive:
        archive.add(
            [
                *several(8),
                article("chess", 20, url=f"{BASE}old", status="retracted"),
                article("chess", 21, url=f"{BASE}over", expires=datetime(2024, 6, 1, tzinfo=UTC)),
                article("bread", 30, url=f"{BASE}new", links=(f"{BASE}old", f"{BASE}over", f"{BASE}none")),
                article("bread", 31, title='<script>alert("x")</script>', url="/x\u200b"),
            ]
        )
        archive.maintain()
    return tmp_path / "archive"


def run(data: Path, *arguments: str) -> Result:
    return CliRunner().invoke(readmore.cli, ["--data", str(data), *arguments], catch_exceptions=False)


def report_of(data: Path, *arguments: str) -> dict[str, Any]:
    outcome = run(data, "report", "--json", *arguments)
    assert outcome.exit_code == 0
    found: dict[str, Any] = json.loads(outcome.stdout)
    return found


def test_json_is_one_document_with_every_part(data: Path) -> None:
    report = report_of(data)
    assert set(report) == {"archive", "exposure", "sections", "stories", "links", "searches"}
    assert report["archive"]["complete"]
    offered = sum(one["articles"] for one in report["exposure"]["histogram"])
    assert offered == 34, "all but the retracted and the expired one"
    links = report["links"]
    assert [links[why]["count"] for why in ("retracted", "expired", "removed", "missing")] == [1, 1, 0, 1]
    assert links["retracted"]["links"][0]["source"]["id"] == "bread-30"
    assert links["retracted"]["links"][0]["target"]["id"] == "chess-20"
    assert links["missing"]["links"][0]["url"] == f"{BASE}none"


def test_text_fits_eighty_columns(data: Path) -> None:
    outcome = run(data, "report")
    assert outcome.exit_code == 0
    assert max(map(len, outcome.stdout.splitlines())) <= 80
    for part in ("Who is sent where", "wrong section", "Running stories", "1 to retracted articles:"):
        assert part in outcome.stdout


def test_what_is_counted_is_said_and_numbers_agree_with_their_nouns(data: Path) -> None:
    report = report_of(data)
    orphan = report["exposure"]["most_offered"][0]
    report["exposure"]["never_offered"] = {"count": 1, "articles": [orphan]}
    report["stories"]["count"] = 1
    report["sections"] = {"checked": 9, "agreeing_share": 0.9, "doubtful": {"count": 1, "articles": []}}
    for text in (report_text(report), page(report, {})):
        said = " ".join(text.split())
        assert "The block on a page shows fewer of them" in said
        assert "In no list: 1 article" in said
        assert "1 story of three" in said
        assert "1 is not, and its nearest are of one mind" in said
        assert "he one that is in most has" in said  # of so few articles one is more than 1 %
    report["archive"]["articles"] = 150
    for text in (report_text(report), page(report, {})):
        assert "he 1% that are in most have" in " ".join(text.split())
    report["exposure"]["never_offered"] = {"count": 0, "articles": []}
    assert "Every article is in a list" in report_text(report)
    assert "Every article is in a list" in page(report, {})


def test_a_sample_says_that_it_is_one(data: Path) -> None:
    report = report_of(data, "--most", "7", "--limit", "2")
    assert (report["archive"]["asked"], report["archive"]["complete"]) == (7, False)
    assert len(report["exposure"]["never_offered"]["articles"]) <= 2
    assert "found from 7 of them" in report_text(report)
    assert "Found from 7 of them" in page(report, {})


def test_the_page_stands_alone_and_runs_nothing(data: Path, tmp_path: Path) -> None:
    outcome = run(data, "report", "--html", str(tmp_path / "report.html"))
    assert outcome.exit_code == 0
    html = (tmp_path / "report.html").read_text("utf-8")
    assert "<script" not in html
    assert "&lt;script&gt;" in html
    assert not re.search(r"(src|@import|url\(\s*['\"]?http)", html.replace("xlink:href", ""))
    assert set(re.findall(r'<a href="([^"]*)"', html)) <= {
        *(f"#{part}" for part in ("exposure", "sections", "stories", "links")),
        *(BASE + name for name in ("old", "over", "new")),
    }
    for part in ('lang="en"', 'name="viewport"', 'role="img"', "prefers-color-scheme: dark", "@media print"):
        assert part in html
    assert html.count("<svg") >= 2
    assert len(set(re.findall(r'\bid="([^"]*)"', html))) == len(re.findall(r'\bid="([^"]*)"', html))


def test_plots_take_the_colours_of_the_page_and_keep_their_letters(data: Path) -> None:
    report = report_of(data)
    drawn = plots(report)
    assert {"histogram", "evening"} <= set(drawn)
    for svg in drawn.values():
        assert svg.startswith("<svg role=")
        assert "var(--ink)" in svg
        assert "<text" in svg
        assert "#010203" not in svg
    assert plots(report) == drawn, "the same every time"


def test_without_matplotlib_the_page_has_no_plots_and_says_what_to_install(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    outcome = run(data, "report", "--html", str(tmp_path / "report.html"))
    assert outcome.exit_code == 0
    assert "readmore[plots]" in outcome.stderr
    assert "<svg" not in (tmp_path / "report.html").read_text("utf-8")


def test_a_folder_that_is_not_there_is_said_before_the_work(data: Path, tmp_path: Path) -> None:
    outcome = run(data, "report", "--html", str(tmp_path / "no" / "report.html"))
    assert outcome.exit_code != 0
    assert "there is no folder" in outcome.output


def test_an_empty_archive_has_an_empty_report(tmp_path: Path) -> None:
    Archive.create(tmp_path / "none").close()
    report = report_of(tmp_path / "none")
    assert report["exposure"]["most_offered"] == []
    assert report_text(report).startswith("0 articles")
    assert page(report, plots(report)).startswith("<!doctype html>")


def test_offering_more_evenly_is_turned_on_measured_and_turned_off(tmp_path: Path) -> None:
    data = tmp_path / "large"
    with Archive.create(data) as archive:
        archive.add(several(20))
        archive.maintain()
    outcome = run(data, "even", "0.05", "--json")
    answer = json.loads(outcome.stdout)
    assert answer["after"]["offered"] >= answer["before"]["offered"]
    assert answer["after"]["gini"] < answer["before"]["gini"]
    report = report_of(data)
    assert report["exposure"]["penalty"] == 0.05
    assert report["exposure"]["gini"] < answer["before"]["gini"]
    assert "readmore even 0" in report_text(report)
    assert run(data, "even", "0").exit_code == 0
    assert report_of(data)["exposure"]["penalty"] == 0
    assert report_of(data)["exposure"]["gini"] == answer["before"]["gini"]


def test_searches_that_miss_are_reported_where_they_are_counted(data: Path) -> None:
    assert report_of(data)["searches"]["counted"] == 0
    assert "Searches" not in run(data, "report").stdout
    assert "No searches are counted" in run(data, "report", "--searches").stdout
    with EventLog(ArchiveFolder(data)) as log:
        for query, found in (("opennings <b>", 0), ("chess", 9)):
            for second in range(3):
                log.search(query, found, now=time.time() - 100 + 10 * second)
    part = json.loads(run(data, "report", "--searches", "--json").stdout)
    assert part == report_of(data)["searches"]
    assert (part["counted"], part["nothing"]) == (6, 3)
    [missed] = part["missed"]
    assert (missed["query"], missed["times"]) == ("opennings <b>", 3)
    text = run(data, "report", "--searches").stdout
    assert "3 × opennings <b>" in text
    assert max(map(len, text.splitlines())) <= 80
    shown = page(report_of(data), {})
    assert "opennings &lt;b&gt;" in shown
    assert run(data, "report", "--searches", "--html", "x.html").exit_code == 2
