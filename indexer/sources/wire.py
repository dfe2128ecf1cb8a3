"""Text the way wire services send it, hard-wrapped and closed by a mark, made readable."""

from __future__ import annotations

import re

_END_MARK = re.compile(r"(?:\s+REUTERS?\.*|\n\s*(?i:reuters?)\.*)?\s*(?:&#3;|\x03)?\s*\Z")
_MARK_WITHIN = 24  # characters of the end
_WIDTH = 80  # the widest a hard-wrapped first line gets
_BLANKS_AT_END = re.compile(r"(?<![ \t])[ \t]+\n")


def readable_text(text: str) -> str:
    """`text` trimmed, with paragraphs where a wire service's copy has them.

    Such copy wraps its lines and indents the first of a paragraph by four spaces, with no empty lines. There
    wrapped lines are joined, indented ones begin a paragraph, and lines indented less (tables) stay lines. A
    closing mark (``REUTER``, ``&#3;``) is dropped. Any other text keeps its lines.
    """
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = text.strip()
    tail = text[-_MARK_WITHIN:]
    if "\x03" in tail or "&#3;" in tail or "reuter" in tail.lower():
        text = text[: len(text) - len(tail)] + _END_MARK.sub("", tail, count=1)
    if "\n    " not in text or "\n\n" in text or text.find("\n") > _WIDTH or "\0" in text:
        return text
    if " \n" in text:
        text = _BLANKS_AT_END.sub("\n", text).replace("\n\n", "\n")
    text = text.replace("\n ", "\0").replace("\n", " ")  # a NUL now stands before every line that was indented
    return text.replace("\0   ", "\n\n").replace("\0", "\n")
