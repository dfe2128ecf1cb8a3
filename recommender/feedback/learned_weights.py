"""The learned weights of an archive: JSON beside its articles, which a person can read, and those of the run before."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from indexer.base import json_setting
from indexer.base.archive_folder import ArchiveFolder
from indexer.base.durable_files import replace
from indexer.base.errors import ReadmoreError
from recommender.feedback.learning import Learned
from recommender.feedback.sense import nonsense

VERSION = 1


def to_record(learned: Learned) -> dict[str, Any]:
    """What was learned, as it stands in JSON."""
    objections = learned.objections()
    return {
        "version": VERSION,
        "in_use": not objections,
        "objections": objections,
        "weights": {name: round(weight, 4) for name, weight in learned.weights.items()},
        **learned.worth.to_record(),
        "judgements": {kind: worth.to_record() for kind, worth in learned.kinds.items()},
    }


def save(folder: ArchiveFolder, learned: Learned) -> None:
    """Keeps what was learned, and what was there before for `undo`. Raises WriteError where that cannot be written."""
    now, before = folder.related_weights, folder.related_weights_before
    record = to_record(learned)
    if now.exists():
        # a run that changes nothing in use, as one by cron mostly is, leaves what there is to go back to
        if _in_use_of(folder) != (record["weights"] if record["in_use"] else None):
            replace(before, now.read_bytes())
    else:
        before.unlink(missing_ok=True)
    json_setting.save(now, VERSION, record, indent=1)


def undo(folder: ArchiveFolder) -> str:
    """Goes back to the weights before the last run that changed any; to the prior where there were none. Returns what
    is in use now, "the prior" or "the weights learned before". Raises ReadmoreError where nothing was learned."""
    now, before = folder.related_weights, folder.related_weights_before
    if before.exists():
        replace(now, before.read_bytes())
        before.unlink()
    elif now.exists():
        now.unlink()
    else:
        raise ReadmoreError(f"{now}: nothing has been learned, so there is nothing to undo")
    return "the prior" if load(folder) is None else "the weights learned before"


def load(folder: ArchiveFolder) -> Mapping[str, float] | None:
    """The weights learned for an archive; None where none are in use, or those that are there make no sense."""
    return json_setting.load_or(folder.related_weights, VERSION, _weights_in_use, None)


def verify(folder: ArchiveFolder) -> None:
    """Raises SettingError if there is a file that cannot be read, which `load` passes over."""
    json_setting.load(folder.related_weights, VERSION, _weights_in_use, "run 'readmore learn' again or delete it")


def _weights_in_use(record: Mapping[str, Any]) -> Mapping[str, float] | None:
    weights = {str(name): float(weight) for name, weight in record["weights"].items()}
    return weights if record["in_use"] and not nonsense(weights) else None


def _in_use_of(folder: ArchiveFolder) -> Mapping[str, float] | None:
    """As the file has them, whether they make sense or not."""
    try:
        record = json.loads(folder.related_weights.read_bytes())
        return dict(record["weights"]) if record["in_use"] else None
    except (OSError, ValueError, LookupError, TypeError):
        return None
