"""Settings of the service: which source wins, what is refused, what `readmore config` says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

import readmore
from indexer.settings import SettingsError
from web.config.options import OPTIONS, Option, SettingValueError
from web.config.sources import ALL_OPTIONS, ConfigError, defaults, read_config


def write(folder: Path, text: str) -> None:
    (folder / "readmore.toml").write_text(text)


def test_a_flag_wins_over_the_environment_and_that_over_the_file(tmp_path: Path) -> None:
    write(tmp_path, "[serve]\nport = 1\nworkers = 2\nthreads = 3\nclicks = true\n")
    config, _ = read_config(tmp_path, {"port": "11", "host": None}, {"READMORE_PORT": "21", "READMORE_WORKERS": "22"})

    values = dict(config.items())
    assert (values["port"].value, values["port"].source) == (11, "flag --port")
    assert (values["workers"].value, values["workers"].source) == (22, "environment READMORE_WORKERS")
    assert (values["threads"].value, values["threads"].source) == (3, str(tmp_path / "readmore.toml"))
    assert (values["host"].value, values["host"].source) == ("127.0.0.1", "default")
    assert config["clicks"] is True


def test_what_may_be_set_is_the_same_everywhere() -> None:
    """Every default is a value that its option reads, from a text and from TOML."""
    for option in ALL_OPTIONS:
        as_text = ",".join(option.default) if isinstance(option.default, tuple) else str(option.default)
        as_toml = list(option.default) if isinstance(option.default, tuple) else option.default
        assert option.read(as_text) == option.read(as_toml) == option.default, option.key
        assert defaults()[option.key] == option.default


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[serve]\nprot = 1\n", "serve.prot is no setting; did you mean 'port'?"),
        ("[serve]\nport = '80a'\n", "serve.port must be a whole number from 0 to 65535, not '80a'"),
        ("[serve]\nport = true\n", "serve.port must be a whole number"),
        ("[serve]\nclicks = 1\n", "serve.clicks must be true or false, not 1"),
        ("[serve]\nprefix = '/a/../b'\n", "serve.prefix must be a path"),
        ("[serve]\ntrusted_proxies = ['10.0.0.0/99']\n", "'10.0.0.0/99' is no address or network"),
    ],
)
def test_a_mistake_in_the_file_is_named(tmp_path: Path, text: str, message: str) -> None:
    write(tmp_path, text)
    with pytest.raises(ConfigError) as refused:
        read_config(tmp_path, {}, {})
    assert message in str(refused.value)
    assert "readmore.toml" in str(refused.value)


def test_serve_must_be_a_table(tmp_path: Path) -> None:
    write(tmp_path, "serve = 1\n")
    with pytest.raises(SettingsError, match="serve must be a table"):
        read_config(tmp_path, {}, {})


def test_a_mistake_in_the_environment_names_the_variable(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="READMORE_PORT must be a whole number"):
        read_config(tmp_path, {}, {"READMORE_PORT": "http"})


@pytest.mark.parametrize(("given", "path"), [("/find", "/find"), ("a/b/", "/a/b"), ("/", ""), ("", "")])
def test_a_prefix_begins_with_a_slash_and_does_not_end_with_one(given: str, path: str) -> None:
    assert option("prefix").read(given) == path


@pytest.mark.parametrize("given", ["/a b", "/ä", "/a//b", "/.", "/a?b", "/a%20b", 1])
def test_what_is_no_path_is_no_prefix(given: object) -> None:
    with pytest.raises(SettingValueError):
        option("prefix").read(given)


def option(name: str) -> Option:
    return next(each for each in OPTIONS if each.name == name)


def test_the_command_says_where_each_value_comes_from(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "[serve]\nworkers = 3\n")
    monkeypatch.setenv("READMORE_PREFIX", "/find")
    command = ["--data", str(tmp_path), "config", "--port", "9000"]

    shown = CliRunner().invoke(readmore.cli, command, catch_exceptions=False).output
    lines = {line.split()[0]: line.split(maxsplit=2) for line in shown.splitlines()}
    assert lines["port"] == ["port", "9000", "flag --port"]
    assert lines["workers"] == ["workers", "3", str(tmp_path / "readmore.toml")]
    assert lines["prefix"] == ["prefix", "/find", "environment READMORE_PREFIX"]
    assert lines["data"] == ["data", str(tmp_path), "flag --data"]

    as_json = json.loads(CliRunner().invoke(readmore.cli, [*command, "--json"], catch_exceptions=False).output)
    assert as_json["port"] == {"value": 9000, "from": "flag --port"}
    assert set(as_json) == {"data", *(each.key for each in ALL_OPTIONS)}
