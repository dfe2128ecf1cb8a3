"""The commands that recommend, and that learn to."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import click
from tqdm import tqdm

from recommender.corpus.view import View
from recommender.feedback import learning
from recommender.feedback.click_judgements import click_examples, preferences
from recommender.feedback.click_log import read_pairs
from recommender.feedback.editor_links import editor_links
from recommender.ranking.scoring import PRIOR
from recommender.related import Recommender
from recommender.request.drafts import read_draft
from recommender.request.moments import since_option, until_option
from recommender.request.options import Wanted
from recommender.results import Block, RelatedItem, RelatedResult, block_to_dict, result_to_dict
from search.engine import Engine
from search.evaluation.significance import LEVEL

_WIDTH = 78


@click.command()
@click.argument("ids", nargs=-1, metavar="[ID_OR_URL]...")
@click.option("--text", "draft", metavar="FILE", help="A draft that is not in the archive; - is standard input.")
@click.option("--limit", default=10, show_default=True, type=click.IntRange(1, 100), help="How many articles at most.")
@click.option("--block", "as_block", is_flag=True, help="Show the block for the end of the page, with its groups.")
@click.option("--section", multiple=True, help="Only articles of this section; may be repeated, like all that follow.")
@click.option("--site", multiple=True, help="Only articles of this site.")
@click.option("--language", multiple=True, help="Only articles in this language (en, fr).")
@click.option("--tag", multiple=True, help="Only articles with this tag.")
@click.option("--author", multiple=True, help="Only articles by this author.")
@click.option(
    "--since",
    type=since_option,
    metavar="DATE",
    help="Only articles from this day on (2024-03-18), or so long ago (30d, 6w).",
)
@click.option("--until", type=until_option, metavar="DATE", help="Only up to this day, or until so long ago.")
@click.option("--exclude", multiple=True, metavar="ID_OR_URL", help="What the page shows already.")
@click.option("--json", "as_json", is_flag=True, help="Print the answer as one JSON document.")
@click.pass_obj
def related(
    obj: dict[str, Any],
    /,
    ids: tuple[str, ...],
    draft: str | None,
    limit: int,
    as_block: bool,
    exclude: tuple[str, ...],
    since: datetime | None,
    until: datetime | None,
    as_json: bool,
    **filters: tuple[str, ...],
) -> None:
    """What to read after the article with this id or URL.

    Several are what a reader has read, the last one last: it counts most. With --text it is a draft: plain text,
    Markdown with front matter, or JSON with the fields of an article.
    """
    if bool(ids) == (draft is not None):
        raise click.UsageError("name an article, or several that were read one after the other, or a --text")
    article = read_draft(draft) if draft is not None else None
    wanted = Wanted({name: values for name, values in filters.items() if values}, exclude, since, until)
    with obj["open_engine"](obj["data"]) as engine:
        recommender = Recommender(engine)
        for unknown in _unknown(engine, ids):
            click.echo(f"note: no article with the id or URL '{unknown}' in this archive; passed over", err=True)
        if as_block:
            block = (
                recommender.block_for_text(article, wanted=wanted)
                if article
                else recommender.block_for_several(ids, wanted=wanted)
            )
            _show_block(block, as_json)
        else:
            result = (
                recommender.related_to_text(article, limit=limit, wanted=wanted)
                if article
                else recommender.related_to_several(ids, limit=limit, wanted=wanted)
            )
            _show_list(result, as_json)


def _unknown(engine: Engine, ids: Sequence[str]) -> list[str]:
    """Those of several ids that are not there; of one alone the answer will say so."""
    known = engine.seqs(ids) if len(ids) > 1 else dict.fromkeys(ids, 0)
    return [one for one in ids if one not in known] if known else []


def _show_list(result: RelatedResult, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(result_to_dict(result), ensure_ascii=False))
        return
    if result.fallback:
        click.echo("note: nothing in the archive is related; these only stand in", err=True)
    noun = "related article" if len(result.related) == 1 else "related articles"
    click.echo(f"{len(result.related)} {noun} in {result.took_ms:.1f} ms")
    for number, item in enumerate(result.related, 1):
        click.echo(f"\n{_as_text(number, item)}")


def _show_block(block: Block, as_json: bool) -> None:
    if as_json:
        answer = {"id": block.id, "took_ms": round(block.took_ms, 3)} | block_to_dict(block)
        click.echo(json.dumps(answer, ensure_ascii=False))
        return
    if block.lead is None:
        click.echo("note: nothing in the archive is related enough for a block", err=True)
        return
    click.echo(_as_text(1, block.lead))
    number = 1
    for group in block.groups:
        click.echo(f"\n{click.style(group.name, underline=True)}")
        for item in group.items:
            number += 1
            click.echo(_as_text(number, replace(item, excerpt="")))


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
    """Learn from the links between the archive's articles, and from readers' clicks where they are counted, what makes
    two of them related.

    What is learned is tried on articles it was not learned from, and comes into use only if it does better there.
    """
    with obj["open_engine"](obj["data"]) as engine:
        view = View.open(engine)
        links, chosen = editor_links(engine, view), preferences(read_pairs(engine.data))
        seqs = engine.seqs(list({*chosen, *(target for targets in chosen.values() for target in targets)}))
        docs = {name: doc for name, seq in seqs.items() if (doc := view.snapshot.doc_of(seq)) >= 0}
        total = len(links) + len(chosen)
        with tqdm(total=total, desc="comparing", file=sys.stderr, disable=not sys.stderr.isatty()) as bar:
            known = learning.examples(view, links, bar.update)
            known += click_examples(view, chosen, docs, bar.update)
        learned = learning.learn(known)
        learning.save(engine.data, learned)
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
