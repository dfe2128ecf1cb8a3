"""What search needs of an index, so that everything above runs on any that has it."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any, Protocol

from search.reader.snapshot import Snapshot


class IndexSource(Protocol):
    """Where the current generation of an index comes from. Several threads ask at once."""

    def current(self) -> Snapshot:
        """The current generation; a consistent view for as long as it is kept. Cheap, and the same object as long as
        nothing has changed. Raises IndexDamagedError if it cannot be read."""

    def explaining_damage(
        self, index: Snapshot | None = None, *, wait: bool | None = None
    ) -> AbstractContextManager[None]:
        """Within this context an error that comes of a damaged file of the index is raised as an IndexDamagedError that
        names the file; any other goes on as it is. `index` is the generation that is read meanwhile (default: the
        current one).

        Finding out may take reading the whole index, which is done at most once for a generation. If `wait` (default:
        as the source was opened), the first error waits for it; else it goes on as it is, and those that come
        later are explained.
        """

    def status(self) -> dict[str, Any]:
        """What the archive holds, in figures."""

    def close(self) -> None:
        """Lets go of what is open."""
