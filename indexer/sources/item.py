"""What reading a source yields, one item per article found in it."""

from __future__ import annotations

from dataclasses import dataclass, field

from indexer.article.article import Article


@dataclass(frozen=True, slots=True)
class File:
    """A file that holds one article and nothing else."""

    path: str  # absolute
    root: str  # of the source that it was found in, a folder above it or the file itself; absolute


@dataclass(frozen=True, slots=True)
class Accepted:
    """An article that met the rules. `warnings` say what was wrong with it and how that was mended."""

    article: Article
    where: str  # file, and line or part where there is one: "posts.jsonl:7"
    warnings: tuple[str, ...] = ()
    file: File | None = field(default=None, compare=False)  # where it is the only article of one
    image: str = ""  # where its picture is beside it, while the article's own address is not known
    slug: str = ""  # what it says that it is called in its address, where it says no more of that


@dataclass(frozen=True, slots=True)
class Refused:
    """An article, or a whole file, that could not be accepted, and why."""

    where: str
    reason: str
    id: str = ""  # where one could be read
    withheld: bool = False  # whether nothing is wrong with it but that it is not for the public, or not yet
    file: File | None = field(default=None, compare=False)  # where it is the only article of one


@dataclass(frozen=True, slots=True)
class Unchanged:
    """A page that has not changed since it was read last, and is not read again."""

    where: str
    id: str  # of the article that was made of it


Item = Accepted | Refused
