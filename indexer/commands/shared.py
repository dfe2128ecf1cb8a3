"""What these commands have in common: exit statuses, and how a result is printed for programs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import click

DONE, SOME_REFUSED = 0, 1
"""Exit statuses. What could not run at all ends in an exception, which the front door turns into 2."""


def counted(count: int, noun: str) -> str:
    """``1 word``, ``2,000 words``."""
    return f"{count:,} {noun}" + ("" if count == 1 else "s")


def print_json(record: Mapping[str, Any]) -> None:
    """One JSON document on standard output, for programs: in one line, characters as they are."""
    click.echo(json.dumps(record, ensure_ascii=False))
