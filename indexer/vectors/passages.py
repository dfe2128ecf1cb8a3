"""Passages: a long article cut into pieces that a model's window holds, each with the article's title before it.

Cut off at the window, an article would be judged by its opening; a passage without the title often does not name what
it is about. All passages of an article are about as long as each other: a short rest at the end would count for as much
as a whole passage, and two halves take a model less time than a whole and a rest.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from indexer.vectors.lsa import unit

if TYPE_CHECKING:
    from tokenizers import Tokenizer

MOST_TITLE = 0.25  # share of a passage that the title may take
MOST_PASSAGES = 6  # read of one article; of more, so many at even distances from its opening to its end,
LEAST_TOKENS = 1_500  # or more of them where a model's window is small, so that it reads about as much as this
MOST_CHARS = 100_000  # of an article; what comes after them does not count


def passages(tokenizer: Tokenizer, title: str, body: str, room: int) -> list[str]:
    """The passages of an article, of at most `room` tokens each, the title included; no more of them than `most_of`.

    `tokenizer` neither truncates nor pads. Cuts fall between words where there are spaces, else between tokens.
    """
    title = " ".join(title.split())
    head = tokenizer.encode(title, add_special_tokens=False).offsets if title else []
    if len(head) > MOST_TITLE * room:
        head = head[: max(1, int(MOST_TITLE * room))]
        title = title[: head[-1][1]]
    body = body.strip()[:MOST_CHARS]
    offsets = tokenizer.encode(body, add_special_tokens=False).offsets if body else []
    if not offsets:
        return [title or body]
    spans = _spans(body, offsets, max(1, room - len(head)))
    most = most_of(room)
    if len(spans) > most:
        spans = [spans[place] for place in np.linspace(0, len(spans) - 1, most).round().astype(int).tolist()]
    return [f"{title}\n{body[start:end]}" if title else body[start:end] for start, end in spans]


def most_of(room: int) -> int:
    """How many passages of `room` tokens are read of an article at most."""
    return max(MOST_PASSAGES, math.ceil(LEAST_TOKENS / room))


def _spans(text: str, offsets: list[tuple[int, int]], room: int) -> list[tuple[int, int]]:
    """Where the passages of a text start and end: as few as hold `room` tokens each, and all about as long."""
    spans = []
    first = 0
    while first < len(offsets):
        left = len(offsets) - first
        last = first + math.ceil(left / math.ceil(left / room))
        if last < len(offsets):
            last = _between_words(text, offsets, last, (first + last + 1) // 2)
        spans.append((offsets[first][0], offsets[last - 1][1]))
        first = last
    return spans


def _between_words(text: str, offsets: list[tuple[int, int]], token: int, least: int) -> int:
    """The last token up to `token`, and not before `least`, that a space stands before; `token` if there is none."""
    for place in range(token, least - 1, -1):
        start = offsets[place][0]
        if start > 0 and (text[start - 1].isspace() or text[start].isspace()):
            return place
    return token


def pooled(vectors: NDArray[np.float32], counts: list[int]) -> NDArray[np.float32]:
    """(n_articles, dim) the unit vectors of articles from their passages' (n_passages, dim) unit vectors, which stand
    one article after the other, `counts` of them each (all above 0).

    The k-th passage of an article weighs ``1 / sqrt(k)``: what an article is about is said first (docs/spaces.md has
    what else was tried).
    """
    firsts = np.cumsum([0, *counts[:-1]])
    place = np.arange(len(vectors)) - np.repeat(firsts, counts)
    return unit(np.add.reduceat(vectors / np.sqrt(1 + place, dtype=np.float32)[:, None], firsts, axis=0))
