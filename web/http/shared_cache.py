"""A cache in memory that the worker processes of a service share, bounded in bytes.

Python's and PyPI's shared caches need a server (memcached), a file system with room (diskcache, LMDB), or hold one copy
in each process. This one is a mapped piece of memory that processes inherit: a ring of records, the newest overwriting
the oldest, and a table of where each key's record is.

Readers take no lock. A record may be overwritten while it is read, so it is copied first and believed only if its
checksum fits. Writers take turns by a lock on the memory's file, which the system lets go of when its holder dies; what
a dead writer left unfinished has no entry in the table, or one whose checksum does not fit.
"""

from __future__ import annotations

import struct
import zlib

from web.http.shared_memory import SharedMemory

KEY_BYTES = 16
_HEAD = struct.Struct("<Q")  # where the next record goes; it only grows, and a record is at its place modulo the size
_SLOT = struct.Struct("<16sQII")  # key, where its record is, how long that is, checksum
_WAYS = 4  # slots in which a key may be
_BUCKET = _WAYS * _SLOT.size
_EXPECTED = 4096  # bytes of a record, to choose the number of slots by
_LARGEST_SHARE = 8  # no record takes more than this part of the ring
_TABLE = 64  # where the table begins


class SharedCache:
    """Byte strings under keys of `KEY_BYTES` bytes; `size` bytes of them at most, of which the newest stay.

    Made before the processes that share it are forked. Safe to use from several threads.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._buckets = max(64, size // _EXPECTED)
        self._data = _TABLE + self._buckets * _BUCKET
        self._memory = SharedMemory(self._data + size)
        self._map = self._memory.bytes

    def get(self, key: bytes) -> bytes | None:
        """What is stored under the key, None where nothing is or no longer."""
        found = self._slot(key)
        if found is None:
            return None
        _, (_, at, length, checksum) = found
        start = self._data + at % self._size
        record = self._map[start : start + length]
        if zlib.crc32(record, zlib.crc32(key)) != checksum:
            return None  # overwritten since, or while it was copied
        if self._head() - at > self._size // 2:
            self.put(key, record)  # what is asked for stays
        return record

    def put(self, key: bytes, record: bytes) -> None:
        """Stores a record under the key, over the one that was there."""
        length = len(record)
        if not length or length > self._size // _LARGEST_SHARE:
            return
        with self._memory.writing():
            at = self._head()
            if at % self._size + length > self._size:  # a record lies in one piece
                at += self._size - at % self._size
            _HEAD.pack_into(self._map, 0, at + length)
            start = self._data + at % self._size
            self._map[start : start + length] = record
            slot = self._slot_to_use(key)
            _SLOT.pack_into(self._map, slot, key, at, length, zlib.crc32(record, zlib.crc32(key)))

    def used(self) -> int:
        """Bytes of the ring that have been written to so far."""
        return min(self._head(), self._size)

    def _head(self) -> int:
        return int(_HEAD.unpack_from(self._map)[0])

    def _bucket(self, key: bytes) -> int:
        return _TABLE + int.from_bytes(key[:8], "little") % self._buckets * _BUCKET

    def _slot(self, key: bytes) -> tuple[int, tuple[bytes, int, int, int]] | None:
        """Where the slot of a key is and what it says; None for a key that has none."""
        start = self._bucket(key)
        slots = self._map[start : start + _BUCKET]
        for place in range(0, _BUCKET, _SLOT.size):
            if slots.startswith(key, place):
                return start + place, _SLOT.unpack_from(slots, place)
        return None

    def _slot_to_use(self, key: bytes) -> int:
        """Where the slot for a key is: its own, or that of the oldest record in its bucket."""
        if (found := self._slot(key)) is not None:
            return found[0]
        start = self._bucket(key)
        return min(range(start, start + _BUCKET, _SLOT.size), key=lambda at: _SLOT.unpack_from(self._map, at)[1])
