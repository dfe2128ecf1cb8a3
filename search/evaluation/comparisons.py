"""Which runs an evaluation compares: legs by name, and runs of other systems from files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from indexer.base.errors import ReadmoreError, WriteError
from search.evaluation.collection import TestCollection
from search.evaluation.measures import Run, per_query
from search.evaluation.report import Judged, best_single
from search.evaluation.run_files import read_run, write_run
from search.evaluation.runs import FUSION
from search.evaluation.significance import Comparison, compare

Pairs = Sequence[tuple[str, str]]
_NO_FILE_NAME = str.maketrans(dict.fromkeys('/\\:*?"<>| ', "_"))


class ComparisonError(ReadmoreError):
    """A comparison that cannot be made as asked."""


def read_files(collection: TestCollection, pairs: Pairs) -> dict[str, dict[str, list[str]]]:
    """The runs that `pairs` name by path, under the path as given. Raises RunFileError."""
    judged = [*collection.queries, *collection.related]
    paths = {name: Path(name) for pair in pairs for name in pair if Path(name).is_file()}
    return {name: read_run(path, judged, collection.archive_ids) for name, path in paths.items()}


def with_runs(kind: Judged, runs: Mapping[str, Run]) -> Judged:
    """`kind` with more runs beside the legs, each where it ranks for anything that was judged."""
    judged = {name: run for name, run in runs.items() if not kind.judgements.keys().isdisjoint(run)}
    values = {name: per_query(kind.measures, kind.judgements, run) for name, run in judged.items()}
    return replace(kind, runs={**kind.runs, **judged}, values={**kind.values, **values})


def compared(kinds: Sequence[Judged], pairs: Pairs) -> dict[str, list[Comparison]]:
    """The comparisons of `pairs` by every measure, by kind of judgements: wherever a kind has both runs.

    Raises ComparisonError for a name that is neither a leg nor a file, and for a pair that no kind has.
    """
    made: dict[str, list[Comparison]] = {}
    for a, b in pairs:
        places = [kind for kind in kinds if {a, b} <= kind.values.keys()]
        if not places:
            legs = "; ".join(f"for {kind.name}: {', '.join(kind.values)}" for kind in kinds)
            raise ComparisonError(f"cannot compare '{a}' with '{b}': give two legs, or run files that exist ({legs})")
        for kind in places:
            made.setdefault(kind.name, []).extend(_compare(kind, a, b))
    return made


def against_best(kinds: Sequence[Judged]) -> list[Comparison]:
    """The fusion against the best of the other legs, for every kind of judgements that has both."""
    leaders = ((kind, best_single(kind, FUSION)) for kind in kinds if FUSION in kind.values)
    return [pair for kind, best in leaders if best for pair in _compare(kind, FUSION, best)]


def write_runs(folder: Path, kinds: Sequence[Judged]) -> None:
    """A TREC run file per kind and leg in `folder`: ``queries.bm25.run``, ``related.fusion.run``."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WriteError(f"{folder}: cannot be made ({error.strerror})") from None
    for kind in kinds:
        for leg, run in kind.runs.items():
            write_run(folder / f"{kind.name}.{leg.translate(_NO_FILE_NAME)}.run", run, leg)


def _compare(kind: Judged, a: str, b: str) -> list[Comparison]:
    return [compare(name, a, b, kind.values[a][name], kind.values[b][name]) for name in kind.measures]
