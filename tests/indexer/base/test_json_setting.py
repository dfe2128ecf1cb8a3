"""Small JSON files with a version."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from indexer.base.errors import IndexDamagedError
from indexer.base.json_setting import SettingError, is_altered, load, load_or, save


def parse_shares(record: dict[str, Any]) -> dict[str, float]:
    return {str(name): float(share) for name, share in record["shares"].items()}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "shares.json"


def test_what_is_saved_is_loaded(path: Path) -> None:
    save(path, 3, {"shares": {"größe": 0.5}}, indent=1)
    assert path.read_text("utf-8") == (
        '{\n "version": 3,\n "shares": {\n  "größe": 0.5\n },\n "crc32": 1493389485\n}\n'
    )
    assert load(path, 3, parse_shares) == {"größe": 0.5}
    save(path, 3, {"shares": {}})
    assert path.read_text().startswith('{"version": 3, "shares": {}, "crc32": ')
    assert load(path, 3, parse_shares) == load_or(path, 3, parse_shares, {"default": 1.0}) == {}
    assert [one.name for one in path.parent.iterdir()] == [path.name]


def test_a_missing_file_is_no_error(path: Path) -> None:
    assert load(path, 3, parse_shares) is None
    assert load_or(path, 3, parse_shares, {"default": 1.0}) == {"default": 1.0}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "Expecting value"),
        (b"\xff", "decode"),
        (b"[]", "indices"),
        (b"null", "subscriptable"),
        (b'{"shares": {}}', "'version' is missing"),
        (b'{"version": 2, "shares": {}}', "has version 2, this readmore reads version 3"),
        (b'{"version": 3}', "'shares' is missing"),
        (b'{"version": 3, "shares": []}', "items"),
        (b'{"version": 3, "shares": {"a": "much"}}', "much"),
        (b'{"version": 3, "shares": {"a": %b}}' % (b"1" * 400), "too large"),
        (b"[" * 100_000, "recursion"),
    ],
)
def test_a_file_of_another_form_is_refused_with_path_reason_and_advice(path: Path, content: bytes, reason: str) -> None:
    path.write_bytes(content)
    with pytest.raises(SettingError, match=reason) as refused:
        load(path, 3, parse_shares, "set it again")
    assert str(refused.value).startswith(f"{path}: cannot be used (")
    assert str(refused.value).endswith("; set it again")
    assert load_or(path, 3, parse_shares, {"default": 1.0}) == {"default": 1.0}


def test_a_file_that_cannot_be_read_is_told_from_one_that_is_not_there(path: Path) -> None:
    path.mkdir()
    with pytest.raises(SettingError, match="cannot be read"):
        load(path, 3, parse_shares)


def test_a_damaged_file_that_the_record_names_is_as_good_as_none(path: Path) -> None:
    def parse(record: dict[str, Any]) -> list[str]:
        raise IndexDamagedError(path.with_name(record["file"]), "is missing")

    save(path, 1, {"file": "names.npys"})
    assert load_or(path, 1, parse, ["default"]) == ["default"]


def test_a_write_that_fails_leaves_what_was_there(path: Path) -> None:
    save(path, 1, {"shares": {"a": 1}})
    with pytest.raises(TypeError):
        save(path, 1, {"shares": {"a": object()}})
    assert load(path, 1, parse_shares) == {"a": 1}


def test_what_was_changed_since_is_known_and_not_read_where_it_must_be_as_it_was_written(path: Path) -> None:
    for indent in (None, 1):
        save(path, 1, {"shares": {"a": 1}}, indent=indent)
        content = path.read_bytes()
        assert not is_altered(content)
        assert load(path, 1, parse_shares, sealed=True) == {"a": 1}
        path.write_bytes(content.replace(b'"a": 1', b'"a": 2'))
        assert is_altered(path.read_bytes())
        assert load(path, 1, parse_shares) == {"a": 2}
        assert load_or(path, 1, parse_shares, {"default": 1.0}, sealed=True) == {"default": 1.0}
        with pytest.raises(SettingError, match="it is not as it was written"):
            load(path, 1, parse_shares, sealed=True)
    path.write_text('{"version": 1, "shares": {"a": 3}}')  # an older readmore wrote no checksum
    assert load(path, 1, parse_shares, sealed=True) == {"a": 3}
