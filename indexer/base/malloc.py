"""Has the C library keep the memory that is freed for the next array, instead of handing it back to the system."""

from __future__ import annotations

import contextlib
import ctypes
from functools import cache

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3  # glibc's malloc.h
_LARGEST = 32 << 20  # bytes; glibc takes no higher threshold for what is mapped for itself
_KEPT = 128 << 20  # bytes


@cache
def keep_freed_memory() -> None:
    """Has this process keep up to 128 MiB of what it frees, where its C library is glibc.

    Left alone, glibc hands arrays of some 100 KB back to the system as soon as they are freed, and the system clears
    every page again when the next one is made: a related block met 320 page faults, and a third of its time went there.
    """
    with contextlib.suppress(AttributeError, OSError, TypeError):  # no such function, or no library to look in
        set_option = ctypes.CDLL(None).mallopt
        set_option(_MMAP_THRESHOLD, _LARGEST)
        set_option(_TRIM_THRESHOLD, _KEPT)
