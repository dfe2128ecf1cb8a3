"""``readmore rules``: the subcommands that add what editors decide about searches."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import click

from indexer.archive import Archive
from recommender.editors.editors import Editors
from recommender.request.date_options import first_day_option, last_day_option
from search.curation.description import described
from search.curation.query_condition import ANY, Period, QueryCondition
from search.curation.rules import parse_rules
from search.curation.rules_text import as_entry
from search.curation.search_rules import (
    AGES,
    BOOST_FIELDS,
    BOTH,
    MAX_POSITION,
    RELATED,
    SEARCHES,
    Boost,
    Hidden,
    QueryPin,
    Redirect,
    SearchRule,
    StopWords,
    Synonyms,
)

_Command = Callable[..., None]


def _period_options(command: _Command) -> _Command:
    first = click.option("--from", "since", type=first_day_option, metavar="DATE", help="The first day it is in force.")
    last = click.option("--until", type=last_day_option, metavar="DATE", help="The last day it is in force.")
    return first(last(command))


_queries_option = click.option(
    "--query", "queries", multiple=True, help="Only for this query, or those like it with * in it; may be repeated."
)


def _condition(queries: tuple[str, ...]) -> QueryCondition:
    return QueryCondition(
        tuple([query for query in queries if ANY not in query]), tuple([query for query in queries if ANY in query])
    )


def _add(obj: dict[str, Any], rule: SearchRule) -> None:
    """Adds a rule that reads well, and says what is so now."""
    found = parse_rules(as_entry(rule), "this rule")
    for problem in found.problems:
        raise click.UsageError(problem.message)
    with Archive.open(obj["data"]) as archive:
        new = Editors(archive).add(rule)
    click.echo(f"{'now' if new else 'is so already'}: {described(rule)}")


@click.command(epilog="\b\nExample:\n  readmore rules synonyms ev 'electric vehicle'")
@click.argument("words", nargs=-1, required=True)
@click.option("--one-way", is_flag=True, help="Only the first finds the others.")
@click.pass_obj
def synonyms(obj: dict[str, Any], words: tuple[str, ...], one_way: bool) -> None:
    """Let queries with one of WORDS find the others, too."""
    _add(obj, Synonyms(words, one_way))


@click.command("stop-words", epilog="\b\nExample:\n  readmore rules stop-words news latest")
@click.argument("words", nargs=-1, required=True)
@click.pass_obj
def stop_words(obj: dict[str, Any], words: tuple[str, ...]) -> None:
    """Do not search for WORDS where others are left."""
    _add(obj, StopWords(words))


@click.command(
    short_help="Put ARTICLE at a place of its own for QUERY.",
    epilog="\b\nExample:\n  readmore rules promote 'moon landing' 2024-02-22-odysseus-lands",
)
@click.argument("query")
@click.argument("article")
@click.option("--position", default=1, show_default=True, type=click.IntRange(1, MAX_POSITION), help="Its place.")
@_period_options
@click.pass_obj
def promote(
    obj: dict[str, Any], query: str, article: str, position: int, since: datetime | None, until: datetime | None
) -> None:
    """Put ARTICLE at a place of its own for QUERY, or for queries like it with * in it."""
    _add(obj, QueryPin(article, _condition((query,)), position, Period(since, until)))


@click.command(epilog="\b\nExample:\n  readmore rules hide 2024-05-15-vineyard-frost --query 'frost*'")
@click.argument("article")
@_queries_option
@_period_options
@click.pass_obj
def hide(
    obj: dict[str, Any], article: str, queries: tuple[str, ...], since: datetime | None, until: datetime | None
) -> None:
    """Let no search find ARTICLE, or not certain ones."""
    _add(obj, Hidden(article, _condition(queries), Period(since, until)))


@click.command(
    short_help="Let certain articles count more or less.",
    epilog="\b\nExample:\n  readmore rules boost 1.5 --section MOON\n  readmore rules boost 0.5 --older-than 730",
)
@click.argument("factor", type=float)
@click.option("--section", help="For articles of this section.")
@click.option("--site", help="For articles of this site.")
@click.option("--tag", help="For articles with this tag.")
@click.option("--language", help="For articles in this language.")
@click.option("--newer-than", type=click.IntRange(0, 99_999), metavar="DAYS", help="For articles newer than that.")
@click.option("--older-than", type=click.IntRange(0, 99_999), metavar="DAYS", help="For articles older than that.")
@click.option("--only", default=BOTH, type=click.Choice([SEARCHES, RELATED, BOTH]), help="Where it counts.")
@_queries_option
@_period_options
@click.pass_obj
def boost(
    obj: dict[str, Any],
    /,
    factor: float,
    only: str,
    queries: tuple[str, ...],
    since: datetime | None,
    until: datetime | None,
    **given: Any,
) -> None:
    """Let certain articles count FACTOR times as much, in searches and among related articles."""
    named = [(field, given[field]) for field in (*BOOST_FIELDS, *AGES) if given[field] is not None]
    if len(named) != 1:
        raise click.UsageError("name one of --section, --site, --tag, --language, --newer-than and --older-than")
    field, value = named[0]
    _add(obj, Boost(factor, field, str(value), _condition(queries), Period(since, until), only))


@click.command(
    short_help="Answer QUERY by the page at ADDRESS.",
    epilog="\b\nExample:\n  readmore rules redirect tickets https://example.org/tickets",
)
@click.argument("query")
@click.argument("address")
@_period_options
@click.pass_obj
def redirect(obj: dict[str, Any], query: str, address: str, since: datetime | None, until: datetime | None) -> None:
    """Answer QUERY, or queries like it with * in it, by the page at ADDRESS."""
    _add(obj, Redirect(address, _condition((query,)), Period(since, until)))


COMMANDS = (synonyms, stop_words, promote, hide, boost, redirect)
