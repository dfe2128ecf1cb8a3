"""Commands as a person runs them."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner, Result

import readmore


def run(data: Path, *arguments: str, status: int = 0, given: str = "") -> Result:
    """What a command says of the archive in the folder `data`, `given` standing on standard input."""
    outcome = CliRunner().invoke(readmore.cli, ["--data", str(data), *arguments], input=given, catch_exceptions=False)
    assert outcome.exit_code == status, outcome.output
    return outcome
