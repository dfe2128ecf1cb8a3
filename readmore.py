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
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from indexer.article.article import Article, Dateline
from indexer.base.errors import ReadmoreError
from recommender.request.options import DEFAULT_OPTIONS, RelatedOptions
from recommender.request.seeds import ArticleSeed, DraftSeed, Seed, SessionSeed

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


class _Command(NamedTuple):
    """A command as `readmore --help` lists it, without importing it."""

    place: str  # module:attribute; imported when it runs, so that no command pays for another's imports
    summary: str  # fits a line of 80 columns
    examples: tuple[str, ...]


_GROUPS = {
    "Put articles in": {
        "index": _Command(
            "indexer.commands.index:index",
            "Add or update articles from files and folders.",
            ("readmore index posts/ export.jsonl.gz", "cat export.jsonl | readmore index -"),
        ),
        "sync": _Command(
            "indexer.commands.sync:sync",
            "Bring the archive in step with the sources it remembers.",
            ("readmore sync", "readmore sync --dry-run"),
        ),
        "init": _Command(
            "indexer.commands.init:init",
            "Look at a site or a folder and propose a readmore.toml.",
            ("readmore --data new-archive init posts/",),
        ),
        "try": _Command(
            "indexer.commands.try_page:try_command",
            "Show what would be taken from one page, and why.",
            ("readmore try draft.md",),
        ),
        "sources": _Command(
            "indexer.commands.sources:sources",
            "List the kinds of files that articles are read from.",
            ("readmore sources",),
        ),
        "embed": _Command(
            "indexer.commands.embed:embed",
            "Add a vector space from a neural model (extra: neural).",
            ("readmore embed minilm", "readmore embed", "readmore embed --remove minilm"),
        ),
    },
    "Get answers": {
        "search": _Command(
            "search.commands.search:search",
            "Find the articles that answer a query.",
            ("readmore search 'moon +landing -crewed'", "readmore search 'title:comet*' --site Perihelion --json"),
        ),
        "related": _Command(
            "recommender.commands.related:related",
            "What to read after an article, several of them, or a draft.",
            (
                "readmore related 2024-05-03-change-6-launches --block",
                "readmore related --text draft.md --since 2024-01-01",
            ),
        ),
        "suggest": _Command(
            "search.commands.suggest:suggest",
            "What the box offers while somebody types.",
            ("readmore suggest 'moon lan'",),
        ),
        "show": _Command(
            "indexer.commands.show:show",
            "Show an article as it is stored.",
            ("readmore show 2024-05-03-change-6-launches",),
        ),
    },
    "For editors": {
        "rules": _Command(
            "recommender.commands.rules:rules",
            "Pins, synonyms, boosts, quotas: show or change them.",
            (
                "readmore rules forbid 2024-04-28-galileo-falcon-9",
                "readmore rules quota 2 --section MOON",
                "readmore rules synonyms ev 'electric vehicle'",
                "readmore rules",
            ),
        ),
        "assert": _Command(
            "recommender.commands.assertions:assert_command",
            "Check what must be true of related articles and searches.",
            ("readmore assert assertions.yaml",),
        ),
        "report": _Command(
            "web.commands.report:report",
            "Who is sent where, doubtful sections, searches that miss.",
            ("readmore report", "readmore report --html related.html", "readmore report --searches"),
        ),
        "judge": _Command(
            "recommender.commands.judge:judge",
            "Say which items of related blocks you would sign.",
            ("readmore judge --count 20", "readmore judge --report", "readmore judge --calibrate"),
        ),
        "even": _Command(
            "recommender.commands.even:even",
            "Offer articles more evenly.",
            ("readmore even 0.05", "readmore even 0"),
        ),
    },
    "Serve and export": {
        "serve": _Command(
            "web.commands.serve:serve",
            "The web service: pages for readers, JSON for programs.",
            ("readmore serve --host 0.0.0.0 --port 8000",),
        ),
        "keys": _Command(
            "web.commands.keys:keys",
            "Who may read, write and edit through the service.",
            (
                "readmore keys add 'the content system' --scope write",
                "readmore keys",
                "readmore keys withdraw 'the content system'",
            ),
        ),
        "config": _Command(
            "web.commands.config:config",
            "Show every setting of the service and where it is set.",
            ("readmore config", "readmore config --port 9000 --json"),
        ),
        "export": _Command(
            "web.commands.export:export_command",
            "Write the related block of every article into files.",
            ("readmore export site/related --link '/stories/{id}'",),
        ),
        "demo": _Command(
            "web.commands.demo:demo",
            "Index the sample archive, and serve it.",
            ("readmore --data readmore-demo demo --port 8000",),
        ),
    },
    "Measure and tune": {
        "eval": _Command(
            "recommender.commands.evaluate:eval_command",
            "Measure ranking on a test collection, each leg and fused.",
            (
                "readmore eval collections/cranfield",
                "readmore eval collections/cranfield --compare fusion bm25 --runs runs/",
            ),
        ),
        "tune": _Command(
            "search.commands.tune:tune_command",
            "Weigh words and vectors as judged queries or clicks say.",
            ("readmore tune collections/judged", "readmore tune --reset"),
        ),
        "learn": _Command(
            "recommender.commands.learn:learn",
            "Learn from links, grades and clicks what is related.",
            ("readmore learn --dry-run", "readmore learn", "readmore learn --undo"),
        ),
    },
    "Look after the archive": {
        "status": _Command("indexer.commands.status:status", "Show what the archive holds.", ("readmore status",)),
        "remove": _Command(
            "indexer.commands.remove:remove",
            "Take articles out of the archive.",
            ("readmore remove 2024-04-28-galileo-falcon-9",),
        ),
        "check": _Command(
            "recommender.commands.check:check",
            "Verify that all of it is intact, and mend it.",
            ("readmore check", "readmore check --repair", "readmore check --repair --from backups/monday"),
        ),
        "backup": _Command(
            "recommender.commands.backup:backup",
            "Back up all that cannot be derived, while it runs.",
            ("readmore backup backups/monday", "readmore backup backups/monday.zip"),
        ),
        "restore": _Command(
            "recommender.commands.backup:restore",
            "Put a backup back.",
            ("readmore --data new-archive restore backups/monday", "readmore restore --replace backups/monday.zip"),
        ),
        "reindex": _Command(
            "recommender.commands.reindex:reindex",
            "Rebuild every index while the old one serves.",
            ("readmore reindex",),
        ),
    },
}
_COMMANDS = {name: command for group in _GROUPS.values() for name, command in group.items()}

_EXAMPLES = (
    "readmore --data archive index posts/ export.jsonl.gz",
    "readmore --data archive search 'moon +landing -crewed'",
    "readmore --data archive related 2024-05-03-change-6-launches",
    "readmore --data archive serve --port 8000",
    "readmore related --help",
)

_CHANGING = (
    "index",
    "sync",
    "embed",
    "reindex",
    "remove",
    "restore",
)  # commands after which the archive is not what it was


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
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in _COMMANDS:
            return None
        module, attribute = _COMMANDS[name].place.split(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        command.epilog = _epilog(_COMMANDS[name].examples)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Finds the command; of one that there is not, the error names those that were probably meant."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            meant = difflib.get_close_matches(args[0], _COMMANDS)
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
        width = max(map(len, _COMMANDS))
        for title, group in _GROUPS.items():
            with formatter.section(title):
                formatter.write_dl([(name.ljust(width), command.summary) for name, command in group.items()])


@click.group(cls=_Commands, epilog=_epilog(_EXAMPLES), context_settings={"help_option_names": ["-h", "--help"]})
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
    if ctx.invoked_subcommand in _CHANGING:
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
