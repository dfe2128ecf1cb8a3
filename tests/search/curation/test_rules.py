"""The editors' rules as a file: what is understood, what is refused by its line, how it is changed."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from indexer.base.archive_folder import ArchiveFolder
from search.curation import rules
from search.curation.rules import (
    Forbidden,
    ForbiddenKind,
    NeverOffered,
    Pin,
    Quota,
    parse_rules,
    read_rules,
    unknown_articles,
)
from search.curation.rules_file import add_rule, remove_rules
from search.curation.yaml_entries import FileError

ALL = """# the moon desk
- pin: moon-2
  under: moon-1
  position: 3
  until: 2026-12-31
- forbid: [moon-1, moon-7]   # see the correction
- forbid:
    - 2024-02-22
    - 007
  one_way: true
- forbid_sections: [NO, MONEY]
- forbid_sites: [Daily, Weekly]
- never_offer: moon-9
  from: 2026-01-01
- at_most: 2
  site: Weekly
- {at_most: 25%, section: '*'}
"""


def test_every_kind_of_rule_is_understood_and_values_stay_as_written() -> None:
    found = parse_rules(ALL)
    assert found.problems == ()
    assert list(found.rules) == [
        Pin("moon-2", "moon-1", 3, datetime(2026, 12, 31, 23, 59, 59, 999999, UTC), 2),
        Forbidden("moon-1", "moon-7", False, 6),
        Forbidden("2024-02-22", "007", True, 7),
        ForbiddenKind("section", "NO", "MONEY", False, 11),
        ForbiddenKind("site", "Daily", "Weekly", False, 12),
        NeverOffered("moon-9", datetime(2026, 1, 1, tzinfo=UTC), 13),
        Quota("site", "Weekly", 2, None, 15),
        Quota("section", "*", None, 0.25, 17),
    ]


@pytest.mark.parametrize(
    ("entry", "line", "said"),
    [
        ("- pin: b", 1, "'under' is missing"),
        ("- pin: a\n  under: a", 1, "under itself"),
        ("- pin: b\n  under: a\n  position: 0", 3, "from 1 to 100"),
        ("- pin: b\n  under: a\n  position: first", 3, "from 1 to 100"),
        ("- pin: b\n  under: a\n  until: soon", 3, "a date like 2024-12-31"),
        ("- pin: b\n  under: a\n  postion: 2", 3, "'postion' is not known here"),
        ("- pin: [a, b]\n  under: a", 1, "one word or one line"),
        ("- forbid: a", 1, "two values"),
        ("- forbid: [a, b, c]", 1, "two values"),
        ("- forbid: [a, b]\n  one_way: perhaps", 2, "true or false"),
        ("- at_most: many\n  site: x", 1, "a share like 25%"),
        ("- at_most: 101%\n  site: x", 1, "a share like 25%"),
        ("- at_most: 2", 1, "name one of them"),
        ("- at_most: 2\n  site: x\n  section: y", 1, "name one of them"),
        ("- under: a", 1, "no rule"),
        ("- a", 1, "not an entry"),
        ("- {}", 1, "no rule"),
        ("- pin: b\n  pin: c\n  under: a", 1, "a key is there twice"),
    ],
)
def test_a_wrong_entry_is_named_by_its_line_and_costs_nothing_else(entry: str, line: int, said: str) -> None:
    found = parse_rules(f"{entry}\n- forbid: [x, y]\n")
    assert [type(rule) for rule in found.rules] == [Forbidden]
    assert [problem.line for problem in found.problems] == [line]
    assert said in found.problems[0].message


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("pin: a\nunder: b\n", "line 1: not a list"),
        ("- forbid: [a, b\n- forbid: [c, d]\n", "line 2"),
        ("- forbid: \tx: y: [", "line 1"),
        ("just words", "not a list"),
        ("[" * 5000, "not valid YAML"),
    ],
)
def test_a_file_that_is_no_list_is_one_error_with_its_line(text: str, said: str) -> None:
    with pytest.raises(FileError, match=said) as caught:
        parse_rules(text, "rules.yaml")
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith("rules.yaml")


def test_an_alias_that_leads_back_to_itself_is_no_rule() -> None:
    assert parse_rules("- &a {forbid: *a}\n").rules == ()


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "---\n"])
def test_an_empty_file_has_no_rules(text: str) -> None:
    assert (parse_rules(text).rules, parse_rules(text).problems) == ((), ())


def test_a_pin_that_another_rule_forbids_is_warned_about() -> None:
    found = parse_rules("- pin: b\n  under: a\n- forbid: [b, a]\n")
    assert [(problem.line, problem.fatal) for problem in found.problems] == [(1, False)]
    assert "line 3 forbids it" in found.problems[0].message
    assert parse_rules("- pin: b\n  under: a\n- forbid: [b, a]\n  one_way: true\n").problems == ()


def test_articles_that_are_not_there_are_warned_about_with_their_line() -> None:
    found = unknown_articles(parse_rules(ALL), {"moon-1": 1, "moon-2": 2, "moon-9": 3})
    assert [(problem.line, problem.fatal) for problem in found] == [(6, False), (7, False), (7, False)]
    assert "'moon-7'" in found[0].message


def test_every_rule_that_is_added_reads_back_as_it_was(tmp_path: Path) -> None:
    rules = [
        *parse_rules(ALL).rules,
        ForbiddenKind("section", "A: 'b', #c", "[x] & *y", False),
        Pin("b", "a", 1, datetime(2026, 12, 31, 12, 30, tzinfo=UTC)),
        NeverOffered("c", datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC)),
        Quota("site", "- Élysée", None, 1.0),
    ]
    for rule in rules:
        assert add_rule(ArchiveFolder(tmp_path), rule)
        assert not add_rule(ArchiveFolder(tmp_path), rule)
    assert [to_plain(rule) for rule in read_rules(ArchiveFolder(tmp_path)).rules] == [to_plain(rule) for rule in rules]


def to_plain(rule: object) -> str:
    return repr(rule).rsplit(", line=", 1)[0]


def test_taking_out_a_rule_leaves_the_rest_of_the_file_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text(ALL, "utf-8")
    removed = remove_rules(ArchiveFolder(tmp_path), lambda rule: isinstance(rule, Forbidden))
    assert len(removed) == 2
    lines = ALL.splitlines(keepends=True)
    assert path.read_text("utf-8") == "".join(lines[:5] + lines[10:])


def test_adding_to_a_file_without_a_last_line_end(tmp_path: Path) -> None:
    (tmp_path / "rules.yaml").write_text("- forbid: [a, b]", "utf-8")
    add_rule(ArchiveFolder(tmp_path), Forbidden("c", "d"))
    assert [
        (rule.first, rule.line) for rule in read_rules(ArchiveFolder(tmp_path)).rules if isinstance(rule, Forbidden)
    ] == [
        ("a", 1),
        ("c", 2),
    ]


FLOW = "[{forbid: [a, b]}, {forbid: [c, d]}]\n"


@pytest.mark.parametrize("text", [FLOW, "- {forbid: [a, b]}\n...\n"])
def test_a_file_that_cannot_be_added_to_is_left_as_it_is(tmp_path: Path, text: str) -> None:
    (tmp_path / "rules.yaml").write_text(text, "utf-8")
    with pytest.raises(FileError, match="by hand"):
        add_rule(ArchiveFolder(tmp_path), Forbidden("e", "f"))
    assert (tmp_path / "rules.yaml").read_text("utf-8") == text


@pytest.mark.parametrize("text", [FLOW, "-\n  forbid: [a, b]\n- forbid: [c, d]\n"])
def test_a_rule_that_cannot_be_cut_out_by_lines_is_left_where_it_is(tmp_path: Path, text: str) -> None:
    (tmp_path / "rules.yaml").write_text(text, "utf-8")
    with pytest.raises(FileError, match="by hand"):
        remove_rules(ArchiveFolder(tmp_path), lambda rule: isinstance(rule, Forbidden) and rule.first == "a")
    assert (tmp_path / "rules.yaml").read_text("utf-8") == text


def test_rules_that_were_wrong_stay_where_they_are_when_others_change(tmp_path: Path) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text("- forbid: [a]\n- forbid: [c, d]\n", "utf-8")
    remove_rules(ArchiveFolder(tmp_path), lambda rule: True)
    add_rule(ArchiveFolder(tmp_path), Forbidden("e", "f"))
    assert path.read_text("utf-8") == "- forbid: [a]\n- forbid: [e, f]\n"


@pytest.mark.parametrize("content", [b"\xff\xfe- x", b"- a: \x00b\n"])
def test_bytes_that_are_no_text_are_one_error(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "rules.yaml").write_bytes(content)
    with pytest.raises(FileError, match=r"rules\.yaml"):
        read_rules(ArchiveFolder(tmp_path))


def test_of_too_many_rules_those_beyond_are_left_out_and_named_by_their_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "MAX_ENTRIES", 3)
    text = "".join(f"- never_offer: moon-{number}\n" for number in range(5))
    (tmp_path / "rules.yaml").write_text(text)
    read = read_rules(ArchiveFolder(tmp_path))
    assert [rule.line for rule in read.rules] == [1, 2, 3]
    assert [(problem.line, problem.fatal) for problem in read.problems] == [(4, True)]
    assert "more than 3 rules" in read.problems[0].message
