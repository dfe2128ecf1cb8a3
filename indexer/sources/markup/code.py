"""The code in a Markdown text, put aside while template tags and components around it are taken out."""

from __future__ import annotations

import re

_FENCE = re.compile(r"(?:[ \t>]|[-*+][ \t]|\d{1,9}[.)][ \t])*(`{3,}|~{3,})([^\n]*)")
_LIST_ITEM = re.compile(r"[ \t>]*(?:[-*+]|\d{1,9}[.)])[ \t]")
_INDENTED = re.compile(r"(?: {4}| {0,3}\t)[ \t]*\S")
_CONTAINER = re.compile(
    r"<(/?)(?:article|aside|blockquote|details|div|figure|section|table|[ou]l|t[dhr]|p)\b", re.IGNORECASE
)
_BACKTICKS = re.compile(r"(?<!\\)`+")
_PLACE = re.compile("\x01(\\d+)\x02")
_MARKS = re.compile("[\x01\x02]")
_RAW = re.compile(r"\{%-?\s*(?:end)?raw\s*-?%\}")


class HiddenCode:
    """A text with a placeholder for each block and span of code. `restored` puts the code back."""

    def __init__(self, source: str, *, by_indentation: bool = True) -> None:
        self._by_indentation = by_indentation
        self._codes: list[str] = []
        self.text = source
        if "`" in source or "~~~" in source or "\n    " in source or "\n\t" in source:
            self.text = self._without_code(_MARKS.sub("", source))

    def restored(self, text: str) -> str:
        """`text`, which was made from `self.text`, with the code in its places. What keeps a template engine from
        code (``{% raw %}``) is not part of it."""
        return _PLACE.sub(lambda place: _RAW.sub("", self._codes[int(place[1])]), text)

    def _hide(self, code: str) -> str:
        self._codes.append(code)
        return f"\x01{len(self._codes) - 1}\x02"

    def _without_code(self, source: str) -> str:
        pieces: list[str] = []
        prose: list[str] = []  # lines of the paragraphs since the last block of code
        block: list[str] = []  # lines of the block of code we are in
        fence = ""  # that the block ends with; empty for one that is indented
        in_list, after_blank, open_tags = False, True, 0
        for line in source.splitlines(keepends=True):
            if fence:
                block.append(line)
                mark = line.strip(" \t>\n")
                if mark.startswith(fence) and not mark.strip(fence[0]):
                    pieces.append(self._hide("".join(block)))
                    block, fence = [], ""
                continue
            opening = _FENCE.match(line)
            indented = (
                self._by_indentation and not opening and (after_blank or bool(block)) and not (in_list or open_tags > 0)
            )
            if indented and _INDENTED.match(line) and not _is_tag(line):
                pieces.append(self._spans_hidden("".join(prose)))
                prose = []
                block.append(line)
                after_blank = False
                continue
            if block and line.strip():
                pieces.append(self._hide("".join(block)))
                block = []
            if opening and not (opening[1][0] == "`" and "`" in opening[2]):
                pieces += [self._spans_hidden("".join(prose)), line[: opening.start(1)]]
                prose, block, fence = [], [line[opening.start(1) :]], opening[1]
                continue
            (block if block else prose).append(line)
            after_blank = not line.strip()
            if _LIST_ITEM.match(line):
                in_list = True
            elif not after_blank and not line[0].isspace():
                in_list = False
            open_tags = max(0, open_tags + sum(-1 if tag[1] else 1 for tag in _CONTAINER.finditer(line)))
        pieces.append(self._spans_hidden("".join(prose)))
        pieces.append(self._hide("".join(block)) if block else "")
        return "".join(pieces)

    def _spans_hidden(self, prose: str) -> str:
        if "`" not in prose:
            return prose
        return "".join(map(self._spans_of_paragraph, re.split(r"(\n[ \t]*\n)", prose)))

    def _spans_of_paragraph(self, text: str) -> str:
        """A span begins at a run of backticks and ends at the next run of the same length."""
        runs = [run.span() for run in _BACKTICKS.finditer(text)]
        following: dict[int, int] = {}  # by length of a run, the place of the nearest one further on
        closing = [0] * len(runs)
        for place in range(len(runs) - 1, -1, -1):
            length = runs[place][1] - runs[place][0]
            closing[place] = following.get(length, 0)
            following[length] = place
        parts: list[str] = []
        at = place = 0
        while place < len(runs):
            end = closing[place]
            if end:
                parts += [text[at : runs[place][0]], self._hide(text[runs[place][0] : runs[end][1]])]
                at, place = runs[end][1], end
            place += 1
        return "".join([*parts, text[at:]])


def _is_tag(line: str) -> bool:
    """Whether a line is a template tag alone, which authors indent as they like."""
    line = line.strip()
    return line.startswith(("{%", "{{<", "{{%", "<")) and line.endswith(("%}", "}}", ">"))
