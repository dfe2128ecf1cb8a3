"""``readmore learn``: weights of the features, learned from editors' links and readers' clicks."""

from __future__ import annotations

import json
import sys
from typing import Any

import click
from tqdm import tqdm

from indexer.base.archive_folder import ArchiveFolder
from recommender.feedback import learning
from recommender.feedback.click_judgements import click_examples, preferences
from recommender.feedback.click_log import read_pairs
from recommender.feedback.editor_links import editor_links
from recommender.ranking.scoring import PRIOR
from search.evaluation.significance import LEVEL


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the outcome as one JSON document.")
@click.pass_obj
def learn(obj: dict[str, Any], as_json: bool) -> None:
    """Learn from the links between the archive's articles, and from readers' clicks where they are counted, what makes
    two of them related.

    What is learned is tried on articles it was not learned from, and comes into use only if it does better there.
    """
    with obj["open_recommender"](obj["data"]) as recommender:
        engine, corpus, folder = recommender.engine, recommender.corpus(), ArchiveFolder(obj["data"])
        links, chosen = editor_links(engine, corpus), preferences(read_pairs(folder))
        seqs = engine.seqs(list({*chosen, *(target for targets in chosen.values() for target in targets)}))
        docs = {name: doc for name, seq in seqs.items() if (doc := corpus.doc_of(seq)) >= 0}
        total = len(links) + len(chosen)
        with tqdm(total=total, desc="comparing", file=sys.stderr, disable=not sys.stderr.isatty()) as bar:
            known = learning.examples(corpus, links, bar.update)
            known += click_examples(corpus, chosen, docs, bar.update)
        learned = learning.learn(known)
        learning.save(folder, learned)
    if as_json:
        click.echo(json.dumps(learning.to_record(learned)))
        return
    what = {learning.LINKS: "links", learning.CLICKS: "articles that readers preferred"}
    for kind, worth in learned.kinds.items():
        click.echo(f"{worth.chosen:,} {what[kind]} under {worth.sources:,} articles")
    if learned.worth.sources < learning.MIN_SOURCES:
        click.echo(f"too few to learn from ({learning.MIN_SOURCES} articles are needed): the prior stays")
        return
    for kind, worth in learned.kinds.items():
        click.echo(f"nDCG@10 on held-out {kind}: {worth.prior:.3f} by the prior, {worth.held_out:.3f} learned")
    worth = learned.worth
    if learned.in_use:
        click.echo(f"the learned weights are now in use (p = {worth.p:.4f})")
    elif worth.held_out > worth.prior and worth.p >= LEVEL:
        click.echo(f"the gain may be chance (p = {worth.p:.2f}): the prior stays")
    else:
        click.echo("no better than the prior, which stays")
    for name, weight in learned.weights.items():
        click.echo(f"  {name:<10} {weight:>7.3f}   prior {PRIOR.get(name, 0.0):>6.3f}")
