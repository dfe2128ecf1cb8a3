"""The command that shows what would be taken from one page, and which part of the page says so."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import click

from indexer.article.article import Article
from indexer.article.publicity import Calendar, public_seconds
from indexer.base.archive_folder import ArchiveFolder
from indexer.commands.index import map_option
from indexer.commands.shared import DONE, SOME_REFUSED, counted, print_json
from indexer.intake.trial import Trial, outcome_of, trial
from indexer.settings import load_settings
from indexer.sources import Accepted

_WIDTH = 80
_SHOWN_TEXT = 300  # characters of a text's beginning and of its end
_SHOWN_LINKS = 5
_FIELDS = ("id", "url", "title", "authors", "date", "dateline", "section", "site", "tags", "language", "excerpt")
_INDENT = 11


@click.command("try")
@click.argument("page")
@map_option
@click.option("--private", is_flag=True, help="Fetch from addresses of this machine and its network, too.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as one JSON document.")
@click.pass_obj
def try_command(obj: dict[str, Any], /, page: str, mapping: dict[str, str], private: bool, as_json: bool) -> None:
    """Show what would be taken from PAGE, a file or an address, and why; nothing is stored.

    Each field of a page is shown with the place that says it. What would be withheld or refused is shown with the
    reason. Of a file with many articles the first is shown. Exits with 1 if that would not be taken.
    """
    found = trial(page, mapping, allow_private=private)
    calendar = Calendar(zone=load_settings(ArchiveFolder(obj["data"]).settings).zone)
    result = _described(page, found, calendar)
    if as_json:
        print_json(result)
    else:
        click.echo("\n".join(_lines(result)))
    sys.exit(DONE if isinstance(found.item, Accepted) else SOME_REFUSED)


def _described(page: str, found: Trial, calendar: Calendar) -> dict[str, Any]:
    described: dict[str, Any] = {"page": page, "kind": found.kind}
    item = found.item
    if item is None:
        return described | {"outcome": "refused", "reason": "nothing to read in it"}
    described["outcome"] = outcome_of(item)
    if isinstance(item, Accepted):
        described |= {
            "fields": {name: text for name in _FIELDS if (text := _text_of(item.article, name))},
            "origins": dict(found.origins),
            "body": item.article.body,
            "links": list(item.article.links),
            "warnings": list(item.warnings),
        }
        if calendar.is_to_come(item.article):
            described["hidden_until"] = _appears(item.article, calendar)
    else:
        described |= {"reason": item.reason, "where": item.where}
    return described | {"others": dict(found.others)}


def _appears(article: Article, calendar: Calendar) -> str:
    """When an article whose time is to come appears, by the clock of the archive's time zone."""
    seconds = public_seconds(article.date, article.public_from)
    assert seconds is not None  # or it would not be to come
    return datetime.fromtimestamp(calendar.begins(seconds), calendar.zone).isoformat(" ")


def _text_of(article: Article, name: str) -> str:
    value = getattr(article, name)
    if isinstance(value, tuple):
        return ", ".join(value)
    return value.isoformat(" ") if name == "date" and value else str(value or "")


def _lines(result: dict[str, Any]) -> Iterator[str]:
    kind = f"{result['kind']}, " if result["kind"] else ""
    yield from _wrapped(f"{result['page']}: {kind}would be {result['outcome']}", "")
    if "reason" in result:
        yield from _wrapped(result["reason"], "  ")
    if "hidden_until" in result:
        until = f"Its time is to come: it would stay hidden until {result['hidden_until']}, and appear then by itself."
        yield from _wrapped(until, "  ")
    for name, text in result.get("fields", {}).items():
        yield from _wrapped(text, " " * _INDENT, f"  {name:<{_INDENT - 2}}")
        if name in result["origins"]:
            origin = result["origins"][name]
            yield from _wrapped(f"from {origin}" if origin else "from nowhere on the page", " " * (_INDENT + 2))
    if "body" in result:
        yield from _text_lines(result["body"])
        yield from _link_lines(result["links"])
    for warning in result.get("warnings", ()):
        yield from _wrapped(warning, " " * _INDENT, "  warning  ")
    if others := result.get("others"):
        listed = ", ".join(f"{number:,} {outcome}" for outcome, number in others.items())
        yield from _wrapped(f"and of the others in it: {listed}", "")
    if result["kind"] == "HTML" and "body" in result:
        yield from _wrapped("What other pages of the site have as well is left out when they are read together.", "")


def _text_lines(body: str) -> Iterator[str]:
    paragraphs = body.split("\n\n") if body else []
    yield f"  text     {counted(len(body.split()), 'word')} in {counted(len(paragraphs), 'paragraph')}"
    if len(body) <= 2 * _SHOWN_TEXT:
        for paragraph in paragraphs:
            yield from _wrapped(paragraph, " " * _INDENT)
        return
    begin, end = body[:_SHOWN_TEXT].rsplit(None, 1)[0], body[-_SHOWN_TEXT:].split(None, 1)[-1]
    yield from _wrapped(" ".join(f"{begin} ...".split()), " " * _INDENT, "  begins   ")
    yield from _wrapped(" ".join(f"... {end}".split()), " " * _INDENT, "  ends     ")


def _link_lines(links: list[str]) -> Iterator[str]:
    if links:
        more = f" and {len(links) - _SHOWN_LINKS:,} more" if len(links) > _SHOWN_LINKS else ""
        yield from _wrapped(" ".join(links[:_SHOWN_LINKS]) + more, " " * _INDENT, "  links    ")


def _wrapped(text: str, indent: str, first: str | None = None) -> list[str]:
    return textwrap.wrap(
        text, _WIDTH, initial_indent=indent if first is None else first, subsequent_indent=indent or "  "
    )
