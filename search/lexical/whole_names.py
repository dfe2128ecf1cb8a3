"""Names among plain words, the docs whose section or author, say, has a word, or is what was typed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from indexer.schema import Field
from indexer.segment.segment import Segment, Written
from search.lexical.keyword_values import values_by_spelling
from search.query.whole_names import whole_keys
from search.reader.snapshot import Snapshot

_ByKey = dict[str, list[int]]
# by what a field's values are, see `Field.same_values`: one of the same name may be another at the next start
_BY_FIELD: WeakKeyDictionary[Written, dict[tuple[object, ...], _ByKey]] = WeakKeyDictionary()


def docs_named(
    snapshot: Snapshot, fields: Sequence[Field], key: str, *, whole: bool
) -> list[tuple[str, NDArray[np.int64]]]:
    """Those of some fields in which live docs have a value with a word, or, `whole`, one that a key is one of, see
    `search.query.whole_names`; and these docs, ascending."""
    values = _values_by_key if whole else values_by_spelling
    found = []
    for field in fields:
        docs = [
            _docs_with(segment, field, numbers) + int(first)
            for segment, first in zip(snapshot.segments, snapshot.first_docs, strict=False)
            if (numbers := values(segment, field).get(key))
        ]
        if any(map(len, docs)):
            found.append((field.name, np.concatenate(docs)))
    return found


def _docs_with(segment: Segment, field: Field, numbers: Sequence[int]) -> NDArray[np.int64]:
    """The live docs, ascending, with some values in the column of a field, given by their numbers."""
    column = segment.column(field)
    accepted = np.zeros(len(column.values), bool)
    accepted[list(numbers)] = True
    docs = column.docs_with(accepted)
    if len(numbers) > 1:
        docs = docs[np.append(True, docs[1:] > docs[:-1])]
    return docs[segment.live[docs]] if len(segment.deleted) else docs


def _values_by_key(segment: Segment, field: Field) -> Mapping[str, Sequence[int]]:
    """The numbers of the values of a column by their keys, found once as long as the segment is open."""
    columns = _BY_FIELD.setdefault(segment.written, {})
    kind = field.name, field.kind, field.path
    by_key = columns.get(kind)
    if by_key is None:
        by_key = {}
        for number, value in enumerate(segment.column(field).values):
            for key in whole_keys(value, field.name):
                by_key.setdefault(key, []).append(number)
        columns[kind] = by_key
    return by_key
