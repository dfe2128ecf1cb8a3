"""Damage as the cause of an error: the files of a generation, verified once when an error is met that they may explain.

Files are not verified when they are opened, so damage may show only when what is in them is used: as a TypeError, say,
which a mistake in the program raises too. To tell one from the other takes reading the whole index.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from indexer.base.archive_folder import IndexFolder
from indexer.base.durable_files import verify
from indexer.base.errors import IndexDamagedError
from indexer.segment.manifest import Manifest

THREAD = "verifying the index"  # the name of the thread in which an index is verified
_REMEMBERED = 4  # generations whose verification is kept; searches that last may still answer from one before
# what reading an array goes wrong with when its content, or that of another that points into it, is not what it was
_CONSEQUENCES = (ArithmeticError, LookupError, MemoryError, TypeError, ValueError)


class DamageFinder:
    """Finds out whether errors come of a damaged file of `index`. Each generation is verified
    at most once, however many errors there are, and what was found is kept. Safe to use from several threads."""

    def __init__(self, index: IndexFolder) -> None:
        self._index = index
        self._lock = threading.Lock()
        self._known: deque[_Verification] = deque(maxlen=_REMEMBERED)
        self._stopped = threading.Event()

    def close(self) -> None:
        """Ends a verification that is under way, after the file that it is reading."""
        self._stopped.set()

    @contextmanager
    def explaining(self, manifest: Manifest | None = None, *, wait: bool) -> Iterator[None]:
        """Turns an error that comes of a damaged file into an IndexDamagedError that names the file; any other goes on
        as it is. `manifest` is the generation that is read meanwhile (default: the current one when the error is met).

        Where that generation has not been verified yet, `wait` says whether this is waited for, or begins in another
        thread, while the error goes on as it is.
        """
        try:
            yield
        except _CONSEQUENCES as error:
            damage = self._damage(manifest or Manifest.load(self._index), wait=wait)
            if damage is not None:
                raise IndexDamagedError(damage.path, damage.what) from error
            raise

    def _damage(self, manifest: Manifest, *, wait: bool) -> IndexDamagedError | None:
        """What is known to be damaged in a generation."""
        with self._lock:
            verification = next((one for one in self._known if one.manifest == manifest), None)
            begun = verification is not None
            if verification is None:
                verification = _Verification(self._index, manifest, self._stopped)
                self._known.append(verification)
        if not begun and wait:
            verification.run()
        elif not begun:
            # a daemon: a process that ends does not wait for it
            threading.Thread(target=verification.run, name=THREAD, daemon=True).start()
        elif wait:
            verification.done.wait()
        return verification.damage


class _Verification:
    """The verification of one generation."""

    def __init__(self, index: IndexFolder, manifest: Manifest, stopped: threading.Event) -> None:
        self.manifest = manifest
        self.done = threading.Event()
        self.damage: IndexDamagedError | None = None  # what was found, None as long as nothing is
        self._index = index
        self._stopped = stopped

    def run(self) -> None:
        """Reads every file, up to the first that is not what was written."""
        try:
            self._verify()
        except IndexDamagedError as damage:
            if not self._is_superseded():  # else a writer took the file away
                self.damage = damage
        finally:
            self.done.set()

    def _verify(self) -> None:
        folders = [(self._index.segment(entry.name), entry.files) for entry in self.manifest.segments]
        folders += [(self._index.space(space.folder), space.files) for space in self.manifest.spaces.values()]
        for folder, files in folders:
            for file, record in files.items():
                if self._stopped.is_set():
                    return
                verify(folder / file, record)

    def _is_superseded(self) -> bool:
        try:
            return Manifest.load(self._index).generation > self.manifest.generation
        except IndexDamagedError:
            return False
