"""Models that are no models: what tests encode with where a real one would take seconds."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from indexer.archive import Archive
from indexer.embedding.job import EmbedReport, Job
from indexer.vectors.cache import VectorCache, cache_path
from indexer.vectors.spec import ModelSpec

NAME = "toy"
SPEC = ModelSpec("toy-model", "toy-1-torch", "torch", dim=32, window=12)


class ToyEncoder:
    """Counts words into as many buckets as it has dimensions. Remembers what it was given."""

    def __init__(self, spec: ModelSpec = SPEC) -> None:
        self.spec = spec
        self.texts: list[str] = []
        self.before: Callable[[Sequence[str]], object] = lambda texts: None  # called first of all

    def split(self, title: str, body: str) -> list[str]:
        words = body.split()
        parts = [" ".join(words[start : start + 10]) for start in range(0, len(words), 10)] or [""]
        return [f"{title}\n{part}".strip() for part in parts]

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.before(texts)
        self.texts += texts
        vectors = np.zeros((len(texts), self.spec.dim), np.float32)
        for row, text in enumerate(texts):
            for word in re.findall(r"\w+", text.lower()):
                vectors[row, zlib.crc32(word.encode()) % self.spec.dim] += 1
        return vectors


def never() -> ToyEncoder:
    raise AssertionError("nothing should be encoded")


def embed(
    archive: Archive, encoder: ToyEncoder | None, spec: ModelSpec = SPEC, files: dict[str, bytes] | None = None
) -> EmbedReport:
    """Brings the toy space up to date; with no encoder, nothing may be left to encode."""
    with VectorCache(cache_path(archive.folder, NAME)) as cache:
        if cache.spec != spec:
            cache.begin(spec, files or {})
        opened = never if encoder is None else lambda: encoder
        locks = (archive.maintaining, archive.writing)
        return Job(archive.index, archive.store, NAME, cache, opened, locks).run()
