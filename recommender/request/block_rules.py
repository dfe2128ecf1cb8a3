"""What a block is made by, as a publisher sets it in readmore.toml, see docs/configuration.md."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BlockRules:
    """The rules of blocks. Each can be turned off, to see what it does or to do without."""

    items: int = 6  # the lead and the others, at most
    story_items: int = 8  # ... where all are of one story
    justified: bool = True  # only items that are justified each by itself
    whole_names: bool = True  # only names that are such in the whole archive, and no places, dates and offices
    headline_words: bool = True  # also what has in its headline the same words, and no other thing's name
    repeated_passages: bool = True  # passages that the archive repeats count for nothing, see `forward_index`
    stories: bool = True  # say of items that they are of one story
    series: bool = True  # offer the next and the previous of a series, and no other of it
    nearest_first: bool = True  # of what has as much to do with the article what was written nearest to it in time
    own_language_first: bool = True  # in lists, too; and of reports of one event in several languages the reader's
    groups: bool = True  # under the names of what three or more share


DEFAULT_RULES = BlockRules()
