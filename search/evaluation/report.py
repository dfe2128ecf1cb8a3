"""What an evaluation says: one plain dict for JSON, one table that fits a terminal of 80 columns."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from indexer.base.errors import WriteError
from search.evaluation.collection import Judgements
from search.evaluation.measures import PerQuery, Run, mean, per_query
from search.evaluation.significance import LEVEL, Comparison

QUERIES, RELATED = "queries", "related"  # the kinds of judgements
_LEG_WIDTH = 40
_COLUMNS = {"": 10, "difference": 12, "wins": 7, "losses": 8, "ties": 7, "p (t-test)": 13, "p (random.)": 13}


@dataclass(frozen=True, slots=True)
class Judged:
    """Runs over one kind of judgements, and what they are worth query by query."""

    name: str  # QUERIES or RELATED
    measures: Sequence[str]
    judgements: Judgements
    runs: Mapping[str, Run]
    values: Mapping[str, PerQuery]  # leg to measure to query (or source article) to value

    def means(self) -> dict[str, dict[str, float]]:
        """Leg to measure to its mean over all that was judged."""
        return {leg: mean(values) for leg, values in self.values.items()}


def judge(name: str, measures: Sequence[str], judgements: Judgements, runs: Mapping[str, Run]) -> Judged:
    """Measures runs."""
    values = {leg: per_query(measures, judgements, run) for leg, run in runs.items()}
    return Judged(name, measures, judgements, runs, values)


def best_single(kind: Judged, fusion: str) -> str | None:
    """The leg that is best by the first measure, apart from `fusion`."""
    means = {leg: of[kind.measures[0]] for leg, of in kind.means().items() if leg != fusion}
    return max(means, key=means.__getitem__) if means else None


def to_dict(
    collection: str, kinds: Sequence[Judged], comparisons: Mapping[str, Sequence[Comparison]]
) -> dict[str, Any]:
    """The report for JSON. `comparisons` are by kind, and in it only where there are any."""
    report: dict[str, Any] = {"collection": collection} | {kind.name: kind.means() for kind in kinds}
    if comparisons:
        report["comparisons"] = [{"kind": kind} | pair.to_dict() for kind, of in comparisons.items() for pair in of]
    return report


def to_text(report: Mapping[str, Any]) -> str:
    """The report as a table per kind of judgements."""
    lines = [str(report["collection"])]
    for kind in (QUERIES, RELATED):
        if kind not in report:
            continue
        legs: Mapping[str, Mapping[str, float]] = report[kind]
        names = list(next(iter(legs.values())))
        width = min(_LEG_WIDTH, max(len(kind), *map(len, legs)))
        lines += ["", kind.ljust(width) + "".join(name.rjust(10) for name in names)]
        lines += [leg[:width].ljust(width) + "".join(f"{of[n]:10.4f}" for n in names) for leg, of in legs.items()]
        lines += _comparison_lines([pair for pair in report.get("comparisons", ()) if pair["kind"] == kind])
    return "\n".join(lines)


def _comparison_lines(pairs: Sequence[Mapping[str, Any]]) -> list[str]:
    lines: list[str] = []
    headed = None
    for pair in pairs:
        if (pair["a"], pair["b"]) != headed:
            headed = (pair["a"], pair["b"])
            lines += ["", f"{pair['a']} against {pair['b']}"]
            lines += [
                f"{'':10}{'difference':>12}{'wins':>7}{'losses':>8}{'ties':>7}{'p (t-test)':>13}{'p (random.)':>13}"
            ]
        significant = " *" if pair["p_randomisation"] < LEVEL else ""
        lines.append(
            f"{pair['measure']:10}{pair['difference']:+12.4f}{pair['wins']:7}{pair['losses']:8}{pair['ties']:7}"
            f"{pair['p_t_test']:13.4f}{pair['p_randomisation']:13.4f}{significant}"
        )
    return lines


def write_per_query(path: Path, kinds: Sequence[Judged]) -> None:
    """Every value behind the means: as JSON, ``{kind: {leg: {query: {measure: value}}}}``, where `path` ends in
    .json, else as tab-separated lines of kind, leg, query, measure and value under a header."""
    rows = [
        (kind.name, leg, query, measure, value)
        for kind in kinds
        for leg, of in kind.values.items()
        for measure, values in of.items()
        for query, value in values.items()
    ]
    if path.suffix.lower() == ".json":
        nested: dict[str, dict[str, dict[str, dict[str, float]]]] = {}
        for name, leg, query, measure, value in rows:
            nested.setdefault(name, {}).setdefault(leg, {}).setdefault(query, {})[measure] = value
        text = json.dumps(nested, ensure_ascii=False, indent=1) + "\n"
    else:
        lines = [("kind", "leg", "query", "measure", "value"), *((*row[:4], f"{row[4]:.6f}") for row in rows)]
        text = "".join("\t".join(line) + "\n" for line in lines)
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise WriteError(f"{path}: cannot be written ({error.strerror})") from None
