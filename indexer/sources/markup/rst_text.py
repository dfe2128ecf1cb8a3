"""reStructuredText as plain text: what a reader sees of it, what it says about itself, and where it links to.

docutils reads it. What only Sphinx and site generators know, roles such as ``:doc:`` and directives such as
``.. versionadded::``, is turned into plain text first, for docutils would show it as a mistake.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from docutils import nodes
from docutils.core import publish_doctree, publish_parts
from docutils.io import DocTreeInput
from docutils.parsers.rst.languages import en

from indexer.base.errors import ArticleError
from indexer.sources.limits import is_laborious_rst
from indexer.sources.markup.links import Links
from indexer.sources.markup.markdown_text import PlainText
from indexer.sources.markup.tags import html_text, tidy

_SETTINGS: Mapping[str, Any] = {
    "_disable_config": True,  # a file of that name beside the process says nothing about articles
    "file_insertion_enabled": False,
    "raw_enabled": False,
    "report_level": 5,
    "halt_level": 5,
    "docinfo_xform": False,  # the fields are read here, as they are written
    "sectsubtitle_xform": False,
    "syntax_highlight": "none",
    "math_output": "LaTeX",
    "embed_stylesheet": False,
    "stylesheet_path": "",
    "input_encoding": "unicode",
    "output_encoding": "unicode",
}
_ROLE = re.compile(r":(?P<name>[A-Za-z][\w:+.-]{0,60}):`(?P<text>[^`]{1,2000})`")
_FIELD_LINE = re.compile(r"^:([A-Za-z][\w ]{0,40}):[ \t]*([^\n]{0,1000})$", re.M)
_DIRECTIVE = re.compile(r"^(?P<indent>[ \t]*)\.\. +(?P<name>[A-Za-z][\w:+.-]*)::(?P<argument>[^\n]*)\n?", re.M)
_OPTIONS = re.compile(r"(?:[ \t]+:[\w-]+:[^\n]*\n)*")
_COMMENT_FIELD = re.compile(r"^[ \t]*\.\. (?P<name>[a-z_]{2,20}):(?: (?P<value>[^\n]*))?$", re.M)
_POST = re.compile(
    r"^\.\.[ \t]+post ?::(?P<date>[^\n]*)(?:\n|\Z)(?P<options>(?:[ \t]+:[\w-]+:[^\n]*\n?)*)", re.M | re.I
)
_OPTION = re.compile(r"[ \t]+:([\w-]+):[ \t]*([^\n]*)")
_ROLES = frozenset(name for name in en.roles if name != "raw")
_DIRECTIVES = frozenset(en.directives) - {"raw", "include", "contents", "sectnum"}
# what stands for something that is not in the file, or for nothing that is read
_WITHOUT_TEXT = frozenset(
    "toctree contents sectnum raw include literalinclude index youtube vimeo soundcloud gist gallery thumbnail chart "
    "post-list postlist slides youtube-video media listing currentmodule module highlight tags meta update".split()
)
_NOTES = frozenset("versionadded versionchanged versionremoved deprecated seealso".split())
_LOOKED_AT = 4000  # characters
_BEFORE_FIELDS = (nodes.PreBibliographic, nodes.Invisible, nodes.image, nodes.figure, nodes.transition)
_NIKOLA = frozenset("title slug date status".split())  # one of these is in the comments that Nikola begins a post with


@dataclass
class RstText(PlainText):
    """What `read_rst` makes of a text."""

    fields: dict[str, str] = field(default_factory=dict)  # what it says about itself, names in lower case


def read_rst(source: str) -> RstText:
    """reStructuredText without its marks. Raises ArticleError if it cannot be parsed; text with more marks than are
    parsed within seconds keeps them."""
    text = RstText(fields={**_fields_of_comments(source), **_fields_of_post(source)})
    if is_laborious_rst(source):
        for name, value in _FIELD_LINE.findall(source[:_LOOKED_AT]):  # one may say that it is a draft
            text.fields.setdefault(name.lower(), value.strip())
        text.body, text.unparsed = tidy(source), True
        return text
    try:
        tree = publish_doctree(_without_sphinx(source, text.links), settings_overrides=dict(_SETTINGS))
        _take_fields(tree, text)
        text.title = str(tree.get("title", "")) if tree.children and isinstance(tree[0], nodes.title) else ""
        parts = publish_parts(
            tree, source_class=DocTreeInput, reader="doctree", writer="html5", settings_overrides=dict(_SETTINGS)
        )
    except Exception as error:  # another library's parser on arbitrary text; only this article is lost
        raise ArticleError(f"cannot be read as reStructuredText ({type(error).__name__})") from None
    text.title = " ".join(text.title.split())
    text.body = html_text(f"{parts['subtitle']}\n{parts['fragment']}", text.links)
    return text


def _fields_of_comments(source: str) -> dict[str, str]:
    """What Nikola keeps in comments at the beginning: ``.. title: A post``."""
    head = source.lstrip()[:_LOOKED_AT].partition("\n\n")[0]
    found = {match["name"]: (match["value"] or "").strip() for match in _COMMENT_FIELD.finditer(head)}
    if found.keys().isdisjoint(_NIKOLA):
        return {}
    tags = {tag.strip().lower() for tag in found.get("tags", "").split(",")}
    return {**found, "draft": "true"} if tags & {"draft", "private"} else found


def _fields_of_post(source: str) -> dict[str, str]:
    """What ABlog keeps in a directive: ``.. post:: 2024-05-01`` with options. Without a date it is a draft."""
    found = _POST.search(source)
    if found is None:
        return {}
    options = {name.lower(): value.strip() for name, value in _OPTION.findall(found["options"])}
    date = found["date"].strip()
    return {**options, **({"date": date} if date else {"draft": "true"})}


def _take_fields(tree: nodes.document, text: RstText) -> None:
    """Moves the fields below the title, or before it as Sphinx has them, from the tree to the text."""
    found = _first_fields(tree)
    if found is None:
        return
    for entry in found.findall(nodes.field):
        name, value = (part.astext().strip() for part in entry.children[:2])
        text.fields.setdefault(name.lower(), " ".join(value.split()))
    found.parent.remove(found)


def _first_fields(node: nodes.Element) -> nodes.field_list | None:
    """The fields that come before any text: below a title that is one of several, a picture, or moved in, too, where
    generators overlook them. They may say that it is a draft."""
    for child in node.children:
        if isinstance(child, nodes.field_list):
            return child
        if isinstance(child, (nodes.section, nodes.block_quote)):
            return _first_fields(child)
        if not isinstance(child, _BEFORE_FIELDS):
            return None
    return None


def _without_sphinx(source: str, links: Links) -> str:
    source = _POST.sub("", source)
    return _ROLE.sub(lambda role: _role(role, links), "".join(_directives(source)))


def _role(role: re.Match[str], links: Links) -> str:
    name = role["name"].lower()
    if name in _ROLES:
        return role[0]
    shown, _, target = role["text"].rpartition("<") if role["text"].endswith(">") else ("", "", "")
    found = bool(shown.strip())
    shown, target = (shown.strip(), target[:-1]) if found else (role["text"], role["text"])
    if name.rpartition(":")[2] == "doc":
        links.add(target.strip().removeprefix("/"))
        shown = shown if found else re.sub("[-_]", " ", shown.rpartition("/")[2])
    if not found and shown.startswith("~"):
        shown = shown.rpartition(".")[2]  # only the last part of a name in code is shown
    return shown.lstrip("!.~")


def _directives(source: str) -> Iterator[str]:
    """The source, with the directives that docutils does not know taken out: their content stays, if it is text."""
    at = 0
    for found in _DIRECTIVE.finditer(source):
        name = found["name"].lower()
        if found.start() < at or name in _DIRECTIVES:
            continue
        yield source[at : found.start()]
        end = _OPTIONS.match(source, found.end())
        at = end.end() if end else found.end()
        if name in _WITHOUT_TEXT:
            at = _end_of_block(source, at, len(found["indent"]))
        elif name not in _NOTES and (argument := found["argument"].strip()):
            yield f"{found['indent']}{argument}\n\n"
    yield source[at:]


def _end_of_block(source: str, at: int, indent: int) -> int:
    """Where the lines that are indented more than `indent`, or blank, end."""
    while at < len(source):
        end = source.find("\n", at) + 1 or len(source)
        line = source[at:end].expandtabs()
        if line.strip() and len(line) - len(line.lstrip()) <= indent:
            break
        at = end
    return at
