"""``readmore learn``: weights of the features, learned from editors' links and grades and from readers' clicks."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import click
from tqdm import tqdm

from indexer.base.archive_folder import ArchiveFolder
from recommender.audit.preview import Change, changes
from recommender.feedback import grades, learned_weights, learning
from recommender.feedback.click_judgements import click_examples, preferences
from recommender.feedback.editor_links import editor_links
from recommender.feedback.grade_examples import gains_of, grade_examples
from recommender.feedback.learning import Example, Learned
from recommender.feedback.navigation import without_navigation
from recommender.related import Recommender
from search.usage.event_log import read_pairs

_WHAT = {
    learning.LINKS: "links",
    learning.CLICKS: "articles that readers preferred",
    learning.GRADES: "graded items worth offering",
}


@click.command()
@click.option("--dry-run", is_flag=True, help="Change nothing; show what would change under ten articles.")
@click.option("--undo", is_flag=True, help="Go back to the weights before the last run that changed them.")
@click.option("--json", "as_json", is_flag=True, help="Print the outcome as one JSON document.")
@click.pass_obj
def learn(obj: dict[str, Any], dry_run: bool, undo: bool, as_json: bool) -> None:
    """Learn from the links between the archive's articles, from what editors graded (`readmore judge`), and from
    readers' clicks where they are counted, what makes two of them related.

    What is learned is tried on articles it was not learned from, and comes into use only if it does better there.
    """
    folder = ArchiveFolder(obj["data"])
    if undo:
        if dry_run:
            raise click.UsageError("--undo and --dry-run exclude each other")
        in_use = learned_weights.undo(folder)
        click.echo(json.dumps({"in_use": in_use}) if as_json else f"in use now: {in_use}")
        return
    with obj["open_recommender"](obj["data"]) as recommender:
        known, navigation = _examples(recommender, folder)
        prior = recommender.calibration().prior
        learned = learning.learn(known, prior)
        preview = changes(recommender, learned.weights) if dry_run else []
    if not dry_run:
        learned_weights.save(folder, learned)
    if as_json:
        record = learned_weights.to_record(learned) | {"navigation": navigation}
        click.echo(json.dumps(record | ({"changes": [asdict(change) for change in preview]} if dry_run else {})))
        return
    _say(learned, prior, navigation, dry_run=dry_run)
    _say_changes(preview)


def _examples(recommender: Recommender, folder: ArchiveFolder) -> tuple[list[Example], int]:
    """What there is to learn from, and how many articles were left out as targets because everything links to them."""
    engine, corpus = recommender.engine, recommender.corpus()
    links, navigation = without_navigation(editor_links(engine, corpus))
    chosen, graded = preferences(read_pairs(folder)), gains_of(grades.read(folder).grades)
    named = {name for of in (chosen, graded) for source, items in of.items() for name in (source, *items)}
    docs = {name: doc for name, seq in engine.seqs(list(named)).items() if (doc := corpus.doc_of(seq)) >= 0}
    total = len(links) + len(chosen) + len(graded)
    with tqdm(total=total, desc="comparing", file=sys.stderr, disable=not sys.stderr.isatty()) as bar:
        known = learning.examples(corpus, links, bar.update)
        known += grade_examples(corpus, graded, docs, bar.update)
        known += click_examples(corpus, chosen, docs, bar.update)
    return known, navigation


def _say(learned: Learned, prior: Mapping[str, float], navigation: int, *, dry_run: bool) -> None:
    if navigation:
        click.echo(f"left out: links to {navigation:,} articles that one in five articles links to (footers, menus)")
    for kind, worth in learned.kinds.items():
        click.echo(f"{worth.chosen:,} {_WHAT[kind]} under {worth.sources:,} articles")
    objections = learned.objections()
    if learned.worth.sources >= learning.MIN_SOURCES:
        for kind, worth in learned.kinds.items():
            click.echo(f"nDCG@10 on held-out {kind}: {worth.prior:.3f} by the prior, {worth.held_out:.3f} learned")
    if objections:
        for objection in objections:
            click.echo(objection)
        click.echo("the prior would stay" if dry_run else "the prior stays")
    else:
        would = "would be in use" if dry_run else "are now in use; 'readmore learn --undo' goes back"
        click.echo(f"the learned weights {would} (p = {learned.worth.p:.4f})")
    if learned.worth.sources >= learning.MIN_SOURCES:
        for name, weight in learned.weights.items():
            click.echo(f"  {name:<10} {weight:>7.3f}   prior {prior.get(name, 0.0):>6.3f}")


def _say_changes(preview: list[Change]) -> None:
    if preview:
        click.echo("by these weights, in the place of those in use (+ comes in, - goes):")
    for change in preview:
        click.echo(f"{change.article}{'' if change.now != change.then else ': nothing changes'}")
        if change.now == change.then:
            continue
        for place, item in enumerate(change.then, 1):
            before = change.now.index(item) + 1 if item in change.now else 0
            click.echo(
                f"  {' ' if before else '+'} {place} {item}{f' (was {before})' if before not in (0, place) else ''}"
            )
        for item in change.now:
            if item not in change.then:
                click.echo(f"  -   {item}")
