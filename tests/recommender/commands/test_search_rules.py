"""`readmore rules` for searches, as an editor meets it; `readmore assert` and `reindex` on what queries must find."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import readmore
from indexer.base.errors import ReadmoreError
from tests.recommender.command import run

MOON, FROST = "2024-02-22-odysseus-lands", "2024-05-15-vineyard-frost"


def found(data: Path, query: str) -> list[str]:
    return [hit["id"] for hit in json.loads(run(data, "search", query, "--json", "--limit", "100").stdout)["hits"]]


def test_what_is_set_holds_from_the_next_search_on_and_can_be_taken_back(data: Path) -> None:
    before = found(data, "moon landing")
    assert "place 2 is for" in run(data, "rules", "promote", "moon landing", FROST, "--position", "2").stdout
    assert "about searches and related articles" in (data / "rules.yaml").read_text("utf-8").splitlines()[0]
    assert "hidden from 'moon landing'" in run(data, "rules", "hide", before[0], "--query", "moon landing").stdout
    after = found(data, "moon landing")
    assert after[1] == FROST
    assert before[0] not in after
    assert "is so already" in run(data, "rules", "hide", before[0], "--query", "moon landing").stdout
    rules = json.loads(run(data, "rules", "--json").stdout)["rules"]
    assert [rule["line"] for rule in rules] == [3, 6]
    for line in (6, 3):
        assert "no longer" in run(data, "rules", "drop", str(line)).stdout
    assert found(data, "moon landing") == before
    run(data, "rules", "drop", "1", status=1)


def test_synonyms_stop_words_boosts_and_redirects(data: Path) -> None:
    run(data, "rules", "synonyms", "moonship", "lander", "--one-way")
    assert set(found(data, "+moonship +moon")) == set(found(data, "+lander +moon"))
    assert "also finds 'lander'" in run(data, "rules").stdout
    run(data, "rules", "stop-words", "latest")
    assert found(data, "latest moon") == found(data, "moon")
    run(data, "rules", "boost", "10", "--section", "MARS")
    answer = json.loads(run(data, "search", "moon", "--json", "--limit", "1").stdout)
    assert answer["hits"][0]["section"] == "MARS"
    run(data, "rules", "redirect", "tickets", "/tickets", "--until", "2990-01-01")
    assert json.loads(run(data, "search", "Tickets!", "--json").stdout)["redirect"] == "/tickets"
    assert "leads to /tickets" in run(data, "search", "tickets").stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("synonyms", "ev"), "two words or more"),
        (("stop-words", "two words"), "single words"),
        (("boost", "0", "--site", "Perihelion"), "from 0.1"),
        (("boost", "2"), "name one of --section"),
        (("boost", "2", "--site", "Perihelion", "--query", "x", "--only", "related"), "without a query"),
        (("redirect", "tickets", "javascript:alert(1)"), "an address like"),
        (("promote", "?!", FROST), "no word in it"),
        (("hide", FROST, "--from", "2024-02-02", "--until", "2024-01-01"), "comes before"),
    ],
)
def test_what_cannot_be_is_refused_and_not_written(data: Path, arguments: tuple[str, ...], said: str) -> None:
    result = run(data, "rules", *arguments, status=2)
    assert said in " ".join(result.stderr.split())
    assert not (data / "rules.yaml").exists()


def test_an_article_that_is_not_there_is_refused(data: Path) -> None:
    with pytest.raises(ReadmoreError, match="no article with the id or URL 'nobody'"):
        run(data, "rules", "promote", "moon", "nobody")


def test_boosts_are_for_related_articles_too_unless_they_say_otherwise(data: Path) -> None:
    def related() -> list[str]:
        answer = json.loads(run(data, "related", MOON, "--json", "--limit", "20").stdout)
        return [item["id"] for item in answer["related"]]

    before = related()
    (data / "rules.yaml").write_text("- boost: 10\n  section: MARS\n  only: searches\n", "utf-8")
    assert related() == before
    with readmore.open(data) as archive:
        other = next(one for one in before if archive.article(one).section not in ("MOON", ""))
        section = archive.article(other).section
    (data / "rules.yaml").write_text(f"- boost: 10\n  section: {section}\n", "utf-8")
    assert related().index(other) < before.index(other)
    (data / "rules.yaml").write_text(f"- boost: 10\n  section: {section}\n  until: 2001-01-01\n", "utf-8")
    assert related() == before


ASSERTIONS = f"""- {{query: odysseus moon, has: {MOON}, among_first: 10}}
- {{query: odysseus moon, has: {FROST}}}
- {{query: odysseus moon, has_not: {FROST}}}
- {{query: odysseus moon, has_not: {MOON}}}
- {{query: moon, at_least: 10, at_most: 100}}
- {{query: moon, at_least: 1000}}
- {{query: moon, at_most: 3}}
- {{query: tickets, redirects_to: /tickets}}
- {{query: moon}}
- {{query: moon, has: {MOON}, at_least: 3}}
- {{query: moon, has: nobody}}
- {{query: moon, redirects_to: 'javascript:x'}}
"""


def test_assertions_about_queries(data: Path) -> None:
    (data / "assertions.yaml").write_text(ASSERTIONS, "utf-8")
    answer = json.loads(run(data, "assert", "--json", status=1).stdout)
    holds = [one["holds"] for one in answer["assertions"]]
    assert holds == [True, False, True, False, True, False, False, False, False, False, False, False]
    seen = [one["seen"] for one in answer["assertions"]]
    assert seen[7] == "it leads nowhere"
    assert "has what?" in seen[8] or "a query has" in seen[8]
    assert "'at_least' is not known here" in seen[9]
    assert "nobody" in seen[10]
    run(data, "rules", "redirect", "tickets", "/tickets")
    run(data, "rules", "hide", MOON)
    answer = json.loads(run(data, "assert", "--json", status=1).stdout)
    assert [one["holds"] for one in answer["assertions"]][:8] == [False, False, True, True, True, False, False, True]


def test_a_reindex_that_breaks_one_does_not_go_live(data: Path) -> None:
    (data / "assertions.yaml").write_text(f"- query: odysseus\n  has: {MOON}\n", "utf-8")
    run(data, "reindex")
    (data / "rules.yaml").write_text(f"- hide: {MOON}\n", "utf-8")
    with readmore.open_engine(data) as engine:
        generation = engine.index().generation
    result = run(data, "reindex", status=1)
    assert f"'odysseus' finds {MOON} among its first 10: not found" in " ".join(result.stderr.split())
    with readmore.open_engine(data) as engine:
        assert engine.index().generation == generation
