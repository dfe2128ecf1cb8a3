"""Columns: what filters, sorting and facets need of each article, beside the text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.article.typed_values import typed_or_none
from indexer.schema import DECLARED, NUMERIC_KINDS, SHARED, VALUE_FIELDS, VALUE_KINDS, Field

_COMPARED = 8  # values: to compare all entries with one takes a tenth of looking all of them up
_MANY = 1000  # entries of a column of which it pays to see first whether each doc has just one

NO_DATE = np.iinfo(np.int64).min  # the date column of an article without a date; sorts before every date


@dataclass(frozen=True, slots=True)
class Keywords:
    """A column of none, one or several values per article. The values of doc d are
    ``values[c] for c in codes[start[d]:start[d + 1]]``.
    """

    values: list[str]  # distinct
    start: NDArray[np.unsignedinteger[Any]]  # (max_doc + 1,)
    codes: NDArray[np.unsignedinteger[Any]]  # (n_values,)

    @classmethod
    def from_lists(cls, lists: Iterable[str | Iterable[str]]) -> Keywords:
        """The column of the given value or values per article; empty values are left out."""
        lists = list(lists)
        if not any(lists):
            return cls([], np.zeros(len(lists) + 1, np.uint32), np.zeros(0, np.uint32))
        numbers: dict[str, int] = {}
        codes: list[int] = []
        ends = [0]
        for values in lists:
            if values:
                for value in (values,) if isinstance(values, str) else values:
                    if value:
                        codes.append(numbers.setdefault(value, len(numbers)))
            ends.append(len(codes))
        return cls(list(numbers), np.array(ends, np.uint32), np.array(codes, np.uint32))

    def of(self, doc: int) -> list[str]:
        """The values of one article."""
        return [self.values[code] for code in self.codes[self.start[doc] : self.start[doc + 1]].tolist()]

    def counts(self) -> NDArray[np.int64]:
        """(max_doc,) how many values each doc has."""
        start = self.start.astype(np.int64)
        return start[1:] - start[:-1]

    def owners(self) -> NDArray[np.int64]:
        """(n_values,) the doc each entry of `codes` belongs to, ascending."""
        return np.repeat(np.arange(len(self.start) - 1), self.counts())

    def docs_with(self, accepted: NDArray[np.bool_]) -> NDArray[np.int64]:
        """The docs with a value that is marked in (len(values),) `accepted`, ascending, once for every such value."""
        at: NDArray[np.int64] = self._with_any(accepted).nonzero()[0]
        if len(at) > _MANY and len(self.codes) == len(self.start) - 1 and (self.start[1:] > self.start[:-1]).all():
            return at  # each doc has one value
        if len(at) * 16 > len(self.codes):
            return self.owners()[at]
        return self.start.searchsorted(at, side="right") - 1

    def _with_any(self, accepted: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """(n_values,) which entries of `codes` are marked in (len(values),) `accepted`."""
        numbers = accepted.nonzero()[0].tolist()
        if len(numbers) > _COMPARED:
            return accepted.take(self.codes)
        found: NDArray[np.bool_] = np.zeros(len(self.codes), bool)
        for number in numbers:
            found |= self.codes == number
        return found


def concatenate(columns: Sequence[Keywords], kept: Sequence[NDArray[np.bool_]]) -> Keywords:
    """The columns of several segments one after the other, without the docs not `kept`."""
    numbers: dict[str, int] = {}
    codes, counts = [], []
    for column, keep in zip(columns, kept, strict=True):
        renumber = np.array([numbers.setdefault(v, len(numbers)) for v in column.values], np.uint32)
        owners = column.owners()
        kept_codes = column.codes[keep[owners]]
        codes.append(renumber[kept_codes] if len(kept_codes) else np.zeros(0, np.uint32))
        counts.append(column.counts()[keep])
    start = np.concatenate([[0], np.cumsum(np.concatenate(counts))]).astype(np.uint32)
    return Keywords(list(numbers), start, np.concatenate(codes))


@dataclass(frozen=True, slots=True)
class Columns:
    """All columns of a segment's docs."""

    ids: list[str]
    seq: NDArray[np.int64]  # (max_doc,) store sequence numbers, ascending
    date: NDArray[np.int64]  # (max_doc,) seconds since 1970 in UTC, or NO_DATE
    keywords: dict[str, Keywords]  # by name: those of VALUE_FIELDS, then the declared fields with texts
    # by name: (max_doc,) the declared numbers and dates, these in seconds since 1970; NaN for none
    numbers: dict[str, NDArray[np.float64]]

    @classmethod
    def from_records(
        cls,
        seqs: Sequence[int],
        records: Sequence[Mapping[str, Any]],
        declared: Sequence[Field] = (),
        language: str = "",
    ) -> Columns:
        """The columns of articles, as `Article.to_json` writes them, with these sequence numbers, ascending, and of
        the fields that are `declared`. Those that say no language are in the archive's, `language`."""
        keywords = {
            name: Keywords.from_lists(_values(records, *path.split("."))) for name, path in VALUE_FIELDS.items()
        }
        keywords["language"] = Keywords.from_lists([record.get("language") or language for record in records])
        numbers = {}
        for field in declared:
            if field.kind in VALUE_KINDS:
                keywords[field.name] = Keywords.from_lists([found or () for found in declared_values(records, field)])
            elif field.kind in NUMERIC_KINDS:
                found = [np.nan if value is None else value for value in declared_values(records, field)]
                numbers[field.name] = np.array(found, np.float64)
        return cls(
            ids=[record["id"] for record in records],
            seq=np.array(seqs, np.int64),
            date=np.array([_seconds(record.get("date")) for record in records], np.int64),
            keywords=keywords,
            numbers=numbers,
        )


def declared_values(records: Sequence[Mapping[str, Any]], field: Field) -> list[Any]:
    """What articles have in a declared field, None for nothing and for what is of another kind."""
    if field.path[-1] not in SHARED:
        return [typed_or_none(field, record.get(DECLARED, {})) for record in records]
    return [typed_or_none(field, {**record, **record.get(DECLARED, {})}) for record in records]


def _seconds(date: str | None) -> int:
    return NO_DATE if date is None else int(datetime.fromisoformat(date).timestamp())


def _values(records: Sequence[Mapping[str, Any]], name: str, part: str | None = None) -> list[str | Sequence[str]]:
    values = [record.get(name, ()) for record in records]
    return values if part is None else [value and value[part] for value in values]
