"""The words of names, see `Index.names`, over the columns of segments."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from weakref import WeakKeyDictionary

from indexer.schema import Field, Schema
from indexer.segment.segment import Segment, Written
from search.lexical.keyword_values import word_counts
from search.reader.forms import Vocabulary

_OF_SEGMENT: WeakKeyDictionary[Written, tuple[Sequence[Field], Mapping[str, int]]] = WeakKeyDictionary()


def names_of(segments: Sequence[Segment], schema: Schema) -> Vocabulary:
    """Those of some segments together."""
    fields = [schema.fields[name] for name in schema.names]
    counts: Counter[str] = Counter()
    for segment in sorted(segments, key=lambda segment: -segment.max_doc):  # the first is taken as it is
        counts.update(_counts(segment, fields))
    return Vocabulary.of(counts)


def _counts(segment: Segment, fields: Sequence[Field]) -> Mapping[str, int]:
    """How often a segment has each word, counted once as long as it is open, whatever is deleted from it meanwhile."""
    known = _OF_SEGMENT.get(segment.written)
    if known is None or known[0] != fields:
        counts: Counter[str] = Counter()
        for field in fields:
            counts.update(word_counts(segment, field))
        _OF_SEGMENT[segment.written] = known = fields, counts
    return known[1]
