"""``readmore tune``: weighs words and vectors as an archive's own judgements or clicks say."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click
from tqdm import tqdm

from indexer.base.archive_folder import ArchiveFolder
from search.engine import Engine
from search.evaluation.judgements import read
from search.evaluation.tuning import MIN_QUERIES, Tuned, settings, tune
from search.query.index_terms import free_text
from search.query.parser import ParsedQuery
from search.ranking import fusion_settings
from search.ranking.fusion import DEFAULT, FusionSettings
from search.ranking.rank import rank

DEPTH = 10  # results that are judged


@click.command("tune")
@click.argument("judgements", type=click.Path(path_type=Path), required=False)
@click.option("--reset", is_flag=True, help="Go back to the default weights.")
@click.option("--json", "as_json", is_flag=True, help="Print the outcome as one JSON document.")
@click.pass_obj
def tune_command(obj: dict[str, Any], judgements: Path | None, reset: bool, as_json: bool) -> None:
    """Weigh words and vectors as JUDGEMENTS say: a folder with queries.jsonl and qrels.tsv, or a file of clicks.

    What is found is tried on queries it was not chosen on, and comes into use only if it does better there.
    """
    if reset == (judgements is not None):
        raise click.UsageError("give a folder or a file to learn from, or --reset alone")
    folder = ArchiveFolder(obj["data"])
    with obj["open_engine"](obj["data"]) as engine:
        if reset:
            was_there = fusion_settings.reset(folder)
            message = "back to the default weights" if was_there else "the default weights were in use already"
            click.echo(json.dumps({"reset": was_there}) if as_json else message)
            return
        assert judgements is not None
        judged = read(judgements, lambda id_or_url: engine.article(id_or_url).id)
        for note in judged.notes:
            click.echo(f"note: {note}", err=True)
        tuned = _tune(engine, judged.grades)
        record = to_record(tuned)
        fusion_settings.save(folder, record)
    click.echo(json.dumps(record) if as_json else _as_text(tuned))


def to_record(tuned: Tuned) -> dict[str, Any]:
    """What was found, as it stands in JSON."""
    outcome = tuned.held_out
    return {
        "in_use": tuned.in_use,
        "weights": tuned.settings.to_dict(),
        "queries": outcome.queries,
        "ndcg@10": {"default": round(outcome.mean_b, 4), "held_out": round(outcome.mean_a, 4)},
        "wins": outcome.wins,
        "losses": outcome.losses,
        "p_randomisation": round(outcome.p_randomisation, 4),
        "p_t_test": round(outcome.p_t_test, 4),
    }


def _tune(engine: Engine, grades: dict[str, dict[str, int]]) -> Tuned:
    index = engine.index()
    languages = index.languages()
    parsed = {query: ParsedQuery(query, free_text(query, languages), True, ()) for query in grades}

    def ranked(query: str, chosen: FusionSettings) -> list[str]:
        ranking = rank(index, parsed[query], DEPTH, settings=chosen)
        return [index.article_id(doc) for doc in ranking.docs.tolist()]

    spaces = list(index.spaces)
    with tqdm(
        total=len(settings(spaces)),
        desc="trying weights",
        file=sys.stderr,
        disable=not sys.stderr.isatty(),
        leave=False,
    ) as bar:
        return tune(grades, spaces, ranked, bar.update)


def _as_text(tuned: Tuned) -> str:
    outcome = tuned.held_out
    lines = [f"{outcome.queries:,} judged queries"]
    if outcome.queries < MIN_QUERIES:
        return "\n".join([*lines, f"too few to tune by ({MIN_QUERIES} are needed): the default stays"])
    lines += [
        f"nDCG@10 on held-out queries: {outcome.mean_b:.3f} by default, {outcome.mean_a:.3f} tuned",
        f"{outcome.wins} queries better, {outcome.losses} worse, {outcome.ties} equal; "
        f"p = {outcome.p_randomisation:.4f} (paired randomisation test)",
        "the tuned weights are now in use" if tuned.in_use else "not clearly better than the default, which stays",
    ]
    chosen, default = tuned.settings.to_dict(), DEFAULT.to_dict()
    lines += [f"  {name:<10} {chosen[name]!s:>7}   default {default[name]!s:>5}" for name in ("words", "feedback")]
    lines += [f"  {name:<10} {share:>7}   default   1.0" for name, share in tuned.settings.spaces.items()]
    return "\n".join(lines)
