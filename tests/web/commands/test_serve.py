"""`readmore serve`: it says where it listens, answers there, and says clearly why it cannot."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from indexer.base.errors import ArchiveNotFoundError, ReadmoreError
from tests.web.fake_backend import FakeBackend
from web.commands import serve as serve_module
from web.commands.serve import greeting, listen, serve, service_of, url_of
from web.config.options import OPTIONS
from web.config.sources import ConfigError, defaults


class OpenedBackend(FakeBackend):
    """Stands in for the archive the command opens."""

    def __init__(self, data: Path) -> None:
        super().__init__()
        if not data.exists():
            raise ArchiveNotFoundError(data)

    def explaining_damage(self) -> AbstractContextManager[None]:
        """Nothing to explain."""
        return nullcontext()

    def prepare(self) -> None:
        """Nothing to derive."""

    def close(self) -> None:
        """Nothing to let go of."""


def given(data: Path) -> dict[str, Any]:
    """What the command gets of the front door: the folder, and what opens it for the backend, here the folder as it
    is."""
    return {"data": data, "open_recommender": lambda data, *, wait: data}


@pytest.fixture(autouse=True)
def _opens_a_list(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serve_module, "ArchiveBackend", OpenedBackend)


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def test_a_port_in_use_is_one_clear_line(tmp_path: Path, taken: int) -> None:
    result = CliRunner().invoke(serve, ["--port", str(taken)], obj=given(tmp_path))

    assert isinstance(result.exception, ReadmoreError)  # the command line prints it and exits with 2
    assert str(result.exception) == f"port {taken} of 127.0.0.1 is in use; choose another with --port"
    assert result.output == ""


@pytest.mark.parametrize("host", ["192.0.2.1", "nowhere.invalid", "a" * 300, "é..b", ""])
def test_a_host_that_is_not_here_is_one_clear_line(tmp_path: Path, host: str) -> None:
    result = CliRunner().invoke(serve, ["--host", host, "--port", "0"], obj=given(tmp_path))

    assert isinstance(result.exception, ReadmoreError)
    assert host[:10] in str(result.exception)
    assert "--host" in str(result.exception)
    assert "\n" not in str(result.exception)


def test_an_archive_that_is_not_there_is_said_before_listening(tmp_path: Path) -> None:
    result = CliRunner().invoke(serve, ["--port", "0"], obj=given(tmp_path / "nowhere"))

    assert isinstance(result.exception, ArchiveNotFoundError)


@pytest.mark.parametrize(
    "arguments", [["--port", "65536"], ["--port", "x"], ["--workers", "65"], ["--cache-mb", "-1"], ["--prefix", "/a b"]]
)
def test_options_are_checked(arguments: list[str], tmp_path: Path) -> None:
    result = CliRunner().invoke(serve, arguments, obj=given(tmp_path))

    assert isinstance(result.exception, ConfigError)
    assert arguments[0] in str(result.exception)
    assert "must be" in str(result.exception)


def test_a_log_that_cannot_be_written_does_not_keep_the_service_from_starting(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    config = defaults().with_values("test", access_log=str(tmp_path / "no-folder" / "log"), clicks=True, workers=1)
    with listen("127.0.0.1", 0) as listener:
        service_of(lambda data, **_: data, tmp_path / "gone", config, listener, None)  # type: ignore[arg-type, return-value]

    said = [record.message for record in caplog.records]
    assert len(said) == 2
    assert "clicks are not counted" in said[0]
    assert "requests are not logged" in said[1]


def test_the_address_can_be_typed_into_a_browser() -> None:
    assert url_of("127.0.0.1", 8000) == "http://127.0.0.1:8000/"
    assert url_of("0.0.0.0", 80) == "http://127.0.0.1:80/"
    assert url_of("::", 80) == "http://[::1]:80/"
    assert url_of("search.example", 80) == "http://search.example:80/"
    assert url_of("127.0.0.1", 80, "/find") == "http://127.0.0.1:80/find/"


def test_the_first_search_is_one_that_finds_something() -> None:
    lines = greeting("http://127.0.0.1:1/", 1, ["Chang’e 6"]).splitlines()

    assert lines[0] == "readmore serves 1 article at http://127.0.0.1:1/"
    assert lines[1] == "a first search to try: http://127.0.0.1:1/search?q=Chang%E2%80%99e%206"
    assert len(greeting("http://127.0.0.1:1/", 0, []).splitlines()) == 2


def test_serve_is_a_command_with_documented_options() -> None:
    assert isinstance(serve, click.Command)
    assert [parameter.name for parameter in serve.params] == [option.name for option in OPTIONS]
    assert all(isinstance(p, click.Option) and p.help for p in serve.params)
