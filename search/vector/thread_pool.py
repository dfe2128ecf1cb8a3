"""Threads that take part in the work of a query, since numpy and simsimd let go of the interpreter's lock.

What is handed to them never waits for anything else that is, so none waits for ever.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from functools import cache


@cache
def helpers() -> ThreadPoolExecutor:
    """The threads, one per core, which all queries of this process share."""
    return ThreadPoolExecutor(os.cpu_count(), thread_name_prefix="readmore-helper")


os.register_at_fork(after_in_child=helpers.cache_clear)  # threads don't come along
