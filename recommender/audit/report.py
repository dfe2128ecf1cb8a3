"""The editors' report: what is to be known of an archive's related articles, as plain data for text, JSON and HTML."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import numpy as np

from indexer.article.article import RETRACTED, Article
from recommender.audit import section_words
from recommender.audit.dead_links import EXPIRED, REASONS, dead_links
from recommender.audit.exposure import PENALTIES, compare_penalties, in_degrees
from recommender.audit.graph import SHOWN, Graph, related_graph
from recommender.audit.searches import report_searches
from recommender.audit.sections import check_sections
from recommender.audit.threads import thread_docs, thread_of
from recommender.corpus.corpus import NO_DATE, Corpus, idf_of
from recommender.corpus.terms import hash_terms
from recommender.editors.exposure_penalty import load_evenness
from recommender.feedback.editor_links import all_links, linked
from recommender.related import Recommender
from search.engine import Engine

MOST = 20_000  # articles whose lists are made; of a larger archive an evenly spread sample
HISTOGRAM = (0, 1, 2, 3, 5, 10, 20, 50, 100)  # lower ends of the classes of in-degrees


def make_report(
    recommender: Recommender, *, most: int = MOST, limit: int = 20, workers: int | None = None
) -> dict[str, Any]:
    """The report. Lists of articles have at most `limit` entries, each beside the number there are. The lists of at
    most `most` articles are looked at; ``archive.complete`` says whether that is all."""
    recommender.prepare()  # what the processes are going to share
    engine, corpus = recommender.engine, recommender.corpus()
    graph = related_graph(recommender, corpus, most, workers)
    writer = _Writer(engine, corpus, limit)
    links = all_links(engine, corpus)
    return {
        "archive": {
            "articles": corpus.num_docs,
            "asked": len(graph.sources),
            "complete": graph.complete,
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
        },
        "exposure": writer.exposure(graph, linked(links, corpus)),
        "sections": writer.sections(graph),
        "stories": writer.stories(graph),
        "links": writer.links(links),
        "searches": report_searches(recommender, limit),
    }


class _Writer:
    """Puts what was found into plain data."""

    def __init__(self, engine: Engine, corpus: Corpus, limit: int) -> None:
        self._engine = engine
        self._corpus = corpus
        self._limit = limit
        self._live = np.flatnonzero(corpus.live())

    def exposure(self, graph: Graph, links: dict[int, frozenset[int]]) -> dict[str, Any]:
        """Who is offered how often, now and under a re-ranking."""
        counts = in_degrees(graph.targets[:, :SHOWN], self._corpus.max_doc)
        may = np.flatnonzero(self._corpus.offered())
        folded = np.unique([copy for _, copy in graph.copies if not counts[copy]]).astype(np.int64)
        may = np.setdiff1d(may, folded)  # offered by what they are copies of
        never = may[counts[may] == 0]
        newest_first = never[np.lexsort((never, -self._corpus.dates[never].astype(np.float64)))]
        most = may[np.lexsort((may, -counts[may]))]
        folder = self._engine.folder
        evenness = None if folder is None else load_evenness(folder)
        # where the re-ranking is in force, the lists show its outcome, and cannot show what they would be without it
        outcomes = compare_penalties(graph, may, links, PENALTIES if evenness is None else (0.0,))
        edges = [*HISTOGRAM, np.inf]
        return {
            "shown": SHOWN,
            "penalty": evenness.penalty if evenness else 0.0,
            "folded_copies": len(folded),
            "offered_share": round(1 - len(never) / max(1, len(may)), 4),
            "gini": round(outcomes[0].gini, 4),
            "top_percent_share": round(outcomes[0].top_percent, 4),
            "histogram": [
                {"from": low, "articles": int(((counts[may] >= low) & (counts[may] < high)).sum())}
                for low, high in pairwise(edges)
            ],
            "never_offered": {"count": len(never), "articles": self._articles(newest_first[: self._limit].tolist())},
            "most_offered": [
                article | {"times": int(counts[doc])}
                for doc, article in self._by_doc(most[: self._limit].tolist()).items()
                if counts[doc]
            ],
            "evening": [
                {
                    "penalty": outcome.penalty,
                    "offered_share": round(outcome.offered / max(1, len(may)), 4),
                    "gini": round(outcome.gini, 4),
                    "top_percent_share": round(outcome.top_percent, 4),
                    "mean_score": round(outcome.score, 4),
                    "ndcg@10": None if outcome.ndcg is None else round(outcome.ndcg, 4),
                }
                for outcome in outcomes
            ],
        }

    def sections(self, graph: Graph) -> dict[str, Any]:
        """Articles whose section their neighbours doubt."""
        sections, sites = self._column("section"), self._column("site")
        by_words = section_words.by_words(self._corpus, sections, graph.sources)
        check = check_sections(graph, sections, sites, by_words)
        known = self._by_doc([doubt.doc for doubt in check.doubts[: self._limit]])
        return {
            "checked": check.checked,
            "agreeing_share": round(check.agreeing / max(1, check.checked), 4),
            "doubtful": {
                "count": len(check.doubts),
                "articles": [
                    known[doubt.doc] | {"section": doubt.section, "likely": doubt.likely, "sure": round(doubt.sure, 3)}
                    for doubt in check.doubts[: self._limit]
                    if doubt.doc in known
                ],
            },
        }

    def stories(self, graph: Graph) -> dict[str, Any]:
        """The running stories, the one with the latest article first."""
        dates = self._corpus.dates
        threads = sorted(thread_docs(graph), key=lambda docs: (-int(dates[docs].max(initial=NO_DATE)), docs))
        threads_shown = []
        for docs in threads[: self._limit]:
            articles = self._stored(docs)
            if articles:
                thread = thread_of(list(articles.values()), self._corpus.language, self._idf)
                threads_shown.append(
                    {"name": thread.name, "articles": [_summary(article) for article in thread.articles]}
                )
        return {"count": len(threads), "threads": threads_shown}

    def _idf(self, terms: tuple[str, ...]) -> float:
        return float(idf_of(self._corpus, hash_terms([term.encode() for term in terms])).max())

    def links(self, links: Sequence[Any]) -> dict[str, Any]:
        """Links to retracted, expired, removed and missing articles."""
        withheld = self._corpus.withheld
        gone = {
            doc: EXPIRED if since else RETRACTED
            for doc, since in zip(withheld.docs.tolist(), withheld.since.tolist(), strict=True)
            if since <= time.time()
        }
        live = self._live.tolist()
        ids = frozenset(self._corpus.article_id(doc) for doc in live)
        dead = dead_links(links, gone, frozenset(self._engine.removed_ids()), ids, self._engine.urls())
        shown = [dead_link for why in REASONS for dead_link in [d for d in dead if d.why == why][: self._limit]]
        known = self._by_doc(
            sorted({d for dead_link in shown for d in (dead_link.link.source, dead_link.link.target) if d is not None})
        )
        return {
            "links": len(links),
            "withheld": len(gone),
            **{
                why: {
                    "count": sum(dead_link.why == why for dead_link in dead),
                    "links": [
                        {"source": known[dead_link.link.source], "url": dead_link.link.url}
                        | ({"target": known[dead_link.link.target]} if dead_link.link.target in known else {})
                        for dead_link in shown
                        if dead_link.why == why and dead_link.link.source in known
                    ],
                }
                for why in REASONS
            },
        }

    def _column(self, field: str) -> list[str]:
        """The first value of every doc in a keyword column, empty where it has none or is deleted: an older version of
        an article is no article of its section."""
        live = self._corpus.live().tolist()
        return [next(iter(self._corpus.values(field, doc)), "") if live[doc] else "" for doc in range(len(live))]

    def _stored(self, docs: Sequence[int]) -> dict[int, Article]:
        ids = {self._corpus.article_id(doc): doc for doc in docs}
        stored = self._engine.articles(list(ids))
        return {doc: stored[article_id] for article_id, doc in ids.items() if article_id in stored}

    def _by_doc(self, docs: Sequence[int]) -> dict[int, dict[str, Any]]:
        return {doc: _summary(article) for doc, article in self._stored(docs).items()}

    def _articles(self, docs: Sequence[int]) -> list[dict[str, Any]]:
        return list(self._by_doc(docs).values())


def _summary(article: Article) -> dict[str, Any]:
    date = article.date.isoformat() if article.date else None
    return {"id": article.id, "title": article.headline, "url": article.url, "date": date, "section": article.section}
