"""The part of the editors' report on searches: what readers look for and do not find."""

from __future__ import annotations

from typing import Any

from recommender.related import Recommender
from search.usage.event_log import RARE_DAYS, read_searched
from search.usage.missed import missed_searches

STORY = 3  # articles of a running story that are named beside a search, the latest ones


def report_searches(recommender: Recommender, limit: int) -> dict[str, Any]:
    """Searches that found nothing or little, where searches are counted, `limit` at most: each with the article that
    comes nearest, the running story that it is in, and a synonym to approve."""
    engine = recommender.engine
    searched = [] if engine.folder is None else read_searched(engine.folder)
    missed = []
    for one in missed_searches(engine, searched, limit):
        ids = [] if one.nearest is None else recommender.story(one.nearest.id)
        stored = engine.articles(ids[-STORY:])
        story = [{"id": key, "title": stored[key].headline} for key in ids[-STORY:] if key in stored]
        missed.append(one.to_dict() | {"story": story})
    return {
        "days": RARE_DAYS,
        "counted": sum(one.times for one in searched),
        "nothing": sum(one.times for one in searched if one.found == 0),
        "missed": missed,
    }
