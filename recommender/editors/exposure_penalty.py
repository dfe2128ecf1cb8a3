"""The re-ranking that spreads readers more evenly, as an archive's setting.

``evenness.json`` in the archive's folder has the penalty, and what it gained and cost when it was set; a person can
read and change it. ``evenness.npy`` has the in-degrees it works with, by the sequence numbers of the articles. An
article that has come since counts as one that is offered as often as the mean.
"""

from __future__ import annotations

import io
import logging
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.base import json_setting
from indexer.base.archive_folder import ArchiveFolder
from indexer.base.durable_files import replace
from indexer.base.errors import ReadmoreError
from recommender.corpus.corpus import Corpus

VERSION = 1
MAX_PENALTY = 1.0
_log = logging.getLogger("readmore")


class EvennessError(ReadmoreError):
    """The setting cannot be read or is out of its bounds."""


def handicap(counts: NDArray[np.int64], penalty: float) -> NDArray[np.float32]:
    """What the re-ranking takes off the score of each article."""
    return (penalty * np.log1p(counts)).astype(np.float32)


def check_penalty(penalty: float) -> None:
    """Raises EvennessError for a penalty out of bounds."""
    if not 0 <= penalty <= MAX_PENALTY:
        raise EvennessError(f"the penalty must lie between 0 and {MAX_PENALTY:g}, not {penalty:g}")


@dataclass(frozen=True, slots=True)
class Evenness:
    """The setting in force."""

    penalty: float  # above 0
    seqs: NDArray[np.int64]  # (n,) ascending
    counts: NDArray[np.int64]  # (n,) in-degrees

    def handicaps(self, corpus: Corpus) -> NDArray[np.float32]:
        """(max_doc,) what is taken off the score of each doc, beside an article that is offered as often as the
        mean: below 0 for one that is offered less."""
        if not len(self.seqs):
            return np.zeros(corpus.max_doc, np.float32)
        mean = handicap(np.array([self.counts.mean()]), self.penalty)[0]
        places = np.minimum(np.searchsorted(self.seqs, corpus.seqs), len(self.seqs) - 1)
        known = self.seqs[places] == corpus.seqs
        return np.where(known, handicap(self.counts[places], self.penalty) - mean, 0).astype(np.float32)


def save_evenness(
    folder: ArchiveFolder, penalty: float, counts: Mapping[int, int], measured: Mapping[str, Any]
) -> None:
    """Turns the re-ranking on, or with a penalty of 0 off. `counts` are in-degrees by sequence number, `measured` what
    is known of its gain and cost. Raises EvennessError for a penalty out of bounds."""
    check_penalty(penalty)
    if not penalty:
        folder.exposure_penalty.unlink(missing_ok=True)
        folder.exposure_counts.unlink(missing_ok=True)
        return
    buffer = io.BytesIO()
    pairs = np.array(sorted(counts.items()), np.int64).reshape(-1, 2)
    np.save(buffer, pairs, allow_pickle=False)
    replace(folder.exposure_counts, buffer.getvalue())
    record = {"penalty": penalty, "measured": dict(measured), "counts_crc32": zlib.crc32(buffer.getvalue())}
    json_setting.save(folder.exposure_penalty, VERSION, record, indent=1)


def read_or_none(folder: ArchiveFolder) -> Evenness | None:
    """The setting in force; none where it cannot be read, which is logged: it must not stop a service."""
    try:
        return load_evenness(folder)
    except EvennessError as error:
        _log.warning("%s; until then articles are not spread more evenly", error)
        return None


def load_evenness(folder: ArchiveFolder) -> Evenness | None:
    """The setting in force, None where there is none. Raises EvennessError where it cannot be read."""

    def parse(record: Mapping[str, Any]) -> Evenness | None:
        penalty = float(record["penalty"])
        if not 0 <= penalty <= MAX_PENALTY:
            raise ValueError(f"the penalty must lie between 0 and {MAX_PENALTY:g}")
        content = folder.exposure_counts.read_bytes()
        if record.get("counts_crc32", zlib.crc32(content)) != zlib.crc32(content):
            raise ValueError(f"{folder.exposure_counts.name} is not as it was written")
        pairs = np.load(io.BytesIO(content), allow_pickle=False)
        if pairs.ndim != 2 or pairs.shape[1] != 2:
            raise ValueError(f"{folder.exposure_counts.name} is not a table of two columns")
        return Evenness(penalty, pairs[:, 0], pairs[:, 1]) if penalty else None

    try:
        return json_setting.load(folder.exposure_penalty, VERSION, parse, "run 'readmore even' again or delete it")
    except json_setting.SettingError as error:
        raise EvennessError(str(error)) from None
