"""The manifest: the one small file that says which segments and vector spaces make up the index right now.

Segments and spaces are never changed once written. A commit writes new files, then swaps the manifest; whoever reads
the index sees the state before or after, never between. `docs/format.md` describes every key.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from indexer.article.publicity import Calendar
from indexer.base.archive_folder import IndexFolder
from indexer.base.durable_files import FileRecord, replace, unreadable
from indexer.base.errors import IndexDamagedError
from indexer.schema import BASE, TEXT_FIELDS, Field, Kind

FORMAT = "readmore-index"
VERSION = 3
_WITHOUT_FIELDS = 1  # the version of an index without declared fields, which programs before version 2 read too
_WITHOUT_WAITING = 2  # that of one all of whose articles are public, which programs before version 3 read too
DECLARED_B = 0.75  # BM25's b of a declared text field


@dataclass(frozen=True, slots=True)
class SegmentEntry:
    """One segment as a generation of the index sees it."""

    name: str  # its folder under segments/
    docs: int  # articles in it, those deleted since included
    last_seq: int  # highest store sequence number in it
    files: Mapping[str, FileRecord]
    impacts: str  # the file among `files` with its BM25F impacts
    dl_sum: tuple[int, ...]  # words of the live articles, per text field as in `text_fields`
    deleted: str = ""  # the file among `files` with its deleted docs, empty if there are none
    deleted_docs: int = 0
    vectors: Mapping[str, str] = field(default_factory=dict)  # space name to the file with its vectors
    partial: tuple[str, ...] = ()  # of these spaces, those in whose file some articles have no vector yet
    fields: tuple[Field, ...] = ()  # the declared fields it was built with, ascending by name
    incomplete: tuple[str, ...] = ()  # the names of those that some of its articles were indexed without
    # the store sequence numbers of the articles that were not public yet when it was written, and from when on they are
    # (`indexer.article.publicity`), in seconds since 1970; some may be public or deleted by now
    waiting: tuple[tuple[int, int], ...] = ()

    @property
    def live_docs(self) -> int:
        return self.docs - self.deleted_docs

    @property
    def text_fields(self) -> tuple[str, ...]:
        """The names of its text fields, in the order of the rows of `tf` and `dl`."""
        return (*TEXT_FIELDS, *(field.name for field in self.fields if field.kind == Kind.TEXT))

    def files_without(self, *names: str) -> dict[str, FileRecord]:
        """`files` without those of these names."""
        return {name: record for name, record in self.files.items() if name not in names}


@dataclass(frozen=True, slots=True)
class SpaceEntry:
    """One vector space as a generation of the index sees it."""

    kind: str  # see indexer.vectors.space
    folder: str  # its folder under spaces/
    dim: int
    fitted_docs: int  # articles it was fitted on, 0 for a model that came fitted
    files: Mapping[str, FileRecord]
    last_seq: int = 0  # highest store sequence number when it was fitted; 0 if that is not known


@dataclass(frozen=True, slots=True)
class Bm25Parameters:
    """BM25F's parameters; `weights` and `b` have one value per text field."""

    k1: float = 1.2
    weights: tuple[float, ...] = tuple(BASE.fields[name].weight for name in TEXT_FIELDS)
    b: tuple[float, ...] = (0.75, 0.75)

    def __post_init__(self) -> None:
        if not 1e-6 <= self.k1 <= 1e6:
            raise ValueError(f"k1 must lie in [1e-6, 1e6], not {self.k1}")
        if not all(0 <= b <= 1 for b in self.b):
            raise ValueError(f"every b must lie in [0, 1], not {self.b}")
        if not all(0 <= w <= 1e6 for w in self.weights):
            raise ValueError(f"every weight must lie in [0, 1e6], not {self.weights}")


@dataclass(frozen=True, slots=True)
class Manifest:
    """One generation of the index."""

    generation: int = 0
    last_seq: int = 0  # every version the store accepted up to here is in the segments
    last_removal: int = 0  # every removal up to here is marked in the segments
    language: str = "en"  # of articles that do not name theirs
    bm25: Bm25Parameters = field(default_factory=Bm25Parameters)  # of title and body
    avgdl: tuple[float, ...] = ()  # the average lengths of title and body that the impacts were computed with
    segments: tuple[SegmentEntry, ...] = ()
    spaces: Mapping[str, SpaceEntry] = field(default_factory=dict)
    field_avgdl: Mapping[str, float] = field(default_factory=dict)  # the same as `avgdl` of declared text fields

    @property
    def live_docs(self) -> int:
        return sum(segment.live_docs for segment in self.segments)

    def waiting(self, calendar: Calendar) -> dict[int, float]:
        """The sequence numbers of articles whose time has not come, and when it comes, in seconds since 1970."""
        now = calendar.now()
        said = (pair for segment in self.segments for pair in segment.waiting)
        return {seq: begins for seq, at in said if (begins := calendar.begins(at)) > now}

    def live_avgdl(self) -> tuple[float, ...]:
        """Average length of title and body over the live articles."""
        docs = max(1, self.live_docs)
        builtin = (segment.dl_sum[: len(TEXT_FIELDS)] for segment in self.segments)
        return tuple(sum(sums) / docs for sums in zip(*builtin, strict=True))

    def live_field_avgdl(self) -> dict[str, float]:
        """Average length of each declared text field over the live articles, those without it counting 0."""
        docs = max(1, self.live_docs)
        sums: dict[str, int] = {}
        for segment in self.segments:
            for name, words in zip(segment.text_fields, segment.dl_sum, strict=True):
                sums[name] = sums.get(name, 0) + words
        return {name: words / docs for name, words in sorted(sums.items()) if name not in TEXT_FIELDS}

    def avgdl_of(self, entry: SegmentEntry) -> tuple[float, ...]:
        """`avgdl` for every text field of a segment."""
        return self.avgdl + tuple(self.field_avgdl[name] for name in entry.text_fields[len(TEXT_FIELDS) :])

    def bm25_of(self, entry: SegmentEntry) -> Bm25Parameters:
        """The parameters for every text field of a segment."""
        declared = [field for field in entry.fields if field.kind == Kind.TEXT]
        if not declared:
            return self.bm25
        weights = self.bm25.weights + tuple(field.weight for field in declared)
        return Bm25Parameters(self.bm25.k1, weights, self.bm25.b + (DECLARED_B,) * len(declared))

    def settings(self) -> str:
        """What cannot be computed again from the articles, as JSON."""
        return json.dumps({"language": self.language, "bm25": asdict(self.bm25)})

    @classmethod
    def from_settings(cls, text: str) -> Manifest:
        """A manifest without segments that has the settings that `settings` gave."""
        record = json.loads(text)
        return cls(language=record["language"], bm25=_bm25(record["bm25"]))

    def save(self, index: IndexFolder) -> None:
        """Makes this the current generation of the index in `index`."""
        body = json.dumps(self._to_record(), indent=1)
        replace(index.manifest, f'{body[:-2]},\n "crc32": {zlib.crc32(body.encode())}\n}}\n'.encode())

    def _to_record(self) -> dict[str, Any]:
        """What is saved. What only declared fields need stands there only where there are some."""
        record = asdict(self)
        has_fields = False
        for segment, saved in zip(self.segments, record["segments"], strict=True):
            has_fields = has_fields or bool(segment.fields)
            if segment.fields:
                saved["fields"] = [field.to_record() for field in segment.fields]
            else:
                del saved["fields"]
            for key in ("incomplete", "waiting"):
                if not saved[key]:
                    del saved[key]
        if not self.field_avgdl:
            del record["field_avgdl"]
        version = _WITHOUT_WAITING if has_fields else _WITHOUT_FIELDS
        if any(segment.waiting for segment in self.segments):
            version = VERSION
        return {"format": FORMAT, "version": version, **record}

    @classmethod
    def load(cls, index: IndexFolder) -> Manifest:
        """The current generation.

        Raises IndexDamagedError if the file is missing, is not a manifest, is altered, or is of a version that this
        readmore cannot read.
        """
        path = index.manifest
        try:
            text = path.read_text("utf-8")
        except OSError as error:
            raise unreadable(path, error) from None
        except UnicodeDecodeError:
            raise IndexDamagedError(path, "is not a manifest of readmore") from None
        try:
            record = json.loads(text)
            crc32 = record.pop("crc32")
            is_ours = record.pop("format") == FORMAT
            version = record.pop("version")
        except (ValueError, KeyError, AttributeError, TypeError, RecursionError):
            raise IndexDamagedError(path, "is not a manifest of readmore") from None
        if not is_ours:
            raise IndexDamagedError(path, "is not a manifest of readmore")
        if version not in range(_WITHOUT_FIELDS, VERSION + 1):
            known = f"versions {_WITHOUT_FIELDS} to {VERSION}"
            raise IndexDamagedError(path, f"has format version {version}, this readmore reads {known}")
        body = text.rpartition(',\n "crc32"')[0] + "\n}"
        if zlib.crc32(body.encode()) != crc32:
            raise IndexDamagedError(path, "is not as it was written")
        return _from_record(record)


def _from_record(record: dict[str, Any]) -> Manifest:
    record["bm25"] = _bm25(record["bm25"])
    record["avgdl"] = tuple(record["avgdl"])
    record["segments"] = tuple(
        SegmentEntry(
            **{
                **entry,
                "files": _files(entry["files"]),
                "dl_sum": tuple(entry["dl_sum"]),
                "partial": tuple(entry.get("partial", ())),
                "fields": tuple(map(Field.from_record, entry.get("fields", ()))),
                "incomplete": tuple(entry.get("incomplete", ())),
                "waiting": tuple((seq, at) for seq, at in entry.get("waiting", ())),
            }
        )
        for entry in record["segments"]
    )
    record["spaces"] = {
        name: SpaceEntry(**{**entry, "files": _files(entry["files"])}) for name, entry in record["spaces"].items()
    }
    return Manifest(**record)


def _bm25(record: dict[str, Any]) -> Bm25Parameters:
    return Bm25Parameters(k1=record["k1"], weights=tuple(record["weights"]), b=tuple(record["b"]))


def _files(record: dict[str, list[int]]) -> dict[str, FileRecord]:
    return {name: FileRecord(*values) for name, values in record.items()}
