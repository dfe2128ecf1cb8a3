"""Passages: a long article cut into pieces that a model's window holds, each with the article's title before it.

Cut off at the window, an article would be judged by its opening; a passage without the title often does not name what
it is about. Passages overlap, so that what stands across a cut is whole in one of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from indexer.embeddings.lsa import unit

if TYPE_CHECKING:
    from tokenizers import Tokenizer

OVERLAP = 0.125  # share of a passage that is also the end of the one before
MOST_TITLE = 0.25  # share of a passage that the title may take
MOST_PASSAGES = 12  # of one article; what comes after them does not count
_CHARS = 12  # no text has more characters a token, on average over a passage
MOST_CHARS = 100_000  # read by a model that has no window


def passages(tokenizer: Tokenizer, title: str, body: str, room: int) -> list[str]:
    """The passages of an article, of about `room` tokens each, at most `MOST_PASSAGES`.

    `tokenizer` neither truncates nor pads. Cuts fall between words where there are spaces, else between tokens.
    """
    title = " ".join(title.split())
    head = tokenizer.encode(title, add_special_tokens=False).offsets if title else []
    if len(head) > MOST_TITLE * room:
        head = head[: max(1, int(MOST_TITLE * room))]
        title = title[: head[-1][1]]
    room = max(1, room - len(head))
    body = body.strip()[: MOST_PASSAGES * room * _CHARS]
    offsets = tokenizer.encode(body, add_special_tokens=False).offsets if body else []
    if not offsets:
        return [title or body]
    parts = []
    first = 0
    while True:
        last = _between_words(body, offsets, first + room, first + room // 2) if first + room < len(offsets) else None
        part = body[offsets[first][0] : offsets[last - 1][1] if last else None]
        parts.append(f"{title}\n{part}" if title else part)
        if last is None or len(parts) == MOST_PASSAGES:
            return parts
        back = max(first + 1, last - int(OVERLAP * room))
        first = _between_words(body, offsets, back, first + 1)


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

    The k-th passage of an article weighs ``1 / k``: what an article is about is said first (docs/spaces.md has what
    else was tried).
    """
    firsts = np.cumsum([0, *counts[:-1]])
    place = np.arange(len(vectors)) - np.repeat(firsts, counts)
    return unit(np.add.reduceat(vectors / (1 + place)[:, None].astype(np.float32), firsts, axis=0))
