"""What encodes the articles of an archive in memory."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from indexer.base.archive_folder import ArchiveFolder
from indexer.segment.manifest import Manifest
from indexer.vectors.encoder import Encoder, encode_articles, encode_query
from indexer.vectors.space import LSA, Space, open_space


def fitted_model(folder: Path) -> Space | None:
    """The own space of the archive in a folder, fitted on the articles there; None if they are too few for one."""
    index = ArchiveFolder(folder).index
    entry = Manifest.load(index).spaces.get(LSA)
    return None if entry is None else open_space(index, entry)


class EncoderModel:
    """An encoder as `indexer.vectors.space.Space`."""

    resolution = 0.5
    foresight = 0.5
    loaded = True

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self.dim = encoder.spec.dim

    def encode_query(self, text: str, terms: Mapping[str, float]) -> NDArray[np.float32]:
        return encode_query(self._encoder, text)

    def encode_article(self, title: str, body: str, terms: Mapping[str, float]) -> NDArray[np.float32]:
        return np.asarray(encode_articles(self._encoder, [(title, body)])[0])
