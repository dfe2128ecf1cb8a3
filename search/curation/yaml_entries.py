"""A file of entries: a YAML list of small mappings that people write by hand, each known by its line.

The editors' rules and the assertions are such files. A mistake in one entry is named by its line and costs only that
entry. Values are read as they stand in the file, so an id like ``2024-02-22`` or a section called ``NO`` stays text.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import yaml

from indexer.article.date_bounds import parse_bound
from indexer.base.errors import ArticleError, ReadmoreError

MAX_BYTES = 8 * 1024**2
WIDTH = 78
MOST_VALUES = 1000  # of one key
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml's, where it is there, is six times as fast

T = TypeVar("T")


class FileError(ReadmoreError):
    """A file of entries that cannot be read at all."""


class EntryError(ReadmoreError):
    """What is wrong with an entry, and what to write instead. `line` counts from 1."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


@dataclass(frozen=True, slots=True)
class Problem:
    """An entry that is left out, or that will not do what its author expects."""

    line: int
    message: str
    fatal: bool = True  # False for a warning: the entry counts all the same

    def to_dict(self) -> dict[str, object]:
        """The problem as it stands in JSON."""
        return {"line": self.line, "message": self.message, "kind": "error" if self.fatal else "warning"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One mapping of the list."""

    line: int
    last_line: int
    fields: Mapping[str, yaml.Node]

    def only(self, *known: str) -> None:
        """Raises EntryError if there is a key besides the known ones."""
        for name, node in self.fields.items():
            if name not in known:
                raise EntryError(_line(node), f"'{name}' is not known here; an entry like this has {', '.join(known)}")

    def text(self, name: str) -> str:
        """The value of a key that must be there."""
        return _text(name, self._get(name))

    def pair(self, name: str) -> tuple[str, str]:
        """The two values of a key: ``[A, B]``."""
        node = self._get(name)
        values = [_text(name, one) for one in node.value] if isinstance(node, yaml.SequenceNode) else []
        if len(values) != 2:
            raise EntryError(_line(node), f"'{name}' needs two values: {name}: [A, B]")
        return values[0], values[1]

    def texts(self, name: str) -> tuple[str, ...]:
        """The values of a key: ``[A, B, C]``, or a single one."""
        node = self._get(name)
        nodes = node.value if isinstance(node, yaml.SequenceNode) else [node]
        if not 0 < len(nodes) <= MOST_VALUES:
            raise EntryError(_line(node), f"'{name}' must have 1 to {MOST_VALUES} values")
        return tuple([_text(name, one) for one in nodes])

    def number(self, name: str, low: int, high: int) -> int:
        """The value of a key, a whole number."""
        value = self.text(name)
        if not (value.isascii() and value.isdigit() and len(value) < 10 and low <= int(value) <= high):
            raise EntryError(_line(self.fields[name]), f"'{name}' must be a whole number from {low} to {high}")
        return int(value)

    def flag(self, name: str) -> bool:
        """The value of a key that says yes or no; False where it is not there."""
        if name not in self.fields:
            return False
        value = self.text(name).lower()
        if value not in ("true", "yes", "on", "false", "no", "off"):
            raise EntryError(_line(self.fields[name]), f"'{name}' must be true or false, not '{value}'")
        return value in ("true", "yes", "on")

    def date(self, name: str, *, end_of_day: bool = False) -> datetime | None:
        """The value of a key that names a day or a date with a time; None where it is not there. A day begins at
        midnight UTC; with `end_of_day` the whole of it is included."""
        if name not in self.fields:
            return None
        value = self.text(name)
        try:
            return parse_bound(value, end_of_day=end_of_day)
        except ArticleError:
            message = f"'{name}' must be a date like 2024-12-31, not '{value}'"
            raise EntryError(_line(self.fields[name]), message) from None

    def _get(self, name: str) -> yaml.Node:
        if name not in self.fields:
            raise EntryError(self.line, f"'{name}' is missing")
        return self.fields[name]


def read_entries(path: Path) -> tuple[list[Entry], list[Problem]]:
    """The entries of a file, and what is wrong with those left out. Raises FileError for what is no YAML list."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise FileError(f"{path}: more than {MAX_BYTES // 1024**2} MB; split it or take out what is over")
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileError(f"{path}: not UTF-8 text at byte {error.start}; save it as UTF-8") from None
    except OSError as error:
        raise FileError(f"{path}: {error.strerror}") from None
    return parse_entries(text, str(path))


def parse_entries(text: str, where: str) -> tuple[list[Entry], list[Problem]]:
    """`read_entries` for a text; `where` is what to call it."""
    root = _composed(text, where)
    if root is None or (isinstance(root, yaml.ScalarNode) and not root.value):
        return [], []
    if not isinstance(root, yaml.SequenceNode):
        raise FileError(f"{where}, line {_line(root)}: not a list; begin every entry with '- '")
    entries, problems = [], []
    for node in root.value:
        if not isinstance(node, yaml.MappingNode):
            problems.append(Problem(_line(node), "not an entry; write '- name: value'"))
            continue
        fields = {key.value: value for key, value in node.value if isinstance(key, yaml.ScalarNode)}
        if len(fields) < len(node.value):
            problems.append(Problem(_line(node), "a key is there twice, or is no word"))
        else:
            entries.append(Entry(_line(node), _last_line(node), fields))
    return entries, problems


def _composed(text: str, where: str) -> yaml.Node | None:
    try:
        return yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f", line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise FileError(f"{where}{place}: not valid YAML: {error.problem or error.context}") from None
    except (yaml.YAMLError, RecursionError) as error:
        raise FileError(f"{where}: not valid YAML: {' '.join(str(error).split())[:200]}") from None


def made(entries: Iterable[Entry], make: Callable[[Entry], T], problems: list[Problem]) -> list[T]:
    """What `make` makes of every entry; what it raises EntryError for is added to `problems`."""
    done = []
    for entry in entries:
        try:
            done.append(make(entry))
        except EntryError as error:
            problems.append(Problem(error.line, str(error)))
    return done


def wrapped(text: str, first: str = "", later: str = "") -> str:
    """The text in lines for a terminal, broken at spaces only: an id that is cut in two cannot be copied."""
    return textwrap.fill(
        text, WIDTH, initial_indent=first, subsequent_indent=later, break_on_hyphens=False, break_long_words=False
    )


def _text(name: str, node: yaml.Node) -> str:
    value = node.value.strip() if isinstance(node, yaml.ScalarNode) else ""
    if not value:
        raise EntryError(_line(node), f"'{name}' must have a value, one word or one line")
    return str(value)


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1


def _last_line(node: yaml.Node, depth: int = 3) -> int:
    """The last line of an entry; the mark at the end of a block stands where the next one begins. No deeper than
    `depth`, since an alias may lead back to where it stands."""
    if not isinstance(node, yaml.CollectionNode) or node.flow_style:
        return max(_line(node), int(node.end_mark.line) + (1 if node.end_mark.column else 0))
    parts = [part for pair in node.value for part in (pair if isinstance(pair, tuple) else (pair,))]
    return max((_last_line(part, depth - 1) for part in parts if depth), default=_line(node))
