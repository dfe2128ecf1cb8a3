"""What has been set for an archive: read from its folder, and as good as nothing where it is in none."""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path

from indexer.base.archive_folder import ArchiveFolder
from indexer.settings import BLOCK_NUMBERS, BLOCK_SWITCHES, MAX_BLOCK_ITEMS
from recommender.editors.exposure_penalty import save_evenness
from recommender.request.block_rules import BlockRules
from recommender.request.options import MAX_SIZE
from recommender.settings import NOTHING_SET, SettingsReader


def test_an_archive_in_no_folder_and_one_in_an_empty_folder_have_nothing_set(tmp_path: Path) -> None:
    for folder in (None, ArchiveFolder(tmp_path)):
        reader = SettingsReader(folder)
        assert reader.read() == NOTHING_SET
        assert reader.version() == reader.version()
    assert NOTHING_SET.weights is None


def test_whatever_is_set_changes_the_version_and_is_read(tmp_path: Path) -> None:
    folder = ArchiveFolder(tmp_path)
    reader = SettingsReader(folder)
    versions = [reader.version()]
    folder.rules.write_text("- pin: a\n  under: b\n")
    versions.append(reader.version())
    assert set(reader.read().rules.ids()) == {"a", "b"}
    save_evenness(ArchiveFolder(tmp_path), 0.1, {1: 3}, {})
    versions.append(reader.version())
    penalty = reader.read().exposure_penalty
    assert penalty is not None
    assert penalty.penalty == 0.1
    folder.related_weights.write_text(json.dumps({"version": 1, "in_use": True, "weights": {"tfidf": 2.0}}))
    versions.append(reader.version())
    assert reader.read().weights == {"tfidf": 2.0}
    assert len(set(versions)) == 4


def test_rules_that_cannot_be_read_stay_as_they_were_and_the_rest_is_read(tmp_path: Path) -> None:
    folder = ArchiveFolder(tmp_path)
    reader = SettingsReader(folder)
    folder.rules.write_text("- pin: a\n  under: b\n")
    before = reader.read()
    folder.rules.write_text("- pin: [a\n")
    save_evenness(ArchiveFolder(tmp_path), 0.1, {1: 3}, {})
    after = reader.read(before)
    assert after.rules == before.rules
    assert after.rules.rules
    assert after.exposure_penalty is not None
    assert reader.read().rules == NOTHING_SET.rules


def test_what_is_set_of_blocks_is_read_and_a_mistake_leaves_them_as_they_were(tmp_path: Path) -> None:
    folder = ArchiveFolder(tmp_path)
    reader = SettingsReader(folder)
    folder.settings.write_text("[blocks]\nitems = 3\nseries = false\n")
    settings = reader.read()
    assert settings.blocks == BlockRules(items=3, series=False)
    folder.settings.write_text("[blocks]\nitems = 99\n")
    assert reader.read(settings).blocks == settings.blocks


def test_every_setting_of_blocks_is_a_rule_and_every_rule_can_be_set() -> None:
    assert {*BLOCK_NUMBERS, *BLOCK_SWITCHES} == {field.name for field in fields(BlockRules)}
    assert MAX_BLOCK_ITEMS == MAX_SIZE
