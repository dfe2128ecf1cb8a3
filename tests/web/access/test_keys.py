"""Keys: made, found, withdrawn, and never kept as they are."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner

from indexer.archive import Archive
from indexer.article.article import Article
from indexer.base.archive_folder import ArchiveFolder
from indexer.base.json_setting import SettingError
from readmore import cli
from web.access.keys import ADMIN, EDIT, SEARCH, WRITE, KeyReader, Keys, KeysError, add_key, read_keys, withdraw_key


@pytest.fixture
def folder(tmp_path: Path) -> ArchiveFolder:
    return ArchiveFolder(tmp_path)


def test_a_key_is_found_by_all_of_it_and_by_nothing_less(folder: ArchiveFolder) -> None:
    key, token = add_key(folder, "the content system", [WRITE])
    _, other = add_key(folder, "another", [WRITE])
    keys = Keys(read_keys(folder))

    assert keys.find(token) == key
    wrong = ["", key.id, f"rm_{key.id}_", token[:-1], f"{token}x", token.upper(), token.replace(key.id, "0" * 8)]
    wrong += [f"rm_{key.id}_{other.rpartition('_')[2]}", "x" * 100_000, "\ud800", "rm_"]
    assert [keys.find(each) for each in wrong] == [None] * len(wrong)


def test_the_file_has_hashes_and_only_its_owner_may_read_it(folder: ArchiveFolder) -> None:
    _, token = add_key(folder, "reader", [SEARCH], per_second=5)

    assert token.rpartition("_")[2] not in folder.keys.read_text()
    assert stat.S_IMODE(folder.keys.stat().st_mode) == 0o600
    (record,) = json.loads(folder.keys.read_text())["keys"]
    assert set(record) == {"id", "name", "scopes", "created", "digest", "per_second"}


def test_a_withdrawn_key_is_good_for_nothing_from_the_next_request_on(folder: ArchiveFolder) -> None:
    key, token = add_key(folder, "short-lived", [ADMIN])
    reader = KeyReader(folder)
    assert reader.current().find(token) == key
    withdraw_key(folder, key.id)

    assert reader.current().find(token) is None
    with pytest.raises(KeysError, match="no key with the id or name"):
        withdraw_key(folder, key.id)


def test_a_key_is_withdrawn_by_its_name_where_that_is_one(folder: ArchiveFolder) -> None:
    add_key(folder, "one", [WRITE])
    for _ in range(2):
        add_key(folder, "two", [WRITE])
    withdraw_key(folder, "one")
    with pytest.raises(KeysError, match="2 keys are called 'two'"):
        withdraw_key(folder, "two")
    assert [key.name for key in read_keys(folder)] == ["two", "two"]


def test_scopes(folder: ArchiveFolder) -> None:
    allowed = {}
    for scope in (SEARCH, WRITE, EDIT, ADMIN):
        key, _ = add_key(folder, scope, [scope])
        allowed[scope] = [each for each in (SEARCH, WRITE, EDIT, ADMIN) if key.allows(each)]

    assert allowed == {
        SEARCH: [SEARCH],
        WRITE: [SEARCH, WRITE],
        EDIT: [SEARCH, EDIT],
        ADMIN: [SEARCH, WRITE, EDIT, ADMIN],
    }


def test_only_a_key_made_for_reading_closes_reading(folder: ArchiveFolder) -> None:
    add_key(folder, "a", [WRITE])
    add_key(folder, "b", [ADMIN])
    assert not Keys(read_keys(folder)).guard_reading
    add_key(folder, "c", [SEARCH])
    assert Keys(read_keys(folder)).guard_reading


@pytest.mark.parametrize(("name", "scopes"), [("", [WRITE]), ("a" * 101, [WRITE]), ("a", []), ("a", ["root"])])
def test_what_is_no_key_is_refused(folder: ArchiveFolder, name: str, scopes: list[str]) -> None:
    with pytest.raises(KeysError):
        add_key(folder, name, scopes)
    assert not folder.keys.exists()


@pytest.mark.parametrize(
    "content", ["", "{", '{"version": 1}', '{"version": 1, "keys": [{"id": "a", "scopes": ["root"]}]}']
)
def test_a_damaged_file_lets_nobody_in(folder: ArchiveFolder, content: str) -> None:
    folder.keys.write_text(content)
    with pytest.raises(SettingError, match=r"keys\.json"):
        KeyReader(folder).current()


def test_a_file_that_is_damaged_under_a_service_leaves_the_keys_as_they_were(
    folder: ArchiveFolder, caplog: pytest.LogCaptureFixture
) -> None:
    reader, token = KeyReader(folder), add_key(folder, "cms", [WRITE])[1]
    assert reader.current().find(token)
    right = folder.keys.read_bytes()
    folder.keys.write_bytes(right[: len(right) // 2])
    for _ in range(3):
        assert reader.current().find(token), "nobody was locked out, or let in"
        assert reader.current().find("rm_1_2") is None
    assert caplog.text.count("the keys stay as they were") == 1
    folder.keys.write_bytes(right)
    withdraw_key(folder, "cms")
    assert reader.current().find(token) is None


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("keys.json", "{", "keys.json: cannot be used"),
        ("keys.json", '{"version": 1, "keys": [{"id": "a", "scopes": ["root"]}]}', "keys.json: cannot be used"),
        ("readmore.toml", "[serve]\nport = 123456\n", "serve.port"),
        ("readmore.toml", "[serve]\nprot = 80\n", "prot"),
        ("readmore.toml", "[serve", "readmore.toml"),
        ("rules.yaml", "- pin: [\n", "rules.yaml"),
        ("rules.yaml", "- pni: a\n", "rules.yaml"),
        ("grades.jsonl", "{\n", "grades.jsonl"),
        ("assertions.yaml", "- [", "assertions.yaml"),
    ],
)
def test_what_people_write_is_checked(folder: ArchiveFolder, name: str, content: str, said: str) -> None:
    with Archive.create(folder.path) as archive:
        archive.add([Article(id="a", title="A title")], workers=1)
    checked = CliRunner().invoke(cli, ["--data", str(folder.path), "check"])
    assert (checked.exit_code, checked.stdout) == (0, "intact\n")
    (folder.path / name).write_text(content)
    checked = CliRunner().invoke(cli, ["--data", str(folder.path), "check"])
    assert checked.exit_code == 1
    [line] = [line for line in checked.stderr.splitlines() if line.startswith("damaged: ")]
    assert said in line
    assert name in line


def test_a_key_that_was_changed_by_hand_or_by_a_bad_disk_is_noted(folder: ArchiveFolder) -> None:
    with Archive.create(folder.path) as archive:
        archive.add([Article(id="a", title="A title")], workers=1)
    add_key(folder, "cms", [WRITE])
    folder.keys.write_bytes(folder.keys.read_bytes().replace(b'"cms"', b'"cmt"'))
    checked = CliRunner().invoke(cli, ["--data", str(folder.path), "check"])
    assert "keys.json: is not as readmore wrote it" in checked.stderr


def run(folder: ArchiveFolder, *arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(cli, ["--data", str(folder.path), "keys", *arguments])
    return done.exit_code, done.output


def test_the_command_makes_lists_and_withdraws(folder: ArchiveFolder) -> None:
    assert run(folder, "add", "the content system", "--scope", "write", "--rate", "20")[0] == 0
    assert run(folder, "add", "hook", "--webhook")[0] == 0
    status, listed = run(folder, "--json")
    assert status == 0
    keys = json.loads(listed)["keys"]
    assert [(key["name"], key["scopes"], key["webhook"], key["rate"]) for key in keys] == [
        ("the content system", ["write"], False, 20.0),
        ("hook", ["write"], True, 0.0),
    ]
    assert run(folder, "withdraw", keys[0]["id"])[0] == 0
    assert [key.name for key in read_keys(folder)] == ["hook"]
    for wrong in (["add", "x"], ["add", "x", "--webhook", "--scope", "admin"], ["add", "x", "--scope", "root"]):
        assert run(folder, *wrong)[0] == 2, wrong
