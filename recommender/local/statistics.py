"""What is common in an archive, as it was counted at one time: how many articles have each term, the mean vector, the
scales of the spaces.

Each of these moves a little with every article that comes, and every related block depends on all of them. To let none
of that move a block, they are counted once and hold until the archive has grown or shrunk by a tenth, as the weights of
terms do. A term that has become clearly more common meanwhile, or that was rare when it was counted, is followed, in
steps (`stepped`). Kept in the folder `ArchiveFolder.related`. A small archive is counted each time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from indexer.base import kept_arrays
from recommender.corpus.corpus import CorpusSpace, Scale
from recommender.corpus.terms import fingerprint
from recommender.local.forward_index import DRIFT

NAME = "statistics"
RECORD = f"{NAME}.json"
VERSION = 1
LEAST_DOCS = 500  # a smaller archive is counted each time, which is soon done
RARE = 8  # articles that a term is followed in one by one up to; of more, and of twice as many, it is in steps
_ARRAYS = ("hashes", "doc_freq", "centroid")


@dataclass(frozen=True, slots=True, eq=False)
class Statistics:
    """What was counted in an archive of `num_docs` articles."""

    num_docs: int
    hashes: NDArray[np.uint64]  # (n_terms,) ascending, of all terms that there were
    doc_freq: NDArray[np.int64]  # (n_terms,) how many docs had each
    centroid: NDArray[np.float32]  # (dim,) the mean of the vectors in the space of reference; (0,) where there is none
    scales: Mapping[str, Scale] = field(default_factory=dict)  # of the spaces, by name
    made_for: Mapping[str, tuple[str, int]] = field(default_factory=dict)  # the spaces, see `Countable.spaces_counted`

    def suits(self, num_docs: int, spaces: Mapping[str, tuple[str, int]]) -> bool:
        """Whether it still holds for an archive of `num_docs` articles with these spaces: the same ones, which have got
        to about as many articles."""
        if num_docs < LEAST_DOCS or abs(num_docs - self.num_docs) > DRIFT * self.num_docs:
            return False
        if set(spaces) != set(self.made_for):
            return False
        return all(
            folder == self.made_for[name][0]
            and abs(encoded - self.made_for[name][1]) <= DRIFT * max(1, self.made_for[name][1])
            for name, (folder, encoded) in spaces.items()
        )

    def counted(self, hashes: NDArray[np.uint64]) -> NDArray[np.int64]:
        """(n,) how many docs had each of the terms, 0 for one that none had."""
        if not len(self.hashes):
            return np.zeros(len(hashes), np.int64)
        places = self.hashes.searchsorted(hashes)
        same = self.hashes.take(places, mode="clip") == hashes
        return np.where(same, self.doc_freq.take(places, mode="clip"), 0)


class Countable(Protocol):
    """What is counted."""

    @property
    def num_docs(self) -> int:
        """How many docs are not deleted."""

    def spaces_counted(self) -> Mapping[str, tuple[str, int]]:
        """For each space by name the folder it is in, another one whenever it is fitted anew, and how many docs it has
        got to."""

    def count(self) -> Statistics:
        """The statistics as they are now."""


def stepped(counted: NDArray[np.int64], live: NDArray[np.int64]) -> NDArray[np.int64]:
    """(n,) the number of docs that a term is taken to have: as counted, or a power of two times that where there are
    twice as many by now, or half as many; of a term that was rare then as many as it has now, up to `RARE`, and then
    in such steps, too. Where nothing has changed it is what was counted.

    >>> stepped(np.array([20, 20, 20, 3, 0, 9]), np.array([20, 39, 41, 5, 19, 0])).tolist()
    [20, 20, 40, 5, 16, 0]
    """
    base = np.maximum(counted, RARE).astype(np.float64)
    now = np.maximum(live, 1)
    steps = np.trunc(np.log2(now / base))
    by_steps = np.maximum(base * np.exp2(steps), 1).astype(np.int64)
    followed = (counted < RARE) & (live < RARE)
    return np.where(live <= 0, 0, np.where(followed, live, by_steps))


def of_corpus(root: Path, corpus: Countable, known: Statistics | None) -> Statistics:
    """The statistics of an archive: those `known`, or kept under `root`, as long as they suit it, or else counted."""
    spaces = corpus.spaces_counted()
    kept = load(root)
    if kept is not None and kept.suits(corpus.num_docs, spaces):
        return kept
    if known is not None and known.suits(corpus.num_docs, spaces):
        return known
    return corpus.count()


def load(root: Path) -> Statistics | None:
    """What is kept under `root`; None where nothing is, or it is damaged or was made with other hashes."""
    return kept_arrays.load(root, NAME, VERSION, _parsed)


def _parsed(record: Mapping[str, Any], arrays: kept_arrays.Arrays) -> Statistics | None:
    if record["multipliers"] != fingerprint():
        return None
    scales = {str(name): Scale(*map(float, scale)) for name, scale in record["scales"].items()}
    spaces = {str(name): (str(folder), int(encoded)) for name, (folder, encoded) in record["spaces"].items()}
    hashes, doc_freq, centroid = (arrays[name] for name in _ARRAYS)
    return Statistics(int(record["num_docs"]), hashes, doc_freq, centroid, scales, spaces)


def save(root: Path, statistics: Statistics) -> None:
    """Keeps statistics under `root` for the next process, unless the archive is small or they are kept already. Raises
    OSError or WriteError where they cannot be written."""
    if statistics.num_docs < LEAST_DOCS or _is_kept(root, statistics):
        return
    about = {
        "multipliers": fingerprint(),
        "num_docs": statistics.num_docs,
        "scales": {name: [s.share, s.factor, s.offset] for name, s in statistics.scales.items()},
        "spaces": {name: list(made_for) for name, made_for in statistics.made_for.items()},
    }
    kept_arrays.save(root, NAME, VERSION, about, {each: getattr(statistics, each) for each in _ARRAYS})


def _is_kept(root: Path, statistics: Statistics) -> bool:
    kept = load(root)
    return kept is not None and kept.suits(statistics.num_docs, statistics.made_for)


def verify_arrays(root: Path, record: Mapping[str, Any]) -> None:
    """Raises IndexDamagedError where the arrays that a record names are not as they were written, and whatever taking
    another record apart raises."""
    if record["version"] == VERSION:
        kept_arrays.verify_arrays(root, NAME, record)


def with_scales(spaces: Mapping[str, CorpusSpace], scales: Mapping[str, Scale]) -> dict[str, CorpusSpace]:
    """The spaces on the scales that were measured for them."""
    return {name: replace(space, scale=scales[name]) for name, space in spaces.items()}
