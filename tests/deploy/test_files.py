"""The unit for systemd and the Dockerfile: read by the programs they are for, else the Dockerfile step by step."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.conftest import REPO
from web.config.options import OPTIONS

DEPLOY = REPO / "deploy"
_VARIABLES = {option.variable for option in OPTIONS} | {"READMORE_DATA"}


def instructions() -> list[tuple[str, str]]:
    """The Dockerfile's, in their order."""
    text = (DEPLOY / "Dockerfile").read_text().replace("\\\n", " ")
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [(line.split()[0], line.split(maxsplit=1)[1]) for line in lines]


@pytest.mark.parametrize("name", ["Dockerfile", "readmore.service"])
def test_every_variable_is_one_that_there_is(name: str) -> None:
    named = set(re.findall(r"READMORE_[A-Z_]+", (DEPLOY / name).read_text()))
    assert named
    assert named <= _VARIABLES


@pytest.mark.slow
def test_systemd_understands_the_unit(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd is not installed")
    unit = tmp_path / "readmore.service"
    program = tmp_path / "readmore"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    text = (DEPLOY / "readmore.service").read_text().replace("/opt/readmore/bin/readmore", str(program))
    unit.write_text(re.sub(r"^(User|Group)=.*\n", "", text, flags=re.MULTILINE))
    done = subprocess.run(["systemd-analyze", "verify", str(unit)], capture_output=True, text=True, timeout=120)
    assert (done.returncode, [line for line in done.stderr.splitlines() if "readmore" in line]) == (0, [])


def test_the_container_answers_to_the_signal_and_the_probe_that_there_are() -> None:
    found = dict(instructions())
    assert found["STOPSIGNAL"] == "SIGTERM"
    assert "/readyz" in found["HEALTHCHECK"]
    assert json.loads(found["ENTRYPOINT"]) == ["readmore"]
    assert json.loads(found["CMD"]) == ["serve"]


@pytest.mark.slow
def test_the_image_is_built_or_its_steps_are_run(tmp_path: Path) -> None:
    if _engine():
        command = ["docker", "build", "--file", str(DEPLOY / "Dockerfile"), str(REPO)]
        subprocess.run(command, check=True, timeout=1800)
        return
    program = _installed(tmp_path)
    data = tmp_path / "data"
    for arguments in (["index", str(REPO / "indexer" / "sample")], ["search", "moon", "--json"], ["check"], ["config"]):
        env = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
        done = subprocess.run(
            [program, "--data", str(data), *arguments],
            cwd=tmp_path,
            env=env,
            capture_output=True,
            text=True,
            timeout=600,
        )
        assert done.returncode == 0, done.stderr


def _engine() -> bool:
    return shutil.which("docker") is not None and not subprocess.run(["docker", "info"], capture_output=True).returncode


def _installed(folder: Path) -> str:
    """Does in a folder what the Dockerfile's COPY and RUN do in an image, but for adding a user. Where readmore then
    is."""
    places = {"/src": str(folder / "src"), "/opt/readmore": str(folder / "opt")}
    for name, rest in instructions():
        if name == "COPY" and not rest.startswith("--from"):
            ignored = shutil.ignore_patterns(*(REPO / ".dockerignore").read_text().split(), "*_cache", ".git", ".venv")
            shutil.copytree(REPO, places[rest.split()[1]], ignore=ignored)
        elif name == "RUN" and "useradd" not in rest:
            for here, there in places.items():
                rest = rest.replace(here, there)
            env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
            subprocess.run(shlex.split(rest), check=True, env=env, timeout=1800, stdout=subprocess.DEVNULL)
    return str(folder / "opt" / "bin" / "readmore")


def test_lines_for_cron_have_the_whole_path_of_what_was_installed() -> None:
    text = (REPO / "docs" / "operations.md").read_text("utf-8")
    lines = re.findall(r"(?m)^(?:[\d*/]+ +){5}(\S+) (\S+ \S+)", text)
    assert len(lines) >= 5
    assert set(lines) == {("/opt/readmore/bin/readmore", "--data /srv/readmore")}
    assert "/opt/readmore/bin/readmore --data /srv/readmore index" in text
