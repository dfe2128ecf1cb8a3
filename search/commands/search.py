"""The command that searches."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from search.commands.grouped_help import GroupedCommand, GroupedOption
from search.engine import Engine
from search.ranking.folding import Folding
from search.ranking.rerank import Reranker
from search.results import Excerpt, Facet, Hit, correction_to_dict, facet_to_dict, hit_to_dict

_WHICH, _ORDER, _ABOUT, _OUTPUT = "Which articles", "In which order", "About what is found", "Output"


@click.command(cls=GroupedCommand)
@click.argument("query")
@click.option(
    "--section", multiple=True, help="Only articles of this section; may be repeated.", cls=GroupedOption, group=_WHICH
)
@click.option(
    "--site", multiple=True, help="Only articles of this site; may be repeated.", cls=GroupedOption, group=_WHICH
)
@click.option(
    "--filter",
    "conditions",
    multiple=True,
    metavar="CONDITION",
    help="Only articles that satisfy this, as in 'year >= 2023 AND tag IN [ice, water]' (docs/filters.md); all that "
    "are given must hold.",
    cls=GroupedOption,
    group=_WHICH,
)
@click.option(
    "--sort",
    default="",
    metavar="ORDER",
    help="newest, oldest, or fields with commas between them, as in section,-date; by relevance if not given.",
    cls=GroupedOption,
    group=_ORDER,
)
@click.option(
    "--recency",
    default="",
    metavar="PREFERENCE",
    help="Prefer newer articles: weak, medium, strong, or a half-life in days such as 30d.",
    cls=GroupedOption,
    group=_ORDER,
)
@click.option(
    "--rerank",
    metavar="MODEL",
    help="Let this cross-encoder order the first 50: a folder, or a name of the hub.",
    cls=GroupedOption,
    group=_ORDER,
)
@click.option(
    "--fold",
    type=click.Choice(["copies", "stories"]),
    help="Show copies, or whole running stories, under their best hit.",
    cls=GroupedOption,
    group=_ORDER,
)
@click.option(
    "--no-typos",
    is_flag=True,
    help="Search for the words as typed, without forgiving slips.",
    cls=GroupedOption,
    group=_WHICH,
)
@click.option(
    "--facet",
    "facets",
    multiple=True,
    metavar="FIELD",
    help="Count the values of this field in all that is found; * for every field that can be counted.",
    cls=GroupedOption,
    group=_ABOUT,
)
@click.option("--explain", is_flag=True, help="Show the numbers behind every score.", cls=GroupedOption, group=_ABOUT)
@click.option(
    "--limit",
    default=10,
    show_default=True,
    type=click.IntRange(1, 1000),
    help="How many hits.",
    cls=GroupedOption,
    group=_OUTPUT,
)
@click.option(
    "--offset",
    default=0,
    type=click.IntRange(0),
    help="How many hits to leave out first.",
    cls=GroupedOption,
    group=_OUTPUT,
)
@click.option(
    "--json", "as_json", is_flag=True, help="Print the answer as one JSON document.", cls=GroupedOption, group=_OUTPUT
)
@click.pass_obj
def search(
    obj: dict[str, Any],
    query: str,
    section: tuple[str, ...],
    site: tuple[str, ...],
    conditions: tuple[str, ...],
    sort: str,
    recency: str,
    no_typos: bool,
    rerank: str | None,
    fold: str | None,
    facets: tuple[str, ...],
    explain: bool,
    limit: int,
    offset: int,
    as_json: bool,
) -> None:
    """Search the archive."""
    named = {name: list(values) for name, values in (("section", section), ("site", site)) if values}
    with _opened(obj, fold) as (engine, folding):
        result = engine.search(
            query,
            limit=limit,
            offset=offset,
            filters=[named, *conditions],
            sort=sort,
            reranker=Reranker(rerank) if rerank else None,
            facets=facets,
            recency=recency,
            folding=folding,
            typos=not no_typos,
            explain=explain,
        )
    if as_json:
        answer: dict[str, Any] = {"query": result.query, "total": result.total, "took_ms": round(result.took_ms, 3)}
        if result.notes:
            answer["notes"] = list(result.notes)
        if result.correction is not None:
            answer["correction"] = correction_to_dict(result.correction)
        if result.facets:
            answer["facets"] = [facet_to_dict(facet) for facet in result.facets]
        if result.redirect:
            answer["redirect"] = result.redirect
        hits = [hit_to_dict(hit) for hit in result.hits]
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
        if hit.explanation is not None:
            click.echo("\n".join(hit.explanation.lines(indent=2)))
    for facet in result.facets:
        click.echo(f"\n{_facet_as_text(facet)}")


@contextmanager
def _opened(obj: dict[str, Any], fold: str | None) -> Iterator[tuple[Engine, Folding | None]]:
    """The engine, and what folds hits. Only who knows which articles are related can tell copies and stories."""
    if fold is None:
        with obj["open_engine"](obj["data"]) as engine:
            yield engine, None
    else:
        with obj["open_recommender"](obj["data"]) as recommender:
            yield recommender.engine, recommender.folding(fold)


def _as_text(number: int, hit: Hit) -> str:
    article = hit.article
    about = [article.date.strftime("%d %b %Y") if article.date else "", article.section, article.site, article.id]
    lines = [
        f"{number:>2}. {_marked(hit.title)}",
        click.style(f"    {' · '.join(filter(None, about))}", dim=True),
    ]
    if hit.excerpt.text:
        lines.append(click.wrap_text(hit.excerpt.text, 78, "    ", "    "))
    lines += [click.style(f"    + {below.headline} · {below.id}", dim=True) for below in hit.folded]
    return "\n".join(lines)


def _facet_as_text(facet: Facet) -> str:
    """A facet as lines, those values marked that the filter asks for."""
    width = max((len(f"{value.count:,}") for value in facet.values), default=0)
    lines = [f"{'*' if value.selected else ' '} {value.count:>{width},}  {value.value}" for value in facet.values]
    more = f" ({len(facet.values)} of {facet.distinct:,})" if facet.distinct > len(facet.values) else ""
    span = ""
    if not facet.values and facet.least is not None:
        span = f" {facet.least:g} to {facet.most:g}"
    return "\n".join([f"{facet.field}:{span}{more}", *lines])


def _marked(excerpt: Excerpt) -> str:
    parts, end = [], 0
    for start, stop in excerpt.marks:
        parts += [excerpt.text[end:start], click.style(excerpt.text[start:stop], bold=True)]
        end = stop
    return "".join([*parts, excerpt.text[end:]])
