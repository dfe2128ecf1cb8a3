"""The front matter of an article file: YAML between ``---`` lines, TOML between ``+++`` lines, JSON, or lines of
``Key: value`` without a fence, or Pandoc's lines of ``%``."""

from __future__ import annotations

import re
import tomllib
from typing import Any, NamedTuple

import yaml

from indexer.base.errors import ArticleError
from indexer.sources.limits import check_front_matter, check_toml, check_yaml, json_object_end, json_value

# The base loader keeps every value as it is written, where YAML's own types would read the title "No" as False,
# "12:30" as 750 and "1.10" as 1.1. It builds nothing but text, lists and mappings.
_LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_NULLS = frozenset(("~", "null", "Null", "NULL"))
_OPENING = re.compile(r"(---|\+\+\+|;;;)[ \t]*(yaml|toml|json|js|javascript)?[ \t]*(?:\n|\Z)", re.IGNORECASE)
# Blank lines and invisible marks before a fence, where fields follow: a draft is one all the same.
_BEHIND_BLANKS = re.compile(
    "[\\s\ufeff\u200b\u2060]+(?=(?:---|\\+\\+\\+)[ \\t]*\\n[ \\t]*[\"']?[\\w-]{1,40}[\"']?[ \\t]*[:=])"
)
_CLOSING = {
    "---": re.compile(r"^(?:---|\.\.\.)[ \t]*$", re.M),
    "+++": re.compile(r"^\+\+\+[ \t]*$", re.M),
    ";;;": re.compile(r"^;;;[ \t]*$", re.M),
}
_LANGUAGES = {"---": "yaml", "+++": "toml", ";;;": "json"}
_END_OF_OBJECT = re.compile(r"(?<=\})\s*;\s*\Z")
_CODE = re.compile(r"=>|`|\bfunction\b|\bnew [A-Z]|[\w)]\(")  # in JavaScript
_JSON_OPENING = re.compile(r'\s*\{\s*"')
# Without a fence only these keys are taken for front matter: prose may begin with "Note: ...".
_HEADER = re.compile(
    r"(title|date|authors?|categor(?:y|ies)|tags|keywords|slug|summary|description|status|modified|layout|lang)[ \t]*:",
    re.IGNORECASE,
)
_HEADER_LINE = re.compile(r"([A-Za-z][\w-]{0,40})[ \t]*:(?:[ \t]+(\S.*))?[ \t]*\Z")
_CONTINUED = re.compile(r"(?: {2,}|\t)\S")
_FENCE_LATER = re.compile(r"---[ \t]*\Z")
# A title, authors and a date, each of which may go on in lines that begin with a blank
_PANDOC = re.compile(
    r"%[ \t]+(\S[^\n]*(?:\n[ \t]+\S[^\n]*){0,20})\n%([^\n]*(?:\n[ \t]+\S[^\n]*){0,20})(?:\n%([^\n]*))?"
    r"(?=\n[ \t]*(?:\n|\Z)|\Z)"
)
_MAX_HEADER_LINES = 200
_MAX_HEADER = 20_000  # characters


def is_at_beginning(text: str) -> bool:
    """Whether `text`, whose lines end in ``\\n``, begins with front matter."""
    is_fenced = _OPENING.match(text) is not None or _is_json(text)
    return is_fenced or _PANDOC.match(text) is not None or _header_lines(text) is not None


class FrontMatter(NamedTuple):
    """What `split` finds."""

    record: dict[str, Any]  # empty where there is none
    text: str  # below it
    warnings: list[str]  # about what was mended
    language: str  # yaml, toml, json, or empty


def split(text: str) -> FrontMatter:
    """The front matter of `text`.

    Raises ArticleError, with the line, for front matter that does not close or cannot be read.
    """
    opening = _OPENING.match(text)
    if opening is None and (behind := _BEHIND_BLANKS.match(text)) is not None:
        text = text[behind.end() :]
        opening = _OPENING.match(text)
    if opening is None:
        return _split_without_fence(text)
    fence = opening[1]
    closing = _CLOSING[fence].search(text, opening.end())
    if closing is None:
        raise ArticleError(f"front matter opens on line 1 and does not close: end it with a line '{fence}'")
    front = "\n" + text[opening.end() : closing.start()]  # the line break keeps line numbers those of the file
    rest = text[closing.end() :]
    language = (opening[2] or _LANGUAGES[fence]).lower()
    if language in ("js", "javascript"):
        return FrontMatter(_javascript(front), rest, [], "json")
    if language == "yaml":
        return _yaml_with_warnings(front, rest)
    record = _toml(front) if language == "toml" else _json(front, braces=fence != ";;;" or _is_json(front))
    return FrontMatter(record, rest, [], language)


def _split_without_fence(text: str) -> FrontMatter:
    if _is_json(text):
        end = json_object_end(text)
        if end is None:
            raise ArticleError("JSON front matter opens on line 1 and does not close: end it with '}'")
        return FrontMatter(_json(text[:end]), text[end:], [], "json")
    if pandoc := _PANDOC.match(text):
        title, authors, day = (" ".join((part or "").split()) for part in pandoc.groups())
        record = {"title": title, "authors": [name.strip() for name in authors.split(";") if name.strip()], "date": day}
        return FrontMatter({key: value for key, value in record.items() if value}, text[pandoc.end() :], [], "")
    count = _header_lines(text)
    if count is None:
        return FrontMatter({}, text, [], "")
    lines = text.split("\n")
    rest = lines[count:]
    if rest and _FENCE_LATER.match(rest[0]):
        return _yaml_with_warnings("\n".join(lines[:count]), "\n".join(rest[1:]))
    return FrontMatter(_header("\n".join(lines[:count])), "\n".join(rest), [], "")


def _is_json(text: str) -> bool:
    return _JSON_OPENING.match(text) is not None


def _header_lines(text: str) -> int | None:
    """How many lines of ``Key: value`` the text begins with, None if these are not front matter. A line ``---`` may
    follow, as in Hexo's files; a blank line must otherwise, as in Pelican's."""
    if not _HEADER.match(text):
        return None
    known = 0
    lines = text[:_MAX_HEADER].split("\n")
    for number, line in enumerate(lines[:_MAX_HEADER_LINES]):
        if _FENCE_LATER.match(line):
            return number if known > 1 or number > 1 else None
        if not line.strip():
            return number if known > 1 or (known and _is_title(text)) else None
        if _HEADER.match(line):
            known += 1
        elif not (_HEADER_LINE.match(line) or (number and (_CONTINUED.match(line) or line.startswith("- ")))):
            return None
    return len(lines) if len(text) <= _MAX_HEADER and (known > 1 or _is_title(text)) else None


def _is_title(text: str) -> bool:
    return text[:6].lower() == "title:"


def _header(front: str) -> dict[str, Any]:
    """Lines of ``Key: value``, as Pelican and MultiMarkdown have them: no YAML, so a colon in a value is no mistake."""
    record: dict[str, Any] = {}
    key = ""
    for line in front.split("\n"):
        found = _HEADER_LINE.match(line)
        if found and not _CONTINUED.match(line):
            key = found[1].lower()
            record[key] = found[2] or ""
        elif key:
            record[key] = f"{record[key]} {line.strip()}".strip()
    return record


def _yaml_with_warnings(front: str, rest: str) -> FrontMatter:
    # A tab may stand in some places of YAML and not in others, and parsers differ about where.
    warnings = [
        f"line {number}: a tab in the YAML front matter was read as spaces"
        for number, line in enumerate(front.split("\n"), start=1)
        if "\t" in line
    ]
    return FrontMatter(_yaml(front.expandtabs(2) if warnings else front), rest, warnings, "yaml")


def _yaml(front: str) -> dict[str, Any]:
    try:
        check_yaml(front, _LOADER)
        record = yaml.load(front, _LOADER)
    except yaml.MarkedYAMLError as error:
        if error.context_mark and error.context == "while scanning a quoted scalar":  # it ends far from what is wrong
            what = f"a quotation mark on line {error.context_mark.line + 1} is not closed"
            raise ArticleError(f"YAML front matter cannot be read: {what}") from None
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


def _javascript(front: str) -> dict[str, Any]:
    """An object of JavaScript, as Eleventy takes it. One of values alone is YAML as well; no code is run."""
    try:
        if _CODE.search(front):
            raise ArticleError("code")
        return _yaml(_END_OF_OBJECT.sub("", front))
    except ArticleError:
        raise ArticleError("front matter in JavaScript with more than values in it: write it in YAML") from None


def _toml(front: str) -> dict[str, Any]:
    check_toml(front)
    try:
        return tomllib.loads(front)
    except tomllib.TOMLDecodeError as error:
        raise ArticleError(f"TOML front matter cannot be read: {error}") from None
    except ValueError:  # the only one that is not about TOML: Python refuses numbers of thousands of digits
        raise ArticleError("TOML front matter has a number with thousands of digits: write it as text") from None


def _json(front: str, *, braces: bool = True) -> dict[str, Any]:
    """A JSON object; Hexo leaves its braces out."""
    check_front_matter(front, "JSON")
    try:
        record = json_value(front if braces else f"{{{front}}}")
    except ValueError as error:  # JSONDecodeError is one
        raise ArticleError(f"JSON front matter cannot be read: {error}") from None
    if not isinstance(record, dict):
        raise ArticleError("JSON front matter must be an object")
    return record
