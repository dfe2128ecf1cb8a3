"""The command that recommends."""

from __future__ import annotations

import json
from typing import Any

import click

from recommender.related import Recommender
from recommender.results import RelatedItem, item_to_dict
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
        click.echo(json.dumps(answer, ensure_ascii=False))
        return
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
