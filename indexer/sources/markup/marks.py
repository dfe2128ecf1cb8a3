"""Marks that generators add to Markdown and do not show: heading ids, attributes, tables of contents, wiki links."""

from __future__ import annotations

import re
from collections.abc import Callable

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore

AFTER_SPAN = "\x03"  # where a link, code or emphasis ended: attributes in bare braces belong to it
# Lines of a paragraph that are not shown: a table of contents, an abbreviation, Python-Markdown's and kramdown's ways
# to say "leave this out".
_UNSEEN_LINE = re.compile(
    r"(?:\[TOC\]|\[\[_?toc_?\]\]|\$\{toc\}|@\[toc\].{0,80}|\*\[[^\[\]]{1,100}\]:.*)[ \t]*\Z", re.IGNORECASE
)
# Obsidian's comments, the list that kramdown makes a table of contents of, and Nuxt's components
_COMMENT = re.compile(
    r"^%%[ \t]*\n.{0,20000}?^%%[ \t]*$|(?<![\w%])%%(?=[^%\n])[^\n%]{1,2000}%%(?![\w%])", re.MULTILINE | re.DOTALL
)
_CONTENTS = re.compile(
    r"^[ \t]{0,3}(?:[*+-]|1\.)[ \t]+[^\n]{1,80}\n[ \t]{0,8}\{:[ \t]*(?:[.#][\w-]{1,40}[ \t]+){0,5}toc\b[^}\n]{0,80}\}",
    re.MULTILINE,
)
_COMPONENT = re.compile(
    r"^[ \t]{0,8}::(?:[a-z][\w-]{0,60}(?:\[[^\]\n]{0,300}\])?(?:\{[^}\n]{0,300}\})?)?[ \t]*$", re.MULTILINE
)
_OPEN_COMPONENT = re.compile(r"^[ \t]{0,8}::[a-z]", re.MULTILINE)
_TAB = re.compile(r"^([ \t]{0,8})===[!+]{0,2}[ \t]+\"([^\"\n]{1,200})\"[ \t]*$", re.MULTILINE)  # of Material for MkDocs
_ALERT = re.compile(r"\[![A-Za-z][\w-]{0,40}(?:\|[^\[\]]{0,40})?\][+-]?[ \t]*")
_TASK = re.compile(r"\[[ xX]\][ \t]+")
_ATTRIBUTE = r"""(?:[.#][\w:-]{1,100}+|[\w:-]{1,100}+=(?:"[^"{}]{0,300}+"|'[^'{}]{0,300}+'|[^\s"'{}]{1,300}+))"""
_ATTRIBUTES = rf"{_ATTRIBUTE}(?:\s{{1,20}}{_ATTRIBUTE}){{0,20}}"
# Footnote marks, and attributes as kramdown writes them: {: .class}, {:target="_blank"}; then those in bare braces
_NOT_TEXT = re.compile(
    rf"^\[\^[\w-]+\]:[ ]?|\[\^[\w-]+\]|\{{:\s*(?:{_ATTRIBUTES}|(?:no_)?toc\b[^{{}}\n]{{0,200}})\s*\}}"
    rf"|{AFTER_SPAN}\{{\s*{_ATTRIBUTES}\s*\}}|\{{:/?[a-z]{{0,20}}\s*/?\}}|\{{::(?:options|nomarkdown)\b[^{{}}\n]{{0,300}}\}}"
)
_AT_END_OF_HEADING = re.compile(rf"\s*\{{\s*{_ATTRIBUTES}\s*\}}\s*\Z")
_WIKI_LINK = re.compile(r"(!?)\[\[([^\[\]|#^\n]{0,200})((?:[#^][^\[\]|\n]{0,200})?)(?:\\?\|([^\[\]\n]{1,300}))?\]\]")
_HIGHLIGHTED = re.compile(r"(?<![=\w])==(?![=\s])([^=\n]{1,1000})(?<!\s)==(?!=)")
_RAISED_OR_LOWERED = re.compile(r"(?<=\w)([~^])([^~^\s]{1,20})\1(?!\1)")  # H~2~O, m^2^
_SUPERSCRIPT = re.compile(r"(?<![\w^])\^([^\s^]{1,40})\^(?![\w^])")  # where no word is before it
# CriticMarkup, as it reads when all changes are accepted, and what is inserted: ++new++
_CRITIC = re.compile(
    r"\{\+\+([^{}]{0,1000}?)\+\+\}|\{--[^{}]{0,1000}?--\}|\{>>[^{}]{0,1000}?<<\}|\{~?~?[^{}~]{0,1000}~>([^{}~\x03]{0,1000}+)[~\x03]{0,3}\}"
)
_INSERTED = re.compile(r"(?<![+\w])\+\+(?![+\s])([^+\n]{1,1000})(?<!\s)\+\+(?![+\w])")
# Pandoc's spans, [text]{.class}, and Obsidian's name of a paragraph at its end, ^name
_SPAN = re.compile(rf"\[([^\[\]\n]{{1,1000}})\]\{{\s*{_ATTRIBUTES}\s*\}}")
_BLOCK_NAME = re.compile(r"(?:^|[ \t])\^[A-Za-z0-9-]{1,60}\Z")
_EMOJI = re.compile(r"(?<![\w:]):[a-z0-9_+-]{1,50}:(?![\w:])")
_LETTER = re.compile(r"[^\W\d_]")
_NOT_ON_DISK = re.compile(r'[\\:*?"<>]')


def without_unseen(source: str) -> str:
    """Markdown, without its code, without what generators do not show or take for marks of their own."""
    if "%%" in source:
        source = _COMMENT.sub("", source)
    if "===" in source:
        source = _TAB.sub(r'\1!!! tab "\2"', source)
    if "toc" in source:
        source = _CONTENTS.sub("", source)
    return _COMPONENT.sub("", source) if "::" in source and _OPEN_COMPONENT.search(source) else source


def without_unseen_lines(state: StateCore) -> None:
    """A rule of the parser, between its blocks and what is in them: takes lines out of paragraphs that are not shown,
    and what marks a quotation as an alert (``> [!NOTE]``) or a list's item as a task."""
    within = ["", ""]
    for token in state.tokens:
        if token.type == "inline":
            text = token.content
            if "[" in text:
                if within[-1] == "paragraph_open" and within[-2] == "blockquote_open":
                    text = _ALERT.sub("", text, count=1) if _ALERT.match(text) else text
                elif within[-1] == "paragraph_open" and within[-2] == "list_item_open" and _TASK.match(text):
                    text = _TASK.sub("", text, count=1)
                if within[-1] == "paragraph_open":
                    text = "\n".join(line for line in text.split("\n") if not _UNSEEN_LINE.match(line.strip()))
                token.content = text.strip("\n")
        within = [within[-1], token.type]


def add_rule(markdown: MarkdownIt) -> None:
    """Makes `markdown` apply `without_unseen_lines`."""
    markdown.core.ruler.after("block", "unseen_lines", without_unseen_lines)


def shown(text: str, *, is_heading: bool, add_page: Callable[[str], None]) -> str:
    """The text of a paragraph, a heading or a cell, with `AFTER_SPAN` where spans end and without its code, as it is
    shown. The pages that wiki links name are handed to `add_page`."""
    if "{" in text or "[^" in text:
        if "]{" in text:
            text = _SPAN.sub(r"\1", text)
        text = _CRITIC.sub(lambda change: change[1] or change[2] or "", _NOT_TEXT.sub("", text))
        if is_heading and text.rstrip().endswith("}"):
            text = _AT_END_OF_HEADING.sub("", text)
    if "[[" in text:
        text = _WIKI_LINK.sub(lambda link: _wiki_text(link, add_page), text)
    if "==" in text:
        text = _HIGHLIGHTED.sub(r"\1", text)
    if "~" in text or "^" in text:
        text = _SUPERSCRIPT.sub(r"\1", _RAISED_OR_LOWERED.sub(r"\2", _BLOCK_NAME.sub("", text)))
    if "++" in text:
        text = _INSERTED.sub(r"\1", text)
    if ":" in text:
        text = _EMOJI.sub(_emoji, text)
    return text.replace(AFTER_SPAN, "")


def _wiki_text(link: re.Match[str], add_page: Callable[[str], None]) -> str:
    embedded, page, heading, label = link.groups()
    page = page.strip().rstrip("\\")
    if embedded:
        return ""  # a picture, or another page that is read on its own
    if not _LETTER.search(page or heading):
        return link[0]
    if page and not _NOT_ON_DISK.search(page):
        add_page(page)
    return (label or f"{page}{' ' if page else ''}{heading.lstrip('#^')}").strip()


def _emoji(code: re.Match[str]) -> str:
    """The character of an emoji's code; what is none stays."""
    import emoji  # its names take a while to load, and few texts have any

    return emoji.emojize(code[0], language="alias")
