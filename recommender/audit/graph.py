"""The related graph: which articles the readers of every article are sent to, and which are nearest to it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexer.base.errors import ArticleNotFoundError
from indexer.base.processes import map_in_processes
from indexer.base.progress import Progress
from recommender.corpus.corpus import Corpus
from recommender.corpus.sampling import evenly
from recommender.ranking.selection import EARLIER, STORY, UPDATE
from recommender.related import Recommender

SHOWN = 10  # articles of a list that count as offered
NEAREST = 30
WIDTH = 25  # articles of each list that are looked at, so that there are others to put into the place of those shown


@dataclass(frozen=True, slots=True)
class Graph:
    """The related lists of the articles asked about, best first. A place without an article has the doc -1."""

    sources: NDArray[np.int64]  # (n,) docs, ascending
    targets: NDArray[np.int64]  # (n, WIDTH) docs
    scores: NDArray[np.float32]  # (n, WIDTH)
    in_story: NDArray[np.bool_]  # (n, WIDTH) whether the target is of the running story of the source
    near: NDArray[np.int64]  # (n, NEAREST) docs with the nearest texts, whatever their dates and labels; no copies
    nearness: NDArray[np.float32]  # (n, NEAREST) how many deviations above unrelated articles they are, 0 where below
    copies: list[tuple[int, int]]  # docs of which the second was folded into the first
    live: int  # articles in the archive

    @property
    def complete(self) -> bool:
        """Whether all articles were asked about, and not a sample."""
        return len(self.sources) == self.live


def related_graph(recommender: Recommender, corpus: Corpus, most: int, workers: int | None = None) -> Graph:
    """The lists of all articles, or in an archive of more than `most` articles those of an evenly spread sample, as
    docs of `corpus`. Call `Recommender.prepare` before, or every process derives for itself what it needs."""
    live = np.flatnonzero(corpus.live())
    chosen = evenly(live, most)
    rows: dict[int, _Row] = {}
    items = [(int(corpus.seqs[doc]), corpus.article_id(doc)) for doc in chosen.tolist()]
    workers = workers or os.cpu_count() or 1
    with (
        Progress("relating", len(items)) as progress,
        closing(map_in_processes(_relating, (recommender.reopen,), items, workers)) as parts,
    ):
        for part in parts:
            rows.update(part)
            for _ in part:
                progress.advance()
    return _assembled(corpus, rows, len(live))


@dataclass(frozen=True, slots=True)
class _Row:
    """The list of one article. Articles go by their sequence numbers, which mean the same in every process."""

    targets: list[int]
    scores: list[float]
    in_story: list[bool]
    near: list[int]
    nearness: list[float]
    copies: list[tuple[int, int]]


@contextmanager
def _relating(
    reopen: Callable[[], Recommender],
) -> Iterator[Callable[[Sequence[tuple[int, str]]], dict[int, _Row]]]:
    with reopen() as recommender:

        def relate(items: Sequence[tuple[int, str]]) -> dict[int, _Row]:
            rows = {}
            for seq, article_id in items:
                try:
                    corpus, picks = recommender.picks(article_id, WIDTH)
                    near, nearness = recommender.nearest(article_id, NEAREST)
                except ArticleNotFoundError:  # removed since the corpus was opened
                    continue
                seqs = corpus.seqs
                rows[seq] = _Row(
                    [int(seqs[pick.doc]) for pick in picks],
                    [pick.score for pick in picks],
                    [pick.relation in (UPDATE, EARLIER, STORY) for pick in picks],
                    seqs[near].tolist(),
                    nearness,
                    [(int(seqs[pick.doc]), int(seqs[copy])) for pick in picks for copy in pick.copies],
                )
            return rows

        yield relate


def _assembled(corpus: Corpus, rows: dict[int, _Row], live: int) -> Graph:
    """The rows with docs of the corpus in the place of sequence numbers; versions that it does not have go."""
    docs: dict[int, int] = {}

    def doc_of(seq: int) -> int:
        if seq not in docs:
            docs[seq] = corpus.doc_of(seq)
        return docs[seq]

    sources = sorted((doc_of(seq), seq) for seq in rows if doc_of(seq) >= 0)
    targets = np.full((len(sources), WIDTH), -1, np.int64)
    scores = np.zeros((len(sources), WIDTH), np.float32)
    in_story = np.zeros((len(sources), WIDTH), bool)
    near = np.full((len(sources), NEAREST), -1, np.int64)
    nearness = np.zeros((len(sources), NEAREST), np.float32)
    copies: set[tuple[int, int]] = set()
    for place, (_, seq) in enumerate(sources):
        row = rows[seq]
        size = len(row.targets)
        targets[place, :size] = [doc_of(target) for target in row.targets]
        scores[place, :size], in_story[place, :size] = row.scores, row.in_story
        near[place, : len(row.near)] = [doc_of(other) for other in row.near]
        nearness[place, : len(row.near)] = row.nearness
        copies |= {(doc_of(one), doc_of(other)) for one, other in row.copies}
    known = sorted(pair for pair in copies if min(pair) >= 0)
    docs_asked = np.array([doc for doc, _ in sources], np.int64)
    return Graph(docs_asked, targets, scores, in_story, near, nearness, known, live)
