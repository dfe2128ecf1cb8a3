"""Whatever happens to a file of an archive: `check` names it, or nothing comes of it; no command ends in a traceback,
and what `check` names, `check --repair` heals.

READMORE_DAMAGE_CASES sets how many damages are tried on each file; `python -m tests.damage.count` counts them.
"""

from __future__ import annotations

import json
import os
import random
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.damage.archive import Outcome, answers, copy, files_of, make, run
from tests.damage.damages import Damage, damages

EACH = int(os.environ.get("READMORE_DAMAGE_CASES", "0"))  # on each file; 0 for a sample over all of them
SAMPLE = 4  # of each group
BY_HAND = ("readmore.toml", "rules.yaml", "assertions.yaml")  # what a person may have meant nobody can tell
GROUPS = {
    "articles.db": 16,
    "embeddings": 6,
    "related": SAMPLE,
    "index": SAMPLE,
    "readers.db": SAMPLE,
    "evenness.json": SAMPLE,
    "evenness.npy": SAMPLE,
}


@dataclass(frozen=True, slots=True)
class Sound:
    """An archive before the damage."""

    folder: Path
    backup: Path
    answers: list[Outcome]
    rebuilt: list[Outcome]  # the answers once the index was built again: a space fitted anew ranks a little differently


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Sound:
    root = tmp_path_factory.mktemp("sound")
    folder, backup = root / "archive", root / "backup"
    make(folder)
    assert run(folder, "check").output == "intact\n"
    assert run(folder, "backup", str(backup)).code == 0
    copy(folder, root / "again")
    assert run(root / "again", "reindex").code == 0
    found = answers(folder)
    assert not any(outcome.code or outcome.traceback for outcome in found)
    return Sound(folder, backup, found, answers(root / "again"))


def chosen(folder: Path, group: str) -> list[Damage]:
    """The damages of a group that are tried."""
    files = [file for file in files_of(folder) if file.split("/")[0] == group]
    every = list(damages(folder, files, EACH or 8, 20240318))
    return every if EACH else random.Random(group).sample(every, min(GROUPS[group], len(every)))


@pytest.mark.slow
@pytest.mark.parametrize("group", GROUPS)
def test_damage_is_named_or_harmless_and_healed(sound: Sound, tmp_path: Path, group: str) -> None:
    folder = tmp_path / "archive"
    for damage in chosen(sound.folder, group):
        copy(sound.folder, folder)
        if not damage.do(folder):
            continue
        checked, found = run(folder, "check"), answers(folder)
        assert not [outcome.traceback for outcome in (checked, *found) if outcome.traceback], damage
        if Path(damage.file).name not in checked.output:
            assert (checked.output, found) == ("intact\n", sound.answers), damage
            continue
        healed = run(folder, "check", "--repair", "--from", str(sound.backup))
        assert not healed.traceback, damage
        assert healed.code == 0 or "note" in healed.output, (damage, healed.output)
        assert answers(folder) in (sound.answers, sound.rebuilt), (damage, healed.output)
        if "note" not in checked.output:
            assert run(folder, "check").output == "intact\n", damage


@pytest.mark.parametrize("file", BY_HAND)
def test_damage_to_what_people_write_ends_no_command_and_comes_back_from_a_backup(
    sound: Sound, tmp_path: Path, file: str
) -> None:
    folder = tmp_path / "archive"
    for damage in damages(sound.folder, [file], 4, 20240319):
        copy(sound.folder, folder)
        damage.do(folder)
        outcomes = [run(folder, "check"), run(folder, "related", "bread-1"), run(folder, "search", "oven")]
        assert not [outcome.traceback for outcome in outcomes if outcome.traceback], damage
        if outcomes[0].code:
            assert file in outcomes[0].output
            assert run(folder, "check", "--repair", "--from", str(sound.backup)).output.endswith("intact\n"), damage
            assert answers(folder) == sound.answers


def test_an_emptied_database_is_an_alarm_for_every_command_and_comes_from_a_backup(
    sound: Sound, tmp_path: Path
) -> None:
    folder = tmp_path / "archive"
    for damage in (Damage("articles.db", "empty", 0, 0), Damage("articles.db", "gone", 0, 0)):
        copy(sound.folder, folder)
        damage.do(folder)
        source = tmp_path / "new.jsonl"
        source.write_text('{"id": "new", "title": "Another loaf"}')
        what = "is empty" if damage.kind == "empty" else "is missing"
        for command in (["reindex"], ["index", str(source)], ["search", "oven"], ["related", "bread-1"], ["status"]):
            outcome = run(folder, *command)
            assert outcome.code == 2, command
            assert f"articles.db: {what}" in outcome.output
            assert "readmore check --repair" in outcome.output
        assert run(folder, "check").code == 1
        refused = run(folder, "check", "--repair")
        assert refused.code == 2
        assert "50 articles cannot be saved" in refused.output
        assert "--from BACKUP" in refused.output
        assert run(folder, "check", "--repair", "--from", str(sound.backup)).output.endswith("intact\n")
        assert answers(folder) in (sound.answers, sound.rebuilt)


def test_one_wrong_byte_in_an_article_is_mended_from_its_own_checksums(sound: Sound, tmp_path: Path) -> None:
    folder = tmp_path / "archive"
    copy(sound.folder, folder)
    _put(folder, b"vieqk vieql", b"vieqk \xffieql")
    checked = run(folder, "check")
    assert "the article violin-4 (number" in checked.output
    assert "can be mended from its checksums" in checked.output
    assert answers(folder) == sound.answers  # mended for every answer meanwhile
    assert run(folder, "reindex").code == 0
    healed = run(folder, "check", "--repair")
    assert "1 article mended by the checksums: violin-4" in healed.output
    assert healed.output.endswith("intact\n")
    assert answers(folder) == sound.rebuilt


def test_an_article_beyond_mending_is_named_and_left_out_and_the_others_go_on(sound: Sound, tmp_path: Path) -> None:
    folder = tmp_path / "archive"
    copy(sound.folder, folder)
    _put(folder, b"vieqk vieql", b"vieqXXXXXXX")
    assert "the article violin-4 is damaged" in run(folder, "show", "violin-4").output
    outcome = run(folder, "search", "rosin OR vibrato", "--limit", "50", "--json")
    assert (outcome.code, outcome.traceback) == (0, "")
    assert '"violin-4"' not in outcome.answer
    assert '"violin-5"' in outcome.answer
    assert run(folder, "reindex").code == 0
    refused = run(folder, "check", "--repair")
    assert refused.code == 2
    assert "1 article cannot be saved from it (violin-4)" in refused.output
    accepted = run(folder, "check", "--repair", "--accept-loss")
    assert "1 article lost: violin-4" in accepted.output
    assert accepted.output.endswith("intact\n")
    assert "no article" in run(folder, "show", "violin-4").output
    source = tmp_path / "violin.jsonl"
    shutil.copy(sound.backup / "articles.db", tmp_path / "former.db")
    source.write_text(run(sound.folder, "show", "violin-4", "--json").answer)
    assert "1 new" in run(folder, "index", str(source)).output
    assert f"source    {source}:1\n" in run(folder, "show", "violin-4").answer
    restored = run(folder, "show", "violin-4").answer.replace(f"source    {source}:1\n", "")
    assert restored == run(sound.folder, "show", "violin-4").answer


def test_articles_of_a_broken_database_are_saved_without_a_backup(sound: Sound, tmp_path: Path) -> None:
    """The first page and the root of the tree are gone, and with them every way to the articles but looking at all."""
    folder = tmp_path / "archive"
    copy(sound.folder, folder)
    path = folder / "articles.db"
    content = path.read_bytes()
    path.write_bytes(bytes(8192) + content[8192:])
    assert run(folder, "search", "oven").code == 2
    healed = run(folder, "check", "--repair")
    assert healed.output.endswith("intact\n"), healed.output
    assert answers(folder) == sound.rebuilt
    assert (folder / "before-restore" / "articles.db").read_bytes()[:8192] == bytes(8192)


def test_kept_vectors_are_made_again_before_the_index_that_has_them_goes(sound: Sound, tmp_path: Path) -> None:
    folder = tmp_path / "archive"
    for kind in ("empty", "gone", "page"):
        copy(sound.folder, folder)
        Damage("embeddings/toy.db", kind, 0.1, 0).do(folder)
        outcome = run(folder, "reindex")
        assert outcome.code == 0
        assert "space toy: its kept vectors were damaged, and made again from those in the index" in outcome.output
        assert run(folder, "check").output == "intact\n"
        assert json.loads(run(folder, "status", "--json").answer)["spaces"]["toy"]["ready"] == 49


def _put(folder: Path, before: bytes, after: bytes) -> None:
    path = folder / "articles.db"
    content = path.read_bytes()
    assert before in content  # SQLite may have more than one copy of a page
    path.write_bytes(content.replace(before, after))
