"""What the recommender answers, as plain data that the command line and the service share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from indexer.article.article import Article
from search.results import article_summary


@dataclass(frozen=True, slots=True)
class RelatedItem:
    """An article worth reading next, and why, in words a reader understands."""

    article: Article
    score: float
    reason: str  # empty where it would repeat the name of the group
    excerpt: str  # plain text; where it was cut it ends in " ..."
    relation: str = ""  # "update", "earlier" or "story" of the same story; "previous", "next" of the same
    # series; "pinned" by an editor; "fallback": unrelated
    siblings: tuple[Article, ...] = ()  # copies of it, on other sites or here, that are not offered beside it


@dataclass(frozen=True, slots=True)
class RelatedResult:
    """What to read after an article, best first. `fallback` says that nothing in the archive is really related, and
    that these are the latest articles instead."""

    id: str
    took_ms: float
    related: tuple[RelatedItem, ...]
    fallback: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Related articles that share something, under the name of what they share ("Chang'e 6"), or under no name, an
    empty one, those that make no group."""

    name: str
    items: tuple[RelatedItem, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """The related block at the end of an article: one lead story, then short groups of headlines. No article is in
    it twice, and neither is the one it belongs to."""

    id: str
    took_ms: float
    lead: RelatedItem | None
    groups: tuple[Group, ...]


def items_of(block: Block) -> tuple[RelatedItem, ...]:
    """The articles of a block, from its lead story on."""
    others = tuple(item for group in block.groups for item in group.items)
    return others if block.lead is None else (block.lead, *others)


def item_to_dict(item: RelatedItem) -> dict[str, Any]:
    """A related article as it stands in JSON answers."""
    return article_summary(item.article) | {
        "score": round(item.score, 6),
        "reason": item.reason,
        "excerpt": item.excerpt,
        "relation": item.relation,
        "siblings": [article_summary(sibling) for sibling in item.siblings],
    }


def result_to_dict(result: RelatedResult) -> dict[str, Any]:
    """A list of related articles as it stands in JSON answers."""
    answer = {
        "id": result.id,
        "took_ms": round(result.took_ms, 3),
        "related": [item_to_dict(item) for item in result.related],
    }
    return answer | ({"fallback": True} if result.fallback else {})


def block_to_dict(block: Block) -> dict[str, Any]:
    """A related block as it stands in JSON answers, without the time it took."""
    return {
        "id": block.id,
        "lead": item_to_dict(block.lead) if block.lead else None,
        "groups": [
            {"name": group.name, "items": [item_to_dict(item) for item in group.items]} for group in block.groups
        ],
    }
