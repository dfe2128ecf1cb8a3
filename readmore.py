"""The front door: `import readmore` to use an archive from Python, and the `readmore` command.

import readmore

with readmore.open("my-archive") as archive:
    archive.add([readmore.Article(id="moon-1", title="A landing on the far side", body="...")])
    for hit in archive.search("far side landing").hits:
        print(hit.article.title)
    print(archive.related("moon-1").related)
"""

from __future__ import annotations

import contextlib
import dataclasses
import importlib
import sys
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from indexer.article.article import Article, Dateline
from indexer.base.errors import ReadmoreError
from recommender.request.options import DEFAULT_OPTIONS, RelatedOptions
from recommender.request.seeds import ArticleSeed, DraftSeed, Seed, SessionSeed

if TYPE_CHECKING:
    from indexer.archive import AddReport
    from indexer.segment.manifest import Manifest
    from recommender.editors.editors import Editors
    from recommender.related import Recommender
    from recommender.results import Block, RelatedResult
    from search.engine import Engine
    from search.results import SearchResult

__all__ = [
    "Archive",
    "Article",
    "ArticleSeed",
    "Dateline",
    "DraftSeed",
    "ReadmoreError",
    "RelatedOptions",
    "SessionSeed",
    "main",
    "open",
    "open_engine",
    "open_recommender",
]
__version__ = "0.1.0"

# Where each command lives. Modules are imported when their command runs, so that none pays for another's imports.
_COMMANDS = {
    "index": "indexer.commands.index:index",
    "embed": "indexer.commands.embed:embed",
    "reindex": "recommender.commands.reindex:reindex",
    "remove": "indexer.commands.remove:remove",
    "status": "indexer.commands.status:status",
    "check": "indexer.commands.check:check",
    "show": "indexer.commands.show:show",
    "search": "search.commands.search:search",
    "related": "recommender.commands.related:related",
    "tune": "search.commands.tune:tune_command",
    "learn": "recommender.commands.learn:learn",
    "rules": "recommender.commands.rules:rules",
    "assert": "recommender.commands.assertions:assert_command",
    "report": "web.commands.report:report",
    "even": "recommender.commands.even:even",
    "eval": "recommender.commands.evaluate:eval_command",
    "export": "web.commands.export:export_command",
    "serve": "web.commands.serve:serve",
    "demo": "web.commands.demo:demo",
}

_CHANGING = ("index", "embed", "reindex", "remove")  # commands after which the archive is not what it was


class Archive:
    """An archive to add to, search and ask for related articles. Get one from `readmore.open`."""

    def __init__(self, data: Path | str) -> None:
        from indexer.archive import Archive as Store

        self._archive = Store.create(data)
        self._recommender = open_recommender(data)
        self._engine = self._recommender.engine

    def close(self) -> None:
        """Lets go of the archive's files."""
        self._engine.close()
        self._archive.close()

    def __enter__(self) -> Archive:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    def add(self, articles: Iterable[Article]) -> AddReport:
        """Stores and indexes articles; those unchanged are skipped, those changed replace the older version."""
        report = self._archive.add(articles)
        self._archive.maintain()
        if report.added or report.changed:
            self._prepare()
        return report

    def remove(self, ids: Iterable[str]) -> tuple[list[str], list[str]]:
        """Takes articles out. Returns the ids that were there and those that were not."""
        removed, unknown = self._archive.remove(ids)
        if removed:
            self._prepare()
        return removed, unknown

    def _prepare(self) -> None:
        """Derives what related articles need. What is wrong with an index is said by whoever reads it: the change
        itself is made."""
        with contextlib.suppress(ReadmoreError):
            self._recommender.prepare()

    def article(self, id_or_url: str) -> Article:
        """The article with this id or URL. Raises ReadmoreError if there is none."""
        return self._engine.article(id_or_url)

    def search(
        self,
        query: str,
        *,
        limit: int = 10,
        offset: int = 0,
        filters: Mapping[str, Sequence[str]] | None = None,
        sort: str = "",
    ) -> SearchResult:
        """The articles that answer a query, best first; see `Engine.search` for `filters` and `sort`."""
        return self._engine.search(query, limit=limit, offset=offset, filters=filters, sort=sort)

    def related(
        self, seed: Seed | str, options: RelatedOptions = DEFAULT_OPTIONS, *, limit: int | None = None
    ) -> RelatedResult:
        """What to read after an article, named by its id or URL, or after any other seed, best first. `limit` is short
        for that of the `options`. Raises ReadmoreError for an article that is not there and a filter there is not."""
        return self._recommender.related(
            _seed(seed), options if limit is None else dataclasses.replace(options, limit=limit)
        )

    def block(self, seed: Seed | str, options: RelatedOptions = DEFAULT_OPTIONS) -> Block:
        """The related block for the end of an article's page, or of any other seed's: a lead story and groups. Raises
        what `related` raises."""
        return self._recommender.block(_seed(seed), options)

    @property
    def engine(self) -> Engine:
        """Searching in more detail: explanations, reranking."""
        return self._engine

    @property
    def recommender(self) -> Recommender:
        """Related articles in more detail: what is nearest, running stories."""
        return self._recommender

    @property
    def editors(self) -> Editors:
        """What editors decide about related articles: ``archive.editors.pin("moon-1", "moon-2")``."""
        from recommender.editors.editors import Editors

        return Editors(self._archive)

    def status(self) -> dict[str, Any]:
        """What the archive holds, in figures."""
        return self._archive.status()


def _seed(seed: Seed | str) -> Seed:
    return ArticleSeed(seed) if isinstance(seed, str) else seed


def open(data: Path | str) -> Archive:  # reads like gzip.open
    """The archive in the folder `data`, made if there is none."""
    return Archive(data)


def open_engine(data: Path | str, *, wait: bool = True, manifest: Manifest | None = None) -> Engine:
    """The archive in the folder `data`, opened for searching. Nothing else in readmore makes an engine out of a folder.

    `wait` says whether the first query waits for a neural model to be loaded, as a command should that asks once, or
    is answered by the other legs until it is, as a service should. It also says whether an error waits until it is
    known whether it comes of a damaged file, which takes reading the whole index. With `manifest` the engine answers
    from that generation only, which need not be the current one; its files must stay.

    Raises ArchiveNotFoundError if there is no archive, IndexDamagedError if its index cannot be read.
    """
    from indexer.base.archive_folder import ArchiveFolder
    from search.engine import Engine
    from search.local.articles import LocalArticles
    from search.local.source import LocalIndexSource
    from search.ranking import fusion_settings

    folder = ArchiveFolder(Path(data))
    articles = LocalArticles(folder)
    try:
        source = LocalIndexSource(folder, wait=wait, manifest=manifest)
    except ReadmoreError:
        articles.close()
        raise
    reopen = partial(open_engine, folder.path, wait=wait, manifest=manifest)
    return Engine(source, articles, partial(fusion_settings.load, folder), reopen=reopen, folder=folder)


def open_recommender(
    data: Path | str, *, wait: bool = True, manifest: Manifest | None = None, exposure_penalty: bool = True
) -> Recommender:
    """The archive in the folder `data`, opened for recommending; `recommender.engine` searches it. Nothing else in
    readmore makes a recommender out of a folder. `exposure_penalty` is that of `Recommender`, all else is as for
    `open_engine`."""
    from recommender.corpus.local_corpora import LocalCorpora
    from recommender.related import Recommender

    engine = open_engine(data, wait=wait, manifest=manifest)
    reopen = partial(open_recommender, data, wait=wait, manifest=manifest, exposure_penalty=exposure_penalty)
    return Recommender(engine, LocalCorpora(engine), exposure_penalty=exposure_penalty, reopen=reopen)


class _Commands(click.Group):
    """Finds each command when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in _COMMANDS:
            return None
        module, attribute = _COMMANDS[name].split(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="readmore")
@click.option(
    "--data",
    envvar="READMORE_DATA",
    default="readmore-data",
    show_default=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="The archive's folder. Also read from READMORE_DATA.",
)
@click.pass_context
def cli(ctx: click.Context, data: Path) -> None:
    """Search and "read more" for article sites."""
    ctx.obj = {"data": data, "open_engine": open_engine, "open_recommender": open_recommender}
    if ctx.invoked_subcommand in _CHANGING:
        ctx.call_on_close(lambda: _prepare_related(data))


def _prepare_related(data: Path) -> None:
    """Derives what related articles need from an archive that has just changed, or else the first reader waits for it:
    ten seconds with 200,000 articles."""
    # without an archive there is nothing to prepare, and the command itself has said what is wrong with one
    with contextlib.suppress(ReadmoreError), open_recommender(data) as recommender:
        recommender.prepare()


def main() -> None:
    """Runs the command line. Exit status: 0 done, 1 done with some inputs refused, 2 could not run."""
    try:
        cli.main(prog_name="readmore", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except ReadmoreError as error:
        click.echo(f"readmore: {error}", err=True)
        sys.exit(2)
    except (click.Abort, KeyboardInterrupt):
        click.echo("readmore: stopped; what was indexed until now is kept", err=True)
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)


if __name__ == "__main__":
    main()
