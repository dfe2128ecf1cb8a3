"""What a caller may ask of an answer, whatever the seed: how many articles, which may be among them, how varied."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from search.filters.reading import Filters

LIMIT = 10
MAX_SIZE = 20  # articles in a block
DIVERSITY = 0.05  # penalty of maximal marginal relevance; its price is measured in docs/related.md


@dataclass(frozen=True, slots=True, kw_only=True)
class RelatedOptions:
    """What to offer.

    `limit` is how many articles a list has at most, `size` how many a block has, `MAX_SIZE` at most (None: as the
    publisher has set it). `filters` is a filter as for searches (docs/filters.md), such as the values allowed by
    column; `exclude` names by id or URL what the page shows already, `since` and `until` bound the date. `diversity`
    is the penalty of maximal marginal relevance, 0 for none.
    """

    limit: int = LIMIT
    size: int | None = None
    filters: Filters = field(default_factory=dict)
    exclude: Sequence[str] = ()
    since: datetime | None = None
    until: datetime | None = None
    diversity: float = DIVERSITY


DEFAULT_OPTIONS = RelatedOptions()
