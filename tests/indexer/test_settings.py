"""`readmore.toml`: what it may say is read, what it may not is refused with the file, the key and what is allowed."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from indexer.schema import Kind
from indexer.settings import Settings, SettingsError, load_settings


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "readmore.toml"


def refusal(path: Path, text: str | bytes) -> str:
    """Why settings cannot be used, without the name of the file, which must be there."""
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(SettingsError) as raised:
        load_settings(path)
    start, _, reason = str(raised.value).partition(": ")
    assert start == str(path)
    assert "\n" not in reason
    return reason


def test_without_the_file_or_with_an_empty_one_nothing_is_set(path: Path) -> None:
    assert load_settings(path) == Settings()
    path.write_text("# nothing yet\n")
    assert load_settings(path) == Settings()
    path.write_text("[fields]\n")
    assert load_settings(path) == Settings()


def test_fields_of_every_kind(path: Path) -> None:
    path.write_text(
        """
        [fields.rating]
        kind = "number"
        from = "stars"
        count = true
        [fields.kicker]
        kind = "text"
        weight = 3
        [fields.series]
        kind = "keyword"
        sort = true
        [fields.updated]
        kind = "date"
        filter = false
        [fields.original]
        kind = "url"
        [fields.sponsored]
        kind = "yes/no"
        """,
        encoding="utf-8-sig",
    )
    fields = load_settings(path).fields
    assert [(f.name, f.kind, f.path) for f in fields] == [
        ("kicker", Kind.TEXT, ("fields", "kicker")),
        ("original", Kind.URL, ("fields", "original")),
        ("rating", Kind.NUMBER, ("fields", "stars")),
        ("series", Kind.KEYWORD, ("fields", "series")),
        ("sponsored", Kind.YES_NO, ("fields", "sponsored")),
        ("updated", Kind.DATE, ("fields", "updated")),
    ]
    assert [(f.filterable, f.sortable, f.countable) for f in fields] == [
        (False, False, False),
        (True, False, False),
        (True, True, True),
        (True, True, True),
        (True, True, True),
        (False, True, False),
    ]
    assert [f.weight for f in fields] == [3.0, 0.0, 0.0, 0.0, 0.0, 0.0]
    assert load_settings(path).schema.text == ("title", "body", "kicker")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (
            "[feilds.a]\nkind='text'",
            "feilds is no setting; did you mean 'fields'? "
            "known are language, timezone, fields, serve, pages, sources, blocks",
        ),
        ("x = 1", "x is no setting; known are language, timezone, fields, serve, pages, sources, blocks"),
        ("fields = 3", "fields must be a table, not a number"),
        (
            "fields.rating = 'number'",
            "fields.rating must be a table, [fields.rating] and below it kind = ..., not a text",
        ),
        ("[fields.a]", "fields.a.kind is missing; write one of text, keyword, number, date, url, yes/no"),
        (
            "[fields.a]\nkind = 'numbr'",
            "fields.a.kind must be one of text, keyword, number, date, url, yes/no, not 'numbr' (did you mean number?)",
        ),
        ("[fields.a]\nkind = 'id'", "fields.a.kind must be one of text, keyword, number, date, url, yes/no, not 'id'"),
        (
            "[fields.a]\nkind = 1",
            "fields.a.kind must be one of text, keyword, number, date, url, yes/no, not a number",
        ),
        (
            "[fields.a]\nkind = 'text'\nwieght = 2",
            "fields.a.wieght is no setting; did you mean 'weight'? known are kind, from, weight, filter, sort, count",
        ),
        ("[fields.a]\nkind = 'text'\nweight = -1", "fields.a.weight must lie in [0, 1000], not -1"),
        (
            f"[fields.a]\nkind = 'text'\nweight = 1{'0' * 400}",
            f"fields.a.weight must lie in [0, 1000], not 1{'0' * 39}",
        ),
        (".".join("a" * 20_000) + " = 1", "line 1 has 40,003 characters: up to 2,000 are read"),
        ("[fields.a]\nkind = 'text'\nweight = nan", "fields.a.weight must lie in [0, 1000], not nan"),
        ("[fields.a]\nkind = 'text'\nweight = true", "fields.a.weight must be a number, not true or false"),
        (
            "[fields.a]\nkind = 'date'\nweight = 2",
            "fields.a.weight is for fields of the kind text; a is of the kind date",
        ),
        (
            "[fields.a]\nkind = 'text'\nsort = true",
            "fields.a.sort is for fields of the kinds keyword, number, date, yes/no, not text",
        ),
        ("[fields.a]\nkind = 'number'\nsort = 'yes'", "fields.a.sort must be true or false, not a text"),
        ("[fields.a]\nkind = 'number'\nfrom = 3", "fields.a.from must be the key that the source has, not a number"),
        ("[fields.a]\nkind = 'number'\nfrom = ''", "fields.a.from must be the key that the source has for a"),
        (
            "[fields.a]\nkind = 'number'\nfrom = 'layout'",
            "fields.a.from 'layout' is a key that is not kept with articles; use another key",
        ),
        (
            "[fields.a]\nkind = 'date'\nfrom = 'pubDate'",
            "fields.a.from 'pubDate' is read as the article's date, which every article has",
        ),
        (
            "[fields.Stars]\nkind = 'number'",
            "fields.Stars cannot be a name: write up to 40 of a to z, 0 to 9 and _, beginning with a letter",
        ),
        (
            "[fields.tags]\nkind = 'keyword'",
            "fields.tags is a field that every article has; choose another name, and the key with from = ...",
        ),
        (
            "[fields.limit]\nkind = 'number'",
            "fields.limit is a parameter of the service; choose another name, and the key with from = ...",
        ),
        ("blocks = 3", "blocks must be a table, [blocks] and below it items = 6, not a number"),
        ("[blocks]\nitems = 21", "blocks.items must be a whole number from 1 to 20"),
        ("[blocks]\nitems = true", "blocks.items must be a whole number from 1 to 20"),
        ("[blocks]\nseries = 1", "blocks.series must be true or false, not a number"),
        (b"\xff", "is not UTF-8 text (byte 1): save it as UTF-8"),
        ("x = " + "[\n" * 100_000, "is not settings: nested too deeply"),
        ("x = " + "9" * 10_000, "line 1 has 10,004 characters: up to 2,000 are read"),
        ("#" * 1_000_001, "is larger than 1,000,000 bytes: not settings"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_what_cannot_be_used_is_refused(path: Path, text: str | bytes, reason: str) -> None:
    assert refusal(path, text) == reason


def test_what_is_no_toml_is_refused_with_the_line(path: Path) -> None:
    assert refusal(path, "[fields.a]\nkind = number").startswith("is not TOML: Invalid value (at line 2, column 8")


def test_too_many_fields_are_refused(path: Path) -> None:
    text = "".join(f"[fields.f{number}]\nkind = 'number'\n" for number in range(51))
    assert refusal(path, text) == "fields declares 51 fields; up to 50 are possible"


def test_a_file_that_cannot_be_read_is_named(path: Path) -> None:
    path.mkdir()
    with pytest.raises(SettingsError, match="cannot be read: Is a directory"):
        load_settings(path)


def test_a_time_zone_that_there_is_not_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "readmore.toml"
    assert load_settings(path).zone.utcoffset(None) == timedelta(0)
    for name in ("Mars/Olympus", "../etc/passwd", "/etc/localtime", ""):
        path.write_text(f'timezone = "{name}"')
        with pytest.raises(SettingsError, match="timezone must be a time zone that this machine knows"):
            load_settings(path)
    path.write_text("timezone = 2")
    with pytest.raises(SettingsError, match="timezone must be a time zone, such as"):
        load_settings(path)
