"""``readmore rules``: what the editors decided, shown and changed."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from indexer.archive import Archive
from recommender.commands import search_rules
from recommender.editors.editors import Editors
from recommender.request.date_options import first_day_option, last_day_option
from search.curation.description import described
from search.curation.rules import Rule, quota_of, to_fields
from search.curation.search_rules import MAX_POSITION
from search.curation.yaml_entries import Problem, wrapped

SOME_WRONG = 1


@click.group(invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="Print the rules as one JSON document.")
@click.pass_context
def rules(ctx: click.Context, as_json: bool) -> None:
    """Show or change what the editors decided about related articles and searches.

    The rules stand in rules.yaml in the archive's folder, which can be edited by hand as well. Exits with 1 if some
    entries are wrong and left out, with 2 if the file cannot be read.
    """
    if ctx.invoked_subcommand is None:
        _show(ctx.obj["data"], as_json)


def _show(data: Path, as_json: bool) -> None:
    with Archive.open(data) as archive:
        in_file, path = Editors(archive).rules(), archive.folder.rules
    if as_json:
        listed = [{"line": rule.line, **to_fields(rule)} for rule in in_file.rules]
        answer = {
            "path": str(path),
            "rules": listed,
            "problems": [problem.to_dict() for problem in in_file.problems],
        }
        click.echo(json.dumps(answer, ensure_ascii=False))
    else:
        click.echo(f"{path}: {len(in_file.rules)} rule{'' if len(in_file.rules) == 1 else 's'}")
        for rule in in_file.rules:
            click.echo(wrapped(described(rule), f"{rule.line:>5}  ", " " * 7))
        for problem in in_file.problems:
            click.echo(_complaint(problem), err=True)
    sys.exit(SOME_WRONG if any(problem.fatal for problem in in_file.problems) else 0)


def _complaint(problem: Problem) -> str:
    return f"{'wrong, left out' if problem.fatal else 'warning'}: line {problem.line}: {problem.message}"


@rules.command(
    short_help="Put ARTICLE at a place of its own under an article.",
    epilog="\b\nExample:\n  readmore rules pin 2024-05-03-change-6-launches 2024-05-15-vineyard-frost",
)
@click.argument("under")
@click.argument("article")
@click.option("--position", default=1, show_default=True, type=click.IntRange(1, MAX_POSITION), help="Its place.")
@click.option(
    "--until",
    type=last_day_option,
    metavar="DATE",
    help="The last day on which it stands there; for ever if not given.",
)
@click.pass_obj
def pin(obj: dict[str, Any], under: str, article: str, position: int, until: datetime | None) -> None:
    """Put ARTICLE at a place of its own among what is related to UNDER. Both by id or URL."""
    with Archive.open(obj["data"]) as archive:
        _say_new(Editors(archive).pin(under, article, position=position, until=until))


@rules.command(epilog="\b\nExample:\n  readmore rules unpin 2024-05-03-change-6-launches 2024-05-15-vineyard-frost")
@click.argument("under")
@click.argument("article")
@click.pass_obj
def unpin(obj: dict[str, Any], under: str, article: str) -> None:
    """Take back what 'rules pin UNDER ARTICLE' did."""
    with Archive.open(obj["data"]) as archive:
        _say_gone(Editors(archive).unpin(under, article))


@rules.command(
    short_help="Never link two articles, sections or sites; or never offer one.",
    epilog="\b\nExample:\n  readmore rules forbid --site Perihelion --site 'Orbital Dispatch'",
)
@click.argument("articles", nargs=-1, metavar="[ARTICLE [OTHER]]")
@click.option("--section", "sections", multiple=True, help="Give two: their articles are never linked.")
@click.option("--site", "sites", multiple=True, help="Give two: their articles are never linked.")
@click.option("--one-way", is_flag=True, help="Only the second under the first is forbidden.")
@click.option(
    "--from", "since", type=first_day_option, metavar="DATE", help="The day from which on ARTICLE is offered nowhere."
)
@click.pass_obj
def forbid(
    obj: dict[str, Any],
    articles: tuple[str, ...],
    sections: tuple[str, ...],
    sites: tuple[str, ...],
    one_way: bool,
    since: datetime | None,
) -> None:
    """Never link ARTICLE and OTHER; of a single ARTICLE: offer it nowhere."""
    kind, given = _meant(articles, sections, sites)
    if (since and len(articles) != 1) or (one_way and len(articles) == 1):
        raise click.UsageError("--from goes with one article, --one-way with two of anything")
    with Archive.open(obj["data"]) as archive:
        editors = Editors(archive)
        if kind:
            _say_new(editors.forbid_between(kind, given[0], given[1], one_way=one_way))
        elif len(given) == 1:
            _say_new(editors.never_offer(given[0], since=since))
        else:
            _say_new(editors.forbid(given[0], given[1], one_way=one_way))


@rules.command(epilog="\b\nExample:\n  readmore rules allow --site Perihelion --site 'Orbital Dispatch'")
@click.argument("articles", nargs=-1, metavar="[ARTICLE [OTHER]]")
@click.option("--section", "sections", multiple=True, help="Give two.")
@click.option("--site", "sites", multiple=True, help="Give two.")
@click.pass_obj
def allow(obj: dict[str, Any], articles: tuple[str, ...], sections: tuple[str, ...], sites: tuple[str, ...]) -> None:
    """Take back what 'rules forbid' did."""
    kind, given = _meant(articles, sections, sites)
    with Archive.open(obj["data"]) as archive:
        editors = Editors(archive)
        _say_gone(editors.allow_between(kind, *given) if kind else editors.allow(*given))


def _meant(articles: tuple[str, ...], sections: tuple[str, ...], sites: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """Which of the three was given, "section", "site" or nothing for articles, and the names."""
    given = [(kind, names) for kind, names in (("", articles), ("section", sections), ("site", sites)) if names]
    if len(given) != 1 or len(given[0][1]) > 2 or (given[0][0] and len(given[0][1]) < 2):
        raise click.UsageError("name one or two articles, or two sections, or two sites")
    return given[0]


@rules.command(
    short_help="How many articles of a section or site a block may have.",
    epilog="\b\nExample:\n  readmore rules quota 25% --site Perihelion",
)
@click.argument("at_most")
@click.option("--section", help="The section; * is each of them.")
@click.option("--site", help="The site; * is each of them.")
@click.pass_obj
def quota(obj: dict[str, Any], at_most: str, section: str | None, site: str | None) -> None:
    """Let a block have AT_MOST so many articles of a section or a site: 2, or 25%, or none to lift it."""
    if (section is None) == (site is None):
        raise click.UsageError("name either a --section or a --site")
    field, value = ("section", str(section)) if section is not None else ("site", str(site))
    with Archive.open(obj["data"]) as archive:
        if at_most == "none":
            _say_gone(Editors(archive).quota(field, value, None))
        else:
            Editors(archive).quota(field, value, at_most)
            _say_new(quota_of(field, value, at_most))


@rules.command(
    short_help="Take out the rule that begins in LINE of the file.",
    epilog="\b\nExample:\n  readmore rules drop 3",
)
@click.argument("line", type=click.IntRange(1))
@click.pass_obj
def drop(obj: dict[str, Any], line: int) -> None:
    """Take out the rule that begins in LINE of the file, as 'readmore rules' shows it."""
    with Archive.open(obj["data"]) as archive:
        _say_gone(Editors(archive).drop(line))


for command in search_rules.COMMANDS:
    rules.add_command(command)


def _say_new(rule: Rule) -> None:
    click.echo(f"now: {described(rule)}")


def _say_gone(removed: list[Rule]) -> None:
    for rule in removed:
        click.echo(f"no longer: {described(rule)}")
    if not removed:
        click.echo("refused: no such rule; 'readmore rules' lists them", err=True)
        sys.exit(SOME_WRONG)
