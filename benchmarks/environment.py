"""The virtual environment of the engines measured, so that none of them becomes a dependency of this project."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tomllib
import venv
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "benchmarks" / ".peers"
REQUIREMENTS = ROOT / "benchmarks" / "requirements-peers.txt"
PYTHON = FOLDER / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
NOT_NEEDED = {"sentence-transformers"}  # gigabytes, and only vectors need it; the benchmark measures words


def is_active() -> bool:
    """Whether this process runs in the environment."""
    return Path(sys.prefix).resolve() == FOLDER.resolve()


def ensure() -> None:
    """Makes the environment, or brings it up to date, where it is not as the requirements ask.

    This project itself is not installed but run from the checkout, so that what is measured is what is there.
    """
    wanted = _requirements()
    stamp, state = FOLDER / "installed.txt", hashlib.sha256("\n".join(wanted).encode()).hexdigest()
    if stamp.is_file() and stamp.read_text() == state:
        return
    print(f"installing the engines to compare with into {FOLDER.relative_to(ROOT)}", file=sys.stderr)
    if not PYTHON.exists():
        venv.create(FOLDER, with_pip=True)
    if _install(wanted):
        # One engine without a build for this machine must not keep the others from being measured; the engine's
        # worker then says that it is not installed.
        failed = [requirement for requirement in wanted if _install([requirement])]
        print("could not install: " + ", ".join(failed), file=sys.stderr)
    stamp.write_text(state)


@cache
def interpreter(peer: str) -> str:
    """The Python to run the worker of `peer` with.

    Xapian is taken from the operating system where it is there (Debian: ``apt-get install python3-xapian``), since
    Debian's build was measured to index 1.4 times as fast as the wheel. Everything else runs in the environment.
    """
    if peer == "xapian" and (system := shutil.which("python3", path=os.defpath)):
        check = f"import sys, xapian; sys.exit(sys.version_info[:2] != {tuple(sys.version_info[:2])})"
        if subprocess.run([system, "-c", check], capture_output=True, check=False).returncode == 0:
            return system
    return str(PYTHON)


def _requirements() -> list[str]:
    lines = REQUIREMENTS.read_text().splitlines()
    pinned = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    names = {_name(line) for line in pinned} | NOT_NEEDED
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    return pinned + [dependency for dependency in project if _name(dependency) not in names]


def _name(requirement: str) -> str:
    return re.split(r"[^A-Za-z0-9._-]", requirement, maxsplit=1)[0].lower()


def _install(requirements: list[str]) -> int:
    command = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *requirements]
    return subprocess.run(command, check=False, stdout=sys.stderr).returncode
