"""What became of a change of the archive."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Changed:
    """How many articles were new, replaced an older version, or were there as they are; and the ids of those that were
    taken out."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.removed)
