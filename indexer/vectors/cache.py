"""The vectors that a neural space has cost: kept beside the articles, by the digest of the text they were made from.

One SQLite file per space, outside the index, so that rebuilding the index encodes nothing again, nor does a text that
moves to another article, changes its tags, or comes back. Each batch is a transaction; a process that is killed loses
the batch it was at.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from indexer.base.archive_folder import ArchiveFolder
from indexer.base.durable_files import writing
from indexer.base.errors import DamagedError
from indexer.base.sqlite_files import keep_log
from indexer.base.transaction import cannot_open, transaction
from indexer.vectors.spec import ModelSpec

SUFFIX = ".db"
_SCHEMA = """
CREATE TABLE IF NOT EXISTS models (
    id INTEGER PRIMARY KEY AUTOINCREMENT,  -- the highest is the one in use
    fingerprint TEXT NOT NULL UNIQUE,
    spec TEXT NOT NULL,
    resolution REAL,  -- measured when there were so many articles
    articles INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS files (
    model INTEGER NOT NULL REFERENCES models,
    name TEXT NOT NULL,
    crc32 INTEGER NOT NULL,
    content BLOB NOT NULL,
    PRIMARY KEY (model, name)
);
CREATE TABLE IF NOT EXISTS worths (  -- what spaces are worth on the archive, measured with the resolution
    model INTEGER NOT NULL REFERENCES models,
    space TEXT NOT NULL,
    worth REAL NOT NULL,
    PRIMARY KEY (model, space)
);
CREATE TABLE IF NOT EXISTS vectors (
    model INTEGER NOT NULL REFERENCES models,
    digest BLOB NOT NULL,  -- of the article's title and body
    crc32 INTEGER NOT NULL,
    vector BLOB NOT NULL,  -- float16, little-endian
    PRIMARY KEY (model, digest)
);
"""
_STORED = np.dtype("<f2")  # a rounding of 0.0005, half the size
_AT_A_TIME = 500
_LENGTHS = (0.99, 1.01)  # of a stored unit vector


def text_digest(title: str, body: str) -> bytes:
    """16 bytes that change whenever the vector of an article could."""
    digest = hashlib.blake2b(title.encode("utf-8", "surrogatepass"), digest_size=16)
    digest.update(b"\0")
    digest.update(body.encode("utf-8", "surrogatepass"))
    return digest.digest()


def cache_path(folder: ArchiveFolder, name: str) -> Path:
    """Where the vectors of the space called `name` are kept."""
    return folder.vectors / f"{name}{SUFFIX}"


def cached_spaces(folder: ArchiveFolder) -> list[str]:
    """The names of the spaces that have vectors kept."""
    return sorted(path.name.removesuffix(SUFFIX) for path in folder.vectors.glob(f"*{SUFFIX}"))


class VectorCache:
    """The vectors of one space. Use it in one thread at a time.

    Raises DamagedError if the file is there and cannot be read as one.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        with writing(path.parent):
            path.parent.mkdir(exist_ok=True)
        try:
            self._db = sqlite3.connect(path, isolation_level=None, timeout=60)
            keep_log(self._db)
            self._db.execute("PRAGMA synchronous=FULL")
            self._db.executescript(_SCHEMA)
            row = self._db.execute("SELECT * FROM models ORDER BY id DESC LIMIT 1").fetchone()
            self.spec = ModelSpec.from_record(json.loads(row[2])) if row else None
            self._model = row[0] if row else 0
            self.measured: tuple[float, int] | None = (row[3], row[4]) if row and row[4] else None
            rows = self._db.execute("SELECT space, worth FROM worths WHERE model = ?", (self._model,))
            self.worths: dict[str, float] = {str(space): float(worth) for space, worth in rows}
        except (sqlite3.DatabaseError, LookupError, ValueError, TypeError) as error:
            raise cannot_open(path, error) or DamagedError(
                path, f"not readable as vectors of a space ({error}), the articles are safe"
            ) from None

    def close(self) -> None:
        self._db.close()

    def __enter__(self) -> VectorCache:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    def begin(self, spec: ModelSpec, files: Mapping[str, bytes]) -> None:
        """Makes `spec` the model in use; vectors of another stay until `drop_others`."""
        with transaction(self._db, self._path):
            self._db.execute("DELETE FROM models WHERE fingerprint = ?", (spec.fingerprint,))
            inserted = self._db.execute(
                "INSERT INTO models (fingerprint, spec) VALUES (?, ?)", (spec.fingerprint, spec.to_json())
            )
            model = int(inserted.lastrowid or 0)
            self._db.executemany(
                "INSERT INTO files (model, name, crc32, content) VALUES (?, ?, ?, ?)",
                [(model, name, zlib.crc32(content), content) for name, content in files.items()],
            )
        self._model, self.spec, self.measured, self.worths = model, spec, None, {}

    def set_measured(self, resolution: float, articles: int, worths: Mapping[str, float]) -> None:
        """Keeps the resolution of the space, measured when there were so many articles, and what it and others were
        found to be worth then."""
        with transaction(self._db, self._path):
            self._db.execute(
                "UPDATE models SET resolution = ?, articles = ? WHERE id = ?", (resolution, articles, self._model)
            )
            self._db.execute("DELETE FROM worths WHERE model = ?", (self._model,))
            rows = [(self._model, space, worth) for space, worth in worths.items()]
            self._db.executemany("INSERT INTO worths (model, space, worth) VALUES (?, ?, ?)", rows)
        self.measured, self.worths = (resolution, articles), dict(worths)

    def drop_others(self) -> None:
        """Removes what was kept for other models than the one in use."""
        with transaction(self._db, self._path):
            for table in ("files", "worths", "vectors"):
                self._db.execute(f"DELETE FROM {table} WHERE model != ?", (self._model,))
            self._db.execute("DELETE FROM models WHERE id != ?", (self._model,))

    def files(self) -> dict[str, bytes]:
        """The files of the model in use, by name. Raises DamagedError if one is not what was written."""
        rows = self._db.execute("SELECT name, crc32, content FROM files WHERE model = ?", (self._model,)).fetchall()
        for name, crc32, content in rows:
            if zlib.crc32(content) != crc32:
                raise DamagedError(self._path, f"the model's file {name} is not as it was written")
        return {name: content for name, _, content in rows}

    def put(self, digests: Sequence[bytes], vectors: NDArray[np.float32]) -> None:
        """Keeps the vectors (n, dim), of unit length or zero, of texts with these digests; all of them or none."""
        blobs = [row.tobytes() for row in np.asarray(vectors).astype(_STORED)]
        with transaction(self._db, self._path):
            self._db.executemany(
                "INSERT OR REPLACE INTO vectors (model, digest, crc32, vector) VALUES (?, ?, ?, ?)",
                [(self._model, digest, zlib.crc32(blob), blob) for digest, blob in zip(digests, blobs, strict=True)],
            )

    def get(self, digests: Iterable[bytes]) -> dict[bytes, NDArray[np.float32]]:
        """The vectors of texts by digest; one that is missing or not what was kept is left out, to be made again."""
        found: dict[bytes, NDArray[np.float32]] = {}
        for part in _parts(digests):
            for digest, crc32, blob in self._rows(part, "digest, crc32, vector"):
                if not _fault(blob, crc32, self._dim):
                    found[digest] = np.frombuffer(blob, _STORED).astype(np.float32)
        return found

    def _rows(self, digests: Sequence[bytes], columns: str) -> Iterator[tuple[bytes, int, bytes]]:
        marks = ",".join("?" * len(digests))
        query = f"SELECT {columns} FROM vectors WHERE model = ? AND digest IN ({marks})"
        yield from self._db.execute(query, (self._model, *digests))

    @property
    def _dim(self) -> int:
        return self.spec.dim if self.spec else 0

    def keep_only(self, digests: Iterable[bytes]) -> int:
        """Removes the vectors of all other texts. Returns how many there were."""
        with transaction(self._db, self._path):
            self._db.execute("CREATE TEMP TABLE IF NOT EXISTS kept (digest BLOB PRIMARY KEY)")
            self._db.execute("DELETE FROM kept")
            self._db.executemany("INSERT OR IGNORE INTO kept VALUES (?)", ((digest,) for digest in digests))
            return self._db.execute("DELETE FROM vectors WHERE digest NOT IN (SELECT digest FROM kept)").rowcount

    def drop_damaged(self) -> bool:
        """Removes the vectors that are not as they were kept, so that they are made again. False, with nothing changed,
        where more than vectors is damaged."""
        try:
            self.files()
            if [row[0] for row in self._db.execute("PRAGMA integrity_check(1)")] != ["ok"]:
                return False
            rows = self._db.execute("SELECT rowid, crc32, vector FROM vectors WHERE model = ?", (self._model,))
            damaged = [(number,) for number, crc32, blob in rows if _fault(blob, crc32, self._dim)]
        except (sqlite3.DatabaseError, DamagedError):
            return False
        with transaction(self._db, self._path):
            self._db.executemany("DELETE FROM vectors WHERE rowid = ?", damaged)
        return bool(damaged)

    def count(self) -> int:
        """How many texts have a vector of the model in use."""
        return int(self._db.execute("SELECT COUNT(*) FROM vectors WHERE model = ?", (self._model,)).fetchone()[0])

    def problems(self) -> list[str]:
        """What is wrong with the file."""
        try:
            found = [row[0] for row in self._db.execute("PRAGMA integrity_check(10)") if row[0] != "ok"]
            if found:
                return found
            self.files()
            rows = self._db.execute("SELECT crc32, vector FROM vectors WHERE model = ?", (self._model,))
            faults = [fault for crc32, blob in rows if (fault := _fault(blob, crc32, self._dim))]
            if self.spec is not None and self.spec.fingerprint != self._fingerprint():
                return ["the record of the model is not as it was written"]
        except sqlite3.DatabaseError as error:
            return [str(error)]
        except DamagedError as error:
            return [error.what]
        if not faults:
            return []
        counted = "1 vector is" if len(faults) == 1 else f"{len(faults):,} vectors are"
        return [f"{counted} damaged ({faults[0]})"]

    def _fingerprint(self) -> str:
        return str(self._db.execute("SELECT fingerprint FROM models WHERE id = ?", (self._model,)).fetchone()[0])


def _parts(digests: Iterable[bytes]) -> Iterator[list[bytes]]:
    """The different ones of `digests`, as many at a time as a query takes."""
    all_of_them = list(dict.fromkeys(digests))
    for start in range(0, len(all_of_them), _AT_A_TIME):
        yield all_of_them[start : start + _AT_A_TIME]


def _fault(blob: bytes, crc32: int, dim: int) -> str:
    """What is wrong with a stored vector; nothing if it is sound."""
    if len(blob) != dim * _STORED.itemsize:
        return f"{len(blob)} bytes where {dim} dimensions take {dim * _STORED.itemsize}"
    if zlib.crc32(blob) != crc32:
        return "not as it was written"
    vector = np.frombuffer(blob, _STORED).astype(np.float32)
    length = float(np.linalg.norm(vector))
    if length and not _LENGTHS[0] < length < _LENGTHS[1]:  # not a number fails here too
        return "not of length 1"
    return ""
