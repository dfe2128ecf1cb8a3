"""The history of the rules: who, what, when; any change taken back, nothing of somebody else's with it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from indexer.base.archive_folder import ArchiveFolder
from indexer.base.errors import DamagedError, WriteError
from search.curation import rules_file, rules_history
from search.curation.rules import NeverOffered, Pin, read_rules
from search.curation.rules_file import (
    RulesChangedError,
    add_rule,
    edit_rules,
    notice_changes_by_hand,
    remove_rules,
    tag_of,
    text_of,
    undo,
)
from search.curation.rules_history import BY_HAND, UndoError, changes
from search.curation.rules_text import Step, edited, with_rule
from search.curation.search_rules import Synonyms
from search.curation.yaml_entries import FileError

A, B = Pin("a", "under"), Pin("b", "under", 2)


@pytest.fixture
def folder(tmp_path: Path) -> ArchiveFolder:
    return ArchiveFolder(tmp_path)


def test_who_changed_what_is_kept_the_last_first(folder: ArchiveFolder) -> None:
    add_rule(folder, A, by="Anna")
    add_rule(folder, B, by="Bruno")
    remove_rules(folder, lambda rule: rule == Pin("a", "under", line=rule.line), by="Carla")
    found = changes(folder)
    assert [(change.number, change.who) for change in found] == [(3, "Carla"), (2, "Bruno"), (1, "Anna")]
    assert found[2].before == ""
    assert found[0].after == text_of(folder)
    assert found[0].before == found[1].after
    assert found[0].at >= found[1].at >= found[2].at > 0


def test_what_changes_nothing_is_no_change(folder: ArchiveFolder) -> None:
    add_rule(folder, A, by="Anna")
    assert not add_rule(folder, A, by="Bruno")
    assert len(changes(folder)) == 1


def test_who_runs_the_process_did_it_where_nobody_is_named(folder: ArchiveFolder) -> None:
    add_rule(folder, A)
    assert changes(folder)[0].who == rules_file.user_name() != ""


def test_a_change_by_hand_is_noticed_with_the_next_one(folder: ArchiveFolder) -> None:
    add_rule(folder, A, by="Anna")
    folder.rules.write_text("- never_offer: c\n")
    add_rule(folder, B, by="Bruno")
    assert [change.who for change in changes(folder)] == ["Bruno", BY_HAND, "Anna"]
    folder.rules.write_text("")
    notice_changes_by_hand(folder)
    notice_changes_by_hand(folder)
    assert [change.who for change in changes(folder)] == [BY_HAND, "Bruno", BY_HAND, "Anna"]


def test_the_last_change_is_taken_back_to_the_letter(folder: ArchiveFolder) -> None:
    before = "# ours\n-   pin: a   # odd\n    under: under\n\n\n# end"
    folder.rules.write_text(before)
    add_rule(folder, B, by="Anna")
    undo(folder, 1, by="Bruno")
    assert folder.rules.read_text() == before
    undo(folder, 2, by="Anna")  # and that, too
    assert len(read_rules(folder).rules) == 2


def test_an_older_change_is_taken_back_and_nothing_else(folder: ArchiveFolder) -> None:
    add_rule(folder, A, by="Anna")
    add_rule(folder, B, by="Bruno")
    add_rule(folder, NeverOffered("c"), by="Carla")
    undo(folder, 2)
    assert [type(rule).__name__ for rule in read_rules(folder).rules] == ["Pin", "NeverOffered"]
    assert "pin: a" in text_of(folder)
    with pytest.raises(UndoError, match="changed again since"):
        undo(folder, 2)


def test_a_replaced_rule_is_put_back(folder: ArchiveFolder) -> None:
    add_rule(folder, A)
    add_rule(folder, Pin("a", "under", 3))
    add_rule(folder, NeverOffered("c"))
    undo(folder, 2)
    assert [rule.position for rule in read_rules(folder).rules if isinstance(rule, Pin)] == [1]


def test_what_was_changed_again_is_not_taken_back_under_it(folder: ArchiveFolder) -> None:
    add_rule(folder, A)
    add_rule(folder, Pin("a", "under", 3))
    add_rule(folder, Pin("a", "under", 5))
    with pytest.raises(UndoError, match="later change first"):
        undo(folder, 2)
    assert [rule.position for rule in read_rules(folder).rules if isinstance(rule, Pin)] == [5]


def test_a_change_that_is_not_there_is_named(folder: ArchiveFolder) -> None:
    with pytest.raises(UndoError, match="no change 7"):
        undo(folder, 7)


def test_rules_of_another_tag_are_left_alone(folder: ArchiveFolder) -> None:
    add_rule(folder, A)
    old = tag_of(text_of(folder))
    add_rule(folder, B)
    with pytest.raises(RulesChangedError):
        edit_rules(folder, [Step(NeverOffered("c"))], tag=old)
    assert len(read_rules(folder).rules) == 2
    edit_rules(folder, [Step(NeverOffered("c")), Step(A, drop=True)], tag=tag_of(text_of(folder)))
    assert len(read_rules(folder).rules) == 2


def test_what_could_not_be_written_did_not_happen(folder: ArchiveFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    add_rule(folder, A)

    def full(*_: object) -> None:
        raise WriteError("no room")

    monkeypatch.setattr(rules_file, "replace_file", full)
    with pytest.raises(WriteError):
        add_rule(folder, B)
    assert len(changes(folder)) == 1


def test_the_oldest_changes_are_forgotten(folder: ArchiveFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules_history, "MOST_CHANGES", 3)
    for number in range(6):
        add_rule(folder, NeverOffered(f"a{number}"))
    assert [change.number for change in changes(folder)] == [6, 5, 4]
    with sqlite3.connect(folder.rules_history) as db:
        assert db.execute("SELECT COUNT(*) FROM texts").fetchone()[0] == 4
    db.close()
    monkeypatch.setattr(rules_history, "MOST_BYTES", 1)
    add_rule(folder, NeverOffered("b"))
    assert [change.number for change in changes(folder)] == [7]


def test_a_file_that_is_no_history_is_named(folder: ArchiveFolder) -> None:
    folder.rules_history.write_bytes(b"no database" * 100)
    with pytest.raises(DamagedError, match="history of the rules"):
        changes(folder)
    with pytest.raises(DamagedError):
        add_rule(folder, A)
    assert text_of(folder) == ""


def test_a_rule_comes_into_the_place_of_the_one_it_replaces() -> None:
    text = "# one\n- pin: a\n  under: under\n# two\n- synonyms: [ev, car]\n- pin: a\n  under: under\n  position: 9\n"
    changed = with_rule(text, Pin("a", "under", 4))
    assert changed == "# one\n- pin: a\n  under: under\n  position: 4\n# two\n- synonyms: [ev, car]\n"


def test_steps_are_made_one_after_the_other() -> None:
    text = edited("", [Step(A), Step(B), Step(A, drop=True), Step(Synonyms(("ev", "car")))])
    assert text.endswith("- pin: b\n  under: under\n  position: 2\n- synonyms: [ev, car]\n")
    with pytest.raises(FileError, match="by hand"):
        edited("[{pin: a, under: under}]", [Step(A, drop=True)])
