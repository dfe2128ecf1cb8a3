"""The commands that recommend, and that learn to."""

from __future__ import annotations

import json
import sys
from typing import Any

import click
from tqdm import tqdm

from recommender import learning
from recommender.links import editor_links
from recommender.related import Recommender
from recommender.results import RelatedItem, item_to_dict
from recommender.scoring import PRIOR
from recommender.view import View
from search.engine import Engine

_WIDTH = 78


@click.command()
@click.argument("id_or_url")
@click.option("--limit", default=10, show_default=True, type=click.IntRange(1, 100), help="How many articles at most.")
@click.option("--json", "as_json", is_flag=True, help="Print the answer as one JSON document.")
@click.pass_obj
def related(obj: dict[str, Any], id_or_url: str, limit: int, as_json: bool) -> None:
    """What to read after the article with this id or URL."""
    with Engine(obj["data"]) as engine:
        result = Recommender(engine).related(id_or_url, limit=limit)
    if as_json:
        items = [item_to_dict(item) for item in result.related]
        answer = {"id": result.id, "took_ms": round(result.took_ms, 3), "related": items}
        if result.fallback:
            answer["fallback"] = True
        click.echo(json.dumps(answer, ensure_ascii=False))
        return
    if result.fallback:
        click.echo("note: nothing in the archive is related; these are the latest articles", err=True)
    noun = "related article" if len(result.related) == 1 else "related articles"
    click.echo(f"{len(result.related)} {noun} in {result.took_ms:.1f} ms")
    for number, item in enumerate(result.related, 1):
        click.echo(f"\n{_as_text(number, item)}")


def _as_text(number: int, item: RelatedItem) -> str:
    """An article as it stands in the terminal: headline, label, reason and how it begins."""
    article = item.article
    label = [article.date.strftime("%d %b %Y") if article.date else "", article.section, article.site, article.id]
    indent = "    "
    lines = [
        click.style(click.wrap_text(article.headline, _WIDTH, f"{number:>2}. ", indent), bold=True),
        click.style(click.wrap_text(" · ".join(filter(None, label)), _WIDTH, indent, indent), dim=True),
        click.style(click.wrap_text(item.reason, _WIDTH, indent, indent), italic=True),
    ]
    if item.excerpt:
        lines.append(click.wrap_text(item.excerpt, _WIDTH, indent, indent))
    return "\n".join(lines)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the outcome as one JSON document.")
@click.pass_obj
def learn(obj: dict[str, Any], as_json: bool) -> None:
    """Learn from the links between the archive's articles what makes two of them related.

    What is learned is tried on links it was not learned from, and comes into use only if it does better there.
    """
    with Engine(obj["data"]) as engine:
        view = View(engine.snapshot(), engine.data)
        links = editor_links(engine, view)
        with tqdm(total=len(links), desc="comparing", file=sys.stderr, disable=not sys.stderr.isatty()) as bar:
            known = learning.examples(view, links, bar.update)
        learned = learning.learn(known)
        learning.save(engine.data, learned)
    if as_json:
        click.echo(json.dumps(learning.to_record(learned)))
        return
    click.echo(f"{learned.links:,} links of {learned.sources:,} articles")
    if learned.sources < learning.MIN_SOURCES:
        click.echo(f"too few to learn from ({learning.MIN_SOURCES} articles with links are needed): the prior stays")
        return
    click.echo(f"nDCG@10 on held-out links: {learned.prior:.3f} by the prior, {learned.held_out:.3f} learned")
    click.echo("the learned weights are now in use" if learned.in_use else "no better than the prior, which stays")
    for name, weight in learned.weights.items():
        click.echo(f"  {name:<10} {weight:>7.3f}   prior {PRIOR.get(name, 0.0):>6.3f}")
