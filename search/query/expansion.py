"""What is looked for beside what was typed, so that excerpts and explanations can say where it comes from."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Expansion:
    """Index terms that a query looks for in the place of something typed: of a word, or of several in a row."""

    typed: str  # as a person reads it
    instead: str  # what is looked for, likewise
    terms: tuple[str, ...]  # the same in index terms, in their order
    line: int = 0  # of the rule that says so, 0 for none
    beside: tuple[str, ...] = field(default=(), compare=False)  # index terms of the query that it stands beside

    def __str__(self) -> str:
        rule = f", line {self.line} of the rules" if self.line else ""
        return f"synonym of '{self.typed}'{rule}"
