"""`readmore --help` and the README: nothing is cut off, and what they show works on the sample archive as it stands."""

from __future__ import annotations

import contextlib
import gzip
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from readmore import cli
from tests.conftest import REPO
from web import command_table
from web.commands.demo import index_sample

README = (REPO / "README.md").read_text("utf-8")
_INSTALLS = re.compile(r"make |source \.venv|python3 -m venv |\.venv/bin/(?!readmore)|pip install ")
_STAYS = re.compile(r" (serve|demo)( |$)")


def _commands() -> Iterator[tuple[str, click.Command]]:
    context = click.Context(cli)
    for name in cli.list_commands(context):
        command = cli.get_command(context, name)
        assert command is not None
        yield name, command
        if isinstance(command, click.Group):
            yield from ((f"{name} {inner}", one) for inner, one in command.commands.items())


COMMANDS = dict(_commands())


def _help(command: click.Command, name: str) -> str:
    with click.Context(command, info_name=name, terminal_width=80) as context:
        return command.get_help(context)


def _examples(text: str) -> list[str]:
    """The command lines at the end of a help text."""
    _, found, rest = re.split(r"(Examples?:)\n", text, maxsplit=1) if "Example" in text else ("", "", "")
    return [line.strip() for line in rest.splitlines() if line.strip()] if found else []


def test_the_list_of_commands_is_grouped_and_whole() -> None:
    text = _help(cli, "readmore")
    places = [text.index(f"\n{title}:\n") for title in command_table.GROUPS]
    assert places == sorted(places)
    for name, command in command_table.COMMANDS.items():
        assert re.search(rf"^  {name} +{re.escape(command.summary)}$", text, re.MULTILINE), name
    assert _examples(text) == list(command_table.EXAMPLES)


def test_listing_the_commands_imports_none_of_them() -> None:
    code = "import sys, readmore\ntry: readmore.main()\nfinally: print([n for n in sys.modules if '.commands' in n])"
    done = subprocess.run([sys.executable, "-c", code, "--help"], capture_output=True, text=True, cwd=REPO, check=True)
    assert done.stdout.endswith("[]\n")


@pytest.mark.parametrize("name", COMMANDS)
def test_help_fits_80_columns_and_ends_with_examples(name: str) -> None:
    text = _help(COMMANDS[name], f"readmore {name}")
    assert max(map(len, text.splitlines())) <= 80
    assert not re.search(r"\.\.\.$", text.partition("Commands:")[2], re.MULTILINE)
    examples = _examples(text)
    assert examples
    assert all(f"readmore {name}" in example or f" {name} " in example for example in examples)


@pytest.fixture
def folder(tmp_path: Path, sample: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the sample archive in it, and files by the names that the examples give them."""
    shutil.copytree(sample, tmp_path / "archive")
    post = next((REPO / "indexer" / "sample" / "perihelion").glob("*.md"))
    (tmp_path / "posts").mkdir()
    shutil.copy(post, tmp_path / "posts" / "another.md")
    (tmp_path / "content").mkdir()
    shutil.copy(post, tmp_path / "content" / "yet-another.md")
    (tmp_path / "draft.md").write_text("---\ntitle: Back to the far side\n---\nThe Moon lander came down at dawn.\n")
    line = json.dumps({"id": "x-1", "title": "A line of JSON", "text": "It tells of a comet."}) + "\n"
    (tmp_path / "export.jsonl").write_text(line)
    (tmp_path / "export.jsonl.gz").write_bytes(gzip.compress(line.encode()))
    orbit = "2024-05-08-change-6-enters-lunar-orbit"
    (tmp_path / "assertions.yaml").write_text(f"- article: 2024-05-03-change-6-launches\n  has: {orbit}\n")
    _collection(tmp_path / "collections" / "cranfield")
    (tmp_path / "collections" / "judged").mkdir()
    for name, line in {
        "queries.jsonl": '{{"id": "q{0}", "text": "{1}"}}',
        "qrels.tsv": "q{0}\t{2}\t1",
    }.items():
        lines = [line.format(n, text, answer) for n, (text, answer) in enumerate(_JUDGED)]
        (tmp_path / "collections" / "judged" / name).write_text("\n".join(lines) + "\n")
    (tmp_path / "archive" / "readmore.toml").write_text('[[sources]]\nfrom = "../posts"\n')
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("READMORE_DATA", "archive")
    return tmp_path


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("sample") / "archive"
    index_sample(data)
    return data


_COMES_BEFORE = {
    "rules unpin": "rules pin",
    "rules allow": "rules forbid",
    "keys withdraw": "keys add",
    "check": "backup",
    "restore": "backup",
}
"""Commands whose examples take up what those of another have made."""
_JUDGED = [
    ("far side samples", "2024-06-25-change-6-samples-return"),
    ("far side landing", "2024-06-02-change-6-lands-far-side"),
    ("lunar orbit", "2024-05-08-change-6-enters-lunar-orbit"),
    ("long march launch", "2024-05-03-change-6-launches"),
    ("galileo on falcon", "2024-04-28-galileo-falcon-9"),
    ("debris fine", "2023-10-03-dish-debris-fine"),
] * 5


def _collection(folder: Path) -> None:
    """A test collection whose queries are the sample's own subjects."""
    folder.mkdir(parents=True)
    documents = [{"id": f"d{n}", "title": f"Report {n}", "text": f"comet {n} " + "dust " * n} for n in range(30)]
    (folder / "docs.jsonl").write_text("".join(json.dumps(record) + "\n" for record in documents))
    queries = [{"id": f"q{n}", "text": f"comet {n}"} for n in range(10)]
    (folder / "queries.jsonl").write_text("".join(json.dumps(record) + "\n" for record in queries))
    (folder / "qrels.tsv").write_text("".join(f"q{n}\td{n}\t1\n" for n in range(10)))


def _run(line: str) -> None:
    """Runs a line as a shell would; of what serves until it is stopped, until it says where, on any free port."""
    line = re.sub(r"(^|\| )(\.venv/bin/)?readmore ", rf"\1{shlex.quote(sys.executable)} -m readmore ", line)
    line = line.partition(" #")[0]
    env = {**os.environ, "PYTHONPATH": str(REPO)}
    if not _STAYS.search(line):
        done = subprocess.run(line, shell=True, env=env, capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done.stderr
        return
    line = f"exec {re.sub(r' --port [0-9]+', '', line)} --port 0"
    with subprocess.Popen(line, shell=True, env=env, stdout=subprocess.PIPE, text=True) as service:
        try:
            assert service.stdout is not None
            assert any(" serves " in said for said in service.stdout), "it does not say that it serves"
        finally:
            while service.poll() is None:  # where tests run behind a shell's "&" it ignores the first, until it serves
                service.send_signal(signal.SIGINT)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    service.wait(1)


def _lines_of_the_readme() -> list[str]:
    blocks = re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
    return [line for block in blocks for line in block.splitlines() if line and not _INSTALLS.match(line)]


@pytest.mark.slow
def test_the_readmes_lines_work_as_written(folder: Path) -> None:
    shutil.rmtree(folder / "archive")  # as where nothing was indexed but what the lines index
    lines = _lines_of_the_readme()
    assert len(lines) >= 6
    for line in lines:
        _run(line)


@pytest.mark.slow
def test_the_readmes_python_works_as_written(folder: Path) -> None:
    (folder / "archive").rename(folder / "readmore-demo")
    (block,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    env = {**os.environ, "PYTHONPATH": str(REPO)}
    done = subprocess.run([sys.executable, "-c", block], env=env, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert "A landing on the far side" in done.stdout
    assert "Chang'e 6 sets out to bring home the first rock from the far side [\"Chang'e 6\"]" in done.stdout


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in COMMANDS if name != "embed"])  # tests/test_offline.py embeds
def test_the_examples_of_a_command_work_as_written(folder: Path, name: str) -> None:
    if made := _COMES_BEFORE.get(name):
        for line in _examples(_help(COMMANDS[made], made)):
            _run(line)
    if name == "rules drop":  # a rule that begins in the line of the example
        (folder / "archive" / "rules.yaml").write_text("# the first\n# two lines\n- stop_words: news\n", "utf-8")
    for line in _examples(_help(COMMANDS[name], name)):
        _run(line)
