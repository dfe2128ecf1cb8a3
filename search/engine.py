"""The engine: an archive opened for searching. It runs on anything that has an index and the stored articles."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable, Mapping, Sequence, Set
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from indexer.article.article import Article
from indexer.base.archive_folder import ArchiveFolder
from indexer.base.errors import QueryError
from search.curation.rules import NO_RULES, EditorRules
from search.dates.behind_fields import with_dates_written_out
from search.dates.dated import dated
from search.enforcement.asking import Answer, Asked
from search.enforcement.query_rules import QueryRules
from search.enforcement.rules_in_force import RulesInForce
from search.excerpt.hits import hits_of
from search.facets.facets import MAX_VALUES, FacetCounter, checked
from search.facets.facets import facets as count_facets
from search.filters.reading import Filters, read_filters
from search.query.leaves import text_terms
from search.query.parser import ParsedQuery, parse
from search.ranking.explain import explain_hit, explained
from search.ranking.folding import Folding, depth_for, folded
from search.ranking.fusion import DEFAULT, FusionSettings
from search.ranking.ordering import read_sort
from search.ranking.rank import Ranking, rank
from search.ranking.recency import OFF, Recency, read_recency
from search.ranking.rerank import FIRST, Reranker, reranked
from search.reader.articles import Articles
from search.reader.index import Index, IndexSource
from search.reader.translations import Translations
from search.results import MAX_SUGGESTIONS, Correction, Explanation, Facet, SearchResult, Suggestions
from search.rewriting.apostrophes import with_apostrophes
from search.rewriting.as_meant import as_meant
from search.rewriting.telling_words import without_telling_words
from search.rewriting.variants import with_variants
from search.rewriting.whole_headline import with_whole_headline
from search.spelling.correct import corrected
from search.spelling.names import among_names
from search.spelling.near_keys import NearKeysOfIndex, names_of
from search.suggest.background import Background
from search.suggest.suggester import Suggester, nobody_counts

MAX_LIMIT = 1000


def default_settings() -> FusionSettings:
    """How words and vectors are weighed where nobody has tuned it."""
    return DEFAULT


def no_rules() -> EditorRules:
    """What editors decided where nobody can."""
    return NO_RULES


@dataclass(frozen=True, slots=True)
class _Order:
    """How what is found is put in order, see `Engine.search`."""

    sort: str | Sequence[str]
    recency: Recency
    reranker: Reranker | None
    folding: Folding | None


class Engine:
    """Searches an archive. Safe to use from several threads; sees what a writer commits without being reopened.
    `readmore.open_engine` makes one for the archive in a folder.

    `fusion_settings` says, each time it is called, how words and vectors are weighed, `rules` what editors decided, and
    `reads` how often articles were read of late, both the same object as long as it is the same. `reopen` opens the
    same archive once more, in another process for instance: it can be pickled where what it needs can. `folder` is
    where the archive is, None where it is in none: then it has the default settings, and `name` tells it from other
    archives.
    """

    def __init__(
        self,
        source: IndexSource,
        articles: Articles,
        fusion_settings: Callable[[], FusionSettings] = default_settings,
        *,
        rules: Callable[[], EditorRules] = no_rules,
        reads: Callable[[], Mapping[str, int]] = nobody_counts,
        reopen: Callable[[], Engine] | None = None,
        folder: ArchiveFolder | None = None,
        name: str = "an archive in no folder",
    ) -> None:
        self._source = source
        self._articles = articles
        self.fusion_settings = fusion_settings
        self._rules = RulesInForce(rules, articles.seqs)
        self._near_keys, self._near_names = NearKeysOfIndex(), NearKeysOfIndex(names_of)
        self._preparing = Background("preparing for slips", "the first search with a slip has to wait for its words")
        self._translations = Translations(articles)
        self._suggester = Suggester(articles, self._near_keys, reads, folder.related if folder is not None else None)
        self.reopen: Callable[[], Engine] = reopen or partial(
            Engine, source, articles, fusion_settings, rules=rules, reads=reads
        )
        self.folder = folder
        self.name = name if folder is None else str(folder.path.resolve())

    def under(self, rules: EditorRules) -> Engine:
        """An engine on the same files that answers as if these were the editors' rules: to see what they would do.
        It lives as long as this one and is not closed."""
        other = copy.copy(self)
        other._rules = RulesInForce(lambda: rules, self._articles.seqs)
        return other

    def close(self) -> None:
        """Lets go of the archive's files."""
        self._preparing.close()
        self._suggester.close()
        self._source.close()
        self._articles.close()

    def __enter__(self) -> Engine:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    def index(self) -> Index:
        """The current generation of the index; a consistent view for as long as it is kept."""
        return self._source.current()

    def explaining_damage(
        self, index: Index | None = None, *, wait: bool | None = None
    ) -> AbstractContextManager[None]:
        """See `IndexSource.explaining_damage`."""
        return self._source.explaining_damage(index, wait=wait)

    def search(
        self,
        query: str,
        *,
        limit: int = 10,
        offset: int = 0,
        filters: Filters | None = None,
        sort: str | Sequence[str] = "",
        reranker: Reranker | None = None,
        facets: Sequence[str] = (),
        facet_limit: int = MAX_VALUES,
        recency: Recency | str = OFF,
        folding: Folding | None = None,
        typos: bool = True,
        explain: bool = False,
    ) -> SearchResult:
        """The articles that answer a query, best first, from `offset` on.

        `filters` says which articles may be found: a text in the filter language, a list, or a mapping from a field
        (section, site, author, tag, language, place, agency, date, year, words, or one that `readmore.toml` declares)
        to the values allowed, which for dates and numbers are ranges as in a query; docs/filters.md has all of it.
        `sort` is ``relevance``, ``newest``, ``oldest`` or fields that can be sorted by, with a minus before a name for
        the highest first: what is found comes in this order, those without a value last.
        `facets` names the fields to count values of, in all that is found, at most `facet_limit` values of each.
        `recency` is a preference for newer articles, as text (``off``, ``strong``, ``30d``) or as it is read.
        `folding` puts hits that belong together under the best of them; the total is then without these.
        A `reranker` orders the first `rerank.FIRST` articles for plain words. The hits' scores stay those of the
        fusion; the reranker's are among their legs.
        With `typos` words that the archive does not have are looked for as those that they may be slips of, and the
        result has the corrected query. With `explain` every hit has its `explanation`, which takes about as long for
        each as the search itself; of a query of very many words only the first hits have theirs.

        What is found, and how many, is the same whatever the page and the order. Raises QueryError for an empty query,
        and for a query, a filter, an order or a facet that cannot be answered as asked.
        """
        started = time.perf_counter()
        _check_page(query, limit, offset)
        index, rules = self._rules.public(self.index())
        with self.explaining_damage(index):
            condition = read_filters(filters, index.schema)
            counted = checked(facets, facet_limit, index.schema)
            asked, correction = self._asked(index, rules, query, typos)
            order = _Order(sort, _preference(recency), reranker, folding)
            answer, under = self._ordered(asked, condition, offset + limit, order)
            page = asked.placed(answer.ranking, offset + limit, sort)
            whys = _whys(asked, answer, page, offset, correction) if explain else ()
            hits = hits_of(index, self._articles, answer.query, page, offset, under, asked.pinned(sort), whys)
            of_fields = count_facets(index, answer.ranking.found, condition, counted, facet_limit)
        return SearchResult(
            query,
            answer.ranking.total,
            (time.perf_counter() - started) * 1000,
            hits,
            _notes(answer, order, correction, len(whys) if explain else len(hits), len(hits)),
            facets=of_fields,
            incomplete=answer.incomplete,
            redirect=asked.decision.redirect,
            correction=correction,
            of_today=asked.of_today,
        )

    def suggest(self, text: str, limit: int = 5, *, filters: Filters | None = None) -> Suggestions:
        """What is offered while somebody types `text`: at most `limit` articles, first those whose headlines begin so,
        then those whose headlines have its words, the last of them perhaps not typed to its end, then those that have
        words of which these may be slips, each time those that are read most of late first and then the newest; as many
        queries, the last word typed to its end, or with what several headlines have behind it; and as many names of
        authors, places, sections and tags, and of those whom texts name. Articles that are withheld, or that editors
        hide, are not offered. With `filters`, as `search` takes them, everything is of the articles that satisfy them:
        of one site, say. Raises QueryError for a limit that is not from 0 to `MAX_SUGGESTIONS`, and for a filter that
        cannot be read."""
        if not 0 <= limit <= MAX_SUGGESTIONS:
            raise QueryError(f"limit must lie between 0 and {MAX_SUGGESTIONS}")
        index = self.index()
        with self.explaining_damage(index):
            rules = self._rules.over(index)
            hidden = rules.hidden([text]) if rules is not None else frozenset()
            condition = read_filters(filters, index.schema)
            return self._suggester.suggest(index, text, limit, hidden, condition)

    def prepare_for_slips(self) -> None:
        """Begins to make, beside those who search, what the first search with a slip would wait for, where it is not
        there for this generation: a quarter of a second for 150,000 different words. A service calls it with every
        search; one search alone has nothing of it."""
        index = self.index()
        missing = [keys for keys in (self._near_keys, self._near_names) if not keys.has(index)]
        if missing:
            self._preparing.start(partial(_make, missing, index))

    def keep(self) -> None:
        """Keeps what suggesting needs of the current generation for the next process. Raises OSError or WriteError
        where it cannot be written."""
        self._suggester.keep(self.index())

    def is_kept(self) -> bool:
        """Whether next to nothing is left for `keep`."""
        return self._suggester.is_kept(self.index())

    def facet(
        self,
        name: str,
        *,
        query: str = "*",
        containing: str = "",
        filters: Filters | None = None,
        limit: int = MAX_VALUES,
        typos: bool = True,
    ) -> Facet:
        """The facet of one field in what a query finds, with those values only that contain a text, upper and lower
        case being the same: what a box above a long list of authors asks. Raises what `search` raises."""
        index, rules = self._rules.public(self.index())
        with self.explaining_damage(index):
            checked([name], limit, index.schema)
            condition = read_filters(filters, index.schema)
            ranking = self._asked(index, rules, query, typos)[0].answer(0, condition, self.fusion_settings()).ranking
            return FacetCounter(index, ranking.found, condition).facet(name, limit, containing)

    def explain(
        self, query: str, article_id: str, *, recency: Recency | str = OFF, typos: bool = True
    ) -> Explanation | None:
        """Why an article has its score for a query: what every leg adds to it, and the numbers behind BM25F's share.
        None if the query does not find it; `typos` are as for `search`. Raises what `search` raises, and
        ArticleNotFoundError."""
        seq, _ = self.article_with_seq(article_id)
        index, rules = self._rules.public(self.index())
        with self.explaining_damage(index):
            asked, correction = self._asked(index, rules, query, typos)
            answer = asked.answer(index.max_doc, None, self.fusion_settings(), recency=_preference(recency))
            places = np.flatnonzero(answer.ranking.docs == index.doc_of(seq))
            return _why(asked, answer, answer.ranking, int(places[0]), correction) if len(places) else None

    def _asked(
        self, index: Index, rules: QueryRules | None, query: str, typos: bool
    ) -> tuple[Asked, Correction | None]:
        """What a query is searched as under the editors' rules over an index, and its correction."""
        hidden = rules.hidden([query]) if rules is not None else frozenset()
        written = with_dates_written_out(query, index.languages(), index.schema)
        parsed = parse(written.text, index.languages(), index.schema)
        if written.notes:
            parsed = replace(parsed, notes=(*written.notes, *parsed.notes))
        whole = with_whole_headline(index, parsed, self.articles, self.seqs, hidden)
        meant = as_meant(index, whole, partial(self._articles_but, index, hidden))
        date = dated(index, meant)
        words = meant if date is None else date.query
        searched, correction = corrected(index, self._near_keys, self._near_names, words) if typos else (words, None)
        varied = with_apostrophes(index, with_variants(index, without_telling_words(index, searched)))
        spelled = among_names(index, varied)
        if date is not None:
            correction = date.corrected(correction)
        asked = Asked.of(index, spelled, rules, query, date)
        if spelled != words and asked.shows_hidden(spelled, words):  # what was meant by it is no word to show either
            asked, correction = Asked.of(index, words, rules, query, date), None
        return replace(asked, has_dates_from_today=written.from_today), correction

    def _ordered(
        self, asked: Asked, condition: Filters | None, depth: int, order: _Order
    ) -> tuple[Answer, Mapping[int, Sequence[int]]]:
        """What a query finds, in order and as far as the first `depth` that are shown, and which docs are folded under
        which of these."""
        query, reranker, folding = asked.query, order.reranker, order.folding
        reads = (
            reranker is not None
            and query.is_plain
            and bool(text_terms(query.tree, query.schema))
            and not read_sort(order.sort, asked.index.schema)
        )
        ranked = depth if folding is None else depth_for(depth)
        needed = max(ranked, FIRST) if reads else ranked
        answer = asked.answer(needed, condition, self.fusion_settings(), order.sort, order.recency)
        ranking = answer.ranking
        if reranker is not None and reads:
            ranking = self._rerank(asked.index, answer.query, ranking, reranker)
        under: Mapping[int, Sequence[int]] = {}
        if folding is not None:
            ranking, under = folded(asked.index, asked.to_fold(ranking, order.sort), folding)
        return replace(answer, ranking=ranking), under

    def _rerank(self, index: Index, parsed: ParsedQuery, ranking: Ranking, reranker: Reranker) -> Ranking:
        ids = [index.article_id(doc) for doc in ranking.docs[:FIRST].tolist()]
        articles = self.articles(ids)
        scores = reranker.scores(parsed.text, list(articles.values()))
        return reranked(ranking, ids, dict(zip(articles, scores.tolist(), strict=True)))

    def articles(self, ids: Sequence[str]) -> dict[str, Article]:
        """The stored articles with these ids; ids that are not there are left out."""
        return self._articles.fetch(ids)

    def _articles_but(self, index: Index, hidden: Set[int], ids: Sequence[str]) -> dict[str, Article]:
        """Those of some articles that are not among the docs `hidden`, whose ids few searches ask for."""
        gone = {index.article_id(doc) for doc in hidden}
        return self.articles([article_id for article_id in ids if article_id not in gone])

    def versions(self, seqs: Sequence[int]) -> dict[int, Article]:
        """The stored articles with these store sequence numbers; those that are gone are left out."""
        return self._articles.versions(seqs)

    def article(self, id_or_url: str) -> Article:
        """The stored article with this id or URL. Raises ArticleNotFoundError."""
        return self.article_with_seq(id_or_url)[1]

    def article_with_seq(self, id_or_url: str) -> tuple[int, Article]:
        """The stored article with this id or URL behind its store sequence number. Raises ArticleNotFoundError."""
        return self._articles.get_with_seq(id_or_url)

    def seqs(self, ids_or_urls: Sequence[str]) -> dict[str, int]:
        """The store sequence numbers of the articles with these ids or URLs; those not there are left out."""
        known, waiting = self._articles.seqs(ids_or_urls), self.index().waiting
        return {name: seq for name, seq in known.items() if seq not in waiting} if waiting else known

    def translation_seqs(self) -> Mapping[int, tuple[int, ...]]:
        """By the store sequence numbers of the articles that have copies in other languages those of the copies, one
        for each language."""
        return self._translations.of(self.index())

    def translations(self, id_or_url: str) -> list[Article]:
        """The copies of an article in other languages, by language. Raises ArticleNotFoundError."""
        copies = self.translation_seqs()
        if not copies:
            return []
        seqs = copies.get(self.article_with_seq(id_or_url)[0], ())
        return sorted(self.versions(seqs).values(), key=lambda copy: (copy.language, copy.id))

    def withheld(self, after: int, up_to: int) -> list[tuple[int, float]]:
        """See `Articles.withheld`."""
        return self._articles.withheld(after, up_to)

    def urls(self) -> list[str]:
        """The URLs of all articles that have one."""
        return self._articles.urls(self.index().waiting)

    def removed_ids(self) -> set[str]:
        """The ids of articles that were here once and are not any more."""
        return self._articles.removed_ids()

    def last_removal(self) -> int:
        """See `Articles.last_removal`."""
        return self._articles.last_removal()

    def latest(self, limit: int, *, hidden: bool = False) -> list[Article]:
        """The newest articles by date, of those that editors do not hide from all searches, or of all."""
        index = self.index() if hidden else self._rules.public(self.index())[0]
        with self.explaining_damage(index):
            ranking = rank(index, parse("*"), limit)
            ids = [index.article_id(doc) for doc in ranking.docs.tolist()]
        articles = self.articles(ids)
        return [articles[i] for i in ids if i in articles]

    def loaded_spaces(self) -> tuple[str, ...]:
        """The vector spaces that can encode a query by now; the others take no part in searches yet."""
        return tuple(name for name, space in self.index().spaces.items() if space.loaded)

    def status(self) -> dict[str, Any]:
        """What the archive holds, in figures."""
        return self._source.status()


class OpenEngine(Protocol):
    """Opens an engine on the archive in a folder; the front door has one for whoever is to open it."""

    def __call__(self, data: Path | str, *, wait: bool = True, manifest: object | None = None) -> Engine:
        """See `readmore.open_engine`. A `manifest` is what `Archive.reindex` shows to whoever approves a generation; it
        is only handed on."""


def _make(near_keys: Sequence[NearKeysOfIndex], index: Index) -> None:
    for keys in near_keys:
        keys.of(index)


def _check_page(query: str, limit: int, offset: int) -> None:
    if not query.strip():
        raise QueryError("the query is empty: give a word to search for, or * for everything")
    if not 0 <= limit <= MAX_LIMIT or offset < 0:
        raise QueryError(f"limit must lie between 0 and {MAX_LIMIT} and offset must not be negative")


def _preference(recency: Recency | str) -> Recency:
    return read_recency(recency) if isinstance(recency, str) else recency


def _why(asked: Asked, answer: Answer, ranking: Ranking, place: int, correction: Correction | None) -> Explanation:
    """Why the doc at a place of a ranking of an answer has its score."""
    boosts, pin = asked.said_of(int(ranking.docs[place]))
    corrected = correction.words if correction is not None else ()
    return explain_hit(asked.index, answer.query, ranking, place, boosts, pin, corrected)


def _whys(asked: Asked, answer: Answer, page: Ranking, offset: int, correction: Correction | None) -> list[Explanation]:
    """Why the hits of a page from `offset` on have their scores; only the first of them where that takes too long."""
    count = explained(answer.query.tree, max(0, len(page.docs) - offset))
    return [_why(asked, answer, page, offset + at, correction) for at in range(count)]


def _notes(answer: Answer, order: _Order, correction: Correction | None, whys: int, hits: int) -> tuple[str, ...]:
    """What is said of an answer, of whose `hits` so many say why they are there."""
    notes = answer.ranking.notes
    if whys < hits:
        notes = (
            *notes,
            f"the query has very many words: only the first {whys} of these articles say why they are found",
        )
    if order.reranker is not None and not answer.query.is_plain:
        notes = (*notes, "only queries of plain words are reranked; this one has operators, fields or phrases")
    return notes if correction is None else (*notes, correction.note)
