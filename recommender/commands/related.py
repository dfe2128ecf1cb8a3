"""``readmore related``: what to read after an article, a draft or a session."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import click

from recommender.request.date_options import since_option, until_option
from recommender.request.drafts import read_draft
from recommender.request.options import LIMIT, MAX_SIZE, RelatedOptions
from recommender.request.seeds import DraftSeed, SessionSeed
from recommender.results import Block, RelatedItem, RelatedResult, block_to_dict, result_to_dict
from search.engine import Engine

_WIDTH = 78


@click.command()
@click.argument("ids", nargs=-1, metavar="[ID_OR_URL]...")
@click.option("--text", "draft", metavar="FILE", help="A draft that is not in the archive; - is standard input.")
@click.option(
    "--limit", default=LIMIT, show_default=True, type=click.IntRange(1, 100), help="How many articles at most."
)
@click.option("--block", "as_block", is_flag=True, help="Show the block for the end of the page, with its groups.")
@click.option("--size", type=click.IntRange(1, MAX_SIZE), help="How many articles the block has at most.")
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
    size: int | None,
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
    seed = SessionSeed(ids) if draft is None else DraftSeed(read_draft(draft))
    given = {name: values for name, values in filters.items() if values}
    options = RelatedOptions(limit=limit, size=size, filters=given, exclude=exclude, since=since, until=until)
    with obj["open_recommender"](obj["data"]) as recommender:
        for unknown in _unknown(recommender.engine, ids):
            click.echo(f"note: no article with the id or URL '{unknown}' in this archive; passed over", err=True)
        if as_block:
            _show_block(recommender.block(seed, options), as_json)
        else:
            _show_list(recommender.related(seed, options), as_json)


def _unknown(engine: Engine, ids: Sequence[str]) -> list[str]:
    """Those of several ids that are not there; of one alone the answer will say so."""
    known = engine.seqs(ids) if len(ids) > 1 else dict.fromkeys(ids, 0)
    return [name for name in ids if name not in known] if known else []


def _show_list(result: RelatedResult, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(result_to_dict(result), ensure_ascii=False))
        return
    if result.fallback:
        instead = "; these only stand in" if result.related else ", and nothing is left to stand in"
        click.echo(f"note: nothing in the archive is related{instead}", err=True)
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
        click.echo(f"\n{click.style(group.name, underline=True)}" if group.name else "")
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
        click.style(_labelled(" · ".join(filter(None, label)), indent), dim=True),
    ]
    if item.reason:
        lines.append(click.style(click.wrap_text(item.reason, _WIDTH, indent, indent), italic=True))
    if item.excerpt:
        lines.append(click.wrap_text(item.excerpt, _WIDTH, indent, indent))
    return "\n".join(lines)


def _labelled(label: str, indent: str) -> str:
    """A label in lines that break only at blanks: an id that was broken at a hyphen could not be copied."""
    return textwrap.fill(
        label,
        _WIDTH,
        initial_indent=indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
