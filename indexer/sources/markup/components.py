"""What MDX adds to Markdown: lines of JavaScript, components, comments and expressions. None of it is text."""

from __future__ import annotations

import re

# One line, or several up to the module's name, as in "import {\n A\n} from 'b'".
_IMPORT = re.compile(
    r"""^import\s(?:[^\n;"'`]|\n(?!import\b|[ \t]*\n)){0,2000}+["'][^"'\n]{1,300}["'][ \t]*;?[ \t]*(?:\n|\Z)""", re.M
)
_EXPORT = re.compile(r"^export\s+(?:const|let|var|default|function|async|class|\{|\*)", re.M)
_IMPORTED = re.compile(r"import\s+(?:[\w*{][\s\w*{},$]*?\sfrom\s+)?[\"']")
_BRACES = r"\{(?:[^{}]|\{(?:[^{}]|\{[^{}]{0,1000}+\}){0,1000}+\}){0,1000}+\}"  # three levels
_COMPONENT = re.compile(
    r"</?[A-Za-z][\w.:-]{0,100}+(?:[^<>{}\"']|\"[^\"]{0,2000}+\"|'[^']{0,2000}+'|=?" + _BRACES + r"){0,200}+>"
)
_EXPRESSION = re.compile(_BRACES)
_MAX_EXPORT = 20_000  # characters


def without_comments(source: str, opening: str, closing: str) -> str:
    """`source` without what stands between the two marks. One that is not closed is text."""
    if opening not in source:
        return source
    parts: list[str] = []
    at = 0
    while (start := source.find(opening, at)) >= 0 and (end := source.find(closing, start + len(opening))) >= 0:
        parts.append(source[at:start])
        at = end + len(closing)
    return "".join([*parts, source[at:]])


def without_components(source: str, *, is_mdx: bool) -> str:
    """`source`, Markdown without its code, without components and what belongs to them.

    Many sites have them in files that are called Markdown, so what cannot be anything else goes there too: imports,
    tags with expressions as values, comments in braces. Only in MDX all braces are expressions.
    """
    source = without_comments(source, "{/*", "*/}")
    if "import" in source:
        source = _IMPORT.sub(lambda found: "" if _IMPORTED.match(found[0]) else found[0], source)
    if is_mdx and "export" in source:
        source = _without_exports(source)
    if "{" in source and "<" in source:
        source = _COMPONENT.sub(_component, source)
    return _EXPRESSION.sub("", source) if is_mdx else source


def _component(tag: re.Match[str]) -> str:
    """Nothing for a tag with expressions in it, the tag as it is otherwise: as HTML it may say where a link leads."""
    return "" if "{" in tag[0] else tag[0]


def _without_exports(source: str) -> str:
    parts: list[str] = []
    at = 0
    several_lines = True
    for found in _EXPORT.finditer(source):
        if found.start() >= at:
            parts.append(source[at : found.start()])
            at = _end_of_statement(source, found.start()) if several_lines else 0
            if not at:  # brackets that do not match: nor will they further on, and to look again takes long
                several_lines = False
                at = source.find("\n", found.start()) + 1 or len(source)
    return "".join([*parts, source[at:]])


def _end_of_statement(source: str, start: int) -> int:
    """Where the statement that begins at `start` ends: at the end of a line behind which no bracket is open; 0 if
    there is none."""
    depth = 0
    for found in re.finditer(r"[{}()\[\]\n]|\Z", source[start : start + _MAX_EXPORT]):
        if found[0] not in ("", "\n"):
            depth += 1 if found[0] in "{([" else -1
        elif depth <= 0:
            return start + found.end()
    return 0
