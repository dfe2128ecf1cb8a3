"""One run over some sources: reads each, stores what is new, takes out what is not there any more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

from indexer.archive import AddReport, Archive
from indexer.article.article import Article
from indexer.article.publicity import Calendar
from indexer.base.errors import ReadmoreError
from indexer.base.processes import Workers
from indexer.base.progress import Progress
from indexer.intake.copied import copied
from indexer.intake.intake import Intake, text_key
from indexer.intake.known_options import OPTIONS, STANDARD_INPUT, KnownOptions, place_of
from indexer.intake.members import Members
from indexer.intake.own_language import OwnLanguage
from indexer.intake.url_pattern import UrlPattern
from indexer.settings import SourceSettings
from indexer.sources import Item, Refused, documents_in, read_documents, read_source, shared_ids, with_known
from indexer.sources.crawl.crawl import Crawl, is_address
from indexer.sources.crawl.fetching import Fetcher
from indexer.sources.crawl.memory import Memory
from indexer.sources.file_ids import FileIds

LIMIT = 10
"""One in so many of the archive's articles may be taken out in a run because sources do not have them any more. One
that is there under another id does not count: it is not lost."""
FEW = 3
"""So many may always be taken out, as long as the source has something left: of a small site one post is a tenth."""


def check_readable(sources: list[SourceSettings]) -> None:
    """Raises ReadmoreError as a run over `sources` would, but without an archive: if a pattern of addresses is none, or
    if at none of their places there is anything that can be read. What is on the web is not asked for."""
    errors = []
    for source in sources:
        if source.url:
            UrlPattern(source.url)
        if not is_address(source.place) and source.place != STANDARD_INPUT:
            try:
                documents_in(source.place)
            except ReadmoreError as error:
                errors.append(str(error))
    if errors and len(errors) == len(sources):
        raise ReadmoreError("; ".join(errors))


@dataclass(slots=True)
class Run:
    """What became of some sources."""

    added: AddReport = field(default_factory=AddReport)
    passed_over: Counter[str] = field(default_factory=Counter)
    withdrawn: list[str] = field(default_factory=list)  # ids of articles that are not for the public any more
    pruned: list[str] = field(default_factory=list)  # ids of those that their source does not have any more
    renamed: list[str] = field(default_factory=list)  # ids of those whose text their source has under another id
    kept: dict[str, str] = field(default_factory=dict)  # sources nothing was taken out of, and why
    as_before: list[SourceSettings] = field(default_factory=list)  # sources with options that this run did not say
    lacking: list[SourceSettings] = field(default_factory=list)  # sources of articles without an address
    copies: dict[str, str] = field(default_factory=dict)  # ids of what came in and is a copy, and of which article


class Runner:
    """Brings an archive in step with sources. `dry` changes nothing and counts all the same; `prune` takes out what
    sources do not have any more, `all_of_them` even if that is more than `LIMIT` and `FEW` allow; with `only_new`
    nothing is said that the run before has said already."""

    def __init__(
        self,
        archive: Archive,
        progress: Progress,
        *,
        workers: int | None = None,
        prune: bool = True,
        all_of_them: bool = False,
        dry: bool = False,
        only_new: bool = False,
    ) -> None:
        self._archive = archive
        self._progress = progress
        self._workers = workers
        self._prune = prune
        self._all_of_them = all_of_them
        self._dry = dry
        self._only_new = only_new
        self.run = Run()
        self.intake: Intake

    def over(self, sources: list[SourceSettings]) -> Run:
        """Reads all `sources`. Raises ReadmoreError if there is nothing to read at all."""
        archive = self._archive
        last_before = archive.store.last_seq()
        files = [each.place for each in sources if not is_address(each.place)]
        file_ids = FileIds(archive.store.fetch, shared_ids(files))
        settings = archive.settings()
        calendar = Calendar(zone=settings.zone)
        language = OwnLanguage.of(archive)
        self.intake = Intake(
            self._progress, file_ids, self._is_stored, archive.store.has_url, calendar, language, settings.fields
        )
        for each in sources:
            if each.url:
                UrlPattern(each.url)  # or else it is refused before anything is read
        errors = []
        with closing(Members(":memory:" if self._dry else archive.folder.members)) as members:
            if self._dry and archive.folder.members.exists():
                members.copy(archive.folder.members)
            known = KnownOptions(settings.sources, members)
            for said in sources:
                source, place = known.completed(said), place_of(said)
                self.run.as_before += [source] if source != said else []
                before, without = members.said(place), self.intake.without_address
                self.intake.begin(source.site, known.addresses(source), before if self._only_new else frozenset())
                try:
                    complete = self._read(source)
                except ReadmoreError as error:
                    errors.append(error)
                    self.intake.refused.append(Refused(source.place, str(error)))
                    if len(errors) < len(sources):  # or else it is raised below, and said there
                        self.intake.say(f"refused: {error}")
                    members.keep_said(place, before | self.intake.said)
                    continue
                self.run.lacking += [source] if self.intake.without_address > without else []
                self._settle(source, members, complete)
                members.keep_said(place, self.intake.said)
        if sources and len(errors) == len(sources):
            raise errors[-1]
        self._withdraw()
        if not self._dry:
            if self.run.added.added or self.run.added.changed:
                self._progress.phase("fitting the archive's vector space, merging segments")
            archive.maintain()
            if self.run.added.added or self.run.added.changed:
                self._progress.phase("looking for copies")
                self.run.copies = dict(copied(archive, last_before))
        return self.run

    def _read(self, source: SourceSettings) -> bool:
        """Stores what a source has. True if that is all that it has, so that what is not there is gone."""
        if is_address(source.place):
            return self._crawl(source)
        items = read_source(
            source.place,
            workers=self._workers,
            passed_over=self.run.passed_over,
            mapping=source.mapping,
            language=source.language,
        )
        self._store(items)
        return source.place != STANDARD_INPUT

    def _crawl(self, source: SourceSettings) -> bool:
        """Stores what is at an address, slice by slice, so that an interrupted run goes on where it was."""
        store, intake = self._archive.store, self.intake
        memory = Memory(self._archive.folder.crawled, lambda article_id: bool(store.fetch([article_id])), source.place)

        with closing(memory), Workers(self._workers) as workers:

            def read(documents: Iterable[Any]) -> Iterator[Item]:
                return read_documents(with_known(documents, source.mapping, source.language), workers)

            fetcher = Fetcher(allow_private=source.private)
            crawl = Crawl(source.place, fetcher, memory, read, self.run.passed_over)
            for items in crawl.slices():
                self._progress.expect(crawl.total)
                self._store(items)
                if not self._dry:
                    memory.save(intake.ids)
                intake.ids.clear()
            if not self._dry:
                memory.finish()
        return crawl.complete

    def _store(self, items: Iterator[Any]) -> None:
        articles = self.intake.articles([items])
        added = self._preview(articles) if self._dry else self._archive.add(articles, workers=self._workers)
        self.run.added.added += added.added
        self.run.added.changed += added.changed
        self.run.added.unchanged += added.unchanged

    def _preview(self, articles: Iterable[Article]) -> AddReport:
        """What adding these would report."""
        report = AddReport()
        for article in articles:
            before = self._archive.store.fetch([article.id]).get(article.id)
            if before is None:
                report.added += 1
            elif before.digest() == article.digest():
                report.unchanged += 1
            else:
                report.changed += 1
        return report

    def _is_stored(self, article: Article) -> bool:
        before = self._archive.store.fetch([article.id]).get(article.id)
        return before is not None and before.digest() == article.digest()

    def _settle(self, source: SourceSettings, members: Members, complete: bool) -> None:
        """Takes out what a source has no more, and remembers what it has."""
        if source.place == STANDARD_INPUT:
            return
        present, place = self.intake.present, place_of(source)
        stored = self._archive.store.fetch(members.gone(place, present) if complete else [])
        renamed = sorted(i for i, article in stored.items() if article.body and text_key(article) in self.intake.texts)
        withheld = self.intake.ids_to_remove()  # which go in any case
        gone = sorted(stored.keys() - {*renamed, *withheld}) if self._prune and source.prune else []
        total = self._archive.store.count() + (0 if self._dry else len(self.run.pruned))
        if gone and self.intake.lost_track:
            self._keep(place, f"{len(gone):,} are not there, but some of it could not be read")
        elif len(self.run.pruned) + len(gone) > max(total // LIMIT, FEW if present else 0) and not self._all_of_them:
            self._keep(place, f"{len(gone):,} of {total:,} are not there: give --yes to take out so many")
        else:
            self.run.pruned += self._take_out(gone, place, members)
        self.run.renamed += self._take_out(renamed, place, members)
        members.add(place, present)
        for option in sorted({*OPTIONS} - source.left_out):
            members.keep_option(place, option, getattr(source, option))

    def _keep(self, place: str, reason: str) -> None:
        """Says at once that nothing is taken out of a source: articles that their site has deleted are still found."""
        self.run.kept[place] = reason
        self.intake.say(f"nothing taken out of what came from {place}: {reason}")

    def _take_out(self, ids: list[str], place: str, members: Members) -> list[str]:
        if ids:
            members.drop(place, ids)
        return ids if self._dry or not ids else self._archive.remove(ids)[0]

    def _withdraw(self) -> None:
        ids = self.intake.ids_to_remove()
        if self._dry:
            self.run.withdrawn = sorted(self._archive.store.fetch(ids))
        elif ids:
            self.run.withdrawn = self._archive.remove(ids)[0]
