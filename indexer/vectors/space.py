"""Vector spaces behind one interface: what every kind of space can do, and how to open one.

Two kinds exist. `lsa`, which the archive trains from itself, encodes thousands of articles a second and does so in
every commit. `neural`, a sentence-transformers model, takes its time: `indexer.embedding.job` encodes in the
background, and until it has, an article's row in such a space is zero.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from indexer.base.archive_folder import IndexFolder
from indexer.base.errors import IndexDamagedError
from indexer.segment.manifest import Manifest, SegmentEntry, SpaceEntry
from indexer.segment.segment import Segment
from indexer.vectors.lsa import LsaSpace
from indexer.vectors.neural import NeuralSpace

LSA = "lsa"
NEURAL = "neural"
AT_COMMIT = frozenset({LSA})  # kinds that encode a new segment before it becomes part of the index


class Space(Protocol):
    """A space opened for encoding. Vectors are float32 and of unit length, or zero where a text says nothing to it."""

    @property
    def dim(self) -> int:
        """Dimensions of its vectors."""

    @property
    def resolution(self) -> float:
        """How well it tells the archive's articles apart, from 0 to 1 (docs/ranking.md)."""

    @property
    def foresight(self) -> float:
        """How well it tells what an article is about from words that the article has not, from 0 to 1."""

    @property
    def worths(self) -> Mapping[str, float]:
        """What this space and others were found to be worth on the archive, by their names, from 0 to 1 or a little
        above (`indexer.vectors.worth`); 0 for what cannot be measured. Empty where nothing was."""

    @property
    def loaded(self) -> bool:
        """Whether it can encode by now."""

    def encode_query(self, text: str, terms: Mapping[str, float]) -> NDArray[np.float32] | None:
        """(dim,) the vector of a query, or None while the space cannot encode. `text` is the query as words, `terms`
        are its analysed terms with their weights. Never raises for a model that cannot be had."""

    def encode_article(self, title: str, body: str, terms: Mapping[str, float]) -> NDArray[np.float32] | None:
        """(dim,) the vector of an article that is not in the index, or None while the space cannot encode. `terms` are
        its analysed terms with how often they occur."""


def open_space(index: IndexFolder, entry: SpaceEntry, *, wait: bool = True) -> Space:
    """The space of an entry of the manifest. Cheap: no model is loaded before something is encoded. `wait` says
    whether whoever encodes first waits for a model that takes a while to load, or is answered without it.

    Raises IndexDamagedError if its files cannot be read, or if it is of a kind that this readmore does not know.
    """
    folder = index.space(entry.folder)
    if entry.kind == LSA:
        return LsaSpace(folder, entry.files)
    if entry.kind == NEURAL:
        neural = NeuralSpace(folder, entry.files, wait=wait)
        if not wait:
            neural.load()  # so that it is there soon
        return neural
    raise IndexDamagedError(folder, f"is a vector space of the unknown kind '{entry.kind}'")


def encode_segment(index: IndexFolder, space: SpaceEntry, segment: Segment) -> NDArray[np.float32]:
    """(max_doc, dim) the vectors of a segment in a space of a kind in `AT_COMMIT`."""
    opened = open_space(index, space)
    if not isinstance(opened, LsaSpace):
        raise TypeError(f"a space of kind {space.kind} does not encode segments")
    return opened.encode_segment(segment)


def vector_file(space: SpaceEntry, version: str = "") -> str:
    """The name of the file with a segment's vectors in this space; `version` tells later files from earlier ones."""
    return f"{space.folder}-{version}.npy" if version else f"{space.folder}.npy"


def is_current(entry: SegmentEntry, name: str, space: SpaceEntry) -> bool:
    """Whether the vectors that a segment has in the space called `name` are of this space, not of one before it."""
    return entry.vectors.get(name, "").startswith((f"{space.folder}.", f"{space.folder}-"))


def lacks_vectors(manifest: Manifest, name: str) -> list[SegmentEntry]:
    """The segments in which some live article has, or may have, no vector yet in the space called `name`."""
    space = manifest.spaces[name]
    return [e for e in manifest.segments if e.live_docs and (not is_current(e, name, space) or name in e.partial)]
