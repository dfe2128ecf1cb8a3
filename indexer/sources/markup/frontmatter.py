"""The front matter of an article file: YAML between ``---`` lines or TOML between ``+++`` lines."""

from __future__ import annotations

import re
import tomllib
from typing import Any

import yaml

from indexer.base.errors import ArticleError
from indexer.sources.limits import check_toml, check_yaml

# The base loader keeps every value as it is written, where YAML's own types would read the title "No" as False,
# "12:30" as 750 and "1.10" as 1.1. It builds nothing but text, lists and mappings.
_LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_NULLS = frozenset(("~", "null", "Null", "NULL"))
_OPENING = re.compile(r"(---|\+\+\+)[ \t]*(?:\n|\Z)")
_CLOSING = {"---": re.compile(r"^(?:---|\.\.\.)[ \t]*$", re.M), "+++": re.compile(r"^\+\+\+[ \t]*$", re.M)}


def is_at_beginning(text: str) -> bool:
    """Whether `text`, whose lines end in ``\\n``, begins with front matter."""
    return _OPENING.match(text) is not None


def split(text: str) -> tuple[dict[str, Any], str, list[str]]:
    """The front matter of `text` (empty if it has none), the text after it, and warnings about what was mended.

    Raises ArticleError, with the line, for front matter that does not close or cannot be read.
    """
    opening = _OPENING.match(text)
    if opening is None:
        return {}, text, []
    fence = opening[1]
    closing = _CLOSING[fence].search(text, opening.end())
    if closing is None:
        raise ArticleError(f"front matter opens on line 1 and does not close: end it with a line '{fence}'")
    front = "\n" + text[opening.end() : closing.start()]  # the line break keeps line numbers those of the file
    warnings: list[str] = []
    if fence == "---":
        # A tab may stand in some places of YAML and not in others, and parsers differ about where.
        warnings = [
            f"line {number}: a tab in the YAML front matter was read as spaces"
            for number, line in enumerate(front.split("\n"), start=1)
            if "\t" in line
        ]
        record = _yaml(front.expandtabs(2) if warnings else front)
    else:
        record = _toml(front)
    return record, text[closing.end() :], warnings


def _yaml(front: str) -> dict[str, Any]:
    try:
        check_yaml(front, _LOADER)
        record = yaml.load(front, _LOADER)
    except yaml.MarkedYAMLError as error:
        line = f" on line {error.problem_mark.line + 1}" if error.problem_mark else ""
        hint = "; put a value with ': ' in quotes" if "mapping values" in str(error.problem) else ""
        raise ArticleError(f"YAML front matter cannot be read{line}: {error.problem}{hint}") from None
    except (yaml.YAMLError, ValueError) as error:
        raise ArticleError(f"YAML front matter cannot be read: {' '.join(str(error).split())}") from None
    if record is None or record == "":
        return {}
    if not isinstance(record, dict):
        raise ArticleError("YAML front matter must be 'key: value' lines")
    return {key: value for key, value in record.items() if not (isinstance(value, str) and value in _NULLS)}


def _toml(front: str) -> dict[str, Any]:
    check_toml(front)
    try:
        return tomllib.loads(front)
    except tomllib.TOMLDecodeError as error:
        raise ArticleError(f"TOML front matter cannot be read: {error}") from None
    except ValueError:  # the only one that is not about TOML: Python refuses numbers of thousands of digits
        raise ArticleError("TOML front matter has a number with thousands of digits: write it as text") from None
