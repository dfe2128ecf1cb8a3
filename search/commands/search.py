"""The command that searches."""

from __future__ import annotations

import json
from typing import Any

import click

from search.ranking.rerank import Reranker
from search.results import Excerpt, Hit, hit_to_dict


@click.command()
@click.argument("query")
@click.option("--limit", default=10, show_default=True, type=click.IntRange(1, 1000), help="How many hits.")
@click.option("--offset", default=0, type=click.IntRange(0), help="How many hits to leave out first.")
@click.option("--section", multiple=True, help="Only articles of this section; may be repeated.")
@click.option("--site", multiple=True, help="Only articles of this site; may be repeated.")
@click.option(
    "--rerank", metavar="MODEL", help="Let this cross-encoder order the first 50: a folder, or a name of the hub."
)
@click.option("--explain", is_flag=True, help="Show the numbers behind every score.")
@click.option("--json", "as_json", is_flag=True, help="Print the answer as one JSON document.")
@click.pass_obj
def search(
    obj: dict[str, Any],
    query: str,
    limit: int,
    offset: int,
    section: tuple[str, ...],
    site: tuple[str, ...],
    rerank: str | None,
    explain: bool,
    as_json: bool,
) -> None:
    """Search the archive."""
    filters = {name: values for name, values in (("section", section), ("site", site)) if values}
    with obj["open_engine"](obj["data"]) as engine:
        reranker = Reranker(rerank) if rerank else None
        result = engine.search(query, limit=limit, offset=offset, filters=filters, reranker=reranker)
        why = {hit.article.id: engine.explain(query, hit.article.id) for hit in result.hits} if explain else {}
    if as_json:
        answer = {"query": result.query, "total": result.total, "took_ms": round(result.took_ms, 3)}
        if result.notes:
            answer["notes"] = list(result.notes)
        if result.redirect:
            answer["redirect"] = result.redirect
        hits = [hit_to_dict(hit) for hit in result.hits]
        for record in hits:
            if reason := why.get(record["id"]):
                record["explanation"] = reason.to_dict()
        click.echo(json.dumps(answer | {"hits": hits}, ensure_ascii=False))
        return
    for note in result.notes:
        click.echo(f"note: {note}", err=True)
    if result.redirect:
        click.echo(f"note: this query leads to {result.redirect}", err=True)
    noun = "article" if result.total == 1 else "articles"
    click.echo(f"{result.total:,} {noun} in {result.took_ms:.1f} ms")
    for number, hit in enumerate(result.hits, offset + 1):
        click.echo(f"\n{_as_text(number, hit)}")
        if reason := why.get(hit.article.id):
            click.echo("\n".join(reason.lines(indent=2)))


def _as_text(number: int, hit: Hit) -> str:
    article = hit.article
    about = [article.date.strftime("%d %b %Y") if article.date else "", article.section, article.site, article.id]
    lines = [
        f"{number:>2}. {_marked(hit.title)}",
        click.style(f"    {' · '.join(filter(None, about))}", dim=True),
    ]
    if hit.excerpt.text:
        lines.append(click.wrap_text(hit.excerpt.text, 78, "    ", "    "))
    return "\n".join(lines)


def _marked(excerpt: Excerpt) -> str:
    parts, end = [], 0
    for start, stop in excerpt.marks:
        parts += [excerpt.text[end:start], click.style(excerpt.text[start:stop], bold=True)]
        end = stop
    return "".join([*parts, excerpt.text[end:]])
