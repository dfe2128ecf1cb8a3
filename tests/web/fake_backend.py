"""An archive of a few articles in a list that behaves the same every time, for tests of the service alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from indexer.article.article import Article, Dateline
from indexer.base.archive_folder import ArchiveFolder
from indexer.base.errors import ArticleNotFoundError, QueryError, ReadmoreError
from indexer.schema import BASE, Schema
from recommender.related import Recommender
from recommender.request.options import RelatedOptions
from recommender.request.seeds import ArticleSeed, DraftSeed, Seed
from recommender.results import Block, Group, RelatedItem, RelatedResult
from search.curation.rules import EditorRules, parse_rules
from search.curation.rules_replacement import replace_rules
from search.filters.reading import Filters
from search.results import Excerpt, Hit, SearchResult, Suggestions
from search.usage.events import Click, EventSums
from web.writing.changes import Changed

_WORD = re.compile(r"\w+")
SITES = ("Orbital Dispatch", "Perihelion")
SECTIONS = ("MOON", "LAUNCH", "DEEP SPACE")

LEAD = Article(
    id="lander-reaches-rim",
    url="https://orbital.example/2024/lander-reaches-rim",
    title="Lander reaches the crater's rim",
    body=(
        "A lander the size of a van has set down on the rim of a crater that never sees the Sun.\n\n"
        "- 'Softer than planned' -\n\n"
        "It came to rest 300 metres from its target, the agency said.\n\n"
        "WHAT COMES NEXT\n\n"
        "The rover will be lowered on Friday. On board are:\n\n"
        "- a drill\n- a camera\n- a seismometer"
    ),
    authors=("Ada Mbeki", "Lars Holm"),
    date=datetime(2024, 3, 18, 9, 30, tzinfo=UTC),
    dateline=Dateline("Tokyo", "HNA"),
    section="MOON",
    site="Orbital Dispatch",
    tags=("moon", "lander"),
    language="en",
    fields={"series": ["A week at the rim"], "stars": 4},
    source="/home/editor/drafts/lander.md",
)
FRENCH = Article(
    id="sonde-revient",
    title="La sonde revient, après six ans d'été",
    body="Une sonde est rentrée dimanche avec l'échantillon que l'équipe attendait.",
    date=datetime(2024, 2, 2, tzinfo=UTC),
    section="DEEP SPACE",
    site="Perihelion",
    language="fr",
)
BARE = Article(id="bare", title="Nothing but a headline")


def archive() -> list[Article]:
    """43 articles: the three above, and 40 on rockets, one a day before the other."""
    rockets = [
        Article(
            id=f"rocket-{n}",
            url=f"https://perihelion.example/rocket-{n}",
            title=f"Rocket {n} leaves the Launchpad for orbit",
            body=f"Rocket {n} lifted off from the pad with {n} satellites on board.\n\nThe next one is due in a day.",
            authors=("Tomasz Wieliński",),
            date=datetime(2024, 1, 31, 12, tzinfo=UTC) - timedelta(days=n),
            section=SECTIONS[n % 3],
            site=SITES[n % 2],
        )
        for n in range(1, 41)
    ]
    return [LEAD, FRENCH, *rockets, BARE]


class FakeBackend:
    """Finds articles that contain all words of the query, newest first. Any two articles are related."""

    def __init__(self, articles: Iterable[Article] | None = None) -> None:
        self.articles = archive() if articles is None else list(articles)
        self.error: Exception | None = None  # raised by every method, for tests of what then
        self.block_error: Exception | None = None
        self.number = 7
        self.edited = ""
        self.rules_text = ""
        self.report: dict[str, Any] | None = None
        self.fallback = False
        self.notes: tuple[str, ...] = ()
        self.answer: dict[str, Any] = {}  # what else a search answers
        self.calls: list[tuple[str, Any]] = []

    def _note(self, name: str, arguments: Any = None) -> None:
        self.calls.append((name, arguments))
        if self.error is not None:
            raise self.error

    def search(
        self,
        query: str,
        *,
        limit: int,
        offset: int,
        filters: Filters,
        sort: str = "",
        facets: Sequence[str] = (),
        recency: str = "",
        typos: bool = True,
        fold: str = "",
        explain: bool = False,
    ) -> SearchResult:
        given = dict(filters) if isinstance(filters, Mapping) else {}
        asked = {"query": query, "limit": limit, "offset": offset, "filters": given or filters}
        others = {"sort": sort, "facets": tuple(facets), "recency": recency, "typos": typos, "fold": fold}
        self._note("search", asked | ({"sort": sort} if sort else {}))
        self._note("search_options", others)
        if query == "[":
            raise QueryError("the bracket at character 1 is never closed")
        words = {word.lower() for word in _WORD.findall(query)}
        found = [
            article
            for article in self.articles
            if words <= {word.lower() for word in _WORD.findall(f"{article.title} {article.body}")}
            and all(getattr(article, name) in values for name, values in given.items())
        ]
        hits = [
            Hit(article, 1.5, _marked(article.headline, words), _marked(article.body[:120], words))
            for article in found[offset : offset + limit]
        ]
        return replace(SearchResult(query, len(found), 1.25, tuple(hits), self.notes), **self.answer)

    def suggest(self, text: str, limit: int, filters: Filters | None = None) -> Suggestions:
        self._note("suggest", (text, limit, filters))
        return Suggestions(text, (), (), 0.5)

    def schema(self) -> Schema:
        return BASE

    def related(self, seed: Seed, options: RelatedOptions) -> RelatedResult:
        self._note("related", (seed, options))
        article = self._article_of(seed)
        others = [other for other in self.articles if other is not article]
        items = tuple(_item(other) for other in others[: options.limit])
        return RelatedResult(article.id, 2.5, items, self.fallback)

    def block(self, seed: Seed, options: RelatedOptions) -> Block:
        self._note("block", (seed, options))
        if self.block_error is not None:
            raise self.block_error
        return _block(self.related(seed, replace(options, limit=options.size or 7)))

    def _article_of(self, seed: Seed) -> Article:
        if isinstance(seed, DraftSeed):
            return seed.article
        return self.article(seed.id_or_url if isinstance(seed, ArticleSeed) else seed.ids_or_urls[-1])

    def unknown(self, ids: Sequence[str]) -> Sequence[str]:
        known = {article.id for article in self.articles}
        return [article_id for article_id in ids if article_id not in known]

    def click(self, click: Click) -> None:
        self._note("click", click)

    def count_view(self, article_id: str) -> None:
        self._note("count_view", article_id)

    def count_searches(self, made: Sequence[tuple[str, int, float]]) -> None:
        self._note("count_searches", [(query, found) for query, found, _ in made])

    def event_sums(self, days: int, limit: int) -> EventSums:
        self._note("event_sums", (days, limit))
        return EventSums(3, 2, [("moon", 3)], [], [(LEAD.id, 2)][:limit])

    def related_report(self) -> dict[str, Any] | None:
        self._note("related_report")
        return self.report

    def change(self, articles: Sequence[Article], withdrawn: Sequence[str]) -> Changed:
        self._note("change", ([article.id for article in articles], list(withdrawn)))
        before = {article.id: article for article in self.articles}
        after = before | {article.id: article for article in articles}
        removed = tuple(article_id for article_id in withdrawn if after.pop(article_id, None))
        new = [article for article in articles if article.id not in before]
        same = [article for article in articles if article.id in before and before[article.id] == article]
        self.articles = list(after.values())
        self.number += bool(len(same) < len(articles) or removed)
        return Changed(len(new), len(articles) - len(new) - len(same), len(same), removed)

    def rules(self) -> tuple[str, EditorRules]:
        self._note("rules")
        return self.rules_text, parse_rules(self.rules_text)

    def recommender(self) -> Recommender:
        raise ReadmoreError("there is nothing behind these answers")

    def replace_rules(
        self, entries: str | Sequence[Mapping[str, Any]], tag: str | None, by: str = ""
    ) -> tuple[str, EditorRules]:
        self._note("replace_rules", (entries, tag))
        with TemporaryDirectory() as folder:
            archive = ArchiveFolder(Path(folder))
            archive.rules.write_text(self.rules_text)
            self.rules_text, rules = replace_rules(archive, entries, tag, lambda ids: dict.fromkeys(ids))
        return self.rules_text, rules

    def translations(self, article_id: str) -> Sequence[Article]:
        self._note("translations", article_id)
        return []

    def article(self, id_or_url: str) -> Article:
        self._note("article", id_or_url)
        for article in self.articles:
            if id_or_url in (article.id, article.url):
                return article
        raise ArticleNotFoundError(id_or_url)

    def latest(self, limit: int) -> Sequence[Article]:
        self._note("latest", limit)
        return self.articles[:limit]

    def subjects(self, limit: int) -> Sequence[str]:
        self._note("subjects", limit)
        return ("Launchpad", "Voyager 1")[:limit] if self.articles else ()

    def status(self) -> dict[str, Any]:
        self._note("status")
        return {"path": "/srv/readmore-data", "articles": len(self.articles), "generation": self.number, "segments": 1}

    def generation(self) -> int:
        self._note("generation")
        return self.number

    def edition(self) -> str:
        self._note("edition")
        return self.edited

    def count(self) -> int:
        self._note("count")
        return len(self.articles)

    def searched(self, part: str = "search") -> dict[str, Any]:
        """What the last search was asked; of `search_options` what was asked of it beside."""
        arguments: dict[str, Any] = [arguments for name, arguments in self.calls if name == part][-1]
        return arguments


def _block(result: RelatedResult) -> Block:
    items = result.related
    groups = [Group("Rockets & pads", items[1:4]), Group("Été", items[4:7])]
    return Block(result.id, 3.5, items[0] if items else None, tuple(group for group in groups if group.items))


def _item(article: Article) -> RelatedItem:
    excerpt = article.body[:40] + " ..." if len(article.body) > 40 else article.body
    return RelatedItem(article, 0.5, f"both are about <{article.section or 'nothing'}>", excerpt)


def _marked(text: str, words: set[str]) -> Excerpt:
    return Excerpt(text, tuple(found.span() for found in _WORD.finditer(text) if found[0].lower() in words))
