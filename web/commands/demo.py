"""The command that shows the product on the sample archive."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import click

from indexer.archive import Archive
from indexer.article.article import Article
from indexer.base.errors import ReadmoreError
from indexer.samples import SAMPLE
from indexer.sources import Accepted, read_source
from web.commands.serve import run
from web.config.flags import config_options
from web.config.page_options import HERE
from web.config.sources import DEFAULT, read_config
from web.monitoring.lines import NOWHERE


@click.command()
@partial(config_options, only=("host", "port"))
@click.pass_obj
def demo(obj: dict[str, Any], /, **flags: Any) -> None:
    """Index the sample archive that ships with readmore, and serve it."""
    data: Path = obj["data"].absolute()
    config, _ = read_config(data, flags)
    if config.source("pages.links") == DEFAULT:
        config = config.with_values("demo", **{"pages.links": HERE})  # the sites of the sample are invented
    click.echo("indexing the sample archive: a few seconds", err=True)
    count = index_sample(obj["data"])
    click.echo(f"indexed the sample archive, {count:,} articles, into {obj['data']}")
    with obj["open_recommender"](obj["data"]) as recommender:
        recommender.prepare()  # or else the first article opened waits for it, after every start anew
    run(obj["open_recommender"], data, config.with_values("demo", access_log=NOWHERE))


def index_sample(data: Path) -> int:
    """Puts the sample into the archive at `data`, which must be new or hold nothing else, and returns how many
    articles it has. Raises ReadmoreError where other articles are."""
    articles = sample_articles()
    with Archive.create(data) as archive:
        others = archive.store.count() - len(archive.store.fetch([article.id for article in articles]))
        if others:
            raise ReadmoreError(f"{data} already holds {others:,} other articles: name a new folder with --data")
        archive.add(articles)
        archive.maintain()
    return len(articles)


def sample_articles() -> list[Article]:
    """The articles of the sample, in the order of their files."""
    return [item.article for item in read_source(SAMPLE) if isinstance(item, Accepted)]
