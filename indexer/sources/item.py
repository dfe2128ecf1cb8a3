"""What reading a source yields, one item per article found in it."""

from __future__ import annotations

from dataclasses import dataclass

from indexer.article.article import Article


@dataclass(frozen=True, slots=True)
class Accepted:
    """An article that met the rules. `warnings` say what was wrong with it and how that was mended."""

    article: Article
    where: str  # file, and line or part where there is one: "posts.jsonl:7"
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    """An article, or a whole file, that could not be accepted, and why."""

    where: str
    reason: str
    id: str = ""  # where one could be read
    withheld: bool = False  # whether nothing is wrong with it but that it is not for the public, or not yet


Item = Accepted | Refused
