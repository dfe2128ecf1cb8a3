"""``readmore eval``: the quality of search and of related articles on a test collection."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click
from tqdm import tqdm

from indexer.archive import Archive
from search.evaluation.collection import TestCollection, load
from search.evaluation.measures import QUERY_MEASURES, RELATED_MEASURES
from search.evaluation.report import scores, to_text
from search.evaluation.runs import RelatedLeg, indexed, query_runs, related_run, space_leg
from search.snapshot import Snapshot

RELATED_LIMIT = 100  # recommendations asked for; the measures look at ten of them


@click.command("eval")
@click.argument("collection", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
def eval_command(collection: Path, as_json: bool) -> None:
    """Measure quality on COLLECTION: a folder with docs.jsonl[.gz], and queries.jsonl with qrels.tsv, or related.tsv.

    Its documents are indexed into a temporary archive; yours is not touched.
    """
    loaded = load(collection)
    for note in loaded.notes:
        click.echo(f"note: {note}", err=True)
    report = evaluate(loaded)
    click.echo(json.dumps(report) if as_json else to_text(report))


def evaluate(collection: TestCollection) -> dict[str, Any]:
    """The report of a collection: the mean of every measure, for each leg alone and for the fusion."""
    report: dict[str, Any] = {"collection": collection.name}
    with _bar(f"indexing {len(collection.articles)} documents") as bar, indexed(collection) as archive:
        snapshot = Snapshot.open(archive.index)
        if collection.qrels:
            bar.set_description("ranking for queries")
            bar.reset(total=len(collection.queries))
            report["queries"] = scores(QUERY_MEASURES, collection.qrels, query_runs(collection, snapshot, bar.update))
        if collection.related:
            bar.set_description("ranking related articles")
            legs = related_legs(archive, snapshot)
            bar.reset(total=len(collection.related) * len(legs))
            runs = {name: related_run(collection, leg, RELATED_LIMIT, bar.update) for name, leg in legs.items()}
            report["related"] = scores(RELATED_MEASURES, collection.related, runs)
    return report


def related_legs(archive: Archive, snapshot: Snapshot) -> dict[str, RelatedLeg]:
    """What each vector space alone recommends, and what a reader is shown."""
    return {space: space_leg(snapshot, space) for space in snapshot.spaces}


def _bar(what: str) -> Any:
    """A progress bar on a terminal, nothing elsewhere: what a pipe gets is the report."""
    return tqdm(desc=what, file=sys.stderr, disable=not sys.stderr.isatty(), leave=False)
