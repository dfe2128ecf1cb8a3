"""The editors' rules about searches as a file: what is understood, what is refused by its line, how it is written."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from indexer.base.archive_folder import ArchiveFolder
from search.curation.description import described
from search.curation.query_condition import Period, QueryCondition
from search.curation.rules import parse_rules, read_rules, to_fields, unknown_articles
from search.curation.rules_file import add_rule, remove_rules
from search.curation.rules_reader import RulesReader
from search.curation.search_rules import Boost, Hidden, QueryPin, Redirect, StopWords, Synonyms

ALL = """- synonyms: [ev, electric vehicle, NO]
- synonyms: [battery car, ev]
  one_way: true
- stop_words: [news, latest]
- pin: moon-1
  query: [Moon landing, luna]
  position: 3
  from: 2024-01-01
  until: 2026-12-31
- hide: moon-2
  pattern: moon*
- hide: moon-3
- boost: 1.5
  section: MOON
  only: searches
- boost: 0.5
  older_than: 2 years
  query: launch
- redirect: https://example.org/moon
  pattern: '* tickets'
"""
PERIOD = Period(datetime(2024, 1, 1, tzinfo=UTC), datetime(2026, 12, 31, 23, 59, 59, 999999, UTC))
RULES = [
    Synonyms(("ev", "electric vehicle", "NO"), False, 1),
    Synonyms(("battery car", "ev"), True, 2),
    StopWords(("news", "latest"), 4),
    QueryPin("moon-1", QueryCondition(("Moon landing", "luna")), 3, PERIOD, 5),
    Hidden("moon-2", QueryCondition((), ("moon*",)), line=10),
    Hidden("moon-3", line=12),
    Boost(1.5, "section", "MOON", only="searches", line=13),
    Boost(0.5, "older_than", "730", QueryCondition(("launch",)), line=16),
    Redirect("https://example.org/moon", QueryCondition((), ("* tickets",)), line=19),
]


def test_every_kind_of_rule_is_understood_and_values_stay_as_written() -> None:
    found = parse_rules(ALL)
    assert found.problems == ()
    assert list(found.rules) == RULES
    assert found.ids() == ["moon-1", "moon-2", "moon-3"]


@pytest.mark.parametrize(
    ("entry", "line", "said"),
    [
        ("- synonyms: ev", 1, "two words or more"),
        ("- synonyms: [ev, EV]", 1, "a word twice"),
        ("- synonyms: [ev, '!!']", 1, "no word in it"),
        ("- synonyms: [ev, a b c d e f g h i j k]", 1, "10 words at most"),
        ("- synonyms: []", 1, "1 to 1000 values"),
        ("- synonyms: [a, b]\n  oneway: true", 2, "'oneway' is not known here"),
        ("- stop_words: [two words]", 1, "single words"),
        ("- pin: a\n  position: 2", 1, "'under' is missing"),
        ("- pin: a\n  query: moon\n  under: b", 3, "'under' is not known here"),
        ("- pin: a\n  query: moon\n  position: 0", 3, "from 1 to 100"),
        ("- pin: a\n  query: '...'", 1, "no word in it"),
        ("- pin: a\n  query: moon*", 1, "write 'pattern'"),
        ("- hide: a\n  from: 2024-02-02\n  until: 2024-02-01", 1, "'until' comes before 'from'"),
        ("- hide: a\n  from: soon", 2, "a date like 2024-12-31"),
        ("- boost: 0\n  section: x", 1, "'hide' takes an article out"),
        ("- boost: 11\n  section: x", 1, "from 0.1 (far down) to 10"),
        ("- boost: nan\n  section: x", 1, "not 'nan'"),
        ("- boost: 2", 1, "name one of them"),
        ("- boost: 2\n  section: x\n  site: y", 1, "name one of them"),
        ("- boost: 2\n  newer_than: a while", 1, "an age like 30 days"),
        ("- boost: 2\n  section: x\n  only: blocks", 1, "must be searches or related"),
        ("- boost: 2\n  section: x\n  only: related\n  query: y", 1, "without a query"),
        ("- redirect: /a", 1, "for which queries?"),
        ("- redirect: javascript:alert(1)\n  query: a", 1, "an address like"),
        ("- redirect: //evil.example/a\n  query: a", 1, "an address like"),
        ("- redirect: 'https://a b'\n  query: a", 1, "an address like"),
    ],
)
def test_a_wrong_entry_is_named_by_its_line_and_costs_nothing_else(entry: str, line: int, said: str) -> None:
    found = parse_rules(f"{entry}\n- stop_words: news\n")
    assert [type(rule) for rule in found.rules] == [StopWords]
    assert [problem.line for problem in found.problems] == [line]
    assert said in found.problems[0].message


def test_rules_that_come_to_nothing_are_warned_about() -> None:
    text = "- pin: a\n  query: moon\n- hide: a\n- redirect: /x\n  query: moon\n- redirect: /y\n  query: moon\n"
    found = parse_rules(text)
    assert [(problem.line, problem.fatal) for problem in found.problems] == [(1, False), (6, False)]
    assert "line 3 hides it" in found.problems[0].message
    assert "line 4 sends the query elsewhere" in found.problems[1].message
    assert [problem.line for problem in unknown_articles(found, {})] == [1, 3]


def test_what_is_written_reads_as_the_same_rules(tmp_path: Path) -> None:
    folder = ArchiveFolder(tmp_path)
    for rule in RULES:
        assert add_rule(folder, rule)
        assert not add_rule(folder, rule)
    written = read_rules(folder)
    assert [to_fields(rule) for rule in written.rules] == [to_fields(rule) for rule in RULES]
    assert written.problems == ()
    assert remove_rules(folder, lambda rule: isinstance(rule, Hidden)) == [
        rule for rule in written.rules if isinstance(rule, Hidden)
    ]
    assert len(read_rules(folder).rules) == len(RULES) - 2


def test_rules_in_sentences() -> None:
    assert [described(rule) for rule in RULES] == [
        "'ev', 'electric vehicle' and 'NO' find each other",
        "'battery car' also finds 'ev'",
        "'news' and 'latest' are not searched for beside other words",
        "for 'Moon landing' and 'luna', place 3 is for moon-1, from 2024-01-01, until 2026-12-31",
        "moon-2 is hidden from queries like 'moon*'",
        "moon-3 is hidden from all queries",
        "articles of the section MOON count 1.5 times as much, only searches",
        "for 'launch': articles older than 730 days count 0.5 times as much",
        "queries like '* tickets' lead to https://example.org/moon",
    ]


def test_a_file_is_read_again_when_it_has_changed_and_a_slip_changes_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    reader = RulesReader(ArchiveFolder(tmp_path))
    assert reader().rules == ()
    (tmp_path / "rules.yaml").write_text("- stop_words: news\n", "utf-8")
    first = reader()
    assert len(first.rules) == 1
    assert reader() is first
    (tmp_path / "rules.yaml").write_text("- [", "utf-8")
    assert reader().rules == first.rules
    assert "stay in force" in caplog.text
    (tmp_path / "rules.yaml").unlink()
    assert reader().rules == ()
