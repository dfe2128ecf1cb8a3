"""`readmore rules` as an editor meets it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import readmore
from indexer.base.errors import ReadmoreError
from tests.recommender.command import run

MOON, FROST = "2024-02-22-odysseus-lands", "2024-05-15-vineyard-frost"


def related(data: Path, of: str) -> list[str]:
    return [item["id"] for item in json.loads(run(data, "related", of, "--json").stdout)["related"]]


def test_pin_and_forbid_and_what_takes_them_back(data: Path) -> None:
    before = related(data, MOON)
    assert "place 2 is for" in run(data, "rules", "pin", MOON, FROST, "--position", "2").stdout
    run(data, "rules", "forbid", MOON, before[0])
    after = related(data, MOON)
    assert after[1] == FROST
    assert before[0] not in after
    assert "is so already" not in run(data, "rules", "pin", MOON, FROST).stdout
    assert related(data, MOON)[0] == FROST
    run(data, "rules", "unpin", MOON, FROST)
    assert "no longer" in run(data, "rules", "allow", before[0], MOON).stdout
    assert related(data, MOON) == before


def test_an_article_offered_nowhere(data: Path) -> None:
    gone = related(data, MOON)[0]
    run(data, "rules", "forbid", gone, "--from", "2024-12-31")
    assert gone not in related(data, MOON)
    run(data, "rules", "allow", gone)
    assert gone in related(data, MOON)


def test_quotas_and_forbidden_sections(data: Path) -> None:
    run(data, "rules", "quota", "1", "--section", "MOON")
    run(data, "rules", "quota", "2", "--section", "MOON")
    run(data, "rules", "forbid", "--section", "MOON", "--section", "MARS", "--one-way")
    record = json.loads(run(data, "rules", "--json").stdout)
    assert [{k: v for k, v in rule.items() if k != "line"} for rule in record["rules"]] == [
        {"at_most": "2", "section": "MOON"},
        {"forbid_sections": ["MOON", "MARS"], "one_way": True},
    ]
    run(data, "rules", "quota", "none", "--section", "MOON")
    run(data, "rules", "allow", "--section", "MARS", "--section", "MOON")
    assert json.loads(run(data, "rules", "--json").stdout)["rules"] == []


def test_what_is_wrong_is_named_by_its_line_and_the_status_says_so(data: Path) -> None:
    (data / "rules.yaml").write_text("- forbid: [a]\n- never_offer: nobody\n", "utf-8")
    outcome = run(data, "rules", status=1)
    assert "wrong, left out: line 1:" in outcome.stderr
    assert "warning: line 2: no article with the id or URL 'nobody'" in outcome.stderr
    assert "nobody is offered nowhere" in outcome.stdout
    record = json.loads(run(data, "rules", "--json", status=1).stdout)
    assert [problem["kind"] for problem in record["problems"]] == ["error", "warning"]
    (data / "rules.yaml").write_text("- never_offer: nobody\n", "utf-8")
    run(data, "rules")


def test_lines_fit_eighty_columns_and_ids_stay_whole(data: Path) -> None:
    run(data, "rules", "pin", MOON, FROST, "--until", "2099-12-31")
    text = run(data, "rules").stdout.split("\n", 1)[1]  # the first line has the path
    assert max(map(len, text.splitlines())) <= 80
    assert FROST in text
    assert MOON in text


def test_an_unknown_article_is_refused_and_nothing_is_written(data: Path) -> None:
    with pytest.raises(ReadmoreError, match="no-such"):
        run(data, "rules", "forbid", MOON, "no-such")
    assert not (data / "rules.yaml").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ["forbid"],
        ["forbid", "a", "b", "c"],
        ["forbid", "--section", "x"],
        ["forbid", MOON, "--section", "x", "--section", "y"],
        ["forbid", MOON, FROST, "--from", "2024-01-01"],
        ["forbid", MOON, "--one-way"],
        ["pin", MOON, FROST, "--until", "whenever"],
        ["pin", MOON, FROST, "--position", "0"],
        ["quota", "2"],
        ["quota", "2", "--site", "x", "--section", "y"],
        ["allow"],
    ],
)
def test_arguments_that_make_no_rule_are_a_usage_error(data: Path, arguments: list[str]) -> None:
    run(data, "rules", *arguments, status=2)
    assert not (data / "rules.yaml").exists()


def test_what_is_no_rule_for_other_reasons_is_one_error(data: Path) -> None:
    with pytest.raises(ReadmoreError, match="under itself"):
        run(data, "rules", "pin", MOON, MOON)
    with pytest.raises(ReadmoreError, match="25%"):
        run(data, "rules", "quota", "lots", "--site", "x")


def test_taking_back_what_is_not_there_is_status_1(data: Path) -> None:
    assert "no such rule" in run(data, "rules", "unpin", MOON, FROST, status=1).stderr


def test_python_has_the_same_calls(data: Path) -> None:
    with readmore.open(data) as archive:
        archive.editors.pin(MOON, FROST)
        assert archive.related(MOON).related[0].article.id == FROST
        assert len(archive.editors.rules().rules) == 1
        archive.editors.unpin(MOON, FROST)
        assert archive.related(MOON).related[0].article.id != FROST
