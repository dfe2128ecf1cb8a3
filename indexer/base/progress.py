"""Progress of long work: a bar on a terminal, plain lines now and then where standard error is a file or a pipe."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import Any

from tqdm import tqdm

_SECONDS_BETWEEN_LINES = 10.0


class Progress:
    """Counts steps on standard error, unless it is to be `quiet`. Use it as a context manager."""

    def __init__(self, label: str, total: int | None, unit: str = " articles", *, quiet: bool = False) -> None:
        self._quiet = quiet
        self._label = label
        self._total = total
        self._count = 0
        self._next_line = time.monotonic() + _SECONDS_BETWEEN_LINES
        self._bar: tqdm[Any] | None = None
        if sys.stderr.isatty() and not quiet:
            self._bar = tqdm(total=total, desc=label, unit=unit, file=sys.stderr, dynamic_ncols=True, leave=False)

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.close()

    def advance(self) -> None:
        """One step done."""
        self._count += 1
        if self._bar is not None:
            self._bar.update()
        elif not self._quiet and not self._count & 0xFF and time.monotonic() > self._next_line:
            of_total = f" of about {self._total:,}" if self._total else ""
            print(f"{self._label}: {self._count:,}{of_total}", file=sys.stderr, flush=True)
            self._next_line = time.monotonic() + _SECONDS_BETWEEN_LINES

    def expect(self, total: int | None) -> None:
        """Takes down how many steps there are altogether, where that was not known before; None: it still is not."""
        if total is not None:
            self._total = total
            if self._bar is not None:
                self._bar.total = total

    def phase(self, label: str) -> None:
        """Says what is being done now, where somebody is watching."""
        if self._bar is not None:
            self._bar.set_description_str(label)
            self._bar.refresh()

    def say(self, line: str) -> None:
        """Prints a line on standard error without tearing the bar."""
        if self._bar is not None:
            tqdm.write(line, file=sys.stderr)
        else:
            print(line, file=sys.stderr)
