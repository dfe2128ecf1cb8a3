"""The virtual environments of the engines measured, so that none of them becomes a dependency of this project."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tomllib
import venv
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Environment:
    """A virtual environment in benchmarks/, with this project's dependencies and the packages of a requirements file.

    This project itself is not installed but run from the checkout, so that what is measured is what is there.
    """

    folder: Path
    requirements: Path

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

    def is_active(self) -> bool:
        """Whether this process runs in the environment."""
        return Path(sys.prefix).resolve() == self.folder.resolve()

    def run(self, module: str, arguments: Sequence[str]) -> int:
        """Runs a module of this checkout in the environment, which is made first where it is not as it should be.
        Returns the exit status."""
        self.ensure()
        command = [str(self.python), "-m", module, *arguments]
        return subprocess.run(command, check=False, cwd=ROOT).returncode

    def ensure(self) -> None:
        """Makes the environment, or brings it up to date, where it is not as the requirements ask."""
        wanted = self.wanted()
        stamp, state = self.folder / "installed.txt", hashlib.sha256("\n".join(wanted).encode()).hexdigest()
        if stamp.is_file() and stamp.read_text() == state:
            return
        print(f"installing what is compared with into {self.folder.relative_to(ROOT)}", file=sys.stderr)
        if not self.python.exists():
            venv.create(self.folder, with_pip=True)
        if self._install(wanted):
            # One engine without a build for this machine must not keep the others from being measured; the engine's
            # worker then says that it is not installed.
            failed = [requirement for requirement in wanted if self._install([requirement])]
            print("could not install: " + ", ".join(failed), file=sys.stderr)
        stamp.write_text(state)

    def wanted(self) -> list[str]:
        """What is to be installed: the requirements, and what else this project depends on."""
        lines = self.requirements.read_text().splitlines()
        pinned = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
        names = {_name(line) for line in pinned}
        project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
        return pinned + [dependency for dependency in project if _name(dependency) not in names]

    def _install(self, requirements: Sequence[str]) -> int:
        command = [str(self.python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *requirements]
        return subprocess.run(command, check=False, stdout=sys.stderr).returncode


# The engines that rank by words.
PEERS = Environment(ROOT / "benchmarks" / ".peers", ROOT / "benchmarks" / "requirements-peers.txt")
# The hybrids of words and vectors.
HYBRIDS = Environment(ROOT / "benchmarks" / ".peers-hybrids", ROOT / "benchmarks" / "requirements-hybrids.txt")


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
    return str(PEERS.python)


def _name(requirement: str) -> str:
    return re.split(r"[^A-Za-z0-9._-]", requirement, maxsplit=1)[0].lower()
