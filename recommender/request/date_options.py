"""The types of command-line options that bound dates."""

from __future__ import annotations

from datetime import datetime

import click

from indexer.article.date_bounds import parse_bound, parse_bound_or_age
from indexer.base.errors import ArticleError


def first_day_option(value: str) -> datetime:
    """An option that names a day, from its beginning on."""
    return _option(value, ago=False, end_of_day=False)


def last_day_option(value: str) -> datetime:
    """An option that names a day, to its end."""
    return _option(value, ago=False, end_of_day=True)


def since_option(value: str) -> datetime:
    """An option that names a day, from its beginning on, or how long ago."""
    return _option(value, ago=True, end_of_day=False)


def until_option(value: str) -> datetime:
    """An option that names a day, to its end, or how long ago."""
    return _option(value, ago=True, end_of_day=True)


def _option(value: str, *, ago: bool, end_of_day: bool) -> datetime:
    try:
        return (parse_bound_or_age if ago else parse_bound)(value, end_of_day=end_of_day)
    except ArticleError:
        like = "2024-12-31 or 30d, 6w, 2y for so long ago" if ago else "2024-12-31"
        raise click.BadParameter(f"'{value}' is not a date; write one like {like}") from None
