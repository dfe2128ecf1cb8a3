"""What an evaluation says: one plain dict for JSON, one table that fits a terminal of 80 columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from search.evaluation.collection import Judgements
from search.evaluation.measures import Run, mean, per_query


def scores(measures: Sequence[str], judgements: Judgements, runs: Mapping[str, Run]) -> dict[str, dict[str, float]]:
    """Leg to measure to its mean over the judged queries."""
    return {leg: mean(per_query(measures, judgements, run)) for leg, run in runs.items()}


def to_text(report: Mapping[str, Any]) -> str:
    """The report as a table per kind of judgements."""
    lines = [str(report["collection"])]
    for kind in ("queries", "related"):
        if kind not in report:
            continue
        legs: Mapping[str, Mapping[str, float]] = report[kind]
        names = list(next(iter(legs.values())))
        width = max(len(kind), *map(len, legs)) if len(max(legs, key=len)) <= 40 else 40
        lines += ["", kind.ljust(width) + "".join(name.rjust(10) for name in names)]
        lines += [leg[:width].ljust(width) + "".join(f"{of[n]:10.4f}" for n in names) for leg, of in legs.items()]
    return "\n".join(lines)
