"""The command that adds articles from files, folders and standard input."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import click

from indexer.archive import AddReport, Archive
from indexer.article.article import Article
from indexer.article.typed_values import problems
from indexer.article.urls import id_from_url
from indexer.base.errors import ReadmoreError
from indexer.base.progress import Progress
from indexer.commands.shared import DONE, SOME_REFUSED, print_json
from indexer.schema import Field
from indexer.sources import Accepted, Item, Refused, count_articles, listed, read_documents, read_source, shared_ids
from indexer.sources.crawl.crawl import Crawl, CrawlItem, is_address
from indexer.sources.crawl.fetching import Fetcher
from indexer.sources.crawl.memory import Memory
from indexer.sources.file_ids import FileIds, source_of
from indexer.sources.record import ALIASES


@dataclass(slots=True)
class Intake:
    """Reads sources and keeps count of what was refused, withheld or mended on the way."""

    progress: Progress
    file_ids: FileIds
    fields: tuple[Field, ...] = ()  # the declared ones, whose values are looked at
    refused: list[Refused] = field(default_factory=list)
    withheld: list[Refused] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    accepted: int = 0
    headline_only: int = 0
    named_by_folder: int = 0
    pages_unchanged: int = 0
    ids: dict[str, str] = field(default_factory=dict)  # of the articles made of pages on the web, by their addresses
    _seen: dict[str, str] = field(default_factory=dict)
    _hidden: dict[str, None] = field(default_factory=dict)  # ids whose last article is withheld

    def articles(self, sources: Sequence[Iterator[CrawlItem]]) -> Iterator[Article]:
        """The articles of all sources; what is wrong with the others is said at once."""
        for items in sources:
            for item in items:
                self.progress.advance()
                if isinstance(item, Accepted):
                    yield self._accept(item)
                elif isinstance(item, Refused):
                    self._refuse(item)
                else:
                    self.pages_unchanged += 1
                    self._seen.setdefault(item.id, item.where)

    def ids_to_remove(self) -> list[str]:
        """The ids of articles that are not for the public any more; call it when all are read."""
        return list(self._hidden)

    def _refuse(self, item: Refused) -> None:
        named = f" (id {item.id})" if item.id else ""
        self.progress.say(f"{'withheld' if item.withheld else 'refused'}: {item.where}: {item.reason}{named}")
        if item.withheld:
            self.withheld.append(item)
            known = item.id if item.file is None else self.file_ids.id_of_withheld(item.id, item.file, self._seen)
            if known:
                self._hidden[known] = None
        else:
            self.refused.append(item)

    def _accept(self, item: Accepted) -> Article:
        article, notes = self._with_its_id(item)
        if item.file is None and is_address(item.where):
            self.ids[item.where] = article.id
        self._hidden.pop(article.id, None)
        self.accepted += 1
        self.headline_only += not article.body
        before = self._seen.setdefault(article.id, item.where)
        warnings = [*item.warnings, *notes, *problems(self.fields, article.fields)]
        if before != item.where:
            warnings.append(f"the id {article.id} was at {before} already; this later article takes its place")
        for warning in warnings:
            self.warnings.append(f"{item.where}: {warning}")
            self.progress.say(f"warning: {item.where}: {warning}")
        return article

    def _with_its_id(self, item: Accepted) -> tuple[Article, list[str]]:
        """The article, which gets another id where its own is another file's, and what is to be said of that."""
        article = item.article
        if item.file is None or (article.url and article.id == id_from_url(article.url)):
            return article, []
        article = replace(article, source=source_of(article.source, item.file))
        article_id, holder = self.file_ids.id_for(article, item.file, self._seen)
        if article_id == article.id:
            return article, []
        self.named_by_folder += 1
        notes = [f"the id {article.id} is that of the article at {holder}: {article_id} is used"] if holder else []
        return replace(article, id=article_id), notes


def mapping_of(values: Sequence[str]) -> dict[str, str]:
    """Which key of a record is which field, of texts like ``title=Headline``. Raises click.BadParameter for a field
    that articles do not have."""
    mapping = {}
    for value in values:
        name, _, key = (part.strip() for part in value.partition("="))
        if name not in ALIASES or not key:
            fields = ", ".join(ALIASES)
            raise click.BadParameter(f"{value!r} is not FIELD=KEY with one of these fields: {fields}")
        mapping[name] = key
    return mapping


@click.command()
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE...")
@click.option(
    "--map",
    "mapping",
    multiple=True,
    metavar="FIELD=KEY",
    callback=lambda context, option, values: mapping_of(values),
    help="Where records of JSON and tables have a field: title=Headline, body=content.html.",
)
@click.option("--private", is_flag=True, help="Fetch from addresses of this machine and its network, too.")
@click.option("--workers", type=click.IntRange(1, 64), help="Processes that share the work (default: one per core).")
@click.option("--json", "as_json", is_flag=True, help="Print the result as one JSON document.")
@click.pass_obj
def index(
    obj: dict[str, Any],
    sources: tuple[str, ...],
    mapping: dict[str, str],
    private: bool,
    workers: int | None,
    as_json: bool,
) -> None:
    """Add or update articles from files, folders and addresses; '-' reads JSON Lines from standard input.

    An address is a page, a sitemap, a feed, or a site's front page, whose sitemap is looked for. What robots.txt asks
    is kept to, and pages that have not changed are not fetched again.

    Unchanged articles are skipped. Drafts and what else is not for the public are withheld, and taken out if they were
    in. Exits with 1 if any article was refused, or if a folder has nothing that can be read.
    """
    started = time.perf_counter()
    passed_over: Counter[str] = Counter()
    addresses = [source for source in sources if is_address(source)]
    files = [source for source in sources if not is_address(source)]
    readers, unreadable = _open_all(files, workers, passed_over, mapping)
    totals = [None if is_address(source) else count_articles(source) for source in sources]
    total = None if None in totals else sum(filter(None, totals))
    with Archive.create(obj["data"]) as archive, Progress("reading", total) as progress:
        file_ids = FileIds(archive.store.fetch, shared_ids(files))
        intake = Intake(progress, file_ids, archive.settings().fields)
        for refusal in unreadable:
            intake.refused.append(refusal)
            progress.say(f"refused: {refusal.reason}")
        report = archive.add(intake.articles(readers), workers=workers)
        for address in addresses:
            _crawl(address, archive, intake, report, passed_over, Fetcher(allow_private=private), workers)
        removed = _take_out(archive, intake.ids_to_remove())
        if report.added or report.changed:
            progress.phase("fitting the archive's vector space, merging segments")
        archive.maintain()
    took = time.perf_counter() - started
    result = {
        "articles": intake.accepted + intake.pages_unchanged,
        "added": report.added,
        "changed": report.changed,
        "unchanged": report.unchanged + intake.pages_unchanged,
        "headline_only": intake.headline_only,
        "removed": removed,
        "named_by_folder": intake.named_by_folder,
        "refused": list(map(_shown, intake.refused)),
        "withheld": list(map(_shown, intake.withheld)),
        "passed_over": dict(passed_over.most_common()),
        "warnings": intake.warnings,
        "took_s": round(took, 3),
    }
    if as_json:
        print_json(result)
    else:
        click.echo(_summary(result, obj["data"]))
    sys.exit(SOME_REFUSED if intake.refused else DONE)


def _crawl(
    address: str,
    archive: Archive,
    intake: Intake,
    report: AddReport,
    passed_over: Counter[str],
    fetcher: Fetcher,
    workers: int | None,
) -> None:
    """Adds what is at `address`, slice by slice, so that an interrupted run goes on where it was."""
    memory = Memory(archive.folder.crawled, lambda article_id: bool(archive.store.fetch([article_id])))
    with closing(memory):
        crawl = Crawl(address, fetcher, memory, partial(read_documents, workers=workers), passed_over)
        for items in crawl.slices():
            intake.progress.expect(crawl.total)
            added = archive.add(intake.articles([items]), workers=workers)
            report.added += added.added
            report.changed += added.changed
            report.unchanged += added.unchanged
            memory.save(intake.ids)
            intake.ids.clear()


def _take_out(archive: Archive, ids: Sequence[str]) -> list[str]:
    """Removes articles that were published once and no longer are. Returns those that were there."""
    return archive.remove(ids)[0] if ids else []


def _shown(item: Refused) -> dict[str, str]:
    return {"where": item.where, "id": item.id, "reason": item.reason}


def _open_all(
    sources: Sequence[str], workers: int | None, passed_over: Counter[str], mapping: Mapping[str, str]
) -> tuple[list[Iterator[Item]], list[Refused]]:
    """Readers for the sources that are there, refusals for the others. Raises if there is nothing to read at all."""
    readers, refused = [], []
    for source in sources:
        try:
            readers.append(read_source(source, workers=workers, passed_over=passed_over, mapping=mapping))
        except ReadmoreError as error:
            refused.append(Refused(source, str(error)))
    if refused and not readers:
        for refusal in refused[:-1]:
            click.echo(f"readmore: {refusal.reason}", err=True)
        raise ReadmoreError(refused[-1].reason)
    return readers, refused


def _summary(result: dict[str, Any], data: Path) -> str:
    parts = [f"{result['added']:,} new", f"{result['changed']:,} changed", f"{result['unchanged']:,} unchanged"]
    lines = [f"{result['articles']:,} articles: {', '.join(parts)}"]
    if result["headline_only"]:
        lines.append(f"{result['headline_only']:,} of them have only a headline")
    if result["named_by_folder"]:
        lines.append(f"{result['named_by_folder']:,} have their folders in their ids: others have the same file name")
    if result["withheld"]:
        removed = f"; {len(result['removed']):,} that had been in the archive taken out" if result["removed"] else ""
        lines.append(f"{len(result['withheld']):,} withheld as not for the public, each named above{removed}")
    if result["refused"]:
        lines.append(f"{len(result['refused']):,} refused, each named above")
    if result["passed_over"]:
        lines.append(f"passed over as hidden or of a kind that is not read: {listed(Counter(result['passed_over']))}")
    lines.append(f"in {data}, {result['took_s']:.1f} s")
    return "\n".join(lines)
