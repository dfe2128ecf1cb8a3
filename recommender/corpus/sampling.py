"""Samples: articles that stand for the archive where looking at all of them would take too long."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def evenly(docs: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """At most `count` of the docs, in their order and evenly spread over them."""
    return docs[np.unique(np.linspace(0, len(docs) - 1, min(count, len(docs))).astype(np.int64))]
