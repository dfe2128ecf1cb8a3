"""What is shown where nothing is related: the latest articles, and said to be just that."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.features import overlap
from recommender.profile import Profile
from recommender.view import View
from recommender.wording import wording


@dataclass(frozen=True, slots=True)
class Latest:
    """Docs, newest first, and what they are."""

    docs: list[int]
    reason: str


def latest(view: View, profile: Profile, limit: int, allowed: NDArray[np.bool_] | None) -> Latest:
    """The latest articles of the article's section, or of its site, or of all, whichever has any; those in its own
    language where there are any."""
    words = wording(next(iter(profile.keywords["language"]), view.language))
    permitted = view.offered() if allowed is None else allowed & view.offered()
    if profile.doc >= 0:
        permitted[profile.doc] = False
    docs = np.flatnonzero(permitted)
    for field, where in (("language", ""), ("section", words.latest_in), ("site", words.latest_on)):
        values = profile.keywords[field]
        narrowed = docs[overlap(view, field, values, docs) > 0] if values else docs[:0]
        if len(narrowed) and field == "language":
            docs = narrowed
        elif len(narrowed):
            return Latest(_newest(view, narrowed, limit), where.format(values[0]))
    return Latest(_newest(view, docs, limit), words.latest)


def _newest(view: View, docs: NDArray[np.int64], limit: int) -> list[int]:
    order: list[int] = docs[np.lexsort((docs, -view.dates[docs].astype(np.float64)))][:limit].tolist()
    return order
