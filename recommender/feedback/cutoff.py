"""The cut-off that editors' grades ask for: as many items as keep nine of ten signed.

Items are taken from the one with the most evidence on. Of those above a threshold some share was signed; how large the
share is likely to be among all items like them, at least, is its lower confidence bound (C. Clopper and E. Pearson,
"The Use of Confidence or Fiducial Limits Illustrated in the Case of the Binomial", 1934). Thresholds are tried from the
strictest on; the one before the first that fails, once one has held, is taken, so that trying many does not find one by
chance (fixed sequence testing; Y. Geifman and R. El-Yaniv choose a threshold by such a bound in "Selective
Classification for Deep Neural Networks", 2017).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.base import json_setting
from indexer.base.archive_folder import ArchiveFolder

TARGET = 0.9  # share of the items shown that are to be signed
CONFIDENCE = 0.8  # with which it is at least that
STEPS = 12  # thresholds that are tried: each has as many items more than the one before
MIN_GRADED = 30  # items, below which nothing is said
VERSION = 1


@dataclass(frozen=True, slots=True)
class Cutoff:
    """The least evidence that an item of a block must have."""

    threshold: float  # in the unit of the evidence; items at it are kept
    kept: int  # of the items graded, how many have as much
    signed: int  # ... and were signed
    graded: int
    all_signed: int  # of all that were graded
    bound: float  # the share that is signed among items like those kept, at least, with `confidence`
    target: float
    confidence: float

    @property
    def precision(self) -> float:
        """The share of the kept that was signed."""
        return self.signed / self.kept


def calibrated(
    evidence: Sequence[float] | NDArray[np.float32],
    signed: Sequence[bool] | NDArray[np.bool_],
    *,
    target: float = TARGET,
    confidence: float = CONFIDENCE,
) -> Cutoff | None:
    """The lowest threshold that keeps so large a share signed, for (n,) items, of which each has some evidence, higher
    where it is likelier to be signed, and was signed or not.

    None where there are too few grades, or no threshold keeps the share: then nothing can be said, and what was the
    limit before should stay. Raises ValueError for a target or a confidence that is no share, and for evidence that is
    no number.
    """
    if not (0 < target < 1 and 0 < confidence < 1):
        raise ValueError(f"target and confidence lie between 0 and 1, and are {target:g} and {confidence:g}")
    scores, good = np.asarray(evidence, np.float64), np.asarray(signed, bool)
    if scores.shape != good.shape or not np.isfinite(scores).all():
        raise ValueError("as many numbers of evidence as grades are needed, all of them finite")
    if len(scores) < MIN_GRADED:
        return None
    order = np.argsort(-scores, kind="stable")
    scores, good = scores[order], good[order]
    counts = np.flatnonzero(np.diff(scores, append=-np.inf) < 0) + 1  # of items at or above each threshold there is
    right = good.cumsum()
    steps = np.linspace(least_items(target, confidence), len(scores), STEPS).astype(int)
    kept = _furthest(right, counts[np.unique(counts.searchsorted(steps[steps <= len(scores)]))], target, confidence)
    # from there on item by item, as far as it goes
    kept = _furthest(right, counts[counts >= kept], target, confidence) if kept else 0
    if not kept:
        return None
    bound = lower_bound(int(right[kept - 1]), kept, confidence)
    return Cutoff(
        float(scores[kept - 1]), kept, int(right[kept - 1]), len(scores), int(good.sum()), bound, target, confidence
    )


def _furthest(right: NDArray[np.int64], counts: NDArray[np.int64], target: float, confidence: float) -> int:
    """The last of the counts, ascending, before the first that fails after one that held; 0 where none holds. The
    first n items have ``right[n - 1]`` signed ones among them."""
    kept = 0
    for count in counts.tolist():
        holds = lower_bound(int(right[count - 1]), count, confidence) >= target
        if kept and not holds:
            break
        kept = count if holds else kept
    return kept


def least_items(target: float, confidence: float) -> int:
    """How many items, all of them signed, it takes for the bound to reach the target."""
    return int(np.ceil(np.log(1 - confidence) / np.log(target)))


def lower_bound(right: int, count: int, confidence: float) -> float:
    """The share that is at least reached, with this confidence, where `right` of `count` are: the one-sided bound of
    Clopper and Pearson.

    >>> round(lower_bound(30, 30, 0.8), 3), round(lower_bound(27, 30, 0.8), 3), lower_bound(0, 5, 0.8)
    (0.948, 0.823, 0.0)
    """
    from scipy.special import betaincinv  # here, because only calibrating needs it

    return float(betaincinv(right, count - right + 1, 1 - confidence)) if right else 0.0


def to_record(cutoff: Cutoff) -> dict[str, Any]:
    """A cut-off as it stands in JSON."""
    return {
        "deviations": round(cutoff.threshold, 4),
        "graded": cutoff.graded,
        "signed": cutoff.all_signed,
        "kept": cutoff.kept,
        "kept_and_signed": cutoff.signed,
        "bound": round(cutoff.bound, 4),
        "target": cutoff.target,
        "confidence": cutoff.confidence,
    }


def save(folder: ArchiveFolder, cutoff: Cutoff) -> None:
    """Brings a cut-off into use, whose evidence was `Recommender.nearness`. Raises WriteError if it cannot be kept."""
    json_setting.save(folder.related_cutoff, VERSION, to_record(cutoff), indent=1)


def reset(folder: ArchiveFolder) -> bool:
    """Goes back to the limit of an archive without grades. Whether there was anything to go back from."""
    there = folder.related_cutoff.exists()
    folder.related_cutoff.unlink(missing_ok=True)
    return there


def load(folder: ArchiveFolder) -> float | None:
    """How many deviations above unrelated articles an item of a block must be; None where no grades have said."""
    return json_setting.load_or(folder.related_cutoff, VERSION, _parse, None)


def verify(folder: ArchiveFolder) -> None:
    """Raises SettingError if there is a file that cannot be read, which `load` passes over."""
    json_setting.load(folder.related_cutoff, VERSION, _parse, "run 'readmore judge --calibrate' again or delete it")


def _parse(record: Mapping[str, Any]) -> float | None:
    value = float(record["deviations"])
    if not math.isfinite(value):
        raise ValueError(f"{value} is no number of deviations")
    return value
