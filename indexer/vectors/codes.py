"""Sign codes: vectors as bits, so that the nearest of very many are looked for among the few whose bits agree.

Every bit says on which side of a plane through the vectors' centre a vector lies; the share of bits in which two
vectors differ grows with the angle between them (M. Charikar, "Similarity Estimation Techniques from Rounding
Algorithms", 2002). The planes are those of random rotations and not the axes, because the dimensions of LSA carry
unequal shares: on an axis that carries little a bit says as little. docs/benchmarks.md has the recall.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

FROM_DOCS = 8192  # a smaller segment has no codes: comparing all of it is as quick
BITS_PER_DIM = 4
_BLOCK = 16_384  # vectors coded at a time
_SEED = 20240318


@lru_cache(maxsize=8)
def _planes(dim: int) -> NDArray[np.float32]:
    """(dim, n_bits) the normals of the planes: random rotations side by side, n_bits a multiple of 64."""
    n_bits = -(-BITS_PER_DIM * dim // 64) * 64
    random = np.random.default_rng(_SEED)
    rotations = [np.linalg.qr(random.standard_normal((dim, dim)))[0] for _ in range(-(-n_bits // dim))]
    return np.ascontiguousarray(np.concatenate(rotations, axis=1)[:, :n_bits], np.float32)


def sign_codes(vectors: NDArray[np.float32]) -> dict[str, NDArray[Any]]:
    """The codes of vectors (n, dim) and what is needed to code a query like them, as arrays by name.

    ``codes``: (n, n_bits / 64) uint64, the bits of a vector in a row; ``planes``: (dim, n_bits) float32;
    ``offset``: (n_bits,) float32, what the centre of the vectors gives on the planes. The planes are kept with the
    codes, because another version of numpy may draw others.
    """
    planes = _planes(vectors.shape[1])
    offset = (vectors.mean(axis=0, dtype=np.float64) @ planes).astype(np.float32)
    codes = np.empty((len(vectors), planes.shape[1] // 64), np.uint64)
    for start in range(0, len(vectors), _BLOCK):
        block = slice(start, start + _BLOCK)
        codes[block] = sign_bits(vectors[block], planes, offset)
    return {"codes": codes, "planes": planes, "offset": offset}


def sign_bits(
    vectors: NDArray[np.float32], planes: NDArray[np.float32], offset: NDArray[np.float32]
) -> NDArray[np.uint64]:
    """(n, n_bits / 64) the bits of vectors (n, dim): 1 where a vector lies beyond the centre along a plane's normal."""
    return np.packbits(vectors @ planes > offset, axis=1).view(np.uint64)
