"""What a caller wants to be offered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

DIVERSITY = 0.05  # penalty of maximal marginal relevance; its price is measured in docs/related.md


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a caller wants to be offered.

    `filters` maps a column (section, site, author, tag, language, place, agency) to the values allowed, `exclude`
    names by id or URL what the page shows already, `since` and `until` bound the date. `diversity` is the penalty of
    maximal marginal relevance, 0 for none.
    """

    filters: Mapping[str, Sequence[str]] = field(default_factory=dict)
    exclude: Sequence[str] = ()
    since: datetime | None = None
    until: datetime | None = None
    diversity: float = DIVERSITY


ANYTHING = Wanted()
