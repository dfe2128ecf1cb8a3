"""Whole sentences: where a passage ends with one, and which others have what of the query it has not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from search.excerpt.find_words import Match
from search.excerpt.passages import sentence_starts

JOINT = " ... "  # between passages
MOST_PASSAGES = 3
_LOOKED_AT = 12  # places of what is missing, for each further passage

Span = tuple[int, int]


def sentence_end(text: str, paragraphs: list[int], low: int, high: int) -> int | None:
    """The last place from `low` to `high` at which a sentence ends; None where none does."""
    for start in reversed(sentence_starts(text, paragraphs, low + 1, min(high + 2, len(text)))):
        end = start - len(text[:start]) + len(text[:start].rstrip())
        if low <= end <= high:
            return end
    return None


def sentence_around(text: str, paragraphs: list[int], span: Span, most: int) -> Span | None:
    """The whole sentences that a stretch of text is in; None where they are longer than `most`."""
    first, last = span
    starts = sentence_starts(text, paragraphs, max(0, last - most), first)
    start = starts[-1] if starts else 0
    ends = sentence_starts(text, paragraphs, last, min(len(text), start + most + 2))
    end = len(text[: ends[0]].rstrip()) if ends else len(text)
    return (start, end) if start <= first and last <= end and end - start <= most else None


def passages(
    text: str, paragraphs: list[int], matches: Sequence[Match], weights: Mapping[str, float], window: Span, room: int
) -> list[Span]:
    """Passages of whole sentences in the order of the text, `room` characters with what is between them: the one that
    the `window` is in, and others that have words which it has not. Fewer than two where there are no such sentences
    or no room for them."""
    first = sentence_around(text, paragraphs, window, room)
    if first is None:
        return []
    chosen = [first]
    while len(chosen) < MOST_PASSAGES:
        seen = {match.key for match in matches if _within(match, chosen)}
        left = room - _size(chosen) - len(JOINT)
        missing = [match for match in matches if match.key not in seen]
        if not missing:
            break
        missing.sort(key=lambda match: -weights.get(match.key, 0.0))
        best, most = None, 0.0
        for match in missing[:_LOOKED_AT]:
            around = sentence_around(text, paragraphs, (match.start, match.end), left)
            if around is None or any(start < around[1] and around[0] < end for start, end in chosen):
                continue
            gained = sum(weights.get(key, 0.0) for key in {m.key for m in missing if _within(m, [around])})
            if gained > most:
                best, most = around, gained
        if best is None:
            break
        chosen.append(best)
    if len(chosen) == 1:
        return chosen
    spans = sorted(chosen)
    return _merged(_filled(text, paragraphs, spans, room - _size(spans)))


def _size(spans: Sequence[Span]) -> int:
    """How many characters passages take, with what is between them."""
    return sum(end - start for start, end in spans) + len(JOINT) * (len(spans) - 1)


def _filled(text: str, paragraphs: list[int], spans: Sequence[Span], left: int) -> list[Span]:
    """Passages with the sentences that follow them, as far as there is room: a single sentence says little."""
    filled = list(spans)
    ends = [start for start, _ in spans[1:]] + [len(text)]
    places = list(range(len(filled)))
    while places:
        place = places.pop(0)
        start, end = filled[place]
        following = sentence_around(text, paragraphs, (end + 1, end + 2), left) if end + 1 < ends[place] else None
        if following is not None and following[1] <= ends[place] and following[1] - end <= left:
            left -= following[1] - end
            filled[place] = start, following[1]
            places.append(place)
    return filled


def _within(match: Match, spans: Sequence[Span]) -> bool:
    return any(start <= match.start and match.end <= end for start, end in spans)


def _merged(spans: Sequence[Span]) -> list[Span]:
    """Spans in their order, those that follow each other at once as one."""
    merged: list[Span] = []
    for start, end in spans:
        if merged and start - merged[-1][1] <= 1:
            merged[-1] = merged[-1][0], end
        else:
            merged.append((start, end))
    return merged
