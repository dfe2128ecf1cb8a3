"""Bounds on what one article may ask of its reader: depth, numbers of values, work.

Texts come from strangers, and a few hundred bytes of YAML, JSON or Markdown can mean hours of work or gigabytes. Each
check here takes time linear in the text and runs before the parser whose weakness it guards. The bounds are far above
what articles have; what is beyond them is refused with a reason, never cut in silence.
"""

from __future__ import annotations

import json
import re
from typing import Any

import yaml

from indexer.base.errors import ArticleError

MAX_ARTICLE_BYTES = 4 * 1024 * 1024
"""A document that should hold one article and is larger than this is something else."""
MAX_DEPTH = 50
"""Lists and objects inside each other; an article has three or four levels."""
MAX_DIGITS = 100
"""Digits of a whole number; Python takes quadratic time for more of them, and refuses thousands."""
MAX_FRONT_MATTER = 100_000
"""Characters of front matter, where gallery posts have a few thousand."""
MAX_VALUES = 10_000
"""Values in front matter, those of an alias counted wherever it stands."""
MAX_VALUE_CHARS = 1_000_000
"""Characters of the values in front matter, those of an alias counted wherever it stands."""
MAX_MARKDOWN_WORK = 2_000_000
"""Microseconds, about, that a slow machine may spend on parsing one text as Markdown."""
MAX_RST = 400_000
"""Characters of reStructuredText, whose parser reads some 100,000 in a second."""
MAX_RST_LINES = 15_000
MAX_RST_LINE = 9_999
"""Characters of a line; its parser reads no text that has a longer one."""
MAX_RST_LISTED = 40_000
"""Characters of a text that has tables written as lists or values, which take long for each cell."""
_RST_LISTED = re.compile(r"^[ \t]*\.\. (?:csv|list)-table::", re.M)
MAX_RST_CORNERS = 2000
"""Corners of cells in drawn tables, which take quadratic time."""
MAX_RST_REPLACED = 200_000
"""Characters that all that stands for the longest replacement may become."""
MAX_RST_INLINE = 100_000_000
"""Marks within paragraphs times the characters of these: a mark is looked for to the end of its paragraph."""
_RST_TABLE_LINE = re.compile(r"^[ \t]*\+[-=+]+", re.M)
_RST_REPLACED_TWICE = re.compile(r"^[ \t]*\.\. \|[^|\n]+\| replace::(?:[^|\n]|\n[ \t])*\|", re.M)
_RST_REPLACEMENT = re.compile(r"^([ \t]*)\.\. \|[^\n]*\n?(?:\1[ \t]+[^\n]*\n?|[ \t]*\n)*", re.M)
_RST_REPLACED = re.compile(r"\|(?=[^\s|])")
_RST_MARK = re.compile(r"[*`|_:\[]")
_RST_BULLET = re.compile(r"[ \t]*[-*+\u2022\u2023\u2043][ \t]")
_RST_INDENT = re.compile(r"^[ \t]*(?=[^ \t\n])", re.M)
_RST_NESTED = re.compile(rf"^[ \t]*(?:[-*+][ \t]+){{{MAX_DEPTH}}}", re.M)  # a list in a list on one line

# Microseconds, about and at most, that the parser spends on one of these; it takes time linear in their number.
_MARKDOWN_WORK = {
    **dict.fromkeys(">#=]-+^!:{}$%@", 6),
    "`": 10,
    "\\": 15,
    "&": 15,
    "<": 15,
    "*": 12,
    "_": 12,
    "~": 12,
    "[": 25,
    "\n": 25,
    "![": 45,
    "|": 60,
}
_UNCLOSED_MARKUP_WORK = 0.01  # for each character of the paragraph, and each beginning in it of a tag "<?" or "<!"

_JSON_PIECE = re.compile(r'"(?:[^"\\]++|\\.)*+"?|[\[{\]}]', re.S)
_TOML_PIECE = re.compile(
    r'"""(?:[^"\\]++|\\.|"(?!""))*+(?:""")?'  # strings of several lines
    r"|'''(?:[^']++|'(?!''))*+(?:''')?"
    r'|"(?:[^"\\\n]++|\\.)*+"?'
    r"|'[^'\n]*+'?"
    r"|#[^\n]*+"
    r"|[\[\]{}.=,\n]",
    re.S,
)


def json_value(text: str, strict: bool = True) -> Any:
    """The JSON value in `text`. ``NaN`` and ``Infinity``, which are no JSON but which some programs write where there
    is no value, are read as null. Where it is not `strict`, line breaks and other control codes may stand in strings.

    Raises json.JSONDecodeError for what is not JSON, ArticleError beyond the bounds.
    """
    _check_json_depth(text)
    return json.loads(text, strict=strict, parse_int=_whole_number, parse_constant=lambda _: None)


def json_object_end(text: str) -> int | None:
    """Where the JSON object that `text` begins with ends, None if it does not. Raises ArticleError beyond the
    bounds."""
    depth = 0
    for piece in _JSON_PIECE.finditer(text):
        if piece[0] in "[{":
            depth += 1
            if depth > MAX_DEPTH:
                raise too_deep("JSON")
        elif piece[0] in "]}":
            depth -= 1
            if depth <= 0:
                return piece.end()
    return None


def number_text(number: float, what: str) -> str:
    """A number as text. Raises ArticleError for one beyond the bounds; `what` is what to call it."""
    if isinstance(number, int) and abs(number) >= 10**MAX_DIGITS:
        raise ArticleError(f"{what} is a number of more than {MAX_DIGITS} digits: write it as text")
    return str(number)


def check_yaml(front: str, loader: Any) -> None:
    """Raises ArticleError if YAML front matter is beyond the bounds, yaml.YAMLError if it cannot be parsed.

    The parser yields events one by one and needs no more memory for deep ones; the loader, which follows, calls itself
    for each level, in C without a bound.
    """
    check_front_matter(front, "YAML")
    sizes: dict[str, tuple[int, int]] = {}  # of what an anchor names: values, characters
    open_at: list[tuple[str | None, int, int]] = []  # anchors of what is open, and the totals where it began
    values = chars = 0
    for event in yaml.parse(front, loader):
        if isinstance(event, yaml.CollectionEndEvent):
            anchor, *before = open_at.pop()
            if anchor:
                sizes[anchor] = values - before[0], chars - before[1]
        elif isinstance(event, yaml.CollectionStartEvent):
            open_at.append((event.anchor, values, chars))
            values += 1
            if len(open_at) > MAX_DEPTH:
                raise too_deep("YAML front matter")
        elif isinstance(event, yaml.ScalarEvent):
            values += 1
            chars += len(event.value)
            if event.anchor:
                sizes[event.anchor] = 1, len(event.value)
        elif isinstance(event, yaml.AliasEvent):
            more = sizes.get(str(event.anchor), (1, 0))  # of what is not there yet: the loader says so
            values, chars = values + more[0], chars + more[1]
        _check_values(values, chars, "YAML")


def check_toml(front: str) -> None:
    """Raises ArticleError if TOML front matter is beyond the bounds. What is not TOML may pass."""
    check_front_matter(front, "TOML")
    depth = dots = values = 0
    for piece in _TOML_PIECE.finditer(front):
        mark = piece[0]
        if mark == ".":
            dots += 1  # between the parts of a key, each of which is one level
        elif mark in "[{=,\n":
            depth += mark in "[{"
            values += mark in "=,\n"
            dots = 0
        elif mark in "]}":
            depth = max(0, depth - 1)
        if max(depth, dots) > MAX_DEPTH:
            raise too_deep("TOML front matter")
    _check_values(values, 0, "TOML")


def is_laborious_rst(source: str) -> bool:
    """Whether parsing a text as reStructuredText would take more than some seconds, or much memory: it is long, it has
    large tables, replacements within replacements or many of a long one, paragraphs full of marks, or its lists and
    quotations are nested deeper than `MAX_DEPTH`."""
    if len(source) > MAX_RST or _RST_REPLACED_TWICE.search(source) is not None:
        return True
    lines = source.split("\n")
    if len(lines) > MAX_RST_LINES or max(map(len, lines)) > MAX_RST_LINE:
        return True
    if len(source) > MAX_RST_LISTED and _RST_LISTED.search(source) is not None:
        return True
    if sum(found[0].count("+") for found in _RST_TABLE_LINE.finditer(source)) > MAX_RST_CORNERS:
        return True
    longest = max((len(found[0]) for found in _RST_REPLACEMENT.finditer(source)), default=0)
    if longest * len(_RST_REPLACED.findall(source)) > MAX_RST_REPLACED or _rst_inline_work(source) > MAX_RST_INLINE:
        return True
    indents: list[int] = []
    for found in _RST_INDENT.finditer(source):
        width = len(found[0].expandtabs())
        while indents and indents[-1] >= width:
            indents.pop()
        indents.append(width)
        if len(indents) > MAX_DEPTH:
            return True
    return _RST_NESTED.search(source) is not None


def _rst_inline_work(source: str) -> int:
    """The marks of paragraphs times the characters of each, those of a list without blank lines apart."""
    work = 0
    for block in re.split(r"\n(?:[ \t]*\n)+", source):
        bullet = _RST_BULLET.match(block)
        for paragraph in block.split(f"\n{bullet[0]}") if bullet else (block,):
            work += len(paragraph) * len(_RST_MARK.findall(paragraph))
    return work


def is_laborious_markdown(source: str) -> bool:
    """Whether Markdown has so many marks that to parse it would take seconds. A million characters of prose with
    thousands of links are far from that."""
    work: float = sum(source.count(mark) * cost for mark, cost in _MARKDOWN_WORK.items())
    if work <= MAX_MARKDOWN_WORK and ("<?" in source or "<!" in source):
        for part in source.split("\n\n"):
            work += (part.count("<?") + part.count("<!")) * len(part) * _UNCLOSED_MARKUP_WORK
    return work > MAX_MARKDOWN_WORK


def check_front_matter(front: str, kind: str) -> None:
    """Raises ArticleError for front matter of too many characters."""
    if len(front) > MAX_FRONT_MATTER:
        raise ArticleError(
            f"{kind} front matter of {len(front):,} characters; up to {MAX_FRONT_MATTER:,} are read, text goes below"
        )


def too_deep(what: str) -> ArticleError:
    """The error for `what` is nested beyond the bound."""
    return ArticleError(f"{what} is nested too deeply: up to {MAX_DEPTH} levels are read")


def unforeseen(error: Exception) -> str:
    """The reason for refusing an article whose reading failed in a way that nobody thought of."""
    return f"cannot be read ({type(error).__name__}): simplify its front matter and markup"


def _check_values(values: int, chars: int, kind: str) -> None:
    if values > MAX_VALUES:
        raise ArticleError(f"{kind} front matter has too many values: up to {MAX_VALUES:,} are read")
    if chars > MAX_VALUE_CHARS:
        raise ArticleError(f"{kind} front matter has too much text: up to {MAX_VALUE_CHARS:,} characters are read")


def _check_json_depth(text: str) -> None:
    if text.count("[") + text.count("{") <= MAX_DEPTH:
        return  # nearly all articles, and much faster
    depth = 0
    for piece in _JSON_PIECE.finditer(text):
        if piece[0] in "[{":
            depth += 1
            if depth > MAX_DEPTH:
                raise too_deep("JSON")
        elif piece[0] in "]}":
            depth -= 1


def _whole_number(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        raise ArticleError(f"not valid JSON: a number with {len(digits):,} digits; up to {MAX_DIGITS} are read")
    return int(digits)
