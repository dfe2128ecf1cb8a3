"""A segment: an immutable folder of arrays holding the inverted index and the columns of some articles.

`write_segment` writes one, `Segment` reads it; `docs/format.md` lists the files. A segment is written once; deletions,
impacts and vectors that come later are new files beside the old ones, and the manifest says which of them count.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.base.archive_folder import IndexFolder
from indexer.base.array_files import read_array, read_arrays, write_arrays
from indexer.base.durable_files import FileRecord, make_folder, sync_folder, verify
from indexer.base.errors import IndexDamagedError
from indexer.schema import NUMERIC_KINDS, VALUE_FIELDS, VALUE_KINDS, Field
from indexer.segment.columns import Columns, Keywords
from indexer.segment.form_table import FormTable, StoredForms
from indexer.segment.impacts import SCALE
from indexer.segment.inverter import Postings
from indexer.segment.manifest import SegmentEntry
from indexer.segment.term_dictionary import Terms
from indexer.text.markers import FIRST_WORD

ARRAYS_FILE = "arrays.npys"  # all that is known of a segment when it is written
_NAMES = "terms term_start post_start pos_start docs tf positions dl ids id_start seq date values".split()


@dataclass(frozen=True, slots=True)
class SegmentData:
    """What a segment is written from."""

    postings: Postings
    columns: Columns
    fields: tuple[Field, ...] = ()  # the declared ones that are in both, ascending by name
    incomplete: tuple[str, ...] = ()  # the names of those that some of the articles were indexed without
    waiting: tuple[tuple[int, int], ...] = ()  # see `SegmentEntry.waiting`


def write_segment(folder: Path, data: SegmentData) -> dict[str, FileRecord]:
    """Writes `data` as a new segment in `folder` and returns what to put into the manifest. Impacts come later, when
    the average lengths of the whole index are known."""
    make_folder(folder)
    postings, columns = data.postings, data.columns
    ids, id_start = pack(list(map(str.encode, columns.ids)))
    arrays: dict[str, NDArray[Any]] = {
        "terms": postings.terms.blob,
        "term_start": narrow(postings.terms.start),
        "post_start": narrow(postings.post_start),
        "pos_start": narrow(postings.pos_start),
        "docs": postings.docs.astype(np.uint32, copy=False),
        "tf": narrow(postings.tf),
        "positions": narrow(postings.positions),
        "dl": narrow(postings.dl),
        "ids": ids,
        "id_start": id_start,
        **_form_arrays(postings.forms),
        "seq": columns.seq,
        "date": columns.date,
    }
    for name, keywords in columns.keywords.items():
        arrays[f"{name}.start"] = narrow(keywords.start)
        arrays[f"{name}.codes"] = narrow(keywords.codes)
    for name, numbers in columns.numbers.items():
        arrays[f"{name}.numbers"] = numbers
    values = {name: keywords.values for name, keywords in columns.keywords.items()}
    arrays["values"] = np.frombuffer(json.dumps(values, ensure_ascii=False).encode(), np.uint8)
    files = {ARRAYS_FILE: write_arrays(folder / ARRAYS_FILE, arrays)}
    sync_folder(folder)
    return files


def _form_arrays(forms: FormTable | None) -> dict[str, NDArray[Any]]:
    if forms is None:
        return {}
    narrowed = {name: narrow(array) for name, array in forms.arrays().items()}
    return {"forms": forms.entries.blob, "form_start": narrow(forms.entries.start), **narrowed}


class Written:
    """Stands for what a segment was written with, whatever has been deleted from it since: readers keep by it what they
    derive of that alone."""


class Segment:
    """A segment opened for reading. All arrays are read or memory-mapped when it is opened, so that files deleted
    later by a writer stay readable as long as this object lives. Opened again after `earlier`, when more of it was
    deleted, it has the same `written` and the same forms.

    Raises IndexDamagedError when a file is missing or has not the size it was written with.
    """

    def __init__(self, index: IndexFolder, entry: SegmentEntry, earlier: Segment | None = None) -> None:
        self.entry = entry
        self.folder = index.segment(entry.name)
        arrays = self._arrays()
        if earlier is not None and not earlier._is_written_as(self):
            earlier = None
        self.written: Written = Written() if earlier is None else earlier.written
        self._terms = Terms(arrays["terms"], arrays["term_start"])
        # an index into a memoryview gives a plain int, and the numbers as they lie, of any type, are not read for it
        self._starts = arrays["post_start"], arrays["pos_start"]
        self._post_start, self._pos_start = (starts.data for starts in self._starts)
        self.docs: NDArray[np.uint32] = arrays["docs"]
        self.tf: NDArray[Any] = arrays["tf"]
        self.positions: NDArray[Any] = arrays["positions"]
        self.dl: NDArray[Any] = arrays["dl"]
        self._ids = arrays["ids"].data
        self._id_start = arrays["id_start"].data
        self.seq: NDArray[np.int64] = arrays["seq"]
        self.date: NDArray[np.int64] = arrays["date"]
        self.impacts: NDArray[np.uint16] = self._file(entry.impacts) if entry.impacts else np.zeros(0, np.uint16)
        self.deleted: NDArray[np.uint32] = self._file(entry.deleted) if entry.deleted else np.zeros(0, np.uint32)
        self.hidden: NDArray[np.uint32] = np.zeros(0, np.uint32)  # of these, those that are not deleted, see `hiding`
        self._fields = {field.name: field for field in entry.fields}
        self._keyword_arrays = {n: (arrays[f"{n}.start"], arrays[f"{n}.codes"]) for n in _keyword_names(entry)}
        self._numbers: dict[str, NDArray[np.float64]] = {n: arrays[f"{n}.numbers"] for n in _number_names(entry)}
        self._vectors = {space: self._file(name) for space, name in entry.vectors.items()}
        self._codes = {
            space: read_arrays(self.folder / file, self._record(file))
            for space, name in entry.vectors.items()
            if (file := codes_file(name)) in entry.files
        }
        self._values = arrays["values"]
        # None where an older version wrote the segment
        self.forms: StoredForms | None = _stored_forms(arrays, self._terms) if earlier is None else earlier.forms

    def _is_written_as(self, other: Segment) -> bool:
        return self.folder == other.folder and self._record(ARRAYS_FILE) == other._record(ARRAYS_FILE)

    def hiding(self, seqs: Iterable[int]) -> Segment:
        """This segment with the articles of these sequence numbers as if they were deleted. It shares all arrays."""
        docs = np.array([doc for seq in seqs if (doc := self.doc_of(seq)) >= 0], np.uint32)
        other = copy.copy(self)
        for computed in ("live", "hidden_postings", "hidden_terms"):  # when they are asked for
            other.__dict__.pop(computed, None)
        other.deleted = np.union1d(self.deleted, docs).astype(np.uint32)
        other.hidden = np.union1d(self.hidden, docs[self.live[docs]]).astype(np.uint32)
        return other

    @cached_property
    def hidden_postings(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The places, ascending, of the postings of articles that are hidden, and the numbers of their terms."""
        is_hidden = np.zeros(self.max_doc, bool)
        is_hidden[self.hidden] = True
        places = np.flatnonzero(is_hidden[self.docs]) if len(self.hidden) else np.zeros(0, np.int64)
        return places, np.searchsorted(self.post_start, places, side="right") - 1

    @cached_property
    def hidden_terms(self) -> frozenset[int]:
        """The numbers of the terms that no article has but those that are hidden."""
        numbers, counts = np.unique(self.hidden_postings[1], return_counts=True)
        lengths = self.post_start[numbers + 1] - self.post_start[numbers]
        return frozenset(numbers[counts == lengths].tolist())

    def _record(self, name: str) -> FileRecord:
        try:
            return self.entry.files[name]
        except KeyError:
            raise IndexDamagedError(self.folder / name, "is not in the manifest") from None

    def _file(self, name: str) -> NDArray[Any]:
        return np.asarray(read_array(self.folder / name, self._record(name)))

    def _arrays(self) -> dict[str, NDArray[Any]]:
        path = self.folder / ARRAYS_FILE
        arrays = read_arrays(path, self._record(ARRAYS_FILE))
        wanted = {*_NAMES, *(f"{name}.{part}" for name in _keyword_names(self.entry) for part in ("start", "codes"))}
        wanted |= {f"{name}.numbers" for name in _number_names(self.entry)}
        if wanted - arrays.keys():
            raise IndexDamagedError(path, f"lacks {', '.join(sorted(wanted - arrays.keys()))}")
        return arrays

    def verify(self) -> None:
        """Reads all files that cannot be computed again from the others. Raises IndexDamagedError unless they are what
        was written."""
        for name, record in self.entry.files.items():
            if name != self.entry.impacts:
                verify(self.folder / name, record)

    @cached_property
    def post_start(self) -> NDArray[np.int64]:
        """(n_terms + 1,) the postings of a term begin at its place."""
        return self._starts[0].astype(np.int64, copy=False)

    @cached_property
    def pos_start(self) -> NDArray[np.int64]:
        """(n_terms + 1,) the words of a term's postings begin at its place."""
        return self._starts[1].astype(np.int64, copy=False)

    @property
    def max_doc(self) -> int:
        """Docs in the segment, deleted ones included."""
        return self.entry.docs

    @property
    def n_terms(self) -> int:
        return len(self._terms)

    def term(self, number: int) -> bytes:
        """The term with this number, in UTF-8."""
        return self._terms[number]

    def term_range(self, prefix: bytes) -> tuple[int, int]:
        """The numbers, first and one past the last, of the terms that start with `prefix`."""
        # no UTF-8 has the byte 255, so this follows every term with the prefix
        return self.first_term_from(prefix), self.first_term_from(prefix + b"\xff")

    @cached_property
    def first_word(self) -> int:
        """The number of the first term that is that of a word: those before it say something more of an article, see
        `indexer.text.markers`."""
        return self.first_term_from(FIRST_WORD)

    @property
    def word_postings(self) -> slice:
        """Where the postings of terms of words are."""
        return slice(int(self._post_start[self.first_word]), len(self.docs))

    def first_term_from(self, term: bytes) -> int:
        """The number of the first term that is not below `term`, `n_terms` where all are."""
        return self._terms.place(term)

    def term_number(self, term: bytes) -> int:
        """The number of `term`, or -1 if the segment does not have it."""
        return self._terms.number(term)

    def first_position(self, number: int) -> int:
        """Where the words of a term begin in `positions`."""
        return int(self._pos_start[number])

    def postings(self, number: int) -> slice:
        """Where the postings of a term are in `docs`, `tf` and `impacts`."""
        return slice(self._post_start[number], self._post_start[number + 1])

    def gains(self, posts: slice | NDArray[np.int64], weight: float) -> NDArray[np.float32]:
        """What postings add to the scores of their docs where their word weighs `weight`: weight times impact."""
        gained: NDArray[np.float32] = self.impacts[posts].astype(np.float32)
        gained *= np.float32(weight / SCALE)
        return gained

    @cached_property
    def vocabulary(self) -> list[str]:
        """All terms, ascending. Built on first use: only wildcards, fuzzy terms, merges and LSA need it."""
        return [term.decode() for term in self.terms()]

    def terms(self) -> list[bytes]:
        """The same in UTF-8, which has the same order; several times as fast to make."""
        return self._terms.all()

    def article_id(self, doc: int) -> str:
        """The id of the article that is doc `doc` here."""
        return bytes(self._ids[self._id_start[doc] : self._id_start[doc + 1]]).decode()

    def article_ids(self) -> list[str]:
        """The ids of all docs, deleted ones included."""
        text = bytes(self._ids).decode("ascii")
        return [text[a:b] for a, b in pairwise(self._id_start.tolist())]

    def docs_with_id(self, article_id: str) -> NDArray[np.int64]:
        """The docs of the articles with this id, upper and lower case being the same; deleted ones included."""
        wanted = article_id.lower().encode()
        start = np.asarray(self._id_start).astype(np.int64)
        docs: NDArray[np.int64] = (start[1:] - start[:-1] == len(wanted)).nonzero()[0]
        at, text = start[docs], np.asarray(self._ids)
        for place in reversed(range(len(wanted))):  # ids differ at their ends
            letters = text[at + place]
            keep = letters == wanted[place]
            if wanted[place : place + 1].islower():
                keep |= letters == wanted[place] - 32
            docs, at = docs[keep], at[keep]
            if not len(docs):
                break
        return docs

    @cached_property
    def keywords(self) -> Mapping[str, Keywords]:
        """The keyword columns by name."""
        values = json.loads(bytes(self._values))
        return {name: Keywords(values[name], start, codes) for name, (start, codes) in self._keyword_arrays.items()}

    def text_row(self, field: Field) -> int:
        """The row of a text field in `tf` and `dl`, -1 where the segment was built without it."""
        return self._text_rows[field.name] if self._has(field) else -1

    @cached_property
    def _text_rows(self) -> Mapping[str, int]:
        return {name: row for row, name in enumerate(self.entry.text_fields)}

    def column(self, field: Field) -> Keywords:
        """The column of a field with texts; an empty one where the segment was built without it."""
        return self.keywords[field.name] if self._has(field) else Keywords.from_lists([()] * self.max_doc)

    def numbers(self, field: Field) -> NDArray[np.float64]:
        """(max_doc,) the values of a declared field with numbers or dates, these in seconds since 1970; NaN where an
        article has none, or the whole segment was built without it."""
        return self._numbers[field.name] if self._has(field) else np.full(self.max_doc, np.nan)

    def _has(self, field: Field) -> bool:
        if not field.is_declared:
            return True
        built_with = self._fields.get(field.name)
        return built_with is not None and built_with.same_values(field)

    @cached_property
    def live(self) -> NDArray[np.bool_]:
        """(max_doc,) False for deleted docs."""
        live = np.ones(self.max_doc, bool)
        live[self.deleted] = False
        return live

    def vectors(self, space: str) -> NDArray[np.float32] | None:
        """(max_doc, dim) unit rows in the space of that name, or None if it has none here."""
        return self._vectors.get(space)

    def codes(self, space: str) -> Mapping[str, NDArray[Any]] | None:
        """The sign codes of its vectors in the space of that name as `embeddings.codes.sign_codes` makes them, or None
        if it has none: small segments have none, nor those that an older version wrote."""
        return self._codes.get(space)

    def doc_of(self, seq: int) -> int:
        """The doc with this store sequence number, or -1."""
        doc = int(np.searchsorted(self.seq, seq))
        return doc if doc < self.max_doc and self.seq[doc] == seq else -1


def _stored_forms(arrays: dict[str, NDArray[Any]], terms: Terms) -> StoredForms | None:
    if "forms" not in arrays:
        return None
    return StoredForms(arrays["forms"], arrays["form_start"], arrays, terms, arrays["pos_start"])


def _keyword_names(entry: SegmentEntry) -> list[str]:
    return [*VALUE_FIELDS, *(field.name for field in entry.fields if field.kind in VALUE_KINDS)]


def _number_names(entry: SegmentEntry) -> list[str]:
    return [field.name for field in entry.fields if field.kind in NUMERIC_KINDS]


def codes_file(vectors: str) -> str:
    """The name of the file with the sign codes of the vectors in the file called `vectors`."""
    return f"{vectors.removesuffix('.npy')}.signs.npys"


def narrow(array: NDArray[Any]) -> NDArray[Any]:
    """`array` of non-negative integers in the smallest unsigned type that holds its values."""
    top = int(array.max(initial=0))
    for dtype in (np.uint8, np.uint16, np.uint32):
        if top <= np.iinfo(dtype).max:
            return array.astype(dtype, copy=False)
    return array.astype(np.uint64, copy=False)


def pack(strings: Sequence[bytes]) -> tuple[NDArray[np.uint8], NDArray[Any]]:
    """Strings as one array of bytes, and the offsets of their starts, with one more for the end."""
    packed = Terms.of(strings)
    return packed.blob, narrow(packed.start)
