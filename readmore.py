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
import difflib
import importlib
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from indexer.article.article import Article, Dateline
from indexer.base.errors import ReadmoreError
from recommender.request.options import DEFAULT_OPTIONS, RelatedOptions
from recommender.request.seeds import ArticleSeed, DraftSeed, Seed, SessionSeed
from web.command_table import CHANGING, COMMANDS, EXAMPLES, GROUPS

if TYPE_CHECKING:
    from indexer.archive import AddReport
    from indexer.base.archive_folder import ArchiveFolder
    from indexer.segment.manifest import Manifest
    from recommender.editors.editors import Editors
    from recommender.related import Recommender
    from recommender.results import Block, RelatedResult
    from search.engine import Engine
    from search.filters.reading import Filters
    from search.results import SearchResult, Suggestions

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
        filters: Filters | None = None,
        sort: str | Sequence[str] = "",
        facets: Sequence[str] = (),
        recency: str = "",
        fold: str = "",
        typos: bool = True,
    ) -> SearchResult:
        """The articles that answer a query, best first; see `Engine.search` for what is not said here. `fold` puts
        ``copies``, or whole running ``stories``, under the best hit of each."""
        return self._engine.search(
            query,
            limit=limit,
            offset=offset,
            filters=filters,
            sort=sort,
            facets=facets,
            recency=recency,
            folding=self._recommender.folding(fold) if fold else None,
            typos=typos,
        )

    def suggest(self, text: str, limit: int = 5, *, filters: Filters | None = None) -> Suggestions:
        """What is offered while somebody types `text`: articles, queries and names; see `Engine.suggest`."""
        return self._engine.suggest(text, limit, filters=filters)

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


def open_engine(
    data: Path | str, *, wait: bool = True, manifest: Manifest | None = None, clock: Callable[[], float] = time.time
) -> Engine:
    """The archive in the folder `data`, opened for searching. Nothing else in readmore makes an engine out of a folder.

    `wait` says whether the first query waits for a neural model to be loaded, as a command should that asks once, or
    is answered by the other legs until it is, as a service should. It also says whether an error waits until it is
    known whether it comes of a damaged file, which takes reading the whole index. With `manifest` the engine answers
    from that generation only, which need not be the current one; its files must stay. `clock` says what time it is, in
    seconds since 1970, and so which articles are not public yet.

    Raises ArchiveNotFoundError if there is no archive, IndexDamagedError if its index cannot be read.
    """
    from indexer.article.publicity import Calendar
    from indexer.base.archive_folder import ArchiveFolder
    from search.curation.rules_reader import RulesReader
    from search.engine import Engine
    from search.local.articles import LocalArticles
    from search.local.source import LocalIndexSource
    from search.ranking import fusion_settings
    from search.usage.read_of_late import ReadOfLate

    folder = ArchiveFolder(Path(data))
    calendar = Calendar(clock)
    articles = LocalArticles(folder, calendar)
    try:
        source = LocalIndexSource(folder, wait=wait, manifest=manifest, calendar=calendar)
    except ReadmoreError:
        articles.close()
        raise
    reopen = partial(open_engine, folder.path, wait=wait, manifest=manifest, clock=clock)
    weights = partial(fusion_settings.load, folder)
    reads = ReadOfLate(folder)
    return Engine(source, articles, weights, rules=RulesReader(folder), reads=reads, reopen=reopen, folder=folder)


def open_recommender(
    data: Path | str,
    *,
    wait: bool = True,
    manifest: Manifest | None = None,
    exposure_penalty: bool = True,
    clock: Callable[[], float] = time.time,
) -> Recommender:
    """The archive in the folder `data`, opened for recommending; `recommender.engine` searches it. Nothing else in
    readmore makes a recommender out of a folder. `exposure_penalty` is that of `Recommender`, all else is as for
    `open_engine`."""
    from recommender.local.corpora import LocalCorpora
    from recommender.related import Recommender

    engine = open_engine(data, wait=wait, manifest=manifest, clock=clock)
    reopen = partial(
        open_recommender, data, wait=wait, manifest=manifest, exposure_penalty=exposure_penalty, clock=clock
    )
    return Recommender(engine, LocalCorpora(engine), exposure_penalty=exposure_penalty, reopen=reopen)


def _epilog(examples: Sequence[str]) -> str:
    """Examples for the end of a help text; click leaves lines after a \\b as they are."""
    return "\n".join(["\b", "Examples:" if len(examples) > 1 else "Example:", *(f"  {line}" for line in examples)])


_DATA_SOURCES = {"COMMANDLINE": "flag --data", "ENVIRONMENT": "environment READMORE_DATA"}


class _Commands(click.Group):
    """Finds each command when it is called, and lists them by what they are for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module, attribute = COMMANDS[name].place.split(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        command.epilog = _epilog(COMMANDS[name].examples)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Finds the command; of one that there is not, the error names those that were probably meant."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            meant = difflib.get_close_matches(args[0], COMMANDS)
            if not meant:
                raise
            names = " or ".join(f"'{name}'" for name in meant)
            raise click.UsageError(f"{error.message} Did you mean {names}?", ctx) from None

    def invoke(self, ctx: click.Context) -> Any:
        """Runs a command. A file that its user has no right to is no mistake of the program, whichever it is. Of --data
        behind a command the error says where it goes."""
        try:
            return super().invoke(ctx)
        except click.NoSuchOption as error:
            if error.option_name != "--data" or error.ctx is None:
                raise
            command = error.ctx.command_path.removeprefix(f"{ctx.command_path} ")
            message = f"--data goes before the command: {ctx.command_path} --data FOLDER {command} ..."
            raise click.UsageError(message, error.ctx) from None
        except PermissionError as error:
            raise ReadmoreError(
                f"{error.filename}: {error.strerror}; see that the user who runs readmore may read the archive's "
                "folder, and write to it where something is to be changed"
            ) from error

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        width = max(map(len, COMMANDS))
        for title, group in GROUPS.items():
            with formatter.section(title):
                formatter.write_dl([(name.ljust(width), command.summary) for name, command in group.items()])


@click.group(cls=_Commands, epilog=_epilog(EXAMPLES), context_settings={"help_option_names": ["-h", "--help"]})
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
    source = ctx.get_parameter_source("data")
    data_source = _DATA_SOURCES.get(source.name if source else "", "default")
    ctx.obj = {
        "data": data,
        "data_source": data_source,
        "open_engine": open_engine,
        "open_recommender": open_recommender,
        "service_problems": _service_problems,
    }
    if ctx.invoked_subcommand in CHANGING:
        ctx.call_on_close(lambda: _prepare_related(data))


def _service_problems(folder: ArchiveFolder) -> dict[Path, str]:
    from web.commands.service_files import service_problems

    return service_problems(folder)


def _prepare_related(data: Path) -> None:
    """Derives what related articles need from an archive that has just changed, or else the first reader waits for it:
    ten seconds with 200,000 articles."""
    # without an archive there is nothing to prepare, and the command itself has said what is wrong with one
    with contextlib.suppress(ReadmoreError, PermissionError), open_recommender(data) as recommender:
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
