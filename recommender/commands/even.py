"""``readmore even``: the re-ranking that spreads readers more evenly over an archive, turned on and off."""

from __future__ import annotations

import json
from typing import Any

import click
import numpy as np

from indexer.base.archive_folder import ArchiveFolder
from recommender.audit.exposure import compare_penalties, in_degrees
from recommender.audit.graph import SHOWN, related_graph
from recommender.audit.report import MOST
from recommender.editors.exposure_penalty import check_penalty, save_evenness
from recommender.feedback.editor_links import editor_links
from recommender.related import Recommender


@click.command()
@click.argument("penalty", type=float)
@click.option("--most", default=MOST, show_default=True, type=click.IntRange(1), help="Articles looked at.")
@click.option("--json", "as_json", is_flag=True, help="Print the outcome as one JSON document.")
@click.pass_obj
def even(obj: dict[str, Any], penalty: float, most: int, as_json: bool) -> None:
    """Offer articles more evenly: take PENALTY x ln(1 + times offered) off their scores.

    0 turns it off. 'readmore report' shows what some penalties gain and cost.
    """
    check_penalty(penalty)
    with obj["open_recommender"](obj["data"], exposure_penalty=False) as recommender:
        measured, by_seq = _measure(recommender, penalty, most) if penalty else ({}, {})
    save_evenness(ArchiveFolder(obj["data"]), penalty, by_seq, measured)
    if as_json:
        click.echo(json.dumps({"penalty": penalty} | measured))
    elif not penalty:
        click.echo("articles are offered as they suit the reader, however often")
    else:
        before, after = measured["before"], measured["after"]
        click.echo(f"articles that are offered at all: {before['offered']:,} before, {after['offered']:,} now")
        click.echo(f"mean score of what is shown: {before['mean_score']:.3f} before, {after['mean_score']:.3f} now")
        if after["ndcg@10"] is not None:
            click.echo(f"nDCG@10 on editors' links: {before['ndcg@10']:.3f} before, {after['ndcg@10']:.3f} now")


def _measure(recommender: Recommender, penalty: float, most: int) -> tuple[dict[str, Any], dict[int, int]]:
    """What the re-ranking changes, and how often each article is offered without it, by sequence number; the
    recommender is one without it."""
    recommender.prepare()  # what the processes are going to share
    engine, corpus = recommender.engine, recommender.corpus()
    graph = related_graph(recommender, corpus, most)
    live = np.flatnonzero(corpus.offered())
    counts = in_degrees(graph.targets[:, :SHOWN], corpus.max_doc)
    by_seq = {int(corpus.seqs[doc]): int(counts[doc]) for doc in live.tolist()}
    found = compare_penalties(graph, live, editor_links(engine, corpus), (0.0, penalty))
    before, after = (
        {
            "offered": one.offered,
            "gini": round(one.gini, 4),
            "mean_score": round(one.score, 4),
            "ndcg@10": None if one.ndcg is None else round(one.ndcg, 4),
        }
        for one in found
    )
    measured = {"articles": len(live), "asked": len(graph.sources), "before": before, "after": after}
    return measured, by_seq
