"""The calibration of an archive, kept in a file of the folder `ArchiveFolder.related`: to measure it takes a second,
and an archive that has grown by one article has the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from indexer.base import json_setting
from recommender.corpus.corpus import Corpus
from recommender.ranking.calibration import Calibration, calibrate

FILE = "calibration.json"
VERSION = 1
DRIFT = 0.1  # share of the articles by which an archive may grow or shrink before it is measured again
LEAST_DOCS = 500  # a smaller archive is measured each time, which is soon done


@dataclass(frozen=True, slots=True)
class KeptCalibration:
    """A calibration and what it was measured on."""

    calibration: Calibration
    num_docs: int
    spaces: Mapping[str, tuple[int, float]]  # dimensions and foresight of each, by name

    def suits(self, corpus: Corpus) -> bool:
        """Whether it still holds for an archive: about as many articles, and vectors of the same spaces."""
        return (
            corpus.num_docs >= LEAST_DOCS
            and abs(corpus.num_docs - self.num_docs) <= DRIFT * self.num_docs
            and self.spaces == _spaces(corpus)
        )


def of_corpus(corpus: Corpus, folder: Path | None, known: KeptCalibration | None) -> KeptCalibration:
    """The calibration of an archive: that which is `known` or kept in `folder` (None: nothing is) as long as it suits
    it, or else measured."""
    if known is not None and known.suits(corpus):
        return known
    kept = load(folder, corpus) if folder is not None else None
    return kept or KeptCalibration(calibrate(corpus), corpus.num_docs, _spaces(corpus))


def load(folder: Path, corpus: Corpus) -> KeptCalibration | None:
    """The calibration kept in `folder`, or None if there is none or it does not suit the archive."""
    kept = json_setting.load_or(folder / FILE, VERSION, _parse, None, sealed=True)
    return kept if kept is not None and kept.suits(corpus) else None


def keep(folder: Path, corpus: Corpus, known: KeptCalibration | None) -> None:
    """Writes the calibration of an archive for the next process, that which is `known` or else measured, unless one
    that suits it is kept in `folder`, or it is too small. Raises OSError or WriteError where it cannot be written."""
    if corpus.num_docs < LEAST_DOCS or load(folder, corpus) is not None:
        return
    kept = of_corpus(corpus, None, known)
    calibration = kept.calibration
    record = {
        "num_docs": kept.num_docs,
        "spaces": {name: list(measured) for name, measured in kept.spaces.items()},
        "middle": calibration.middle,
        "deviation": calibration.deviation,
        "prior": dict(calibration.prior),
    }
    json_setting.save(folder / FILE, VERSION, record)


def _parse(record: Mapping[str, Any]) -> KeptCalibration:
    prior = {str(name): float(weight) for name, weight in record["prior"].items()}
    spaces = {str(name): (int(dim), float(foresight)) for name, (dim, foresight) in record["spaces"].items()}
    calibration = Calibration(float(record["middle"]), float(record["deviation"]), prior)
    return KeptCalibration(calibration, int(record["num_docs"]), spaces)


def _spaces(corpus: Corpus) -> dict[str, tuple[int, float]]:
    return {name: (space.dim, float(space.foresight)) for name, space in corpus.spaces.items()}
