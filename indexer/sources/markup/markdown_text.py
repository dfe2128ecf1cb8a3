"""Markdown as plain text: what a reader sees of it, and where it links to."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.admon import admon_plugin
from mdit_py_plugins.container import container_plugin
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.footnote import footnote_plugin

from indexer.base.errors import ArticleError
from indexer.sources.limits import is_laborious_markdown
from indexer.sources.markup import marks
from indexer.sources.markup.code import HiddenCode
from indexer.sources.markup.components import without_comments, without_components
from indexer.sources.markup.links import Links
from indexer.sources.markup.liquid import code_as_fences, without_liquid
from indexer.sources.markup.tags import html_text, tidy

_MUTED_TAG = re.compile(r"<(/?)(?:script|style|svg|iframe)\b", re.IGNORECASE)
_HTML_CONTAINER = re.compile(r"<(/?)(?:article|aside|blockquote|details|div|figure|section|table)\b", re.IGNORECASE)
_BREAK_TAG = re.compile(r"<br\b", re.IGNORECASE)
_CONTAINER_TITLE = re.compile(r"\s*(?:\{[^{}]*\}|[\w-]+)?\s*(?:\[(?P<bracketed>[^\[\]]+)\])?(?P<plain>[^\[\]{}]*)")
_CODE = re.compile("\0(\\d+)\0")
_SPAN_ENDS = frozenset(("link_close", "em_close", "strong_close", "s_close", "image", "code_inline"))


@dataclass
class PlainText:
    """What `plain_text` makes of Markdown. `title` is the heading of the first level that it began with; `unparsed`
    says that the marks are all still there, because they are too many."""

    title: str = ""
    body: str = ""
    links: Links = field(default_factory=Links)
    unparsed: bool = False


def plain_text(source: str, *, is_mdx: bool = False) -> PlainText:
    """Markdown without its marks: paragraphs separated by blank lines, the items of a list and the rows of a
    table as lines, footnotes at the end. Link texts and code stay; images, HTML tags, components and the tags of
    template languages go.

    Text with more marks than are parsed within seconds keeps them. Raises ArticleError if it cannot be parsed.
    """
    source = _without_templates(source, is_mdx)
    if is_laborious_markdown(source):
        return PlainText(body=tidy(source), unparsed=True)
    try:
        tokens = _parser(is_mdx).parse(source)
    except Exception as error:  # another library's parser on arbitrary text; only this article is lost
        raise ArticleError(f"cannot be read as Markdown ({type(error).__name__})") from None
    return _Writer().write(tokens)


def _without_templates(source: str, is_mdx: bool) -> str:
    if not is_mdx and not any(mark in source for mark in ("{", "import", "%%", "::", '=== "')):
        return source
    source = code_as_fences(source)
    code = HiddenCode(source, by_indentation=not is_mdx)
    text = without_comments(code.text, "{::comment}", "{:/comment}")
    text = marks.without_unseen(text)
    if not is_mdx:
        text = without_liquid(text)
    return code.restored(without_components(text, is_mdx=is_mdx))


@cache
def _parser(is_mdx: bool) -> MarkdownIt:
    """The parser with what generators add to CommonMark. MDX has no code by indentation: children of components are
    indented."""
    markdown = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    markdown.use(footnote_plugin).use(deflist_plugin).use(admon_plugin)
    markdown.use(container_plugin, name="box", validate=lambda info, *_: len(info) <= 300)
    markdown.use(marks.add_rule)
    return markdown.disable("code") if is_mdx else markdown


class _Writer:
    """Turns the parser's tokens into paragraphs and lines."""

    def __init__(self) -> None:
        self._text = PlainText()
        self._parts: list[str] = []
        self._glue = "\n\n"  # what goes before the next part
        self._lists = 0  # how many lists we are inside of
        self._marker = ""  # of a list item whose first line has not come yet
        self._html_open = 0  # how many HTML elements are not closed yet
        self._cells: list[str] | None = None  # of the table row we are in

    def write(self, tokens: list[Token]) -> PlainText:
        for before, token in pairwise([Token("", "", 0), *tokens]):
            if token.type == "inline":
                self._inline(token, within=before)
            elif token.type == "html_block" or (token.type == "code_block" and self._html_open > 0):
                # What is indented below an open <div> is its content; as Markdown it would be code.
                self._html_open += sum(-1 if tag[1] else 1 for tag in _HTML_CONTAINER.finditer(token.content))
                self._add(html_text(token.content, self._text.links))
            elif token.type in ("fence", "code_block"):
                self._add(token.content.strip("\n"))
            elif token.type == "container_box_open":
                title = _CONTAINER_TITLE.match(token.info)
                self._add((title["bracketed"] or title["plain"]).strip() if title else "")
            elif token.type in ("list_item_open", "list_item_close"):
                self._marker = (f"{token.info}{token.markup} " if token.info else "- ") if token.nesting > 0 else ""
            elif token.type.endswith(("list_open", "list_close")):
                self._lists += token.nesting
                if self._lists == max(token.nesting, 0):  # the outermost begins or ends
                    self._glue = "\n\n"
            elif token.type == "dd_open":
                self._glue = "\n"
            else:
                self._table(token)
        self._text.body = "".join(self._parts).strip()
        return self._text

    def _table(self, token: Token) -> None:
        if token.type == "tr_open":
            self._cells = []
        elif token.type == "tr_close" and self._cells is not None:
            row, self._cells = " | ".join(self._cells), None
            self._add(row, is_line=True)
        elif token.type in ("table_open", "table_close", "dl_close"):
            self._glue = "\n\n"

    def _inline(self, token: Token, within: Token) -> None:
        if within.type == "admonition_title_open" and _is_default(token, within):
            return
        is_heading = within.type == "heading_open"
        text = self._inline_text(token.children or [], is_heading)
        if self._cells is not None:
            self._cells.append(text)
        elif within.tag == "h1" and not self._parts and not self._text.title:
            self._text.title = " ".join(text.split())
        else:
            self._add(text, is_line=within.hidden)  # a list without blank lines hides its paragraphs

    def _add(self, text: str, is_line: bool = False) -> None:
        if not text.strip():
            return
        if self._parts:
            self._parts.append(self._glue)
        self._parts.append(self._marker + text)
        self._marker = ""
        self._glue = "\n" if is_line else "\n\n"

    def _inline_text(self, children: list[Token], is_heading: bool) -> str:
        parts: list[str] = []
        codes: list[str] = []
        muted = False
        in_link = 0
        for child in children:
            if child.type == "html_inline":
                tag = _MUTED_TAG.match(child.content)
                muted = not tag[1] if tag else muted
                if _BREAK_TAG.match(child.content):
                    parts.append("\n")
                self._text.links.add_from_tag(child.content)
            elif child.type == "link_open":
                self._text.links.add(str(child.attrGet("href") or ""))
                in_link += 1
            elif muted:
                continue
            elif child.type == "text":
                parts.append(child.content)
                if not in_link and "://" in child.content:
                    self._text.links.add_bare(child.content)
            elif child.type == "code_inline":
                parts.append(f"\0{len(codes)}\0")
                codes.append(child.content)
            elif child.type == "softbreak":
                parts.append(" ")
            elif child.type == "hardbreak":
                parts.append("\n")
            in_link -= child.type == "link_close"
            if child.type in _SPAN_ENDS:
                parts.append(marks.AFTER_SPAN)
        text = marks.shown("".join(parts), is_heading=is_heading, add_page=self._text.links.add_page)
        return tidy(_CODE.sub(lambda place: codes[int(place[1])], text) if codes else text)


def _is_default(token: Token, within: Token) -> bool:
    """Whether the title of an admonition is only the name of its kind."""
    return token.content.lower() == within.markup.split()[-1].lower()
