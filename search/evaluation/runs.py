"""Runs: what each leg of the search, and their fusion, answer to the queries of a collection."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from indexer.archive import Archive
from indexer.spaces import embedding
from search.evaluation.collection import TestCollection
from search.query.index_terms import free_text
from search.query.parser import ParsedQuery
from search.ranking.rank import rank
from search.reader.index import Index

DEPTH = 1000  # documents per query
FUSION = "fusion"

Progress = Callable[[int], object]  # told how many steps were done just now
Runs = dict[str, dict[str, list[str]]]  # leg to query to document ids, best first
RelatedLeg = Callable[[str, int], Sequence[str]]  # article id and limit to article ids, best first


def no_progress(steps: int) -> None:
    """Tells nobody."""


@contextmanager
def indexed(collection: TestCollection, model: str = "", progress: Progress = no_progress) -> Iterator[Archive]:
    """An archive of the collection's documents in a temporary folder, removed afterwards; with a space of the neural
    `model` if one is given. `progress` is told of its encoding."""
    with tempfile.TemporaryDirectory(prefix="readmore-eval-") as folder, Archive.create(Path(folder)) as archive:
        archive.add(collection.articles)
        archive.maintain()
        if model:
            with embedding(archive, model) as job:
                job.run(progress)
        yield archive


def query_runs(collection: TestCollection, index: Index, progress: Progress = no_progress) -> Runs:
    """The runs of the judged queries: each leg alone, then the fusion, all by the code that answers a search.

    A query is read as plain words: what looks like an operator in it was not meant as one.
    """
    legs: dict[str, list[str] | None] = {name: [name] for name in ("bm25", *index.spaces)}
    legs[FUSION] = None
    languages = index.languages()
    runs: Runs = {name: {} for name in legs}
    for query, text in collection.queries.items():
        parsed = ParsedQuery(text, free_text(text, languages), True, ())
        for name, chosen in legs.items():
            ranking = rank(index, parsed, DEPTH, legs=chosen)
            ids = [index.article_id(doc) for doc in ranking.docs.tolist()]
            runs[name][query] = [collection.document_ids[article_id] for article_id in ids]
        progress(1)
    return runs


def related_run(
    collection: TestCollection, leg: RelatedLeg, limit: int, progress: Progress = no_progress
) -> dict[str, list[str]]:
    """What `leg` recommends to the readers of every article with related judgements, at most `limit` each."""
    run = {}
    for source in collection.related:
        ids = leg(collection.archive_ids[source], limit)
        run[source] = [collection.document_ids[i] for i in ids if i != collection.archive_ids[source]]
        progress(1)
    return run


def space_leg(index: Index, space: str) -> RelatedLeg:
    """The articles nearest to an article in one vector space, for `related_run`."""
    docs = {index.article_id(doc): doc for doc in range(index.max_doc)}
    lacking = index.spaces[space].lacking()

    def nearest(article: str, limit: int) -> list[str]:
        doc = docs[article]
        if lacking is not None and lacking[doc]:
            return []
        others = index.live()
        others[doc] = False
        vector = index.spaces[space].vectors(np.array([doc]))[0]
        neighbours, _ = index.spaces[space].nearest(vector, limit, others).result()
        return [index.article_id(other) for other in neighbours.tolist()]

    return nearest
