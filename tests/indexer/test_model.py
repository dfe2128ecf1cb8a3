"""Random sequences of everything that can happen to an archive, beside a plain dict that says what must come of it.

A failure names its seed: ``READMORE_MODEL_SEED=17 pytest tests/indexer/test_model.py`` replays it alone.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from indexer.archive import Archive
from indexer.article.article import Article
from indexer.check import check_archive
from indexer.commit import builder, lsa_refit, merge_policy
from indexer.text.analyzer import analyzer_for
from indexer.vectors import lsa
from readmore import open_engine
from search.filters.reading import read_filters
from search.lexical.evaluator import Evaluator
from search.lexical.filters import allowed_docs
from search.query.tree import And, AndNot, Everything, Node, NumericRange, Phrase, Term
from search.reader.snapshot import Snapshot
from tests.articles import WORDS, random_article
from tests.faults import flush_nothing

CASES = int(os.environ.get("READMORE_MODEL_CASES", "12"))
SEEDS = [int(os.environ["READMORE_MODEL_SEED"])] if "READMORE_MODEL_SEED" in os.environ else range(CASES)
STEPS = 30
IDS = [f"a{number}" for number in range(40)]
START = datetime(2024, 1, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    flush_nothing(monkeypatch)
    monkeypatch.setattr(lsa, "MIN_DOCS", 4)
    monkeypatch.setattr(builder, "BATCH_DOCS", 7)  # so that one addition is several segments


class Model:
    """An archive and the articles that it must have."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.rng = random.Random(seed)
        self.folder = folder
        self.archive = Archive.create(folder)
        self.engine = open_engine(folder)
        self.articles: dict[str, Article] = {}
        self.generation = 0

    def close(self) -> None:
        self.engine.close()
        self.archive.close()

    # -- what can happen ------------------------------------------------------------------------------------------

    def some_articles(self) -> list[Article]:
        chosen = [self.article(self.rng.choice(IDS)) for _ in range(self.rng.choice((0, 1, 1, 2, 3, 12)))]
        kept = self.rng.sample(sorted(self.articles), k=min(len(self.articles), self.rng.randint(0, 2)))
        return [*chosen, *(self.articles[i] for i in kept)]  # an id may come twice; the last of it counts

    def article(self, article_id: str) -> Article:
        plain = random_article(self.rng, article_id)
        date = None if self.rng.random() < 0.3 else START + timedelta(days=self.rng.randrange(60))
        return replace(plain, date=date)

    def add(self) -> None:
        articles = self.some_articles()
        report = self.archive.add(iter(articles), workers=1)
        assert report.added + report.changed + report.unchanged >= len({a.id for a in articles})
        assert report.added == len({a.id for a in articles} - self.articles.keys())
        self.articles |= {a.id: a for a in articles}

    def remove(self) -> None:
        ids = self.rng.sample([*IDS, "unknown"], k=self.rng.choice((1, 2, 2, 15)))
        removed, unknown = self.archive.remove(ids)
        assert set(removed) == self.articles.keys() & set(ids)
        assert set(removed) | set(unknown) == set(ids)
        for article_id in removed:
            del self.articles[article_id]

    def die_before_the_commit(self) -> None:
        """The store has accepted a change, and the process died before it was indexed."""
        articles = self.some_articles()[:6]
        self.archive.store.put(articles)
        self.archive.store.remove(gone := self.rng.sample(IDS, k=2))
        self.articles |= {a.id: a for a in articles}
        self.articles = {i: a for i, a in self.articles.items() if i not in gone}
        if self.rng.random() < 0.5:
            self.reopen()
        self.archive.add([])

    def merge(self) -> None:
        """Of any neighbouring segments, with a write between its snapshot and its swap."""
        manifest = self.archive.manifest()
        if not manifest.segments:
            return
        first = self.rng.randrange(len(manifest.segments))
        last = self.rng.randint(first + 1, len(manifest.segments))
        with Archive.open(self.folder) as other, other._maintenance_lock.acquire(timeout=0):
            merge_policy.merge(self.archive.index, manifest, manifest.segments[first:last], self.write_first)

    def fit(self) -> None:
        with Archive.open(self.folder) as other, other._maintenance_lock.acquire(timeout=0):
            lsa_refit.fit_lsa_if_due(self.archive.index, self.write_first)

    @contextmanager
    def write_first(self) -> Iterator[None]:
        for _ in range(self.rng.choice((0, 1, 1, 2))):
            self.rng.choice((self.add, self.remove, self.die_before_the_commit))()
        with self.archive.writing():
            yield

    def maintain(self) -> None:
        self.archive.maintain()

    def reopen(self) -> None:
        self.close()
        self.archive = Archive.open(self.folder)
        self.engine = open_engine(self.folder)

    def reindex(self) -> None:
        self.archive.reindex(workers=1)

    def search(self) -> None:
        self.assert_searchable()

    # -- what must hold -------------------------------------------------------------------------------------------

    def assert_searchable(self) -> None:
        snapshot = self.engine.index().snapshot
        assert snapshot.manifest.generation >= self.generation
        self.generation = snapshot.manifest.generation
        assert snapshot.num_docs == len(self.articles)
        texts = {i: [analyzer_for("en").terms(t) for t in (a.title, a.body)] for i, a in self.articles.items()}
        words = [analyzer_for("en").term(word) for word in self.rng.choices(WORDS, k=3)]
        a, b, c = words
        expected = {
            Term("text", a): lambda title, body: a in title + body,
            Term("title", a): lambda title, body: a in title,
            Phrase("text", (a, b)): lambda title, body: follows(title, a, b) or follows(body, a, b),
            Phrase("body", (b, a)): lambda title, body: follows(body, b, a),
            And((Term("body", a), Term("text", b))): lambda title, body: a in body and b in title + body,
            AndNot(Term("text", b), Term("text", c)): lambda title, body: b in title + body and c not in title + body,
        }
        for query, holds in expected.items():
            assert found(snapshot, query) == {i for i, (t, b) in texts.items() if holds(t, b)}, repr(query)
        self.assert_columns(snapshot)

    def assert_columns(self, snapshot: Snapshot) -> None:
        tag, section = self.rng.choice(("ice", "far side")), self.rng.choice(("Moon", "Mars Science"))
        allowed = np.flatnonzero(
            allowed_docs(snapshot, read_filters({"tag": [tag, "none"], "section": [section]}, snapshot.schema))
        )
        chosen = {i for i, a in self.articles.items() if tag in a.tags and a.section == section}
        assert {snapshot.article_id(doc) for doc in allowed.tolist()} == chosen
        since = START + timedelta(days=self.rng.randrange(60))
        newer = {i for i, a in self.articles.items() if a.date is not None and a.date >= since}
        assert found(snapshot, NumericRange("date", since.timestamp(), None)) == newer
        author = Phrase("author", ("bo karlsson",))
        assert found(snapshot, author) == {i for i, a in self.articles.items() if "Bo Karlsson" in a.authors}

    def assert_sound(self) -> None:
        self.archive.add([])
        self.assert_searchable()
        snapshot = self.engine.index().snapshot
        assert found(snapshot, Everything()) == self.articles.keys()
        assert self.engine.articles(sorted(self.articles)) == self.articles
        assert check_archive(self.archive) == []
        for name, space in snapshot.spaces.items():
            for segment in snapshot.segments:
                vectors = segment.vectors(name)
                assert vectors is not None
                assert vectors.shape == (segment.max_doc, space.dim)
                assert np.isfinite(vectors).all()
                lengths = np.linalg.norm(vectors, axis=1)
                assert np.all((np.abs(lengths - 1) < 1e-3) | (lengths == 0))
        if self.articles:
            some = self.rng.choice(sorted(self.articles))
            assert self.engine.search(f"id:{some}").hits[0].article == self.articles[some]


def follows(words: list[str], first: str, second: str) -> bool:
    return (first, second) in pairwise(words)


def found(snapshot: Snapshot, query: Node) -> set[str]:
    ids: list[str] = []
    for segment in snapshot.segments:
        docs = Evaluator(snapshot, segment, []).live(query).docs
        ids += [segment.article_id(doc) for doc in docs.tolist()]
    assert len(ids) == len(set(ids))
    return set(ids)


ACTIONS: dict[Callable[[Model], None], int] = {
    Model.add: 10,
    Model.remove: 4,
    Model.die_before_the_commit: 2,
    Model.merge: 6,
    Model.fit: 3,
    Model.maintain: 1,
    Model.reopen: 1,
    Model.reindex: 1,
    Model.search: 4,
}


@pytest.mark.parametrize("seed", SEEDS)
def test_any_sequence_of_events(tmp_path: Path, seed: int) -> None:
    model = Model(tmp_path, seed)
    steps = random.Random(seed).choices(list(ACTIONS), weights=list(ACTIONS.values()), k=STEPS)
    done: list[str] = []
    try:
        for step in steps:
            done.append(step.__name__)
            step(model)
        model.assert_sound()
    except Exception as error:
        error.add_note(f"seed {seed}, after {', '.join(done)}")
        raise
    finally:
        model.close()
