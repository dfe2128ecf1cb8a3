"""How many threads linear algebra takes."""

from __future__ import annotations

from contextlib import AbstractContextManager


def one_blas_thread() -> AbstractContextManager[object]:
    """Within this context the whole process multiplies matrices in one thread.

    Left alone, BLAS takes a thread per core and has them wait for each other busily: beside another process that wants
    the cores, fitting 500 articles took 23 s instead of 4. One thread also leaves the other cores to readers.
    """
    from threadpoolctl import threadpool_limits  # here, because only fitting and merging need it

    limits: AbstractContextManager[object] = threadpool_limits(1, "blas")
    return limits
